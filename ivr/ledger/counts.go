package ledger

import (
	"context"
	"time"
)

// RequestCount is how many requests of one kind were opened in a period, as they stand now.
type RequestCount struct {
	Channel, Topic, Language string
	State, Disposition       string // "closed" and how; what is not closed is in progress
	N                        int64
}

// Matters are the requests that were opened in a period.
type Matters struct {
	Counts   []RequestCount
	Rescue   int64 // of them, those of which a call belonged to a rescue number: by its operator's word, or it was sent there
	Reopened int64 // of them, those that were opened again
	Overdue  int64 // of them, those that are past their date at now and not closed
}

// Matters are the requests of a period, at now.
func (l *Ledger) Matters(ctx context.Context, f Filter, now time.Time) (m Matters, err error) {
	from, to := f.bounds()
	err = l.view(ctx, "the requests", func(q querier) error {
		err := q.rows(func(scan func(into ...any) error) error {
			var c RequestCount
			var reopened, overdue int64
			err := scan(&c.Channel, &c.Topic, &c.Language, &c.State, &c.Disposition, &c.N, &reopened, &overdue)
			m.Counts = append(m.Counts, c)
			m.Reopened += reopened
			m.Overdue += overdue
			return err
		}, `SELECT channel, topic, language, state, disposition, count(*), sum(CASE WHEN reopened > 0 THEN 1 ELSE 0 END),
			sum(CASE WHEN state <> 'closed' AND due < ? THEN 1 ELSE 0 END)
			FROM requests WHERE opened >= ? AND opened < ? GROUP BY channel, topic, language, state, disposition`, now.UnixMilli(), from, to)
		if err != nil {
			return err
		}
		rescue, err := ints(q, `SELECT count(DISTINCT c.request) FROM calls c JOIN requests r ON r.code = c.request
			WHERE c.request <> '' AND (c.disposition = 'rescue' OR c.outcome = 'redirected') AND r.opened >= ? AND r.opened < ?`, from, to)
		if err == nil && len(rescue) > 0 {
			m.Rescue = rescue[0]
		}
		return err
	})
	return m, err
}

// Staff is how long operators were in each state, all together, by the state's name (desk.OperatorState). Those who are
// away are not in it.
type Staff map[string]time.Duration

// Staff is how long operators were in each state in the hours that began in the period, until now.
func (l *Ledger) Staff(ctx context.Context, f Filter, now time.Time) (Staff, error) {
	from, to := f.bounds()
	staff := Staff{}
	err := l.view(ctx, "the operators' hours", func(q querier) error {
		err := q.rows(func(scan func(into ...any) error) error {
			var state string
			var ms int64
			err := scan(&state, &ms)
			staff[state] += time.Duration(ms) * time.Millisecond
			return err
		}, `SELECT state, sum(ms) FROM staff_hours WHERE hour >= ? AND hour < ? GROUP BY state`, ceilHour(from), ceilHour(to))
		if err != nil {
			return err
		}
		return q.rows(func(scan func(into ...any) error) error { // those who are in it still
			var state string
			var since int64
			err := scan(&state, &since)
			if until := min(now.UnixMilli(), to); max(since, from) < until {
				staff[state] += time.Duration(until-max(since, from)) * time.Millisecond
			}
			return err
		}, `SELECT state, since FROM operator_states WHERE state <> 'offline'`)
	})
	return staff, err
}

// ceilHour is the first hour that begins at ms or later.
func ceilHour(ms int64) int64 {
	if ms < 0 {
		return 0
	}
	hour := ms / hourMillis
	if ms%hourMillis > 0 {
		hour++
	}
	return hour
}

// longestShift is how long an operator can have been in one state: longer is one who was forgotten, or a clock that was
// wrong.
const longestShift = 7 * 24 * time.Hour

// worked adds the time that an operator has spent in the state that he leaves to the hours that it fell into.
func (w *txWriter) worked(d Duty) error {
	at := d.At.UnixMilli()
	return w.later(`WITH RECURSIVE part (hour, state, since) AS (
			SELECT since / 3600000, state, since FROM operator_states WHERE operator = ? AND state <> 'offline' AND state <> ? AND since < ? AND since > ?
			UNION ALL SELECT hour + 1, state, since FROM part WHERE (hour + 1) * 3600000 < ?)
		INSERT INTO staff_hours (hour, state, ms)
		SELECT hour, state, CASE WHEN (hour + 1) * 3600000 < ? THEN (hour + 1) * 3600000 ELSE ? END - CASE WHEN hour * 3600000 > since THEN hour * 3600000 ELSE since END
		FROM part WHERE true
		ON CONFLICT (hour, state) DO UPDATE SET ms = staff_hours.ms + excluded.ms`,
		nil, d.Operator, d.To, at, at-longestShift.Milliseconds(), at, at, at)
}
