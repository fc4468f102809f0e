package flow_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pronto/ivr/flow"
	"pronto/prompts"
)

const (
	theCode = "73914620"
	spoken  = "digit/7 digit/3 digit/9 digit/1 digit/4 digit/6 digit/2 digit/0"
	told    = "request-code " + spoken + " request-code-again " + spoken + " request-code-offer"
)

// requestRelease has a message that opens a request, and a node that tells how one stands.
func requestRelease(start string) *prompts.Release {
	book := kindsBook()
	book.Nodes["offer"] = prompts.Node{
		Name: "offer", Kind: prompts.KindMessage, Say: []string{"leave-offer"}, Topic: "information", Longest: time.Minute, Request: true,
		Wait: 6 * time.Second, Then: "no",
	}
	book.Nodes["status"] = prompts.Node{
		Name: "status", Kind: prompts.KindRequest, Say: []string{"ask-request"}, Min: 8, Max: 8, Between: 3 * time.Second, Wait: 6 * time.Second,
		Tries: 3, Then: "yes", Otherwise: "operator",
	}
	book.Start = start
	return release(book)
}

func TestRequestOpened(t *testing.T) {
	left := func(t *testing.T) *caller {
		c := newCaller(t, requestRelease("offer")).arrive().heard().did("record").after(10 * time.Second)
		return c.keys("#").tell(flow.Recorded{Length: 10 * time.Second}).did("newcode").at("offer", flow.PhaseLooking)
	}
	coded := func(t *testing.T) *caller {
		return left(t).tell(flow.Coded{Code: theCode}).did("openrequest say(message-thanks "+told+")").outcome(flow.Message, "")
	}
	owes := func(c *caller, want bool) {
		c.t.Helper()
		if got := flow.OwesRequest(c.s, c.now); got != want {
			c.t.Errorf("a request is owed: %v, want %v", got, want)
		}
	}
	t.Run("the code is told twice and on demand", func(t *testing.T) {
		c := coded(t).heard().did("").at("offer", flow.PhaseOffering).keys("1").did("say(" + told + ")")
		c.after(5*time.Second).keys("1").did("hush say("+told+")").heard().silence().did("say(no)").at("no", flow.PhaseSaying)
		owes(c, false)
	})
	t.Run("another key goes on, and is kept", func(t *testing.T) {
		r := requestRelease("offer")
		next := r.Book.Nodes["no"]
		next.Keys = map[string]string{"4": "goodbye"}
		r.Book.Nodes["no"] = next
		c := coded(t)
		c.r = r
		c.after(2 * time.Second).keys("4").did("hush say(goodbye)")
	})
	t.Run("a double stroke at the end of the recording does nothing", func(t *testing.T) { coded(t).keys("#51").did("") })
	t.Run("no code: thanks, and the request is owed", func(t *testing.T) {
		c := left(t).tell(flow.Coded{}).did("say(message-thanks)").heard().at("no", flow.PhaseSaying)
		owes(c, true)
		c = left(t).silence().did("say(message-thanks)").tell(flow.Coded{Code: theCode}).did("")
		owes(c, true)
	})
	t.Run("hung up while speaking", func(t *testing.T) {
		c := newCaller(t, requestRelease("offer")).arrive().heard().after(time.Second)
		owes(c, false)
		owes(c.after(time.Second), true)
		owes(c.tell(flow.Recorded{Failed: true}), false)
	})
	t.Run("another code for another message", func(t *testing.T) {
		c := coded(t)
		c.s.Node, c.s.Phase, c.s.Step, c.s.Playing = "offer", flow.PhaseSaying, 0, true
		c.heard().after(5 * time.Second).tell(flow.Recorded{Length: 5 * time.Second}).did("newcode")
	})
	t.Run("resumed", func(t *testing.T) {
		left(t).tell(flow.Resumed{Alone: true}).did("newcode")
		c := coded(t).tell(flow.Resumed{Alone: true}).did("openrequest say(message-thanks " + told + ")")
		for _, a := range c.out {
			if open, ok := a.(flow.OpenRequest); ok && open.Code != theCode {
				t.Errorf("opened under %q", open.Code)
			}
		}
		coded(t).heard().tell(flow.Resumed{Alone: true}).did("openrequest say(message-thanks " + told + ")")
	})
	t.Run("stopped", func(t *testing.T) { owes(left(t).tell(flow.Stop{}).outcome(flow.Message, ""), true) })
}

func TestRequestStatus(t *testing.T) {
	ask := func(t *testing.T) *caller {
		return newCaller(t, requestRelease("status")).arrive().did("answer say(ask-request)")
	}
	typed := func(t *testing.T) *caller {
		return ask(t).keys(theCode+"#").did("lookup").at("status", flow.PhaseLooking)
	}
	friday := time.Date(2026, 11, 20, 23, 30, 0, 0, time.UTC)
	t.Run("told with its dates", func(t *testing.T) {
		for state, want := range map[flow.RequestState]string{
			flow.RequestOpen:       "request-open request-opened-on day/20 month/11",
			flow.RequestInProgress: "request-in-progress request-opened-on day/20 month/11",
		} {
			c := typed(t).tell(flow.Found{State: state, Opened: friday}).did("say("+want+")").outcome(flow.AbandonedMenu, "")
			c.heard().did("say(yes)").outcome(flow.Informed, "")
		}
		c := typed(t).tell(flow.Found{State: flow.RequestClosed, Opened: friday, Closed: t0})
		c.did("say(request-closed request-opened-on day/20 month/11 request-closed-on day/25 month/11)")
		c.after(5*time.Second).outcome(flow.Informed, "")
	})
	t.Run("the day is the line's", func(t *testing.T) {
		c := typed(t)
		c.r.Book.Line.Timezone = "Europe/Rome"
		c.tell(flow.Found{State: flow.RequestOpen, Opened: friday}).did("say(request-open request-opened-on day/21 month/11)")
	})
	t.Run("no date that would mislead, or is not there", func(t *testing.T) {
		typed(t).tell(flow.Found{State: flow.RequestOpen, Opened: t0.AddDate(-1, 0, 0)}).did("say(request-open)")
		c := typed(t)
		delete(c.r.Clips["it"], prompts.MonthKey(time.November))
		c.tell(flow.Found{State: flow.RequestOpen, Opened: friday}).did("say(request-open)")
	})
	t.Run("all digits end it, after a moment for the hash", func(t *testing.T) { ask(t).keys(theCode).silence().did("lookup") })
	t.Run("a key skips what is told, and is kept", func(t *testing.T) {
		r := requestRelease("status")
		next := r.Book.Nodes["yes"]
		next.Keys = map[string]string{"4": "goodbye"}
		r.Book.Nodes["yes"] = next
		newCaller(t, r).arrive().keys(theCode + "#").tell(flow.Found{State: flow.RequestOpen}).keys("4").did("hush say(goodbye)")
		newCaller(t, r).arrive().keys(theCode + "#4").tell(flow.Found{State: flow.RequestOpen}).heard().did("say(goodbye)")
	})
	t.Run("too few digits", func(t *testing.T) { ask(t).keys("123#").did("say(ask-invalid ask-request)") })
	t.Run("unknown", func(t *testing.T) {
		c := typed(t).tell(flow.Found{}).did("say(request-unknown ask-request)").keys(theCode + "#").tell(flow.Found{})
		c.did("say(request-unknown ask-request)").keys(theCode+"#").tell(flow.Found{}).at("operator", flow.PhaseQueued)
	})
	t.Run("who tries codes gets few of them", func(t *testing.T) {
		c := ask(t)
		looked := 0
		for range 20 {
			c.s.Try, c.s.Node = 1, "status"
			c.keys(theCode + "#")
			if c.s.Phase != flow.PhaseLooking {
				t.Fatalf("after %d codes: %s", looked, c.s.Phase)
			}
			looked++
			if c.tell(flow.Found{}); c.s.Node != "status" {
				break
			}
		}
		if looked != 6 {
			t.Errorf("%d codes were looked up", looked)
		}
	})
	t.Run("it can not be looked up", func(t *testing.T) {
		typed(t).tell(flow.Found{Failed: true}).did("say(request-unavailable)").heard().at("operator", flow.PhaseQueued)
		typed(t).silence().did("say(request-unavailable)").keys("#").at("operator", flow.PhaseQueued)
	})
	t.Run("an answer that comes late is nothing", func(t *testing.T) {
		typed(t).silence().tell(flow.Found{State: flow.RequestOpen}).did("").at("status", flow.PhaseSaying)
	})
	t.Run("resumed", func(t *testing.T) {
		alone := flow.Resumed{Alone: true}
		typed(t).tell(alone).did("lookup").tell(flow.Found{State: flow.RequestOpen}).did("say(request-open)").tell(alone).did("lookup")
		ask(t).keys("739").tell(alone).did("say(ask-request)")
		typed(t).tell(flow.Found{Failed: true}).tell(alone).did("say(ask-request)")
	})
}

// TestCodesStaySecret: the code of a request, told or typed, is in no note and in nothing that is kept of the state.
func TestCodesStaySecret(t *testing.T) {
	for _, start := range []string{"offer", "status"} {
		c := newCaller(t, requestRelease(start))
		var notes []string
		step := func(ev flow.Event) {
			c.tell(ev)
			for _, a := range c.out {
				if n, ok := a.(flow.Note); ok {
					notes = append(notes, fmt.Sprintf("%s %s", n.Kind, n.Text))
				}
			}
			written, err := c.s.Public().Encode()
			if err != nil || strings.Contains(written, theCode[:4]) {
				t.Errorf("the ledger's state has the code: %s %v", written, err)
			}
		}
		step(flow.Arrived{})
		if start == "offer" {
			c.after(8 * time.Second)
			step(flow.Said{ID: c.s.Plays})
			c.after(5 * time.Second)
			step(flow.Recorded{Length: 5 * time.Second})
			step(flow.Coded{Code: theCode})
		} else {
			for _, k := range []byte(theCode + "#") {
				step(flow.Key{Digit: k})
			}
			step(flow.Found{State: flow.RequestOpen})
		}
		if text, _ := c.s.Encode(); !strings.Contains(text, theCode) {
			t.Errorf("%s: the channel does not keep the code: %s", start, text)
		}
		if all := strings.Join(notes, "\n"); strings.Contains(all, theCode[:3]) {
			t.Errorf("the journal has the code:\n%s", all)
		}
	}
}
