package prompts

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"pronto/prompts/wording"
)

// GraphFormats are the pictures that WriteGraph draws.
var GraphFormats = []string{"svg", "dot", "text"}

// WriteGraph draws the release's nodes with the seconds of the line's first language: on an arrow, how long after entering a
// node a caller who listens can take it; at a node, how long after the answer he is there at the earliest.
//
// Each node is drawn once, where the fewest steps lead to it; other ways to it are named where they begin. So no arrows
// cross, however many nodes there are.
// lang is that of the picture's own words.
func WriteGraph(w io.Writer, r *Release, format string, lang wording.Language) error {
	g := newGraph(r, lang)
	var text string
	switch format {
	case "svg":
		text = g.svg()
	case "dot":
		text = g.dot()
	case "text":
		text = g.text()
	default:
		return wording.Errorf("there is no picture of format %q: it is one of %s", format, strings.Join(GraphFormats, ", "))
	}
	_, err := io.WriteString(w, text)
	return err
}

// graph is a book as a tree from its start, with the steps that do not fit the tree.
type graph struct {
	book        *Book
	lang        string           // of the seconds
	words       wording.Language // of what is written
	root        *box
	boxes       []*box // as one reads the tree
	unreachable []string
}

// box is a node in the picture.
type box struct {
	name    string
	kind    Kind
	length  time.Duration // of what is said on entering
	arrival time.Duration
	arrows  []arrow
	kids    []*box // the targets of the arrows that are in the tree, in their order
	depth   int

	x, y, width, height int // svg
}

// arrow is all exits of a node to one other.
type arrow struct {
	to    string
	label string // in the picture's language
	tree  bool
}

func newGraph(r *Release, words wording.Language) *graph {
	g := &graph{book: r.Book, lang: r.Book.Line.Languages[0], words: words}
	p := newProver(r, g.lang)
	arrivals := p.arrivals()
	boxes := map[string]*box{}
	for _, name := range p.order { // breadth first: who names a node first is nearest to the start
		s := p.stations[name]
		b := boxes[name]
		if b == nil {
			b = &box{name: name}
			boxes[name] = b
		}
		b.kind, b.length, b.arrival = s.node.Kind, s.length, arrivals[name]
		b.arrows = s.arrows(words)
		for i, a := range b.arrows {
			if boxes[a.to] == nil {
				kid := &box{name: a.to, depth: b.depth + 1}
				boxes[a.to], b.arrows[i].tree = kid, true
				b.kids = append(b.kids, kid)
			}
		}
	}
	g.root = boxes[r.Book.Start]
	var list func(b *box)
	list = func(b *box) {
		g.boxes = append(g.boxes, b)
		for _, kid := range b.kids {
			list(kid)
		}
	}
	if g.root != nil {
		list(g.root)
	}
	for _, name := range sortedKeys(r.Book.Nodes) {
		if boxes[name] == nil {
			g.unreachable = append(g.unreachable, name)
		}
	}
	return g
}

// arrivals is how soon a caller who listens can be at each node, in whatever language.
func (p *prover) arrivals() map[string]time.Duration {
	at := map[string]time.Duration{p.r.Book.Start: 0}
	for changed := true; changed; {
		changed = false
		for _, name := range p.order {
			from, ok := at[name]
			if !ok {
				continue
			}
			for _, e := range p.stations[name].exits {
				if old, ok := at[e.to]; !ok || from+e.after < old {
					at[e.to], changed = from+e.after, true
				}
			}
		}
	}
	return at
}

// arrows joins the exits that lead to the same node.
func (s *station) arrows(lang wording.Language) []arrow {
	var order []string
	labels := map[string][]string{}
	for _, e := range s.exits {
		if _, ok := labels[e.to]; !ok {
			order = append(order, e.to)
		}
		labels[e.to] = append(labels[e.to], e.words(s.node).In(lang))
	}
	out := make([]arrow, 0, len(order))
	for _, to := range order {
		label := strings.Join(slices.Compact(labels[to]), ", ")
		out = append(out, arrow{to: to, label: label})
	}
	return out
}

// words say when an exit is taken.
func (e exit) words(n Node) wording.Sentence {
	switch e.how {
	case byKey:
		if e.lang != "" {
			return tell("%s (%s) %s", e.label, e.lang, clock(e.after))
		}
		return tell("%s %s", e.label, clock(e.after))
	case bySilence:
		if n.Kind.asks() || n.Kind == KindRescue {
			return tell("silence %s", clock(e.after))
		}
		return clock(e.after)
	case afterwards:
		return tell("after it")
	case byWorld, byDesk, whileWaiting:
	}
	return wording.Name(e.label)
}

func clock(d time.Duration) wording.Sentence { return tell("%s s", wording.Tenths(d.Seconds())) }

func (b *box) title() string { return fmt.Sprintf("%s (%s)", b.name, b.kind) }

// text is the tree, indented; -> names a node that stands elsewhere.
func (g *graph) text() string {
	var out strings.Builder
	_, _ = fmt.Fprintln(&out, g.heading())
	var write func(b *box, indent string)
	write = func(b *box, indent string) {
		next := 0
		for _, a := range b.arrows {
			if !a.tree {
				_, _ = fmt.Fprintf(&out, "%s%s -> %s\n", indent, a.label, a.to)
				continue
			}
			kid := b.kids[next]
			next++
			_, _ = fmt.Fprintln(&out, indent+tell("%s: %s, at %s", a.label, kid.title(), clock(kid.arrival)).In(g.words))
			write(kid, indent+"    ")
		}
	}
	if g.root != nil {
		_, _ = fmt.Fprintf(&out, "%s\n", g.root.title())
		write(g.root, "    ")
	}
	for _, name := range g.unreachable {
		_, _ = fmt.Fprintln(&out, tell("no way leads to %s", name).In(g.words))
	}
	return out.String()
}

// heading tells whose picture it is.
func (g *graph) heading() string {
	return tell("%s, seconds in %s", g.book.Line.Name, g.lang).In(g.words)
}

// dot is for graphviz and what reads its format.
func (g *graph) dot() string {
	var out strings.Builder
	_, _ = fmt.Fprintf(&out, "digraph line {\n  label=%q;\n  rankdir=LR;\n  node [shape=box, style=rounded, fontname=\"sans-serif\"];\n  edge [fontname=\"sans-serif\", fontsize=10];\n",
		g.heading())
	for _, b := range g.boxes {
		_, _ = fmt.Fprintf(&out, "  %q [label=%q];\n", b.name, b.title()+"\n"+tell("at %s", clock(b.arrival)).In(g.words))
	}
	for _, b := range g.boxes {
		for _, a := range b.arrows {
			style := ""
			if !a.tree {
				style = ", style=dashed, constraint=false"
			}
			_, _ = fmt.Fprintf(&out, "  %q -> %q [label=%q%s];\n", b.name, a.to, a.label, style)
		}
	}
	for _, name := range g.unreachable {
		_, _ = fmt.Fprintf(&out, "  %q [style=dotted];\n", name)
	}
	out.WriteString("}\n")
	return out.String()
}
