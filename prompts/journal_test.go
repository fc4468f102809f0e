package prompts

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// renderText renders tinyBook with another text.
func renderText(t *testing.T, o RenderOptions, text string) *Release {
	t.Helper()
	book := tinyBook()
	book.Texts["it"]["goodbye"] = text
	return mustRender(t, book, o)
}

func mustCommit(t *testing.T, root string, c Change) Entry {
	t.Helper()
	e, err := Commit(root, c, nil)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func mustJournal(t *testing.T, root string) Journal {
	t.Helper()
	j, err := ReadJournal(root)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func TestJournal(t *testing.T) {
	o := options(t, &fakeEngine{})
	root := o.OutDir
	if _, ok := mustJournal(t, root).Current(); ok {
		t.Error("something is in service before anything was published")
	}
	one, two, three := renderText(t, o, "il primo testo"), renderText(t, o, "il secondo testo"), renderText(t, o, "il terzo testo")
	mustCommit(t, root, Change{ID: one.ID, Author: "Anna", Reason: "first\n of all"})
	mustCommit(t, root, Change{ID: two.ID})
	if e, err := Commit(root, Change{ID: two.ID}, nil); !errors.Is(err, ErrCurrent) || e.Number != 2 {
		t.Errorf("the same again: %+v %v", e, err)
	}
	mustCommit(t, root, Change{ID: three.ID})
	previous := func(want int) {
		t.Helper()
		if e, _ := mustJournal(t, root).Previous(); e.Number != want {
			t.Errorf("previous is %d, want %d", e.Number, want)
		}
	}
	previous(2)
	mustCommit(t, root, Change{Back: 2, Reason: "wrong hours"})
	previous(1)
	mustCommit(t, root, Change{ID: three.ID}) // an old content under a new number
	previous(2)                               // not 3, which was taken back
	if _, err := Commit(root, Change{Back: 9}, nil); err == nil || !strings.Contains(err.Error(), "no release 9") {
		t.Errorf("back to nothing: %v", err)
	}
	if _, err := Commit(root, Change{ID: "0123456789ab"}, nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a release that is not there: %v", err)
	}
	want := Journal{
		{Number: 1, ID: one.ID, Author: "Anna", Reason: "first of all"},
		{Number: 2, ID: two.ID, Before: 1},
		{Number: 3, ID: three.ID, Before: 2},
		{Number: 2, ID: two.ID, Before: 3, Back: true, Reason: "wrong hours"},
		{Number: 4, ID: three.ID, Before: 2},
	}
	got := mustJournal(t, root)
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(Entry{}, "At", "Book")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got[0].Book == "" || got[0].Book == got[1].Book || got[2].Book != got[4].Book || time.Since(got[0].At) > time.Minute {
		t.Errorf("books and times: %+v", got)
	}
}

// TestJournalCutAnywhere: a process is killed over the append. Whatever was written of the line, the release before is in service,
// and the next one is published as if nothing had been.
func TestJournalCutAnywhere(t *testing.T) {
	o := options(t, &fakeEngine{})
	one, two := renderText(t, o, "il primo testo"), renderText(t, o, "il secondo testo")
	mustCommit(t, o.OutDir, Change{ID: one.ID})
	path := filepath.Join(o.OutDir, journalFile)
	before, _ := os.ReadFile(path)
	mustCommit(t, o.OutDir, Change{ID: two.ID})
	after, _ := os.ReadFile(path)
	for n := len(before); n <= len(after); n++ {
		if err := os.WriteFile(path, after[:n], 0o644); err != nil {
			t.Fatal(err)
		}
		want := 1
		if n == len(after) {
			want = 2
		}
		if e, _ := mustJournal(t, o.OutDir).Current(); e.Number != want {
			t.Fatalf("%d bytes of the line: release %d is in service, want %d", n-len(before), e.Number, want)
		}
		e, err := Commit(o.OutDir, Change{ID: two.ID}, nil)
		if e.Number != 2 || (err != nil) != (want == 2) {
			t.Fatalf("%d bytes of the line: published as %+v, %v", n-len(before), e, err)
		}
	}
	if err := os.WriteFile(path, append([]byte("{}\n"), after...), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadJournal(o.OutDir); err == nil || !strings.Contains(err.Error(), "line 1 ") {
		t.Errorf("a damaged line: %v", err)
	}
}

func TestCommitRefusesDamage(t *testing.T) {
	o := options(t, &fakeEngine{})
	one, two := renderText(t, o, "il primo testo"), renderText(t, o, "il secondo testo")
	mustCommit(t, o.OutDir, Change{ID: one.ID})
	if err := os.Remove(filepath.Join(o.OutDir, two.Clips["it"]["goodbye"].File+".sln16")); err != nil {
		t.Fatal(err)
	}
	if _, err := Commit(o.OutDir, Change{ID: two.ID}, nil); err == nil || !strings.Contains(err.Error(), "it/goodbye is missing") {
		t.Errorf("got %v", err)
	}
	if _, err := Commit(o.OutDir, Change{ID: two.ID}, func() bool { return true }); !errors.Is(err, ErrBusy) {
		t.Errorf("busy: got %v", err)
	}
	if j := mustJournal(t, o.OutDir); len(j) != 1 {
		t.Errorf("the journal has changed: %+v", j)
	}
}

func TestCommitAtOnce(t *testing.T) {
	o := options(t, &fakeEngine{})
	var all sync.WaitGroup
	for i := range 8 {
		r := renderText(t, o, fmt.Sprint("testo ", i))
		all.Go(func() {
			if _, err := Commit(o.OutDir, Change{ID: r.ID}, nil); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	j := mustJournal(t, o.OutDir)
	for i, e := range j {
		if e.Number != i+1 || e.Before != i {
			t.Errorf("entry %d: %+v", i, e)
		}
	}
	if len(j) != 8 {
		t.Errorf("%d entries for 8 releases", len(j))
	}
}

// TestPruneKeeps: the release in service stays although it is old and many newer ones were rendered, and so do the newest of
// the journal.
func TestPruneKeeps(t *testing.T) {
	o := options(t, &fakeEngine{})
	served := renderText(t, o, "in servizio")
	mustCommit(t, o.OutDir, Change{ID: served.ID})
	releases := filepath.Join(o.OutDir, releasesDir)
	age := func(id string, d time.Duration) {
		then := time.Now().Add(-d)
		if err := errors.Join(os.MkdirAll(filepath.Join(releases, id), 0o755), os.Chtimes(filepath.Join(releases, id), then, then)); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 25 {
		age(fmt.Sprintf("aaaaaaaaaa%02d", i), time.Duration(30+i)*time.Hour)
	}
	age(served.ID, 1000*time.Hour)
	next := renderText(t, o, "prossimo")
	if _, err := LoadRelease(o.OutDir, served.ID); err != nil {
		t.Fatalf("the release in service was pruned: %v", err)
	}
	mustCommit(t, o.OutDir, Change{ID: next.ID})
	if info, err := os.Stat(filepath.Join(releases, served.ID)); err != nil || time.Since(info.ModTime()) > time.Minute {
		t.Errorf("the release that calls still use looks unused: %v", err)
	}
	left, _ := os.ReadDir(releases)
	if len(left) >= 27 {
		t.Errorf("nothing was pruned: %d folders", len(left))
	}
}

// TestKilledPublisher kills processes that render and commit, at many points. After each, what the journal says is in
// service can be loaded and played, whole.
func TestKilledPublisher(t *testing.T) {
	if root := os.Getenv("PRONTO_TEST_PUBLISH"); root != "" {
		publishForever(t, root)
	}
	root := t.TempDir()
	o := RenderOptions{Engine: &fakeEngine{}, CacheDir: filepath.Join(root, "cache"), OutDir: filepath.Join(root, "sounds")}
	mustCommit(t, o.OutDir, Change{ID: renderText(t, o, "il primo testo").ID})
	last, moved := 1, 0
	for i := range 60 {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestKilledPublisher$")
		cmd.Env = append(os.Environ(), "PRONTO_TEST_PUBLISH="+root)
		ready, _ := cmd.StdoutPipe()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		_, _ = ready.Read(make([]byte, 1))
		time.Sleep(time.Duration(i) * 700 * time.Microsecond)
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		cancel()
		e, ok := mustJournal(t, o.OutDir).Current()
		if !ok || e.Number < last {
			t.Fatalf("kill %d: release %d after release %d", i, e.Number, last)
		}
		if e.Number > last {
			moved++
		}
		last = e.Number
		r, err := LoadRelease(o.OutDir, e.ID)
		if err != nil {
			t.Fatalf("kill %d: %v", i, err)
		}
		for key, c := range r.Clips["it"] {
			checkClip(t, o.OutDir, r.ID, "it", key, c)
		}
	}
	t.Logf("60 kills; %d releases were published meanwhile, by %d of the processes", last, moved)
	if moved == 0 || moved == 60 {
		t.Error("the kills are all before or all behind the publication: they prove nothing")
	}
}

// publishForever is the process that gets killed.
func publishForever(t *testing.T, root string) {
	o := RenderOptions{Engine: &fakeEngine{}, CacheDir: filepath.Join(root, "cache"), OutDir: filepath.Join(root, "sounds")}
	_, _ = os.Stdout.WriteString("!")
	for i := 0; ; i++ {
		r := renderText(t, o, fmt.Sprint("testo ", os.Getpid(), " ", i))
		mustCommit(t, o.OutDir, Change{ID: r.ID, Reason: strings.Repeat("perché ", 60)})
	}
}

func TestDiff(t *testing.T) {
	o := options(t, &fakeEngine{})
	book := smallBook()
	book.Hours = map[string]Hours{"office": {Days: []time.Weekday{1, 2}, From: 9 * time.Hour, To: 18 * time.Hour}}
	book.Rescue = map[string]Rescue{"default": {Number: "112", Say: "goodbye"}}
	book.Nodes["menu"] = Node{Name: "menu", Kind: KindMenu, Say: []string{"goodbye"}, Keys: map[string]string{"1": "welcome"}, Wait: 6 * time.Second, Tries: 3}
	from := mustRender(t, book, o)
	if got := Diff(from, from); len(got) != 0 {
		t.Errorf("a release differs from itself: %+v", got)
	}
	loaded, err := LoadRelease(o.OutDir, from.ID)
	if err != nil {
		t.Fatal(err)
	}
	other := smallBook()
	other.Hours = map[string]Hours{"office": {Days: []time.Weekday{1, 2, 3}, From: 8*time.Hour + 30*time.Minute, To: 18 * time.Hour}}
	other.Rescue = map[string]Rescue{"default": {Number: "118", Say: "goodbye"}}
	other.Nodes["menu"] = Node{Name: "menu", Kind: KindMenu, Say: []string{"goodbye"}, Keys: map[string]string{"2": "welcome"}, Wait: 10 * time.Second, Tries: 3}
	other.Texts["it"]["goodbye"] = "Arrivederci e grazie della chiamata"
	to, _, err := Preview(t.Context(), other, o)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range Diff(loaded, to) {
		got = append(got, strings.Join([]string{d.Part, d.Language, d.Where, d.Old, d.New}, "|"))
		if d.Part == PartTimes && d.NewSeconds <= d.OldSeconds {
			t.Errorf("the longer text is not longer: %+v", d)
		}
	}
	want := []string{
		"texts|it|goodbye|Arrivederci|Arrivederci e grazie della chiamata",
		"nodes||nodes.menu.keys.1|welcome|", "nodes||nodes.menu.keys.2||welcome", "nodes||nodes.menu.wait|6s|10s",
		"rescue||rescue.default.number|112|118",
		"hours||hours.office.days|mon, tue|mon, tue, wed", "hours||hours.office.from|09:00|08:30",
		"times|it|menu||",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := os.Stat(filepath.Join(o.OutDir, releasesDir, to.ID)); !os.IsNotExist(err) {
		t.Errorf("a preview has written a release: %v", err)
	}
	if _, err := json.Marshal(Diff(loaded, to)); err != nil {
		t.Error(err)
	}
}

// TestDiffSound: the same words in another voice.
func TestDiffSound(t *testing.T) {
	o := options(t, &fakeEngine{})
	spoken := smallBook()
	spoken.Recordings = nil
	got := Diff(mustRender(t, smallBook(), o), mustRender(t, spoken, o))
	if len(got) == 0 || !got[0].Sound || got[0].Where != "welcome" || got[0].Old != got[0].New {
		t.Errorf("got %+v", got)
	}
}

// TestOneWord: a word edited in both languages is spoken once per language; every other file of the release is the one of before.
func TestOneWord(t *testing.T) {
	o := options(t, &fakeEngine{})
	first := mustRender(t, smallBook(), o)
	book := smallBook()
	for _, lang := range book.Line.Languages {
		book.Texts[lang]["goodbye"] += " domani"
	}
	engine := &fakeEngine{}
	o.Engine = engine
	second := mustRender(t, book, o)
	if n := engine.spoke.Load(); n != 2 {
		t.Errorf("%d texts spoken, want 2", n)
	}
	var written []string
	for lang, clips := range second.Clips {
		for key, clip := range clips {
			for _, f := range formats {
				a, err := os.Stat(filepath.Join(o.OutDir, first.Clips[lang][key].File+f.ext))
				b, err2 := os.Stat(filepath.Join(o.OutDir, clip.File+f.ext))
				if err := errors.Join(err, err2); err != nil && key != "goodbye" {
					t.Fatal(err)
				}
				if !os.SameFile(a, b) {
					written = append(written, lang+"/"+key+f.ext)
				}
			}
		}
	}
	slices.Sort(written)
	want := []string{"en/goodbye.alaw", "en/goodbye.sln16", "it/goodbye.alaw", "it/goodbye.sln16"}
	if diff := cmp.Diff(want, written); diff != "" {
		t.Errorf("files written anew (-want +got):\n%s", diff)
	}
}
