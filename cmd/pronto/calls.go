package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"time"

	"pronto/ivr/ledger"
	"pronto/ivr/ledger/transcript"
	"pronto/prompts"

	"github.com/rs/zerolog"
)

type callsCmd struct {
	List callsListCmd `cmd:"" default:"withargs" help:"Print the calls of a period. Example: pronto calls -format csv -from 2026-11-01"`
	Show callsShowCmd `cmd:"" help:"Tell what a caller heard, second by second. Example: pronto calls show pronto-1795604400.12"`
}

// ledgerPlace says which ledger is meant.
type ledgerPlace struct {
	linePlace
	DB string `name:"db" env:"PRONTO_DB" help:"The ledger: a file, or postgres://user:password@host/database. Default: ledger.db in the state folder."`
}

// options say where the ledger is, and what else the line's configuration says.
func (p ledgerPlace) options() (ledger.Options, serveConf, error) {
	conf, err := p.paths()
	if err != nil {
		return ledger.Options{}, conf, err
	}
	db := p.DB
	if db == "" {
		db = conf.DB
	}
	return ledger.Options{Path: ledgerPath(conf.Dir, db), SpoolDir: filepath.Join(conf.Dir, "spool"), Log: zerolog.Nop()}, conf, nil
}

// open opens the ledger for reading, with the configuration of its line.
func (p ledgerPlace) open(e *env) (*ledger.Ledger, serveConf, error) {
	o, conf, err := p.options()
	if err != nil {
		return nil, conf, err
	}
	o.ReadOnly = true
	book, err := ledger.Open(e.ctx, o)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, conf, fmt.Errorf("there is no ledger at %s: start the line once (pronto run), or name its folder with -dir", o.Path)
	}
	if err != nil {
		return nil, conf, fmt.Errorf("open the ledger: %w", err)
	}
	return book, conf, nil
}

// period is a time that is asked about.
type period struct {
	From string `help:"First day or instant: 2026-11-01 or 2026-11-01T08:00:00Z."`
	To   string `help:"Day or instant after the last."`
}

// filter reads the period; days begin at midnight in zone.
func (p period) filter(zone *time.Location) (f ledger.Filter, err error) {
	if f.From, err = parseInstant(p.From, zone); err != nil {
		return f, usageError{fmt.Errorf("-from: %w", err)}
	}
	if f.To, err = parseInstant(p.To, zone); err != nil {
		return f, usageError{fmt.Errorf("-to: %w", err)}
	}
	return f, nil
}

// parseInstant reads a day (midnight in zone) or an instant; "" is the zero time.
func parseInstant(s string, zone *time.Location) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if t, err := time.ParseInLocation(time.DateOnly, s, zone); err == nil {
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

// zoneOf is the line's time zone; this machine's where no book was published yet.
func zoneOf(conf serveConf) *time.Location {
	book, err := bookInService(conf)
	if err != nil {
		return time.Local
	}
	zone, err := time.LoadLocation(book.Line.Timezone)
	if err != nil {
		return time.Local
	}
	return zone
}

// output is standard output, or the file that is named.
type output struct {
	Output string `name:"output" help:"Write to this file instead of standard output."`
}

// to has write write to it.
func (o output) to(e *env, write func(io.Writer) error) error {
	if o.Output == "" {
		return write(e.stdout)
	}
	f, err := os.Create(o.Output)
	if err != nil {
		return fmt.Errorf("write %s: %w", o.Output, err)
	}
	if err := write(f); err != nil {
		_ = f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("write %s: %w", o.Output, err)
	}
	return nil
}

type callsListCmd struct {
	ledgerPlace
	period
	output
	Format string `enum:"csv,json" default:"csv" help:"csv or json."`
}

// Run prints the calls of a period, oldest first, those still up included.
func (c *callsListCmd) Run(e *env) error {
	if _, err := c.filter(time.UTC); err != nil { // before anything is looked for
		return err
	}
	book, conf, err := c.open(e)
	if err != nil {
		return err
	}
	defer func() { _ = book.Close() }()
	filter, err := c.filter(zoneOf(conf))
	if err != nil {
		return err
	}
	return c.to(e, func(out io.Writer) error { return c.print(out, book.All(e.ctx, filter)) })
}

func (c *callsListCmd) print(out io.Writer, calls iter.Seq2[ledger.Call, error]) error {
	if c.Format == "json" {
		return ledger.WriteJSON(out, calls)
	}
	return ledger.WriteCSV(out, calls)
}

type callsShowCmd struct {
	ledgerPlace
	output
	ID     string `arg:"" help:"The call, by its call_id."`
	Format string `enum:"text,json" default:"text" help:"text or json."`
	Lang   string `enum:"it,en," default:"" help:"Language of the text: it or en. Default: that of the terminal."`
}

// Run tells what a caller heard.
func (c *callsShowCmd) Run(e *env) error {
	book, conf, err := c.open(e)
	if err != nil {
		return err
	}
	defer func() { _ = book.Close() }()
	call, found, err := book.Find(e.ctx, c.ID)
	if err != nil {
		return err
	}
	if !found {
		return fmt.Errorf("there is no call %q: pronto calls lists them by call_id", c.ID)
	}
	journal, err := book.Journal(e.ctx, c.ID)
	if err != nil {
		return err
	}
	t := transcript.Make(call, journal, heardFrom(conf, call))
	return c.to(e, func(out io.Writer) error { return t.Write(out, c.Format, e.in(c.Lang), zoneOf(conf)) })
}

// heardFrom is where the texts of a call are found.
func heardFrom(conf serveConf, call ledger.Call) transcript.Source {
	source := transcript.Source{Alert: func(id string) *prompts.Alert {
		alert, err := prompts.FindAlert(conf.Switch.Sounds, id)
		if err != nil {
			return nil
		}
		return alert
	}}
	if release, err := prompts.LoadRelease(conf.Switch.Sounds, call.Release); err == nil {
		source.Release = release
	}
	return source
}

// in is the language that was asked for, or else that of who gave the command.
func (e *env) in(lang string) string {
	if lang == "" {
		return string(e.lang)
	}
	return lang
}
