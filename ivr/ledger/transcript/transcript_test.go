package transcript

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pronto/ivr/ledger"
	"pronto/prompts"
)

var began = time.Date(2026, 11, 25, 11, 0, 0, 0, time.UTC)

func after(s float64) time.Time {
	return began.Add(time.Duration(s*1000) * time.Millisecond)
}

func release() *prompts.Release {
	clip := func(key, text string, s float64) prompts.Clip { return prompts.Clip{Key: key, Text: text, Seconds: s} }
	return &prompts.Release{ID: "0a1b2c3d4e5f", Book: &prompts.Book{Line: prompts.Line{Languages: []string{"it", "en"}}}, Clips: map[string]map[string]prompts.Clip{
		"it": {
			"welcome": clip("welcome", "Protezione Civile.", 1.5), "main-choices": clip("main-choices", "Per informazioni 2,\n  per un operatore 0.", 4),
			"please-wait": clip("please-wait", "Attendete.", 2), "queue-position/2": clip("queue-position/2", "Siete al secondo posto.", 3),
			prompts.DigitKey('0'): clip("", "zero", .5),
		},
		"en": {"other-languages": clip("other-languages", "English 9.", 1), "please-wait": clip("please-wait", "Please wait.", 1.5)},
	}}
}

func call(end float64) ledger.Call {
	return ledger.Call{
		ID: "pronto-1.2", Line: "800840840", Switch: "pronto", Started: began, Answered: after(.2), Ended: after(end), Release: "0a1b2c3d4e5f",
		Language: "it", Outcome: "served", Operator: "op1", EndedBy: "caller", Cause: "normal",
	}
}

// journal is "seconds kind text" per line.
func journal(text string) (events []ledger.Event) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		when, rest, _ := strings.Cut(line, " ")
		kind, what, _ := strings.Cut(rest, " ")
		s, err := time.ParseDuration(when + "s")
		if err != nil {
			panic(err)
		}
		events = append(events, ledger.Event{At: began.Add(s), Kind: kind, Text: what})
	}
	return events
}

// heard is "key from-to" of every clip, with "cut" behind one that was.
func heard(t Transcript) (all []string) {
	for _, line := range t.Lines {
		for _, h := range line.Heard {
			s := h.Language + "/" + h.Key + " " + h.From.String() + "-" + h.To.String()
			if h.Cut {
				s += " cut"
			}
			all = append(all, s)
		}
	}
	return all
}

func TestWhatWasHeard(t *testing.T) {
	for name, c := range map[string]struct {
		journal string
		end     float64
		want    []string
	}{
		"to its end":             {"0.2 say welcome main-choices", 20, []string{"it/welcome 200ms-1.7s", "it/main-choices 1.7s-5.7s"}},
		"cut in the second clip": {"0.2 say welcome main-choices\n3.1 cut", 20, []string{"it/welcome 200ms-1.7s", "it/main-choices 1.7s-3.1s cut"}},
		"cut in the first clip":  {"0.2 say welcome main-choices\n1 cut", 20, []string{"it/welcome 200ms-1s cut"}},
		"cut between two clips":  {"0.2 say welcome main-choices\n1.7 cut", 20, []string{"it/welcome 200ms-1.7s"}},
		"hung up":                {"0.2 say welcome main-choices", 2, []string{"it/welcome 200ms-1.7s", "it/main-choices 1.7s-2s cut"}},
		"took longer":            {"0.2 say welcome\n2.5 said", 20, []string{"it/welcome 200ms-2.5s"}},
		"ended early":            {"0.2 say welcome\n1 said", 20, []string{"it/welcome 200ms-1s cut"}},
		"could not be played":    {"0.2 say welcome\n0.3 unheard welcome", 20, nil},
		"the program died":       {"0.2 say welcome\n9 resumed saying\n9 say welcome\n9.5 cut", 20, []string{"it/welcome 200ms-1.7s", "it/welcome 9s-9.5s cut"}},
		"another language": {
			"0.2 say welcome en/other-languages\n2 cut\n2 language en\n2 say please-wait", 20,
			[]string{"it/welcome 200ms-1.7s", "en/other-languages 1.7s-2s cut", "en/please-wait 2s-3.5s"},
		},
		"a place in the queue":   {"0.2 say queue-position/2", 20, []string{"it/queue-position/2 200ms-3.2s"}},
		"digits read back":       {"1 say digit digit please-wait", 20, []string{"it/digit 1s-1.5s", "it/digit 1.5s-2s", "it/please-wait 2s-4s"}},
		"an alert":               {"0.2 say alert/0123456789ab/it welcome", 20, []string{"it/alert/0123456789ab 200ms-6.2s", "it/welcome 6.2s-7.7s"}},
		"a text that is unknown": {"0.2 say gone", 20, []string{"it/gone 200ms-20s"}},
	} {
		t.Run(name, func(t *testing.T) {
			alert := func(id string) *prompts.Alert {
				return &prompts.Alert{ID: id, Clips: map[string]prompts.Clip{"it": {Text: "Allerta rossa.", Seconds: 6}}}
			}
			got := heard(Make(call(c.end), journal(c.journal), Source{Release: release(), Alert: alert}))
			if d := cmp.Diff(c.want, got); d != "" {
				t.Fatal(d)
			}
		})
	}
}

// A call whose release is not there any more, and one that is still up, are told as far as they are known.
func TestLittleKnown(t *testing.T) {
	c := call(9)
	c.Ended, c.Answered = time.Time{}, time.Time{}
	got := Make(c, journal("0.2 say en/welcome alert/0123456789ab/it"), Source{})
	want := []Line{
		{At: began, Kind: "arrived", Text: "800840840"},
		{At: after(.2), After: 200 * time.Millisecond, Kind: "say", Heard: []Heard{
			{Key: "en/welcome", Language: "it", From: 200 * time.Millisecond, To: 200 * time.Millisecond},
			{Key: "alert/0123456789ab", Language: "it", From: 200 * time.Millisecond, To: 200 * time.Millisecond},
		}},
	}
	if d := cmp.Diff(want, got.Lines); d != "" {
		t.Fatal(d)
	}
}

const aCall = `
0.2 node welcome
0.2 say welcome main-choices
3.1 key valid
3.1 cut
3.1 node operator
3.1 queued information
3.1 say please-wait
5.1 music on
9 offered op1
9.3 ringing op1
12 music off
12 connected op1
70 operator_left op1
`

func TestText(t *testing.T) {
	got := Make(call(70.5), journal(aCall), Source{Release: release()})
	var b bytes.Buffer
	if err := got.Write(&b, "text", "it", time.UTC); err != nil {
		t.Fatal(err)
	}
	want := `Chiamata: pronto-1.2
Inizio: 2026-11-25 11:00:00.000 UTC
Linea: 800840840 pronto
Versione: 0a1b2c3d4e5f
Operatore: op1
Esito: served

     0.0 s  arriva la chiamata
     0.2 s  la linea risponde
     0.2 s  al nodo welcome
     0.2 s  il chiamante ascolta
            0.2–1.7 s  [it/welcome] «Protezione Civile.»
            1.7–3.1 s  [it/main-choices] «Per informazioni 2, per un operatore 0.» (interrotto: 1.4 di 4.0 s)
     3.1 s  preme un tasto del menù
     3.1 s  al nodo operator
     3.1 s  si mette in coda: information
     3.1 s  il chiamante ascolta
            3.1–5.1 s  [it/please-wait] «Attendete.»
     5.1 s  musica
     9.0 s  proposta a op1
     9.3 s  squilla il telefono di op1
    12.0 s  finisce la musica
    12.0 s  parla con op1
    70.0 s  op1 riaggancia
    70.5 s  fine della chiamata: caller normal
`
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Fatal(d)
	}
}

func TestJSON(t *testing.T) {
	got := Make(call(70.5), journal(aCall), Source{Release: release()})
	var b bytes.Buffer
	if err := got.Write(&b, "json", "", time.UTC); err != nil {
		t.Fatal(err)
	}
	var read struct {
		Lines []struct {
			Kind  string
			After float64 `json:"after_s"`
			Heard []struct {
				Key      string
				From, To float64
				FromS    float64 `json:"from_s"`
				ToS      float64 `json:"to_s"`
				Cut      bool
			}
		}
	}
	if err := json.Unmarshal(b.Bytes(), &read); err != nil {
		t.Fatal(err)
	}
	say := read.Lines[3]
	if say.Kind != "say" || say.After != .2 || len(say.Heard) != 2 || say.Heard[1].FromS != 1.7 || say.Heard[1].ToS != 3.1 || !say.Heard[1].Cut {
		t.Errorf("got %+v", say)
	}
	if err := got.Write(&b, "pdf", "", time.UTC); err == nil {
		t.Error("pdf is a format")
	}
}

// Every kind of step that the program writes down has its words, in both languages, and no caller reads a %.
func TestEveryStepHasWords(t *testing.T) {
	it, en := italian(), english()
	if d := cmp.Diff(slices.Sorted(maps.Keys(en)), slices.Sorted(maps.Keys(it))); d != "" {
		t.Fatalf("the languages have different texts:\n%s", d)
	}
	noted := regexp.MustCompile(`(?:\.note\(|\.noteAt\(now, |Note\{Kind: |sqlEvent, nil, u\.Call, u\.At\.UnixMilli\(\), )"([a-z_]+)"`)
	found := map[string]bool{}
	for _, dir := range []string{"../..", "../../flow", ".."} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no source in %s: %v", dir, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			for _, m := range noted.FindAllStringSubmatch(string(text), -1) {
				found[m[1]] = true
			}
		}
	}
	if len(found) < 20 {
		t.Fatalf("only %d kinds of steps found: the search is wrong", len(found))
	}
	for kind := range found {
		if kind == "cut" || kind == "said" {
			continue // they are in what was heard
		}
		if _, ok := en[kind]; !ok {
			t.Errorf("a step of kind %s has no words", kind)
		}
	}
	for _, words := range []map[string]string{it, en} {
		for kind := range words {
			if strings.HasPrefix(kind, "head.") {
				continue
			}
			name, text, _ := strings.Cut(kind, " ")
			line := Line{Kind: name, Text: text}
			if got := line.tell(words); strings.Contains(got, "%!") || strings.Contains(got, "%s") {
				t.Errorf("%s is told as %q", kind, got)
			}
		}
	}
}
