package desk

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// rank is a ticket's place in the order of service: the smallest is next.
type rank struct {
	class int // always 1 with ageing: then it is in at
	at    int64
	id    string
}

func rankOf(t *Ticket, ageing time.Duration) rank {
	r := rank{class: max(1, t.Class), at: t.Since.UnixNano(), id: t.ID}
	if ageing > 0 {
		r.at += int64(r.class-1) * int64(ageing)
		r.class = 1
	}
	return r
}

func (a rank) compare(b rank) int {
	if c := cmp.Compare(a.class, b.class); c != 0 {
		return c
	}
	if c := cmp.Compare(a.at, b.at); c != 0 {
		return c
	}
	return strings.Compare(a.id, b.id)
}

// group is the tickets that wait for the same: of one class, topic's skills and language. Within a group the order is by
// age, and who has waited longer asks for no more than who has waited less: if the first can not be served, none can.
type group struct {
	class    int
	skills   []string
	language string
	list     []*ticket // in order
	lacks    []lack    // by operator.index: what he does not have
}

// lack is what an operator lacks to serve a ticket.
type lack uint8

const (
	lackSkills lack = 1 << iota
	lackLanguage
)

// queue holds the tickets that wait. Those that are offered to an operator, away or bound to one keep their place.
type queue struct {
	ageing time.Duration
	groups []*group
	known  map[string]*group
	count  int
	live   int         // of Kind Live
	staff  []*operator // by index
}

func newQueue(ageing time.Duration) queue { return queue{ageing: ageing, known: map[string]*group{}} }

func groupKey(t *Ticket) string {
	return string(rune('0'+max(1, t.Class))) + "\x00" + t.Language + "\x00" + strings.Join(t.Skills, "\x00")
}

func (q *queue) groupOf(t *Ticket) *group {
	key := groupKey(t)
	g := q.known[key]
	if g == nil {
		g = &group{class: max(1, t.Class), skills: t.Skills, language: t.Language, lacks: make([]lack, len(q.staff))}
		for _, o := range q.staff {
			g.lacks[o.index] = g.lackOf(o)
		}
		q.known[key] = g
		q.groups = append(q.groups, g)
	}
	return g
}

func (g *group) lackOf(o *operator) lack {
	var l lack
	if len(o.spec.Skills) > 0 {
		for _, s := range g.skills {
			if !slices.Contains(o.spec.Skills, s) {
				l |= lackSkills
			}
		}
	}
	if g.language != "" && len(o.spec.Languages) > 0 && !slices.Contains(o.spec.Languages, g.language) {
		l |= lackLanguage
	}
	return l
}

// refit takes note of what an operator can do.
func (q *queue) refit(o *operator) {
	if o.index == len(q.staff) {
		q.staff = append(q.staff, o)
		for _, g := range q.groups {
			g.lacks = append(g.lacks, 0)
		}
	}
	for _, g := range q.groups {
		g.lacks[o.index] = g.lackOf(o)
	}
}

func byRank(t *ticket, r rank) int { return t.rank.compare(r) }

func (q *queue) add(t *ticket) {
	t.rank = rankOf(&t.Ticket, q.ageing)
	t.group = q.groupOf(&t.Ticket)
	i, _ := slices.BinarySearchFunc(t.group.list, t.rank, byRank)
	t.group.list = slices.Insert(t.group.list, i, t)
	q.counts(t, 1)
}

func (q *queue) counts(t *ticket, n int) {
	q.count += n
	if t.Kind == Live {
		q.live += n
	}
}

func (q *queue) remove(t *ticket) {
	if t.group == nil {
		return
	}
	if i, found := slices.BinarySearchFunc(t.group.list, t.rank, byRank); found {
		t.group.list = slices.Delete(t.group.list, i, i+1)
		q.counts(t, -1)
	}
	t.group = nil
}

// reorder puts all tickets in order by another ageing, and forgets groups that nobody is in.
func (q *queue) reorder(ageing time.Duration) {
	all := q.all()
	q.ageing, q.groups, q.known, q.count, q.live = ageing, nil, map[string]*group{}, 0, 0
	for _, t := range all {
		q.add(t)
	}
}

// place is a waiting ticket's position, from 1.
func (q *queue) place(t *ticket) int {
	n := 1
	for _, g := range q.groups {
		n += g.before(t)
	}
	return n
}

// before is how many of the group stand before t.
func (g *group) before(t *ticket) int {
	i, _ := slices.BinarySearchFunc(g.list, t.rank, byRank)
	return i
}

// all are the tickets in the order of service.
func (q *queue) all() []*ticket {
	all := make([]*ticket, 0, q.count)
	for _, g := range q.groups {
		all = append(all, g.list...)
	}
	slices.SortFunc(all, func(a, b *ticket) int { return a.rank.compare(b.rank) })
	return all
}
