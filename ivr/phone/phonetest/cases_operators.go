package phonetest

import (
	"errors"
	"testing"
	"time"

	"pronto/ivr/phone"
)

// testOperatorCalls: feature codes and the line's number reach the line with the operator's name; nothing else goes anywhere.
func testOperatorCalls(t *testing.T, s *stage) {
	set := s.online("op1")
	for _, number := range []string{"*11", "*123", "*201234", "800840840"} {
		who, err := set.Dial(number)
		s.ok("dial", err)
		var l *line
		select {
		case l = <-s.incoming:
		case <-s.soon().Done():
			t.Fatal("the call did not come in")
		}
		if info := l.Info(); info.Operator != "op1" || info.Called != number || info.Entry != "" {
			t.Errorf("the leg says it is %+v", info)
		}
		s.ok("answer", l.Answer(s.soon()))
		s.closed("the operator to be answered", who.Answered())
		s.ok("play", l.Play(s.soon(), l.ID()+"-s1", []string{s.h.Long()}))
		s.ok("hear it", who.HearsSound(s.soon(), s.h.Long()))
		s.ok("press", who.Press("4"))
		waitFor[phone.Key](t, l, nil)
		s.ok("hang up", l.Hangup(s.soon(), phone.CauseNormal))
		s.ended(l)
	}
	for _, number := range []string{"112", "0612345678", "3331234567", "*1", "*1234567", "*12*3", "**1", "op2", "899123456", "s"} {
		who, err := set.Dial(number)
		s.ok("dial", err)
		s.closed("a call to "+number+" to be refused", who.Done())
	}
	if len(s.incoming) != 0 {
		t.Errorf("%d more calls came in", len(s.incoming))
	}
}

func testOperatorCallAdopted(t *testing.T, s *stage) {
	set := s.online("op1")
	who, err := set.Dial("*11")
	s.ok("dial", err)
	l := <-s.incoming
	s.ok("answer", l.Answer(s.soon()))
	s.closed("the operator to be answered", who.Answered())
	s.restart(nil)
	if info := s.adoptedLine(l.ID()).Info(); info.Operator != "op1" || info.Called != "*11" || info.Entry != "" {
		t.Errorf("the leg that was found says it is %+v", info)
	}
}

// testDialNumbers: an operator's own telephone and somebody who is called back, through the carrier; they see the line's number.
func testDialNumbers(t *testing.T, s *stage) {
	for _, c := range []struct {
		number string
		to     phone.Target
	}{
		{OutsideNumber, phone.Target{Outside: OutsideNumber}},
		{CallbackNumber, phone.Target{Callback: CallbackNumber}},
	} {
		l, who := s.ring(s.h.Carrier(c.number), phone.Dial{ID: "p-number-" + c.number[1:], To: c.to, From: "0612345019", Tag: "of a call"})
		if who.Caller() != "800840840" {
			t.Errorf("%s is shown %q", c.to, who.Caller())
		}
		s.ok("answer", who.Answer())
		waitFor[phone.Answered](t, l, nil)
		s.ok("play", l.Play(s.soon(), l.ID()+"-s1", []string{s.h.Long()}))
		s.ok("hear it", who.HearsSound(s.soon(), s.h.Long()))
		s.ok("press", who.Press("1"))
		waitFor(t, l, func(k phone.Key) bool { return k.Digit == '1' })
		s.ok("stop", l.StopPlay(s.soon(), l.ID()+"-s1"))
		s.restart(nil)
		again := s.adoptedLine(l.ID())
		s.ok("hang up", who.Hangup())
		if ended := s.ended(again); !ended.Remote {
			t.Errorf("the other side hung up: %+v", ended)
		}
	}
	l, who := s.ring(s.h.Carrier(CallbackNumber), phone.Dial{ID: "p-busy", To: phone.Target{Callback: CallbackNumber}})
	s.ok("refuse", who.Reject(486))
	if ended := s.ended(l); ended.Cause != phone.CauseBusy {
		t.Errorf("it was busy: %+v", ended)
	}
}

// testAccounts: telephones come and go without a restart; who is left out can not register nor be rung, and keeps the call.
func testAccounts(t *testing.T, s *stage) {
	c := s.talk("0612345401")
	s.ok("another operator", s.sw.SetOperators(s.soon(), accounts("op1", "op2", "op3")))
	set := s.online("op3")
	l, who := s.ring(set, phone.Dial{ID: "p-op3", To: phone.Target{Operator: "op3"}})
	s.ok("answer", who.Answer())
	waitFor[phone.Answered](t, l, nil)
	s.ok("hang up", who.Hangup())
	s.ended(l)
	s.ok("the talk goes on", c.who.HearsPerson(s.soon(), c.agent))

	s.ok("only that one", s.sw.SetOperators(s.soon(), accounts("op3")))
	s.presence.wait(t, "op1 to be gone", func(p presence) bool { return p == presence{"op1", false} })
	if _, err := s.sw.Dial(s.soon(), phone.Dial{ID: "p-op1", To: phone.Target{Operator: "op1"}, Timeout: time.Second}, newLine().events.add); !errors.Is(err, phone.ErrUnreachable) {
		t.Errorf("dial one who was removed: %v, want ErrUnreachable", err)
	}
	s.ok("the talk still goes on", c.who.HearsPerson(s.soon(), c.agent))
	s.ok("the operator hears the caller", c.agent.HearsPerson(s.soon(), c.who))
	s.ok("unbridge", s.sw.Unbridge(s.soon(), c.bridge))
}
