package phonetest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"pronto/ivr/phone"
)

// quiet is how long nothing is heard before a person says so.
const quiet = 300 * time.Millisecond

// FakeHarness is the suite's harness over a Fake.
func FakeHarness() Harness {
	f := NewFake(Config{
		Sounds: map[string]time.Duration{"short": 500 * time.Millisecond, "long": 20 * time.Second},
		Rescue: []string{RescueNumber}, Outside: []string{OutsideNumber}, Callback: []string{CallbackNumber},
	})
	return &fakeHarness{first: f}
}

type fakeHarness struct{ first, now *Fake }

func (h *fakeHarness) Process() phone.Switch {
	h.now = h.first.Restarted()
	return h.now
}

func (h *fakeHarness) DropLink(away time.Duration) { h.now.DropLink(away) }

func (h *fakeHarness) Call(number string) (Person, error) {
	return &fakePerson{h.first.Call(number)}, nil
}

func (h *fakeHarness) Operator(name string) Set { return &fakeSet{h.first.Operator(name)} }

func (h *fakeHarness) Carrier(number string) Set {
	for _, t := range []*Telephone{h.first.Rescue(number), h.first.Outside(number), h.first.Callback(number)} {
		if t != nil {
			return &fakeSet{t}
		}
	}
	return nil
}

func (h *fakeHarness) Short() string   { return "short" }
func (h *fakeHarness) Long() string    { return "long" }
func (h *fakeHarness) Missing() string { return "missing" }

type fakeSet struct{ t *Telephone }

func (s *fakeSet) Register() error {
	s.t.Register()
	return nil
}

func (s *fakeSet) Unregister() error {
	s.t.Unregister()
	return nil
}

func (s *fakeSet) Dial(number string) (Person, error) { return &fakePerson{s.t.Dial(number)}, nil }

func (s *fakeSet) Next(ctx context.Context) (Person, error) {
	select {
	case p := <-s.t.Incoming():
		return &fakePerson{p}, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for %s to ring: %w", s.t.name, ctx.Err())
	}
}

type fakePerson struct{ *Party }

func (p *fakePerson) HearsSound(ctx context.Context, sound string) error {
	return p.waitHearing(ctx, "sound:"+sound)
}
func (p *fakePerson) HearsMusic(ctx context.Context) error { return p.waitHearing(ctx, "music") }

func (p *fakePerson) HearsPerson(ctx context.Context, others ...Person) error {
	want := make([]string, len(others))
	for i, other := range others {
		fake, ok := other.(*fakePerson)
		if !ok {
			return fmt.Errorf("%T is not on this switch", other)
		}
		want[i] = "voice:" + fake.Name()
		if err := p.waitHearing(ctx, want[i]); err != nil {
			return err
		}
	}
	slices.Sort(want)
	if now, _ := p.Hears(); !slices.Equal(now, want) {
		return fmt.Errorf("it hears %v, want %v and nothing else", now, want)
	}
	return nil
}

func (p *fakePerson) waitHearing(ctx context.Context, what string) error {
	for {
		now, more := p.Hears()
		if slices.Contains(now, what) {
			return nil
		}
		select {
		case <-more:
		case <-ctx.Done():
			return fmt.Errorf("wait to hear %s: %w; heard: %v", what, ctx.Err(), p.Heard())
		}
	}
}

func (p *fakePerson) HearsNothing(ctx context.Context) error {
	for {
		now, more := p.Hears()
		var still <-chan time.Time
		if len(now) == 0 {
			still = time.After(quiet)
		}
		select {
		case <-still:
			return nil
		case <-more:
		case <-ctx.Done():
			return fmt.Errorf("wait to hear nothing: %w; heard: %v", ctx.Err(), p.Heard())
		}
	}
}
