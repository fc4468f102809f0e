package prompts

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"pronto/prompts/audio"
	"pronto/prompts/wording"
)

// Speech is one way of speaking, chosen by who runs the line, not by the book. The first of a list that names a
// language, or names none, speaks it.
type Speech struct {
	// Languages that it speaks; empty: all that no other entry names.
	Languages []string `yaml:"languages,omitempty,flow"`
	// Engine: pico, espeak-ng, exec (any program), piper or openai (HTTP).
	Engine string `yaml:"engine"`
	// Command is the program of exec with its arguments. No shell looks at it. {text} stands for the text, {text_file} for a file that
	// holds it, {out} for the WAV file to be written, {lang} for the language.
	Command []string `yaml:"command,omitempty,flow"`
	// URL of the service: http://127.0.0.1:5000. Without a path, piper is asked at / and openai at /v1/audio/speech.
	URL string `yaml:"url,omitempty"`
	// Model that an openai service is asked for.
	Model string `yaml:"model,omitempty"`
	// Voice, as the engine calls it. exec: a name that is put for {voice}; a new one makes all clips anew.
	Voice string `yaml:"voice,omitempty"`
	// Speed of the speech, 1 is the voice's own.
	Speed float64 `yaml:"speed,omitempty"`
	// TokenFile holds the secret that an openai service wants; nobody else should be able to read it.
	TokenFile string `yaml:"token-file,omitempty"`
	// Timeout for one text, as 60s. Nothing is tried twice.
	Timeout string `yaml:"timeout,omitempty"`
}

// engines that a Speech may name.
var speechEngines = []string{"pico", "espeak-ng", "exec", "piper", "openai"}

const (
	slowest = 0.25 // of Speed
	fastest = 4
)

// OpenEngine makes the engine that speaks as the list says. Languages that no entry speaks are left to AutoEngine, and
// so are all if the list is empty. It starts and asks nothing that is not there: a service that is down shows at the first text.
func OpenEngine(ctx context.Context, runner Runner, list []Speech) (Engine, error) {
	if len(list) == 0 {
		return AutoEngine(ctx, runner)
	}
	dir, err := speechDir()
	if err != nil {
		return nil, err
	}
	chosen := &chosenEngine{}
	var faults []error
	for i, s := range list {
		e, err := s.open(ctx, runner, dir)
		if err != nil {
			faults = append(faults, wording.Errorf("speech, entry %d: %w", i+1, err))
		}
		chosen.list = append(chosen.list, choice{s.Languages, e})
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(list, func(s Speech) bool { return len(s.Languages) == 0 }) {
		if auto, err := AutoEngine(ctx, runner); err == nil { // else: a language that none speaks is told where it is met
			chosen.list = append(chosen.list, choice{nil, auto})
		}
	}
	return chosen, nil
}

// CheckSpeech tells what is wrong with a list, all of it at once.
func CheckSpeech(list []Speech) error {
	var faults []error
	for i, s := range list {
		if err := s.check(); err != nil {
			faults = append(faults, wording.Errorf("speech, entry %d: %w", i+1, err))
		}
	}
	return errors.Join(faults...)
}

func (s Speech) check() error {
	var faults []error
	add := func(wrong bool, fault error) {
		if wrong {
			faults = append(faults, fault)
		}
	}
	if !slices.Contains(speechEngines, s.Engine) {
		return wording.Errorf("there is no engine %q: %s", s.Engine, suggest(nearest(s.Engine, speechEngines), speechEngines))
	}
	for _, lang := range s.Languages {
		add(!langPattern.MatchString(lang), wording.Errorf("%q is not a language: two small letters, as in languages: [it, de]", lang))
	}
	overHTTP := s.Engine == "piper" || s.Engine == "openai"
	u, err := url.Parse(s.URL)
	add(overHTTP && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https"), wording.Errorf("%s: %q is no address: write url: http://127.0.0.1:5000", s.Engine, s.URL))
	add(!overHTTP && s.URL != "", wording.Errorf("%s has no url: remove it, or write engine: piper or openai", s.Engine))
	add(s.Engine == "exec" && len(s.Command) == 0, wording.Errorf("exec lacks command: write command: [program, -o, \"{out}\", -f, \"{text_file}\"]"))
	add(s.Engine != "exec" && len(s.Command) > 0, wording.Errorf("%s has no command: remove it, or write engine: exec", s.Engine))
	add(s.Engine == "exec" && len(s.Command) > 0 && !s.mentions("{out}"), wording.Errorf("exec: the command does not say where to write: put {out} where the name of the WAV file belongs"))
	add(s.Engine == "exec" && len(s.Command) > 0 && !s.mentions("{text}") && !s.mentions("{text_file}"), wording.Errorf("exec: the command is not given the text: put {text} or {text_file} in it"))
	add(s.Engine == "openai" && s.Voice == "", wording.Errorf("openai lacks voice: name one that the service has"))
	add(s.Speed != 0 && (s.Speed < slowest || s.Speed > fastest), wording.Errorf("speed %g: from %g to %g, 1 is the voice's own", s.Speed, slowest, float64(fastest)))
	if _, err := s.limit(); err != nil {
		faults = append(faults, err)
	}
	return errors.Join(faults...)
}

func (s Speech) mentions(holder string) bool {
	return slices.ContainsFunc(s.Command, func(arg string) bool { return strings.Contains(arg, holder) })
}

func (s Speech) limit() (time.Duration, error) {
	if s.Timeout == "" {
		return speakTimeout, nil
	}
	d, err := time.ParseDuration(s.Timeout)
	if err != nil || d < time.Second || d > 30*time.Minute {
		return 0, wording.Errorf("timeout %q: write a number with its unit from 1s to 30m, as 60s", s.Timeout)
	}
	return d, nil
}

func (s Speech) open(ctx context.Context, runner Runner, dir string) (Engine, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	limit, _ := s.limit() // checked
	s.Speed = cmp.Or(s.Speed, 1)
	tools := &autoEngine{run: runner, dir: dir}
	switch s.Engine {
	case "pico", "espeak-ng":
		return s.preset(ctx, tools)
	case "exec":
		return &execEngine{Speech: s, tools: tools, limit: limit}, nil
	default:
		return newHTTPEngine(s, limit)
	}
}

// preset is one of the two engines that are known here.
func (s Speech) preset(ctx context.Context, tools *autoEngine) (Engine, error) {
	auto, err := AutoEngine(ctx, tools.run)
	if err != nil {
		return nil, err
	}
	both, ok := auto.(*autoEngine)
	if !ok {
		return nil, wording.Errorf("%s can not be chosen here", s.Engine)
	}
	one := *both
	if s.Engine == "pico" {
		one.espeak = ""
	} else {
		one.pico = false
	}
	if !one.pico && one.espeak == "" {
		install := map[string]string{"pico": "libttspico-utils", "espeak-ng": "espeak-ng"}[s.Engine]
		return nil, wording.Errorf("%s can not be run: install %s (Debian), or choose another engine", s.Engine, install)
	}
	return &one, nil
}

// chosenEngine speaks each language with the engine that was chosen for it.
type chosenEngine struct{ list []choice }

type choice struct {
	languages []string // none: all
	engine    Engine
}

// of is who speaks lang: the first that names it, else the first that names none.
func (c *chosenEngine) of(lang string) Engine {
	for _, named := range []bool{true, false} {
		for _, one := range c.list {
			if named && slices.Contains(one.languages, lang) || !named && len(one.languages) == 0 {
				return one.engine
			}
		}
	}
	return nil
}

// Voice implements Engine.
func (c *chosenEngine) Voice(lang string) (Voice, bool) {
	e := c.of(lang)
	if e == nil {
		return Voice{}, false
	}
	return e.Voice(lang)
}

// Speak implements Engine.
func (c *chosenEngine) Speak(ctx context.Context, lang, text string) (audio.Sound, error) {
	e := c.of(lang)
	if e == nil {
		return audio.Sound{}, wording.Errorf("no engine speaks %q: add it to the languages of an entry under speech", lang)
	}
	return e.Speak(ctx, lang, text)
}

// execEngine runs any program.
type execEngine struct {
	Speech
	tools *autoEngine
	limit time.Duration
}

// Voice implements Engine. The whole command is part of the voice: another argument is another way to speak.
func (e *execEngine) Voice(string) (Voice, bool) {
	return Voice{Engine: "exec " + path.Base(e.Command[0]), Version: strings.Join(e.Command, "\x00"), Name: e.named()}, true
}

// named is the voice with its speed.
func (s Speech) named() string { return fmt.Sprintf("%s/%g", s.Voice, s.Speed) }

// Speak implements Engine.
func (e *execEngine) Speak(ctx context.Context, lang, text string) (audio.Sound, error) {
	return e.tools.toFile(e.Command[0], func(out string) error {
		in, err := e.tools.temp("say-*.txt", text)
		if err != nil {
			return err
		}
		defer remove(in)
		fill := strings.NewReplacer("{text}", text, "{text_file}", in, "{out}", out, "{lang}", lang, "{voice}", e.Speech.Voice, "{speed}", fmt.Sprintf("%g", e.Speed))
		argv := make([]string, len(e.Command))
		for i, arg := range e.Command {
			argv[i] = fill.Replace(strings.ReplaceAll(arg, "\x00", ""))
		}
		if _, err = e.tools.tool(ctx, e.limit, argv...); err != nil {
			return wording.Errorf("%w (speech, engine exec: try the command by hand, or give it a longer timeout)", err)
		}
		return nil
	})
}
