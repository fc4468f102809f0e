package desk

import (
	"slices"
	"time"
)

// rules are what matching depends on beside who waits and who is free.
type rules struct {
	cfg  *Config
	last string // who was offered a ticket last: round robin
}

// pair is an offer to be made.
type pair struct {
	t *ticket
	o *operator
}

// head is a list of tickets in order of which the first that can be offered is next. Of a group; or one ticket that is
// bound to an operator.
type head struct {
	list  []*ticket
	bound bool
}

// match is who is to be offered to whom: each ticket in order to an operator who is free and has what it wants, until no
// operator is free or none of them has what any of the others want. again is when one of these will ask for less. It
// changes nothing but the slices free and heads, which are the caller's to use again.
func match(q *queue, bound []*ticket, free []*operator, heads []head, r rules, now time.Time) (pairs []pair, again time.Time) {
	for _, g := range q.groups {
		if len(g.list) > 0 {
			heads = append(heads, head{list: g.list})
		}
	}
	for i, t := range bound {
		if t.group != nil {
			heads = append(heads, head{list: bound[i : i+1], bound: true})
		}
	}
	for len(free) > 0 {
		h := nextHead(heads, r.cfg.Strategy == RingAll)
		if h == nil {
			return pairs, again
		}
		t := h.list[0]
		chosen := r.choose(t, free, now)
		if len(chosen) == 0 {
			if at := r.asksLess(t, now); !at.IsZero() && (again.IsZero() || at.Before(again)) {
				again = at
			}
			h.list = nil
			continue
		}
		h.list = h.list[1:]
		for _, o := range chosen {
			pairs = append(pairs, pair{t, o})
			r.last = o.name
			free = slices.DeleteFunc(free, func(f *operator) bool { return f == o })
		}
	}
	return pairs, time.Time{}
}

// nextHead is the list whose first ticket that can be offered is before those of the others. It stands at its front then.
func nextHead(heads []head, ringAll bool) *head {
	var best *head
	for i := range heads {
		h := &heads[i]
		for len(h.list) > 0 {
			t := h.list[0]
			rings := len(t.rings) > 0 && (!ringAll || t.away)
			if !rings && !t.fetched && (t.forOp != nil) == h.bound {
				break
			}
			h.list = h.list[1:]
		}
		if len(h.list) > 0 && (best == nil || h.list[0].rank.compare(best.list[0].rank) < 0) {
			best = h
		}
	}
	return best
}

// choose is the operators, of those who are free, to offer a ticket to. More than one only to ring all; for a caller
// who must be fetched first, one.
func (r rules) choose(t *ticket, free []*operator, now time.Time) []*operator {
	w := r.wants(t, now)
	if r.cfg.Strategy == RingAll && !t.away {
		var all []*operator
		for _, o := range free {
			if w.obstacle(o) == none {
				all = append(all, o)
			}
		}
		return all
	}
	var best *operator
	for _, o := range free {
		if w.obstacle(o) == none && (best == nil || r.before(o, best)) {
			best = o
		}
	}
	if best == nil {
		return nil
	}
	return []*operator{best}
}

// before says that a is to be chosen before b, who comes before a by name.
func (r rules) before(a, b *operator) bool {
	switch r.cfg.Strategy {
	case RoundRobin:
		return a.name > r.last && b.name <= r.last
	case Tiers:
		if a.tier() != b.tier() {
			return a.tier() < b.tier()
		}
	case LongestIdle, RingAll:
	}
	return a.idle.Before(b.idle)
}

func (o *operator) tier() int { return max(1, o.spec.Tier) }

// want is what a ticket asks of an operator at an instant.
type want struct {
	only    *operator // bound to him
	lacks   []lack    // of the operators
	without lack      // what it does without
	tier    int       // the last that may be asked; 0: any
}

func (r rules) wants(t *ticket, now time.Time) want {
	w := want{only: t.forOp, lacks: t.group.lacks}
	waited := now.Sub(t.Since)
	for _, step := range r.cfg.Relax {
		if waited >= step.After {
			w.without |= step.drops()
		}
	}
	if r.tiered() {
		w.tier = 1 + int(max(0, waited)/r.cfg.TierAfter)
	}
	return w
}

// obstacle is what keeps an operator from the ticket.
func (w want) obstacle(o *operator) barrier {
	if w.only != nil {
		if w.only != o {
			return isBound
		}
		return none // whoever handed it over knew whom to
	}
	switch lacks := w.lacks[o.index] &^ w.without; {
	case lacks&lackSkills != 0:
		return noSkills
	case lacks&lackLanguage != 0:
		return noLang
	case w.tier > 0 && o.tier() > w.tier:
		return noTier
	}
	return none
}

func (s Relax) drops() lack {
	switch s.Without {
	case WithoutLanguage:
		return lackLanguage
	case WithoutTopic:
		return lackSkills
	}
	return 0
}

func (r rules) tiered() bool { return r.cfg.Strategy == Tiers && r.cfg.TierAfter > 0 }

// asksLess is when a ticket will next ask less of operators; zero if never.
func (r rules) asksLess(t *ticket, now time.Time) time.Time {
	waited := now.Sub(t.Since)
	var after time.Duration
	for _, step := range r.cfg.Relax {
		if step.After > waited && (after == 0 || step.After < after) {
			after = step.After
		}
	}
	if r.tiered() {
		tier := (max(0, waited)/r.cfg.TierAfter + 1) * r.cfg.TierAfter
		if tier <= maxTier*r.cfg.TierAfter && (after == 0 || tier < after) {
			after = tier
		}
	}
	if after == 0 {
		return time.Time{}
	}
	return t.Since.Add(after)
}

// maxTier is the last tier that is waited for: no line has more.
const maxTier = 100

// match offers what can be offered.
func (d *Desk) match() {
	d.relaxAt = time.Time{}
	if d.queue.count == 0 {
		return
	}
	free := d.free[:0]
	for _, o := range d.order {
		if o.state == Ready && o.deadline.IsZero() {
			free = append(free, o)
		}
	}
	d.free = free
	if len(free) == 0 {
		return
	}
	r := d.rules()
	pairs, again := match(&d.queue, d.bound, free, d.heads[:0], r, d.now)
	d.relaxAt = again
	for _, p := range pairs {
		if p.t.away {
			d.fetch(p.t, p.o)
		} else {
			d.offer(p.t, p.o, r)
		}
		d.last = p.o.name
	}
}

func (d *Desk) rules() rules { return rules{cfg: &d.cfg, last: d.last} }

// fetch asks a caller back whose turn has come, and holds an operator for him.
func (d *Desk) fetch(t *ticket, o *operator) {
	t.fetched = true
	o.held, o.deadline = t, d.now.Add(FetchFor)
	d.do(Fetch{Ticket: t.ID})
}
