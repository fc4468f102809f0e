package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// How reports over millions of calls take no time: the calls of an hour are added up once it is over (hour_sums), the
// hours of a day likewise (day_sums). Whatever is written of a call makes its hour stale in the same transaction, however
// late it comes; a stale hour is added up anew when it has been quiet for a while, and until then a report adds its calls
// up by itself. So the sums are never wrong, only sometimes not there.

const (
	hourMillis = int64(time.Hour / time.Millisecond)
	dayHours   = int64(24)
	// quietFor is how long nothing must have been written of an hour before it is added up.
	quietFor = time.Minute
	// repeatMillis is how far before and after a call the same caller's calls are looked for.
	repeatMillis = (RepeatDays + 1) * dayHours * hourMillis
)

// Figures are what the calls of a period add up to. What is still on its way to the database is not among them.
func (l *Ledger) Figures(ctx context.Context, f Filter) (sum Figures, err error) {
	err = l.view(ctx, "the calls", func(q querier) error {
		from, to := f.bounds()
		var first, last sql.NullInt64
		err := q.rows(func(scan func(into ...any) error) error { return scan(&first, &last) }, `SELECT min(started), max(started) FROM calls`)
		if err != nil {
			return err
		}
		return (&adder{q, &sum}).period(max(from, first.Int64), min(to, last.Int64+1))
	})
	return sum, err
}

// querier is what can be asked: a transaction.
type querier interface {
	rows(scan func(scan func(into ...any) error) error, query string, args ...any) error
}

// adder adds calls up.
type adder struct {
	q   querier
	sum *Figures
}

// period adds the calls of a period in milliseconds: whole days and hours by their sums, the rest one by one.
func (a *adder) period(from, to int64) error {
	first, last := (from+hourMillis-1)/hourMillis, to/hourMillis // whole hours
	if first >= last {
		return a.calls(from, to)
	}
	if err := a.calls(from, first*hourMillis); err != nil {
		return err
	}
	if err := a.calls(last*hourMillis, to); err != nil {
		return err
	}
	stale, err := ints(a.q, `SELECT hour FROM stale_hours WHERE hour >= ? AND hour < ? ORDER BY hour`, first, last)
	if err != nil {
		return err
	}
	for i := 0; i < len(stale); {
		n := 1 // neighbours in one go
		for i+n < len(stale) && stale[i+n] == stale[i]+int64(n) {
			n++
		}
		if err := a.calls(stale[i]*hourMillis, (stale[i]+int64(n))*hourMillis); err != nil {
			return err
		}
		i += n
	}
	firstDay, lastDay := (first+dayHours-1)/dayHours, last/dayHours
	if err := a.stored(`SELECT figures FROM day_sums WHERE day >= ? AND day < ?`, firstDay, lastDay); err != nil {
		return err
	}
	return a.stored(`SELECT figures FROM hour_sums WHERE hour >= ? AND hour < ?
		AND NOT EXISTS (SELECT 1 FROM stale_hours WHERE stale_hours.hour = hour_sums.hour)
		AND NOT EXISTS (SELECT 1 FROM day_sums WHERE day = hour_sums.hour / 24 AND day >= ? AND day < ?)`, first, last, firstDay, lastDay)
}

// stored adds sums that are there.
func (a *adder) stored(query string, args ...any) error {
	return a.q.rows(func(scan func(into ...any) error) error {
		var text []byte
		if err := scan(&text); err != nil {
			return err
		}
		var f Figures
		if err := json.Unmarshal(text, &f); err != nil {
			return fmt.Errorf("read what was added up: %w", err)
		}
		a.sum.Add(f)
		return nil
	}, query, args...)
}

// calls adds the calls that started from from and before to, one by one.
func (a *adder) calls(from, to int64) error {
	if from >= to {
		return nil
	}
	return a.q.rows(func(scan func(into ...any) error) error {
		fact, err := scanFact(scan)
		if err == nil {
			a.sum.Count(fact)
		}
		return err
	}, `SELECT switch, started, answered, language, release, path, topic, outcome, detail, queue_wait,
		talk, wrapup, disposition, district, coalesce(caller_key, '') <> '',
		CASE WHEN outcome = 'served' AND caller_key <> '' THEN started - (SELECT max(p.started) FROM calls p
			WHERE p.caller_key = c.caller_key AND p.caller_key <> '' AND p.started < c.started AND p.started > c.started - ?) END,
		CASE WHEN outcome = 'served' AND caller_key <> '' THEN (SELECT min(n.started) FROM calls n
			WHERE n.caller_key = c.caller_key AND n.caller_key <> '' AND n.started > c.started AND n.started < c.started + ?) - started END
		FROM calls c WHERE started >= ? AND started < ?`, repeatMillis, repeatMillis, from, to)
}

func scanFact(scan func(into ...any) error) (f Fact, err error) {
	var started int64
	var answered, wait, talk, wrapup, before, after sql.NullInt64
	err = scan(&f.Switch, &started, &answered, &f.Language, &f.Release, &f.Path, &f.Topic, &f.Outcome, &f.Detail, &wait,
		&talk, &wrapup, &f.Disposition, &f.District, &f.Known, &before, &after)
	f.Started, f.Answered = at(started), instant(answered)
	f.QueueWait, f.Queued = span(wait), wait.Valid
	f.Talk, f.WrapUp = span(talk), span(wrapup)
	f.Before, f.After = -1, -1
	if before.Valid {
		f.Before = span(before)
	}
	if after.Valid {
		f.After = span(after)
	}
	return f, err
}

// finish does what depends on all that the transaction has written of calls.
func (w *txWriter) finish(now time.Time) error {
	slices.Sort(w.touched)
	calls := slices.Compact(w.touched)
	w.touched = calls
	if err := w.touch(now); err != nil {
		return err
	}
	return w.seal(calls)
}

// touch makes stale what the calls are part of that this transaction wrote of, and the hours of the same callers' calls
// right before and after them, which may have become repeated or repeats.
func (w *txWriter) touch(now time.Time) error {
	for some := range parts(w.touched) {
		marks := marks(len(some))
		hours, err := ints(w.tx, `SELECT DISTINCT started / 3600000 FROM calls WHERE id IN (`+marks+`)
			UNION SELECT (SELECT max(p.started) FROM calls p WHERE p.caller_key = c.caller_key AND p.caller_key <> '' AND p.started < c.started) / 3600000
			FROM calls c WHERE id IN (`+marks+`) AND caller_key <> ''
			UNION SELECT (SELECT min(n.started) FROM calls n WHERE n.caller_key = c.caller_key AND n.caller_key <> '' AND n.started > c.started) / 3600000
			FROM calls c WHERE id IN (`+marks+`) AND caller_key <> ''`, append(append(some, some...), some...)...)
		if err != nil {
			return err
		}
		for _, hour := range hours {
			if err := w.stale(hour, now); err != nil {
				return err
			}
		}
	}
	w.touched = nil
	return nil
}

func (w *txWriter) stale(hour int64, now time.Time) error {
	err := w.later(`INSERT INTO stale_hours (hour, at) VALUES (?, ?) ON CONFLICT (hour) DO UPDATE SET at = excluded.at`, nil, hour, now.UnixMilli())
	if err != nil {
		return err
	}
	return w.later(`DELETE FROM day_sums WHERE day = ?`, nil, hour/dayHours)
}

// marks are the places of n values: ?,?,?
func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?,", n), ",") }

// parts are ids in parts that are no longer than what a statement can name. Their lengths are few, so that the statements
// are, too: the last id comes again where there are not enough.
func parts(ids []string) func(yield func([]any) bool) {
	return func(yield func([]any) bool) {
		for len(ids) > 0 {
			size := 1
			switch {
			case len(ids) > 64:
				size = 200
			case len(ids) > 16:
				size = 64
			case len(ids) > 1:
				size = 16
			}
			some := make([]any, size)
			for i := range some {
				some[i] = ids[min(i, len(ids)-1)]
			}
			ids = ids[min(size, len(ids)):]
			if !yield(some) {
				return
			}
		}
	}
}

// addUp adds up the oldest stale hour that is over and has been quiet, and says whether there was one.
func (w *txWriter) addUp(now time.Time) (did bool, err error) {
	ms := now.UnixMilli()
	var hour int64
	// Quiet, or written in what is now the future: a clock has been set back.
	did, err = w.row([]any{&hour}, `SELECT hour FROM stale_hours WHERE hour < ? AND (at <= ? OR at > ?) ORDER BY hour LIMIT 1`,
		ms/hourMillis, ms-quietFor.Milliseconds(), ms)
	if err != nil || !did {
		return false, err
	}
	if err := w.later(`DELETE FROM stale_hours WHERE hour = ?`, nil, hour); err != nil {
		return false, err
	}
	var f Figures
	if err := (&adder{w.tx, &f}).calls(hour*hourMillis, (hour+1)*hourMillis); err != nil {
		return false, err
	}
	if err := w.keep(`INSERT INTO hour_sums (hour, figures) VALUES (?, ?) ON CONFLICT (hour) DO UPDATE SET figures = excluded.figures`, hour, f); err != nil {
		return false, err
	}
	return true, w.addUpDay(hour/dayHours, ms/hourMillis)
}

// addUpDay adds up a day that is over, if all its hours are.
func (w *txWriter) addUpDay(day, now int64) error {
	if (day+1)*dayHours > now {
		return nil
	}
	stale, err := w.has(`SELECT 1 FROM stale_hours WHERE hour >= ? AND hour < ?`, day*dayHours, (day+1)*dayHours)
	if err != nil || stale {
		return err
	}
	var f Figures
	if err := (&adder{w.tx, &f}).stored(`SELECT figures FROM hour_sums WHERE hour >= ? AND hour < ?`, day*dayHours, (day+1)*dayHours); err != nil {
		return err
	}
	return w.keep(`INSERT INTO day_sums (day, figures) VALUES (?, ?) ON CONFLICT (day) DO UPDATE SET figures = excluded.figures`, day, f)
}

func (w *txWriter) keep(query string, key int64, f Figures) error {
	text, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("write down what was added up: %w", err)
	}
	return w.later(query, nil, key, string(text))
}

// ints are the numbers that a query finds; NULL is none.
func ints(q querier, query string, args ...any) (all []int64, err error) {
	err = q.rows(func(scan func(into ...any) error) error {
		var n sql.NullInt64
		err := scan(&n)
		if err == nil && n.Valid {
			all = append(all, n.Int64)
		}
		return err
	}, query, args...)
	return all, err
}
