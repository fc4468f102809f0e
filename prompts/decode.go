package prompts

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// field is a key that an object may have.
type field struct {
	name     string
	required bool
	read     func(*value)
}

// fields reads an object key by key. Unknown keys and missing required ones are faults. what names the object.
func (c *checker) fields(v *value, where at, what string, fields ...field) {
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
			c.fault(p.key.at, fmt.Sprintf("%s has no key %q", what, p.key.text), suggest(c.nearest(p.key.text, known), known))
		}
	}
	for _, f := range fields {
		if f.required && v.get(f.name) == nil {
			c.fault(where, fmt.Sprintf("%s lacks %s", what, f.name), "add "+f.name+": ...")
		}
	}
}

// is tells a fault unless the value has the shape.
func (c *checker) is(v *value, what string, want shape) bool {
	if v.shape == want {
		return true
	}
	c.unread = c.unread || !c.lineRead // line.yaml is being read
	if v.shape == shapeBad {
		return false
	}
	hint := ""
	switch want {
	case shapeObject:
		hint = "write its keys below it, indented"
	case shapeList:
		hint = "write [a, b]"
	case shapeText:
		hint = "write a text"
		if v.shape == shapeTruth {
			hint = fmt.Sprintf("put it in quotes: %q", v.text)
		}
	case shapeBad, shapeNull, shapeTruth:
	}
	c.fault(v.at, fmt.Sprintf("%s must be %s, not %s", what, want, v.shape), hint)
	return false
}

// str reads a text that is not empty.
func (c *checker) str(what string, to *string) func(*value) {
	return func(v *value) {
		if !c.is(v, what, shapeText) {
			return
		}
		*to = strings.TrimSpace(v.text)
		if *to == "" {
			c.fault(v.at, what+" is empty", "write it, or remove the key")
		}
	}
}

// ref reads a name of something defined elsewhere.
func (c *checker) ref(label, what string, to *string) func(*value) {
	read := c.str(label, to)
	return func(v *value) {
		read(v)
		if *to != "" {
			c.refs = append(c.refs, reference{at: v.at, name: *to, what: what})
		}
	}
}

// list reads a list of texts; one text alone is a list of one.
func (c *checker) list(what string, each func(*value)) func(*value) {
	return func(v *value) {
		if v.shape == shapeText {
			v = &value{at: v.at, shape: shapeList, items: []*value{v}}
		}
		if !c.is(v, what, shapeList) {
			return
		}
		for _, item := range v.items {
			if c.is(item, "an entry of "+what, shapeText) {
				each(item)
			}
		}
	}
}

// whole reads a whole number.
func (c *checker) whole(what string, low, high int, to *int) func(*value) {
	return func(v *value) {
		if v.shape == shapeBad {
			return
		}
		n, err := strconv.Atoi(v.text)
		if v.shape != shapeText || err != nil || n < low || n > high {
			c.fault(v.at, fmt.Sprintf("%s must be a whole number from %d to %d%s", what, low, high, not(v)), fmt.Sprintf("write for example %d", low))
			return
		}
		*to = n
	}
}

// duration reads a time span with its unit.
func (c *checker) duration(what string, low, high time.Duration, to *time.Duration) func(*value) {
	return func(v *value) {
		if v.shape == shapeBad {
			return
		}
		d, err := time.ParseDuration(v.text)
		hint := ""
		switch {
		case v.shape != shapeText || err != nil:
			hint = "write a number and s, m or h: 6s, 2m"
			if _, e := strconv.Atoi(v.text); e == nil && v.shape == shapeText {
				hint = fmt.Sprintf("add the unit: %ss", v.text)
			}
		case d < low || d > high:
			hint = fmt.Sprintf("from %s to %s", short(low), short(high))
		default:
			*to = d
			return
		}
		c.fault(v.at, what+" is not a possible time span"+not(v), hint)
	}
}

// not quotes what stands where something else should.
func not(v *value) string {
	switch v.shape {
	case shapeText, shapeTruth:
		return fmt.Sprintf(", not %q", v.text)
	case shapeNull, shapeList, shapeObject, shapeBad:
	}
	return ", not " + v.shape.String()
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
