package phonetest_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"pronto/ivr/phone"
	"pronto/ivr/phone/phonetest"
)

func TestFake(t *testing.T) {
	phonetest.Run(t, func(t *testing.T, body func(*testing.T, phonetest.Harness)) {
		synctest.Test(t, func(t *testing.T) { body(t, phonetest.FakeHarness()) })
	})
}

// desk is a handler that answers every call and keeps it.
type desk struct {
	legs   chan phone.Leg
	events chan phone.Event
	links  chan bool
}

func (d *desk) Incoming(l phone.Leg) phone.Sink {
	d.legs <- l
	return d.sink
}

func (d *desk) Adopt(found []phone.Adopted) []phone.Sink {
	sinks := make([]phone.Sink, len(found))
	for i := range sinks {
		sinks[i] = d.sink
	}
	return sinks
}

func (d *desk) Operator(string, bool)  {}
func (d *desk) Link(up bool)           { d.links <- up }
func (d *desk) sink(event phone.Event) { d.events <- event }

// inBubble runs a test with a Fake whose process is up.
func inBubble(t *testing.T, cfg phonetest.Config, test func(*testing.T, *phonetest.Fake, *desk)) {
	synctest.Test(t, func(t *testing.T) {
		f := phonetest.NewFake(cfg)
		d := &desk{legs: make(chan phone.Leg, 9), events: make(chan phone.Event, 99), links: make(chan bool, 9)}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- f.Run(ctx, d) }()
		<-d.links
		test(t, f, d)
		stop()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
}

func answered(t *testing.T, f *phonetest.Fake, d *desk) (*phonetest.Party, phone.Leg) {
	t.Helper()
	p := f.Call("0612345")
	l := <-d.legs
	if err := l.Answer(t.Context()); err != nil {
		t.Fatal(err)
	}
	return p, l
}

// TestHeardIsExact: sounds take the time they are said to take, to the nanosecond, and nothing is heard after the end.
func TestHeardIsExact(t *testing.T) {
	cfg := phonetest.Config{Sounds: map[string]time.Duration{"a": 2 * time.Second, "b": 3 * time.Second}}
	inBubble(t, cfg, func(t *testing.T, f *phonetest.Fake, d *desk) {
		began := time.Now()
		p, l := answered(t, f, d)
		if err := l.Play(t.Context(), "1", []string{"a", "b"}); err != nil {
			t.Fatal(err)
		}
		if got := <-d.events; got != (phone.PlayDone{ID: "1"}) {
			t.Errorf("came %#v", got)
		}
		at := func(seconds int) time.Time { return began.Add(time.Duration(seconds) * time.Second) }
		want := []phonetest.Hearing{{What: "sound:a", From: at(0), To: at(2)}, {What: "sound:b", From: at(2), To: at(5)}}
		if diff := cmp.Diff(want, p.Heard()); diff != "" {
			t.Errorf("heard (-want +got):\n%s", diff)
		}
	})
}

func TestTagWaitsForTheSound(t *testing.T) {
	inBubble(t, phonetest.Config{AnySound: 4 * time.Second}, func(t *testing.T, f *phonetest.Fake, d *desk) {
		_, l := answered(t, f, d)
		began := time.Now()
		if err := l.Play(t.Context(), "1", []string{"any"}); err != nil {
			t.Fatal(err)
		}
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := l.Tag(short, "x"); !errors.Is(err, phone.ErrUnavailable) {
			t.Errorf("a tag with a time-out while a sound plays: %v", err)
		}
		if err := l.Tag(t.Context(), "x"); err != nil || time.Since(began) != 4*time.Second {
			t.Errorf("a tag while a sound plays: %v after %v, want it after 4s", err, time.Since(began))
		}
	})
}

func TestFailFailsOnce(t *testing.T) {
	inBubble(t, phonetest.Config{AnySound: time.Second}, func(t *testing.T, f *phonetest.Fake, d *desk) {
		p, l := answered(t, f, d)
		f.Fail("Play", phone.ErrUnavailable)
		if err := l.Play(t.Context(), "1", []string{"any"}); !errors.Is(err, phone.ErrUnavailable) {
			t.Errorf("play: %v", err)
		}
		if now, _ := p.Hears(); len(now) != 0 {
			t.Errorf("a verb that failed is heard: %v", now)
		}
		if err := l.Play(t.Context(), "2", []string{"any"}); err != nil {
			t.Errorf("play again: %v", err)
		}
		if got := f.Verbs(); len(got) != 3 {
			t.Errorf("verbs: %q", got)
		}
	})
}

// TestNobodyThere: calls that come while the link is down are not taken, keys pressed meanwhile are lost.
func TestNobodyThere(t *testing.T) {
	inBubble(t, phonetest.Config{}, func(t *testing.T, f *phonetest.Fake, d *desk) {
		p, _ := answered(t, f, d)
		f.DropLink(10 * time.Second)
		if <-d.links {
			t.Error("the link is said to be up")
		}
		other := f.Call("0698765")
		<-other.Done()
		if !other.FailOpen() || p.FailOpen() {
			t.Errorf("taken by nobody: the new call %v, the old one %v", other.FailOpen(), p.FailOpen())
		}
		if err := p.Press("1"); err != nil {
			t.Error(err)
		}
		if !<-d.links {
			t.Error("the link is said to be down")
		}
		if got := <-d.events; got != (phone.Resynced{}) {
			t.Errorf("came %#v, want Resynced and no key", got)
		}
		if len(d.legs) != 0 || len(f.Legs()) != 1 {
			t.Errorf("%d new legs, on the switch %v", len(d.legs), f.Legs())
		}
	})
}
