package prompts

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Open says whether the named hours are open at now; the empty name is always open.
func (b *Book) Open(hours string, now time.Time) bool {
	if hours == "" {
		return true
	}
	h, ok := b.Hours[hours]
	if !ok {
		return true // the checker refuses such a book; a call must not suffer from it
	}
	return h.open(b.local(now))
}

// Holiday says whether today is a day that name stands for: a calendar (it, it-bz), 06-29, or 2026-06-29.
func (b *Book) Holiday(name string, now time.Time) bool { return isHoliday(name, b.local(now)) }

// local is now in the line's timezone.
func (b *Book) local(now time.Time) time.Time {
	zone, err := time.LoadLocation(b.Line.Timezone)
	if err != nil {
		zone = time.UTC
	}
	return now.In(zone)
}

// open: hours that go past midnight belong to the day they begin on, with its holidays and exceptions.
func (h Hours) open(now time.Time) bool {
	// The clock's hands, not the time elapsed since midnight: they differ on the two days a year that have 23 or 25 hours.
	clock := time.Duration(now.Hour())*time.Hour + time.Duration(now.Minute())*time.Minute + time.Duration(now.Second())*time.Second
	if s := h.on(now); clock >= s.From && clock < s.To {
		return true
	}
	yesterday := h.on(time.Date(now.Year(), now.Month(), now.Day()-1, 12, 0, 0, 0, now.Location()))
	return clock+24*time.Hour < yesterday.To
}

// on are the hours of one day: an exception counts before all else, then the days when closed.
func (h Hours) on(day time.Time) Span {
	name := day.Format(time.DateOnly)
	if s, ok := h.Exceptions[name]; ok {
		return s
	}
	holiday := func(holiday string) bool { return isHoliday(holiday, day) }
	if !slices.Contains(h.Days, day.Weekday()) || slices.Contains(h.Closed, name) || slices.ContainsFunc(h.Holidays, holiday) {
		return Span{}
	}
	return Span{h.From, h.To}
}

func (c *checker) readHours(v *value) {
	c.book.Hours = map[string]Hours{}
	c.named(v, "hours", func(name, body *value) {
		h := &Hours{}
		what := "hours " + name.text
		c.fields(body, name.at, what,
			field{"days", true, c.days(what, h)},
			field{"from", true, c.clock(what+": from", &h.From)},
			field{"to", true, c.closing(what+": to", &h.To)},
			field{"closed", false, c.list(what+": closed", func(item *value) {
				c.dateOnly(item)
				h.Closed = append(h.Closed, item.text)
			})},
			field{"holidays", false, c.list(what+": holidays", func(item *value) {
				c.holiday(item)
				h.Holidays = append(h.Holidays, item.text)
			})},
			field{"exceptions", false, c.exceptions(what, h)},
		)
		if to := body.get("to"); to != nil && h.To > 0 && h.To <= h.From {
			c.fault(to.at, what+" end before they begin", pastMidnight)
		}
		c.book.Hours[name.text] = *h
	})
}

const (
	nextDay      = " next day"
	pastMidnight = `hours that go past midnight say so: to: "02:00 next day"; the end of the day is "24:00"`
)

// closing reads the time of day at which hours end; "02:00 next day" is past midnight.
func (c *checker) closing(what string, to *time.Duration) func(*value) {
	return func(v *value) {
		if text, next := strings.CutSuffix(v.text, nextDay); next && v.shape == shapeText {
			c.clock(what, to)(&value{at: v.at, shape: shapeText, text: text})
			*to += 24 * time.Hour
			return
		}
		c.clock(what, to)(v)
	}
}

func (c *checker) dateOnly(v *value) {
	if _, err := time.Parse(time.DateOnly, v.text); err != nil {
		c.fault(v.at, fmt.Sprintf("%q is not a date", v.text), "write the year, month and day: 2026-12-25")
	}
}

// holiday reads a calendar's name, a day of every year or a date.
func (c *checker) holiday(v *value) {
	if !possibleHoliday(v.text) {
		c.fault(v.at, fmt.Sprintf("there are no holidays %q", v.text),
			`write a calendar (`+strings.Join(calendarNames(), ", ")+`), a month and day as "06-29", or a date as 2026-12-24`)
	}
}

// exceptions reads what is different on single days: closed, or other hours.
func (c *checker) exceptions(what string, h *Hours) func(*value) {
	what += ": exceptions"
	return func(v *value) {
		if !c.is(v, what, shapeObject) {
			return
		}
		h.Exceptions = map[string]Span{}
		for _, p := range v.pairs {
			c.dateOnly(p.key)
			if !c.is(p.value, "an exception of "+what, shapeText) {
				continue
			}
			if p.value.text == "closed" {
				h.Exceptions[p.key.text] = Span{}
				continue
			}
			from, to, ranged := strings.Cut(p.value.text, "-")
			if !ranged {
				c.fault(p.value.at, fmt.Sprintf("%q is neither closed nor hours", p.value.text), `write closed, or the hours of that day: "09:00-13:00"`)
				continue
			}
			var s Span
			told := len(c.faults)
			c.clock(what, &s.From)(&value{at: p.value.at, shape: shapeText, text: strings.TrimSpace(from)})
			c.closing(what, &s.To)(&value{at: p.value.at, shape: shapeText, text: strings.TrimSpace(to)})
			if len(c.faults) == told && s.To <= s.From {
				c.fault(p.value.at, what+" end before they begin", pastMidnight)
			}
			h.Exceptions[p.key.text] = s
		}
	}
}
