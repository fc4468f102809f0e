package prompts

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"pronto/prompts/audio"
)

// smallBook has two languages, a text of position and one recording, a tone of 700 Hz.
func smallBook() *Book {
	wav := audio.EncodeWAV(audio.Sound{Samples: tone(8000, 700, 1)}.PCM16(), 8000)
	return &Book{
		Dir: "/etc/book", Format: 1, Start: "welcome",
		Line:  Line{Number: "800840840", Name: "Prova", Timezone: "Europe/Rome", Languages: []string{"it", "en"}},
		Nodes: map[string]Node{"welcome": {Name: "welcome", Kind: KindHangup, Say: []string{"welcome"}}},
		Desk:  Desk{Position: "queue-position", Many: "queue-position-many"},
		Texts: map[string]map[string]string{
			"it": {"welcome": "Benvenuti", "goodbye": "Arrivederci", "queue-position": "Siete il numero {n}", "queue-position-many": "Siete in attesa"},
			"en": {"welcome": "Welcome", "goodbye": "Goodbye", "queue-position": "You are number {n}", "queue-position-many": "You are waiting"},
		},
		FS:         fstest.MapFS{"audio/it/welcome.wav": {Data: wav}},
		Recordings: map[string]map[string]string{"it": {"welcome": "audio/it/welcome.wav"}},
	}
}

// tinyBook is smallBook in one language and without positions: it is made in no time.
func tinyBook() *Book {
	b := smallBook()
	b.Line.Languages = b.Line.Languages[:1]
	delete(b.Texts["it"], "queue-position")
	return b
}

// clipsOf is how many clips smallBook has: per language 30 positions, three texts, a beep.
const clipsOf = 2 * (MaxPosition + 3 + 1)

func options(t *testing.T, e Engine) RenderOptions {
	t.Helper()
	return RenderOptions{Engine: e, CacheDir: filepath.Join(t.TempDir(), "cache"), OutDir: filepath.Join(t.TempDir(), "sounds")}
}

func mustRender(t *testing.T, book *Book, o RenderOptions) *Release {
	t.Helper()
	release, faults, err := Render(t.Context(), book, o)
	if err != nil {
		t.Fatal(err)
	}
	if len(faults) > 0 {
		t.Fatalf("faults: %v", faults)
	}
	return release
}

func TestRender(t *testing.T) {
	old := syscall.Umask(0o077) // Asterisk must read the release all the same
	defer syscall.Umask(old)
	engine := &fakeEngine{}
	o := options(t, engine)
	var told []int
	o.Progress = func(done, total int, key string) {
		if total != clipsOf || !strings.Contains(key, "/") {
			t.Errorf("progress %d of %d: %s", done, total, key)
		}
		told = append(told, done)
	}
	book := smallBook()
	r := mustRender(t, book, o)
	if !slices.IsSorted(told) || len(told) != clipsOf || told[0] != 1 {
		t.Errorf("progress: %v", told)
	}
	if got := int(engine.spoke.Load()); got != clipsOf-2-1 { // beeps, recording
		t.Errorf("%d texts spoken, want %d", got, clipsOf-2-1)
	}
	for _, lang := range book.Line.Languages {
		if got := len(r.Clips[lang]); got != clipsOf/2 {
			t.Errorf("%s: %d clips, want %d", lang, got, clipsOf/2)
		}
		if _, ok := r.Clips[lang]["queue-position"]; ok {
			t.Errorf("%s: the template of the positions was spoken", lang)
		}
		for key, c := range r.Clips[lang] {
			checkClip(t, o.OutDir, r.ID, lang, key, c)
		}
	}
	if c := r.Clips["en"][book.PositionKey(3)]; c.Text != "You are number 3" || c.Source != "fake" || !strings.Contains(c.File, "/queue-position-3.") {
		t.Errorf("third position: %+v", c)
	}
	if c := r.Clips["it"]["welcome"]; c.Source != "recording" || c.Text != "Benvenuti" {
		t.Errorf("recording: %+v", c)
	}
	if a, b := r.Clips["it"][KeyBeep], r.Clips["en"][KeyBeep]; math.Abs(a.Seconds-0.4) > 1e-9 || filepath.Base(a.File) != filepath.Base(b.File) {
		t.Errorf("beeps: %+v %+v", a, b)
	}
	hears(t, filepath.Join(o.OutDir, r.Clips["it"]["welcome"].File), 700)
}

// checkClip proves that a clip's files are there, readable by all and as long as it says.
func checkClip(t *testing.T, root, id, lang, key string, c Clip) {
	t.Helper()
	if c.Key != key || !strings.HasPrefix(c.File, "releases/"+id+"/"+lang+"/") {
		t.Errorf("%s/%s: %+v", lang, key, c)
	}
	for ext, rate := range map[string]float64{".alaw": 8000, ".sln16": 32000} {
		path := filepath.Join(root, c.File+ext)
		info, err := os.Stat(path)
		if err != nil {
			t.Error(err)
			continue
		}
		if math.Abs(float64(info.Size())/rate-c.Seconds) > 1e-9 || c.Seconds < 0.1 {
			t.Errorf("%s: %d bytes, %.4f s", path, info.Size(), c.Seconds)
		}
		if info.Mode().Perm() != 0o644 {
			t.Errorf("%s: mode %v", path, info.Mode())
		}
		for dir := filepath.Dir(path); strings.HasPrefix(dir, root); dir = filepath.Dir(dir) {
			if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o755 {
				t.Errorf("%s: %v %v", dir, info.Mode(), err)
			}
		}
	}
}

// hears proves that a published clip is a tone of f Hz at the level of all clips.
func hears(t *testing.T, file string, f float64) {
	t.Helper()
	data, err := os.ReadFile(file + ".alaw")
	if err != nil {
		t.Fatal(err)
	}
	s := audio.FromPCM16(audio.DecodeALaw(data), 8000)
	var re, im, all float64
	for i, v := range s.Samples {
		w := 2 * math.Pi * f * float64(i) / 8000
		re += float64(v) * math.Cos(w)
		im += float64(v) * math.Sin(w)
		all += float64(v) * float64(v)
	}
	if part := 2 * (re*re + im*im) / float64(len(s.Samples)) / all; part < 0.95 {
		t.Errorf("%.0f%% of %s is at %.0f Hz", 100*part, file, f)
	}
	if l := audio.Measure(s).Level; math.Abs(l-audio.TargetLevel) > 1 {
		t.Errorf("level %.1f dBov", l)
	}
}

func TestRenderAgainSpeaksNothing(t *testing.T) {
	o := options(t, &fakeEngine{})
	first := mustRender(t, smallBook(), o)
	before, err := os.Stat(filepath.Join(o.OutDir, first.Clips["it"]["goodbye"].File+".alaw"))
	if err != nil {
		t.Fatal(err)
	}
	again := &fakeEngine{}
	o.Engine = again
	second := mustRender(t, smallBook(), o)
	if n := again.spoke.Load(); n != 0 {
		t.Errorf("%d texts were spoken again", n)
	}
	if diff := cmp.Diff(first.Clips, second.Clips); diff != "" || first.ID != second.ID {
		t.Errorf("another release (-first +second):\n%s", diff)
	}
	after, err := os.Stat(filepath.Join(o.OutDir, second.Clips["it"]["goodbye"].File+".alaw"))
	if err != nil || !os.SameFile(before, after) {
		t.Errorf("the release was written again: %v", err)
	}
}

func TestRenderOneTextAnew(t *testing.T) {
	o := options(t, &fakeEngine{})
	first := mustRender(t, smallBook(), o)
	book := smallBook()
	book.Texts["it"]["goodbye"] = "A presto"
	again := &fakeEngine{}
	o.Engine = again
	second := mustRender(t, book, o)
	if n := again.spoke.Load(); n != 1 || first.ID == second.ID {
		t.Errorf("%d texts spoken, want 1; releases %s and %s", n, first.ID, second.ID)
	}
	same := func(lang, key string) bool {
		a, err := os.Stat(filepath.Join(o.OutDir, first.Clips[lang][key].File+".sln16"))
		b, err2 := os.Stat(filepath.Join(o.OutDir, second.Clips[lang][key].File+".sln16"))
		if err := errors.Join(err, err2); err != nil {
			t.Fatal(err)
		}
		return os.SameFile(a, b)
	}
	if !same("en", "goodbye") || same("it", "goodbye") {
		t.Error("what did not change should be linked, what did should not")
	}
}

func TestReleaseIDCoversEverything(t *testing.T) {
	base := mustRender(t, tinyBook(), options(t, &fakeEngine{})).ID
	moved := tinyBook()
	moved.Dir = "/elsewhere"
	if got := mustRender(t, moved, options(t, &fakeEngine{})).ID; got != base {
		t.Error("the folder's name changes the release")
	}
	hours := tinyBook()
	hours.Hours = map[string]Hours{"office": {From: 1, To: 2}}
	mute := tinyBook()
	mute.Recordings = nil
	for name, got := range map[string]string{
		"hours":     mustRender(t, hours, options(t, &fakeEngine{})).ID,
		"recording": mustRender(t, mute, options(t, &fakeEngine{})).ID,
	} {
		if got == base {
			t.Errorf("%s do not change the release", name)
		}
	}
}

func TestRenderRepairsTheCache(t *testing.T) {
	for name, spoil := range map[string]func(path string) error{
		"cut":     func(p string) error { return os.Truncate(p, 100) },
		"emptied": func(p string) error { return os.Truncate(p, 0) },
		"deleted": os.Remove,
		"flipped": func(p string) error {
			data, err := os.ReadFile(p)
			if err == nil {
				data[len(data)/2] ^= 1
				err = os.WriteFile(p, data, 0o644)
			}
			return err
		},
	} {
		for _, ext := range []string{"*.wav", "*.json"} {
			t.Run(name+ext[1:], func(t *testing.T) {
				o := options(t, &fakeEngine{})
				first := mustRender(t, tinyBook(), o)
				files, err := filepath.Glob(filepath.Join(o.CacheDir, ext))
				if err != nil || len(files) == 0 {
					t.Fatal("no cache", err)
				}
				for _, f := range files {
					if err := spoil(f); err != nil {
						t.Fatal(err)
					}
				}
				o.OutDir = t.TempDir()
				second := mustRender(t, tinyBook(), o)
				if diff := cmp.Diff(first.Clips, second.Clips); diff != "" {
					t.Errorf("another release:\n%s", diff)
				}
				hears(t, filepath.Join(o.OutDir, second.Clips["it"]["welcome"].File), 700)
			})
		}
	}
}

func TestRenderWithoutVoice(t *testing.T) {
	_, _, err := Render(t.Context(), smallBook(), options(t, &fakeEngine{mute: map[string]bool{"en": true}}))
	if err == nil || !strings.Contains(err.Error(), `no speech engine speaks "en"`) || !strings.Contains(err.Error(), "espeak-ng") {
		t.Errorf("got %v", err)
	}
	_, _, err = Render(t.Context(), smallBook(), options(t, nil))
	if err == nil || !strings.Contains(err.Error(), "no speech engine") {
		t.Errorf("got %v", err)
	}
}

func TestRenderInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	engine := &fakeEngine{}
	engine.before = func(ctx context.Context, _ string) error {
		if engine.spoke.Load() == 20 {
			cancel()
		}
		return ctx.Err()
	}
	o := options(t, engine)
	if _, _, err := Render(ctx, smallBook(), o); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want context.Canceled", err)
	}
	if left, _ := filepath.Glob(filepath.Join(o.OutDir, "releases", "*")); len(left) > 0 {
		t.Errorf("a half release: %v", left)
	}
	again := &fakeEngine{}
	o.Engine = again
	mustRender(t, smallBook(), o)
	if n := again.spoke.Load(); n > clipsOf-3-19+1 {
		t.Errorf("%d texts spoken: those of the first time were lost", n)
	}
}

func TestRenderEngineFails(t *testing.T) {
	engine := &fakeEngine{before: func(_ context.Context, text string) error {
		if text == Spoken("en", "Goodbye") {
			return errors.New("out of breath")
		}
		return nil
	}}
	o := options(t, engine)
	_, _, err := Render(t.Context(), smallBook(), o)
	if err == nil || !strings.Contains(err.Error(), "en/goodbye") || !strings.Contains(err.Error(), "out of breath") {
		t.Fatalf("got %v", err)
	}
}

func TestRenderTwiceAtOnce(t *testing.T) {
	o := options(t, &fakeEngine{})
	type result struct {
		id  string
		err error
	}
	results := make(chan result)
	for range 2 {
		go func() {
			r, _, err := Render(t.Context(), smallBook(), o)
			if err != nil {
				results <- result{err: err}
				return
			}
			results <- result{id: r.ID}
		}()
	}
	a, b := <-results, <-results
	if a.err != nil || b.err != nil || a.id != b.id {
		t.Fatalf("%+v %+v", a, b)
	}
	if left, _ := filepath.Glob(filepath.Join(o.OutDir, "releases", "*")); len(left) != 0 {
		for _, l := range left {
			if filepath.Base(l) != a.id {
				t.Errorf("left behind: %s", l)
			}
		}
	}
}

func TestRenderNowhere(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	o := options(t, &fakeEngine{})
	o.OutDir = file
	if _, _, err := Render(t.Context(), tinyBook(), o); err == nil || !strings.Contains(err.Error(), "folder for releases") {
		t.Errorf("got %v", err)
	}
	o = options(t, &fakeEngine{})
	o.CacheDir = file
	if _, _, err := Render(t.Context(), tinyBook(), o); err == nil || !strings.Contains(err.Error(), "spoken texts") {
		t.Errorf("got %v", err)
	}
}

func TestStorageError(t *testing.T) {
	full := fmt.Errorf("keep: %w", &os.PathError{Op: "write", Path: "/x", Err: syscall.ENOSPC})
	if got := storageError(full, "/var/cache"); !strings.Contains(got.Error(), "the disk that holds /var/cache is full: free some space") {
		t.Errorf("got %v", got)
	}
	other := errors.New("other")
	if got := storageError(other, "/x"); !errors.Is(got, other) {
		t.Errorf("got %v", got)
	}
}
