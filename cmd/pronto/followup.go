package main

import (
	"fmt"
	"net/http"
	"net/url"
	"os/user"
	"text/tabwriter"
	"time"

	"pronto/prompts/wording"
)

type followUpCmd struct {
	List followUpListCmd `cmd:"" default:"withargs" help:"Citizens to be looked after, the nearest deadline first. Example: pronto followup list"`
	Show followUpShowCmd `cmd:"" help:"One of them, with the number to be dialled. Example: pronto followup show ID"`
	Done followUpDoneCmd `cmd:"" help:"Write down what came of it. Example: pronto followup done ID -m \"reached, all is well\""`
}

// followUpTold is what the API tells of somebody to be looked after.
type followUpTold struct {
	ID       string     `json:"id"`
	Kind     string     `json:"kind"`
	Call     string     `json:"call,omitempty"`
	Number   string     `json:"number"`
	Topic    string     `json:"topic,omitempty"`
	Language string     `json:"language,omitempty"`
	Why      string     `json:"why,omitempty"`
	Since    time.Time  `json:"since"`
	Deadline *time.Time `json:"deadline,omitempty"`
	Overdue  bool       `json:"overdue"`
	State    string     `json:"state"`
	By       string     `json:"by,omitempty"`
	Result   string     `json:"result,omitempty"`
	Settled  *time.Time `json:"settled_at,omitempty"`
	Times    int        `json:"times"`
}

func followUpPath(id string) string { return "/followups/" + url.PathEscape(id) }

// why says in words what somebody is on the list for.
func (f followUpTold) why() wording.Sentence {
	switch f.Kind {
	case "danger":
		return wording.Say("danger")
	case "cut":
		return wording.Say("cut off")
	case "missed":
		return wording.Say("gave up waiting")
	}
	return wording.Name(f.Kind)
}

type followUpListCmd struct {
	apiPlace
	All    bool   `help:"Those that are settled, too."`
	Format string `enum:"text,json" default:"text" help:"text or json."`
}

// Run prints the list.
func (c *followUpListCmd) Run(e *env) error {
	api, err := c.client(e)
	if err != nil {
		return err
	}
	path := "/followups"
	if c.All {
		path += "?all=true"
	}
	var list []followUpTold
	if err := api.ask(http.MethodGet, path, nil, &list); err != nil {
		return err
	}
	if c.Format == "json" {
		return printJSON(e, list)
	}
	if len(list) == 0 {
		e.tell(e.stdout, "nobody is to be looked after")
		return nil
	}
	w := tabwriter.NewWriter(e.stdout, 0, 0, 2, ' ', 0)
	e.tell(w, "id\twhy\tsince\tby when\tnumber\ttopic\tlanguage\ttimes\twhat came of it")
	for _, f := range list {
		deadline := clockOf(f.Deadline)
		if f.Overdue {
			deadline += wording.Say(" (overdue)").In(e.lang)
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%d\t%s\n", f.ID, f.why().In(e.lang), clockOf(&f.Since), deadline, orDash(f.Number), orDash(f.Topic),
			orDash(f.Language), f.Times, orDash(f.Result))
	}
	if err := w.Flush(); err != nil {
		return wording.Errorf("print the follow-ups: %w", err)
	}
	return nil
}

type followUpShowCmd struct {
	apiPlace
	ID     string `arg:"" name:"id" help:"As pronto followup list tells it."`
	Format string `enum:"text,json" default:"text" help:"text or json."`
}

// Run prints one with the number. The line notes in its log that it was read.
func (c *followUpShowCmd) Run(e *env) error {
	api, err := c.client(e)
	if err != nil {
		return err
	}
	var f followUpTold
	if err := api.ask(http.MethodGet, followUpPath(c.ID), nil, &f); err != nil {
		return err
	}
	if c.Format == "json" {
		return printJSON(e, f)
	}
	e.tell(e.stdout, "number %s: %s, since %s, by %s", orDash(f.Number), f.why(), clockOf(&f.Since), clockOf(f.Deadline))
	if f.Result != "" {
		e.tell(e.stdout, "settled by %s: %s", f.By, f.Result)
	}
	return nil
}

type followUpDoneCmd struct {
	apiPlace
	ID      string `arg:"" name:"id" help:"As pronto followup list tells it."`
	Result  string `name:"result" short:"m" required:"" help:"What came of it, in a few words."`
	By      string `env:"PRONTO_AUTHOR" help:"Who looked after it. Default: the user's name."`
	Dropped bool   `help:"It needed no more: nobody was called."`
}

// Run settles a follow-up.
func (c *followUpDoneCmd) Run(e *env) error {
	api, err := c.client(e)
	if err != nil {
		return err
	}
	by, state := c.By, "done"
	if by == "" {
		if u, err := user.Current(); err == nil {
			by = u.Username
		}
	}
	if c.Dropped {
		state = "dropped"
	}
	if err := api.ask(http.MethodPost, followUpPath(c.ID)+"/settle", map[string]string{"state": state, "result": c.Result, "by": by}, nil); err != nil {
		return err
	}
	e.tell(e.stdout, "settled: %s", c.Result)
	return nil
}
