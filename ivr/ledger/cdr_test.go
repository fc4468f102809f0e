package ledger

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"pronto/ivr/flow"
)

// cdr is a call record as Asterisk writes it, for a call that began at noon of 2026-11-25 (Rome).
func cdr(id, channel, app, userfield string, answer, end float64) string {
	const start = 1795604400.5 // 2026-11-25T11:00:00.5Z
	answered := "0.000000"
	if answer > 0 {
		answered = fmt.Sprintf("%.6f", start+answer)
	}
	return fmt.Sprintf(`"%.6f","%s","%.6f","%s","%s","%s","+390612345","800840840","%s","%.3f","%.3f","ANSWERED","%s"`+"\n",
		start, answered, start+end, id, id, channel, app, end, end-answer, userfield)
}

func trunk(id, userfield string, answer, end float64) string {
	return cdr(id, "PJSIP/trunk-0000002a", "Playback", userfield, answer, end)
}

func appendTo(t testing.TB, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// following runs a ledger that follows dir/calls.csv, in virtual time, and stops it when do returns.
func following(t *testing.T, k *kit, dir string, do func(l *Ledger, cdrs string)) {
	t.Helper()
	cdrs := filepath.Join(dir, "calls.csv")
	l, err := Open(t.Context(), k.options(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	runCtx, stopRun := context.WithCancel(context.WithoutCancel(t.Context()))
	ctx, stop := context.WithCancel(t.Context())
	ran, followed := make(chan error), make(chan error)
	go func() { ran <- l.Run(runCtx) }()
	go func() { followed <- l.FollowCDR(cdrs, "pronto", 2*time.Second)(ctx) }()
	synctest.Wait()
	defer func() { // after a Fatal too: a bubble ends with its goroutines
		stop()
		stopFollowing := <-followed
		stopRun()
		if err := errors.Join(stopFollowing, <-ran, l.Close()); err != nil {
			t.Error(err)
		}
	}()
	do(l, cdrs)
}

// pass lets time go by.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// rows are the ledger's calls as "id outcome detail operator talk".
func rows(t *testing.T, l *Ledger) []string {
	t.Helper()
	var out []string
	for _, c := range all(t, l) {
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s %s %s", c.ID, c.Outcome, c.Detail, c.Operator)))
	}
	return out
}

func TestFailOpenCalls(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		dir := t.TempDir()
		k.name(t, dir)
		synctest.Test(t, func(t *testing.T) {
			following(t, k, dir, func(l *Ledger, cdrs string) {
				appendTo(t, cdrs, strings.Join([]string{
					trunk("1", "failopen=abandoned", 1, 5),
					trunk("2", "failopen=abandoned", 1, 40),
					trunk("3", "failopen=advised", 1, 30),
					trunk("4", "failopen=returned", 1, 30), // no controller wrote it down
					trunk("5", "failopen=operator:op1@1795604440", 1, 91),
					trunk("6", "failopen=message:msg-6.wav", 1, 60),
					trunk("7", "failopen=abandoned", 0, 5),
					cdr("8", "PJSIP/op1-00000003", "Dial", "failopen=operator:op1", 1, 9),
					cdr("9", "Local/800@x-00000003;1", "Dial", "failopen=advised", 1, 9),
					"garbage\n", `"a","b"` + "\n",
				}, ""))
				pass(10 * time.Second)
				want := []string{
					"1 abandoned_menu fail_open", "2 redirected fail_open_partly", "3 redirected fail_open", "4 redirected fail_open",
					"5 served fail_open op1", "6 message fail_open:msg-6.wav", "7 abandoned_menu fail_open",
				}
				if d := cmp.Diff(want, rows(t, l)); d != "" {
					t.Fatal(d)
				}
				got := all(t, l)[4]
				began := time.Date(2026, 11, 25, 11, 0, 0, 500e6, time.UTC)
				wantCall := Call{
					ID: "5", Line: "800840840", Switch: "pronto", Started: began, Answered: began.Add(time.Second), Ended: began.Add(91 * time.Second),
					Caller: "+390612345", Outcome: "served", Detail: "fail_open", Operator: "op1", Talk: 51500 * time.Millisecond,
				}
				if d := cmp.Diff(wantCall, got, cmpopts.EquateEmpty()); d != "" {
					t.Fatal(d)
				}
				if n := testutil.ToFloat64(l.metrics.unreadable); n != 2 {
					t.Errorf("%v lines unreadable, want 2", n)
				}
				if n := testutil.ToFloat64(l.metrics.calls.WithLabelValues("redirected")); n != 3 {
					t.Errorf("%v calls counted as redirected, want 3", n)
				}
			})
		})
	})
}

// The talk is from the operator's answer to the end, whatever the record says.
func TestTalkOfFailOpenCalls(t *testing.T) {
	start := time.Unix(1795604400, 500e6)
	for userfield, want := range map[string]struct {
		operator string
		talk     time.Duration
	}{
		"failopen=operator:op1@1795604440": {"op1", 51500 * time.Millisecond},
		"failopen=operator:op1@1795604400": {"op1", 90 * time.Second}, // before the call was answered
		"failopen=operator:op1@1795604999": {"op1", 0},                // after its end
		"failopen=operator:op1@soon":       {"op1", 0},
		"failopen=operator:op1@":           {"op1", 0},
		"failopen=operator:op1":            {"op1", 90 * time.Second}, // an older configuration
	} {
		e := cdrEnd{row: cdrRow{id: "1", userfield: userfield, start: start, answer: start.Add(time.Second), end: start.Add(91 * time.Second)}}
		call, ours, _ := e.account()
		if !ours || call.Outcome != string(flow.Served) || call.Operator != want.operator || call.Talk != want.talk || call.Queued {
			t.Errorf("%s became %+v, want %v", userfield, call, want)
		}
	}
}

// Several records of one call make one call, with what says most, also when they come apart.
func TestRecordsOfOneCall(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		dir := t.TempDir()
		k.name(t, dir)
		synctest.Test(t, func(t *testing.T) {
			following(t, k, dir, func(l *Ledger, cdrs string) {
				appendTo(t, cdrs, trunk("1", "failopen=operator:op2", 1, 50)+trunk("1", "failopen=advised", 2, 60))
				pass(2100 * time.Millisecond)
				appendTo(t, cdrs, trunk("1", "failopen=abandoned", 0, 20))
				pass(10 * time.Second)
				appendTo(t, cdrs, trunk("1", "failopen=message:late", 1, 70))
				pass(2 * time.Minute)
				if d := cmp.Diff([]string{"1 served fail_open op2"}, rows(t, l)); d != "" {
					t.Fatal(d)
				}
				if c := all(t, l)[0]; c.Ended.Sub(c.Started) != time.Minute {
					t.Errorf("the call lasted %v, want 1m", c.Ended.Sub(c.Started))
				}
			})
		})
	})
}

// A call that the controller took is the controller's to account for; only when it never does, the record decides.
func TestControllersCalls(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		dir := t.TempDir()
		k.name(t, dir)
		synctest.Test(t, func(t *testing.T) {
			following(t, k, dir, func(l *Ledger, cdrs string) {
				l.Write(arrived("done"))
				l.Write(ended("done", flow.Served))
				l.Write(arrived("slow"))
				l.Write(arrived("lost"))
				l.Write(arrived("stasis"))
				appendTo(t, cdrs, trunk("done", "failopen=returned", 1, 30)+trunk("slow", "failopen=returned", 1, 30)+
					trunk("lost", "failopen=returned", 1, 30)+cdr("stasis", "PJSIP/trunk-1", "Stasis", "", 1, 30))
				pass(20 * time.Second)
				if end, ok := l.EndOf("stasis"); !ok || end.UnixMilli() != 1795604430500 {
					t.Errorf("EndOf: %v, %v", end, ok)
				}
				if _, ok := l.EndOf("done"); ok {
					t.Error("EndOf knows a call that has its outcome")
				}
				l.Write(ended("slow", flow.Message))
				pass(2 * time.Minute)
				want := []string{"done served", "lost redirected fail_open", "slow message", "stasis"}
				if d := cmp.Diff(want, rows(t, l)); d != "" {
					t.Fatal(d)
				}
				if n := testutil.ToFloat64(l.metrics.double); n != 0 {
					t.Errorf("%v double outcomes", n)
				}
				if _, ok := l.EndOf("stasis"); !ok {
					t.Error("the end of an open call was forgotten")
				}
			})
		})
	})
}

// A call that was handed to a controller whose connection was dead, and ended before it was back, is in the ledger.
// Calls to rescue numbers and those from before the ledger are not.
func TestCallsNobodyHeardOf(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		dir := t.TempDir()
		k.name(t, dir)
		synctest.Test(t, func(t *testing.T) {
			// The bubble's clock begins in the year 2000, the records are of 2026: all are after the ledger's beginning.
			following(t, k, dir, func(l *Ledger, cdrs string) {
				rescue := strings.Replace(cdr("p-1", "PJSIP/trunk-2", "Stasis", "", 1, 30), `"p-1","p-1"`, `"p-1","1"`, 1)
				old := strings.NewReplacer("1795604", "895604").Replace(cdr("old", "PJSIP/trunk-3", "Stasis", "", 1, 30))
				appendTo(t, cdrs, cdr("1", "PJSIP/trunk-1", "Stasis", "", 0, 30)+rescue+old+
					cdr("x", "PJSIP/trunk-4", "Hangup", "", 0, 1))
				pass(30 * time.Second)
				if d := cmp.Diff([]string(nil), rows(t, l)); d != "" {
					t.Fatal(d)
				}
				pass(time.Minute)
				if d := cmp.Diff([]string{"1 abandoned_menu ended_while_away"}, rows(t, l)); d != "" {
					t.Fatal(d)
				}
			})
		})
	})
}

// Restart, rotation, truncation, torn lines: each record is taken once.
func TestCDRFileGrowsAndTurns(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		dir := t.TempDir()
		n := 0
		next := func() string { n++; return trunk(fmt.Sprintf("%02d", n), "failopen=advised", 1, 30+float64(n)) }
		check := func(t *testing.T, l *Ledger) {
			t.Helper()
			pass(10 * time.Second)
			if got := len(all(t, l)); got != n {
				t.Fatalf("%d calls, want %d: %v", got, n, rows(t, l))
			}
			if bad := testutil.ToFloat64(l.metrics.unreadable); bad != 0 {
				t.Fatalf("%v lines unreadable", bad)
			}
		}
		cdrs := filepath.Join(dir, "calls.csv")
		k.name(t, dir)
		synctest.Test(t, func(t *testing.T) {
			following(t, k, dir, func(l *Ledger, cdrs string) {
				check(t, l) // no file yet
				torn := next()
				appendTo(t, cdrs, torn[:40])
				pass(10 * time.Second)
				if got := len(all(t, l)); got != 0 {
					t.Fatalf("%d calls from half a line", got)
				}
				appendTo(t, cdrs, torn[40:]+next())
				check(t, l)
				// Rotated, with lines before and after that were not read yet.
				appendTo(t, cdrs, next())
				if err := os.Rename(cdrs, cdrs+".1"); err != nil {
					t.Fatal(err)
				}
				check(t, l)
				appendTo(t, cdrs+".1", next())
				appendTo(t, cdrs, next())
				check(t, l)
				// Cut and written anew, shorter and longer than before.
				put(t, cdrs, []byte(next()))
				check(t, l)
				put(t, cdrs, []byte(next()+next()+next()))
				check(t, l)
			})
		})
		// While nobody followed: more lines, then a rotation.
		appendTo(t, cdrs, next())
		if err := os.Rename(cdrs, cdrs+"-20261125"); err != nil {
			t.Fatal(err)
		}
		appendTo(t, cdrs, next())
		synctest.Test(t, func(t *testing.T) {
			following(t, k, dir, func(l *Ledger, cdrs string) {
				check(t, l)
				if got := testutil.ToFloat64(l.metrics.calls.WithLabelValues("redirected")); got != 2 {
					t.Errorf("%v calls taken in after the restart, want 2: the rest had been read", got)
				}
			})
		})
	})
}

// While the database can not be written, records stay where they are, and are taken in afterwards.
func TestCDRWaitsForTheDatabase(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		dir := t.TempDir()
		k.name(t, dir)
		synctest.Test(t, func(t *testing.T) {
			following(t, k, dir, func(l *Ledger, cdrs string) {
				k.takeAway(t, l)
				l.Write(arrived("a"))
				appendTo(t, cdrs, trunk("1", "failopen=advised", 1, 30))
				pass(30 * time.Second)
				wantFault(t, l, k.away())
				k.bringBack(t, l)
				pass(30 * time.Second)
				wantHealthy(t, l)
				if d := cmp.Diff([]string{"a", "1 redirected fail_open"}, rows(t, l)); d != "" {
					t.Fatal(d)
				}
			})
		})
	})
}

func TestManyRecordsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		dir := t.TempDir()
		k.name(t, dir)
		synctest.Test(t, func(t *testing.T) {
			var text strings.Builder
			for i := range 5000 {
				text.WriteString(trunk(fmt.Sprint(i), "failopen=advised", 1, 30))
			}
			put(t, filepath.Join(dir, "calls.csv"), []byte(strings.Repeat("x", cdrChunk+10)+"\n"+text.String()))
			following(t, k, dir, func(l *Ledger, _ string) {
				pass(10 * time.Second)
				if got := len(all(t, l)); got != 5000 {
					t.Fatalf("%d calls, want 5000", got)
				}
			})
		})
	})
}

// The switch asks at its first connect when calls ended: EndOf must know by then, followed or not.
func TestEndOfBeforeFollowing(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		l := open(t, dir)
		ctx, stop := context.WithCancel(t.Context())
		ran := make(chan error)
		go func() { ran <- l.Run(ctx) }()
		defer func() { stop(); <-ran }()
		cdrs := filepath.Join(dir, "calls.csv")
		l.Write(arrived("a"))
		appendTo(t, cdrs, cdr("a", "PJSIP/trunk-1", "Stasis", "", 1, 30))
		follow := l.FollowCDR(cdrs, "pronto", 2*time.Second)
		if end, ok := l.EndOf("a"); !ok || end.UnixMilli() != 1795604430500 {
			t.Errorf("EndOf: %v, %v", end, ok)
		}
		stop()
		if err := follow(ctx); err != nil {
			t.Error(err)
		}
	})
}

func TestEndOfWithoutRecords(t *testing.T) {
	l := open(t, t.TempDir())
	if _, ok := l.EndOf("a"); ok {
		t.Fatal("an end from nowhere")
	}
}

func FuzzParseCDR(f *testing.F) {
	f.Add(trunk("1", "failopen=message:a,b", 1, 30))
	f.Add(`"","","","1"`)
	f.Add(`"NaN","Inf","1e99","1","1","PJSIP/trunk-1","","","","","","",""`)
	f.Fuzz(func(t *testing.T, line string) {
		r, err := parseCDR([]byte(line))
		if err == nil && (r.id == "" || r.start.IsZero() || r.end.IsZero() || r.end.Year() > 2600) {
			t.Fatalf("%q became %+v", line, r)
		}
	})
}
