package prompts

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"pronto/prompts/audio"
)

// checkFiles asserts what every caller hears, clip by clip, on the very files that Asterisk plays: its length, its level and its
// peak, in both formats.
func checkFiles(t *testing.T, root string, r *Release) {
	t.Helper()
	files := 0
	lowest, highest, loudest := 0.0, -100.0, -100.0
	for lang, clips := range r.Clips {
		for key, clip := range clips {
			for _, ext := range []string{".alaw", ".sln16"} {
				sound := played(t, filepath.Join(root, clip.File)+ext)
				files++
				if got := float64(len(sound.Samples)) / float64(sound.Rate); math.Abs(got-clip.Seconds) > 1e-9 {
					t.Errorf("%s/%s%s takes %.4f s, the release says %.4f s", lang, key, ext, got, clip.Seconds)
				}
				level, peak := audio.Measure(sound).Level, sound.Peak()
				lowest, highest, loudest = min(lowest, level), max(highest, level), max(loudest, peak)
				if math.Abs(level-audio.TargetLevel) > 1 {
					t.Errorf("%s/%s%s: %.2f dBov, want %.0f +- 1 (%s, %.2f s: %s)", lang, key, ext, level, audio.TargetLevel, clip.Source, clip.Seconds, clip.Text)
				}
				if peak > audio.MaxPeak {
					t.Errorf("%s/%s%s: a peak of %.2f dBFS, want %.0f at most", lang, key, ext, peak, audio.MaxPeak)
				}
			}
		}
	}
	t.Logf("%d files: levels from %.2f to %.2f dBov, the highest peak %.2f dBFS", files, lowest, highest, loudest)
}

// played is a file as Asterisk reads it.
func played(t *testing.T, path string) audio.Sound {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasSuffix(path, ".alaw") {
		return audio.FromPCM16(audio.DecodeALaw(data), audio.TelephoneRate)
	}
	pcm := make([]int16, len(data)/2)
	for i := range pcm {
		pcm[i] = int16(uint16(data[2*i]) | uint16(data[2*i+1])<<8)
	}
	return audio.FromPCM16(pcm, audio.MasterRate)
}

// listening is an engine of which is known what it spoke.
type listening struct {
	Engine
	mu    sync.Mutex
	spoke []string
}

func (e *listening) Speak(ctx context.Context, lang, text string) (audio.Sound, error) {
	e.mu.Lock()
	e.spoke = append(e.spoke, lang+": "+text)
	e.mu.Unlock()
	return e.Engine.Speak(ctx, lang, text)
}

// checkOneWord changes one word in each language: one clip of each is spoken anew, and of all files just those are new.
func checkOneWord(t *testing.T, book *Book, engine Engine, o RenderOptions, before *Release) {
	t.Helper()
	const key = "operator-wait"
	edited := *book
	edited.Texts = map[string]map[string]string{}
	for lang, texts := range book.Texts {
		edited.Texts[lang] = map[string]string{}
		for k, text := range texts {
			edited.Texts[lang][k] = text
		}
		edited.Texts[lang][key] += " 1515."
	}
	ear := &listening{Engine: engine}
	o.Engine = ear
	after, faults, err := Render(t.Context(), &edited, o)
	if err != nil || len(faults) > 0 {
		t.Fatal(err, faults)
	}
	if len(ear.spoke) != len(book.Line.Languages) {
		t.Errorf("%d texts were spoken, want one per language: %q", len(ear.spoke), ear.spoke)
	}
	fresh := 0
	for lang, clips := range after.Clips {
		for k, clip := range clips {
			for _, ext := range []string{".alaw", ".sln16"} {
				old, err := os.Stat(filepath.Join(o.OutDir, before.Clips[lang][k].File) + ext)
				if err != nil {
					t.Fatal(err)
				}
				now, err := os.Stat(filepath.Join(o.OutDir, clip.File) + ext)
				if err != nil {
					t.Fatal(err)
				}
				if os.SameFile(old, now) != (k != key) {
					t.Errorf("%s/%s%s: the same file %v", lang, k, ext, os.SameFile(old, now))
				}
				if !os.SameFile(old, now) {
					fresh++
				}
			}
		}
	}
	t.Logf("one word in each language: %d texts spoken, %d of the release's files are new", len(ear.spoke), fresh)
	checkFiles(t, o.OutDir, after)
}
