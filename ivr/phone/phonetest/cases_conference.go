package phonetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"pronto/ivr/phone"
)

// talk is a caller and an operator in conversation.
type talk struct {
	bridge           string
	caller, operator *line
	who, agent       Person
}

func (s *stage) talk(number string) talk {
	s.t.Helper()
	caller, who, operator, agent := s.pair(number)
	c := talk{bridge: "p-" + caller.ID(), caller: caller, operator: operator, who: who, agent: agent}
	s.ok("join", s.sw.Bridge(s.soon(), c.bridge, caller.Leg, operator.Leg))
	s.ok("the caller hears the operator", who.HearsPerson(s.soon(), agent))
	s.ok("the operator hears the caller", agent.HearsPerson(s.soon(), who))
	return c
}

// second is another operator who answered.
func (s *stage) second() (*line, Person) {
	s.t.Helper()
	l, who := s.ring(s.online("op2"), phone.Dial{ID: "p-second", To: phone.Target{Operator: "op2"}})
	s.ok("answer", who.Answer())
	waitFor[phone.Answered](s.t, l, nil)
	return l, who
}

func keysOf(l *line) string {
	got := ""
	events, _ := l.events.all()
	for _, ev := range events {
		if k, ok := ev.(phone.Key); ok {
			got += string(k.Digit)
		}
	}
	return got
}

func testKeysInConversation(t *testing.T, s *stage) {
	c := s.talk("0612345201")
	for _, p := range []struct {
		l    *line
		who  Person
		keys string
	}{{c.operator, c.agent, "*21"}, {c.caller, c.who, "90#"}} {
		s.ok("press", p.who.Press(p.keys))
		waitFor(t, p.l, func(k phone.Key) bool { return k.Digit == p.keys[2] })
		if got := keysOf(p.l); got != p.keys {
			t.Errorf("pressed %s, came %q", p.keys, got)
		}
	}
	if keysOf(c.operator) != "*21" || keysOf(c.caller) != "90#" {
		t.Errorf("a key was told of the other leg too: %q, %q", keysOf(c.operator), keysOf(c.caller))
	}
	s.ok("the caller still hears the operator", c.who.HearsPerson(s.soon(), c.agent))
	s.ok("unbridge", s.sw.Unbridge(s.soon(), c.bridge))
}

// testPlayInBridge: what the line says to one of two is heard by that one alone, his keys come, and then they talk again.
func testPlayInBridge(t *testing.T, s *stage) {
	c := s.talk("0612345202")
	id := c.operator.ID() + "-s1"
	s.ok("play to the operator", c.operator.Play(s.soon(), id, []string{s.h.Long()}))
	s.ok("the operator hears it", c.agent.HearsSound(s.soon(), s.h.Long()))
	s.ok("the caller hears nothing", c.who.HearsNothing(s.soon()))
	short, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if err := c.operator.Tag(short, "too late"); !errors.Is(err, phone.ErrUnavailable) {
		t.Errorf("tag while a sound plays: %v, want ErrUnavailable: it waits", err)
	}
	s.ok("press", c.agent.Press("1"))
	waitFor[phone.Key](t, c.operator, nil)
	s.ok("stop", c.operator.StopPlay(s.soon(), id))
	if done := waitFor[phone.PlayDone](t, c.operator, nil); done.ID != id || done.Failed {
		t.Errorf("came %+v", done)
	}
	s.ok("the caller hears the operator again", c.who.HearsPerson(s.soon(), c.agent))
	s.ok("the operator hears the caller again", c.agent.HearsPerson(s.soon(), c.who))
	s.ok("play to its end", c.operator.Play(s.soon(), c.operator.ID()+"-s2", []string{s.h.Short()}))
	waitFor(t, c.operator, func(d phone.PlayDone) bool { return d.ID == c.operator.ID()+"-s2" && !d.Failed })
	s.ok("the caller hears the operator after it", c.who.HearsPerson(s.soon(), c.agent))
	s.ok("unbridge", s.sw.Unbridge(s.soon(), c.bridge))
}

// testPart: the caller is put aside with music and comes back, the operator stays in the bridge.
func testPart(t *testing.T, s *stage) {
	c := s.talk("0612345203")
	s.ok("part", s.sw.Part(s.soon(), c.bridge, c.caller.Leg))
	s.ok("the operator hears nothing", c.agent.HearsNothing(s.soon()))
	s.ok("music", c.caller.Music(s.soon(), true))
	s.ok("the caller hears music", c.who.HearsMusic(s.soon()))
	s.ok("part again", s.sw.Part(s.soon(), c.bridge, c.caller.Leg))
	s.ok("part from what never was", s.sw.Part(s.soon(), "p-never", c.caller.Leg))
	s.ok("rejoin", s.sw.Bridge(s.soon(), c.bridge, c.caller.Leg))
	s.ok("the caller hears the operator again", c.who.HearsPerson(s.soon(), c.agent))
	s.ok("the operator hears the caller again", c.agent.HearsPerson(s.soon(), c.who))
	s.ok("the caller hangs up", c.who.Hangup())
	s.ended(c.caller)
	s.ok("part who is gone", s.sw.Part(s.soon(), c.bridge, c.caller.Leg))
	s.ok("unbridge", s.sw.Unbridge(s.soon(), c.bridge))
}

// testPartDuringPlay: a sound that is heard in a bridge keeps nobody in it.
func testPartDuringPlay(t *testing.T, s *stage) {
	c := s.talk("0612345204")
	s.ok("play to the caller", c.caller.Play(s.soon(), c.caller.ID()+"-s1", []string{s.h.Long()}))
	s.ok("the caller hears it", c.who.HearsSound(s.soon(), s.h.Long()))
	began := time.Now()
	s.ok("part", s.sw.Part(s.soon(), c.bridge, c.caller.Leg))
	s.ok("play to the operator", c.operator.Play(s.soon(), c.operator.ID()+"-s1", []string{s.h.Long()}))
	s.ok("the operator hears it", c.agent.HearsSound(s.soon(), s.h.Long()))
	s.ok("unbridge", s.sw.Unbridge(s.soon(), c.bridge))
	if took := time.Since(began); took > patience/2 {
		t.Errorf("it took %v, as if the sounds were waited for", took)
	}
	s.ok("the caller hears nothing", c.who.HearsNothing(s.soon()))
	s.ok("the operator hears nothing", c.agent.HearsNothing(s.soon()))
	for _, l := range []*line{c.caller, c.operator} {
		waitFor(t, l, func(d phone.PlayDone) bool { return !d.Failed })
	}
}

// testThreeParties: everybody hears the two others; one leaves, two remain, and those are still two when a third can not be had.
func testThreeParties(t *testing.T, s *stage) {
	c := s.talk("0612345205")
	third, other := s.second()
	s.ok("join the third", s.sw.Bridge(s.soon(), c.bridge, third.Leg))
	s.ok("the caller hears both", c.who.HearsPerson(s.soon(), c.agent, other))
	s.ok("the operator hears both", c.agent.HearsPerson(s.soon(), c.who, other))
	s.ok("the third hears both", other.HearsPerson(s.soon(), c.who, c.agent))
	s.ok("press", other.Press("5"))
	waitFor[phone.Key](t, third, nil)
	s.ok("the first operator leaves", s.sw.Part(s.soon(), c.bridge, c.operator.Leg))
	s.ok("the caller hears the third", c.who.HearsPerson(s.soon(), other))
	s.ok("the third hears the caller", other.HearsPerson(s.soon(), c.who))
	s.ok("the first operator hears nothing", c.agent.HearsNothing(s.soon()))
	s.ok("hang up the first operator", c.agent.Hangup())
	s.ended(c.operator)
	if err := s.sw.Bridge(s.soon(), c.bridge, c.operator.Leg); !errors.Is(err, phone.ErrGone) {
		t.Errorf("join one who is gone: %v, want ErrGone", err)
	}
	s.ok("the caller still hears the third", c.who.HearsPerson(s.soon(), other))
	s.ok("the third hangs up", other.Hangup())
	s.ended(third)
	s.ok("unbridge", s.sw.Unbridge(s.soon(), c.bridge))
	s.ok("play", c.caller.Play(s.soon(), c.caller.ID()+"-s1", []string{s.h.Long()}))
	s.ok("the caller is still there", c.who.HearsSound(s.soon(), s.h.Long()))
}

// testMove: a leg that is joined elsewhere leaves the bridge that it is in; this is how a consultation begins and ends.
func testMove(t *testing.T, s *stage) {
	c := s.talk("0612345206")
	third, other := s.second()
	aside := c.bridge + "-aside"
	s.ok("consult", s.sw.Bridge(s.soon(), aside, c.operator.Leg, third.Leg))
	s.ok("music for the caller", c.caller.Music(s.soon(), true))
	s.ok("the operator hears the third", c.agent.HearsPerson(s.soon(), other))
	s.ok("the third hears the operator", other.HearsPerson(s.soon(), c.agent))
	s.ok("all three", s.sw.Bridge(s.soon(), c.bridge, c.caller.Leg, c.operator.Leg, third.Leg))
	s.ok("the caller hears both", c.who.HearsPerson(s.soon(), c.agent, other))
	s.ok("remove what is empty", s.sw.Unbridge(s.soon(), aside))
	s.ok("the third still hears both", other.HearsPerson(s.soon(), c.who, c.agent))
	s.ok("unbridge", s.sw.Unbridge(s.soon(), c.bridge))
	for _, who := range []Person{c.who, c.agent, other} {
		s.ok("nobody hears anybody", who.HearsNothing(s.soon()))
	}
}
