package ledger

import (
	"context"
	"crypto/aes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Codes are given out from the hand, in memory, so that no call waits for a disk. The hand is filled from the store, a
// file, which no longer holds what is in the hand; the store is filled from the counter in the database, which has
// passed what is in the store. What is lost with a killed process is the hand. The store lasts while the database is away.
const (
	handFirst   = 16     // codes taken into the hand at first, and doubled each time,
	handMost    = 2048   // up to this: a process that dies again and again must not use the codes up
	storeLeast  = 5_000  // codes that the store holds at least, while the database can be written
	storeBlock  = 10_000 // codes taken from the database at once
	codeCounter = "request_codes"
)

var errCodesUsedUp = errors.New("all ten million codes of requests have been given out")

// block is the numbers from the first to the one before the last.
type block struct{ From, To int }

// stock gives out the codes of requests. Its file is its owner's, the ledger's writer; the hand is everybody's.
type stock struct {
	path  string
	store storedCodes
	size  int // of the next hand
	told  time.Time

	mu     sync.Mutex // guards the hand
	cipher codeCipher
	hand   []block
	asked  bool // the writer has been asked to fill the hand
}

// storedCodes is the store's file.
type storedCodes struct {
	Key   string  `json:"key"`   // of the cipher, hexadecimal
	High  int     `json:"high"`  // the counter has been here
	Spans []block `json:"spans"` // not given out
}

// NewCode is a code that no request ever had, or "" if there is none at present (ErrNoCodes). It does not wait for a disk:
// numbers are reserved before they are used, those that a killed process had reserved are passed over.
func (l *Ledger) NewCode() string {
	if l.codes == nil {
		return ""
	}
	code, low := l.codes.next()
	if low {
		l.box.Put(item{refill: true})
		l.hurryUp()
	}
	return code
}

// next gives out a code. low: the hand should be filled, for the first to hear it.
func (s *stock) next() (code string, low bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.hand) > 0 {
		code = s.cipher.code(s.hand[0].From)
		if s.hand[0].From++; s.hand[0].From == s.hand[0].To {
			s.hand = s.hand[1:]
		}
	}
	low = !s.asked && size(s.hand) < s.size/4
	s.asked = s.asked || low
	return code, low
}

// size is how many numbers there are in spans.
func size(spans []block) (n int) {
	for _, p := range spans {
		n += p.To - p.From
	}
	return n
}

// open reads the store. Without a file it is empty.
func (s *stock) open() error {
	s.size = handFirst
	data, err := os.ReadFile(s.path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the reserved codes: %w", err)
	}
	var read storedCodes
	if err := json.Unmarshal(data, &read); err != nil {
		return fmt.Errorf("read the reserved codes %s: %w", s.path, err)
	}
	return s.adopt(read)
}

// adopt makes st the store.
func (s *stock) adopt(st storedCodes) error {
	key, err := hex.DecodeString(st.Key)
	if err != nil {
		return fmt.Errorf("read the key of the requests' codes: %w", err)
	}
	cipher, err := newCodeCipher(key)
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.cipher = cipher
	s.mu.Unlock()
	s.store = st
	return nil
}

// fill fills the store from the database, if that can be written (db is not nil), and the hand from the store.
func (s *stock) fill(ctx context.Context, db store) error {
	s.mu.Lock()
	need := max(0, s.size-size(s.hand))
	enough := need <= s.size/2
	if enough {
		s.asked = false
	}
	s.mu.Unlock()
	var err error
	if db != nil && size(s.store.Spans) < storeLeast {
		err = s.reserve(ctx, db)
	}
	if enough || len(s.store.Spans) == 0 {
		return err
	}
	taken, rest := cut(s.store.Spans, need)
	after := s.store
	after.Spans = rest
	if err := s.save(after); err != nil {
		return err
	}
	s.mu.Lock()
	s.hand = append(s.hand, taken...)
	s.asked = false
	s.mu.Unlock()
	s.size = min(handMost, 2*s.size)
	return err
}

// reserve takes a block from the database's counter into the store.
func (s *stock) reserve(ctx context.Context, db store) error {
	end, key, err := reserve(ctx, db, codeCounter, storeBlock, s.store.Key, s.store.High)
	if err != nil {
		return err
	}
	after := s.store
	if key != after.Key { // another database: what was reserved in the former one is not ours any more
		after = storedCodes{Key: key}
		s.mu.Lock()
		s.hand = nil
		s.mu.Unlock()
	}
	after.High = max(after.High, end)
	after.Spans = append(after.Spans[:len(after.Spans):len(after.Spans)], block{end - storeBlock, end})
	if err := s.save(after); err != nil {
		return err
	}
	return s.adopt(after)
}

// giveBack puts the hand back into the store, at the end.
func (s *stock) giveBack() error {
	s.mu.Lock()
	hand := s.hand
	s.hand, s.asked = nil, true
	s.mu.Unlock()
	if len(hand) == 0 {
		return nil
	}
	after := s.store
	after.Spans = append(hand, after.Spans...)
	return s.save(after)
}

// save makes st the store's file.
func (s *stock) save(st storedCodes) error {
	data, err := json.Marshal(st)
	if err != nil {
		return fmt.Errorf("reserve codes: %w", err)
	}
	if err := writeWhole(s.path, data); err != nil {
		return fmt.Errorf("reserve codes: %w", err)
	}
	s.store = st
	return nil
}

// cut takes the first n numbers off spans, or all there are.
func cut(spans []block, n int) (taken, rest []block) {
	for i, p := range spans {
		if p.To-p.From > n {
			if n > 0 {
				taken = append(taken, block{p.From, p.From + n})
			}
			return taken, append([]block{{p.From + n, p.To}}, spans[i+1:]...)
		}
		taken = append(taken, p)
		n -= p.To - p.From
	}
	return taken, nil
}

// writeWhole replaces a file, and returns when the new one is on the disk.
func writeWhole(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	f, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o640)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	if err == nil {
		err = syncDir(filepath.Dir(path))
	}
	return err
}

func newKey() string {
	key := make([]byte, aes.BlockSize)
	_, _ = rand.Read(key) // never fails: it ends the program instead (crypto/rand)
	return hex.EncodeToString(key)
}
