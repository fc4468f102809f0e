package ledger

import (
	"database/sql"
	"slices"
	"time"

	"pronto/ivr/flow"
)

// txWriter writes records within a transaction.
type txWriter struct {
	tx
	keys     *keys
	result   *result
	touched  []string // calls of which something was written that figures or the chain are made of
	outcomes []string // calls that got their outcome
	// stateless: the state of the record at hand need not be written, one further on in the group replaces it.
	stateless bool
}

const (
	sqlMarkOf  = `SELECT seq FROM writers WHERE run = ?`
	sqlMark    = `INSERT INTO writers (run, seq, seen) VALUES (?, ?, ?) ON CONFLICT (run) DO UPDATE SET seq = excluded.seq, seen = excluded.seen`
	sqlEvent   = `INSERT INTO events (call, at, kind, text) VALUES (?, ?, ?, ?)`
	sqlState   = `UPDATE calls SET state = ? WHERE id = ? AND outcome = ''`
	sqlColumns = `id, line, switch, started, answered, ended, caller, language, release, path, topic, outcome, detail,
		rescue_number, queue_wait, operator, talk, wrapup, disposition, request, ended_by, cause, state`
	sqlInsert  = `INSERT INTO calls (` + sqlColumns + `, caller_key, district) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) `
	sqlArrived = sqlInsert + `ON CONFLICT (id) DO NOTHING`
	// What arrived stays where the end does not say otherwise; what a wrap-up said stays whatever the end says.
	sqlEnded = sqlInsert + `ON CONFLICT (id) DO UPDATE SET
		line = coalesce(nullif(excluded.line, ''), calls.line), switch = coalesce(nullif(excluded.switch, ''), calls.switch),
		answered = coalesce(excluded.answered, calls.answered), ended = excluded.ended,
		caller = coalesce(nullif(excluded.caller, ''), calls.caller), language = coalesce(nullif(excluded.language, ''), calls.language),
		release = coalesce(nullif(excluded.release, ''), calls.release), path = excluded.path, topic = excluded.topic,
		outcome = excluded.outcome, detail = excluded.detail, rescue_number = excluded.rescue_number,
		queue_wait = excluded.queue_wait, operator = coalesce(nullif(calls.operator, ''), excluded.operator), talk = excluded.talk,
		wrapup = coalesce(calls.wrapup, excluded.wrapup), disposition = coalesce(nullif(calls.disposition, ''), excluded.disposition),
		request = coalesce(nullif(calls.request, ''), excluded.request), ended_by = excluded.ended_by,
		cause = excluded.cause, state = '', caller_key = coalesce(nullif(excluded.caller_key, ''), calls.caller_key),
		district = coalesce(nullif(excluded.district, ''), calls.district)
		WHERE calls.outcome = ''`
)

// has tells whether the query finds something.
func (w *txWriter) has(query string, args ...any) (bool, error) {
	var one int
	return w.row([]any{&one}, query, args...)
}

func (w *txWriter) record(r Record) error {
	switch {
	case r.Arrived != nil:
		c := *r.Arrived
		c.Outcome = ""
		w.touched = append(w.touched, c.ID)
		return w.later(sqlArrived, nil, w.values(c)...)
	case r.Progress != nil:
		return w.progress(*r.Progress)
	case r.Ended != nil:
		return w.ended(*r.Ended)
	case r.WrapUp != nil:
		return w.wrapUp(*r.WrapUp)
	case r.Change != nil:
		return w.change(*r.Change)
	case r.Callback != nil:
		return w.callback(*r.Callback)
	}
	return w.deskRecord(r)
}

// deskRecord writes what the desk tells.
func (w *txWriter) deskRecord(r Record) error {
	switch {
	case r.Operator != nil:
		return w.operator(*r.Operator)
	case r.Duty != nil:
		return w.duty(*r.Duty)
	case r.FollowUp != nil:
		return w.followUp(*r.FollowUp)
	case r.Promise != nil:
		return w.promise(*r.Promise)
	case r.Waited != nil:
		return w.waited(*r.Waited)
	case r.Overtaken != nil:
		return w.overtaken(*r.Overtaken)
	}
	return nil
}

func (w *txWriter) progress(e Event) error {
	if e.State != "" && !w.stateless {
		if err := w.later(sqlState, nil, e.State, e.Call); err != nil {
			return err
		}
	}
	if e.State != "" && e.Text == "" {
		return nil // a saved state alone is no step: the journal would hold every node twice
	}
	return w.later(sqlEvent, nil, e.Call, e.At.UnixMilli(), e.Kind, e.Text)
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
	w.touched = append(w.touched, c.ID)
	return w.later(sqlEnded, func(n int64) {
		if n == 0 {
			w.result.double++
			return
		}
		w.result.ended[c.Outcome]++
		w.outcomes = append(w.outcomes, c.ID)
	}, w.values(c)...)
}

func known(outcome string) bool {
	return slices.Contains(Outcomes(), flow.Outcome(outcome))
}

// values are c in the order of sqlInsert.
func (w *txWriter) values(c Call) []any {
	key, district := w.keys.hidden(c.Caller)
	wait := sql.NullInt64{Int64: max(0, c.QueueWait.Milliseconds()), Valid: c.Queued}
	talk := sql.NullInt64{Int64: max(0, c.Talk.Milliseconds()), Valid: c.Talk > 0 || c.Operator != ""}
	return []any{
		c.ID, c.Line, c.Switch, c.Started.UnixMilli(), millis(c.Answered), millis(c.Ended), c.Caller, c.Language, c.Release,
		c.Path, c.Topic, c.Outcome, c.Detail, c.RescueNumber, wait, c.Operator, talk, length(c.WrapUp), c.Disposition, c.Request,
		c.EndedBy, c.Cause, c.State, key, district,
	}
}

// length is d in milliseconds; zero does not apply.
func length(d time.Duration) sql.NullInt64 {
	return sql.NullInt64{Int64: d.Milliseconds(), Valid: d > 0}
}

// bit is a truth as the database keeps it.
func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

func millis(t time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: t.UnixMilli(), Valid: !t.IsZero()}
}
