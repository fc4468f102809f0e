package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pronto/asterisk/conf"
	"pronto/asterisk/local"
	"pronto/asterisk/siptest"
)

// sipp runs a scenario of testdata/sipp against the line until its calls are over.
func (r *rig) sipp(scenario string, args ...string) error {
	r.t.Helper()
	cmd := r.sippCommand(r.ctx(5*time.Minute), scenario, args...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return sippError(cmd.Dir, out, err)
	}
	return nil
}

// sippCommand is a run of a scenario in a folder of its own.
func (r *rig) sippCommand(ctx context.Context, scenario string, args ...string) *exec.Cmd {
	r.t.Helper()
	path, err := filepath.Abs(filepath.Join("testdata", "sipp", scenario))
	if err != nil {
		r.t.Fatal(err)
	}
	argv := []string{"sipp"}
	if os.Getuid() != 0 {
		argv = []string{"sudo", "sipp"} // it sends its keys through a raw socket
	}
	argv = append(argv, "-sf", path, "-s", "800840840", "-i", "127.0.0.1", "-mi", "127.0.0.1", "-nostdin", "-trace_err", r.sip)
	cmd := exec.CommandContext(ctx, argv[0], append(argv[1:], args...)...)
	cmd.Dir = r.t.TempDir()
	return cmd
}

// sippError is what went wrong, with what sipp wrote about it.
func sippError(dir string, out []byte, err error) error {
	errs, _ := filepath.Glob(filepath.Join(dir, "*_errors.log"))
	text := string(out)
	for _, f := range errs {
		data, _ := os.ReadFile(f)
		text += string(data[:min(len(data), 2000)])
	}
	return fmt.Errorf("sipp: %w\n%s", err, text[max(0, len(text)-4000):])
}

// agent answers every call at his phone, talks for a while and hangs up.
func (r *rig) agent(wg *sync.WaitGroup, done <-chan struct{}, p *siptest.Phone, talk time.Duration, served *atomic.Int64) {
	wg.Go(func() {
		for {
			select {
			case <-done:
				return
			case c := <-p.Incoming():
				if c.Answer(r.ctx(5*time.Second)) != nil {
					continue
				}
				served.Add(1)
				time.Sleep(talk)
				_ = c.Hangup(r.ctx(5 * time.Second))
			}
		}
	})
}

// TestThousandCalls: 1,000 calls at 25 per second through menu, queue and 20 operators: 1,000 outcomes, none failed,
// ledger and Asterisk's CDR agree.
func TestThousandCalls(t *testing.T) {
	const calls, rate, operators = 1000, 25, 20
	r := startRig(t, rigOptions{operators: operators})
	var wg sync.WaitGroup
	var served atomic.Int64
	done := make(chan struct{})
	for i := range operators {
		name := fmt.Sprintf("op%d", i+1)
		p := r.phone(siptest.Config{User: name, Secret: r.secret(name), SilentRTP: true})
		if err := p.Register(r.ctx(10*time.Second), r.sip); err != nil {
			t.Fatal(err)
		}
		r.agent(&wg, done, p, 500*time.Millisecond, &served)
	}
	r.ready(operators)
	began := time.Now()
	if err := r.sipp("caller.xml", "-m", fmt.Sprint(calls), "-r", fmt.Sprint(rate), "-l", "600"); err != nil {
		t.Error(err)
	}
	close(done)
	wg.Wait()
	r.clean()
	for _, result := range []string{"connected", "no_answer", "busy", "rejected", "unreachable", "unjoined"} {
		t.Logf("offers %s: %v", result, r.metric(`pronto_offers_total{result="`+result+`"}`))
	}
	r.eventually(10*time.Second, "every call has its outcome in the ledger", func() bool {
		return !slices.ContainsFunc(r.rows(), func(row row) bool { return row.Outcome == "" })
	})
	outcomes := map[string]int{}
	ids := map[string]bool{}
	for _, row := range r.rows() {
		outcomes[row.Outcome]++
		ids[row.CallID] = true
	}
	t.Logf("%d calls in %s; outcomes %v; operators answered %d", calls, time.Since(began).Round(time.Second), outcomes, served.Load())
	// An operator who hangs up half a second after he answered may be gone before a busy machine has joined him; the
	// caller's next one serves.
	if outcomes["served"] != calls || len(ids) != calls || served.Load() > calls*102/100 {
		t.Errorf("want %d calls, all served, nearly all by the first operator who answers", calls)
	}
	inCDR := r.cdrCalls()
	for id := range ids {
		if !inCDR[id] {
			t.Errorf("the ledger's call %s is not in Asterisk's CDR", id)
		}
	}
	if len(inCDR) != calls {
		t.Errorf("Asterisk's CDR has %d calls of the trunk, the ledger %d", len(inCDR), len(ids))
	}
}

// cdrCalls are the public's calls in Asterisk's own records.
func (r *rig) cdrCalls() map[string]bool {
	r.t.Helper()
	f, err := os.Open(local.CDRPath(filepath.Join(r.dir, "asterisk")))
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		r.t.Fatal(err)
	}
	column := map[string]int{}
	for i, name := range conf.CDRColumns {
		column[name] = i
	}
	calls := map[string]bool{}
	for _, line := range lines {
		if strings.HasPrefix(line[column["channel"]], "PJSIP/trunk-") {
			calls[line[column["uniqueid"]]] = true
		}
	}
	return calls
}
