package prompts

import (
	"cmp"
	"fmt"
	"slices"

	"pronto/prompts/wording"
)

// Fault is something wrong with a book, where it is and what to do about it. It is put into words when somebody reads it.
type Fault struct {
	File    string           `json:"file"`           // within the book's folder, or with it if Load was told the folder
	Line    int              `json:"line,omitempty"` // from 1; 0: the file as a whole (it is missing or can not be read)
	Col     int              `json:"col,omitempty"`  // from 1, in characters
	Message wording.Sentence `json:"message"`
	Hint    wording.Sentence `json:"hint,omitzero"`     // what to do
	Warning bool             `json:"warning,omitempty"` // the book can be used all the same
}

// In is file:line:col: message (what to do) in a language.
func (f Fault) In(lang wording.Language) string {
	where := f.File
	if f.Line > 0 {
		where = fmt.Sprintf("%s:%d:%d", f.File, f.Line, f.Col)
	}
	text := f.Text(lang)
	if f.Warning {
		text = tell("warning: %s", text).In(lang)
	}
	return where + ": " + text
}

// Text is message (what to do) in a language.
func (f Fault) Text(lang wording.Language) string {
	text := f.Message.In(lang)
	if !f.Hint.None() {
		text += " (" + f.Hint.In(lang) + ")"
	}
	return text
}

// String is the fault in English.
func (f Fault) String() string { return f.In(wording.English) }

// tell is a sentence to the people who write books.
func tell(format string, args ...any) wording.Sentence { return wording.Say(format, args...) }

// under names a key of something.
func under(what wording.Sentence, key string) wording.Sentence { return tell("%s: %s", what, key) }

// sortFaults puts faults in the order in which one reads the files.
func sortFaults(faults []Fault) {
	slices.SortStableFunc(faults, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col),
			cmp.Compare(a.Message.String(), b.Message.String()))
	})
}
