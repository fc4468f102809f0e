package desk

import (
	"cmp"
	"slices"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
)

// world is the shell and the people around a desk, as the desk's actions say they are, and the rules said again in the
// plainest way.
type world struct {
	d     *Desk
	now   time.Time
	cfg   Config
	specs map[string]OperatorSpec
	check func(string, ...any)

	on      map[string]bool
	waiting map[string]*Ticket
	came    map[string]time.Time // a waiting ticket -> when it came to its place
	drawn   map[string]time.Time // a waiting ticket -> when it was drawn in this process
	rings   map[string]Offer     // by operator; what his phone rings for, by the desk's word
	talks   map[string]Offer     // by operator; his own conversations
	helps   map[string]string    // by operator; the ticket that he is engaged in
	held    map[string]bool      // tickets that are away
	fetched map[string]bool
	stale   []Offer // offers that do not stand any more; their answers may still come
	told    map[string]int
	talking map[string]*Ticket
	pairs   map[[2]string]bool // by, overtaken
	over    map[string]int     // by ticket: how often it was overtaken
	written map[[2]string]bool // pairs that are on record
	last    map[string]Changed
	before  Snapshot
	next    int
	offers  int
}

func newWorld(cfg Config, specs []OperatorSpec, check func(string, ...any)) *world {
	w := &world{
		d: New(cfg), now: t0, cfg: cfg, specs: map[string]OperatorSpec{}, check: check, on: map[string]bool{}, waiting: map[string]*Ticket{},
		came: map[string]time.Time{}, drawn: map[string]time.Time{}, rings: map[string]Offer{}, talks: map[string]Offer{},
		helps: map[string]string{}, held: map[string]bool{}, fetched: map[string]bool{}, told: map[string]int{},
		talking: map[string]*Ticket{}, pairs: map[[2]string]bool{}, over: map[string]int{}, written: map[[2]string]bool{}, last: map[string]Changed{},
	}
	for _, s := range specs {
		w.specs[s.Name] = s
	}
	w.handle(Staff{specs})
	return w
}

func (w *world) handle(ev Event) []Action {
	actions := w.step(ev)
	w.invariants()
	return actions
}

// step carries out what comes of an event, in order.
func (w *world) step(ev Event) []Action {
	actions := w.d.Handle(ev, w.now)
	for _, a := range actions {
		w.carryOut(a)
	}
	return actions
}

func (w *world) record(r Record) {
	switch r := r.(type) {
	case Overtaken:
		pair := [2]string{r.By, r.Ticket}
		if !w.pairs[pair] || w.written[pair] || r.Reason == "" {
			w.check("%v: it is not so, or written again, or for no reason", r)
		}
		w.written[pair] = true
	case Changed:
		last := w.last[r.Operator]
		if r.From != last.To || r.At.Before(last.At) || r.At != w.now || r.From == r.To && r.Pause == last.Pause && r.Login == last.Login && r.Reason != ReasonTransfer {
			w.check("%+v follows %+v", r, last)
		}
		w.last[r.Operator] = r
	case Waited:
		if r.Wait < 0 {
			w.check("%+v", r)
		}
	case PromiseEnd, Promise, OfferEnded, Unbound:
	}
}

func (w *world) carryOut(a Action) {
	switch a := a.(type) {
	case Offer:
		w.offered(a)
	case Withdraw:
		if o, ok := w.rings[a.Operator]; ok && o == Offer(a) {
			w.stale = append(w.stale, o)
			delete(w.rings, a.Operator)
		} else if !slices.Contains(w.stale, Offer(a)) {
			w.check("%v: of what was not offered", a)
		}
	case Connect:
		t := w.waiting[a.Ticket]
		if w.rings[a.Operator] != Offer(a) || t == nil || w.talking[a.Ticket] != nil {
			w.check("%v: rings %v, waits %v, talks %v", a, w.rings[a.Operator], t, w.talking[a.Ticket])
		}
		delete(w.rings, a.Operator)
		w.unwait(a.Ticket)
		w.talks[a.Operator], w.talking[a.Ticket] = Offer(a), t
	case Announce:
		if last := w.told[a.Ticket]; last > 0 && a.Position > last {
			w.check("%v after %d", a, last)
		}
		if w.waiting[a.Ticket] == nil || w.held[a.Ticket] {
			w.check("%v: does not wait, or is away", a)
		}
		w.told[a.Ticket] = a.Position
	case Refuse:
		w.unwait(a.Ticket)
	case Fetch:
		if !w.held[a.Ticket] || w.fetched[a.Ticket] {
			w.check("%v: is not away, or was fetched", a)
		}
		w.fetched[a.Ticket] = true
	case Kept:
		w.waiting[a.Ticket].Since, w.came[a.Ticket] = a.Since, w.now
		w.told[a.Ticket] = a.Told
	case Engaged:
		w.helps[a.Operator] = a.Ticket
	case Denied:
	case Record:
		w.record(a)
	}
}

func (w *world) unwait(id string) {
	delete(w.waiting, id)
	delete(w.came, id)
	delete(w.drawn, id)
	delete(w.held, id)
	delete(w.fetched, id)
}

func (w *world) offered(a Offer) {
	_, rings := w.rings[a.Operator]
	_, talks := w.talks[a.Operator]
	_, helps := w.helps[a.Operator]
	outside := w.specs[a.Operator].Outside
	t := w.waiting[a.Ticket]
	if rings || talks || helps || !w.on[a.Operator] && !outside || t == nil || w.held[a.Ticket] || a.Offer <= w.offers {
		w.check("%v: the operator rings %v, talks %v, helps %v, is on %v; waits %v", a, rings, talks, helps, w.on[a.Operator], t)
	}
	if t.NotBefore.After(w.now) {
		w.check("%v: before its time", a)
	}
	w.offers = a.Offer
	if w.cfg.Strategy != RingAll && len(w.ringing(a.Ticket)) > 0 {
		w.check("%v: it rings already", a)
	}
	w.fair(a, t)
	w.rings[a.Operator] = a
}

func (w *world) ringing(id string) (ops []string) {
	for op, o := range w.rings {
		if o.Ticket == id {
			ops = append(ops, op)
		}
	}
	return ops
}

// first says that a goes before b: class and age as the documents say it.
func (w *world) first(a, b *Ticket) bool {
	x, y := a.Since, b.Since
	if w.cfg.Ageing > 0 {
		x, y = x.Add(time.Duration(a.Class-1)*w.cfg.Ageing), y.Add(time.Duration(b.Class-1)*w.cfg.Ageing)
	} else if a.Class != b.Class {
		return a.Class < b.Class
	}
	return x.Before(y) || x.Equal(y) && a.ID < b.ID
}

// fair: whoever waits unoffered before the one offered, or whom that one came back before, is overtaken.
func (w *world) fair(a Offer, t *Ticket) {
	back, returned := w.came[a.Ticket]
	if t.NotBefore.After(w.drawn[a.Ticket]) {
		back, returned = t.NotBefore, true
	}
	for id, other := range w.waiting {
		pair := [2]string{a.Ticket, id}
		if id == a.Ticket || len(w.ringing(id)) > 0 || w.pairs[pair] {
			continue
		}
		if w.first(other, t) || returned && w.stands(id).Before(back) && !other.NotBefore.After(w.now) {
			w.pairs[pair] = true
			w.over[id]++
		}
	}
}

// stands is since when a ticket stands at its place.
func (w *world) stands(id string) time.Time {
	if t := w.waiting[id]; t.NotBefore.After(w.drawn[id]) {
		return t.NotBefore
	}
	return w.drawn[id]
}

// serves says whether an operator may serve a ticket now, said plainly.
func (w *world) serves(op string, t *Ticket) bool {
	waited := w.now.Sub(t.Since)
	spec, rostered := w.specs[op]
	skills, language := !rostered || len(spec.Skills) == 0, !rostered || len(spec.Languages) == 0 || t.Language == ""
	if !skills {
		skills = true
		for _, s := range t.Skills {
			skills = skills && slices.Contains(spec.Skills, s)
		}
	}
	language = language || slices.Contains(spec.Languages, t.Language)
	for _, step := range w.cfg.Relax {
		if waited >= step.After {
			skills = skills || step.Without == WithoutTopic
			language = language || step.Without == WithoutLanguage
		}
	}
	tier := w.cfg.Strategy != Tiers || w.cfg.TierAfter == 0 || waited >= time.Duration(max(1, spec.Tier)-1)*w.cfg.TierAfter
	return skills && language && tier
}

func (w *world) invariants() {
	s := w.d.Snapshot(w.now)
	if s.Version == w.before.Version {
		if diff := gocmp.Diff(w.before, s); diff != "" {
			w.check("the version is the same, what it says is not: %s", diff)
		}
	}
	w.before = s
	w.checkWaiting(s)
	for _, o := range s.Operators {
		w.checkOperator(s, o)
	}
	if s.Counts.Talking != len(w.talking) {
		w.check("%d talk, the desk says %d", len(w.talking), s.Counts.Talking)
	}
	if next := w.d.Next(); !next.IsZero() && !next.After(w.now) {
		w.check("Next %v is not after %v", next, w.now)
	}
}

func (w *world) checkWaiting(s Snapshot) {
	if len(s.Waiting)+len(s.Later) != len(w.waiting) {
		w.check("the desk says that %d wait, there are %d", len(s.Waiting)+len(s.Later), len(w.waiting))
	}
	for i, t := range slices.Concat(s.Waiting, s.Later) {
		if w.waiting[t.Ticket.ID] == nil {
			w.check("%s does not wait", t.Ticket.ID)
		}
		if i > 0 && i < len(s.Waiting) && w.first(w.waiting[t.Ticket.ID], w.waiting[s.Waiting[i-1].Ticket.ID]) {
			w.check("%s stands behind %s", t.Ticket.ID, s.Waiting[i-1].Ticket.ID)
		}
		rings := w.ringing(t.Ticket.ID)
		slices.Sort(rings)
		if !slices.Equal(rings, t.Offers) {
			w.check("%s is offered to %v, ringing are %v", t.Ticket.ID, t.Offers, rings)
		}
		over := 0
		for _, n := range t.Overtaken {
			over += n
		}
		if over != w.over[t.Ticket.ID] {
			w.check("%s was overtaken %d times, on record is %v", t.Ticket.ID, w.over[t.Ticket.ID], t.Overtaken)
		}
		if t.Away != w.held[t.Ticket.ID] {
			w.check("%s is away: %v", t.Ticket.ID, t.Away)
		}
	}
}

func (w *world) checkOperator(s Snapshot, o OperatorStatus) {
	ringing, talking, helps := w.rings[o.Name].Ticket, w.talks[o.Name].Ticket, w.helps[o.Name]
	switch o.State {
	case Ringing:
		if o.Ticket != ringing || ringing == "" {
			w.check("%s rings for %q, really %q", o.Name, o.Ticket, ringing)
		}
	case Talking:
		if o.Ticket != cmp.Or(talking, helps) || o.Engaged != (helps != "") {
			w.check("%s talks with %q, really %q, helps %q", o.Name, o.Ticket, talking, helps)
		}
	case Ready:
		w.checkReady(s, o.Name)
	case Offline, WrapUp, Paused:
	}
	if ringing != "" && o.State != Ringing || talking+helps != "" && o.State != Talking {
		w.check("%s is %v but rings for %q, talks with %q, helps %q", o.Name, o.State, ringing, talking, helps)
	}
	if last, ok := w.last[o.Name]; ok && (last.To != o.State || last.Pause != o.Pause) {
		w.check("%s is %+v, on record is %+v", o.Name, o, last)
	}
}

// checkReady: no operator is idle while somebody waits whom he could serve, but for a short rest, or while a caller is
// fetched for him.
func (w *world) checkReady(s Snapshot, name string) {
	o := w.d.operators[name]
	if !w.on[name] && !w.specs[name].Outside {
		w.check("%s is ready and not there", name)
	}
	if !o.deadline.IsZero() {
		if o.deadline.Sub(w.now) > MaxRest || o.held != nil && o.deadline.Sub(w.now) > FetchFor {
			w.check("%s rests for too long", name)
		}
		return
	}
	for _, t := range s.Waiting {
		free := len(t.Offers) == 0 || w.cfg.Strategy == RingAll
		if free && !w.fetched[t.Ticket.ID] && (t.Ticket.For == name || t.Ticket.For == "" && w.serves(name, w.waiting[t.Ticket.ID])) {
			w.check("%s is idle while %s waits", name, t.Ticket.ID)
		}
	}
}

// crash throws the desk away and builds another from what outlives it: the calls, the conversations, what was written down
// of the operators, and the phones that are there. What is so before all is known again is no fault.
func (w *world) crash() {
	clear(w.rings)
	clear(w.fetched)
	w.stale = nil // answers to the process before reach nobody
	w.d, w.before = New(w.cfg), Snapshot{}
	w.offers = 0
	clear(w.pairs)
	clear(w.written)
	clear(w.over)
	var roster []OperatorSpec
	for _, name := range sorted(w.specs) {
		roster = append(roster, w.specs[name])
	}
	w.step(Staff{roster})
	for _, name := range sorted(w.last) {
		w.step(Restore{w.last[name]})
	}
	var tickets []Ticket
	for _, op := range sorted(w.talks) {
		t := *w.talking[w.talks[op].Ticket]
		t.Operator, t.Told = op, w.told[t.ID]
		tickets = append(tickets, t)
		w.talks[op] = Offer{Ticket: t.ID, Operator: op}
	}
	for _, id := range sorted(w.waiting) {
		t := *w.waiting[id]
		t.Told, t.Away = w.told[id], w.held[id]
		w.drawn[id] = w.now
		delete(w.came, id)
		tickets = append(tickets, t)
	}
	var engaged []Engage
	for _, op := range sorted(w.helps) {
		engaged = append(engaged, Engage{Operator: op, Ticket: w.helps[op]})
	}
	w.step(Found{tickets, engaged})
	for _, op := range sorted(w.on) {
		if w.on[op] {
			w.handle(OperatorOn{op})
		}
	}
	w.handle(Tick{})
}

func sorted[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
