package ivr_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pronto/ivr/desk"
	"pronto/ivr/ledger"
	"pronto/ivr/phone/phonetest"
	"pronto/prompts"
)

// callbackRelease has a callback behind key 1 of the queue.
func callbackRelease() *prompts.Release {
	r := awayRelease()
	r.Book.Nodes["operator"].Keys["1"] = "call-me"
	r.Book.Nodes["call-me"] = prompts.Node{
		Name: "call-me", Kind: prompts.KindCallback, Wait: 6 * time.Second, Between: 3 * time.Second, Tries: 3, Then: "goodbye", Otherwise: "operator",
	}
	r.Book.Desk.Callback = prompts.Callback{Countries: []string{"IT"}, Tries: 2, Again: 15 * time.Minute, Longest: 24 * time.Hour}
	for _, key := range []string{
		prompts.KeyCallbackNumber, prompts.KeyCallbackConfirm, prompts.KeyCallbackType, prompts.KeyCallbackRefused, prompts.KeyCallbackBooked,
		prompts.KeyCallbackLater, prompts.KeyCallbackAlready, prompts.KeyCallbackFailed,
		prompts.KeyCallbackIntro, prompts.KeyOperatorCallback, prompts.KeyOperatorNotReached,
	} {
		r.Clips["it"][key] = prompts.Clip{Key: key, File: key, Seconds: 4}
	}
	for digit := byte('0'); digit <= '9'; digit++ {
		key := prompts.DigitKey(digit)
		r.Clips["it"][key] = prompts.Clip{Key: key, File: key, Seconds: 0.5}
	}
	return r
}

// TestCallbackBooked: a caller confirms his own number or types another one; one is booked for each number, with the place
// of the ticket, once, also when the process is killed in between. No number is in the journal.
func TestCallbackBooked(t *testing.T) {
	playWith(t, callbackRelease(), func(s *stage) {
		began := time.Now()
		p := s.queued("3331234501")
		time.Sleep(time.Minute)
		s.press(p, "1")
		s.hears(p, "sound:"+prompts.KeyCallbackNumber)
		time.Sleep(2 * time.Second)
		s.press(p, "1")
		s.hears(p, "sound:"+prompts.KeyCallbackBooked)
		s.crash(2 * time.Second)
		s.hears(p, "sound:"+prompts.KeyCallbackBooked)
		s.hangup(p)
		row := s.rows()["3331234501"]
		if row.Outcome != "callback" || !row.Queued || row.QueueWait < time.Minute || strings.Contains(row.Path, "333") {
			t.Errorf("row %+v", row)
		}
		all, err := s.ledger.Callbacks(s.t.Context(), ledger.Filter{})
		if err != nil || len(all) != 1 {
			t.Fatalf("callbacks %+v, %v", all, err)
		}
		if cb := all[0]; cb.Number != "+393331234501" || cb.State != ledger.CallbackWaiting || cb.Topic != "information" || cb.Language != "it" || cb.Since.Sub(began) > time.Second {
			t.Errorf("callback %+v", cb)
		}

		p = s.queued("3331234502")
		s.press(p, "1")
		time.Sleep(2 * time.Second)
		s.press(p, "23331234501#")
		time.Sleep(2 * time.Second)
		s.press(p, "1")
		s.hears(p, "sound:"+prompts.KeyCallbackAlready)
		s.hangup(p)
		s.row("3331234502", "callback", "already", "caller")
		if all, err = s.ledger.Callbacks(s.t.Context(), ledger.Filter{}); err != nil || len(all) != 1 {
			t.Errorf("callbacks %+v, %v", all, err)
		}
		for _, row := range s.rows() {
			journal, err := s.ledger.Journal(s.t.Context(), row.ID)
			if err != nil || len(journal) < 10 {
				t.Errorf("the journal has %d steps: %v", len(journal), err)
			}
			for _, step := range journal {
				if text := step.Kind + step.Text + step.State; strings.Contains(text, "1234501") {
					t.Errorf("the journal has a number: %s", text)
				}
			}
		}
	})
}

const (
	citizenNumber = "+393331234501"
	citizensVoice = "voice:" + citizenNumber
)

// booked is a caller who has asked to be called back and has hung up.
func booked(s *stage) {
	s.t.Helper()
	p := s.queued("3331234501")
	s.press(p, "1")
	time.Sleep(2 * time.Second)
	s.press(p, "1")
	s.hears(p, "sound:"+prompts.KeyCallbackBooked)
	s.hangup(p)
	s.settle()
}

func (s *stage) callback() ledger.Callback {
	s.t.Helper()
	s.settle()
	all, err := s.ledger.Callbacks(s.t.Context(), ledger.Filter{})
	if err != nil || len(all) != 1 {
		s.t.Fatalf("callbacks %+v, %v", all, err)
	}
	return all[0]
}

// ringsBack is the citizen's telephone, after the operator has heard whom we dial.
func (s *stage) ringsBack(op *phonetest.Party) *phonetest.Party {
	s.t.Helper()
	s.hears(op, "sound:"+prompts.KeyOperatorCallback)
	time.Sleep(4100 * time.Millisecond)
	synctest.Wait()
	select {
	case p := <-s.people.Callback(citizenNumber).Incoming():
		return p
	default:
		s.t.Fatalf("the citizen's telephone does not ring; verbs:\n%s", strings.Join(s.fake.Verbs(), "\n"))
		return nil
	}
}

func TestCalledBack(t *testing.T) {
	for _, crash := range []bool{false, true} {
		playWith(t, callbackRelease(), func(s *stage) {
			booked(s)
			if crash { // while it waits
				s.crash(time.Minute)
			}
			s.register("op1")
			op := s.ring("op1")
			s.answer(op)
			back := s.ringsBack(op)
			s.is("op1", desk.Talking, "")
			s.answer(back)
			s.hears(back, "sound:"+prompts.KeyCallbackIntro)
			time.Sleep(4100 * time.Millisecond)
			s.hears(back, "voice:op1")
			s.hears(op, citizensVoice)
			if crash { // in conversation
				s.crash(time.Minute)
				s.hears(back, "voice:op1")
				s.is("op1", desk.Talking, "")
			}
			time.Sleep(time.Minute)
			s.hangup(back)
			s.settle()
			s.over(op)
			s.is("op1", desk.Ready, "")
			cb := s.callback()
			row := s.rows()[citizenNumber]
			if row.Outcome != "served" || row.Operator != "op1" || row.Talk < time.Minute || cb.State != ledger.CallbackDone || cb.Led != row.ID {
				t.Errorf("row %+v, callback %+v", row, cb)
			}
			time.Sleep(time.Hour)
			s.silent("op1")
		})
	}
}

// TestCallbackNotAnswered: it is tried again by the plan, the operator is free meanwhile; then it is given up, and the
// call that asked for it says so.
func TestCallbackNotAnswered(t *testing.T) {
	playWith(t, callbackRelease(), func(s *stage) {
		booked(s)
		s.register("op1")
		for try := range 2 {
			op := s.ring("op1")
			s.answer(op)
			back := s.ringsBack(op)
			if try == 0 {
				if err := back.Reject(486); err != nil {
					t.Fatal(err)
				}
			} else {
				time.Sleep(31 * time.Second)
			}
			s.hears(op, "sound:"+prompts.KeyOperatorNotReached)
			time.Sleep(4100 * time.Millisecond)
			s.over(op)
			s.is("op1", desk.Ready, "")
			s.silent("op1")
			if cb := s.callback(); try == 0 && (cb.State != ledger.CallbackWaiting || cb.Attempts != 1 || cb.Result != "busy") {
				t.Errorf("callback %+v", cb)
			}
			time.Sleep(15 * time.Minute)
		}
		s.silent("op1")
		if cb := s.callback(); cb.State != ledger.CallbackFailed || cb.Attempts != 2 {
			t.Errorf("callback %+v", cb)
		}
		if row := s.rows()["3331234501"]; row.Outcome != "callback" || row.Disposition != "no_answer_on_callback" {
			t.Errorf("row %+v", row)
		}
	})
}

// TestCallbackOperatorGone: who leaves while the citizen rings has not called him; another does, at once.
func TestCallbackOperatorGone(t *testing.T) {
	playWith(t, callbackRelease(), func(s *stage) {
		booked(s)
		s.register("op1")
		op := s.ring("op1")
		s.answer(op)
		back := s.ringsBack(op)
		s.register("op2")
		s.people.Operator("op1").Unregister()
		s.hangup(op)
		s.over(back)
		s.settle()
		if cb := s.callback(); cb.Attempts != 0 {
			t.Errorf("callback %+v", cb)
		}
		op = s.ring("op2")
		s.answer(op)
		back = s.ringsBack(op)
		s.crash(time.Minute) // the process dies while it rings: nobody is left, and it is tried anew
		s.over(op)
		s.over(back)
		s.settle()
		op = s.ring("op2")
		s.answer(op)
		s.answer(s.ringsBack(op))
		time.Sleep(5 * time.Second)
		s.hears(op, citizensVoice)
		s.hangup(op)
		time.Sleep(10 * time.Second)
	})
}

func TestCallbackCancelledAndTooOld(t *testing.T) {
	playWith(t, callbackRelease(), func(s *stage) {
		booked(s)
		id := s.callback().ID
		if err := s.line.CancelCallback(s.t.Context(), id); err != nil {
			t.Fatal(err)
		}
		if cb := s.callback(); cb.State != ledger.CallbackCancelled {
			t.Errorf("callback %+v", cb)
		}
		if err := s.line.CancelCallback(s.t.Context(), id); err == nil {
			t.Error("cancelled twice")
		}
		s.register("op1")
		s.silent("op1")
	})
	playWith(t, callbackRelease(), func(s *stage) {
		booked(s)
		time.Sleep(25 * time.Hour)
		if cb := s.callback(); cb.State != ledger.CallbackExpired {
			t.Errorf("callback %+v", cb)
		}
		s.register("op1")
		s.silent("op1")
	})
}

// TestFollowUps: who gave up after a long wait is listed, once, and is off the list when he has been served.
func TestFollowUps(t *testing.T) {
	r := callbackRelease()
	r.Book.Desk.Missed.After = time.Minute
	r.Book.Desk.Safety.Deadline = 10 * time.Minute
	r.Book.Topics["information"] = prompts.Topic{Class: 2, Safety: true}
	playWith(t, r, func(s *stage) {
		open := func() []ledger.FollowUp {
			s.t.Helper()
			s.settle()
			list, err := s.ledger.OpenFollowUps(s.t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		p := s.queued("0461111111")
		s.hangup(p)
		list := open()
		if len(list) != 1 || list[0].Kind != ledger.FollowDanger || list[0].Deadline.Sub(list[0].Since) != 10*time.Minute {
			t.Errorf("in danger: %+v", list)
		}
	})
	r.Book.Topics["information"] = prompts.Topic{Class: 2}
	playWith(t, r, func(s *stage) {
		for range 2 {
			p := s.queued("0461111111")
			time.Sleep(2 * time.Minute)
			s.hangup(p)
			s.settle()
		}
		p := s.queued("0461222222")
		s.hangup(p)
		s.settle()
		list, err := s.ledger.OpenFollowUps(s.t.Context())
		if err != nil || len(list) != 1 || list[0].Kind != ledger.FollowMissed || list[0].Times != 2 {
			t.Errorf("missed: %+v, %v", list, err)
		}
		s.register("op1")
		p = s.queued("0461111111")
		s.answer(s.ring("op1"))
		s.hangup(p)
		s.settle()
		if list, err = s.ledger.OpenFollowUps(s.t.Context()); err != nil || len(list) != 0 {
			t.Errorf("served since: %+v, %v", list, err)
		}
	})
}
