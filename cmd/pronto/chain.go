package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"pronto/ivr/ledger"
)

// chain checks whether anybody has changed what was written down.
func (c *auditCmd) chain(e *env, book *ledger.Ledger, f ledger.Filter) error {
	var kept struct {
		Chains []ledger.ChainEnd `json:"chains"`
	}
	if c.Kept != "" {
		data, err := os.ReadFile(c.Kept)
		if err == nil {
			err = json.Unmarshal(data, &kept)
		}
		if err != nil {
			return fmt.Errorf("read the kept ends of the chains: %w", err)
		}
	}
	check, err := book.CheckChain(e.ctx, f, kept.Chains)
	if err != nil {
		return err
	}
	if err := c.to(e, func(out io.Writer) error { return writeChain(out, c.Format, check) }); err != nil {
		return err
	}
	if check.Total > 0 {
		return errReported
	}
	return nil
}

func writeChain(out io.Writer, format string, check *ledger.ChainCheck) error {
	if format == "json" {
		enc := json.NewEncoder(out)
		enc.SetIndent("", " ")
		if err := enc.Encode(check); err != nil {
			return fmt.Errorf("write the check of the chains: %w", err)
		}
		return nil
	}
	for _, end := range check.Ends {
		_, _ = fmt.Fprintf(out, "%s %s  %6d entries  %s\n", end.Line, end.Day, end.N, end.Hash)
	}
	_, _ = fmt.Fprintf(out, "%d chains, %d entries; %d outcomes are older than the chains\n", len(check.Ends), check.Entries, check.Older)
	for _, f := range check.Faults {
		_, _ = fmt.Fprintf(out, "TAMPERED: %s %s entry %d %s: %s\n", f.Line, f.Day, f.N, f.Call, f.What)
	}
	if more := check.Total - int64(len(check.Faults)); more > 0 {
		_, _ = fmt.Fprintf(out, "and %d more\n", more)
	}
	if check.Total > 0 {
		return nil
	}
	if _, err := fmt.Fprintln(out, "nothing was changed"); err != nil {
		return fmt.Errorf("write the check of the chains: %w", err)
	}
	return nil
}
