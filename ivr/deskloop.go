package ivr

import (
	"context"
	"time"

	"pronto/ivr/desk"
	"pronto/ivr/phone"
)

// deskLoop is the goroutine around the desk.
type deskLoop struct {
	desk    *desk.Desk
	box     *phone.Mailbox[any] // desk.Event, asked or chan desk.Snapshot
	out     func(ticket string, a desk.Action)
	record  func(desk.Record)
	changed *pulse
	version uint64 // of the desk when changed was told last
}

// asked is an event whose refusal its sender waits for.
type asked struct {
	ev    desk.Event
	reply chan desk.Denial // holds one; "" is done
}

func newDeskLoop(cfg desk.Config, out func(string, desk.Action), record func(desk.Record), changed *pulse) *deskLoop {
	return &deskLoop{desk: desk.New(cfg), box: phone.NewMailbox[any](), out: out, record: record, changed: changed}
}

func (d *deskLoop) put(ev desk.Event) { d.box.Put(ev) }

func (d *deskLoop) run(ctx context.Context) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		if next := d.desk.Next(); next.IsZero() {
			timer.Stop()
		} else {
			timer.Reset(time.Until(next))
		}
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
			d.handle(desk.Tick{})
		case <-d.box.Wake():
			for _, m := range d.box.Take() {
				d.take(m)
			}
		}
	}
}

func (d *deskLoop) take(m any) {
	switch m := m.(type) {
	case desk.Event:
		d.handle(m)
	case asked:
		m.reply <- d.handle(m.ev)
	case chan desk.Snapshot:
		m <- d.desk.Snapshot(time.Now())
	}
}

// handle lets the desk decide, tells the calls and has written down what is to be. It returns why an operator's request was
// refused, if it was.
func (d *deskLoop) handle(ev desk.Event) (denied desk.Denial) {
	for _, a := range d.desk.Handle(ev, time.Now()) {
		switch a := a.(type) {
		case desk.Record:
			d.record(a)
		case desk.Denied:
			denied = a.Why
			d.out(a.Ticket, a)
		default:
			d.out(ticketOf(a), a)
		}
	}
	if v := d.desk.Version(); v != d.version {
		d.version = v
		d.changed.beat()
	}
	return denied
}

// ask puts an event and waits until the desk has taken it.
func (d *deskLoop) ask(ctx context.Context, ev desk.Event) (desk.Denial, error) {
	reply := make(chan desk.Denial, 1)
	d.box.Put(asked{ev: ev, reply: reply})
	select {
	case denied := <-reply:
		return denied, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// snapshot asks the desk's goroutine how things stand.
func (d *deskLoop) snapshot(ctx context.Context) (desk.Snapshot, error) {
	reply := make(chan desk.Snapshot, 1)
	d.box.Put(reply)
	select {
	case s := <-reply:
		return s, nil
	case <-ctx.Done():
		return desk.Snapshot{}, ctx.Err()
	}
}

func ticketOf(a desk.Action) string {
	switch a := a.(type) {
	case desk.Offer:
		return a.Ticket
	case desk.Withdraw:
		return a.Ticket
	case desk.Connect:
		return a.Ticket
	case desk.Announce:
		return a.Ticket
	case desk.Refuse:
		return a.Ticket
	case desk.Fetch:
		return a.Ticket
	case desk.Kept:
		return a.Ticket
	case desk.Engaged:
		return a.Ticket
	}
	return ""
}
