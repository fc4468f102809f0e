package report

import (
	_ "embed"
	"html/template"
	"io"
)

//go:embed report.html
var page string

// pageSheet is a sheet as the page shows it.
type pageSheet struct {
	ID, Title string
	Chart     *drawing
	Head      []string
	Rows      [][]string
	Notes     []string
}

func (r *Report) html(out io.Writer, w words) error {
	t, err := template.New("report").Parse(page)
	if err != nil {
		return err
	}
	sheets := make([]pageSheet, 0, len(r.Sheets))
	for i := range r.Sheets {
		s := &r.Sheets[i]
		table := w.table(s)
		p := pageSheet{ID: s.Key, Title: w.of("sheet." + s.Key), Chart: w.draw(s), Head: table[0], Rows: table[1:]}
		for _, note := range s.Notes {
			p.Notes = append(p.Notes, w.note(note, r.Options))
		}
		sheets = append(sheets, p)
	}
	return t.Execute(out, struct {
		Lang, Title, Name, Line, Headline, Nothing, Foot string
		Head                                             [][2]string
		Sheets                                           []pageSheet
	}{w.lang, w.of("title"), r.Name, r.Line, r.headline(w), w.of("nothing"), w.of("page"), r.head(w), sheets})
}
