package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"pronto/asterisk/siptest"
)

// hearsOne tells which release is heard, 0 if it is not one alone.
func hearsOne(c *siptest.Call, from, to time.Time) int {
	tones := c.Tones(from, to)
	if len(tones) == 0 {
		return 0
	}
	return int(math.Round((tones[0] - 400) / 100))
}

// listener makes a call through three nodes, slowly, and tells the releases that it heard.
func (r *rig) listener(p *siptest.Phone) (heard [3]int, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	c, err := p.Dial(ctx, "sip:800840840@"+r.sip)
	if err != nil {
		return heard, err
	}
	defer func() { _ = c.Hangup(ctx) }()
	for i, key := range []string{"", "2", "1"} {
		c.Mark()
		if key != "" {
			if err := c.Press(ctx, key); err != nil {
				return heard, fmt.Errorf("press %s: %w", key, err)
			}
			time.Sleep(700 * time.Millisecond) // the prompt before may be heard until here
		}
		if _, err := c.WaitSound(ctx); err != nil {
			return heard, err
		}
		for range 10 { // a machine that is short of processors is late, or has a gap
			time.Sleep(300 * time.Millisecond)
			now := time.Now()
			if heard[i] = hearsOne(c, now.Add(-250*time.Millisecond), now); heard[i] != 0 {
				break
			}
		}
		time.Sleep(time.Duration(rand.IntN(1200)) * time.Millisecond)
		select {
		case <-c.Done():
			return heard, errors.New("the call was dropped")
		default:
		}
	}
	return heard, nil
}

// callers keeps calling at a rate until stop, and counts what goes wrong.
type callers struct {
	calls, mixed atomic.Int64
	mu           sync.Mutex
	faults       []string
	seen         map[int]int
}

func (r *rig) callAtRate(rate int, stop <-chan struct{}) *callers {
	cs := &callers{seen: map[int]int{}}
	phones := make([]*siptest.Phone, 20)
	for i := range phones {
		phones[i] = r.phone(siptest.Config{User: fmt.Sprintf("06%08d", lastNumber.Add(1)), SilentRTP: true})
	}
	var all sync.WaitGroup
	tick := time.NewTicker(time.Second / time.Duration(rate))
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-stop:
			all.Wait()
			return cs
		case <-tick.C:
		}
		all.Go(func() {
			heard, err := r.listener(phones[n%len(phones)])
			cs.calls.Add(1)
			cs.mu.Lock()
			defer cs.mu.Unlock()
			cs.seen[heard[0]]++
			switch {
			case err != nil:
				cs.faults = append(cs.faults, err.Error())
			case heard[0] != heard[1] || heard[1] != heard[2] || heard[0] < 1:
				cs.mixed.Add(1)
				cs.faults = append(cs.faults, fmt.Sprint("one call heard ", heard))
			}
		})
	}
}

var inServiceIn = regexp.MustCompile(`rendered in ([0-9.]+) s, put in service in ([0-9.]+) s`)

// firstCall calls at once after a publication and returns after how long the release was heard.
func (r *rig) firstCall(n int) time.Duration {
	r.t.Helper()
	began := time.Now()
	c := r.call(siptest.Config{SilentRTP: true})
	at := r.hears(c.Call, oneTone(n), 3*time.Second)
	r.hangup(c.Call)
	return at.Sub(began)
}

// TestPublishUnderLoad: releases 2 to 20 are published and rolled back while the line is called. No call is dropped, each
// hears one release from its beginning to its end, a new call hears the new release within a second of its rendering, and so
// does one that nobody controls.
func TestPublishUnderLoad(t *testing.T) {
	const last, rate = 20, 15 // a second: what listens is slower by far than what speaks, the more with the race detector
	books := map[int]string{}
	for n := 1; n <= last; n++ {
		books[n] = oneToneBook(t, oneTone(n))
	}
	r := startRig(t, rigOptions{trunk: "none", book: books[1]})
	stop := make(chan struct{})
	result := make(chan *callers, 1)
	go func() { result <- r.callAtRate(rate, stop) }()
	var worst, worstRender, worstSwap time.Duration
	for n := 2; n <= last; n++ {
		out := r.mustPronto("publish", "-m", fmt.Sprint("release ", n), books[n])
		m := inServiceIn.FindStringSubmatch(out)
		if m == nil || !strings.Contains(out, fmt.Sprintf("release %d ", n)) {
			t.Fatalf("publish said:\n%s", out)
		}
		took := func(s string) time.Duration {
			f, _ := strconv.ParseFloat(s, 64)
			return time.Duration(f * float64(time.Second))
		}
		worstRender, worstSwap = max(worstRender, took(m[1])), max(worstSwap, took(m[2]))
		worst = max(worst, took(m[2])+r.firstCall(n))
		if n%4 == 0 {
			r.mustPronto("rollback", "-m", "back", strconv.Itoa(n/2))
			r.firstCall(n / 2)
		}
	}
	close(stop)
	got := <-result
	t.Logf("%d calls at %d/s; heard by release: %v", got.calls.Load(), rate, got.seen)
	t.Logf("rendering took up to %s, the swap %s, the first call heard it within %s of the rendering's end", worstRender, worstSwap, worst)
	if len(got.faults) > 0 {
		t.Errorf("%d of %d calls went wrong (%d heard two releases): %v", len(got.faults), got.calls.Load(), got.mixed.Load(), got.faults[:min(10, len(got.faults))])
	}
	if len(got.seen) < 10 {
		t.Error("too few releases were heard to prove anything")
	}
	if worst > 3*time.Second { // a quiet machine does it in well under one
		t.Error("the first call on a new release comes too long after its rendering")
	}
	r.clean()
	r.eventually(5*time.Second, "every call has its outcome in the ledger", func() bool {
		return !slices.ContainsFunc(r.rows(), func(row row) bool { return row.Outcome == "" })
	})
	for _, row := range r.rows() {
		if row.Outcome == "failed" {
			t.Errorf("outcome %+v", row)
		}
	}
	r.mustPronto("rollback", "-m", "back to 7", "7")
	r.killSupervisor()
	r.kill("serve", syscall.SIGKILL)
	time.Sleep(300 * time.Millisecond) // a call that comes before Asterisk sees the socket close waits for the next controller
	c := r.call(siptest.Config{SilentRTP: true})
	r.hears(c.Call, oneTone(7), 4*time.Second)
	r.hangup(c.Call)
	r.again() // for the clean-up; the folder's book is no news and the rollback stays
	if out := r.mustPronto("releases"); !strings.Contains(out, "back to 7") || !regexp.MustCompile(`-> 7 .*in service`).MatchString(out) {
		t.Errorf("after the restart:\n%s", out)
	}
	r.firstCall(7)
}
