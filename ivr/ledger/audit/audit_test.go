package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"pronto/ivr/flow"
	"pronto/ivr/ledger"
)

var day = time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)

// world is what happened, as the ledger and the switch have written it down.
type world struct {
	calls []ledger.Call
	legs  []ledger.Leg
}

// line is a leg as Asterisk writes it.
func line(g ledger.Leg) string {
	epoch := func(t time.Time) string {
		if t.IsZero() {
			return "0.000000"
		}
		return fmt.Sprintf("%d.%06d", t.Unix(), t.Nanosecond()/1000)
	}
	return fmt.Sprintf("%q,%q,%q,%q,%q,%q,%q,%q,%q,\"0\",\"0\",\"ANSWERED\",%q\n",
		epoch(g.Start), epoch(g.Answered), epoch(g.End), g.ID, g.Call, g.Channel, g.Caller, g.Dialled, g.App, g.FailOpen)
}

// clean are n calls of a day of every kind, some of them served by the switch alone, some at the edges of the parts.
func clean(n int) *world {
	w, r := &world{}, rand.New(rand.NewPCG(7, 7))
	for i := range n {
		w.add(i, day.Add(time.Duration(float64(i)/float64(n)*24*float64(time.Hour))), r)
	}
	return w
}

func (w *world) add(i int, start time.Time, r *rand.Rand) {
	jitter := func() time.Duration { return time.Duration(r.IntN(400)) * time.Millisecond }
	id := fmt.Sprintf("pronto-%d.%d", start.Unix(), i)
	length := time.Duration(5+r.IntN(600)) * time.Second
	c := ledger.Call{
		ID: id, Line: "800840840", Switch: "pronto", Started: start, Answered: start.Add(jitter()), Ended: start.Add(length),
		Caller: fmt.Sprintf("+39061%06d", i), EndedBy: "caller", Cause: "normal",
	}
	g := ledger.Leg{
		ID: id, Call: id, Channel: fmt.Sprintf("PJSIP/trunk-%08x", i), Caller: c.Caller, Dialled: c.Line, App: "Stasis",
		Start: start.Add(jitter()), Answered: c.Answered.Add(jitter()), End: c.Ended.Add(jitter()),
	}
	party := func(name string, answered bool) {
		leg := ledger.Leg{
			ID: "p-" + id + "-" + name + "-mwv1", Call: id, Channel: "PJSIP/" + name + "-00000001", Caller: c.Caller, App: "AppDial2",
			Start: start.Add(3 * time.Second), End: start.Add(4 * time.Second),
		}
		if answered {
			leg.App, leg.Answered = "Stasis", start.Add(3900*time.Millisecond)
		}
		w.legs = append(w.legs, leg)
	}
	outcome := ledger.Outcomes()[i%len(ledger.Outcomes())]
	c.Outcome = string(outcome)
	switch outcome { //nolint:exhaustive // the others need nothing more
	case flow.Served:
		c.Queued, c.QueueWait, c.Operator, c.Talk = true, 3*time.Second, fmt.Sprint("op", i%7), length-5*time.Second
		party("op9", false)
		party(c.Operator, true)
		c.Ended = c.Ended.Add(time.Duration(r.IntN(20)) * time.Second) // hears words afterwards
	case flow.AbandonedQueue:
		c.Queued, c.QueueWait = true, length-time.Second
		party("op9", false)
	case flow.Redirected:
		c.RescueNumber, c.Detail = "112", []string{"connected", "advised", "fail_open"}[i/9%3]
		if c.Detail == "connected" {
			party("rescue", true)
		}
		if c.Detail == "fail_open" {
			g.FailOpen, g.App = "failopen=advised", "Playback"
		}
	case flow.Message:
		if i/9%2 == 0 {
			g.FailOpen, g.App, c.Detail = "failopen=message:msg-"+id, "Record", "fail_open:msg-"+id
		}
	case flow.AbandonedMenu:
		if i/9%3 == 0 {
			g.Answered, c.Answered, c.Detail = time.Time{}, time.Time{}, "before_answer"
		}
	}
	w.calls, w.legs = append(w.calls, c), append(w.legs, g)
}

// call is the first call of an outcome whose details fit, and its leg, after the first hour: the records must have begun.
func (w *world) call(t *testing.T, outcome flow.Outcome, fits func(ledger.Call) bool) (c *ledger.Call, g *ledger.Leg) {
	t.Helper()
	for i := range w.calls {
		if w.calls[i].Started.Before(day.Add(time.Hour)) || w.calls[i].Outcome != string(outcome) || fits != nil && !fits(w.calls[i]) {
			continue
		}
		for k := range w.legs {
			if w.legs[k].ID == w.calls[i].ID {
				return &w.calls[i], &w.legs[k]
			}
		}
	}
	t.Fatalf("there is no call with outcome %s", outcome)
	return nil, nil
}

// party is the leg of a call to somebody.
func (w *world) party(t *testing.T, call, name string) *ledger.Leg {
	t.Helper()
	for k := range w.legs {
		if strings.HasPrefix(w.legs[k].ID, "p-"+call+"-"+name+"-") {
			return &w.legs[k]
		}
	}
	t.Fatalf("call %s has no leg to %s", call, name)
	return nil
}

// written puts the world down where an audit finds it.
func (w *world) written(t testing.TB) (*ledger.Ledger, []Source) {
	t.Helper()
	dir := t.TempDir()
	book, err := ledger.Open(t.Context(), ledger.Options{Path: filepath.Join(dir, "ledger.db"), Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = book.Close() })
	ctx, stop := context.WithCancel(t.Context())
	ran := make(chan error, 1)
	go func() { ran <- book.Run(ctx) }()
	for _, c := range w.calls {
		if c.Outcome == "" {
			book.Write(ledger.Record{Arrived: &c})
			continue
		}
		book.Write(ledger.Record{Ended: &c})
	}
	err = book.Sync(ctx)
	stop()
	if err := errors.Join(err, <-ran); err != nil {
		t.Fatal(err)
	}
	legs := slices.Clone(w.legs)
	slices.SortStableFunc(legs, func(a, b ledger.Leg) int { return a.End.Compare(b.End) })
	path := filepath.Join(dir, "calls.csv")
	files := []string{path + ".1", path} // they were rotated at noon
	var text [2]bytes.Buffer
	for _, g := range legs {
		if g.ID == "" {
			continue // seeded: lost
		}
		half := 0
		if g.End.After(day.Add(12 * time.Hour)) {
			half = 1
		}
		text[half].WriteString(line(g))
	}
	for i, name := range files {
		if err := os.WriteFile(name, text[i].Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		when := day.Add(time.Duration(i+1) * 12 * time.Hour)
		if err := os.Chtimes(name, when, when); err != nil {
			t.Fatal(err)
		}
	}
	return book, []Source{{Switch: "pronto", Path: path}}
}

// audited is what an audit of the day finds, some hours later.
func (w *world) audited(t testing.TB, o Options) *Result {
	t.Helper()
	book, sources := w.written(t)
	o.From, o.To = day, day.Add(24*time.Hour)
	if o.Now.IsZero() {
		o.Now = day.Add(36 * time.Hour)
	}
	r, err := Run(t.Context(), book, sources, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Of 10,000 calls that both have written down, with what clocks and distance make of it, nothing is found.
func TestCleanCalls(t *testing.T) {
	r := clean(10_000).audited(t, Options{})
	if !r.Clean() || r.OnSwitch != 10_000 || r.InLedger != 10_000 || len(r.Explained) > 0 || r.Unreadable > 0 {
		var b bytes.Buffer
		if err := r.Write(&b, "text", time.UTC); err != nil {
			t.Fatal(err)
		}
		t.Fatalf("%s", &b)
	}
	var sum int64
	for _, n := range r.Outcomes {
		sum += n
	}
	if sum+r.InProgress != r.InLedger {
		t.Errorf("%v and %d in progress are not %d", r.Outcomes, r.InProgress, r.InLedger)
	}
}

// Each kind of difference, seeded into a clean world, is found: that one, once, at that call.
func TestSeededDifferences(t *testing.T) {
	seeds := map[string]func(t *testing.T, w *world) (Kind, string){
		"a call is missing in the ledger": func(t *testing.T, w *world) (Kind, string) {
			i := 77
			id := w.calls[i].ID
			w.calls = slices.Delete(w.calls, i, i+1)
			return MissingInLedger, id
		},
		"a fail-open call is missing in the ledger": func(t *testing.T, w *world) (Kind, string) {
			i := slices.IndexFunc(w.calls, func(c ledger.Call) bool { return strings.HasPrefix(c.Detail, "fail_open") })
			id := w.calls[i].ID
			w.calls = slices.Delete(w.calls, i, i+1)
			return MissingInLedger, id
		},
		"a call was invented": func(t *testing.T, w *world) (Kind, string) {
			c, g := w.call(t, flow.Informed, nil)
			g.ID = ""
			return MissingOnSwitch, c.ID
		},
		"a call is there twice": func(t *testing.T, w *world) (Kind, string) {
			c, _ := w.call(t, flow.Informed, nil)
			again := *c
			again.ID = "pronto-again"
			w.calls = append(w.calls, again)
			return Double, again.ID
		},
		"an outcome is missing": func(t *testing.T, w *world) (Kind, string) {
			c, _ := w.call(t, flow.Informed, nil)
			c.Outcome = ""
			return NoOutcome, c.ID
		},
		"it began at another time": func(t *testing.T, w *world) (Kind, string) {
			c, g := w.call(t, flow.Informed, nil)
			g.Start = g.Start.Add(-5 * time.Second)
			return Began, c.ID
		},
		"only the switch has answered it": func(t *testing.T, w *world) (Kind, string) {
			c, _ := w.call(t, flow.Informed, nil)
			c.Answered = time.Time{}
			return Answered, c.ID
		},
		"it ended at another time": func(t *testing.T, w *world) (Kind, string) {
			c, _ := w.call(t, flow.TurnedAway, nil)
			c.Ended = c.Ended.Add(time.Minute)
			return Ended, c.ID
		},
		"a conversation ended before the switch ended it": func(t *testing.T, w *world) (Kind, string) {
			c, g := w.call(t, flow.Served, nil)
			g.End = c.Ended.Add(time.Minute)
			return Ended, c.ID
		},
		"another number": func(t *testing.T, w *world) (Kind, string) {
			c, g := w.call(t, flow.Message, func(c ledger.Call) bool { return c.Detail == "" })
			g.Caller = "+390299999"
			return Caller, c.ID
		},
		"served by nobody's telephone": func(t *testing.T, w *world) (Kind, string) {
			c, _ := w.call(t, flow.Served, nil)
			w.party(t, c.ID, c.Operator).Answered = time.Time{}
			return NotServed, c.ID
		},
		"served by another operator": func(t *testing.T, w *world) (Kind, string) {
			c, _ := w.call(t, flow.Served, nil)
			c.Operator = "op8"
			return Operator, c.ID
		},
		"a conversation that nobody noticed": func(t *testing.T, w *world) (Kind, string) {
			c, _ := w.call(t, flow.AbandonedQueue, nil)
			g := w.party(t, c.ID, "op9")
			g.Answered = g.Start
			return Unnoticed, c.ID
		},
		"no leg to the rescue number": func(t *testing.T, w *world) (Kind, string) {
			c, _ := w.call(t, flow.Redirected, func(c ledger.Call) bool { return c.Detail == "connected" })
			w.party(t, c.ID, "rescue").Answered = time.Time{}
			return Rescue, c.ID
		},
		"a connection with the rescue number that nobody noticed": func(t *testing.T, w *world) (Kind, string) {
			c, _ := w.call(t, flow.Redirected, func(c ledger.Call) bool { return c.Detail == "connected" })
			c.Detail = "advised"
			return Rescue, c.ID
		},
		"another outcome than the switch's own": func(t *testing.T, w *world) (Kind, string) {
			c, g := w.call(t, flow.Message, func(c ledger.Call) bool { return c.Detail != "" })
			g.FailOpen = "failopen=operator:op1"
			return FailOpen, c.ID
		},
		"longer in conversation than in the call": func(t *testing.T, w *world) (Kind, string) {
			c, _ := w.call(t, flow.Served, nil)
			c.Talk = time.Hour
			return Impossible, c.ID
		},
		"served without an operator": func(t *testing.T, w *world) (Kind, string) {
			c, g := w.call(t, flow.Message, func(c ledger.Call) bool { return c.Detail != "" })
			c.Outcome, c.Detail, g.FailOpen = string(flow.Served), "fail_open", "failopen=operator:"
			return Impossible, c.ID
		},
	}
	for name, seed := range seeds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := clean(300)
			kind, call := seed(t, w)
			r := w.audited(t, Options{})
			if d := cmp.Diff(map[Kind]int64{kind: 1}, r.Found); d != "" {
				t.Fatalf("%s\n%+v", d, r.Differences)
			}
			if r.Differences[0].Call != call {
				t.Errorf("found at %s, seeded at %s", r.Differences[0].Call, call)
			}
			for _, d := range r.Differences {
				if strings.Contains(fmt.Sprint(d), "+39") {
					t.Errorf("a number is told: %+v", d)
				}
			}
		})
	}
	if len(seeds) < 10 {
		t.Errorf("%d kinds of seeds", len(seeds))
	}
}

// What looks like a difference and is none is explained.
func TestExplained(t *testing.T) {
	for name, c := range map[string]struct {
		seed func(t *testing.T, w *world, o *Options)
		want map[Reason]int64
	}{
		"a call that goes on": {func(t *testing.T, w *world, _ *Options) {
			c, g := w.call(t, flow.Informed, nil)
			c.Outcome, g.ID = "", ""
		}, map[Reason]int64{Up: 1}},
		"a call that has just ended": {func(t *testing.T, w *world, o *Options) {
			c, g := w.call(t, flow.Informed, func(c ledger.Call) bool { return c.Started.After(day.Add(23 * time.Hour)) })
			c.Outcome = ""
			o.Now = g.End.Add(time.Second)
			later := func(at time.Time) bool { return !at.Before(o.Now) }
			w.calls = slices.DeleteFunc(w.calls, func(c ledger.Call) bool { return later(c.Ended) })
			w.legs = slices.DeleteFunc(w.legs, func(g ledger.Leg) bool { return later(g.End) })
			kept := map[string]bool{}
			for _, c := range w.calls {
				kept[c.ID] = true
			}
			w.legs = slices.DeleteFunc(w.legs, func(g ledger.Leg) bool { return !kept[g.Call] })
		}, map[Reason]int64{Settling: 1}},
		"a masked number": {func(t *testing.T, w *world, _ *Options) {
			c, _ := w.call(t, flow.Informed, nil)
			c.Caller = ""
			_, g := w.call(t, flow.Served, nil)
			g.Caller = "xxxxxxxxxxxx"
		}, map[Reason]int64{}},
		"the switch died": {func(t *testing.T, w *world, _ *Options) {
			c, g := w.call(t, flow.Informed, nil)
			c.EndedBy, g.ID = "network", ""
		}, map[Reason]int64{SwitchDied: 1}},
		"ended while the controller was away": {func(t *testing.T, w *world, _ *Options) {
			c, _ := w.call(t, flow.Informed, nil)
			c.Detail, c.Ended = "ended_while_away", c.Ended.Add(time.Hour)
		}, map[Reason]int64{Away: 1}},
		"a controller that came back": {func(t *testing.T, w *world, _ *Options) {
			c, g := w.call(t, flow.AbandonedMenu, func(c ledger.Call) bool { return !c.Answered.IsZero() })
			g.FailOpen, c.Answered = "failopen=returned", c.Answered.Add(4*time.Second)
		}, map[Reason]int64{TakenOver: 1}},
		"hung up as the operator answered": {func(t *testing.T, w *world, _ *Options) {
			c, g := w.call(t, flow.AbandonedQueue, nil)
			w.party(t, c.ID, "op9").Answered = g.End.Add(-100 * time.Millisecond)
		}, map[Reason]int64{HungUpBetween: 1}},
		"a clock was set back": {func(t *testing.T, w *world, _ *Options) {
			c, g := w.call(t, flow.Informed, nil)
			c.Ended, g.End = c.Started.Add(-time.Hour), g.Start.Add(-time.Hour)
		}, map[Reason]int64{ClockSet: 1}},
		"records that begin later": {func(t *testing.T, w *world, _ *Options) {
			w.legs = slices.DeleteFunc(w.legs, func(g ledger.Leg) bool { return g.End.Before(day.Add(2 * time.Hour)) })
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, o := clean(300), Options{}
			c.seed(t, w, &o)
			r := w.audited(t, o)
			if !r.Clean() {
				t.Fatalf("found %+v", r.Differences)
			}
			if name == "records that begin later" {
				if n := r.Explained[NoRecords]; n < 15 || len(r.Explained) != 1 {
					t.Errorf("explained %v", r.Explained)
				}
				return
			}
			if d := cmp.Diff(c.want, r.Explained); d != "" {
				t.Error(d)
			}
		})
	}
}

// Clocks that are apart are one difference, not one for each call; and a call that differs beside that is found.
func TestClocksApart(t *testing.T) {
	w := clean(200)
	for i := range w.legs {
		for _, at := range []*time.Time{&w.legs[i].Start, &w.legs[i].Answered, &w.legs[i].End} {
			if !at.IsZero() {
				*at = at.Add(time.Minute)
			}
		}
	}
	c, _ := w.call(t, flow.TurnedAway, func(c ledger.Call) bool { return c.Started.Before(day.Add(5 * time.Hour)) })
	c.Ended = c.Ended.Add(-time.Minute)
	r := w.audited(t, Options{})
	if d := cmp.Diff(map[Kind]int64{Clock: 4, Ended: 1}, r.Found); d != "" { // a day has four parts
		t.Errorf("%s%+v", d, r.Differences)
	}
}

// A ledger that began to follow a switch later does not miss what was before, and lines that are no records are counted.
func TestBeforeItFollowed(t *testing.T) {
	w := clean(100)
	w.calls = w.calls[50:]
	book, sources := w.written(t)
	sources[0].Since = day.Add(13 * time.Hour)
	f, err := os.OpenFile(sources[0].Path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("garbage\n\"a\",\"b\"\n\n"); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := Run(t.Context(), book, sources, Options{From: day, To: day.Add(24 * time.Hour), Now: day.Add(48 * time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(map[Reason]int64{NotYet: 50}, r.Explained); d != "" || !r.Clean() {
		t.Errorf("%s%+v", d, r.Differences)
	}
	if r.Unreadable == 0 {
		t.Error("no line was unreadable")
	}
}

// Only the first differences are listed, all are counted; everything has its words.
func TestPrinted(t *testing.T) {
	w := clean(100)
	w.calls = nil
	r := w.audited(t, Options{Most: 3})
	if len(r.Differences) != 3 || r.Total() != 100 {
		t.Fatalf("%d listed of %d", len(r.Differences), r.Total())
	}
	var b bytes.Buffer
	if err := errors.Join(r.Write(&b, "text", time.UTC), r.Write(&b, "json", time.UTC)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"DIFFERENCES: 100 missing_in_ledger", "and 97 more", "offered 0 = in progress 0", `"clean": false`} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not in\n%s", want, &b)
		}
	}
	if err := r.Write(&b, "pdf", time.UTC); err == nil {
		t.Error("pdf is a format")
	}
	all := map[string]bool{}
	for _, k := range []Kind{
		MissingInLedger, MissingOnSwitch, Double, NoOutcome, Began, Answered, Ended, Caller, NotServed, Unnoticed, Operator, Rescue, FailOpen, Impossible, Clock,
	} {
		all[string(k)] = true
	}
	for _, why := range []Reason{Up, Settling, NotYet, NoRecords, SwitchDied, Away, ClockSet, TakenOver, CalledBack, HungUpBetween} {
		all[string(why)] = true
	}
	for what := range maps.Keys(all) {
		if meaning(what) == what {
			t.Errorf("%s has no words", what)
		}
	}
}
