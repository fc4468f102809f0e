package ivr

import (
	"context"
	"errors"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"pronto/ivr/desk"
	"pronto/ivr/flow"
	"pronto/ivr/phone"
	"pronto/prompts"
)

// How long a call that we hung up waits for the switch to say so, and how often the switch is asked.
const (
	endWait  = 10 * time.Second
	endTries = 6
)

// Messages of a call's mailbox beside flow.Event (what happens to the caller) and desk.Action.
type (
	// msgEnded: the caller's leg is gone.
	msgEnded phone.Ended
	// msgParty is an event of the other party's leg.
	msgParty struct {
		leg string
		ev  phone.Event
	}
	// msgResume: the call was found on the switch.
	msgResume struct{}
)

// call is one call. All fields below box belong to the goroutine that runs run.
type call struct {
	id string
	// number is the citizen's: who calls, or is called back.
	number string
	line   *Line
	sw     phone.Switch
	leg    phone.Leg
	log    zerolog.Logger
	box    *phone.Mailbox[any]

	release *prompts.Release
	state   flow.State
	timer   *time.Timer
	other   *party // who is in conversation with the caller, or will be when the switch has joined them
	guest   *party // whom the operator asked in
	talk    talk
	offers  map[int]*party // operators whose phones ring for the caller, by the desk's number
	dials   int
	// watchers are the supervisors who have joined, by leg: how each hears that the conversation is over.
	watchers map[string]func()
	ticket   bool // the desk has our ticket (waiting, offered or in conversation)
	bridged  bool
	account  account
	heard    heard
	ending   int  // how often the switch was asked to end the leg; 0: we did not
	gone     bool // the switch said that the leg is gone; its Ended is on the way
	over     bool // accounted for
}

func newCall(l *Line, sw phone.Switch, leg phone.Leg, r *prompts.Release) *call {
	now := time.Now()
	c := &call{
		id: leg.ID(), number: leg.Info().Caller, line: l, sw: sw, leg: leg, box: phone.NewMailbox[any](), release: r,
		log:   l.cfg.Log.With().Str("call", leg.ID()).Logger(),
		state: flow.Start(r, now),
		timer: time.NewTimer(time.Hour), offers: map[int]*party{}, watchers: map[string]func(){},
	}
	c.timer.Stop()
	c.account.started = now
	if created := leg.Info().Created; !created.IsZero() && created.Before(now) {
		c.account.started = created
	}
	return c
}

// fromCaller is the sink of the caller's leg.
func (c *call) fromCaller(ev phone.Event) {
	switch ev := ev.(type) {
	case phone.Key:
		c.put(flow.Key{Digit: ev.Digit})
	case phone.PlayDone:
		if id, ok := c.sayID(ev.ID); ok {
			c.put(flow.Said{ID: id, Failed: ev.Failed})
		}
	case phone.RecordDone:
		c.put(flow.Recorded{Length: ev.Length, Failed: ev.Failed})
	case phone.Ended:
		c.box.Put(msgEnded(ev))
	case phone.Ringing, phone.Answered, phone.Resynced:
		// An incoming leg does not ring; keys lost in a gap are pressed again by the caller, the prompts go on.
	}
}

// put tells the call what happened to its caller. What carrying out an action gave rise to goes the same way, behind
// what is there already: a caller's hang-up is never kept waiting.
func (c *call) put(ev flow.Event) { c.box.Put(ev) }

func (c *call) playID(id int) string { return c.id + "-s" + strconv.Itoa(id) }

func (c *call) sayID(id string) (int, bool) {
	n, err := strconv.Atoi(strings.TrimPrefix(id, c.id+"-s"))
	return n, err == nil
}

// recordingName is a name for the recording id of a call that another process finds again.
func recordingName(call string, id int) string { return "msg-" + call + "-" + strconv.Itoa(id) }

// bridgeID is a name for a call's bridge that another process finds again.
func bridgeID(call string) string { return "p-" + call }

// run is the call. It returns when the call is over and accounted for, or when the process ends.
func (c *call) run() {
	defer c.line.work.Done()
	defer c.line.forget(c)
	defer c.timer.Stop()
	defer c.rescuePanic()
	stopped := c.line.base.Done()
	for !c.over {
		select {
		case <-stopped:
			return // the leg stays on its switch; the next process adopts it
		case <-c.timer.C:
			c.timeout()
		case <-c.box.Wake():
			for _, m := range c.box.Take() {
				if c.over || c.line.base.Err() != nil {
					break // what comes behind the end concerns nobody: all that was held has been let go
				}
				c.handle(m)
			}
		}
	}
}

// rescuePanic keeps a fault in one call from ending all others: the caller is hung up, the outcome says failed.
func (c *call) rescuePanic() {
	r := recover()
	if r == nil {
		return
	}
	c.line.metrics.panics.Inc()
	c.log.Error().Interface("panic", r).Str("stack", string(debug.Stack())).Msg("a call ended by a fault of the program")
	if c.over {
		return
	}
	c.over = true
	c.state.Marks |= flow.MarkFailed
	c.account.endedBy = "line"
	defer c.line.desk.put(desk.Leave{Ticket: c.id})
	for _, p := range c.others() {
		if p.leg != nil {
			c.line.reap(p.leg)
		}
	}
	c.line.reap(c.leg)
	c.writeEnded(phone.Ended{Cause: phone.CauseInterworking})
}

func (c *call) handle(m any) {
	switch m := m.(type) {
	case flow.Event:
		c.step(m)
	case desk.Action:
		c.handleDesk(m)
	case msgParty:
		c.handleParty(m)
	case msgCalledBack:
		c.calledBack(m)
	case msgCommand:
		c.command(m)
	case msgWatch:
		c.watch(m)
	case msgUnwatch:
		delete(c.watchers, m.leg)
	case msgUntaken:
		c.untaken(m.leg)
	case msgEnded:
		c.finish(phone.Ended(m))
	case msgResume:
		c.resume()
	}
}

func (c *call) timeout() {
	switch {
	case c.ending == 0 && !c.gone:
		c.step(flow.Timeout{})
	case c.gone, c.ending >= endTries:
		c.line.reap(c.leg)
		c.finish(phone.Ended{Lost: true})
	default:
		c.hangUp()
	}
}

// arrive writes the call down, first of all.
func (c *call) arrive() {
	c.line.metrics.arrived.Inc()
	c.writeArrived()
	c.log.Info().Str("switch", c.sw.Name()).Msg("call arrived")
}

// step lets the flow decide and carries its decisions out.
func (c *call) step(ev flow.Event) {
	switch ev.(type) {
	case flow.Arrived:
		ev = flow.Arrived{District: prompts.District(c.number), Number: c.number}
		c.arrive()
	case flow.TurnAway:
		c.arrive()
	}
	if c.gone || c.ending > 0 {
		return
	}
	c.account.noteEnder(ev)
	c.noteHeard(ev)
	state, actions := flow.Step(c.release.WithAlert(c.line.alert.Load()), c.state, ev, time.Now())
	c.state = state
	for _, a := range actions {
		if c.gone {
			return // nothing more can be done for this caller; Ended says the rest
		}
		c.do(a)
	}
}

// do carries one action out.
func (c *call) do(a flow.Action) {
	ctx := c.line.base
	switch a := a.(type) {
	case flow.Answer:
		c.answer(ctx)
	case flow.Save:
		c.save(ctx)
	case flow.Say:
		c.say(ctx, a)
	case flow.Hush:
		c.noteCut()
		c.check("stop a sound", c.leg.StopPlay(ctx, c.playID(a.ID)))
	case flow.SetTimer:
		c.timer.Stop()
		if a.After > 0 {
			c.timer.Reset(a.After)
		}
	case flow.Queue:
		if a.Instead {
			c.line.desk.put(desk.Leave{Ticket: c.id})
		}
		c.ticket = true
		c.noteQueued(a)
		c.line.desk.put(desk.Join{Ticket: c.deskTicket(), Nobody: a.Nobody, Again: a.Again})
	case flow.Away:
		c.line.desk.put(desk.Away{Ticket: c.id})
	case flow.Back:
		c.line.desk.put(desk.Back{Ticket: c.id})
	case flow.Requeue:
		c.requeue(a)
	case flow.Unqueue:
		c.leaveDesk()
	case flow.Music:
		c.noteMusic(a.On)
		c.check("music", c.leg.Music(ctx, a.On))
	case flow.Bridge:
		c.bridge(ctx)
	case flow.DialRescue:
		c.dialRescue(ctx, a.Number)
	case flow.DropRescue:
		c.dropParty()
	case flow.Record:
		c.note("recording", "")
		if !c.check("record", c.leg.Record(ctx, recordingName(c.id, a.ID), a.Longest)) {
			c.put(flow.Recorded{Failed: true})
		}
	case flow.StopRecord:
		c.check("stop a recording", c.leg.StopRecord(ctx, recordingName(c.id, a.ID)))
	case flow.NewCode:
		c.put(flow.Coded{Code: c.line.cfg.Ledger.NewCode()})
	case flow.OpenRequest:
		c.line.openRequest(c.row(), a.Code)
	case flow.LookUp:
		c.lookUp(a.Code)
	case flow.BookCallback:
		c.bookCallback(a)
	case flow.Note:
		c.note(a.Kind, a.Text)
	case flow.Hangup:
		c.hangUp()
	}
}

// check logs and counts a command on the caller's leg that failed. That the leg has gone is not news: its Ended tells.
func (c *call) check(what string, err error) bool {
	if errors.Is(err, phone.ErrGone) && !c.gone {
		c.gone = true
		c.timer.Reset(endWait) // a net under the switch's promise
	}
	return c.checkOther(what, err)
}

// checkOther does the same for a command that concerns another leg, too.
func (c *call) checkOther(what string, err error) bool {
	if err == nil {
		return true
	}
	if !errors.Is(err, phone.ErrGone) && !errors.Is(err, context.Canceled) {
		c.line.metrics.verbFail.Inc()
		c.log.Error().Err(err).Str("command", what).Msg("the switch did not carry out a command")
	}
	return false
}

// answer takes the call. Answering twice is no error, so a switch that did not say what came of it is asked again.
func (c *call) answer(ctx context.Context) {
	err := c.leg.Answer(ctx)
	if errors.Is(err, phone.ErrUnavailable) {
		err = c.leg.Answer(ctx)
	}
	if !c.check("answer", err) {
		if c.gone {
			c.state.Phase, c.state.Answered = flow.PhaseNew, time.Time{} // given up before we answered
		}
		return
	}
	c.account.answered = time.Now()
	c.line.metrics.setup.Observe(time.Since(c.account.started).Seconds())
}

func (c *call) save(ctx context.Context) {
	tag, err := c.state.Encode()
	if err != nil {
		c.log.Error().Err(err).Msg("a call's state can not be written; it would not survive a restart")
		return
	}
	c.check("write the state", c.leg.Tag(ctx, tag))
	// What the caller typed lives on the channel and ends with it; the ledger keeps for years.
	if public, err := c.state.Public().Encode(); err == nil {
		c.writeState(public)
	}
}

func (c *call) say(ctx context.Context, a flow.Say) {
	sounds := make([]string, len(a.Clips))
	for i, clip := range a.Clips {
		sounds[i] = clip.File
	}
	c.noteSay(a)
	if !c.check("play", c.leg.Play(ctx, c.playID(a.ID), sounds)) {
		c.put(flow.Said{ID: a.ID, Failed: true})
	}
}

// deskTicket is the call's ticket by its state: topic, class and since when it waits.
func (c *call) deskTicket() desk.Ticket {
	name := c.state.Drawn
	if name == "" {
		name = c.state.Topic
	}
	topic := c.release.Book.Topics[name]
	return desk.Ticket{
		ID: c.id, Topic: name, Class: topic.Class, Skills: topic.Skills, Language: c.state.Language,
		Since: c.state.Queued, Told: c.state.Position, Away: c.state.Away != "", Caller: c.line.callerKey(c.number),
	}
}

// requeue brings the ticket out of the conversation back to the queue.
func (c *call) requeue(a flow.Requeue) {
	why := desk.RequeueTransfer
	if a.Dropped {
		why = desk.RequeueDropped
	}
	c.line.desk.put(desk.Requeue{
		Ticket: c.id, Topic: a.Topic, Class: a.Class, Skills: a.Skills, Language: c.state.Language, For: a.For, Why: why,
	})
}

// hangUp ends the caller's leg; its Ended ends the call.
func (c *call) hangUp() {
	c.ending++
	c.timer.Reset(endWait)
	c.check("hang up", c.leg.Hangup(c.line.base, phone.CauseNormal))
}

// finish accounts for the call and lets go of everything it held. The operator's phone is hung up before the desk hears
// of it: it must not be called while it is still in the old call.
func (c *call) finish(ended phone.Ended) {
	for _, p := range c.others() {
		c.drop(p)
	}
	if c.guest != nil {
		c.letGuestGo()
	}
	c.other = nil
	clear(c.offers)
	c.leaveDeskBy(unwanted(ended))
	c.takeBack()
	c.writeEnded(ended)
	c.over = true
	c.unbridge()
}

// takeBack corrects the state of a caller who has gone before the switch had joined him with the other party.
func (c *call) takeBack() {
	if c.bridged {
		return
	}
	switch c.state.Phase { //nolint:exhaustive // only these two say that somebody is there
	case flow.PhaseTalking:
		c.state, _ = flow.Step(c.release, c.state, flow.NotJoined{}, time.Now())
	case flow.PhaseConnected:
		c.state, _ = flow.Step(c.release, c.state, flow.RescueOver{Failed: true}, time.Now())
	}
}
