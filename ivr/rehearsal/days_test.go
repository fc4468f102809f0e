package rehearsal

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pronto/ivr/desk"
)

// witness looks over the desk's shoulder at each event and compares what it does with the rules, said plainly.
type witness struct {
	t    *testing.T
	d    *day
	seen map[string]bool // faults that were reported
}

func (w *witness) fault(format string, args ...any) {
	if len(w.seen) < 5 && !w.seen[format] {
		w.seen[format] = true
		w.t.Errorf("at %s: "+format, append([]any{w.d.now.Sub(w.d.Begin)}, args...)...)
	}
}

func (w *witness) watch(_ desk.Event, actions []desk.Action) {
	s := w.d.desk.Snapshot(w.d.now)
	for _, a := range actions {
		if o, ok := a.(desk.Offer); ok {
			w.offer(s, o)
		}
	}
	for i := 1; i < len(s.Waiting); i++ {
		if a, b := s.Waiting[i-1].Ticket, s.Waiting[i].Ticket; w.first(b, a) {
			w.fault("%s stands before %s", a.ID, b.ID)
		}
	}
	for _, o := range s.Operators {
		if last := w.d.byName[o.Name].last; last.To != o.State {
			w.fault("%s is %s, on record is %s", o.Name, o.State, last.To)
		}
		if o.State == desk.Ready && o.Until.IsZero() {
			w.idle(s, o)
		}
	}
}

// first says that a goes before b: by class and age.
func (w *witness) first(a, b desk.Ticket) bool {
	x, y := a.Since, b.Since
	if ageing := w.d.Desk.Ageing; ageing > 0 {
		x, y = x.Add(time.Duration(a.Class-1)*ageing), y.Add(time.Duration(b.Class-1)*ageing)
	} else if a.Class != b.Class {
		return a.Class < b.Class
	}
	return x.Before(y)
}

// offer: who stands before the one who is offered, and waits, was overtaken for a reason; and the operator has what is wanted.
func (w *witness) offer(s desk.Snapshot, a desk.Offer) {
	i := slices.IndexFunc(s.Waiting, func(x desk.Waiting) bool { return x.Ticket.ID == a.Ticket })
	if i < 0 {
		return // answered at this very instant
	}
	for _, before := range s.Waiting[:i] {
		if _, unknown := before.Overtaken[""]; unknown || len(before.Offers) == 0 && len(before.Overtaken) == 0 {
			w.fault("%s is offered before %s, and nobody knows why", a.Ticket, before.Ticket.ID)
		}
	}
	if t := s.Waiting[i].Ticket; t.For == "" && !w.serves(a.Operator, t) {
		w.fault("%s is offered to %s", a.Ticket, a.Operator)
	}
}

// idle: no operator is idle while somebody waits whom he could serve.
func (w *witness) idle(s desk.Snapshot, o desk.OperatorStatus) {
	for _, t := range s.Waiting {
		free := len(t.Offers) == 0 || w.d.Desk.Strategy == desk.RingAll
		if free && !t.Away && (t.Ticket.For == o.Name || t.Ticket.For == "" && w.serves(o.Name, t.Ticket)) {
			w.fault("%s is idle while %s waits", o.Name, t.Ticket.ID)
		}
	}
}

func (w *witness) serves(name string, t desk.Ticket) bool {
	o := w.d.byName[name]
	waited := w.d.now.Sub(t.Since)
	relaxed := func(what string) bool {
		return slices.ContainsFunc(w.d.Desk.Relax, func(r desk.Relax) bool { return r.Without == what && waited >= r.After })
	}
	for _, s := range t.Skills {
		if len(o.Skills) > 0 && !slices.Contains(o.Skills, s) && !relaxed(desk.WithoutTopic) {
			return false
		}
	}
	if t.Language != "" && len(o.Languages) > 0 && !slices.Contains(o.Languages, t.Language) && !relaxed(desk.WithoutLanguage) {
		return false
	}
	tiers := w.d.Desk.Strategy == desk.Tiers && w.d.Desk.TierAfter > 0
	return !tiers || waited >= time.Duration(max(1, o.Tier)-1)*w.d.Desk.TierAfter
}

// randomDay is any day.
func randomDay(seed uint64) Scenario {
	r := rand.New(rand.NewPCG(seed, 1))
	pick := func(n int) int { return r.IntN(n) }
	n := 1 + pick(12)
	s := busyDay(float64(n*(10+pick(80))), n)
	s.Seed = seed
	s.Crashes, s.Down = float64(pick(8)), Spread{time.Duration(pick(5)) * time.Second, 1}
	s.Patience = Spread{time.Duration(1+pick(20)) * time.Minute, float64(pick(3)) / 2}
	s.Talk = Spread{time.Duration(30+pick(600)) * time.Second, float64(pick(4)) / 3}
	c := &s.Desk
	c.Strategy = []desk.Strategy{"", desk.RingAll, desk.RoundRobin, desk.Tiers}[pick(4)]
	c.Ageing = time.Duration(pick(3)) * 5 * time.Minute
	c.WrapUp = time.Duration(pick(3)) * 20 * time.Second
	c.TierAfter = time.Duration(pick(3)) * 15 * time.Second
	c.Relax = c.Relax[:pick(3)]
	c.Misses, c.Capacity = pick(3), []int{0, 3, 300}[pick(3)]
	c.Unstaffed = time.Duration(pick(2)) * time.Minute
	h := &s.Habits
	for _, share := range []*float64{&h.Misses, &h.Rejects, &h.Callback, &h.Menu, &h.Cut, &h.Consult, &h.Return} {
		*share = r.Float64() * 0.3 * float64(pick(2))
	}
	for i := range s.Team {
		sh := &s.Team[i]
		sh.Tier, sh.Outside, sh.Auto = pick(4), pick(5) == 0, pick(3) == 0
		if pick(3) > 0 {
			sh.From = time.Duration(pick(24)) * time.Hour
			sh.To = sh.From + time.Duration(1+pick(12))*time.Hour
		}
	}
	return s
}

// TestRandomDays: whatever the day, with all that happens on it and the process dying at random moments, nobody is lost,
// served twice or overtaken without a reason, no operator has two calls or is idle while one waits for him, places never
// grow, and each second of each operator's day is accounted for.
func TestRandomDays(t *testing.T) {
	t.Parallel()
	var total Report
	for seed := range uint64(200) {
		s := randomDay(seed)
		if err := s.check(); err != nil {
			t.Fatal(err)
		}
		d := newDay(s)
		w := &witness{t: t, d: d, seen: map[string]bool{}}
		d.watch = w.watch
		d.run()
		r := d.finish()
		if len(r.Faults)+len(w.seen) > 0 {
			t.Fatalf("day %d: %q", seed, r.Faults)
		}
		total.Offered += r.Offered
		total.Served += r.Served
		total.Abandoned += r.Abandoned
		total.Crashes += r.Crashes
		total.CalledBack += r.CalledBack
		total.Kept += r.Kept
		total.Requeued += r.Requeued
		total.Consulted += r.Consulted
		total.Visits += r.Visits
		total.Refused += r.Refused
		total.Events += r.Events
	}
	t.Logf("%+v", total)
	for what, n := range map[string]int{
		"served": total.Served, "abandoned": total.Abandoned, "crashes": total.Crashes, "called back": total.CalledBack, "kept": total.Kept,
		"requeued": total.Requeued, "consulted": total.Consulted, "visits": total.Visits, "refused": total.Refused,
	} {
		if n < 100 {
			t.Errorf("%s only %d times: the days do not try it", what, n)
		}
	}
}
