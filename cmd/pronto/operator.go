package main

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"pronto/prompts/wording"
)

type operatorCmd struct {
	List    operatorListCmd    `cmd:"" default:"withargs" help:"Who there is, and in what state. Example: pronto operator list"`
	Add     operatorAddCmd     `cmd:"" help:"Add an operator; prints the secret of the SIP account. Example: pronto operator add anna -ext 12 -skill information -language it"`
	Set     operatorSetCmd     `cmd:"" help:"Change what is said of an operator. Example: pronto operator set anna -skill all -tier 2"`
	Remove  operatorRemoveCmd  `cmd:"" help:"Remove an operator and the SIP account; the history stays. Example: pronto operator remove anna"`
	PIN     operatorPINCmd     `cmd:"" name:"pin" help:"Set the PIN, which is read from standard input, or clear it. Example: pronto operator pin anna"`
	Login   operatorLoginCmd   `cmd:"" help:"Log an operator in. Example: pronto operator login anna"`
	Logout  operatorLogoutCmd  `cmd:"" help:"Log an operator out, after the call if there is one. Example: pronto operator logout anna"`
	Pause   operatorPauseCmd   `cmd:"" help:"Pause an operator, after the call if there is one. Example: pronto operator pause anna -reason lunch"`
	Ready   operatorReadyCmd   `cmd:"" help:"End an operator's pause or wrap-up. Example: pronto operator ready anna"`
	History operatorHistoryCmd `cmd:"" help:"What an operator did, every second of it. Example: pronto operator history anna -from 2026-11-25"`
}

// operatorSaid is what can be said of an operator.
type operatorSaid struct {
	Display    string   `json:"display,omitempty"`
	Ext        string   `json:"ext,omitempty"`
	Skills     []string `json:"skills,omitempty"`
	Languages  []string `json:"languages,omitempty"`
	Tier       int      `json:"tier,omitempty"`
	Kind       string   `json:"kind,omitempty"`
	Number     string   `json:"number,omitempty"`
	Supervisor bool     `json:"supervisor,omitempty"`
}

// operatorTold is what the API tells of one.
type operatorTold struct {
	Name string `json:"name"`
	operatorSaid
	Account   bool       `json:"account"`
	Phone     bool       `json:"phone"`
	HasPIN    bool       `json:"has_pin"`
	Changed   *time.Time `json:"changed,omitempty"`
	State     string     `json:"state"`
	Since     *time.Time `json:"since,omitempty"`
	Pause     string     `json:"pause,omitempty"`
	LoggedIn  bool       `json:"logged_in"`
	Reachable bool       `json:"reachable"`
	Call      string     `json:"call,omitempty"`
	Missed    int        `json:"missed"`
	Last      lastsTold  `json:"last"`
	Secret    string     `json:"secret,omitempty"`
	Warnings  []string   `json:"warnings,omitempty"`
}

type lastsTold struct {
	Offered  *time.Time `json:"offered,omitempty"`
	Accepted *time.Time `json:"accepted,omitempty"`
	Missed   *time.Time `json:"missed,omitempty"`
	Paused   *time.Time `json:"paused,omitempty"`
}

// stateName is an operator's state in words.
func stateName(state string) wording.Sentence {
	switch state {
	case "offline":
		return wording.Say("offline")
	case "ready":
		return wording.Say("ready")
	case "ringing":
		return wording.Say("ringing")
	case "talking":
		return wording.Say("talking")
	case "wrap_up":
		return wording.Say("wrap-up")
	case "paused":
		return wording.Say("paused")
	case "unknown":
		return wording.Say("unknown")
	}
	return wording.Name(state)
}

// operatorPath is the API's path of an operator.
func operatorPath(name string) string { return "/operators/" + url.PathEscape(name) }

type operatorListCmd struct {
	apiPlace
	Format string `enum:"text,json" default:"text" help:"text or json."`
}

// Run prints who there is.
func (c *operatorListCmd) Run(e *env) error {
	api, err := c.client(e)
	if err != nil {
		return err
	}
	var list []operatorTold
	if err := api.ask(http.MethodGet, "/operators", nil, &list); err != nil {
		return err
	}
	if c.Format == "json" {
		return printJSON(e, list)
	}
	if len(list) == 0 {
		e.tell(e.stdout, "there are no operators yet: pronto operator add NAME")
		return nil
	}
	w := tabwriter.NewWriter(e.stdout, 0, 0, 2, ' ', 0)
	e.tell(w, "name\text\tstate\tsince\tskills\tlanguages\ttier\ttelephone\tlast call taken")
	for _, o := range list {
		state := stateName(o.State).In(e.lang)
		if o.Pause != "" {
			state += " (" + o.Pause + ")"
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%d\t%s\t%s\n", o.Name, orDash(o.Ext), state, clockOf(o.Since),
			listed(o.Skills).In(e.lang), listed(o.Languages).In(e.lang), max(1, o.Tier), telephone(o).In(e.lang), clockOf(o.Last.Accepted))
	}
	if err := w.Flush(); err != nil {
		return wording.Errorf("print the operators: %w", err)
	}
	return nil
}

func telephone(o operatorTold) wording.Sentence {
	switch {
	case o.Kind == "number":
		return wording.Name(o.Number)
	case o.Reachable:
		return wording.Say("registered")
	}
	return wording.Say("not registered")
}

func listed(of []string) wording.Sentence {
	return orElse(strings.Join(of, ","), wording.Say("all"))
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// clockOf is an instant by this machine's clock, with the day if it is another.
func clockOf(t *time.Time) string {
	if t == nil || t.IsZero() {
		return "-"
	}
	local := t.Local()
	if now := time.Now(); local.YearDay() != now.YearDay() || local.Year() != now.Year() {
		return local.Format(time.DateTime)
	}
	return local.Format(time.TimeOnly)
}

// operatorFlags say something of an operator. What is not given stays.
type operatorFlags struct {
	Display    *string  `help:"The name as people read it."`
	Ext        *string  `help:"The short number by which colleagues reach the operator, one to four digits."`
	Skill      []string `help:"Skill that topics ask for. May be given more than once; all is all. Default: all."`
	Language   []string `help:"Language that the operator speaks. May be given more than once; all is all. Default: all."`
	Tier       *int     `help:"1 is asked first."`
	Kind       *string  `enum:"sip,number" help:"sip, a telephone that registers, or number, any telephone. Default: sip, or number if one is given."`
	Number     *string  `help:"The telephone of an operator of kind number; the line's configuration must allow it."`
	Supervisor *bool    `negatable:"" help:"May listen, whisper and join."`
}

func (f operatorFlags) put(o *operatorSaid) {
	set(&o.Display, f.Display)
	set(&o.Ext, f.Ext)
	set(&o.Tier, f.Tier)
	set(&o.Supervisor, f.Supervisor)
	for _, l := range []struct {
		into *[]string
		from []string
	}{{&o.Skills, f.Skill}, {&o.Languages, f.Language}} {
		if l.from != nil {
			*l.into = slices.DeleteFunc(slices.Clone(l.from), func(s string) bool { return s == "all" })
		}
	}
	if f.Number != nil {
		o.Number, o.Kind = *f.Number, "number"
	}
	if set(&o.Kind, f.Kind); o.Kind == "sip" && f.Number == nil {
		o.Number = ""
	}
}

func set[T any](into, from *T) {
	if from != nil {
		*into = *from
	}
}

type operatorAddCmd struct {
	apiPlace
	operatorFlags
	Name   string `arg:"" help:"The operator's name, as the telephone registers with it."`
	Format string `enum:"text,json" default:"text" help:"text or json."`
}

// Run adds an operator. One who has a telephone already and of whom nothing is said gets an account.
func (c *operatorAddCmd) Run(e *env) error {
	api, err := c.client(e)
	if err != nil {
		return err
	}
	var list []operatorTold
	if err := api.ask(http.MethodGet, "/operators", nil, &list); err != nil {
		return err
	}
	if slices.ContainsFunc(list, func(o operatorTold) bool { return o.Name == c.Name && o.Account }) {
		return wording.Errorf("there is an operator %s already: pronto operator set changes what is said of one", c.Name)
	}
	return putOperator(e, api, c.Name, operatorSaid{}, c.operatorFlags, c.Format)
}

type operatorSetCmd struct {
	apiPlace
	operatorFlags
	Name   string `arg:"" help:"The operator's name."`
	Format string `enum:"text,json" default:"text" help:"text or json."`
}

// Run changes what is said of an operator.
func (c *operatorSetCmd) Run(e *env) error {
	api, err := c.client(e)
	if err != nil {
		return err
	}
	var now operatorTold
	if err := api.ask(http.MethodGet, operatorPath(c.Name), nil, &now); err != nil {
		return err
	}
	return putOperator(e, api, c.Name, now.operatorSaid, c.operatorFlags, c.Format)
}

func putOperator(e *env, api *apiClient, name string, said operatorSaid, f operatorFlags, format string) error {
	f.put(&said)
	var now operatorTold
	if err := api.ask(http.MethodPut, operatorPath(name), said, &now); err != nil {
		return err
	}
	if format == "json" {
		return printJSON(e, now)
	}
	e.tell(e.stdout, "operator %s: skills %s, languages %s, tier %d", name, listed(now.Skills), listed(now.Languages), max(1, now.Tier))
	if now.Secret != "" {
		e.tell(e.stdout, "SIP account: user %s, secret %s (it is not told again; it is in operators.txt in the line's folder)", name, now.Secret)
	}
	for _, w := range now.Warnings {
		e.tell(e.stderr, "warning: %s", w)
	}
	return nil
}

type operatorRemoveCmd struct {
	apiPlace
	Name string `arg:"" help:"The operator's name."`
}

// Run removes an operator.
func (c *operatorRemoveCmd) Run(e *env) error {
	api, err := c.client(e)
	if err != nil {
		return err
	}
	if err := api.ask(http.MethodDelete, operatorPath(c.Name), nil, nil); err != nil {
		return err
	}
	e.tell(e.stdout, "operator %s is removed", c.Name)
	return nil
}

type operatorPINCmd struct {
	apiPlace
	Name  string `arg:"" help:"The operator's name."`
	Clear bool   `help:"Take the PIN away."`
}

// Run sets the PIN. It is no argument: others can see those.
func (c *operatorPINCmd) Run(e *env) error {
	api, err := c.client(e)
	if err != nil {
		return err
	}
	if c.Clear {
		if err := api.ask(http.MethodDelete, operatorPath(c.Name)+"/pin", nil, nil); err != nil {
			return err
		}
		e.tell(e.stdout, "operator %s has no PIN", c.Name)
		return nil
	}
	e.tell(e.stderr, "the PIN of %s, four to eight digits:", c.Name)
	line, err := bufio.NewReader(io.LimitReader(e.stdin, 100)).ReadString('\n')
	if pin := strings.TrimSpace(line); pin != "" {
		if err := api.ask(http.MethodPut, operatorPath(c.Name)+"/pin", map[string]string{"pin": pin}, nil); err != nil {
			return err
		}
		e.tell(e.stdout, "operator %s has a PIN", c.Name)
		return nil
	}
	if err != nil && err != io.EOF { //nolint:errorlint // as bufio returns it
		return wording.Errorf("read the PIN: %w", err)
	}
	return wording.Errorf("no PIN was given (nothing was changed)")
}
