package prompts

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"pronto/prompts/wording"
)

// form is how a value is read, and what a JSON Schema says of it. The checker reads with forms, and Schemas writes the same
// forms down: so an editor refuses nothing that the checker takes.
type form struct {
	read   func(*value)
	schema func() *schema
}

// field is a key that an object may have.
type field struct {
	name     string
	required bool
	form
	doc wording.Sentence // what it means, for who writes a book
}

// also reads on with the value that was read.
func (f form) also(read func(*value)) form {
	return form{func(v *value) { f.read(v); read(v) }, f.schema}
}

// says changes what the schema says.
func (f form) says(change func(*schema)) form {
	return form{f.read, func() *schema {
		s := f.schema()
		change(s)
		return s
	}}
}

// block reads a block whose keys are known.
func (c *checker) block(what wording.Sentence, fields ...field) form {
	return form{
		func(v *value) { c.fields(v, v.at, what, fields...) },
		func() *schema { return objectOf(fields) },
	}
}

// entry reads a block that an admin has given a name: it stands for the block in faults.
func (c *checker) entry(name *value, what wording.Sentence, fields ...field) form {
	return form{
		func(v *value) { c.fields(v, name.at, what, fields...) },
		func() *schema { return objectOf(fields) },
	}
}

// named reads a block whose keys are names given by the admin.
func (c *checker) named(what wording.Sentence, entry func(name *value) form) form {
	return form{
		func(v *value) {
			if v.shape == shapeNull || !c.is(v, what, shapeObject) {
				return
			}
			for _, p := range v.pairs {
				if !namePattern.MatchString(p.key.text) {
					c.fault(p.key.at, tell("%q is not a possible name in %s", p.key.text, what), nameHint())
				}
				entry(p.key).read(p.value)
			}
		},
		func() *schema {
			return &schema{Type: types("object", "null"), Names: &schema{Pattern: namePattern.String()}, Others: entry(&value{}).schema()}
		},
	}
}

// keep puts an entry into a map, which is made for the first one.
func keep[V any](m *map[string]V, name string, v V) {
	if *m == nil {
		*m = map[string]V{}
	}
	(*m)[name] = v
}

// str reads a text that is not empty.
func (c *checker) str(what wording.Sentence, to *string) form {
	return form{
		func(v *value) {
			if !c.is(v, what, shapeText) {
				return
			}
			*to = strings.TrimSpace(v.text)
			if *to == "" {
				c.fault(v.at, tell("%s is empty", what), tell("write it, or remove the key"))
			}
		},
		func() *schema { return &schema{Type: types("string", "number"), Pattern: `\S`} },
	}
}

// like reads a text that a pattern describes. other tells of one that it does not.
func (c *checker) like(what wording.Sentence, to *string, pattern *regexp.Regexp, other func(at, string)) form {
	return c.str(what, to).also(func(v *value) {
		if *to != "" && !pattern.MatchString(*to) {
			other(v.at, *to)
		}
	}).says(func(s *schema) { s.Pattern = pattern.String() })
}

// choice reads one of a few words. other tells of another one.
func (c *checker) choice(what wording.Sentence, to *string, words []string, other func(at, string)) form {
	return c.str(what, to).also(func(v *value) {
		if *to != "" && !slices.Contains(words, *to) {
			other(v.at, *to)
		}
	}).says(func(s *schema) { *s = schema{Enum: words} })
}

// ref reads a name of something defined elsewhere.
func (c *checker) ref(label wording.Sentence, what string, to *string) form {
	return c.str(label, to).also(func(v *value) {
		if *to != "" {
			c.refs = append(c.refs, reference{at: v.at, name: *to, what: what})
		}
	})
}

// text reads the key of a text.
func (c *checker) text(label wording.Sentence, to *string) form {
	return c.str(label, to).also(func(v *value) { c.use(*to, v.at) })
}

// item is one of a list; pattern is what the schema says of it, if anything.
func item(pattern string, read func(*value)) form {
	return form{read, func() *schema { return &schema{Type: types("string", "number"), Pattern: pattern} }}
}

// list reads a list of texts; one text alone is a list of one.
func (c *checker) list(what wording.Sentence, each form) form {
	return form{
		func(v *value) {
			if v.shape == shapeText {
				v = &value{at: v.at, shape: shapeList, items: []*value{v}}
			}
			if !c.is(v, what, shapeList) {
				return
			}
			for _, item := range v.items {
				if c.is(item, tell("an entry of %s", what), shapeText) {
					each.read(item)
				}
			}
		},
		func() *schema {
			return &schema{AnyOf: []*schema{each.schema(), {Type: types("array"), Items: each.schema()}}}
		},
	}
}

// whole reads a whole number.
func (c *checker) whole(what wording.Sentence, low, high int, to *int) form {
	return form{
		func(v *value) {
			if v.shape == shapeBad {
				return
			}
			n, err := strconv.Atoi(v.text)
			if low == high && (v.shape != shapeText || err != nil || n != low) {
				c.fault(v.at, tell("%s must be %d%s", what, low, not(v)), tell("write %d", low))
				return
			}
			if v.shape != shapeText || err != nil || n < low || n > high {
				c.fault(v.at, tell("%s must be a whole number from %d to %d%s", what, low, high, not(v)), tell("write for example %d", low))
				return
			}
			*to = n
		},
		func() *schema {
			return &schema{Type: types("integer", "string"), Low: &low, High: &high, Pattern: `^[+-]?[0-9]+$`}
		},
	}
}

// spanPattern is what time.ParseDuration takes, as far as it is not negative.
const spanPattern = `^\+?(0|(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+)$`

// duration reads a time span with its unit.
func (c *checker) duration(what wording.Sentence, low, high time.Duration, to *time.Duration) form {
	return form{
		func(v *value) {
			if v.shape == shapeBad {
				return
			}
			d, err := time.ParseDuration(v.text)
			var hint wording.Sentence
			switch {
			case v.shape != shapeText || err != nil:
				hint = tell("write a number and s, m or h: 6s, 2m")
				if _, e := strconv.Atoi(v.text); e == nil && v.shape == shapeText {
					hint = tell("add the unit: %ss", v.text)
				}
			case d < low || d > high:
				hint = tell("from %s to %s", short(low), short(high))
			default:
				*to = d
				return
			}
			c.fault(v.at, tell("%s is not a possible time span%s", what, not(v)), hint)
		},
		func() *schema {
			s := &schema{Type: types("string"), Pattern: spanPattern, Range: tell("from %s to %s", short(low), short(high))}
			if low == 0 { // the one that needs no unit
				s.Type, s.Low, s.High = types("string", "integer"), new(int), new(int)
			}
			return s
		},
	}
}

// truth reads true or false.
func (c *checker) truth(what wording.Sentence, to *bool) form {
	return form{
		func(v *value) {
			if v.shape == shapeBad {
				return
			}
			if v.shape != shapeTruth {
				c.fault(v.at, tell("%s is neither true nor false%s", what, not(v)), tell("write true or false, without quotes"))
				return
			}
			*to = strings.EqualFold(v.text, "true")
		},
		func() *schema { return &schema{Type: types("boolean")} },
	}
}

// atLeast is a list that is not empty, as far as the schema is concerned.
func (f form) atLeast(n int) form {
	return f.says(func(s *schema) { s.AnyOf[1].Fewest = n })
}
