package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"pronto/prompts"
)

type alertCmd struct {
	Set   alertSetCmd   `cmd:"" help:"Raise an alert, or change the one that is raised. Example: pronto alert set -message it=\"...\" -area sicilia -h24 -expires 12h"`
	Clear alertClearCmd `cmd:"" help:"End the alert. Example: pronto alert clear"`
	Show  alertShowCmd  `cmd:"" help:"Print the alert that is raised. Example: pronto alert show"`
}

type alertSetCmd struct {
	linePlace
	Message map[string]string `required:"" mapsep:"none" placeholder:"LANG=TEXT" help:"What callers hear, per language. May be given more than once. A language without one hears the first of the line's languages."`
	Area    []string          `help:"Area of the book, or telephone district (0471). May be given more than once. Default: everywhere."`
	Topic   []string          `help:"Topic that it is about. May be given more than once. Default: all."`
	H24     bool              `name:"h24" help:"Keep the desk open round the clock."`
	Expires string            `help:"After how long it ends (12h), or when (2026-11-26T08:00, in the line's timezone). Default: when cleared."`
}

type alertClearCmd struct{ linePlace }

type alertShowCmd struct{ linePlace }

// conf is the configuration of a line that is there.
func (p linePlace) conf() (serveConf, error) {
	conf, err := p.paths()
	if err != nil {
		return conf, err
	}
	if _, err := os.Stat(conf.Dir); err != nil {
		return conf, fmt.Errorf("there is no line in %s: start it once (pronto run), or name its folder with -dir, or its configuration with -config", conf.Dir)
	}
	return conf, nil
}

// bookInService is the book that calls run on now: what is in the folder may be a draft. A line that has published nothing
// will begin with the folder's.
func bookInService(conf serveConf) (*prompts.Book, error) {
	journal, err := prompts.ReadJournal(conf.Switch.Sounds)
	if err != nil {
		return nil, err
	}
	if entry, ok := journal.Current(); ok {
		release, err := prompts.LoadRelease(conf.Switch.Sounds, entry.ID)
		if err != nil {
			return nil, err
		}
		return release.Book, nil
	}
	book, _, err := loadBook(conf.Book)
	if err == nil && len(book.Line.Languages) == 0 {
		err = fmt.Errorf("the book in %s can not be read: pronto check tells why", conf.Book)
	}
	return book, err
}

// Run speaks the message first: an alert that can not be heard is not raised.
func (c *alertSetCmd) Run(e *env) error {
	conf, err := c.conf()
	if err != nil {
		return err
	}
	book, err := bookInService(conf)
	if err != nil {
		return err
	}
	now := time.Now()
	a := prompts.Alert{
		Areas: c.Area, Messages: map[string]string{}, H24: c.H24, Topics: c.Topic, Raised: now.UTC().Truncate(time.Second),
	}
	for lang, text := range c.Message {
		a.Messages[lang] = strings.Join(strings.Fields(text), " ")
	}
	if a.Expires, err = expiry(c.Expires, book.Line.Timezone, now); err != nil {
		return usageError{err}
	}
	if err := a.Check(book); err != nil {
		return usageError{err}
	}
	engine, err := speechEngine(e.ctx, c.rendering(e.ctx, conf, "").runner, conf.Speech)
	if err != nil {
		return err
	}
	spoken, err := prompts.RenderAlert(e.ctx, book, a, prompts.RenderOptions{
		Engine: engine, CacheDir: cacheDir(conf.Dir), OutDir: conf.Switch.Sounds,
	})
	if err != nil {
		return fmt.Errorf("speak the alert: %w (nothing was changed)", err)
	}
	if err := prompts.SaveAlert(alertFile(conf.Dir), spoken); err != nil {
		return err
	}
	printAlert(e.stdout, spoken, now)
	for _, lang := range book.Line.Languages {
		if a.Messages[lang] == "" {
			_, _ = fmt.Fprintf(e.stdout, "no message in %q: these callers hear the one in %q\n", lang, book.Line.Languages[0])
		}
	}
	return nil
}

// expiry reads a time span or an instant.
func expiry(text, zone string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if span, err := time.ParseDuration(text); err == nil {
		return now.Add(span).UTC().Truncate(time.Second), nil
	}
	place, err := time.LoadLocation(zone)
	if err != nil {
		place = time.UTC
	}
	at, err := time.ParseInLocation("2006-01-02T15:04", text, place)
	if err != nil {
		return time.Time{}, fmt.Errorf("-expires %q is neither a time span (12h) nor an instant (2026-11-26T08:00)", text)
	}
	return at.UTC(), nil
}

// Run ends the alert. That there is none is no fault.
func (c *alertClearCmd) Run(e *env) error {
	conf, err := c.conf()
	if err != nil {
		return err
	}
	if err := prompts.SaveAlert(alertFile(conf.Dir), nil); err != nil {
		return err
	}
	_, _ = fmt.Fprintln(e.stdout, "no alert is raised")
	return nil
}

// Run prints what callers hear.
func (c *alertShowCmd) Run(e *env) error {
	conf, err := c.conf()
	if err != nil {
		return err
	}
	a, err := prompts.LoadAlert(alertFile(conf.Dir))
	if err != nil {
		return err
	}
	printAlert(e.stdout, a, time.Now())
	return nil
}

func printAlert(w io.Writer, a *prompts.Alert, now time.Time) {
	if a == nil {
		_, _ = fmt.Fprintln(w, "no alert is raised")
		return
	}
	line := func(name, text string) { _, _ = fmt.Fprintf(w, "%-9s %s\n", name, text) }
	all := func(list []string, none string) string {
		if len(list) == 0 {
			return none
		}
		return strings.Join(list, ", ")
	}
	line("alert", a.ID)
	line("areas", all(a.Areas, "everywhere"))
	line("topics", all(a.Topics, "all"))
	if a.H24 {
		line("desk", "open round the clock")
	}
	line("raised", a.Raised.Format(time.RFC3339))
	switch {
	case a.Expires.IsZero():
		line("until", "cleared")
	case a.Active(now):
		line("until", a.Expires.Format(time.RFC3339))
	default:
		line("until", a.Expires.Format(time.RFC3339)+" (it has ended)")
	}
	langs := make([]string, 0, len(a.Messages))
	for lang := range a.Messages {
		langs = append(langs, lang)
	}
	slices.Sort(langs)
	for _, lang := range langs {
		line(lang, fmt.Sprintf("(%.1f s) %s", a.Clips[lang].Seconds, a.Messages[lang]))
	}
}

// alertFile is where the alert is kept: outside of all releases, and over restarts.
func alertFile(dir string) string { return filepath.Join(dir, "alert.json") }

// alertPoll is how soon the line knows of an alert.
const alertPoll = 500 * time.Millisecond

// followAlert tells the line of the alert that is raised, and of every change.
func (s *service) followAlert(ctx context.Context) error {
	tick := time.NewTicker(alertPoll)
	defer tick.Stop()
	for {
		s.readAlert()
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// readAlert reads the alert if its file has changed. One that can not be read changes nothing: the one before counts.
func (s *service) readAlert() {
	path := alertFile(s.conf.Dir)
	var seen fileMark
	if info, err := os.Stat(path); err == nil {
		seen = fileMark{info.ModTime(), info.Size()}
	}
	if seen == s.alertSeen {
		return
	}
	s.alertSeen = seen
	a, err := prompts.LoadAlert(path)
	if err != nil {
		s.log.Error().Err(err).Msg("the alert can not be read; what callers hear stays as it is: raise it anew")
		return
	}
	s.line.SetAlert(a)
	if a == nil {
		s.log.Info().Msg("the alert was cleared")
		return
	}
	s.log.Info().Str("alert", a.ID).Strs("areas", a.Areas).Strs("topics", a.Topics).Bool("h24", a.H24).Time("expires", a.Expires).Msg("an alert is raised")
}

// fileMark tells one version of a file from another. The zero mark is no file.
type fileMark struct {
	changed time.Time
	size    int64
}
