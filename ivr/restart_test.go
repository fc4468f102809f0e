package ivr_test

import (
	"strings"
	"testing"
	"time"

	"pronto/ivr/phone"
	"pronto/ivr/phone/phonetest"
)

// TestRestart: the process dies with callers everywhere; each goes on where he was.
func TestRestart(t *testing.T) {
	play(t, func(s *stage) {
		s.register("op1")
		talking := s.queued("talking")
		op := s.ring("op1")
		s.answer(op)
		first := s.queued("first")
		second := s.queued("second")
		menu := s.call("menu")
		language := s.call("text")
		s.press(language, "2")
		recording := s.call("recording")
		s.press(recording, "5")
		time.Sleep(9 * time.Second)
		s.crash(20 * time.Second)

		s.hears(talking, "voice:op1")
		s.hears(op, "voice:talking")
		s.hears(first, "music")
		s.hears(second, "music")
		s.hears(menu, "sound:welcome")
		s.press(menu, "0") // behind the others
		s.press(recording, "#")
		s.hears(recording, "sound:message-thanks")

		s.hangup(op)
		s.over(talking)
		for i, p := range []*phonetest.Party{first, second, menu} {
			op := s.ring("op1")
			s.answer(op)
			s.hears(p, "voice:op1")
			time.Sleep(time.Duration(i+1) * 10 * time.Second)
			s.hangup(op)
			s.over(p)
		}
		time.Sleep(10 * time.Second)
		s.over(language)
		s.over(recording)
		for number, want := range map[string]string{
			"talking": "served", "first": "served", "second": "served", "menu": "served", "recording": "message",
		} {
			if got := s.rows()[number].Outcome; got != want {
				t.Errorf("%s: %s, want %s", number, got, want)
			}
		}
		rows := s.rows()
		if w := rows["first"].QueueWait; w < 30*time.Second || w > 60*time.Second {
			t.Errorf("the first waited %v: not counted over the restart", w)
		}
		if rows["first"].QueueWait >= rows["second"].QueueWait {
			t.Errorf("waited %v and %v", rows["first"].QueueWait, rows["second"].QueueWait)
		}
		if talk := rows["talking"].Talk; talk < 30*time.Second {
			t.Errorf("talked %v: not counted over the restart", talk)
		}
		for number, row := range rows {
			if row.Started.IsZero() || row.Answered.IsZero() || row.Ended.Before(row.Started) {
				t.Errorf("%s: started %v answered %v ended %v", number, row.Started, row.Answered, row.Ended)
			}
		}
	})
}

// TestEndedWhileAway: calls that ended in the gap get their outcome from the ledger's copy of the state.
func TestEndedWhileAway(t *testing.T) {
	play(t, func(s *stage) {
		s.register("op1")
		talking := s.queued("talking")
		s.answer(s.ring("op1"))
		waiting := s.queued("waiting")
		menu := s.call("menu")
		s.settle()
		s.stopAll()
		for _, p := range []*phonetest.Party{talking, waiting, menu} {
			s.hangup(p)
		}
		during := s.people.Call("during")
		if !during.FailOpen() {
			t.Error("a call was taken by nobody")
		}
		s.die(5 * time.Second)
		s.row("talking", "served", "ended_while_away", "network")
		s.row("waiting", "abandoned_queue", "ended_while_away", "network")
		s.row("menu", "abandoned_menu", "ended_while_away", "network")
		// The operator's leg was found without its caller and let go: he is free.
		s.operatorIsFree()
	})
}

// TestOperatorGoneWhileAway: the caller is still there, alone, and waits again at his place.
func TestOperatorGoneWhileAway(t *testing.T) {
	play(t, func(s *stage) {
		s.register("op1")
		p := s.queued("06")
		op := s.ring("op1")
		s.answer(op)
		s.settle()
		s.stopAll()
		s.hangup(op)
		s.die(time.Second)
		op = s.ring("op1")
		s.hears(p, "music")
		s.answer(op)
		s.hears(p, "voice:op1")
		s.hangup(p)
		s.row("06", "served", "", "caller")
	})
}

// TestRestartAsTheOperatorAnswers: an answered leg whose conversation the state does not know yet.
func TestRestartAsTheOperatorAnswers(t *testing.T) {
	play(t, func(s *stage) {
		s.register("op1")
		p := s.queued("06")
		op := s.ring("op1")
		s.stopAll()
		if err := op.Answer(); err != nil {
			t.Fatal(err)
		}
		s.die(time.Second)
		s.hears(p, "voice:op1")
		s.hears(op, "voice:06")
		time.Sleep(10 * time.Second)
		s.hangup(op)
		s.over(p)
		if row := s.row("06", "served", "", "operator"); row.Operator != "op1" || row.Talk < 10*time.Second {
			t.Errorf("row %+v", row)
		}
	})
}

// TestRestartWhileRinging: the ringing leg is hung up, and the ticket offered anew.
func TestRestartWhileRinging(t *testing.T) {
	play(t, func(s *stage) {
		s.register("op1")
		p := s.queued("06")
		old := s.ring("op1")
		s.crash(time.Second)
		s.over(old)
		op := s.ring("op1")
		s.answer(op)
		s.hears(p, "voice:op1")
		s.hangup(p)
		s.over(op)
		s.row("06", "served", "", "caller")
	})
}

func TestRestartInRescueCall(t *testing.T) {
	play(t, func(s *stage) {
		p := s.call("06")
		s.press(p, "1")
		time.Sleep(2 * time.Second)
		s.press(p, "1")
		carrier := <-s.people.Rescue("112").Incoming()
		s.answer(carrier)
		s.crash(3 * time.Second)
		s.hears(p, "voice:112")
		s.hangup(carrier)
		s.hears(p, "sound:goodbye")
		time.Sleep(5 * time.Second)
		s.over(p)
		s.row("06", "redirected", "connected", "rescue")
	})
}

// TestRestartsInARow: a call lives through several processes.
func TestRestartsInARow(t *testing.T) {
	play(t, func(s *stage) {
		p := s.queued("06")
		for range 5 {
			s.crash(time.Second)
			s.hears(p, "music")
		}
		s.register("op1")
		s.answer(s.ring("op1"))
		for range 3 {
			s.crash(time.Second)
			s.hears(p, "voice:op1")
		}
		s.hangup(p)
		row := s.row("06", "served", "", "caller")
		if row.QueueWait < 15*time.Second || row.Talk < 9*time.Second {
			t.Errorf("row %+v", row)
		}
		if !strings.HasPrefix(row.Path, "welcome>operator") || row.Cause != phone.CauseNormal.String() {
			t.Errorf("row %+v", row)
		}
	})
}

// TestManyRestored: more tickets than the desk's capacity come back in their order; none is refused.
func TestManyRestored(t *testing.T) {
	r := release()
	playWith(t, r, func(s *stage) {
		var people []*phonetest.Party
		for i := range 20 {
			people = append(people, s.queued(string(rune('a'+i))))
		}
		r.Book.Desk.Capacity = 5
		s.crash(time.Second)
		s.register("op1")
		for _, p := range people {
			op := s.ring("op1")
			s.answer(op)
			s.hears(p, "voice:op1")
			s.hangup(op)
		}
		for number, row := range s.rows() {
			if row.Outcome != "served" {
				t.Errorf("%s: %s", number, row.Outcome)
			}
		}
	})
}
