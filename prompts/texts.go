package prompts

import (
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
			c.fault(c.languages[i].at, tell("the texts of language %q are missing", lang),
				tell("write %s, or remove %s from languages", textsFile(lang), lang))
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
			c.warn(at{file: name}, tell("nothing reads this file"), tell("texts are in texts/<language>.yaml: texts/it.yaml"))
		case len(c.languages) > 0 && !slices.Contains(c.book.Line.Languages, lang):
			c.warn(at{name, 1, 1}, tell("the line does not speak the language %q", lang), tell("add it to line.languages, or remove the file"))
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
	c.textsForm(lang).read(root)
}

// textsForm is the file of a language's texts.
func (c *checker) textsForm(lang string) form {
	return form{
		func(root *value) {
			if !c.is(root, tell("a file of texts"), shapeObject) {
				return
			}
			c.texts[lang] = root
			c.book.Texts[lang] = map[string]string{}
			for _, p := range root.pairs {
				c.readText(lang, p)
			}
		},
		func() *schema {
			text := &schema{
				Type: types("string", "number"), Pattern: wordPattern, Longest: maxText,
				Doc: tell("What is said. Numbers, times and dates are written as one writes them: 112, 9:00, 6/11/2026."),
			}
			return &schema{
				Type: types("object", "null"), Names: &schema{Pattern: namePattern.String()}, Others: text,
				Keys: map[string]*schema{KeyAlert: nothing},
			}
		},
	}
}

func (c *checker) readText(lang string, p pair) {
	key := p.key.text
	switch {
	case !namePattern.MatchString(key):
		c.fault(p.key.at, tell("%q is not a possible key of a text", key), nameHint())
	case p.value.shape == shapeNull:
		c.fault(p.key.at, tell("the text %s is empty", key), tell("write it, or remove the key"))
	case c.is(p.value, tell("the text %s", key), shapeText):
		text := strings.Join(strings.Fields(p.value.text), " ")
		c.book.Texts[lang][key] = text
		c.checkText(key, text, p.value.at)
	}
}

func (c *checker) checkText(key, text string, where at) {
	if n := len([]rune(text)); n > maxText {
		c.fault(where, tell("the text %s has %d characters, more than %d", key, n, maxText), tell("nobody listens that long: shorten or split it"))
	}
	if key == KeyAlert {
		c.fault(where, tell("a text can not be called alert"), tell("that is the message of the alert that is raised; give the text another key"))
	}
	if !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		c.fault(where, tell("the text %s is empty", key), tell("write it, or remove the key"))
	}
	if strings.ContainsFunc(text, unicode.IsControl) {
		c.fault(where, tell("the text %s has a character that can not be spoken", key), tell("write it anew"))
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
			by := tell("the program itself speaks it")
			if where.line > 0 {
				by = tell("%s:%d speaks it", where.file, where.line)
			}
			c.fault(root.at, tell("the text %s is missing: %s", key, by), tell("add %s: ...", key))
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
		c.fault(root.at, tell("the text %s is missing: %s:%d speaks it in this language", key, where.file, where.line), tell("add %s: ...", key))
	}
}

// checkPairs tells unused texts and placeholders that nothing fills in.
func (c *checker) checkPairs(lang string, root *value) {
	program := programKeys()
	if lang == c.book.Line.Languages[0] {
		program = append(program, OperatorKeys()...)
	}
	for _, p := range root.pairs {
		key, text := p.key.text, c.book.Texts[lang][p.key.text]
		_, used := c.used[key]
		_, own := c.own[lang][key]
		if !used && !own && text != "" && key != KeyAlert && !c.unread && !slices.Contains(program, key) && key != c.book.Desk.Position && key != c.book.Desk.Many && !c.guessed(key) {
			c.warn(p.key.at, tell("nothing speaks the text %s", key), tell("remove it, or say it in a node"))
		}
		holders := placeholder.FindAllString(text, -1)
		if key == c.book.Desk.Position && text != "" {
			if !slices.Contains(holders, "{n}") {
				c.fault(p.value.at, tell("the text %s does not tell the position", key), tell("put {n} where the number belongs"))
			}
			holders = slices.DeleteFunc(holders, func(h string) bool { return h == "{n}" })
		}
		if len(holders) > 0 {
			c.fault(p.value.at, tell("the text %s has %s, which nothing fills in", key, holders[0]), tell("remove the braces; only the text of desk.position has {n}"))
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
	if c.book.opensRequests() {
		need = append(need, KeyRequestCode, KeyRequestAgain, KeyRequestOffer)
	}
	if has[KindCallback] {
		need = append(need, KeyInvalid)
		need = append(need, callbackKeys...)
	}
	if has[KindRequest] {
		need = append(need, KeyAskInvalid)
		need = append(need, requestKeys...)
	}
	if has[KindQueue] {
		need = append(need, c.book.Desk.Position, c.book.Desk.Many)
		need = append(need, c.book.waitTexts()...)
	}
	for _, key := range need {
		c.need(key, at{})
	}
}

// requestKeys are the texts that a request-status node may speak.
var requestKeys = []string{
	KeyRequestUnknown, KeyRequestDown, KeyRequestOpen, KeyRequestWorking, KeyRequestClosed, KeyRequestOpenedOn, KeyRequestClosedOn,
}

// callbackKeys are the texts that a callback node may speak.
var callbackKeys = []string{
	KeyCallbackNumber, KeyCallbackConfirm, KeyCallbackType, KeyCallbackRefused, KeyCallbackBooked, KeyCallbackLater, KeyCallbackAlready, KeyCallbackFailed,
}

// programKeys are all texts that the program may speak.
func programKeys() []string {
	return append([]string{
		KeyGoodbye, KeySorry, KeyInvalid, KeyRescueOffer, KeyRescueConnecting, KeyRescueFailed, KeyMessageThanks,
		KeyCallbackIntro, KeyQueueTurn, KeyAskRead, KeyAskConfirm, KeyAskInvalid, KeyRequestCode, KeyRequestAgain, KeyRequestOffer,
		KeyFailOpenAdvice, KeyFailOpenWait, KeyFailOpenMessage,
	}, slices.Concat(requestKeys, callbackKeys)...)
}
