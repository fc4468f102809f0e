package main

import (
	"errors"
	"fmt"
	"io"
	"time"

	"pronto/ivr/ledger"
	reports "pronto/ivr/ledger/report" // the program has a report of its own
	"pronto/prompts"
)

type reportCmd struct {
	ledgerPlace
	period
	output
	Format    string        `enum:"text,html,csv,json" default:"text" help:"text, html (prints well on A4), csv or json."`
	Lang      string        `enum:"it,en," default:"" help:"Language of text and html: it or en. Default: that of the terminal."`
	Level     string        `name:"service-level" default:"SL3" help:"How the service level is worked out: SL1 (A≤T+B≤T)/(A+B), SL2 A≤T/A, SL3 A≤T/(A+B), SL4 A≤T/(A+B>T), of calls answered (A) and given up (B) within the threshold (T)."`
	Threshold time.Duration `default:"20s" help:"T of the service level, in whole seconds."`
	Short     time.Duration `default:"5s" help:"Who gives up sooner is left out of the net abandonment, in whole seconds."`
	Within    int           `default:"7" help:"Days within which another call makes a contact unsettled (FCR), at most 30."`
}

// Run prints the line's figures. Without -to the period ends now, without -from it begins with the month.
func (c *reportCmd) Run(e *env) error {
	if _, err := c.filter(time.UTC); err != nil { // before anything is looked for
		return err
	}
	formula, err := c.check()
	if err != nil {
		return usageError{err}
	}
	book, conf, err := c.open(e)
	if err != nil {
		return err
	}
	defer func() { _ = book.Close() }()
	o := reports.Options{
		Zone: zoneOf(conf), Now: time.Now(), Formula: formula, Threshold: c.Threshold, Short: c.Short, Within: c.Within,
	}
	if line, err := bookInService(conf); err == nil {
		o.Line, o.Name = line.Line.Number, line.Line.Name
	}
	filter, err := c.filter(o.Zone)
	if err != nil {
		return err
	}
	if filter.To.IsZero() {
		filter.To = o.Now
	}
	if filter.From.IsZero() {
		t := filter.To.Add(-1).In(o.Zone)
		filter.From = time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, o.Zone)
	}
	if !filter.From.Before(filter.To) {
		return usageError{errors.New("-from is not before -to: name the first day, and the day after the last")}
	}
	o.From, o.To = filter.From, filter.To
	data, err := reportData(e, book, conf, filter, o.Now)
	if err != nil {
		return err
	}
	r := reports.Make(o, data)
	return c.to(e, func(out io.Writer) error { return r.Write(out, c.Format, e.in(c.Lang)) })
}

func (c *reportCmd) check() (reports.Formula, error) {
	formula, err := reports.ParseFormula(c.Level)
	if err != nil {
		return formula, fmt.Errorf("-service-level: %w", err)
	}
	for name, d := range map[string]time.Duration{"-threshold": c.Threshold, "-short": c.Short} {
		if d < 0 || d%time.Second != 0 {
			return formula, fmt.Errorf("%s is %s: write whole seconds, like 20s", name, d)
		}
	}
	if c.Within < 1 || c.Within > ledger.RepeatDays {
		return formula, fmt.Errorf("-within is %d: write 1 to %d days", c.Within, ledger.RepeatDays)
	}
	return formula, nil
}

// reportData reads what a report is made of.
func reportData(e *env, book *ledger.Ledger, conf serveConf, f ledger.Filter, now time.Time) (d reports.Data, err error) {
	if d.Calls, err = book.Figures(e.ctx, f); err != nil {
		return d, err
	}
	if d.Matters, err = book.Matters(e.ctx, f, now); err != nil {
		return d, err
	}
	if d.Staff, err = book.Staff(e.ctx, f, now); err != nil {
		return d, err
	}
	d.Proofs = func(id string) (prompts.Proofs, bool) {
		release, err := prompts.LoadRelease(conf.Switch.Sounds, id)
		if err != nil || len(release.Proofs.Languages) == 0 {
			return prompts.Proofs{}, false
		}
		return release.Proofs, true
	}
	return d, nil
}
