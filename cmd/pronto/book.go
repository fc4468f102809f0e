package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"pronto/prompts"
	"pronto/prompts/protezionecivile"
	"pronto/prompts/wording"
)

// starterName is how the starter book is called in faults and messages.
const starterName = "the starter book"

// loadBook reads the book in dir, or the starter book if dir is "".
func loadBook(dir string) (*prompts.Book, []prompts.Fault, error) {
	fsys := protezionecivile.Starter()
	if dir != "" {
		info, err := os.Stat(dir)
		if err != nil {
			return nil, nil, wording.Errorf("read the book: %w (name the folder that holds line.yaml)", err)
		}
		if !info.IsDir() {
			return nil, nil, wording.Errorf("%s is not a folder: name the folder that holds line.yaml", dir)
		}
		fsys = os.DirFS(dir)
	}
	book, faults := prompts.Load(fsys, dir)
	return book, faults, nil
}

// rendering is what a book needs to be made audible.
type rendering struct {
	book   string // folder, "" is the starter book
	sounds string // the sound root, as this process sees it
	cache  string
	runner prompts.Runner
	speech []prompts.Speech // which engines speak; none: speechEngine
	// preview leaves the sound root alone: the clips have their lengths and can not be played.
	preview bool
	lang    wording.Language // of what is told
}

func (r rendering) tell(w io.Writer, format string, args ...any) {
	(&env{lang: r.lang}).tell(w, format, args...)
}

// render loads, checks and renders the book, telling its progress. Nothing live is touched if it fails.
func (r rendering) render(ctx context.Context, tell io.Writer) (*prompts.Release, error) {
	book, faults, err := loadBook(r.book)
	if err != nil {
		return nil, err
	}
	if bad, _ := countFaults(faults); bad > 0 {
		for _, f := range faults {
			_, _ = fmt.Fprintln(tell, f.In(r.lang))
		}
		return nil, wording.Errorf("the book has %s (above): nothing was changed", faultCount(bad))
	}
	engine, err := speechEngine(ctx, r.runner, r.speech)
	if err != nil {
		return nil, err
	}
	how := prompts.Render
	if r.preview {
		how = prompts.Preview
	}
	release, warnings, err := how(ctx, book, prompts.RenderOptions{
		Engine: engine, CacheDir: r.cache, OutDir: r.sounds, Progress: progress(tell, r.lang),
	})
	for _, f := range warnings {
		_, _ = fmt.Fprintln(tell, f.In(r.lang))
	}
	if err != nil {
		return nil, wording.Errorf("render the book: %w", err)
	}
	return release, nil
}

// inService returns the release that callers hear. Where nothing was ever published it publishes the book. With follow it
// publishes the book, too, if its content is new: for who works on a book and starts the line again to hear it.
func (r rendering) inService(ctx context.Context, tell io.Writer, by string, follow bool) (*prompts.Release, prompts.Entry, error) {
	journal, err := prompts.ReadJournal(r.sounds)
	if err != nil {
		return nil, prompts.Entry{}, err
	}
	current, published := journal.Current()
	if published && !follow {
		return r.load(current)
	}
	release, err := r.render(ctx, tell)
	if err != nil {
		return nil, current, err
	}
	reason := wording.Say("the first release")
	if published {
		reason = wording.Say("the book's content has changed")
	}
	if published && known(journal, release.ID, by) {
		if release.ID != current.ID {
			r.tell(tell, "release %d stays in service; the book in %s is another one, and no newer: pronto publish puts it in service", current.Number, r.book)
		}
		return r.load(current)
	}
	entry, err := prompts.Commit(r.sounds, prompts.Change{ID: release.ID, Author: by, Reason: reason.In(r.lang)}, nil)
	if err != nil && !errors.Is(err, prompts.ErrCurrent) {
		return nil, entry, err
	}
	r.tell(tell, "published as release %d: %s", entry.Number, reason)
	return release, entry, nil
}

// known says whether a book's content is nothing new: it is in service, or the last that was published, or what this program found
// in the folder at the start before. Then a rollback, or a release published from another folder, stays.
func known(journal prompts.Journal, id, by string) bool {
	var own prompts.Entry
	for _, e := range journal {
		if e.Author == by && !e.Back {
			own = e
		}
	}
	current, _ := journal.Current()
	latest, _ := journal.Latest()
	return id == current.ID || id == latest.ID || id == own.ID
}

func (r rendering) load(e prompts.Entry) (*prompts.Release, prompts.Entry, error) {
	release, err := prompts.LoadRelease(r.sounds, e.ID)
	if err != nil {
		return nil, e, wording.Errorf("release %d is in service and can not be read: %w (pronto publish makes another)", e.Number, err)
	}
	return release, e, nil
}

func cacheDir(dir string) string { return filepath.Join(dir, "cache") }
