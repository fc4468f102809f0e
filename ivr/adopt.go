package ivr

import (
	"encoding/json"
	"strings"
	"time"

	"pronto/ivr/desk"
	"pronto/ivr/flow"
	"pronto/ivr/ledger"
	"pronto/ivr/phone"
)

// Adopt takes over the calls that were found on the switch: each goes on where its tag says, the tickets in their
// old order. Operators' legs that have not been answered are hung up: their tickets are offered anew.
func (h *handler) Adopt(found []phone.Adopted) []phone.Sink {
	sinks := make([]phone.Sink, len(found))
	calls := map[string]*call{}
	for i, a := range found {
		if (!isParty(a.Leg.ID()) || calledBack(a)) && !isCode(a.Leg) {
			c := h.adoptCaller(a)
			calls[c.id] = c
			sinks[i] = c.fromCaller
		}
	}
	for _, bridged := range []bool{true, false} { // who is in conversation before who has merely answered
		for i, a := range found {
			if isParty(a.Leg.ID()) && (a.Bridge != "") == bridged && sinks[i] == nil {
				sinks[i] = adoptParty(a, calls)
			}
		}
	}
	for _, c := range calls {
		c.findTalk()
	}
	h.restoreTickets(calls)
	for _, c := range calls {
		h.line.start(c)
	}
	h.settle()
	h.resumeCallbacks()
	h.endSupervision(found)
	return sinks
}

// isParty: the leg is one that we dialled.
func isParty(id string) bool { return strings.HasPrefix(id, "p-") }

func (h *handler) adoptCaller(a phone.Adopted) *call {
	l := h.line
	tag := a.Tag
	if tag == "" { // the write of its first state may have been lost, the ledger has a copy
		l.mu.Lock()
		tag = l.open[a.Leg.ID()].State
		l.mu.Unlock()
	}
	state, err := flow.Decode(tag)
	if tag == "" || err != nil {
		// It came in while nobody looked, or before its first state was written: it begins now.
		c := newCall(l, h.sw, a.Leg, l.release.Load())
		if tag != "" {
			c.log.Error().Err(err).Msg("a call's state can not be read; it begins anew")
		}
		c.put(flow.Arrived{})
		return c
	}
	c := newCall(l, h.sw, a.Leg, l.releaseFor(state.Release))
	c.state = state
	if calledBack(a) {
		l.mu.Lock()
		c.number = l.open[c.id].Caller
		l.mu.Unlock()
		if number := l.settleCallback(c.id); number != "" {
			c.number = number
		}
	}
	c.bridged = a.Bridge != ""
	if !state.Arrived.IsZero() && state.Arrived.Before(c.account.started) {
		c.account.started = state.Arrived
	}
	c.account.answered = state.Answered
	c.box.Put(msgResume{})
	l.metrics.resumed.Inc()
	return c
}

// adoptParty finds an operator's or the rescue number's leg its call; nil is "hang up".
func adoptParty(a phone.Adopted, calls map[string]*call) phone.Sink {
	var tag partyTag
	if err := json.Unmarshal([]byte(a.Tag), &tag); err != nil {
		return nil
	}
	c := calls[tag.Call]
	if c == nil || !a.Up || tag.Untaken {
		return nil
	}
	p := &party{
		id: a.Leg.ID(), leg: a.Leg, operator: tag.Operator, rescue: tag.Rescue, guest: tag.Guest, accepted: true, joined: a.Bridge != "",
	}
	switch {
	case !p.guest && c.other == nil:
		c.other = p
	case p.guest && c.guest == nil && p.joined:
		c.guest = p
	default:
		return nil
	}
	return c.fromParty(a.Leg.ID())
}

// findTalk reads off the switch how a conversation stands.
func (c *call) findTalk() {
	switch {
	case c.other == nil && c.guest != nil: // the operator had handed the caller over, or hung up meanwhile
		c.other, c.guest = c.guest, nil
		c.other.guest = false
	case c.guest != nil:
		c.talk.Guest, c.talk.Rescue = guestTalks, c.guest.rescue != ""
	}
	if c.other != nil && c.other.joined && !c.bridged && c.state.Phase == flow.PhaseTalking {
		c.talk.Held, c.bridged = true, true // the bridge is there, without the caller
	}
}

// restoreTickets gives the desk all tickets before any operator is known to be there, so that the first to be
// offered is the one who waits longest, not the one who was found first.
func (h *handler) restoreTickets(calls map[string]*call) {
	var tickets []desk.Ticket
	for _, c := range calls {
		talking := c.other != nil && c.other.operator != ""
		if c.state.Phase != flow.PhaseQueued && c.state.Phase != flow.PhaseTalking && c.state.Away == "" && !talking {
			continue
		}
		t := c.deskTicket()
		if talking {
			t.Operator = c.other.operator
		}
		c.ticket = true
		tickets = append(tickets, t)
	}
	h.line.desk.put(desk.Found{Tickets: tickets})
}

// resume goes on with a call that was found on the switch.
func (c *call) resume() {
	c.note("resumed", string(c.state.Phase))
	p := c.other
	if p == nil {
		c.unbridge()
		c.hushOld()
		c.step(flow.Resumed{Alone: true, Recording: c.state.Phase == flow.PhaseRecording})
		return
	}
	if c.state.Phase == flow.PhaseTalking || c.state.Phase == flow.PhaseConnected {
		if !c.bridged {
			c.bridge(c.line.base)
		}
		c.step(flow.Resumed{})
		return
	}
	// Answered, but the state does not say so yet: they are joined now (again, if they were).
	c.hushOld()
	c.bridged = false
	if p.operator != "" {
		c.step(flow.Connected{Operator: p.operator})
	} else {
		c.step(flow.RescueUp{})
	}
	if c.other == p && !c.bridged { // the state leaves no room for him
		c.dropParty()
		c.line.desk.put(desk.Over{Ticket: c.id, Operator: p.operator})
		c.step(flow.Resumed{Alone: true})
	}
}

// hushOld cuts what the process before played: it would keep the leg busy, and its end would be told to nobody.
func (c *call) hushOld() {
	if c.state.Plays > 0 {
		c.check("stop a sound", c.leg.StopPlay(c.line.base, c.playID(c.state.Plays)))
	}
}

// settle gives an outcome to the calls of the process before that this switch does not have any more. It runs once
// per switch and process.
func (h *handler) settle() {
	l := h.line
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.settled[h.sw.Name()] {
		return
	}
	l.settled[h.sw.Name()] = true
	var lost []ledger.Call
	for id, row := range l.open {
		if row.Switch == h.sw.Name() && l.calls[id] == nil {
			delete(l.open, id)
			lost = append(lost, row)
		}
	}
	if len(lost) == 0 || l.stopped {
		return
	}
	l.work.Go(func() { // the switch's goroutine, which called us, must not wait for a file
		for _, row := range lost {
			h.closeLost(row)
		}
	})
}

// closeLost writes the outcome of a call that ended while nobody looked.
func (h *handler) closeLost(row ledger.Call) {
	l := h.line
	end := time.Now()
	if l.cfg.EndOf != nil {
		if t, ok := l.cfg.EndOf(row.ID); ok {
			end = t
		}
	}
	state, err := flow.Decode(row.State)
	if row.State == "" || err != nil {
		state = flow.State{Release: row.Release, Language: row.Language, Arrived: row.Started}
	}
	done := closing(row.ID, state, end)
	done.Line, done.Switch, done.Started, done.Caller = row.Line, row.Switch, row.Started, row.Caller
	done.EndedBy, done.Cause = "network", phone.CauseUnknown.String()
	if done.Detail == "" {
		done.Detail = "ended_while_away"
	}
	l.settleRequest(done, state)
	l.followUp(l.releaseFor(state.Release).Book, state, done, true)
	if state.Phase == flow.PhaseQueued || state.Away != "" {
		// Perhaps he hung up himself; then he will hardly call again within minutes.
		l.desk.put(desk.Lost{Caller: l.callerKey(row.Caller), Since: state.Queued, At: end, Told: state.Position})
	}
	l.cfg.Ledger.Write(ledger.Record{Ended: &done})
	l.cfg.Log.Info().Str("call", row.ID).Str("outcome", done.Outcome).Msg("call ended while the controller was away")
	if state.Phase != flow.PhaseTalking && state.Phase != flow.PhaseConnected && state.Phase != flow.PhaseQueued {
		return
	}
	if err := h.sw.Unbridge(l.base, bridgeID(row.ID)); err != nil { // it would stay behind, empty
		l.cfg.Log.Warn().Err(err).Str("call", row.ID).Msg("the bridge of a call that is over could not be removed")
	}
}
