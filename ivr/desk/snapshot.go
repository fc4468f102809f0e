package desk

import "time"

// Version grows with each change of what Snapshot tells.
func (d *Desk) Version() uint64 { return d.version }

// Snapshot is the desk at now.
func (d *Desk) Snapshot(time.Time) Snapshot {
	s := Snapshot{
		Version: d.version, Waiting: make([]Waiting, 0, d.queue.count), Operators: make([]OperatorStatus, 0, len(d.order)),
		Counts: Counts{Operators: map[OperatorState]int{}},
	}
	for i, t := range d.queue.all() {
		w := t.status()
		w.Position = i + 1
		s.Waiting = append(s.Waiting, w)
		s.Counts.add(w)
	}
	for _, t := range d.later {
		s.Later = append(s.Later, t.status())
		s.Counts.Callbacks++
	}
	s.Counts.Talking = len(d.tickets) - d.queue.count - len(d.later)
	for state, n := range d.states {
		s.Counts.Operators[OperatorState(state)] = n
	}
	for _, o := range d.order {
		s.Operators = append(s.Operators, o.status())
	}
	return s
}

func (c *Counts) add(w Waiting) {
	if w.Ticket.Kind == Callback {
		c.Callbacks++
		return
	}
	c.Waiting++
	if w.Away {
		c.Away++
	}
	if c.Oldest.IsZero() || w.Ticket.Since.Before(c.Oldest) {
		c.Oldest = w.Ticket.Since
	}
}

func (t *ticket) status() Waiting {
	w := Waiting{Ticket: t.Ticket, Away: t.away, Overtaken: t.counts(), Promise: t.promise}
	w.Ticket.Told, w.Ticket.Away, w.Ticket.Promised = t.told, t.away, t.promise
	for _, o := range t.rings {
		w.Offers = append(w.Offers, o.name)
	}
	if len(w.Offers) > 0 {
		w.Offered = w.Offers[0]
	}
	return w
}

func (o *operator) status() OperatorStatus {
	st := OperatorStatus{
		Name: o.name, State: o.state, Since: o.since, Until: o.deadline, Pause: o.paused, LoggedIn: o.loggedIn(), Reachable: o.reachable(),
		Engaged: o.engaged, Missed: o.missed,
	}
	if o.ticket != nil {
		st.Ticket = o.ticket.ID
	}
	return st
}
