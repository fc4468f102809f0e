package prompts

import (
	"math"
	"slices"
	"time"
)

// Proofs is what a release does to callers, known before a caller hears it. All seconds are from the answer and come
// from the lengths of the clips.
//
// They are those of a caller who listens: he presses a key when the text that names it has been said whole, and cuts
// nothing short. Where a node looks at something outside (hours, an alert, his district), it is taken to go the way
// that takes longest. His number is withheld, so that he has to type it for a callback. An operator is there to take the call; what a caller hears when none is, Closed tells.
type Proofs struct {
	Languages   []LanguageProofs `json:"languages"`
	Unreachable []string         `json:"unreachable,omitempty"` // no way leads to these nodes
	DeadEnds    []string         `json:"dead_ends,omitempty"`   // no way leads from these nodes to any end of a call
	NoPerson    []string         `json:"no_person,omitempty"`   // no way leads from these menus to a person
	Rings       []string         `json:"rings,omitempty"`       // where a caller who presses nothing goes round for ever
	MostOptions int              `json:"most_options"`          // of one menu
	OptionsAt   string           `json:"options_at,omitempty"`  // which has them
	Audio       []Fault          `json:"audio,omitempty"`       // what is wrong with recordings
}

// LanguageProofs are those of a call in one language from its beginning.
type LanguageProofs struct {
	Language string `json:"language"`
	// Chosen: until the caller has been told how to get this language, in the line's first one.
	Chosen Way `json:"chosen"`
	// Rescue: until a rescue number has been told whole for the first time.
	Rescue Way `json:"rescue"`
	// Operator: until the caller has been told the key for a person, or is given to one without a key. It is the
	// navigation time of AGCOM 79/09/CSP.
	Operator Way `json:"operator"`
	// Choices are that time on each path to a first chance of a person: the menus that offer one, reached through no other such menu.
	Choices []Way `json:"choices,omitempty"`
	// Silent is what comes of a caller who presses nothing; Closed, when the desk takes nobody.
	Silent Ending `json:"silent"`
	Closed Ending `json:"closed"`
	// Longest is the longest path that comes to no node twice, without the waiting for and the conversation with an
	// operator. AtLeast: there are too many paths to look at all.
	Longest Way  `json:"longest"`
	AtLeast bool `json:"at_least,omitempty"`
	// LongMenus take more than LongInstructions to say.
	LongMenus []Way `json:"long_menus,omitempty"`
	// Missing are the texts that have no sound.
	Missing []string `json:"missing,omitempty"`
}

// Way is a path and how long it takes.
type Way struct {
	Seconds float64 `json:"seconds"`
	Path    string  `json:"path,omitempty"` // welcome > 2 information > 0 operator
	Never   bool    `json:"never,omitempty"`
}

// Ending is what a caller comes to.
type Ending struct {
	Way
	At string `json:"at"` // EndPerson, EndRecording, EndHangup, EndNone
}

// Where a caller's way ends.
const (
	EndPerson    = "person"
	EndRecording = "recording"
	EndHangup    = "end"
	EndNone      = "none" // it never does
)

// LongInstructions is how long a menu may speak: nobody remembers more.
const LongInstructions = 20 * time.Second

// never is a time that does not come.
const never = time.Duration(math.MaxInt64)

func plus(a, b time.Duration) time.Duration {
	if a == never || b == never {
		return never
	}
	return a + b
}

func seconds(d time.Duration) float64 { return math.Round(d.Seconds()*1000) / 1000 }

// Prove works the proofs out. The clips need no sound, only lengths and texts: see Estimate. With Release.WithAlert it
// tells what an alert would do.
func Prove(r *Release) Proofs {
	var all Proofs
	for i, lang := range r.Book.Line.Languages {
		p := newProver(r, lang)
		if i == 0 {
			p.shape(&all)
		}
		all.Languages = append(all.Languages, p.language())
	}
	return all
}

func (p *prover) language() LanguageProofs {
	start := p.r.Book.Start
	out := LanguageProofs{
		Language: p.lang,
		Chosen:   p.chosen(),
		Rescue:   p.soonest(func(s *station) (time.Duration, string) { return s.advice, "" }),
		Operator: p.soonest(p.offersPerson),
		Choices:  p.choices(),
		Silent:   p.silent(start, false),
		Closed:   p.silent(start, true),
		Missing:  p.missing,
	}
	out.Longest, out.AtLeast = p.longest()
	for _, name := range p.order {
		if s := p.stations[name]; s.node.Kind == KindMenu && s.length > LongInstructions {
			out.LongMenus = append(out.LongMenus, Way{Seconds: seconds(s.length), Path: name})
		}
	}
	return out
}

// shape is what does not depend on the language.
func (p *prover) shape(all *Proofs) {
	for _, name := range sortedKeys(p.r.Book.Nodes) {
		if p.stations[name] == nil {
			all.Unreachable = append(all.Unreachable, name)
		}
	}
	ends := p.leading(func(s *station) bool { return s.end != EndNone })
	person := p.leading(func(s *station) bool { return s.end == EndPerson })
	for _, name := range p.order {
		node := p.stations[name].node
		if !ends[name] {
			all.DeadEnds = append(all.DeadEnds, name)
		}
		if node.Kind != KindMenu {
			continue
		}
		if !person[name] {
			all.NoPerson = append(all.NoPerson, name)
		}
		if len(node.Keys) > all.MostOptions {
			all.MostOptions, all.OptionsAt = len(node.Keys), name
		}
	}
	for _, name := range p.order {
		if e := p.silent(name, true); e.At == EndNone && !slices.Contains(all.Rings, e.Path) {
			all.Rings = append(all.Rings, e.Path)
		}
	}
}

// leading are the nodes from which a way leads to one that is wanted.
func (p *prover) leading(wanted func(*station) bool) map[string]bool {
	back := map[string][]string{}
	var from []string
	for _, name := range p.order {
		s := p.stations[name]
		if wanted(s) {
			from = append(from, name)
		}
		for _, e := range s.exits {
			back[e.to] = append(back[e.to], name)
		}
	}
	return reach(from, func(name string) []string { return back[name] })
}
