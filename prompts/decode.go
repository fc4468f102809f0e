package prompts

import (
	"strings"
	"time"

	"pronto/prompts/wording"
)

// fields reads an object key by key. Unknown keys and missing required ones are faults. what names the object.
func (c *checker) fields(v *value, where at, what wording.Sentence, fields ...field) {
	if v.shape == shapeNull {
		v = &value{at: where, shape: shapeObject}
	}
	if !c.is(v, what, shapeObject) {
		return
	}
	known := make([]string, len(fields))
	for i, f := range fields {
		known[i] = f.name
	}
	for _, p := range v.pairs {
		found := false
		for _, f := range fields {
			if f.name == p.key.text {
				found = true
				f.read(p.value)
			}
		}
		if !found {
			c.unread = true
			c.fault(p.key.at, tell("%s has no key %q", what, p.key.text), suggest(c.nearest(p.key.text, known), known))
		}
	}
	for _, f := range fields {
		if f.required && v.get(f.name) == nil {
			c.fault(where, tell("%s lacks %s", what, f.name), tell("add %s: ...", f.name))
		}
	}
}

// is tells a fault unless the value has the shape.
func (c *checker) is(v *value, what wording.Sentence, want shape) bool {
	if v.shape == want {
		return true
	}
	c.unread = c.unread || !c.lineRead // line.yaml is being read
	if v.shape == shapeBad {
		return false
	}
	var hint wording.Sentence
	switch want {
	case shapeObject:
		hint = tell("write its keys below it, indented")
	case shapeList:
		hint = tell("write [a, b]")
	case shapeText:
		hint = tell("write a text")
		if v.shape == shapeTruth {
			hint = tell("put it in quotes: %q", v.text)
		}
	case shapeBad, shapeNull, shapeTruth:
	}
	c.fault(v.at, tell("%s must be %s, not %s", what, want.words(), v.shape.words()), hint)
	return false
}

// not quotes what stands where something else should.
func not(v *value) wording.Sentence {
	switch v.shape {
	case shapeText, shapeTruth:
		return tell(", not %q", v.text)
	case shapeNull, shapeList, shapeObject, shapeBad:
	}
	return tell(", not %s", v.shape.words())
}

// short writes a span without the zero parts: 2m, not 2m0s.
func short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

func digitsOnly(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
