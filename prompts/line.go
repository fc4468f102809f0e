package prompts

import (
	"regexp"
	"slices"
	"time"

	"pronto/prompts/wording"
)

// maxName is how long a name can be: names of nodes ride on channels, keys of texts become file names.
const maxName = 48

var (
	langPattern = regexp.MustCompile(`^[a-z]{2}$`)
	namePattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,47}$`) // of maxName
)

func nameHint() wording.Sentence {
	return tell("use letters a-z, digits, - and _, at most %d", maxName)
}

// readLine reads line.yaml.
func (c *checker) readLine(root *value) {
	c.start = root.at
	c.bookForm().read(root)
	c.defaultDesk()
}

// bookForm is line.yaml.
func (c *checker) bookForm() form {
	b := c.book
	start := c.ref(wording.Name("start"), "node", &b.Start).also(func(v *value) { c.start = v.at })
	return c.block(tell("the book"),
		field{"book", true, c.whole(tell("book (the version of the format)"), 1, 1, &b.Format), tell("The version of this format.")},
		field{"line", true, c.identityForm(), tell("Whose line it is.")},
		field{"hours", false, c.hoursForm(), tell("Opening hours, by name.")},
		field{"areas", false, c.areasForm(), tell("Parts of the country by telephone district, by name.")},
		field{"topics", false, c.topicsForm(), tell("What a caller may have chosen, by name: it decides who may answer and how soon.")},
		field{"rescue", true, c.rescueForm(), tell("The rescue numbers, by name; default is the one for everybody. The line dials no others.")},
		field{"directory", false, c.directoryForm(), tell("Offices whose numbers callers are told, by name.")},
		field{"start", true, start, tell("The node every call begins at.")},
		field{"nodes", true, c.nodesForm(), tell("The steps of a call, by name.")},
		field{"desk", false, c.deskForm(), tell("How callers wait for an operator.")},
		field{"limits", false, c.limitsForm(), tell("What the proofs are held to: a book that does not keep to it is not published.")},
		field{"lexicon", false, c.lexiconForm(), tell("How the speech engine says words that it reads wrongly, per language. The texts stay as they are.")},
	)
}

// digitsPattern is a number as it is dialled.
var digitsPattern = regexp.MustCompile(`^[0-9]+$`)

func (c *checker) identityForm() form {
	l := &c.book.Line
	return c.block(wording.Name("line"),
		field{"number", true, c.like(wording.Name("line.number"), &l.Number, digitsPattern, func(where at, text string) {
			c.fault(where, tell("line.number %q is not a number to dial", text), tell("digits only, as dialled"))
		}), tell("The line's number, as dialled: digits only.")},
		field{"name", true, c.str(wording.Name("line.name"), &l.Name), tell("The line's name, as it is shown and reported.")},
		field{"timezone", true, c.str(wording.Name("line.timezone"), &l.Timezone).also(func(v *value) {
			if _, err := time.LoadLocation(l.Timezone); err != nil || l.Timezone == "Local" {
				c.fault(v.at, tell("there is no timezone %q", l.Timezone), tell("write for example Europe/Rome"))
			}
		}), tell("The timezone of all hours and dates, as Europe/Rome.")},
		field{"languages", true, c.languagesForm(), tell("The languages of the line, two letters each. Every call begins in the first one.")},
	)
}

func (c *checker) languagesForm() form {
	l := &c.book.Line
	return c.list(wording.Name("line.languages"), item(langPattern.String(), func(item *value) {
		switch {
		case !langPattern.MatchString(item.text):
			c.fault(item.at, tell("%q is not a language", item.text), tell("two small letters: it, en, de, fr, sl"))
		case slices.Contains(l.Languages, item.text):
			c.fault(item.at, tell("the language %q is here twice", item.text), tell("remove one"))
		default:
			l.Languages = append(l.Languages, item.text)
			c.languages = append(c.languages, item)
		}
	})).atLeast(1).also(func(v *value) {
		if len(l.Languages) == 0 && v.shape == shapeList && len(v.items) == 0 {
			c.fault(v.at, tell("the line speaks no language"), tell("write languages: [it]"))
		}
	})
}

func (c *checker) topicsForm() form {
	return c.named(wording.Name("topics"), func(name *value) form {
		t := Topic{Class: 2}
		what := tell("topic %s", name.text)
		return c.entry(name, what,
			field{"class", true, c.whole(under(what, "class"), 1, 9, &t.Class), tell("1 is answered before 2, and so on.")},
			field{"safety", false, c.truth(under(what, "safety"), &t.Safety), tell("Whether somebody looks after callers who are cut off or give up. Default false.")},
			field{"skills", false, c.list(under(what, "skills"), item("", func(item *value) { t.Skills = append(t.Skills, item.text) })), tell("What an operator must know to answer.")},
		).also(func(*value) { keep(&c.book.Topics, name.text, t) })
	})
}

func (c *checker) rescueForm() form {
	return c.named(wording.Name("rescue"), func(name *value) form {
		r := &Rescue{}
		what := tell("rescue %s", name.text)
		areas := field{"areas", false, c.rescueAreas(what, r), tell("Where callers are told another number: by area.")}
		return c.entry(name, what, append(c.rescueFields(what, r), areas)...).also(func(*value) { keep(&c.book.Rescue, name.text, *r) })
	}).also(func(v *value) {
		if v.shape != shapeBad && v.get("default") == nil {
			c.fault(v.at, tell("there is no rescue number named default"), tell(`add default: { number: "112", say: dial-112 }`))
		}
	}).says(func(s *schema) { s.Type, s.Required = types("object"), []string{"default"} })
}

func (c *checker) limitsForm() form {
	l := &c.book.Limits
	limit := func(key string) wording.Sentence { return wording.Name("limits." + key) }
	return c.block(wording.Name("limits"),
		field{"rescue-advice", false, c.duration(limit("rescue-advice"), 0, 10*time.Minute, &l.RescueAdvice), tell("How long after the answer a rescue number has been told, at most.")},
		field{"operator-choice", false, c.duration(limit("operator-choice"), 0, 10*time.Minute, &l.OperatorChoice), tell("How long after the answer a person can be chosen, at most.")},
		field{"options", false, c.whole(limit("options"), 0, 12, &l.Options), tell("How many keys a menu has, at most.")},
	).also(func(v *value) { c.limits = v })
}
