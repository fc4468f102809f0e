package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
)

// Condition is how a ledger is.
type Condition struct {
	Database string // its file or address, without any password
	Engine   string // SQLite 3.54.1, PostgreSQL 15.18
	Schema   int64  // the version of its schema
	Newest   int64  // the version that this program writes
	Bytes    int64
	Calls    int64
	Open     int64 // calls without an outcome
	Requests int64
	Unclosed int64    // requests that are not closed
	Spooled  int64    // bytes that wait in the spool
	Refused  int64    // bytes that a database refused and that were put aside
	Faults   []Defect // what is wrong
}

// Defect is something in a ledger that must not be, and how often it is there.
type Defect struct {
	What string // a slug: damaged, unknown_outcome, ended_without_outcome, outcome_without_end, ...
	N    int64
	Text string // of damaged: what the database says
}

// defects are what must not be in a ledger, each with a query that counts it.
func defects() []struct{ what, query string } {
	var closed []string
	for _, o := range Outcomes() {
		closed = append(closed, "'"+string(o)+"'")
	}
	return []struct{ what, query string }{
		{"unknown_outcome", `SELECT count(*) FROM calls WHERE outcome NOT IN ('', ` + strings.Join(closed, ", ") + `)`},
		{"outcome_without_end", `SELECT count(*) FROM calls WHERE outcome <> '' AND ended IS NULL`},
		{"end_without_outcome", `SELECT count(*) FROM calls WHERE outcome = '' AND ended IS NOT NULL`},
		{"request_of_call_missing", `SELECT count(*) FROM calls WHERE request <> '' AND NOT EXISTS (SELECT 1 FROM requests WHERE code = request)`},
		{"closed_without_disposition", `SELECT count(*) FROM requests WHERE state = 'closed' AND (disposition = '' OR closed IS NULL)`},
		{"open_with_disposition", `SELECT count(*) FROM requests WHERE state <> 'closed' AND (disposition <> '' OR closed IS NOT NULL)`},
		{"callbacks_of_one_number", `SELECT count(*) FROM (SELECT number FROM callbacks WHERE ` + callbackOpen + ` AND number <> '' GROUP BY number HAVING count(*) > 1) AS doubled`},
	}
}

// Examine looks at a ledger without changing anything; it may be at work. It fails where the ledger can not be read.
func Examine(ctx context.Context, o Options) (Condition, error) {
	o.ReadOnly = true
	l, err := Open(ctx, o)
	if err != nil {
		return Condition{}, err
	}
	defer func() { _ = l.Close() }()
	c := Condition{Database: l.db.String()}
	if c.Spooled, err = sizeOf(filepath.Join(o.SpoolDir, "ledger.jsonl")); err != nil {
		return c, err
	}
	if c.Refused, err = sizeOf(filepath.Join(o.SpoolDir, "refused.jsonl")); err != nil {
		return c, err
	}
	db, done, err := l.db.reader(ctx)
	if err != nil {
		return c, fmt.Errorf("read the ledger %s: %w", l.db, err)
	}
	defer done()
	if err := c.engine(ctx, db, l); err != nil {
		return c, fmt.Errorf("read the ledger %s: %w", l.db, err)
	}
	if c.Schema != c.Newest {
		return c, nil // what follows may not be there
	}
	if err := c.contents(ctx, db); err != nil {
		return c, fmt.Errorf("read the ledger %s: %w", l.db, err)
	}
	return c, nil
}

func sizeOf(path string) (int64, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("look at the spool: %w", err)
	}
	return info.Size(), nil
}

func (c *Condition) engine(ctx context.Context, db *sql.DB, l *Ledger) error {
	number := func(into any, query string) error { return db.QueryRowContext(ctx, query).Scan(into) }
	dialect, folder := goose.DialectSQLite3, "sqlite"
	var version string
	if OnServer(l.opts.Path) {
		dialect, folder = goose.DialectPostgres, "postgres"
		if err := errors.Join(number(&version, `SHOW server_version`), number(&c.Bytes, `SELECT pg_database_size(current_database())`)); err != nil {
			return err
		}
		c.Engine = "PostgreSQL " + version
	} else {
		if err := errors.Join(number(&version, `SELECT sqlite_version()`), number(&c.Bytes, `SELECT page_count * page_size FROM pragma_page_count, pragma_page_size`)); err != nil {
			return err
		}
		c.Engine = "SQLite " + version
		var says string
		if err := number(&says, `SELECT group_concat(quick_check, '; ') FROM pragma_quick_check`); err != nil {
			return err
		}
		if says != "ok" {
			c.Faults = append(c.Faults, Defect{What: "damaged", N: 1, Text: says})
		}
	}
	p, err := provider(db, dialect, folder)
	if err != nil {
		return err
	}
	// Not goose's own way to it, which would make its table where there is none.
	c.Newest = p.ListSources()[len(p.ListSources())-1].Version
	return number(&c.Schema, `SELECT max(version_id) FROM goose_db_version`)
}

func (c *Condition) contents(ctx context.Context, db *sql.DB) error {
	for query, into := range map[string]*int64{
		`SELECT count(*) FROM calls`:                            &c.Calls,
		`SELECT count(*) FROM calls WHERE outcome = ''`:         &c.Open,
		`SELECT count(*) FROM requests`:                         &c.Requests,
		`SELECT count(*) FROM requests WHERE state <> 'closed'`: &c.Unclosed,
	} {
		if err := db.QueryRowContext(ctx, query).Scan(into); err != nil {
			return err
		}
	}
	for _, d := range defects() {
		var n int64
		if err := db.QueryRowContext(ctx, d.query).Scan(&n); err != nil {
			return err
		}
		if n > 0 {
			c.Faults = append(c.Faults, Defect{What: d.what, N: n})
		}
	}
	return nil
}

// Migrate makes the database, if it is a file that is not there, and brings its schema up to date. It returns the schema's
// version before (0: there was none) and after.
func Migrate(ctx context.Context, o Options) (before, after int64, err error) {
	db, err := newDatabase(o.Path, writersWait)
	if err != nil {
		return 0, 0, err
	}
	defer func() { _ = db.close() }()
	before, err = schemaOf(ctx, db)
	if err != nil {
		return 0, 0, err
	}
	s, err := db.open(ctx)
	if err != nil {
		return before, 0, err
	}
	if err := s.close(); err != nil {
		return before, 0, err
	}
	after, err = schemaOf(ctx, db)
	return before, after, err
}

// schemaOf is the schema's version; 0: there is none.
func schemaOf(ctx context.Context, db database) (version int64, err error) {
	var raw *sql.DB
	has := `SELECT count(*) FROM sqlite_schema WHERE name = 'goose_db_version'`
	switch d := db.(type) {
	case *postgresServer:
		raw, has = stdlib.OpenDB(*d.config), `SELECT count(*) FROM information_schema.tables WHERE table_name = 'goose_db_version'`
	case *sqliteFile:
		if _, err := os.Stat(d.path); errors.Is(err, fs.ErrNotExist) {
			return 0, nil
		}
		if raw, err = sql.Open("sqlite", dsn(d.path, "ro", d.busy)); err != nil {
			return 0, fmt.Errorf("open %s: %w", db, err)
		}
	}
	defer func() { _ = raw.Close() }()
	var n int
	if err := raw.QueryRowContext(ctx, has).Scan(&n); err != nil {
		return 0, fmt.Errorf("open %s: %w", db, unwrapped(err))
	}
	if n == 0 {
		return 0, nil
	}
	if err := raw.QueryRowContext(ctx, `SELECT max(version_id) FROM goose_db_version`).Scan(&version); err != nil {
		return 0, fmt.Errorf("read the schema's version of %s: %w", db, err)
	}
	return version, nil
}

// ErrServersBackup is returned by Backup for PostgreSQL, which has its own.
var ErrServersBackup = errors.New("PostgreSQL makes its backups itself")

// Backup copies the ledger, an SQLite file, to the file to, which must not be there: whole and consistent, while calls
// are written. What waits in the spool is not in it.
func Backup(ctx context.Context, o Options, to string) error {
	if OnServer(o.Path) {
		return ErrServersBackup
	}
	if _, err := os.Lstat(to); err == nil {
		return fmt.Errorf("back up the ledger: %s: %w", to, fs.ErrExist)
	}
	if _, err := os.Stat(o.Path); err != nil {
		return fmt.Errorf("back up the ledger: %w", err)
	}
	part := to + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("back up the ledger: %w", err)
	}
	if err := copyDatabase(ctx, o.Path, part); err != nil {
		_ = os.Remove(part)
		return fmt.Errorf("back up the ledger %s: %w", o.Path, err)
	}
	if err := os.Rename(part, to); err != nil {
		return fmt.Errorf("back up the ledger: %w", err)
	}
	if err := syncDir(filepath.Dir(to)); err != nil {
		return fmt.Errorf("back up the ledger: %w", err)
	}
	return nil
}

// copyDatabase makes a copy and looks whether it can be used.
func copyDatabase(ctx context.Context, from, to string) error {
	db, done, err := (&sqliteFile{path: from, busy: writersWait}).reader(ctx)
	if err != nil {
		return err
	}
	defer done()
	if _, err := db.ExecContext(ctx, `VACUUM INTO ?`, to); err != nil {
		return err
	}
	f, err := os.OpenFile(to, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Chmod(0o640), f.Sync(), f.Close()); err != nil {
		return err
	}
	made, err := sql.Open("sqlite", dsn(to, "immutable", 0))
	if err != nil {
		return err
	}
	defer func() { _ = made.Close() }()
	var says string
	if err := made.QueryRowContext(ctx, `SELECT group_concat(quick_check, '; ') FROM pragma_quick_check`).Scan(&says); err != nil {
		return err
	}
	if says != "ok" {
		return fmt.Errorf("the copy is damaged: %s", says)
	}
	return nil
}
