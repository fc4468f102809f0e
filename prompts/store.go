package prompts

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sys/unix"

	"pronto/prompts/audio"
	"pronto/prompts/wording"
)

const (
	releasesDir   = "releases"
	releaseFile   = "release.json"
	releaseFormat = 1
	building      = ".building-"

	// Old releases stay for the calls that began with them and for going back.
	keepReleases = 20
	keepAtLeast  = 24 * time.Hour
)

var releaseID = regexp.MustCompile(`^[0-9a-f]{12}$`)

// storedRelease is release.json.
type storedRelease struct {
	Format int                        `json:"format"`
	ID     string                     `json:"id"`
	Book   *Book                      `json:"book"`
	Clips  map[string]map[string]Clip `json:"clips"`
	Proofs Proofs                     `json:"proofs,omitzero"`
}

// LoadRelease reads a release from the sound root. Its book has neither folder nor recordings, which calls do not
// need. The error is fs.ErrNotExist if there is no such release (any more).
func LoadRelease(soundRoot, id string) (*Release, error) {
	if !releaseID.MatchString(id) { // it may come from outside and becomes a path
		return nil, wording.Errorf("release %q: an id has 12 hex digits: %w", id, os.ErrNotExist)
	}
	data, err := os.ReadFile(filepath.Join(soundRoot, releasesDir, id, releaseFile))
	if err != nil {
		return nil, wording.Errorf("read release %s: %w", id, err)
	}
	var s storedRelease
	if err := json.Unmarshal(data, &s); err != nil {
		return nil, wording.Errorf("read release %s: %w", id, err)
	}
	if s.Format != releaseFormat {
		return nil, wording.Errorf("release %s has format %d, this program reads %d: publish the book again", id, s.Format, releaseFormat)
	}
	if s.ID != id || s.Book == nil || len(s.Book.Line.Languages) == 0 {
		return nil, wording.Errorf("release %s is damaged: publish the book again", id)
	}
	return &Release{ID: s.ID, Book: s.Book, Clips: s.Clips, Proofs: s.Proofs}, nil
}

// publish makes the release of takes below root, or finds it there.
func publish(ctx context.Context, root string, c *cache, book *Book, takes []take) (*Release, error) {
	releases := filepath.Join(root, releasesDir)
	for _, dir := range []string{root, releases} {
		if err := makeDir(dir); err != nil {
			return nil, wording.Errorf("make the folder for releases: %w", err)
		}
	}
	sweep(releases, building+"*", leftBehind)
	release, err := assemble(book, takes)
	if err != nil {
		return nil, err
	}
	p := &publisher{releases: releases, cache: c, release: release, takes: takes}
	if !p.complete() {
		if err := p.build(ctx); err != nil {
			return nil, wording.Errorf("publish release %s: %w", release.ID, err)
		}
	}
	now := time.Now()
	_ = os.Chtimes(p.dir(), now, now) // the newest is the one used last
	// A journal that can not be read keeps nobody from rendering; without it nothing is deleted.
	if journal, err := ReadJournal(root); err == nil {
		keep := journal.keep()
		keep[release.ID] = true
		prune(releases, keep, now)
	}
	return release, nil
}

// assemble names the release and its clips by their content.
func assemble(book *Book, takes []take) (*Release, error) {
	plain := portable(book)
	text, err := json.Marshal(plain)
	if err != nil {
		return nil, wording.Errorf("describe the book: %w", err)
	}
	h := sha256.New()
	_, _ = h.Write(text)
	for _, t := range takes {
		_, _ = fmt.Fprintf(h, "\n%s %s %s %s", t.lang, t.key, t.source, t.published())
	}
	id := hex.EncodeToString(h.Sum(nil)[:6])
	clips := map[string]map[string]Clip{}
	for _, t := range takes {
		if clips[t.lang] == nil {
			clips[t.lang] = map[string]Clip{}
		}
		clips[t.lang][t.key] = Clip{
			Key: t.key, File: path.Join(releasesDir, id, t.lang, t.published()),
			Seconds: float64(t.Samples) / audio.MasterRate, Text: t.text, Source: t.source,
		}
	}
	r := &Release{ID: id, Book: book, Clips: clips}
	r.Proofs = Prove(r)
	for _, t := range takes {
		r.Proofs.Audio = append(r.Proofs.Audio, t.faults...)
	}
	return r, nil
}

// portable is the book without what belongs to the folder it was read from.
func portable(book *Book) *Book {
	plain := *book
	plain.Dir, plain.FS, plain.Recordings, plain.Bound, plain.places = "", nil, nil, nil, nil
	return &plain
}

// published is the clip's file name without extension. It changes with the sound, so that no switch plays an old one
// that it has in memory.
func (t take) published() string {
	return fileName(t.key) + "." + cacheName(audio.Version, t.Hash)[:12]
}

// fileName is key as a file may be called.
func fileName(key string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return '-'
	}, key)
}

// publisher writes one release.
type publisher struct {
	releases string
	cache    *cache
	release  *Release
	takes    []take
}

func (p *publisher) dir() string { return filepath.Join(p.releases, p.release.ID) }

// format is a way in which each clip is published.
type format struct {
	ext  string
	size func(samples int) int64
	make func(wav []byte) ([]byte, error)
}

// formats are what Asterisk plays to the trunk and to operators with wideband phones without computing anything.
var formats = []format{
	{".alaw", func(n int) int64 { return int64(n / 2) }, func(wav []byte) ([]byte, error) {
		s, err := audio.DecodeWAV(wav)
		return audio.Telephone(s), err
	}},
	{".sln16", func(n int) int64 { return int64(2 * n) }, func(wav []byte) ([]byte, error) {
		s, err := audio.DecodeWAV(wav)
		return audio.Bytes(s.PCM16()), err
	}},
}

// complete says whether the release is there, whole.
func (p *publisher) complete() bool {
	if _, err := LoadRelease(filepath.Dir(p.releases), p.release.ID); err != nil {
		return false
	}
	for _, t := range p.takes {
		for _, f := range formats {
			if !hasSize(filepath.Join(p.dir(), t.lang, t.published()+f.ext), f.size(t.Samples)) {
				return false
			}
		}
	}
	return true
}

func hasSize(path string, size int64) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Size() == size
}

// build writes the release beside and puts it in its place when it is whole: whoever kills this leaves no half release.
func (p *publisher) build(ctx context.Context) (err error) {
	tmp, err := os.MkdirTemp(p.releases, building)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.RemoveAll(tmp)
		}
	}()
	if err := p.fill(ctx, tmp); err != nil {
		return err
	}
	if err := os.Chmod(tmp, 0o755); err != nil {
		return err
	}
	if err := settle(tmp); err != nil {
		return err
	}
	if err := os.Rename(tmp, p.dir()); err == nil {
		return nil
	}
	// Something is in the place: the same release from another process, or a damaged one.
	if p.complete() {
		return os.RemoveAll(tmp)
	}
	old := tmp + "-damaged"
	if err := os.Rename(p.dir(), old); err != nil {
		return wording.Errorf("put a damaged release away: %w", err)
	}
	defer func() { _ = os.RemoveAll(old) }()
	return os.Rename(tmp, p.dir())
}

// settle waits until what was written is on the disk: after a loss of power, what has a release's name is a release.
func settle(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	return unix.Syncfs(int(f.Fd()))
}

// fill writes the release into dir.
func (p *publisher) fill(ctx context.Context, dir string) error {
	for _, lang := range p.release.Book.Line.Languages {
		if err := makeDir(filepath.Join(dir, lang)); err != nil {
			return err
		}
	}
	older := releaseDirs(p.releases)
	group, work := errgroup.WithContext(ctx)
	group.SetLimit(workers)
	var twins sync.Map // two keys may have the same file
	for _, t := range p.takes {
		if _, twin := twins.LoadOrStore(t.lang+"/"+t.published(), true); twin {
			continue
		}
		group.Go(func() error {
			if work.Err() != nil {
				return context.Cause(work)
			}
			return p.write(dir, t, older)
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	data, err := json.MarshalIndent(storedRelease{
		Format: releaseFormat, ID: p.release.ID, Book: portable(p.release.Book), Clips: p.release.Clips, Proofs: p.release.Proofs,
	}, "", " ")
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(dir, releaseFile), data)
}

// write publishes one clip. Most clips are the same as in the release before: they are linked, which costs neither
// time nor space.
func (p *publisher) write(dir string, t take, older []string) error {
	var wav []byte
	for _, f := range formats {
		name := filepath.Join(t.lang, t.published()+f.ext)
		if link(older, name, filepath.Join(dir, name), f.size(t.Samples)) {
			continue
		}
		if wav == nil {
			var err error
			if wav, err = p.cache.load(t.cached, t.entry); err != nil {
				return err
			}
		}
		data, err := f.make(wav)
		if err != nil {
			return wording.Errorf("text %s/%s: %w", t.lang, t.key, err)
		}
		if err := writeFile(filepath.Join(dir, name), data); err != nil {
			return err
		}
	}
	return nil
}

func link(older []string, name, to string, size int64) bool {
	for _, dir := range older {
		from := filepath.Join(dir, name)
		if hasSize(from, size) && os.Link(from, to) == nil {
			return true
		}
	}
	return false
}

// releaseDirs lists the releases, the one used last first.
func releaseDirs(releases string) []string {
	entries, err := os.ReadDir(releases)
	if err != nil {
		return nil
	}
	used := map[string]time.Time{}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && e.IsDir() && releaseID.MatchString(e.Name()) {
			used[filepath.Join(releases, e.Name())] = info.ModTime()
		}
	}
	return slices.SortedFunc(maps.Keys(used), func(a, b string) int {
		return cmp.Or(used[b].Compare(used[a]), strings.Compare(a, b))
	})
}

// prune deletes the releases beyond the newest, but none of keep, and none that a call may still use: a release is touched
// when it goes out of service, and no call lasts a day.
func prune(releases string, keep map[string]bool, now time.Time) {
	for i, dir := range releaseDirs(releases) {
		info, err := os.Stat(dir)
		if err != nil || i < keepReleases || keep[filepath.Base(dir)] || now.Sub(info.ModTime()) < keepAtLeast {
			continue
		}
		// Renamed first: a release that is half deleted must not look whole.
		gone := filepath.Join(releases, building+"old-"+filepath.Base(dir))
		if errors.Join(os.Rename(dir, gone), os.RemoveAll(gone)) != nil {
			continue // what is left is swept at a later start
		}
	}
}
