package main

import (
	"io/fs"
	"testing"
	"time"

	"pronto/asterisk/siptest"
	"pronto/prompts/protezionecivile"
)

func starterFS() fs.FS { return protezionecivile.Starter() }

// TestStarterBook calls the real thing: the starter book with spoken texts.
func TestStarterBook(t *testing.T) {
	r := startRig(t, rigOptions{book: starterBook(t)})
	op := r.operator("op1", toneOp1)
	r.ready(1)
	c := r.call(siptest.Config{Tone: toneCaller})
	r.eventually(3*time.Second, "speech is heard", func() bool { _, ok := c.FirstAudio(); return ok })
	r.press(c, "0")
	o := r.takes(op, 15*time.Second)
	r.hears(c.Call, toneOp1, 3*time.Second)
	r.hangup(c.Call)
	r.await(o.Done(), 3*time.Second, "the operator's leg ends")
	r.outcome(c.number, "served")

	// Nothing pressed at all: a person.
	c = r.call(siptest.Config{NoRTP: true})
	o = r.takes(op, 2*time.Minute)
	r.hears(c.Call, toneOp1, 3*time.Second)
	r.hangup(o)
	r.await(c.Done(), 15*time.Second, "the call ends")
	r.outcome(c.number, "served")
	r.clean()
}
