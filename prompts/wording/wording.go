// Package wording puts what the program tells the people who run a line into their language: English, or Italian. What
// callers hear is not its matter, that is the book's.
//
// A Sentence keeps its English format and its arguments until somebody reads it; only then it is put into words. The English
// format is the sentence's name, and the Italian one is found by it in the tables of this package. A test reads the program's
// source and fails if a sentence has no Italian, or if the two have not the same arguments.
//
// golang.org/x/text/message was read and left out: it groups the digits of every %d (line 1.024, port 5.060), and a sentence
// can not be an argument of another there, as "node welcome" is in "node welcome has no key ...".
package wording

import (
	"fmt"
	"strings"
)

// Language is one that the program speaks to those who run a line.
type Language string

// The languages.
const (
	English Language = "en"
	Italian Language = "it"
)

// FromEnv chooses the language by LC_ALL, LC_MESSAGES or LANG, the first that is set, as programs do. Whoever has none of
// the languages is told English.
func FromEnv(getenv func(string) string) Language {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if locale := getenv(name); locale != "" {
			if lang := strings.FieldsFunc(strings.ToLower(locale), separates); len(lang) > 0 && lang[0] == string(Italian) {
				return Italian
			}
			return English
		}
	}
	return English
}

// separates language, country, encoding and variant of a locale.
func separates(r rune) bool { return r == '_' || r == '-' || r == '.' || r == '@' }

// Sentence is something to be told. The zero Sentence says nothing.
type Sentence struct {
	Format string // in English, as of fmt; it is the sentence's name, too
	Args   []any
}

// Teller is an argument that is itself put into words.
type Teller interface{ In(lang Language) string }

// Say is a sentence. The format must be a constant and stand in the tables of this package; arguments may be sentences and
// errors.
func Say(format string, args ...any) Sentence {
	if false {
		_ = fmt.Sprintf(format, args...) // so that go vet compares the format with the arguments
	}
	return Sentence{Format: format, Args: args}
}

// Name is a word that is the same in every language: a key of a file, a name that somebody has given.
func Name(name string) Sentence { return Sentence{Format: "%s", Args: []any{name}} }

// Count is a number of things: one is the format for a single one, many for any other number. Both take the number.
func Count(n int, one, many string) Sentence {
	if n == 1 {
		return Sentence{Format: one, Args: []any{n}}
	}
	return Sentence{Format: many, Args: []any{n}}
}

// In puts the sentence into words.
func (s Sentence) In(lang Language) string {
	format := s.Format
	if lang == Italian {
		if found, ok := italian[format]; ok {
			format = found
		}
	}
	if len(s.Args) == 0 {
		return strings.ReplaceAll(format, "%%", "%")
	}
	args := make([]any, len(s.Args))
	for i, arg := range s.Args {
		switch arg := arg.(type) {
		case Teller:
			args[i] = arg.In(lang)
		case error:
			args[i] = Tell(lang, arg)
		default:
			args[i] = arg
		}
	}
	return fmt.Sprintf(format, args...)
}

// String is the sentence in English.
func (s Sentence) String() string { return s.In(English) }

// None says whether there is nothing to be told.
func (s Sentence) None() bool { return s.Format == "" }

// Number is a number with decimals, with the comma or point of the language.
type Number struct {
	Value    float64
	Decimals int
}

// In writes the number.
func (n Number) In(lang Language) string {
	text := fmt.Sprintf("%.*f", n.Decimals, n.Value)
	if lang == Italian {
		text = strings.Replace(text, ".", ",", 1)
	}
	return text
}

// String is the number in English.
func (n Number) String() string { return n.In(English) }

// Fixed is a number with so many decimals.
func Fixed(value float64, decimals int) Number { return Number{Value: value, Decimals: decimals} }

// Tenths is a number with one decimal, as seconds are told.
func Tenths(value float64) Number { return Fixed(value, 1) }
