package prompts

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"

	"pronto/prompts/audio"
	"pronto/prompts/wording"
)

// Engine speaks texts. Speak is called from several goroutines at once.
type Engine interface {
	// Voice is who speaks lang (ISO 639-1); false if the engine does not know the language.
	Voice(lang string) (Voice, bool)
	// Speak speaks text, written as Spoken writes it, in the voice of lang. It ends when ctx does, leaving no process behind.
	Speak(ctx context.Context, lang, text string) (audio.Sound, error)
}

// Voice is what a spoken clip depends on beside its text. A change of any field makes all its clips anew.
type Voice struct {
	Engine  string   // as Clip.Source names it
	Version string   // of the engine
	Name    string   // as the engine calls the voice, with the manner of speaking
	EQ      audio.EQ // what the voice needs to sound well on a telephone
}

// Runner makes a command that runs a program, found by its name, where the speech engines are; the folder dir is there
// under the same path and can be written. The command must have been made with ctx (exec.CommandContext).
type Runner func(ctx context.Context, dir string, argv ...string) *exec.Cmd

const (
	probeTimeout = 15 * time.Second
	// speakTimeout is for one text. The longest texts take a second; a busy machine may be ten times as slow.
	speakTimeout = 60 * time.Second
	killedGrace  = 2 * time.Second
	leftBehind   = time.Hour // what is older than this in a folder of temporary files belongs to nobody
)

// AutoEngine is pico2wave for the languages it knows and espeak-ng for all others; either alone if the other is
// missing. It fails if both are.
func AutoEngine(ctx context.Context, runner Runner) (Engine, error) {
	dir, err := speechDir()
	if err != nil {
		return nil, err
	}
	e := &autoEngine{run: runner, dir: dir}
	_, picoErr := e.tool(ctx, probeTimeout, "pico2wave", "--help")
	e.pico = picoErr == nil
	said, espeakErr := e.tool(ctx, probeTimeout, "espeak-ng", "--version")
	if espeakErr == nil {
		e.espeak = espeakVersion(said)
	}
	if ctx.Err() != nil {
		return nil, wording.Errorf("look for a speech engine: %w", context.Cause(ctx))
	}
	if !e.pico && e.espeak == "" {
		return nil, wording.Errorf("neither pico2wave nor espeak-ng can be run: install espeak-ng or libttspico-utils (Debian), "+
			"or use the private Asterisk, which has both: %w", errors.Join(picoErr, espeakErr))
	}
	return e, nil
}

// speechDir is a folder for the engines' files. Its path is always the same where possible, because a runner may have to
// make a mount point for it, which stays.
func speechDir() (string, error) {
	if base, err := os.UserCacheDir(); err == nil {
		dir := filepath.Join(base, "pronto", "speech")
		if err := os.MkdirAll(dir, 0o755); err == nil {
			sweep(dir, "say-*", leftBehind)
			return dir, nil
		}
	}
	dir, err := os.MkdirTemp("", "pronto-speech-")
	if err != nil {
		return "", wording.Errorf("make a folder for the speech engine's files: %w", err)
	}
	return dir, nil
}

var versionNumber = regexp.MustCompile(`\d+(\.\d+)+`)

func espeakVersion(said []byte) string {
	if v := versionNumber.Find(said); v != nil {
		return string(v)
	}
	return "unknown"
}

// autoEngine runs the two engines of Debian.
type autoEngine struct {
	run    Runner
	dir    string
	pico   bool
	espeak string // its version, "" if it is not there
}

// picoVersion: pico2wave does not tell its version; it has been the same since 2013.
const picoVersion = "1.0"

// picoVoice is a voice of pico. All sound dull on a telephone, not all equally: shelf is the treble that brings each to
// the balance of a recorded voice.
type picoVoice struct {
	name  string
	shelf float64
}

func picoVoices(lang string) (picoVoice, bool) {
	v, ok := map[string]picoVoice{
		"it": {"it-IT", 12}, "de": {"de-DE", 12}, "fr": {"fr-FR", 6}, "es": {"es-ES", 6}, "en": {"en-GB", 4},
	}[lang]
	return v, ok
}

// espeakPace is slower than espeak-ng's own 175 words a minute: callers are frightened or old.
const espeakPace = "155"

// Voice implements Engine.
func (e *autoEngine) Voice(lang string) (Voice, bool) {
	if v, ok := picoVoices(lang); ok && e.pico {
		return Voice{Engine: "pico", Version: picoVersion, Name: v.name, EQ: audio.EQ{Highpass: true, Shelf: v.shelf}}, true
	}
	if e.espeak != "" {
		return Voice{Engine: "espeak-ng", Version: e.espeak, Name: espeakVoice(lang) + "/" + espeakPace}, true
	}
	return Voice{}, false
}

func espeakVoice(lang string) string {
	if lang == "en" {
		return "en-gb"
	}
	return lang
}

// Speak implements Engine.
func (e *autoEngine) Speak(ctx context.Context, lang, text string) (audio.Sound, error) {
	voice, ok := e.Voice(lang)
	if !ok {
		return audio.Sound{}, wording.Errorf("no voice for language %q: install espeak-ng", lang)
	}
	return e.toFile(voice.Engine, func(out string) error {
		if voice.Engine == "pico" {
			_, err := e.tool(ctx, speakTimeout, "pico2wave", "-l", voice.Name, "-w", out, "--", picoText(text))
			return err
		}
		return e.espeakTo(ctx, lang, text, out)
	})
}

// toFile lets an engine write a WAV file and reads it.
func (e *autoEngine) toFile(engine string, speak func(out string) error) (audio.Sound, error) {
	out, err := e.temp("say-*.wav", "")
	if err != nil {
		return audio.Sound{}, err
	}
	defer remove(out)
	if err := speak(out); err != nil {
		return audio.Sound{}, err
	}
	data, err := os.ReadFile(out)
	if err != nil {
		return audio.Sound{}, wording.Errorf("read what %s spoke: %w", engine, err)
	}
	if len(data) == 0 {
		return audio.Sound{}, wording.Errorf("%s spoke nothing and did not say why (is the disk of %s full?)", engine, e.dir)
	}
	sound, err := audio.DecodeWAV(data)
	if errors.Is(err, audio.ErrTruncated) {
		return audio.Sound{}, wording.Errorf("%s did not write all it spoke: is the disk of %s full?", engine, e.dir)
	}
	if err != nil {
		return audio.Sound{}, wording.Errorf("read what %s spoke: %w", engine, err)
	}
	return sound, nil
}

// remove deletes a temporary file; one that is left is swept later.
func remove(file string) { _ = os.Remove(file) }

// picoText keeps pico from taking a text for its own markup.
func picoText(text string) string {
	return strings.NewReplacer("<", " ", ">", " ", "\x00", " ").Replace(text)
}

// espeakTo hands the text over in a file: a text on the command line may be taken for an option.
func (e *autoEngine) espeakTo(ctx context.Context, lang, text, out string) error {
	in, err := e.temp("say-*.txt", text)
	if err != nil {
		return err
	}
	defer remove(in)
	_, err = e.tool(ctx, speakTimeout, "espeak-ng", "-v", espeakVoice(lang), "-s", espeakPace, "-b", "1", "-w", out, "-f", in)
	return err
}

func (e *autoEngine) temp(pattern, text string) (string, error) {
	f, err := os.CreateTemp(e.dir, pattern)
	if err != nil {
		return "", wording.Errorf("make a file for the speech engine: %w", err)
	}
	_, err = f.WriteString(text)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return "", wording.Errorf("make a file for the speech engine: %w", err)
	}
	return f.Name(), nil
}

// tool runs a program and returns all it printed. When ctx ends or time is up, its whole process group is killed: the
// runner's wrapper and the program in it.
func (e *autoEngine) tool(ctx context.Context, limit time.Duration, argv ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, wording.Errorf("not finished within %s", limit))
	defer cancel()
	cmd := e.run(ctx, e.dir, argv...)
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = killedGrace
	out, err := cmd.CombinedOutput()
	if err == nil {
		return out, nil
	}
	if ctx.Err() != nil {
		return nil, wording.Errorf("run %s: %w", argv[0], context.Cause(ctx))
	}
	if said := lastLine(out); said != "" {
		return nil, wording.Errorf("run %s: %w: %s", argv[0], err, said)
	}
	return nil, wording.Errorf("run %s: %w", argv[0], err)
}

// lastLine is the end of what a program said, short enough for a message.
func lastLine(out []byte) string {
	out = bytes.TrimSpace(out)
	if i := bytes.LastIndexByte(out, '\n'); i >= 0 {
		out = out[i+1:]
	}
	return string(out[:min(len(out), 300)])
}
