package prompts_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"pronto/prompts"
	"pronto/prompts/wording"
)

// timed gives every clip of a book a length: a second for each word.
func timed(book *prompts.Book) *prompts.Release {
	r := prompts.Estimate(book)
	for _, clips := range r.Clips {
		for key, c := range clips {
			c.Seconds = float64(max(1, len(strings.Fields(c.Text))))
			clips[key] = c
		}
	}
	return r
}

// provable is a book in which every figure can be counted by hand: words are seconds.
func provable() fstest.MapFS {
	line := `book: 1
line: { number: "800840840", name: Words, timezone: Europe/Rome, languages: [it, en] }
topics:
  information: { class: 2 }
rescue:
  default: { number: "112", say: dial-112 }
start: hello
nodes:
  hello: { kind: say, say: [hello], then: welcome }
  welcome:
    kind: menu
    say: [danger, choices]
    keys: { "1": danger, "2": deep, "3": languages }
    wait: 5s
    tries: 2
    otherwise: operator
  danger: { kind: rescue, use: default, then: goodbye, wait: 5s }
  deep: { kind: menu, say: [deep], keys: { "0": connect, "1": welcome }, wait: 5s, tries: 2, otherwise: goodbye }
  connect: { kind: goto, then: operator }
  operator: { kind: queue, topic: information, closed: mailbox, full: mailbox }
  mailbox: { kind: message, say: [leave], topic: information, longest: 60s, then: goodbye }
  languages: { kind: language, say: [language], keys: { "1": it, "2": en }, wait: 5s, tries: 1, then: welcome }
  goodbye: { kind: hangup, say: [goodbye] }
limits: { rescue-advice: 20s, operator-choice: 60s, options: 4 }
`
	texts := func(extra string) *fstest.MapFile {
		var b strings.Builder
		for _, key := range []string{
			"goodbye", "technical-problem", "invalid-choice", "rescue-offer", "rescue-connecting", "rescue-failed",
			"message-thanks", "fail-open-advice", "fail-open-wait", "fail-open-message", "queue-position-many",
		} {
			_, _ = fmt.Fprintf(&b, "%s: one two three\n", key)
		}
		b.WriteString("queue-position: number {n} now\n" + extra)
		return &fstest.MapFile{Data: []byte(b.String())}
	}
	return fstest.MapFS{
		"line.yaml": {Data: []byte(line)},
		"texts/it.yaml": texts(`hello: one two three
danger: one two call 112 or press 1
choices: for this two words press 2 and then 3 for more
deep: it is 9:00, press 1, press 0
dial-112: call 112
leave: say your name
language: press
`),
		"texts/en.yaml": texts(`hello: one
danger: no number here
choices: press 2
deep: press nought
dial-112: call 112
leave: say your name now
language: press
`),
	}
}

func TestProveByHand(t *testing.T) {
	book, faults := prompts.Load(provable(), "")
	if len(faults) > 0 {
		t.Fatalf("faults:\n%s", lines(faults))
	}
	p := prompts.Prove(timed(book))
	want := prompts.LanguageProofs{
		Language: "it",
		Rescue:   prompts.Way{Seconds: 3 + 7, Path: "hello > welcome"},
		Operator: prompts.Way{Seconds: 3 + 7 + 11 + 7, Path: "hello > welcome > 2 deep > 0 connect"},
		Choices: []prompts.Way{
			{Seconds: 3 + 7 + 11 + 7, Path: "hello > welcome > 2 deep > 0 connect"},
			{Seconds: 3 + 2*(7+11+5), Path: "hello > welcome > (silence) operator"},
		},
		Silent: prompts.Ending{At: prompts.EndPerson, Way: prompts.Way{Seconds: 3 + 2*23, Path: "hello > welcome > (silence) operator"}},
		Closed: prompts.Ending{At: prompts.EndRecording, Way: prompts.Way{Seconds: 3 + 2*23 + 3 + 1, Path: "hello > welcome > (silence) operator > (closed) mailbox"}},
		Longest: prompts.Way{
			Seconds: 3 + 46 + 2*(7+5) + 4 + 60 + 3 + 3,
			Path:    "hello > welcome > 2 deep > 0 connect > operator > (closed) mailbox > goodbye",
		},
	}
	if diff := cmp.Diff(want, p.Languages[0]); diff != "" {
		t.Errorf("it (-want +got):\n%s", diff)
	}
	en := p.Languages[1]
	if want := (prompts.Way{Seconds: 3 + 18 + 2, Path: "hello > welcome > 3 languages > 2 en"}); en.Chosen != want {
		t.Errorf("en can be chosen %+v, want %+v", en.Chosen, want)
	}
	// Only the rescue node tells the number: key 1, which no text names, counts as told at the end of the menu.
	if want := (prompts.Way{Seconds: 1 + 5 + 2, Path: "hello > welcome > 1 danger"}); en.Rescue != want {
		t.Errorf("rescue advice %+v, want %+v", en.Rescue, want)
	}
	if want := 1.0 + 5 + 2; en.Operator.Seconds != want {
		t.Errorf("a person after %v s, want %v", en.Operator.Seconds, want)
	}
	if p.MostOptions != 3 || p.OptionsAt != "welcome" || p.Unreachable != nil || p.DeadEnds != nil || p.NoPerson != nil || p.Rings != nil {
		t.Errorf("proofs %+v", p)
	}
	if got := lines(p.Faults(book)); got != "" {
		t.Errorf("a book within its limits has faults:\n%s", got)
	}
}

// TestProofFaults: seeded faults that only lengths tell. The § is where the fault points.
func TestProofFaults(t *testing.T) {
	for name, c := range map[string]struct{ file, find, put, want string }{
		"advice too late": {
			"line.yaml", "rescue-advice: 20s", "rescue-advice: §9s",
			"in it the first rescue advice is told 10.0 s after the answer, limits.rescue-advice is 9s: hello > welcome (tell",
		},
		"advice pushed back by a text": {
			"texts/it.yaml", "hello: one two three", "hello: " + strings.Repeat("word ", 14),
			"in it the first rescue advice is told 21.0 s after the answer, limits.rescue-advice is 20s: hello > welcome (tell",
		},
		"operator too late": {
			"line.yaml", "operator-choice: 60s", "operator-choice: §27s",
			"in it a person can be chosen 49.0 s after the answer, limits.operator-choice is 27s: hello > welcome > (silence) operator (name",
		},
		"operator by silence only": {"line.yaml", "{ kind: goto, then: operator }", "{ kind: goto, then: mailbox }", ""},
		"operator by key only":     {"line.yaml", "otherwise: operator", "otherwise: goodbye", ""},
		"long menu": {
			"texts/en.yaml", "deep: press nought", "deep: press nought " + strings.Repeat("word ", 19),
			"warning: menu deep speaks for 21.0 s in en, more than 20 (nobody",
		},
	} {
		t.Run(name, func(t *testing.T) {
			files := provable()
			text := string(files[c.file].Data)
			if strings.Count(text, c.find) != 1 {
				t.Fatalf("%q is in %s %d times", c.find, c.file, strings.Count(text, c.find))
			}
			text = strings.Replace(text, c.find, c.put, 1)
			line, col := markPlace(text)
			files[c.file] = &fstest.MapFile{Data: []byte(strings.Replace(text, "§", "", 1))}
			book, faults := prompts.Load(files, "book")
			for _, f := range faults {
				if !f.Warning {
					t.Fatalf("the book has faults before it is proven:\n%s", lines(faults))
				}
			}
			got := prompts.Prove(timed(book)).Faults(book)
			if c.want == "" {
				if len(got) > 0 {
					t.Fatalf("faults:\n%s", lines(got))
				}
				return
			}
			if len(got) != 1 || !strings.HasPrefix(strings.SplitN(got[0].String(), ": ", 2)[1], c.want) {
				t.Fatalf("faults:\n%swant: %s", lines(got), c.want)
			}
			if got[0].File != filepath.Join("book", "line.yaml") || line > 0 && (got[0].Line != line || got[0].Col != col) || got[0].Line == 0 {
				t.Errorf("at %s:%d:%d, want line %d, column %d", got[0].File, got[0].Line, got[0].Col, line, col)
			}
		})
	}
}

func markPlace(text string) (line, col int) {
	before, _, marked := strings.Cut(text, "§")
	if !marked {
		return 0, 0
	}
	last := before[strings.LastIndexByte(before, '\n')+1:]
	return strings.Count(before, "\n") + 1, len([]rune(last)) + 1
}

// TestProveAlert: an alert that is heard before the advice puts it off, and is told before it is raised.
func TestProveAlert(t *testing.T) {
	files := provable()
	files["line.yaml"].Data = []byte(strings.Replace(string(files["line.yaml"].Data), "say: [hello]", "say: [hello, alert]", 1))
	book, _ := prompts.Load(files, "")
	alert := prompts.Alert{Messages: map[string]string{"it": "a"}, Clips: map[string]prompts.Clip{"it": {Key: prompts.KeyAlert, Seconds: 30}}}
	for want, r := range map[float64]*prompts.Release{3 + 7: timed(book), 3 + 30 + 7: timed(book).WithAlert(&alert)} {
		if got := prompts.Prove(r).Languages[0].Rescue; got.Seconds != want {
			t.Errorf("the rescue advice is told at %v s, want %v", got.Seconds, want)
		}
	}
}

// TestProveDamaged: a book that the checker refuses, or that was never checked, does not stop the proofs.
func TestProveDamaged(t *testing.T) {
	book := &prompts.Book{
		Line: prompts.Line{Languages: []string{"it"}}, Start: "a",
		Nodes: map[string]prompts.Node{
			"a":    {Name: "a", Kind: prompts.KindGoto, Then: "b"},
			"b":    {Name: "b", Kind: prompts.KindMenu, Say: []string{"nothing"}, Keys: map[string]string{"1": "gone"}, Otherwise: "a"},
			"lost": {Name: "lost", Kind: "juggle", Then: "a"},
		},
		Limits: prompts.Limits{RescueAdvice: time.Second, OperatorChoice: time.Second},
	}
	p := prompts.Prove(&prompts.Release{Book: book})
	if diff := cmp.Diff([]string{"a", "b"}, p.DeadEnds); diff != "" {
		t.Errorf("dead ends (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"a > b > a"}, p.Rings); diff != "" {
		t.Errorf("rings (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"lost"}, p.Unreachable); diff != "" {
		t.Errorf("unreachable (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"b"}, p.NoPerson); diff != "" {
		t.Errorf("no person (-want +got):\n%s", diff)
	}
	got := lines(p.Faults(book))
	for _, part := range []string{
		"is never told, limits.rescue-advice is 1s", "a person can never be chosen, limits.operator-choice is 1s",
		"these texts have no sound: nothing", "goes round for ever: a > b > a", "no way leads from node b to any end",
	} {
		if !strings.Contains(got, part) {
			t.Errorf("faults lack %q:\n%s", part, got)
		}
	}
	prompts.Prove(&prompts.Release{Book: &prompts.Book{Line: prompts.Line{Languages: []string{"it"}}}})
}

var bigNodes = flag.Int("nodes", 500, "nodes of the book that BenchmarkCheck checks")

// bigBook is a book of n menus, in a tree of four keys each, with ways back.
func bigBook(n int) fstest.MapFS {
	files := provable()
	text := string(files["line.yaml"].Data)
	var more strings.Builder
	for i := range n {
		_, _ = fmt.Fprintf(&more, "  m%d: { kind: menu, say: [deep], keys: { ", i)
		for k := 1; k <= 3; k++ {
			to := 3*i + k
			if to >= n {
				to = (i * k) % n
			}
			_, _ = fmt.Fprintf(&more, `"%d": m%d, `, k, to)
		}
		more.WriteString("\"0\": operator }, otherwise: operator }\n")
	}
	text = strings.Replace(text, "nodes:\n", "nodes:\n"+more.String(), 1)
	text = strings.Replace(text, `"2": deep`, `"2": deep, "4": m0`, 1)
	files["line.yaml"] = &fstest.MapFile{Data: []byte(text)}
	return files
}

// BenchmarkCheck is what pronto check -proofs -graph does to a book of 500 nodes, apart from speaking.
func BenchmarkCheck(b *testing.B) {
	files := bigBook(*bigNodes)
	for b.Loop() {
		book, faults := prompts.Load(files, "")
		for _, f := range faults {
			if !f.Warning {
				b.Fatal(lines(faults))
			}
		}
		r := timed(book)
		prompts.Prove(r)
		for _, format := range prompts.GraphFormats {
			if err := prompts.WriteGraph(&strings.Builder{}, r, format, wording.English); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// TestCheckIsQuick holds the same against a second, with room for a busy machine.
func TestCheckIsQuick(t *testing.T) {
	began := time.Now()
	book, _ := prompts.Load(bigBook(500), "")
	prompts.Prove(timed(book))
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("a book of 500 nodes takes %s", took)
	}
}

func TestGraphGolden(t *testing.T) {
	book, _ := prompts.Load(provable(), "")
	for _, format := range prompts.GraphFormats {
		t.Run(format, func(t *testing.T) {
			golden(t, filepath.Join("testdata", "graph", "words."+format), func(b *strings.Builder) error {
				return prompts.WriteGraph(b, timed(book), format, wording.English)
			})
		})
	}
	golden(t, filepath.Join("testdata", "graph", "words.it.text"), func(b *strings.Builder) error {
		return prompts.WriteGraph(b, timed(book), "text", wording.Italian)
	})
	for lang, file := range map[wording.Language]string{wording.English: "words.proofs", wording.Italian: "words.it.proofs"} {
		golden(t, filepath.Join("testdata", "graph", file), func(b *strings.Builder) error { return prompts.Prove(timed(book)).Write(b, lang) })
	}
	if err := prompts.WriteGraph(&strings.Builder{}, timed(book), "png", wording.English); err == nil {
		t.Error("a picture of an unknown format was drawn")
	}
}

// golden compares what is written with a file, twice: it must be the same each time.
func golden(t *testing.T, file string, write func(*strings.Builder) error) {
	t.Helper()
	var got, again strings.Builder
	for _, b := range []*strings.Builder{&got, &again} {
		if err := write(b); err != nil {
			t.Fatal(err)
		}
	}
	if got.String() != again.String() {
		t.Error("it is drawn in another way each time")
	}
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("%s (-golden +got):\n%s", file, diff)
	}
}

// TestAlertFaults: an alert that is said before all else puts off the rescue number, and only that is told of it.
func TestAlertFaults(t *testing.T) {
	files := provable()
	files["line.yaml"] = &fstest.MapFile{Data: []byte(strings.Replace(string(files["line.yaml"].Data), "say: [hello], then", "say: [alert, hello], then", 1))}
	book, _ := prompts.Load(files, "")
	r := timed(book)
	alert := func(seconds float64) *prompts.Alert {
		return &prompts.Alert{Clips: map[string]prompts.Clip{"it": {Key: prompts.KeyAlert, Seconds: seconds, Text: "Allerta"}}}
	}
	if faults := r.AlertFaults(alert(10)); len(faults) > 0 { // 10 s without it, 20 s are allowed
		t.Errorf("an alert that keeps to the limits:\n%s", lines(faults))
	}
	faults := r.AlertFaults(alert(11))
	if want := "line.yaml:24:26: in it the first rescue advice is told 21.0 s after the answer"; len(faults) != 1 || !strings.HasPrefix(faults[0].String(), want) {
		t.Errorf("want %q, got\n%s", want, lines(faults))
	}
	r.Book.Limits.RescueAdvice = 5 * time.Second // broken without it, too
	if faults := r.WithAlert(alert(1)).AlertFaults(nil); len(faults) > 0 {
		t.Errorf("no alert:\n%s", lines(faults))
	}
}
