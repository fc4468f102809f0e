package prompts_test

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"pronto/prompts"
	"pronto/prompts/audio"
	"pronto/prompts/wording"
)

// A seed is a small book with a fault, as a txtar archive in testdata/seeds: what is wrong, the book's files, and what is told
// of them in English (en) and Italian (it), and at which places its schema refuses it (schema). -update rewrites these three.
//
// The § before a word is taken out: there a fault must be, and nowhere else. A WAV file is written as words, see wavOf. What all
// seeds have in common is in base.txtar; a line "without FILE" in a seed's comment leaves a file of it out.
type seed struct {
	name    string
	archive *txtar.Archive
	files   fstest.MapFS
	places  []string // file:line:col
}

// told are the sections that are not the book's.
var told = []string{"en", "it", "schema"}

func seeds(t testing.TB) []seed {
	t.Helper()
	base, err := txtar.ParseFile(filepath.Join("testdata", "seeds", "base.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	paths, _ := filepath.Glob(filepath.Join("testdata", "seeds", "*.txtar"))
	var all []seed
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".txtar")
		if name == "base" {
			continue
		}
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		s := seed{name: name, archive: archive, files: fstest.MapFS{}}
		for _, f := range base.Files {
			if !bytes.Contains(archive.Comment, []byte("without "+f.Name+"\n")) {
				s.files[f.Name] = &fstest.MapFile{Data: f.Data}
			}
		}
		for _, f := range archive.Files {
			if !slices.Contains(told, f.Name) {
				s.add(f.Name, f.Data)
			}
		}
		all = append(all, s)
	}
	return all
}

func (s *seed) add(name string, data []byte) {
	if filepath.Ext(name) == ".wav" {
		s.files[name] = &fstest.MapFile{Data: wavOf(string(data))}
		return
	}
	text := string(data)
	for {
		before, after, marked := strings.Cut(text, "§")
		if !marked {
			break
		}
		line := strings.Count(before, "\n") + 1
		col := len([]rune(before[strings.LastIndex(before, "\n")+1:])) + 1
		s.places = append(s.places, fmt.Sprintf("%s:%d:%d", name, line, col))
		text = before + after
	}
	s.files[name] = &fstest.MapFile{Data: []byte(text)}
}

// wavOf makes a recording of words: "tone 1s", and then, each at will: amplitude 0.001, clipped 5 (samples), pause 3s, cut (in
// the middle). "text ..." is a file that holds these words and no sound.
func wavOf(words string) []byte {
	if text, ok := strings.CutPrefix(words, "text "); ok {
		return []byte(text)
	}
	fields := strings.Fields(words)
	value := func(name string, otherwise float64) float64 {
		i := slices.Index(fields, name)
		if i < 0 {
			return otherwise
		}
		v, err := strconv.ParseFloat(strings.TrimSuffix(fields[i+1], "s"), 64)
		if err != nil {
			panic(err)
		}
		return v
	}
	const rate = 8000
	amplitude := value("amplitude", 0.1)
	x := make([]float32, int(value("tone", 1)*rate))
	for i := range x {
		x[i] = float32(amplitude * math.Sin(2*math.Pi*700*float64(i)/rate))
	}
	for i := range int(value("clipped", 0)) {
		x[100+i] = 1
	}
	if pause := int(value("pause", 0) * rate); pause > 0 {
		x = slices.Concat(x, make([]float32, pause), x)
	}
	wav := audio.EncodeWAV(audio.Sound{Samples: x}.PCM16(), rate)
	if slices.Contains(fields, "cut") {
		wav = wav[:len(wav)/2]
	}
	return wav
}

// check does what pronto check -proofs does; texts that were spoken are in the folder cache.
func (s seed) check(t testing.TB, cache string) []prompts.Fault {
	t.Helper()
	book, faults := prompts.Load(s.files, "")
	for _, f := range faults {
		if !f.Warning {
			return faults
		}
	}
	_, more, err := prompts.Preview(t.Context(), book, prompts.RenderOptions{Engine: toneEngine{}, CacheDir: cache})
	if err != nil {
		t.Fatal(err)
	}
	return append(faults, more...)
}

// toneEngine speaks ten characters in a second.
type toneEngine struct{}

func (toneEngine) Voice(lang string) (prompts.Voice, bool) {
	return prompts.Voice{Engine: "tone", Version: "1", Name: lang}, true
}

func (toneEngine) Speak(_ context.Context, _, text string) (audio.Sound, error) {
	x := make([]float32, len([]rune(text))*1600)
	for i := range x {
		x[i] = float32(0.1 * math.Sin(2*math.Pi*700*float64(i)/16000))
	}
	return audio.Sound{Rate: 16000, Samples: x}, nil
}

// TestSeeds: every fault that was sown is found, named in two languages, located where it was sown and told with a remedy; and
// nothing else is.
func TestSeeds(t *testing.T) {
	all := seeds(t)
	if len(all) < 40 {
		t.Errorf("only %d seeds", len(all))
	}
	editor, cache := schemas(t), t.TempDir()
	for _, s := range all {
		t.Run(s.name, func(t *testing.T) {
			faults := s.check(t, cache)
			var places []string
			got := map[string]string{"schema": strings.Join(append(refused(t, editor, s.files), ""), "\n")}
			for _, f := range faults {
				if f.Line > 0 {
					places = append(places, fmt.Sprintf("%s:%d:%d", f.File, f.Line, f.Col))
				} else if _, err := s.files.Stat(f.File); err != nil && f.Message.Format != "the file is missing" {
					t.Errorf("%s: there is no such file", f)
				}
				if f.Message.None() || f.Hint.None() {
					t.Errorf("%s: without remedy", f)
				}
				for lang, file := range map[wording.Language]string{wording.English: "en", wording.Italian: "it"} {
					got[file] += f.In(lang) + "\n"
				}
			}
			if len(faults) == 0 {
				t.Error("the fault was not found")
			}
			slices.Sort(places)
			slices.Sort(s.places)
			if diff := cmp.Diff(slices.Compact(s.places), slices.Compact(places)); diff != "" {
				t.Errorf("faults are at other places than they were sown (-sown +found):\n%s\n%s", diff, lines(faults))
			}
			if got["en"] == got["it"] {
				t.Errorf("the same is told in both languages:\n%s", got["en"])
			}
			s.compare(t, got)
		})
	}
}

// compare compares what is told with what the seed expects, or writes it.
func (s seed) compare(t *testing.T, got map[string]string) {
	t.Helper()
	if *update {
		files := slices.DeleteFunc(slices.Clone(s.archive.Files), func(f txtar.File) bool { return slices.Contains(told, f.Name) })
		for _, name := range told {
			files = append(files, txtar.File{Name: name, Data: []byte(got[name])})
		}
		data := txtar.Format(&txtar.Archive{Comment: s.archive.Comment, Files: files})
		if err := os.WriteFile(filepath.Join("testdata", "seeds", s.name+".txtar"), data, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want := map[string]string{}
	for _, f := range s.archive.Files {
		if slices.Contains(told, f.Name) {
			want[f.Name] = string(f.Data)
		}
	}
	for _, name := range told {
		if diff := cmp.Diff(want[name], got[name]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// structural are the faults that an editor marks too, by what is said: those of one value, or of which keys there are. The others
// need the rest of the book, a calendar or the sound.
var structural = []string{
	"%s has no key %q", "%s lacks %s", "node %s lacks kind", "there is no kind of node %q", "node %s: a node of kind %s has no %s",
	"%s must be %s, not %s", "%s is empty", "%s are empty", "%s must be a whole number from %d to %d%s", "%s is neither true nor false%s",
	"%q is not a possible name in %s", "line.number %q is not a number to dial", "%q is not a language", "the line speaks no language",
	"there is no rescue number named default", "the rescue number %q can not be dialled", "%q is not a telephone district", "the number %q can not be told",
	"desk.music is %q", "the desk does not know the strategy %q", "a caller can not do without %q", "there is no country %q", "%s is not a time of day%s", "%q is not a day of the week", "%q is not a date",
	"there are no holidays %q", "%q is neither closed nor hours", "%q can not be looked for in texts", "what is said for %s can not be spoken",
	"the book has no nodes", "%q is not a key of a telephone", "node %s: a language node says one text, in each of its languages", "node %s says nothing",
	"a branch can not look at %q", "a branch on the alert has no case %q", "%q is nothing that a caller can have typed", "%q is not a possible name of a variable",
	"node %s does not say which variable it looks at", "node %s looks at the %s, not at a variable", "%q is not a possible key of a text",
	"the text %s is empty", "the text %s has %d characters, more than %d", "a text can not be called alert", "%q is not the mark of a text",
}

// TestSeedsInEditor: what an editor can see in one file, its schema refuses; and what the checker takes with warnings at most, it
// takes.
func TestSeedsInEditor(t *testing.T) {
	editor, cache := schemas(t), t.TempDir()
	sown := map[string]bool{}
	for _, s := range seeds(t) {
		faults := s.check(t, cache)
		places := refused(t, editor, s.files)
		found, blocking := false, false
		for _, f := range faults {
			sown[f.Message.Format] = true
			found = found || slices.Contains(structural, f.Message.Format)
			blocking = blocking || !f.Warning
		}
		switch {
		case found && len(places) == 0 && !bytes.Contains(s.archive.Comment, []byte("No editor sees it.")):
			t.Errorf("%s: the schema takes it:\n%s", s.name, lines(faults))
		case !blocking && len(places) > 0:
			t.Errorf("%s: the checker takes it, the schema does not: %v", s.name, places)
		}
	}
	for _, format := range structural {
		if !sown[format] {
			t.Errorf("no seed has the fault %q", format)
		}
	}
}
