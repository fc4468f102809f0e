package console

import (
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"pronto/prompts"
)

// section is a step of a call.
type section struct {
	ID, Title string
	Said      []text // on entering
	Choices   []choiceView
	Notes     []string // what a caller does here
	Later     []text   // what is said when its time comes
	Exits     []exitView
	Office    *telephone
}

type choiceView struct {
	Key, Label string
	Href       template.URL
	Lang       string // the link's
}

type exitView struct {
	When, Label string
	Href        template.URL
}

// walk makes the sections, breadth first from the start, through what leads on at once.
func (p *twinPage) walk() {
	nodes := map[string]prompts.TwinNode{}
	for _, n := range p.twin.Nodes {
		nodes[n.Name] = n
	}
	p.sections = map[string]string{}
	taken := map[string]bool{}
	var order []string
	visit := func(name, title, from string) {
		if name = p.twin.Leads(name, p.lang); name == "" || p.sections[name] != "" {
			return
		}
		if title == "" {
			title = p.kindTitle(nodes[name])
		}
		if taken[title] { // three mailboxes, say
			title += " (" + from + ")"
		}
		p.sections[name], taken[title] = title, true
		order = append(order, name)
	}
	visit(p.twin.Start, p.W.Start, "")
	for i := 0; i < len(order); i++ {
		n := nodes[order[i]]
		for _, c := range n.Choices {
			visit(c.To, p.label(c.Label), p.sections[n.Name])
		}
		for _, e := range n.Exits {
			visit(e.To, "", p.sections[n.Name])
		}
	}
	ends := func(name string) bool { return nodes[name].Kind == prompts.KindHangup } // who reads expects the end at the end
	order = append(slices.DeleteFunc(slices.Clone(order), ends), slices.DeleteFunc(order, func(name string) bool { return !ends(name) })...)
	for _, name := range order {
		p.Sections = append(p.Sections, p.section(nodes[name]))
	}
}

// title is a node's, by what the menu calls it.
func (p *twinPage) title(name string) string {
	for _, n := range p.twin.Nodes {
		if n.Name == name {
			return p.label(n.Title)
		}
	}
	return ""
}

// label is a menu's word in the page's language, "" if it has none.
func (p *twinPage) label(words prompts.Words) string { return words[p.lang] }

// kindTitle is what a step is called that no menu names.
func (p *twinPage) kindTitle(n prompts.TwinNode) string {
	switch n.Kind { //nolint:exhaustive // the others have no name of their own
	case prompts.KindMenu:
		return p.W.Menu
	case prompts.KindQueue:
		return p.W.Operator
	case prompts.KindRescue:
		return p.W.Rescue
	case prompts.KindMessage:
		return p.W.Message
	case prompts.KindLanguage:
		return p.W.Language
	case prompts.KindHangup:
		return p.W.Goodbye
	case prompts.KindAsk, prompts.KindRequest, prompts.KindCallback:
		return p.W.Entry
	case prompts.KindDirectory:
		return p.W.Office
	}
	return p.W.Step
}

func (p *twinPage) section(n prompts.TwinNode) section {
	s := section{ID: sectionID(n.Name), Title: p.sections[n.Name]}
	for _, said := range n.Say {
		p.say(&s, said)
	}
	for _, c := range n.Choices {
		s.Choices = append(s.Choices, p.choice(c))
	}
	switch n.Kind { //nolint:exhaustive // nothing is to be done at the others
	case prompts.KindMessage:
		s.Notes = append(s.Notes, fmt.Sprintf(p.W.Record, strconv.Itoa(int(n.Longest))))
	case prompts.KindAsk, prompts.KindRequest:
		note := fmt.Sprintf(p.W.DigitsFrom, strconv.Itoa(n.Min), strconv.Itoa(n.Max))
		if n.Min == n.Max {
			note = fmt.Sprintf(p.W.Digits, strconv.Itoa(n.Min))
		}
		s.Notes = append(s.Notes, note)
	case prompts.KindDirectory:
		for _, o := range p.twin.Offices {
			if o.Name == n.Office {
				number := phone(o.Number)
				s.Office = &number
			}
		}
	}
	s.Exits = p.exits(n)
	return s
}

// say puts a text where it belongs. What is said of keys that have no meaning, and of a date, is left out.
func (p *twinPage) say(s *section, said prompts.TwinText) {
	when, known := p.moments()[said.When]
	area, fromArea := strings.CutPrefix(said.When, prompts.WhenArea)
	switch {
	case len(said.Text) == 0, said.Others && said.Language == p.lang:
	case said.When == "":
		s.Said = append(s.Said, p.text(said.Text, ""))
	case fromArea:
		s.Later = append(s.Later, p.text(said.Text, fmt.Sprintf(p.W.From, area)))
	case strings.HasPrefix(said.When, prompts.WhenState):
		s.Later = append(s.Later, p.text(said.Text, p.W.State))
	case known:
		s.Later = append(s.Later, p.text(said.Text, when))
	}
}

// moments are the words for when something is said.
func (p *twinPage) moments() map[string]string {
	return map[string]string{
		prompts.WhenOffer: p.W.Next, prompts.WhenConnecting: p.W.Connecting, prompts.WhenFailed: p.W.Failed, prompts.WhenRecorded: p.W.Recorded,
		prompts.WhenPosition: p.W.Waiting, prompts.WhenMany: p.W.Waiting, prompts.WhenBand: p.W.Waiting, prompts.WhenWaiting: p.W.Waiting,
		prompts.WhenTurn: p.W.Waiting, prompts.WhenLost: p.W.Waiting, prompts.WhenReadBack: p.W.ReadBack, prompts.WhenConfirm: p.W.Next,
		prompts.WhenBooked: p.W.Next, prompts.WhenLater: p.W.Next, prompts.WhenAlready: p.W.Else, prompts.WhenNotBooked: p.W.Else,
		prompts.WhenCode: p.W.Code, prompts.WhenCodeOffer: p.W.CodeEnd, prompts.WhenUnknown: p.W.Unknown, prompts.WhenUnavailable: p.W.Unavailable,
	}
}

func (p *twinPage) choice(c prompts.TwinChoice) choiceView {
	v := choiceView{Key: c.Key, Label: p.label(c.Label)}
	switch {
	case c.Rescue != "":
		for _, r := range p.twin.Rescue {
			if r.Name == c.Rescue && r.Area == "" {
				v.Href = phone(r.Number).Tel
				v.Label = strings.TrimPrefix(v.Label+": "+fmt.Sprintf(p.W.Connects, shown(r.Number)), ": ")
			}
		}
		return v
	case c.Language != "":
		v.Href, v.Lang = template.URL(twinPath+"/"+c.Language), c.Language
		v.Label = ownName(c.Language)
		return v
	}
	to := p.twin.Leads(c.To, p.lang)
	v.Href = anchor(to)
	if v.Label == "" {
		v.Label = p.sections[to]
	}
	return v
}

// exits tells where a call goes without a key; ways that lead to the same step are told together.
func (p *twinPage) exits(n prompts.TwinNode) []exitView {
	var out []exitView
	for _, e := range n.Exits {
		if n.Kind == prompts.KindLanguage && e.When == "then" {
			continue // that is the key's way
		}
		to := p.twin.Leads(e.To, p.lang)
		v := exitView{When: p.when(n, e), Label: p.sections[to], Href: anchor(to)}
		if last := len(out) - 1; last >= 0 && out[last].Href == v.Href {
			out[last].When += "; " + v.When
			continue
		}
		out = append(out, v)
	}
	return out
}

// when says when an exit is taken.
func (p *twinPage) when(n prompts.TwinNode, e prompts.TwinExit) string {
	switch e.When {
	case "closed":
		return p.W.DeskClosed
	case "full":
		return p.W.DeskFull
	case "nobody":
		return p.W.Nobody
	case prompts.OnDistrict:
		return fmt.Sprintf(p.W.From, e.Is)
	case prompts.OnVariable:
		return e.Is
	case "otherwise":
		if n.Kind == prompts.KindBranch {
			return p.W.Else
		}
		return p.W.Silence
	}
	if n.Kind == prompts.KindQueue {
		return p.W.Afterwards
	}
	return p.W.Next
}

// sectionID is a node's place on the page; names of nodes are letters, digits, - and _.
func sectionID(node string) string { return "n-" + node }

func anchor(node string) template.URL { return template.URL("#" + sectionID(node)) }
