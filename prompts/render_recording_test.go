package prompts

import (
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"pronto/prompts/audio"
)

func TestRenderTellsAboutRecordings(t *testing.T) {
	clipped := tone(8000, 700, 1)
	for i := 100; i < 105; i++ {
		clipped[i] = 1
	}
	pcm := func(x []float32) []byte { return audio.EncodeWAV(audio.Sound{Samples: x}.PCM16(), 8000) }
	for _, tt := range []struct {
		name, source, want string
		data               []byte
	}{
		{"unreadable", "fake", "not a WAV", []byte("rubbish")},
		{"cut short", "fake", "cut short", pcm(tone(8000, 700, 1))[:9000]},
		{"too short", "fake", "lasts only 0.20 s", pcm(tone(8000, 700, 0.2))},
		{"silent", "fake", "nothing can be heard", pcm(make([]float32, 8000))},
		{"clipped", "recording", "5 samples are cut off", pcm(clipped)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			book := tinyBook()
			book.FS = fstest.MapFS{"audio/it/welcome.wav": {Data: tt.data}}
			o := options(t, &fakeEngine{})
			for range 2 { // the second time it comes from the cache
				r, faults, err := Render(t.Context(), book, o)
				if err != nil {
					t.Fatal(err)
				}
				if len(faults) != 1 || !faults[0].Warning || faults[0].File != "/etc/book/audio/it/welcome.wav" ||
					!strings.Contains(faults[0].Message.String(), tt.want) || faults[0].Hint.None() {
					t.Errorf("faults: %+v", faults)
				}
				if got := r.Clips["it"]["welcome"].Source; got != tt.source {
					t.Errorf("source %q, want %q", got, tt.source)
				}
			}
		})
	}
}

func TestRenderMissingRecording(t *testing.T) {
	book := tinyBook()
	book.FS = fstest.MapFS{}
	r, faults, err := Render(t.Context(), book, options(t, &fakeEngine{}))
	if err != nil || len(faults) != 1 || !strings.Contains(faults[0].Message.String(), "can not be read") {
		t.Fatalf("%v %v", faults, err)
	}
	if got := r.Clips["it"]["welcome"].Source; got != "fake" {
		t.Errorf("source %q", got)
	}
}

func TestRenderPositionRecording(t *testing.T) {
	book := smallBook()
	book.Recordings["en"] = map[string]string{book.PositionKey(7): "audio/it/welcome.wav"}
	o := options(t, &fakeEngine{})
	r := mustRender(t, book, o)
	hears(t, filepath.Join(o.OutDir, r.Clips["en"][book.PositionKey(7)].File), 700)
}

// TestRenderAllRecorded needs no engine.
func TestRenderAllRecorded(t *testing.T) {
	book := smallBook()
	book.Line.Languages = []string{"it"}
	book.Texts = map[string]map[string]string{"it": {"welcome": "Benvenuti"}}
	r := mustRender(t, book, options(t, nil))
	if got := r.Clips["it"]["welcome"].Source; got != "recording" {
		t.Errorf("source %q", got)
	}
}
