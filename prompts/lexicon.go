package prompts

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"pronto/prompts/wording"
)

// Lexicon is how an engine is to say words that it reads wrongly, per language: L.R. as legge regionale. Where two
// begin at the same place, the longer counts; what has been put in is not looked up again.
type Lexicon map[string]map[string]string

// Apply writes text with the words of lang put in. A word is found where no letter or digit touches it.
func (l Lexicon) Apply(lang, text string) string {
	words := l.words(lang)
	if len(words) == 0 {
		return text
	}
	var out strings.Builder
	inWord := false // the character before is a letter or a digit
	for text != "" {
		found := ""
		for _, word := range words {
			joined := inWord && startsWord(word) // a letter or a digit goes on where the word begins, or where it ends
			if after, there := strings.CutPrefix(text, word); there && !joined && (!endsWord(word) || !startsWord(after)) {
				found = word
				break
			}
		}
		if found != "" {
			say := l[lang][found]
			if inWord && startsWord(say) {
				out.WriteByte(' ')
			}
			out.WriteString(say)
			text = text[len(found):]
			if endsWord(say) && startsWord(text) { // L.R.64
				out.WriteByte(' ')
			}
			inWord = endsWord(found)
			continue
		}
		r, size := utf8.DecodeRuneInString(text)
		out.WriteString(text[:size])
		text, inWord = text[size:], wordly(r)
	}
	return out.String()
}

// words are the words of a language, the longest first.
func (l Lexicon) words(lang string) []string {
	words := sortedKeys(l[lang])
	slices.SortStableFunc(words, func(a, b string) int { return len(b) - len(a) })
	return words
}

func wordly(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func startsWord(s string) bool {
	r, size := utf8.DecodeRuneInString(s)
	return size > 0 && wordly(r)
}

func endsWord(s string) bool {
	r, size := utf8.DecodeLastRuneInString(s)
	return size > 0 && wordly(r)
}

// spoken is what an engine is given of a text of the book.
func (b *Book) spoken(lang, text string) string {
	return Spoken(lang, b.Lexicon.Apply(lang, text))
}

const (
	maxWord  = 60  // characters of a word in the lexicon
	maxSayAs = 200 // and of what is said for it
)

// wordPattern is what a word of the lexicon has, and what is said for it: something to be spoken.
const wordPattern = `[\p{L}\p{Nd}]`

func (c *checker) lexiconForm() form {
	return form{
		func(v *value) {
			if v.shape == shapeNull || !c.is(v, wording.Name("lexicon"), shapeObject) {
				return
			}
			c.book.Lexicon = Lexicon{}
			for _, p := range v.pairs {
				c.readWords(p.key, p.value)
			}
		},
		func() *schema {
			say := &schema{Type: types("string", "number"), Pattern: wordPattern}
			words := &schema{Type: types("object", "null"), Names: &schema{Pattern: wordPattern, Longest: maxWord}, Others: say}
			return &schema{Type: types("object", "null"), Names: &schema{Pattern: langPattern.String()}, Others: words}
		},
	}
}

func (c *checker) readWords(lang, words *value) {
	c.refs = append(c.refs, reference{at: lang.at, name: lang.text, what: "language"})
	if words.shape == shapeNull || !c.is(words, tell("lexicon %s", lang.text), shapeObject) {
		return
	}
	c.book.Lexicon[lang.text] = map[string]string{}
	for _, entry := range words.pairs {
		c.readWord(lang.text, entry)
	}
}

func (c *checker) readWord(lang string, entry pair) {
	word := entry.key.text
	if !strings.ContainsFunc(word, wordly) || len([]rune(word)) > maxWord || strings.ContainsFunc(word, unicode.IsControl) {
		c.fault(entry.key.at, tell("%q can not be looked for in texts", word), tell(`a word or an abbreviation as the texts write it, at most %d characters: "L.R."`, maxWord))
		return
	}
	if !c.is(entry.value, under(tell("lexicon %s", lang), word), shapeText) {
		return
	}
	say := strings.Join(strings.Fields(entry.value.text), " ")
	if !strings.ContainsFunc(say, wordly) || len([]rune(say)) > maxSayAs || strings.ContainsFunc(say, unicode.IsControl) {
		c.fault(entry.value.at, tell("what is said for %s can not be spoken", word), tell("write the words that are to be said, at most %d characters", maxSayAs))
		return
	}
	c.book.Lexicon[lang][word] = say
}
