package ledger

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"pronto/ivr/flow"
)

// Figures are what a set of calls adds up to. Those of two sets that share no call are their sum (Add), so that the days
// of a year, added up once, make the year. They hold nothing of a single call and nothing personal.
type Figures struct {
	All      Sum             `json:"all"`
	Topic    map[string]*Sum `json:"topic,omitempty"`
	Language map[string]*Sum `json:"language,omitempty"`
	District map[string]*Sum `json:"district,omitempty"` // of the caller's fixed line; "": mobile, foreign, withheld
	Switch   map[string]*Sum `json:"switch,omitempty"`
	// Quarter is by when calls arrived, in quarters of an hour since 1970: every time zone's hours and days are made of them.
	Quarter map[int64]*Sum `json:"quarter,omitempty"`
	// Release is how many calls each release took, by language at the end: release "/" language.
	Release map[string]int64 `json:"release,omitempty"`
	Detail  map[string]int64 `json:"detail,omitempty"` // outcome "/" detail

	Answered  Waits `json:"answered,omitempty"`  // waits that ended in a conversation
	Abandoned Waits `json:"abandoned,omitempty"` // waits that the caller gave up

	// Visited is how many calls came to a node, Left how many ended there by outcome (node "/" outcome), Went how many went
	// on from one to the next (node ">" node).
	Visited map[string]int64 `json:"visited,omitempty"`
	Left    map[string]int64 `json:"left,omitempty"`
	Went    map[string]int64 `json:"went,omitempty"`

	// First tells of calls served whose caller is known by how many whole days before, up to RepeatDays, the same caller had
	// called; Settled of those among them that were settled at once, by the days before or after, whichever are fewer.
	First   [RepeatDays + 1]int64 `json:"first"`
	Settled [RepeatDays + 1]int64 `json:"settled"`
}

// RepeatDays is how far apart two calls of one caller are looked for.
const RepeatDays = 30

// Sum is what calls of one kind add up to.
type Sum struct {
	Calls     int64 // that arrived
	Up        int64 // that have no outcome yet
	Picked    int64 // that were answered by the line
	Queued    int64 // that drew a ticket
	Answered  int64 // with a ticket, that an operator answered
	Abandoned int64 // with a ticket, given up
	Served    int64 // that spoke with an operator, with a ticket or without (fail open)
	InDepth   int64 // whose disposition is in_depth
	Setup     int64 // milliseconds from the arrival to the answer, of Picked
	Wait      int64 // milliseconds, of Answered
	GivenUp   int64 // milliseconds, of Abandoned
	Talk      int64 // milliseconds, of Served
	WrapUp    int64 // milliseconds, of Served
	// Outcomes are Calls without Up, in the order of Outcomes(), which never changes.
	Outcomes [9]int64
}

// Of is how many calls ended with an outcome.
func (s *Sum) Of(o flow.Outcome) int64 { return s.Outcomes[slices.Index(Outcomes(), o)] }

// Waits are waiting times by length, in steps that keep whole seconds exact: step 2n is n seconds sharp, 2n+1 what lies
// between n and n+1.
type Waits map[int64]int64

func waitStep(d time.Duration) int64 {
	s := 2 * int64(d/time.Second)
	if d%time.Second > 0 {
		s++
	}
	return s
}

// Within is how many waits were not longer than t, which is in whole seconds.
func (w Waits) Within(t time.Duration) (n int64) {
	for step, k := range w {
		if step <= waitStep(t) {
			n += k
		}
	}
	return n
}

// Below is how many waits were shorter than t, which is in whole seconds.
func (w Waits) Below(t time.Duration) (n int64) {
	for step, k := range w {
		if step < waitStep(t) {
			n += k
		}
	}
	return n
}

// Total is how many waits there are.
func (w Waits) Total() (n int64) {
	for _, k := range w {
		n += k
	}
	return n
}

// Fact is what Figures want of a call.
type Fact struct {
	Call
	District string
	// Known: the caller's number is known, so that Before and After are. They are the time since the same caller's last call
	// and until the next one; negative: there is none.
	Known         bool
	Before, After time.Duration
}

// Count adds one call.
func (f *Figures) Count(c Fact) {
	s := c.sum()
	f.All.add(&s)
	f.Topic = into(f.Topic, c.Topic, &s)
	f.Language = into(f.Language, c.Language, &s)
	f.District = into(f.District, c.District, &s)
	f.Switch = into(f.Switch, c.Switch, &s)
	f.Quarter = into(f.Quarter, c.Started.Unix()/900, &s)
	f.Release = plus(f.Release, c.Release+"/"+c.Language, 1)
	if c.Outcome == "" {
		return
	}
	if c.Detail != "" {
		detail, _, _ := strings.Cut(c.Detail, ":")
		if c.Outcome == string(flow.Message) && detail != "fail_open" {
			detail = "recording" // it is the recording's name, a thing of one call
		}
		f.Detail = plus(f.Detail, c.Outcome+"/"+detail, 1)
	}
	if s.Answered > 0 {
		f.Answered = plus(f.Answered, waitStep(c.QueueWait), 1)
	}
	if s.Abandoned > 0 {
		f.Abandoned = plus(f.Abandoned, waitStep(c.QueueWait), 1)
	}
	f.walk(c.Path, c.Outcome)
	if s.Served > 0 && c.Known {
		f.First[days(c.Before)]++
		if s.InDepth == 0 {
			f.Settled[min(days(c.Before), days(c.After))]++
		}
	}
}

func days(d time.Duration) int {
	if d < 0 {
		return RepeatDays
	}
	return int(min(d/(24*time.Hour), RepeatDays))
}

func (c *Fact) sum() Sum {
	s := Sum{Calls: 1}
	if !c.Answered.IsZero() {
		s.Picked, s.Setup = 1, max(0, c.Answered.Sub(c.Started)).Milliseconds()
	}
	if c.Outcome == "" {
		s.Up = 1
		return s
	}
	if i := slices.Index(Outcomes(), flow.Outcome(c.Outcome)); i >= 0 {
		s.Outcomes[i] = 1
	}
	served := c.Outcome == string(flow.Served)
	if c.Disposition == "in_depth" {
		s.InDepth = 1
	}
	if served {
		s.Served, s.Talk, s.WrapUp = 1, c.Talk.Milliseconds(), c.WrapUp.Milliseconds()
	}
	if !c.Queued {
		return s
	}
	s.Queued = 1
	switch {
	case served:
		s.Answered, s.Wait = 1, c.QueueWait.Milliseconds()
	case c.Outcome == string(flow.AbandonedQueue):
		s.Abandoned, s.GivenUp = 1, c.QueueWait.Milliseconds()
	}
	return s
}

// walk follows a call through the menu. The middle of a long path is cut out ("..."): nobody knows what was there.
func (f *Figures) walk(path, outcome string) {
	if path == "" {
		return
	}
	nodes := strings.Split(path, ">")
	seen := make(map[string]bool, len(nodes))
	for i, node := range nodes {
		if node == "..." {
			continue
		}
		if !seen[node] {
			seen[node] = true
			f.Visited = plus(f.Visited, node, 1)
		}
		if i > 0 && nodes[i-1] != "..." {
			f.Went = plus(f.Went, nodes[i-1]+">"+node, 1)
		}
	}
	f.Left = plus(f.Left, nodes[len(nodes)-1]+"/"+outcome, 1)
}

// Add adds the figures of other calls.
func (f *Figures) Add(o Figures) {
	f.All.add(&o.All)
	f.Topic = union(f.Topic, o.Topic)
	f.Language = union(f.Language, o.Language)
	f.District = union(f.District, o.District)
	f.Switch = union(f.Switch, o.Switch)
	f.Quarter = union(f.Quarter, o.Quarter)
	f.Release = total(f.Release, o.Release)
	f.Detail = total(f.Detail, o.Detail)
	f.Answered = total(f.Answered, o.Answered)
	f.Abandoned = total(f.Abandoned, o.Abandoned)
	f.Visited = total(f.Visited, o.Visited)
	f.Left = total(f.Left, o.Left)
	f.Went = total(f.Went, o.Went)
	for i := range o.First {
		f.First[i] += o.First[i]
		f.Settled[i] += o.Settled[i]
	}
}

// FirstContacts are the calls served whose caller had not called within the days before, and how many of these were
// settled at once: not in depth, and the same caller did not call within the days after.
func (f *Figures) FirstContacts(within int) (settled, all int64) {
	for i := min(max(within, 0), RepeatDays); i <= RepeatDays; i++ {
		settled += f.Settled[i]
		all += f.First[i]
	}
	return settled, all
}

// cells are the fields in the order in which they are written down. New ones go to the end.
func (s *Sum) cells() [13]*int64 {
	return [13]*int64{
		&s.Calls, &s.Up, &s.Picked, &s.Queued, &s.Answered, &s.Abandoned, &s.Served, &s.InDepth, &s.Setup, &s.Wait, &s.GivenUp,
		&s.Talk, &s.WrapUp,
	}
}

func (s *Sum) add(o *Sum) {
	cells, others := s.cells(), o.cells()
	for i, cell := range cells {
		*cell += *others[i]
	}
	for i, n := range o.Outcomes {
		s.Outcomes[i] += n
	}
}

// MarshalJSON writes a list, the fields and at its end the list of outcomes, both without the zeros at their ends: a year
// has many sums.
func (s Sum) MarshalJSON() ([]byte, error) {
	cells := s.cells()
	line := append([]byte(nil), '[')
	for i := range trimmed(len(cells), func(i int) int64 { return *cells[i] }) {
		line = append(strconv.AppendInt(line, *cells[i], 10), ',')
	}
	line = append(line, '[')
	for i := range trimmed(len(s.Outcomes), func(i int) int64 { return s.Outcomes[i] }) {
		if i > 0 {
			line = append(line, ',')
		}
		line = strconv.AppendInt(line, s.Outcomes[i], 10)
	}
	return append(line, "]]"...), nil
}

func trimmed(n int, at func(int) int64) int {
	for n > 0 && at(n-1) == 0 {
		n--
	}
	return n
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (s *Sum) UnmarshalJSON(data []byte) error {
	var fields []json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		return err
	}
	cells := s.cells()
	if len(fields) == 0 || len(fields) > len(cells)+1 {
		return fmt.Errorf("a sum of %d fields can not be read", len(fields))
	}
	for i, field := range fields[:len(fields)-1] {
		n, err := strconv.ParseInt(string(field), 10, 64)
		if err != nil {
			return err
		}
		*cells[i] = n
	}
	var of []int64
	if err := json.Unmarshal(fields[len(fields)-1], &of); err != nil {
		return err
	}
	copy(s.Outcomes[:], of)
	return nil
}

// Plus is the sum of both; neither changes.
func (s Sum) Plus(o Sum) Sum {
	s.add(&o)
	return s
}

func into[K comparable](m map[K]*Sum, key K, s *Sum) map[K]*Sum {
	if m == nil {
		m = map[K]*Sum{}
	}
	have := m[key]
	if have == nil {
		have = &Sum{}
		m[key] = have
	}
	have.add(s)
	return m
}

func union[K comparable](m, o map[K]*Sum) map[K]*Sum {
	for key, s := range o {
		m = into(m, key, s)
	}
	return m
}

func plus[M ~map[K]int64, K comparable](m M, key K, n int64) M {
	if m == nil {
		m = M{}
	}
	m[key] += n
	return m
}

func total[M ~map[K]int64, K comparable](m, o M) M {
	for key, n := range o {
		m = plus(m, key, n)
	}
	return m
}
