package ledger

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"sync"
	"time"

	"pronto/asterisk/conf"
	"pronto/ivr/flow"
)

const (
	// cdrSplit is how long further records of an unknown call are waited for: those of one call are written together.
	cdrSplit = 3 * time.Second
	// cdrGrace is how long the controller is given to account for a call itself.
	cdrGrace = time.Minute
	// adviceHeard is how much of the fail-open advice counts as heard although the caller hung up before its end: the
	// advice in the line's first language is over by then (the book's limit for the first rescue advice).
	adviceHeard = 15 * time.Second
	// stasis is the application that hands a call to the controller.
	stasis = "Stasis"
	// trunkChannel begins the names of the carrier's channels: callers, and calls to rescue numbers.
	trunkChannel = "PJSIP/trunk-"
)

// follower reads a switch's call records.
type follower struct {
	l          *Ledger
	path       string
	switchName string

	mu    sync.Mutex // held during a pass; guards the fields below
	file  cdrFile
	known bool // the place has been read from the database
	last  time.Time
	ends  map[string]time.Time // of calls without an outcome
	told  time.Time
}

// FollowCDR makes the switch's call records (asterisk/conf, "CDR format") at path known to EndOf, at once, and returns the
// function that reads them as they are written, a pass each time every has passed, until its ctx ends.
// Calls that the controller did not take (fail open) are accounted for from them, as are calls that came and went while
// nobody listened; all other calls are the controller's to account for. What has been read is remembered in the
// database. A file that is missing, rotated or cut is no error.
func (l *Ledger) FollowCDR(path, switchName string, every time.Duration) func(ctx context.Context) error {
	f := &follower{l: l, path: path, switchName: switchName, file: cdrFile{path: path}}
	l.mu.Lock()
	l.cdr = f
	l.mu.Unlock()
	return func(ctx context.Context) error { return f.follow(ctx, every) }
}

func (f *follower) follow(ctx context.Context, every time.Duration) error {
	defer f.close()
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		f.pass(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// EndOf tells when a call without an outcome ended, by the switch's records. It knows only what FollowCDR follows, and
// looks for news there at most once a second.
func (l *Ledger) EndOf(callID string) (time.Time, bool) {
	l.mu.Lock()
	f := l.cdr
	l.mu.Unlock()
	if f == nil {
		return time.Time{}, false
	}
	f.mu.Lock()
	fresh := time.Since(f.last) < time.Second
	f.mu.Unlock()
	if !fresh {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		f.pass(ctx)
		cancel()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	end, ok := f.ends[callID]
	return end, ok
}

// pass takes in what has been written since the last one.
func (f *follower) pass(ctx context.Context) {
	f.mu.Lock()
	defer f.mu.Unlock()
	err := f.takeIn(ctx)
	f.last = time.Now()
	if err != nil && ctx.Err() == nil && !errors.Is(err, errSpooling) && time.Since(f.told) >= tellEvery {
		f.told = time.Now()
		f.l.log.Error().Err(err).Str("file", f.path).Msg("the switch's call records can not be read; calls that it served alone are missing in the ledger")
	}
}

func (f *follower) takeIn(ctx context.Context) error {
	if !f.known {
		place, err := f.l.cdrPlace(ctx, f.switchName)
		if err != nil {
			return err
		}
		f.file.place, f.known = place, true
	}
	for {
		lines, place, more, err := f.file.next()
		if err != nil {
			return err
		}
		w := &cdrWork{switchName: f.switchName, place: place, done: make(chan error, 1)}
		for _, line := range lines {
			row, err := parseCDR(line)
			if err != nil {
				f.l.metrics.unreadable.Inc()
				f.l.log.Warn().Err(err).Str("file", f.path).Msg("a call record can not be read and is passed over")
				continue
			}
			if row.counts() {
				w.rows = append(w.rows, row)
			}
		}
		f.l.box.Put(item{cdr: w})
		f.l.hurryUp()
		select {
		case <-ctx.Done():
			return ctx.Err() // it may be written all the same: rows that come twice change nothing
		case err := <-w.done:
			if err != nil {
				return err
			}
		}
		f.file.place, f.ends = place, w.ends
		if !more {
			return nil
		}
	}
}

func (f *follower) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.file.close()
}

// cdrPlace is how far a switch's records have been read.
func (l *Ledger) cdrPlace(ctx context.Context, switchName string) (place cdrPlace, err error) {
	place, _, err = one(read(ctx, l, "how far the call records have been read", func(rows *sql.Rows) (p cdrPlace, err error) {
		return p, rows.Scan(&p.offset, &p.headSize, &p.headHash)
	}, `SELECT place, head_size, head_hash FROM cdr_files WHERE switch = ?`, switchName))
	return place, err
}

// cdrWork is a part of the call records on its way through the writer: by then all that was written down before is in
// the database, so that a call that the controller knows is never taken for one that it does not.
type cdrWork struct {
	switchName string
	rows       []cdrRow
	place      cdrPlace
	done       chan error // one answer, buffered
	ends       map[string]time.Time
	result     result
}

// applyCDR writes the work in one transaction. The caller holds work.
func (l *Ledger) applyCDR(w *cdrWork) error {
	if l.spooling {
		return errSpooling
	}
	ctx, cancel := context.WithTimeout(context.Background(), writeLimit)
	defer cancel()
	began := time.Now()
	w.ends, w.result = map[string]time.Time{}, result{ended: map[string]int{}}
	err := l.store.inTx(ctx, func(tx tx) error {
		t := &txWriter{tx: tx, keys: &l.keys, result: &w.result}
		for _, row := range w.rows {
			if err := t.cdrRow(row, w.switchName, began); err != nil {
				return err
			}
		}
		_, err := t.exec(`INSERT INTO cdr_files (switch, place, head_size, head_hash, since) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (switch) DO UPDATE SET place = excluded.place, head_size = excluded.head_size, head_hash = excluded.head_hash
			WHERE cdr_files.place <> excluded.place OR cdr_files.head_hash <> excluded.head_hash`,
			w.switchName, w.place.offset, w.place.headSize, w.place.headHash, began.UnixMilli())
		if err != nil {
			return err
		}
		if err := t.settle(w, began); err != nil {
			return err
		}
		return t.finish(began)
	})
	if err != nil {
		return err
	}
	if len(w.rows) > 0 || len(w.result.ended) > 0 { // else nothing was written
		l.metrics.committed(w.result, time.Since(began))
	}
	return nil
}

// cdrRow keeps the end of a call that has no outcome. The records of one call become one row.
func (w *txWriter) cdrRow(r cdrRow, switchName string, now time.Time) error {
	err := w.later(`INSERT INTO cdr_ends (call, switch, seen, started, answered, ended, caller, dialled, app, userfield)
		SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM calls WHERE id = ? AND outcome <> '')
		ON CONFLICT (call) DO UPDATE SET
			started = CASE WHEN excluded.started < cdr_ends.started THEN excluded.started ELSE cdr_ends.started END,
			ended = CASE WHEN excluded.ended > cdr_ends.ended THEN excluded.ended ELSE cdr_ends.ended END,
			answered = CASE WHEN cdr_ends.answered <= excluded.answered THEN cdr_ends.answered ELSE coalesce(excluded.answered, cdr_ends.answered) END`,
		nil, r.id, switchName, now.UnixMilli(), r.start.UnixMilli(), millis(r.answer), r.end.UnixMilli(), r.caller, r.dialled, r.app, r.userfield, r.id)
	if err != nil || r.userfield == "" {
		return err
	}
	var userfield string
	found, err := w.row([]any{&userfield}, `SELECT userfield FROM cdr_ends WHERE call = ?`, r.id)
	if err != nil || !found {
		return err
	}
	if best := conf.CDRBest(userfield, r.userfield); best != userfield {
		_, err = w.exec(`UPDATE cdr_ends SET userfield = ? WHERE call = ?`, best, r.id)
	}
	return err
}

// settle gives an outcome to the calls that nobody else will give one, and tells the ends of the others.
func (w *txWriter) settle(work *cdrWork, now time.Time) error {
	_, err := w.exec(`DELETE FROM cdr_ends WHERE EXISTS (SELECT 1 FROM calls WHERE id = call AND outcome <> '')`)
	if err != nil {
		return err
	}
	ends, err := w.cdrEnds(work.switchName)
	if err != nil {
		return err
	}
	for _, e := range ends {
		call, ours, wait := e.account()
		if e.seen.After(now) { // the clock was put back: the wait must not last until it is where it was
			e.seen = now
			if err := w.later(`UPDATE cdr_ends SET seen = ? WHERE call = ?`, nil, now.UnixMilli(), e.row.id); err != nil {
				return err
			}
		}
		switch {
		case now.Sub(e.seen) < wait:
			work.ends[e.row.id] = e.row.end
			continue
		case ours:
			call.Switch = work.switchName
			if err := w.record(Record{Arrived: &call}); err != nil {
				return err
			}
			if err := w.record(Record{Ended: &call}); err != nil {
				return err
			}
		case e.inLedger:
			work.ends[e.row.id] = e.row.end
			continue
		}
		if _, err := w.exec(`DELETE FROM cdr_ends WHERE call = ?`, e.row.id); err != nil {
			return err
		}
	}
	return nil
}

// cdrEnd is a kept end.
type cdrEnd struct {
	row      cdrRow
	seen     time.Time
	inLedger bool // the controller has written its arrival
	before   bool // it ended before the ledger followed this switch
}

func (w *txWriter) cdrEnds(switchName string) (ends []cdrEnd, err error) {
	err = w.rows(func(scan func(into ...any) error) error {
		var e cdrEnd
		var seen, started, ended int64
		var answered sql.NullInt64
		err := scan(&e.row.id, &seen, &started, &answered, &ended, &e.row.caller, &e.row.dialled, &e.row.app,
			&e.row.userfield, &e.inLedger, &e.before)
		if err != nil {
			return err
		}
		e.seen, e.row.start, e.row.end = time.UnixMilli(seen), time.UnixMilli(started), time.UnixMilli(ended)
		e.row.answer = instant(answered)
		ends = append(ends, e)
		return nil
	}, `SELECT e.call, e.seen, e.started, e.answered, e.ended, e.caller, e.dialled, e.app,
		e.userfield, c.id IS NOT NULL, e.ended < f.since
		FROM cdr_ends e JOIN cdr_files f ON f.switch = e.switch LEFT JOIN calls c ON c.id = e.call
		WHERE e.switch = ? ORDER BY e.started, e.call`, switchName)
	return ends, err
}

// account is the ledger's row of a call by the switch's record alone. ours: nobody else will write it, once wait has
// passed since the record was seen.
func (e *cdrEnd) account() (call Call, ours bool, wait time.Duration) {
	r := e.row
	call = Call{ID: r.id, Line: r.dialled, Started: r.start, Answered: r.answer, Ended: r.end, Caller: r.caller, Detail: "fail_open"}
	what, detail, _ := strings.Cut(strings.TrimPrefix(r.userfield, conf.FailOpenPrefix), ":")
	heard := time.Duration(0)
	if !r.answer.IsZero() {
		heard = r.end.Sub(r.answer)
	}
	wait = cdrSplit
	if e.inLedger {
		wait = cdrGrace
	}
	switch {
	case what == "operator":
		call.Outcome, call.Operator, call.Talk = string(flow.Served), detail, heard
		if name, at, ok := strings.Cut(detail, "@"); ok {
			call.Operator = name
			call.Talk = min(r.talk(at), heard)
		}
	case what == "message":
		call.Outcome, call.Detail = string(flow.Message), "fail_open:"+detail
	case what == "advised", what == "returned":
		call.Outcome = string(flow.Redirected)
	case what == "abandoned" && heard >= adviceHeard:
		call.Outcome, call.Detail, call.EndedBy = string(flow.Redirected), "fail_open_partly", "caller"
	case what == "abandoned":
		call.Outcome, call.EndedBy = string(flow.AbandonedMenu), "caller"
	case e.inLedger:
		return call, false, 0
	default:
		// It was handed to a controller that did not hear of it, and ended before one asked for its calls.
		call.Outcome, call.Detail, wait = string(flow.AbandonedMenu), "ended_while_away", cdrGrace
		return call, !e.before, wait
	}
	return call, true, wait
}
