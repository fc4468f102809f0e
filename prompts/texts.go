package prompts

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// maxText is the longest text in characters: about two minutes of speech.
const maxText = 1500

var placeholder = regexp.MustCompile(`\{[^{}]*\}`)

// readTexts reads the texts of every language of the line. Without a readable line it reads what is there, so that
// the faults of one file do not hide those of another.
func (c *checker) readTexts() {
	c.book.Texts = map[string]map[string]string{}
	there := c.textFiles()
	langs := slices.Clone(c.book.Line.Languages)
	if len(langs) == 0 {
		langs = there
	}
	for i, lang := range langs {
		if !slices.Contains(there, lang) {
			c.fault(c.languages[i].at, fmt.Sprintf("the texts of language %q are missing", lang),
				fmt.Sprintf("write %s, or remove %s from languages", textsFile(lang), lang))
			continue
		}
		c.readTextFile(lang)
	}
}

// textFiles lists the languages of which there is a file.
func (c *checker) textFiles() []string {
	var langs []string
	entries, _ := fs.ReadDir(c.fsys, textsDir) // a missing folder shows as missing texts
	for _, e := range entries {
		name := path.Join(textsDir, e.Name())
		lang, yaml := strings.CutSuffix(e.Name(), ".yaml")
		switch {
		case strings.HasPrefix(e.Name(), "."):
		case e.IsDir() || !yaml || !langPattern.MatchString(lang):
			c.warn(at{file: name}, "nothing reads this file", "texts are in texts/<language>.yaml: texts/it.yaml")
		case len(c.languages) > 0 && !slices.Contains(c.book.Line.Languages, lang):
			c.warn(at{name, 1, 1}, fmt.Sprintf("the line does not speak the language %q", lang), "add it to line.languages, or remove the file")
		default:
			langs = append(langs, lang)
		}
	}
	return langs
}

func (c *checker) readTextFile(lang string) {
	root := c.readYAML(textsFile(lang))
	if root == nil {
		return
	}
	if root.shape == shapeNull {
		root.shape = shapeObject
	}
	if !c.is(root, "a file of texts", shapeObject) {
		return
	}
	c.texts[lang] = root
	texts := map[string]string{}
	c.book.Texts[lang] = texts
	for _, p := range root.pairs {
		if !namePattern.MatchString(p.key.text) {
			c.fault(p.key.at, fmt.Sprintf("%q is not a possible key of a text", p.key.text), nameHint)
			continue
		}
		if p.value.shape == shapeNull {
			c.fault(p.key.at, fmt.Sprintf("the text %s is empty", p.key.text), "write it, or remove the key")
			continue
		}
		if !c.is(p.value, "the text "+p.key.text, shapeText) {
			continue
		}
		texts[p.key.text] = strings.Join(strings.Fields(p.value.text), " ")
		c.checkText(p.key.text, texts[p.key.text], p.value.at)
	}
}

func (c *checker) checkText(key, text string, where at) {
	if n := len([]rune(text)); n > maxText {
		c.fault(where, fmt.Sprintf("the text %s has %d characters, more than %d", key, n, maxText), "nobody listens that long: shorten or split it")
	}
	if key == KeyAlert {
		c.fault(where, "a text can not be called alert", "that is the message of the alert that is raised; give the text another key")
	}
	if !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		c.fault(where, fmt.Sprintf("the text %s is empty", key), "write it, or remove the key")
	}
	if strings.ContainsFunc(text, unicode.IsControl) {
		c.fault(where, fmt.Sprintf("the text %s has a character that can not be spoken", key), "write it anew")
	}
}

// checkTexts compares the texts with what the nodes and the program speak.
func (c *checker) checkTexts() {
	c.programTexts()
	everywhere := map[string]bool{} // in some language at least; where in none, the use has been told
	for _, key := range c.textKeys() {
		everywhere[key] = true
	}
	for _, lang := range c.book.Line.Languages {
		root := c.texts[lang]
		if root == nil {
			continue // told already
		}
		for _, key := range c.spoken {
			where := c.used[key]
			if root.get(key) != nil || where.line > 0 && !everywhere[key] {
				continue
			}
			by := "the program itself speaks it"
			if where.line > 0 {
				by = fmt.Sprintf("%s:%d speaks it", where.file, where.line)
			}
			c.fault(root.at, fmt.Sprintf("the text %s is missing: %s", key, by), "add "+key+": ...")
		}
		c.checkOwn(lang, root, everywhere)
		c.checkPairs(lang, root)
	}
}

// checkOwn tells the texts that only this language speaks and does not have.
func (c *checker) checkOwn(lang string, root *value, everywhere map[string]bool) {
	for _, key := range sortedKeys(c.own[lang]) {
		if _, told := c.used[key]; told || !everywhere[key] || root.get(key) != nil {
			continue
		}
		where := c.own[lang][key]
		c.fault(root.at, fmt.Sprintf("the text %s is missing: %s:%d speaks it in this language", key, where.file, where.line), "add "+key+": ...")
	}
}

// checkPairs tells unused texts and placeholders that nothing fills in.
func (c *checker) checkPairs(lang string, root *value) {
	program := programKeys()
	for _, p := range root.pairs {
		key, text := p.key.text, c.book.Texts[lang][p.key.text]
		_, used := c.used[key]
		_, own := c.own[lang][key]
		if !used && !own && text != "" && key != KeyAlert && !c.unread && !slices.Contains(program, key) && key != c.book.Desk.Position && key != c.book.Desk.Many && !c.guessed(key) {
			c.warn(p.key.at, fmt.Sprintf("nothing speaks the text %s", key), "remove it, or say it in a node")
		}
		holders := placeholder.FindAllString(text, -1)
		if key == c.book.Desk.Position && text != "" {
			if !slices.Contains(holders, "{n}") {
				c.fault(p.value.at, fmt.Sprintf("the text %s does not tell the position", key), "put {n} where the number belongs")
			}
			holders = slices.DeleteFunc(holders, func(h string) bool { return h == "{n}" })
		}
		if len(holders) > 0 {
			c.fault(p.value.at, fmt.Sprintf("the text %s has %s, which nothing fills in", key, holders[0]), "remove the braces; only the text of desk.position has {n}")
		}
	}
}

// guessed: a slip in a node probably means this text.
func (c *checker) guessed(key string) bool {
	for name, near := range c.guesses {
		if near == key && strings.HasPrefix(name, "text ") {
			return true
		}
	}
	return false
}

// programTexts notes the texts that the program needs for this book.
func (c *checker) programTexts() {
	has := map[Kind]bool{}
	for _, n := range c.book.Nodes {
		has[n.Kind] = true
	}
	need := []string{KeyGoodbye, KeySorry, KeyFailOpenAdvice, KeyFailOpenWait, KeyFailOpenMessage}
	if has[KindMenu] || has[KindLanguage] {
		need = append(need, KeyInvalid)
	}
	if has[KindRescue] {
		need = append(need, KeyRescueOffer, KeyRescueConnecting, KeyRescueFailed)
	}
	if has[KindAsk] {
		need = append(need, KeyAskInvalid)
	}
	if c.book.readsBack() {
		need = append(need, KeyAskRead, KeyAskConfirm)
	}
	if has[KindMessage] {
		need = append(need, KeyMessageThanks)
	}
	if has[KindQueue] {
		need = append(need, c.book.Desk.Position, c.book.Desk.Many)
	}
	for _, key := range need {
		c.need(key, at{})
	}
}

// programKeys are all texts that the program may speak.
func programKeys() []string {
	return []string{
		KeyGoodbye, KeySorry, KeyInvalid, KeyRescueOffer, KeyRescueConnecting, KeyRescueFailed, KeyMessageThanks,
		KeyAskRead, KeyAskConfirm, KeyAskInvalid, KeyFailOpenAdvice, KeyFailOpenWait, KeyFailOpenMessage,
	}
}
