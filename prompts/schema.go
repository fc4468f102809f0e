package prompts

import (
	"bytes"
	"encoding/json"
	"fmt"

	"pronto/prompts/wording"
)

// dialect is the version of JSON Schema.
const dialect = "https://json-schema.org/draft/2020-12/schema"

// schema is a part of a JSON Schema, as far as books need it. Its words are put into a language when it is written.
type schema struct {
	Title, Doc wording.Sentence
	Range      wording.Sentence // joins the description: what the schema can not hold
	Type       []string
	Enum       []string
	Pattern    string
	Longest    int // characters
	Low, High  *int
	Items      *schema
	Fewest     int // items
	Most       int
	Keys       map[string]*schema
	Required   []string
	Names      *schema // of keys
	Others     *schema // what is behind other keys
	Least      int     // keys
	AllOf      []*schema
	AnyOf      []*schema
	If         *schema
	Then, Else *schema
}

// nothing is the schema that refuses everything.
var nothing = &schema{}

func types(names ...string) []string { return names }

// in is the schema as JSON has it.
func (s *schema) in(lang wording.Language) any {
	if s == nothing {
		return false
	}
	out := map[string]any{}
	put := func(name string, there bool, v any) {
		if there {
			out[name] = v
		}
	}
	doc := s.Doc.In(lang)
	if !s.Range.None() {
		doc += " (" + s.Range.In(lang) + ")"
	}
	put("title", !s.Title.None(), s.Title.In(lang))
	put("description", doc != "", doc)
	put("type", len(s.Type) > 0, s.Type)
	if len(s.Type) == 1 {
		out["type"] = s.Type[0]
	}
	put("enum", len(s.Enum) > 0, s.Enum)
	put("pattern", s.Pattern != "", s.Pattern)
	put("maxLength", s.Longest > 0, s.Longest)
	put("minimum", s.Low != nil, s.Low)
	put("maximum", s.High != nil, s.High)
	put("minItems", s.Fewest > 0, s.Fewest)
	put("maxItems", s.Most > 0, s.Most)
	put("required", len(s.Required) > 0, s.Required)
	put("minProperties", s.Least > 0, s.Least)
	for name, part := range map[string]*schema{
		"items": s.Items, "propertyNames": s.Names, "additionalProperties": s.Others, "if": s.If, "then": s.Then, "else": s.Else,
	} {
		if part != nil {
			out[name] = part.in(lang)
		}
	}
	for name, parts := range map[string][]*schema{"allOf": s.AllOf, "anyOf": s.AnyOf} {
		if len(parts) > 0 {
			out[name] = all(parts, lang)
		}
	}
	if s.Keys != nil {
		keys := map[string]any{}
		for name, part := range s.Keys {
			keys[name] = part.in(lang)
		}
		out["properties"] = keys
	}
	return out
}

func all(parts []*schema, lang wording.Language) []any {
	out := make([]any, 0, len(parts))
	for _, part := range parts {
		out = append(out, part.in(lang))
	}
	return out
}

// objectOf is a block of keys that are known.
func objectOf(fields []field) *schema {
	s := &schema{Type: types("object", "null"), Keys: map[string]*schema{}, Others: nothing}
	for _, f := range fields {
		part := f.schema()
		part.Title, part.Doc = wording.Name(f.name), f.doc
		s.Keys[f.name] = part
		if f.required {
			s.Type = types("object") // an empty one lacks it
			s.Required = append(s.Required, f.name)
		}
	}
	return s
}

// SchemaFiles are the files of a book that Schema describes: line.yaml, texts/<language>.yaml and audio/index.yaml.
var SchemaFiles = []string{"line", "texts", "audio"}

// Schema is the JSON Schema (draft 2020-12) of a book's file, for editors that complete and mark. It is made of what the
// checker reads with, and looser than it: names of things that are defined elsewhere and what nodes mean together, only the
// checker knows.
func Schema(file string, lang wording.Language) ([]byte, error) {
	c := newChecker(nil, "")
	var f form
	var title, doc wording.Sentence
	switch file {
	case "line":
		f, title = c.bookForm(), tell("the book")
		doc = tell("line.yaml: whose line it is, what callers hear and where keys lead")
	case "texts":
		f, title = c.textsForm(""), tell("a file of texts")
		doc = tell("texts/<language>.yaml: what callers hear in one language")
	case "audio":
		f, title = c.indexForm(), tell("the index of recordings")
		doc = tell("audio/index.yaml: which text each recording speaks, by the text's mark")
	default:
		return nil, wording.Errorf("there is no schema of %q: %s", file, suggest(nearest(file, SchemaFiles), SchemaFiles))
	}
	s := f.schema()
	s.Title, s.Doc = title, doc
	whole, ok := s.in(lang).(map[string]any)
	if !ok {
		return nil, fmt.Errorf("the schema of %s holds nothing", file)
	}
	whole["$schema"] = dialect
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false) // it is read by people, too
	enc.SetIndent("", "  ")
	if err := enc.Encode(whole); err != nil {
		return nil, fmt.Errorf("write the schema of %s: %w", file, err)
	}
	return out.Bytes(), nil
}
