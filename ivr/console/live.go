package console

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"pronto/ivr"
	"pronto/ivr/desk"
	"pronto/ivr/ledger"
)

// Times of the live state.
const (
	liveEvery    = 100 * time.Millisecond // no version is younger than that when the next is made
	liveFollowUp = 2 * time.Second        // how old the follow-ups' counts may be: they are the ledger's, and cost a question
	heartbeat    = 15 * time.Second       // of a stream on which nothing happens
	liveLimit    = 2 * time.Second        // for the desk to answer
	countLimit   = 300 * time.Millisecond
	writeLimit   = 10 * time.Second // for a reader to take a version
)

// liveState is the line at one instant.
type liveState struct {
	Version  uint64          `json:"version" doc:"Grows with each change, over restarts too. A reader who is slow misses versions, never the newest."`
	At       time.Time       `json:"at"`
	Line     string          `json:"line"`
	Number   string          `json:"number"`
	Release  string          `json:"release"`
	Draining bool            `json:"draining"`
	Switches map[string]bool `json:"switches" doc:"By name: whether it is connected."`
	Counts   liveCounts      `json:"counts"`
	// Waiting are in the order of service.
	Waiting   []liveTicket   `json:"waiting"`
	Later     []liveTicket   `json:"later" doc:"Callbacks that are tried again later."`
	Operators []liveOperator `json:"operators"`
}

type liveCounts struct {
	CallsUp          int            `json:"calls_up"`
	Talking          int            `json:"talking" doc:"Conversations with operators."`
	Waiting          int            `json:"waiting" doc:"Callers on the line."`
	Away             int            `json:"away" doc:"Of those, who are elsewhere in the menu."`
	Callbacks        int            `json:"callbacks" doc:"Booked, those that are tried again later among them."`
	OldestSince      *time.Time     `json:"oldest_since" doc:"Since when the caller has waited who has waited longest."`
	Operators        map[string]int `json:"operators" doc:"By state."`
	FollowUpsOpen    int            `json:"followups_open"`
	FollowUpsOverdue int            `json:"followups_overdue"`
}

type liveTicket struct {
	Ticket    string         `json:"ticket" doc:"The call's id, or the callback's."`
	Kind      string         `json:"kind" enum:"live,callback"`
	Topic     string         `json:"topic"`
	Language  string         `json:"language"`
	Class     int            `json:"class"`
	Position  int            `json:"position" doc:"From 1; 0 of one that is tried again later."`
	Since     time.Time      `json:"since"`
	NotBefore *time.Time     `json:"not_before,omitempty"`
	For       string         `json:"for,omitempty" doc:"The operator it waits for."`
	Offered   []string       `json:"offered" doc:"Whose telephones ring for it."`
	Away      bool           `json:"away"`
	Overtaken map[string]int `json:"overtaken" doc:"How often it was overtaken, by reason."`
	Promise   *livePromise   `json:"promise,omitempty"`
}

type livePromise struct {
	At   time.Time `json:"at"`
	Low  float64   `json:"low_s"`
	High float64   `json:"high_s"`
}

type liveOperator struct {
	Name      string    `json:"name"`
	State     string    `json:"state"`
	Since     time.Time `json:"since"`
	Pause     string    `json:"pause,omitempty" doc:"Why the operator is paused, or will be after the call."`
	LoggedIn  bool      `json:"logged_in"`
	Reachable bool      `json:"reachable" doc:"The telephone is there."`
	Call      string    `json:"call,omitempty" doc:"Ringing for, talking with or wrapping up."`
	Engaged   bool      `json:"engaged" doc:"Talking as a colleague whose call it is not."`
	Missed    int       `json:"missed" doc:"Offers missed in a row."`
}

// frame is a version of the live state, encoded once for all who read it.
type frame struct {
	version uint64
	json    []byte
	built   time.Time
	changed <-chan struct{} // closed when the line has changed since
}

// live makes frames when somebody asks. Nobody asks, nothing is done.
type live struct {
	line   *ivr.Line
	ledger *ledger.Ledger
	turn   chan struct{} // holds a token while nobody makes a frame; it guards the fields below

	last      *frame
	plain     []byte // of last, without version and instant
	followUps [2]int // open, overdue
	counted   time.Time
}

func newLive(line *ivr.Line, l *ledger.Ledger) *live {
	v := &live{line: line, ledger: l, turn: make(chan struct{}, 1)}
	v.turn <- struct{}{}
	return v
}

// now is the newest frame; it is at most liveEvery old.
func (v *live) now(ctx context.Context) (*frame, error) {
	select {
	case <-v.turn:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { v.turn <- struct{}{} }()
	if v.last != nil && time.Since(v.last.built) < liveEvery {
		return v.last, nil
	}
	next, err := v.build(ctx)
	if err != nil {
		return nil, err
	}
	v.last = next
	return next, nil
}

// build makes a frame. One that says the same as the last has its version and its bytes.
func (v *live) build(ctx context.Context) (*frame, error) {
	next := &frame{built: time.Now(), changed: v.line.Watch()} // before the state is asked for
	ctx, cancel := context.WithTimeout(ctx, liveLimit)
	defer cancel()
	state, err := v.line.State(ctx)
	if err != nil {
		return nil, err
	}
	if next.built.Sub(v.counted) >= liveFollowUp {
		v.count(ctx, next.built)
	}
	s := liveOf(state)
	s.Counts.FollowUpsOpen, s.Counts.FollowUpsOverdue = v.followUps[0], v.followUps[1]
	plain, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("encode the live state: %w", err)
	}
	if v.last != nil && bytes.Equal(plain, v.plain) {
		next.version, next.json = v.last.version, v.last.json
		return next, nil
	}
	v.plain = plain
	if next.version = uint64(next.built.UnixMilli()); v.last != nil { // so that it grows over restarts
		next.version = max(next.version, v.last.version+1)
	}
	s.Version, s.At = next.version, next.built.UTC().Truncate(time.Millisecond)
	if next.json, err = json.Marshal(s); err != nil {
		return nil, fmt.Errorf("encode the live state: %w", err)
	}
	return next, nil
}

// count counts the follow-ups. While the ledger can not be read the desk's state is told all the same, with the counts before.
func (v *live) count(ctx context.Context, now time.Time) {
	v.counted = now
	ctx, cancel := context.WithTimeout(ctx, countLimit)
	defer cancel()
	open, err := v.ledger.OpenFollowUps(ctx)
	if err != nil {
		return // the ledger tells of its fault itself
	}
	v.followUps = [2]int{len(open), 0}
	for _, f := range open {
		if overdue(f, now) {
			v.followUps[1]++
		}
	}
}

// overdue says that somebody should have been looked after by now.
func overdue(f ledger.FollowUp, now time.Time) bool {
	return f.State == ledger.FollowOpen && !f.Deadline.IsZero() && f.Deadline.Before(now)
}

func liveOf(s ivr.State) liveState {
	c := s.Desk.Counts
	out := liveState{
		Line: s.Line, Number: s.Number, Release: s.Release, Draining: s.Draining, Switches: s.Links,
		Waiting: tickets(s.Desk.Waiting), Later: tickets(s.Desk.Later), Operators: make([]liveOperator, 0, len(s.Desk.Operators)),
		Counts: liveCounts{
			CallsUp: s.CallsUp, Talking: c.Talking, Waiting: c.Waiting, Away: c.Away, Callbacks: c.Callbacks, OldestSince: stamp(c.Oldest),
			Operators: map[string]int{},
		},
	}
	for _, st := range desk.States() {
		out.Counts.Operators[st.String()] = c.Operators[st]
	}
	for _, o := range s.Desk.Operators {
		out.Operators = append(out.Operators, liveOperatorOf(o))
	}
	return out
}

func liveOperatorOf(o desk.OperatorStatus) liveOperator {
	return liveOperator{
		Name: o.Name, State: o.State.String(), Since: *orNow(stamp(o.Since)), Pause: o.Pause, LoggedIn: o.LoggedIn, Reachable: o.Reachable,
		Call: o.Ticket, Engaged: o.Engaged, Missed: o.Missed,
	}
}

// orNow is for what has a beginning that is not known.
func orNow(t *time.Time) *time.Time {
	if t == nil {
		return &time.Time{}
	}
	return t
}

func tickets(waiting []desk.Waiting) []liveTicket {
	out := make([]liveTicket, 0, len(waiting))
	for _, w := range waiting {
		t := liveTicket{
			Ticket: w.Ticket.ID, Kind: "live", Topic: w.Ticket.Topic, Language: w.Ticket.Language, Class: w.Ticket.Class, Position: w.Position,
			Since: *orNow(stamp(w.Ticket.Since)), NotBefore: stamp(w.Ticket.NotBefore), For: w.Ticket.For, Offered: filled(w.Offers), Away: w.Away,
			Overtaken: map[string]int{},
		}
		if w.Ticket.Kind == desk.Callback {
			t.Kind = string(desk.Callback)
		}
		for why, n := range w.Overtaken {
			t.Overtaken[string(why)] = n
		}
		if p := w.Promise; p != nil {
			t.Promise = &livePromise{At: *orNow(stamp(p.At)), Low: inSeconds(p.Low), High: inSeconds(p.High)}
		}
		out = append(out, t)
	}
	return out
}
