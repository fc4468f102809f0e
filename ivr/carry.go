package ivr

import (
	"errors"

	"pronto/ivr/desk"
	"pronto/ivr/flow"
	"pronto/ivr/ledger"
	"pronto/ivr/phone"
)

// command carries a command out, or says why not.
func (c *call) command(m msgCommand) { m.reply <- c.obey(m.Command) }

func (c *call) obey(cmd Command) error {
	p := c.other
	switch {
	case c.gone || c.ending > 0:
		return refuse("the call is over")
	case c.state.Phase != flow.PhaseTalking || p == nil || p.operator == "" || !c.bridged:
		return refuse("the caller is not in conversation with an operator")
	case cmd.By != "" && cmd.By != p.operator:
		return refuse("%s has this conversation, not %s", p.operator, cmd.By)
	}
	moves, no := c.talk.plan(cmd.Verb)
	if no != nil {
		return no
	}
	target, err := c.target(cmd)
	if err != nil {
		return err
	}
	c.note("command", string(cmd.Verb))
	c.carry(moves, target)
	return nil
}

// target is whom a command is about.
type target struct {
	operator ledger.Operator
	rescue   string
	topic    string
	blind    bool
}

// target finds whom a command is about. A colleague who is to be consulted is taken for it here: he may be busy.
func (c *call) target(cmd Command) (t target, err error) {
	known := false
	switch cmd.Verb { //nolint:exhaustive // the others are about nobody else
	case Consult, TransferOperator:
		if t.operator, known = c.line.account(cmd.To); !known {
			return t, refuse("there is no operator %q", cmd.To)
		}
		if t.operator.Name == c.other.operator {
			return t, refuse("that is yourself")
		}
		if cmd.Verb == Consult {
			return t, c.line.askDesk(c.line.base, desk.Engage{Operator: t.operator.Name, Ticket: c.id})
		}
	case TransferTopic:
		if _, known = c.release.Book.Topics[cmd.To]; !known {
			return t, refuse("the book has no topic %q", cmd.To)
		}
		t.topic = cmd.To
	case RescueConference, RescueBlind:
		rescue, ok := c.release.Book.RescueFor("default", c.state.District)
		if !ok {
			return t, refuse("the book has no rescue number")
		}
		t.rescue, t.blind = rescue.Number, cmd.Verb == RescueBlind
	}
	return t, nil
}

// carry makes the moves, as far as the caller is still there.
func (c *call) carry(moves []move, t target) {
	for _, m := range moves {
		if c.gone {
			return // Ended says the rest
		}
		c.move(m, t)
	}
}

func (c *call) move(m move, t target) {
	switch m {
	case hold:
		c.talk.Held = true
		c.checkOther("put the caller on hold", c.sw.Part(c.line.base, bridgeID(c.id), c.leg))
		c.noteMusic(true)
		c.check("music", c.leg.Music(c.line.base, true))
	case take:
		c.talk.Held = false
		c.noteMusic(false)
		c.check("take the caller back", c.sw.Bridge(c.line.base, bridgeID(c.id), c.leg))
	case ring:
		c.ringGuest(t)
	case joinGuest:
		c.joinGuest()
	case dropGuest:
		c.dropGuest()
	case handOver:
		c.handOver()
	case leave:
		c.operatorLeaves()
		c.step(flow.Transferred{Topic: t.topic, For: t.operator.Name})
	case endCall:
		c.account.endedBy = "operator"
		c.hangUp()
	case backToRelease:
		p := c.other
		c.ticket = false
		if p != nil {
			c.line.desk.put(desk.Over{Ticket: c.id, Operator: p.operator})
		}
		c.operatorLeaves()
		c.step(flow.OperatorLeft{})
	}
}

// ringGuest dials a colleague or the rescue number.
func (c *call) ringGuest(t target) {
	p := &party{operator: t.operator.Name, rescue: t.rescue, guest: true}
	to, limit := phone.Target{Rescue: t.rescue}, rescueRing
	if t.rescue == "" {
		to, limit = targetOf(t.operator), c.release.Book.Desk.Ring
	}
	p.id, p.outside = c.partyID("guest"), to.Outside != ""
	c.guest = p
	c.talk.Guest, c.talk.Rescue, c.talk.Blind = guestRings, t.rescue != "", t.blind
	c.note("guest_rings", p.operator)
	if err := c.dial(c.line.base, p, to, limit); err != nil {
		c.log.Warn().Err(err).Str("operator", p.operator).Msg("somebody who was asked into a conversation could not be rung")
		c.guestEnded()
	}
}

// targetOf is where an operator is reached.
func targetOf(o ledger.Operator) phone.Target {
	if o.Kind == ledger.PhoneNumber {
		return phone.Target{Outside: o.Number}
	}
	return phone.Target{Operator: o.Name}
}

func (c *call) guestAnswered() {
	if c.guest.accepted {
		return
	}
	c.guest.accepted = true
	c.carry(c.talk.answered(), target{})
}

func (c *call) joinGuest() {
	p := c.guest
	if c.checkOther("join a third party", c.sw.Bridge(c.line.base, bridgeID(c.id), p.leg)) {
		c.talk.Guest = guestTalks
		c.note("guest", p.operator)
		return
	}
	c.dropGuest()
	c.carry(c.talk.guestGone(), target{})
}

// dropGuest hangs the guest up.
func (c *call) dropGuest() {
	p := c.guest
	if p == nil {
		return
	}
	c.drop(p)
	c.letGuestGo()
}

// letGuestGo: he is not in the conversation any more.
func (c *call) letGuestGo() {
	p := c.guest
	c.guest = nil
	c.talk = talk{Held: c.talk.Held}
	if p.operator != "" {
		c.line.desk.put(desk.Disengage{Operator: p.operator, Ticket: c.id})
	}
}

// guestEnded: he did not answer, or hung up.
func (c *call) guestEnded() {
	c.note("guest_left", c.guest.operator)
	c.letGuestGo()
	c.carry(c.talk.guestGone(), target{})
}

// handOver: the conversation is the guest's.
func (c *call) handOver() {
	old, p := c.other, c.guest
	if p == nil {
		return
	}
	c.other, c.guest, c.talk = p, nil, talk{}
	p.guest = false
	c.drop(old)
	if p.rescue != "" {
		c.ticket = false
		c.line.desk.put(desk.Over{Ticket: c.id, Operator: c.state.Operator})
		c.step(flow.Handed{Rescue: p.rescue})
		p.operator = ""
	} else {
		c.line.desk.put(desk.Transfer{Ticket: c.id, From: c.state.Operator, To: p.operator})
		c.step(flow.Handed{Operator: p.operator})
	}
	c.tagParty(p)
}

// operatorLeaves parts the operator from the caller.
func (c *call) operatorLeaves() {
	p := c.other
	c.other = nil
	c.drop(p)
	c.unbridge()
	c.talk = talk{}
}

// tagParty writes anew on a party's leg what he is.
func (c *call) tagParty(p *party) {
	tag, err := p.tag(c.id)
	if err == nil {
		err = p.leg.Tag(c.line.base, tag)
	}
	if err != nil && !errors.Is(err, phone.ErrGone) {
		c.log.Warn().Err(err).Msg("what a party is could not be written on its leg")
	}
}
