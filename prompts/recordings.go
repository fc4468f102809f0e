package prompts

import (
	"errors"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var hashPattern = regexp.MustCompile(`^[0-9a-f]{12}$`)

// readAudio finds the recordings and what they speak. What is in them is looked at when they are rendered.
func (c *checker) readAudio() {
	c.book.Recordings = map[string]map[string]string{}
	c.book.Bound = map[string]string{}
	index := c.readIndex()
	entries, _ := fs.ReadDir(c.fsys, audioDir) // no folder, no recordings
	for _, e := range entries {
		name := path.Join(audioDir, e.Name())
		switch {
		case name == indexFile, strings.HasPrefix(e.Name(), "."):
		case !e.IsDir():
			c.warn(at{file: name}, tell("nothing reads this file"), tell("recordings are in audio/<language>/<key>.wav"))
		case len(c.languages) > 0 && !slices.Contains(c.book.Line.Languages, e.Name()):
			c.warn(at{file: name}, tell("the line does not speak the language %q", e.Name()), tell("add it to line.languages, or remove the folder"))
		default:
			c.readRecordings(e.Name(), index)
		}
	}
	for _, p := range index.pairs {
		if c.lineRead && p.value.shape == shapeText && !c.hasRecording(p.key.text) {
			c.warn(p.key.at, tell("there is no recording %s", p.key.text), tell("remove the entry, or add audio/%s.wav", p.key.text))
		}
	}
}

func (c *checker) hasRecording(name string) bool {
	if !fs.ValidPath(name) {
		return false
	}
	_, err := fs.Stat(c.fsys, path.Join(audioDir, name+".wav"))
	return err == nil
}

// readIndex reads audio/index.yaml, which may be missing.
func (c *checker) readIndex() *value {
	empty := &value{shape: shapeObject}
	if _, err := fs.Stat(c.fsys, indexFile); errors.Is(err, fs.ErrNotExist) {
		return empty
	}
	root := c.readYAML(indexFile)
	if root == nil || root.shape == shapeNull {
		return empty
	}
	c.indexForm().read(root)
	if root.shape != shapeObject {
		return empty
	}
	return root
}

// indexForm is audio/index.yaml.
func (c *checker) indexForm() form {
	return form{
		func(root *value) {
			if !c.is(root, tell("the index of recordings"), shapeObject) {
				return
			}
			for _, p := range root.pairs {
				if !c.is(p.value, tell("an entry of the index"), shapeText) {
					continue
				}
				if !hashPattern.MatchString(p.value.text) {
					c.fault(p.value.at, tell("%q is not the mark of a text", p.value.text), tell("12 digits 0-9 a-f in quotes; remove the entry to bind the recording to today's text"))
					p.value.shape = shapeBad
					continue
				}
				c.book.Bound[p.key.text] = p.value.text
			}
		},
		func() *schema {
			mark := &schema{
				Type: types("string", "integer"), Pattern: hashPattern.String(),
				Doc: tell("The mark of the text that the recording speaks. Without an entry the recording counts as one of today's text."),
			}
			return &schema{Type: types("object", "null"), Others: mark}
		},
	}
}

// readRecordings finds the recordings of one language: <key>.wav, and <key>/<n>.wav for positions,
// digit/<n>.wav and number/<office>.wav for what the program puts together.
func (c *checker) readRecordings(lang string, index *value) {
	found := map[string]string{}
	c.book.Recordings[lang] = found
	dir := path.Join(audioDir, lang)
	_ = fs.WalkDir(c.fsys, dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			c.fault(at{file: name}, tell("the folder can not be read: %v", err), tell("look at its permissions"))
			return nil
		}
		if e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			return nil
		}
		key, wav := strings.CutSuffix(strings.TrimPrefix(name, dir+"/"), ".wav")
		if !wav {
			c.warn(at{file: name}, tell("nothing plays this file"), tell("recordings are WAV files and end in .wav"))
			return nil
		}
		if c.current(lang, key, name, index) {
			found[key] = name
		}
		return nil
	})
}

// current says whether a recording speaks today's text, and tells if it does not.
func (c *checker) current(lang, key, file string, index *value) bool {
	texts, read := c.book.Texts[lang]
	text, ok := texts[key]
	if base, n, found := strings.Cut(key, "/"); found && base == c.book.Desk.Position {
		if i, err := strconv.Atoi(n); err == nil && i >= 1 && i <= MaxPosition && strconv.Itoa(i) == n {
			text, ok = texts[base]
			text = strings.ReplaceAll(text, "{n}", n)
		}
	} else if key == c.book.Desk.Position {
		ok = false
	} else if j := slices.IndexFunc(numbers(c.book, lang), func(j job) bool { return j.key == key }); j >= 0 {
		text, ok = numbers(c.book, lang)[j].text, true
	}
	if !ok {
		if read && c.lineRead {
			c.warn(at{file: file}, tell("there is no text for this recording"), tell("name it as its text, or remove it"))
		}
		return false
	}
	bound := index.get(lang + "/" + key)
	if bound == nil || bound.shape != shapeText || bound.text == TextHash(text) {
		return true
	}
	c.warn(bound.at, tell("the recording of %s speaks an older text; the speech engine speaks today's", lang+"/"+key),
		tell("record it again, or remove this entry if it still fits"))
	return false
}
