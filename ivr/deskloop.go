package ivr

import (
	"context"
	"time"

	"pronto/ivr/desk"
	"pronto/ivr/phone"
)

// deskLoop is the goroutine around the desk.
type deskLoop struct {
	desk *desk.Desk
	box  *phone.Mailbox[any] // desk.Event or chan desk.Snapshot
	out  func(ticket string, a desk.Action)
}

func newDeskLoop(cfg desk.Config, out func(string, desk.Action)) *deskLoop {
	return &deskLoop{desk: desk.New(cfg), box: phone.NewMailbox[any](), out: out}
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
				switch m := m.(type) {
				case desk.Event:
					d.handle(m)
				case chan desk.Snapshot:
					m <- d.desk.Snapshot(time.Now())
				}
			}
		}
	}
}

func (d *deskLoop) handle(ev desk.Event) {
	for _, a := range d.desk.Handle(ev, time.Now()) {
		d.out(ticketOf(a), a)
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
	case desk.Position:
		return a.Ticket
	case desk.Refuse:
		return a.Ticket
	}
	return ""
}
