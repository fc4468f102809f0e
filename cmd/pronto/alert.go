package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"pronto/prompts"
	"pronto/prompts/wording"
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
	Force   bool              `help:"Raise it even if the book in service breaks its own limits by it: callers hear the rescue number, or how to reach a person, later."`
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
		return conf, wording.Errorf("there is no line in %s: start it once (pronto run), or name its folder with -dir, or its configuration with -config", conf.Dir)
	}
	return conf, nil
}

// releaseInService is what calls run on now: what is in the folder may be a draft. A line that has published nothing will
// begin with the folder's; how long its texts are is an estimate.
func releaseInService(conf serveConf) (*prompts.Release, error) {
	journal, err := prompts.ReadJournal(conf.Switch.Sounds)
	if err != nil {
		return nil, err
	}
	if entry, ok := journal.Current(); ok {
		return prompts.LoadRelease(conf.Switch.Sounds, entry.ID)
	}
	book, _, err := loadBook(conf.Book)
	if err == nil && len(book.Line.Languages) == 0 {
		err = wording.Errorf("the book in %s can not be read: pronto check tells why", conf.Book)
	}
	if err != nil {
		return nil, err
	}
	return prompts.Estimate(book), nil
}

// bookInService is the book of the release in service.
func bookInService(conf serveConf) (*prompts.Book, error) {
	release, err := releaseInService(conf)
	if err != nil {
		return nil, err
	}
	return release.Book, nil
}

// Run speaks the message first: an alert that can not be heard is not raised.
func (c *alertSetCmd) Run(e *env) error {
	conf, err := c.conf()
	if err != nil {
		return err
	}
	release, err := releaseInService(conf)
	if err != nil {
		return err
	}
	book := release.Book
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
	engine, err := speechEngine(e.ctx, c.rendering(e, conf, "").runner, conf.Speech)
	if err != nil {
		return err
	}
	spoken, err := prompts.RenderAlert(e.ctx, book, a, prompts.RenderOptions{
		Engine: engine, CacheDir: cacheDir(conf.Dir), OutDir: conf.Switch.Sounds,
	})
	if err != nil {
		return wording.Errorf("speak the alert: %w (nothing was changed)", err)
	}
	if err := c.keepsLimits(e, release, spoken); err != nil {
		return err
	}
	if err := prompts.SaveAlert(alertFile(conf.Dir), spoken); err != nil {
		return err
	}
	printAlert(e, spoken, now)
	for _, lang := range book.Line.Languages {
		if a.Messages[lang] == "" {
			e.tell(e.stdout, "no message in %q: these callers hear the one in %q", lang, book.Line.Languages[0])
		}
	}
	return nil
}

// keepsLimits tells what the alert breaks of the book's limits. It is refused then, unless -force says that it matters more.
func (c *alertSetCmd) keepsLimits(e *env, release *prompts.Release, a *prompts.Alert) error {
	faults := release.AlertFaults(a)
	for _, f := range faults {
		_, _ = fmt.Fprintln(e.stderr, f.In(e.lang))
	}
	if bad, _ := countFaults(faults); bad > 0 && !c.Force {
		return wording.Errorf("while this alert is raised the book in service breaks its own limits (above): shorten the message, or raise it all the same with -force (nothing was changed)")
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
		return time.Time{}, wording.Errorf("-expires %q is neither a time span (12h) nor an instant (2026-11-26T08:00)", text)
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
	e.tell(e.stdout, "no alert is raised")
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
	printAlert(e, a, time.Now())
	return nil
}

func printAlert(e *env, a *prompts.Alert, now time.Time) {
	if a == nil {
		e.tell(e.stdout, "no alert is raised")
		return
	}
	line := func(name, text wording.Sentence) {
		_, _ = fmt.Fprintf(e.stdout, "%-9s %s\n", name.In(e.lang), text.In(e.lang))
	}
	line(wording.Say("alert"), wording.Name(a.ID))
	line(wording.Say("areas"), orElse(strings.Join(a.Areas, ", "), wording.Say("everywhere")))
	line(wording.Say("topics"), orElse(strings.Join(a.Topics, ", "), wording.Say("all")))
	if a.H24 {
		line(wording.Say("desk"), wording.Say("open round the clock"))
	}
	line(wording.Say("raised"), wording.Name(a.Raised.Format(time.RFC3339)))
	switch {
	case a.Expires.IsZero():
		line(wording.Say("until"), wording.Say("cleared"))
	case a.Active(now):
		line(wording.Say("until"), wording.Name(a.Expires.Format(time.RFC3339)))
	default:
		line(wording.Say("until"), wording.Say("%s (it has ended)", a.Expires.Format(time.RFC3339)))
	}
	langs := make([]string, 0, len(a.Messages))
	for lang := range a.Messages {
		langs = append(langs, lang)
	}
	slices.Sort(langs)
	for _, lang := range langs {
		line(wording.Name(lang), wording.Say("(%s s) %s", wording.Tenths(a.Clips[lang].Seconds), a.Messages[lang]))
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
