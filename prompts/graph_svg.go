package prompts

import (
	"encoding/xml"
	"fmt"
	"strings"
	"unicode/utf8"

	"pronto/prompts/wording"
)

// Measures of the drawing, in pixels. letter is wide enough for any common font.
const (
	letter    = 8 // of a name, 13 px high
	small     = 7 // of a label, 11 px high
	rowHeight = 16
	boxTop    = 24 // the name's row
	boxPad    = 10
	gapBelow  = 14
	margin    = 24
	header    = 44
)

var boxColours = map[Kind]string{
	KindMenu: "#dbeafe", KindLanguage: "#dbeafe", KindAsk: "#dbeafe", KindQueue: "#dcfce7", KindRescue: "#fecaca",
	KindMessage: "#fef3c7", KindHangup: "#e5e7eb",
}

func width(text string, letter int) int { return utf8.RuneCountInString(text) * letter }

// refs are the lines in a box: what it is, and the ways to nodes that are drawn elsewhere.
func (b *box) refs(lang wording.Language) []string {
	lines := []string{tell("%s · at %s", string(b.kind), clock(b.arrival)).In(lang)}
	for _, a := range b.arrows {
		if !a.tree {
			lines = append(lines, wrap(a.label+" → "+a.to)...)
		}
	}
	return lines
}

// widest is how many letters of a line in a box stand before it goes on below.
const widest = 36

// wrap breaks a list of exits into lines.
func wrap(text string) []string {
	var lines []string
	line := ""
	for part := range strings.SplitAfterSeq(text, ", ") {
		if line != "" && utf8.RuneCountInString(line+part) > widest {
			lines, line = append(lines, strings.TrimSuffix(line, " ")), ""
		}
		line += part
	}
	return append(lines, line)
}

// place lays the tree out from left to right: a column per step from the start, and each subtree below the one before.
func (g *graph) place() (totalWidth, totalHeight int) {
	columns := map[int]int{} // the widest box
	labels := map[int]int{}  // the widest label of the arrows that lead to the column
	for _, b := range g.boxes {
		b.width = width(b.name, letter)
		for _, line := range b.refs(g.words) {
			b.width = max(b.width, width(line, small))
		}
		b.width += 2 * boxPad
		b.height = boxTop + rowHeight*len(b.refs(g.words)) + 4
		columns[b.depth] = max(columns[b.depth], b.width)
		for _, a := range b.arrows {
			if a.tree {
				labels[b.depth+1] = max(labels[b.depth+1], width(a.label, small))
			}
		}
	}
	left := map[int]int{0: margin}
	depth := 0
	for ; columns[depth+1] > 0; depth++ {
		left[depth+1] = left[depth] + columns[depth] + 56 + labels[depth+1]
	}
	bottom := header
	if g.root != nil {
		bottom = g.root.stack(left, header)
	}
	return left[depth] + columns[depth] + margin, bottom + margin
}

// stack places a box and its subtree below top, and returns its bottom.
func (b *box) stack(left map[int]int, top int) int {
	b.x, b.y = left[b.depth], top
	below := top
	for i, kid := range b.kids {
		if i > 0 {
			below += gapBelow
		}
		below = kid.stack(left, below)
	}
	return max(below, top+b.height)
}

// svg draws the tree. There is no script and nothing is loaded: it can be shown anywhere.
func (g *graph) svg() string {
	wide, high := g.place()
	title := g.book.Line.Name + " " + g.book.Line.Number
	wide = max(wide, width(title, 11)+2*margin)
	high += rowHeight * len(g.unreachable)
	var out strings.Builder
	_, _ = fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="DejaVu Sans, Verdana, sans-serif" font-size="11">`+"\n", wide, high, wide, high)
	_, _ = fmt.Fprintf(&out, "<title>%s</title>\n<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n", escape(title))
	out.WriteString(`<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z" fill="#475569"/></marker></defs>` + "\n")
	_, _ = fmt.Fprintf(&out, `<text x="%d" y="26" font-size="16" font-weight="bold">%s</text>`+"\n", margin, escape(title))
	for _, b := range g.boxes {
		b.lines(&out)
	}
	for _, b := range g.boxes {
		b.draw(&out, g.words)
	}
	for i, name := range g.unreachable {
		_, _ = fmt.Fprintf(&out, `<text x="%d" y="%d" fill="#b91c1c">%s</text>`+"\n", margin, high-margin/2-rowHeight*(len(g.unreachable)-1-i), escape(tell("no way leads to %s", name).In(g.words)))
	}
	out.WriteString("</svg>\n")
	return out.String()
}

// lines draws the arrows of the tree: one trunk down from the box, and a branch to each next one with its label on it.
func (b *box) lines(out *strings.Builder) {
	next := 0
	for _, a := range b.arrows {
		if !a.tree {
			continue
		}
		kid := b.kids[next]
		next++
		from, trunk, to := b.y+boxTop/2+4, b.x+b.width+18, kid.y+boxTop/2+4
		_, _ = fmt.Fprintf(out, `<path d="M%d %dH%dV%dH%d" fill="none" stroke="#475569" marker-end="url(#tip)"/>`+"\n", b.x+b.width, from, trunk, to, kid.x)
		_, _ = fmt.Fprintf(out, `<text x="%d" y="%d" fill="#334155" text-anchor="end">%s</text>`+"\n", kid.x-12, to-4, escape(a.label))
	}
}

func (b *box) draw(out *strings.Builder, lang wording.Language) {
	colour, ok := boxColours[b.kind]
	if !ok {
		colour = "#f8fafc"
	}
	_, _ = fmt.Fprintf(out, `<g id="%s"><rect x="%d" y="%d" width="%d" height="%d" rx="6" fill="%s" stroke="#475569"/>`, escape(b.name), b.x, b.y, b.width, b.height, colour)
	_, _ = fmt.Fprintf(out, `<text x="%d" y="%d" font-size="13" font-weight="bold">%s</text>`, b.x+boxPad, b.y+17, escape(b.name))
	for i, line := range b.refs(lang) {
		fill := "#0f172a"
		if i == 0 {
			fill = "#475569"
		}
		_, _ = fmt.Fprintf(out, `<text x="%d" y="%d" fill="%s">%s</text>`, b.x+boxPad, b.y+boxTop+12+rowHeight*i, fill, escape(line))
	}
	out.WriteString("</g>\n")
}

func escape(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a Builder takes everything
	return b.String()
}
