package main

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"pronto/asterisk/siptest"
	"pronto/ivr/rehearsal"
	"pronto/prompts"
)

// liveCall is a script's call on the real line: the same steps, in real time.
type liveCall struct {
	*rig
	caller    *citizen
	operators []*siptest.Phone
	other     *siptest.Call // the operator or the rescue number
}

// listenSlack is how much later than on the virtual clock a text may have been heard.
const listenSlack = 400 * time.Millisecond

// TestScriptsOnAsterisk: what `pronto play` says of the starter's scripts, the real line does. Path, outcome and all that
// the ledger tells beside are those of the rehearsal with the real lengths of the texts, and those written in the script.
func TestScriptsOnAsterisk(t *testing.T) {
	r := startRig(t, rigOptions{book: starterBook(t)})
	var operators []*siptest.Phone
	for i, name := range []string{"op1", "op2"} { // as many as the script with an operator has
		operators = append(operators, r.operator(name, toneOp1+float64(i)*100))
		r.ready(i + 1)
	}
	release := r.release()
	var calls sync.WaitGroup
	for _, name := range []string{"danger-advice", "danger-busy", "keys-ahead", "report"} { // no two need an operator, or the carrier
		calls.Go(func() {
			t.Run(name, func(t *testing.T) {
				sub := *r
				sub.t = t
				(&liveCall{rig: &sub, operators: operators}).compare(starterScript(t, name), release)
			})
		})
	}
	calls.Wait()
	r.clean()
}

// release is what the line plays.
func (r *rig) release() *prompts.Release {
	r.t.Helper()
	sounds := filepath.Join(r.dir, "asterisk", "sounds")
	found, _ := filepath.Glob(filepath.Join(sounds, "releases", "*", "release.json"))
	if len(found) != 1 {
		r.t.Fatalf("releases: %v, want one", found)
	}
	release, err := prompts.LoadRelease(sounds, filepath.Base(filepath.Dir(found[0])))
	if err != nil {
		r.t.Fatal(err)
	}
	return release
}

func starterScript(t *testing.T, name string) *rehearsal.Script {
	t.Helper()
	file := filepath.Join("..", "..", "prompts", "protezionecivile", "scripts", name+".txtar")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	script, err := rehearsal.ParseScript(file, data, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	return script
}

func (l *liveCall) compare(script *rehearsal.Script, release *prompts.Release) {
	l.t.Helper()
	if s := script.Setting; s.Hours != "" || s.Full || s.Language != "" || s.Answer != 0 || s.Talk != 0 {
		l.t.Fatalf("the script pretends %+v, which the real line does not", s)
	}
	run, err := script.Run(release)
	if err != nil {
		l.t.Fatal(err)
	}
	if diff := script.Diff(run); len(diff) > 0 {
		l.t.Errorf("with the real lengths the rehearsal is not as the script says:\n%s", diff)
	}
	l.caller = l.call(siptest.Config{Tone: toneCaller})
	for i, step := range script.Steps {
		l.do(step, run.Took[i])
	}
	l.hangup(l.caller.Call)
	row := l.outcome(l.caller.number, run.Result.Outcome)
	got := rehearsal.Result{
		Path: row.Path, Outcome: row.Outcome, Detail: row.Detail, Language: row.Language, Topic: row.Topic, Rescue: row.RescueNumber, EndedBy: row.EndedBy,
	}
	if want := run.Result.String(); got.String() != want {
		l.t.Errorf("the real line:\n%s\nthe rehearsal:\n%s", got, want)
	}
}

// do carries a step out.
func (l *liveCall) do(step rehearsal.Step, took time.Duration) {
	l.t.Helper()
	switch step.Verb {
	case "key":
		l.press(l.caller, step.Keys)
	case "wait":
		l.pass(took)
	case "listen":
		l.pass(took + listenSlack)
	case "hangup":
		l.hangup(l.caller.Call)
	case "operator answers":
		l.answer(l.operators...)
	case "rescue answers":
		l.answer(l.carrier)
	case "rescue busy":
		if err := l.rings(l.carrier, 5*time.Second).Reject(l.ctx(3*time.Second), 486); err != nil {
			l.t.Fatal(err)
		}
		l.pass(listenSlack) // the news travels
	case "operator hangs up", "rescue hangs up":
		l.hangup(l.other)
		l.pass(listenSlack)
	default:
		l.t.Fatalf("this test has no hands for %q", step.Text)
	}
}

// pass lets time pass while the call is up.
func (l *liveCall) pass(d time.Duration) {
	select {
	case <-l.caller.Done():
	case <-time.After(d):
	}
}

// answer answers whichever phone rings.
func (l *liveCall) answer(phones ...*siptest.Phone) {
	l.t.Helper()
	for end := time.Now().Add(5 * time.Second); l.other == nil && time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		for _, p := range phones {
			select {
			case l.other = <-p.Incoming():
			default:
			}
		}
	}
	if l.other == nil {
		l.t.Fatal("no phone rings")
	}
	if err := l.other.Answer(l.ctx(5 * time.Second)); err != nil {
		l.t.Fatal(err)
	}
}
