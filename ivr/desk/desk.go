package desk

import (
	"container/heap"
	"slices"
	"sort"
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
)

// Desk is who waits and who answers. It is not safe for concurrent use.
type Desk struct {
	cfg       Config
	tickets   map[string]*ticket
	classes   []int             // in order
	waiting   map[int][]*ticket // class -> by Since, then ID
	count     int               // tickets waiting
	operators map[string]*operator
	names     []string // of operators, sorted: the order of everything that depends on nothing else
	due       dueHeap
	out       []Action
	now       time.Time
}

type ticket struct {
	Ticket
	operator *operator // offered to or talking with
	talking  bool
	told     int // the last position announced
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
	return &Desk{cfg: cfg, tickets: map[string]*ticket{}, waiting: map[int][]*ticket{}, operators: map[string]*operator{}}
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
		d.leave(ev.Ticket)
	case Accept:
		d.accept(ev)
	case Decline:
		d.decline(ev)
	case Over:
		d.over(ev.Ticket, ev.Operator)
	case Configure:
		d.cfg = ev.Config
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
	for _, name := range d.names {
		o := d.operators[name]
		if o.state == Ready && d.count == 0 {
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
	for _, name := range d.names {
		o := d.operators[name]
		if o.deadline.IsZero() || o.deadline.After(d.now) {
			continue
		}
		switch o.state {
		case Ringing:
			t := o.ticket
			d.out = append(d.out, Withdraw{Ticket: t.ID, Operator: o.name})
			d.missedOffer(o)
		case WrapUp:
			d.free(o, o.deadline)
		case Ready:
			o.deadline = time.Time{}
		case Offline, Talking:
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

func (d *Desk) operator(name string) *operator {
	o := d.operators[name]
	if o == nil {
		o = &operator{name: name, since: d.now}
		d.operators[name] = o
		i, _ := slices.BinarySearch(d.names, name)
		d.names = slices.Insert(d.names, i, name)
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
	o := d.operators[name]
	if o == nil || !o.on {
		return
	}
	o.on = false
	switch o.state {
	case Ringing:
		d.out = append(d.out, Withdraw{Ticket: o.ticket.ID, Operator: name})
		o.ticket.operator = nil
		d.free(o, d.now)
	case Ready, WrapUp:
		d.free(o, d.now)
	case Offline, Talking: // a conversation goes on
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
	case ev.Nobody && !d.anybodyOn():
		d.out = append(d.out, Refuse{Ticket: t.ID, Why: "nobody"})
		return
	case d.cfg.Capacity > 0 && d.count >= d.cfg.Capacity:
		d.out = append(d.out, Refuse{Ticket: t.ID, Why: "full"})
		return
	}
	d.tickets[t.ID] = t
	d.enqueue(t)
	if d.cfg.Announce > 0 {
		heap.Push(&d.due, due{d.now.Add(FirstAnnounce), t})
	}
}

// joinTalking takes over a conversation found after a restart.
func (d *Desk) joinTalking(t *ticket) {
	d.tickets[t.ID] = t
	t.talking = true
	o := d.operator(t.Operator)
	if o.state == Talking {
		return
	}
	if o.state == Ringing {
		d.out = append(d.out, Withdraw{Ticket: o.ticket.ID, Operator: o.name})
		o.ticket.operator = nil
	}
	d.talk(o, t)
}

func (d *Desk) talk(o *operator, t *ticket) {
	t.operator, t.talking = o, true
	o.ticket, o.deadline, o.missed = t, time.Time{}, 0
	d.set(o, Talking)
}

func (d *Desk) anybodyOn() bool {
	for _, o := range d.operators {
		if o.on {
			return true
		}
	}
	return false
}

func (d *Desk) leave(id string) {
	t := d.tickets[id]
	if t == nil {
		return
	}
	if t.talking {
		d.endTalk(t)
		return
	}
	d.dequeue(t)
	delete(d.tickets, id)
	if o := t.operator; o != nil {
		d.out = append(d.out, Withdraw{Ticket: id, Operator: o.name})
		d.free(o, o.idle) // he lost nothing of his turn
	}
}

func (d *Desk) accept(ev Accept) {
	t, o := d.tickets[ev.Ticket], d.operators[ev.Operator]
	if t == nil || o == nil || t.operator != o || o.state != Ringing {
		d.out = append(d.out, Withdraw{Ticket: ev.Ticket, Operator: ev.Operator})
		return
	}
	d.dequeue(t)
	d.talk(o, t)
	d.out = append(d.out, Connect{Ticket: t.ID, Operator: o.name})
}

func (d *Desk) decline(ev Decline) {
	t, o := d.tickets[ev.Ticket], d.operators[ev.Operator]
	if t == nil || o == nil || t.operator != o || o.state != Ringing {
		return
	}
	d.missedOffer(o)
}

// missedOffer gives the ticket back its place at the head and lets the operator rest.
func (d *Desk) missedOffer(o *operator) {
	o.ticket.operator = nil
	o.missed++
	d.free(o, d.now)
	o.deadline = d.now.Add(min(Rest*time.Duration(o.missed), MaxRest))
}

func (d *Desk) over(id, name string) {
	t := d.tickets[id]
	if t != nil && t.talking && t.Ticket.Operator == "" && t.operator != nil && t.operator.name != name {
		return
	}
	if t != nil && t.talking {
		d.endTalk(t)
	}
}

// endTalk ends a conversation; the operator's next call goes out in the same Handle unless he wraps up.
func (d *Desk) endTalk(t *ticket) {
	delete(d.tickets, t.ID)
	o := t.operator
	if o == nil || o.ticket != t {
		return
	}
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
		t := d.first()
		if t == nil {
			return
		}
		t.operator, o.ticket = o, t
		o.deadline = d.now.Add(max(d.cfg.Ring, time.Second))
		d.set(o, Ringing)
		d.out = append(d.out, Offer{Ticket: t.ID, Operator: o.name})
	}
}

func (d *Desk) idlest() *operator {
	var best *operator
	for _, name := range d.names {
		o := d.operators[name]
		if o.state != Ready || !o.deadline.IsZero() {
			continue
		}
		if best == nil || o.idle.Before(best.idle) {
			best = o
		}
	}
	return best
}

// first is the ticket to be served next that has not been offered. The offered ones stand at the head, no more than
// there are operators.
func (d *Desk) first() *ticket {
	for _, class := range d.classes {
		for _, t := range d.waiting[class] {
			if t.operator == nil {
				return t
			}
		}
	}
	return nil
}

func before(a, b *ticket) int {
	if c := a.Since.Compare(b.Since); c != 0 {
		return c
	}
	switch {
	case a.ID < b.ID:
		return -1
	case a.ID > b.ID:
		return 1
	}
	return 0
}

func (d *Desk) enqueue(t *ticket) {
	list, known := d.waiting[t.Class]
	if !known {
		i := sort.SearchInts(d.classes, t.Class)
		d.classes = slices.Insert(d.classes, i, t.Class)
	}
	i, _ := slices.BinarySearchFunc(list, t, before)
	d.waiting[t.Class] = slices.Insert(list, i, t)
	d.count++
}

func (d *Desk) dequeue(t *ticket) {
	list := d.waiting[t.Class]
	if i, found := slices.BinarySearchFunc(list, t, before); found {
		d.waiting[t.Class] = slices.Delete(list, i, i+1)
		d.count--
	}
}

// place is a waiting ticket's position, from 1.
func (d *Desk) place(t *ticket) int {
	n := 1
	for _, class := range d.classes {
		if class == t.Class {
			i, _ := slices.BinarySearchFunc(d.waiting[class], t, before)
			return n + i
		}
		n += len(d.waiting[class])
	}
	return n
}

// announce tells positions that are due. One whose operator's phone rings already hears none.
func (d *Desk) announce() {
	for len(d.due) > 0 && !d.due[0].at.After(d.now) {
		t := heap.Pop(&d.due).(due).ticket //nolint:forcetypeassert // the heap holds nothing else
		if d.tickets[t.ID] != t || t.talking {
			continue
		}
		if t.operator == nil {
			n := d.place(t)
			if t.told > 0 {
				n = min(n, t.told)
			}
			t.told = n
			d.out = append(d.out, Position{Ticket: t.ID, N: n})
		}
		if d.cfg.Announce > 0 {
			heap.Push(&d.due, due{d.now.Add(d.cfg.Announce), t})
		}
	}
}

// Snapshot is the desk at now.
func (d *Desk) Snapshot(time.Time) Snapshot {
	s := Snapshot{Waiting: make([]Waiting, 0, d.count), Operators: make([]OperatorStatus, 0, len(d.names))}
	for _, class := range d.classes {
		for _, t := range d.waiting[class] {
			w := Waiting{Ticket: t.Ticket, Position: len(s.Waiting) + 1}
			if t.operator != nil {
				w.Offered = t.operator.name
			}
			s.Waiting = append(s.Waiting, w)
		}
	}
	for _, name := range d.names {
		o := d.operators[name]
		st := OperatorStatus{Name: name, State: o.state, Since: o.since, Missed: o.missed}
		if o.ticket != nil {
			st.Ticket = o.ticket.ID
		}
		s.Operators = append(s.Operators, st)
	}
	return s
}

// due is a ticket's next announcement.
type due struct {
	at     time.Time
	ticket *ticket
}

type dueHeap []due

func (h dueHeap) Len() int           { return len(h) }
func (h dueHeap) Less(i, j int) bool { return h[i].at.Before(h[j].at) }
func (h dueHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }

// Push is for package heap.
func (h *dueHeap) Push(x any) { *h = append(*h, x.(due)) } //nolint:forcetypeassert // see announce

// Pop is for package heap.
func (h *dueHeap) Pop() any {
	old := *h
	last := old[len(old)-1]
	*h = old[:len(old)-1]
	return last
}
