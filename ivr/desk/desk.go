package desk

import (
	"slices"
	"time"
)

// Times of the desk that are not a matter of taste.
const (
	// Rest is how long an operator whose phone was not answered is left alone, times the misses in a row, so that
	// nothing spins and the others are tried first.
	Rest = 5 * time.Second
	// MaxRest bounds it: with one operator on, callers must not wait for long after he is back.
	MaxRest = 30 * time.Second
	// FirstAnnounce is when the position is told first: those who are served at once hear none.
	FirstAnnounce = 5 * time.Second
	// minRing is the shortest ringing that a configuration can ask for.
	minRing = time.Second
)

// Desk is who waits and who answers. It is not safe for concurrent use.
type Desk struct {
	cfg       Config
	tickets   map[string]*ticket
	queue     queue
	operators map[string]*operator
	order     []*operator // by name: the order of everything that depends on nothing else
	due       dueHeap
	offers    int // made so far
	out       []Action
	now       time.Time
}

type ticket struct {
	Ticket
	operator *operator // offered to or talking with
	offer    int       // the number of the offer that stands or was accepted
	talking  bool
	told     int       // the last position announced
	due      time.Time // of the next announcement; entries of the heap with other times are stale
}

type operator struct {
	name     string
	on       bool
	state    OperatorState
	since    time.Time // of the state
	idle     time.Time // idle since: who has waited longest is next
	deadline time.Time // Ringing: when the offer is withdrawn; WrapUp: its end; Ready: the end of a rest, if any
	ticket   *ticket
	missed   int
}

// New returns a desk with nobody at it.
func New(cfg Config) *Desk {
	return &Desk{cfg: cfg, tickets: map[string]*ticket{}, queue: newQueue(), operators: map[string]*operator{}}
}

// Handle takes an event at a time and returns what must be done, in order. Times never go backwards.
func (d *Desk) Handle(ev Event, now time.Time) []Action {
	d.out, d.now = nil, now
	d.expire()
	switch ev := ev.(type) {
	case OperatorOn:
		d.operatorOn(ev.Operator)
	case OperatorOff:
		d.operatorOff(ev.Operator)
	case Join:
		d.join(ev)
	case Leave:
		d.leave(ev)
	case Accept:
		d.accept(ev)
	case Decline:
		d.decline(ev)
	case Over:
		d.over(ev.Ticket, ev.Operator)
	case Configure:
		d.configure(ev.Config)
	case Tick:
	}
	d.match()
	d.announce()
	return d.out
}

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
			d.withdraw(o)
			d.missedOffer(o)
		case WrapUp:
			d.free(o, o.deadline)
		case Ready, Offline, Talking:
			o.deadline = time.Time{}
		}
	}
}

func (d *Desk) set(o *operator, s OperatorState) {
	if o.state != s {
		o.state, o.since = s, d.now
	}
}

// free makes an operator ready, idle since at.
func (d *Desk) free(o *operator, at time.Time) {
	o.ticket, o.deadline = nil, time.Time{}
	if !o.on {
		d.set(o, Offline)
		return
	}
	d.set(o, Ready)
	o.idle = at
}

// withdraw takes back the offer that the operator's phone rings for; what he does next is the caller's to say.
func (d *Desk) withdraw(o *operator) {
	d.out = append(d.out, Withdraw{Ticket: o.ticket.ID, Operator: o.name, Offer: o.ticket.offer})
	o.ticket.operator = nil
}

func (d *Desk) operator(name string) *operator {
	o := d.operators[name]
	if o == nil {
		o = &operator{name: name, since: d.now}
		d.operators[name] = o
		i, _ := slices.BinarySearchFunc(d.order, name, func(o *operator, name string) int {
			switch {
			case o.name < name:
				return -1
			case o.name > name:
				return 1
			}
			return 0
		})
		d.order = slices.Insert(d.order, i, o)
	}
	return o
}

func (d *Desk) operatorOn(name string) {
	o := d.operator(name)
	if o.on {
		return
	}
	o.on, o.missed = true, 0
	if o.state == Offline {
		d.free(o, d.now)
	}
}

func (d *Desk) operatorOff(name string) {
	o := d.operator(name) // one who has never been there is known, too: as offline
	if !o.on {
		return
	}
	o.on = false
	switch o.state {
	case Ringing:
		d.withdraw(o)
		d.free(o, d.now)
	case Ready, WrapUp:
		d.free(o, d.now)
	case Offline, Talking: // a conversation goes on
	}
}

func (d *Desk) configure(cfg Config) {
	d.cfg = cfg
	if cfg.Announce <= 0 {
		return // what is due is told once more, then no more
	}
	for _, t := range d.queue.all() {
		if t.due.IsZero() {
			d.schedule(t)
		}
	}
}

func (d *Desk) join(ev Join) {
	if d.tickets[ev.Ticket.ID] != nil {
		return
	}
	t := &ticket{Ticket: ev.Ticket}
	if ev.Ticket.Operator != "" {
		d.joinTalking(t)
		return
	}
	switch {
	case ev.Again:
	case ev.Nobody && !d.anybodyOn():
		d.out = append(d.out, Refuse{Ticket: t.ID, Why: "nobody"})
		return
	case d.cfg.Capacity > 0 && d.queue.count >= d.cfg.Capacity:
		d.out = append(d.out, Refuse{Ticket: t.ID, Why: "full"})
		return
	}
	d.tickets[t.ID] = t
	d.queue.add(t)
	d.schedule(t)
}

// joinTalking takes over a conversation found after a restart.
func (d *Desk) joinTalking(t *ticket) {
	d.tickets[t.ID] = t
	t.talking = true
	o := d.operator(t.Operator)
	if o.state == Talking {
		return // with another one: only one of them can be real, and its end frees him
	}
	if o.state == Ringing {
		d.withdraw(o)
	}
	d.talk(o, t)
}

func (d *Desk) talk(o *operator, t *ticket) {
	t.operator, t.talking, t.due = o, true, time.Time{}
	o.ticket, o.deadline = t, time.Time{}
	d.set(o, Talking)
}

func (d *Desk) anybodyOn() bool {
	for _, o := range d.order {
		if o.on {
			return true
		}
	}
	return false
}

func (d *Desk) leave(ev Leave) {
	t := d.tickets[ev.Ticket]
	if t == nil {
		return
	}
	o := t.operator
	switch {
	case !t.talking:
		d.queue.remove(t)
		delete(d.tickets, t.ID)
		if o != nil {
			d.withdraw(o)
			d.free(o, o.idle) // he lost nothing of his turn
		}
	case ev.Unjoined && o != nil && o.ticket == t:
		delete(d.tickets, t.ID)
		d.free(o, o.idle)
	default:
		d.endTalk(t)
	}
}

// accept: what the operator did to deserve a rest is forgotten when the conversation ends, not here: a phone that
// answers and drops every call must not be tried without pause.
func (d *Desk) accept(ev Accept) {
	t := d.tickets[ev.Ticket]
	if t == nil || t.talking || t.operator == nil || t.operator.name != ev.Operator || t.offer != ev.Offer {
		d.out = append(d.out, Withdraw(ev))
		return
	}
	d.queue.remove(t)
	d.talk(t.operator, t)
	d.out = append(d.out, Connect(ev))
}

func (d *Desk) decline(ev Decline) {
	t := d.tickets[ev.Ticket]
	if t == nil || t.operator == nil || t.operator.name != ev.Operator || t.offer != ev.Offer {
		return
	}
	o := t.operator
	if t.talking {
		t.talking = false
		d.queue.add(t)
		d.schedule(t)
	}
	t.operator = nil
	if ev.Why == WhyUnjoined && o.missed == 0 {
		o.missed++
		d.free(o, d.now) // another is tried first, if there is one
		return
	}
	d.missedOffer(o)
}

// missedOffer lets the operator rest. The ticket has kept its place.
func (d *Desk) missedOffer(o *operator) {
	o.missed++
	d.free(o, d.now)
	if o.on {
		o.deadline = d.now.Add(min(Rest*time.Duration(o.missed), MaxRest))
	}
}

func (d *Desk) over(id, name string) {
	t := d.tickets[id]
	if t == nil || !t.talking || (t.operator != nil && t.operator.name != name) {
		return
	}
	d.endTalk(t)
}

// endTalk ends a conversation; the operator's next call goes out in the same Handle unless he wraps up.
func (d *Desk) endTalk(t *ticket) {
	delete(d.tickets, t.ID)
	o := t.operator
	if o == nil || o.ticket != t {
		return
	}
	o.missed = 0
	if d.cfg.WrapUp > 0 && o.on {
		o.ticket, o.deadline = nil, d.now.Add(d.cfg.WrapUp)
		d.set(o, WrapUp)
		return
	}
	d.free(o, d.now)
}

// match offers tickets, first come first served within their class, to operators, longest idle first.
func (d *Desk) match() {
	for {
		o := d.idlest()
		if o == nil {
			return
		}
		t := d.queue.first()
		if t == nil {
			return
		}
		d.offers++
		t.operator, t.offer = o, d.offers
		o.ticket, o.deadline = t, d.now.Add(max(d.cfg.Ring, minRing))
		d.set(o, Ringing)
		d.out = append(d.out, Offer{Ticket: t.ID, Operator: o.name, Offer: t.offer})
	}
}

func (d *Desk) idlest() *operator {
	var best *operator
	for _, o := range d.order {
		if o.state != Ready || !o.deadline.IsZero() {
			continue
		}
		if best == nil || o.idle.Before(best.idle) {
			best = o
		}
	}
	return best
}

// Snapshot is the desk at now.
func (d *Desk) Snapshot(time.Time) Snapshot {
	s := Snapshot{Waiting: make([]Waiting, 0, d.queue.count), Operators: make([]OperatorStatus, 0, len(d.order))}
	for _, t := range d.queue.all() {
		w := Waiting{Ticket: t.Ticket, Position: len(s.Waiting) + 1}
		if t.operator != nil {
			w.Offered = t.operator.name
		}
		s.Waiting = append(s.Waiting, w)
	}
	for _, o := range d.order {
		st := OperatorStatus{Name: o.name, State: o.state, Since: o.since, Missed: o.missed}
		if o.ticket != nil {
			st.Ticket = o.ticket.ID
		}
		s.Operators = append(s.Operators, st)
	}
	return s
}
