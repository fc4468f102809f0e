package rehearsal

import (
	"strconv"
	"time"

	"pronto/ivr/desk"
)

// phase is where a caller stands.
type phase int

const (
	waits phase = iota
	elsewhere
	talks
	gone
)

// caller is one call, or one callback.
type caller struct {
	ticket   desk.Ticket
	phase    phase
	arrived  time.Time
	stage    int // counts up: what was planned for a stage before does not happen any more
	told     int
	promised *desk.Promise
	talksTo  *operator
	tries    int
	decided  bool // whether to ask for a callback
	again    bool // dials again after being cut
	rounds   int  // conversations so far
}

// then plans something for a caller that happens only if nothing else does before.
func (d *day) then(c *caller, wait time.Duration, do func()) {
	stage := c.stage
	d.after(wait, func() {
		if c.stage == stage {
			do()
		}
	})
}

// turns moves a caller to another phase.
func (d *day) turns(c *caller, p phase) {
	if c.phase == gone {
		d.report.fault("%s ends twice", c.ticket.ID)
	}
	c.stage++
	c.phase = p
	if p == waits || p == elsewhere {
		d.waiting[c] = struct{}{}
	} else {
		delete(d.waiting, c)
	}
}

// counts says that a caller came after the warm-up.
func (d *day) counts(c *caller) bool { return !c.arrived.Before(d.Begin.Add(d.WarmUp)) }

func (d *day) newCaller(t desk.Ticket) *caller {
	t.ID = "c" + strconv.Itoa(len(d.callers))
	c := &caller{ticket: t, arrived: d.now}
	d.callers = append(d.callers, c)
	return c
}

// arrives: somebody new calls.
func (d *day) arrives() {
	topic := d.Topics[d.draws(len(d.Topics), func(i int) float64 { return d.Topics[i].Weight })]
	language := d.Languages[d.draws(len(d.Languages), func(i int) float64 { return d.Languages[i].Weight })].Name
	c := d.newCaller(desk.Ticket{Topic: topic.Name, Class: topic.Class, Skills: topic.Skills, Language: language, Since: d.now})
	c.ticket.Caller = "person " + c.ticket.ID
	if d.counts(c) {
		d.report.offered(d.now)
	}
	d.joins(c)
}

// joins: a caller draws a ticket.
func (d *day) joins(c *caller) {
	d.turns(c, waits)
	d.tell(desk.Join{Ticket: c.ticket, Nobody: true})
	if d.desk == nil {
		c.ticket.Since = d.now // found when the process is back
	}
	if stop := d.impatient(c); stop > 0 {
		if !c.again && d.chanceOf(d.Habits.Cut) {
			d.after(time.Duration(float64(stop)*d.chance.Float64()), func() { d.cut(c) })
		}
		if d.chanceOf(d.Habits.Menu) {
			d.after(time.Duration(float64(stop)*d.chance.Float64()), func() { d.visits(c) })
		}
	}
}

// impatient plans a caller's giving up, whatever he does while he waits.
func (d *day) impatient(c *caller) time.Duration {
	if d.Patience.Mean <= 0 {
		return 0
	}
	stop, round := d.draw(d.Patience), c.rounds
	d.after(stop, func() {
		if c.rounds == round {
			d.givesUp(c)
		}
	})
	return stop
}

func (c *caller) isWaiting() bool { return c.phase == waits || c.phase == elsewhere }

func (d *day) givesUp(c *caller) {
	if !c.isWaiting() {
		return
	}
	d.turns(c, gone)
	if d.counts(c) {
		d.report.abandoned(d.now, d.now.Sub(c.arrived), c.rounds > 0)
	}
	d.tell(desk.Leave{Ticket: c.ticket.ID})
}

// cut: the line is cut. The caller dials again.
func (d *day) cut(c *caller) {
	if !c.isWaiting() {
		return
	}
	d.turns(c, gone)
	d.report.Cut++
	d.tell(desk.Leave{Ticket: c.ticket.ID, Unwanted: true})
	d.after(d.draw(d.Habits.Redial), func() {
		t := c.ticket
		t.Since = d.now
		again := d.newCaller(t)
		again.again, again.arrived = true, c.arrived
		d.joins(again)
	})
}

// visits: a caller who waits goes to the menu.
func (d *day) visits(c *caller) {
	if c.phase != waits {
		return
	}
	d.turns(c, elsewhere)
	d.report.Visits++
	d.tell(desk.Away{Ticket: c.ticket.ID})
	d.then(c, d.draw(d.Habits.Visit), func() { d.returns(c) })
}

// fetched: the caller's turn has come. Most come at once, some are leaving a message and come in their own time.
func (d *day) fetched(c *caller) {
	if c.phase != elsewhere {
		d.report.fault("%s is fetched and is not away", c.ticket.ID)
		return
	}
	if d.chance.IntN(4) > 0 {
		d.then(c, 20*time.Millisecond, func() { d.returns(c) })
	}
}

func (d *day) returns(c *caller) {
	d.turns(c, waits)
	d.tell(desk.Back{Ticket: c.ticket.ID})
}

// hears: the caller is told how he stands. Some ask to be called back.
func (d *day) hears(c *caller, a desk.Announce) {
	switch {
	case c.phase != waits:
		d.report.fault("%s is told its place and does not wait", c.ticket.ID)
	case c.told > 0 && a.Position > c.told:
		d.report.fault("%s stood at %d and is told %d", c.ticket.ID, c.told, a.Position)
	}
	c.told = a.Position
	d.report.Announced++
	if c.decided {
		return
	}
	c.decided = true
	if !d.chanceOf(d.Habits.Callback) {
		return
	}
	d.then(c, 2*time.Second, func() {
		d.turns(c, gone)
		d.report.Booked++
		d.tell(desk.Leave{Ticket: c.ticket.ID})
		t := c.ticket
		t.Kind, t.Caller, t.Told, t.Promised = desk.Callback, "", 0, nil
		back := d.newCaller(t)
		back.arrived, back.decided = c.arrived, true
		d.turns(back, waits)
		d.tell(desk.Join{Ticket: back.ticket, Again: true})
	})
}

func (d *day) refused(c *caller) {
	d.turns(c, gone)
	d.report.Refused++
}

// served: a conversation begins.
func (d *day) served(c *caller, o *operator) {
	if !c.isWaiting() {
		d.report.fault("%s is connected and does not wait", c.ticket.ID)
		return
	}
	d.turns(c, talks)
	c.talksTo, o.talks = o, c
	if c.ticket.Kind == desk.Callback && d.chanceOf(d.Habits.Unreached) {
		d.then(c, 20*time.Second, func() { d.unreached(c) })
		return
	}
	if d.counts(c) {
		d.report.served(d.now, d.now.Sub(c.arrived), c)
	}
	c.rounds++
	length := d.draw(d.Talk)
	d.plans(c, o, length)
	d.then(c, length, func() { d.hangsUp(c) })
}

// unreached: the citizen does not answer.
func (d *day) unreached(c *caller) {
	ev := desk.Tried{Ticket: c.ticket.ID}
	c.talksTo.talks, c.talksTo = nil, nil
	if c.tries++; c.tries < d.Habits.Tries {
		ev.Again = d.now.Add(d.Habits.Again)
		c.ticket.NotBefore = ev.Again
		d.turns(c, waits)
	} else {
		d.turns(c, gone)
		d.report.Unreached++
	}
	d.tell(ev)
}

// hangsUp ends a conversation, by one side or the other.
func (d *day) hangsUp(c *caller) {
	o := c.talksTo
	d.turns(c, gone)
	c.talksTo, o.talks = nil, nil
	if d.chance.IntN(2) == 0 {
		d.tell(desk.Leave{Ticket: c.ticket.ID})
	} else {
		d.tell(desk.Over{Ticket: c.ticket.ID, Operator: o.Name})
	}
}
