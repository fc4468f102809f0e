package ledger

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"pronto/ivr/flow"
	"pronto/ivr/ledger/ledgertest"
)

// eachBench runs a benchmark over both kinds of database, with a server that waits for its disk.
func eachBench(b *testing.B, bench func(b *testing.B, l *Ledger)) {
	b.Run("sqlite", func(b *testing.B) { bench(b, (&kit{}).open(b, b.TempDir())) })
	b.Run("postgres", func(b *testing.B) {
		k := &kit{postgres: true, names: map[string]string{}}
		dir := b.TempDir()
		k.name(b, dir)
		ledgertest.Durable(b)
		bench(b, k.open(b, dir))
	})
}

// running runs the ledger's writer until the function that it returns is called.
func running(b *testing.B, l *Ledger) (stop func()) {
	ctx, cancel := context.WithCancel(b.Context())
	done := make(chan error, 1)
	go func() { done <- l.Run(ctx) }()
	return func() {
		b.Helper()
		cancel()
		if err := <-done; err != nil {
			b.Fatal(err)
		}
	}
}

// writeCall writes a call with the steps of a usual one, and returns how long the slowest Write took.
func writeCall(l *Ledger, id string) (slowest time.Duration) {
	write := func(r Record) {
		began := time.Now()
		l.Write(r)
		slowest = max(slowest, time.Since(began))
	}
	write(arrived(id))
	for range 8 {
		write(step(id, "node", "welcome", `{"r":"r1","n":"welcome"}`))
	}
	write(ended(id, flow.Served))
	return slowest
}

// recordsOfCall is how many records writeCall writes.
const recordsOfCall = 10

func wantServed(b *testing.B, l *Ledger, n int) {
	b.Helper()
	if got := count(b, l, `SELECT count(*) FROM calls WHERE outcome = 'served'`); got != n {
		b.Fatalf("%d of %d calls are in the ledger", got, n)
	}
	if got := count(b, l, `SELECT count(*) FROM events`); got != 8*n {
		b.Fatalf("%d of %d steps are in the ledger", got, 8*n)
	}
}

// BenchmarkCalls is how many calls come to the disk in a second, at most.
func BenchmarkCalls(b *testing.B) {
	eachBench(b, func(b *testing.B, l *Ledger) {
		stop := running(b, l)
		b.ReportAllocs()
		b.ResetTimer()
		for i := range b.N { // not b.Loop: the time until all is on the disk counts
			writeCall(l, fmt.Sprint(i))
		}
		stop()
		b.StopTimer()
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
		b.ReportMetric(float64(recordsOfCall*b.N)/b.Elapsed().Seconds(), "records/s")
		wantServed(b, l, b.N)
	})
}

// BenchmarkTwoThousandCallsASecond: each iteration is a second in which 2,000 calls come and end, each with ten records,
// written by as many goroutines as there are calls at a time. It tells how long the slowest Write of a call took (what a
// call waits), how long until what was written was on the disk, and the groups of a second.
func BenchmarkTwoThousandCallsASecond(b *testing.B) {
	eachBench(b, func(b *testing.B, l *Ledger) {
		const perTick, ticks = 20, 100
		reg := prometheus.NewRegistry()
		l.metrics = newMetrics(reg)
		stop := running(b, l)
		var mu sync.Mutex
		var waits, durable []time.Duration
		var calls sync.WaitGroup
		b.ResetTimer()
		began := time.Now()
		for i := range b.N * ticks {
			time.Sleep(time.Until(began.Add(time.Duration(i) * time.Second / ticks)))
			for j := range perTick {
				calls.Go(func() {
					waited := writeCall(l, fmt.Sprint(i, "-", j))
					mu.Lock()
					defer mu.Unlock()
					waits = append(waits, waited)
				})
			}
			if i%10 == 0 {
				calls.Go(func() {
					asked := time.Now()
					if err := l.Sync(b.Context()); err != nil {
						b.Error(err)
					}
					mu.Lock()
					defer mu.Unlock()
					durable = append(durable, time.Since(asked))
				})
			}
		}
		calls.Wait()
		late := time.Since(began) - time.Duration(b.N)*time.Second
		stop()
		b.StopTimer()
		slices.Sort(waits)
		slices.Sort(durable)
		n := len(waits)
		b.ReportMetric(float64(waits[n*99/100].Microseconds()), "write-p99-µs")
		b.ReportMetric(float64(waits[n-1].Microseconds())/1000, "write-max-ms")
		b.ReportMetric(float64(durable[len(durable)/2].Microseconds())/1000, "durable-p50-ms")
		b.ReportMetric(float64(durable[len(durable)-1].Microseconds())/1000, "durable-max-ms")
		b.ReportMetric(float64(groups(b, reg))/b.Elapsed().Seconds(), "groups/s")
		b.ReportMetric(late.Seconds(), "behind-s")
		wantServed(b, l, n)
	})
}

// groups is how many transactions there were.
func groups(b *testing.B, reg *prometheus.Registry) uint64 {
	b.Helper()
	families, err := reg.Gather()
	if err != nil {
		b.Fatal(err)
	}
	i := slices.IndexFunc(families, func(f *dto.MetricFamily) bool { return f.GetName() == "pronto_ledger_write_seconds" })
	return families[i].GetMetric()[0].GetHistogram().GetSampleCount()
}
