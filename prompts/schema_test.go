package prompts_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"pronto/prompts"
	"pronto/prompts/protezionecivile"
	"pronto/prompts/wording"
)

// schemas are those of a book's files, as an editor has them.
func schemas(t testing.TB) map[string]*jsonschema.Schema {
	t.Helper()
	all := map[string]*jsonschema.Schema{}
	for _, name := range prompts.SchemaFiles {
		data, err := prompts.Schema(name, wording.English)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		c := jsonschema.NewCompiler()
		if err := c.AddResource(name, doc); err != nil {
			t.Fatal(err)
		}
		if all[name], err = c.Compile(name); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	return all
}

// refused are the places in a book's files that its schemas refuse, as texts/it.yaml /goodbye. A file that is no YAML is told
// by an editor anyway.
func refused(t testing.TB, all map[string]*jsonschema.Schema, files fstest.MapFS) []string {
	t.Helper()
	var places []string
	for name, file := range files {
		which := ""
		switch {
		case name == "line.yaml":
			which = "line"
		case name == "audio/index.yaml":
			which = "audio"
		case strings.HasPrefix(name, "texts/") && strings.HasSuffix(name, ".yaml"):
			which = "texts"
		default:
			continue
		}
		var v any
		if err := yaml.Unmarshal(file.Data, &v); err != nil {
			continue
		}
		data, err := json.Marshal(v)
		if err != nil {
			continue // a key that is no text: JSON has none, the checker tells it
		}
		instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if fault, ok := errors.AsType[*jsonschema.ValidationError](all[which].Validate(instance)); ok {
			for _, place := range leaves(fault) {
				places = append(places, name+" /"+place)
			}
		}
	}
	slices.Sort(places)
	return slices.Compact(places)
}

// leaves are where a schema's faults are, the innermost.
func leaves(fault *jsonschema.ValidationError) []string {
	if len(fault.Causes) == 0 {
		return []string{strings.Join(fault.InstanceLocation, "/")}
	}
	var all []string
	for _, cause := range fault.Causes {
		all = append(all, leaves(cause)...)
	}
	return all
}

// TestSchemaTakesGoodBooks: what the checker takes, an editor does not mark.
func TestSchemaTakesGoodBooks(t *testing.T) {
	all := schemas(t)
	for name, from := range map[string]fs.FS{
		"starter": protezionecivile.Starter(), "minimal": os.DirFS("testdata/minimal"), "kinds": os.DirFS("testdata/kinds"),
	} {
		files := folder(t, from)
		if _, faults := prompts.Load(files, ""); len(faults) > 0 {
			t.Errorf("%s has faults:\n%s", name, lines(faults))
		}
		if places := refused(t, all, files); len(places) > 0 {
			t.Errorf("the schema refuses %s at %v", name, places)
		}
	}
	// In other ways to write the same.
	for _, m := range []struct{ file, find, put string }{
		{"line.yaml", `number: "800840840"`, "number: 800840840"},
		{"line.yaml", `number: "112"`, "number: 112"},
		{"line.yaml", `from: "09:00"`, `from: "9:00"`},
		{"line.yaml", "mon-fri", "[Mon, tue , 'wed-FRI']"},
		{"line.yaml", `to: "18:00"`, `to: "02:00 next day", closed: 2026-12-24, holidays: [it, "06-29", 2026-12-31], exceptions: { 2026-12-27: closed, 2026-12-28: "10:00 - 24:00" }`},
		{"line.yaml", "    otherwise: operator", "    otherwise: operator\n    wait: 1.5s\n    tries: \"2\""},
		{"line.yaml", "say: [news]", "say: news"},
		{"line.yaml", "limits: { options: 4 }", "limits:\ndesk:\nlexicon:\nareas:\ndirectory:"},
		{"line.yaml", "limits: { options: 4 }", "limits: { rescue-advice: 0, operator-choice: 1m3.5s, options: 0 }"},
		{"line.yaml", "limits: { options: 4 }", "lexicon: { it: { L.R.: legge regionale, \"112\": 112 }, en: }"},
		{"texts/it.yaml", "news: Nessuna notizia.", "news: 112"},
	} {
		files := minimal(t)
		text := string(files[m.file].Data)
		if !strings.Contains(text, m.find) {
			t.Fatalf("the minimal book has no %q", m.find)
		}
		files[m.file] = &fstest.MapFile{Data: []byte(strings.Replace(text, m.find, m.put, 1))}
		if _, faults := prompts.Load(files, ""); len(faults) > 0 {
			t.Errorf("%s: faults:\n%s", m.put, lines(faults))
		}
		if places := refused(t, all, files); len(places) > 0 {
			t.Errorf("%s: the schema refuses %v", m.put, places)
		}
	}
}

// TestSchemaDocumentsEverything: each key of a file has a title and a description, in both languages.
func TestSchemaDocumentsEverything(t *testing.T) {
	english, italian := described(t, wording.English), described(t, wording.Italian)
	if len(english) < 80 {
		t.Errorf("only %d keys found", len(english))
	}
	for place, doc := range english {
		if doc == "" || italian[place] == "" || doc == italian[place] {
			t.Errorf("%s: %q, in Italian %q", place, doc, italian[place])
		}
	}
	for _, want := range []string{"/properties/desk/properties/ring", "/properties/nodes/additionalProperties/allOf/1/then/properties/on"} {
		if _, ok := english["line"+want]; !ok {
			t.Errorf("nothing is at %s", want)
		}
	}
}

// described are the descriptions of all properties, by their place.
func described(t *testing.T, lang wording.Language) map[string]string {
	t.Helper()
	found := map[string]string{}
	var walk func(place string, v any)
	walk = func(place string, v any) {
		switch v := v.(type) {
		case []any:
			for i, part := range v {
				walk(place+"/"+strconv.Itoa(i), part)
			}
		case map[string]any:
			inProperties := strings.HasSuffix(place, "/properties") && !strings.Contains(place, "/if/") && !strings.Contains(place, "/then/allOf/")
			for key, part := range v {
				if property, ok := part.(map[string]any); ok && inProperties {
					doc, _ := property["description"].(string)
					if title, _ := property["title"].(string); title == "" {
						doc = ""
					}
					found[place+"/"+key] = doc
				}
				walk(place+"/"+key, part)
			}
		}
	}
	for _, name := range prompts.SchemaFiles {
		data, err := prompts.Schema(name, lang)
		if err != nil {
			t.Fatal(err)
		}
		var v any
		if err := json.Unmarshal(data, &v); err != nil {
			t.Fatal(err)
		}
		walk(name, v)
	}
	return found
}

// TestSchemaInStep: what lies beside the starter book is what the checker reads with today. make generate writes it.
func TestSchemaInStep(t *testing.T) {
	for _, name := range prompts.SchemaFiles {
		want, err := prompts.Schema(name, wording.Italian)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join("protezionecivile", "schema", name+".schema.json")
		if *update {
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s is not in step, run make generate (-want +got):\n%s", file, diff)
		}
	}
}

// TestModelines: an editor finds the schema of each file of the starter book.
func TestModelines(t *testing.T) {
	root := "protezionecivile"
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".yaml" {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		first, _, _ := strings.Cut(string(data), "\n")
		schema, ok := strings.CutPrefix(first, "# yaml-language-server: $schema=")
		if _, err := os.Stat(filepath.Join(filepath.Dir(path), schema)); !ok || err != nil {
			t.Errorf("%s begins with %q: %v", path, first, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
