package main

import (
	"context"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"pronto/asterisk/siptest"
	"pronto/ivr/ledger"
)

// outsideNumber is that of an operator's telephone elsewhere.
const outsideNumber = "+393357654321"

// accounts writes operators' accounts into the ledger of a line that has not been started. Who is elsewhere is logged in.
func (r *rig) accounts(operators ...ledger.Operator) {
	r.t.Helper()
	l, err := ledger.Open(r.ctx(time.Minute), ledger.Options{Path: ledgerPath(r.dir, ""), Log: zerolog.Nop()})
	if err != nil {
		r.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- l.Run(ctx) }()
	for _, o := range operators {
		o.Enabled, o.Changed = true, time.Now()
		l.Write(ledger.Record{Operator: &o})
		if o.Kind == ledger.PhoneNumber {
			l.Write(ledger.Record{Duty: &ledger.Duty{Operator: o.Name, At: time.Now(), From: "offline", To: "ready", Reason: "login", Login: "in"}})
		}
	}
	stop()
	if err := <-done; err != nil {
		r.t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		r.t.Fatal(err)
	}
}

// TestSupervisors on the real Asterisk: who hears whom, by tones, when a supervisor listens, whispers and joins; and that the
// conversation outlives the controller, though not the supervision.
func TestSupervisors(t *testing.T) {
	r := newRig(t, rigOptions{operators: 2})
	r.accounts(ledger.Operator{Name: "op1", Ext: "11", Kind: ledger.PhoneSIP}, ledger.Operator{Name: "op2", Ext: "12", Kind: ledger.PhoneSIP, Supervisor: true})
	r.start()
	op1 := r.operator("op1", toneOp1)
	r.ready(1)
	c := r.call(siptest.Config{Tone: toneCaller})
	r.press(c, "0")
	o := r.takes(op1, 5*time.Second)
	r.hears(c.Call, toneOp1, 5*time.Second)
	boss := r.operator("op2", toneOp2)
	r.ready(1)

	supervise := func(code string) *siptest.Call {
		t.Helper()
		call, err := boss.Dial(r.ctx(time.Minute), "sip:"+code+"@"+r.sip)
		if err != nil {
			t.Fatal(err)
		}
		r.await(call.Answered(), 5*time.Second, "the code is answered")
		call.Mark()
		r.hears(call, toneOp1, 10*time.Second)
		r.hears(call, toneCaller, 10*time.Second)
		o.Mark()
		c.Mark()
		return call
	}
	heard := func(mode string, byOperator, byCaller bool) {
		t.Helper()
		for _, party := range []struct {
			who   string
			call  *siptest.Call
			hears bool
			other float64
		}{{"the operator", o, byOperator, toneCaller}, {"the caller", c.Call, byCaller, toneOp1}} {
			r.hears(party.call, party.other, 5*time.Second) // the conversation goes on
			if party.hears {
				r.hears(party.call, toneOp2, 5*time.Second)
			} else {
				r.hearsNot(party.who+" of one who is there to "+mode, party.call, toneOp2)
			}
		}
	}
	for _, tt := range []struct {
		code, mode           string
		byOperator, byCaller bool
	}{{"*2011", "listen", false, false}, {"*2111", "whisper", true, false}, {"*2211", "join", true, true}} {
		call := supervise(tt.code)
		heard(tt.mode, tt.byOperator, tt.byCaller)
		r.hangup(call)
		r.ready(1) // he may be rung again
	}
	for _, code := range []string{"*2111", "*2211"} {
		call := supervise(code)
		r.kill("serve", 9)
		r.await(call.Done(), 30*time.Second, "the supervisor's call ends")
		o.Mark()
		c.Mark()
		heard("go", false, false)
		r.ready(1)
	}
	call := supervise("*2011")
	r.hangup(o)
	r.await(call.Done(), 10*time.Second, "the supervisor's call ends with the conversation")
	r.hears(c.Call, toneGoodbye, 5*time.Second)
	r.outcome(c.number, "served")
	r.clean()
	r.audited()
}

// TestElsewhere on the real Asterisk: an operator's telephone elsewhere is rung through the trunk, and the caller is joined with
// whoever presses the key, and with nobody who does not.
func TestElsewhere(t *testing.T) {
	r := newRig(t, rigOptions{env: []string{"PRONTO_OUTSIDE=" + outsideNumber}})
	r.accounts(ledger.Operator{Name: "anna", Kind: ledger.PhoneNumber, Number: outsideNumber})
	r.start()
	r.ready(1)
	c := r.call(siptest.Config{Tone: toneCaller})
	r.press(c, "0")
	mailbox := r.takes(r.carrier, 10*time.Second)
	if _, err := mailbox.WaitSound(r.ctx(5 * time.Second)); err != nil {
		t.Errorf("it is not told which key to press: %v", err)
	}
	r.hearsNot("the caller", c.Call, toneCarrier)
	r.await(mailbox.Done(), 25*time.Second, "whatever pressed no key is let go")

	o := r.takes(r.carrier, 30*time.Second)
	if _, err := o.WaitSound(r.ctx(5 * time.Second)); err != nil {
		t.Errorf("it is not told which key to press: %v", err)
	}
	c.Mark()
	r.keys(o, "1")
	r.hears(c.Call, toneCarrier, 5*time.Second)
	o.Mark()
	r.hears(o, toneCaller, 5*time.Second)
	r.kill("serve", 9)
	r.eventually(20*time.Second, "the controller is back", func() bool { return r.metric("pronto_calls_up") == 1 })
	o.Mark()
	r.hears(o, toneCaller, 5*time.Second)
	r.keys(o, "*1") // his keys are codes
	r.hearsNot("the caller on hold", c.Call, toneCarrier)
	r.hangup(c.Call)
	r.await(o.Done(), 10*time.Second, "the telephone elsewhere is hung up")
	if row := r.outcome(c.number, "served"); row.Operator != "anna" {
		t.Errorf("served by %s", row.Operator)
	}
	r.clean()
	r.audited()
}
