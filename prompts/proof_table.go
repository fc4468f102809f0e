package prompts

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// Write prints the proofs as a table with a column per language, and below it what is wrong or worth knowing.
func (p Proofs) Write(w io.Writer) error {
	var b strings.Builder
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	row := func(label string, cell func(LanguageProofs) string) {
		_, _ = fmt.Fprint(t, label+"\t")
		for _, l := range p.Languages {
			_, _ = fmt.Fprint(t, cell(l)+"\t")
		}
		_, _ = fmt.Fprintln(t)
	}
	row("seconds from the answer", func(l LanguageProofs) string { return l.Language })
	row("the key of the language is told", func(l LanguageProofs) string { return l.Chosen.text() })
	row("first rescue advice, told whole", func(l LanguageProofs) string { return l.Rescue.text() })
	row("a person can be chosen", func(l LanguageProofs) string { return l.Operator.text() })
	row("a person, the slowest path", func(l LanguageProofs) string { return l.slowest().text() })
	row("nothing pressed", func(l LanguageProofs) string { return l.Silent.text() })
	row("nothing pressed, desk closed", func(l LanguageProofs) string { return l.Closed.text() })
	row("longest path", func(l LanguageProofs) string {
		if l.AtLeast {
			return ">" + l.Longest.text()
		}
		return l.Longest.text()
	})
	_ = t.Flush()
	p.paths(&b)
	list := func(label string, names []string) {
		if len(names) > 0 {
			_, _ = fmt.Fprintf(&b, "%s: %s\n", label, strings.Join(names, ", "))
		}
	}
	_, _ = fmt.Fprintf(&b, "most options: %d (%s)\n", p.MostOptions, p.OptionsAt)
	list("no way leads to", p.Unreachable)
	list("no end can be reached from", p.DeadEnds)
	list("no person can be reached from", p.NoPerson)
	list("a caller who presses nothing goes round", p.Rings)
	for _, f := range p.Audio {
		_, _ = fmt.Fprintf(&b, "recording: %s\n", f)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// paths tells the ways behind the figures, in the line's first language.
func (p Proofs) paths(b *strings.Builder) {
	if len(p.Languages) == 0 {
		return
	}
	l := p.Languages[0]
	_, _ = fmt.Fprintf(b, "\npaths in %s\n", l.Language)
	show := func(label string, w Way) { _, _ = fmt.Fprintf(b, "  %6s  %-18s %s\n", w.text(), label, w.Path) }
	show("rescue advice", l.Rescue)
	for _, way := range l.Choices {
		show("a person", way)
	}
	show("nothing pressed", l.Silent.Way)
	show("desk closed", l.Closed.Way)
	show("longest", l.Longest)
}

func (w Way) text() string {
	if w.Never {
		return "never"
	}
	return fmt.Sprintf("%.1f", w.Seconds)
}

func (e Ending) text() string {
	if e.At == EndNone {
		return "never"
	}
	return fmt.Sprintf("%.1f %s", e.Seconds, e.At)
}
