package ledger

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"pronto/prompts"
)

// keyFile is the name of the ledger's key, beside its database.
const keyFile = "ledger.key"

// keys are what the ledger hides numbers and seals outcomes with. They come from one secret, which lies in a file of its
// own: whoever has the database alone can neither find out a number nor forge an outcome.
type keys struct {
	id      string // tells which secret it was, and nothing of it
	callers []byte
	chain   []byte
	cache   map[string][2]string // of hidden: to find a district takes 15 µs
}

// cached is how many numbers are remembered: those of the calls that are up, mostly.
const cached = 10_000

// loadKeys reads the secret, or makes it.
func loadKeys(path string) (keys, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		text, err = makeKey(path)
	}
	if err != nil {
		return keys{}, fmt.Errorf("read the ledger's key: %w", err)
	}
	secret, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(secret) != sha256.Size {
		return keys{}, fmt.Errorf("read the ledger's key %s: it is not 64 hex digits: put it back from a backup", path)
	}
	return keys{id: hex.EncodeToString(derive(secret, "id")[:8]), callers: derive(secret, "callers"), chain: derive(secret, "chain")}, nil
}

// makeKey writes a new secret; if another process has been sooner, it is that one's.
func makeKey(path string) ([]byte, error) {
	secret := make([]byte, sha256.Size)
	_, _ = rand.Read(secret) // never fails: it ends the program instead (crypto/rand)
	text := []byte(hex.EncodeToString(secret) + "\n")
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return nil, err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), keyFile+".*") // of mode 0600
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	_, err = tmp.Write(text)
	if err == nil {
		err = tmp.Sync()
	}
	if err = errors.Join(err, tmp.Close()); err != nil {
		return nil, err
	}
	if err := os.Link(tmp.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return os.ReadFile(path)
}

func derive(secret []byte, what string) []byte {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("pronto ledger " + what))
	return mac.Sum(nil)
}

// hidden is what the ledger keeps of a number for good. Its calls have an order: the cache has no lock.
func (k *keys) hidden(number string) (key, district string) {
	if number == "" {
		return "", ""
	}
	h, ok := k.cache[number]
	if !ok {
		h = [2]string{k.caller(number), prompts.District(number)}
		if k.cache == nil || len(k.cache) >= cached {
			k.cache = map[string][2]string{}
		}
		k.cache[number] = h
	}
	return h[0], h[1]
}

// caller is what the ledger knows a caller by when his number is gone; "" for one that has no number.
func (k *keys) caller(number string) string {
	if number = plainNumber(number); number == "" {
		return ""
	}
	mac := hmac.New(sha256.New, k.callers)
	mac.Write([]byte(number))
	return hex.EncodeToString(mac.Sum(nil)[:12])
}

// plainNumber is a number as it is written in one way only: +390612345 for 06 12345 and 0039 06 12345. It is "" for what
// is no number: withheld.
func plainNumber(number string) string {
	number = strings.ReplaceAll(number, " ", "")
	if strings.Trim(number, "0123456789") != "" && (number[0] != '+' || strings.Trim(number[1:], "0123456789") != "") || len(number) < 3 {
		return ""
	}
	switch {
	case number[0] == '+':
		return number
	case strings.HasPrefix(number, "00"):
		return "+" + number[2:]
	case len(number) > 5: // shorter ones are those of services and extensions
		return homePrefix + number
	}
	return number
}

// homePrefix is the country of numbers without one. Italian numbers keep their leading 0 behind it.
const homePrefix = "+39"
