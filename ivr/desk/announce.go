package desk

import (
	"container/heap"
	"time"
)

// schedule sets a ticket's next announcement: FirstAnnounce after it was drawn, then every Announce from there. Counting
// from Since keeps the announcements of many spread out after a restart, as they were before.
func (d *Desk) schedule(t *ticket) {
	if d.cfg.Announce <= 0 {
		t.due = time.Time{}
		return
	}
	at := t.Since.Add(FirstAnnounce)
	if !at.After(d.now) {
		at = at.Add((d.now.Sub(at)/d.cfg.Announce + 1) * d.cfg.Announce)
	}
	if at.Equal(t.due) {
		return // an entry of the heap says so already
	}
	t.due = at
	heap.Push(&d.due, due{at, t})
}

// announce tells positions that are due. One whose operator's phone rings already hears none. A place never grows.
func (d *Desk) announce() {
	for len(d.due) > 0 && !d.due[0].at.After(d.now) {
		e := heap.Pop(&d.due).(due) //nolint:forcetypeassert // the heap holds nothing else
		t := e.ticket
		if d.tickets[t.ID] != t || t.talking || !e.at.Equal(t.due) {
			continue
		}
		t.due = time.Time{}
		if t.operator == nil {
			n := d.queue.place(t)
			if t.told > 0 {
				n = min(n, t.told)
			}
			t.told = n
			d.out = append(d.out, Position{Ticket: t.ID, N: n})
		}
		d.schedule(t)
	}
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
