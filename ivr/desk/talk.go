package desk

import "time"

// joinTalking takes over a conversation found after a restart.
func (d *Desk) joinTalking(t *ticket) {
	d.version++
	d.tickets[t.ID] = t
	t.talking = true
	o := d.operator(t.Operator)
	if !o.possible(found) {
		return // with another one: only one of them can be real, and its end frees him
	}
	d.found(o, t, ReasonFound)
}

// found makes a conversation an operator's.
func (d *Desk) found(o *operator, t *ticket, why Reason) {
	if o.state == Ringing {
		d.withdraw(o, ResultFound)
	}
	o.wrapUntil = time.Time{}
	o.ticket, o.offer, t.owner = t, 0, o
	d.turn(o, found, why)
}

func (d *Desk) over(id, name string) {
	if o := d.operators[name]; o != nil && o.engaged {
		d.disengage(name, id)
		return
	}
	t := d.tickets[id]
	if t == nil || !t.talking || (t.owner != nil && t.owner.name != name) {
		return
	}
	d.endTalk(t, false)
}

// endTalk ends a conversation; the operator's next call goes out in the same Handle unless he wraps up.
func (d *Desk) endTalk(t *ticket, unjoined bool) {
	d.version++
	delete(d.tickets, t.ID)
	switch o := t.owner; {
	case o == nil:
	case unjoined:
		d.turn(o, ended, ReasonUnjoined)
	default:
		d.finish(o, ReasonOver)
	}
}

// finish lets an operator wrap up.
func (d *Desk) finish(o *operator, why Reason) {
	o.missed, o.unjoined, o.idle = 0, 0, d.now
	d.load.done++
	if wrap := d.wrapUp(o); wrap > 0 && !o.done && o.login != LoginOut {
		o.wrapUntil = d.now.Add(wrap)
	}
	d.turn(o, ended, why)
}

// tried: the citizen of a callback was not reached.
func (d *Desk) tried(ev Tried) {
	t := d.tickets[ev.Ticket]
	if t == nil || !t.talking || t.Kind != Callback {
		return
	}
	o := t.owner
	t.talking, t.owner = false, nil
	if ev.Again.IsZero() {
		d.version++
		delete(d.tickets, t.ID)
	} else {
		t.NotBefore, t.came, t.cause = ev.Again, d.now, retried
		d.enqueue(t)
	}
	if o != nil {
		d.turn(o, ended, ReasonTried)
	}
}

// reached: a callback has become a call.
func (d *Desk) reached(ev Reached) {
	t := d.tickets[ev.Ticket]
	if t == nil || !t.talking || t.Kind != Callback || d.tickets[ev.Call] != nil {
		return
	}
	d.version++
	delete(d.tickets, t.ID)
	t.ID, t.Kind = ev.Call, Live
	d.tickets[t.ID] = t
	if t.owner != nil {
		d.noteAll(t.owner, ReasonReached)
	}
}

// requeue puts a ticket back into the queue, or to another place in it.
func (d *Desk) requeue(ev Requeue) {
	t := d.tickets[ev.Ticket]
	if t == nil {
		return
	}
	o := t.owner
	if t.talking {
		t.talking, t.owner = false, nil
	} else {
		d.dequeue(t, ResultCallerOut)
	}
	if ev.Topic != "" {
		t.Topic, t.Class, t.Skills = ev.Topic, ev.Class, ev.Skills
	}
	if ev.Language != "" {
		t.Language = ev.Language
	}
	t.came, t.cause, t.away = d.now, requeued, false
	d.bind(t, ev.For)
	d.enqueue(t)
	switch {
	case o == nil:
	case ev.Why == RequeueDropped:
		o.idle = d.now
		d.turn(o, ended, ReasonRequeue)
		d.letRest(o)
	default:
		d.finish(o, ReasonRequeue)
	}
}

// engaging takes an operator for a colleague, or finds him taken.
func (d *Desk) engaging(o *operator, ev Engage, what turnOf) {
	if why := denial(o, what); why != "" {
		d.do(Denied{Operator: ev.Operator, Ticket: ev.Ticket, Why: why})
		return
	}
	t := d.tickets[ev.Ticket]
	if t == nil {
		t = &ticket{Ticket: Ticket{ID: ev.Ticket}} // a call of a supervisor's own
	}
	if o.state == Ringing {
		d.withdraw(o, ResultFound)
	}
	o.ticket, o.engaged = t, true
	d.turn(o, what, ReasonEngaged)
	d.do(Engaged{Operator: o.name, Ticket: ev.Ticket})
}

// denial is why something can not happen to an operator; "" if it can.
func denial(o *operator, what turnOf) Denial {
	switch {
	case o == nil:
		return DeniedUnknown
	case o.possible(what):
		return ""
	case o.state == Offline:
		return DeniedOffline
	case o.state == Paused:
		return DeniedPaused
	}
	return DeniedBusy
}

func (d *Desk) disengage(name, ticket string) {
	o := d.operators[name]
	if o == nil || !o.engaged || o.ticket.ID != ticket {
		return
	}
	o.idle = d.now
	d.turn(o, ended, ReasonOver)
}

func (d *Desk) transfer(ev Transfer) {
	t, from, to := d.tickets[ev.Ticket], d.operators[ev.From], d.operators[ev.To]
	if t == nil || !t.talking || from == nil || t.owner != from || to == from {
		d.do(Denied{Operator: ev.From, Ticket: ev.Ticket, Why: DeniedUnknown})
		return
	}
	if to != nil && to.engaged && to.ticket == t {
		to.engaged, to.offer, t.owner = false, 0, to
		d.noteAll(to, ReasonTransfer)
		d.finish(from, ReasonTransfer)
		return
	}
	if why := denial(to, engaged); why != "" {
		d.do(Denied{Operator: ev.To, Ticket: ev.Ticket, Why: why})
		return
	}
	d.found(to, t, ReasonTransfer)
	d.finish(from, ReasonTransfer)
}
