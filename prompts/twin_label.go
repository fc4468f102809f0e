package prompts

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// pressed finds the order to press a key in a menu's sentence, by language. What stands before it is what the key does: "To offer
// help, press 3."
var pressed = map[string]*regexp.Regexp{
	"it": order(`premete|prema|premere|digitate|digiti`, `il|lo|la|tasto`),
	"en": order(`(?:please\s+)?(?:press|dial|choose)`, `the|key|number`),
	"de": order(`(?:bitte\s+)?(?:drücken|wählen)\s+sie`, `bitte|die|den|taste`),
	"fr": order(`tapez|appuyez|composez|faites`, `sur|le|la|touche`),
	"sl": order(`pritisnite|izberite`, `tipko|številko`),
}

func order(verbs, between string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)[,;:]?\s*\b(?:` + verbs + `)(?:\s+(?:` + between + `))*\s*([0-9*#])(?:\D.*)?$`)
}

var (
	sentenceEnd = regexp.MustCompile(`[.!?;]+(?:\s+|$)`)
	commaEnd    = regexp.MustCompile(`,\s+`)
	// dangling is what is left of "dial 112 or press 1".
	dangling = regexp.MustCompile(`(?i)[,;:]?\s+(?:o|oppure|e|or|and|oder|und|ou|et|ali|in)$`)
)

// labels are what the texts of a menu call one of its keys, by language: the words of the sentence that names it, without the
// order to press. Where no sentence names the key in figures the language is missing.
func (w twinWriter) labels(say []string, key string, all []string) Words {
	words := Words{}
	for _, lang := range w.r.Book.Line.Languages {
		for _, entry := range say {
			if _, _, own := OwnVoice(entry); own {
				continue
			}
			if label := keyLabel(lang, w.r.Clips[lang][entry].Text, key, all); label != "" {
				words[lang] = label
				break
			}
		}
	}
	return words
}

// keyLabel finds the sentence of a text that names a key.
func keyLabel(lang, text, key string, all []string) string {
	for _, sentence := range sentenceEnd.Split(text, -1) {
		if !names(sentence, key) {
			continue
		}
		return capital(stripKey(lang, strings.TrimSpace(aboutKey(sentence, key, all)), key))
	}
	return ""
}

// aboutKey is what a sentence says of one key, if it names several: "for information 2, for an operator 0".
func aboutKey(sentence, key string, all []string) string {
	var part []string
	for _, piece := range commaEnd.Split(sentence, -1) {
		part = append(part, piece)
		named := slices.DeleteFunc(slices.Clone(all), func(other string) bool { return !names(piece, other) })
		switch {
		case slices.Contains(named, key):
			return strings.Join(part, ", ")
		case len(named) > 0: // that was about another one
			part = nil
		}
	}
	return sentence
}

// stripKey leaves of a sentence what its key does; the whole sentence where that can not be told.
func stripKey(lang, sentence, key string) string {
	if find, ok := pressed[lang]; ok {
		at := find.FindStringSubmatchIndex(sentence)
		if at != nil && at[0] > 0 && sentence[at[2]:at[3]] == key {
			return dangling.ReplaceAllString(sentence[:at[0]], "")
		}
	}
	if rest, ok := strings.CutSuffix(sentence, key); ok && strings.HasSuffix(rest, " ") {
		return strings.TrimRight(rest, " ,;:")
	}
	return sentence
}

// capital begins a label as a sentence.
func capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(unicode.ToUpper(first)) + s[size:]
}
