package siptest_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"pronto/asterisk/siptest"
)

func newPhone(t *testing.T, cfg siptest.Config) *siptest.Phone {
	t.Helper()
	p, err := siptest.New(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

func soon(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func wait[T any](t *testing.T, ctx context.Context, what string, ch <-chan T) T {
	t.Helper()
	select {
	case v := <-ch:
		return v
	case <-ctx.Done():
		t.Fatalf("waited in vain for %s", what)
		panic("unreachable")
	}
}

// connect makes a call from one phone to another, answered.
func connect(t *testing.T, ctx context.Context, from, to *siptest.Phone) (caller, callee *siptest.Call) {
	t.Helper()
	caller, callee = ring(t, ctx, from, to)
	if err := callee.Answer(ctx); err != nil {
		t.Fatal(err)
	}
	wait(t, ctx, "the answer", caller.Answered())
	return caller, callee
}

func ring(t *testing.T, ctx context.Context, from, to *siptest.Phone) (caller, callee *siptest.Call) {
	t.Helper()
	caller, err := from.Dial(ctx, to.URI())
	if err != nil {
		t.Fatal(err)
	}
	return caller, wait(t, ctx, "a ringing call", to.Incoming())
}

func TestBothHearEachOther(t *testing.T) {
	for _, codec := range []int{0, 8} {
		ctx := soon(t)
		a := newPhone(t, siptest.Config{User: "0612345", Tone: 440, Codecs: []int{codec}})
		b := newPhone(t, siptest.Config{User: "op1", Tone: 1000})
		caller, callee := connect(t, ctx, a, b)
		if got := callee.From(); got != "0612345" {
			t.Errorf("the callee sees caller %q", got)
		}
		if _, err := caller.WaitTone(ctx, 1000, 200*time.Millisecond); err != nil {
			t.Error("caller:", err)
		}
		if _, err := callee.WaitTone(ctx, 440, 200*time.Millisecond); err != nil {
			t.Error("callee:", err)
		}
		now := time.Now()
		if caller.HasTone(440, time.Time{}, now) {
			t.Error("the caller hears itself")
		}
		if got := callee.Tones(time.Time{}, now); len(got) != 1 || got[0] < 430 || got[0] > 450 {
			t.Errorf("the callee hears %v, want 440 alone", got)
		}
		if _, ok := caller.FirstAudio(); !ok {
			t.Error("the caller has no first audio")
		}
		if err := caller.Hangup(ctx); err != nil {
			t.Error(err)
		}
		wait(t, ctx, "the callee's end", callee.Done())
		if !callee.ByRemote() || caller.ByRemote() {
			t.Errorf("ended by remote: callee %v, caller %v", callee.ByRemote(), caller.ByRemote())
		}
	}
}

func TestKeys(t *testing.T) {
	for _, silent := range []bool{false, true} {
		ctx := soon(t)
		a := newPhone(t, siptest.Config{SilentRTP: silent})
		b := newPhone(t, siptest.Config{})
		caller, callee := connect(t, ctx, a, b)
		began := time.Now()
		if err := caller.Press(ctx, "1*9"); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took < 450*time.Millisecond {
			t.Errorf("three keys took %v, want 100 ms each and 100 ms between", took)
		}
		if err := caller.Press(ctx, "#d"); err != nil {
			t.Fatal(err)
		}
		if end := caller.LastKeyEnd(); time.Since(end) > time.Second {
			t.Errorf("the last key ended at %v", end)
		}
		if err := callee.Press(ctx, "0"); err != nil {
			t.Fatal(err)
		}
		// A packet sent after the keys comes after them.
		callee.Mark()
		if !silent {
			heardSomething(t, ctx, callee)
		}
		eventually(t, ctx, func() bool { return callee.Digits() == "1*9#D" }, "the callee to have 1*9#D")
		eventually(t, ctx, func() bool { return caller.Digits() == "0" }, "the caller to have 0")
		if err := caller.Press(ctx, "x"); err == nil {
			t.Error("pressing x is no error")
		}
	}
}

func heardSomething(t *testing.T, ctx context.Context, c *siptest.Call) {
	t.Helper()
	n := len(c.Heard().Packets)
	eventually(t, ctx, func() bool { return len(c.Heard().Packets) > n }, "another packet")
}

// eventually polls for what no channel tells: what is on the wire.
func eventually(t *testing.T, ctx context.Context, done func() bool, what string) {
	t.Helper()
	for tick := time.NewTicker(5 * time.Millisecond); !done(); {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

func TestReject(t *testing.T) {
	ctx := soon(t)
	a, b := newPhone(t, siptest.Config{}), newPhone(t, siptest.Config{})
	for _, status := range []int{486, 603, 480} {
		caller, callee := ring(t, ctx, a, b)
		if err := callee.Reject(ctx, status); err != nil {
			t.Fatal(err)
		}
		wait(t, ctx, "the end", caller.Done())
		wait(t, ctx, "the callee's end", callee.Done())
		if caller.Status() != status || !caller.ByRemote() || callee.ByRemote() {
			t.Errorf("rejected with %d: caller has %d, by remote %v, callee by remote %v",
				status, caller.Status(), caller.ByRemote(), callee.ByRemote())
		}
	}
}

func TestCancel(t *testing.T) {
	ctx := soon(t)
	a, b := newPhone(t, siptest.Config{}), newPhone(t, siptest.Config{})
	caller, callee := ring(t, ctx, a, b)
	if err := caller.Hangup(ctx); err != nil {
		t.Fatal(err)
	}
	wait(t, ctx, "the callee's end", callee.Done())
	if caller.Status() != 487 || callee.Status() != 487 || !callee.ByRemote() || caller.ByRemote() {
		t.Errorf("cancelled: caller %d by remote %v, callee %d by remote %v",
			caller.Status(), caller.ByRemote(), callee.Status(), callee.ByRemote())
	}
	if err := callee.Answer(ctx); err == nil {
		t.Error("a cancelled call can be answered")
	}
}

// TestCancelMeetsAnswer hangs up and answers at the same time: whichever wins, both ends are over.
func TestCancelMeetsAnswer(t *testing.T) {
	ctx := soon(t)
	a, b := newPhone(t, siptest.Config{}), newPhone(t, siptest.Config{})
	for range 20 {
		caller, callee := ring(t, ctx, a, b)
		answered := make(chan error, 1)
		go func() { answered <- callee.Answer(ctx) }()
		if err := caller.Hangup(ctx); err != nil {
			t.Fatal(err)
		}
		<-answered
		wait(t, ctx, "the caller's end", caller.Done())
		wait(t, ctx, "the callee's end", callee.Done())
	}
}

func TestHangupByCallee(t *testing.T) {
	ctx := soon(t)
	a, b := newPhone(t, siptest.Config{}), newPhone(t, siptest.Config{})
	caller, callee := connect(t, ctx, a, b)
	if err := callee.Hangup(ctx); err != nil {
		t.Fatal(err)
	}
	wait(t, ctx, "the caller's end", caller.Done())
	if !caller.ByRemote() || caller.Status() != 200 {
		t.Errorf("caller: status %d, by remote %v", caller.Status(), caller.ByRemote())
	}
	if err := caller.Hangup(ctx); err != nil {
		t.Error("hanging up what is over:", err)
	}
	if err := caller.Press(ctx, "1"); err == nil {
		t.Error("keys can be pressed after the end")
	}
}

func TestNoCodecInCommon(t *testing.T) {
	ctx := soon(t)
	a, b := newPhone(t, siptest.Config{Codecs: []int{18}}), newPhone(t, siptest.Config{})
	caller, err := a.Dial(ctx, b.URI())
	if err != nil {
		t.Fatal(err)
	}
	wait(t, ctx, "the end", caller.Done())
	if caller.Status() != 488 {
		t.Errorf("status %d, want 488", caller.Status())
	}
}

func TestSilence(t *testing.T) {
	ctx := soon(t)
	a, b := newPhone(t, siptest.Config{Tone: 700}), newPhone(t, siptest.Config{NoRTP: true})
	caller, callee := connect(t, ctx, a, b)
	if _, err := caller.WaitSilence(ctx, 100*time.Millisecond); err != nil {
		t.Error("the caller hears something of a phone that sends nothing:", err)
	}
	if _, err := callee.WaitTone(ctx, 700, 100*time.Millisecond); err != nil {
		t.Error(err)
	}
	short, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
	defer cancel()
	callee.Mark()
	if at, err := callee.WaitSilence(short, 100*time.Millisecond); err == nil {
		t.Errorf("the callee has silence at %v while a tone is sent", at)
	}
	if _, err := callee.WaitTone(short, 1500, 40*time.Millisecond); err == nil || !strings.Contains(err.Error(), "700") {
		t.Errorf("waiting for what is not sent: %v, want an error that names 700 Hz", err)
	}
	if err := callee.Press(ctx, "1"); err == nil {
		t.Error("a phone without RTP presses keys")
	}
}

// TestCloseEndsCalls: nothing is left on the other side when a phone goes.
func TestCloseEndsCalls(t *testing.T) {
	ctx := soon(t)
	a, b := newPhone(t, siptest.Config{}), newPhone(t, siptest.Config{})
	_, up := connect(t, ctx, a, b)
	_, ringing := ring(t, ctx, a, b)
	a.Close()
	wait(t, ctx, "the end of the answered call", up.Done())
	wait(t, ctx, "the end of the ringing call", ringing.Done())
	if _, err := a.Dial(ctx, b.URI()); err == nil {
		t.Error("a closed phone dials")
	}
}

func TestManyCalls(t *testing.T) {
	ctx := soon(t)
	a := newPhone(t, siptest.Config{SilentRTP: true})
	b := newPhone(t, siptest.Config{SilentRTP: true})
	type pair struct{ caller, callee *siptest.Call }
	var pairs []pair
	began := time.Now()
	for range 100 {
		caller, callee := connect(t, ctx, a, b)
		pairs = append(pairs, pair{caller, callee})
	}
	errs := make(chan error, len(pairs))
	for _, p := range pairs {
		go func() { errs <- p.caller.Press(ctx, "42") }()
	}
	for range pairs {
		if err := <-errs; err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range pairs {
		eventually(t, ctx, func() bool { return p.callee.Digits() == "42" }, "42")
	}
	alive := int(time.Since(began)/(5*time.Second)) + 1 // a sign of life every 5 s
	if slices.ContainsFunc(pairs, func(p pair) bool { return len(p.callee.Heard().Packets) > alive }) {
		t.Errorf("a phone with SilentRTP sent more than %d packets of audio", alive)
	}
}
