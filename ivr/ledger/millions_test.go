package ledger

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"pronto/ivr/flow"
)

var millions = flag.Int("calls", 200_000, "how many calls the benchmarks of reports and exports are about")

// year writes n calls of a year, and adds them up. PRONTO_BENCH_DIR keeps them for the next time.
func year(b *testing.B, k *kit, n int) *Ledger {
	b.Helper()
	dir := os.Getenv("PRONTO_BENCH_DIR")
	if dir == "" {
		dir = b.TempDir()
	}
	o := k.options(b, dir)
	o.Log = zerolog.New(os.Stderr).Level(zerolog.WarnLevel)
	l, err := Open(b.Context(), o)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = l.Close() })
	if have := count(b, l, `SELECT count(*) FROM calls`); have >= n {
		return l
	}
	began := time.Now()
	from := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	r := rand.New(rand.NewPCG(1, 2))
	const some = 20_000
	for i := 0; i < n; i += some {
		err := l.store.inTx(b.Context(), func(tx tx) error {
			w := &txWriter{tx: tx, keys: &l.keys, result: &result{ended: map[string]int{}}}
			for k := i; k < min(n, i+some); k++ {
				c := someCall(r, k, from.Add(time.Duration(float64(k)/float64(n)*365*24*float64(time.Hour))))
				if err := w.record(Record{Ended: &c}); err != nil {
					return err
				}
			}
			_, err := tx.exec(`INSERT INTO stale_hours (hour, at) SELECT DISTINCT started / 3600000, 0 FROM calls WHERE started > ? ON CONFLICT DO NOTHING`,
				from.Add(time.Duration(float64(i-some)/float64(n)*365*24*float64(time.Hour))).UnixMilli())
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.Logf("%d calls written in %s", n, time.Since(began).Round(time.Second))
	began = time.Now()
	addUpAll(b, l, time.Now())
	b.Logf("added up in %s", time.Since(began).Round(time.Second))
	return l
}

func someCall(r *rand.Rand, i int, at time.Time) Call {
	c := Call{
		ID: fmt.Sprintf("pronto-%d.%d", at.Unix(), i), Line: "800840840", Switch: "pronto", Started: at, Answered: at.Add(300 * time.Millisecond),
		Caller: fmt.Sprintf("+39%03d%06d", 10+r.IntN(900), r.IntN(n6)), Language: "it", Release: "0a1b2c3d4e5f", Path: "welcome>information>flood>goodbye",
		Topic: "information", EndedBy: "caller", Cause: "normal",
	}
	if i%2 == 0 {
		c.Caller = fmt.Sprintf("+390%d%05d", 10+r.IntN(89), r.IntN(n6))
	}
	c.Outcome = string(Outcomes()[r.IntN(len(Outcomes()))])
	length := time.Duration(20+r.IntN(300)) * time.Second
	c.Ended = at.Add(length)
	if c.Outcome == string(flow.Served) || c.Outcome == string(flow.AbandonedQueue) {
		c.Queued, c.QueueWait, c.Path = true, time.Duration(r.IntN(90_000))*time.Millisecond, "welcome>operator"
		if c.Outcome == string(flow.Served) {
			c.Operator, c.Talk, c.Disposition = fmt.Sprint("op", r.IntN(40)), length, "immediate"
		}
	}
	return c
}

const n6 = 1_000_000

// BenchmarkReport is what a report of a year needs of the ledger: go test -bench Report -calls 5000000.
func BenchmarkReport(b *testing.B) {
	k := &kit{}
	l := year(b, k, *millions)
	zone, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		b.Fatal(err)
	}
	f := Filter{From: time.Date(2025, 1, 1, 0, 0, 0, 0, zone), To: time.Date(2026, 1, 1, 0, 0, 0, 0, zone)}
	for b.Loop() {
		sum, err := l.Figures(b.Context(), f)
		if err != nil {
			b.Fatal(err)
		}
		if sum.All.Calls < int64(*millions)*99/100 {
			b.Fatalf("%d calls", sum.All.Calls)
		}
	}
}

// BenchmarkExport is the whole ledger as CSV; the memory is what the heap has grown to.
func BenchmarkExport(b *testing.B) {
	l := year(b, &kit{}, *millions)
	f, err := os.Create(filepath.Join(b.TempDir(), "calls.csv"))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for b.Loop() {
		if err := WriteCSV(f, l.All(b.Context(), Filter{})); err != nil {
			b.Fatal(err)
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.HeapSys)/1e6, "MB-heap")
}
