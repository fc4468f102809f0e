package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"pronto/ivr/flow"
	"pronto/ivr/ledger"
	"pronto/prompts"
)

// Options say what is reported and how.
type Options struct {
	Line, Name string         // the line's number and name
	From, To   time.Time      // the first instant, and the first that does not belong
	Now        time.Time      // when the report is made
	Zone       *time.Location // whose days and hours are meant

	Formula   Formula       // of the service level
	Threshold time.Duration // of the service level, in whole seconds
	Short     time.Duration // who gives up sooner is left out of the net abandonment, in whole seconds
	Within    int           // days within which another call makes a contact unsettled; at most ledger.RepeatDays
}

// Data is what the report is made of.
type Data struct {
	Calls   ledger.Figures
	Matters ledger.Matters
	Staff   ledger.Staff
	// Proofs finds the proofs of a release; ok: there are any.
	Proofs func(release string) (p prompts.Proofs, ok bool)
}

// Report is the line's figures for a period.
type Report struct {
	Options
	Sheets []Sheet
}

// Sheet is one table. Its rows have the columns' values in order.
type Sheet struct {
	Key     string
	Columns []string // their keys
	Rows    []Row
	Notes   []string // texts that explain it, with what they need filled in
	Chart   Chart
	// Named: the rows' keys are words of ours, with a text in each language. Otherwise they are names of the book's.
	Named bool
}

// Row is one row. Label, if there is one, stands in print for the key.
type Row struct {
	Key, Label string
	Values     []Value
}

// Make works the figures out.
func Make(o Options, d Data) Report {
	f := &d.Calls
	return Report{Options: o, Sheets: []Sheet{
		requests(d.Matters),
		channels(d.Matters),
		matters("requests_by_topic", d.Matters, func(c ledger.RequestCount) string { return c.Topic }),
		matters("requests_by_language", d.Matters, func(c ledger.RequestCount) string { return c.Language }),
		outcomes(f),
		deskSheet(o, f, d.Staff),
		waits(f),
		agcom(f, d.Proofs),
		byHour(o, f),
		byDay(o, f),
		groups("by_topic", f.Topic),
		groups("by_language", f.Language),
		groups("by_district", f.District),
		menu(f),
		choices(f),
	}}
}

// Sheet is the one with the key, or nil.
func (r *Report) Sheet(key string) *Sheet {
	for i := range r.Sheets {
		if r.Sheets[i].Key == key {
			return &r.Sheets[i]
		}
	}
	return nil
}

// Value is a value by the keys of its row and column; "no data" if there is none.
func (s *Sheet) Value(row, column string) Value {
	if s == nil {
		return Value{}
	}
	at := slices.Index(s.Columns, column)
	for _, r := range s.Rows {
		if r.Key == row && at >= 0 {
			return r.Values[at]
		}
	}
	return Value{}
}

// requests are the line's own figures, in the words in which it has published them.
func requests(m ledger.Matters) Sheet {
	var immediate, inDepth, open int64
	for _, c := range m.Counts {
		switch {
		case c.State != string(ledger.StageClosed):
			open += c.N
		case c.Disposition == ledger.DispositionInDepth:
			inDepth += c.N
		default:
			immediate += c.N
		}
	}
	all := immediate + inDepth + open
	parts := shares([]int64{immediate, inDepth, open}, 0)
	handled := Value{}
	if parts[0].Known() {
		handled = Value{Unit: Percent, Number: parts[0].Number + parts[1].Number}
	}
	whole := func(n int64) Value {
		if all == 0 {
			return Value{}
		}
		return Value{Unit: Percent, Number: round(100*float64(n)/float64(all), 0)}
	}
	return Sheet{Key: "requests", Columns: []string{"requests", "share"}, Named: true, Rows: []Row{
		{Key: "total", Values: []Value{count(all), {}}},
		{Key: "handled", Values: []Value{count(immediate + inDepth), handled}},
		{Key: "immediate", Values: []Value{count(immediate), parts[0]}},
		{Key: "in_depth", Values: []Value{count(inDepth), parts[1]}},
		{Key: "in_progress", Values: []Value{count(open), parts[2]}},
		{Key: "rescue", Values: []Value{count(m.Rescue), whole(m.Rescue)}},
		{Key: "reopened", Values: []Value{count(m.Reopened), whole(m.Reopened)}},
		{Key: "overdue", Values: []Value{count(m.Overdue), whole(m.Overdue)}},
	}}
}

func channels(m ledger.Matters) Sheet {
	counts := make([]int64, len(ledger.Channels()))
	for _, c := range m.Counts {
		if i := slices.Index(ledger.Channels(), c.Channel); i >= 0 {
			counts[i] += c.N
		}
	}
	s := Sheet{Key: "channels", Columns: []string{"requests", "share"}, Named: true, Chart: Bars}
	for i, share := range shares(counts, 0) {
		s.Rows = append(s.Rows, Row{Key: ledger.Channels()[i], Values: []Value{count(counts[i]), share}})
	}
	return s
}

func matters(key string, m ledger.Matters, of func(ledger.RequestCount) string) Sheet {
	counts := map[string]int64{}
	for _, c := range m.Counts {
		counts[of(c)] += c.N
	}
	names := most(counts)
	parts := make([]int64, len(names))
	for i, name := range names {
		parts[i] = counts[name]
	}
	s := Sheet{Key: key, Columns: []string{"requests", "share"}}
	for i, share := range shares(parts, 1) {
		s.Rows = append(s.Rows, Row{Key: names[i], Values: []Value{count(parts[i]), share}})
	}
	return s
}

// outcomes are all calls, each once.
func outcomes(f *ledger.Figures) Sheet {
	var parts []int64
	for _, o := range ledger.Outcomes() {
		parts = append(parts, f.All.Of(o))
	}
	s := Sheet{
		Key: "calls", Columns: []string{"calls", "share"}, Named: true, Chart: Bars,
		Rows: []Row{{Key: "offered", Values: []Value{count(f.All.Calls), {}}}},
	}
	for i, share := range shares(append(parts, f.All.Up), 1) {
		name, n := "up", f.All.Up
		if i < len(parts) {
			name, n = string(ledger.Outcomes()[i]), parts[i]
		}
		s.Rows = append(s.Rows, Row{Key: name, Values: []Value{count(n), share}})
	}
	return s
}

// deskSheet is how callers reached an operator.
func deskSheet(o Options, f *ledger.Figures, staff ledger.Staff) Sheet {
	all := f.All
	short := f.Abandoned.Below(o.Short)
	settled, first := f.FirstContacts(o.Within)
	offDuty := staff["offline"] + staff["paused"]
	var duty time.Duration
	for _, d := range staff {
		duty += d
	}
	occupied := staff["talking"] + staff["wrap_up"]
	none := Value{}
	return Sheet{
		Key: "desk", Columns: []string{"calls", "figure"}, Named: true,
		Rows: []Row{
			{Key: "queued", Values: []Value{count(all.Queued), none}},
			{Key: "answered", Values: []Value{count(all.Answered), ratio(all.Answered, all.Queued)}},
			{Key: "abandoned_gross", Values: []Value{count(all.Abandoned), ratio(all.Abandoned, all.Queued)}},
			{Key: "abandoned_net", Values: []Value{count(all.Abandoned - short), ratio(all.Abandoned-short, all.Queued-short)}},
			{Key: "left_otherwise", Values: []Value{count(all.Queued - all.Answered - all.Abandoned), none}},
			{Key: "service_level", Values: []Value{count(f.Answered.Within(o.Threshold)), o.Formula.of(f, o.Threshold)}},
			{Key: "speed_of_answer", Values: []Value{count(all.Answered), mean(all.Wait, all.Answered)}},
			{Key: "time_to_abandon", Values: []Value{count(all.Abandoned), mean(all.GivenUp, all.Abandoned)}},
			{Key: "handling_time", Values: []Value{count(all.Served), mean(all.Talk+all.WrapUp, all.Served)}},
			{Key: "occupancy", Values: []Value{none, ratio(occupied.Milliseconds(), (duty - offDuty).Milliseconds())}},
			{Key: "first_contact", Values: []Value{count(settled), ratio(settled, first)}},
			{Key: "without_desk", Values: []Value{count(all.Served - all.Answered), none}},
		},
		Notes: []string{"service_level_note", "abandoned_note", "speed_note", "handling_note", "occupancy_note", "first_contact_note"},
	}
}

// waits are how long those waited who were answered and those who gave up.
func waits(f *ledger.Figures) Sheet {
	s := Sheet{Key: "waits", Columns: []string{"answered", "abandoned"}, Chart: Columns}
	before := [2]int64{}
	for _, bound := range []int{5, 10, 15, 20, 30, 45, 60, 90, 120, 150, 180, 300, 600} {
		t := time.Duration(bound) * time.Second
		now := [2]int64{f.Answered.Within(t), f.Abandoned.Within(t)}
		s.Rows = append(s.Rows, Row{Key: fmt.Sprintf("≤%d s", bound), Values: []Value{count(now[0] - before[0]), count(now[1] - before[1])}})
		before = now
	}
	s.Rows = append(s.Rows, Row{Key: ">600 s", Values: []Value{count(f.Answered.Total() - before[0]), count(f.Abandoned.Total() - before[1])}})
	return s
}

// agcom are the times that AGCOM 79/09/CSP defines: navigation, from the number dialled until the caller can choose an
// operator, for each menu that was in service; waiting, from that choice to the conversation.
func agcom(f *ledger.Figures, proofs func(string) (prompts.Proofs, bool)) Sheet {
	s := Sheet{Key: "agcom", Columns: []string{"calls", "navigation", "wait", "within_20"}, Notes: []string{"agcom_note"}}
	setup := f.All.Setup / max(1, f.All.Picked)
	for _, key := range most(f.Release) {
		release, lang, _ := strings.Cut(key, "/")
		row := Row{Key: release + " " + lang, Values: []Value{count(f.Release[key]), {}, {}, {}}}
		if proofs != nil {
			if p, ok := proofs(release); ok {
				row.Values[1] = navigation(p, lang, time.Duration(setup)*time.Millisecond)
			}
		}
		s.Rows = append(s.Rows, row)
	}
	all := Row{Key: "all", Values: []Value{
		count(f.All.Calls), {}, mean(f.All.Wait, f.All.Answered), ratio(f.Answered.Within(20*time.Second), f.All.Answered),
	}}
	s.Rows = append(s.Rows, all)
	return s
}

func navigation(p prompts.Proofs, lang string, setup time.Duration) Value {
	for _, l := range p.Languages {
		if l.Language == lang && !l.Operator.Never {
			return seconds(setup + time.Duration(l.Operator.Seconds*float64(time.Second)))
		}
	}
	return Value{}
}

// groupColumns are the columns of sums.
var groupColumns = []string{"offered", "queued", "answered", "abandoned", "abandoned_share", "asa", "aht", "redirected"}

func group(key, label string, s ledger.Sum) Row {
	return Row{Key: key, Label: label, Values: []Value{
		count(s.Calls), count(s.Queued), count(s.Answered), count(s.Abandoned), ratio(s.Abandoned, s.Queued),
		mean(s.Wait, s.Answered), mean(s.Talk+s.WrapUp, s.Served), count(s.Of(flow.Redirected)),
	}}
}

func groups(key string, sums map[string]*ledger.Sum) Sheet {
	counts := map[string]int64{}
	for name, s := range sums {
		counts[name] = s.Calls
	}
	out := Sheet{Key: key, Columns: groupColumns}
	for _, name := range most(counts) {
		out.Rows = append(out.Rows, group(name, "", *sums[name]))
	}
	return out
}

// local is a quarter's beginning in the line's zone.
func (o Options) local(quarter int64) time.Time { return time.Unix(quarter*900, 0).In(o.Zone) }

func byHour(o Options, f *ledger.Figures) Sheet {
	var hours [24]ledger.Sum
	for quarter, s := range f.Quarter {
		h := o.local(quarter).Hour()
		hours[h] = hours[h].Plus(*s)
	}
	out := Sheet{Key: "by_hour", Columns: groupColumns, Chart: Columns}
	for h, s := range hours {
		out.Rows = append(out.Rows, group(fmt.Sprintf("%02d", h), fmt.Sprintf("%02d-%02d", h, h+1), s))
	}
	return out
}

// manyDays is the longest period that is told day by day; a longer one is told by months.
const manyDays = 62

func byDay(o Options, f *ledger.Figures) Sheet {
	key, layout := "by_day", time.DateOnly
	if o.To.Sub(o.From) > manyDays*24*time.Hour {
		key, layout = "by_month", "2006-01"
	}
	sums := map[string]ledger.Sum{}
	for t := o.From.In(o.Zone); t.Before(o.To); t = t.AddDate(0, 0, 1) { // days without calls too
		sums[t.Format(layout)] = ledger.Sum{}
	}
	for quarter, s := range f.Quarter {
		day := o.local(quarter).Format(layout)
		sums[day] = sums[day].Plus(*s)
	}
	out := Sheet{Key: key, Columns: groupColumns, Chart: Columns}
	for _, day := range slices.Sorted(maps.Keys(sums)) {
		out.Rows = append(out.Rows, group(day, "", sums[day]))
	}
	return out
}

// menu is how many came to each node, and left there.
func menu(f *ledger.Figures) Sheet {
	left, gaveUp := map[string]int64{}, map[string]int64{}
	for key, n := range f.Left {
		node, outcome, _ := strings.Cut(key, "/")
		left[node] += n
		if outcome == string(flow.AbandonedMenu) || outcome == string(flow.AbandonedQueue) {
			gaveUp[node] += n
		}
	}
	s := Sheet{Key: "menu", Columns: []string{"visited", "left", "left_share", "gave_up", "gave_up_share"}, Notes: []string{"menu_note"}}
	for _, node := range most(f.Visited) {
		n := f.Visited[node]
		s.Rows = append(s.Rows, Row{Key: node, Values: []Value{
			count(n), count(left[node]), ratio(left[node], n), count(gaveUp[node]), ratio(gaveUp[node], n),
		}})
	}
	return s
}

// choices are the ways from node to node that were gone, by node.
func choices(f *ledger.Figures) Sheet {
	from := map[string]int64{}
	for way, n := range f.Went {
		node, _, _ := strings.Cut(way, ">")
		from[node] += n
	}
	ways := most(f.Went)
	slices.SortStableFunc(ways, func(a, b string) int {
		na, _, _ := strings.Cut(a, ">")
		nb, _, _ := strings.Cut(b, ">")
		return cmp.Or(cmp.Compare(f.Visited[nb], f.Visited[na]), strings.Compare(na, nb))
	})
	s := Sheet{Key: "choices", Columns: []string{"times", "share"}}
	for _, way := range ways {
		node, to, _ := strings.Cut(way, ">")
		s.Rows = append(s.Rows, Row{Key: way, Label: node + " → " + to, Values: []Value{count(f.Went[way]), ratio(f.Went[way], from[node])}})
	}
	return s
}

// most are the keys of counts, the largest first.
func most(counts map[string]int64) []string {
	return slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), strings.Compare(a, b))
	})
}
