package ivr_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pronto/prompts"
)

// kindsRelease asks for a code before the menu "welcome", and goes to the alert and by district first.
func kindsRelease() *prompts.Release {
	r := release()
	book := r.Book
	book.Areas = map[string]prompts.Area{"tyrol": {Districts: []string{"0471"}}}
	for _, n := range []prompts.Node{
		{Name: "first", Kind: prompts.KindBranch, On: prompts.OnAlert, Cases: []prompts.Case{{Is: "yes", Then: "told"}}, Otherwise: "where"},
		{Name: "told", Kind: prompts.KindSay, Say: []string{prompts.KeyAlert}, Then: "where"},
		{Name: "where", Kind: prompts.KindBranch, On: prompts.OnDistrict, Cases: []prompts.Case{{Is: "tyrol", Then: "alerts"}}, Otherwise: "code"},
		{
			Name: "code", Kind: prompts.KindAsk, Say: []string{"welcome"}, Variable: "code", Min: 4, Max: 8, Between: 3 * time.Second,
			Wait: 6 * time.Second, Tries: 2, Confirm: true, Then: "by-code", Otherwise: "goodbye",
		},
		{
			Name: "by-code", Kind: prompts.KindBranch, On: prompts.OnVariable, Variable: "code",
			Cases: []prompts.Case{{Is: "739*", Then: "alerts"}}, Otherwise: "welcome",
		},
	} {
		book.Nodes[n.Name] = n
	}
	book.Start = "first"
	clips := r.Clips["it"]
	for _, key := range []string{prompts.KeyAskRead, prompts.KeyAskConfirm, prompts.KeyAskInvalid} {
		clips[key] = prompts.Clip{Key: key, File: key, Seconds: 4}
	}
	for digit := byte('0'); digit <= '9'; digit++ {
		key := prompts.DigitKey(digit)
		clips[key] = prompts.Clip{Key: key, File: key, Seconds: 4}
	}
	return r
}

// TestTypedIsNotWrittenDown: the channel keeps what a caller typed over a crash, the ledger never has it.
func TestTypedIsNotWrittenDown(t *testing.T) {
	const secret = "73918462"
	playWith(t, kindsRelease(), func(s *stage) {
		p := s.call("3331234567")
		s.hears(p, "sound:welcome")
		s.press(p, secret+"#")
		open, err := s.ledger.OpenCalls(s.t.Context())
		for ; err == nil && len(open) == 0; open, err = s.ledger.OpenCalls(s.t.Context()) {
			s.settle()
		}
		if err != nil || len(open) != 1 {
			t.Fatalf("%d calls: %v", len(open), err)
		}
		if state := open[0].State; strings.Contains(state, secret) || strings.Contains(state, `"k1"`) {
			t.Errorf("the ledger has what was typed: %s", state)
		}
		s.crash(time.Second)
		time.Sleep(4100 * time.Millisecond) // "you typed"
		s.press(p, "1")
		s.hears(p, "sound:alerts-text")
		s.settle()
		if open, err = s.ledger.OpenCalls(s.t.Context()); err != nil || len(open) != 1 || strings.Contains(open[0].State, `"k2"`) {
			t.Errorf("the ledger has the variable: %+v, %v", open, err)
		}
		s.hangup(p)
		s.row("3331234567", "abandoned_menu", "", "caller")
	})
}

// TestAlertReachesCalls: an alert that is raised counts for the next call, for a call in progress, and until it expires.
func TestAlertReachesCalls(t *testing.T) {
	playWith(t, kindsRelease(), func(s *stage) {
		alert := &prompts.Alert{
			Areas: []string{"tyrol"}, Expires: time.Now().Add(time.Minute),
			Clips: map[string]prompts.Clip{"it": {Key: prompts.KeyAlert, File: "alert-clip", Seconds: 4}},
		}
		call := func(number, hears string) {
			t.Helper()
			p := s.call(number)
			s.hears(p, "sound:"+hears)
			s.hangup(p)
			synctest.Wait()
		}
		call("0471413111", "alerts-text")
		s.line.SetAlert(alert)
		call("0471413112", "alert-clip")
		call("0668201111", "welcome")
		call("3331234567", "alert-clip")
		time.Sleep(time.Minute)
		call("0471413113", "alerts-text")
		s.line.SetAlert(nil)
		call("3331234568", "welcome")
	})
}
