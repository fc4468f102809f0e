package ledger

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*/*.sql
var migrations embed.FS

// database is where a ledger is kept: SQLite or PostgreSQL. Statements are written for both, with ? for what is bound.
type database interface {
	// open opens it for the one writer, making it or bringing it up to date.
	open(ctx context.Context) (store, error)
	// reader opens it for reading, beside whoever writes; done gives it back.
	reader(ctx context.Context) (db *sql.DB, done func(), err error)
	// bind makes a statement one of this database.
	bind(query string) string
	// explain says what an error of open or of a transaction means to the people who run the line, and what they can do.
	explain(err error) (message, remedy string)
	// refused tells whether an error is about what was to be written: it would come again.
	refused(err error) bool
	// close ends what reader has opened.
	close() error
	// String names it, without any password.
	String() string
}

// store is the open database, for one writer.
type store interface {
	// inTx runs do in a transaction.
	inTx(ctx context.Context, do func(t tx) error) error
	// fit fails if the store is known to be of no use any more. It does not ask a server.
	fit() error
	close() error
}

// tx is a transaction.
type tx interface {
	// exec runs a statement and returns how many rows it concerned.
	exec(query string, args ...any) (int64, error)
	// later runs a statement at some time before the transaction ends, in order with all others; then, if it is not nil,
	// is told how many rows it concerned.
	later(query string, then func(n int64), args ...any) error
	// row reads the first row of a query into into.
	row(into []any, query string, args ...any) (found bool, err error)
	// rows hands each row of a query to scan.
	rows(scan func(scan func(into ...any) error) error, query string, args ...any) error
}

// result is what a transaction brought.
type result struct {
	ended  map[string]int // calls that got their outcome, by outcome
	double int            // outcomes that came too late
}

// apply writes the records in one transaction. Those that are in already are passed over.
func apply(ctx context.Context, s store, k *keys, records []numbered) (result, error) {
	r := result{ended: map[string]int{}}
	err := s.inTx(ctx, func(t tx) error {
		w := &txWriter{tx: t, keys: k, result: &r}
		marks, old := map[string]int64{}, map[string]int64{}
		last := lastStates(records)
		for i, n := range records {
			mark, known := marks[n.Run]
			if !known {
				if _, err := t.row([]any{&mark}, sqlMarkOf, n.Run); err != nil {
					return err
				}
				old[n.Run] = mark
			}
			if n.Seq > mark {
				if p := n.Record.Progress; p != nil && p.State != "" && last[p.Call] != i {
					w.stateless = true
				}
				err := w.record(n.Record)
				w.stateless = false
				if err != nil {
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
			if err := t.later(sqlMark, nil, run, mark, time.Now().UnixMilli()); err != nil {
				return err
			}
		}
		return w.finish(time.Now())
	})
	return r, err
}

// lastStates are the places in a group of the records that decide what state each call is in afterwards: those before
// them need not write theirs.
func lastStates(records []numbered) map[string]int {
	last := map[string]int{}
	for i, n := range records {
		switch {
		case n.Record.Progress != nil && n.Record.Progress.State != "":
			last[n.Record.Progress.Call] = i
		case n.Record.Ended != nil:
			last[n.Record.Ended.ID] = i
		}
	}
	return last
}

// writersKept is how long the marks of former runs are kept: another controller's spool may hold records that came into
// the database before it learnt so.
const writersKept = 90 * 24 * time.Hour

// forgetWriters drops the marks of runs that are long over. Only to be called when no spool of ours is left.
func forgetWriters(ctx context.Context, s store) error {
	return s.inTx(ctx, func(t tx) error {
		_, err := t.exec(`DELETE FROM writers WHERE seen < ?`, time.Now().Add(-writersKept).UnixMilli())
		return err
	})
}

// reserve takes n numbers from a counter, at least behind high where its key is the one known, and returns their end. A
// counter that was never used begins with a key of its own.
func reserve(ctx context.Context, s store, counter string, n int, known string, high int) (end int, key string, err error) {
	err = s.inTx(ctx, func(t tx) error {
		_, err := t.exec(`INSERT INTO counters (name, next, key) VALUES (?, 0, ?) ON CONFLICT (name) DO NOTHING`, counter, newKey())
		if err != nil {
			return err
		}
		_, err = t.row([]any{&end, &key}, `UPDATE counters SET next = ? + CASE WHEN key = ? AND next < ? THEN ? ELSE next END
			WHERE name = ? RETURNING next, key`, n, known, high, high, counter)
		if err == nil && end > codes {
			return errCodesUsedUp
		}
		return err
	})
	return end, key, err
}

// migrate brings the schema up to date. It goes forward only; a database of a newer program is left alone.
func migrate(ctx context.Context, db *sql.DB, dialect goose.Dialect, folder string) error {
	p, err := provider(db, dialect, folder)
	if err != nil {
		return err
	}
	have, newest, err := versions(ctx, p)
	if err != nil {
		return err
	}
	if have > newest {
		return fmt.Errorf("%w: its schema is %d, this program knows %d", errNewer, have, newest)
	}
	if have == newest {
		return nil
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("bring the schema up to date: %w", err)
	}
	return nil
}

// versions are the schema's version in the database and the one of this program.
func versions(ctx context.Context, p *goose.Provider) (have, newest int64, err error) {
	have, err = p.GetDBVersion(ctx)
	if err != nil {
		return 0, 0, fmt.Errorf("read the schema's version: %w", err)
	}
	sources := p.ListSources()
	return have, sources[len(sources)-1].Version, nil
}

func provider(db *sql.DB, dialect goose.Dialect, folder string) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations/"+folder)
	if err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	p, err := goose.NewProvider(dialect, db, files)
	if err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	return p, nil
}

// noRows makes of a query's error whether it found a row.
func noRows(err error) (found bool, failed error) {
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}
