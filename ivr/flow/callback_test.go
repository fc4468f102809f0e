package flow_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pronto/ivr/flow"
	"pronto/prompts"
)

// callbackRelease is that of awayBook with key 1 in the queue for a callback.
func callbackRelease(hours string) *prompts.Release {
	book := awayBook()
	n := book.Nodes["operator"]
	n.Keys["1"] = "call-me"
	book.Nodes["operator"] = n
	book.Nodes["call-me"] = prompts.Node{
		Name: "call-me", Kind: prompts.KindCallback, Say: []string{"call-you"}, Wait: 6 * time.Second, Between: 3 * time.Second, Tries: 3,
		Then: "goodbye", Otherwise: "operator",
	}
	book.Desk.Callback = prompts.Callback{Countries: []string{"IT"}, Hours: hours}
	r := release(book)
	r.Clips["it"][prompts.KeyQueueTurn] = prompts.Clip{Key: prompts.KeyQueueTurn, File: "it/" + prompts.KeyQueueTurn, Seconds: 4}
	return r
}

const (
	ownRead   = "callback-number digit/3 digit/3 digit/3 digit/1 digit/2 digit/3 digit/4 digit/5 digit/6 digit/7 callback-confirm"
	otherRead = "callback-number digit/0 digit/6 digit/6 digit/8 digit/2 digit/0 digit/1 digit/2 digit/3 callback-confirm"
)

// asks is a caller who has waited for 14 s and asks to be called back.
func asks(t *testing.T, number, hours string) *caller {
	c := newCaller(t, callbackRelease(hours)).tell(flow.Arrived{Number: number})
	return c.keys("0").heard().after(10*time.Second).keys("1").at("call-me", flow.PhaseSaying)
}

func TestCallback(t *testing.T) {
	booking := func(c *caller) flow.BookCallback {
		c.t.Helper()
		for _, a := range c.out {
			if b, ok := a.(flow.BookCallback); ok {
				return b
			}
		}
		c.t.Fatalf("nothing is booked: %s", describe(c.out))
		return flow.BookCallback{}
	}
	t.Run("at his own number, with his place", func(t *testing.T) {
		c := asks(t, "+393331234567", "").did("music(false) away say(call-you " + ownRead + ")")
		since := c.s.Queued
		c.heard().at("call-me", flow.PhaseWaiting).keys("1").did("bookcallback").at("call-me", flow.PhaseLooking).outcome(flow.AbandonedQueue, "away")
		b := booking(c)
		if b.Number != "+393331234567" || b.Topic != "information" || b.Class != 2 || !b.Since.Equal(since) || !b.NotBefore.IsZero() {
			t.Errorf("booked %+v", b)
		}
		c.tell(flow.Booked{}).did("unqueue say(callback-booked)").outcome(flow.Callback, "").heard().did("say(goodbye)").heard().outcome(flow.Callback, "")
		if wait, ok := c.s.WaitTime(c.now); !ok || wait > 90*time.Second || c.s.Entry != "" {
			t.Errorf("waited %v %v, entry %q", wait, ok, c.s.Entry)
		}
	})
	t.Run("at another number", func(t *testing.T) {
		c := asks(t, "3331234567", "").after(2 * time.Second).keys("2").did("hush say(callback-type)").keys("066820123#").did("say(" + otherRead + ")")
		c.after(2 * time.Second).keys("1").did("hush bookcallback")
		if b := booking(c); b.Number != "+39066820123" {
			t.Errorf("booked %s", b.Number)
		}
	})
	t.Run("whose number is withheld, foreign or costs more is asked", func(t *testing.T) {
		for _, number := range []string{"", "anonymous", "+4930123456", "892000", "800840840"} {
			asks(t, number, "").did("music(false) away say(call-you callback-type)")
		}
	})
	t.Run("numbers that may not be called are not taken", func(t *testing.T) {
		c := asks(t, "", "")
		for _, number := range []string{"12#", "8991234567#"} {
			c.keys(number).did("say(callback-refused callback-type)")
		}
		c.keys("004930123456#").did("back say(please-wait)").at("operator", flow.PhaseQueued) // three tries: he waits on
	})
	t.Run("silence and a wrong key", func(t *testing.T) {
		c := asks(t, "3331234567", "").heard().silence().did("say(" + ownRead + ")").keys("7").did("hush say(invalid-choice " + ownRead + ")").heard().silence()
		c.did("back say(please-wait)").at("operator", flow.PhaseQueued)
	})
	t.Run("the key that led here, twice, confirms nothing", func(t *testing.T) {
		asks(t, "3331234567", "").keys("1").did("").after(2 * time.Second).keys("1").did("hush bookcallback")
	})
	t.Run("out of the hours in which citizens are called", func(t *testing.T) {
		c := asks(t, "3331234567", "office")
		c.now = c.now.Add(9 * time.Hour)
		c.keys("1")
		if b := booking(c); !b.NotBefore.Equal(t0.AddDate(0, 0, 7).Add(-time.Hour)) {
			t.Errorf("not before %v", b.NotBefore)
		}
		c.tell(flow.Booked{}).did("unqueue say(callback-later)")
	})
	t.Run("there is one for the number", func(t *testing.T) {
		c := asks(t, "3331234567", "").heard().keys("1").tell(flow.Booked{Why: flow.CallbackAlready}).did("unqueue say(callback-already)")
		c.outcome(flow.Callback, "already").heard().did("say(goodbye)")
	})
	t.Run("none can be booked: he waits on", func(t *testing.T) {
		c := asks(t, "3331234567", "").heard().keys("1").tell(flow.Booked{Why: flow.CallbackFault}).did("say(callback-failed)")
		c.outcome(flow.AbandonedQueue, "away").heard().did("back say(please-wait)")
		asks(t, "3331234567", "").heard().keys("1").silence().did("say(callback-failed)").keys("#").did("hush back say(please-wait)")
	})
	t.Run("fetched before he confirms, not after", func(t *testing.T) {
		asks(t, "3331234567", "").tell(flow.Fetch{}).did("hush back say(queue-turn)")
		c := asks(t, "3331234567", "").heard().keys("1").tell(flow.Fetch{}).did("").tell(flow.Booked{}).did("unqueue say(callback-booked)")
		c.tell(flow.Fetch{}).did("")
	})
	t.Run("from a menu, without having waited", func(t *testing.T) {
		r := callbackRelease("")
		menu := r.Book.Nodes["topics"]
		menu.Topic, menu.Keys = "report", map[string]string{"1": "call-me"}
		r.Book.Nodes["topics"] = menu
		c := newCaller(t, r).tell(flow.Arrived{Number: "0612345678"}).keys("21").heard().keys("1")
		if b := booking(c); b.Topic != "report" || b.Class != 1 || !b.Since.Equal(c.now) {
			t.Errorf("booked %+v", b)
		}
		c.tell(flow.Booked{}).did("say(callback-booked)").outcome(flow.Callback, "")
	})
	t.Run("resumed", func(t *testing.T) {
		alone := flow.Resumed{Alone: true}
		c := asks(t, "3331234567", "").tell(alone).did("say(" + ownRead + ")").heard().keys("1").tell(alone).did("bookcallback")
		c.tell(flow.Booked{}).tell(alone).did("say(callback-booked)")
		asks(t, "3331234567", "").after(2 * time.Second).keys("2").tell(alone).did("say(call-you callback-type)")
		asks(t, "", "").keys("066820123#").tell(alone).did("say(" + otherRead + ")")
		c = asks(t, "3331234567", "").heard().keys("1").tell(flow.Booked{Why: flow.CallbackFault}).tell(alone).did("say(callback-failed)")
		c.heard().at("operator", flow.PhaseQueued)
	})
}

// TestNumbersStaySecret: neither the caller's number nor one that he types is in a note or in what is kept of the state.
func TestNumbersStaySecret(t *testing.T) {
	c := newCaller(t, callbackRelease(""))
	var notes []string
	step := func(ev flow.Event) {
		c.tell(ev)
		for _, a := range c.out {
			if n, ok := a.(flow.Note); ok {
				notes = append(notes, fmt.Sprintf("%s %s", n.Kind, n.Text))
			}
		}
		if written, err := c.s.Public().Encode(); err != nil || strings.Contains(written, "33312") || strings.Contains(written, "66820") {
			t.Errorf("the ledger's state has a number: %s %v", written, err)
		}
	}
	step(flow.Arrived{Number: "3331234567"})
	for _, keys := range []string{"0", "1", "2", "066820123#"} {
		c.after(2 * time.Second)
		for _, k := range []byte(keys) {
			step(flow.Key{Digit: k})
		}
	}
	c.after(2 * time.Second)
	step(flow.Key{Digit: '1'})
	step(flow.Booked{})
	c.outcome(flow.Callback, "")
	if all := strings.Join(notes, "\n"); strings.Contains(all, "33312") || strings.Contains(all, "66820") || strings.Contains(c.s.Path, "66820") {
		t.Errorf("the journal has a number:\n%s", all)
	}
}

// TestStateFits: whatever a call can hold at once fits the channel.
func TestStateFits(t *testing.T) {
	name := strings.Repeat("n", 48)
	long := t0.Add(123456789 * time.Nanosecond).In(time.FixedZone("", 3600))
	s := flow.State{
		Release: "0123456789ab", Arrived: long, Answered: long, Node: name, Phase: flow.PhaseRecording, Language: "it", Topic: name, Refused: "nobody",
		Try: 10, Step: 5, Unheard: 11, Typed: strings.Repeat("1", 16), Path: strings.Repeat("n>", 200), Plays: 999, Playing: true, SayStart: long,
		Length: time.Hour + 1, Chosen: true, Info: true, AdviceAt: long, Queued: long, Position: 300, Pending: 300, Band: 20, Drawn: name,
		Waited: time.Hour + 1, Away: name, Due: true, Comforts: 99, Comfort: time.Hour + 1, Operator: "operator-with-a-name", Talk: long, Talked: time.Hour + 1,
		Recording: 99, Rescue: "112", Marks: 1<<13 - 1, District: "0471", Entry: strings.Repeat("9", 18), Request: theCode, Unknown: 6, Caller: "+393331234567",
		Vars: map[string]string{},
	}
	for i := range 4 {
		s.Vars[fmt.Sprintf("a-long-variable%d", i)] = strings.Repeat("9", prompts.MaxDigits)
	}
	text, err := s.Encode()
	if err != nil || len(text) > flow.MaxEncoded {
		t.Fatalf("%d bytes: %v", len(text), err)
	}
	t.Logf("%d bytes, %d of them path", len(text), len(s.Path))
}
