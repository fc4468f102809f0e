package desk

import (
	"strings"
	"time"
)

// Desk is who waits and who answers. It is not safe for concurrent use.
type Desk struct {
	cfg       Config
	roster    map[string]OperatorSpec
	tickets   map[string]*ticket
	queue     queue
	later     []*ticket // not to be offered yet, by NotBefore
	bound     []*ticket // waiting for one operator
	kept      keeper
	operators map[string]*operator
	order     []*operator // by name: the order of everything that depends on nothing else
	states    [6]int      // operators by state
	empty     time.Time   // since when no operator is logged in; zero: one is
	due       dueHeap
	load      load
	offers    int       // made so far
	last      string    // who was offered a ticket last
	relaxAt   time.Time // when a ticket that waits will ask less of the operators who are free
	version   uint64

	now     time.Time
	out     []Action
	records []Action
	free    []*operator // for match
	heads   []head      // for match
}

// New returns a desk with nobody at it.
func New(cfg Config) *Desk {
	return &Desk{
		cfg: cfg, roster: map[string]OperatorSpec{}, tickets: map[string]*ticket{}, operators: map[string]*operator{},
		queue: newQueue(cfg.Ageing), kept: keeper{places: map[string]place{}},
	}
}

// Handle takes an event at a time and returns what must be done, in order. Times never go backwards.
func (d *Desk) Handle(ev Event, now time.Time) []Action {
	d.out, d.records = nil, nil
	if d.now.IsZero() {
		d.empty = now
	}
	d.load.pass(now, d.busy(), d.queue.count)
	d.now = now
	d.expire()
	d.take(ev)
	d.unbind()
	d.leaveUnstaffed()
	d.match()
	d.announce()
	return append(d.out, d.records...)
}

func (d *Desk) take(ev Event) {
	switch ev := ev.(type) {
	case Join:
		d.join(ev)
	case Found:
		for _, t := range ev.Tickets {
			d.join(Join{Ticket: t, Again: true})
		}
		for _, e := range ev.Engaged {
			d.engaging(d.operator(e.Operator), e, found)
		}
	case Leave:
		d.leave(ev)
	case Lost:
		d.kept.keep(ev.Caller, place{since: ev.Since, told: ev.Told, until: ev.At.Add(KeptFor)})
	case Away:
		d.away(ev.Ticket)
	case Back:
		d.back(ev.Ticket)
	case Accept:
		d.accept(ev)
	case Decline:
		d.decline(ev)
	case Over:
		d.over(ev.Ticket, ev.Operator)
	case Tried:
		d.tried(ev)
	case Reached:
		d.reached(ev)
	case Requeue:
		d.requeue(ev)
	case Engage:
		d.engaging(d.operators[ev.Operator], ev, engaged)
	case Disengage:
		d.disengage(ev.Operator, ev.Ticket)
	case Transfer:
		d.transfer(ev)
	case Configure:
		d.configure(ev.Config)
	case Tick:
	default:
		d.takeOperator(ev)
	}
}

func (d *Desk) takeOperator(ev Event) {
	switch ev := ev.(type) {
	case Staff:
		d.staff(ev.Roster)
	case Restore:
		d.restore(ev.Last)
	case OperatorOn:
		d.phone(ev.Operator, true)
	case OperatorOff:
		d.phone(ev.Operator, false)
	case LogIn:
		d.logIn(ev.Operator)
	case LogOut:
		d.logOut(ev.Operator)
	case Pause:
		d.pause(ev)
	case BeReady:
		d.beReady(ev.Operator)
	case Wrapped:
		d.wrapped(ev)
	}
}

func (d *Desk) do(a Action) { d.out = append(d.out, a) }

func (d *Desk) record(r Record) { d.records = append(d.records, r) }

// Next is when Handle(Tick{}) wants to be called next; zero is never. It is after the time of the last Handle.
func (d *Desk) Next() time.Time {
	var next time.Time
	earlier := func(t time.Time) {
		if !t.IsZero() && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	for _, o := range d.order {
		if o.state == Ready && d.queue.count == 0 {
			continue // a rest that nobody waits for
		}
		earlier(o.deadline)
	}
	if len(d.due) > 0 {
		earlier(d.due[0].at)
	}
	if len(d.later) > 0 {
		earlier(d.later[0].NotBefore)
	}
	for _, t := range d.bound {
		earlier(t.boundUntil)
	}
	if !d.empty.IsZero() && d.cfg.Unstaffed > 0 && d.queue.count > 0 {
		if end := d.empty.Add(d.cfg.Unstaffed); end.After(d.now) {
			earlier(end)
		}
	}
	earlier(d.relaxAt)
	return next
}

// expire lets the time up to now have its effects.
func (d *Desk) expire() {
	for _, o := range d.order {
		if o.deadline.IsZero() || o.deadline.After(d.now) {
			continue
		}
		switch o.state {
		case Ringing:
			d.withdraw(o, Result(WhyNoAnswer))
			d.missedOffer(o, Reason(WhyNoAnswer))
		case WrapUp:
			o.wrapUntil = time.Time{}
			o.idle = o.deadline
			d.turn(o, ended, ReasonTime)
		case Ready: // a rest, or nobody came back from the menu
			o.deadline, o.held = time.Time{}, nil
			d.version++
		case Offline, Talking, Paused:
			o.deadline = time.Time{}
		}
	}
	for len(d.later) > 0 && !d.later[0].NotBefore.After(d.now) {
		t := d.later[0]
		d.later = d.later[1:]
		t.came, t.cause = d.now, retried
		d.enqueue(t)
	}
	d.kept.expire(d.now)
}

// busy is how many operators are taken up by calls.
func (d *Desk) busy() int { return d.states[Ringing] + d.states[Talking] + d.states[WrapUp] }

func (d *Desk) configure(cfg Config) {
	d.version++
	d.cfg = cfg
	d.queue.reorder(cfg.Ageing)
	if cfg.Announce <= 0 {
		return // what is due is told once more, then no more
	}
	for _, g := range d.queue.groups {
		for _, t := range g.list {
			if t.due.IsZero() {
				d.schedule(t)
			}
		}
	}
}

// byName is the order of operators.
func byName(o *operator, name string) int { return strings.Compare(o.name, name) }
