package ivr

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"pronto/ivr/desk"
	"pronto/ivr/ledger"
	"pronto/ivr/phone"
	"pronto/prompts"
)

// Times of an operator's call.
const (
	keyPause   = 6 * time.Second  // of silence in which a key is awaited
	soundGrace = 10 * time.Second // how long after its length a sound's end is awaited
	mostKeys   = 16               // that are kept ahead
)

// opCall is a call that an operator makes to the line itself: a feature code, or a supervisor's call that a program asked
// for. It is no citizen's call and has no row among them: what he does by it is in his day (desk.Changed). It ends
// with the process: who was in it dials again.
//
// It is one goroutine that does one thing after the other, waiting for the leg's events in between. Nobody else waits for it,
// so a PIN may take its time.
type opCall struct {
	line *Line
	sw   phone.Switch
	leg  phone.Leg
	log  zerolog.Logger
	box  *phone.Mailbox[any] // phone.Event of the leg, msgOver

	name    string
	account ledger.Operator
	known   bool // there is an account
	events  []any
	keys    string // pressed ahead
	plays   int
	gone    bool          // the leg, or what it was for
	before  desk.Snapshot // the desk when the call began: what he was doing then
	engaged bool          // the desk offers him nothing meanwhile
	after   []desk.Event  // what the desk is told when his telephone is free again
	follow  *supervision  // at whom he listens
}

// msgOver ends an operator's call: what he listened at is over.
type msgOver struct{}

// isCode: an operator has dialled a feature code. It is no citizen's call and must not become one.
func isCode(leg phone.Leg) bool {
	info := leg.Info()
	return info.Operator != "" && strings.HasPrefix(info.Called, "*")
}

func (l *Line) newOpCall(sw phone.Switch, name string) *opCall {
	o := &opCall{line: l, sw: sw, name: name, box: phone.NewMailbox[any](), log: l.cfg.Log.With().Str("operator", name).Logger()}
	o.account, o.known = l.account(name)
	return o
}

func (o *opCall) sink(ev phone.Event) { o.box.Put(ev) }

// code takes an operator's feature code.
func (h *handler) code(leg phone.Leg) phone.Sink {
	o := h.line.newOpCall(h.sw, leg.Info().Operator)
	o.leg = leg
	h.line.goAside(func() {
		o.run(func() {
			if o.check("answer", leg.Answer(h.line.base)) {
				o.begin()
				o.serve(leg.Info().Called)
			}
		})
	})
	return o.sink
}

// goAside starts a goroutine that Run waits for, unless Run is ending.
func (l *Line) goAside(do func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.stopped {
		l.work.Go(do)
	}
}

// run does what the call is for, hangs up and, when the operator's telephone is free, tells the desk.
func (o *opCall) run(what func()) {
	defer o.rescuePanic()
	what()
	if o.line.base.Err() != nil {
		return // the leg stays on its switch; the next process hangs it up
	}
	o.stopFollowing()
	if o.leg != nil && o.check("hang up", o.leg.Hangup(o.line.base, phone.CauseNormal)) {
		for until := time.Now().Add(endWait); !o.gone && o.wait(until); {
			o.events = o.events[1:]
		}
	}
	if o.engaged {
		o.line.desk.put(desk.Disengage{Operator: o.name, Ticket: o.leg.ID()})
	}
	for _, ev := range o.after {
		o.line.desk.put(ev)
	}
}

func (o *opCall) rescuePanic() {
	r := recover()
	if r == nil {
		return
	}
	o.line.metrics.panics.Inc()
	o.log.Error().Interface("panic", r).Msg("an operator's call ended by a fault of the program")
	if o.leg != nil {
		o.line.reap(o.leg)
		o.line.desk.put(desk.Disengage{Operator: o.name, Ticket: o.leg.ID()})
	}
}

// begin keeps the desk from ringing a telephone that is in use: a ready operator is engaged by his own call.
func (o *opCall) begin() {
	ctx, cancel := context.WithTimeout(o.line.base, commandTime)
	defer cancel()
	o.before, _ = o.line.desk.snapshot(ctx)
	o.engaged = o.line.askDesk(ctx, desk.Engage{Operator: o.name, Ticket: o.leg.ID()}) == nil
}

// was is what the operator was doing when the call began.
func (o *opCall) was() desk.OperatorStatus {
	for _, s := range o.before.Operators {
		if s.Name == o.name {
			return s
		}
	}
	return desk.OperatorStatus{}
}

// wait waits until there is an event that was not looked at; false: none came in time, or the process ends.
func (o *opCall) wait(until time.Time) bool {
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	for len(o.events) == 0 {
		select {
		case <-o.line.base.Done():
			o.gone = true
			return false
		case <-timer.C:
			return false
		case <-o.box.Wake():
			o.events = append(o.events, o.box.Take()...)
		}
	}
	switch o.events[0].(type) {
	case phone.Ended, msgOver:
		o.gone = true
	}
	return true
}

// next is the next event until then; nil: none came. Keys are kept ahead.
func (o *opCall) next(until time.Time) any {
	if o.gone || !o.wait(until) {
		return nil
	}
	ev := o.events[0]
	o.events = o.events[1:]
	if k, ok := ev.(phone.Key); ok && len(o.keys) < mostKeys {
		o.keys += string(k.Digit)
	}
	return ev
}

// sounds are the files of a text, or tones where the book's language has none: one for what was done, two for what was not.
func (o *opCall) sounds(key string, good bool) (files []string, length time.Duration) {
	r := o.line.release.Load()
	lang := r.Book.Line.Languages[0]
	clip, ok := r.Clip(lang, key)
	times := 1
	if !ok {
		if clip, ok = r.Clip(lang, prompts.KeyBeep); !ok {
			return nil, 0
		}
		if !good {
			times = 2
		}
	}
	for range times {
		files = append(files, clip.File)
		length += time.Duration(clip.Seconds * float64(time.Second))
	}
	return files, length
}

// say says a text to its end, or, if keys cut it, until one is pressed.
func (o *opCall) say(key string, good, cut bool) {
	files, length := o.sounds(key, good)
	if len(files) == 0 || o.gone || cut && o.keys != "" {
		return
	}
	o.plays++
	id := o.leg.ID() + "-s" + itoa(o.plays)
	if !o.check("play", o.leg.Play(o.line.base, id, files)) {
		return
	}
	until := time.Now().Add(length + soundGrace)
	for {
		ev := o.next(until)
		if ev == nil || o.gone {
			return
		}
		if done, ok := ev.(phone.PlayDone); ok && done.ID == id {
			return
		}
		if cut && o.keys != "" {
			o.check("stop a sound", o.leg.StopPlay(o.line.base, id))
			return
		}
	}
}

func (o *opCall) done(key string)    { o.say(key, true, false) }
func (o *opCall) refused(key string) { o.say(key, false, false) }

// ask asks for at most so many digits, ended by # or silence. What was dialled behind the code or pressed ahead counts.
func (o *opCall) ask(key string, most int) string {
	o.say(key, true, true)
	for until := time.Now().Add(keyPause); ; until = time.Now().Add(keyPause) {
		if i := strings.IndexByte(o.keys, '#'); i >= 0 {
			typed := o.keys[:i]
			o.keys = o.keys[i+1:]
			return typed
		}
		if len(o.keys) >= most {
			typed := o.keys[:most]
			o.keys = strings.TrimPrefix(o.keys[most:], "#")
			return typed
		}
		for had := len(o.keys); len(o.keys) == had; {
			if o.next(until) == nil || o.gone { // silence
				typed := o.keys
				o.keys = ""
				return typed
			}
		}
	}
}

// check logs and counts a command that failed. That the leg has gone is not news.
func (o *opCall) check(what string, err error) bool {
	switch {
	case err == nil:
		return true
	case errors.Is(err, phone.ErrGone):
		o.gone = true
	case !errors.Is(err, context.Canceled):
		o.line.metrics.verbFail.Inc()
		o.log.Error().Err(err).Str("command", what).Msg("the switch did not carry out a command")
	}
	return false
}
