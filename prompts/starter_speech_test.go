package prompts

import (
	"syscall"
	"testing"
	"time"

	"pronto/prompts/protezionecivile"
)

// processorTime is what this process and the engines that have ended used.
func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var sum time.Duration
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var u syscall.Rusage
		if err := syscall.Getrusage(who, &u); err != nil {
			t.Fatal(err)
		}
		sum += time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	return sum
}

// TestStarterKeepsItsLimits speaks the whole starter book with the real engines, from nothing: in every language the
// rescue number has been told within 10 s and the key for a person within 30 s, and all of it is ready in a minute. Then it listens
// to the files themselves, and changes one word.
func TestStarterKeepsItsLimits(t *testing.T) {
	book, faults := Load(protezionecivile.Starter(), "")
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	engine, err := AutoEngine(t.Context(), realRunner(t))
	if err != nil {
		t.Fatal(err)
	}
	begun, used := time.Now(), processorTime(t)
	o := RenderOptions{Engine: engine, CacheDir: t.TempDir(), OutDir: t.TempDir()}
	release, problems, err := Render(t.Context(), book, o)
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	took, busy, clips := time.Since(begun), (processorTime(t)-used)/workers, 0
	for _, lang := range release.Clips {
		clips += len(lang)
	}
	t.Logf("%d clips in %.1f s, of which both processors were busy with it for %.1f s", clips, took.Seconds(), busy.Seconds())
	if busy > slower*time.Minute { // other tests may share the machine: the time on the wall is theirs, too
		t.Errorf("the starter book takes %s of two processors from nothing, want at most a minute", busy)
	}
	if len(book.Line.Languages) != 5 || book.Limits.RescueAdvice != 10*time.Second || book.Limits.OperatorChoice != 30*time.Second {
		t.Errorf("the starter's own limits are %+v in %v", book.Limits, book.Line.Languages)
	}
	for _, p := range Prove(release).Languages {
		t.Logf("%s: rescue %.1f s, operator %.1f s, language %.1f s, long menus %v", p.Language, p.Rescue.Seconds, p.Operator.Seconds, p.Chosen.Seconds, p.LongMenus)
		if p.Rescue.Never || p.Rescue.Seconds > book.Limits.RescueAdvice.Seconds() {
			t.Errorf("%s: the rescue number has been told after %.1f s", p.Language, p.Rescue.Seconds)
		}
		if p.Operator.Never || p.Operator.Seconds > book.Limits.OperatorChoice.Seconds() {
			t.Errorf("%s: the key for a person has been told after %.1f s", p.Language, p.Operator.Seconds)
		}
		if len(p.LongMenus) > 0 {
			t.Errorf("%s: nobody remembers menus that long: %v", p.Language, p.LongMenus)
		}
	}
	checkFiles(t, o.OutDir, release)
	checkOneWord(t, book, engine, o, release)
}
