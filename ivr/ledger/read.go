package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"math"
	"os"
	"time"
)

// Filter selects calls by when they started. Zero means no bound.
type Filter struct {
	From time.Time // the first instant
	To   time.Time // the first instant that does not belong
}

// All are the calls of a period, oldest first, those still up included. It reads as it goes, memory does not grow. An
// error ends the sequence. What is still on its way to the database (milliseconds, or the spool) is not among them.
func (l *Ledger) All(ctx context.Context, f Filter) iter.Seq2[Call, error] {
	from, to := int64(math.MinInt64), int64(math.MaxInt64)
	if !f.From.IsZero() {
		from = f.From.UnixMilli()
	}
	if !f.To.IsZero() {
		to = f.To.UnixMilli()
	}
	return l.query(ctx, `SELECT `+sqlColumns+` FROM calls WHERE started >= ? AND started < ? ORDER BY started, id`, from, to)
}

// OpenCalls are the calls without an outcome: at start, those of the process before.
func (l *Ledger) OpenCalls(ctx context.Context) ([]Call, error) {
	var calls []Call
	for c, err := range l.query(ctx, `SELECT `+sqlColumns+` FROM calls WHERE outcome = '' ORDER BY started, id`) {
		if err != nil {
			return nil, err
		}
		calls = append(calls, c)
	}
	return calls, nil
}

func (l *Ledger) query(ctx context.Context, query string, args ...any) iter.Seq2[Call, error] {
	return func(yield func(Call, error) bool) {
		db, err := l.reader(ctx)
		if err != nil {
			yield(Call{}, err)
			return
		}
		defer func() { _ = db.Close() }()
		rows, err := db.QueryContext(ctx, query, args...)
		if err != nil {
			yield(Call{}, fmt.Errorf("read the calls: %w", err))
			return
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			c, err := scan(rows)
			if err != nil {
				yield(Call{}, fmt.Errorf("read a call: %w", err))
				return
			}
			if !yield(c, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(Call{}, fmt.Errorf("read the calls: %w", err))
		}
	}
}

// reader opens the database for reading, beside whoever writes.
func (l *Ledger) reader(ctx context.Context) (*sql.DB, error) {
	db, err := tryReader(ctx, dsn(l.opts.Path, "ro", l.opts.busy))
	if err == nil {
		return db, nil
	}
	// A reader who may not write in the folder can not join the write-ahead log. Where there is none, nobody writes, and
	// the file can be read as it is.
	if _, walErr := os.Stat(l.opts.Path + "-wal"); !errors.Is(walErr, os.ErrNotExist) {
		return nil, fmt.Errorf("read the ledger %s: %w", l.opts.Path, err)
	}
	db, second := tryReader(ctx, dsn(l.opts.Path, "immutable", l.opts.busy))
	if second != nil {
		return nil, fmt.Errorf("read the ledger %s: %w", l.opts.Path, err)
	}
	return db, nil
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

func scan(rows *sql.Rows) (c Call, err error) {
	var started int64
	var answered, ended, wait, talk, wrapup sql.NullInt64
	err = rows.Scan(&c.ID, &c.Line, &c.Switch, &started, &answered, &ended, &c.Caller, &c.Language, &c.Release, &c.Path,
		&c.Topic, &c.Outcome, &c.Detail, &c.RescueNumber, &wait, &c.Operator, &talk, &wrapup, &c.Disposition, &c.Request,
		&c.EndedBy, &c.Cause, &c.State)
	c.Started, c.Answered, c.Ended = time.UnixMilli(started).UTC(), instant(answered), instant(ended)
	c.QueueWait, c.Queued = span(wait), wait.Valid
	c.Talk, c.WrapUp = span(talk), span(wrapup)
	return c, err
}

func instant(ms sql.NullInt64) time.Time {
	if !ms.Valid {
		return time.Time{}
	}
	return time.UnixMilli(ms.Int64).UTC()
}

func span(ms sql.NullInt64) time.Duration { return time.Duration(ms.Int64) * time.Millisecond }
