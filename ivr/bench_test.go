package ivr_test

import (
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"pronto/ivr"
	"pronto/ivr/ledger"
	"pronto/ivr/phone/phonetest"
)

// crowd is a line in real time with n callers who wait.
func crowd(tb testing.TB, n int, operators ...string) *phonetest.Fake {
	tb.Helper()
	r := release()
	node := r.Book.Nodes["operator"]
	node.Say = nil // they wait at once
	r.Book.Nodes["operator"] = node
	r.Book.Start = "operator"
	r.Book.Desk.Capacity = 2 * n
	led, err := ledger.Open(tb.Context(), ledger.Options{Path: filepath.Join(tb.TempDir(), "ledger.db"), Log: zerolog.Nop()})
	if err != nil {
		tb.Fatal(err)
	}
	line := ivr.New(ivr.Config{Release: r, Ledger: led, Log: zerolog.Nop()})
	fake := phonetest.NewFake(phonetest.Config{AnySound: 4 * time.Second, Operators: operators})
	done := make(chan error, 3)
	ctx := tb.Context()
	go func() { done <- led.Run(ctx) }()
	go func() { done <- line.Run(ctx) }()
	go func() { done <- fake.Run(ctx, line.Handler(fake)) }()
	tb.Cleanup(func() { // the context is done by now
		for range 3 {
			if err := <-done; err != nil {
				tb.Error(err)
			}
		}
		if err := led.Close(); err != nil {
			tb.Error(err)
		}
	})
	waitFor(tb, func() bool { s, err := line.State(ctx); return err == nil && s.Links["fake"] })
	for i := range n {
		fake.Call(fmt.Sprint(i))
	}
	waitFor(tb, func() bool { s, err := line.State(ctx); return err == nil && len(s.Desk.Waiting) == n })
	return fake
}

func waitFor(tb testing.TB, what func() bool) {
	tb.Helper()
	for end := time.Now().Add(time.Minute); !what(); {
		if time.Now().After(end) {
			tb.Fatal("it does not come about")
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// BenchmarkIdleGap: from an operator's hang-up to the next ringing of his phone, with 1,000 waiting.
func BenchmarkIdleGap(b *testing.B) {
	fake := crowd(b, 1000, "op1")
	op := fake.Operator("op1")
	op.Register()
	party := <-op.Incoming()
	var gaps []time.Duration
	b.ResetTimer()
	for i := range b.N {
		if err := party.Answer(); err != nil {
			b.Fatal(err)
		}
		for now, more := party.Hears(); len(now) == 0; now, more = party.Hears() {
			<-more
		}
		fake.Call(fmt.Sprint("new", i)) // the queue stays as long
		began := time.Now()
		if err := party.Hangup(); err != nil {
			b.Fatal(err)
		}
		party = <-op.Incoming()
		gaps = append(gaps, time.Since(began))
	}
	b.StopTimer()
	slices.Sort(gaps)
	b.ReportMetric(float64(gaps[len(gaps)/2].Microseconds()), "µs-p50")
	b.ReportMetric(float64(gaps[len(gaps)*99/100].Microseconds()), "µs-p99")
}

// BenchmarkWaitingMemory: what a waiting call costs; the fake's own part of it is counted in.
func BenchmarkWaitingMemory(b *testing.B) {
	for range b.N {
		const n = 2000
		before := inUse()
		fake := crowd(b, n)
		time.Sleep(200 * time.Millisecond)
		b.ReportMetric(float64(inUse()-before)/n, "B/call")
		runtime.KeepAlive(fake)
	}
}

func inUse() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse + m.StackInuse)
}
