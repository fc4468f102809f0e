package ivr_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pronto/ivr"
	"pronto/ivr/desk"
	"pronto/ivr/ledger"
	"pronto/ivr/phone/phonetest"
	"pronto/prompts"
)

const outsideNumber = "3357654321"

// operatorsRelease is codeRelease where a miss costs no pause.
func operatorsRelease() *prompts.Release {
	r := codeRelease()
	r.Book.Desk.Misses = 0
	return r
}

// staff are op1, op2 (short numbers 11, 12) and the supervisor op3.
func staff(s *stage, change ...func([]ledger.Operator)) {
	s.t.Helper()
	all := []ledger.Operator{
		{Name: "op1", Ext: "11", Kind: ledger.PhoneSIP, Enabled: true},
		{Name: "op2", Ext: "12", Kind: ledger.PhoneSIP, Enabled: true},
		{Name: "op3", Ext: "13", Kind: ledger.PhoneSIP, Enabled: true, Supervisor: true},
	}
	for _, c := range change {
		c(all)
	}
	s.line.SetStaff(all)
}

// code is an operator's call with a feature code.
func (s *stage) code(name, dialled string) *phonetest.Party {
	s.t.Helper()
	p := s.people.Operator(name).Dial(dialled)
	synctest.Wait()
	return p
}

// told checks what the operator hears, waits for its end and for that of his call.
func (s *stage) told(p *phonetest.Party, key string) {
	s.t.Helper()
	s.hears(p, "sound:"+key)
	time.Sleep(4100 * time.Millisecond)
	s.over(p)
}

func TestCodesOfADay(t *testing.T) {
	playWith(t, operatorsRelease(), func(s *stage) {
		staff(s)
		s.register("op1")
		s.told(s.code("op1", "*15"), prompts.KeyOperatorReady)
		s.told(s.code("op1", "*123"), prompts.KeyOperatorPaused)
		s.is("op1", desk.Paused, "training")
		s.told(s.code("op1", "*15"), prompts.KeyOperatorPaused)
		caller := s.queued("0461123456")
		s.silent("op1")

		ready := s.code("op1", "*13")
		s.hears(ready, "sound:"+prompts.KeyOperatorReady)
		s.silent("op1") // not while he uses his telephone
		s.told(ready, prompts.KeyOperatorReady)
		s.answer(s.ring("op1"))
		s.is("op1", desk.Talking, "")
		s.hangup(caller)
		s.settle()

		p := s.code("op1", "*14")
		s.hears(p, "sound:"+prompts.KeyOperatorOutcome)
		s.press(p, "2")
		s.told(p, prompts.KeyOperatorDisposed)
		s.told(s.code("op1", "*11"), prompts.KeyOperatorLoggedOut)
		s.is("op1", desk.Offline, "")
		s.told(s.code("op1", "*13"), prompts.KeyOperatorOffline)
		s.told(s.code("op1", "*99"), prompts.KeyOperatorUnknown)
		s.told(s.code("op1", "*10"), prompts.KeyOperatorLoggedIn)
		s.is("op1", desk.Ready, "")
		if row := s.row("0461123456", "served", "", "caller"); row.Disposition != "in_depth" {
			t.Errorf("disposition %q", row.Disposition)
		}
		if rows := s.rows(); len(rows) != 1 {
			t.Errorf("codes are among the calls: %+v", rows)
		}
		days, err := s.ledger.Duties(s.t.Context(), "op1", ledger.Filter{})
		if err != nil {
			t.Fatal(err)
		}
		for i, d := range days[1:] {
			if days[i].To != d.From {
				t.Errorf("from %s to %s after %s", d.From, d.To, days[i].To)
			}
		}
	})
}

// TestCodesAskAgain: what is missing, wrong or not there is told.
func TestCodesAskAgain(t *testing.T) {
	playWith(t, operatorsRelease(), func(s *stage) {
		staff(s)
		s.register("op1")
		p := s.code("op1", "*12")
		s.hears(p, "sound:"+prompts.KeyOperatorReason)
		time.Sleep(11 * time.Second) // nothing is pressed
		s.told(p, prompts.KeyOperatorUnknown)
		p = s.code("op1", "*12")
		s.press(p, "0")
		s.told(p, prompts.KeyOperatorUnknown)
		s.told(s.code("op1", "*14"), prompts.KeyOperatorNoCall)
		p = s.code("op1", "*12")
		s.hangup(p)
		s.settle()
		s.is("op1", desk.Ready, "") // nothing of it stays
	})
}

func TestCodesInTheWrapUp(t *testing.T) {
	r := operatorsRelease()
	r.Book.Desk.WrapUp = 10 * time.Minute
	playWith(t, r, func(s *stage) {
		s.register("op1")
		caller := s.queued("0461123456")
		s.answer(s.ring("op1"))
		s.hangup(caller)
		s.settle()
		s.is("op1", desk.WrapUp, "")
		s.told(s.code("op1", "*15"), prompts.KeyOperatorWrapUp)
		s.crash(5 * time.Second) // whose call it was is known to the next process
		p := s.code("op1", "*145")
		s.told(p, prompts.KeyOperatorDisposed)
		s.settle()
		s.is("op1", desk.Ready, "")
		if row := s.row("0461123456", "served", "", "caller"); row.Disposition != "nuisance" {
			t.Errorf("disposition %q", row.Disposition)
		}
	})
}

// TestTones: a book in a language without texts for operators.
func TestTones(t *testing.T) {
	play(t, func(s *stage) {
		s.register("op1")
		s.told(s.code("op1", "*121"), prompts.KeyBeep)
		s.is("op1", desk.Paused, "break")
		p := s.code("op1", "*99")
		s.hears(p, "sound:"+prompts.KeyBeep)
		time.Sleep(4100 * time.Millisecond)
		s.told(p, prompts.KeyBeep) // the second one
	})
}

// TestPINTries: nothing typed is no try, and two calls at once have no more tries than one.
func TestPINTries(t *testing.T) {
	hash := ledger.HashPIN("4711")
	playWith(t, operatorsRelease(), func(s *stage) {
		staff(s, func(all []ledger.Operator) { all[0].PINHash = hash })
		s.register("op1")
		s.is("op1", desk.Offline, "") // who has a PIN logs in with it
		p := s.code("op1", "*10")
		s.hears(p, "sound:"+prompts.KeyOperatorPIN)
		s.press(p, "1#")
		s.hears(p, "sound:"+prompts.KeyOperatorWrongPIN)
		time.Sleep(4100 * time.Millisecond)
		s.press(p, "4711#")
		s.told(p, prompts.KeyOperatorLoggedIn)
		s.is("op1", desk.Ready, "")
		p = s.code("op1", "*121")
		s.press(p, "4711#")
		s.told(p, prompts.KeyOperatorPaused)
		s.told(s.code("op1", "*15"), prompts.KeyOperatorPaused) // no PIN
		p = s.code("op1", "*11")
		s.press(p, "4711#")
		s.told(p, prompts.KeyOperatorLoggedOut)

		for range 10 { // nothing is typed: that is no try
			p = s.code("op1", "*10")
			time.Sleep(2 * time.Second)
			s.hangup(p)
			s.settle()
		}
		one, other := s.code("op1", "*10"), s.code("op1", "*10") // two at once have no more tries
		for i, p := range []*phonetest.Party{one, other, one} {
			s.press(p, strings.Repeat("9", i+1)+"#")
			s.hears(p, "sound:"+prompts.KeyOperatorWrongPIN)
			time.Sleep(4100 * time.Millisecond)
			synctest.Wait()
		}
		time.Sleep(5 * time.Second)
		s.over(one)
		s.over(other)
		p = s.code("op1", "*10")
		s.told(p, prompts.KeyOperatorLocked)
		time.Sleep(15 * time.Minute)
		p = s.code("op1", "*10")
		s.press(p, "4711#")
		s.told(p, prompts.KeyOperatorLoggedIn)
		s.settle()
		s.is("op1", desk.Ready, "")
	})
}

// supervised is a conversation of op1 with a caller; op3 supervises.
func supervised(s *stage) (caller, op1 *phonetest.Party) {
	s.t.Helper()
	staff(s)
	s.register("op1")
	caller = s.queued("0461123456")
	op1 = s.ring("op1")
	s.answer(op1)
	s.register("op2", "op3")
	s.hears(caller, "voice:op1")
	return caller, op1
}

func TestSupervisor(t *testing.T) {
	for name, tt := range map[string]struct {
		code              string
		mode              ivr.SpyMode
		op1, caller, boss string // who hears whom
	}{
		"listen":  {"*2011", ivr.Listen, citizen, "voice:op1", "voice:op1 " + citizen},
		"whisper": {"*2111", ivr.Whisper, citizen + " voice:op3", "voice:op1", "voice:op1 " + citizen},
		"join":    {"*2211", ivr.Join, citizen + " voice:op3", "voice:op1 voice:op3", "voice:op1 " + citizen},
	} {
		for _, byProgram := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				playWith(t, operatorsRelease(), func(s *stage) {
					caller, op1 := supervised(s)
					var boss *phonetest.Party
					if byProgram {
						if err := s.line.Supervise(s.t.Context(), "op3", "11", tt.mode); err != nil {
							t.Fatal(err)
						}
						boss = s.ring("op3")
						s.answer(boss)
					} else {
						boss = s.code("op3", tt.code)
					}
					hearsAll := func() {
						t.Helper()
						s.hearsSet(boss, tt.boss)
						s.hearsSet(op1, tt.op1)
						s.hearsSet(caller, tt.caller)
					}
					hearsAll()
					s.is("op3", desk.Talking, "") // nobody is offered to him
					s.hangup(boss)
					s.settle()
					s.is("op3", desk.Ready, "")
					s.hearsSet(op1, citizen)
					s.hearsSet(caller, "voice:op1")

					boss = s.code("op3", tt.code)
					hearsAll()
					s.hangup(caller) // then there is nothing to supervise
					s.settle()
					s.over(boss)
					s.is("op3", desk.Ready, "")
					s.row("0461123456", "served", "", "caller")
				})
			})
		}
	}
}

// hearsSet is hears in any order.
func (s *stage) hearsSet(p *phonetest.Party, want string) {
	s.t.Helper()
	synctest.Wait()
	now, _ := p.Hears()
	if len(now) != len(strings.Fields(want)) {
		s.t.Fatalf("%s hears %v, not %v", p.Name(), now, want)
	}
	for _, w := range strings.Fields(want) {
		if !strings.Contains(" "+strings.Join(now, " ")+" ", " "+w+" ") {
			s.t.Fatalf("%s hears %v, not %v", p.Name(), now, want)
		}
	}
}

func TestSupervisorRefused(t *testing.T) {
	playWith(t, operatorsRelease(), func(s *stage) {
		caller, _ := supervised(s)
		s.told(s.code("op2", "*2011"), prompts.KeyOperatorForbidden)
		p := s.code("op3", "*20")
		s.hears(p, "sound:"+prompts.KeyOperatorExt)
		s.press(p, "77#")
		s.told(p, prompts.KeyOperatorUnknown)
		p = s.code("op3", "*2013")
		s.told(p, prompts.KeyOperatorUnknown) // himself
		p = s.code("op3", "*2012")
		s.told(p, prompts.KeyOperatorNoCall)
		for _, tt := range []struct {
			who, at string
			mode    ivr.SpyMode
		}{{"op2", "op1", ivr.Listen}, {"op3", "op9", ivr.Listen}, {"op3", "op3", ivr.Listen}, {"op3", "op2", ivr.Listen}, {"op3", "op1", "shout"}} {
			if err := s.line.Supervise(s.t.Context(), tt.who, tt.at, tt.mode); err == nil {
				t.Errorf("%v was not refused", tt)
			}
		}
		s.hangup(caller)
	})
}

// TestSupervisorAndRestart: a supervisor's call ends with the process, the conversation does not.
func TestSupervisorAndRestart(t *testing.T) {
	for _, code := range []string{"*2011", "*2111", "*2211"} {
		playWith(t, operatorsRelease(), func(s *stage) {
			caller, op1 := supervised(s)
			boss := s.code("op3", code)
			s.hearsSet(boss, "voice:op1 "+citizen)
			s.crash(3 * time.Second)
			s.over(boss)
			s.hearsSet(op1, citizen)
			s.hearsSet(caller, "voice:op1")
			s.is("op3", desk.Ready, "")
			s.hangup(caller)
			s.row("0461123456", "served", "", "caller")
		})
	}
}

// elsewhere makes op1 somebody with a telephone elsewhere, who is logged in.
func elsewhere(s *stage) {
	s.t.Helper()
	staff(s, func(all []ledger.Operator) { all[0].Kind, all[0].Number = ledger.PhoneNumber, outsideNumber })
	if err := s.duty("op1", ivr.DutyLogIn, ""); err != nil {
		s.t.Fatal(err)
	}
}

func (s *stage) ringElsewhere() *phonetest.Party {
	s.t.Helper()
	synctest.Wait()
	select {
	case p := <-s.people.Outside(outsideNumber).Incoming():
		return p
	default:
		s.t.Fatalf("the telephone elsewhere does not ring; verbs:\n%s", strings.Join(s.fake.Verbs(), "\n"))
		return nil
	}
}

func TestElsewhere(t *testing.T) {
	playWith(t, operatorsRelease(), func(s *stage) {
		elsewhere(s)
		caller := s.queued("0461123456")
		p := s.ringElsewhere()
		time.Sleep(14 * time.Second) // the desk waits longer for him than for others
		s.answer(p)
		s.hears(p, "sound:"+prompts.KeyOperatorPress)
		s.hears(caller, music)
		time.Sleep(5 * time.Second)
		s.hears(p, "sound:"+prompts.KeyOperatorPress) // twice
		s.press(p, "2")
		s.hears(caller, music)
		s.press(p, "1")
		s.hears(caller, "voice:"+outsideNumber)
		s.hears(p, citizen)
		s.is("op1", desk.Talking, "")
		s.crash(2 * time.Second)
		s.hears(caller, "voice:"+outsideNumber)
		s.press(p, "*1") // his keys are codes now
		s.hears(caller, music)
		s.press(p, "*1")
		time.Sleep(time.Minute)
		s.hangup(caller)
		s.over(p)
		if row := s.row("0461123456", "served", "", "caller"); row.Operator != "op1" {
			t.Errorf("row %+v", row)
		}
	})
}

// TestMailboxElsewhere: a mailbox answers; the citizen never hears it.
func TestMailboxElsewhere(t *testing.T) {
	playWith(t, operatorsRelease(), func(s *stage) {
		elsewhere(s)
		caller := s.queued("0461123456")
		p := s.ringElsewhere()
		s.answer(p)
		time.Sleep(15100 * time.Millisecond)
		s.over(p)
		s.hears(caller, music)
		if o := s.state("op1"); o.Missed != 1 {
			t.Errorf("missed %d", o.Missed)
		}
		time.Sleep(6 * time.Second)
		p = s.ringElsewhere() // tried again after a rest
		s.answer(p)
		s.crash(2 * time.Second) // whatever answered, the next process lets it go
		s.over(p)
		s.hears(caller, music)
		s.hangup(caller)
		s.settle()
		s.row("0461123456", "abandoned_queue", "", "caller")
	})
}

// TestElsewhereAsked: a colleague elsewhere is consulted.
func TestElsewhereAsked(t *testing.T) {
	playWith(t, operatorsRelease(), func(s *stage) {
		elsewhere(s)
		if err := s.duty("op1", ivr.DutyPause, ""); err != nil {
			t.Fatal(err)
		}
		s.register("op2")
		caller := s.queued("0461123456")
		op2 := s.ring("op2")
		s.answer(op2)
		if err := s.duty("op1", ivr.DutyReady, ""); err != nil {
			t.Fatal(err)
		}
		s.do(ivr.Consult, "11")
		p := s.ringElsewhere()
		s.answer(p)
		s.hears(p, "sound:"+prompts.KeyOperatorPress)
		s.hears(op2)
		time.Sleep(15100 * time.Millisecond)
		s.over(p)
		s.hears(caller, "voice:op2")
		s.do(ivr.Consult, "11")
		p = s.ringElsewhere()
		s.answer(p)
		s.press(p, "1")
		s.hears(op2, "voice:"+outsideNumber)
		s.hears(caller, music)
		s.hangup(caller)
		s.over(p)
		s.over(op2)
	})
}

// TestCallbackElsewhere: an operator elsewhere takes a callback; a mailbox takes none, and the citizen is not dialled.
func TestCallbackElsewhere(t *testing.T) {
	playWith(t, callbackRelease(), func(s *stage) {
		booked(s)
		elsewhere(s)
		p := s.ringElsewhere()
		s.answer(p)
		time.Sleep(15100 * time.Millisecond)
		s.over(p)
		time.Sleep(6 * time.Second)
		p = s.ringElsewhere()
		s.answer(p)
		time.Sleep(time.Second)
		s.press(p, "1")
		back := s.ringsBack(p)
		s.answer(back)
		time.Sleep(4100 * time.Millisecond)
		s.hears(back, "voice:"+outsideNumber)
		s.hangup(back)
		s.settle()
		s.over(p)
		if row := s.rows()[citizenNumber]; row.Outcome != "served" || row.Operator != "op1" {
			t.Errorf("row %+v", row)
		}
	})
}

// TestCallbackKilled: the process is killed at each step of a callback. The citizen is called back all the same, once more if his
// telephone had rung, and the operator is not stuck.
func TestCallbackKilled(t *testing.T) {
	steps := []func(*stage, *phonetest.Party) *phonetest.Party{
		func(*stage, *phonetest.Party) *phonetest.Party { return nil }, // the operator's telephone rings
		func(s *stage, op *phonetest.Party) *phonetest.Party { s.answer(op); return nil },
		func(s *stage, op *phonetest.Party) *phonetest.Party { return s.ringsBack(op) },
		func(s *stage, _ *phonetest.Party) *phonetest.Party { return nil },
	}
	for at := range steps {
		playWith(t, callbackRelease(), func(s *stage) {
			booked(s)
			s.register("op1")
			op := s.ring("op1")
			var back *phonetest.Party
			for i, step := range steps[:at+1] {
				if b := step(s, op); b != nil {
					back = b
				}
				if i == 3 {
					s.answer(back) // he hears who calls
				}
			}
			s.crash(3 * time.Second)
			s.over(op)
			if back != nil {
				s.over(back)
			}
			op = s.ring("op1")
			s.answer(op)
			back = s.ringsBack(op)
			s.answer(back)
			time.Sleep(4100 * time.Millisecond)
			s.hears(back, "voice:op1")
			s.hangup(back)
			s.settle()
			s.is("op1", desk.Ready, "")
			if row := s.rows()[citizenNumber]; row.Outcome != "served" || s.callback().State != ledger.CallbackDone {
				t.Errorf("killed at step %d: row %+v, callback %+v", at, row, s.callback())
			}
		})
	}
}
