package prompts

import (
	"bufio"
	"context"
	"errors"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"pronto/prompts/audio"
)

// fakeEngine speaks a tone per character. It counts what it speaks.
type fakeEngine struct {
	version string
	mute    map[string]bool // languages it does not know
	spoke   atomic.Int64
	before  func(ctx context.Context, text string) error // called first, if not nil
}

func (e *fakeEngine) Voice(lang string) (Voice, bool) {
	return Voice{Engine: "fake", Version: e.version, Name: lang}, !e.mute[lang]
}

func (e *fakeEngine) Speak(ctx context.Context, _, text string) (audio.Sound, error) {
	e.spoke.Add(1)
	if e.before != nil {
		if err := e.before(ctx, text); err != nil {
			return audio.Sound{}, err
		}
	}
	var s audio.Sound
	for _, r := range text {
		s.Samples = append(s.Samples, tone(16000, 300+float64(r%64)*40, 0.02)...)
	}
	s.Rate = 16000
	return s, nil
}

func tone(rate int, f, seconds float64) []float32 {
	x := make([]float32, int(seconds*float64(rate)))
	for i := range x {
		x[i] = float32(0.1 * math.Sin(2*math.Pi*f*float64(i)/float64(rate)))
	}
	return x
}

// scripts is a runner for shell scripts by name; a name without a script is a missing program.
func scripts(t *testing.T, bodies map[string]string) (Runner, string) {
	t.Helper()
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	dir := t.TempDir()
	for name, body := range bodies {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+body), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	wav := audio.EncodeWAV(audio.Sound{Samples: tone(16000, 500, 1)}.PCM16(), 16000)
	if err := os.WriteFile(filepath.Join(dir, "voice.wav"), wav, 0o644); err != nil {
		t.Fatal(err)
	}
	return func(ctx context.Context, work string, argv ...string) *exec.Cmd {
		cmd := exec.CommandContext(ctx, filepath.Join(dir, argv[0]), argv[1:]...)
		cmd.Dir = work
		cmd.Env = append(os.Environ(), "T="+dir)
		return cmd
	}, dir
}

const (
	goodPico   = `[ "$1" = --help ] && exit 0; for a; do echo "$a"; done >>"$T/pico.args"; cp "$T/voice.wav" "$4"` + "\n"
	goodEspeak = `[ "$1" = --version ] && { echo "eSpeak NG text-to-speech: 1.52.0  Data at: /x"; exit 0; }
echo "$*" >>"$T/espeak.args"; while [ $# -gt 0 ]; do case $1 in -w) out=$2;; -f) cat "$2" >>"$T/espeak.text";; esac; shift; done
cp "$T/voice.wav" "$out"
`
)

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestAutoEngineChooses(t *testing.T) {
	for _, tt := range []struct {
		name    string
		scripts map[string]string
		want    map[string]string // language -> engine and version, "" is none
	}{
		{"both", map[string]string{"pico2wave": goodPico, "espeak-ng": goodEspeak}, map[string]string{
			"it": "pico 1.0 it-IT", "en": "pico 1.0 en-GB", "de": "pico 1.0 de-DE", "fr": "pico 1.0 fr-FR", "sl": "espeak-ng 1.52.0 sl/155",
		}},
		{"espeak-ng alone", map[string]string{"espeak-ng": goodEspeak}, map[string]string{
			"it": "espeak-ng 1.52.0 it/155", "en": "espeak-ng 1.52.0 en-gb/155",
		}},
		{"pico alone", map[string]string{"pico2wave": goodPico}, map[string]string{"it": "pico 1.0 it-IT", "sl": ""}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			runner, _ := scripts(t, tt.scripts)
			e, err := AutoEngine(t.Context(), runner)
			if err != nil {
				t.Fatal(err)
			}
			for lang, want := range tt.want {
				got := ""
				if v, ok := e.Voice(lang); ok {
					got = v.Engine + " " + v.Version + " " + v.Name
				}
				if got != want {
					t.Errorf("%s: got %q, want %q", lang, got, want)
				}
			}
		})
	}
}

func TestAutoEngineNeither(t *testing.T) {
	runner, _ := scripts(t, map[string]string{"espeak-ng": "echo 'no libespeak' >&2; exit 127"})
	_, err := AutoEngine(t.Context(), runner)
	if err == nil || !strings.Contains(err.Error(), "install espeak-ng") || !strings.Contains(err.Error(), "no libespeak") {
		t.Fatalf("got %v, want what to install and what the program said", err)
	}
}

func TestAutoEngineCancelled(t *testing.T) {
	runner, _ := scripts(t, map[string]string{"espeak-ng": goodEspeak})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := AutoEngine(ctx, runner); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want context.Canceled", err)
	}
}

func TestSpeakHandsTheTextOver(t *testing.T) {
	runner, dir := scripts(t, map[string]string{"pico2wave": goodPico, "espeak-ng": goodEspeak})
	e, err := AutoEngine(t.Context(), runner)
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"it", "sl"} {
		s, err := e.Speak(t.Context(), lang, "-w questo; $(rm) `è` <speed level=\"9\">")
		if err != nil {
			t.Fatal(err)
		}
		if s.Rate != 16000 || len(s.Samples) != 16000 {
			t.Errorf("%s: got %d samples at %d", lang, len(s.Samples), s.Rate)
		}
	}
	args := strings.Split(read(t, filepath.Join(dir, "pico.args")), "\n")
	if len(args) != 7 || args[4] != "--" || args[5] != "-w questo; $(rm) `è`  speed level=\"9\" " {
		t.Errorf("pico2wave got %q", args)
	}
	if got := read(t, filepath.Join(dir, "espeak.text")); got != "-w questo; $(rm) `è` <speed level=\"9\">" {
		t.Errorf("espeak-ng got %q", got)
	}
	left, err := filepath.Glob(filepath.Join(os.Getenv("XDG_CACHE_HOME"), "pronto", "speech", "*"))
	if err != nil || len(left) > 0 {
		t.Errorf("files left behind: %v %v", left, err)
	}
}

func TestSpeakFails(t *testing.T) {
	for name, tt := range map[string]struct{ body, want string }{
		"error":   {"echo first; echo 'voice does not exist' >&2; exit 3", "voice does not exist"},
		"nothing": {"exit 0", "spoke nothing"},
		"full":    {`head -c 1000 "$T/voice.wav" >"$8"`, "full?"},
		"rubbish": {`echo "not a sound" >"$8"`, "not a WAV"},
	} {
		t.Run(name, func(t *testing.T) {
			runner, _ := scripts(t, map[string]string{"espeak-ng": `[ "$1" = --version ] && { echo 1.52; exit 0; }` + "\n" + tt.body})
			e, err := AutoEngine(t.Context(), runner)
			if err != nil {
				t.Fatal(err)
			}
			if _, err = e.Speak(t.Context(), "sl", "dober dan"); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// TestSpeakEndsWithContext: a hanging engine and what it has started are killed. Both hold the pipe's end open: it is
// closed when both are dead.
func TestSpeakEndsWithContext(t *testing.T) {
	runner, dir := scripts(t, map[string]string{"espeak-ng": `[ "$1" = --version ] && { echo 1.52; exit 0; }
exec 3>"$T/alive"; echo up >&3; sleep 600 & wait`})
	fifo := filepath.Join(dir, "alive")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	e, err := AutoEngine(t.Context(), runner)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	result := make(chan error, 1)
	go func() {
		_, err := e.Speak(ctx, "sl", "dober dan")
		result <- err
	}()
	f, err := os.Open(fifo) // opens when the script does
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if err := f.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReader(f)
	if _, err := in.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-result; !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want context.Canceled", err)
	}
	if _, err := io.ReadAll(in); err != nil {
		t.Errorf("a process is left: %v", err)
	}
}

// realRunner runs programs where the speech engines are: on this machine, in the folder PRONTO_TEST_ROOT, or in the
// private Asterisk that `make test` has built.
func realRunner(t *testing.T) Runner {
	t.Helper()
	if _, err := exec.LookPath("espeak-ng"); err == nil {
		return func(ctx context.Context, _ string, argv ...string) *exec.Cmd {
			return exec.CommandContext(ctx, argv[0], argv[1:]...)
		}
	}
	roots := []string{os.Getenv("PRONTO_TEST_ROOT")}
	if cache, err := os.UserCacheDir(); err == nil {
		found, _ := filepath.Glob(filepath.Join(cache, "pronto", "asterisk*"))
		roots = append(roots, found...)
	}
	for _, root := range roots {
		if _, err := os.Stat(filepath.Join(root, "usr", "bin", "espeak-ng")); root == "" || err != nil {
			continue
		}
		return func(ctx context.Context, dir string, argv ...string) *exec.Cmd {
			args := []string{"--bind", root, "/", "--dev", "/dev", "--proc", "/proc", "--bind", dir, dir, "--"}
			return exec.CommandContext(ctx, "bwrap", append(args, argv...)...)
		}
	}
	t.Fatal("no speech engine: install espeak-ng, or name a folder that has one in PRONTO_TEST_ROOT, or run make test")
	return nil
}

// TestRealEngine: what the real engines speak has the level and the length of speech after mastering.
func TestRealEngine(t *testing.T) {
	e, err := AutoEngine(t.Context(), realRunner(t))
	if err != nil {
		t.Fatal(err)
	}
	for lang, text := range map[string]string{
		"it": "Benvenuti al numero verde della Protezione Civile. Questo non è un servizio di soccorso.",
		"en": "Welcome to the civil protection helpline. This is not a rescue service.",
		"de": "Willkommen beim Zivilschutz. Dies ist kein Rettungsdienst.",
		"fr": "Bienvenue à la protection civile. Ceci n'est pas un service de secours.",
		"sl": "Dobrodošli pri civilni zaščiti. To ni reševalna služba.",
	} {
		t.Run(lang, func(t *testing.T) {
			voice, ok := e.Voice(lang)
			if !ok {
				t.Fatal("no voice")
			}
			raw, err := e.Speak(t.Context(), lang, text)
			if err != nil {
				t.Fatal(err)
			}
			m, err := audio.Master(raw, voice.EQ)
			if err != nil {
				t.Fatal(err)
			}
			level := audio.Measure(m).Level
			t.Logf("%s %s: %.2f s, %.1f dBov, peak %.1f dBFS", voice.Engine, voice.Version, m.Seconds(), level, m.Peak())
			if math.Abs(level-audio.TargetLevel) > 1 || m.Peak() > audio.MaxPeak {
				t.Errorf("level %.1f dBov, peak %.1f dBFS", level, m.Peak())
			}
			// People speak 10 to 20 characters a second.
			if pace := float64(len(text)) / m.Seconds(); pace < 8 || pace > 25 {
				t.Errorf("%.2f s for %d characters", m.Seconds(), len(text))
			}
			if p := audio.Check(m); len(p) > 0 {
				t.Errorf("problems: %+v", p)
			}
		})
	}
}
