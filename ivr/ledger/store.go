package ledger

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"pronto/ivr/flow"
)

//go:embed migrations/*.sql
var migrations embed.FS

// store is the open database, for one writer.
type store struct {
	db   *sql.DB
	path string
	file os.FileInfo // the file as it was opened; another one at path is another database
	wal  os.FileInfo // its write-ahead log; nil: it had none yet
}

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

// openStore opens the database, making it if it is missing, and brings its schema up to date.
func openStore(ctx context.Context, path string, busy time.Duration) (*store, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return nil, fmt.Errorf("make the ledger's folder: %w", err)
	}
	db, err := sql.Open("sqlite", dsn(path, "rwc", busy))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	db.SetMaxOpenConns(1)
	s := &store{db: db, path: path}
	if err := migrate(ctx, db); err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	if s.file, err = os.Stat(path); err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	s.wal, _ = os.Stat(path + "-wal")
	return s, nil
}

// leaveNothing moves the write-ahead log of the closed database s out of the way if another file has taken its place:
// SQLite would mix the two.
func (s *store) leaveNothing() error {
	now, err := os.Stat(s.path)
	if err != nil || os.SameFile(now, s.file) {
		return nil // it is not there: nothing to mix with
	}
	wal, err := os.Stat(s.path + "-wal")
	if err != nil || s.wal == nil || !os.SameFile(wal, s.wal) {
		return nil // there is none, or it came with the new file
	}
	if err := os.Rename(s.path+"-wal", s.path+"-wal.orphan"); err != nil {
		return fmt.Errorf("move the log of the former ledger away: %w", err)
	}
	_ = os.Remove(s.path + "-shm") // the log's index
	return nil
}

// migrate goes forward only. A database of a newer program is left alone.
func migrate(ctx context.Context, db *sql.DB) error {
	p, err := provider(db)
	if err != nil {
		return err
	}
	have, err := p.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("read the schema's version: %w", err)
	}
	sources := p.ListSources()
	if newest := sources[len(sources)-1].Version; have > newest {
		return fmt.Errorf("%w: its schema is %d, this program knows %d", errNewer, have, newest)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("bring the schema up to date: %w", err)
	}
	return nil
}

func provider(db *sql.DB) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, files)
	if err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	return p, nil
}

func (s *store) close() error {
	if err := s.db.Close(); err != nil {
		return fmt.Errorf("close the ledger: %w", err)
	}
	return nil
}

// present fails if the file at the path is not the one that was opened: SQLite would go on writing into one that
// nobody sees.
func (s *store) present() error {
	now, err := os.Stat(s.path)
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

// result is what a transaction brought.
type result struct {
	ended  map[string]int // calls that got their outcome, by outcome
	double int            // outcomes that came too late
}

// inTx runs do in a transaction.
func (s *store) inTx(ctx context.Context, do func(tx *sql.Tx) error) error {
	if err := s.present(); err != nil {
		return err
	}
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("write the ledger: %w", err)
	}
	if err := do(tx); err != nil {
		_ = tx.Rollback()
		return fmt.Errorf("write the ledger: %w", err)
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("write the ledger: %w", err)
	}
	return nil
}

// apply writes the records in one transaction. Those that are in already are passed over.
func (s *store) apply(ctx context.Context, records []numbered) (result, error) {
	r := result{ended: map[string]int{}}
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		w := &txWriter{ctx: ctx, tx: tx, stmts: map[string]*sql.Stmt{}, result: &r}
		marks, old := map[string]int64{}, map[string]int64{}
		for _, n := range records {
			mark, known := marks[n.Run]
			if !known {
				var err error
				if mark, err = w.mark(n.Run); err != nil {
					return err
				}
				old[n.Run] = mark
			}
			if n.Seq > mark {
				if err := w.record(n.Record); err != nil {
					return err
				}
				mark = n.Seq
			}
			marks[n.Run] = mark
		}
		for run, mark := range marks {
			if mark == old[run] {
				continue
			}
			if _, err := w.exec(sqlMark, run, mark); err != nil {
				return err
			}
		}
		return nil
	})
	return r, err
}

// forgetWriters drops the marks of former runs. Only to be called when no spool is left.
func (s *store) forgetWriters(ctx context.Context, run string) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM writers WHERE run <> ?`, run)
		return err
	})
}

// txWriter writes records within a transaction.
type txWriter struct {
	ctx    context.Context // lives as long as the transaction
	tx     *sql.Tx
	stmts  map[string]*sql.Stmt
	result *result
}

const (
	sqlMark    = `INSERT INTO writers (run, seq) VALUES (?, ?) ON CONFLICT (run) DO UPDATE SET seq = excluded.seq`
	sqlEvent   = `INSERT INTO events (call, at, kind, text) VALUES (?, ?, ?, ?)`
	sqlState   = `UPDATE calls SET state = ? WHERE id = ? AND outcome = ''`
	sqlColumns = `id, line, switch, started, answered, ended, caller, language, release, path, topic, outcome, detail,
		rescue_number, queue_wait, operator, talk, wrapup, disposition, request, ended_by, cause, state`
	sqlInsert  = `INSERT INTO calls (` + sqlColumns + `) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) `
	sqlArrived = sqlInsert + `ON CONFLICT (id) DO NOTHING`
	// What arrived stays where the end does not say otherwise.
	sqlEnded = sqlInsert + `ON CONFLICT (id) DO UPDATE SET
		line = coalesce(nullif(excluded.line, ''), line), switch = coalesce(nullif(excluded.switch, ''), switch),
		answered = coalesce(excluded.answered, answered), ended = excluded.ended,
		caller = coalesce(nullif(excluded.caller, ''), caller), language = coalesce(nullif(excluded.language, ''), language),
		release = coalesce(nullif(excluded.release, ''), release), path = excluded.path, topic = excluded.topic,
		outcome = excluded.outcome, detail = excluded.detail, rescue_number = excluded.rescue_number,
		queue_wait = excluded.queue_wait, operator = excluded.operator, talk = excluded.talk, wrapup = excluded.wrapup,
		disposition = excluded.disposition, request = excluded.request, ended_by = excluded.ended_by,
		cause = excluded.cause, state = ''
		WHERE calls.outcome = ''`
)

func (w *txWriter) exec(query string, args ...any) (int64, error) {
	stmt := w.stmts[query]
	if stmt == nil {
		var err error
		if stmt, err = w.tx.PrepareContext(w.ctx, query); err != nil { //nolint:sqlclosecheck // closed with its transaction
			return 0, err
		}
		w.stmts[query] = stmt
	}
	res, err := stmt.ExecContext(w.ctx, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (w *txWriter) mark(run string) (seq int64, err error) {
	err = w.tx.QueryRowContext(w.ctx, `SELECT seq FROM writers WHERE run = ?`, run).Scan(&seq)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return seq, err
}

func (w *txWriter) record(r Record) error {
	switch {
	case r.Arrived != nil:
		c := *r.Arrived
		c.Outcome = ""
		_, err := w.exec(sqlArrived, values(c)...)
		return err
	case r.Progress != nil:
		return w.progress(*r.Progress)
	case r.Ended != nil:
		return w.ended(*r.Ended)
	}
	return nil
}

func (w *txWriter) progress(e Event) error {
	if e.State != "" {
		if _, err := w.exec(sqlState, e.State, e.Call); err != nil {
			return err
		}
		if e.Text == "" {
			return nil // a saved state alone is no step: the journal would hold every node twice
		}
	}
	_, err := w.exec(sqlEvent, e.Call, e.At.UnixMilli(), e.Kind, e.Text)
	return err
}

func (w *txWriter) ended(c Call) error {
	c.State = ""
	if !known(c.Outcome) {
		c.Outcome, c.Detail = string(flow.Failed), "no_outcome"
	}
	if c.Ended.IsZero() {
		c.Ended = time.Now()
	}
	if c.Started.IsZero() {
		c.Started = c.Ended
	}
	n, err := w.exec(sqlEnded, values(c)...)
	if err != nil {
		return err
	}
	if n == 0 {
		w.result.double++
		return nil
	}
	w.result.ended[c.Outcome]++
	return nil
}

func known(outcome string) bool {
	return slices.Contains(outcomes(), flow.Outcome(outcome))
}

// values are c in the order of sqlColumns.
func values(c Call) []any {
	wait := sql.NullInt64{Int64: max(0, c.QueueWait.Milliseconds()), Valid: c.Queued}
	talk := sql.NullInt64{Int64: max(0, c.Talk.Milliseconds()), Valid: c.Talk > 0 || c.Operator != ""}
	wrapup := sql.NullInt64{Int64: c.WrapUp.Milliseconds(), Valid: c.WrapUp > 0}
	return []any{
		c.ID, c.Line, c.Switch, c.Started.UnixMilli(), millis(c.Answered), millis(c.Ended), c.Caller, c.Language, c.Release,
		c.Path, c.Topic, c.Outcome, c.Detail, c.RescueNumber, wait, c.Operator, talk, wrapup, c.Disposition, c.Request,
		c.EndedBy, c.Cause, c.State,
	}
}

func millis(t time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: t.UnixMilli(), Valid: !t.IsZero()}
}
