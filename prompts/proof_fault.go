package prompts

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"
)

// ErrUnproven is returned for a book that does not keep its own limits. The faults say which.
var ErrUnproven = errors.New("the book does not keep to its own limits, or leaves callers without a way: nothing was changed")

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
	add := func(where at, warning bool, message, hint string) {
		faults = append(faults, Fault{File: where.file, Line: where.line, Col: where.col, Message: message, Hint: hint, Warning: warning})
	}
	for _, l := range p.Languages {
		if limit := b.Limits.RescueAdvice; limit > 0 && l.Rescue.beyond(limit) {
			add(b.place(placeRescueAdvice), false, l.tooLate("the first rescue advice is told", "rescue-advice", l.Rescue, limit),
				"tell the rescue number earlier, or shorten what is said before it")
		}
		if way := l.slowest(); b.Limits.OperatorChoice > 0 && way.beyond(b.Limits.OperatorChoice) {
			add(b.place(placeOperatorChoice), false, l.tooLate("a person can be chosen", "operator-choice", way, b.Limits.OperatorChoice),
				"name the key for an operator earlier, or shorten what is said before it")
		}
		if len(l.Missing) > 0 {
			add(b.place(), false, fmt.Sprintf("in %s these texts have no sound: %s", l.Language, strings.Join(l.Missing, ", ")), "write or record them")
		}
	}
	faults = append(faults, p.longMenus(b)...)
	for _, ring := range p.Rings {
		first, _, _ := strings.Cut(ring, " > ")
		add(b.place("node "+first), false, "a caller who presses nothing goes round for ever: "+ring, "let one way end in a message or a hangup")
	}
	for _, name := range p.DeadEnds {
		add(b.place("node "+name), false, fmt.Sprintf("no way leads from node %s to any end of a call", name), "let a way lead to a queue, a message or a hangup")
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
			Message: fmt.Sprintf("menu %s speaks for %.1f s in %s, more than %.0f", name, longest[name].Seconds, in[name], LongInstructions.Seconds()),
			Hint:    "nobody remembers that much: shorten it, or move options into a menu of their own",
		})
	}
	return faults
}

func (l LanguageProofs) tooLate(what, limit string, way Way, most time.Duration) string {
	if way.Never {
		return fmt.Sprintf("in %s %s never, limits.%s is %s", l.Language, strings.TrimSuffix(what, " told"), limit, short(most))
	}
	return fmt.Sprintf("in %s %s %.1f s after the answer, limits.%s is %s: %s", l.Language, what, way.Seconds, limit, short(most), way.Path)
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
