package prompts

import (
	"path/filepath"
	"strings"
	"time"

	"pronto/prompts/wording"
)

// ErrUnproven is returned for a book that does not keep its own limits. The faults say which.
var ErrUnproven = wording.Errorf("the book does not keep to its own limits, or leaves callers without a way: nothing was changed")

// Names of places that only the proofs ask for.
const (
	placeRescueAdvice   = "limits rescue-advice"
	placeOperatorChoice = "limits operator-choice"
)

// keepPlaces notes where in line.yaml stands what the proofs may find fault with: lengths are known long after the
// files have been read.
func (c *checker) keepPlaces(dir string) {
	places := map[string]at{}
	note := func(name string, where at) {
		if dir != "" {
			where.file = filepath.Join(dir, filepath.FromSlash(where.file))
		}
		places[name] = where
	}
	if c.limits != nil {
		for _, limit := range []string{"rescue-advice", "operator-choice"} {
			if v := c.limits.get(limit); v != nil {
				note("limits "+limit, v.at)
			}
		}
	}
	for name, source := range c.nodes {
		note("node "+name, source.name.at)
		if say := source.fields["say"]; say != nil {
			note("say "+name, say.at)
		}
	}
	c.book.places = places
}

// place is the first of the places that is known.
func (b *Book) place(names ...string) at {
	for _, name := range names {
		if where, ok := b.places[name]; ok {
			return where
		}
	}
	return at{file: filepath.Join(b.Dir, lineFile)}
}

// Faults compares the proofs with what the book wants. A book with a fault that is no mere warning is not published.
func (p Proofs) Faults(b *Book) []Fault {
	var faults []Fault
	add := func(where at, message, hint wording.Sentence) {
		faults = append(faults, Fault{File: where.file, Line: where.line, Col: where.col, Message: message, Hint: hint})
	}
	for _, l := range p.Languages {
		if limit := b.Limits.RescueAdvice; limit > 0 && l.Rescue.beyond(limit) {
			add(b.place(placeRescueAdvice), l.lateAdvice(limit),
				tell("tell the rescue number earlier, or shorten what is said before it"))
		}
		if way := l.slowest(); b.Limits.OperatorChoice > 0 && way.beyond(b.Limits.OperatorChoice) {
			add(b.place(placeOperatorChoice), l.latePerson(way, b.Limits.OperatorChoice),
				tell("name the key for an operator earlier, or shorten what is said before it"))
		}
		if len(l.Missing) > 0 {
			add(b.place(), tell("in %s these texts have no sound: %s", l.Language, strings.Join(l.Missing, ", ")), tell("write or record them"))
		}
	}
	faults = append(faults, p.longMenus(b)...)
	for _, ring := range p.Rings {
		first, _, _ := strings.Cut(ring, " > ")
		add(b.place("node "+first), tell("a caller who presses nothing goes round for ever: %s", ring), tell("let one way end in a message or a hangup"))
	}
	for _, name := range p.DeadEnds {
		add(b.place("node "+name), tell("no way leads from node %s to any end of a call", name), tell("let a way lead to a queue, a message or a hangup"))
	}
	sortFaults(faults)
	return faults
}

// longMenus warns once of each menu, with the language that takes longest.
func (p Proofs) longMenus(b *Book) []Fault {
	longest := map[string]Way{}
	in := map[string]string{}
	for _, l := range p.Languages {
		for _, menu := range l.LongMenus {
			if menu.Seconds > longest[menu.Path].Seconds {
				longest[menu.Path], in[menu.Path] = menu, l.Language
			}
		}
	}
	var faults []Fault
	for _, name := range sortedKeys(longest) {
		where := b.place("say "+name, "node "+name)
		faults = append(faults, Fault{
			File: where.file, Line: where.line, Col: where.col, Warning: true,
			Message: tell("menu %s speaks for %s s in %s, more than %d", name, wording.Tenths(longest[name].Seconds), in[name], int(LongInstructions.Seconds())),
			Hint:    tell("nobody remembers that much: shorten it, or move options into a menu of their own"),
		})
	}
	return faults
}

func (l LanguageProofs) lateAdvice(most time.Duration) wording.Sentence {
	if l.Rescue.Never {
		return tell("in %s the first rescue advice is never told, limits.rescue-advice is %s", l.Language, short(most))
	}
	return tell("in %s the first rescue advice is told %s s after the answer, limits.rescue-advice is %s: %s",
		l.Language, wording.Tenths(l.Rescue.Seconds), short(most), l.Rescue.route())
}

func (l LanguageProofs) latePerson(way Way, most time.Duration) wording.Sentence {
	if way.Never {
		return tell("in %s a person can never be chosen, limits.operator-choice is %s", l.Language, short(most))
	}
	return tell("in %s a person can be chosen %s s after the answer, limits.operator-choice is %s: %s",
		l.Language, wording.Tenths(way.Seconds), short(most), way.route())
}

// route is the path for who reads it.
func (w Way) route() wording.Sentence { return Route(w.Path) }

// Route is a Way's path for who reads it: a path is made of names, but for the word silence.
func Route(path string) wording.Sentence {
	before, after, found := strings.Cut(path, "("+silence+") ")
	if !found {
		return wording.Name(path)
	}
	return tell("%s(silence) %s", before, Route(after))
}

func (w Way) beyond(limit time.Duration) bool { return w.Never || w.Seconds > limit.Seconds() }

// slowest is the path on which a first chance of a person comes latest.
func (l LanguageProofs) slowest() Way {
	worst := l.Operator
	for _, way := range l.Choices {
		if !worst.Never && way.Seconds > worst.Seconds {
			worst = way
		}
	}
	return worst
}

// blocking says whether one of the faults is more than a warning.
func blocking(faults []Fault) bool {
	for _, f := range faults {
		if !f.Warning {
			return true
		}
	}
	return false
}
