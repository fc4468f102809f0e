package ledger

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"pronto/asterisk/conf"
)

// Leg is one line of a switch's call records: a part of the life of one party's line.
type Leg struct {
	ID, Call             string // Call: the leg that it belongs to, for a caller's itself
	Channel, Caller      string
	Dialled, App         string
	FailOpen             string // the userfield of a call that the controller did not take
	Start, Answered, End time.Time
}

// Citizen says that the leg is a caller's, of a call that the ledger must account for.
func (g *Leg) Citizen() bool { return g.row().counts() }

func (g *Leg) row() *cdrRow {
	return &cdrRow{
		id: g.ID, linked: g.Call, channel: g.Channel, caller: g.Caller, dialled: g.Dialled, app: g.App, userfield: g.FailOpen,
		start: g.Start, answer: g.Answered, end: g.End,
	}
}

// BestFailOpen is that one of two userfields of a call that says most.
func BestFailOpen(a, b string) string { return conf.CDRBest(a, b) }

// Returned says that the switch began to serve the call, and gave it to a controller that came back.
func (g *Leg) Returned() bool { return g.FailOpen == conf.FailOpenPrefix+"returned" }

// Account is the outcome that the ledger gives a call by the switch's records alone. ok: the switch served it to its end,
// nobody else accounts for it.
func (g *Leg) Account() (outcome, operator string, ok bool) {
	if !strings.HasPrefix(g.FailOpen, conf.FailOpenPrefix) || g.Returned() {
		return "", "", false
	}
	c, ours, _ := (&cdrEnd{row: *g.row(), inLedger: true}).account()
	return c.Outcome, c.Operator, ours && c.Outcome != ""
}

const (
	// clockSteps is how far the switch's records may be out of order: its clock may be set back.
	clockSteps = 2 * time.Hour
	legLine    = 1 << 16 // bytes; a longer line is no call record
)

// Legs are the lines of the call records at path, and of the files that they were rotated to, of legs that ended from the
// one instant on and up to the other, in the order in which they were written; a few more may come. Lines that are no
// records are told by nil. A file that is not there has none.
func Legs(ctx context.Context, path string, from, to time.Time) iter.Seq2[*Leg, error] {
	return func(yield func(*Leg, error) bool) {
		names, err := legFiles(path)
		if err != nil {
			yield(nil, err)
			return
		}
		for _, name := range names {
			more, err := legsOf(ctx, name, from.Add(-clockSteps), to.Add(clockSteps), yield)
			if err != nil {
				yield(nil, fmt.Errorf("read the call records %s: %w", name, err))
				return
			}
			if !more {
				return
			}
		}
	}
}

// LegsSince is when the oldest record in the files ended; zero: there is none.
func LegsSince(path string) (oldest time.Time, err error) {
	names, err := legFiles(path)
	if err != nil {
		return oldest, err
	}
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			continue // rotated away meanwhile
		}
		end, _, err := legAfter(f, 0)
		_ = f.Close()
		if err == nil && !end.IsZero() && (oldest.IsZero() || end.Before(oldest)) {
			oldest = end
		}
	}
	return oldest, nil
}

// legFiles are the files of the records, the oldest first.
func legFiles(path string) ([]string, error) {
	names, err := filepath.Glob(escapeGlob(path) + `[.\-]*`) // calls.csv.1, calls.csv-20261125
	if err != nil {
		return nil, fmt.Errorf("find the call records: %w", err)
	}
	names = slices.DeleteFunc(names, func(name string) bool { return strings.HasSuffix(name, ".gz") || strings.HasSuffix(name, ".new") })
	changed := func(name string) time.Time {
		info, err := os.Stat(name)
		if err != nil {
			return time.Time{}
		}
		return info.ModTime()
	}
	slices.SortFunc(names, func(a, b string) int { return changed(a).Compare(changed(b)) })
	return append(names, path), nil
}

// legsOf hands on the legs of one file. more: the next file may have some, too.
func legsOf(ctx context.Context, name string, from, to time.Time, yield func(*Leg, error) bool) (more bool, err error) {
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	defer func() { _ = f.Close() }()
	place, err := legPlace(f, from)
	if err != nil {
		return false, err
	}
	if _, err := f.Seek(place, io.SeekStart); err != nil {
		return false, err
	}
	lines := bufio.NewScanner(f)
	lines.Buffer(make([]byte, 0, legLine), legLine)
	for lines.Scan() {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		row, err := parseCDR(lines.Bytes())
		switch {
		case len(bytes.TrimSpace(lines.Bytes())) == 0:
		case err != nil:
			if !yield(nil, nil) {
				return false, nil
			}
		case row.end.After(to):
			return false, nil
		case !row.end.Before(from):
			if !yield(row.leg(), nil) {
				return false, nil
			}
		}
	}
	return true, lines.Err()
}

func (r *cdrRow) leg() *Leg {
	g := &Leg{
		ID: r.id, Call: r.linked, Channel: r.channel, Caller: r.caller, Dialled: r.dialled, App: r.app,
		Start: r.start, Answered: r.answer, End: r.end,
	}
	if g.Call == "" {
		g.Call = g.ID
	}
	if strings.HasPrefix(r.userfield, conf.FailOpenPrefix) {
		g.FailOpen = r.userfield
	}
	return g
}

// legPlace is the beginning of a line in f before which all legs ended before from. The lines are in order, but for
// clocks that were set back: from is early enough for these.
func legPlace(f *os.File, from time.Time) (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	low, high := int64(0), info.Size() // low is such a beginning
	for high-low > legLine {
		end, place, err := legAfter(f, low+(high-low)/2)
		switch {
		case err != nil:
			return 0, err
		case end.IsZero() || !end.Before(from):
			high = low + (high-low)/2
		case place >= high:
			return low, nil
		default:
			low = place
		}
	}
	return low, nil
}

// legAfter reads the first whole record that begins at offset or behind it: when it ended, and where it begins. Zero:
// there is none within a line's length.
func legAfter(f *os.File, offset int64) (end time.Time, place int64, err error) {
	buf := make([]byte, 2*legLine)
	n, err := f.ReadAt(buf, offset)
	if err != nil && !errors.Is(err, io.EOF) {
		return end, 0, err
	}
	rest, place := buf[:n], offset
	if offset > 0 { // somewhere within a line
		i := bytes.IndexByte(rest, '\n')
		if i < 0 {
			return end, 0, nil
		}
		rest, place = rest[i+1:], offset+int64(i)+1
	}
	for {
		line, after, whole := bytes.Cut(rest, []byte("\n"))
		if !whole {
			return end, 0, nil
		}
		if row, err := parseCDR(line); err == nil {
			return row.end, place, nil
		}
		place += int64(len(line)) + 1
		rest = after
	}
}

// FollowedSince is since when the ledger follows a switch's call records (FollowCDR); zero: it never did.
func (l *Ledger) FollowedSince(ctx context.Context, switchName string) (time.Time, error) {
	since, _, err := one(read(ctx, l, "since when the call records are followed", func(rows *sql.Rows) (t time.Time, err error) {
		var ms int64
		err = rows.Scan(&ms)
		return at(ms), err
	}, `SELECT since FROM cdr_files WHERE switch = ?`, switchName))
	return since, err
}
