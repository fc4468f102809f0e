package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"pronto/ivr/flow"
)

// The database is away for a minute while calls come and go: the fault is told, and all of it is there afterwards.
func TestAwayForAMinute(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		dir := t.TempDir()
		k.name(t, dir)
		synctest.Test(t, func(t *testing.T) {
			l := must(Open(t.Context(), k.options(t, dir)))(t)
			ctx, stop := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() { done <- l.Run(ctx) }()
			var want []string
			const every, calls = 100 * time.Millisecond, 900
			for i := range calls {
				id := fmt.Sprintf("%04d", i)
				want = append(want, id)
				l.Write(arrived(id))
				l.Write(step(id, "node", id, ""))
				l.Write(ended(id, flow.Informed))
				switch i {
				case 100:
					k.takeAway(t, l)
				case 150, 699:
					wantFault(t, l, k.away())
				case 700:
					k.bringBack(t, l)
				}
				time.Sleep(every)
			}
			wantHealthy(t, l)
			stop()
			if err := <-done; err != nil {
				t.Error(err)
			}
			if d := cmp.Diff(want, journal(t, l)); d != "" {
				t.Error(d)
			}
			got := all(t, l)
			if len(got) != calls || slices.ContainsFunc(got, func(c Call) bool { return c.Outcome != "informed" }) {
				t.Errorf("%d calls, want %d, all informed", len(got), calls)
			}
			if err := l.Close(); err != nil {
				t.Error(err)
			}
		})
	})
}

// A line without calls has the fault, too.
func TestFaultWithoutCalls(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		dir := t.TempDir()
		k.name(t, dir)
		synctest.Test(t, func(t *testing.T) {
			l := must(Open(t.Context(), k.options(t, dir)))(t)
			ctx, stop := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() { done <- l.Run(ctx) }()
			time.Sleep(3 * retryEvery)
			k.takeAway(t, l)
			time.Sleep(5 * retryEvery)
			wantFault(t, l, k.away())
			k.bringBack(t, l)
			time.Sleep(3 * retryEvery)
			wantHealthy(t, l)
			stop()
			if err := errors.Join(<-done, l.Close()); err != nil {
				t.Error(err)
			}
		})
	})
}

// The clock is put back an hour while calls are up and while the switch's records wait.
func TestClockPutBack(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		dir := t.TempDir()
		k.name(t, dir)
		synctest.Test(t, func(t *testing.T) {
			following(t, k, dir, func(l *Ledger, cdrs string) {
				early := arrived("early")
				early.Arrived.Started = noon.Add(time.Hour)
				l.Write(early)
				l.Write(ended("early", flow.Served)) // at noon and a minute: before it began
				l.Write(arrived("late"))
				l.Write(ended("late", flow.Served))
				appendTo(t, cdrs, trunk("1", "failopen=advised", 1, 30))
				pass(2500 * time.Millisecond) // seen, not settled
				if _, err := raw(t, l.opts.Path).Exec(`UPDATE cdr_ends SET seen = seen + 3600000`); err != nil {
					t.Fatal(err)
				}
				if n := count(t, l, `SELECT count(*) FROM cdr_ends`); n != 1 {
					t.Fatalf("%d records wait", n)
				}
				pass(10 * time.Second)
				if d := cmp.Diff([]string{"late served", "1 redirected fail_open", "early served"}, rows(t, l)); d != "" {
					t.Fatal(d)
				}
			})
		})
	})
}

// confinedEnv has the test binary be a writer on a small disk: the folder.
const confinedEnv = "PRONTO_LEDGER_CONFINED"

// The disk that the ledger and its spool are on is full, for a while: a real one, of two megabytes.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if small := os.Getenv(confinedEnv); small != "" {
		onFullDisk(t, small)
		return
	}
	cmd := exec.Command("bwrap", "--dev-bind", "/", "/", "--size", "2097152", "--tmpfs", dir, "--setenv", confinedEnv, dir, os.Args[0], "-test.run", "^TestFullDisk$", "-test.v")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestFullDisk") {
		t.Fatalf("%v\n%s", err, out)
	}
}

func onFullDisk(t *testing.T, dir string) {
	l := open(t, dir)
	l.opts.KeyPath = filepath.Join(dir, keyFile)
	ballast := filepath.Join(dir, "ballast")
	put(t, ballast, make([]byte, 1<<20))
	n, steps := 0, 0
	write := func() {
		id := fmt.Sprint(n)
		l.Write(arrived(id))
		for range 5 {
			l.Write(step(id, "node", strings.Repeat("x", 200), ""))
			steps++
		}
		l.Write(ended(id, flow.Served))
		n++
	}
	bad := func() bool { _, _, bad := l.Fault(); return bad }
	for !bad() && n < 10_000 {
		write()
		l.write(true)
	}
	wantFault(t, l, "no space for the ledger", "free space")
	before := n
	for message := ""; !strings.Contains(message, "wait in memory") && n < before+20_000; message, _, _ = l.Fault() {
		write()
		l.write(n%50 == 0)
	}
	wantFault(t, l, "the spool can not be written either", "wait in memory, 0 are lost")
	for range 100 {
		write()
	}
	l.write(true)
	remove(t, ballast)
	l.write(true)
	wantHealthy(t, l)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l = open(t, dir)
	if served := count(t, l, `SELECT count(*) FROM calls WHERE outcome = 'served'`); served != n || len(all(t, l)) != n {
		t.Errorf("%d calls, %d served; %d were written", len(all(t, l)), served, n)
	}
	if got := count(t, l, `SELECT count(*) FROM events`); got != steps {
		t.Errorf("%d steps, %d were written", got, steps)
	}
	text, _ := json.Marshal(must(Examine(t.Context(), l.opts))(t))
	t.Logf("%d calls; %s", n, text)
}
