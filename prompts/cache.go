package prompts

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"pronto/prompts/audio"
	"pronto/prompts/wording"
)

// cache keeps masters by what they were made from, in a folder that several processes may use at once. Per entry there
// is a .wav (none if a recording is unfit) and, written after it, a .json that vouches for it.
type cache struct{ dir string }

// entry is what the cache tells about a clip.
type entry struct {
	Hash     string          `json:"hash"`    // SHA-256 of the WAV file; "" if there is none
	Samples  int             `json:"samples"` // of the master, at audio.MasterRate
	Problems []audio.Problem `json:"problems,omitempty"`
}

// keepUnused is how long an entry that no book uses is kept.
const keepUnused = 60 * 24 * time.Hour

func openCache(dir string) (*cache, error) {
	if err := makeDir(dir); err != nil {
		return nil, wording.Errorf("make the folder for spoken texts: %w", err)
	}
	sweep(dir, ".tmp-*", leftBehind)
	sweep(dir, "*.wav", keepUnused)
	sweep(dir, "*.json", keepUnused)
	return &cache{dir: dir}, nil
}

// cacheName is the name of what is made from parts.
func cacheName(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		var size [8]byte
		binary.BigEndian.PutUint64(size[:], uint64(len(p))) // else "a","bc" were "ab","c"
		_, _ = h.Write(size[:])
		_, _ = h.Write([]byte(p))
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// fetch returns the entry called name, producing it if it is not there or damaged. An empty sound is kept as a verdict:
// its problems say why there is none.
func (c *cache) fetch(name string, produce func() (audio.Sound, []audio.Problem, error)) (entry, error) {
	if e, ok := c.find(name); ok {
		return e, nil
	}
	master, problems, err := produce()
	if err != nil {
		return entry{}, err
	}
	return c.put(name, master, problems)
}

func (c *cache) find(name string) (entry, bool) {
	data, err := os.ReadFile(c.path(name, ".json"))
	if err != nil {
		return entry{}, false
	}
	var e entry
	if json.Unmarshal(data, &e) != nil {
		return entry{}, false
	}
	if e.Samples > 0 {
		if _, err := c.load(name, e); err != nil {
			return entry{}, false
		}
	}
	c.touch(name)
	return e, true
}

// touch keeps an entry in use from being swept.
func (c *cache) touch(name string) {
	info, err := os.Stat(c.path(name, ".json"))
	if err != nil || time.Since(info.ModTime()) < 24*time.Hour {
		return
	}
	now := time.Now()
	for _, ext := range []string{".wav", ".json"} {
		_ = os.Chtimes(c.path(name, ext), now, now) // at worst it is made again in 60 days
	}
}

// load reads the master of an entry and proves it whole.
func (c *cache) load(name string, e entry) ([]byte, error) {
	data, err := os.ReadFile(c.path(name, ".wav"))
	if err != nil {
		return nil, wording.Errorf("read a spoken text: %w", err)
	}
	if hashOf(data) != e.Hash {
		return nil, wording.Errorf("%s was damaged: start again, it will be made anew", c.path(name, ".wav"))
	}
	return data, nil
}

func (c *cache) put(name string, master audio.Sound, problems []audio.Problem) (entry, error) {
	e := entry{Samples: len(master.Samples), Problems: problems}
	if e.Samples > 0 {
		wav := audio.EncodeWAV(master.PCM16(), master.Rate)
		e.Hash = hashOf(wav)
		if err := c.write(c.path(name, ".wav"), wav); err != nil {
			return entry{}, err
		}
	}
	data, err := json.Marshal(e)
	if err != nil {
		return entry{}, wording.Errorf("describe a spoken text: %w", err)
	}
	return e, c.write(c.path(name, ".json"), data)
}

func (c *cache) write(path string, data []byte) error {
	f, err := os.CreateTemp(c.dir, ".tmp-*")
	if err != nil {
		return wording.Errorf("keep a spoken text: %w", err)
	}
	_ = f.Close()
	if err := writeFile(f.Name(), data); err != nil {
		_ = os.Remove(f.Name())
		return wording.Errorf("keep a spoken text: %w", err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		_ = os.Remove(f.Name())
		return wording.Errorf("keep a spoken text: %w", err)
	}
	return nil
}

func (c *cache) path(name, ext string) string { return filepath.Join(c.dir, name+ext) }

func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// sweep deletes what matches pattern in dir and has not been changed for age. What can not be deleted is left.
func sweep(dir, pattern string, age time.Duration) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if ours, _ := filepath.Match(pattern, e.Name()); !ours { // the patterns are well-formed
			continue
		}
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > age {
			_ = os.RemoveAll(filepath.Join(dir, e.Name()))
		}
	}
}

// makeDir makes a folder that everyone may read, whatever the umask: Asterisk may run as another user.
func makeDir(dir string) error {
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		return nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.Chmod(dir, 0o755)
}

// writeFile writes a file that everyone may read.
func writeFile(path string, data []byte) error {
	if err := os.WriteFile(path, data, 0o644); err != nil {
		return err
	}
	return os.Chmod(path, 0o644)
}

// storageError says in plain words that a disk is full; other errors stay as they are.
func storageError(err error, dir string) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return wording.Errorf("the disk that holds %s is full: free some space (a release takes up to 200 MB) and start again: %w", dir, err)
	}
	return err
}
