package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"pronto/asterisk/siptest"
	"pronto/prompts"
)

// hearsOne tells which release is heard, 0 if it is not one alone.
func hearsOne(c *siptest.Call, from, to time.Time) int {
	tones := c.Tones(from, to)
	if len(tones) == 0 {
		return 0
	}
	return int(math.Round((tones[0] - 400) / 100))
}

// listener makes a call through three nodes, slowly, and tells the releases that it heard. began is told the first at once.
func (r *rig) listener(p *siptest.Phone, began func(release int)) (heard [3]int, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
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
		if i == 0 {
			began(heard[0])
		}
		time.Sleep(time.Duration(rand.IntN(1200)) * time.Millisecond)
	}
	return heard, nil
}

// listeners keep calling at a rate, each phone one call at a time, and keep what they hear.
type listeners struct {
	mu     sync.Mutex
	began  map[int]int         // release -> calls that have heard it
	heard  map[string][][3]int // number of the caller -> his calls in their order
	calls  int
	faults []string
}

func (r *rig) listen(rate int, stop <-chan struct{}, l *listeners) {
	type ear struct {
		number string
		phone  *siptest.Phone
	}
	// A machine that is short of processors gets fewer calls that are listened to, not more at a time.
	idle := make(chan ear, 6*rate)
	for range cap(idle) {
		number := fmt.Sprintf("06%08d", lastNumber.Add(1))
		idle <- ear{number, r.phone(siptest.Config{User: number, SilentRTP: true})}
	}
	var all sync.WaitGroup
	defer all.Wait()
	tick := time.NewTicker(time.Second / time.Duration(rate))
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case <-tick.C:
		}
		var p ear
		select {
		case <-stop:
			return
		case p = <-idle:
		}
		all.Go(func() {
			heard, err := r.listener(p.phone, func(n int) { l.mu.Lock(); l.began[n]++; l.mu.Unlock() })
			l.mu.Lock()
			l.calls++
			l.heard[p.number] = append(l.heard[p.number], heard)
			if err != nil {
				l.faults = append(l.faults, err.Error())
			} else if heard[0] != heard[1] || heard[1] != heard[2] || heard[0] < 1 {
				l.faults = append(l.faults, fmt.Sprint("one call heard ", heard))
			}
			l.mu.Unlock()
			idle <- p
		})
	}
}

// hears waits until callers have begun to hear a release.
func (l *listeners) hears(r *rig, release int) {
	r.t.Helper()
	before := -1
	r.eventually(time.Minute, fmt.Sprintf("release %d is heard", release), func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		if before < 0 {
			before = l.began[release]
		}
		return l.began[release] > before
	})
}

// crowd calls at a rate until stop and tells how many calls it made, and how many of these were not as they should be.
func (r *rig) crowd(rate int, stop <-chan struct{}) (made, failed int, err error) {
	cmd := r.sippCommand(r.ctx(10*time.Minute), "publish.xml", "-r", strconv.Itoa(rate), "-l", "1000", "-trace_stat", "-stf", "stat.csv", "-fd", "1")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		return 0, 0, err
	}
	go func() { <-stop; _ = cmd.Process.Signal(syscall.SIGUSR1) }() // it lets its calls end
	err = cmd.Wait()
	stat, readErr := os.ReadFile(filepath.Join(cmd.Dir, "stat.csv"))
	if readErr != nil {
		return 0, 0, sippError(cmd.Dir, out.Bytes(), errors.Join(err, readErr))
	}
	lines := strings.Split(strings.TrimSpace(string(stat)), "\n")
	names, last := strings.Split(lines[0], ";"), strings.Split(lines[len(lines)-1], ";")
	column := func(name string) int { n, _ := strconv.Atoi(last[slices.Index(names, name)]); return n }
	made, failed = column("TotalCallCreated"), column("FailedCall(C)")
	if failed > 0 || err != nil {
		return made, failed, sippError(cmd.Dir, out.Bytes(), fmt.Errorf("%d of %d calls failed: %w", failed, made, err))
	}
	return made, 0, nil
}

var inServiceIn = regexp.MustCompile(`release (\d+) \(([0-9a-f]{12})\)(?s:.*)rendered in ([0-9.]+) s, put in service in ([0-9.]+) s`)

// change is a publication or a rollback.
type change struct {
	release      int
	render, swap time.Duration // the swap of a rollback is its whole command
}

// publishAll publishes releases 2 to last, with rollbacks between.
func (r *rig) publishAll(books map[int]string, last int, l *listeners) (changes []change) {
	r.t.Helper()
	seconds := func(s string) time.Duration {
		f, _ := strconv.ParseFloat(s, 64)
		return time.Duration(f * float64(time.Second))
	}
	for n := 2; n <= last; n++ {
		out := r.mustPronto("publish", "-m", fmt.Sprint("release ", n), books[n])
		m := inServiceIn.FindStringSubmatch(out)
		if m == nil || m[1] != strconv.Itoa(n) {
			r.t.Fatalf("publish said:\n%s", out)
		}
		changes = append(changes, change{n, seconds(m[3]), seconds(m[4])})
		l.hears(r, n)
		if n%4 == 0 {
			began := time.Now()
			r.mustPronto("rollback", "-m", "back", strconv.Itoa(n/2))
			changes = append(changes, change{n / 2, 0, time.Since(began)})
			l.hears(r, n/2)
		}
	}
	return changes
}

// journal is what was put in service, and when.
func (r *rig) journal() (j prompts.Journal) {
	r.t.Helper()
	if err := json.Unmarshal([]byte(r.mustPronto("releases", "-format", "json")), &j); err != nil {
		r.t.Fatal(err)
	}
	return j
}

// ofTheirTime checks that each call has a release that was in service when it came. Between the line in the journal and the
// pointer that new calls are given lies the swap; an arrival may wait a moment for its turn.
func ofTheirTime(t *testing.T, rows []row, journal prompts.Journal, changes []change) {
	t.Helper()
	const turn = 2 * time.Second
	for _, row := range rows {
		started, err := time.Parse(time.RFC3339, row.Started)
		if err != nil {
			t.Fatal(err)
		}
		ok := false
		for i, e := range journal {
			until := started.Add(time.Hour)
			if i+1 < len(journal) {
				until = journal[i+1].At.Add(changes[i].swap)
			}
			ok = ok || e.ID == row.Release && e.At.Before(started.Add(turn)) && started.Before(until)
		}
		if !ok {
			t.Errorf("the call %s of %s has release %s, which was not in service then", row.CallID, row.Started, row.Release)
		}
	}
}

// firstCalls tells for each publication how long after the end of its rendering the first call on it came.
func firstCalls(rows []row, journal prompts.Journal, changes []change) (delays []time.Duration) {
	for i, c := range changes {
		e := journal[i+1]
		if e.Back {
			continue
		}
		first := time.Hour
		for _, row := range rows {
			started, _ := time.Parse(time.RFC3339, row.Started)
			if after := started.Sub(e.At); row.Release == e.ID && after >= 0 {
				first = min(first, after)
			}
		}
		delays = append(delays, c.swap+first)
	}
	slices.Sort(delays)
	return delays
}

// TestPublishUnderLoad: releases 2 to 20 are published and rolled back while the line is called 50 times a second. No call is
// dropped; each has one release, that of its time; those that are listened to hear it from their beginning to their end; and a
// release is on the line within a second of its rendering. What nobody controls is heard of the release in service, too.
func TestPublishUnderLoad(t *testing.T) {
	const last, crowd, ears = 20, 47, 3 // calls a second: what listens is slower by far than what speaks
	books := map[int]string{}
	for n := 1; n <= last; n++ {
		books[n] = oneToneBook(t, oneTone(n))
	}
	r := startRig(t, rigOptions{trunk: "none", book: books[1]})
	stop := make(chan struct{})
	l := &listeners{began: map[int]int{}, heard: map[string][][3]int{}}
	var made, failed int
	var crowdErr error
	var all sync.WaitGroup
	all.Go(func() { r.listen(ears, stop, l) })
	all.Go(func() { made, failed, crowdErr = r.crowd(crowd, stop) })
	began := time.Now()
	l.hears(r, 1)
	changes := r.publishAll(books, last, l)
	took := time.Since(began)
	close(stop)
	all.Wait()
	r.clean()
	r.eventually(20*time.Second, "every call has its outcome in the ledger", func() bool {
		rows := r.rows()
		return len(rows) >= made+l.calls && !slices.ContainsFunc(rows, func(row row) bool { return row.Outcome == "" })
	})
	rows, journal := r.rows(), r.journal()
	delays := firstCalls(rows, journal, changes)
	var render, swap time.Duration
	for _, c := range changes {
		if render = max(render, c.render); c.render > 0 {
			swap = max(swap, c.swap)
		}
	}
	t.Logf("%d calls in %s (%.0f/s), %d of them listened to; %d failed; %d changes", len(rows), took.Round(time.Second), float64(len(rows))/took.Seconds(), l.calls, failed, len(changes))
	t.Logf("heard by release: %v", l.began)
	t.Logf("rendering took up to %s, the swap up to %s; the first call on a release came %s (median) to %s after its rendering", render, swap, delays[len(delays)/2], delays[len(delays)-1])
	if crowdErr != nil || len(l.faults) > 0 {
		t.Errorf("%d of %d, and %d of the %d listened to, went wrong: %v %v", failed, made, len(l.faults), l.calls, crowdErr, l.faults[:min(10, len(l.faults))])
	}
	if len(rows) != made+l.calls || float64(made) < 0.5*crowd*took.Seconds() {
		t.Errorf("%d calls in the ledger; %d were made by the crowd in %s, %d by those who listen", len(rows), made, took, l.calls)
	}
	for _, row := range rows {
		if row.Outcome == "failed" {
			t.Errorf("outcome %+v", row)
		}
	}
	ofTheirTime(t, rows, journal, changes)
	sameInLedger(t, rows, journal, l.heard)
	if delays[len(delays)/2] > time.Second || delays[len(delays)-1] > 4*time.Second { // a quiet machine is below a second in all
		t.Error("the first call on a new release comes too long after its rendering")
	}
	r.afterLoad()
}

// sameInLedger checks that what a phone heard is what the ledger says of its calls.
func sameInLedger(t *testing.T, rows []row, journal prompts.Journal, heard map[string][][3]int) {
	t.Helper()
	number := map[string]int{}
	for _, e := range journal {
		number[e.ID] = e.Number
	}
	in := map[string][]int{}
	for _, row := range rows { // oldest first
		in[row.Caller] = append(in[row.Caller], number[row.Release])
	}
	for caller, calls := range heard {
		var releases []int
		for _, c := range calls {
			releases = append(releases, c[0])
		}
		if !slices.Equal(releases, in[caller]) {
			t.Errorf("a phone heard %v, the ledger has %v", releases, in[caller])
		}
	}
}

// firstCall calls and hears a release.
func (r *rig) firstCall(n int) {
	r.t.Helper()
	c := r.call(siptest.Config{SilentRTP: true})
	r.hears(c.Call, oneTone(n), 5*time.Second)
	r.hangup(c.Call)
}

// afterLoad rolls back and kills the controller: what Asterisk says alone is of that release, and so is what comes after.
func (r *rig) afterLoad() {
	r.t.Helper()
	r.mustPronto("rollback", "-m", "back to 7", "7")
	r.killSupervisor()
	r.kill("serve", syscall.SIGKILL)
	time.Sleep(300 * time.Millisecond) // a call that comes before Asterisk sees the socket close waits for the next controller
	c := r.call(siptest.Config{SilentRTP: true})
	r.hears(c.Call, oneTone(7), 4*time.Second)
	r.hangup(c.Call)
	r.again() // for the clean-up; the folder's book is no news and the rollback stays
	if out := r.mustPronto("releases"); !strings.Contains(out, "back to 7") || !regexp.MustCompile(`-> 7 .*in service`).MatchString(out) {
		r.t.Errorf("after the restart:\n%s", out)
	}
	r.firstCall(7)
}
