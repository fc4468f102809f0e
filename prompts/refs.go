package prompts

import (
	"slices"

	"pronto/prompts/wording"
)

// use notes that a text is spoken.
func (c *checker) use(key string, where at) {
	if key == "" || key == KeyAlert { // the alert's message is not in the book
		return
	}
	if lang, text, own := OwnVoice(key); own {
		c.useOwn(lang, text, where)
		return
	}
	c.refs = append(c.refs, reference{at: where, name: key, what: "text"})
	c.need(key, where)
}

// need notes that a text is needed, by the book or by the program itself.
func (c *checker) need(key string, where at) {
	if _, ok := c.used[key]; !ok {
		c.used[key] = where
		c.spoken = append(c.spoken, key)
	}
}

// checkReferences tells every name of something that is not there.
func (c *checker) checkReferences() {
	known := map[string][]string{
		"node": c.order, "topic": sortedKeys(c.book.Topics), "hours": sortedKeys(c.book.Hours),
		"rescue number": sortedKeys(c.book.Rescue), "language": c.book.Line.Languages, "text": c.textKeys(),
		"area": sortedKeys(c.book.Areas), "office": sortedKeys(c.book.Directory), "variable": c.variables,
	}
	sets := map[string]map[string]bool{}
	for what, names := range known {
		sets[what] = map[string]bool{}
		for _, name := range names {
			sets[what][name] = true
		}
	}
	for _, ref := range c.refs {
		switch {
		case sets[ref.what][ref.name],
			ref.what == "text" && len(c.texts) == 0,
			ref.what == "rescue number" && ref.name == "default": // told already
			continue
		}
		near := c.nearest(ref.name, known[ref.what])
		if near != "" {
			c.guesses[ref.what+" "+ref.name] = near
		}
		c.fault(ref.at, missing(ref), hintFor(ref, near, known[ref.what]))
	}
}

func missing(ref reference) wording.Sentence {
	switch ref.what {
	case "node":
		return tell("there is no node %q", ref.name)
	case "text":
		return tell("there is no text %q", ref.name)
	case "topic":
		return tell("there is no topic %q", ref.name)
	case "hours":
		return tell("there are no hours %q", ref.name)
	case "rescue number":
		return tell("there is no rescue number %q", ref.name)
	case "language":
		return tell("the line does not speak the language %q", ref.name)
	case "area":
		return tell("there is no area %q", ref.name)
	case "office":
		return tell("there is no office %q", ref.name)
	case "variable":
		return tell("there is no variable %q", ref.name)
	}
	panic("a reference to " + ref.what + " has no sentence") // a name in this package: see reference
}

func hintFor(ref reference, near string, known []string) wording.Sentence {
	switch {
	case ref.what == "text" && near == "":
		return tell("add %q to the files in texts/", ref.name)
	case ref.what == "language" && near == "":
		return tell("add it to line.languages, or remove the key")
	case len(known) > 0:
		return suggest(near, known)
	}
	switch ref.what {
	case "area":
		return tell(`add it: areas: { %s: { districts: ["0471"] } }`, ref.name)
	case "office":
		return tell(`add it: directory: { %s: { number: "06...", say: text } }`, ref.name)
	case "variable":
		return tell("add a node of kind ask that sets it")
	}
	return suggest("", nil)
}

// meant is the node that a name stands for: an unknown one is taken for what it is probably a slip of, so that one
// slip is told once and not as twenty unreachable nodes.
func (c *checker) meant(name string) string {
	if near, ok := c.guesses["node "+name]; ok {
		return near
	}
	return name
}

// textKeys are the keys of all languages.
func (c *checker) textKeys() []string {
	var keys []string
	for _, lang := range sortedKeys(c.texts) {
		for _, p := range c.texts[lang].pairs {
			keys = append(keys, p.key.text)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}
