package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"time"

	"pronto/prompts"
	"pronto/prompts/wording"
)

// linePlace says which line's releases are meant.
type linePlace struct {
	Dir    string `env:"PRONTO_DIR" default:"./var" help:"The line's state folder."`
	Config string `help:"The configuration file of serve, for a line on your own Asterisk."`
}

// paths are where the line keeps what releases are made of. A line that was never started will have them there.
func (p linePlace) paths() (serveConf, error) {
	path := p.Config
	if path == "" {
		path = filepath.Join(p.Dir, "run", "serve.yaml")
	}
	conf, err := readServeConf(path)
	if p.Config == "" && errors.Is(err, fs.ErrNotExist) {
		dir, err := filepath.Abs(p.Dir)
		if err != nil {
			return conf, wording.Errorf("find the state folder: %w", err)
		}
		return serveConf{Dir: dir, Switch: switchConf{Sounds: soundsDir(dir)}}, nil
	}
	return conf, err
}

// rendering makes a book's release for the line.
func (p linePlace) rendering(e *env, conf serveConf, book string) rendering {
	return rendering{
		book: book, sounds: conf.Switch.Sounds, cache: cacheDir(conf.Dir), speech: conf.Speech,
		runner: speaker(e.ctx, conf.Switch.Root, io.Discard), lang: e.lang,
	}
}

// who signs a release.
type who struct {
	Author string `env:"PRONTO_AUTHOR" help:"Who does it. Default: the user's name."`
	Reason string `short:"m" required:"" help:"Why, in a few words: it is kept with the release."`
}

func (w who) change(c prompts.Change) (prompts.Change, error) {
	if strings.TrimSpace(w.Reason) == "" {
		return c, usageError{wording.Errorf(`-m is empty: write in a few words why, like -m "new opening hours"`)}
	}
	c.Author, c.Reason = w.Author, w.Reason
	if c.Author == "" {
		c.Author = "unknown"
		if u, err := user.Current(); err == nil {
			c.Author = u.Username
		}
	}
	return c, nil
}

type publishCmd struct {
	linePlace
	who
	Book string `arg:"" env:"PRONTO_BOOK" help:"The book's folder."`
}

// Run checks and renders beside what is in service, and only then changes it.
func (c *publishCmd) Run(e *env) error {
	conf, err := c.paths()
	if err != nil {
		return err
	}
	change, err := c.change(prompts.Change{})
	if err != nil {
		return err
	}
	began := time.Now()
	release, err := c.rendering(e, conf, c.Book).render(e.ctx, e.stderr)
	if err != nil {
		return err
	}
	change.ID = release.ID
	rendered := time.Now()
	done, err := makeChange(e.ctx, conf, change)
	if err != nil {
		return wording.Errorf("%w: nothing was changed", err)
	}
	if done.Current {
		e.tell(e.stdout, "release %d is in service already and has the same content: nothing was changed", done.Entry.Number)
		return nil
	}
	done.announce(e)
	e.tell(e.stdout, "checked and rendered in %s s, put in service in %s s",
		wording.Tenths(rendered.Sub(began).Seconds()), wording.Fixed(time.Since(rendered).Seconds(), 3))
	return nil
}

type rollbackCmd struct {
	linePlace
	who
	Number int `arg:"" optional:"" help:"The release to go back to. Default: the one that the current one replaced."`
}

// Run puts an older release in service.
func (c *rollbackCmd) Run(e *env) error {
	conf, err := c.paths()
	if err != nil {
		return err
	}
	journal, err := prompts.ReadJournal(conf.Switch.Sounds)
	if err != nil {
		return err
	}
	if c.Number == 0 {
		previous, ok := journal.Previous()
		if !ok {
			return wording.Errorf("there is no release before the one in service: name one (pronto releases lists them)")
		}
		c.Number = previous.Number
	}
	change, err := c.change(prompts.Change{Back: c.Number})
	if err != nil {
		return err
	}
	done, err := makeChange(e.ctx, conf, change)
	if err != nil {
		return wording.Errorf("%w: nothing was changed", err)
	}
	if done.Current {
		e.tell(e.stdout, "release %d is in service already: nothing was changed", done.Entry.Number)
		return nil
	}
	done.announce(e)
	return nil
}

// changed is a change that was made.
type changed struct {
	controlAnswer
	alone bool // no controller runs
}

// makeChange has the controller make the change, or makes it where none runs. A controller that starts at this very moment either
// is found or reads what was written.
func makeChange(ctx context.Context, conf serveConf, c prompts.Change) (changed, error) {
	there := func() bool {
		conn, err := dialController(ctx, conf.Dir)
		if err == nil {
			_ = conn.Close()
		}
		return !errors.Is(err, errNoController)
	}
	for {
		answer, err := askController(ctx, conf.Dir, c)
		if !errors.Is(err, errNoController) {
			return changed{controlAnswer: answer}, err
		}
		entry, err := prompts.Commit(conf.Switch.Sounds, c, there)
		switch {
		case errors.Is(err, prompts.ErrBusy) && ctx.Err() == nil:
			continue
		case errors.Is(err, prompts.ErrCurrent):
			return changed{controlAnswer{Entry: entry, Current: true}, true}, nil
		}
		return changed{controlAnswer{Entry: entry}, true}, err
	}
}

func (c changed) announce(e *env) {
	number, id := c.Entry.Number, c.Entry.ID
	switch {
	case c.Entry.Back && c.alone:
		e.tell(e.stdout, "back to release %d (%s), which will be used at the next start: no controller runs", number, id)
	case c.Entry.Back:
		e.tell(e.stdout, "back to release %d (%s), which is in service", number, id)
	case c.alone:
		e.tell(e.stdout, "release %d (%s) will be used at the next start: no controller runs", number, id)
	default:
		e.tell(e.stdout, "release %d (%s) is in service", number, id)
	}
	if !c.alone {
		e.tell(e.stdout, "new calls hear it from now on; calls in progress go on with theirs")
	}
	if !c.Warning.None() {
		e.tell(e.stderr, "pronto: warning: %s", c.Warning)
	}
}

// folder says whether an argument is a book and not a number.
func folder(arg string) bool {
	info, err := os.Stat(arg)
	return err == nil && info.IsDir()
}
