package phonetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"pronto/ivr/phone"
)

func testDialAnswered(t *testing.T, s *stage) {
	set := s.online("op1")
	l, who := s.ring(set, phone.Dial{ID: "p-dial-answered", To: phone.Target{Operator: "op1"}, From: "0612345014", Tag: "of a call"})
	if who.Caller() != "0612345014" {
		t.Errorf("the operator's phone shows %q", who.Caller())
	}
	if n := count[phone.Answered](l, nil); n != 0 {
		t.Error("it is said to be answered while it rings")
	}
	s.ok("answer", who.Answer())
	waitFor[phone.Answered](t, l, nil)
	if l.ID() != "p-dial-answered" {
		t.Errorf("the leg's id is %q", l.ID())
	}
	s.ok("play", l.Play(s.soon(), l.ID()+"-s1", []string{s.h.Long()}))
	s.ok("hear it", who.HearsSound(s.soon(), s.h.Long()))
	s.ok("hang up", who.Hangup())
	if ended := s.ended(l); !ended.Remote || ended.Cause != phone.CauseNormal {
		t.Errorf("the operator hung up: %+v", ended)
	}
	if n := count[phone.Answered](l, nil); n != 1 {
		t.Errorf("it was answered %d times", n)
	}
}

func testDialRefused(t *testing.T, s *stage) {
	set := s.online("op1")
	for status, cause := range map[int]phone.Cause{486: phone.CauseBusy, 603: phone.CauseRejected} {
		l, who := s.ring(set, phone.Dial{ID: fmt.Sprint("p-refused-", status), To: phone.Target{Operator: "op1"}})
		s.ok("refuse", who.Reject(status))
		if ended := s.ended(l); ended.Cause != cause || !ended.Remote {
			t.Errorf("refused with %d: %+v, want cause %v by the remote side", status, ended, cause)
		}
		if n := count[phone.Answered](l, nil); n != 0 {
			t.Error("a refused call is said to have been answered")
		}
	}
}

func testDialNoAnswer(t *testing.T, s *stage) {
	set := s.online("op1")
	l, who := s.ring(set, phone.Dial{ID: "p-no-answer", To: phone.Target{Operator: "op1"}, Timeout: 2 * time.Second})
	s.closed("the ringing to stop", who.Done())
	if ended := s.ended(l); ended.Cause != phone.CauseNoAnswer {
		t.Errorf("nobody answered: %+v, want cause %v", ended, phone.CauseNoAnswer)
	}
}

func testDialUnreachable(t *testing.T, s *stage) {
	for name, to := range map[string]phone.Target{
		"a phone that is not registered": {Operator: "op2"},
		"an operator who is not there":   {Operator: "nobody"},
		"a number that is not allowed":   {Rescue: "899123456"},
		"somebody else's telephone":      {Outside: "+393339999999"},
		"a premium number":               {Callback: "+39899123456"},
		"a number abroad":                {Callback: "+41441234567"},
		"what is no number":              {Callback: "0612&PJSIP/op1"},
		"nobody":                         {},
		"two":                            {Operator: "op1", Rescue: RescueNumber},
	} {
		l := newLine()
		_, err := s.sw.Dial(s.soon(), phone.Dial{ID: fmt.Sprint("p-unreachable-", len(name)), To: to, Timeout: 5 * time.Second}, l.events.add)
		if err == nil && to.Rescue != "" {
			// Only the dialplan knows the rescue table; it says no as soon as it is asked.
			if ended := s.ended(l); ended.Cause == phone.CauseNormal {
				t.Errorf("dial %s: %+v", name, ended)
			}
			continue
		}
		if !errors.Is(err, phone.ErrUnreachable) {
			t.Errorf("dial %s: %v, want ErrUnreachable", name, err)
		}
	}
}

func testDialWithdrawn(t *testing.T, s *stage) {
	set := s.online("op1")
	l, who := s.ring(set, phone.Dial{ID: "p-withdrawn", To: phone.Target{Operator: "op1"}})
	s.ok("withdraw", l.Hangup(s.soon(), phone.CauseNormal))
	s.closed("the ringing to stop", who.Done())
	if ended := s.ended(l); ended.Remote {
		t.Errorf("we withdrew: %+v", ended)
	}
	if n := count[phone.Answered](l, nil); n != 0 {
		t.Error("a withdrawn call is said to have been answered")
	}
}

func testDialRescue(t *testing.T, s *stage) {
	l, who := s.caller("0612345019")
	rescue, centre := s.ring(s.h.Carrier(RescueNumber), phone.Dial{
		ID: "p-" + l.ID() + "-rescue", To: phone.Target{Rescue: RescueNumber}, From: "0612345019", For: l.Leg,
	})
	s.ok("the rescue centre answers", centre.Answer())
	waitFor[phone.Answered](t, rescue, nil)
	s.ok("join", s.sw.Bridge(s.soon(), "p-"+l.ID(), l.Leg, rescue.Leg))
	s.ok("the caller hears the rescue centre", who.HearsPerson(s.soon(), centre))
	s.ok("the rescue centre hears the caller", centre.HearsPerson(s.soon(), who))
	s.ok("the rescue centre hangs up", centre.Hangup())
	s.ended(rescue)
	s.ok("part", s.sw.Unbridge(s.soon(), "p-"+l.ID()))
	s.ok("play", l.Play(s.soon(), l.ID()+"-s1", []string{s.h.Long()}))
	s.ok("the caller is still there", who.HearsSound(s.soon(), s.h.Long()))
}

func testBridge(t *testing.T, s *stage) {
	l, who, operator, agent := s.pair("0612345020")
	s.ok("music until joined", l.Music(s.soon(), true))
	s.ok("hear it", who.HearsMusic(s.soon()))
	bridge := "p-" + l.ID()
	s.ok("join", s.sw.Bridge(s.soon(), bridge, l.Leg, operator.Leg))
	s.ok("the caller hears the operator", who.HearsPerson(s.soon(), agent))
	s.ok("the operator hears the caller", agent.HearsPerson(s.soon(), who))
	s.ok("join again", s.sw.Bridge(s.soon(), bridge, l.Leg, operator.Leg))
	s.ok("the caller still hears the operator", who.HearsPerson(s.soon(), agent))
	s.ok("tag in the bridge", l.Tag(s.soon(), "talking"))
	s.ok("part", s.sw.Unbridge(s.soon(), bridge))
	s.ok("the caller hears nothing", who.HearsNothing(s.soon()))
	s.ok("the operator hears nothing", agent.HearsNothing(s.soon()))
	s.ok("part again", s.sw.Unbridge(s.soon(), bridge))
	s.ok("play", l.Play(s.soon(), l.ID()+"-s1", []string{s.h.Long()}))
	s.ok("the caller hears a sound", who.HearsSound(s.soon(), s.h.Long()))
	s.ok("play to the operator", operator.Play(s.soon(), operator.ID()+"-s1", []string{s.h.Long()}))
	s.ok("the operator hears a sound", agent.HearsSound(s.soon(), s.h.Long()))
	if n := count[phone.Ended](l, nil) + count[phone.Ended](operator, nil); n != 0 {
		t.Errorf("%d legs ended with the bridge", n)
	}
}

func testBridgedPartyLeaves(t *testing.T, s *stage) {
	l, who, operator, agent := s.pair("0612345021")
	bridge := "p-" + l.ID()
	s.ok("join", s.sw.Bridge(s.soon(), bridge, l.Leg, operator.Leg))
	s.ok("the caller hears the operator", who.HearsPerson(s.soon(), agent))
	s.ok("the operator hangs up", agent.Hangup())
	if ended := s.ended(operator); !ended.Remote {
		t.Errorf("the operator hung up: %+v", ended)
	}
	s.ok("part", s.sw.Unbridge(s.soon(), bridge))
	s.ok("play", l.Play(s.soon(), l.ID()+"-s1", []string{s.h.Long()}))
	s.ok("the caller is still there", who.HearsSound(s.soon(), s.h.Long()))
	s.ok("the caller hangs up", who.Hangup())
	if ended := s.ended(l); !ended.Remote {
		t.Errorf("the caller hung up: %+v", ended)
	}
}

// testTwoConversations: nobody hears the others; HearsPerson fails when anybody else is heard too.
func testTwoConversations(t *testing.T, s *stage) {
	var callers, agents []Person
	var bridges []string
	for i, name := range []string{"op1", "op2"} {
		number := fmt.Sprint("061234513", i)
		set := s.online(name)
		l, who := s.caller(number)
		operator, agent := s.ring(set, phone.Dial{ID: "p-" + l.ID(), To: phone.Target{Operator: name}, From: number, For: l.Leg})
		s.ok("the operator answers", agent.Answer())
		waitFor[phone.Answered](t, operator, nil)
		s.ok("join", s.sw.Bridge(s.soon(), "p-b-"+l.ID(), l.Leg, operator.Leg))
		callers, agents, bridges = append(callers, who), append(agents, agent), append(bridges, "p-b-"+l.ID())
	}
	for i := range callers {
		s.ok("the caller hears the own operator alone", callers[i].HearsPerson(s.soon(), agents[i]))
		s.ok("the operator hears the own caller alone", agents[i].HearsPerson(s.soon(), callers[i]))
	}
	for _, bridge := range bridges {
		s.ok("part", s.sw.Unbridge(s.soon(), bridge))
	}
}

// testManyCallers: a burst of calls, all answered and ended at the same time.
func testManyCallers(t *testing.T, s *stage) {
	const many = 20
	var callers []Person
	for i := range many {
		who, err := s.h.Call(fmt.Sprintf("06987654%02d", i))
		s.ok("call the line", err)
		callers = append(callers, who)
	}
	var lines []*line
	for range callers {
		select {
		case l := <-s.incoming:
			lines = append(lines, l)
		case <-s.soon().Done():
			t.Fatalf("%d of %d calls came in", len(lines), many)
		}
	}
	errs := make(chan error, many)
	for _, l := range lines {
		go func() { errs <- l.Answer(s.ctx) }()
	}
	for range lines {
		s.ok("answer", <-errs)
	}
	for _, who := range callers {
		s.closed("a caller to be answered", who.Answered())
	}
	for i, who := range callers {
		go func() {
			if i%2 == 0 {
				errs <- who.Hangup()
				return
			}
			errs <- lines[i].Hangup(s.ctx, phone.CauseNormal)
		}()
	}
	for range lines {
		s.ok("hang up", <-errs)
	}
	// Half of the callers hung up, half of the lines were hung up, and they need not be the same calls.
	for _, l := range lines {
		s.ok("hang up the rest", l.Hangup(s.ctx, phone.CauseNormal))
		s.ended(l)
	}
	for _, who := range callers {
		s.closed("a caller's end", who.Done())
	}
}
