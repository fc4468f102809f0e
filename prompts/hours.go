package prompts

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"pronto/prompts/wording"
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
	return h.open(b.Local(now))
}

// NextOpen is when the named hours open next; zero if they are open, or never are.
func (b *Book) NextOpen(hours string, now time.Time) time.Time {
	h, ok := b.Hours[hours]
	local := b.Local(now)
	if !ok || h.open(local) {
		return time.Time{}
	}
	const ahead = 60 // days: the longest closing that makes sense
	for day := range ahead {
		s := h.on(time.Date(local.Year(), local.Month(), local.Day()+day, 12, 0, 0, 0, local.Location()))
		opens := time.Date(local.Year(), local.Month(), local.Day()+day, 0, int(s.From.Minutes()), 0, 0, local.Location())
		if s.To > s.From && opens.After(local) {
			return opens
		}
	}
	return time.Time{}
}

// Holiday says whether today is a day that name stands for: a calendar (it, it-bz), 06-29, or 2026-06-29.
func (b *Book) Holiday(name string, now time.Time) bool { return isHoliday(name, b.Local(now)) }

// Local is now in the line's timezone.
func (b *Book) Local(now time.Time) time.Time {
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

func (c *checker) hoursForm() form {
	return c.named(wording.Name("hours"), func(name *value) form {
		h := &Hours{}
		what := tell("hours %s", name.text)
		closed := item(datePattern, func(item *value) {
			c.dateOnly(item)
			h.Closed = append(h.Closed, item.text)
		})
		holidays := item(holidayPattern(), func(item *value) {
			c.holiday(item)
			h.Holidays = append(h.Holidays, item.text)
		})
		return c.entry(name, what,
			field{"days", true, c.days(what, h), tell("Days of the week: mon-fri, or [mon, wed].")},
			field{"from", true, c.clock(under(what, "from"), &h.From), tell("When it opens: \"09:00\".")},
			field{"to", true, c.closing(under(what, "to"), &h.To), tell("When it closes: \"18:00\", \"24:00\", or \"02:00 next day\".")},
			field{"closed", false, c.list(under(what, "closed"), closed), tell("Dates on which it is closed: 2026-12-24.")},
			field{"holidays", false, c.list(under(what, "holidays"), holidays), tell("Holidays on which it is closed: a calendar (it, it-bz), a month and day (\"06-29\"), or a date.")},
			field{"exceptions", false, c.exceptions(what, h), tell("Other hours on single dates; they count before all else.")},
		).also(func(body *value) {
			if to := body.get("to"); to != nil && h.To > 0 && h.To <= h.From {
				c.fault(to.at, tell("%s end before they begin", what), pastMidnight())
			}
			keep(&c.book.Hours, name.text, *h)
		})
	})
}

const nextDay = " next day"

func pastMidnight() wording.Sentence {
	return tell(`hours that go past midnight say so: to: "02:00 next day"; the end of the day is "24:00"`)
}

// How times and dates are written. That there is such a day, time.Parse tells.
const (
	clockPattern   = `(([01]?[0-9]|2[0-3]):[0-5][0-9]|24:00)`
	closingPattern = clockPattern + `(` + nextDay + `)?`
	datePattern    = `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`
	closedWord     = "closed"
)

var clockExpression = regexp.MustCompile(`^` + clockPattern + `$`)

func holidayPattern() string {
	return `^(` + strings.Join(calendarNames(), "|") + `|([0-9]{4}-)?[0-9]{2}-[0-9]{2})$`
}

// clock reads a time of day, 24:00 is its end.
func (c *checker) clock(what wording.Sentence, to *time.Duration) form {
	return form{
		func(v *value) {
			if v.shape == shapeBad {
				return
			}
			if v.shape != shapeText || !clockExpression.MatchString(v.text) {
				c.fault(v.at, tell("%s is not a time of day%s", what, not(v)), tell(`write hours and minutes: "09:00"`))
				return
			}
			hours, minutes, _ := strings.Cut(v.text, ":")
			h, _ := strconv.Atoi(hours)
			m, _ := strconv.Atoi(minutes)
			*to = time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
		},
		func() *schema { return &schema{Type: types("string"), Pattern: clockExpression.String()} },
	}
}

// closing reads the time of day at which hours end; "02:00 next day" is past midnight.
func (c *checker) closing(what wording.Sentence, to *time.Duration) form {
	clock := c.clock(what, to)
	return form{
		func(v *value) {
			if text, next := strings.CutSuffix(v.text, nextDay); next && v.shape == shapeText {
				clock.read(&value{at: v.at, shape: shapeText, text: text})
				*to += 24 * time.Hour
				return
			}
			clock.read(v)
		},
		func() *schema { return &schema{Type: types("string"), Pattern: `^` + closingPattern + `$`} },
	}
}

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// daysPattern is a day, some days with commas, or days from one to another; big letters are as good.
func daysPattern() string {
	var names []string
	for _, name := range weekdays {
		letters := ""
		for _, letter := range name {
			letters += "[" + strings.ToUpper(string(letter)) + string(letter) + "]"
		}
		names = append(names, letters)
	}
	day := `\s*(` + strings.Join(names, "|") + `)\s*`
	days := day + `(-` + day + `)?`
	return `^` + days + `(,` + days + `)*$`
}

// days reads days of the week: mon-fri, or [mon, wed], or both mixed.
func (c *checker) days(what wording.Sentence, h *Hours) form {
	return c.list(under(what, "days"), item(daysPattern(), func(item *value) {
		for part := range strings.SplitSeq(item.text, ",") {
			from, to, ranged := strings.Cut(strings.TrimSpace(part), "-")
			if !ranged {
				to = from
			}
			first, last := c.weekday(item.at, from), c.weekday(item.at, to)
			if first < 0 || last < 0 {
				return
			}
			for d := first; ; d = (d + 1) % 7 {
				if !slices.Contains(h.Days, time.Weekday(d)) {
					h.Days = append(h.Days, time.Weekday(d))
				}
				if d == last {
					break
				}
			}
		}
	}))
}

func (c *checker) weekday(where at, name string) int {
	name = strings.ToLower(strings.TrimSpace(name))
	day := slices.Index(weekdays, name)
	if day < 0 {
		c.fault(where, tell("%q is not a day of the week", name), tell("mon, tue, wed, thu, fri, sat, sun, or mon-fri"))
	}
	return day
}

func (c *checker) dateOnly(v *value) {
	if _, err := time.Parse(time.DateOnly, v.text); err != nil {
		c.fault(v.at, tell("%q is not a date", v.text), tell("write the year, month and day: 2026-12-25"))
	}
}

// holiday reads a calendar's name, a day of every year or a date.
func (c *checker) holiday(v *value) {
	if !possibleHoliday(v.text) {
		c.fault(v.at, tell("there are no holidays %q", v.text),
			tell(`write a calendar (%s), a month and day as "06-29", or a date as 2026-12-24`, strings.Join(calendarNames(), ", ")))
	}
}

// exceptions reads what is different on single days: closed, or other hours.
func (c *checker) exceptions(what wording.Sentence, h *Hours) form {
	what = under(what, "exceptions")
	return form{
		func(v *value) {
			if !c.is(v, what, shapeObject) {
				return
			}
			h.Exceptions = map[string]Span{}
			for _, p := range v.pairs {
				c.dateOnly(p.key)
				if c.is(p.value, tell("an exception of %s", what), shapeText) {
					h.Exceptions[p.key.text] = c.exception(what, p.value)
				}
			}
		},
		func() *schema {
			return &schema{
				Type: types("object"), Names: &schema{Pattern: datePattern},
				Others: &schema{Type: types("string"), Pattern: `^(` + closedWord + `|\s*` + clockPattern + `\s*-\s*` + closingPattern + `\s*)$`},
			}
		},
	}
}

func (c *checker) exception(what wording.Sentence, v *value) (s Span) {
	if v.text == closedWord {
		return s
	}
	from, to, ranged := strings.Cut(v.text, "-")
	if !ranged {
		c.fault(v.at, tell("%q is neither closed nor hours", v.text), tell(`write closed, or the hours of that day: "09:00-13:00"`))
		return s
	}
	told := len(c.faults)
	c.clock(what, &s.From).read(&value{at: v.at, shape: shapeText, text: strings.TrimSpace(from)})
	c.closing(what, &s.To).read(&value{at: v.at, shape: shapeText, text: strings.TrimSpace(to)})
	if len(c.faults) == told && s.To <= s.From {
		c.fault(v.at, tell("%s end before they begin", what), pastMidnight())
	}
	return s
}
