package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"pronto/ivr/ledger"
	"pronto/prompts/wording"
)

type dbCmd struct {
	Check   dbCheckCmd   `cmd:"" help:"Look whether the ledger is whole, without changing anything. Example: pronto db check"`
	Backup  dbBackupCmd  `cmd:"" help:"Copy the ledger while the line is at work. Example: pronto db backup /backup/ledger-2026-11-25.db"`
	Migrate dbMigrateCmd `cmd:"" help:"Make the ledger, or bring it up to date (run and serve do so by themselves). Example: pronto db migrate"`
}

type dbCheckCmd struct{ ledgerPlace }

// Run tells the ledger's condition, and fails if something is wrong with it.
func (c *dbCheckCmd) Run(e *env) error {
	o, _, err := c.options()
	if err != nil {
		return err
	}
	is, err := ledger.Examine(e.ctx, o)
	if errors.Is(err, fs.ErrNotExist) {
		return wording.Errorf("there is no ledger at %s: start the line once (pronto run), or name its folder with -dir", o.Path)
	}
	if err != nil {
		return wording.Errorf("the ledger can not be read: %w", err)
	}
	w := tabwriter.NewWriter(e.stdout, 0, 0, 2, ' ', 0)
	e.tell(w, "ledger\t%s", is.Database)
	e.tell(w, "database\t%s, %s MB", is.Engine, wording.Tenths(float64(is.Bytes)/1e6))
	e.tell(w, "schema\t%d of %d", is.Schema, is.Newest)
	if is.Schema == is.Newest {
		e.tell(w, "calls\t%d, %d of them without an outcome yet", is.Calls, is.Open)
		e.tell(w, "requests\t%d, %d of them not closed", is.Requests, is.Unclosed)
	}
	if err := w.Flush(); err != nil {
		return wording.Errorf("tell the ledger's condition: %w", err)
	}
	return tellDefects(e, is, o)
}

func tellDefects(e *env, is ledger.Condition, o ledger.Options) error {
	bad := len(is.Faults)
	switch {
	case is.Schema < is.Newest:
		e.tell(e.stdout, "the ledger is of a former version: pronto db migrate, or the next start of the line, brings it up to date")
	case is.Schema > is.Newest:
		bad++
		e.tell(e.stdout, "the ledger is of a newer version of this program: use that one")
	}
	if is.Spooled > 0 {
		e.tell(e.stdout, "%d bytes wait in %s: the line takes them in as soon as it can write", is.Spooled, filepath.Join(o.SpoolDir, "ledger.jsonl"))
	}
	if is.Refused > 0 {
		bad++
		e.tell(e.stdout, "%d bytes in %s were refused by the database: look at them, then move the file away", is.Refused, filepath.Join(o.SpoolDir, "refused.jsonl"))
	}
	for _, d := range is.Faults {
		e.tell(e.stdout, "%s", defect(d))
	}
	if bad > 0 {
		return wording.Errorf("something is wrong with the ledger (above)")
	}
	e.tell(e.stdout, "the ledger is whole")
	return nil
}

// defect puts what is wrong into words.
func defect(d ledger.Defect) wording.Sentence {
	switch d.What {
	case "damaged":
		return wording.Say("the file is damaged: %s (stop the line, move it aside and put a backup in its place)", d.Text)
	case "unknown_outcome":
		return wording.Say("calls whose outcome is none: %d", d.N)
	case "outcome_without_end":
		return wording.Say("calls with an outcome that did not end: %d", d.N)
	case "end_without_outcome":
		return wording.Say("calls that ended without an outcome: %d", d.N)
	case "request_of_call_missing":
		return wording.Say("calls that belong to a request that is not there: %d", d.N)
	case "closed_without_disposition":
		return wording.Say("closed requests without a disposition or a date: %d", d.N)
	case "open_with_disposition":
		return wording.Say("requests that are not closed, with a disposition or a date of closing: %d", d.N)
	case "callbacks_of_one_number":
		return wording.Say("numbers that are to be called back twice: %d", d.N)
	}
	return wording.Say("%s: %d", d.What, d.N)
}

type dbBackupCmd struct {
	ledgerPlace
	To string `arg:"" help:"The file to be made. It must not be there."`
}

// Run makes a backup of the file, or tells how PostgreSQL makes one.
func (c *dbBackupCmd) Run(e *env) error {
	o, _, err := c.options()
	if err != nil {
		return err
	}
	began := time.Now()
	err = ledger.Backup(e.ctx, o, c.To)
	switch {
	case errors.Is(err, ledger.ErrServersBackup):
		return wording.Errorf("PostgreSQL makes its backups itself: pg_dump -Fc -f %s ADDRESS", c.To)
	case errors.Is(err, fs.ErrExist):
		return wording.Errorf("%s is there already: name another file", c.To)
	case errors.Is(err, fs.ErrNotExist):
		return wording.Errorf("%w (is there a ledger at %s, and a folder for the backup?)", err, o.Path)
	case err != nil:
		return err
	}
	info, err := os.Stat(c.To)
	if err != nil {
		return wording.Errorf("look at the backup: %w", err)
	}
	e.tell(e.stdout, "%s: %s MB in %s s", c.To, wording.Tenths(float64(info.Size())/1e6), wording.Tenths(time.Since(began).Seconds()))
	e.tell(e.stdout, "keep the key, too, in another place: %s", filepath.Join(filepath.Dir(o.SpoolDir), "ledger.key"))
	if waits, err := os.Stat(filepath.Join(o.SpoolDir, "ledger.jsonl")); err == nil {
		e.tell(e.stdout, "not in it: %d bytes that wait in the spool (pronto db check)", waits.Size())
	}
	return nil
}

type dbMigrateCmd struct{ ledgerPlace }

// Run brings the schema up to date.
func (c *dbMigrateCmd) Run(e *env) error {
	o, _, err := c.options()
	if err != nil {
		return err
	}
	before, after, err := ledger.Migrate(e.ctx, o)
	if err != nil {
		return wording.Errorf("the ledger can not be brought up to date: %w", err)
	}
	switch before {
	case 0:
		e.tell(e.stdout, "the ledger was made: schema %d", after)
	case after:
		e.tell(e.stdout, "the ledger is up to date: schema %d", after)
	default:
		e.tell(e.stdout, "the ledger was brought up to date: schema %d to %d", before, after)
	}
	return nil
}
