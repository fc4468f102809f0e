package prompts

import (
	"errors"
	"fmt"
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
			c.warn(at{file: name}, "nothing reads this file", "recordings are in audio/<language>/<key>.wav")
		case len(c.languages) > 0 && !slices.Contains(c.book.Line.Languages, e.Name()):
			c.warn(at{file: name}, fmt.Sprintf("the line does not speak the language %q", e.Name()), "add it to line.languages, or remove the folder")
		default:
			c.readRecordings(e.Name(), index)
		}
	}
	for _, p := range index.pairs {
		if c.lineRead && p.value.shape == shapeText && !c.hasRecording(p.key.text) {
			c.warn(p.key.at, fmt.Sprintf("there is no recording %s", p.key.text), "remove the entry, or add audio/"+p.key.text+".wav")
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
	if root == nil || root.shape == shapeNull || !c.is(root, "the index of recordings", shapeObject) {
		return empty
	}
	for _, p := range root.pairs {
		if !c.is(p.value, "an entry of the index", shapeText) {
			continue
		}
		if !hashPattern.MatchString(p.value.text) {
			c.fault(p.value.at, fmt.Sprintf("%q is not the mark of a text", p.value.text), "12 digits 0-9 a-f in quotes; remove the entry to bind the recording to today's text")
			p.value.shape = shapeBad
			continue
		}
		c.book.Bound[p.key.text] = p.value.text
	}
	return root
}

// readRecordings finds the recordings of one language: <key>.wav, and <key>/<n>.wav for positions,
// digit/<n>.wav and number/<office>.wav for what the program puts together.
func (c *checker) readRecordings(lang string, index *value) {
	found := map[string]string{}
	c.book.Recordings[lang] = found
	dir := path.Join(audioDir, lang)
	_ = fs.WalkDir(c.fsys, dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			c.fault(at{file: name}, fmt.Sprintf("the folder can not be read: %v", err), "look at its permissions")
			return nil
		}
		if e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			return nil
		}
		key, wav := strings.CutSuffix(strings.TrimPrefix(name, dir+"/"), ".wav")
		if !wav {
			c.warn(at{file: name}, "nothing plays this file", "recordings are WAV files and end in .wav")
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
			c.warn(at{file: file}, "there is no text for this recording", "name it as its text, or remove it")
		}
		return false
	}
	bound := index.get(lang + "/" + key)
	if bound == nil || bound.shape != shapeText || bound.text == TextHash(text) {
		return true
	}
	c.warn(bound.at, fmt.Sprintf("the recording of %s speaks an older text; the speech engine speaks today's", lang+"/"+key),
		"record it again, or remove this entry if it still fits")
	return false
}
