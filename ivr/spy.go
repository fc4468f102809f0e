package ivr

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"pronto/ivr/desk"
	"pronto/ivr/phone"
	"pronto/prompts"
)

// SpyMode is how a supervisor takes part in an operator's conversation.
type SpyMode string

// The modes.
const (
	Listen  SpyMode = "listen"  // hears both sides, heard by nobody
	Whisper SpyMode = "whisper" // hears both sides, heard by the operator alone
	Join    SpyMode = "join"    // is in the conversation
)

// SpyModes are all of them.
func SpyModes() []SpyMode { return []SpyMode{Listen, Whisper, Join} }

// spyPrefix begins the ids of the legs that listen, and of the bridges in which supervisors hear them.
const spyPrefix = "p-spy-"

// supervision is what a supervisor's call holds beside its own leg.
type supervision struct {
	spy    phone.Leg // listens at the operator's; nil: he has joined
	bridge string    // of the supervisor and spy
	call   *call     // that he has joined
}

// msgWatch asks the call for the leg of an operator who is in its conversation. With join, the leg Watcher is let in.
// reply holds one.
type msgWatch struct {
	operator, by string
	mode         SpyMode
	watcher      phone.Leg
	over         func() // called when the conversation that was joined is over
	reply        chan watched
}

type watched struct {
	leg phone.Leg // the operator's
	ok  bool
}

// Supervise rings a supervisor who will then listen at, whisper to or join an operator; both by name or short number. It
// returns when his telephone rings. A refusal is an *ErrCommand.
func (l *Line) Supervise(ctx context.Context, supervisor, operator string, mode SpyMode) error {
	who, known := l.account(supervisor)
	target, there := l.account(operator)
	switch {
	case !known || !who.Supervisor || !who.Enabled:
		return refuse("%q is no supervisor", supervisor)
	case !there:
		return refuse("there is no operator %q", operator)
	case who.Name == target.Name:
		return refuse("that is yourself")
	case mode != Listen && mode != Whisper && mode != Join:
		return refuse("there is no way to take part that is called %q: listen, whisper or join", mode)
	}
	c := l.conversationOf(ctx, target.Name)
	if c == nil {
		return refuse("%s is not in conversation", target.Name)
	}
	o := l.newOpCall(c.sw, who.Name)
	to := targetOf(who)
	tag, err := (&party{operator: who.Name}).tag("") // of no call: the next process hangs it up
	if err == nil {
		o.leg, err = c.sw.Dial(ctx, phone.Dial{
			ID: "p-watch-" + who.Name + "-" + strings.ToLower(rand.Text()[:8]), To: to,
			From: l.release.Load().Book.Line.Number, Timeout: l.release.Load().Book.Desk.Ring + soundGrace, Tag: tag,
		}, o.sink)
	}
	if err != nil {
		o.log.Warn().Err(err).Msg("a supervisor could not be rung")
		return refuse("the telephone of %s can not be rung", who.Name)
	}
	l.goAside(func() {
		o.run(func() {
			o.begin()
			if o.answered() && (to.Outside == "" || o.ask(prompts.KeyOperatorPress, 1) == "1") {
				o.take(target.Name, mode)
			}
		})
	})
	return nil
}

// answered waits until the telephone was answered.
func (o *opCall) answered() bool {
	for !o.gone {
		switch o.next(time.Now().Add(2 * time.Minute)).(type) {
		case phone.Answered:
			return !o.gone
		case nil:
			return false
		}
	}
	return false
}

// supervise is the feature code of a mode: the short number of the operator follows.
func supervise(mode SpyMode) func(*opCall) {
	return func(o *opCall) {
		if !o.account.Supervisor {
			o.refused(prompts.KeyOperatorForbidden)
			return
		}
		ext := o.ask(prompts.KeyOperatorExt, longestExt)
		if o.gone {
			return
		}
		target, there := o.line.account(ext)
		if ext == "" || !there || target.Name == o.name {
			o.refused(prompts.KeyOperatorUnknown)
			return
		}
		o.take(target.Name, mode)
	}
}

// take lets the supervisor take part, until either hangs up or the conversation is over.
func (o *opCall) take(operator string, mode SpyMode) {
	c := o.line.conversationOf(o.line.base, operator)
	if c == nil || c.sw != o.sw || !o.watch(c, operator, mode) {
		o.refused(prompts.KeyOperatorNoCall)
		return
	}
	o.log.Info().Str("call", c.id).Str("at", operator).Str("mode", string(mode)).Msg("a supervisor takes part")
	for !o.gone {
		o.next(time.Now().Add(time.Hour))
	}
}

func (o *opCall) watch(c *call, operator string, mode SpyMode) bool {
	m := msgWatch{
		operator: operator, by: o.name, mode: mode, watcher: o.leg, reply: make(chan watched, 1),
		over: func() { o.box.Put(msgOver{}) },
	}
	c.box.Put(m)
	timer := time.NewTimer(commandTime)
	defer timer.Stop()
	var w watched
	select {
	case w = <-m.reply:
	case <-timer.C:
	case <-o.line.base.Done():
	}
	switch {
	case !w.ok:
		return false
	case mode == Join:
		o.follow = &supervision{call: c}
		return true
	}
	return o.listen(w.leg, mode)
}

// listen joins the supervisor with a leg that listens at the operator's.
func (o *opCall) listen(at phone.Leg, mode SpyMode) bool {
	how := phone.Listen
	if mode == Whisper {
		how = phone.Whisper
	}
	ended := func(ev phone.Event) {
		if _, over := ev.(phone.Ended); over {
			o.box.Put(msgOver{})
		}
	}
	spy, err := o.sw.Snoop(o.line.base, spyPrefix+o.leg.ID(), at, how, ended)
	if err != nil {
		o.log.Warn().Err(err).Msg("a supervisor could not listen")
		return false
	}
	o.follow = &supervision{spy: spy, bridge: spyPrefix + o.leg.ID() + "-b"}
	return o.check("join a supervisor", o.sw.Bridge(o.line.base, o.follow.bridge, o.leg, spy))
}

// stopFollowing takes down what was put up for the supervisor.
func (o *opCall) stopFollowing() {
	switch f := o.follow; {
	case f == nil:
	case f.call != nil:
		o.check("part a supervisor", o.sw.Part(o.line.base, bridgeID(f.call.id), o.leg))
		f.call.box.Put(msgUnwatch{o.leg.ID()})
	default:
		o.check("take a bridge down", o.sw.Unbridge(o.line.base, f.bridge))
		if err := f.spy.Hangup(o.line.base, phone.CauseNormal); err != nil {
			o.line.reap(f.spy)
		}
	}
}

// endSupervision takes down the bridges in which supervisors listened when the process before ended. Their legs are hung up.
func (h *handler) endSupervision(found []phone.Adopted) {
	bridges := map[string]bool{}
	for _, a := range found {
		if strings.HasPrefix(a.Bridge, spyPrefix) {
			bridges[a.Bridge] = true
		}
	}
	if len(bridges) == 0 {
		return
	}
	h.line.goAside(func() { // the switch's goroutine, which called us, must not wait for a verb
		for id := range bridges {
			if err := h.sw.Unbridge(h.line.base, id); err != nil {
				h.line.cfg.Log.Warn().Err(err).Msg("the bridge of a supervisor could not be removed")
			}
		}
	})
}

// conversationOf is the call that an operator is in, as its own or as a colleague.
func (l *Line) conversationOf(ctx context.Context, operator string) *call {
	ctx, cancel := context.WithTimeout(ctx, commandTime)
	defer cancel()
	snap, err := l.desk.snapshot(ctx)
	if err != nil {
		return nil
	}
	for _, o := range snap.Operators {
		if o.Name == operator && o.State == desk.Talking {
			l.mu.Lock()
			defer l.mu.Unlock()
			return l.calls[o.Ticket]
		}
	}
	return nil
}

// msgUnwatch: a supervisor who had joined is gone.
type msgUnwatch struct{ leg string }

// watch lets a supervisor take part in this call's conversation.
func (c *call) watch(m msgWatch) {
	var at *party
	for _, p := range []*party{c.other, c.guest} {
		if p != nil && p.operator == m.operator && p.accepted && p.leg != nil {
			at = p
		}
	}
	if at == nil || !c.bridged || c.gone || c.ending > 0 {
		m.reply <- watched{}
		return
	}
	if m.mode == Join {
		if !c.checkOther("let a supervisor in", c.sw.Bridge(c.line.base, bridgeID(c.id), m.watcher)) {
			m.reply <- watched{}
			return
		}
		c.watchers[m.watcher.ID()] = m.over
	}
	c.note("supervisor", m.by+" "+string(m.mode))
	m.reply <- watched{leg: at.leg, ok: true}
}

// dismiss tells the supervisors who had joined that the conversation is over.
func (c *call) dismiss() {
	for leg, over := range c.watchers {
		delete(c.watchers, leg)
		over()
	}
}
