package ivr_test

import (
	"testing"
	"testing/synctest"
	"time"

	"pronto/ivr/desk"
	"pronto/ivr/ledger"
	"pronto/ivr/phone/phonetest"
	"pronto/prompts"
)

// codeRelease has the texts that operators hear.
func codeRelease() *prompts.Release {
	r := withDesk(func(d *prompts.Desk) { d.Misses = 1 })
	for _, key := range prompts.OperatorKeys() {
		r.Clips["it"][key] = prompts.Clip{Key: key, File: key, Seconds: 4}
	}
	return r
}

func (s *stage) dials(name, code string) *phonetest.Party {
	s.t.Helper()
	p := s.people.Operator(name).Dial(code)
	synctest.Wait()
	return p
}

// TestDialledCodes: what an operator dials has its effect, and he hears so. No code is a citizen's call.
func TestDialledCodes(t *testing.T) {
	playWith(t, codeRelease(), func(s *stage) {
		s.register("op1")
		caller := s.queued("0461123456")
		ring := s.ring("op1")
		time.Sleep(16 * time.Second)
		s.over(ring)
		s.is("op1", desk.Paused, desk.PauseMissed)

		p := s.dials("op1", "*15")
		s.hears(p, "sound:"+prompts.KeyOperatorPaused)
		time.Sleep(5 * time.Second)
		s.over(p)

		p = s.dials("op1", "*13")
		s.hears(p, "sound:"+prompts.KeyOperatorReady)
		s.hangup(p) // he need not hear the end of it
		s.answer(s.ring("op1"))
		s.hears(caller, "voice:op1")
		s.hangup(caller)
		s.settle()

		p = s.dials("op1", "*14")
		s.hears(p, "sound:"+prompts.KeyOperatorOutcome)
		s.press(p, "2")
		s.hears(p, "sound:"+prompts.KeyOperatorDisposed)
		time.Sleep(5 * time.Second)
		s.over(p)
		if row := s.row("0461123456", "served", "", "caller"); row.Disposition != "in_depth" {
			t.Errorf("disposition %q", row.Disposition)
		}

		p = s.dials("op1", "*12")
		s.press(p, "2")
		s.hears(p, "sound:"+prompts.KeyOperatorPaused)
		time.Sleep(5 * time.Second)
		s.is("op1", desk.Paused, "lunch")
		s.dialsAndHears("op1", "*11", prompts.KeyOperatorLoggedOut)
		s.is("op1", desk.Offline, "")
		s.dialsAndHears("op1", "*10", prompts.KeyOperatorLoggedIn)
		s.dialsAndHears("op1", "*99", prompts.KeyOperatorUnknown)
		if rows := s.rows(); len(rows) != 1 {
			t.Errorf("%d calls in the ledger: a code is no citizen's call", len(rows))
		}
	})
}

func (s *stage) dialsAndHears(name, code, key string) {
	s.t.Helper()
	p := s.dials(name, code)
	s.hears(p, "sound:"+key)
	time.Sleep(5 * time.Second)
	s.over(p)
}

// TestPIN: three wrong ones lock the account for a quarter of an hour. Who has one must log in.
func TestPIN(t *testing.T) {
	hash := ledger.HashPIN("4711")
	playWith(t, codeRelease(), func(s *stage) {
		s.line.SetStaff([]ledger.Operator{{Name: "op1", Kind: ledger.PhoneSIP, Enabled: true, PINHash: hash}})
		s.register("op1")
		s.is("op1", desk.Offline, "")
		p := s.dials("op1", "*10")
		for range 3 {
			s.hears(p, "sound:"+prompts.KeyOperatorPIN)
			s.press(p, "1234#")
			s.hears(p, "sound:"+prompts.KeyOperatorWrongPIN)
			time.Sleep(4100 * time.Millisecond)
		}
		s.hears(p, "sound:"+prompts.KeyOperatorLocked)
		time.Sleep(5 * time.Second)
		s.over(p)
		s.dialsAndHears("op1", "*10", prompts.KeyOperatorLocked)
		time.Sleep(15 * time.Minute)
		p = s.dials("op1", "*10")
		s.press(p, "4711#")
		s.hears(p, "sound:"+prompts.KeyOperatorLoggedIn)
		time.Sleep(5 * time.Second) // his telephone is free again
		s.is("op1", desk.Ready, "")
		p2 := s.dials("op1", "*11") // and nothing typed
		time.Sleep(20 * time.Second)
		s.over(p2)
		s.is("op1", desk.Ready, "")
	})
}
