package desk

import (
	"container/heap"
	"time"
)

// schedule sets a ticket's next announcement: FirstAnnounce after it was drawn, then every Announce from there. Counting
// from Since keeps the announcements of many spread out after a restart, as they were before.
func (d *Desk) schedule(t *ticket) {
	if d.cfg.Announce <= 0 || t.Kind != Live {
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

// announce tells what is due. One whose operator's phone rings already hears nothing, nor does one who is away. A place
// never grows.
func (d *Desk) announce() {
	for len(d.due) > 0 && !d.due[0].at.After(d.now) {
		e := heap.Pop(&d.due).(due) //nolint:forcetypeassert // the heap holds nothing else
		t := e.ticket
		if d.tickets[t.ID] != t || t.group == nil || !e.at.Equal(t.due) {
			continue
		}
		t.due = time.Time{}
		if len(t.rings) == 0 && !t.away {
			d.tell(t)
		}
		d.schedule(t)
	}
}

// tell tells a ticket its place and how long it will wait.
func (d *Desk) tell(t *ticket) {
	n := d.queue.place(t)
	if t.told > 0 {
		n = min(n, t.told)
	}
	t.told = n
	band := -1
	if len(d.cfg.Bands) > 0 {
		band = d.promise(t)
	}
	d.version++
	d.do(Announce{Ticket: t.ID, Position: n, Band: band})
}

// promise is the band that a ticket's wait will be in, -1 if nothing can be said. What is said first is kept to be
// compared with what comes of it.
func (d *Desk) promise(t *ticket) int {
	g := d.guess(t)
	if g == nil {
		return -1
	}
	r, ok := d.load.spread(g)
	if n := len(t.guesses); n == 0 || g.depth+1 < t.guesses[n-1].depth*nearer {
		t.guesses = append(t.guesses, *g) // those between would say the same again
	}
	if !ok {
		return -1
	}
	best := -1
	for i, b := range d.cfg.Bands {
		if b.Low <= r.low && r.high <= b.High && (best < 0 || b.High-b.Low < d.cfg.Bands[best].High-d.cfg.Bands[best].Low) {
			best = i
		}
	}
	if best >= 0 && t.promise == nil {
		t.promise = &Promise{
			Ticket: t.ID, Band: best, Low: d.cfg.Bands[best].Low, High: d.cfg.Bands[best].High, Estimate: r.middle, At: d.now,
		}
		d.record(*t.promise)
	}
	return best
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
