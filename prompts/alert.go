package prompts

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"time"

	"pronto/prompts/audio"
	"pronto/prompts/wording"
)

// Alert is a declared situation. It is raised and cleared while the line is up and is in no release; calls in progress
// know of it at once.
type Alert struct {
	ID string `json:"id"`
	// Areas are areas of the book or telephone districts; none: everywhere.
	Areas []string `json:"areas,omitempty"`
	// Districts are those of Areas in the book that it was raised for; RenderAlert looks them up. A call that began with an
	// older book may not know the areas.
	Districts []string `json:"districts,omitempty"`
	// Messages are what callers hear, by language.
	Messages map[string]string `json:"messages"`
	// H24 keeps the desk open round the clock.
	H24 bool `json:"h24,omitempty"`
	// Topics are those that it is about; none: all.
	Topics []string `json:"topics,omitempty"`
	// Raised and Expires: when it counts. No Expires: until it is cleared.
	Raised  time.Time `json:"raised"`
	Expires time.Time `json:"expires,omitzero"`
	// Clips are the spoken messages, by language. RenderAlert makes them.
	Clips map[string]Clip `json:"clips,omitempty"`
}

// Active says whether the alert counts at now. A nil alert does not.
func (a *Alert) Active(now time.Time) bool {
	return a != nil && (a.Expires.IsZero() || now.Before(a.Expires))
}

// Concerns says whether a caller from a district who chose a topic is meant. Whose district is not known (mobile
// phones tell none) is told rather than left out, and so is who has chosen nothing yet.
func (a *Alert) Concerns(b *Book, district, topic string) bool {
	if topic != "" && len(a.Topics) > 0 && !slices.Contains(a.Topics, topic) {
		return false
	}
	if district == "" || len(a.Areas) == 0 {
		return true
	}
	return slices.ContainsFunc(a.Areas, func(area string) bool {
		return b.In(area, district) || digitsOnly(area) && within(district, area)
	}) || slices.ContainsFunc(a.Districts, func(prefix string) bool { return within(district, prefix) })
}

// Opens says whether the alert keeps the desk open for a topic.
func (a *Alert) Opens(topic string, now time.Time) bool {
	return a.Active(now) && a.H24 && (len(a.Topics) == 0 || slices.Contains(a.Topics, topic))
}

// Clip is the message in lang, or else in the line's first language.
func (a *Alert) Clip(b *Book, lang string) (Clip, bool) {
	if c, ok := a.Clips[lang]; ok {
		return c, true
	}
	c, ok := a.Clips[b.Line.Languages[0]]
	return c, ok
}

// Check compares an alert with the book it is raised for. The faults are for the person who raises it, all at once.
func (a *Alert) Check(b *Book) error {
	var faults []error
	if a.Messages[b.Line.Languages[0]] == "" {
		faults = append(faults, wording.Errorf("the message in %q is missing: it is what callers hear whose language has none", b.Line.Languages[0]))
	}
	for _, lang := range sortedKeys(a.Messages) {
		if !slices.Contains(b.Line.Languages, lang) {
			faults = append(faults, wording.Errorf("the line does not speak %q: it speaks %v", lang, b.Line.Languages))
		}
		if n := len([]rune(a.Messages[lang])); n > maxText {
			faults = append(faults, wording.Errorf("the message in %q has %d characters, more than %d: nobody listens that long", lang, n, maxText))
		}
	}
	for _, area := range a.Areas {
		if _, ok := b.Areas[area]; !ok && (!digitsOnly(area) || area[0] != '0') {
			known := sortedKeys(b.Areas)
			faults = append(faults, wording.Errorf("there is no area %q: %s, or a telephone district as 0471", area, suggest(nearest(area, known), known)))
		}
	}
	for _, topic := range a.Topics {
		if _, ok := b.Topics[topic]; !ok {
			known := sortedKeys(b.Topics)
			faults = append(faults, wording.Errorf("there is no topic %q: %s", topic, suggest(nearest(topic, known), known)))
		}
	}
	if !a.Expires.IsZero() && !a.Expires.After(a.Raised) {
		faults = append(faults, wording.Errorf("the alert ends before it begins: give a later end"))
	}
	return errors.Join(faults...)
}

// AlertFaults are what the proofs find wrong while an alert is raised, and not without it: an alert that is said before the
// rescue number makes callers wait for that. The alert has its clips.
func (r *Release) AlertFaults(a *Alert) []Fault {
	without := map[string]bool{}
	for _, f := range Prove(r.WithAlert(nil)).Faults(r.Book) {
		without[f.String()] = true
	}
	return slices.DeleteFunc(Prove(r.WithAlert(a)).Faults(r.Book), func(f Fault) bool { return without[f.String()] })
}

// LoadAlert reads the alert that SaveAlert wrote; nil if none is raised.
func LoadAlert(file string) (*Alert, error) {
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, wording.Errorf("read the alert: %w", err)
	}
	a := &Alert{}
	if err := json.Unmarshal(data, a); err != nil {
		return nil, wording.Errorf("read the alert in %s: %w (raise it anew)", file, err)
	}
	return a, nil
}

// SaveAlert writes an alert, whole or not at all; nil clears what is there.
func SaveAlert(file string, a *Alert) error {
	if a == nil {
		if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return wording.Errorf("clear the alert: %w", err)
		}
		return nil
	}
	data, err := json.MarshalIndent(a, "", "  ")
	if err != nil {
		return wording.Errorf("write the alert: %w", err)
	}
	tmp := file + ".new"
	if err := writeFile(tmp, append(data, '\n')); err != nil {
		return wording.Errorf("write the alert: %w", err)
	}
	if err := os.Rename(tmp, file); err != nil {
		return wording.Errorf("write the alert: %w", err)
	}
	return nil
}

const (
	alertsDir = "alerts"
	alertFile = "alert.json" // beside the clips of an alert
	// keepAlerts is how long the sound of an alert stays for calls that are hearing it.
	keepAlerts = 90 * 24 * time.Hour
)

// FindAlert is an alert that RenderAlert has spoken, as long as its sound is kept; nil if it is not.
func FindAlert(soundRoot, id string) (*Alert, error) {
	if !releaseID.MatchString(id) { // it becomes a path
		return nil, nil
	}
	return LoadAlert(filepath.Join(soundRoot, alertsDir, id, alertFile))
}

// RenderAlert speaks the alert's messages into the sound root and returns the alert with its clips and its ID.
func RenderAlert(ctx context.Context, book *Book, a Alert, o RenderOptions) (*Alert, error) {
	cache, err := openCache(o.CacheDir)
	if err != nil {
		return nil, storageError(err, o.CacheDir)
	}
	r := &renderer{book: book, engine: o.Engine, cache: cache}
	var jobs []job
	for _, lang := range sortedKeys(a.Messages) {
		jobs = append(jobs, job{lang: lang, key: KeyAlert, text: a.Messages[lang]})
	}
	takes, err := r.makeAll(ctx, jobs, o.Progress)
	if err != nil {
		return nil, storageError(err, o.CacheDir)
	}
	parts := make([]string, 0, 2*len(takes))
	for _, t := range takes {
		parts = append(parts, t.lang, t.published())
	}
	a.ID = cacheName(parts...)[:12]
	dir := filepath.Join(o.OutDir, alertsDir, a.ID)
	p := &publisher{cache: cache}
	a.Clips, a.Districts = map[string]Clip{}, nil
	for _, area := range a.Areas {
		a.Districts = append(a.Districts, book.Areas[area].Districts...)
	}
	for _, t := range takes {
		if err := errors.Join(makeDir(filepath.Join(dir, t.lang)), p.write(dir, t, nil)); err != nil {
			return nil, storageError(wording.Errorf("write the alert's message: %w", err), o.OutDir)
		}
		a.Clips[t.lang] = Clip{
			Key: KeyAlert, File: path.Join(alertsDir, a.ID, t.lang, t.published()),
			Seconds: float64(t.Samples) / audio.MasterRate, Text: t.text, Source: t.source,
		}
	}
	if err := SaveAlert(filepath.Join(dir, alertFile), &a); err != nil { // for who asks later what callers heard
		return nil, storageError(err, o.OutDir)
	}
	now := time.Now()
	_ = os.Chtimes(dir, now, now) // at worst it is swept early, and then raised anew
	sweep(filepath.Join(o.OutDir, alertsDir), "*", keepAlerts)
	return &a, nil
}
