package main

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"
	"time"

	"pronto/prompts"
	"pronto/prompts/wording"
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
			return wording.Errorf("print the releases: %w", err)
		}
		return nil
	}
	if len(journal) == 0 {
		e.tell(e.stdout, "nothing was published yet: pronto publish BOOK -m REASON")
		return nil
	}
	return printJournal(e, journal)
}

func printJournal(e *env, journal prompts.Journal) error {
	w := tabwriter.NewWriter(e.stdout, 0, 0, 2, ' ', 0)
	e.tell(w, "release\twhen\tby\twhy\tcontent")
	for i := len(journal) - 1; i >= 0; i-- {
		entry := journal[i]
		name, mark := fmt.Sprint(entry.Number), ""
		if entry.Back {
			name = fmt.Sprintf("%d -> %d", entry.Before, entry.Number)
		}
		if i == len(journal)-1 {
			mark = wording.Say(" (in service)").In(e.lang)
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s%s\n", name, entry.At.Local().Format(time.DateTime), entry.Author, entry.Reason, entry.ID, mark)
	}
	if err := w.Flush(); err != nil {
		return wording.Errorf("print the releases: %w", err)
	}
	return nil
}
