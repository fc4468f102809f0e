package desk

import (
	"slices"
	"time"
)

// offer rings an operator for a ticket.
func (d *Desk) offer(t *ticket, o *operator, r rules) {
	d.offers++
	o.ticket, o.offer, o.offered = t, d.offers, d.now
	d.turn(o, offered, ReasonOffer)
	o.deadline = d.now.Add(max(d.cfg.Ring, minRing))
	if o.spec.Outside {
		o.deadline = o.deadline.Add(TakeFor)
	}
	d.do(Offer{Ticket: t.ID, Operator: o.name, Offer: o.offer})
	d.overtake(t, o, r)
	t.offers++
	i, _ := slices.BinarySearchFunc(t.rings, o.name, byName)
	t.rings = slices.Insert(t.rings, i, o)
}

// withdraw takes back the offer that an operator's phone rings for; what he does next is the caller's to say.
func (d *Desk) withdraw(o *operator, why Result) {
	d.do(Withdraw{Ticket: o.ticket.ID, Operator: o.name, Offer: o.offer})
	d.offerEnded(o, why)
}

func (d *Desk) offerEnded(o *operator, result Result) {
	t := o.ticket
	if i := slices.Index(t.rings, o); i >= 0 {
		t.rings = slices.Delete(t.rings, i, i+1)
	}
	d.record(OfferEnded{Operator: o.name, Ticket: t.ID, Offer: o.offer, Result: result, Rang: d.now.Sub(o.offered)})
}

// accept: what the operator did to deserve a rest is forgotten when the conversation ends, not here: a phone that
// answers and drops every call must not be tried without pause.
func (d *Desk) accept(ev Accept) {
	t, o := d.tickets[ev.Ticket], d.operators[ev.Operator]
	if t == nil || o == nil || o.offer != ev.Offer || !slices.Contains(t.rings, o) {
		d.do(Withdraw(ev))
		return
	}
	d.do(Connect(ev))
	d.offerEnded(o, ResultAccepted)
	d.dequeue(t, ResultElsewhere)
	d.load.accept(t, d.now)
	d.waited(t, o.name)
	d.turn(o, accepted, Reason(ResultAccepted))
	t.talking, t.owner, t.due = true, o, time.Time{}
}

func (d *Desk) decline(ev Decline) {
	t, o := d.tickets[ev.Ticket], d.operators[ev.Operator]
	if t == nil || o == nil || o.offer != ev.Offer {
		return
	}
	switch {
	case t.talking && t.owner == o:
		t.talking, t.owner, t.came, t.cause = false, nil, d.now, requeued
		d.enqueue(t)
	case slices.Contains(t.rings, o):
		d.offerEnded(o, Result(ev.Why))
	default:
		return
	}
	if ev.Why != WhyUnjoined {
		d.missedOffer(o, Reason(ev.Why))
		return
	}
	o.idle = d.now // another is tried first, if there is one
	o.unjoined++
	d.turn(o, ended, ReasonUnjoined)
	if o.unjoined+o.missed > 1 {
		d.letRest(o)
	}
}

// missedOffer lets the operator rest, or pauses him. The ticket has kept its place.
func (d *Desk) missedOffer(o *operator, why Reason) {
	o.missed++
	o.idle = d.now
	if d.cfg.Misses > 0 && o.missed >= d.cfg.Misses && o.paused == "" {
		o.paused, why = PauseMissed, ReasonMissed
	}
	d.turn(o, ended, why)
	d.letRest(o)
}

// letRest keeps an operator from being offered anything for a while.
func (d *Desk) letRest(o *operator) {
	if o.state == Ready {
		o.deadline = d.now.Add(min(Rest*time.Duration(max(1, o.missed+o.unjoined)), MaxRest))
	}
}
