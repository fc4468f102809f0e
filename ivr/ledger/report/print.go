package report

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Formats are what a report can be written as.
func Formats() []string { return []string{"text", "html", "csv", "json"} }

// Write writes the report in one of Formats. lang is one of Languages; CSV and JSON are the same in all.
func (r *Report) Write(w io.Writer, format, lang string) error {
	var err error
	switch format {
	case "text":
		_, err = io.WriteString(w, r.text(wordsFor(lang)))
	case "html":
		err = r.html(w, wordsFor(lang))
	case "csv":
		err = r.csv(w)
	case "json":
		err = r.json(w)
	default:
		return fmt.Errorf("there is no format %q: it is one of %s", format, strings.Join(Formats(), ", "))
	}
	if err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// headline is what the line publishes of itself: 99% = 86% + 13%.
func (r *Report) headline(w words) string {
	s := r.Sheet("requests")
	share := func(row string) string { return w.value(s.Value(row, "share")) }
	if !s.Value("handled", "share").Known() {
		return w.of("row.total") + ": " + w.of("no_data")
	}
	return fmt.Sprintf("%s: %s · %s: %s = %s + %s (%s + %s) · %s: %s · %s: %s · %s: %s",
		w.of("row.total"), w.value(s.Value("total", "requests")),
		w.of("handled_line"), share("handled"), share("immediate"), share("in_depth"), w.of("immediate_word"), w.of("in_depth_word"),
		strings.ToLower(w.of("row.in_progress")), share("in_progress"),
		w.of("row.phone"), w.value(r.Sheet("channels").Value("phone", "share")),
		strings.ToLower(w.of("row.rescue")), share("rescue"))
}

// head are the lines that say what the report is about.
func (r *Report) head(w words) [][2]string {
	return [][2]string{
		{w.of("period"), w.period(r.Options)},
		{w.of("zone"), r.Zone.String()},
		{w.of("made"), r.Now.In(r.Zone).Format("2006-01-02 15:04")},
	}
}

func (r *Report) text(w words) string {
	var b strings.Builder
	_, _ = fmt.Fprintf(&b, "%s – %s %s\n", w.of("title"), r.Name, r.Line)
	for _, line := range r.head(w) {
		_, _ = fmt.Fprintf(&b, "%s: %s\n", line[0], line[1])
	}
	_, _ = fmt.Fprintf(&b, "\n%s\n", r.headline(w))
	for i := range r.Sheets {
		r.sheetText(&b, w, &r.Sheets[i])
	}
	return b.String()
}

func (r *Report) sheetText(b *strings.Builder, w words, s *Sheet) {
	title := w.of("sheet." + s.Key)
	_, _ = fmt.Fprintf(b, "\n%s\n%s\n", title, strings.Repeat("─", utf8.RuneCountInString(title)))
	if len(s.Rows) == 0 {
		_, _ = fmt.Fprintf(b, "%s\n", w.of("nothing"))
		return
	}
	table := w.table(s)
	widths := make([]int, len(table[0]))
	for _, row := range table {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range table {
		line := row[0] + strings.Repeat(" ", widths[0]-utf8.RuneCountInString(row[0]))
		for i, cell := range row[1:] {
			line += "  " + strings.Repeat(" ", widths[i+1]-utf8.RuneCountInString(cell)) + cell
		}
		_, _ = fmt.Fprintln(b, strings.TrimRight(line, " "))
	}
	for _, note := range s.Notes {
		_, _ = fmt.Fprintf(b, "  %s\n", w.note(note, r.Options))
	}
}

// table is a sheet in words, its head first. A value that does not apply to its row at all is empty; where a column may
// have one it is "no data".
func (w words) table(s *Sheet) [][]string {
	head := []string{w.of("head." + s.Key)}
	for _, c := range s.Columns {
		head = append(head, w.of("column."+c))
	}
	table := [][]string{head}
	for _, r := range s.Rows {
		row := []string{w.label(s, &r)}
		for i, v := range r.Values {
			if !v.Known() && !applies(s, r.Key, s.Columns[i]) {
				row = append(row, "")
				continue
			}
			row = append(row, w.value(v))
		}
		table = append(table, row)
	}
	return table
}

// applies says whether a row of a sheet can have a value in a column.
func applies(s *Sheet, row, column string) bool {
	switch s.Key + "." + row + "." + column {
	case "requests.total.share", "calls.offered.share", "desk.queued.figure", "desk.left_otherwise.figure", "desk.without_desk.figure",
		"desk.occupancy.calls", "agcom.all.navigation":
		return false
	}
	return s.Key != "agcom" || row == "all" || column == "calls" || column == "navigation"
}

// csv is one line per value: its sheet, row and column by key, the figure, its unit. What there are no data for has no
// figure.
func (r *Report) csv(w io.Writer) error {
	out := csv.NewWriter(w)
	rows := [][]string{{"sheet", "row", "column", "value", "unit"}}
	for _, h := range [][2]string{
		{"line", r.Line},
		{"from", r.From.In(r.Zone).Format(time.RFC3339)},
		{"to", r.To.In(r.Zone).Format(time.RFC3339)},
		{"service_level", r.Formula.String()},
		{"threshold_s", strconv.FormatFloat(r.Threshold.Seconds(), 'f', -1, 64)},
		{"short_s", strconv.FormatFloat(r.Short.Seconds(), 'f', -1, 64)},
		{"first_contact_days", strconv.Itoa(r.Within)},
	} {
		rows = append(rows, []string{"report", h[0], "value", h[1], string(Text)})
	}
	for _, s := range r.Sheets {
		for _, row := range s.Rows {
			for i, v := range row.Values {
				if v.Known() || applies(&s, row.Key, s.Columns[i]) {
					rows = append(rows, []string{s.Key, harmless(row.Key), s.Columns[i], v.plain(), string(v.Unit)})
				}
			}
		}
	}
	return out.WriteAll(rows)
}

// harmless keeps a spreadsheet from computing a name of the book's or a caller's.
func harmless(v string) string {
	if v != "" && strings.ContainsRune("=+-@\t\r\n", rune(v[0])) {
		return "'" + v
	}
	return v
}

// plain is a value as programs read it.
func (v Value) plain() string {
	switch v.Unit {
	case Text:
		return v.Text
	case "":
		return ""
	default:
		return strconv.FormatFloat(v.Number, 'f', -1, 64)
	}
}

// json is a list of rows per sheet, each with its key and its values by column; null: no data.
func (r *Report) json(w io.Writer) error {
	type row map[string]any
	sheets := map[string][]row{}
	for _, s := range r.Sheets {
		rows := make([]row, 0, len(s.Rows))
		for _, from := range s.Rows {
			to := row{"key": from.Key}
			for i, v := range from.Values {
				switch {
				case v.Unit == Text:
					to[s.Columns[i]] = v.Text
				case v.Known():
					to[s.Columns[i]] = v.Number
				case applies(&s, from.Key, s.Columns[i]):
					to[s.Columns[i]] = nil
				}
			}
			rows = append(rows, to)
		}
		sheets[s.Key] = rows
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", " ")
	enc.SetEscapeHTML(false)
	return enc.Encode(struct {
		Line         string           `json:"line"`
		Name         string           `json:"name"`
		From         string           `json:"from"`
		To           string           `json:"to"`
		Zone         string           `json:"zone"`
		Made         string           `json:"made"`
		ServiceLevel string           `json:"service_level"`
		Threshold    float64          `json:"threshold_s"`
		Short        float64          `json:"short_s"`
		Within       int              `json:"first_contact_days"`
		Sheets       map[string][]row `json:"sheets"`
	}{
		r.Line, r.Name, r.From.In(r.Zone).Format(time.RFC3339), r.To.In(r.Zone).Format(time.RFC3339), r.Zone.String(),
		r.Now.In(r.Zone).Format(time.RFC3339), r.Formula.String(), r.Threshold.Seconds(), r.Short.Seconds(), r.Within, sheets,
	})
}
