package ivr_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pronto/ivr"
	"pronto/ivr/desk"
	"pronto/ivr/ledger"
	"pronto/ivr/phone"
	"pronto/prompts"
)

// state is what an operator does, by the desk.
func (s *stage) state(name string) desk.OperatorStatus {
	s.t.Helper()
	st, err := s.line.State(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	for _, o := range st.Desk.Operators {
		if o.Name == name {
			return o
		}
	}
	return desk.OperatorStatus{}
}

func (s *stage) is(name string, want desk.OperatorState, pause string) {
	s.t.Helper()
	if o := s.state(name); o.State != want || o.Pause != pause {
		s.t.Fatalf("%s is %v (%q), not %v (%q)", name, o.State, o.Pause, want, pause)
	}
}

func (s *stage) duty(name string, change ivr.DutyChange, reason string) error {
	return s.line.SetDuty(s.t.Context(), name, change, reason)
}

// withDesk is the release with another desk.
func withDesk(change func(*prompts.Desk)) *prompts.Release {
	r := release()
	change(&r.Book.Desk)
	return r
}

func TestPauseIsKeptOverARestart(t *testing.T) {
	play(t, func(s *stage) {
		s.register("op1")
		if err := s.duty("op1", ivr.DutyPause, "lunch"); err != nil {
			t.Fatal(err)
		}
		s.is("op1", desk.Paused, "lunch")
		caller := s.queued("0461123456")
		s.silent("op1")
		s.crash(20 * time.Second)
		s.is("op1", desk.Paused, "lunch")
		s.silent("op1")
		if err := s.duty("op1", ivr.DutyReady, ""); err != nil {
			t.Fatal(err)
		}
		s.answer(s.ring("op1"))
		s.is("op1", desk.Talking, "")
		s.hangup(caller)
		s.settle()
		s.is("op1", desk.Ready, "")
		s.row("0461123456", "served", "", "caller")
	})
}

func TestDutyIsRefusedInWords(t *testing.T) {
	play(t, func(s *stage) {
		err := s.duty("nobody", ivr.DutyPause, "")
		denied, ok := errors.AsType[*ivr.ErrDenied](err)
		if !ok || !strings.Contains(denied.Error(), "operator") {
			t.Errorf("pause of nobody: %v", err)
		}
		if err := s.duty("op1", "dance", ""); !errors.Is(err, ivr.ErrDuty) {
			t.Errorf("dance: %v", err)
		}
	})
}

// TestTheDayIsExplained: each step follows the one before without a gap.
func TestTheDayIsExplained(t *testing.T) {
	play(t, func(s *stage) {
		s.register("op1")
		caller := s.queued("0461123456")
		s.answer(s.ring("op1"))
		time.Sleep(time.Minute)
		s.hangup(caller)
		s.settle()
		s.people.Operator("op1").Unregister()
		s.settle()
		days, err := s.ledger.Duties(s.t.Context(), "op1", ledger.Filter{})
		if err != nil {
			t.Fatal(err)
		}
		var steps []string
		for i, d := range days {
			steps = append(steps, fmt.Sprintf("%s %s", d.To, d.Reason))
			if i > 0 && days[i-1].To != d.From {
				t.Errorf("from %s to %s after %s", d.From, d.To, days[i-1].To)
			}
		}
		if got, want := strings.Join(steps, ", "), "ready phone_on, ringing offer, talking accepted, ready over, offline phone_off"; got != want {
			t.Errorf("the day: %s\nwant: %s", got, want)
		}
	})
}

func TestRingAll(t *testing.T) {
	playWith(t, withDesk(func(d *prompts.Desk) { d.Strategy = "ring-all" }), func(s *stage) {
		s.register("op1", "op2", "op3")
		caller := s.queued("0461123456")
		first, second, third := s.ring("op1"), s.ring("op2"), s.ring("op3")
		s.answer(second)
		s.over(first)
		s.over(third)
		s.is("op2", desk.Talking, "")
		s.is("op1", desk.Ready, "")
		s.hears(caller, "voice:op2")
		s.hangup(caller)
		s.settle()
		if row := s.row("0461123456", "served", "", "caller"); row.Operator != "op2" {
			t.Errorf("served by %s", row.Operator)
		}
	})
}

// TestMissedTwice: the operator is paused, the caller is still the first.
func TestMissedTwice(t *testing.T) {
	playWith(t, withDesk(func(d *prompts.Desk) { d.Misses = 2 }), func(s *stage) {
		s.register("op1")
		caller := s.queued("0461123456")
		for range 2 {
			p := s.ring("op1")
			time.Sleep(16 * time.Second)
			s.over(p)
			time.Sleep(6 * time.Second)
		}
		s.is("op1", desk.Paused, desk.PauseMissed)
		s.register("op2")
		s.answer(s.ring("op2"))
		s.hangup(caller)
		s.row("0461123456", "served", "", "caller")
	})
}

// TestRedial: who was cut off in the queue and calls again stands where he stood.
func TestRedial(t *testing.T) {
	play(t, func(s *stage) {
		cut := s.queued("0461111111")
		time.Sleep(time.Minute)
		other := s.queued("0461222222")
		if err := cut.HangupCause(phone.CauseRTPTimeout); err != nil {
			t.Fatal(err)
		}
		s.settle()
		time.Sleep(time.Minute)
		again := s.queued("0461111111")
		st, err := s.line.State(s.t.Context())
		if err != nil {
			t.Fatal(err)
		}
		first := st.Desk.Waiting[0].Ticket
		if waited := time.Since(first.Since); waited < 2*time.Minute {
			t.Errorf("the first has waited %v", waited)
		}
		s.register("op1")
		s.answer(s.ring("op1"))
		s.hangup(again)
		s.settle()
		s.answer(s.ring("op1"))
		s.hangup(other)
		s.settle()
		waits := map[string]time.Duration{}
		for c, err := range s.ledger.All(s.t.Context(), ledger.Filter{}) {
			if err != nil {
				t.Fatal(err)
			}
			if c.Outcome == "served" {
				waits[c.Caller] = c.QueueWait
			}
		}
		if waits["0461111111"] <= waits["0461222222"] || len(waits) != 2 {
			t.Errorf("waits %v: not from where the first one stood", waits)
		}
	})
}
