package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"pronto/asterisk/local"
	"pronto/ivr/rehearsal"
	"pronto/prompts"
	"pronto/prompts/wording"
)

type playCmd struct {
	Book   string   `arg:"" optional:"" env:"PRONTO_BOOK" help:"The book's folder. Default: the starter book."`
	Script []string `sep:"none" help:"Play this script, or all scripts of this folder, and compare. May be given more than once."`
	Update bool     `help:"With -script: write what happens into the scripts as what is expected."`

	Caller    string        `default:"0612345678" help:"The caller's number; empty is a withheld one."`
	Clock     string        `help:"When the call arrives: 2026-12-25T03:00, or with a zone 2026-12-25T03:00:00+01:00. Default: now."`
	Lang      string        `help:"The language the call begins in. Default: the line's first."`
	Hours     string        `help:"Opening hours of the book that the desk keeps instead of its own."`
	Operators int           `default:"1" help:"How many operators are logged in; 0 is nobody."`
	Full      bool          `help:"All operators talk and no more callers may wait."`
	Answer    time.Duration `default:"5s" help:"How long phones ring before they are answered; 0s: until you say so."`
	Talk      time.Duration `default:"0s" help:"How long a conversation lasts; 0s: until you say so."`

	Alert      string   `help:"An alert is raised: its message, in the line's first language."`
	AlertArea  []string `help:"The alert's area, or telephone district. May be given more than once. Default: everywhere."`
	AlertTopic []string `help:"The alert's topic. May be given more than once. Default: all."`
	H24        bool     `name:"h24" help:"The alert keeps the desk open round the clock."`

	Booked  bool     `help:"A callback is owed to the caller's number already."`
	Request []string `help:"A request that may be asked about: its code, how it stands and since when, as \"12345672 closed 2026-11-20 2026-11-24\". May be given more than once."`

	Audio    bool   `help:"Play the clips (with sox or aplay)."`
	Estimate bool   `help:"Do not speak the texts: estimate their lengths."`
	Dir      string `env:"PRONTO_DIR" default:"./var" help:"Where spoken texts are kept."`
}

// Run is a call in the terminal, or those of scripts.
func (c *playCmd) Run(e *env) error {
	if err := c.validate(); err != nil {
		return usageError{err}
	}
	ctx, stop := signal.NotifyContext(e.ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	book, err := c.load(e)
	if err != nil {
		return err
	}
	if len(c.Script) > 0 {
		return c.scripts(e, book)
	}
	setting, err := c.setting(book)
	if err != nil {
		return usageError{err}
	}
	words := wordsFor(e.lang)
	player := &clipPlayer{}
	if c.Audio {
		if player, err = newClipPlayer(c.sounds()); err != nil {
			return err
		}
	}
	release, err := c.speak(ctx, e, &setting)
	switch {
	case ctx.Err() != nil:
		return wording.Errorf("interrupted")
	case err != nil && c.Audio:
		return err
	case err != nil:
		e.tell(e.stderr, "The texts can not be spoken here, their lengths are estimated: %v", err)
	}
	if release == nil {
		release = prompts.Estimate(book)
		if setting.Alert != nil {
			setting.Alert = prompts.EstimateAlert(book, *setting.Alert)
		}
	}
	s := &session{
		out: &screen{w: e.stdout, words: words, book: book, estimated: release.ID == ""}, words: words, lang: e.lang, player: player,
	}
	return s.run(ctx, e.stdin, release, setting)
}

func (c *playCmd) validate() error {
	switch {
	case c.Operators < 0 || c.Operators > 500:
		return wording.Errorf("-operators: give a number from 0 to 500")
	case c.Answer < 0 || c.Talk < 0:
		return wording.Errorf("-answer and -talk are lengths of time: 5s")
	case c.Update && len(c.Script) == 0:
		return wording.Errorf("-update needs -script FILE")
	case c.Alert == "" && (c.H24 || len(c.AlertArea)+len(c.AlertTopic) > 0):
		return wording.Errorf("-h24, -alert-area and -alert-topic belong to an alert: give its message with -alert")
	case c.Audio && len(c.Script) > 0:
		return wording.Errorf("-audio is for a call by hand: leave out -script or -audio")
	case c.Audio && c.Estimate:
		return wording.Errorf("-audio plays spoken texts: leave out -estimate")
	}
	return nil
}

// load reads a book that calls can use.
func (c *playCmd) load(e *env) (*prompts.Book, error) {
	book, faults, err := loadBook(c.Book)
	if err != nil {
		return nil, err
	}
	if bad, _ := countFaults(faults); bad > 0 {
		for _, f := range faults {
			_, _ = fmt.Fprintln(e.stderr, f.In(e.lang))
		}
		return nil, wording.Errorf("the book has %s (above): mend them first", faultCount(bad))
	}
	return book, nil
}

// setting is the call's, from the flags.
func (c *playCmd) setting(book *prompts.Book) (rehearsal.Setting, error) {
	s := rehearsal.Setting{
		Caller: c.Caller, Language: c.Lang, Hours: c.Hours, Operators: c.Operators, Full: c.Full, Answer: c.Answer, Talk: c.Talk, Booked: c.Booked,
	}
	zone, err := bookZone(book)
	if err != nil {
		return s, err
	}
	s.Clock = time.Now().In(zone)
	if c.Clock != "" {
		if s.Clock, err = rehearsal.ParseClock(c.Clock, zone); err != nil {
			return s, wording.Errorf("-clock: %w", err)
		}
	}
	if _, known := book.Hours[c.Hours]; c.Hours != "" && !known {
		return s, wording.Errorf("-hours: the book has no hours named %q", c.Hours)
	}
	if _, known := book.Texts[c.Lang]; c.Lang != "" && !known {
		return s, wording.Errorf("-lang: the line speaks %s, not %q", strings.Join(book.Line.Languages, ", "), c.Lang)
	}
	if s.Requests, err = c.requests(zone); err != nil {
		return s, err
	}
	if c.Alert != "" {
		s.Alert = &prompts.Alert{
			Areas: c.AlertArea, Topics: c.AlertTopic, H24: c.H24, Raised: s.Clock,
			Messages: map[string]string{book.Line.Languages[0]: strings.Join(strings.Fields(c.Alert), " ")},
		}
		if err := s.Alert.Check(book); err != nil {
			return s, wording.Errorf("-alert: %w", err)
		}
	}
	return s, nil
}

// requests are those that may be asked about.
func (c *playCmd) requests(zone *time.Location) (map[string]rehearsal.Request, error) {
	all := map[string]rehearsal.Request{}
	for _, text := range c.Request {
		code, request, err := rehearsal.ParseRequest(text, zone)
		if err != nil {
			return nil, wording.Errorf("-request: %w", err)
		}
		all[code] = request
	}
	return all, nil
}

func bookZone(book *prompts.Book) (*time.Location, error) {
	zone, err := time.LoadLocation(book.Line.Timezone)
	if err != nil {
		return nil, wording.Errorf("the book's timezone: %w", err)
	}
	return zone, nil
}

// sounds is where the clips of rehearsed calls are, apart from those of a line at work.
func (c *playCmd) sounds() string { return filepath.Join(c.Dir, "play") }

// speak renders the book, and the alert, with the speech engine that a line here would use. With -estimate it does
// nothing.
func (c *playCmd) speak(ctx context.Context, e *env, setting *rehearsal.Setting) (*prompts.Release, error) {
	if c.Estimate {
		return nil, nil
	}
	in, err := local.Find(ctx, io.Discard)
	if err != nil {
		in = &local.Install{} // the engines may be on this machine all the same
	}
	r := rendering{book: c.Book, sounds: c.sounds(), cache: cacheDir(c.Dir), runner: in.Tool, preview: !c.Audio, lang: e.lang}
	release, err := r.render(ctx, e.stderr)
	if err != nil || setting.Alert == nil {
		return release, err
	}
	engine, err := speechEngine(ctx, r.runner, r.speech)
	if err != nil {
		return nil, err
	}
	setting.Alert, err = prompts.RenderAlert(ctx, release.Book, *setting.Alert, prompts.RenderOptions{
		Engine: engine, CacheDir: r.cache, OutDir: r.sounds,
	})
	if err != nil {
		return nil, wording.Errorf("speak the alert: %w", err)
	}
	return release, nil
}
