package prompts_test

import (
	"flag"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"pronto/prompts"
	"pronto/prompts/protezionecivile"
	"pronto/prompts/wording"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// minimal is the smallest book with every kind of node, as files that a test may change.
func minimal(t testing.TB) fstest.MapFS {
	t.Helper()
	return folder(t, os.DirFS("testdata/minimal"))
}

func folder(t testing.TB, from fs.FS) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	err := fs.WalkDir(from, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := fs.ReadFile(from, name)
		files[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func lines(faults []prompts.Fault) string {
	var b strings.Builder
	for _, f := range faults {
		b.WriteString(f.String() + "\n")
	}
	return b.String()
}

func TestMinimalBookIsGood(t *testing.T) {
	book, faults := prompts.Load(minimal(t), "folder")
	if len(faults) > 0 {
		t.Fatalf("faults:\n%s", lines(faults))
	}
	if book.Dir != "folder" || book.FS == nil || book.Format != 1 || book.Start != "welcome" {
		t.Errorf("book %+v", book)
	}
	want := map[string]prompts.Node{
		"welcome": {
			Name: "welcome", Kind: prompts.KindMenu, Say: []string{"choices"}, Otherwise: "operator",
			Keys: map[string]string{"1": "danger", "2": "news", "3": "languages", "0": "operator"},
			Wait: 6 * time.Second, Tries: 3, Longest: 2 * time.Minute,
		},
		"languages": {
			Name: "languages", Kind: prompts.KindLanguage, Say: []string{"language"}, Keys: map[string]string{"1": "it", "2": "en"},
			Then: "welcome", Otherwise: "welcome", Wait: 6 * time.Second, Tries: 3, Longest: 2 * time.Minute,
		},
		"operator": {
			Name: "operator", Kind: prompts.KindQueue, Topic: "information", Hours: "office", Closed: "mailbox", Full: "jump",
			Wait: 6 * time.Second, Tries: 3, Longest: 2 * time.Minute,
		},
	}
	for name, node := range want {
		if diff := cmp.Diff(node, book.Nodes[name]); diff != "" {
			t.Errorf("node %s (-want +got):\n%s", name, diff)
		}
	}
	if diff := cmp.Diff(map[string]prompts.Rescue{"default": {Number: "112", Say: "dial-112"}}, book.Rescue); diff != "" {
		t.Errorf("rescue (-want +got):\n%s", diff)
	}
	if got := book.Texts["it"]["news"]; got != "Nessuna notizia." {
		t.Errorf("text %q", got)
	}
}

// A book with ten different mistakes shows all ten at once, each with its place and what to do.
func TestTenMistakes(t *testing.T) {
	_, faults := prompts.Load(os.DirFS("testdata/ten"), "")
	golden := filepath.Join("testdata", "ten.golden")
	got := lines(faults)
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
	if len(faults) < 10 {
		t.Errorf("%d faults, want at least the ten made", len(faults))
	}
	for _, f := range faults {
		if f.Line == 0 || f.Col == 0 || f.Hint.None() {
			t.Errorf("%s: without line, column or remedy", f)
		}
	}
}

// A fault in the syntax of one file hides nothing in the others.
func TestSyntaxFaultHidesNothing(t *testing.T) {
	files := minimal(t)
	files["texts/en.yaml"] = &fstest.MapFile{Data: []byte("news: \"never closed\nchoices: x\n")}
	files["texts/it.yaml"].Data = append(files["texts/it.yaml"].Data, []byte("extra: Testo\n")...)
	files["line.yaml"].Data = []byte(strings.Replace(string(files["line.yaml"].Data), "then: mailbox", "then: mailbx", 1))
	files["audio/index.yaml"] = &fstest.MapFile{Data: []byte("it/news: [\n")}
	_, faults := prompts.Load(files, "")
	got := map[string]int{}
	for _, f := range faults {
		got[f.File]++
	}
	want := map[string]int{"texts/en.yaml": 1, "texts/it.yaml": 1, "line.yaml": 1, "audio/index.yaml": 1}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("faults per file (-want +got):\n%s\n%s", diff, lines(faults))
	}

	files["line.yaml"].Data = []byte("book: [\n")
	_, faults = prompts.Load(files, "")
	if got := lines(faults); !strings.Contains(got, "texts/en.yaml:1:7") || !strings.Contains(got, "line.yaml:1:7") {
		t.Errorf("faults:\n%s", got)
	}
}

func TestRecordings(t *testing.T) {
	files := minimal(t)
	for _, name := range []string{"it/news", "it/language", "it/goodbye", "it/queue-position/3", "it/nothing", "en/news", "it/queue-position"} {
		files["audio/"+name+".wav"] = &fstest.MapFile{Data: []byte("RIFF")}
	}
	files["audio/it/news.mp3"] = &fstest.MapFile{}
	files["audio/fr/news.wav"] = &fstest.MapFile{}
	files["audio/index.yaml"] = &fstest.MapFile{Data: []byte(
		"it/news: " + prompts.TextHash("Nessuna  notizia.\n") + "\nit/language: \"000000000000\"\nit/gone: \"000000000000\"\nit/goodbye: today\n")}
	book, faults := prompts.Load(files, "")
	want := map[string]map[string]string{
		"it": {"news": "audio/it/news.wav", "goodbye": "audio/it/goodbye.wav", "queue-position/3": "audio/it/queue-position/3.wav"},
		"en": {"news": "audio/en/news.wav"},
	}
	if diff := cmp.Diff(want, book.Recordings); diff != "" {
		t.Errorf("recordings (-want +got):\n%s", diff)
	}
	wantFaults := `audio/fr: warning: the line does not speak the language "fr" (add it to line.languages, or remove the folder)
audio/index.yaml:2:14: warning: the recording of it/language speaks an older text; the speech engine speaks today's (record it again, or remove this entry if it still fits)
audio/index.yaml:3:1: warning: there is no recording it/gone (remove the entry, or add audio/it/gone.wav)
audio/index.yaml:4:13: "today" is not the mark of a text (12 digits 0-9 a-f in quotes; remove the entry to bind the recording to today's text)
audio/it/news.mp3: warning: nothing plays this file (recordings are WAV files and end in .wav)
audio/it/nothing.wav: warning: there is no text for this recording (name it as its text, or remove it)
audio/it/queue-position.wav: warning: there is no text for this recording (name it as its text, or remove it)
`
	if diff := cmp.Diff(wantFaults, lines(faults)); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
	if got := book.Bound["it/news"]; got != prompts.TextHash("Nessuna notizia.") {
		t.Errorf("bound %q", got)
	}
}

func TestMissingFiles(t *testing.T) {
	_, faults := prompts.Load(fstest.MapFS{}, "/books/mine")
	if want := "/books/mine/line.yaml: the file is missing (add it to the book's folder)\n"; lines(faults) != want {
		t.Errorf("got %q, want %q", lines(faults), want)
	}
	files := minimal(t)
	delete(files, "texts/en.yaml")
	files["texts/notes.txt"] = &fstest.MapFile{}
	files["texts/de.yaml"] = &fstest.MapFile{Data: []byte("a: b\n")}
	_, faults = prompts.Load(files, "")
	want := `line.yaml:2:84: the texts of language "en" are missing (write texts/en.yaml, or remove en from languages)
texts/de.yaml:1:1: warning: the line does not speak the language "de" (add it to line.languages, or remove the file)
texts/notes.txt: warning: nothing reads this file (texts are in texts/<language>.yaml: texts/it.yaml)
`
	if diff := cmp.Diff(want, lines(faults)); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
}

func TestTextHash(t *testing.T) {
	if got := prompts.TextHash("a b"); len(got) != 12 || got != prompts.TextHash(" a\n\tb ") || got == prompts.TextHash("ab") {
		t.Errorf("TextHash = %q", got)
	}
}

// FuzzLoad: nothing that an admin writes makes the checker panic, hang or point at no place.
func FuzzLoad(f *testing.F) {
	for _, files := range []fstest.MapFS{minimal(f), folder(f, protezionecivile.Starter()), folder(f, os.DirFS("testdata/ten")), folder(f, os.DirFS("testdata/kinds"))} {
		f.Add(files["line.yaml"].Data, files["texts/it.yaml"].Data)
	}
	for _, s := range seeds(f) {
		if line, texts := s.files["line.yaml"], s.files["texts/it.yaml"]; line != nil && texts != nil {
			f.Add(line.Data, texts.Data)
		}
	}
	for _, s := range []string{
		"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", "<<: *x\n", strings.Repeat("[", 3000), strings.Repeat("- ", 3000), "? {a: b}\n: c\n",
		"%YAML 1.2\n---\n...\n", "a: |\n\tb\n", "\xff\xfe", "a: !!binary x\n", "nodes: {a: {kind: goto, then: a}}\nstart: a\n", "---\n---\n", "a: 'b\n\n  c'\nd: e\n",
	} {
		f.Add([]byte(s), []byte(s))
	}
	editor := schemas(f)
	f.Fuzz(func(t *testing.T, line, texts []byte) {
		files := fstest.MapFS{"line.yaml": {Data: line}, "texts/it.yaml": {Data: texts}}
		book, faults := prompts.Load(files, "")
		if book == nil {
			t.Fatal("no book")
		}
		blocking := false
		for _, fault := range faults {
			blocking = blocking || !fault.Warning
			if fault.In(wording.Italian) == "" || fault.Hint.None() {
				t.Fatalf("%s: without remedy", fault)
			}
			data, ok := files[fault.File]
			if !ok {
				t.Fatalf("%s: there is no such file", fault)
			}
			if n := strings.Count(string(data.Data), "\n") + strings.Count(string(data.Data), "\r") + 1; fault.Line < 1 || fault.Col < 1 || fault.Line > n {
				t.Fatalf("%s: there is no such place, the file has %d lines", fault, n)
			}
		}
		if !blocking { // then nothing of what check does with it can panic or hang, and no editor marks it
			r := prompts.Estimate(book)
			_ = prompts.Prove(r).Write(io.Discard, wording.Italian)
			for _, format := range prompts.GraphFormats {
				_ = prompts.WriteGraph(io.Discard, r, format, wording.Italian)
			}
			if places := refused(t, editor, files); len(places) > 0 {
				t.Fatalf("the checker takes it, the schema does not: %v", places)
			}
		}
	})
}

// What is far too big is refused at once: the YAML parser's time grows with the square of a file.
func TestTooBig(t *testing.T) {
	for name, text := range map[string]string{
		"bytes": "a: " + strings.Repeat("x", 300<<10), "lines": strings.Repeat("#\n", 20_000),
		"brackets": strings.Repeat("[", 10_000), "open blocks": strings.Repeat("{a: [\n", 5_000), "dashes": strings.Repeat("- ", 10_000),
		"binary": "a: \x00", "latin-1": "è: \xe8",
	} {
		files := minimal(t)
		files["texts/it.yaml"] = &fstest.MapFile{Data: []byte(text)}
		_, faults := prompts.Load(files, "")
		if len(faults) != 1 || faults[0].File != "texts/it.yaml" || faults[0].Line < 1 || faults[0].Hint.None() {
			t.Errorf("%s: want one fault in texts/it.yaml, got:\n%s", name, lines(faults))
		}
	}
}

// A book that is wrong everywhere shows the first few hundred faults and says how many more there are.
func TestVeryManyFaults(t *testing.T) {
	files := minimal(t)
	files["texts/it.yaml"].Data = append(files["texts/it.yaml"].Data, []byte(strings.Repeat("news: x\n", 5_000))...)
	_, faults := prompts.Load(files, "")
	if last := faults[len(faults)-1].Message.String(); len(faults) != 301 || last != "there are 4700 faults more" {
		t.Errorf("%d faults, the last: %s", len(faults), last)
	}
}
