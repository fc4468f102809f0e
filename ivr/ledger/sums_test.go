package ledger

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"pronto/ivr/flow"
)

// oneByOne are the figures of a period without any sums.
func oneByOne(t testing.TB, l *Ledger, f Filter) (sum Figures) {
	t.Helper()
	err := l.view(t.Context(), "the calls", func(q querier) error {
		from, to := f.bounds()
		return (&adder{q, &sum}).calls(from, to)
	})
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

func figures(t testing.TB, l *Ledger, f Filter) Figures {
	t.Helper()
	sum, err := l.Figures(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

// addUpAll adds up everything that is over and quiet at now.
func addUpAll(t testing.TB, l *Ledger, now time.Time) (n int) {
	t.Helper()
	l.work.Lock()
	defer l.work.Unlock()
	for did := true; did; n++ {
		err := l.store.inTx(t.Context(), func(tx tx) (err error) {
			did, err = (&txWriter{tx: tx, keys: &l.keys}).addUp(now)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return n - 1
}

// Whatever is written, however late and in whatever order, and whatever of it has been added up: a report is right.
func TestSumsAreRight(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		rounds := 0
		rapid.Check(t, func(rt *rapid.T) {
			if rounds++; k.postgres && rounds > rapidOnPostgres {
				return
			}
			l := k.open(t, t.TempDir())
			defer func() { _ = l.Close() }()
			base := time.Now().Add(-5 * 24 * time.Hour).Truncate(time.Hour)
			instant := rapid.Custom(func(rt *rapid.T) time.Time {
				return base.Add(time.Duration(rapid.IntRange(0, 4*24*60).Draw(rt, "minute")) * time.Minute)
			})
			known := 0
			for range rapid.IntRange(1, 25).Draw(rt, "steps") {
				switch rapid.IntRange(0, 4).Draw(rt, "step") {
				case 0, 1:
					known++
					l.Write(Record{Arrived: &Call{
						ID: fmt.Sprint("c", known), Started: instant.Draw(rt, "started"), Language: "it",
						Caller: rapid.SampledFrom([]string{"+390612345", "0471123456", "", "anonymous"}).Draw(rt, "caller"),
					}})
				case 2:
					c := Call{ID: fmt.Sprint("c", rapid.IntRange(1, known+1).Draw(rt, "call")), Started: instant.Draw(rt, "started"), Path: "welcome"}
					c.Ended, c.Outcome = c.Started.Add(time.Hour), string(rapid.SampledFrom(Outcomes()).Draw(rt, "outcome"))
					c.Caller = rapid.SampledFrom([]string{"+390612345", ""}).Draw(rt, "caller")
					l.Write(Record{Ended: &c})
				case 3:
					l.Write(Record{WrapUp: &WrapUp{Call: fmt.Sprint("c", rapid.IntRange(1, known+1).Draw(rt, "call")), Disposition: "in_depth", Took: time.Minute}})
				case 4:
					l.write(false)
					addUpAll(t, l, time.Now().Add(2*quietFor))
				}
			}
			l.write(false)
			for range 4 {
				f := Filter{From: instant.Draw(rt, "from"), To: instant.Draw(rt, "to")}
				if d := cmp.Diff(oneByOne(t, l, f), figures(t, l, f)); d != "" {
					rt.Fatalf("%v: %s", f, d)
				}
			}
			if d := cmp.Diff(oneByOne(t, l, Filter{}), figures(t, l, Filter{})); d != "" {
				rt.Fatal(d)
			}
		})
	})
}

// Hours and days are added up once they are over and quiet, not before, and once only.
func TestHoursAreAddedUp(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		l := k.open(t, t.TempDir())
		for i := range 50 {
			l.Write(Record{Ended: &Call{ID: fmt.Sprint(i), Started: noon.Add(time.Duration(i) * time.Hour), Outcome: "informed"}})
		}
		l.write(false)
		if n := addUpAll(t, l, time.Now()); n != 0 {
			t.Fatalf("%d hours were added up at once", n)
		}
		later := time.Now().Add(2 * quietFor)
		if over := noon.Add(50 * time.Hour); later.Before(over) {
			later = over
		}
		if n := addUpAll(t, l, later); n != 50 {
			t.Fatalf("%d hours were added up, want 50", n)
		}
		if n := addUpAll(t, l, later); n != 0 {
			t.Fatalf("%d hours were added up twice", n)
		}
		// The third day is not over.
		hours, days, stale := count(t, l, `SELECT count(*) FROM hour_sums`), count(t, l, `SELECT count(*) FROM day_sums`), count(t, l, `SELECT count(*) FROM stale_hours`)
		if hours != 50 || days != 2 || stale != 0 {
			t.Fatalf("%d hours, %d days, %d stale", hours, days, stale)
		}
		l.Write(Record{WrapUp: &WrapUp{Call: "30", Disposition: "in_depth"}}) // days later
		l.write(false)
		if n := count(t, l, `SELECT count(*) FROM day_sums`); n != 1 {
			t.Errorf("%d days, want that of the changed call away", n)
		}
		if n := figures(t, l, Filter{}).All.InDepth; n != 1 {
			t.Errorf("%d calls in depth, want 1", n)
		}
	})
}

// A second call of the same caller makes the first one's hour stale, and is found again when the number is written
// otherwise.
func TestRepeatedCalls(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		l := k.open(t, t.TempDir())
		call := func(id, number string, at time.Time) {
			l.Write(Record{Ended: &Call{ID: id, Started: at, Caller: number, Outcome: string(flow.Served)}})
			l.write(false)
		}
		call("1", "+390612345", noon)
		call("2", "+390698765", noon)
		addUpAll(t, l, time.Now().Add(2*quietFor))
		f := figures(t, l, Filter{})
		if settled, all := f.FirstContacts(7); settled != 2 || all != 2 {
			t.Fatalf("%d of %d settled, want 2 of 2", settled, all)
		}
		call("3", "06 12345", noon.Add(50*time.Hour))
		f = figures(t, l, Filter{})
		if settled, all := f.FirstContacts(7); settled != 1 || all != 2 {
			t.Errorf("%d of %d settled, want 1 of 2", settled, all)
		}
		if settled, all := f.FirstContacts(1); settled != 3 || all != 3 {
			t.Errorf("within a day %d of %d settled, want 3 of 3", settled, all)
		}
	})
}

// Calls that an older version wrote get their keys and districts, once.
func TestOldCallsAreKeyed(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		l := k.open(t, t.TempDir())
		for i, number := range []string{"+390612345", "anonymous", ""} {
			l.Write(Record{Ended: &Call{ID: fmt.Sprint(i), Started: noon, Caller: number, Outcome: "informed"}})
		}
		l.write(false)
		l.work.Lock()
		defer l.work.Unlock()
		err := l.store.inTx(t.Context(), func(tx tx) error {
			if _, err := tx.exec(`UPDATE calls SET caller_key = NULL, district = ''`); err != nil {
				return err
			}
			w := &txWriter{tx: tx, keys: &l.keys}
			for i, want := range []bool{true, false} {
				if did, err := w.keyCalls(noon); err != nil || did != want {
					return fmt.Errorf("pass %d: %v, %w", i, did, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if n := count(t, l, `SELECT count(*) FROM calls WHERE caller_key <> '' AND district = '06'`); n != 1 {
			t.Errorf("%d calls with a key and a district, want 1", n)
		}
	})
}
