package rehearsal

import (
	"time"

	"pronto/ivr/desk"
)

// operator is one at work.
type operator struct {
	Shift
	index  int
	on     bool // the phone is there
	in     bool // at work
	rings  desk.Offer
	talks  *caller
	helps  *caller
	last   desk.Changed
	spent  [6]time.Duration // by state
	pauses bool             // wants no calls
	stage  int
}

func (d *day) roster() []desk.OperatorSpec {
	roster := make([]desk.OperatorSpec, 0, len(d.Team))
	for _, sh := range d.Team {
		roster = append(roster, sh.OperatorSpec)
	}
	return roster
}

// begin plans an operator's shifts.
func (d *day) begin(o *operator) {
	o.last = desk.Changed{Operator: o.Name, At: d.now}
	if o.From == 0 && o.To == 0 {
		d.starts(o)
		return
	}
	for n := -1; n < d.Days; n++ {
		day := d.Begin.AddDate(0, 0, n)
		if from := day.Add(o.From); !from.Before(d.now) {
			d.at(from, func() { d.starts(o) })
		} else if day.Add(o.To).After(d.now) {
			d.starts(o)
		}
		if to := day.Add(o.To); !to.Before(d.now) {
			d.at(to, func() { d.stopsWork(o) })
		}
	}
}

func (d *day) starts(o *operator) {
	o.in, o.on, o.pauses = true, true, false
	o.stage++
	d.tell(desk.OperatorOn{Operator: o.Name})
	d.tell(desk.LogIn{Operator: o.Name})
	d.worksOn(o)
	if d.Habits.Remote.Mean > 0 {
		d.atWork(o, d.draw(d.Habits.Remote), func() { d.phoneGoes(o) })
	}
}

func (d *day) stopsWork(o *operator) {
	o.in = false
	o.stage++
	d.tell(desk.LogOut{Operator: o.Name})
}

// atWork plans something for an operator that happens if he still works then.
func (d *day) atWork(o *operator, wait time.Duration, do func()) {
	stage := o.stage
	d.after(wait, func() {
		if o.stage == stage {
			do()
		}
	})
}

// worksOn: until a pause.
func (d *day) worksOn(o *operator) {
	if d.Habits.Every.Mean <= 0 {
		return
	}
	d.atWork(o, d.draw(d.Habits.Every), func() {
		o.pauses = true
		d.tell(desk.Pause{Operator: o.Name, Reason: "pause"})
		d.atWork(o, d.draw(d.Habits.Break), func() {
			o.pauses = false
			d.tell(desk.BeReady{Operator: o.Name})
			d.worksOn(o)
		})
	})
}

// phoneGoes: the telephone is not there for a while.
func (d *day) phoneGoes(o *operator) {
	away := d.draw(d.Habits.Remote)
	o.on = false
	o.rings = desk.Offer{}
	d.tell(desk.OperatorOff{Operator: o.Name})
	d.atWork(o, away/10, func() {
		o.on = true
		d.tell(desk.OperatorOn{Operator: o.Name})
		d.atWork(o, away, func() { d.phoneGoes(o) })
	})
}

// rings: an operator's phone rings.
func (d *day) rings(a desk.Offer) {
	o := d.byName[a.Operator]
	switch {
	case o.rings != desk.Offer{} || o.talks != nil || o.helps != nil:
		d.report.fault("%s is offered %s and has a call", o.Name, a.Ticket)
	case !d.caller(a.Ticket).isWaiting():
		d.report.fault("%s is offered and does not wait", a.Ticket)
	}
	o.rings = a
	d.report.Offers++
	switch {
	case d.chanceOf(d.Habits.Misses):
	case d.chanceOf(d.Habits.Rejects):
		d.answers(o, a, func() {
			o.rings = desk.Offer{}
			d.tell(desk.Decline{Ticket: a.Ticket, Operator: a.Operator, Offer: a.Offer, Why: desk.WhyRejected})
		})
	default:
		d.answers(o, a, func() { d.tell(desk.Accept(a)) })
	}
}

// answers does something about an offer, if it still rings then.
func (d *day) answers(o *operator, a desk.Offer, do func()) {
	if d.Habits.Answer.Mean <= 0 {
		do() // at this very instant
		return
	}
	d.after(d.draw(d.Habits.Answer), func() {
		if o.rings == a {
			do()
		}
	})
}

func (d *day) stops(a desk.Withdraw) {
	o := d.byName[a.Operator]
	if o.rings == desk.Offer(a) {
		o.rings = desk.Offer{}
	}
}

func (d *day) connects(a desk.Connect) {
	o := d.byName[a.Operator]
	if o.rings != desk.Offer(a) || o.talks != nil {
		d.report.fault("%s is connected with %s whom it was not offered", o.Name, a.Ticket)
	}
	o.rings = desk.Offer{}
	d.served(d.caller(a.Ticket), o)
}

// plans is what happens in a conversation: a colleague is asked, or the caller goes back to the queue.
func (d *day) plans(c *caller, o *operator, length time.Duration) {
	middle := time.Duration(float64(length) * d.chance.Float64())
	switch {
	case d.chanceOf(d.Habits.Consult):
		d.then(c, middle, func() { d.consults(c, o) })
	case c.tries == 0 && d.chanceOf(d.Habits.Return):
		c.tries++ // once
		d.then(c, middle, func() { d.sendsBack(c) })
	}
}

// consults asks the first colleague who is ready.
func (d *day) consults(c *caller, o *operator) {
	for _, to := range d.operators {
		if to == o || to.last.To != desk.Ready || d.desk == nil {
			continue
		}
		d.tell(desk.Engage{Operator: to.Name, Ticket: c.ticket.ID})
		if to.helps != c {
			continue
		}
		d.report.Consulted++
		d.after(30*time.Second, func() { d.consulted(c, o, to) })
		return
	}
}

// consulted: the colleague goes, or has the conversation from now on.
func (d *day) consulted(c *caller, from, to *operator) {
	if to.helps != c {
		return
	}
	if c.talksTo != from || d.chance.IntN(2) == 0 {
		to.helps = nil
		d.tell(desk.Disengage{Operator: to.Name, Ticket: c.ticket.ID})
		return
	}
	to.helps, from.talks = nil, nil
	to.talks, c.talksTo = c, to
	d.tell(desk.Transfer{Ticket: c.ticket.ID, From: from.Name, To: to.Name})
}

// sendsBack hands the caller over to a topic or to an operator, or is lost in the middle.
func (d *day) sendsBack(c *caller) {
	ev := desk.Requeue{Ticket: c.ticket.ID, Why: desk.RequeueTransfer}
	switch d.chance.IntN(3) {
	case 0:
		t := d.Topics[d.chance.IntN(len(d.Topics))]
		ev.Topic, ev.Class, ev.Skills = t.Name, t.Class, t.Skills
		c.ticket.Topic, c.ticket.Class, c.ticket.Skills = t.Name, t.Class, t.Skills
	case 1:
		ev.For = d.operators[d.chance.IntN(len(d.operators))].Name
	default:
		ev.Why = desk.RequeueDropped
	}
	d.report.Requeued++
	c.talksTo.talks, c.talksTo = nil, nil
	c.ticket.For = ev.For
	c.arrived = d.now
	d.turns(c, waits)
	d.tell(ev)
	d.impatient(c)
}

// record writes down what the desk wants written down.
func (d *day) record(r desk.Record) {
	switch r := r.(type) {
	case desk.Changed:
		d.changed(r)
	case desk.OfferEnded:
		d.report.Results[r.Result]++
	case desk.Overtaken:
		d.report.Overtaken[r.Reason]++
	case desk.Promise:
		d.caller(r.Ticket).promised = &r
		d.report.Promised++
	case desk.PromiseEnd:
		c := d.caller(r.Ticket)
		d.report.promiseEnd(*c.promised, r)
		c.promised = nil
	case desk.Unbound:
		d.caller(r.Ticket).ticket.For = ""
	case desk.Waited:
	}
}

// changed keeps an operator's day: each second of it is in one state.
func (d *day) changed(c desk.Changed) {
	o := d.byName[c.Operator]
	if c.From != o.last.To || c.At.Before(o.last.At) {
		d.report.fault("%s: %s follows %s", o.Name, c.From, o.last.To)
	}
	d.spend(o, c.At)
	o.last = c
	if c.To == desk.WrapUp && d.chanceOf(d.Habits.Early) {
		ticket := c.Ticket
		d.atWork(o, 5*time.Second, func() { d.tell(desk.Wrapped{Operator: o.Name, Ticket: ticket}) })
	}
	if c.To == desk.Paused && c.Reason == desk.ReasonMissed { // seen after a while
		d.atWork(o, time.Minute, func() { d.tell(desk.BeReady{Operator: o.Name}) })
	}
}

// spend counts the time until t as spent in the state that an operator is in.
func (d *day) spend(o *operator, t time.Time) {
	dt := t.Sub(o.last.At)
	o.spent[o.last.To] += dt
	d.report.spend(o.last.To, o.last.At, t)
	o.last.At = t
}
