package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pronto/asterisk/siptest"
)

// The number of the citizen who is called back.
const backNumber = "0612345678"

// talkBook is the tone book with a callback behind key 4.
func talkBook(t *testing.T) string {
	t.Helper()
	dir := toneBook(t)
	path := filepath.Join(dir, "line.yaml")
	line, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(line), `"9": languages }`, `"9": languages, "4": callme }`, 1) +
		"  callme: { kind: callback, topic: information, then: goodbye, otherwise: operator }\n"
	writeTest(t, path, []byte(text))
	for _, lang := range []string{"it", "en"} {
		path := filepath.Join(dir, "texts", lang+".yaml")
		texts, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{"number", "confirm", "type", "refused", "booked", "later", "already", "failed"} {
			texts = append(texts, []byte("callback-"+key+": \"Testo "+key+".\"\n")...)
		}
		texts = append(texts, []byte("ask-invalid: \"Non va.\"\n")...)
		writeTest(t, path, texts)
	}
	return dir
}

// hearsNot: none of the tones is heard for a second.
func (r *rig) hearsNot(who string, c *siptest.Call, tones ...float64) {
	r.t.Helper()
	time.Sleep(300 * time.Millisecond) // what was on its way
	from := time.Now()
	time.Sleep(time.Second)
	for _, hz := range tones {
		if c.HasTone(hz, from, time.Now()) {
			r.t.Errorf("%s hears %v Hz", who, hz)
		}
	}
}

// TestConversations on the real Asterisk: who hears whom in hold, consultation and conference, by tones; what is handed over;
// what an operator dials; and a citizen who is called back, also when the controller is killed meanwhile.
func TestConversations(t *testing.T) {
	r := startRig(t, rigOptions{book: talkBook(t)})
	op1 := r.operator("op1", toneOp1)
	r.ready(1)
	c := r.call(siptest.Config{Tone: toneCaller})
	r.press(c, "0")
	o1 := r.takes(op1, 5*time.Second)
	r.hears(c.Call, toneOp1, 5*time.Second)
	op2 := r.operator("op2", toneOp2)
	r.ready(1)

	r.keys(o1, "*1")
	r.hearsNot("the caller on hold", c.Call, toneOp1)
	r.hearsNot("the operator", o1, toneCaller)
	c.Mark()
	r.keys(o1, "*1")
	r.hears(c.Call, toneOp1, 5*time.Second)
	r.hears(o1, toneCaller, 5*time.Second)

	r.keys(o1, "*22#")
	o2 := r.takes(op2, 5*time.Second)
	o1.Mark()
	r.hears(o1, toneOp2, 5*time.Second)
	r.hears(o2, toneOp1, 5*time.Second)
	r.hearsNot("the caller in the consultation", c.Call, toneOp1, toneOp2)
	r.hearsNot("the colleague", o2, toneCaller)
	r.kill("serve", 9) // the arrangement is on the switch
	r.eventually(20*time.Second, "the controller is back", func() bool { return r.metric("pronto_calls_up") == 1 })
	r.hearsNot("the caller, after the restart", c.Call, toneOp1, toneOp2)

	c.Mark()
	r.keys(o1, "*4")
	r.hears(c.Call, toneOp1, 5*time.Second)
	c.Mark()
	r.hangup(o1) // the colleague has the caller
	r.hears(c.Call, toneOp2, 5*time.Second)
	o2.Mark()
	r.hears(o2, toneCaller, 5*time.Second)
	r.hangup(o2)
	r.hears(c.Call, toneGoodbye, 5*time.Second)
	if row := r.outcome(c.number, "served"); row.Operator != "op2" {
		t.Errorf("served by %s", row.Operator)
	}

	r.ready(2)
	dial := func(code string) {
		t.Helper()
		call, err := op2.Dial(r.ctx(30*time.Second), "sip:"+code+"@"+r.sip)
		if err != nil {
			t.Fatal(err)
		}
		r.await(call.Answered(), 5*time.Second, "the code is answered")
		if _, err := call.WaitSound(r.ctx(5 * time.Second)); err != nil {
			t.Errorf("%s: nothing is said: %v", code, err)
		}
		r.await(call.Done(), 20*time.Second, "the line hangs up")
	}
	dial("*11")
	r.ready(1)
	dial("*10")
	r.ready(2)
	dial("*11")
	r.ready(1)
	testCalledBack(t, r, op1)
}

// keys presses feature codes on an operator's phone.
func (r *rig) keys(c *siptest.Call, keys string) {
	r.t.Helper()
	if err := c.Press(r.ctx(10*time.Second), keys); err != nil {
		r.t.Fatal(err)
	}
}

func testCalledBack(t *testing.T, r *rig, op *siptest.Phone) {
	if err := op.Unregister(r.ctx(5 * time.Second)); err != nil {
		t.Fatal(err)
	}
	r.ready(0)
	p := r.phone(siptest.Config{Tone: toneCaller, User: backNumber})
	asks, err := p.Dial(r.ctx(time.Minute), "sip:800840840@"+r.sip)
	if err != nil {
		t.Fatal(err)
	}
	r.await(asks.Answered(), 5*time.Second, "the call is answered")
	r.keys(asks, "4")
	time.Sleep(3 * time.Second)
	r.keys(asks, "1")
	r.hears(asks, toneGoodbye, 20*time.Second)
	r.await(asks.Done(), 5*time.Second, "the call ends")
	r.outcome(backNumber, "callback")

	if err := op.Register(r.ctx(5*time.Second), r.sip); err != nil {
		t.Fatal(err)
	}
	o := r.takes(op, 20*time.Second)
	if _, err := o.WaitSound(r.ctx(5 * time.Second)); err != nil {
		t.Errorf("the operator is told nothing: %v", err)
	}
	citizen := r.rings(r.carrier, 20*time.Second)
	if !strings.HasSuffix(citizen.To(), backNumber) {
		t.Errorf("the carrier is asked for %q", citizen.To())
	}
	if err := citizen.Answer(r.ctx(5 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := citizen.WaitSound(r.ctx(5 * time.Second)); err != nil {
		t.Errorf("the citizen does not hear who calls: %v", err)
	}
	r.hears(o, toneCarrier, 20*time.Second)
	r.hears(citizen, toneOp1, 20*time.Second)
	r.kill("serve", 9)
	r.eventually(20*time.Second, "the controller is back", func() bool { return r.metric("pronto_calls_up") == 1 })
	o.Mark()
	citizen.Mark()
	r.hears(o, toneCarrier, 5*time.Second)
	r.hears(citizen, toneOp1, 5*time.Second)
	r.hangup(citizen)
	r.await(o.Done(), 10*time.Second, "the operator's phone is hung up")
	row := r.outcome("+39"+backNumber, "served")
	if row.Operator != "op1" {
		t.Errorf("row %+v", row)
	}
	r.clean()
	r.audited()
}
