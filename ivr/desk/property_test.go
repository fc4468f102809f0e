package desk

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// pick chooses with n from m.
func pick[V any](m map[string]V, n int) (string, V, bool) {
	names := sorted(m)
	if len(names) == 0 {
		var none V
		return "", none, false
	}
	name := names[n%len(names)]
	return name, m[name], true
}

var (
	somePeople = []OperatorSpec{
		{Name: "op0", Skills: []string{"a"}, Languages: []string{"it"}, Auto: true},
		{Name: "op1", Skills: []string{"a", "b"}, Languages: []string{"it", "de"}, Auto: true, Tier: 2},
		{Name: "op2", Skills: []string{"b"}, Tier: 3, WrapUp: -1},
		{Name: "op3", Languages: []string{"de"}, Outside: true, WrapUp: 20 * time.Second},
	} // op4 is not in the roster
	someTopics = [][]string{nil, {"a"}, {"b"}, {"a", "b"}, {"c"}}
	someTongue = []string{"", "it", "de", "fr"}
	someWhys   = []Why{WhyNoAnswer, WhyBusy, WhyRejected, WhyUnreachable, WhyUnjoined}
)

const operators, actions = 5, 26

// act does one thing, chosen by op and n.
func (w *world) act(op, n int) {
	name := fmt.Sprintf("op%d", n%operators)
	switch op % actions {
	case 0, 1, 2:
		w.draw(n)
	case 3:
		w.on[name] = true
		w.handle(OperatorOn{name})
	case 4:
		w.on[name] = false
		w.handle(OperatorOff{name})
	case 5, 6:
		w.handle(LogIn{name})
	case 7:
		w.handle(LogOut{name})
	case 8:
		w.handle(Pause{Operator: name, Reason: someTongue[n%4]})
	case 9, 10:
		w.handle(BeReady{name})
	case 11:
		w.handle(Wrapped{name, w.last[name].Ticket})
	case 12, 13, 14:
		if _, o, ok := pick(w.rings, n); ok {
			w.handle(Accept(o))
		}
	case 15:
		if _, o, ok := pick(w.rings, n); ok {
			delete(w.rings, o.Operator)
			w.stale = append(w.stale, o)
			w.handle(Decline{Ticket: o.Ticket, Operator: o.Operator, Offer: o.Offer, Why: someWhys[n%len(someWhys)]})
		}
	case 16, 17:
		if op, o, ok := pick(w.talks, n); ok {
			w.untalk(op)
			w.handle(Over{Ticket: o.Ticket, Operator: o.Operator})
		}
	case 18:
		w.leave(n)
	case 19, 20:
		w.pass(time.Duration(n%40) * time.Second)
	default:
		w.actRarely(op%actions, n)
	}
}

func (w *world) actRarely(op, n int) {
	switch op {
	case 21: // what was said of an old offer comes late
		if len(w.stale) == 0 {
			return
		}
		o := w.stale[n%len(w.stale)]
		if n%2 == 0 {
			w.handle(Accept(o))
		} else {
			w.handle(Decline{Ticket: o.Ticket, Operator: o.Operator, Offer: o.Offer, Why: WhyNoAnswer})
		}
	case 22:
		w.afterAccept(n)
	case 23:
		w.menu(n)
	case 24:
		w.together(n)
	case 25:
		if n%4 == 0 {
			w.crash()
		} else {
			w.cfg.Ageing = time.Duration(n%3) * time.Minute
			w.handle(Configure{w.cfg})
		}
	}
}

// draw: a caller comes, or a callback is booked.
func (w *world) draw(n int) {
	w.next++
	id := fmt.Sprintf("t%d", w.next)
	t := &Ticket{
		ID: id, Class: 1 + n%3, Since: w.now.Add(-time.Duration(n%4) * time.Second), Skills: someTopics[n%5], Language: someTongue[n/5%4],
		Caller: fmt.Sprintf("c%d", n%6),
	}
	switch n % 9 {
	case 0:
		t.Kind, t.NotBefore = Callback, w.now.Add(time.Duration(n%3)*10*time.Second)
	case 1:
		t.For = fmt.Sprintf("op%d", n/9%operators)
	}
	w.waiting[id], w.drawn[id] = t, w.now
	w.handle(Join{Ticket: *t, Nobody: n%7 == 0, Again: n%11 == 0})
}

func (w *world) untalk(op string) {
	delete(w.talking, w.talks[op].Ticket)
	delete(w.talks, op)
}

// leave: somebody who waits or talks hangs up or is cut off.
func (w *world) leave(n int) {
	ids := map[string]string{}
	for id := range w.waiting {
		ids[id] = ""
	}
	for op, o := range w.talks {
		ids[o.Ticket] = op
	}
	id, op, ok := pick(ids, n)
	if !ok {
		return
	}
	w.unwait(id)
	if op != "" {
		w.untalk(op)
	}
	w.handle(Leave{Ticket: id, Unjoined: n%2 == 0, Unwanted: n%3 == 0})
}

// afterAccept: what was accepted comes to nothing, or goes back to the queue.
func (w *world) afterAccept(n int) {
	op, o, ok := pick(w.talks, n)
	if !ok {
		return
	}
	t := w.talking[o.Ticket]
	w.untalk(op)
	w.waiting[t.ID], w.drawn[t.ID], w.came[t.ID] = t, w.now, w.now
	switch {
	case n%3 == 0:
		w.stale = append(w.stale, o)
		w.handle(Decline{Ticket: o.Ticket, Operator: o.Operator, Offer: o.Offer, Why: WhyRejected})
	case n%3 == 1 && t.Kind == Callback:
		t.NotBefore = w.now.Add(time.Duration(n%50) * time.Second)
		w.handle(Tried{Ticket: t.ID, Again: t.NotBefore})
	default:
		ev := Requeue{Ticket: t.ID, Why: RequeueDropped}
		if n%2 == 0 {
			t.Class, t.Skills, t.Topic = 1, someTopics[n%5], "another"
			t.For = []string{"", "op1", "op3"}[n/5%3]
			ev = Requeue{Ticket: t.ID, Topic: t.Topic, Class: 1, Skills: t.Skills, For: t.For, Why: RequeueTransfer}
		}
		w.handle(ev)
	}
}

// menu: a caller who waits visits the menu, or comes back.
func (w *world) menu(n int) {
	id, t, ok := pick(w.waiting, n)
	if !ok || t.Kind == Callback {
		return
	}
	if w.held[id] {
		delete(w.held, id)
		delete(w.fetched, id)
		w.handle(Back{id})
		return
	}
	w.held[id] = true
	w.handle(Away{id})
}

// together: operators consult each other and hand conversations over.
func (w *world) together(n int) {
	op, o, ok := pick(w.talks, n)
	if !ok {
		return
	}
	to := fmt.Sprintf("op%d", n/operators%operators)
	switch ticket, helps := w.helps[to]; {
	case !helps && n%3 > 0:
		w.handle(Engage{Operator: to, Ticket: o.Ticket})
	case helps && n%3 == 1:
		delete(w.helps, to)
		w.handle(Disengage{Operator: to, Ticket: ticket})
	case to != op && w.last[to].To == Ready || helps && ticket == o.Ticket:
		t := w.talking[o.Ticket]
		w.untalk(op)
		delete(w.helps, to)
		w.talks[to], w.talking[t.ID] = Offer{Ticket: t.ID, Operator: to}, t
		w.handle(Transfer{Ticket: t.ID, From: op, To: to})
	}
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

func drawConfig(rt *rapid.T) Config {
	seconds := func(name string, from ...int) time.Duration {
		return time.Duration(rapid.SampledFrom(from).Draw(rt, name)) * time.Second
	}
	return Config{
		Ring: 15 * time.Second, Announce: 30 * time.Second, Capacity: rapid.SampledFrom([]int{0, 3, 100}).Draw(rt, "capacity"),
		WrapUp: seconds("wrap-up", 0, 10), Ageing: seconds("ageing", 0, 60),
		Strategy:  rapid.SampledFrom([]Strategy{"", RingAll, RoundRobin, Tiers}).Draw(rt, "strategy"),
		Relax:     []Relax{{30 * time.Second, WithoutLanguage}, {70 * time.Second, WithoutTopic}}[:rapid.IntRange(0, 2).Draw(rt, "relax")],
		TierAfter: seconds("tier", 0, 20), Misses: rapid.IntRange(0, 2).Draw(rt, "misses"), Unstaffed: seconds("unstaffed", 0, 60),
		Bands: []Band{{0, time.Minute}, {0, time.Hour}},
	}
}

// TestInvariants: whatever happens, no ticket is lost, overtaken without a reason or served twice, nobody has two calls,
// nobody is idle while somebody waits whom he could serve, and the records explain every second.
func TestInvariants(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(drawConfig(rt), somePeople, rt.Fatalf)
		for range rapid.IntRange(1, 150).Draw(rt, "steps") {
			w.act(rapid.IntRange(0, actions-1).Draw(rt, "op"), rapid.IntRange(0, 400).Draw(rt, "n"))
		}
		w.finish(rt.Fatalf)
	})
}

// finish: in the end everybody is served. With all operators at work, nothing is left behind.
func (w *world) finish(fail func(string, ...any)) {
	w.cfg.Relax = []Relax{{time.Second, WithoutLanguage}, {time.Second, WithoutTopic}}
	w.handle(Configure{w.cfg})
	for _, id := range sorted(w.held) {
		delete(w.held, id)
		delete(w.fetched, id)
		w.handle(Back{id})
	}
	for _, op := range sorted(w.helps) {
		ticket := w.helps[op]
		delete(w.helps, op)
		w.handle(Disengage{Operator: op, Ticket: ticket})
	}
	for i := 0; len(w.waiting) > 0; i++ {
		if i > 2000 {
			fail("%d still wait: %+v", len(w.waiting), w.before)
		}
		w.act(3, i)
		w.act(5, i)
		w.act(9, i)
		w.act(12, i)
		w.act(16, i)
		w.act(19, 39)
	}
}

// FuzzOperations does the same with sequences of bytes.
func FuzzOperations(f *testing.F) {
	f.Add([]byte("\x00\x01\x03\x01\x0c\x00\x10\x00"))
	f.Add([]byte("\x03\x00\x00\x01\x04\x00\x03\x00\x15\x01\x0c\x00\x16\x00\x13\x14"))
	f.Add([]byte("\x00\x05\x00\x07\x00\x09\x03\x00\x03\x01\x12\x00\x13\x27\x0f\x00\x0f\x01\x13\x05\x19\x00\x17\x01\x18\x01"))
	f.Fuzz(func(t *testing.T, ops []byte) {
		if len(ops) == 0 {
			return
		}
		cfg := Config{
			Ring: 15 * time.Second, Announce: 30 * time.Second, Capacity: 20, Misses: 2, Ageing: time.Minute,
			Strategy: []Strategy{LongestIdle, RingAll, RoundRobin, Tiers}[ops[0]%4], TierAfter: 20 * time.Second,
			Relax: []Relax{{30 * time.Second, WithoutLanguage}}, WrapUp: 10 * time.Second,
		}
		w := newWorld(cfg, somePeople, t.Fatalf)
		for i := 1; i+1 < len(ops) && i < 400; i += 2 {
			w.act(int(ops[i]), int(ops[i+1]))
		}
	})
}
