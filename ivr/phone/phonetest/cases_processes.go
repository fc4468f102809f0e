package phonetest

import (
	"errors"
	"maps"
	"testing"
	"time"

	"pronto/ivr/phone"
)

func testAdopt(t *testing.T, s *stage) {
	l, who := s.caller("0612345022")
	s.ok("tag", l.Tag(s.soon(), `{"node":"menu"}`))
	fresh, _ := s.arrive("0612345122")
	s.restart(nil)
	found, _ := s.adopted.all()
	if len(found[0]) != 2 {
		t.Fatalf("the new process found %d legs, want 2: %+v", len(found[0]), found[0])
	}
	for _, a := range found[0] {
		switch a.Leg.ID() {
		case l.ID():
			if a.Tag != `{"node":"menu"}` || !a.Up || a.Bridge != "" || a.Leg.Info().Caller != "0612345022" {
				t.Errorf("found %+v with %+v", a, a.Leg.Info())
			}
		case fresh.ID():
			if a.Tag != "" || a.Up {
				t.Errorf("found %+v", a)
			}
		default:
			t.Errorf("found %s, which nobody knows", a.Leg.ID())
		}
	}
	again := s.adoptedLine(l.ID())
	s.ok("play", again.Play(s.soon(), l.ID()+"-s1", []string{s.h.Long()}))
	s.ok("hear it", who.HearsSound(s.soon(), s.h.Long()))
	s.ok("press", who.Press("5"))
	waitFor(t, again, func(k phone.Key) bool { return k.Digit == '5' })
	s.ok("hang up", who.Hangup())
	if ended := s.ended(again); !ended.Remote {
		t.Errorf("the caller hung up: %+v", ended)
	}
}

func testAdoptBridge(t *testing.T, s *stage) {
	l, who, operator, agent := s.pair("0612345023")
	bridge := "p-" + l.ID()
	s.ok("tag the operator's leg", operator.Tag(s.soon(), "of "+l.ID()))
	s.ok("join", s.sw.Bridge(s.soon(), bridge, l.Leg, operator.Leg))
	s.ok("the caller hears the operator", who.HearsPerson(s.soon(), agent))
	s.restart(nil)
	s.ok("they still talk", who.HearsPerson(s.soon(), agent))
	found, _ := s.adopted.all()
	for _, a := range found[0] {
		if a.Bridge != bridge || !a.Up {
			t.Errorf("found %+v, want it up in bridge %s", a, bridge)
		}
		if a.Leg.ID() == operator.ID() && a.Tag != "of "+l.ID() {
			t.Errorf("the operator's leg has the tag %q", a.Tag)
		}
	}
	caller, other := s.adoptedLine(l.ID()), s.adoptedLine(operator.ID())
	s.ok("part", s.sw.Unbridge(s.soon(), bridge))
	s.ok("the caller hears nothing", who.HearsNothing(s.soon()))
	s.ok("hang up the operator", other.Hangup(s.soon(), phone.CauseNormal))
	s.ended(other)
	s.ok("hang up the caller", caller.Hangup(s.soon(), phone.CauseNormal))
	s.ended(caller)
}

// testAdoptListener: three parties and one who listens are found with their bridges; the one that nobody wants is hung up, and
// what it listened at goes on.
func testAdoptListener(t *testing.T, s *stage) {
	c := s.talk("0612345027")
	supervisor, boss := s.second()
	ear, err := s.sw.Snoop(s.soon(), "p-ear", c.operator.Leg, phone.Listen, newLine().events.add)
	s.ok("snoop", err)
	s.ok("listen", s.sw.Bridge(s.soon(), "p-listen", ear, supervisor.Leg))
	s.ok("tag", supervisor.Tag(s.soon(), "listens"))
	s.ok("the supervisor hears both", boss.HearsPerson(s.soon(), c.who, c.agent))
	s.restart(func(a phone.Adopted) bool { return a.Leg.ID() != ear.ID() })
	found, _ := s.adopted.all()
	got := map[string]string{}
	for _, a := range found[0] {
		got[a.Leg.ID()] = a.Bridge + " " + a.Tag
	}
	want := map[string]string{
		c.caller.ID(): c.bridge + " ", c.operator.ID(): c.bridge + " ", ear.ID(): "p-listen ", supervisor.ID(): "p-listen listens",
	}
	if !maps.Equal(got, want) {
		t.Errorf("found %v, want %v", got, want)
	}
	s.ok("the supervisor hears nothing", boss.HearsNothing(s.soon()))
	s.ok("the caller hears the operator", c.who.HearsPerson(s.soon(), c.agent))
	s.ok("unbridge", s.sw.Unbridge(s.soon(), "p-listen"))
	again, err := s.sw.Snoop(s.soon(), "p-ear-2", s.adoptedLine(c.operator.ID()).Leg, phone.Listen, newLine().events.add)
	s.ok("snoop anew", err)
	s.ok("listen anew", s.sw.Bridge(s.soon(), "p-listen", again, s.adoptedLine(supervisor.ID()).Leg))
	s.ok("the supervisor hears both again", boss.HearsPerson(s.soon(), c.who, c.agent))
	s.ok("unbridge", s.sw.Unbridge(s.soon(), "p-listen"))
	s.ok("unbridge", s.sw.Unbridge(s.soon(), c.bridge))
}

func testAdoptDeclined(t *testing.T, s *stage) {
	l, who := s.caller("0612345024")
	s.restart(func(a phone.Adopted) bool { return a.Leg.ID() != l.ID() })
	s.closed("the leg that nobody wants to end", who.Done())
}

func testLinkDrops(t *testing.T, s *stage) {
	l, who := s.caller("0612345025")
	id := l.ID() + "-s1"
	s.ok("play", l.Play(s.soon(), id, []string{s.h.Short()}))
	s.h.DropLink(3 * time.Second)
	s.links.wait(t, "Link(false)", func(up bool) bool { return !up })
	if err := l.Play(s.soon(), l.ID()+"-s2", []string{s.h.Short()}); !errors.Is(err, phone.ErrUnavailable) {
		t.Errorf("play without a link: %v, want ErrUnavailable", err)
	}
	waitFor[phone.Resynced](t, l, nil)
	waitFor(t, l, func(d phone.PlayDone) bool { return d.ID == id })
	if n := count(l, func(d phone.PlayDone) bool { return d.ID == id }); n != 1 {
		t.Errorf("a sound that ended meanwhile ended %d times", n)
	}
	s.adopted.wait(t, "the second Adopt", func([]phone.Adopted) bool {
		found, _ := s.adopted.all()
		return len(found) == 2
	})
	if found, _ := s.adopted.all(); len(found[1]) != 0 {
		t.Errorf("the second Adopt was called with %v, want nothing", found[1])
	}
	s.links.wait(t, "Link(true) again", func(bool) bool {
		links, _ := s.links.all()
		return len(links) == 3
	})
	s.ok("play", l.Play(s.soon(), l.ID()+"-s3", []string{s.h.Long()}))
	s.ok("hear it", who.HearsSound(s.soon(), s.h.Long()))
	s.ok("press", who.Press("7"))
	waitFor(t, l, func(k phone.Key) bool { return k.Digit == '7' })
	if links, _ := s.links.all(); len(links) != 3 || links[1] || !links[2] {
		t.Errorf("the link went %v", links)
	}
}

func testEndsWhileDown(t *testing.T, s *stage) {
	l, who := s.caller("0612345026")
	stays, other := s.caller("0612345126")
	s.h.DropLink(3 * time.Second)
	s.links.wait(t, "Link(false)", func(up bool) bool { return !up })
	s.ok("hang up", who.Hangup())
	s.closed("the caller's end", who.Done())
	if ended := s.ended(l); !ended.Lost {
		t.Errorf("it ended while we were away: %+v", ended)
	}
	waitFor[phone.Resynced](t, stays, nil)
	s.ok("play", stays.Play(s.soon(), stays.ID()+"-s1", []string{s.h.Long()}))
	s.ok("hear it", other.HearsSound(s.soon(), s.h.Long()))
	if n := count[phone.Ended](stays, nil); n != 0 {
		t.Error("the other caller's leg is said to have ended")
	}
}

func testPresence(t *testing.T, s *stage) {
	s.presence.wait(t, "op1 to be offline at first", func(p presence) bool { return p == presence{"op1", false} })
	s.presence.wait(t, "op2 to be offline at first", func(p presence) bool { return p == presence{"op2", false} })
	set := s.online("op1")
	s.restart(nil)
	s.presence.wait(t, "op1 to be online after a restart", func(p presence) bool { return p == presence{"op1", true} })
	s.presence.wait(t, "op2 to be offline after a restart", func(p presence) bool { return p == presence{"op2", false} })
	s.ok("unregister", set.Unregister())
	s.presence.wait(t, "op1 to be offline", func(p presence) bool { return p == presence{"op1", false} })
}
