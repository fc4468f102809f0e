package console

import (
	"fmt"
	"html/template"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"pronto/prompts"
)

// twinPage is the text twin in one language.
type twinPage struct {
	W         twinWords
	Name      string
	Number    telephone
	Languages []langLink
	Rescue    []rescueView
	Alert     *alertView
	Status    []string // whether a person answers now
	Open      bool
	Ways      []wayView
	Hours     []hoursView
	Sections  []section
	Offices   []officeView
	Trouble   []text
	Release   string
	Stamp     string // Release's instant, RFC 3339

	twin     prompts.Twin
	lang     string
	zone     *time.Location
	numbers  *regexp.Regexp // to be made links in texts
	sections map[string]string
}

// telephone is a number: to be dialled by a link, and as people read it.
type telephone struct {
	Tel   template.URL
	Shown string
}

type langLink struct {
	Lang, Name string
	Current    bool
}

type rescueView struct {
	Number telephone
	Label  string
	Area   string
	Text   text
}

type alertView struct {
	Text           text
	Concerns, Ends string
}

// wayView is a way to a person: what it is about, with a link to that step, and what to do.
type wayView struct {
	Title, Do string
	Href      template.URL
	Closed    bool
}

type officeView struct {
	Text   text
	Number telephone
}

// text is something that is said, as it is written; Lang is "" if it is the page's.
type text struct {
	Lang, When string
	Parts      []part
}

// part is plain, or a number to call.
type part struct {
	Text string
	Tel  template.URL
}

func newTwinPage(twin prompts.Twin, l Line, lang string) *twinPage {
	p := &twinPage{W: twinWordsOf(lang), Name: twin.Line.Name, Number: phone(twin.Line.Number), twin: twin, lang: lang, zone: zoneOf(twin.Line.Timezone)}
	p.findNumbers()
	for _, other := range twin.Line.Languages {
		p.Languages = append(p.Languages, langLink{other, ownName(other), other == lang})
	}
	for _, r := range twin.Rescue {
		p.Rescue = append(p.Rescue, rescueView{Number: phone(r.Number), Label: fmt.Sprintf(p.W.Call, shown(r.Number)), Area: r.Area, Text: p.text(r.Text, "")})
	}
	if a := twin.Alert; a != nil {
		p.Alert = &alertView{Text: p.text(a.Text, ""), Concerns: p.W.AlertEverywhere}
		if len(a.Areas) > 0 {
			p.Alert.Concerns = strings.Join(a.Areas, ", ")
		}
		if !a.Expires.IsZero() {
			p.Alert.Ends = p.moment(a.Expires)
		}
	}
	p.person()
	for _, h := range twin.Hours {
		p.Hours = append(p.Hours, p.hours(h))
	}
	p.walk()
	for _, o := range twin.Offices {
		p.Offices = append(p.Offices, officeView{Text: p.text(o.Text, ""), Number: phone(o.Number)})
	}
	for _, said := range twin.Trouble {
		p.Trouble = append(p.Trouble, p.text(said.Text, ""))
	}
	name := l.Release.ID
	if l.Number > 0 {
		name = strconv.Itoa(l.Number)
	}
	if !l.Since.IsZero() {
		p.Release, p.Stamp = fmt.Sprintf(p.W.Release, name, p.moment(l.Since)), l.Since.UTC().Format(time.RFC3339)
	}
	return p
}

func zoneOf(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil || name == "" {
		return time.Local
	}
	return zone
}

// phone makes a number of digits alone, which is what books have, a link.
func phone(number string) telephone { return telephone{Tel: dial(number), Shown: shown(number)} }

// dial is safe as an address whatever the text: all but its digits is left out.
func dial(number string) template.URL {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, number)
	return template.URL("tel:" + digits)
}

// shown is a number in groups, as people read it: 800 840 840.
func shown(number string) string {
	if len(number) != 9 || number[0] != '8' {
		return number
	}
	return number[:3] + " " + number[3:6] + " " + number[6:]
}

// findNumbers prepares which numbers in the texts become links: the line's own, those of rescue and of the offices.
func (p *twinPage) findNumbers() {
	all := []string{p.twin.Line.Number}
	for _, r := range p.twin.Rescue {
		all = append(all, r.Number)
	}
	for _, o := range p.twin.Offices {
		all = append(all, o.Number)
	}
	slices.SortFunc(all, func(a, b string) int { return len(b) - len(a) })
	for i, number := range all {
		all[i] = strings.Join(strings.Split(number, ""), `[ .\x{a0}]?`)
	}
	p.numbers = regexp.MustCompile(`\b(?:` + strings.Join(all, "|") + `)\b`)
}

// text is what callers of the page's language hear; in the line's first language if there is nothing in theirs.
func (p *twinPage) text(words prompts.Words, when string) text {
	lang := p.lang
	if _, ok := words[lang]; !ok {
		for _, other := range append([]string{p.twin.Line.Languages[0]}, sorted(words)...) {
			if _, ok := words[other]; ok {
				lang = other
				break
			}
		}
	}
	t := text{When: when, Parts: p.parts(strings.ReplaceAll(words[lang], "{n}", "…"))}
	if lang != p.W.Lang {
		t.Lang = lang
	}
	return t
}

func sorted(words prompts.Words) []string {
	langs := make([]string, 0, len(words))
	for lang := range words {
		langs = append(langs, lang)
	}
	slices.Sort(langs)
	return langs
}

// parts takes a text apart where it names a number to call.
func (p *twinPage) parts(s string) []part {
	var parts []part
	last := 0
	for _, at := range p.numbers.FindAllStringIndex(s, -1) {
		number := s[at[0]:at[1]]
		parts = append(parts, part{Text: s[last:at[0]]}, part{Text: number, Tel: dial(number)})
		last = at[1]
	}
	if s != "" {
		parts = append(parts, part{Text: s[last:]})
	}
	return parts
}

// person tells whether somebody answers, and how to come to him.
func (p *twinPage) person() {
	person := p.twin.Person
	p.Open = person.Open && person.Staffed
	byAlert := false
	for _, way := range person.Ways {
		byAlert = byAlert || way.ByAlert
		number := shown(p.twin.Line.Number)
		v := wayView{Title: p.title(way.Node), Do: fmt.Sprintf(p.W.WayWaiting, number), Href: anchor(way.Node), Closed: person.Open && !way.Open}
		if len(way.Keys) > 0 {
			v.Do = fmt.Sprintf(p.W.Way, number, strings.Join(way.Keys, ", "))
		}
		if v.Title == "" {
			v.Title = p.W.Operator
		}
		p.Ways = append(p.Ways, v)
	}
	switch {
	case byAlert:
		p.Status = append(p.Status, p.W.ByAlert)
	case person.Open:
		p.Status = append(p.Status, p.W.Open)
	case len(person.Ways) > 0:
		p.Status = append(p.Status, p.W.Closed)
	}
	if person.Open && !person.Staffed {
		p.Status = append(p.Status, p.W.Unstaffed)
	}
	for _, h := range p.twin.Hours {
		switch {
		case h.Changes.IsZero() || byAlert || len(p.twin.Hours) > 1:
		case h.Open:
			p.Status = append(p.Status, fmt.Sprintf(p.W.Until, p.moment(h.Changes)))
		default:
			p.Status = append(p.Status, fmt.Sprintf(p.W.Opens, p.moment(h.Changes)))
		}
	}
}

// moment is an instant on the line's clock.
func (p *twinPage) moment(at time.Time) string {
	at = at.In(p.zone)
	return fmt.Sprintf(p.W.moment, p.W.days[at.Weekday()], at.Format(p.W.date), at.Format(p.W.clock))
}
