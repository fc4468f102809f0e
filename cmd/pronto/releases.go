package main

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"pronto/prompts"
)

type releasesCmd struct {
	linePlace
	Format string `enum:"text,json" default:"text" help:"text or json."`
}

// Run prints what was in service, the newest first.
func (c *releasesCmd) Run(e *env) error {
	conf, err := c.paths()
	if err != nil {
		return err
	}
	journal, err := prompts.ReadJournal(conf.Switch.Sounds)
	if err != nil {
		return err
	}
	if c.Format == "json" {
		if journal == nil {
			journal = prompts.Journal{}
		}
		enc := json.NewEncoder(e.stdout)
		enc.SetIndent("", "  ")
		if err := enc.Encode(journal); err != nil {
			return fmt.Errorf("print the releases: %w", err)
		}
		return nil
	}
	if len(journal) == 0 {
		_, _ = fmt.Fprintln(e.stdout, "nothing was published yet: pronto publish BOOK -m REASON")
		return nil
	}
	return printJournal(e.stdout, journal)
}

func printJournal(out io.Writer, journal prompts.Journal) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "release\twhen\tby\twhy\tcontent")
	for i := len(journal) - 1; i >= 0; i-- {
		e := journal[i]
		name, mark := fmt.Sprint(e.Number), ""
		if e.Back {
			name = fmt.Sprintf("%d -> %d", e.Before, e.Number)
		}
		if i == len(journal)-1 {
			mark = " (in service)"
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s%s\n", name, e.At.Local().Format(time.DateTime), e.Author, e.Reason, e.ID, mark)
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("print the releases: %w", err)
	}
	return nil
}
