package desk

import "slices"

// barrier is an Obstacle that is quick to count.
type barrier uint8

const (
	none barrier = iota
	noSkills
	noLang
	noTier
	isBound
	notYet
	isAway
	redialled
	requeued
	retried
	barriers
)

var obstacles = [barriers]Obstacle{
	"", NoSkills, NoLang, NoTier, IsBound, NotYet, IsAway, Redialled, Requeued, Retried,
}

func (t *ticket) counts() map[Obstacle]int {
	var m map[Obstacle]int
	for i, n := range t.overtaken {
		if n > 0 {
			if m == nil {
				m = map[Obstacle]int{}
			}
			m[obstacles[i]] = n
		}
	}
	return m
}

// overtake keeps the fairness ledger as t is offered to o: who stands before t and waits without an offer, and why. One
// whom t has come back before is overtaken, too, though the order is right.
func (d *Desk) overtake(t *ticket, o *operator, r rules) {
	left := MaxOvertaken
	if left = d.overtakeFirst(t, o, r, left); t.cause == none {
		return
	}
	for _, g := range d.queue.groups {
		for _, other := range g.list[g.before(t):] {
			if other != t && len(other.rings) == 0 && other.joined.Before(t.came) {
				left = d.overtaken(other, t, t.cause, left)
			}
		}
	}
}

func (d *Desk) overtakeFirst(t *ticket, o *operator, r rules, left int) int {
	for _, g := range d.queue.groups {
		for _, other := range g.list[:g.before(t)] {
			if len(other.rings) > 0 {
				continue
			}
			why := isAway
			if !other.away {
				why = r.wants(other, d.now).obstacle(o)
			}
			left = d.overtaken(other, t, why, left)
		}
	}
	for _, other := range d.later {
		if rankOf(&other.Ticket, d.queue.ageing).compare(t.rank) < 0 {
			left = d.overtaken(other, t, notYet, left)
		}
	}
	return left
}

// overtaken counts that a ticket was overtaken by another, once per pair.
func (d *Desk) overtaken(t, by *ticket, why barrier, left int) int {
	if by.offers > 0 && slices.Contains(by.overtook, t) {
		return left
	}
	by.overtook = append(by.overtook, t)
	t.overtaken[why]++
	if left <= 0 {
		return 0
	}
	d.record(Overtaken{Ticket: t.ID, By: by.ID, Reason: obstacles[why]})
	return left - 1
}
