package phonetest

import (
	"errors"
	"testing"
	"time"

	"pronto/ivr/phone"
)

// testListen: the supervisor hears both, and nobody hears him; then he whispers, then he joins.
func testListen(t *testing.T, s *stage) {
	c := s.talk("0612345301")
	supervisor, boss := s.second()
	ear := newLine()
	leg, err := s.sw.Snoop(s.soon(), "p-ear", c.operator.Leg, phone.Listen, ear.events.add)
	s.ok("snoop", err)
	ear.Leg = leg
	s.ok("listen", s.sw.Bridge(s.soon(), "p-listen", leg, supervisor.Leg))
	s.ok("the supervisor hears both", boss.HearsPerson(s.soon(), c.who, c.agent))
	s.ok("the caller hears the operator alone", c.who.HearsPerson(s.soon(), c.agent))
	s.ok("the operator hears the caller alone", c.agent.HearsPerson(s.soon(), c.who))
	s.ok("press", boss.Press("2"))
	waitFor[phone.Key](t, supervisor, nil)

	mouth := newLine()
	leg, err = s.sw.Snoop(s.soon(), "p-mouth", c.operator.Leg, phone.Whisper, mouth.events.add)
	s.ok("snoop to whisper", err)
	mouth.Leg = leg
	s.ok("whisper", s.sw.Bridge(s.soon(), "p-whisper", leg, supervisor.Leg))
	s.ok("hang up the ear", ear.Hangup(s.soon(), phone.CauseNormal))
	s.ended(ear)
	s.ok("the operator hears both", c.agent.HearsPerson(s.soon(), c.who, boss))
	s.ok("the caller hears the operator alone", c.who.HearsPerson(s.soon(), c.agent))
	s.ok("the supervisor hears both", boss.HearsPerson(s.soon(), c.who, c.agent))

	s.ok("join", s.sw.Bridge(s.soon(), c.bridge, supervisor.Leg))
	s.ok("hang up the mouth", mouth.Hangup(s.soon(), phone.CauseNormal))
	s.ended(mouth)
	s.ok("the caller hears both", c.who.HearsPerson(s.soon(), c.agent, boss))
	s.ok("the operator hears both", c.agent.HearsPerson(s.soon(), c.who, boss))
	s.ok("the supervisor hears both", boss.HearsPerson(s.soon(), c.who, c.agent))
	for _, bridge := range []string{"p-listen", "p-whisper", c.bridge} {
		s.ok("unbridge", s.sw.Unbridge(s.soon(), bridge))
	}
	if n := count[phone.Ended](supervisor, nil) + count[phone.Ended](c.caller, nil) + count[phone.Ended](c.operator, nil); n != 0 {
		t.Errorf("%d legs ended with those that listened", n)
	}
}

// testListenerEnds: who listens at somebody ends with him, and the supervisor is still there.
func testListenerEnds(t *testing.T, s *stage) {
	c := s.talk("0612345302")
	supervisor, boss := s.second()
	ear := newLine()
	leg, err := s.sw.Snoop(s.soon(), "p-ear", c.operator.Leg, phone.Listen, ear.events.add)
	s.ok("snoop", err)
	ear.Leg = leg
	s.ok("listen", s.sw.Bridge(s.soon(), "p-listen", leg, supervisor.Leg))
	s.ok("the supervisor hears both", boss.HearsPerson(s.soon(), c.who, c.agent))
	s.ok("the operator hangs up", c.agent.Hangup())
	s.ended(c.operator)
	s.ended(ear)
	s.ok("unbridge", s.sw.Unbridge(s.soon(), "p-listen"))
	s.ok("the supervisor hears nothing", boss.HearsNothing(s.soon()))
	s.ok("play", supervisor.Play(s.soon(), supervisor.ID()+"-s1", []string{s.h.Long()}))
	s.ok("the supervisor is still there", boss.HearsSound(s.soon(), s.h.Long()))
	if _, err := s.sw.Snoop(s.soon(), "p-late", c.operator.Leg, phone.Listen, newLine().events.add); !errors.Is(err, phone.ErrGone) {
		t.Errorf("listen at one who is gone: %v, want ErrGone", err)
	}
	s.ok("unbridge", s.sw.Unbridge(s.soon(), c.bridge))
}

// taped waits for a recording's end in its sink.
func taped(t *testing.T, sink *journal[phone.Event]) phone.RecordDone {
	t.Helper()
	ev := sink.wait(t, "RecordDone", func(phone.Event) bool { return true })
	done, ok := ev.(phone.RecordDone)
	if items, _ := sink.all(); !ok || len(items) != 1 {
		t.Fatalf("a recording's sink got %#v", items)
	}
	return done
}

// testRecordBridge: a recording goes on while a party comes and goes, and nobody hears it.
func testRecordBridge(t *testing.T, s *stage) {
	c := s.talk("0612345303")
	name := "talk-" + c.caller.ID()
	sink := newJournal[phone.Event]()
	s.ok("record", s.sw.RecordBridge(s.soon(), c.bridge, name, sink.add))
	s.ok("the caller hears the operator alone", c.who.HearsPerson(s.soon(), c.agent))
	s.ok("part", s.sw.Part(s.soon(), c.bridge, c.caller.Leg))
	s.ok("the caller hears nothing", c.who.HearsNothing(s.soon()))
	s.ok("rejoin", s.sw.Bridge(s.soon(), c.bridge, c.caller.Leg))
	s.ok("the operator hears the caller", c.agent.HearsPerson(s.soon(), c.who))
	s.ok("talk", c.who.Talk(2500*time.Millisecond))
	s.ok("stop", s.sw.StopRecordBridge(s.soon(), c.bridge, name))
	if done := taped(t, sink); done.Name != name || done.Failed || done.Length < 2*time.Second {
		t.Errorf("recorded %+v", done)
	}
	s.ok("stop again", s.sw.StopRecordBridge(s.soon(), c.bridge, name))
	s.ok("they still talk", c.who.HearsPerson(s.soon(), c.agent))

	again := newJournal[phone.Event]()
	s.ok("record anew", s.sw.RecordBridge(s.soon(), c.bridge, name+"-2", again.add))
	s.ok("talk", c.who.Talk(2500*time.Millisecond))
	s.ok("the caller hangs up", c.who.Hangup())
	s.ended(c.caller)
	s.ok("unbridge", s.sw.Unbridge(s.soon(), c.bridge))
	if done := taped(t, again); done.Name != name+"-2" || done.Failed || done.Length < time.Second {
		t.Errorf("recorded %+v", done)
	}
	if err := s.sw.RecordBridge(s.soon(), c.bridge, name+"-3", again.add); !errors.Is(err, phone.ErrGone) {
		t.Errorf("record a bridge that is gone: %v, want ErrGone", err)
	}
}

// testRecordBridgeAdopted: a recording outlives the process, and its end is told to who asks for it.
func testRecordBridgeAdopted(t *testing.T, s *stage) {
	c := s.talk("0612345304")
	name := "talk-" + c.caller.ID()
	lost := newJournal[phone.Event]()
	s.ok("record", s.sw.RecordBridge(s.soon(), c.bridge, name, lost.add))
	s.ok("talk", c.who.Talk(2500*time.Millisecond))
	s.restart(nil)
	sink := newJournal[phone.Event]()
	s.ok("ask for it", s.sw.RecordBridge(s.soon(), c.bridge, name, sink.add))
	s.ok("they still talk", c.who.HearsPerson(s.soon(), c.agent))
	s.ok("unbridge", s.sw.Unbridge(s.soon(), c.bridge))
	if done := taped(t, sink); done.Name != name || done.Failed || done.Length < time.Second {
		t.Errorf("recorded %+v", done)
	}
	if items, _ := lost.all(); len(items) != 0 {
		t.Errorf("the sink of the process before got %#v", items)
	}
	late := newJournal[phone.Event]()
	s.ok("ask for it when it is over", s.sw.RecordBridge(s.soon(), c.bridge, name, late.add))
	if done := taped(t, late); done.Name != name || done.Failed {
		t.Errorf("recorded %+v", done)
	}
}
