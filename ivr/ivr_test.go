package ivr_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"pronto/ivr/phone"
	"pronto/ivr/phone/phonetest"
	"pronto/prompts"
)

// TestHangUps: at whatever instant a caller hangs up, there is one row with the right outcome, and nothing is left.
func TestHangUps(t *testing.T) {
	for _, tt := range []struct {
		name, outcome, detail, endedBy string
		until                          func(*stage) *phonetest.Party
	}{
		{"before the call is taken up", "abandoned_menu", "before_answer", "caller", func(s *stage) *phonetest.Party {
			return s.people.Call("06")
		}},
		{"in the first prompt", "abandoned_menu", "", "caller", func(s *stage) *phonetest.Party {
			return s.call("06")
		}},
		{"in the silence", "abandoned_menu", "", "caller", func(s *stage) *phonetest.Party {
			p := s.call("06")
			time.Sleep(5 * time.Second)
			return p
		}},
		{"early in a text", "abandoned_menu", "", "caller", func(s *stage) *phonetest.Party {
			p := s.call("06")
			s.press(p, "2")
			return p
		}},
		{"in the goodbye", "informed", "", "caller", func(s *stage) *phonetest.Party {
			p := s.call("06")
			s.press(p, "2")
			time.Sleep(5 * time.Second)
			return p
		}},
		{"early in the advice", "abandoned_menu", "", "caller", func(s *stage) *phonetest.Party {
			p := s.call("06")
			s.press(p, "1")
			return p
		}},
		{"in the offer", "redirected", "advised", "caller", func(s *stage) *phonetest.Party {
			p := s.call("06")
			s.press(p, "1")
			time.Sleep(13 * time.Second)
			return p
		}},
		{"while the rescue number rings", "redirected", "advised", "caller", func(s *stage) *phonetest.Party {
			p := s.call("06")
			s.press(p, "1")
			time.Sleep(13 * time.Second)
			s.press(p, "1")
			return p
		}},
		{"speaking with the rescue number", "redirected", "connected", "caller", func(s *stage) *phonetest.Party {
			p := s.call("06")
			s.press(p, "1")
			time.Sleep(2 * time.Second)
			s.press(p, "1")
			s.answer(<-s.people.Rescue("112").Incoming())
			s.hears(p, "voice:112")
			return p
		}},
		{"in the queue's text", "abandoned_queue", "", "caller", func(s *stage) *phonetest.Party {
			p := s.call("06")
			s.press(p, "0")
			return p
		}},
		{"in the queue", "abandoned_queue", "", "caller", func(s *stage) *phonetest.Party {
			return s.queued("06")
		}},
		{"while the operator's phone rings", "abandoned_queue", "", "caller", func(s *stage) *phonetest.Party {
			s.register("op1")
			p := s.queued("06")
			s.ring("op1")
			return p
		}},
		{"as the operator answers", "abandoned_queue", "", "caller", func(s *stage) *phonetest.Party {
			s.register("op1")
			p := s.queued("06")
			if err := s.ring("op1").Answer(); err != nil {
				s.t.Error(err)
			}
			return p // no Wait: the answer has not been dealt with
		}},
		{"in conversation", "served", "", "caller", func(s *stage) *phonetest.Party {
			s.register("op1")
			p := s.queued("06")
			s.answer(s.ring("op1"))
			s.hears(p, "voice:op1")
			return p
		}},
		{"in the message's text", "abandoned_menu", "", "caller", func(s *stage) *phonetest.Party {
			p := s.call("06")
			s.press(p, "5")
			return p
		}},
		{"at the start of the message", "abandoned_menu", "", "caller", func(s *stage) *phonetest.Party {
			p := s.call("06")
			s.press(p, "5")
			time.Sleep(9 * time.Second)
			return p
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			play(t, func(s *stage) {
				p := tt.until(s)
				s.hangup(p)
				s.row("06", tt.outcome, tt.detail, tt.endedBy)
				if op := s.people.Operator("op1"); tt.name != "before the call is taken up" && len(s.verbs("Dial")) > 0 && op != nil {
					s.operatorIsFree()
				}
			})
		})
	}
}

// operatorIsFree: the first operator's phone rings for the next caller.
func (s *stage) operatorIsFree() {
	s.t.Helper()
	s.register("op1")
	p := s.call("next")
	s.press(p, "0")
	op := s.ring("op1")
	s.answer(op)
	s.hears(op, "voice:next")
	s.hangup(op)
	s.over(p)
	s.row("next", "served", "", "operator")
}

func TestHangUpWinsWhereverItFalls(t *testing.T) {
	// The caller hangs up at each of the verbs that join him with an operator: the verb finds the leg gone.
	for _, verb := range []string{"Music", "Bridge"} {
		t.Run(verb, func(t *testing.T) {
			play(t, func(s *stage) {
				s.register("op1")
				p := s.call("06")
				s.press(p, "0")
				op := s.ring("op1")
				s.fake.Fail(verb, fmt.Errorf("join: %w", phone.ErrGone))
				s.answer(op)
				s.hangup(p)
				s.over(op)
				row := s.row("06", "abandoned_queue", "", "caller")
				if row.Talk != 0 || row.Operator != "" {
					t.Errorf("talked %v with %q", row.Talk, row.Operator)
				}
			})
		})
	}
}

func TestConversation(t *testing.T) {
	play(t, func(s *stage) {
		s.register("op1")
		p := s.queued("06")
		op := s.ring("op1")
		s.hears(p, "music")
		s.answer(op)
		s.hears(p, "voice:op1")
		s.hears(op, "voice:06")
		if op.Caller() != "06" {
			t.Errorf("the operator sees %q", op.Caller())
		}
		time.Sleep(time.Minute)
		s.hangup(op)
		s.over(p)
		row := s.row("06", "served", "", "operator")
		if row.Talk.Round(time.Second) != time.Minute || row.QueueWait.Round(time.Second) != 4*time.Second || row.Operator != "op1" || row.Topic != "information" {
			t.Errorf("row %+v", row)
		}
	})
}

func TestDeclinedCallsGoOn(t *testing.T) {
	play(t, func(s *stage) {
		s.register("op1", "op2")
		p := s.queued("06")
		if err := s.ring("op1").Reject(486); err != nil {
			t.Fatal(err)
		}
		op2 := s.ring("op2")
		time.Sleep(15 * time.Second) // he does not answer
		s.over(op2)
		op1 := s.ring("op1")
		s.answer(op1)
		s.hears(p, "voice:op1")
		s.hangup(p)
		s.over(op1)
		s.row("06", "served", "", "caller")
	})
}

// TestNoOddCalls: an operator who answers and hangs up at once, or whose leg can not be bridged.
func TestOperatorLostBeforeTheBridge(t *testing.T) {
	t.Run("hangs up as he answers", func(t *testing.T) {
		play(t, func(s *stage) {
			s.register("op1", "op2")
			p := s.queued("06")
			op1 := s.ring("op1")
			if err := op1.Answer(); err != nil {
				t.Fatal(err)
			}
			s.hangup(op1)
			op2 := s.ring("op2")
			s.answer(op2)
			s.hears(p, "voice:op2")
			s.hangup(p)
			s.row("06", "served", "", "caller")
		})
	})
	t.Run("the switch does not join them", func(t *testing.T) {
		play(t, func(s *stage) {
			s.register("op1", "op2")
			p := s.queued("06")
			s.fake.Fail("Bridge", phone.ErrUnavailable)
			op1 := s.ring("op1")
			s.answer(op1)
			s.over(op1)
			s.hears(p, "music")
			op2 := s.ring("op2")
			time.Sleep(3 * time.Second)
			s.answer(op2)
			s.hears(p, "voice:op2")
			s.hangup(op2)
			row := s.row("06", "served", "", "operator")
			if row.QueueWait.Round(time.Second) != 7*time.Second {
				t.Errorf("waited %v", row.QueueWait)
			}
		})
	})
	t.Run("goes while his phone rings", func(t *testing.T) {
		play(t, func(s *stage) {
			s.register("op1")
			p := s.queued("06")
			op := s.ring("op1")
			s.people.Operator("op1").Unregister()
			s.over(op)
			s.register("op1")
			op = s.ring("op1")
			s.answer(op)
			s.hears(p, "voice:op1")
			s.hangup(p)
			s.row("06", "served", "", "caller")
		})
	})
}

func TestDialFails(t *testing.T) {
	play(t, func(s *stage) {
		s.fake.Fail("Dial", phone.ErrUnreachable)
		s.register("op1", "op2")
		p := s.queued("06")
		op2 := s.ring("op2")
		s.silent("op1")
		s.answer(op2)
		s.hears(p, "voice:op2")
		s.hangup(p)
		s.row("06", "served", "", "caller")
	})
}

func TestRescueTransfer(t *testing.T) {
	play(t, func(s *stage) {
		p := s.call("06")
		s.press(p, "1")
		time.Sleep(2 * time.Second)
		s.press(p, "1")
		carrier := <-s.people.Rescue("112").Incoming()
		if err := carrier.Reject(486); err != nil {
			t.Fatal(err)
		}
		s.hears(p, "sound:rescue-failed")
		time.Sleep(2 * time.Second)
		s.press(p, "1")
		carrier = <-s.people.Rescue("112").Incoming()
		s.answer(carrier)
		s.hears(p, "voice:112")
		s.hears(carrier, "voice:06")
		s.hangup(carrier)
		s.hears(p, "sound:goodbye")
		time.Sleep(5 * time.Second)
		s.over(p)
		row := s.row("06", "redirected", "connected", "rescue")
		if row.RescueNumber != "112" || row.Talk != 0 {
			t.Errorf("row %+v", row)
		}
	})
}

func TestRescueNotJoined(t *testing.T) {
	play(t, func(s *stage) {
		p := s.call("06")
		s.press(p, "1")
		time.Sleep(2 * time.Second)
		s.press(p, "1")
		s.fake.Fail("Bridge", phone.ErrUnavailable)
		carrier := <-s.people.Rescue("112").Incoming()
		s.answer(carrier)
		s.over(carrier)
		s.hears(p, "sound:rescue-failed")
		s.hangup(p)
		s.row("06", "abandoned_menu", "", "caller")
	})
}

func TestMessage(t *testing.T) {
	play(t, func(s *stage) {
		p := s.call("06")
		s.press(p, "5")
		time.Sleep(20 * time.Second)
		s.press(p, "#")
		s.hears(p, "sound:message-thanks")
		time.Sleep(9 * time.Second)
		s.over(p)
		row := s.rows()["06"]
		if row.Outcome != "message" || !strings.HasPrefix(row.Detail, "msg-"+p.Leg()) {
			t.Errorf("row %+v", row)
		}
		if v := s.verbs("Record "); len(v) != 1 || !strings.HasSuffix(v[0], row.Detail) {
			t.Errorf("recorded %v, the row says %s", v, row.Detail)
		}
	})
	play(t, func(s *stage) {
		p := s.call("06")
		s.press(p, "5")
		time.Sleep(20 * time.Second)
		s.hangup(p)
		if row := s.rows()["06"]; row.Outcome != "message" {
			t.Errorf("row %+v", row)
		}
	})
}

func TestNobodyAndFull(t *testing.T) {
	r := release()
	r.Book.Desk.Capacity = 1
	playWith(t, r, func(s *stage) {
		a := s.call("a")
		s.press(a, "3")
		s.hears(a, "sound:leave-message")
		s.hangup(a)
		s.row("a", "turned_away", "nobody", "caller")
		b := s.queued("b")
		c := s.call("c")
		s.press(c, "0")
		s.hears(c, "sound:full")
		s.hangup(c)
		s.row("c", "turned_away", "full", "caller")
		s.hangup(b)
	})
}

func TestPositionsAndMusic(t *testing.T) {
	play(t, func(s *stage) {
		a := s.queued("a")
		b := s.queued("b")
		time.Sleep(30 * time.Second)
		s.hangup(a)
		time.Sleep(30 * time.Second)
		var heard []string
		for _, h := range b.Heard() {
			heard = append(heard, strings.TrimPrefix(h.What, "sound:"))
		}
		want := "welcome please-wait music queue-position/2 music queue-position/1 music"
		if got := strings.Join(heard, " "); !strings.HasPrefix(got, want) {
			t.Errorf("heard %s\nwant %s", got, want)
		}
		s.hangup(b)
	})
}

func TestSwitchFaults(t *testing.T) {
	t.Run("answer finds the caller gone", func(t *testing.T) {
		play(t, func(s *stage) {
			s.fake.Fail("Answer", phone.ErrGone)
			p := s.call("06")
			s.hangup(p)
			row := s.row("06", "abandoned_menu", "before_answer", "caller")
			if !row.Answered.IsZero() {
				t.Errorf("answered %v", row.Answered)
			}
		})
	})
	t.Run("an answer that was not heard of is asked for again", func(t *testing.T) {
		play(t, func(s *stage) {
			s.fake.Fail("Answer", phone.ErrUnavailable)
			p := s.call("06")
			s.hears(p, "sound:welcome")
			s.hangup(p)
			s.row("06", "abandoned_menu", "", "caller")
		})
	})
	t.Run("a prompt that can not be played", func(t *testing.T) {
		play(t, func(s *stage) {
			s.fake.Fail("Play", phone.ErrUnavailable)
			p := s.call("06")
			s.hears(p)
			time.Sleep(7 * time.Second)
			s.hears(p, "sound:welcome")
			s.hangup(p)
			s.row("06", "abandoned_menu", "", "caller")
		})
	})
	t.Run("nothing can be played or written, and the caller still gets a person", func(t *testing.T) {
		play(t, func(s *stage) {
			for range 200 {
				s.fake.Fail("Play", phone.ErrUnavailable)
				s.fake.Fail("Tag", phone.ErrUnavailable)
				s.fake.Fail("Music", phone.ErrUnavailable)
			}
			s.register("op1")
			p := s.call("06")
			time.Sleep(13 * time.Second)
			s.answer(s.ring("op1"))
			s.hears(p, "voice:op1")
			s.hangup(p)
			s.row("06", "served", "", "caller")
		})
	})
	t.Run("a hang-up that fails is tried again", func(t *testing.T) {
		play(t, func(s *stage) {
			s.register("op1")
			p := s.queued("06")
			op := s.ring("op1")
			s.answer(op)
			s.fake.Fail("Hangup", phone.ErrUnavailable)
			s.hangup(op)
			time.Sleep(11 * time.Second)
			s.over(p)
			s.row("06", "served", "", "operator")
		})
	})
	t.Run("an operator whose phone could not be hung up", func(t *testing.T) {
		play(t, func(s *stage) {
			s.register("op1")
			p := s.queued("06")
			op := s.ring("op1")
			s.answer(op)
			s.fake.Fail("Hangup", phone.ErrUnavailable)
			s.hangup(p)
			time.Sleep(5 * time.Second)
			s.over(op)
			s.row("06", "served", "", "caller")
		})
	})
	t.Run("no media", func(t *testing.T) {
		play(t, func(s *stage) {
			p := s.call("06")
			if err := p.HangupCause(phone.CauseRTPTimeout); err != nil {
				t.Fatal(err)
			}
			if row := s.row("06", "abandoned_menu", "", "network"); row.Cause != "no-media" {
				t.Errorf("cause %s", row.Cause)
			}
		})
	})
	t.Run("the link drops", func(t *testing.T) {
		play(t, func(s *stage) {
			s.register("op1")
			a, b := s.queued("a"), s.queued("b")
			op := s.ring("op1")
			s.answer(op)
			c := s.call("c")
			s.fake.DropLink(3 * time.Second)
			s.hangup(c)
			time.Sleep(time.Second)
			s.hears(a, "voice:op1")
			s.hears(b, "music")
			time.Sleep(3 * time.Second)
			s.row("c", "abandoned_menu", "", "network")
			s.hangup(a)
			op = s.ring("op1")
			s.answer(op)
			s.hears(b, "voice:op1")
			s.hangup(b)
			s.row("a", "served", "", "caller")
			s.row("b", "served", "", "caller")
		})
	})
}

func TestPanicInOneCall(t *testing.T) {
	r := release()
	node := r.Book.Nodes["goodbye"]
	node.Say = nil
	r.Book.Nodes["goodbye"] = node
	r.Clips["it"]["welcome"] = prompts.Clip{Key: "welcome", File: "welcome", Seconds: 4}
	playWith(t, r, func(s *stage) {
		p := s.call("06")
		other := s.call("07")
		s.fake.Fail("Play", panicError{})
		s.press(p, "2")
		s.over(p)
		s.row("06", "failed", "fault", "line")
		s.hears(other, "sound:welcome")
		s.hangup(other)
	})
}

// panicError makes a fault of the program: it panics where it is looked at.
type panicError struct{}

func (panicError) Error() string { return "boom" }

func (panicError) Is(error) bool { panic("a fault of the program") }

// TestOperatorsCodes: what an operator's telephone dials is no citizen's call, but when it tries the line.
func TestOperatorsCodes(t *testing.T) {
	play(t, func(s *stage) {
		set := s.people.Operator(operators[0])
		set.Register()
		code := set.Dial("*15")
		synctest.Wait()
		s.hangup(code)
		s.over(code)
		tries := set.Dial("800840840")
		synctest.Wait()
		s.hears(tries, "sound:welcome")
		s.hangup(tries)
		s.over(tries)
		if rows := s.rows(); len(rows) != 1 || rows[operators[0]].Outcome != "abandoned_menu" {
			t.Errorf("the ledger has %+v, want the one that tried the line", rows)
		}
	})
}

func TestDrain(t *testing.T) {
	play(t, func(s *stage) {
		a := s.call("a")
		left := make(chan int, 1)
		go func() { left <- s.line.Drain(context.Background()) }()
		synctest.Wait()
		b := s.call("b")
		s.hears(b, "sound:fail-open-advice")
		time.Sleep(5 * time.Second)
		s.over(b)
		s.row("b", "turned_away", "draining", "line")
		select {
		case <-left:
			t.Fatal("drained with a call up")
		default:
		}
		s.hangup(a)
		if n := <-left; n != 0 {
			t.Errorf("%d left", n)
		}
	})
}

func TestHangUpAll(t *testing.T) {
	play(t, func(s *stage) {
		s.register("op1")
		a, b := s.queued("a"), s.queued("b")
		op := s.ring("op1")
		s.answer(op)
		ctx, cancel := context.WithTimeout(s.t.Context(), time.Second)
		defer cancel()
		if n := s.line.Drain(ctx); n != 2 {
			t.Errorf("%d left, not 2", n)
		}
		s.line.HangUpAll()
		s.over(a)
		s.over(b)
		s.over(op)
		s.row("a", "served", "", "line")
		s.row("b", "failed", "stopped", "line")
	})
}

// TestPublish: calls that are up keep their release, also over a restart; new ones get the new one.
func TestPublish(t *testing.T) {
	play(t, func(s *stage) {
		old := s.call("old")
		next := release()
		next.ID = "r2"
		next.Book.Start = "alerts"
		s.line.Publish(next)
		fresh := s.call("fresh")
		s.hears(old, "sound:welcome")
		s.hears(fresh, "sound:alerts-text")
		was := s.release
		s.release, s.older = next, map[string]*prompts.Release{"r1": was}
		s.crash(time.Second)
		s.hears(old, "sound:welcome")
		s.press(old, "0")
		s.hears(old, "sound:please-wait")
		s.hangup(old)
		s.hangup(fresh)
		rows := s.rows()
		if rows["old"].Release != "r1" || rows["fresh"].Release != "r2" || rows["old"].Outcome != "abandoned_queue" {
			t.Errorf("rows %+v", rows)
		}
	})
}

func TestMetrics(t *testing.T) {
	play(t, func(s *stage) {
		reg := prometheus.NewRegistry()
		s.stopAll()
		s.reg = reg
		s.die(0)
		s.register("op1", "op2")
		a := s.queued("a")
		s.answer(s.ring("op1"))
		s.call("b")
		want := `
# HELP pronto_calls_up Calls that are up.
# TYPE pronto_calls_up gauge
pronto_calls_up 2
# HELP pronto_operators Operators by state.
# TYPE pronto_operators gauge
pronto_operators{state="offline"} 6
pronto_operators{state="paused"} 0
pronto_operators{state="ready"} 1
pronto_operators{state="ringing"} 0
pronto_operators{state="talking"} 1
pronto_operators{state="wrap_up"} 0
# HELP pronto_switch_up 1 if the switch is connected.
# TYPE pronto_switch_up gauge
pronto_switch_up{switch="fake"} 1
# HELP pronto_waiting Callers waiting for an operator.
# TYPE pronto_waiting gauge
pronto_waiting 0
`
		if err := testutil.GatherAndCompare(reg, strings.NewReader(want), "pronto_calls_up", "pronto_operators", "pronto_switch_up", "pronto_waiting"); err != nil {
			t.Error(err)
		}
		s.hangup(a)
		s.line.HangUpAll()
	})
}

func TestNoTrunk(t *testing.T) {
	play(t, func(s *stage) {
		p := s.call("06")
		s.press(p, "1")
		time.Sleep(2 * time.Second)
		s.fake.Fail("Dial", phone.ErrUnreachable)
		s.press(p, "1")
		s.hears(p, "sound:rescue-failed")
		time.Sleep(9 * time.Second)
		s.hangup(p)
		s.row("06", "redirected", "advised", "caller")
	})
}

// TestSwitchKeepsSilent: the switch says that a leg is gone and never tells its end, or does not hang up at all.
func TestSwitchKeepsSilent(t *testing.T) {
	t.Run("gone", func(t *testing.T) {
		play(t, func(s *stage) {
			s.fake.Fail("Play", phone.ErrGone)
			p := s.call("06")
			time.Sleep(11 * time.Second)
			s.over(p)
			s.row("06", "abandoned_menu", "", "network")
		})
	})
	t.Run("not hung up", func(t *testing.T) {
		play(t, func(s *stage) {
			p := s.call("06")
			for range 8 {
				s.fake.Fail("Hangup", phone.ErrUnavailable)
			}
			s.press(p, "2")
			time.Sleep(80 * time.Second)
			s.over(p) // in the end it was
			s.row("06", "informed", "", "network")
		})
	})
}
