package main

import (
	"slices"
	"sort"
	"testing"
	"time"

	"pronto/asterisk/siptest"
)

// The tests of this file share one line: each uses callers of its own.
func TestCalls(t *testing.T) {
	r := startRig(t, rigOptions{})
	for _, test := range []struct {
		name string
		run  func(*testing.T, *rig)
	}{
		{"answer and barge-in", testBargeIn},
		{"rescue transfer", testRescueTransfer},
		{"rescue busy", testRescueBusy},
		{"informed", testInformed},
		{"languages", testLanguages},
		{"mailbox when closed", testMailbox},
		{"operator", testOperator},
		{"words after the conversation", testWordsAfterwards},
		{"silent caller", testSilentCaller},
		{"keys ahead", testKeysAhead},
		{"two operators", testTwoConversations},
		{"ring time-out", testRingTimeout},
		{"misbehaviour", testMisbehaviour},
	} {
		t.Run(test.name, func(t *testing.T) {
			sub := *r
			sub.t = t
			test.run(t, &sub)
			sub.clean()
		})
	}
	r.audited()
}

// median of some durations, for the log.
func percentile(d []time.Duration, p float64) time.Duration {
	if len(d) == 0 {
		return 0
	}
	d = slices.Clone(d)
	sort.Slice(d, func(i, j int) bool { return d[i] < d[j] })
	return d[min(len(d)-1, int(p*float64(len(d))))]
}

// testBargeIn: answered, first sound within 300 ms; key 1 at any moment of the first prompt -> the rescue advice
// within 300 ms of the key, and the first prompt is not heard any more.
func testBargeIn(t *testing.T, r *rig) {
	var first, advice []time.Duration
	for i := range 12 {
		before := time.Now()
		c := r.call(siptest.Config{Tone: toneCaller})
		answered := time.Now()
		began := r.hears(c.Call, toneWelcome, 3*time.Second)
		first = append(first, began.Sub(answered))
		if total := began.Sub(before); total > 2*time.Second {
			t.Errorf("from INVITE to the first sound: %s", total)
		}
		time.Sleep(time.Duration(i) * 220 * time.Millisecond) // the moment of the key: all over the 3 s of the prompt
		c.Mark()
		r.press(c, "1")
		key := c.LastKeyEnd()
		heard := r.hears(c.Call, toneDial112, 3*time.Second)
		advice = append(advice, heard.Sub(key))
		if c.HasTone(toneWelcome, heard.Add(60*time.Millisecond), heard.Add(time.Second)) {
			t.Error("the first prompt is still heard beside the advice")
		}
		r.hangup(c.Call)
		r.outcome(c.number, "abandoned_menu") // advice not heard to its end
	}
	t.Logf("answer to first sound: median %s, worst %s; end of key to advice: median %s, worst %s",
		percentile(first, .5), percentile(first, 1), percentile(advice, .5), percentile(advice, 1))
	if worst := percentile(first, 1); worst > 300*time.Millisecond {
		t.Errorf("first sound %s after the answer, want 300 ms at most", worst)
	}
	if worst := percentile(advice, 1); worst > 300*time.Millisecond {
		t.Errorf("advice %s after the key, want 300 ms at most", worst)
	}
}

// testRescueTransfer: the advice twice, the offer, key 1, the carrier's peer rings, both hear each other.
func testRescueTransfer(t *testing.T, r *rig) {
	c := r.call(siptest.Config{Tone: toneCaller})
	r.press(c, "1")
	first := r.hears(c.Call, toneDial112, 3*time.Second)
	offer := r.hears(c.Call, toneOffer, 6*time.Second)
	if d := offer.Sub(first); d < 3800*time.Millisecond || d > 4500*time.Millisecond {
		t.Errorf("the offer comes %s after the advice began; twice 2 s were expected", d)
	}
	r.press(c, "1")
	carrier := r.rings(r.carrier, 3*time.Second)
	if got := carrier.To(); got != "112" {
		t.Errorf("the carrier is asked for %q, want 112", got)
	}
	if err := carrier.Answer(r.ctx(3 * time.Second)); err != nil {
		t.Fatal(err)
	}
	r.hears(c.Call, toneCarrier, 3*time.Second)
	r.hears(carrier, toneCaller, 3*time.Second)
	r.hangup(carrier)
	r.hears(c.Call, toneGoodbye, 3*time.Second)
	r.await(c.Done(), 5*time.Second, "the call ends after the goodbye")
	row := r.outcome(c.number, "redirected")
	if row.Detail != "connected" || row.RescueNumber != "112" {
		t.Errorf("row: %+v", row)
	}
}

// testRescueBusy: busy leads back to the advice; a second failure to the advice without an offer; never a dead line.
func testRescueBusy(t *testing.T, r *rig) {
	c := r.call(siptest.Config{Tone: toneCaller})
	r.press(c, "1")
	r.hears(c.Call, toneDial112, 3*time.Second)
	time.Sleep(1700 * time.Millisecond) // a second stroke of the same key dials nothing
	for range 2 {
		c.Mark()
		r.press(c, "1")
		carrier := r.rings(r.carrier, 3*time.Second)
		if err := carrier.Reject(r.ctx(3*time.Second), 486); err != nil {
			t.Fatal(err)
		}
		r.hears(c.Call, toneFailed, 3*time.Second)
		r.hears(c.Call, toneDial112, 3*time.Second)
		time.Sleep(1700 * time.Millisecond)
	}
	r.hears(c.Call, toneGoodbye, 8*time.Second)
	r.await(c.Done(), 5*time.Second, "the call ends after the goodbye")
	if row := r.outcome(c.number, "redirected"); row.Detail != "advised" {
		t.Errorf("row: %+v", row)
	}
}

func testInformed(t *testing.T, r *rig) {
	c := r.call(siptest.Config{Tone: toneCaller})
	r.press(c, "2")
	r.hears(c.Call, toneInfoMenu, 3*time.Second)
	r.press(c, "1")
	text := r.hears(c.Call, toneLongText, 3*time.Second)
	end := r.hears(c.Call, toneGoodbye, 12*time.Second)
	if d := end.Sub(text); d < 7800*time.Millisecond || d > 8600*time.Millisecond {
		t.Errorf("the text of 8 s was heard for %s", d)
	}
	r.await(c.Done(), 5*time.Second, "the call ends after the goodbye")
	row := r.outcome(c.number, "informed")
	if row.Path != "welcome>info>text>goodbye" || row.EndedBy != "line" {
		t.Errorf("row: %+v", row)
	}
}

func testLanguages(t *testing.T, r *rig) {
	c := r.call(siptest.Config{Tone: toneCaller})
	r.press(c, "9")
	r.hears(c.Call, toneLangIT, 3*time.Second)
	r.hears(c.Call, toneLangEN, 3*time.Second)
	r.press(c, "2")
	r.hears(c.Call, toneWelcomeEN, 3*time.Second)
	r.press(c, "7") // no such key: told so, and the prompt again
	r.hears(c.Call, toneOtherEN, 3*time.Second)
	r.hears(c.Call, toneWelcomeEN, 3*time.Second)
	r.hangup(c.Call)
	if row := r.outcome(c.number, "abandoned_menu"); row.Language != "en" {
		t.Errorf("row: %+v", row)
	}
}

func testMailbox(t *testing.T, r *rig) {
	c := r.call(siptest.Config{Tone: toneCaller})
	r.press(c, "5")
	r.hears(c.Call, toneMailbox, 3*time.Second)
	time.Sleep(5 * time.Second) // text, tone, and some seconds of message
	r.press(c, "#")
	r.hears(c.Call, toneThanks, 3*time.Second)
	r.hears(c.Call, toneGoodbye, 3*time.Second)
	r.await(c.Done(), 5*time.Second, "the call ends after the goodbye")
	row := r.outcome(c.number, "message")
	if row.Detail == "" {
		t.Errorf("the row does not name the recording: %+v", row)
	}
	r.recordingHas(row.Detail, toneCaller)
}

// testOperator: key 0, the operator's phone rings, both talk; the row tells the wait and the talk.
func testOperator(t *testing.T, r *rig) {
	op := r.operator("op1", toneOp1)
	r.ready(1)
	c := r.call(siptest.Config{Tone: toneCaller})
	r.press(c, "0")
	o := r.takes(op, 3*time.Second)
	r.hears(c.Call, toneOp1, 3*time.Second)
	r.hears(o, toneCaller, 3*time.Second)
	time.Sleep(time.Second)
	r.hangup(o)
	r.hears(c.Call, toneGoodbye, 3*time.Second)
	r.await(c.Done(), 5*time.Second, "the call ends after the goodbye")
	row := r.outcome(c.number, "served")
	if row.Operator != "op1" || row.Talk == nil || *row.Talk < 1 || *row.Talk > 5 || row.QueueWait == nil || *row.QueueWait > 3 ||
		row.EndedBy != "operator" || row.Topic != "information" {
		t.Errorf("row: %+v", row)
	}
	// The other way round: the caller hangs up, the operator is free again.
	c = r.call(siptest.Config{Tone: toneCaller})
	r.press(c, "0")
	o = r.takes(op, 3*time.Second)
	r.hears(o, toneCaller, 3*time.Second)
	r.hangup(c.Call)
	r.await(o.Done(), 2*time.Second, "the operator's leg ends with the caller's")
	if row := r.outcome(c.number, "served"); row.EndedBy != "caller" {
		t.Errorf("row: %+v", row)
	}
	r.ready(1)
	if err := op.Unregister(r.ctx(5 * time.Second)); err != nil {
		t.Fatal(err)
	}
	r.ready(0)
}

// testWordsAfterwards: what is said when the operator has gone is heard each time, not only when the switch was quick to
// part the two.
func testWordsAfterwards(t *testing.T, r *rig) {
	op := r.operator("op1", toneOp1)
	r.ready(1)
	for range 15 {
		c := r.call(siptest.Config{Tone: toneCaller})
		r.press(c, "0")
		o := r.takes(op, 3*time.Second)
		r.hears(c.Call, toneOp1, 3*time.Second)
		r.hangup(o)
		r.hears(c.Call, toneGoodbye, 3*time.Second)
		r.await(c.Done(), 3*time.Second, "the call ends after the goodbye")
	}
	_ = op.Unregister(r.ctx(5 * time.Second))
	r.ready(0)
}

// testSilentCaller: nothing pressed, and there is a person.
func testSilentCaller(t *testing.T, r *rig) {
	op := r.operator("op1", toneOp1)
	r.ready(1)
	c := r.call(siptest.Config{Tone: toneCaller})
	r.hears(c.Call, toneWelcome, 3*time.Second)
	o := r.takes(op, 15*time.Second)
	r.hears(c.Call, toneOp1, 3*time.Second)
	r.hangup(c.Call)
	r.await(o.Done(), 2*time.Second, "the operator's leg ends with the caller's")
	r.outcome(c.number, "served")
	_ = op.Unregister(r.ctx(5 * time.Second))
}

// testKeysAhead: keys pressed before their prompt has begun are not lost.
func testKeysAhead(t *testing.T, r *rig) {
	c := r.call(siptest.Config{Tone: toneCaller})
	r.press(c, "21")
	r.hears(c.Call, toneLongText, 3*time.Second)
	r.hangup(c.Call)
	if row := r.outcome(c.number, "abandoned_menu"); row.Path != "welcome>info>text" {
		t.Errorf("row: %+v", row)
	}
}

// testTwoConversations: each caller hears his operator and nobody else.
func testTwoConversations(t *testing.T, r *rig) {
	op1, op2 := r.operator("op1", toneOp1), r.operator("op2", toneOp2)
	r.ready(2)
	c1, c2 := r.call(siptest.Config{Tone: toneCaller}), r.call(siptest.Config{Tone: toneCaller2})
	r.press(c1, "0")
	first, second := op1, op2
	toneFirst, toneSecond := float64(toneOp1), float64(toneOp2)
	var o1 *siptest.Call
	select {
	case o1 = <-op1.Incoming():
	case o1 = <-op2.Incoming():
		first, second = op2, op1
		toneFirst, toneSecond = toneOp2, toneOp1
	case <-time.After(3 * time.Second):
		t.Fatal("no operator's phone rings")
	}
	_ = first
	if err := o1.Answer(r.ctx(3 * time.Second)); err != nil {
		t.Fatal(err)
	}
	r.hears(c1.Call, toneFirst, 3*time.Second)
	r.press(c2, "0")
	o2 := r.takes(second, 3*time.Second)
	r.hears(c2.Call, toneSecond, 3*time.Second)
	r.hears(o1, toneCaller, 3*time.Second)
	r.hears(o2, toneCaller2, 3*time.Second)
	from := time.Now()
	time.Sleep(time.Second)
	to := time.Now()
	for _, x := range []struct {
		who  string
		call *siptest.Call
		hz   float64
	}{
		{"caller 1 hears operator 2", c1.Call, toneSecond},
		{"caller 1 hears caller 2", c1.Call, toneCaller2},
		{"caller 1 hears himself", c1.Call, toneCaller},
		{"caller 2 hears operator 1", c2.Call, toneFirst},
		{"operator 1 hears caller 2", o1, toneCaller2},
		{"operator 2 hears caller 1", o2, toneCaller},
	} {
		if x.call.HasTone(x.hz, from, to) {
			t.Error(x.who)
		}
	}
	for _, c := range []*siptest.Call{c1.Call, c2.Call} {
		r.hangup(c)
	}
	r.outcome(c1.number, "served")
	r.outcome(c2.number, "served")
	_ = op1.Unregister(r.ctx(5 * time.Second))
	_ = op2.Unregister(r.ctx(5 * time.Second))
	r.ready(0)
}

// testRingTimeout: an operator who does not answer loses the offer, the caller his place does not.
func testRingTimeout(t *testing.T, r *rig) {
	op1 := r.operator("op1", toneOp1)
	r.ready(1)
	c := r.call(siptest.Config{Tone: toneCaller})
	r.press(c, "0")
	missed := r.rings(op1, 3*time.Second)
	op2 := r.operator("op2", toneOp2)
	r.await(missed.Done(), 8*time.Second, "the offer is taken back after the ring time-out")
	o := r.takes(op2, 3*time.Second)
	r.hears(c.Call, toneOp2, 3*time.Second)
	r.hangup(o)
	r.await(c.Done(), 8*time.Second, "the call ends after the goodbye")
	if row := r.outcome(c.number, "served"); row.Operator != "op2" {
		t.Errorf("row: %+v", row)
	}
	_ = op1.Unregister(r.ctx(5 * time.Second))
	_ = op2.Unregister(r.ctx(5 * time.Second))
	r.ready(0)
}
