package desk

import (
	"slices"
	"time"
)

type operator struct {
	name     string
	index    int // in the order of appearance
	spec     OperatorSpec
	rostered bool

	on     bool // the phone is there
	login  Login
	paused string // a pause that is on, or will be after the call

	state     OperatorState
	since     time.Time // of the state
	idle      time.Time // idle since: who has waited longest is next
	deadline  time.Time // Ringing: when the offer is withdrawn; WrapUp: its end; Ready: the end of a rest or of holding
	wrapUntil time.Time // the end of wrap-up, also while his phone is gone
	done      bool      // the disposition was given in conversation
	missed    int       // offers missed in a row
	unjoined  int       // accepted in a row, without a conversation

	ticket  *ticket   // ringing for, talking with, wrapping up
	offer   int       // the number of the offer that stands, or that he accepted
	offered time.Time // since when it stands
	engaged bool      // talking as a colleague
	held    *ticket   // Ready: the caller is being fetched for him
	told    Changed   // what was recorded last
	before  Changed   // what the process before recorded last, until he is back
}

// turnOf is what can happen to an operator.
type turnOf int

const (
	present   turnOf = iota // his phone came, he logged in
	absent                  // his phone went, he logged out; an offer was withdrawn
	asksPause               // for a pause
	asksReady               // to be ready
	offered                 // a ticket
	accepted                // it
	ended                   // the offer came to nothing, or the conversation or wrap-up ended
	engaged                 // by a colleague
	found                   // in a conversation: after a restart, by a transfer
	turns
)

type move int

const (
	never move = iota // it can not happen: who asks for it is refused (possible)
	stay              // what he asked for counts later: see rest
	rest              // to where his wishes put him: offline, wrap-up, paused, ready
	ring
	talk
)

// transitions are all that can become of an operator in a state, by what happens to him. Each ends in one of the states
// of move; rest finds out which of the four it is.
var transitions = [turns][6]move{
	//         Offline Ready  Ringing Talking WrapUp Paused
	present:   {rest, stay, stay, stay, stay, stay},
	absent:    {stay, rest, rest, stay, rest, rest},
	asksPause: {stay, rest, stay, stay, stay, stay},
	asksReady: {stay, stay, stay, stay, rest, rest},
	offered:   {never, ring, never, never, never, never},
	accepted:  {never, never, talk, never, never, never},
	ended:     {stay, stay, rest, rest, rest, stay},
	engaged:   {never, talk, never, never, never, never},
	found:     {talk, talk, talk, never, talk, talk},
}

// possible says that it can happen to an operator.
func (o *operator) possible(what turnOf) bool { return transitions[what][o.state] != never }

// turn lets something happen to an operator. What is not possible does not.
func (d *Desk) turn(o *operator, what turnOf, why Reason) {
	switch transitions[what][o.state] {
	case never:
	case stay:
		d.note(o, why)
	case rest:
		d.set(o, d.resting(o), why)
	case ring:
		d.set(o, Ringing, why)
	case talk:
		d.set(o, Talking, why)
	}
}

// resting is where an operator is whom no call takes up.
func (d *Desk) resting(o *operator) OperatorState {
	switch {
	case !o.loggedIn() || !o.reachable():
		return Offline
	case o.wrapUntil.After(d.now):
		return WrapUp
	case o.paused != "":
		return Paused
	}
	return Ready
}

func (o *operator) reachable() bool { return o.on || o.spec.Outside }

func (o *operator) loggedIn() bool {
	if o.login == LoginNone {
		return o.on && (!o.rostered || o.spec.Auto)
	}
	return o.login == LoginIn
}

// set puts an operator into a state.
func (d *Desk) set(o *operator, s OperatorState, why Reason) {
	from := o.state
	if from != s {
		d.states[from]--
		d.states[s]++
		o.state, o.since = s, d.now
		d.staffed()
	}
	o.deadline, o.held = time.Time{}, nil
	switch s {
	case WrapUp:
		o.deadline = o.wrapUntil
	case Ready:
		if from == Offline || from == Paused {
			o.idle = d.now
		}
	case Offline, Ringing, Talking, Paused:
	}
	if s != Offline {
		if o.before.To == s { // back where he was
			o.since, o.idle = o.before.At, o.before.At
		}
		o.before = Changed{}
	}
	d.note(o, why)
	if s == Ready || s == Paused || s == Offline && !o.wrapUntil.After(d.now) {
		o.ticket = nil
	}
	if s != Talking {
		o.engaged, o.done = false, false
	}
}

// staffed keeps the time since when nobody is logged in.
func (d *Desk) staffed() {
	switch {
	case d.states[Offline] < len(d.order):
		d.empty = time.Time{}
	case d.empty.IsZero():
		d.empty = d.now
	}
}

// note records what has changed of an operator.
func (d *Desk) note(o *operator, why Reason) {
	if o.told.To == o.state && o.told.Pause == o.paused && o.told.Login == o.login {
		return
	}
	d.noteAll(o, why)
}

func (d *Desk) noteAll(o *operator, why Reason) {
	c := Changed{
		Operator: o.name, From: o.told.To, To: o.state, Reason: why, Pause: o.paused, Login: o.login, At: d.now,
	}
	if o.ticket != nil {
		c.Ticket = o.ticket.ID
	}
	o.told = c
	d.version++
	d.record(c)
}

// operator is the one of that name, who may be new.
func (d *Desk) operator(name string) *operator {
	o := d.operators[name]
	if o == nil {
		o = &operator{name: name, index: len(d.order), since: d.now}
		o.spec, o.rostered = d.roster[name], d.rosterHas(name)
		d.operators[name] = o
		i, _ := slices.BinarySearchFunc(d.order, name, byName)
		d.order = slices.Insert(d.order, i, o)
		d.states[Offline]++
		d.queue.refit(o)
		d.version++
	}
	return o
}

func (d *Desk) rosterHas(name string) bool {
	_, known := d.roster[name]
	return known
}

func (d *Desk) staff(roster []OperatorSpec) {
	d.roster = make(map[string]OperatorSpec, len(roster))
	for _, spec := range roster {
		d.roster[spec.Name] = spec
	}
	for _, spec := range roster {
		d.operator(spec.Name)
	}
	d.version++
	for _, o := range d.order {
		if o.rostered && !d.rosterHas(o.name) && o.spec.Outside {
			o.login = LoginNone // the number is not to be dialled any more
		}
		o.spec, o.rostered = d.roster[o.name], d.rosterHas(o.name)
		d.queue.refit(o)
		d.reconsider(o, ReasonRoster)
	}
}

// reconsider puts an operator where he belongs after what he may do has changed.
func (d *Desk) reconsider(o *operator, why Reason) {
	if o.loggedIn() && o.reachable() {
		d.turn(o, present, why)
		return
	}
	if o.state == Ringing {
		d.withdraw(o, offResult(why))
	}
	d.turn(o, absent, why)
}

func offResult(why Reason) Result {
	if why == ReasonLogout {
		return ResultLogout
	}
	return ResultPhoneOff
}

func (d *Desk) phone(name string, on bool) {
	o := d.operator(name) // one who has never been there is known, too: as offline
	if o.on == on {
		return
	}
	o.on = on
	d.version++
	why := ReasonPhoneOff
	if on {
		o.missed, o.unjoined = 0, 0
		why = ReasonPhoneOn
	}
	d.reconsider(o, why)
}

func (d *Desk) logIn(name string) {
	o := d.operator(name)
	if o.login != LoginIn {
		o.login, o.missed = LoginIn, 0
		d.version++
	}
	d.reconsider(o, ReasonLogin)
}

func (d *Desk) logOut(name string) {
	o := d.operators[name]
	if o == nil {
		d.do(Denied{Operator: name, Why: DeniedUnknown})
		return
	}
	o.login, o.paused, o.wrapUntil = LoginOut, "", time.Time{}
	d.reconsider(o, ReasonLogout)
}

func (d *Desk) pause(ev Pause) {
	o := d.known(ev.Operator)
	if o == nil {
		return
	}
	if o.paused = ev.Reason; o.paused == "" {
		o.paused = PauseOther
	}
	d.turn(o, asksPause, ReasonPause)
}

// known is an operator who is logged in, or nil, which is denied.
func (d *Desk) known(name string) *operator {
	o := d.operators[name]
	switch {
	case o == nil:
		d.do(Denied{Operator: name, Why: DeniedUnknown})
		return nil
	case !o.loggedIn():
		d.do(Denied{Operator: name, Why: DeniedOffline})
		return nil
	}
	return o
}

func (d *Desk) beReady(name string) {
	o := d.known(name)
	if o == nil {
		return
	}
	o.paused, o.missed = "", 0
	d.version++
	if o.state == WrapUp {
		o.wrapUntil, o.idle = time.Time{}, d.now
	}
	d.turn(o, asksReady, ReasonReady)
	if o.state == Offline {
		d.do(Denied{Operator: name, Why: DeniedOffline}) // logged in, but the phone is gone
	}
}

func (d *Desk) wrapped(ev Wrapped) {
	o := d.operators[ev.Operator]
	if o == nil || o.ticket == nil || o.ticket.ID != ev.Ticket {
		return // of a conversation before
	}
	switch o.state { //nolint:exhaustive // elsewhere nothing is wrapped up
	case Talking:
		o.done = true
	case WrapUp:
		o.wrapUntil, o.idle = time.Time{}, d.now
		d.turn(o, ended, ReasonWrapped)
	}
}

// restore takes over what an operator was doing before a restart.
func (d *Desk) restore(last Changed) {
	o := d.operator(last.Operator)
	if o.state != Offline || o.told.Operator != "" {
		return // he has been seen at work already
	}
	o.login, o.paused, o.told, o.before = last.Login, last.Pause, last, last
	if last.To == WrapUp {
		o.wrapUntil = last.At.Add(d.wrapUp(o))
		o.ticket = &ticket{Ticket: Ticket{ID: last.Ticket}}
	}
	if last.To == Offline {
		o.since = last.At
	}
	d.reconsider(o, ReasonRestart)
}

func (d *Desk) wrapUp(o *operator) time.Duration {
	if o.spec.WrapUp != 0 {
		return max(0, o.spec.WrapUp)
	}
	return d.cfg.WrapUp
}
