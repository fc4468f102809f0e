package main

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"text/tabwriter"
	"time"

	"pronto/prompts/wording"
)

// dutyArgs name the operator of whom something is asked.
type dutyArgs struct {
	apiPlace
	Name string `arg:"" help:"The operator's name."`
}

type (
	operatorLoginCmd  struct{ dutyArgs }
	operatorLogoutCmd struct{ dutyArgs }
	operatorReadyCmd  struct{ dutyArgs }
	operatorPauseCmd  struct {
		dutyArgs
		Reason string `help:"Why: lunch, training, ... Default: other."`
	}
)

// Run logs an operator in.
func (c *operatorLoginCmd) Run(e *env) error { return c.change(e, "login", "") }

// Run logs an operator out.
func (c *operatorLogoutCmd) Run(e *env) error { return c.change(e, "logout", "") }

// Run ends a pause or wrap-up.
func (c *operatorReadyCmd) Run(e *env) error { return c.change(e, "ready", "") }

// Run pauses an operator.
func (c *operatorPauseCmd) Run(e *env) error { return c.change(e, "pause", c.Reason) }

// change asks for it and tells what the operator does now: after a call, what was asked for comes later.
func (a dutyArgs) change(e *env, change, why string) error {
	api, err := a.client(e)
	if err != nil {
		return err
	}
	var now operatorTold
	ask := map[string]string{"change": change}
	if why != "" {
		ask["reason"] = why
	}
	if err := api.ask(http.MethodPost, operatorPath(a.Name)+"/state", ask, &now); err != nil {
		return err
	}
	switch {
	case change == "login" && !now.Reachable:
		e.tell(e.stdout, "operator %s is logged in, but the telephone is not registered", a.Name)
	case change == "logout" && now.State != "offline":
		e.tell(e.stdout, "operator %s is logged out after the call", a.Name)
	case change == "pause" && now.State != "paused":
		e.tell(e.stdout, "operator %s is paused after the call (%s)", a.Name, now.Pause)
	case now.Pause != "":
		e.tell(e.stdout, "operator %s: %s (%s)", a.Name, stateName(now.State), now.Pause)
	default:
		e.tell(e.stdout, "operator %s: %s", a.Name, stateName(now.State))
	}
	return nil
}

type operatorHistoryCmd struct {
	apiPlace
	period
	Name   string `arg:"" help:"The operator's name."`
	Format string `enum:"text,json" default:"text" help:"text or json."`
}

// historyTold is what the API tells of an operator's time.
type historyTold struct {
	Operator string             `json:"operator"`
	From     time.Time          `json:"from"`
	To       time.Time          `json:"to"`
	Last     lastsTold          `json:"last"`
	Seconds  map[string]float64 `json:"seconds"`
	Steps    []struct {
		At      time.Time `json:"at"`
		Until   time.Time `json:"until"`
		Seconds float64   `json:"seconds"`
		State   string    `json:"state"`
		Reason  string    `json:"reason,omitempty"`
		Pause   string    `json:"pause,omitempty"`
		Call    string    `json:"call,omitempty"`
		Note    string    `json:"note,omitempty"`
	} `json:"steps"`
}

// Run prints what an operator did. Days begin at midnight of the line's time zone.
func (c *operatorHistoryCmd) Run(e *env) error {
	if _, err := c.filter(time.UTC); err != nil { // before anything is looked for
		return err
	}
	api, err := c.client(e)
	if err != nil {
		return err
	}
	conf, err := c.conf()
	if err != nil {
		return err
	}
	zone := zoneOf(conf)
	filter, err := c.filter(zone)
	if err != nil {
		return err
	}
	query := url.Values{}
	for name, t := range map[string]time.Time{"from": filter.From, "to": filter.To} {
		if !t.IsZero() {
			query.Set(name, t.UTC().Format(time.RFC3339Nano))
		}
	}
	var h historyTold
	if err := api.ask(http.MethodGet, operatorPath(c.Name)+"/history?"+query.Encode(), nil, &h); err != nil {
		return err
	}
	if c.Format == "json" {
		return printJSON(e, h)
	}
	return h.print(e, zone)
}

func (h *historyTold) print(e *env, zone *time.Location) error {
	e.tell(e.stdout, "%s, from %s to %s", h.Operator, h.From.In(zone).Format(time.DateTime), h.To.In(zone).Format(time.DateTime))
	w := tabwriter.NewWriter(e.stdout, 0, 0, 2, ' ', 0)
	e.tell(w, "from\tfor\tstate\twhy\tpause\tcall")
	for _, s := range h.Steps {
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", s.At.In(zone).Format("02/01 15:04:05"), spanOf(s.Seconds), stateName(s.State).In(e.lang),
			orDash(s.Reason), orDash(s.Pause), orDash(s.Call))
	}
	_, _ = fmt.Fprintln(w)
	for _, state := range slices.Sorted(maps.Keys(h.Seconds)) {
		_, _ = fmt.Fprintf(w, "%s\t%s\n", stateName(state).In(e.lang), spanOf(h.Seconds[state]))
	}
	for _, last := range []struct {
		name wording.Sentence
		at   *time.Time
	}{
		{wording.Say("last offered"), h.Last.Offered},
		{wording.Say("last accepted"), h.Last.Accepted},
		{wording.Say("last missed"), h.Last.Missed},
		{wording.Say("last paused"), h.Last.Paused},
	} {
		at := "-"
		if last.at != nil {
			at = last.at.In(zone).Format(time.DateTime)
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\n", last.name.In(e.lang), at)
	}
	if err := w.Flush(); err != nil {
		return wording.Errorf("print the history: %w", err)
	}
	return nil
}

func spanOf(seconds float64) string {
	return time.Duration(seconds * float64(time.Second)).Round(time.Second / 10).String()
}
