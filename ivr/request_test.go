package ivr_test

import (
	"strings"
	"testing"
	"time"

	"pronto/ivr/ledger"
	"pronto/prompts"
)

// requestRelease takes offers with a code by key 7 and tells how a request stands by key 8.
func requestRelease() *prompts.Release {
	r := release()
	menu := r.Book.Nodes["welcome"]
	menu.Keys["7"], menu.Keys["8"] = "offer", "status"
	r.Book.Nodes["offer"] = prompts.Node{
		Name: "offer", Kind: prompts.KindMessage, Say: []string{"leave-message"}, Topic: "information", Longest: time.Minute, Request: true,
		Wait: 6 * time.Second, Then: "goodbye",
	}
	r.Book.Nodes["status"] = prompts.Node{
		Name: "status", Kind: prompts.KindRequest, Say: []string{"ask-request"}, Min: 8, Max: 8, Between: 3 * time.Second, Wait: 6 * time.Second,
		Tries: 2, Then: "goodbye", Otherwise: "operator",
	}
	for _, key := range []string{
		"ask-request", prompts.KeyAskInvalid, prompts.KeyRequestCode, prompts.KeyRequestAgain, prompts.KeyRequestOffer, prompts.KeyRequestUnknown,
		prompts.KeyRequestDown, prompts.KeyRequestOpen, prompts.KeyRequestWorking, prompts.KeyRequestClosed,
	} {
		r.Clips["it"][key] = prompts.Clip{Key: key, File: key, Seconds: 4}
	}
	for digit := byte('0'); digit <= '9'; digit++ {
		key := prompts.DigitKey(digit)
		r.Clips["it"][key] = prompts.Clip{Key: key, File: key, Seconds: 0.5}
	}
	return r
}

// requests are those in the ledger.
func (s *stage) requests() []ledger.Request {
	s.t.Helper()
	s.settle()
	all, err := s.ledger.Requests(s.t.Context(), ledger.RequestFilter{})
	if err != nil {
		s.t.Fatal(err)
	}
	return all
}

// TestRequestByPhone: a message opens a request, its caller is told the code, and hears by it later how the request stands.
func TestRequestByPhone(t *testing.T) {
	playWith(t, requestRelease(), func(s *stage) {
		p := s.call("3331234567")
		s.press(p, "7")
		time.Sleep(8100 * time.Millisecond)
		s.press(p, "#") // it is the end of the message at once
		s.settle()
		s.hangup(p)
		s.settle()
		p = s.call("3331234569")
		s.press(p, "7")
		time.Sleep(18 * time.Second)
		s.press(p, "#")
		s.hears(p, "sound:message-thanks")
		time.Sleep(4100 * time.Millisecond)
		s.hears(p, "sound:"+prompts.KeyRequestCode)
		all := s.requests()
		if len(all) != 1 {
			t.Fatalf("requests: %+v", all)
		}
		got := all[0]
		if got.Channel != ledger.ChannelMessage || got.Topic != "information" || got.Language != "it" || got.Contact != "3331234569" || got.State != ledger.StageOpen {
			t.Errorf("the request is %+v", got)
		}
		s.hangup(p)
		if row := s.rows()["3331234569"]; row.Outcome != "message" || row.Request != got.Code {
			t.Errorf("the call's request is %q, want %q", row.Request, got.Code)
		}

		ask := func(number, code, want string) {
			t.Helper()
			p := s.call(number)
			s.press(p, "8"+code+"#")
			s.settle()
			s.hears(p, "sound:"+want)
			s.hangup(p)
			s.settle()
		}
		ask("0612345601", got.Code, "request-open")
		closed := ledger.Change{Code: got.Code, By: "op1", State: ledger.StageClosed, Disposition: ledger.DispositionInDepth}
		if err := s.ledger.ChangeRequest(closed); err != nil {
			t.Fatal(err)
		}
		s.settle()
		ask("0612345602", got.Code, "request-closed")
		wrong := "0" + got.Code[1:]
		if got.Code[0] == '0' {
			wrong = "1" + got.Code[1:]
		}
		ask("0612345603", wrong, "request-unknown")
		ask("0612345604", "12345672", "request-unknown") // one that proves itself, and that nobody has
		if row := s.rows()["0612345601"]; strings.Contains(row.Path, got.Code) {
			t.Errorf("the path has the code: %s", row.Path)
		}
	})
}

// TestRequestOfAHangUp: a message whose caller hangs up while he speaks opens its request all the same, once, also when
// the process is killed between.
func TestRequestOfAHangUp(t *testing.T) {
	playWith(t, requestRelease(), func(s *stage) {
		p := s.call("3331234567")
		s.press(p, "7")
		time.Sleep(18 * time.Second)
		s.hangup(p)
		if all := s.requests(); len(all) != 1 || all[0].Contact != "3331234567" {
			t.Errorf("requests: %+v", all)
		}
		row := s.rows()["3331234567"]
		if all := s.requests(); row.Request != all[0].Code {
			t.Errorf("the call's request is %q, want %q", row.Request, all[0].Code)
		}
		p = s.call("3331234568")
		s.press(p, "7")
		time.Sleep(18 * time.Second)
		s.press(p, "#")
		s.hears(p, "sound:message-thanks")
		time.Sleep(4100 * time.Millisecond)
		s.hears(p, "sound:"+prompts.KeyRequestCode)
		s.crash(time.Second) // the code is on the channel: it is told again, and opens nothing twice
		time.Sleep(4100 * time.Millisecond)
		s.hears(p, "sound:"+prompts.KeyRequestCode)
		s.hangup(p)
		if all := s.requests(); len(all) != 2 {
			t.Errorf("requests: %+v", all)
		}
	})
}
