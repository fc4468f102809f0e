package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"pronto/asterisk/conf"
)

const (
	cdrChunk = 1 << 18 // bytes taken in at once; a longer line is no call record
	cdrHead  = 512     // bytes at a file's beginning by which it is recognised
)

// cdrPlace is a place in a file of call records. The head (its first headSize bytes) recognises the file.
type cdrPlace struct {
	offset   int64
	headSize int64
	headHash string
}

// cdrFile reads a growing file line by line, across rotation and truncation.
type cdrFile struct {
	path  string
	place cdrPlace
	file  *os.File // nil: not open
}

// next returns the whole lines after the place and the place after them, which the caller makes the file's when they
// are safe. more: call again at once.
func (f *cdrFile) next() (lines [][]byte, after cdrPlace, more bool, err error) {
	if f.file == nil {
		if err := f.find(); err != nil || f.file == nil {
			return nil, f.place, false, err
		}
	}
	if ok, err := f.place.in(f.file); err != nil || !ok {
		f.close()
		f.place = cdrPlace{}
		return nil, f.place, err == nil, err // it was cut and written anew: from its beginning
	}
	// Asked before reading: what is read after the file has been moved away is all there will be.
	moved := f.moved()
	lines, size, err := f.read()
	if err != nil {
		f.close()
		return nil, f.place, false, err
	}
	if size == 0 && moved {
		f.close()
		return nil, cdrPlace{}, true, nil
	}
	after = f.place
	after.offset += size
	if err := after.mark(f.file); err != nil {
		f.close()
		return nil, f.place, false, err
	}
	return lines, after, size > 0, nil
}

// find opens the file that the place is in: the one at path, or the one that it has been renamed to since.
func (f *cdrFile) find() error {
	file, err := os.Open(f.path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("open the call records: %w", err)
	}
	if err == nil {
		if ok, err := f.place.in(file); err == nil && ok {
			f.file = file
			return nil
		}
	}
	if old := f.rotated(); old != nil {
		if file != nil {
			_ = file.Close()
		}
		f.file = old
		return nil
	}
	if file != nil {
		f.file, f.place = file, cdrPlace{}
	}
	return nil
}

// rotated opens the neighbour ("calls.csv.1") that the place is in, or returns nil.
func (f *cdrFile) rotated() *os.File {
	if f.place.offset == 0 {
		return nil
	}
	names, _ := filepath.Glob(escapeGlob(f.path) + `[.\-]*`) // calls.csv.1, calls.csv-20261125
	for _, name := range names {
		file, err := os.Open(name)
		if err != nil {
			continue
		}
		if ok, err := f.place.in(file); err == nil && ok {
			return file
		}
		_ = file.Close()
	}
	return nil
}

func escapeGlob(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

// moved says whether another file stands at path now.
func (f *cdrFile) moved() bool {
	now, err := os.Stat(f.path)
	if err != nil {
		return false // between two files; the next one will come
	}
	have, err := f.file.Stat()
	return err == nil && !os.SameFile(now, have)
}

// read returns whole lines from the place on, and their size. What can be no call record is passed over.
func (f *cdrFile) read() (lines [][]byte, size int64, err error) {
	buf := make([]byte, cdrChunk)
	n, err := f.file.ReadAt(buf, f.place.offset)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, 0, fmt.Errorf("read the call records: %w", err)
	}
	end := bytes.LastIndexByte(buf[:n], '\n') + 1
	if end == 0 {
		if n == cdrChunk {
			return nil, cdrChunk, nil
		}
		return nil, 0, nil
	}
	for line := range bytes.Lines(buf[:end]) {
		if line = bytes.TrimSpace(line); len(line) > 0 {
			lines = append(lines, line)
		}
	}
	return lines, int64(end), nil
}

func (f *cdrFile) close() {
	if f.file != nil {
		_ = f.file.Close() // it was only read
		f.file = nil
	}
}

// in says whether p is a place in file.
func (p *cdrPlace) in(file *os.File) (bool, error) {
	info, err := file.Stat()
	if err != nil {
		return false, fmt.Errorf("read the call records: %w", err)
	}
	if info.Size() < p.offset {
		return false, nil
	}
	if p.offset == 0 {
		return true, nil
	}
	hash, err := headHash(file, p.headSize)
	return err == nil && hash == p.headHash, err
}

// mark sets the head by which file is recognised.
func (p *cdrPlace) mark(file *os.File) (err error) {
	size := min(p.offset, cdrHead)
	if size == p.headSize {
		return nil
	}
	p.headSize = size
	p.headHash, err = headHash(file, size)
	return err
}

func headHash(file *os.File, size int64) (string, error) {
	h := sha256.New()
	if _, err := io.Copy(h, io.NewSectionReader(file, 0, size)); err != nil {
		return "", fmt.Errorf("read the call records: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// cdrRow is one call record.
type cdrRow struct {
	id, linked, channel, caller, dialled, app, userfield string
	start, answer, end                                   time.Time
}

// counts says whether the record is one of a caller's line that may need an account. Calls to rescue numbers go
// through the trunk too; they are linked to the call they belong to.
func (r *cdrRow) counts() bool {
	if !strings.HasPrefix(r.channel, trunkChannel) || r.id != r.linked && r.linked != "" {
		return false
	}
	return r.app == stasis || strings.HasPrefix(r.userfield, conf.FailOpenPrefix)
}

func parseCDR(line []byte) (r cdrRow, err error) {
	in := csv.NewReader(bytes.NewReader(line))
	in.FieldsPerRecord = -1
	fields, err := in.Read()
	if err != nil {
		return r, fmt.Errorf("read a call record: %w", err)
	}
	if len(fields) < len(conf.CDRColumns) {
		return r, fmt.Errorf("read a call record: it has %d columns, %d are needed: generate the switch's configuration anew (pronto asterisk conf)",
			len(fields), len(conf.CDRColumns))
	}
	get := func(name string) string { return fields[slices.Index(conf.CDRColumns, name)] }
	r = cdrRow{
		id: get("uniqueid"), linked: get("linkedid"), channel: get("channel"), caller: get("src"), dialled: get("dst"),
		app: get("lastapp"), userfield: get("userfield"),
	}
	for _, t := range []struct {
		name string
		to   *time.Time
	}{{"start", &r.start}, {"answer", &r.answer}, {"end", &r.end}} {
		if *t.to, err = epoch(get(t.name)); err != nil {
			return r, fmt.Errorf("read a call record's %s: %w", t.name, err)
		}
	}
	if r.id == "" || r.start.IsZero() || r.end.IsZero() {
		return r, errors.New("read a call record: it has no id, start or end")
	}
	return r, nil
}

// talk is how long a talk took that began at the instant at (seconds since 1970) and ended with the record; 0 if the
// instant is none.
func (r *cdrRow) talk(at string) time.Duration {
	began, err := epoch(at)
	if err != nil || began.IsZero() {
		return 0
	}
	return max(0, r.end.Sub(began))
}

// epoch reads seconds since 1970 with a fraction; zero or nothing is the zero time.
func epoch(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return time.Time{}, err
	}
	if v == 0 {
		return time.Time{}, nil
	}
	if math.IsNaN(v) || v < 0 || v > 1<<34 { // 2^34 is in the year 2514
		return time.Time{}, fmt.Errorf("%s is no time", s)
	}
	return time.UnixMicro(int64(v*1e6 + .5)).UTC(), nil
}
