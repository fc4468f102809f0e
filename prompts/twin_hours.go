package prompts

import (
	"fmt"
	"slices"
	"time"
)

// TwinHours are opening hours as a week.
type TwinHours struct {
	Name string `json:"name"`
	Open bool   `json:"open"` // by the clock; an alert may keep the desk open beyond
	// Changes is when that will be otherwise.
	Changes time.Time `json:"changes_at,omitzero"`
	Always  bool      `json:"always"` // they never change
	Week    []TwinDay `json:"week"`
	// Closed are the calendars (it, it-bz), days of every year (06-29) and dates on which it is closed.
	Closed []string `json:"closed"`
	// Exceptions are dates from today on that have hours of their own.
	Exceptions []TwinDate `json:"exceptions"`
}

// TwinDay is a day of the week. To is at most 24:00; "02:00 next day" is past midnight.
type TwinDay struct {
	Day  string `json:"day"` // mon, tue ...
	From string `json:"from"`
	To   string `json:"to"`
}

// TwinDate is a date with hours of its own; without From and To it is closed.
type TwinDate struct {
	Date string `json:"date"` // 2006-01-02
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
}

func (b *Book) twinHours(name string, now time.Time) TwinHours {
	h := b.Hours[name]
	out := TwinHours{Name: name, Open: b.Open(name, now), Week: []TwinDay{}, Closed: []string{}, Exceptions: []TwinDate{}}
	out.Changes = b.nextChange(name, now)
	out.Always = out.Open && out.Changes.IsZero()
	for i := range weekdays { // from Monday on
		day := time.Weekday((i + 1) % 7)
		if slices.Contains(h.Days, day) {
			out.Week = append(out.Week, TwinDay{weekdays[day], timeOfDay(h.From), timeOfDay(h.To)})
		}
	}
	today := b.Local(now).Format(time.DateOnly)
	out.Closed = append(out.Closed, h.Holidays...)
	for _, date := range h.Closed {
		if date >= today {
			out.Closed = append(out.Closed, date)
		}
	}
	for _, date := range sortedKeys(h.Exceptions) {
		if date < today {
			continue
		}
		d, s := TwinDate{Date: date}, h.Exceptions[date]
		if s != (Span{}) {
			d.From, d.To = timeOfDay(s.From), timeOfDay(s.To)
		}
		out.Exceptions = append(out.Exceptions, d)
	}
	return out
}

// timeOfDay is a time of day as a book writes it.
func timeOfDay(d time.Duration) string {
	if d > 24*time.Hour {
		return timeOfDay(d-24*time.Hour) + nextDay
	}
	return fmt.Sprintf("%02d:%02d", int(d.Hours()), int(d.Minutes())%60)
}

// daysAhead is how far nextChange looks: past the longest that a line is closed by holidays, and past a year's.
const daysAhead = 400

// nextChange is when the hours open or close next; the zero time if they do not.
func (b *Book) nextChange(name string, now time.Time) time.Time {
	h, ok := b.Hours[name]
	if !ok {
		return time.Time{}
	}
	local := b.Local(now)
	open := h.open(local)
	for ahead := -1; ahead <= daysAhead; ahead++ { // yesterday's may go past midnight
		midnight := func(days int) time.Time {
			return time.Date(local.Year(), local.Month(), local.Day()+days, 0, 0, 0, 0, local.Location())
		}
		span := h.on(midnight(ahead).Add(12 * time.Hour))
		for _, edge := range []time.Duration{span.From, span.To} {
			// The clock's hands: on two days of the year they are not the time elapsed since midnight.
			at := time.Date(local.Year(), local.Month(), local.Day()+ahead, 0, int(edge.Minutes()), 0, 0, local.Location())
			if at.After(local) && h.open(at) != open {
				return at
			}
		}
	}
	return time.Time{}
}
