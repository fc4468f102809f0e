package ivr_test

import (
	"strings"
	"testing"
	"time"

	"pronto/ivr"
	"pronto/ivr/desk"
	"pronto/ivr/ledger"
	"pronto/ivr/phone/phonetest"
)

// conversation is one of a caller with op1; op2 is ready. op2's short number is 12.
func conversation(s *stage) (caller, op1 *phonetest.Party) {
	s.t.Helper()
	s.line.SetStaff([]ledger.Operator{
		{Name: "op1", Ext: "11", Kind: ledger.PhoneSIP, Enabled: true}, {Name: "op2", Ext: "12", Kind: ledger.PhoneSIP, Enabled: true},
	})
	s.register("op1")
	caller = s.queued("0461123456")
	op1 = s.ring("op1")
	s.answer(op1)
	s.register("op2")
	s.hears(caller, "voice:op1")
	return caller, op1
}

func (s *stage) command(verb ivr.Verb, to string) error {
	s.t.Helper()
	st, err := s.line.State(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	for _, o := range st.Desk.Operators {
		if o.State == desk.Talking && !o.Engaged {
			return s.line.Command(s.t.Context(), ivr.Command{Call: o.Ticket, By: o.Name, Verb: verb, To: to})
		}
	}
	s.t.Fatal("nobody is in conversation")
	return nil
}

func (s *stage) do(verb ivr.Verb, to string) {
	s.t.Helper()
	if err := s.command(verb, to); err != nil {
		s.t.Fatalf("%s %s: %v", verb, to, err)
	}
}

const (
	citizen = "voice:0461123456"
	music   = "music"
)

func TestHold(t *testing.T) {
	play(t, func(s *stage) {
		caller, op1 := conversation(s)
		s.press(op1, "*1")
		s.hears(caller, music)
		s.hears(op1)
		if err := s.command(ivr.Hold, ""); err == nil {
			t.Error("held twice")
		}
		s.press(op1, "*1")
		s.hears(caller, "voice:op1")
		s.hears(op1, citizen)
		s.hangup(caller)
		s.row("0461123456", "served", "", "caller")
	})
}

func TestConsultAndComplete(t *testing.T) {
	play(t, func(s *stage) {
		caller, op1 := conversation(s)
		s.press(op1, "*212#")
		op2 := s.ring("op2")
		s.hears(caller, music)
		s.answer(op2)
		s.hears(op1, "voice:op2")
		s.hears(op2, "voice:op1")
		s.hears(caller, music)
		s.is("op2", desk.Talking, "")
		s.press(op1, "*3")
		s.over(op1)
		s.hears(caller, "voice:op2")
		s.hears(op2, citizen)
		s.is("op1", desk.Ready, "")
		time.Sleep(time.Minute)
		s.hangup(op2)
		s.settle()
		s.is("op2", desk.Ready, "")
		time.Sleep(10 * time.Second) // goodbye
		if row := s.row("0461123456", "served", "", "operator"); row.Operator != "op2" || row.Talk < time.Minute {
			t.Errorf("%s talked %v", row.Operator, row.Talk)
		}
	})
}

func TestConsultEnds(t *testing.T) {
	for name, tt := range map[string]struct {
		answer bool
		then   func(*stage, *phonetest.Party, *phonetest.Party)
		hears  string // by the caller, from then on
	}{
		"back":                       {true, func(s *stage, op1, _ *phonetest.Party) { s.press(op1, "*5") }, "voice:op1"},
		"back while it rings":        {false, func(s *stage, op1, _ *phonetest.Party) { s.press(op1, "*5") }, "voice:op1"},
		"rejected":                   {false, func(s *stage, _, op2 *phonetest.Party) { _ = op2.Reject(603) }, "voice:op1"},
		"not answered":               {false, func(*stage, *phonetest.Party, *phonetest.Party) { time.Sleep(20 * time.Second) }, "voice:op1"},
		"the colleague hangs up":     {true, func(s *stage, _, op2 *phonetest.Party) { s.hangup(op2) }, "voice:op1"},
		"the operator hangs up":      {true, func(s *stage, op1, _ *phonetest.Party) { s.hangup(op1) }, "voice:op2"},
		"conference":                 {true, func(s *stage, op1, _ *phonetest.Party) { s.press(op1, "*4") }, "voice:op1 voice:op2"},
		"the caller hears nobody":    {true, func(*stage, *phonetest.Party, *phonetest.Party) {}, music},
		"he hangs up while it rings": {false, func(s *stage, op1, _ *phonetest.Party) { s.hangup(op1) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *stage) {
				caller, op1 := conversation(s)
				s.do(ivr.Consult, "op2")
				op2 := s.ring("op2")
				if tt.answer {
					s.answer(op2)
				}
				tt.then(s, op1, op2)
				s.hears(caller, strings.Fields(tt.hears)...)
				if name != "he hangs up while it rings" { // the book has nothing more for the caller then
					s.hangup(caller)
				}
				s.settle()
				s.over(caller)
				s.over(op1)
				s.over(op2)
				s.is("op1", desk.Ready, "")
				s.is("op2", desk.Ready, "")
				if row := s.rows()["0461123456"]; row.Outcome != "served" {
					t.Errorf("outcome %s", row.Outcome)
				}
			})
		})
	}
}

func TestTransferToAnOperator(t *testing.T) {
	play(t, func(s *stage) {
		caller, op1 := conversation(s)
		s.do(ivr.TransferOperator, "12")
		s.over(op1)
		time.Sleep(4100 * time.Millisecond)
		op2 := s.ring("op2")
		s.silent("op1")
		s.answer(op2)
		s.hears(caller, "voice:op2")
		s.hangup(caller)
		s.row("0461123456", "served", "", "caller")
	})
}

func TestTransferToATopic(t *testing.T) {
	play(t, func(s *stage) {
		caller, op1 := conversation(s)
		s.press(op1, "*62") // report
		s.over(op1)
		time.Sleep(4100 * time.Millisecond)
		s.answer(s.ring("op2"))
		s.hears(caller, "voice:op2")
		s.hangup(caller)
		if row := s.row("0461123456", "served", "", "caller"); row.Topic != "report" {
			t.Errorf("topic %s", row.Topic)
		}
	})
}

func TestRescueInConversation(t *testing.T) {
	for name, tt := range map[string]struct {
		verb  ivr.Verb
		hears string
	}{"conference": {ivr.RescueConference, "voice:112 voice:op1"}, "blind": {ivr.RescueBlind, "voice:112"}} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *stage) {
				caller, op1 := conversation(s)
				s.do(tt.verb, "")
				rescue := (<-s.people.Rescue("112").Incoming())
				s.hears(caller, "voice:op1") // nobody waits alone
				s.answer(rescue)
				s.hears(caller, strings.Fields(tt.hears)...)
				if tt.verb == ivr.RescueConference {
					s.hangup(op1)
				}
				s.hears(caller, "voice:112")
				s.over(op1)
				s.is("op1", desk.Ready, "")
				s.hangup(caller)
				s.settle()
				s.over(rescue)
				if row := s.row("0461123456", "served", "", "caller"); row.RescueNumber != "112" {
					t.Errorf("rescue number %q", row.RescueNumber)
				}
			})
		})
	}
}

func TestRescueDoesNotAnswer(t *testing.T) {
	play(t, func(s *stage) {
		caller, op1 := conversation(s)
		s.do(ivr.RescueBlind, "")
		if err := (<-s.people.Rescue("112").Incoming()).Reject(486); err != nil {
			t.Fatal(err)
		}
		s.hears(caller, "voice:op1")
		s.hears(op1, citizen)
		s.hangup(caller)
		s.row("0461123456", "served", "", "caller")
	})
}

// TestConversationSurvives: the process dies in each arrangement; nobody is hung up, and each hears whom he heard.
func TestConversationSurvives(t *testing.T) {
	for name, tt := range map[string]struct {
		verbs            []ivr.Verb
		caller, op1, op2 string
	}{
		"hold":         {[]ivr.Verb{ivr.Hold}, music, "", ""},
		"consultation": {[]ivr.Verb{ivr.Consult}, music, "voice:op2", "voice:op1"},
		"conference":   {[]ivr.Verb{ivr.Consult, ivr.ConferenceOfAll}, "voice:op1 voice:op2", citizen + " voice:op2", citizen + " voice:op1"},
		"handed over":  {[]ivr.Verb{ivr.Consult, ivr.Complete}, "voice:op2", "-", citizen},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *stage) {
				caller, op1 := conversation(s)
				var op2 *phonetest.Party
				for _, v := range tt.verbs {
					s.do(v, "op2")
					if v == ivr.Consult {
						op2 = s.ring("op2")
						s.answer(op2)
					}
				}
				check := func() {
					s.t.Helper()
					s.hears(caller, strings.Fields(tt.caller)...)
					if tt.op1 != "-" {
						s.hears(op1, strings.Fields(tt.op1)...)
					}
					if op2 != nil {
						s.hears(op2, strings.Fields(tt.op2)...)
					}
				}
				check()
				s.crash(3 * time.Second)
				check()
				s.hangup(caller)
				s.settle()
				s.over(op1)
				s.is("op1", desk.Ready, "")
				s.is("op2", desk.Ready, "")
				if row := s.rows()["0461123456"]; row.Outcome != "served" {
					t.Errorf("outcome %s", row.Outcome)
				}
			})
		})
	}
}

func TestCommandsAreRefusedInWords(t *testing.T) {
	play(t, func(s *stage) {
		caller, _ := conversation(s)
		for verb, tt := range map[ivr.Verb]struct{ to, want string }{
			ivr.Consult:          {"op9", "no operator"},
			ivr.TransferOperator: {"11", "yourself"},
			ivr.TransferTopic:    {"nothing", "no topic"},
			ivr.Resume:           {"", "not on hold"},
			"dance":              {"", "no command"},
		} {
			if err := s.command(verb, tt.to); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s: %v, want %q in it", verb, err, tt.want)
			}
		}
		if err := s.line.Command(s.t.Context(), ivr.Command{Call: "nobody", Verb: ivr.Hold}); err == nil {
			t.Error("a command for no call")
		}
		if err := s.duty("op2", ivr.DutyPause, "lunch"); err != nil {
			t.Fatal(err)
		}
		if err := s.command(ivr.Consult, "op2"); err == nil || !strings.Contains(err.Error(), "paused") {
			t.Errorf("consult who is paused: %v", err)
		}
		s.hears(caller, "voice:op1")
		s.hangup(caller)
	})
}
