package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pronto/asterisk/siptest"
)

// testMisbehaviour: 20 ways to hang up or misbehave, each ends in exactly one row with the right outcome and leaves
// no channel, bridge, recording or goroutine behind.
func testMisbehaviour(t *testing.T, r *rig) {
	op := r.operator("op1", toneOp1)
	r.ready(1)
	goroutines := r.metric("go_goroutines")
	for _, way := range misbehaviours(op) {
		t.Run(way.name, func(t *testing.T) {
			sub := *r
			sub.t = t
			c := way.do(&sub)
			if c != nil {
				sub.outcome(c.number, way.outcome)
			}
			sub.clean()
			sub.ready(1) // the operator is free again, whatever happened
		})
	}
	r.eventually(10*time.Second, "the goroutines of the calls are gone", func() bool {
		return r.metric("go_goroutines") <= goroutines+10 // connections that are kept for the next request
	})
	live, _ := filepath.Glob(filepath.Join(r.dir, "asterisk", "spool", "recording", "*"))
	for _, f := range live {
		if !strings.HasPrefix(filepath.Base(f), "msg-") {
			t.Errorf("a recording is left behind: %s", f)
		}
	}
	_ = op.Unregister(r.ctx(5 * time.Second))
	r.ready(0)
}

type misbehaviour struct {
	name, outcome string
	do            func(*rig) *citizen
}

func misbehaviours(op *siptest.Phone) []misbehaviour {
	quiet := siptest.Config{Tone: toneCaller}
	queued := func(r *rig) (*citizen, *siptest.Call) {
		c := r.call(quiet)
		r.press(c, "0")
		return c, r.rings(op, 3*time.Second)
	}
	talking := func(r *rig) (*citizen, *siptest.Call) {
		c, o := queued(r)
		if err := o.Answer(r.ctx(3 * time.Second)); err != nil {
			r.t.Fatal(err)
		}
		r.hears(c.Call, toneOp1, 3*time.Second)
		return c, o
	}
	after := func(d time.Duration, key string) func(*rig) *citizen {
		return func(r *rig) *citizen {
			c := r.call(quiet)
			if key != "" {
				r.press(c, key)
			}
			time.Sleep(d)
			r.hangup(c.Call)
			return c
		}
	}
	return []misbehaviour{
		{"CANCEL at once", "abandoned_menu", func(r *rig) *citizen {
			c := r.dial(quiet)
			_ = c.Hangup(r.ctx(3 * time.Second))
			r.await(c.Done(), 5*time.Second, "the call is over")
			// It may not have reached the line at all: then there is no row, and none is missing.
			time.Sleep(600 * time.Millisecond)
			for _, row := range r.rows() {
				if row.Caller == c.number {
					return c
				}
			}
			return nil
		}},
		{"hang up as it is answered", "abandoned_menu", after(0, "")},
		{"hang up in the first prompt", "abandoned_menu", after(time.Second, "")},
		{"hang up in the silence after it", "abandoned_menu", after(4*time.Second, "")},
		{"hang up right after a key", "abandoned_menu", after(0, "2")},
		{"hang up in the advice, not heard whole", "abandoned_menu", after(500*time.Millisecond, "1")},
		{"hang up in the second advice", "redirected", after(2800*time.Millisecond, "1")},
		{"hang up in a text, after some of it", "informed", after(6500*time.Millisecond, "21")},
		{"hang up as the operator's phone rings", "abandoned_queue", func(r *rig) *citizen {
			c, o := queued(r)
			r.hangup(c.Call)
			r.await(o.Done(), 2*time.Second, "the operator's phone stops ringing")
			return c
		}},
		{"hang up as the operator answers", "", func(r *rig) *citizen {
			c, o := queued(r)
			done := make(chan struct{})
			go func() { defer close(done); _ = o.Answer(r.ctx(3 * time.Second)) }()
			_ = c.Hangup(r.ctx(3 * time.Second))
			<-done
			r.await(o.Done(), 3*time.Second, "the operator is let go")
			// Either came first; both are right, but it is one of them.
			r.eventually(5*time.Second, "the call has its outcome", func() bool {
				for _, row := range r.rows() {
					if row.Caller == c.number && (row.Outcome == "served" || row.Outcome == "abandoned_queue") {
						return true
					}
				}
				return false
			})
			return nil
		}},
		{"hang up in the bridge", "served", func(r *rig) *citizen {
			c, o := talking(r)
			r.hangup(c.Call)
			r.await(o.Done(), 2*time.Second, "the operator's leg ends")
			return c
		}},
		{"the operator hangs up at once", "served", func(r *rig) *citizen {
			c, o := talking(r)
			r.hangup(o)
			r.await(c.Done(), 5*time.Second, "the call ends")
			return c
		}},
		{"both hang up at the same time", "served", func(r *rig) *citizen {
			c, o := talking(r)
			go func() { _ = o.Hangup(r.ctx(3 * time.Second)) }()
			_ = c.Hangup(r.ctx(3 * time.Second))
			r.await(o.Done(), 3*time.Second, "the operator's leg ends")
			return c
		}},
		{"the operator rejects, the caller goes", "abandoned_queue", func(r *rig) *citizen {
			c, o := queued(r)
			_ = o.Reject(r.ctx(3*time.Second), 486)
			time.Sleep(300 * time.Millisecond)
			r.hangup(c.Call)
			return c
		}},
		{"no RTP at all", "served", func(r *rig) *citizen {
			c := r.call(siptest.Config{NoRTP: true})
			o := r.takes(op, 20*time.Second) // presses nothing, sends nothing: a person
			time.Sleep(500 * time.Millisecond)
			r.hangup(c.Call)
			r.await(o.Done(), 2*time.Second, "the operator's leg ends")
			return c
		}},
		{"a codec that nobody has", "", func(r *rig) *citizen {
			c := r.dial(siptest.Config{Codecs: []int{18}})
			r.await(c.Done(), 5*time.Second, "the call is refused")
			if c.Status() != 488 && c.Status() != 415 {
				r.t.Errorf("status %d, want 488", c.Status())
			}
			return nil
		}},
		{"200 digits", "abandoned_queue", func(r *rig) *citizen {
			c := r.call(quiet)
			r.press(c, strings.Repeat("7", 200))
			r.hangup(c.Call)
			return c
		}},
		{"hang up in the message", "message", after(8*time.Second, "5")},
		{"hang up before the tone", "turned_away", after(700*time.Millisecond, "5")},
		{"a message of nothing", "turned_away", func(r *rig) *citizen {
			c := r.call(quiet)
			r.press(c, "5")
			time.Sleep(2300 * time.Millisecond) // text and tone
			r.press(c, "#")
			r.await(c.Done(), 8*time.Second, "the call ends")
			return c
		}},
		{"hang up as the rescue number rings", "redirected", func(r *rig) *citizen {
			c := r.call(quiet)
			r.press(c, "1")
			time.Sleep(2200 * time.Millisecond)
			r.press(c, "1")
			carrier := r.rings(r.carrier, 3*time.Second)
			r.hangup(c.Call)
			r.await(carrier.Done(), 3*time.Second, "the rescue number stops ringing")
			return c
		}},
		{"hang up in the rescue conversation", "redirected", func(r *rig) *citizen {
			c := r.call(quiet)
			r.press(c, "1")
			time.Sleep(2200 * time.Millisecond)
			r.press(c, "1")
			carrier := r.takes(r.carrier, 3*time.Second)
			r.hears(c.Call, toneCarrier, 3*time.Second)
			r.hangup(c.Call)
			r.await(carrier.Done(), 3*time.Second, "the rescue call ends with the caller's")
			return c
		}},
	}
}

// recordingHas checks that a recording holds a tone.
func (r *rig) recordingHas(name string, hz float64) {
	r.t.Helper()
	path := filepath.Join(r.dir, "asterisk", "spool", "recording", name+".wav")
	data, err := os.ReadFile(path)
	if err != nil {
		r.t.Fatalf("the message was not kept: %v", err)
	}
	if share := toneShare(data[44:], 8000, hz); share < 0.5 {
		r.t.Errorf("the message of %d bytes holds the caller's tone to %.0f%% only", len(data), 100*share)
	}
}
