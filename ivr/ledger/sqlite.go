package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite" // the driver "sqlite"
	lib "modernc.org/sqlite/lib"
)

var (
	errGone     = errors.New("the database's file is not there any more")
	errReplaced = errors.New("another file stands in the database's place")
)

// sqliteFile is a database in a file.
type sqliteFile struct {
	path   string
	busy   time.Duration // how long a lock is waited for
	former *sqliteStore  // as it was opened last; nil: never
}

// sqliteStore is the open database.
type sqliteStore struct {
	db   *sql.DB
	at   string
	file os.FileInfo // the file as it was opened; another one at its path is another database
	wal  os.FileInfo // its write-ahead log; nil: it had none yet
	// kept are statements prepared once: to prepare one costs more than to run it.
	kept map[string]*sql.Stmt
}

// mostKept bounds the kept statements. Those of calls are a dozen.
const mostKept = 100

func (d *sqliteFile) String() string { return d.path }

func (d *sqliteFile) bind(query string) string { return query }

func (d *sqliteFile) close() error { return nil }

// dsn names the database with its pragmas: every connection has them. FULL: a commit is on the disk, whatever happens
// to the machine; as all that has gathered is one transaction it costs little.
func dsn(path, mode string, busy time.Duration) string {
	u := url.URL{Scheme: "file", OmitHost: true, Path: path}
	if !filepath.IsAbs(path) {
		u = url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath()}
	}
	q := url.Values{"_pragma": {
		fmt.Sprintf("busy_timeout(%d)", busy.Milliseconds()), "synchronous(FULL)", "temp_store(MEMORY)",
	}}
	switch mode {
	case "rwc":
		q["_pragma"] = append(q["_pragma"], "journal_mode(WAL)")
		q.Set("_txlock", "immediate")
		q.Set("mode", mode)
	case "immutable":
		q.Set("mode", "ro")
		q.Set("immutable", "1")
	default:
		q.Set("mode", mode)
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// open makes the file if it was never there; one that is gone since is not made anew.
func (d *sqliteFile) open(ctx context.Context) (store, error) {
	if d.former != nil {
		if _, err := os.Stat(d.path); errors.Is(err, os.ErrNotExist) {
			return nil, errGone
		}
		if err := d.former.leaveNothing(); err != nil {
			return nil, err
		}
	}
	if err := os.MkdirAll(filepath.Dir(d.path), 0o750); err != nil {
		return nil, fmt.Errorf("make the ledger's folder: %w", err)
	}
	db, err := sql.Open("sqlite", dsn(d.path, "rwc", d.busy))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", d.path, err)
	}
	db.SetMaxOpenConns(1)
	s := &sqliteStore{db: db, at: d.path}
	if err := s.begin(ctx); err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("open %s: %w", d.path, err)
	}
	d.former = s
	return s, nil
}

func (s *sqliteStore) begin(ctx context.Context) error {
	err := migrate(ctx, s.db, goose.DialectSQLite3, "sqlite")
	s.kept = map[string]*sql.Stmt{}
	if err == nil {
		s.file, err = os.Stat(s.at)
	}
	s.wal, _ = os.Stat(s.at + "-wal")
	return err
}

// keep prepares statements for the transactions to come. While there is one it has the only connection.
func (s *sqliteStore) keep(queries []string) {
	for _, query := range queries {
		if len(s.kept) >= mostKept {
			return
		}
		if stmt, err := s.db.Prepare(query); err == nil { //nolint:sqlclosecheck,noctx // closed with the database; it waits for nothing
			s.kept[query] = stmt
		}
	}
}

// leaveNothing moves the write-ahead log of the closed database s out of the way if another file has taken its place:
// SQLite would mix the two.
func (s *sqliteStore) leaveNothing() error {
	now, err := os.Stat(s.at)
	if err != nil || os.SameFile(now, s.file) {
		return nil // it is not there: nothing to mix with
	}
	wal, err := os.Stat(s.at + "-wal")
	if err != nil || s.wal == nil || !os.SameFile(wal, s.wal) {
		return nil // there is none, or it came with the new file
	}
	if err := os.Rename(s.at+"-wal", s.at+"-wal.orphan"); err != nil {
		return fmt.Errorf("move the log of the former ledger away: %w", err)
	}
	_ = os.Remove(s.at + "-shm") // the log's index
	return nil
}

func (s *sqliteStore) close() error {
	if err := s.db.Close(); err != nil {
		return fmt.Errorf("close the ledger: %w", err)
	}
	return nil
}

// fit fails if the file at the path is not the one that was opened: SQLite would go on writing into one that
// nobody sees.
func (s *sqliteStore) fit() error {
	now, err := os.Stat(s.at)
	if errors.Is(err, os.ErrNotExist) {
		return errGone
	}
	if err != nil {
		return fmt.Errorf("look for the ledger: %w", err)
	}
	if !os.SameFile(now, s.file) {
		return errReplaced
	}
	return nil
}

func (s *sqliteStore) inTx(ctx context.Context, do func(t tx) error) error {
	if err := s.fit(); err != nil {
		return err
	}
	t, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("write the ledger: %w", err)
	}
	// The transaction has the lock, so none of its statements waits for anything, and a goroutine for each that watches
	// ctx (the driver's way) would cost more than the statement.
	st := &sqliteTx{ctx: context.WithoutCancel(ctx), tx: t, kept: s.kept, stmts: map[string]*sql.Stmt{}}
	if err := do(st); err != nil {
		_ = t.Rollback()
		return fmt.Errorf("write the ledger: %w", err)
	}
	if err := t.Commit(); err != nil {
		return fmt.Errorf("write the ledger: %w", err)
	}
	s.keep(st.used)
	return nil
}

// sqliteTx is a transaction.
type sqliteTx struct {
	ctx   context.Context
	tx    *sql.Tx
	kept  map[string]*sql.Stmt // of the store
	stmts map[string]*sql.Stmt // of this transaction
	used  []string             // that were not among the kept
}

func (t *sqliteTx) stmt(query string) (*sql.Stmt, error) {
	if s := t.stmts[query]; s != nil {
		return s, nil
	}
	s, kept := t.kept[query]
	if kept {
		s = t.tx.StmtContext(t.ctx, s) //nolint:sqlclosecheck // closed with its transaction
	} else {
		var err error
		if s, err = t.tx.PrepareContext(t.ctx, query); err != nil { //nolint:sqlclosecheck // the same
			return nil, err
		}
		t.used = append(t.used, query)
	}
	t.stmts[query] = s
	return s, nil
}

func (t *sqliteTx) exec(query string, args ...any) (int64, error) {
	s, err := t.stmt(query) //nolint:sqlclosecheck // closed with its transaction
	if err != nil {
		return 0, err
	}
	res, err := s.ExecContext(t.ctx, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (t *sqliteTx) later(query string, then func(n int64), args ...any) error {
	n, err := t.exec(query, args...)
	if err == nil && then != nil {
		then(n)
	}
	return err
}

func (t *sqliteTx) row(into []any, query string, args ...any) (found bool, err error) {
	s, err := t.stmt(query) //nolint:sqlclosecheck // closed with its transaction
	if err != nil {
		return false, err
	}
	return noRows(s.QueryRowContext(t.ctx, args...).Scan(into...))
}

func (t *sqliteTx) rows(scan func(scan func(into ...any) error) error, query string, args ...any) error {
	s, err := t.stmt(query) //nolint:sqlclosecheck // closed with its transaction
	if err != nil {
		return err
	}
	rows, err := s.QueryContext(t.ctx, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := scan(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (d *sqliteFile) reader(ctx context.Context) (*sql.DB, func(), error) {
	db, err := tryReader(ctx, dsn(d.path, "ro", d.busy))
	if err == nil {
		return db, func() { _ = db.Close() }, nil
	}
	// A reader who may not write in the folder can not join the write-ahead log. Where there is none, nobody writes, and
	// the file can be read as it is.
	if _, walErr := os.Stat(d.path + "-wal"); !errors.Is(walErr, os.ErrNotExist) {
		return nil, nil, err
	}
	db, second := tryReader(ctx, dsn(d.path, "immutable", d.busy))
	if second != nil {
		return nil, nil, err
	}
	return db, func() { _ = db.Close() }, nil
}

func tryReader(ctx context.Context, dsn string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	var one int
	err = db.QueryRowContext(ctx, `SELECT count(*) FROM (SELECT `+sqlColumns+` FROM calls LIMIT 1)`).Scan(&one)
	if err != nil {
		_ = db.Close()
		return nil, err
	}
	return db, nil
}

func (d *sqliteFile) explain(err error) (message, remedy string) {
	switch {
	case errors.Is(err, errGone):
		return "the ledger " + d.path + " is not there any more", "put it back (from a backup, or an empty file to begin anew)"
	case errors.Is(err, errReplaced):
		return "another file stands in the place of the ledger " + d.path, "nothing: it is opened within a second"
	}
	switch sqliteCode(err) {
	case lib.SQLITE_FULL:
		return "no space for the ledger " + d.path, "free space on its disk"
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
		return "another program holds the ledger " + d.path + " locked", "end that program (fuser " + d.path + " names it)"
	case lib.SQLITE_READONLY, lib.SQLITE_PERM, lib.SQLITE_CANTOPEN, lib.SQLITE_AUTH:
		return "the ledger " + d.path + " can not be opened for writing", "see that it is a file, and that it and its folder can be written by this program's user"
	case lib.SQLITE_NOTADB, lib.SQLITE_CORRUPT:
		return "the ledger " + d.path + " is damaged", "move it aside and put a backup in its place, or an empty file to begin anew"
	case 0:
		return "the ledger " + d.path + " can not be written: " + err.Error(), "see that the folder is there and can be written"
	}
	return "the ledger " + d.path + " can not be written: " + err.Error(), "look at the disk it is on"
}

func (d *sqliteFile) refused(err error) bool {
	code := sqliteCode(err)
	return code == lib.SQLITE_CONSTRAINT || code == lib.SQLITE_TOOBIG || code == lib.SQLITE_MISMATCH || code == lib.SQLITE_RANGE
}

// sqliteCode is SQLite's primary result code; 0: err is none of its errors.
func sqliteCode(err error) int {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return 0
	}
	return e.Code() & 0xff
}
