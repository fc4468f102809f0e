package asterisk

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
)

// Events from several sides leave one at a time, each side's in order, those from before the beginning first.
func TestInlet(t *testing.T) {
	const sides, each = 4, 2000
	var inside atomic.Int32
	next := make([]int, sides) // no lock: the inlet is one
	in := &inlet{route: func(ev *event) error {
		if inside.Add(1) != 1 {
			t.Error("two events at the same time")
		}
		if next[ev.Cause] != ev.TechCause {
			t.Errorf("side %d: event %d, want %d", ev.Cause, ev.TechCause, next[ev.Cause])
		}
		next[ev.Cause] = ev.TechCause + 1
		inside.Add(-1)
		return nil
	}}
	var all sync.WaitGroup
	for side := range sides {
		all.Go(func() {
			for i := range each {
				in.put(event{Cause: side, TechCause: i})
			}
		})
	}
	all.Go(in.begin)
	all.Wait()
	for side, n := range next {
		if n != each {
			t.Errorf("side %d: %d of %d events were routed", side, n, each)
		}
	}
	in.end()
	in.put(event{TechCause: each})
	if next[0] != each || len(in.kept) != 0 {
		t.Error("an event after the end was routed or kept")
	}
}

// What routing fails by is told, and ends it.
func TestInletFails(t *testing.T) {
	var told error
	routed := 0
	broken := errors.New("broken")
	in := &inlet{fail: func(err error) { told = err }}
	in.route = func(*event) error {
		if routed++; routed == 2 {
			return broken
		}
		return nil
	}
	in.put(event{})
	in.put(event{})
	in.put(event{})
	if routed != 0 {
		t.Fatal("routed before the beginning")
	}
	in.begin()
	in.put(event{})
	if routed != 2 || !errors.Is(told, broken) {
		t.Errorf("%d events routed, told %v; want 2, and why", routed, told)
	}
}
