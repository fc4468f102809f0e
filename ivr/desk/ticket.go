package desk

import (
	"slices"
	"time"
)

type ticket struct {
	Ticket
	rank   rank
	group  *group // while it waits
	nobody bool   // may be refused when nobody is there

	rings      []*operator // whose phones ring for it, by name
	talking    bool
	owner      *operator // who talks with it; nil if that one was found in two conversations
	away       bool
	fetched    bool      // the caller was asked to come back
	forOp      *operator // bound to
	boundUntil time.Time
	again      bool // its place was kept once

	joined    time.Time // the order, last
	came      time.Time // when it came back to a place in the order
	cause     barrier   // why
	overtaken [barriers]int
	overtook  []*ticket // by it, so far
	offers    int       // made of it

	told    int       // the last position announced
	due     time.Time // of the next announcement; entries of the heap with other times are stale
	promise *Promise
	guesses []guess
}

func (d *Desk) join(ev Join) {
	if d.tickets[ev.Ticket.ID] != nil {
		return
	}
	t := &ticket{Ticket: ev.Ticket, nobody: ev.Nobody, told: ev.Ticket.Told, promise: ev.Ticket.Promised}
	if t.Since.IsZero() {
		t.Since = d.now
	}
	if t.Operator != "" {
		d.joinTalking(t)
		return
	}
	kept, returns := d.kept.take(t.Caller, d.now)
	switch {
	case ev.Again:
	case ev.Nobody && d.gone():
		d.do(Refuse{Ticket: t.ID, Why: RefusedNobody})
		return
	case !returns && d.full(t):
		d.do(Refuse{Ticket: t.ID, Why: RefusedFull})
		return
	}
	if returns {
		t.again, t.came, t.cause = true, d.now, redialled
		if kept.since.Before(t.Since) {
			t.Since, t.told = kept.since, kept.told
		}
		d.do(Kept{Ticket: t.ID, Since: t.Since, Told: t.told})
	}
	d.tickets[t.ID] = t
	t.away = t.Away
	d.bind(t, t.For)
	d.enqueue(t)
}

// gone says that nobody is logged in.
func (d *Desk) gone() bool { return d.states[Offline] == len(d.order) }

func (d *Desk) full(t *ticket) bool {
	return t.Kind == Live && d.cfg.Capacity > 0 && d.queue.live >= d.cfg.Capacity
}

// enqueue lets a ticket wait: now, or from its time on.
func (d *Desk) enqueue(t *ticket) {
	d.version++
	if t.NotBefore.After(d.now) {
		i, _ := slices.BinarySearchFunc(d.later, t, func(a, b *ticket) int {
			if c := a.NotBefore.Compare(b.NotBefore); c != 0 {
				return c
			}
			return byRank(a, rankOf(&b.Ticket, 0))
		})
		t.rank = rankOf(&t.Ticket, 0)
		d.later = slices.Insert(d.later, i, t)
		return
	}
	t.joined = d.now
	d.queue.add(t)
	d.schedule(t)
}

// dequeue takes a ticket from where it waits, its offers withdrawn.
func (d *Desk) dequeue(t *ticket, why Result) {
	d.version++
	for len(t.rings) > 0 {
		o := t.rings[0]
		d.withdraw(o, why)
		d.turn(o, ended, Reason(why)) // he lost nothing of his turn
	}
	d.release(t)
	d.queue.remove(t)
	if i := slices.Index(d.later, t); i >= 0 {
		d.later = slices.Delete(d.later, i, i+1)
	}
	if i := slices.Index(d.bound, t); i >= 0 {
		d.bound = slices.Delete(d.bound, i, i+1)
	}
	t.forOp = nil
}

// release lets go of the operator who was held for a caller who is fetched.
func (d *Desk) release(t *ticket) {
	if !t.fetched {
		return
	}
	t.fetched = false
	for _, o := range d.order {
		if o.held == t {
			o.held, o.deadline = nil, time.Time{}
		}
	}
}

func (d *Desk) leave(ev Leave) {
	t := d.tickets[ev.Ticket]
	if t == nil {
		return
	}
	if ev.Unwanted && !t.again {
		d.kept.keep(t.Caller, place{since: t.Since, told: t.told, until: d.now.Add(KeptFor)})
	}
	if t.talking {
		d.endTalk(t, ev.Unjoined)
		return
	}
	d.load.leave(t, d.now)
	d.drop(t)
}

// drop ends a ticket that waits.
func (d *Desk) drop(t *ticket) {
	d.dequeue(t, ResultCallerOut)
	d.waited(t, "")
	delete(d.tickets, t.ID)
}

// waited records the end of a ticket's waiting, operator having taken it.
func (d *Desk) waited(t *ticket, operator string) {
	d.record(Waited{Ticket: t.ID, Operator: operator, Wait: d.now.Sub(t.Since), Overtaken: t.counts()})
	p := t.promise
	if p == nil {
		return
	}
	t.promise = nil
	wait := d.now.Sub(p.At)
	left := operator == ""
	d.record(PromiseEnd{Ticket: t.ID, Wait: wait, Left: left, Kept: wait <= p.High && (left || wait >= p.Low)})
}

func (d *Desk) away(id string) {
	t := d.tickets[id]
	if t == nil || t.talking || t.away {
		return
	}
	d.version++
	t.away = true
	for len(t.rings) > 0 {
		o := t.rings[0]
		d.withdraw(o, ResultCallerOut)
		d.turn(o, ended, Reason(ResultCallerOut))
	}
}

func (d *Desk) back(id string) {
	t := d.tickets[id]
	if t == nil || !t.away {
		return
	}
	d.version++
	t.away = false
	d.release(t)
	d.schedule(t)
}

// leaveUnstaffed refuses those who need not wait for operators who have all gone home. Who is in the menu hears of it
// when he is back.
func (d *Desk) leaveUnstaffed() {
	if d.cfg.Unstaffed <= 0 || d.empty.IsZero() || d.queue.count == 0 || d.now.Sub(d.empty) < d.cfg.Unstaffed {
		return
	}
	for _, t := range d.queue.all() {
		if t.nobody && !t.away && t.Kind == Live {
			d.drop(t)
			d.do(Refuse{Ticket: t.ID, Why: RefusedNobody})
		}
	}
}

// bind binds a ticket to an operator.
func (d *Desk) bind(t *ticket, name string) {
	if t.For = name; name == "" {
		return
	}
	wait := d.cfg.Bound
	if wait <= 0 {
		wait = defaultBound
	}
	t.forOp, t.boundUntil = d.operator(name), d.now.Add(wait)
	d.bound = append(d.bound, t)
}

// unbind lets bindings lapse to operators who will not come.
func (d *Desk) unbind() {
	for i := 0; i < len(d.bound); {
		t := d.bound[i]
		why := ReasonTime
		switch o := t.forOp; {
		case !t.boundUntil.After(d.now):
		case o.login == LoginOut:
			why = ReasonLogout
		case o.state == Paused:
			why = ReasonPause
		default:
			i++
			continue
		}
		d.version++
		d.record(Unbound{Ticket: t.ID, Operator: t.For, Why: why})
		d.bound = slices.Delete(d.bound, i, i+1)
		t.forOp, t.For = nil, ""
	}
}

// place is a place that is kept for a caller who was cut off.
type place struct {
	since, until time.Time
	told         int
}

// keeper keeps them.
type keeper struct {
	places map[string]place
	first  time.Time // no place expires before
}

func (k *keeper) keep(caller string, p place) {
	if caller == "" {
		return
	}
	if old, has := k.places[caller]; has && old.since.Before(p.since) {
		p.since, p.told = old.since, old.told // two calls of one person: the better place
	}
	k.places[caller] = p
	if k.first.IsZero() || p.until.Before(k.first) {
		k.first = p.until
	}
}

// take is the place kept for a caller, who has it once.
func (k *keeper) take(caller string, now time.Time) (place, bool) {
	p, has := k.places[caller]
	delete(k.places, caller)
	return p, has && now.Before(p.until)
}

func (k *keeper) expire(now time.Time) {
	if k.first.IsZero() || now.Before(k.first) {
		return
	}
	k.first = time.Time{}
	for caller, p := range k.places {
		switch {
		case !now.Before(p.until):
			delete(k.places, caller)
		case k.first.IsZero() || p.until.Before(k.first):
			k.first = p.until
		}
	}
}
