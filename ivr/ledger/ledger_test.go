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
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"pgregory.net/rapid"

	"pronto/ivr/flow"
)

var noon = time.Date(2026, 11, 25, 11, 0, 0, 123e6, time.UTC)

// write does what Run does once, at an instant of the test's choosing.
func (l *Ledger) write(retry bool) {
	l.work.Lock()
	defer l.work.Unlock()
	l.cycle(retry)
}

func all(t testing.TB, l *Ledger) (calls []Call) {
	t.Helper()
	for c, err := range l.All(t.Context(), Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
		calls = append(calls, c)
	}
	return calls
}

func count(t testing.TB, l *Ledger, query string, args ...any) (n int) {
	t.Helper()
	n, _, err := one(read(t.Context(), l, "a number", func(rows *sql.Rows) (n int, err error) { return n, rows.Scan(&n) }, query, args...))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func arrived(id string) Record {
	return Record{Arrived: &Call{ID: id, Line: "800840840", Switch: "pronto", Started: noon, Caller: "+390612345", Language: "it", Release: "r1"}}
}

func step(id, kind, text, state string) Record {
	return Record{Progress: &Event{Call: id, At: noon, Kind: kind, Text: text, State: state}}
}

func ended(id string, o flow.Outcome) Record {
	return Record{Ended: &Call{ID: id, Ended: noon.Add(time.Minute), Outcome: string(o), Path: "welcome>operator", EndedBy: "caller", Cause: "normal"}}
}

func full() Call {
	return Call{
		ID: "pronto-1.2", Line: "800840840", Switch: "pronto", Started: noon, Answered: noon.Add(time.Second), Ended: noon.Add(3 * time.Minute),
		Caller: "+390612345", Language: "de", Release: "r1", Path: "welcome>operator", Topic: "report", Outcome: "served", Detail: "d",
		RescueNumber: "112", QueueWait: 1500 * time.Millisecond, Queued: true, Operator: "op1", Talk: 61234 * time.Millisecond,
		WrapUp: 2 * time.Second, Disposition: "immediate", Request: "A-1", EndedBy: "operator", Cause: "normal",
	}
}

func TestCallIsWrittenWhole(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		l := k.open(t, t.TempDir())
		want := full()
		l.Write(Record{Arrived: &Call{ID: want.ID, Started: want.Started}})
		l.Write(Record{Ended: &want})
		l.write(false)
		if d := cmp.Diff([]Call{want}, all(t, l)); d != "" {
			t.Fatal(d)
		}
	})
}

func TestEndKeepsWhatArrived(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		l := k.open(t, t.TempDir())
		l.Write(arrived("a"))
		l.Write(step("a", "state", "", `{"n":"welcome"}`))
		l.Write(step("a", "node", "welcome", ""))
		l.write(false)
		openCalls, err := l.OpenCalls(t.Context())
		if err != nil || len(openCalls) != 1 || openCalls[0].State != `{"n":"welcome"}` || openCalls[0].Outcome != "" {
			t.Fatalf("open calls: %+v, %v", openCalls, err)
		}
		l.Write(ended("a", flow.Informed))
		l.write(false)
		want := Call{
			ID: "a", Line: "800840840", Switch: "pronto", Started: noon, Caller: "+390612345", Language: "it", Release: "r1",
			Ended: noon.Add(time.Minute), Outcome: "informed", Path: "welcome>operator", EndedBy: "caller", Cause: "normal",
		}
		if d := cmp.Diff([]Call{want}, all(t, l)); d != "" {
			t.Fatal(d)
		}
		if openCalls, err = l.OpenCalls(t.Context()); err != nil || len(openCalls) != 0 {
			t.Fatalf("open calls after the end: %+v, %v", openCalls, err)
		}
		if n := count(t, l, `SELECT count(*) FROM events WHERE call = 'a' AND kind = 'node' AND text = 'welcome'`); n != 1 {
			t.Fatalf("%d steps in the journal, want 1", n)
		}
	})
}

func TestFirstOutcomeCounts(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		l := k.open(t, t.TempDir())
		reg := prometheus.NewRegistry()
		l.metrics = newMetrics(reg)
		l.Write(ended("a", flow.Served)) // without an arrival: the row whole
		l.write(false)
		l.Write(ended("a", flow.Failed))
		l.Write(arrived("a"))
		l.Write(ended("b", "nonsense"))
		l.write(false)
		calls := all(t, l)
		if len(calls) != 2 || calls[0].Outcome != "served" || calls[1].Outcome != "failed" || calls[1].Detail != "no_outcome" {
			t.Fatalf("got %+v", calls)
		}
		want := `
# HELP pronto_calls_total Calls that ended, by outcome.
# TYPE pronto_calls_total counter
pronto_calls_total{outcome="abandoned_menu"} 0
pronto_calls_total{outcome="abandoned_queue"} 0
pronto_calls_total{outcome="callback"} 0
pronto_calls_total{outcome="failed"} 1
pronto_calls_total{outcome="informed"} 0
pronto_calls_total{outcome="message"} 0
pronto_calls_total{outcome="redirected"} 0
pronto_calls_total{outcome="served"} 1
pronto_calls_total{outcome="turned_away"} 0
# HELP pronto_ledger_double_outcomes_total Outcomes of calls that had one already; the first one counts.
# TYPE pronto_ledger_double_outcomes_total counter
pronto_ledger_double_outcomes_total 1
`
		if err := testutil.GatherAndCompare(reg, strings.NewReader(want), "pronto_calls_total", "pronto_ledger_double_outcomes_total"); err != nil {
			t.Fatal(err)
		}
	})
}

// Whatever order the records of many calls come in, doubled or not, in whatever batches, with a database that fails now
// and then and restarts in between: each call that ended has the first outcome, each call one row.
func TestAnyInterleavingGivesOneOutcome(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		root := t.TempDir()
		n := 0
		rapid.Check(t, func(rt *rapid.T) {
			if n++; k.postgres && n > rapidOnPostgres {
				return
			}
			dir := filepath.Join(root, fmt.Sprint(n))
			l := k.open(t, dir)
			first, seen, steps := map[string]string{}, map[string]bool{}, 0
			for range rapid.IntRange(1, 40).Draw(rt, "records") {
				id := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(rt, "call")
				switch rapid.IntRange(0, 6).Draw(rt, "what") {
				case 0:
					l.Write(arrived(id))
					seen[id] = true
				case 1:
					l.Write(step(id, "node", "n", "{}"))
					steps++
				case 2, 3:
					o := rapid.SampledFrom(Outcomes()).Draw(rt, "outcome")
					l.Write(ended(id, o))
					seen[id] = true
					if first[id] == "" {
						first[id] = string(o)
					}
				case 4:
					l.write(rapid.Bool().Draw(rt, "retry"))
				case 5:
					breakStore(l) // the database fails from now on, until it is tried again
				case 6:
					if err := l.Close(); err != nil {
						rt.Fatal(err)
					}
					l = k.open(t, dir)
				}
			}
			if err := l.Close(); err != nil {
				rt.Fatal(err)
			}
			l = k.open(t, dir)
			calls := all(t, l)
			if len(calls) != len(seen) {
				rt.Fatalf("%d rows for %d calls", len(calls), len(seen))
			}
			for _, c := range calls {
				if c.Outcome != first[c.ID] {
					rt.Fatalf("call %s: outcome %q, the first was %q", c.ID, c.Outcome, first[c.ID])
				}
			}
			if got := count(t, l, `SELECT count(*) FROM events`); got != steps {
				rt.Fatalf("%d steps in the journal, %d were written", got, steps)
			}
			_ = l.Close()
		})
	})
}

func TestRunWritesAndFlushes(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		dir := t.TempDir()
		l := k.open(t, dir)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- l.Run(ctx) }()
		for i := range 500 {
			l.Write(arrived(fmt.Sprint(i)))
			l.Write(ended(fmt.Sprint(i), flow.Served))
		}
		stop()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		l.Write(arrived("late")) // after Run, before Close: still taken
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		l.Write(arrived("too late"))
		if got := len(all(t, k.open(t, dir))); got != 501 {
			t.Fatalf("%d calls, want 501", got)
		}
	})
}

// The schema that the migrations come to is committed, so that a change of it is seen as one.
func TestSchemaIsWhatIsCommitted(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		l := k.open(t, t.TempDir())
		file, query := "schema.sql", `SELECT sql || ';' FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'goose%' AND name NOT LIKE 'sqlite%' ORDER BY type DESC, name`
		if k.postgres {
			file, query = "schema.postgres.txt", `SELECT text FROM (
				SELECT 1 AS part, table_name AS of, ordinal_position AS place, concat_ws(' ', table_name, column_name, data_type, collation_name,
					CASE is_nullable WHEN 'NO' THEN 'NOT NULL' END, CASE is_identity WHEN 'YES' THEN 'IDENTITY' END, 'DEFAULT ' || column_default) AS text
				FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE 'goose%'
				UNION ALL SELECT 2, indexname, 0, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename NOT LIKE 'goose%') AS schema
				ORDER BY part, of, place`
		}
		var got bytes.Buffer
		for line, err := range read(t.Context(), l, "the schema", func(rows *sql.Rows) (s string, err error) { return s, rows.Scan(&s) }, query) {
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintln(&got, line)
		}
		golden(t, file, got.Bytes())
	})
}

func TestNewerDatabaseIsRefused(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		dir := t.TempDir()
		l := k.open(t, dir)
		if _, err := raw(t, l.opts.Path).Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)`); err != nil {
			t.Fatal(err)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		_, err := Open(t.Context(), k.options(t, dir))
		if err == nil || !strings.Contains(err.Error(), "newer version") {
			t.Fatalf("got %v", err)
		}
	})
}

func TestPathIsTakenLiterally(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a b?c#d%20e&f")
	l := open(t, dir)
	l.Write(arrived("a"))
	l.write(false)
	if _, err := os.Stat(filepath.Join(dir, "ledger.db")); err != nil {
		t.Fatal(err)
	}
	if got := len(all(t, l)); got != 1 {
		t.Fatalf("%d calls, want 1", got)
	}
	t.Chdir(dir)
	ro, err := Open(t.Context(), Options{Path: "ledger.db", ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := len(all(t, ro)); got != 1 {
		t.Fatalf("%d calls by a relative path, want 1", got)
	}
}

func TestPragmasAreOnEveryConnection(t *testing.T) {
	l := open(t, t.TempDir())
	for name, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "busy_timeout": "20"} {
		var got string
		if err := sqliteDB(l).QueryRow("PRAGMA " + name).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %q, want %q (%v)", name, got, want, err)
		}
	}
}

func TestReadOnly(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "ledger.db")
	if _, err := Open(t.Context(), Options{Path: path, ReadOnly: true}); err == nil {
		t.Fatal("a ledger that is not there was opened")
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 0 {
		t.Fatalf("reading made files: %v", entries)
	}
	l := open(t, dir)
	l.Write(arrived("a"))
	l.write(false)
	ro, err := Open(t.Context(), Options{Path: path, ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	ro.Write(arrived("b"))
	if got := len(all(t, ro)); got != 1 {
		t.Fatalf("%d calls beside the writer, want 1", got)
	}
	if err := ro.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestFilter(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		l := k.open(t, t.TempDir())
		for i := range 4 {
			r := arrived(fmt.Sprint(i))
			r.Arrived.Started = noon.Add(time.Duration(i) * time.Hour)
			l.Write(r)
		}
		l.write(false)
		var got []string
		for c, err := range l.All(t.Context(), Filter{From: noon.Add(time.Hour), To: noon.Add(3 * time.Hour)}) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, c.ID)
		}
		if d := cmp.Diff([]string{"1", "2"}, got); d != "" {
			t.Fatal(d)
		}
	})
}
