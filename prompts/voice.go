package prompts

import "strings"

// OwnVoice takes an entry of a say list apart: en/other-languages is the text other-languages in English, spoken by
// the English voice, for callers whose call is in another language; to a call in English it is not said. It is how a
// line invites to its languages.
func OwnVoice(entry string) (lang, key string, own bool) {
	lang, key, own = strings.Cut(entry, "/")
	if !own || !langPattern.MatchString(lang) {
		return "", entry, false
	}
	return lang, key, true
}

// useOwn notes that a text is spoken in one language only.
func (c *checker) useOwn(lang, key string, where at) {
	c.refs = append(c.refs, reference{at: where, name: lang, what: "language"}, reference{at: where, name: key, what: "text"})
	if c.own[lang] == nil {
		c.own[lang] = map[string]at{}
	}
	if _, ok := c.own[lang][key]; !ok {
		c.own[lang][key] = where
	}
}
