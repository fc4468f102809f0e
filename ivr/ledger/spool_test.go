package ledger

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/rs/zerolog"

	"pronto/ivr/flow"
)

func wantFault(t *testing.T, l *Ledger, parts ...string) {
	t.Helper()
	message, remedy, bad := l.Fault()
	if !bad {
		t.Fatal("no fault is told")
	}
	for _, p := range parts {
		if !strings.Contains(message+" | "+remedy, p) {
			t.Errorf("the fault %q | %q does not say %q", message, remedy, p)
		}
	}
}

func wantHealthy(t *testing.T, l *Ledger) {
	t.Helper()
	if message, _, bad := l.Fault(); bad {
		t.Fatalf("fault: %s", message)
	}
	if _, err := os.Stat(l.spool.path); !os.IsNotExist(err) {
		t.Fatalf("the spool is still there (%v)", err)
	}
}

func journal(t *testing.T, l *Ledger) (texts []string) {
	t.Helper()
	db := raw(t, l.opts.Path)
	rows, err := db.Query(`SELECT text FROM events WHERE kind = 'node' ORDER BY id`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		texts = append(texts, s)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return texts
}

// Every way in which the database can not be written: calls go on, the fault is told, and nothing is lost or doubled
// when it is mended.
func TestUnwritableDatabase(t *testing.T) {
	var locker *sql.DB
	tests := []struct {
		name        string
		damage      func(t *testing.T, l *Ledger)
		fault       []string
		mend        func(t *testing.T, l *Ledger)
		beforeStays bool // what was written before the fault is still there afterwards
	}{
		{
			name: "locked", beforeStays: true, fault: []string{"locked", "end that program"},
			damage: func(t *testing.T, l *Ledger) {
				other := raw(t, l.opts.Path)
				if _, err := other.Exec(`BEGIN IMMEDIATE`); err != nil {
					t.Fatal(err)
				}
				locker = other
			},
			mend: func(t *testing.T, _ *Ledger) {
				if err := locker.Close(); err != nil {
					t.Fatal(err)
				}
			},
		},
		{
			name: "disk full", beforeStays: true, fault: []string{"no space", "free space"},
			damage: func(t *testing.T, l *Ledger) {
				if _, err := l.store.db.Exec(`PRAGMA max_page_count = 1`); err != nil {
					t.Fatal(err)
				}
				l.Write(step("before", "filler", strings.Repeat("x", 1<<20), ""))
			},
			mend: func(*testing.T, *Ledger) {}, // opening it anew takes the limit away
		},
		{
			name: "read only", beforeStays: true, fault: []string{"can not be opened for writing", "user"},
			damage: func(t *testing.T, l *Ledger) {
				if _, err := l.store.db.Exec(`PRAGMA query_only = 1`); err != nil {
					t.Fatal(err)
				}
			},
			mend: func(*testing.T, *Ledger) {},
		},
		{
			name: "file gone", fault: []string{"not there any more", "put it back"},
			damage: func(t *testing.T, l *Ledger) { remove(t, l.opts.Path) },
			mend:   func(t *testing.T, l *Ledger) { put(t, l.opts.Path, nil) },
		},
		{
			name: "replaced by a folder", fault: []string{"another file stands"},
			damage: func(t *testing.T, l *Ledger) {
				remove(t, l.opts.Path)
				if err := os.Mkdir(l.opts.Path, 0o700); err != nil {
					t.Fatal(err)
				}
			},
			mend: func(t *testing.T, l *Ledger) {
				l.write(true)
				wantFault(t, l, "can not be opened for writing")
				remove(t, l.opts.Path)
				put(t, l.opts.Path, nil)
			},
		},
		{
			name: "replaced by garbage", fault: []string{"another file stands"},
			damage: func(t *testing.T, l *Ledger) {
				remove(t, l.opts.Path)
				put(t, l.opts.Path, bytes.Repeat([]byte("no database "), 1000))
			},
			mend: func(t *testing.T, l *Ledger) {
				l.write(true)
				wantFault(t, l, "is damaged", "move it aside")
				remove(t, l.opts.Path)
				put(t, l.opts.Path, nil)
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := open(t, t.TempDir())
			l.Write(arrived("before"))
			l.Write(step("before", "node", "0", ""))
			l.write(false)
			wantHealthy(t, l)
			tt.damage(t, l)
			for i := range 3 {
				l.Write(step("before", "node", fmt.Sprint(i+1), ""))
				l.Write(arrived(fmt.Sprint(i)))
				l.Write(ended(fmt.Sprint(i), flow.Served))
				l.write(false)
			}
			l.Write(ended("before", flow.Served))
			l.write(false)
			wantFault(t, l, tt.fault...)
			wantFault(t, l, l.spool.path)
			tt.mend(t, l)
			l.Write(step("before", "node", "4", ""))
			l.write(true)
			wantHealthy(t, l)
			want := []string{"1", "2", "3", "4"}
			if tt.beforeStays {
				want = append([]string{"0"}, want...)
			}
			if d := cmp.Diff(want, journal(t, l)); d != "" {
				t.Fatal(d)
			}
			for _, c := range all(t, l) {
				if c.Outcome != "served" {
					t.Errorf("call %s: outcome %q", c.ID, c.Outcome)
				}
			}
			if n := len(all(t, l)); n != 4 {
				t.Errorf("%d calls, want 4", n)
			}
		})
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

func put(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// The line answers although its database can not be opened; the next start takes the spool in, before anyone asks for
// the calls that are open.
func TestStartWithoutDatabase(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "ledger.db")
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	l := open(t, dir)
	wantFault(t, l, path)
	if _, err := l.OpenCalls(t.Context()); err == nil {
		t.Fatal("open calls of a database that is none")
	}
	l.Write(arrived("a"))
	l.Write(arrived("b"))
	l.Write(ended("b", flow.Message))
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	remove(t, path)
	l = open(t, dir)
	wantHealthy(t, l)
	calls, err := l.OpenCalls(t.Context())
	if err != nil || len(calls) != 1 || calls[0].ID != "a" {
		t.Fatalf("open calls %+v, %v", calls, err)
	}
}

func TestStartWithNeither(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "ledger.db"), 0o700); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, "spool"), nil)
	_, err := Open(t.Context(), Options{Path: filepath.Join(dir, "ledger.db"), SpoolDir: filepath.Join(dir, "spool")})
	if err == nil || !strings.Contains(err.Error(), "spool") {
		t.Fatalf("got %v", err)
	}
}

// The process dies after the spool's records are in the database and before the spool's file is gone: the next start
// must not take them in again.
func TestKilledBetweenDatabaseAndSpool(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir)
	l.spooling, l.retried = true, time.Now()
	l.Write(arrived("a"))
	for i := range 5 {
		l.Write(step("a", "node", fmt.Sprint(i), ""))
	}
	l.write(false)
	spooled, err := os.ReadFile(l.spool.path)
	if err != nil || bytes.Count(spooled, []byte("\n")) != 6 {
		t.Fatalf("%q, %v", spooled, err)
	}
	half := bytes.Join(bytes.SplitAfter(spooled, []byte("\n"))[:3], nil)
	for name, in := range map[string][]byte{"all were in": spooled, "half were in": half} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			first := open(t, dir)
			put(t, mkdirFor(t, first.spool.path), in)
			if err := first.spool.read(batch, first.commitLines); err != nil {
				t.Fatal(err)
			}
			put(t, first.spool.path, spooled) // never removed, and never closed: killed
			next := open(t, dir)
			wantHealthy(t, next)
			if d := cmp.Diff([]string{"0", "1", "2", "3", "4"}, journal(t, next)); d != "" {
				t.Fatal(d)
			}
		})
	}
}

func mkdirFor(t *testing.T, path string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// A torn last line, as a process leaves it that is killed while it writes, and a line that is no record.
func TestTornSpool(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir)
	path := mkdirFor(t, l.spool.path)
	put(t, path, []byte(`{"run":"x","seq":1,"rec":{"arrived":{"ID":"a","Started":"2026-11-25T11:00:00Z"}}}
no record
{"run":"x","seq":2,"rec":{"ended":{"ID":"a","Outcome":"informed","Ended":"2026-11-25T11:00:09Z"}}}
{"run":"x","seq":3,"rec":{"ended":{"ID":"b","Outco`))
	l.spooling = true
	l.Write(arrived("c"))
	l.retried = time.Now()
	l.write(false) // cuts the torn line before it appends
	if data, err := os.ReadFile(path); err != nil || bytes.Contains(data, []byte(`Outco{`)) || bytes.Count(data, []byte("\n")) != 4 {
		t.Fatalf("%s, %v", data, err)
	}
	l.write(true)
	wantHealthy(t, l)
	var got []string
	for _, c := range all(t, l) {
		got = append(got, c.ID+":"+c.Outcome)
	}
	if d := cmp.Diff([]string{"a:informed", "c:"}, got); d != "" {
		t.Fatal(d)
	}
	if n := testutil.ToFloat64(l.metrics.dropped); n != 1 {
		t.Errorf("%v records dropped, want 1", n)
	}
}

// Neither the database nor the spool: memory, up to a bound, steps dropped before arrivals and outcomes.
func TestNothingCanBeWritten(t *testing.T) {
	l := open(t, t.TempDir())
	l.opts.memoryLimit, l.spool.limit = 4, 10
	l.spooling, l.retried = true, time.Now()
	l.setFault(errGone)
	l.Write(arrived("a"))
	for range 10 {
		l.Write(step("a", "node", "n", ""))
	}
	l.Write(ended("a", flow.Served))
	for range 3 {
		l.write(false)
	}
	wantFault(t, l, "limit", "4 records wait in memory, 8 are lost")
	if message, _, _ := l.Fault(); strings.Count(message, "limit") != 1 {
		t.Errorf("the fault repeats itself: %s", message)
	}
	if n := testutil.ToFloat64(l.metrics.dropped); n != 8 {
		t.Errorf("%v records dropped, want 8", n)
	}
	l.write(true)
	wantHealthy(t, l)
	calls := all(t, l)
	if len(calls) != 1 || calls[0].Outcome != "served" || calls[0].Line == "" {
		t.Fatalf("got %+v", calls)
	}
}

func TestStopWithNowhereToWriteIsAnError(t *testing.T) {
	l := open(t, t.TempDir())
	l.spool.limit = 10
	remove(t, l.opts.Path)
	l.Write(arrived("a"))
	if err := l.Close(); err == nil || !strings.Contains(err.Error(), "1 records") {
		t.Fatalf("got %v", err)
	}
}

// Run tries the database again by itself, a second later.
func TestRunHeals(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		l, err := Open(t.Context(), Options{Path: filepath.Join(dir, "ledger.db"), Log: zerolog.Nop(), busy: time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- l.Run(ctx) }()
		remove(t, l.opts.Path)
		l.Write(arrived("a"))
		time.Sleep(2 * gatherFor)
		synctest.Wait()
		wantFault(t, l, "not there any more")
		put(t, l.opts.Path, nil)
		time.Sleep(3 * time.Second)
		synctest.Wait()
		wantHealthy(t, l)
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
}

// A file that is moved away and back is the same database, with all that its log holds.
func TestMovedAwayAndBack(t *testing.T) {
	l := open(t, t.TempDir())
	l.Write(step("a", "node", "0", ""))
	l.write(false)
	if err := os.Rename(l.opts.Path, l.opts.Path+".away"); err != nil {
		t.Fatal(err)
	}
	l.Write(step("a", "node", "1", ""))
	l.write(true)
	l.write(true)
	wantFault(t, l, "not there any more")
	if err := os.Rename(l.opts.Path+".away", l.opts.Path); err != nil {
		t.Fatal(err)
	}
	l.write(true)
	wantHealthy(t, l)
	if d := cmp.Diff([]string{"0", "1"}, journal(t, l)); d != "" {
		t.Fatal(d)
	}
}

func TestStuckDiskIsAFault(t *testing.T) {
	l := open(t, t.TempDir())
	l.setBusy(time.Now().Add(-time.Minute))
	wantFault(t, l, "does not answer", "disk")
	l.setBusy(time.Time{})
	wantHealthy(t, l)
}
