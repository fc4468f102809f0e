package prompts

import (
	"maps"
	"slices"
	"time"
)

// Twin is what a release says and does, to be read instead of heard: the way through the line without hearing or speech
// that EN 301 549 asks for in 6.4. TwinOf makes it of what calls run on, so that it can not tell anything else than they hear.
//
// Its JSON is what the line's API answers at /api/v1/line: names stay, more may come.
type Twin struct {
	Line TwinLine `json:"line"`
	// Rescue are the numbers for an emergency; "default" is the first.
	Rescue []TwinRescue `json:"rescue"`
	// Alert is the one that is raised now; nil: none.
	Alert  *TwinAlert `json:"alert"`
	Person TwinPerson `json:"person"`
	// Hours are those that decide whether a person answers, by name.
	Hours   []TwinHours  `json:"hours"`
	Offices []TwinOffice `json:"offices"`
	Start   string       `json:"start"`
	// Nodes are those that a caller can come to, the nearest to the start first.
	Nodes []TwinNode `json:"nodes"`
	// Trouble is what is said when something of the line's own does not work.
	Trouble []TwinText `json:"trouble"`
}

// Words are one text by language, as it is written: 112, 9:00.
type Words map[string]string

// TwinLine names the line.
type TwinLine struct {
	Number    string   `json:"number"`
	Name      string   `json:"name"`
	Timezone  string   `json:"timezone"`
	Languages []string `json:"languages"` // every call begins in the first
}

// TwinRescue is a number for an emergency.
type TwinRescue struct {
	Name   string `json:"name"`
	Area   string `json:"area,omitempty"` // callers from there are told this number instead of the one before
	Number string `json:"number"`
	Text   Words  `json:"text"`
}

// TwinAlert is a declared situation.
type TwinAlert struct {
	ID        string    `json:"id"`
	Text      Words     `json:"text"`      // where a language is missing callers hear the line's first
	Areas     []string  `json:"areas"`     // areas of the book or telephone districts; none: everywhere
	Topics    []string  `json:"topics"`    // none: all
	OpenRound bool      `json:"open_h24"`  // the desk is open round the clock
	Raised    time.Time `json:"raised_at"` //
	Expires   time.Time `json:"expires_at,omitzero"`
}

// TwinPerson says whether a caller comes to a person now, and how.
type TwinPerson struct {
	Open    bool      `json:"open"`    // at this hour, for one topic at least
	Staffed bool      `json:"staffed"` // an operator is there
	Ways    []TwinWay `json:"ways"`
}

// TwinWay is a way to a person.
type TwinWay struct {
	Node  string `json:"node"`
	Topic string `json:"topic"`
	// Keys are pressed one after the other from the start of the call.
	Keys    []string `json:"keys"`
	Hours   string   `json:"hours,omitempty"` // "" is always
	Open    bool     `json:"open"`
	ByAlert bool     `json:"open_by_alert"` // out of hours, for as long as the alert is raised
}

// TwinOffice is one whose number callers are told.
type TwinOffice struct {
	Name   string `json:"name"`
	Number string `json:"number"`
	Text   Words  `json:"text"`
}

// TwinOf is the release in service, with its alert, to be read at now; staffed: an operator is there.
func TwinOf(r *Release, staffed bool, now time.Time) Twin {
	b := r.Book
	w := twinWriter{r: r, now: now, alert: r.Alert}
	if !w.alert.Active(now) {
		w.alert = nil
	}
	t := Twin{
		Line:   TwinLine{Number: b.Line.Number, Name: b.Line.Name, Timezone: b.Line.Timezone, Languages: b.Line.Languages},
		Rescue: w.rescue(), Alert: w.raised(), Hours: []TwinHours{}, Offices: []TwinOffice{}, Start: b.Start, Nodes: w.nodes(),
	}
	t.Person = w.person(t.Nodes, staffed)
	used := map[string]bool{}
	for _, way := range t.Person.Ways {
		used[way.Hours] = true
	}
	for _, name := range sortedKeys(b.Hours) {
		if used[name] {
			t.Hours = append(t.Hours, b.twinHours(name, now))
		}
	}
	for _, name := range sortedKeys(b.Directory) {
		office := b.Directory[name]
		t.Offices = append(t.Offices, TwinOffice{Name: name, Number: office.Number, Text: w.words(office.Say)})
	}
	for _, key := range []string{KeySorry, KeyFailOpenAdvice, KeyFailOpenWait, KeyFailOpenMessage} {
		t.Trouble = append(t.Trouble, w.said(key, ""))
	}
	return t
}

// twinWriter reads one release.
type twinWriter struct {
	r     *Release
	now   time.Time
	alert *Alert // that counts now; nil: none
}

// words are what callers of each language hear of a text.
func (w twinWriter) words(key string) Words {
	words := Words{}
	for _, lang := range w.r.Book.Line.Languages {
		if clip, ok := w.r.Clips[lang][key]; ok {
			words[lang] = clip.Text
		} else if text, ok := w.r.Book.Texts[lang][key]; ok { // one with {n}, of which there are many clips
			words[lang] = text
		}
	}
	return words
}

func (w twinWriter) rescue() []TwinRescue {
	all := w.r.Book.Rescue
	names := sortedKeys(all)
	slices.SortStableFunc(names, func(a, b string) int { return boolOrder(a != "default", b != "default") })
	out := []TwinRescue{}
	for _, name := range names {
		rescue := all[name]
		out = append(out, TwinRescue{Name: name, Number: rescue.Number, Text: w.words(rescue.Say)})
		for _, area := range sortedKeys(rescue.Areas) {
			other := rescue.Areas[area]
			out = append(out, TwinRescue{Name: name, Area: area, Number: other.Number, Text: w.words(other.Say)})
		}
	}
	return out
}

func boolOrder(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

func (w twinWriter) raised() *TwinAlert {
	a := w.alert
	if a == nil {
		return nil
	}
	return &TwinAlert{
		ID: a.ID, Text: w.message(), Areas: append([]string{}, a.Areas...), Topics: append([]string{}, a.Topics...),
		OpenRound: a.H24, Raised: a.Raised, Expires: a.Expires,
	}
}

// message is the alert's, in the languages that the line speaks.
func (w twinWriter) message() Words {
	words := Words{}
	for _, lang := range w.r.Book.Line.Languages {
		if text := w.alert.Messages[lang]; text != "" {
			words[lang] = text
		}
	}
	return words
}

// person looks for the ways to the queues; of the ways to one, that with the fewest keys.
func (w twinWriter) person(nodes []TwinNode, staffed bool) TwinPerson {
	p := TwinPerson{Staffed: staffed, Ways: []TwinWay{}}
	keys := keysTo(nodes, w.r.Book.Start)
	for _, n := range nodes {
		if n.Kind != KindQueue {
			continue
		}
		hours := w.r.Book.Nodes[n.Name].Hours
		if hours == "" {
			hours = w.r.Book.Desk.Hours
		}
		way := TwinWay{Node: n.Name, Topic: n.Topic, Keys: keys[n.Name], Hours: hours, Open: w.r.Book.Open(hours, w.now)}
		if !way.Open && w.alert.Opens(n.Topic, w.now) {
			way.Open, way.ByAlert = true, true
		}
		p.Open = p.Open || way.Open
		p.Ways = append(p.Ways, way)
	}
	slices.SortStableFunc(p.Ways, func(a, b TwinWay) int { return len(a.Keys) - len(b.Keys) })
	return p
}

// keysTo are the fewest keys that lead to each node, from the start. Whoever waits for a menu to give up comes somewhere, too: that
// counts where no key leads.
func keysTo(nodes []TwinNode, start string) map[string][]string {
	keys := map[string][]string{start: {}}
	for _, patient := range []bool{false, true} {
		known := maps.Clone(keys)
		for changed := true; changed; {
			changed = false
			for _, n := range nodes {
				for to, by := range n.reaches(keys[n.Name], patient) {
					old, there := keys[to]
					if _, settled := known[to]; keys[n.Name] == nil || patient && settled || there && len(old) <= len(by) {
						continue
					}
					keys[to], changed = by, true
				}
			}
		}
	}
	return keys
}

// reaches are the nodes one step on from a node that was reached by keys, and the keys pressed until there.
func (n TwinNode) reaches(by []string, patient bool) map[string][]string {
	next := map[string][]string{}
	for _, c := range n.Choices {
		if _, there := next[c.To]; c.To != "" && !there {
			next[c.To] = append(slices.Clone(by), c.Key)
		}
	}
	for _, e := range n.Exits {
		if patient || n.Kind != KindMenu {
			next[e.To] = by
		}
	}
	return next
}
