package prompts

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"pronto/prompts/wording"
)

// journalFile lies in the sound root. It is the only record of which release is in service: the last whole line counts.
// So a single append publishes, and there is no second file that could disagree with it.
const journalFile = "releases.jsonl"

// maxReason bounds what a person may write into a line of the journal.
const maxReason = 500

// ErrCurrent is returned when what shall be put in service is in service.
var ErrCurrent = wording.Errorf("this release is in service already")

// Entry is a line of the journal: a release was put in service.
type Entry struct {
	Number int       `json:"number"` // of the release, from 1; a rollback repeats that of the release it goes back to
	ID     string    `json:"id"`     // of its content, see Release.ID
	Book   string    `json:"book"`   // 12 hex digits of the hash of the book alone, without the sound of its clips
	Author string    `json:"author"`
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`
	Before int       `json:"before,omitempty"` // the release that was in service until then; 0: none
	Back   bool      `json:"back,omitempty"`   // a rollback
}

// Journal are all entries, the oldest first.
type Journal []Entry

// Change is a wish to put another release in service.
type Change struct {
	ID     string `json:"id,omitempty"`   // a rendered release, to be published under the next number
	Back   int    `json:"back,omitempty"` // or the number of an older one
	Author string `json:"author"`
	Reason string `json:"reason"`
}

// ReadJournal reads the journal of a sound root; an empty one if nothing was ever published there.
func ReadJournal(soundRoot string) (Journal, error) {
	f, err := os.Open(filepath.Join(soundRoot, journalFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, wording.Errorf("read the journal of releases: %w", err)
	}
	defer func() { _ = f.Close() }() // gives the lock back
	// Who is committing has done so, or not begun, when this returns.
	if err := unix.Flock(int(f.Fd()), unix.LOCK_SH); err != nil {
		return nil, wording.Errorf("lock the journal of releases: %w", err)
	}
	data, err := io.ReadAll(f)
	if err != nil {
		return nil, wording.Errorf("read the journal of releases: %w", err)
	}
	j, _, err := parseJournal(data)
	return j, err
}

// parseJournal reads whole lines; whole is how many bytes they are. What follows the last line end is what a process
// had written that was killed over it: it was not published.
func parseJournal(data []byte) (j Journal, whole int, err error) {
	for {
		end := bytes.IndexByte(data[whole:], '\n')
		if end < 0 {
			return j, whole, nil
		}
		var e Entry
		if err := json.Unmarshal(data[whole:whole+end], &e); err != nil || e.Number < 1 || !releaseID.MatchString(e.ID) {
			return nil, 0, wording.Errorf("line %d of the journal of releases (%s) is damaged: delete that line, or the file to begin anew", len(j)+1, journalFile)
		}
		j = append(j, e)
		whole += end + 1
	}
}

// Current is the entry of the release in service; false if nothing was published.
func (j Journal) Current() (Entry, bool) {
	if len(j) == 0 {
		return Entry{}, false
	}
	return j[len(j)-1], true
}

// Release is the entry with which release number was published.
func (j Journal) Release(number int) (Entry, bool) {
	for _, e := range j {
		if e.Number == number && !e.Back {
			return e, true
		}
	}
	return Entry{}, false
}

// Latest is the release with the highest number, in service or not.
func (j Journal) Latest() (Entry, bool) {
	var last Entry
	for _, e := range j {
		if !e.Back {
			last = e
		}
	}
	return last, last.Number > 0
}

// Previous is the release that the current one replaced when it was published: going back twice goes back by two.
func (j Journal) Previous() (Entry, bool) {
	current, _ := j.Current()
	published, _ := j.Release(current.Number)
	return j.Release(published.Before)
}

// keep are the ids of releases that must stay: the one in service and the newest.
func (j Journal) keep() map[string]bool {
	ids := map[string]bool{}
	for i := len(j) - 1; i >= 0 && len(ids) < keepReleases; i-- {
		ids[j[i].ID] = true
	}
	return ids
}

// Resolve tells which release a change is about, without making it.
func (j Journal) Resolve(c Change) (id string, err error) {
	if c.Back == 0 {
		return c.ID, nil
	}
	e, ok := j.Release(c.Back)
	if !ok {
		return "", wording.Errorf("there is no release %d: pronto releases lists them", c.Back)
	}
	return e.ID, nil
}

// Commit puts a release in service, durably: whoever is killed in it has done all of it or nothing. The error is ErrCurrent if
// the release is in service; the entry is then that of the current one. busy, if it is not nil, is asked while nobody else can
// commit; if it says so nothing is done and the error is ErrBusy.
func Commit(soundRoot string, c Change, busy func() bool) (Entry, error) {
	if err := makeDir(soundRoot); err != nil {
		return Entry{}, wording.Errorf("open the journal of releases: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(soundRoot, journalFile), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return Entry{}, wording.Errorf("open the journal of releases: %w", err)
	}
	defer func() { _ = f.Close() }() // gives the lock back
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX); err != nil {
		return Entry{}, wording.Errorf("lock the journal of releases: %w", err)
	}
	if busy != nil && busy() {
		return Entry{}, ErrBusy
	}
	data, err := io.ReadAll(f)
	if err != nil {
		return Entry{}, wording.Errorf("read the journal of releases: %w", err)
	}
	j, whole, err := parseJournal(data)
	if err != nil {
		return Entry{}, err
	}
	e, err := j.next(soundRoot, c)
	if err != nil {
		return e, err
	}
	current, _ := j.Current()
	now := time.Now()
	for _, id := range []string{current.ID, e.ID} { // used until now and from now on: not to be pruned for a day
		_ = os.Chtimes(filepath.Join(soundRoot, releasesDir, id), now, now)
	}
	return e, storageError(appendEntry(f, int64(whole), e), soundRoot)
}

// ErrBusy is returned when another process is in charge of the journal.
var ErrBusy = wording.Errorf("another process is in charge of the releases")

// next is the entry that makes the change; everything that can be wrong with it is found here.
func (j Journal) next(soundRoot string, c Change) (Entry, error) {
	current, published := j.Current()
	id, err := j.Resolve(c)
	if err != nil {
		return Entry{}, err
	}
	if published && (c.Back == current.Number || c.Back == 0 && id == current.ID) {
		return current, ErrCurrent
	}
	release, err := LoadRelease(soundRoot, id)
	if err != nil {
		return Entry{}, err
	}
	if err := release.whole(soundRoot); err != nil {
		return Entry{}, err
	}
	e := Entry{
		Number: c.Back, ID: id, Book: release.Book.Hash(), Author: oneLine(c.Author), Reason: oneLine(c.Reason),
		At: time.Now().UTC().Truncate(time.Millisecond), Before: current.Number, Back: c.Back > 0,
	}
	if !e.Back {
		latest, _ := j.Latest()
		e.Number = latest.Number + 1
	}
	return e, nil
}

func oneLine(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if r := []rune(text); len(r) > maxReason {
		text = string(r[:maxReason])
	}
	return text
}

// appendEntry writes a line at offset at, where the whole lines end, and waits until it is on the disk.
func appendEntry(f *os.File, at int64, e Entry) error {
	line, err := json.Marshal(e)
	if err != nil {
		return wording.Errorf("write the journal of releases: %w", err)
	}
	if err := f.Truncate(at); err != nil {
		return wording.Errorf("write the journal of releases: %w", err)
	}
	if _, err := f.WriteAt(append(line, '\n'), at); err != nil {
		_ = f.Truncate(at) // a line that was not written whole does not count in any case
		return wording.Errorf("write the journal of releases: %w", err)
	}
	if err := f.Sync(); err != nil {
		_ = f.Truncate(at)
		return wording.Errorf("write the journal of releases: %w", err)
	}
	if at == 0 { // the file is new: its name must last, too
		return syncDir(filepath.Dir(f.Name()))
	}
	return nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return wording.Errorf("write the journal of releases: %w", err)
	}
	defer func() { _ = d.Close() }()
	if err := d.Sync(); err != nil {
		return wording.Errorf("write the journal of releases: %w", err)
	}
	return nil
}

// whole checks that every clip can be played.
func (r *Release) whole(soundRoot string) error {
	for lang, clips := range r.Clips {
		for key, clip := range clips {
			for _, f := range formats {
				path := filepath.Join(soundRoot, filepath.FromSlash(clip.File)+f.ext)
				if info, err := os.Stat(path); err != nil || info.Size() == 0 {
					return wording.Errorf("release %s is damaged, the sound of %s/%s is missing: publish the book again", r.ID, lang, key)
				}
			}
		}
	}
	return nil
}

// Hash names the book's content: 12 hex digits, the same for the same menus and texts whoever speaks them.
func (b *Book) Hash() string {
	text, err := json.Marshal(portable(b))
	if err != nil {
		return "" // it holds nothing that can not be written
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:6])
}
