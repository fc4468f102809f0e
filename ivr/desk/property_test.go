package desk

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// world is the shell and the people around a desk, as the desk's actions say they are.
type world struct {
	d     *Desk
	now   time.Time
	cfg   Config
	check func(string, ...any)

	on      map[string]bool
	waiting map[string]Ticket
	rings   map[string]Offer // by operator; what his phone rings for, by the desk's word
	talks   map[string]Offer // by operator
	stale   []Offer          // offers that do not stand any more; their answers may still come
	told    map[string]int
	served  map[string]bool
	next    int
}

func newWorld(cfg Config, check func(string, ...any)) *world {
	return &world{
		d: New(cfg), now: t0, cfg: cfg, check: check, on: map[string]bool{}, waiting: map[string]Ticket{}, rings: map[string]Offer{},
		talks: map[string]Offer{}, told: map[string]int{}, served: map[string]bool{},
	}
}

func (w *world) handle(ev Event) {
	for _, a := range w.d.Handle(ev, w.now) {
		w.carryOut(a)
	}
	w.invariants()
}

func (w *world) carryOut(a Action) {
	switch a := a.(type) {
	case Offer:
		_, rings := w.rings[a.Operator]
		_, talks := w.talks[a.Operator]
		if rings || talks || !w.on[a.Operator] {
			w.check("%v: the operator rings %v, talks %v, is on %v", a, rings, talks, w.on[a.Operator])
		}
		for op, o := range w.rings {
			if o.Ticket == a.Ticket {
				w.check("%v: it rings at %s already", a, op)
			}
		}
		w.fair(a)
		w.rings[a.Operator] = a
	case Withdraw:
		if o, ok := w.rings[a.Operator]; ok && o == Offer(a) {
			w.stale = append(w.stale, o)
			delete(w.rings, a.Operator)
		} else if !slices.Contains(w.stale, Offer(a)) {
			w.check("%v: of what was not offered", a)
		}
	case Connect:
		if w.rings[a.Operator] != Offer(a) || w.served[a.Ticket] {
			w.check("%v: rings %v, served %v", a, w.rings[a.Operator], w.served[a.Ticket])
		}
		delete(w.rings, a.Operator)
		delete(w.waiting, a.Ticket)
		w.talks[a.Operator] = Offer(a)
	case Position:
		if last := w.told[a.Ticket]; last > 0 && a.N > last {
			w.check("%v after %d", a, last)
		}
		if _, ok := w.waiting[a.Ticket]; !ok {
			w.check("%v: does not wait", a)
		}
		w.told[a.Ticket] = a.N
	case Refuse:
		delete(w.waiting, a.Ticket)
	}
}

// fair: nobody who waits unoffered is before the one offered.
func (w *world) fair(a Offer) {
	offered := map[string]bool{}
	for _, o := range w.rings {
		offered[o.Ticket] = true
	}
	t := w.waiting[a.Ticket]
	for id, other := range w.waiting {
		if !offered[id] && id != a.Ticket && (other.Class < t.Class || other.Class == t.Class && other.Since.Before(t.Since)) {
			w.check("%v overtakes %s", a, id)
		}
	}
}

func (w *world) invariants() {
	s := w.d.Snapshot(w.now)
	if len(s.Waiting) != len(w.waiting) {
		w.check("the desk says that %d wait, there are %d", len(s.Waiting), len(w.waiting))
	}
	unoffered := 0
	for _, t := range s.Waiting {
		if _, ok := w.waiting[t.Ticket.ID]; !ok {
			w.check("%s does not wait", t.Ticket.ID)
		}
		if t.Offered == "" {
			unoffered++
		} else if w.rings[t.Offered].Ticket != t.Ticket.ID {
			w.check("%s is offered to %s, whose phone rings for %v", t.Ticket.ID, t.Offered, w.rings[t.Offered])
		}
	}
	for _, o := range s.Operators {
		ringing, talking := w.rings[o.Name].Ticket, w.talks[o.Name].Ticket
		switch o.State {
		case Ringing:
			if o.Ticket != ringing || ringing == "" {
				w.check("%s rings for %q, really %q", o.Name, o.Ticket, ringing)
			}
		case Talking:
			if o.Ticket != talking || talking == "" {
				w.check("%s talks with %q, really %q", o.Name, o.Ticket, talking)
			}
		case Ready:
			rests := !w.d.operators[o.Name].deadline.IsZero()
			if unoffered > 0 && !rests {
				w.check("%s is idle while %d wait", o.Name, unoffered)
			}
			if rests && w.d.operators[o.Name].deadline.Sub(w.now) > MaxRest {
				w.check("%s rests for too long", o.Name)
			}
		case Offline, WrapUp:
		}
		if ringing != "" && o.State != Ringing || talking != "" && o.State != Talking {
			w.check("%s is %v but rings for %q, talks with %q", o.Name, o.State, ringing, talking)
		}
	}
	if next := w.d.Next(); !next.IsZero() && !next.After(w.now) {
		w.check("Next %v is not after %v", next, w.now)
	}
}

// pick chooses with n from the operators that something is so of.
func pick(m map[string]Offer, n int) (Offer, bool) {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	if len(names) == 0 {
		return Offer{}, false
	}
	return m[names[n%len(names)]], true
}

// act does one thing, chosen by op and n.
func (w *world) act(op, n int) {
	name := fmt.Sprintf("op%d", n%5)
	switch op % 12 {
	case 0, 1:
		w.next++
		id := fmt.Sprintf("t%d", w.next)
		t := Ticket{ID: id, Class: 1 + n%3, Since: w.now.Add(-time.Duration(n%4) * time.Second)}
		w.waiting[id] = t
		w.handle(Join{Ticket: t, Nobody: n%7 == 0, Again: n%5 == 0})
	case 2:
		w.on[name] = true
		w.handle(OperatorOn{name})
	case 3:
		w.on[name] = false
		w.handle(OperatorOff{name})
	case 4, 5:
		if o, ok := pick(w.rings, n); ok {
			w.handle(Accept(o))
		}
	case 6:
		if o, ok := pick(w.rings, n); ok {
			delete(w.rings, o.Operator)
			w.stale = append(w.stale, o)
			w.handle(Decline{Ticket: o.Ticket, Operator: o.Operator, Offer: o.Offer, Why: WhyBusy})
		}
	case 7:
		w.leave(n)
	case 8:
		if o, ok := pick(w.talks, n); ok {
			delete(w.talks, o.Operator)
			w.served[o.Ticket] = true
			w.handle(Over{Ticket: o.Ticket, Operator: o.Operator})
		}
	case 9: // answered, but not joined: it waits again
		if o, ok := pick(w.talks, n); ok {
			delete(w.talks, o.Operator)
			w.waiting[o.Ticket] = w.d.tickets[o.Ticket].Ticket
			w.stale = append(w.stale, o)
			w.handle(Decline{Ticket: o.Ticket, Operator: o.Operator, Offer: o.Offer, Why: WhyRejected})
		}
	case 10: // what was said of an old offer comes late
		if len(w.stale) > 0 {
			o := w.stale[n%len(w.stale)]
			if n%2 == 0 {
				w.handle(Accept(o))
			} else {
				w.handle(Decline{Ticket: o.Ticket, Operator: o.Operator, Offer: o.Offer, Why: WhyNoAnswer})
			}
		}
	case 11:
		w.pass(time.Duration(n%40) * time.Second)
	}
}

// leave: somebody who waits or talks hangs up.
func (w *world) leave(n int) {
	var ids []string
	for id := range w.waiting {
		ids = append(ids, id)
	}
	for _, o := range w.talks {
		ids = append(ids, o.Ticket)
	}
	if len(ids) == 0 {
		return
	}
	slices.Sort(ids)
	id := ids[n%len(ids)]
	delete(w.waiting, id)
	for op, o := range w.talks {
		if o.Ticket == id {
			delete(w.talks, op)
			w.served[id] = true
		}
	}
	w.handle(Leave{Ticket: id, Unjoined: n%2 == 0})
}

// pass lets time pass, now and then with a tick that comes late.
func (w *world) pass(d time.Duration) {
	end := w.now.Add(d)
	for {
		next := w.d.Next()
		if next.IsZero() || next.After(end) {
			break
		}
		w.now = next
		w.handle(Tick{})
	}
	w.now = end
	w.handle(Tick{})
}

// TestInvariants: whatever happens, no ticket is lost, overtaken or served twice, nobody has two calls, and nobody is
// idle while somebody waits.
func TestInvariants(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		cfg := Config{
			Ring: 15 * time.Second, Announce: 30 * time.Second, Capacity: rapid.SampledFrom([]int{0, 3, 100}).Draw(rt, "capacity"),
			WrapUp: rapid.SampledFrom([]time.Duration{0, 10 * time.Second}).Draw(rt, "wrap-up"),
		}
		w := newWorld(cfg, rt.Fatalf)
		for range rapid.IntRange(1, 120).Draw(rt, "steps") {
			w.act(rapid.IntRange(0, 11).Draw(rt, "op"), rapid.IntRange(0, 200).Draw(rt, "n"))
		}
		// In the end everybody is served: with all operators on, nothing is left behind.
		for i := range 5 {
			w.act(2, i)
		}
		for i := 0; len(w.waiting) > 0; i++ {
			if i > 2000 {
				rt.Fatalf("%d still wait", len(w.waiting))
			}
			w.act(4, i)
			w.act(8, i)
			w.act(11, 39)
		}
	})
}

// FuzzOperations does the same with sequences of bytes.
func FuzzOperations(f *testing.F) {
	f.Add([]byte("\x00\x01\x02\x01\x04\x00\x08\x00"))
	f.Add([]byte("\x02\x00\x00\x01\x03\x00\x02\x00\x0a\x01\x04\x00\x09\x00\x0b\x14"))
	f.Add([]byte("\x00\x05\x00\x07\x00\x09\x02\x00\x02\x01\x07\x00\x0b\x27\x06\x00\x06\x01\x0b\x05"))
	f.Fuzz(func(t *testing.T, ops []byte) {
		w := newWorld(Config{Ring: 15 * time.Second, Announce: 30 * time.Second, Capacity: 20}, t.Fatalf)
		for i := 0; i+1 < len(ops) && i < 400; i += 2 {
			w.act(int(ops[i]), int(ops[i+1]))
		}
	})
}

// BenchmarkHandle: a conversation's end with 1,000 waiting and 50 operators, its offer and its answer.
func BenchmarkHandle(b *testing.B) {
	d := New(Config{Ring: 15 * time.Second, Announce: 30 * time.Second})
	now := t0
	for i := range 50 {
		d.Handle(OperatorOn{fmt.Sprintf("op%d", i)}, now)
	}
	id := 0
	join := func() []Action {
		id++
		return d.Handle(Join{Ticket: Ticket{ID: fmt.Sprintf("t%d", id), Class: 1 + id%2, Since: now}}, now)
	}
	var offers []Offer
	take := func(actions []Action) {
		for _, a := range actions {
			if o, ok := a.(Offer); ok {
				offers = append(offers, o)
			}
		}
	}
	for range 1050 {
		take(join())
	}
	for _, o := range offers {
		d.Handle(Accept(o), now)
	}
	b.ReportAllocs()
	for b.Loop() {
		o := offers[0]
		offers = offers[1:]
		now = now.Add(time.Millisecond)
		take(d.Handle(Over{Ticket: o.Ticket, Operator: o.Operator}, now))
		d.Handle(Accept(offers[len(offers)-1]), now)
		take(join())
		d.Next()
	}
}
