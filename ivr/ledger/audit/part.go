package audit

import (
	"context"
	"fmt"
	"slices"
	"time"

	"pronto/ivr/ledger"
)

// pair is a call as both know it.
type pair struct {
	call   *ledger.Call // nil: the ledger does not
	legs   []*ledger.Leg
	record *ledger.Leg // the caller's legs as one; nil: the switch does not know it
}

// auditor compares a part of the period.
type auditor struct {
	o        Options
	r        *Result
	from, to time.Time
	calls    map[string]*pair
	oldest   map[string]time.Time // by switch, when its records begin
	since    map[string]time.Time // by switch, since when the ledger follows it
}

func (a *auditor) run(ctx context.Context, book *ledger.Ledger, sources []Source) error {
	last := a.to.Add(part) // a call may be as long as a part, or as the longest that the ledger knows
	for c, err := range book.All(ctx, ledger.Filter{From: a.from, To: a.to}) {
		if err != nil {
			return err
		}
		a.calls[c.ID] = &pair{call: &c}
		if c.Ended.After(last) {
			last = c.Ended
		}
	}
	a.oldest, a.since = map[string]time.Time{}, map[string]time.Time{}
	for _, s := range sources {
		if err := a.read(ctx, s, last); err != nil {
			return err
		}
	}
	if err := a.strangers(ctx, book); err != nil {
		return err
	}
	ids := make([]string, 0, len(a.calls))
	for id := range a.calls {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	shift := a.clock(ids)
	for _, id := range ids {
		a.compare(id, a.calls[id], shift)
	}
	return nil
}

// read takes in a switch's records.
func (a *auditor) read(ctx context.Context, s Source, last time.Time) (err error) {
	if a.oldest[s.Switch], err = ledger.LegsSince(s.Path); err != nil {
		return err
	}
	a.since[s.Switch] = s.Since
	for g, err := range ledger.Legs(ctx, s.Path, a.from, last) {
		switch {
		case err != nil:
			return err
		case g == nil:
			a.r.Unreadable++
			continue
		}
		p := a.calls[g.Call]
		if p == nil {
			if !g.Citizen() || g.Start.Before(a.from.Add(-a.o.Tolerance)) || !g.Start.Before(a.to) {
				continue
			}
			p = &pair{}
			a.calls[g.Call] = p
		}
		p.add(g)
	}
	return nil
}

func (p *pair) add(g *ledger.Leg) {
	if !g.Citizen() && g.ID != g.Call {
		p.legs = append(p.legs, g)
		return
	}
	r := p.record
	if r == nil {
		copied := *g
		p.record = &copied
		return
	}
	if g.Start.Before(r.Start) {
		r.Start = g.Start
	}
	if g.End.After(r.End) {
		r.End = g.End
	}
	if r.Answered.IsZero() || !g.Answered.IsZero() && g.Answered.Before(r.Answered) {
		r.Answered = g.Answered
	}
	r.FailOpen = ledger.BestFailOpen(r.FailOpen, g.FailOpen)
}

// strangers looks for calls that only the switch seems to know elsewhere in the ledger: at the edge of the part the two
// may see one in different parts. Such a one is left to the other part.
func (a *auditor) strangers(ctx context.Context, book *ledger.Ledger) error {
	for id, p := range a.calls {
		if p.call != nil {
			continue
		}
		if p.record == nil { // legs of nobody
			delete(a.calls, id)
			continue
		}
		_, found, err := book.Find(ctx, id)
		if err != nil {
			return err
		}
		if found {
			delete(a.calls, id)
		}
	}
	return nil
}

// clock is how far the switch's clock is ahead of ours: the middle of all differences. Where it is within the tolerance it
// is zero; where not, it is itself a difference, and each call is compared without it.
func (a *auditor) clock(ids []string) time.Duration {
	var apart []time.Duration
	for _, id := range ids {
		if p := a.calls[id]; p.call != nil && p.record != nil {
			apart = append(apart, p.record.Start.Sub(p.call.Started))
		}
	}
	const few = 10
	if len(apart) < few {
		return 0
	}
	slices.Sort(apart)
	shift := apart[len(apart)/2]
	if shift.Abs() <= a.o.Tolerance {
		return 0
	}
	a.found(Difference{Kind: Clock, Record: fmt.Sprintf("%.1f s ahead", shift.Seconds())})
	return shift
}

func (a *auditor) found(d Difference) {
	a.r.Found[d.Kind]++
	if len(a.r.Differences) < a.o.Most {
		a.r.Differences = append(a.r.Differences, d)
	}
}

func (a *auditor) explained(why Reason) { a.r.Explained[why]++ }
