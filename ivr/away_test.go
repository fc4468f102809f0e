package ivr_test

import (
	"testing"
	"testing/synctest"
	"time"

	"pronto/ivr/phone"
	"pronto/ivr/phone/phonetest"
	"pronto/prompts"
)

// awayRelease has keys in the queue: 3 is the menu, 5 a message.
func awayRelease() *prompts.Release {
	r := release()
	n := r.Book.Nodes["operator"]
	n.Keys = map[string]string{"3": "welcome", "5": "mailbox"}
	n.Comfort, n.Every, n.Apology = []string{"comfort"}, time.Minute, "apology"
	r.Book.Nodes["operator"] = n
	r.Book.Desk.Bands = []prompts.Band{{High: time.Hour, Say: "wait-any"}}
	for _, key := range []string{"comfort", "apology", "wait-any", prompts.KeyQueueTurn} {
		r.Clips["it"][key] = prompts.Clip{Key: key, File: key, Seconds: 4}
	}
	return r
}

// TestAwayKeepsThePlace: who goes to the menu and comes back is before who came meanwhile; who does not come back is fetched
// when his turn comes, also after the process was killed.
func TestAwayKeepsThePlace(t *testing.T) {
	for name, between := range map[string]func(*stage, *phonetest.Party){
		"back":             func(s *stage, p *phonetest.Party) { s.press(p, "0") },
		"fetched":          func(*stage, *phonetest.Party) {},
		"killed, fetched":  func(s *stage, _ *phonetest.Party) { s.crash(2 * time.Second) },
		"killed, and back": func(s *stage, p *phonetest.Party) { s.crash(2 * time.Second); s.press(p, "0") },
	} {
		t.Run(name, func(t *testing.T) {
			playWith(t, awayRelease(), func(s *stage) {
				first := s.queued("3331234501")
				s.press(first, "3")
				s.hears(first, "sound:welcome")
				second := s.queued("3331234502")
				between(s, first)
				s.register("op1")
				time.Sleep(100 * time.Millisecond)
				op := s.ring("op1")
				if name == "fetched" || name == "killed, fetched" {
					s.hears(first, "sound:"+prompts.KeyQueueTurn)
				}
				s.answer(op)
				s.hears(first, "voice:op1")
				s.hangup(first)
				s.hangup(second)
				s.row("3331234501", "served", "", "caller")
				s.row("3331234502", "abandoned_queue", "", "caller")
			})
		})
	}
}

// TestAwayLeaves: a message instead of the wait gives the place back; a hang-up in the menu is one in the queue.
func TestAwayLeaves(t *testing.T) {
	playWith(t, awayRelease(), func(s *stage) {
		a, b := s.queued("a"), s.queued("b")
		s.press(a, "5")
		time.Sleep(20 * time.Second)
		s.press(a, "#")
		s.register("op1")
		s.answer(s.ring("op1"))
		s.hears(b, "voice:op1")
		s.hangup(b)
		s.settle()
		s.hangup(a)
		if row := s.rows()["a"]; row.Outcome != "message" || !row.Queued || row.QueueWait < 20*time.Second {
			t.Errorf("row %+v", row)
		}
	})
	playWith(t, awayRelease(), func(s *stage) {
		a := s.queued("a")
		s.press(a, "3")
		time.Sleep(time.Second)
		s.hangup(a)
		s.row("a", "abandoned_queue", "away", "caller")
	})
}

// TestAwayInTheMiddleOfAnOffer: the phone that rings is silent again when the caller goes; who has taken the call has him.
func TestAwayInTheMiddleOfAnOffer(t *testing.T) {
	playWith(t, awayRelease(), func(s *stage) {
		a := s.queued("a")
		s.register("op1")
		op := s.ring("op1")
		s.press(a, "3")
		s.over(op)
		time.Sleep(time.Second)
		synctest.Wait()
		s.hears(a, "sound:"+prompts.KeyQueueTurn) // he is fetched: the operator is free
		s.answer(s.ring("op1"))
		s.hears(a, "voice:op1")
		s.hangup(a)
		s.row("a", "served", "", "caller")
	})
}

// TestOperatorLost: an operator's phone that is lost in the middle brings the caller back to the head, with an apology.
func TestOperatorLost(t *testing.T) {
	playWith(t, awayRelease(), func(s *stage) {
		a := s.queued("a")
		s.register("op1")
		op := s.ring("op1")
		s.answer(op)
		s.hears(a, "voice:op1")
		b := s.queued("b")
		time.Sleep(10 * time.Second)
		if err := op.HangupCause(phone.CauseRTPTimeout); err != nil {
			t.Fatal(err)
		}
		s.hears(a, "sound:apology")
		s.register("op2")
		s.answer(s.ring("op2"))
		s.hears(a, "voice:op2")
		s.hangup(a)
		s.hangup(b)
		row := s.rows()["a"]
		if row.Outcome != "served" || row.QueueWait > 10*time.Second || row.Operator != "op2" {
			t.Errorf("row %+v", row)
		}
	})
}
