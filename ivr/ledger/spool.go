package ledger

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// spool is the file of records that wait for the database: a JSON line each, in order. Its last line may be torn.
type spool struct {
	path  string
	limit int64 // bytes
	file  *os.File
	size  int64
	taken int64 // bytes that are in the database already, for this run
}

// open makes the spool ready to be appended to. A torn last line is cut: it was never told to be safe.
func (s *spool) open() error {
	if s.file != nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(s.path), 0o750); err != nil {
		return fmt.Errorf("make the spool's folder: %w", err)
	}
	f, err := os.OpenFile(s.path, os.O_RDWR|os.O_CREATE, 0o640)
	if err != nil {
		return fmt.Errorf("open the spool: %w", err)
	}
	size, err := wholeLines(f)
	if err == nil {
		err = f.Truncate(size)
	}
	if err == nil {
		err = syncDir(filepath.Dir(s.path))
	}
	if err != nil {
		_ = f.Close()
		return fmt.Errorf("open the spool %s: %w", s.path, err)
	}
	s.file, s.size = f, size
	return nil
}

// append adds the records, all or none, and returns when they are on the disk.
func (s *spool) append(records []numbered) error {
	if err := s.open(); err != nil {
		return err
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	for _, r := range records {
		if err := enc.Encode(r); err != nil {
			return fmt.Errorf("spool a record: %w", err)
		}
	}
	if s.size+int64(buf.Len()) > s.limit {
		return fmt.Errorf("the spool %s has reached its limit of %d MB", s.path, s.limit>>20)
	}
	_, err := s.file.WriteAt(buf.Bytes(), s.size)
	if err == nil {
		err = s.file.Sync()
	}
	if err != nil {
		// What was written in part is cut off by the next open; the file is not trusted any more until then.
		_ = s.file.Truncate(s.size)
		_ = s.close()
		return fmt.Errorf("write the spool: %w", err)
	}
	s.size += int64(buf.Len())
	return nil
}

// read hands the lines that have not been taken yet to take, n at a time. What take has accepted is not handed again.
func (s *spool) read(n int, take func(lines [][]byte) error) error {
	f, err := os.Open(s.path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the spool: %w", err)
	}
	defer func() { _ = f.Close() }()
	if _, err := f.Seek(s.taken, io.SeekStart); err != nil {
		return fmt.Errorf("read the spool: %w", err)
	}
	r := bufio.NewReaderSize(f, 1<<16)
	for end := false; !end; {
		var lines [][]byte
		var size int64
		for len(lines) < n {
			line, err := r.ReadBytes('\n')
			if errors.Is(err, io.EOF) {
				end = true // what follows the last newline is torn
				break
			}
			if err != nil {
				return fmt.Errorf("read the spool: %w", err)
			}
			lines = append(lines, line)
			size += int64(len(line))
		}
		if len(lines) == 0 {
			return nil
		}
		if err := take(lines); err != nil {
			return err
		}
		s.taken += size
	}
	return nil
}

// remove ends the spool: everything in it has been taken.
func (s *spool) remove() error {
	_ = s.close()
	s.size, s.taken = 0, 0
	err := os.Remove(s.path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = syncDir(filepath.Dir(s.path)) // it must not come back once the writers' marks are forgotten
	}
	if err != nil {
		return fmt.Errorf("remove the spool: %w", err)
	}
	return nil
}

func (s *spool) close() error {
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	s.file = nil
	if err != nil {
		return fmt.Errorf("close the spool: %w", err)
	}
	return nil
}

// wholeLines is the size of f without what follows its last newline.
func wholeLines(f *os.File) (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	buf := make([]byte, 1<<16)
	for end := info.Size(); end > 0; {
		from := max(0, end-int64(len(buf)))
		part := buf[:end-from]
		if _, err := f.ReadAt(part, from); err != nil {
			return 0, err
		}
		if i := bytes.LastIndexByte(part, '\n'); i >= 0 {
			return from + int64(i) + 1, nil
		}
		end = from
	}
	return 0, nil
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	return d.Sync()
}
