package prompts

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestLoadRelease(t *testing.T) {
	book := smallBook()
	book.Hours = map[string]Hours{"office": {Days: []time.Weekday{1, 2}, From: 9 * time.Hour, To: 18 * time.Hour, Closed: []string{"2026-12-25"}}}
	book.Topics = map[string]Topic{"report": {Class: 1, Skills: []string{"report"}}}
	book.Rescue = map[string]Rescue{"default": {Number: "112", Say: "dial-112"}}
	book.Nodes["menu"] = Node{Name: "menu", Kind: KindMenu, Say: []string{}, Keys: map[string]string{"1": "welcome"}, Wait: 6 * time.Second, Tries: 3}
	book.Limits = Limits{Options: 5}
	o := options(t, &fakeEngine{})
	want := mustRender(t, book, o)
	got, err := LoadRelease(o.OutDir, want.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(Book{}, "Dir", "FS", "Recordings", "Bound", "places")); diff != "" {
		t.Errorf("(-rendered +loaded):\n%s", diff)
	}
	if got.Book.Dir != "" || got.Book.Recordings != nil {
		t.Errorf("the release tells of the folder it was made from: %q %v", got.Book.Dir, got.Book.Recordings)
	}
}

func TestLoadReleaseRefuses(t *testing.T) {
	root := t.TempDir()
	write := func(id, text string) {
		t.Helper()
		dir := filepath.Join(root, "releases", id)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "release.json"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("000000000001", `{"format":1,"id":"000000000001"`)
	write("000000000002", `{"format":2,"id":"000000000002"}`)
	write("000000000003", `{"format":1,"id":"000000000003"}`)
	write("000000000004", `{"format":1,"id":"000000000003","book":{"Line":{"Languages":["it"]}}}`)
	write("000000000005", `{"format":1,"id":"000000000005","book":{"Line":{"Languages":[]}}}`)
	for id, want := range map[string]string{
		"": "12 hex digits", "../../etc/secret": "12 hex digits", "00000000000A": "12 hex digits",
		"0123456789ab": "read release", "000000000001": "unexpected end", "000000000002": "format 2",
		"000000000003": "damaged", "000000000004": "damaged", "000000000005": "damaged",
	} {
		if r, err := LoadRelease(root, id); err == nil || !strings.Contains(err.Error(), want) || r != nil {
			t.Errorf("%q: got %v, want %q", id, err, want)
		}
	}
	if _, err := LoadRelease(root, "0123456789ab"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a release that is not there: got %v, want fs.ErrNotExist", err)
	}
}

func TestRenderRepairsTheRelease(t *testing.T) {
	for name, spoil := range map[string]func(dir, clip string) error{
		"clip gone":    func(_, clip string) error { return os.Remove(clip) },
		"clip cut":     func(_, clip string) error { return os.Truncate(clip, 10) },
		"release.json": func(dir, _ string) error { return os.Truncate(filepath.Join(dir, "release.json"), 20) },
		"empty":        func(dir, _ string) error { return errors.Join(os.RemoveAll(dir), os.Mkdir(dir, 0o755)) },
	} {
		t.Run(name, func(t *testing.T) {
			o := options(t, &fakeEngine{})
			r := mustRender(t, tinyBook(), o)
			dir := filepath.Join(o.OutDir, "releases", r.ID)
			if err := spoil(dir, filepath.Join(o.OutDir, r.Clips["it"]["goodbye"].File+".alaw")); err != nil {
				t.Fatal(err)
			}
			again := mustRender(t, tinyBook(), o)
			for lang, clips := range again.Clips {
				for key, c := range clips {
					checkClip(t, o.OutDir, r.ID, lang, key, c)
				}
			}
			if dirs, err := os.ReadDir(filepath.Join(o.OutDir, "releases")); err != nil || len(dirs) != 1 {
				t.Errorf("left behind: %v %v", dirs, err)
			}
		})
	}
}

func TestOldReleases(t *testing.T) {
	o := options(t, &fakeEngine{})
	old := func(name string, age time.Duration) {
		t.Helper()
		dir := filepath.Join(o.OutDir, "releases", name)
		then := time.Now().Add(-age)
		if err := errors.Join(os.MkdirAll(dir, 0o755), os.Chtimes(dir, then, then)); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 22 { // younger than a day: all stay
		old(fmt.Sprintf("aaaaaaaaaa%02d", i), time.Duration(i)*time.Hour)
	}
	for i := range 5 {
		old(fmt.Sprintf("bbbbbbbbbb%02d", i), time.Duration(30+i)*time.Hour)
	}
	old(".building-dead", 2*time.Hour)
	old(".building-live", time.Minute)
	old("notes", 1000*time.Hour) // not ours
	r := mustRender(t, tinyBook(), o)
	names := map[string]bool{}
	entries, err := os.ReadDir(filepath.Join(o.OutDir, "releases"))
	if err != nil {
		t.Fatal(err)
	}
	count := map[byte]int{}
	for _, e := range entries {
		names[e.Name()] = true
		count[e.Name()[0]]++
	}
	if !names[r.ID] || !names["notes"] || !names[".building-live"] || names[".building-dead"] || count['b'] > 1 {
		t.Errorf("left: %v", names)
	}
	for i := range 22 {
		if !names[fmt.Sprintf("aaaaaaaaaa%02d", i)] {
			t.Errorf("a release of %d hours is gone", i)
		}
	}
	if names["bbbbbbbbbb00"] {
		t.Error("a release beyond the newest twenty and older than a day is still there")
	}
}

func TestCacheForgets(t *testing.T) {
	o := options(t, &fakeEngine{})
	mustRender(t, tinyBook(), o)
	stray := filepath.Join(o.CacheDir, "feed.wav")
	used, err := filepath.Glob(filepath.Join(o.CacheDir, "*.json"))
	if err != nil || len(used) == 0 {
		t.Fatal("no cache", err)
	}
	then := time.Now().Add(-keepUnused + time.Hour)
	for _, path := range used {
		if err := os.Chtimes(path, then, then); err != nil {
			t.Fatal(err)
		}
	}
	long := time.Now().Add(-keepUnused - time.Hour)
	if err := errors.Join(os.WriteFile(stray, nil, 0o644), os.Chtimes(stray, long, long)); err != nil {
		t.Fatal(err)
	}
	mustRender(t, tinyBook(), o)
	if _, err := os.Stat(stray); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what nobody uses is still there: %v", err)
	}
	for _, path := range used {
		if info, err := os.Stat(path); err != nil || time.Since(info.ModTime()) > time.Hour {
			t.Errorf("what is used is not marked so: %v", err)
		}
	}
}

// childDir tells a test binary started by TestKilledRender where to render.
const childDir = "PRONTO_TEST_RENDER_IN"

// TestKilledRender kills a rendering process at several instants. No half release may be seen, ever, and the next
// start must make it whole.
func TestKilledRender(t *testing.T) {
	if dir := os.Getenv(childDir); dir != "" {
		o := RenderOptions{Engine: &fakeEngine{}, CacheDir: filepath.Join(dir, "cache"), OutDir: filepath.Join(dir, "sounds")}
		o.Progress = func(done, _ int, _ string) { fmt.Printf("\nspoken %d\n", done) }
		mustRender(t, smallBook(), o)
		fmt.Printf("\nspoken all\n")
		return
	}
	dir := t.TempDir()
	for _, at := range []string{"spoken 1", "spoken 30", "spoken 67", fmt.Sprintf("spoken %d", clipsOf), "spoken all"} {
		killAt(t, dir, at)
		ids, err := filepath.Glob(filepath.Join(dir, "sounds", "releases", "[0-9a-f]*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range ids {
			r, err := LoadRelease(filepath.Join(dir, "sounds"), filepath.Base(id))
			if err != nil {
				t.Fatalf("killed at %q: %v", at, err)
			}
			for lang, clips := range r.Clips {
				for key, c := range clips {
					checkClip(t, filepath.Join(dir, "sounds"), r.ID, lang, key, c)
				}
			}
		}
		if at == "spoken all" && len(ids) != 1 {
			t.Errorf("%d releases in the end", len(ids))
		}
	}
}

func killAt(t *testing.T, dir, line string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilledRender$")
	cmd.Env = append(os.Environ(), childDir+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	seen := false
	for in := bufio.NewScanner(out); !seen && in.Scan(); {
		seen = in.Text() == line
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait() // it was killed, or finished just before
	if !seen {
		t.Fatalf("the child never said %q", line)
	}
}
