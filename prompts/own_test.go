package prompts_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"pronto/prompts"
)

// ownBook is the minimal book whose menu invites to English in the English voice.
func ownBook(t testing.TB) fstest.MapFS {
	files := minimal(t)
	files["line.yaml"].Data = []byte(strings.Replace(string(files["line.yaml"].Data), "say: [choices]", "say: [choices, en/invite]", 1))
	files["texts/en.yaml"].Data = append(files["texts/en.yaml"].Data, "invite: For English, press 3.\n"...)
	return files
}

// A text in its own voice is heard by callers of the other languages only, and only its language needs it.
func TestOwnVoice(t *testing.T) {
	book, faults := prompts.Load(ownBook(t), "")
	if len(faults) > 0 {
		t.Fatal(lines(faults))
	}
	r := prompts.Estimate(book)
	for lang, want := range map[string]string{"it": "For English, press 3.", "en": ""} {
		clip, ok := r.Clip(lang, "en/invite")
		if ok != (want != "") || ok && clip.Text != want {
			t.Errorf("%s hears %q (%v), want %q", lang, clip.Text, ok, want)
		}
	}
	if missing := prompts.Prove(r).Languages[0].Missing; len(missing) > 0 {
		t.Errorf("missing in Italian: %v", missing)
	}
}

func TestOwnVoiceMistakes(t *testing.T) {
	for name, m := range map[string]mistake{
		"language":  {"en/invite", "§de/invite", `the line does not speak the language "de"`},
		"text":      {"en/invite", "en/invite, §en/invit", `there is no text "invit" (did you mean "invite"?)`},
		"elsewhere": {"en/invite", "en/invite, it/invite", `the text invite is missing: line.yaml:13 speaks it in this language (add invite: ...)`},
	} {
		t.Run(name, func(t *testing.T) {
			files := ownBook(t)
			before, after, _ := strings.Cut(m.put, "§")
			files["line.yaml"].Data = []byte(strings.Replace(string(files["line.yaml"].Data), m.find, before+after, 1))
			_, faults := prompts.Load(files, "")
			faults = onlyErrors(faults)
			checkOne(t, faults, "line.yaml", 0, 0, m.message)
		})
	}
}

func onlyErrors(faults []prompts.Fault) []prompts.Fault {
	var left []prompts.Fault
	for _, f := range faults {
		if !f.Warning {
			left = append(left, f)
		}
	}
	return left
}

func TestLexiconMistakes(t *testing.T) {
	for _, m := range []struct{ put, message string }{
		{"lexicon: { de: { A: b } }", `the line does not speak the language "de" (add it to line.languages, or remove the key)`},
		{"lexicon: [it]", "lexicon must be a block of keys, not a list"},
		{"lexicon: { it: L.R. }", "lexicon it must be a block of keys, not text"},
		{"lexicon: { it: { \"--\": trattino } }", `"--" can not be looked for in texts (a word or an abbreviation`},
		{"lexicon: { it: { L.R.: \"...\" } }", "what is said for L.R. can not be spoken (write the words"},
		{"lexicon: { it: { SS: 4 } }", ""},
		{"lexicon: { it: { L.R.: legge regionale, R: a }, en: }", ""},
	} {
		t.Run(m.put, func(t *testing.T) {
			files := minimal(t)
			files["line.yaml"].Data = append(files["line.yaml"].Data, "\n"+m.put+"\n"...)
			_, faults := prompts.Load(files, "")
			if m.message == "" {
				if len(faults) > 0 {
					t.Fatal(lines(faults))
				}
				return
			}
			checkOne(t, faults, "line.yaml", 0, 0, m.message)
		})
	}
}
