package prompts

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"pronto/prompts/wording"
)

// Write prints the proofs as a table with a column per language, and below it what is wrong or worth knowing. lang is that
// of the table's own words.
func (p Proofs) Write(w io.Writer, lang wording.Language) error {
	var b strings.Builder
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	row := func(label wording.Sentence, cell func(LanguageProofs) wording.Sentence) {
		_, _ = fmt.Fprint(t, label.In(lang)+"\t")
		for _, l := range p.Languages {
			_, _ = fmt.Fprint(t, cell(l).In(lang)+"\t")
		}
		_, _ = fmt.Fprintln(t)
	}
	row(tell("seconds from the answer"), func(l LanguageProofs) wording.Sentence { return wording.Name(l.Language) })
	row(tell("the key of the language is told"), func(l LanguageProofs) wording.Sentence { return l.Chosen.text() })
	row(tell("first rescue advice, told whole"), func(l LanguageProofs) wording.Sentence { return l.Rescue.text() })
	row(tell("a person can be chosen"), func(l LanguageProofs) wording.Sentence { return l.Operator.text() })
	row(tell("a person, the slowest path"), func(l LanguageProofs) wording.Sentence { return l.slowest().text() })
	row(tell("nothing pressed"), func(l LanguageProofs) wording.Sentence { return l.Silent.text() })
	row(tell("nothing pressed, desk closed"), func(l LanguageProofs) wording.Sentence { return l.Closed.text() })
	row(tell("longest path"), func(l LanguageProofs) wording.Sentence {
		if l.AtLeast {
			return tell(">%s", l.Longest.text())
		}
		return l.Longest.text()
	})
	_ = t.Flush()
	p.paths(&b, lang)
	list := func(label wording.Sentence, names []string) {
		if len(names) > 0 {
			_, _ = fmt.Fprintf(&b, "%s: %s\n", label.In(lang), Route(strings.Join(names, ", ")).In(lang))
		}
	}
	_, _ = fmt.Fprintln(&b, tell("most options: %d (%s)", p.MostOptions, p.OptionsAt).In(lang))
	list(tell("no way leads to"), p.Unreachable)
	list(tell("no end can be reached from"), p.DeadEnds)
	list(tell("no person can be reached from"), p.NoPerson)
	list(tell("a caller who presses nothing goes round"), p.Rings)
	for _, f := range p.Audio {
		_, _ = fmt.Fprintln(&b, tell("recording: %s", f).In(lang))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// paths tells the ways behind the figures, in the line's first language.
func (p Proofs) paths(b *strings.Builder, lang wording.Language) {
	if len(p.Languages) == 0 {
		return
	}
	l := p.Languages[0]
	_, _ = fmt.Fprintf(b, "\n%s\n", tell("paths in %s", l.Language).In(lang))
	show := func(label wording.Sentence, w Way) {
		_, _ = fmt.Fprintf(b, "  %6s  %-20s %s\n", w.text().In(lang), label.In(lang), w.route().In(lang))
	}
	show(tell("rescue advice"), l.Rescue)
	for _, way := range l.Choices {
		show(tell("a person"), way)
	}
	show(tell("nothing pressed"), l.Silent.Way)
	show(tell("desk closed"), l.Closed.Way)
	show(tell("longest"), l.Longest)
}

func (w Way) text() wording.Sentence {
	if w.Never {
		return tell("never")
	}
	return tell("%s", wording.Tenths(w.Seconds))
}

func (e Ending) text() wording.Sentence {
	at := tell("never")
	switch e.At {
	case EndNone:
		return at
	case EndPerson:
		at = tell("person")
	case EndRecording:
		at = tell("recording")
	case EndHangup:
		at = tell("end")
	}
	return tell("%s %s", wording.Tenths(e.Seconds), at)
}
