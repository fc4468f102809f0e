package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"pronto/asterisk/local"
	"pronto/ivr/ledger"
	"pronto/ivr/ledger/audit"
)

type auditCmd struct {
	ledgerPlace
	period
	output
	Format string `enum:"text,json" default:"text" help:"text or json."`
	CDR    string `name:"cdr" help:"The switch's file of call records. Default: that of the configuration."`
	Chain  bool   `help:"Check instead the chain of outcomes: whether anybody has changed what was written down."`
	Kept   string `help:"With -chain: ends of the chains that were kept elsewhere, as -chain -format json printed them."`
}

// Run compares the ledger with the switch's records. Without -to the period ends now, without -from it is the day before.
func (c *auditCmd) Run(e *env) error {
	if _, err := c.filter(time.UTC); err != nil { // before anything is looked for
		return err
	}
	book, conf, err := c.open(e)
	if err != nil {
		return err
	}
	defer func() { _ = book.Close() }()
	zone := zoneOf(conf)
	filter, err := c.filter(zone)
	if err != nil {
		return err
	}
	if c.Chain {
		return c.chain(e, book, filter)
	}
	o := audit.Options{From: filter.From, To: filter.To, Now: time.Now()}
	if o.To.IsZero() {
		o.To = o.Now
	}
	if o.From.IsZero() {
		o.From = o.To.Add(-24 * time.Hour)
	}
	if !o.From.Before(o.To) {
		return usageError{errors.New("-from is not before -to: name the first day, and the day after the last")}
	}
	source, err := c.source(e, book, conf)
	if err != nil {
		return err
	}
	r, err := audit.Run(e.ctx, book, []audit.Source{source}, o)
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	if err := c.to(e, func(out io.Writer) error { return r.Write(out, c.Format, zone) }); err != nil {
		return err
	}
	if !r.Clean() {
		return errReported
	}
	return nil
}

// source is the switch's records.
func (c *auditCmd) source(e *env, book *ledger.Ledger, conf serveConf) (audit.Source, error) {
	s := audit.Source{Switch: conf.Switch.Name, Path: conf.Switch.CDR}
	if c.CDR != "" {
		s.Path = c.CDR
	}
	if s.Switch == "" { // a line that is not configured any more, or a copy of its ledger
		s.Switch = "pronto"
	}
	if s.Path == "" {
		s.Path = local.CDRPath(filepath.Join(conf.Dir, "asterisk"))
	}
	var err error
	s.Since, err = book.FollowedSince(e.ctx, s.Switch)
	return s, err
}
