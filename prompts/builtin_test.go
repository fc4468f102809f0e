package prompts_test

import (
	"bytes"
	"strings"
	"testing"
	"testing/fstest"

	"pronto/prompts"
)

// bookIn is the minimal book in these languages, its texts the Italian ones.
func bookIn(t testing.TB, languages ...string) fstest.MapFS {
	files := minimal(t)
	line := string(files["line.yaml"].Data)
	line = strings.Replace(line, "languages: [it, en]", "languages: ["+strings.Join(languages, ", ")+"]", 1)
	line = strings.Replace(line, `keys: { "1": it, "2": en }`, `keys: { "1": `+languages[0]+` }`, 1)
	line = strings.Replace(line, "  jump: {", "  call-me: { kind: callback, then: goodbye, otherwise: mailbox }\n  jump: {", 1)
	files["line.yaml"] = &fstest.MapFile{Data: []byte(line)}
	texts := files["texts/it.yaml"].Data
	for _, key := range []string{"number", "confirm", "type", "refused", "booked", "later", "already", "failed"} {
		texts = append(texts, "callback-"+key+": Testo.\n"...)
	}
	delete(files, "texts/en.yaml")
	delete(files, "texts/it.yaml")
	for _, lang := range languages {
		files["texts/"+lang+".yaml"] = &fstest.MapFile{Data: bytes.Clone(texts)}
	}
	return files
}

// TestOperatorsTexts: operators hear built-in texts in the line's first language, or the book's own; in a language that has none,
// nothing. Who is called back hears who calls in his own language.
func TestOperatorsTexts(t *testing.T) {
	for _, lang := range []string{"it", "en", "de", "fr", "sl"} {
		book, faults := prompts.Load(bookIn(t, lang), "")
		if bad := onlyErrors(faults); len(bad) > 0 {
			t.Fatal(lines(bad))
		}
		r := prompts.Estimate(book)
		for _, key := range prompts.OperatorKeys() {
			clip, ok := r.Clip(lang, key)
			if !ok || clip.Text == "" || strings.ContainsAny(clip.Text, "{}") {
				t.Errorf("%s %s: %q", lang, key, clip.Text)
			}
			if left := prompts.Spoken(lang, clip.Text); strings.ContainsAny(left, "0123456789") {
				t.Errorf("%s %s: digits are left to the engine: %q", lang, key, left)
			}
		}
	}
	files := bookIn(t, "it", "de", "es")
	files["texts/it.yaml"].Data = append(files["texts/it.yaml"].Data, "operator-paused: Pausa.\n"...)
	files["texts/de.yaml"].Data = append(files["texts/de.yaml"].Data, "operator-paused: Pause.\ncallback-intro: Hier ist die Linie.\n"...)
	book, faults := prompts.Load(files, "")
	if got := lines(faults); !strings.Contains(got, "texts/de.yaml:25:1: warning: nothing speaks the text operator-paused") || strings.Contains(got, "texts/it.yaml:2") {
		t.Errorf("faults:\n%s", got)
	}
	for _, want := range []struct{ lang, key, text string }{
		{"it", prompts.KeyOperatorPaused, "Pausa."},
		{"it", prompts.KeyOperatorReady, "Siete pronti a ricevere chiamate."},
		{"de", prompts.KeyOperatorReady, ""},
		{"it", prompts.KeyOperatorPress, "Minimal. Per prendere la chiamata, premete 1."},
		{"it", prompts.KeyCallbackIntro, "Minimal. Vi richiamiamo come avete chiesto."},
		{"de", prompts.KeyCallbackIntro, "Hier ist die Linie."},
		{"es", prompts.KeyCallbackIntro, ""},
	} {
		if got := book.Texts[want.lang][want.key]; got != want.text {
			t.Errorf("%s %s: %q, want %q", want.lang, want.key, got, want.text)
		}
	}
	book, _ = prompts.Load(minimal(t), "")
	if got, called := book.Texts["it"][prompts.KeyCallbackIntro]; called {
		t.Errorf("nobody is called back by this book, and it has %q", got)
	}
}
