package prompts

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

var (
	langPattern = regexp.MustCompile(`^[a-z]{2}$`)
	// namePattern: names of nodes ride on channels, keys of texts become file names.
	namePattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,47}$`)
)

const nameHint = "use letters a-z, digits, - and _, at most 48"

// readLine reads line.yaml.
func (c *checker) readLine(root *value) {
	b := c.book
	c.start = root.at
	c.fields(root, root.at, "the book",
		field{"book", true, c.whole("book (the version of the format)", 1, 1, &b.Format)},
		field{"line", true, c.readIdentity},
		field{"hours", false, c.readHours},
		field{"areas", false, c.readAreas},
		field{"topics", false, c.readTopics},
		field{"rescue", true, c.readRescue},
		field{"directory", false, c.readDirectory},
		field{"start", true, func(v *value) { c.start = v.at; c.ref("start", "node", &b.Start)(v) }},
		field{"nodes", true, c.readNodes},
		field{"desk", false, c.readDesk},
		field{"limits", false, c.readLimits},
		field{"lexicon", false, c.readLexicon},
	)
	c.defaultDesk()
}

func (c *checker) readIdentity(v *value) {
	l := &c.book.Line
	c.fields(v, v.at, "line",
		field{"number", true, func(v *value) {
			c.str("line.number", &l.Number)(v)
			if l.Number != "" && !digitsOnly(l.Number) {
				c.fault(v.at, fmt.Sprintf("line.number %q is not a number to dial", l.Number), "digits only, as dialled")
			}
		}},
		field{"name", true, c.str("line.name", &l.Name)},
		field{"timezone", true, func(v *value) {
			c.str("line.timezone", &l.Timezone)(v)
			if _, err := time.LoadLocation(l.Timezone); err != nil || l.Timezone == "Local" {
				c.fault(v.at, fmt.Sprintf("there is no timezone %q", l.Timezone), "write for example Europe/Rome")
			}
		}},
		field{"languages", true, c.readLanguages},
	)
}

func (c *checker) readLanguages(v *value) {
	l := &c.book.Line
	c.list("line.languages", func(item *value) {
		switch {
		case !langPattern.MatchString(item.text):
			c.fault(item.at, fmt.Sprintf("%q is not a language", item.text), "two small letters: it, en, de, fr, sl")
		case slices.Contains(l.Languages, item.text):
			c.fault(item.at, fmt.Sprintf("the language %q is here twice", item.text), "remove one")
		default:
			l.Languages = append(l.Languages, item.text)
			c.languages = append(c.languages, item)
		}
	})(v)
	if len(l.Languages) == 0 && v.shape == shapeList && len(v.items) == 0 {
		c.fault(v.at, "the line speaks no language", "write languages: [it]")
	}
}

// named reads an object whose keys are names given by the admin.
func (c *checker) named(v *value, what string, each func(name, body *value)) {
	if v.shape == shapeNull {
		return
	}
	if !c.is(v, what, shapeObject) {
		return
	}
	for _, p := range v.pairs {
		if !namePattern.MatchString(p.key.text) {
			c.fault(p.key.at, fmt.Sprintf("%q is not a possible name in %s", p.key.text, what), nameHint)
		}
		each(p.key, p.value)
	}
}

func (c *checker) readTopics(v *value) {
	c.book.Topics = map[string]Topic{}
	c.named(v, "topics", func(name, body *value) {
		t := Topic{Class: 2}
		what := "topic " + name.text
		c.fields(body, name.at, what,
			field{"class", true, c.whole(what+": class", 1, 9, &t.Class)},
			field{"skills", false, c.list(what+": skills", func(item *value) { t.Skills = append(t.Skills, item.text) })},
		)
		c.book.Topics[name.text] = t
	})
}

func (c *checker) readRescue(v *value) {
	c.book.Rescue = map[string]Rescue{}
	c.named(v, "rescue", func(name, body *value) {
		r := &Rescue{}
		what := "rescue " + name.text
		c.fields(body, name.at, what, append(c.rescueFields(what, r), field{"areas", false, c.rescueAreas(what, r)})...)
		c.book.Rescue[name.text] = *r
	})
	if v.shape != shapeBad && v.get("default") == nil {
		c.fault(v.at, "there is no rescue number named default", `add default: { number: "112", say: dial-112 }`)
	}
}

func (c *checker) readDesk(v *value) {
	d := &c.book.Desk
	c.fields(v, v.at, "desk",
		field{"hours", false, c.ref("desk.hours", "hours", &d.Hours)},
		field{"ring", false, c.duration("desk.ring", 5*time.Second, 2*time.Minute, &d.Ring)},
		field{"wrap-up", false, c.duration("desk.wrap-up", 0, 30*time.Minute, &d.WrapUp)},
		field{"capacity", false, c.whole("desk.capacity", 1, 100_000, &d.Capacity)},
		field{"announce", false, c.duration("desk.announce", 10*time.Second, 10*time.Minute, &d.Announce)},
		field{"position", false, c.text("desk.position", &d.Position)},
		field{"many", false, c.text("desk.many", &d.Many)},
		field{"music", false, func(v *value) {
			c.str("desk.music", &d.Music)(v)
			if d.Music != "" && d.Music != MusicAll && d.Music != MusicNone {
				c.fault(v.at, fmt.Sprintf("desk.music is %q", d.Music), "write all (everybody who waits hears music) or none (they wait in silence between announcements)")
			}
		}},
		field{"strategy", false, func(v *value) {
			c.str("desk.strategy", &d.Strategy)(v)
			if d.Strategy != "" && d.Strategy != "longest-idle" {
				c.fault(v.at, fmt.Sprintf("the desk does not know the strategy %q", d.Strategy), "this version has longest-idle")
			}
		}},
	)
}

// defaultDesk fills in what the book leaves out.
func (c *checker) defaultDesk() {
	d := &c.book.Desk
	if d.Ring == 0 {
		d.Ring = 15 * time.Second
	}
	if d.Capacity == 0 {
		d.Capacity = 300
	}
	if d.Announce == 0 {
		d.Announce = 30 * time.Second
	}
	if d.Position == "" {
		d.Position = "queue-position"
	}
	if d.Many == "" {
		d.Many = "queue-position-many"
	}
	if d.Music == "" {
		d.Music = MusicAll
	}
	if d.Strategy == "" {
		d.Strategy = "longest-idle"
	}
}

func (c *checker) readLimits(v *value) {
	l := &c.book.Limits
	c.limits = v
	c.fields(v, v.at, "limits",
		field{"rescue-advice", false, c.duration("limits.rescue-advice", 0, 10*time.Minute, &l.RescueAdvice)},
		field{"operator-choice", false, c.duration("limits.operator-choice", 0, 10*time.Minute, &l.OperatorChoice)},
		field{"options", false, c.whole("limits.options", 0, 12, &l.Options)},
	)
}

// clock reads a time of day, 24:00 is its end.
func (c *checker) clock(what string, to *time.Duration) func(*value) {
	return func(v *value) {
		if v.shape == shapeBad {
			return
		}
		if v.shape == shapeText && v.text == "24:00" {
			*to = 24 * time.Hour
			return
		}
		t, err := time.Parse("15:04", v.text)
		if v.shape != shapeText || err != nil {
			c.fault(v.at, what+" is not a time of day"+not(v), `write hours and minutes: "09:00"`)
			return
		}
		*to = time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
	}
}

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// days reads days of the week: mon-fri, or [mon, wed], or both mixed.
func (c *checker) days(what string, h *Hours) func(*value) {
	return c.list(what+": days", func(item *value) {
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
	})
}

func (c *checker) weekday(where at, name string) int {
	name = strings.ToLower(strings.TrimSpace(name))
	day := slices.Index(weekdays, name)
	if day < 0 {
		c.fault(where, fmt.Sprintf("%q is not a day of the week", name), "mon, tue, wed, thu, fri, sat, sun, or mon-fri")
	}
	return day
}
