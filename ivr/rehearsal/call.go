package rehearsal

import (
	"fmt"
	"maps"
	"strconv"
	"time"

	"pronto/ivr"
	"pronto/ivr/desk"
	"pronto/ivr/flow"
	"pronto/prompts"
	"pronto/prompts/wording"
)

// Setting is what surrounds a rehearsed call. The zero value is a call at the year 1 from nobody with no operator.
type Setting struct {
	Caller   string
	Clock    time.Time      // when the call arrives
	Language string         // the call begins in it; "" is the line's first
	Hours    string         // the desk keeps these opening hours of the book instead of its own; "" is its own
	Alert    *prompts.Alert // is raised; nil: none
	// Operators are logged in, as op1, op2, ... With Full all of them talk with others and no more callers may wait.
	Operators int
	Full      bool
	// Answer is how long a phone rings before it is answered, an operator's or the rescue number's, and Talk how long
	// the conversation then lasts. Zero: they do what the verbs say, and nothing else.
	Answer, Talk time.Duration
	// Booked: a callback is owed already, to whatever number.
	Booked bool
	// Requests are those that callers may ask about, by code.
	Requests map[string]Request
}

const (
	// rescueRing is how long the rescue number may ring, as on the real line.
	rescueRing = 30 * time.Second
	// maxInstant bounds what may happen without time passing: a ring of texts without sound would go on for ever.
	maxInstant = 1000
	// maxIdle bounds what Listen skips over in search of something that can be told.
	maxIdle = 10_000

	ticketID = "rehearsal"
)

// Call is one rehearsed call.
type Call struct {
	release *prompts.Release
	setting Setting
	watch   func(Moment)
	langs   map[string]string // a clip's file -> its language

	state   flow.State
	desk    *desk.Desk
	now     time.Time
	instant int   // events since time passed last
	pending []any // flow.Event and desk.Action that have not been handled yet, in order
	told    int   // moments so far

	timer, sayEnd, recordEnd time.Time
	saying                   flow.Say
	sayStart, recordStart    time.Time
	ticket                   bool
	music                    bool
	party                    *party
	requests                 map[string]Request
	booked                   string // the number of the callback that was booked last
	endedBy                  string
	over                     bool
}

// party is the other end of a conversation, or of one that may become one.
type party struct {
	operator string // "" is the rescue number
	number   string
	offer    int
	up       bool
	acts     time.Time // when it answers, gives up or ends the conversation by itself; zero: when told
}

// New begins a call. watch is told everything that happens, from this very moment; nil is allowed.
func New(r *prompts.Release, s Setting, watch func(Moment)) *Call {
	if watch == nil {
		watch = func(Moment) {}
	}
	if s.Hours != "" {
		changed, book := *r, *r.Book
		book.Desk.Hours, changed.Book = s.Hours, &book
		r = &changed
	}
	r = r.WithAlert(s.Alert)
	c := &Call{release: r, setting: s, watch: watch, langs: map[string]string{}, now: s.Clock, requests: map[string]Request{}}
	maps.Copy(c.requests, s.Requests)
	for lang, clips := range r.Clips {
		for _, clip := range clips {
			c.langs[clip.File] = lang
		}
	}
	if s.Alert != nil {
		for lang, clip := range s.Alert.Clips {
			c.langs[clip.File] = lang
		}
	}
	c.state = flow.Start(r, s.Clock)
	if s.Language != "" {
		c.state.Language = s.Language
	}
	c.openDesk()
	c.happen(flow.Arrived{District: prompts.District(s.Caller), Number: s.Caller})
	return c
}

// openDesk sets the desk up. A full desk has one other caller waiting, and no room for more.
func (c *Call) openDesk() {
	cfg := ivr.DeskConfig(c.release.Book)
	operators := c.setting.Operators
	if c.setting.Full {
		cfg.Capacity, operators = 1, max(operators, 1)
	}
	c.desk = desk.New(cfg)
	for i := 1; i <= operators; i++ {
		name := "op" + strconv.Itoa(i)
		c.desk.Handle(desk.OperatorOn{Operator: name}, c.now)
		if c.setting.Full {
			c.desk.Handle(desk.Join{Ticket: desk.Ticket{ID: "with-" + name, Operator: name, Since: c.now}}, c.now)
		}
	}
	if c.setting.Full {
		c.desk.Handle(desk.Join{Ticket: desk.Ticket{ID: "another", Since: c.now}}, c.now)
	}
}

// Over says whether the call has ended.
func (c *Call) Over() bool { return c.over }

// At is how long ago the call arrived.
func (c *Call) At() time.Duration { return c.now.Sub(c.setting.Clock) }

// Playing says whether something is said at this moment, and how much longer it will be.
func (c *Call) Playing() (left time.Duration, playing bool) {
	if c.sayEnd.IsZero() {
		return 0, false
	}
	return c.sayEnd.Sub(c.now), true
}

// Waiting is what the call waits for in silence.
func (c *Call) Waiting() flow.Phase { return c.state.Phase }

// Node is where the call is.
func (c *Call) Node() string { return c.state.Node }

// Key presses a key.
func (c *Call) Key(digit byte) {
	if c.over {
		return
	}
	c.tell(Moment{Kind: KindKey, Text: string(rune(digit))})
	c.happen(flow.Key{Digit: digit})
}

// Wait lets time pass.
func (c *Call) Wait(d time.Duration) {
	until := c.now.Add(d)
	for !c.over {
		at, act := c.next()
		if act == nil || at.After(until) {
			c.pass(until)
			return
		}
		c.pass(at)
		act()
		c.settle()
	}
}

// Listen lets what is said be heard to its end. In silence it lets time pass until the line does something, and
// returns false if it never will: the caller, an operator or the rescue number must act.
func (c *Call) Listen() bool {
	playing, id, told := !c.sayEnd.IsZero(), c.saying.ID, c.told
	for range maxIdle {
		at, act := c.next()
		if c.over || act == nil {
			return c.over
		}
		c.pass(at)
		act()
		c.settle()
		if playing && (c.sayEnd.IsZero() || c.saying.ID != id) || !playing && c.told > told {
			return true
		}
	}
	return false
}

// Hangup is the caller's hanging up.
func (c *Call) Hangup() {
	if c.over {
		return
	}
	c.end("caller")
}

var (
	errOver   = wording.Errorf("the call is over")
	errNobody = wording.Errorf("no operator talks with the caller")
	errRings  = wording.Errorf("no operator's phone rings")
	errPaused = wording.Errorf("no operator is paused")
	errRescue = wording.Errorf("the rescue number is not rung")
	errHangUp = wording.Errorf("the rescue number does not talk with the caller")
)

// with checks that the other party is there as the verb needs it.
func (c *Call) with(rescue, up bool, otherwise error) error {
	switch {
	case c.over:
		return errOver
	case c.party == nil || (c.party.operator == "") != rescue || c.party.up != up:
		return otherwise
	}
	return nil
}

// OperatorAnswers is the answer of the operator whose phone rings.
func (c *Call) OperatorAnswers() error {
	if err := c.with(false, false, errRings); err != nil {
		return err
	}
	c.answers()
	c.settle()
	return nil
}

// OperatorDeclines is his refusal of the call.
func (c *Call) OperatorDeclines() error {
	if err := c.with(false, false, errRings); err != nil {
		return err
	}
	p := c.drop("declines")
	c.atDesk(desk.Decline{Ticket: ticketID, Operator: p.operator, Offer: p.offer, Why: desk.WhyRejected})
	c.settle()
	return nil
}

// OperatorHangsUp ends the conversation from the operator's side.
func (c *Call) OperatorHangsUp() error {
	if err := c.with(false, true, errNobody); err != nil {
		return err
	}
	c.leaves()
	c.settle()
	return nil
}

// OperatorDrops is a conversation that the operator's telephone loses: nobody hung up.
func (c *Call) OperatorDrops() error {
	if err := c.with(false, true, errNobody); err != nil {
		return err
	}
	c.drop("is lost")
	c.happen(flow.OperatorDropped{})
	return nil
}

// OperatorReady ends the pauses of operators who missed calls.
func (c *Call) OperatorReady() error {
	if c.over {
		return errOver
	}
	ready := 0
	for _, o := range c.desk.Snapshot(c.now).Operators {
		if o.State == desk.Paused {
			ready++
			c.tell(Moment{Kind: KindOperator, Text: o.Name, What: "is ready"})
			c.atDesk(desk.BeReady{Operator: o.Name})
		}
	}
	if ready == 0 {
		return errPaused
	}
	c.settle()
	return nil
}

// RescueAnswers is the rescue number's answer.
func (c *Call) RescueAnswers() error {
	if err := c.with(true, false, errRescue); err != nil {
		return err
	}
	c.answers()
	c.settle()
	return nil
}

// RescueBusy is a rescue number that is busy.
func (c *Call) RescueBusy() error {
	if err := c.with(true, false, errRescue); err != nil {
		return err
	}
	c.drop("is busy")
	c.happen(flow.RescueOver{Failed: true})
	return nil
}

// RescueHangsUp ends the conversation from the rescue number's side.
func (c *Call) RescueHangsUp() error {
	if err := c.with(true, true, errHangUp); err != nil {
		return err
	}
	c.leaves()
	c.settle()
	return nil
}

// Result is what the ledger would say of the call if it ended now; it is final when the call is over.
type Result struct {
	Path, Outcome, Detail, Language, Topic, Rescue, EndedBy string
	Waited, Talked                                          time.Duration
}

// Result returns it.
func (c *Call) Result() Result {
	outcome, detail := flow.Verdict(c.state, c.now)
	r := Result{
		Path: c.state.Path, Outcome: string(outcome), Detail: detail, Language: c.state.Language, Topic: c.state.Topic,
		EndedBy: c.endedBy, Talked: c.state.TalkTime(c.now),
	}
	if outcome == flow.Redirected || c.state.Marks&(flow.MarkAdvised|flow.MarkTransfer) != 0 {
		r.Rescue = c.state.Rescue
	}
	r.Waited, _ = c.state.WaitTime(c.now)
	return r
}

// pass moves the clock.
func (c *Call) pass(to time.Time) {
	if to.After(c.now) {
		c.now, c.instant = to, 0
	}
}

// next is what will happen next by itself, and when; nil if nothing will.
func (c *Call) next() (at time.Time, act func()) {
	due := func(t time.Time, f func()) {
		if !t.IsZero() && (act == nil || t.Before(at)) {
			at, act = t, f
		}
	}
	due(c.sayEnd, c.said)
	due(c.recordEnd, c.recorded)
	if c.party != nil {
		due(c.party.acts, c.partyActs)
	}
	due(c.desk.Next(), func() { c.atDesk(desk.Tick{}) })
	due(c.timer, func() {
		c.timer = time.Time{}
		c.put(flow.Timeout{})
	})
	return at, act
}

func (c *Call) put(m any) { c.pending = append(c.pending, m) }

// happen tells the flow of an event and carries out all that follows at this instant.
func (c *Call) happen(ev flow.Event) {
	c.put(ev)
	c.settle()
}

func (c *Call) settle() {
	for len(c.pending) > 0 && !c.over {
		m := c.pending[0]
		c.pending = c.pending[1:]
		if c.instant++; c.instant > maxInstant {
			c.tell(Moment{Kind: KindNote, Text: fmt.Sprintf("fault: %s goes round in a ring without a sound", c.state.Node)})
			c.state.Marks |= flow.MarkFailed
			c.end("line")
			return
		}
		switch m := m.(type) {
		case desk.Action:
			c.deskActs(m)
		case flow.Event:
			c.step(m)
		}
	}
}

func (c *Call) step(ev flow.Event) {
	switch ev := ev.(type) { // on whose account the line hangs up, if it does; as ivr has it
	case flow.OperatorLeft:
		c.endedBy = "operator"
	case flow.RescueOver:
		if !ev.Failed {
			c.endedBy = "rescue"
		}
	case flow.Key, flow.Connected, flow.RescueUp:
		c.endedBy = "line"
	}
	state, actions := flow.Step(c.release, c.state, ev, c.now)
	c.state = state
	for _, a := range actions {
		c.do(a)
	}
}

// end ends the call.
func (c *Call) end(by string) {
	if c.endedBy == "" || by == "caller" {
		c.endedBy = by
	}
	text := "line hangs up"
	if by == "caller" {
		text = "caller hangs up"
	}
	if flow.OwesRequest(c.state, c.now) {
		c.openRequest(Code)
	}
	c.tell(Moment{Kind: KindHangup, Text: text})
	if c.ticket {
		c.desk.Handle(desk.Leave{Ticket: ticketID, Unjoined: c.party == nil || !c.party.up}, c.now)
	}
	c.over, c.pending, c.party = true, nil, nil
	c.sayEnd, c.timer, c.recordEnd = time.Time{}, time.Time{}, time.Time{}
}
