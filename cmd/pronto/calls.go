package main

import (
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"time"

	"pronto/ivr/ledger"

	"github.com/rs/zerolog"
)

type callsCmd struct {
	Dir    string `env:"PRONTO_DIR" default:"./var" help:"Where run keeps its state."`
	DB     string `name:"db" env:"PRONTO_DB" help:"The ledger's file. Default: ledger.db in the state folder."`
	Format string `enum:"csv,json" default:"csv" help:"csv or json."`
	From   string `help:"First day or instant: 2026-11-01 or 2026-11-01T08:00:00Z."`
	To     string `help:"Day or instant after the last."`
	Output string `name:"output" help:"Write to this file instead of standard output."`
}

// Run prints the calls of a period, oldest first, those still up included.
func (c *callsCmd) Run(e *env) error {
	filter, err := c.filter()
	if err != nil {
		return usageError{err}
	}
	path := ledgerPath(c.Dir, c.DB)
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("there is no ledger at %s: start the line once (pronto run), or name its folder with -dir", path)
	}
	book, err := ledger.Open(e.ctx, ledger.Options{Path: path, ReadOnly: true, Log: zerolog.Nop()})
	if err != nil {
		return fmt.Errorf("open the ledger: %w", err)
	}
	defer func() { _ = book.Close() }()
	out := e.stdout
	if c.Output != "" {
		f, err := os.Create(c.Output)
		if err != nil {
			return fmt.Errorf("write the calls: %w", err)
		}
		defer func() { _ = f.Close() }()
		out = f
	}
	return c.print(out, book.All(e.ctx, filter))
}

func (c *callsCmd) print(out io.Writer, calls iter.Seq2[ledger.Call, error]) error {
	if c.Format == "json" {
		return ledger.WriteJSON(out, calls)
	}
	return ledger.WriteCSV(out, calls)
}

func (c *callsCmd) filter() (f ledger.Filter, err error) {
	if f.From, err = parseInstant(c.From); err != nil {
		return f, fmt.Errorf("-from: %w", err)
	}
	if f.To, err = parseInstant(c.To); err != nil {
		return f, fmt.Errorf("-to: %w", err)
	}
	return f, nil
}

// parseInstant reads a day (midnight, local time) or an instant; "" is the zero time.
func parseInstant(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if t, err := time.ParseInLocation(time.DateOnly, s, time.Local); err == nil {
		return t, nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is neither a day like 2026-11-01 nor an instant like 2026-11-01T08:00:00Z", s)
	}
	return t, nil
}

func ledgerPath(dir, db string) string {
	if db != "" {
		return db
	}
	return filepath.Join(dir, "ledger.db")
}
