package rehearsal

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"pronto/ivr/desk"
)

// Report is what came of a rehearsal. Times are from a caller's arrival at the desk.
type Report struct {
	Days      int
	Threshold time.Duration

	Offered, Served, Abandoned, Refused int
	Waits, Lost                         []time.Duration // of those served, of those who hung up; in order
	InTime, LostInTime                  int             // within the threshold

	Booked, CalledBack, Unreached int // callbacks
	Cut, Kept                     int // lines cut, places given back
	Visits, Consulted             int
	// Requeued went from a conversation back to the queue; of them were served or hung up again:
	Requeued, ServedAgain, LostAgain int
	Announced, Offers                int
	Results                          map[desk.Result]int
	Overtaken                        map[desk.Obstacle]int

	Promised, PromisesKept, PromisesBroken int // Broken: also those of callers who left after their time was over
	// TooLong are those of the broken ones who waited longer than said.
	TooLong int

	Hours   [24]Hour
	Spent   [6]time.Duration // of all operators, by state
	Crashes int
	Events  int
	Left    int // who waited when the last day ended
	Talking int
	// Faults are what the desk must never do and did.
	Faults []string
}

// Hour is what came of one hour of the day, over all days.
type Hour struct {
	Offered, Served, Abandoned int
	Wait                       time.Duration // of those served
	Spent                      [6]time.Duration
}

// maxFaults bounds Report.Faults.
const maxFaults = 20

func newReport(s *Scenario) *Report {
	return &Report{Days: s.Days, Threshold: s.Threshold, Results: map[desk.Result]int{}, Overtaken: map[desk.Obstacle]int{}}
}

func (r *Report) fault(format string, args ...any) {
	if len(r.Faults) < maxFaults {
		r.Faults = append(r.Faults, fmt.Sprintf(format, args...))
	}
}

func (r *Report) offered(at time.Time) {
	r.Offered++
	r.Hours[at.Hour()].Offered++
}

func (r *Report) served(at time.Time, wait time.Duration, c *caller) {
	switch {
	case c.rounds > 0:
		r.ServedAgain++
		return
	case c.ticket.Kind == desk.Callback:
		r.CalledBack++
		return
	}
	r.Served++
	r.Waits = append(r.Waits, wait)
	if wait <= r.Threshold {
		r.InTime++
	}
	h := &r.Hours[at.Hour()]
	h.Served++
	h.Wait += wait
}

func (r *Report) abandoned(at time.Time, wait time.Duration, again bool) {
	if again {
		r.LostAgain++
		return
	}
	r.Abandoned++
	r.Lost = append(r.Lost, wait)
	if wait <= r.Threshold {
		r.LostInTime++
	}
	r.Hours[at.Hour()].Abandoned++
}

func (r *Report) promiseEnd(p desk.Promise, e desk.PromiseEnd) {
	if e.Kept && e.Left {
		return // he did not wait long enough to tell
	}
	switch {
	case e.Kept:
		r.PromisesKept++
	default:
		r.PromisesBroken++
		if e.Wait > p.High {
			r.TooLong++
		}
	}
}

// spend counts time in a state for the hours that it falls in.
func (r *Report) spend(s desk.OperatorState, from, to time.Time) {
	r.Spent[s] += to.Sub(from)
	for from.Before(to) {
		next := from.Truncate(time.Hour).Add(time.Hour)
		if next.After(to) {
			next = to
		}
		r.Hours[from.Hour()].Spent[s] += next.Sub(from)
		from = next
	}
}

// finish closes the books, and compares the desk's with ours.
func (d *day) finish() *Report {
	r := d.report
	for _, o := range d.operators {
		d.spend(o, d.end)
		total := time.Duration(0)
		for _, spent := range o.spent {
			total += spent
		}
		if total != d.end.Sub(d.Begin) {
			r.fault("%s: %s of the day are explained, not %s", o.Name, total, d.end.Sub(d.Begin))
		}
		if o.talks != nil {
			r.Talking++
		}
	}
	r.Left = len(d.waiting)
	if d.desk != nil {
		d.compare(d.desk.Snapshot(d.end))
	}
	slices.Sort(r.Waits)
	slices.Sort(r.Lost)
	return r
}

// compare looks for tickets that were lost, or that nobody holds.
func (d *day) compare(s desk.Snapshot) {
	known := map[string]bool{}
	for _, w := range slices.Concat(s.Waiting, s.Later) {
		known[w.Ticket.ID] = true
		if _, ok := d.waiting[d.caller(w.Ticket.ID)]; !ok {
			d.report.fault("%s waits at the desk and nowhere else", w.Ticket.ID)
		}
	}
	for c := range d.waiting {
		if !known[c.ticket.ID] {
			d.report.fault("%s waits and the desk does not know it", c.ticket.ID)
		}
	}
	for _, st := range s.Operators {
		o := d.byName[st.Name]
		if (st.State == desk.Talking) != (o.talks != nil || o.helps != nil) {
			d.report.fault("%s is %s", st.Name, st.State)
		}
	}
}

// quantile is the time within which a share of sorted waits lie.
func quantile(sorted []time.Duration, q float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}

func mean(all []time.Duration) time.Duration {
	if len(all) == 0 {
		return 0
	}
	sum := time.Duration(0)
	for _, t := range all {
		sum += t
	}
	return sum / time.Duration(len(all))
}

// Wait is the mean wait of those who were served.
func (r *Report) Wait() time.Duration { return mean(r.Waits) }

// Occupancy is the operators' share of time in conversation and wrap-up, of the time that they were logged in and not paused.
// False: nobody was.
func (r *Report) Occupancy() (float64, bool) { return occupancy(r.Spent) }

func occupancy(spent [6]time.Duration) (float64, bool) {
	busy := spent[desk.Talking] + spent[desk.WrapUp]
	all := busy + spent[desk.Ready] + spent[desk.Ringing]
	if all == 0 {
		return 0, false
	}
	return float64(busy) / float64(all), true
}

func percent(n, of int) string {
	if of == 0 {
		return "no data"
	}
	return fmt.Sprintf("%.1f%%", 100*float64(n)/float64(of))
}

func brief(d time.Duration) string { return d.Round(time.Second).String() }

// String is the report as it is printed.
func (r *Report) String() string {
	var b strings.Builder
	line := func(what, format string, args ...any) {
		fmt.Fprintf(&b, "%-22s %s\n", what, fmt.Sprintf(format, args...))
	}
	line("calls", "%d in %d day(s)", r.Offered, r.Days)
	line("served", "%d (%s), mean wait %s, half within %s, 90%% within %s, longest %s", r.Served, percent(r.Served, r.Offered),
		brief(r.Wait()), brief(quantile(r.Waits, 0.5)), brief(quantile(r.Waits, 0.9)), brief(quantile(r.Waits, 1)))
	line("hung up waiting", "%d (%s), after %s on average", r.Abandoned, percent(r.Abandoned, r.Offered), brief(mean(r.Lost)))
	line("turned away", "%d (%s): full, or nobody there", r.Refused, percent(r.Refused, r.Offered))
	line("service level", "%s served within %s, of served and hung up (SL3 = A_T/(A+B))", percent(r.InTime, r.Served+r.Abandoned), brief(r.Threshold))
	if occ, ok := r.Occupancy(); ok {
		line("occupancy", "%.1f%% = (talk + wrap-up)/(logged in - paused)", 100*occ)
	} else {
		line("occupancy", "no data: nobody was logged in")
	}
	if r.Booked > 0 {
		line("callbacks", "%d booked, %d served, %d not reached", r.Booked, r.CalledBack, r.Unreached)
	}
	if told := r.PromisesKept + r.PromisesBroken; r.Promised > 0 {
		line("waiting times told", "%d, %s of %d kept; %d left before it could be told", r.Promised, percent(r.PromisesKept, told), told, r.Promised-told)
	}
	if len(r.Overtaken) > 0 {
		line("overtaken", "%s", counts(r.Overtaken))
	}
	if r.Cut > 0 {
		line("cut and back", "%d cut, %d had their place again", r.Cut, r.Kept)
	}
	if r.Crashes > 0 {
		line("crashes", "%d, each with a new desk", r.Crashes)
	}
	if r.Requeued > 0 {
		line("back to the queue", "%d, of whom %d were served and %d hung up", r.Requeued, r.ServedAgain, r.LostAgain)
	}
	line("offers", "%s", counts(r.Results))
	line("at the end", "%d wait, %d talk", r.Left, r.Talking)
	r.table(&b)
	for _, f := range r.Faults {
		line("FAULT", "%s", f)
	}
	return b.String()
}

func counts[K ~string](m map[K]int) string {
	parts := make([]string, 0, len(m))
	for _, k := range slices.Sorted(maps.Keys(m)) {
		parts = append(parts, fmt.Sprintf("%s %d", k, m[k]))
	}
	return strings.Join(parts, ", ")
}

// table is the day by the hour.
func (r *Report) table(b *strings.Builder) {
	fmt.Fprintf(b, "\n%-6s %8s %8s %8s %10s %10s %10s\n", "hour", "calls", "served", "hung up", "mean wait", "operators", "occupancy")
	for i, h := range r.Hours {
		if h.Offered == 0 && h.Served == 0 {
			continue
		}
		in := time.Duration(0)
		for s, spent := range h.Spent {
			if desk.OperatorState(s) != desk.Offline && desk.OperatorState(s) != desk.Paused {
				in += spent
			}
		}
		wait, busy := "-", "-"
		if h.Served > 0 {
			wait = brief(h.Wait / time.Duration(h.Served))
		}
		if occ, ok := occupancy(h.Spent); ok {
			busy = fmt.Sprintf("%.1f%%", 100*occ)
		}
		fmt.Fprintf(b, "%02d     %8d %8d %8d %10s %10.1f %10s\n", i, h.Offered, h.Served, h.Abandoned, wait,
			in.Hours()/float64(r.Days), busy)
	}
}
