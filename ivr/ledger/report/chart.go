package report

import (
	"fmt"
	"math"
)

// Chart says how a sheet is drawn, beside its table. The zero Chart is not at all.
type Chart int

// The charts: of a sheet's first column, Columns of as many of its first columns as count calls.
const (
	NoChart Chart = iota
	Bars          // lying, a row each: parts of a whole
	Columns       // standing: hours, days
)

// drawing is a chart worked out: rectangles and words, in units of a drawing 640 wide.
type drawing struct {
	ID, Title, Text string
	Width, Height   float64
	Rects           []rect
	Words           []word
	Lines           []line
}

type (
	rect struct {
		X, Y, W, H float64
		Class      string
		Title      string
	}
	word struct {
		X, Y   float64
		Anchor string
		Text   string
	}
	line struct{ X1, Y1, X2, Y2 float64 }
)

const chartWidth = 640

// draw works the chart of a sheet out; nil if it has none, or nothing to show.
func (w words) draw(s *Sheet) *drawing {
	d := &drawing{ID: "chart-" + s.Key, Title: w.of("sheet." + s.Key), Text: w.of("data"), Width: chartWidth}
	switch {
	case largest(s) == 0:
		return nil
	case s.Chart == Bars:
		w.bars(d, s)
	case s.Chart == Columns:
		w.columns(d, s)
	default:
		return nil
	}
	return d
}

// largest is the largest number that the chart of s shows.
func largest(s *Sheet) (most float64) {
	for _, r := range charted(s) {
		for _, v := range r.Values[:series(s)] {
			most = max(most, v.Number)
		}
	}
	return most
}

// charted are the rows that are parts: the total of them all would dwarf them.
func charted(s *Sheet) []Row {
	if len(s.Rows) > 0 && s.Rows[0].Key == "offered" {
		return s.Rows[1:]
	}
	return s.Rows
}

// series is how many of a sheet's columns are drawn.
func series(s *Sheet) int {
	if s.Key == "waits" {
		return 2
	}
	return 1
}

func (w words) bars(d *drawing, s *Sheet) {
	const row, left, right = 22.0, 250.0, 110.0
	most := largest(s)
	for i, r := range charted(s) {
		y := float64(i) * row
		length := (chartWidth - left - right) * r.Values[0].Number / most
		label := w.label(s, &r)
		value := w.value(r.Values[0])
		if len(r.Values) > 1 && r.Values[1].Known() {
			value += " (" + w.value(r.Values[1]) + ")"
		}
		d.Rects = append(d.Rects, rect{X: left, Y: y + 4, W: math.Max(length, .5), H: row - 8, Class: "a", Title: label + ": " + value})
		d.Words = append(d.Words, word{left - 6, y + 15, "end", label}, word{left + length + 6, y + 15, "start", value})
		d.Height = y + row
	}
}

func (w words) columns(d *drawing, s *Sheet) {
	const left, top, height, foot = 56.0, 26.0, 150.0, 24.0
	rows, n := charted(s), float64(series(s))
	most := ceiling(largest(s))
	step := (chartWidth - left) / float64(len(rows))
	every := int(math.Ceil(float64(len(rows)) / 12)) // so that the words below do not run into each other
	for _, part := range []float64{0, .5, 1} {
		y := top + height*(1-part)
		d.Lines = append(d.Lines, line{left, y, chartWidth, y})
		d.Words = append(d.Words, word{left - 6, y + 4, "end", w.number(most*part, 0)})
	}
	for k := range series(s) { // which is which
		x := left + 130*float64(k)
		d.Rects = append(d.Rects, rect{X: x, Y: 2, W: 10, H: 10, Class: seriesClass(k)})
		d.Words = append(d.Words, word{x + 16, 11, "start", w.of("column." + s.Columns[k])})
	}
	for i, r := range rows {
		x := left + float64(i)*step
		for k, v := range r.Values[:series(s)] {
			h := height * v.Number / most
			wide := step * .8 / n
			d.Rects = append(d.Rects, rect{
				X: x + step*.1 + float64(k)*wide, Y: top + height - h, W: wide, H: h, Class: seriesClass(k),
				Title: fmt.Sprintf("%s, %s: %s", w.label(s, &r), w.of("column."+s.Columns[k]), w.value(v)),
			})
		}
		if i%every == 0 {
			d.Words = append(d.Words, word{x + step/2, top + height + 16, "middle", w.label(s, &r)})
		}
	}
	d.Height = top + height + foot
}

func seriesClass(k int) string { return string(rune('a' + k)) }

// ceiling is a round even number not below n, for the scale.
func ceiling(n float64) float64 {
	if n <= 2 {
		return 2
	}
	p := math.Pow10(int(math.Floor(math.Log10(n))))
	for _, m := range []float64{1, 2, 4, 6, 8, 10} {
		if m*p >= n {
			return m * p
		}
	}
	return n
}
