package rehearsal

import (
	"cmp"
	"slices"
	"time"

	"pronto/ivr/desk"
)

func (d *day) nextCrash() {
	if d.Crashes <= 0 {
		return
	}
	wait := time.Duration(d.chance.ExpFloat64() / d.Crashes * float64(24*time.Hour))
	d.after(wait, func() {
		d.crash()
		d.nextCrash()
	})
}

// crash throws the desk away. The calls stay on their switch, and go on without it.
func (d *day) crash() {
	if d.desk == nil {
		return
	}
	d.report.Crashes++
	d.desk = nil
	d.pending = d.pending[:0]
	for _, o := range d.operators {
		o.rings = desk.Offer{} // the next process hangs up what rings
	}
	d.after(d.draw(d.Down), d.resume)
}

// resume builds the desk anew from what outlives the process: what was recorded of the operators, the calls that the
// switch still has, and the telephones that are there.
func (d *day) resume() {
	watch := d.watch
	d.watch = nil // until all is known again
	defer func() { d.watch = watch }()
	d.desk = desk.New(d.Desk)
	d.tell(desk.Staff{Roster: d.roster()})
	for _, o := range d.operators {
		d.tell(desk.Restore{Last: o.last})
	}
	var found []desk.Ticket
	for _, c := range d.waitingNow() {
		t := c.ticket
		t.Told, t.Promised, t.Away = c.told, c.promised, c.phase == elsewhere
		found = append(found, t)
	}
	for _, o := range d.operators {
		if o.talks != nil {
			t := o.talks.ticket
			t.Operator, t.Told = o.Name, o.talks.told
			found = append(found, t)
		}
	}
	var engaged []desk.Engage
	for _, o := range d.operators {
		if o.helps != nil {
			engaged = append(engaged, desk.Engage{Operator: o.Name, Ticket: o.helps.ticket.ID})
		}
	}
	d.tell(desk.Found{Tickets: found, Engaged: engaged})
	for _, o := range d.operators {
		if o.on {
			d.tell(desk.OperatorOn{Operator: o.Name})
		}
		// What an operator asked for meanwhile, he asks for again.
		switch {
		case !o.in && o.last.Login == desk.LoginIn:
			d.tell(desk.LogOut{Operator: o.Name})
		case o.in && o.last.Login != desk.LoginIn:
			d.tell(desk.LogIn{Operator: o.Name})
		}
		if o.in && o.pauses != (o.last.Pause != "") {
			if o.pauses {
				d.tell(desk.Pause{Operator: o.Name, Reason: "pause"})
			} else {
				d.tell(desk.BeReady{Operator: o.Name})
			}
		}
	}
}

// waitingNow is who waits, in the order of coming.
func (d *day) waitingNow() []*caller {
	list := make([]*caller, 0, len(d.waiting))
	for c := range d.waiting {
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b *caller) int {
		return cmp.Or(a.ticket.Since.Compare(b.ticket.Since), cmp.Compare(len(a.ticket.ID), len(b.ticket.ID)), cmp.Compare(a.ticket.ID, b.ticket.ID))
	})
	return list
}
