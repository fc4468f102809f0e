package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"iter"
	"math"
	"time"
)

// Filter selects calls by when they started. Zero means no bound.
type Filter struct {
	From time.Time // the first instant
	To   time.Time // the first instant that does not belong
}

// bounds are the filter's in milliseconds.
func (f Filter) bounds() (from, to int64) {
	from, to = math.MinInt64, math.MaxInt64
	if !f.From.IsZero() {
		from = f.From.UnixMilli()
	}
	if !f.To.IsZero() {
		to = f.To.UnixMilli()
	}
	return from, to
}

// All are the calls of a period, oldest first, those still up included. It reads as it goes, memory does not grow. An
// error ends the sequence. What is still on its way to the database (milliseconds, or the spool) is not among them.
func (l *Ledger) All(ctx context.Context, f Filter) iter.Seq2[Call, error] {
	from, to := f.bounds()
	return read(ctx, l, "the calls", scan, `SELECT `+sqlColumns+` FROM calls WHERE started >= ? AND started < ? ORDER BY started, id`, from, to)
}

// OpenCalls are the calls without an outcome: at start, those of the process before.
func (l *Ledger) OpenCalls(ctx context.Context) ([]Call, error) {
	return gather(read(ctx, l, "the calls", scan, `SELECT `+sqlColumns+` FROM calls WHERE outcome = '' ORDER BY started, id`))
}

// read are the rows of a query, as scan makes them of one. what it reads is told in errors.
func read[T any](ctx context.Context, l *Ledger, what string, scan func(*sql.Rows) (T, error), query string, args ...any) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		db, done, err := l.db.reader(ctx)
		if err != nil {
			yield(none, fmt.Errorf("read the ledger %s: %w", l.db, err))
			return
		}
		defer done()
		rows, err := db.QueryContext(ctx, l.db.bind(query), args...)
		if err != nil {
			yield(none, fmt.Errorf("read %s: %w", what, err))
			return
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			v, err := scan(rows)
			if err != nil {
				yield(none, fmt.Errorf("read %s: %w", what, err))
				return
			}
			if !yield(v, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(none, fmt.Errorf("read %s: %w", what, err))
		}
	}
}

// gather are all of them.
func gather[T any](seq iter.Seq2[T, error]) (all []T, err error) {
	for v, err := range seq {
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

// one is the first of them.
func one[T any](seq iter.Seq2[T, error]) (first T, found bool, err error) {
	for v, err := range seq {
		return v, err == nil, err
	}
	return first, false, nil
}

func scan(rows *sql.Rows) (Call, error) { return scanCall(rows.Scan) }

func instant(ms sql.NullInt64) time.Time {
	if !ms.Valid {
		return time.Time{}
	}
	return time.UnixMilli(ms.Int64).UTC()
}

func span(ms sql.NullInt64) time.Duration { return time.Duration(ms.Int64) * time.Millisecond }

func at(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

// list is how a list is kept; unlist reads it.
func list(of []string) string {
	if len(of) == 0 {
		return "[]"
	}
	data, _ := json.Marshal(of) // strings always can
	return string(data)
}

func unlist(text string) (of []string, err error) {
	if text == "[]" {
		return nil, nil
	}
	return of, json.Unmarshal([]byte(text), &of)
}
