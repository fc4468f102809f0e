package console

import (
	"strings"
	"time"

	"pronto/prompts"
)

// hoursView are opening hours as people read them.
type hoursView struct {
	Always bool
	Days   []daysView
	Closed string
}

type daysView struct{ Days, Times string }

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// hours joins days in a row that have the same times.
func (p *twinPage) hours(h prompts.TwinHours) hoursView {
	v := hoursView{Always: h.Always}
	for i := 0; i < len(h.Week); {
		first, last := h.Week[i], h.Week[i]
		for i++; i < len(h.Week) && h.Week[i].From == first.From && h.Week[i].To == first.To && p.follows(last.Day, h.Week[i].Day); i++ {
			last = h.Week[i]
		}
		days := p.day(first.Day)
		if last.Day != first.Day {
			days += " – " + p.day(last.Day)
		}
		v.Days = append(v.Days, daysView{days, p.times(first.From, first.To)})
	}
	for _, e := range h.Exceptions {
		times := p.W.Nothing
		if e.From != "" {
			times = p.times(e.From, e.To)
		}
		v.Days = append(v.Days, daysView{p.date(e.Date), times})
	}
	if len(v.Days) == 0 {
		v.Days = []daysView{{p.W.ClosedAll, ""}}
	}
	closed := make([]string, 0, len(h.Closed))
	for _, name := range h.Closed {
		closed = append(closed, p.date(name))
	}
	v.Closed = strings.Join(closed, ", ")
	return v
}

func (p *twinPage) follows(a, b string) bool {
	for i, day := range weekdays {
		if day == a {
			return weekdays[(i+1)%7] == b
		}
	}
	return false
}

func (p *twinPage) day(name string) string {
	for i, day := range weekdays {
		if day == name {
			return p.W.days[i]
		}
	}
	return name
}

// times are two times of day; what is past midnight says so.
func (p *twinPage) times(from, to string) string {
	return p.clock(from) + " – " + p.clock(to)
}

func (p *twinPage) clock(s string) string {
	clock, past, _ := strings.Cut(s, " ")
	if at, err := time.Parse("15:04", clock); err == nil {
		clock = at.Format(p.W.clock)
	} else if clock == "24:00" {
		clock = strings.Replace(clock, ":", p.W.clock[2:3], 1)
	}
	if past != "" {
		return clock + " " + p.W.NextDay
	}
	return clock
}

// date is a date, a day of every year, or the name of a calendar.
func (p *twinPage) date(name string) string {
	switch name {
	case "it":
		return p.W.Holidays
	case "it-bz":
		return p.W.HolidaysBZ
	}
	if at, err := time.Parse(time.DateOnly, name); err == nil {
		return p.W.days[at.Weekday()] + " " + at.Format(p.W.date)
	}
	if at, err := time.Parse(time.DateOnly, "2000-"+name); err == nil {
		return at.Format(strings.TrimRight(strings.TrimSuffix(p.W.date, "2006"), " /"))
	}
	return name
}
