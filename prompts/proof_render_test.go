package prompts

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"pronto/prompts/audio"
)

// TestRenderRefusesUnproven: a book that does not keep its limits is spoken, measured and not published.
func TestRenderRefusesUnproven(t *testing.T) {
	book := tinyBook()
	book.Limits.RescueAdvice, book.Rescue = 10*time.Second, map[string]Rescue{"default": {Number: "112", Say: "welcome"}}
	o := options(t, &fakeEngine{})
	release, faults, err := Render(t.Context(), book, o)
	if !errors.Is(err, ErrUnproven) || release != nil {
		t.Fatalf("release %v, error %v", release, err)
	}
	if len(faults) != 1 || faults[0].Warning || !strings.Contains(faults[0].String(), "in it the first rescue advice is never told, limits.rescue-advice is 10s") {
		t.Errorf("faults %v", faults)
	}
	if made, _ := os.ReadDir(filepath.Join(o.OutDir, releasesDir)); len(made) > 0 {
		t.Errorf("something was published: %v", made)
	}
	shown, faults, err := Preview(t.Context(), book, o)
	if err != nil || len(faults) != 1 || !shown.Proofs.Languages[0].Rescue.Never {
		t.Errorf("previewed %v, faults %v, error %v", shown, faults, err)
	}

	book.Texts["it"]["welcome"] = "Chiamate il 112"
	r := mustRender(t, book, o)
	if way := r.Proofs.Languages[0].Rescue; way.Never || way.Seconds != seconds(length([]Clip{r.Clips["it"]["welcome"]})) {
		t.Errorf("the rescue advice is told at %+v, the text takes %v s", way, r.Clips["it"]["welcome"].Seconds)
	}
	again, err := LoadRelease(o.OutDir, r.ID)
	if err != nil || again.Proofs.Languages[0].Rescue != r.Proofs.Languages[0].Rescue {
		t.Errorf("the proofs are not kept with the release: %+v, %v", again, err)
	}
}

// TestProofsTellOfRecordings: what the renderer heard in the recordings is kept with the release.
func TestProofsTellOfRecordings(t *testing.T) {
	for name, c := range map[string]struct {
		level float32
		want  string
	}{
		"silent":  {0, "nothing can be heard"},
		"quiet":   {0.04, "its level is"},
		"clipped": {100, "cut off at full scale"},
	} {
		t.Run(name, func(t *testing.T) {
			book := tinyBook()
			samples := tone(8000, 700, 1)
			for i := range samples {
				samples[i] = max(-1, min(1, samples[i]*c.level))
			}
			book.FS = fstest.MapFS{"audio/it/welcome.wav": {Data: audio.EncodeWAV(audio.Sound{Samples: samples}.PCM16(), 8000)}}
			r, _, err := Render(t.Context(), book, options(t, &fakeEngine{}))
			if err != nil {
				t.Fatal(err)
			}
			var told []string
			for _, f := range r.Proofs.Audio {
				told = append(told, f.String())
			}
			if all := strings.Join(told, "\n"); !strings.Contains(all, c.want) || !strings.Contains(all, "welcome.wav") {
				t.Errorf("the proofs say\n%s\nwant %q", all, c.want)
			}
		})
	}
}
