package prompts

import (
	"cmp"
	"fmt"
	"slices"
)

// Fault is something wrong with a book, where it is and what to do about it.
type Fault struct {
	File    string `json:"file"`           // within the book's folder, or with it if Load was told the folder
	Line    int    `json:"line,omitempty"` // from 1; 0: the file as a whole (it is missing or can not be read)
	Col     int    `json:"col,omitempty"`  // from 1, in characters
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`    // what to do
	Warning bool   `json:"warning,omitempty"` // the book can be used all the same
}

// String is file:line:col: message (what to do).
func (f Fault) String() string {
	where := f.File
	if f.Line > 0 {
		where = fmt.Sprintf("%s:%d:%d", f.File, f.Line, f.Col)
	}
	text := f.Message
	if f.Warning {
		text = "warning: " + text
	}
	if f.Hint != "" {
		text += " (" + f.Hint + ")"
	}
	return where + ": " + text
}

// sortFaults puts faults in the order in which one reads the files.
func sortFaults(faults []Fault) {
	slices.SortStableFunc(faults, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col),
			cmp.Compare(a.Message, b.Message))
	})
}
