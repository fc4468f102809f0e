package desk

import (
	"iter"
	"slices"
	"strings"
)

// queue holds the tickets that wait, by class, then age. Those that are offered to an operator keep their place.
type queue struct {
	classes []int             // in order
	waiting map[int][]*ticket // class -> by Since, then ID
	count   int
}

func newQueue() queue { return queue{waiting: map[int][]*ticket{}} }

func before(a, b *ticket) int {
	if c := a.Since.Compare(b.Since); c != 0 {
		return c
	}
	return strings.Compare(a.ID, b.ID)
}

func (q *queue) add(t *ticket) {
	list, known := q.waiting[t.Class]
	if !known {
		i, _ := slices.BinarySearch(q.classes, t.Class)
		q.classes = slices.Insert(q.classes, i, t.Class)
	}
	i, _ := slices.BinarySearchFunc(list, t, before)
	q.waiting[t.Class] = slices.Insert(list, i, t)
	q.count++
}

func (q *queue) remove(t *ticket) {
	list := q.waiting[t.Class]
	if i, found := slices.BinarySearchFunc(list, t, before); found {
		q.waiting[t.Class] = slices.Delete(list, i, i+1)
		q.count--
	}
}

// first is the ticket to be served next that has not been offered. The offered ones stand at the head, no more than
// there are operators.
func (q *queue) first() *ticket {
	for t := range q.each() {
		if t.operator == nil {
			return t
		}
	}
	return nil
}

// place is a waiting ticket's position, from 1.
func (q *queue) place(t *ticket) int {
	n := 1
	for _, class := range q.classes {
		if class == t.Class {
			i, _ := slices.BinarySearchFunc(q.waiting[class], t, before)
			return n + i
		}
		n += len(q.waiting[class])
	}
	return n
}

// each yields the tickets in the order of service.
func (q *queue) each() iter.Seq[*ticket] {
	return func(yield func(*ticket) bool) {
		for _, class := range q.classes {
			for _, t := range q.waiting[class] {
				if !yield(t) {
					return
				}
			}
		}
	}
}

// all are the tickets in the order of service.
func (q *queue) all() []*ticket { return slices.Collect(q.each()) }
