package rehearsal

import (
	"container/heap"
	"math"
	"math/rand/v2"
	"strconv"
	"time"

	"pronto/ivr/desk"
)

// day is a rehearsal in progress: the desk that is rehearsed, and all that is outside of it.
type day struct {
	Scenario
	desk    *desk.Desk // nil while the process is down
	chance  *rand.Rand
	now     time.Time
	end     time.Time
	agenda  agenda
	seq     int
	pending []desk.Event

	callers   []*caller
	waiting   map[*caller]struct{} // those with a ticket that waits
	operators []*operator
	byName    map[string]*operator
	report    *Report
	watch     func(desk.Event, []desk.Action) // tests look over the desk's shoulder
}

// item is what will happen at a time: do is called with it.
type item struct {
	at  time.Time
	seq int // of two at the same time, the one that was put first
	do  func()
}

type agenda []item

func (a agenda) Len() int { return len(a) }
func (a agenda) Less(i, j int) bool {
	if c := a[i].at.Compare(a[j].at); c != 0 {
		return c < 0
	}
	return a[i].seq < a[j].seq
}
func (a agenda) Swap(i, j int) { a[i], a[j] = a[j], a[i] }

// Push is for package heap.
func (a *agenda) Push(x any) { *a = append(*a, x.(item)) } //nolint:forcetypeassert // the heap holds nothing else

// Pop is for package heap.
func (a *agenda) Pop() any {
	old := *a
	last := old[len(old)-1]
	old[len(old)-1] = item{}
	*a = old[:len(old)-1]
	return last
}

func newDay(s Scenario) *day {
	d := &day{
		Scenario: s, chance: rand.New(rand.NewPCG(s.Seed, 0x70726f6e746f)), now: s.Begin, end: s.Begin.AddDate(0, 0, s.Days),
		waiting: map[*caller]struct{}{}, byName: map[string]*operator{},
	}
	d.report = newReport(&d.Scenario)
	for i, sh := range s.Team {
		o := &operator{Shift: sh, index: i}
		d.operators = append(d.operators, o)
		d.byName[sh.Name] = o
	}
	return d
}

// at puts something on the agenda.
func (d *day) at(t time.Time, do func()) {
	d.seq++
	heap.Push(&d.agenda, item{t, d.seq, do})
}

func (d *day) after(wait time.Duration, do func()) { d.at(d.now.Add(wait), do) }

// run lets time pass until the last day is over.
func (d *day) run() {
	d.desk = desk.New(d.Desk)
	d.tell(desk.Staff{Roster: d.roster()})
	for _, o := range d.operators {
		d.begin(o)
	}
	d.nextCall(0)
	d.nextCrash()
	for {
		tick := time.Time{}
		if d.desk != nil {
			tick = d.desk.Next()
		}
		switch {
		case !tick.IsZero() && (len(d.agenda) == 0 || tick.Before(d.agenda[0].at)):
			if !tick.Before(d.end) {
				return
			}
			d.now = tick
			d.tell(desk.Tick{})
		case len(d.agenda) == 0 || !d.agenda[0].at.Before(d.end):
			return
		default:
			next := heap.Pop(&d.agenda).(item) //nolint:forcetypeassert // see Push
			d.now = next.at
			next.do()
		}
	}
}

// tell tells the desk of something, and carries out what it wants done, and what comes of that.
func (d *day) tell(ev desk.Event) {
	d.pending = append(d.pending, ev)
	if len(d.pending) > 1 {
		return // the first to come is at work already
	}
	for len(d.pending) > 0 {
		if d.desk == nil {
			d.pending = d.pending[:0] // nobody hears it
			return
		}
		ev := d.pending[0]
		actions := d.desk.Handle(ev, d.now)
		d.report.Events++
		for _, a := range actions {
			d.act(a)
		}
		if d.watch != nil {
			d.watch(ev, actions)
		}
		d.pending = d.pending[1:]
	}
	d.pending = d.pending[:0]
}

func (d *day) act(a desk.Action) {
	switch a := a.(type) {
	case desk.Offer:
		d.rings(a)
	case desk.Withdraw:
		d.stops(a)
	case desk.Connect:
		d.connects(a)
	case desk.Announce:
		d.hears(d.caller(a.Ticket), a)
	case desk.Refuse:
		d.refused(d.caller(a.Ticket))
	case desk.Fetch:
		d.fetched(d.caller(a.Ticket))
	case desk.Kept:
		c := d.caller(a.Ticket)
		c.ticket.Since, c.told = a.Since, a.Told
		d.report.Kept++
	case desk.Engaged:
		d.byName[a.Operator].helps = d.caller(a.Ticket)
	case desk.Denied:
	case desk.Record:
		d.record(a)
	}
}

// chanceOf is true for a share of all cases.
func (d *day) chanceOf(share float64) bool { return share > 0 && d.chance.Float64() < share }

// draw is a time of a Spread.
func (d *day) draw(s Spread) time.Duration {
	if s.Mean <= 0 {
		return 0
	}
	mean := float64(s.Mean)
	switch s.CV {
	case 0:
	case 1:
		mean *= d.chance.ExpFloat64()
	default:
		sigma2 := math.Log(1 + s.CV*s.CV)
		mean *= math.Exp(d.chance.NormFloat64()*math.Sqrt(sigma2) - sigma2/2)
	}
	return time.Duration(mean)
}

// draws picks one by weight.
func (d *day) draws(n int, weight func(int) float64) int {
	total := 0.0
	for i := range n {
		total += weight(i)
	}
	x := d.chance.Float64() * total
	for i := range n {
		if x -= weight(i); x < 0 {
			return i
		}
	}
	return n - 1
}

// nextCall puts the next call on the agenda: a Poisson process whose rate changes by the hour. left is what is left of the
// exponential that was drawn, as a number of calls.
func (d *day) nextCall(left float64) {
	if left == 0 {
		left = d.chance.ExpFloat64()
	}
	rate := d.Hours[d.now.Hour()] / time.Hour.Seconds()
	hour := d.now.Truncate(time.Hour).Add(time.Hour)
	until := hour.Sub(d.now).Seconds()
	if expected := until * rate; left >= expected {
		d.at(hour, func() { d.nextCall(left - expected) })
		return
	}
	d.after(time.Duration(left/rate*float64(time.Second)), func() {
		d.arrives()
		d.nextCall(0)
	})
}

func (d *day) caller(ticket string) *caller {
	n, err := strconv.Atoi(ticket[1:])
	if err != nil {
		return nil
	}
	return d.callers[n]
}
