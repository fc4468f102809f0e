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

func journal(t *testing.T, l *Ledger) []string {
	t.Helper()
	texts, err := gather(read(t.Context(), l, "the journal", func(rows *sql.Rows) (s string, err error) { return s, rows.Scan(&s) },
		`SELECT text FROM events WHERE kind = 'node' ORDER BY id`))
	if err != nil {
		t.Fatal(err)
	}
	return texts
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
	each(t, func(t *testing.T, k *kit) {
		dir := t.TempDir()
		l := k.open(t, dir)
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
				first := k.open(t, dir)
				put(t, mkdirFor(t, first.spool.path), in)
				if err := first.spool.read(batch, first.commitLines); err != nil {
					t.Fatal(err)
				}
				put(t, first.spool.path, spooled) // never removed
				kill(first)
				next := k.open(t, dir)
				wantHealthy(t, next)
				if d := cmp.Diff([]string{"0", "1", "2", "3", "4"}, journal(t, next)); d != "" {
					t.Fatal(d)
				}
			})
		}
	})
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
	each(t, func(t *testing.T, k *kit) {
		dir := t.TempDir()
		l := k.open(t, dir)
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
	})
}

// Neither the database nor the spool: memory, up to a bound, steps dropped before arrivals and outcomes.
func TestNothingCanBeWritten(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		l := k.open(t, t.TempDir())
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
	})
}

func TestStopWithNowhereToWriteIsAnError(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		l := k.open(t, t.TempDir())
		l.spool.limit = 10
		k.takeAway(t, l)
		l.Write(arrived("a"))
		if err := l.Close(); err == nil || !strings.Contains(err.Error(), "1 records") {
			t.Fatalf("got %v", err)
		}
	})
}

// Run tries the database again by itself, a second later.
func TestRunHeals(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		dir := t.TempDir()
		k.name(t, dir)
		synctest.Test(t, func(t *testing.T) {
			l, err := Open(t.Context(), k.options(t, dir))
			if err != nil {
				t.Fatal(err)
			}
			ctx, stop := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() { done <- l.Run(ctx) }()
			k.takeAway(t, l)
			l.Write(arrived("a"))
			time.Sleep(2 * retryEvery)
			synctest.Wait()
			wantFault(t, l, k.away())
			k.bringBack(t, l)
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
	})
}

// A database that is away and comes back is the same, with all that it held.
func TestMovedAwayAndBack(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		l := k.open(t, t.TempDir())
		l.Write(step("a", "node", "0", ""))
		l.write(false)
		k.takeAway(t, l)
		l.Write(step("a", "node", "1", ""))
		l.write(true)
		l.write(true)
		wantFault(t, l, k.away())
		k.bringBack(t, l)
		l.write(true)
		wantHealthy(t, l)
		if d := cmp.Diff([]string{"0", "1"}, journal(t, l)); d != "" {
			t.Fatal(d)
		}
	})
}

func TestStuckDiskIsAFault(t *testing.T) {
	l := open(t, t.TempDir())
	l.setBusy(time.Now().Add(-time.Minute))
	wantFault(t, l, "does not answer", "disk")
	l.setBusy(time.Time{})
	wantHealthy(t, l)
}
