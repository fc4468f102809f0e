package ivr

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"pronto/ivr/desk"
	"pronto/ivr/flow"
	"pronto/ivr/phone"
)

// rescueRing is how long the rescue number may ring before the advice is given again.
const rescueRing = 30 * time.Second

// party is the other end of a conversation: an operator's phone or the rescue number.
type party struct {
	id       string
	leg      phone.Leg
	operator string // "" is the rescue number
	offer    int    // the desk's number of the offer
	accepted bool   // answered, and the desk was told (operator) or the flow (rescue)
}

// partyTag is the tag of an operator's or the rescue number's leg: how the next process finds whose it is.
type partyTag struct {
	Call     string `json:"call"`
	Operator string `json:"op,omitempty"`
}

func (c *call) fromParty(id string) phone.Sink {
	return func(ev phone.Event) { c.box.Put(msgParty{leg: id, ev: ev}) }
}

func (c *call) partyID(role string) string {
	c.dials++
	return "p-" + c.id + "-" + role + "-" + strconv.FormatInt(time.Now().UnixMilli(), 36) + strconv.Itoa(c.dials)
}

func (c *call) dial(ctx context.Context, p *party, to phone.Target, timeout time.Duration) error {
	tag, err := json.Marshal(partyTag{Call: c.id, Operator: p.operator})
	if err != nil {
		return fmt.Errorf("write a party's tag: %w", err)
	}
	c.other = p
	p.leg, err = c.sw.Dial(ctx, phone.Dial{
		ID: p.id, To: to, From: c.leg.Info().Caller, For: c.leg, Timeout: timeout, Tag: string(tag),
	}, c.fromParty(p.id))
	if err != nil {
		c.other = nil
	}
	return err
}

func (c *call) handleDesk(a desk.Action) {
	switch a := a.(type) {
	case desk.Offer:
		c.offer(a)
	case desk.Withdraw:
		if c.other != nil && c.other.operator == a.Operator && c.other.offer == a.Offer {
			c.note("withdrawn", a.Operator)
			c.dropParty()
		}
	case desk.Connect:
		c.connect(a)
	case desk.Position:
		c.step(flow.Position{N: a.N})
	case desk.Refuse:
		c.ticket = false
		c.step(flow.Refused{Why: a.Why})
	}
}

// offer rings an operator.
func (c *call) offer(a desk.Offer) {
	if !c.ticket {
		return // our Leave is on its way to the desk
	}
	if c.gone || c.ending > 0 {
		c.leaveDesk() // there is nobody to be served any more; Ended will say so
		return
	}
	p := &party{id: c.partyID(a.Operator), operator: a.Operator, offer: a.Offer}
	if c.other != nil {
		c.dropParty() // the desk knows nothing of it any more
	}
	// The desk ends the ringing; the switch's own time-out is only a net under it.
	ring := c.release.Book.Desk.Ring + 10*time.Second
	err := c.dial(c.line.base, p, phone.Target{Operator: a.Operator}, ring)
	c.note("offered", a.Operator)
	if err != nil {
		c.log.Warn().Err(err).Str("operator", a.Operator).Msg("an operator's phone could not be rung")
		c.decline(p, desk.WhyUnreachable)
	}
}

// leaveDesk gives the ticket back.
func (c *call) leaveDesk() {
	if c.ticket {
		c.ticket = false
		c.line.desk.put(desk.Leave{Ticket: c.id, Unjoined: !c.bridged})
	}
}

func (c *call) decline(p *party, why desk.Why) {
	c.line.desk.put(desk.Decline{Ticket: c.id, Operator: p.operator, Offer: p.offer, Why: why})
	c.line.metrics.offers.WithLabelValues(string(why)).Inc()
	c.note("declined", p.operator+" "+string(why))
}

// connect joins the operator whose acceptance the desk confirmed.
func (c *call) connect(a desk.Connect) {
	p := c.other
	if p == nil || p.operator != a.Operator || p.offer != a.Offer {
		return // he hung up between his answer and the desk's word, and the desk was told
	}
	c.step(flow.Connected{Operator: a.Operator})
	if c.other == p && !c.bridged { // the caller has gone meanwhile
		c.dropParty()
		c.leaveDesk()
	}
	if c.bridged {
		c.line.metrics.offers.WithLabelValues("connected").Inc()
		c.note("connected", a.Operator)
	}
}

func (c *call) dialRescue(ctx context.Context, number string) {
	p := &party{id: c.partyID("rescue")}
	if err := c.dial(ctx, p, phone.Target{Rescue: number}, rescueRing); err != nil {
		c.log.Error().Err(err).Msg("the rescue number could not be dialled; the caller hears the advice again")
		c.put(flow.RescueOver{Failed: true})
	}
}

func (c *call) handleParty(m msgParty) {
	p := c.other
	if p == nil || p.id != m.leg {
		return // of a party that was let go
	}
	switch ev := m.ev.(type) {
	case phone.Answered:
		c.partyAnswered(p)
	case phone.Ended:
		c.partyEnded(p, ev)
	case phone.Ringing:
		c.note("ringing", p.operator)
	case phone.Key, phone.PlayDone, phone.RecordDone, phone.Resynced:
		// Operators have no feature codes yet.
	}
}

func (c *call) partyAnswered(p *party) {
	if p.accepted {
		return
	}
	p.accepted = true
	if p.operator != "" {
		c.line.desk.put(desk.Accept{Ticket: c.id, Operator: p.operator, Offer: p.offer})
		return
	}
	c.step(flow.RescueUp{})
	if c.other == p && !c.bridged { // the caller has gone meanwhile
		c.dropParty()
	}
}

// partyEnded: first the desk, so that the operator's next call is on its way, then our own caller.
func (c *call) partyEnded(p *party, ev phone.Ended) {
	c.other = nil
	talked := c.bridged
	switch {
	case p.operator == "":
		c.unbridge()
		c.step(flow.RescueOver{Failed: !talked})
	case !talked: // if he accepted, the desk's Connect is on the way and will find nobody
		why := whyOf(ev)
		if p.accepted {
			why = desk.WhyRejected
		}
		c.decline(p, why)
	default:
		c.ticket = false
		c.line.desk.put(desk.Over{Ticket: c.id, Operator: p.operator})
		c.unbridge()
		c.note("operator_left", p.operator)
		c.step(flow.OperatorLeft{})
	}
}

func whyOf(ev phone.Ended) desk.Why {
	switch ev.Cause {
	case phone.CauseBusy:
		return desk.WhyBusy
	case phone.CauseRejected:
		return desk.WhyRejected
	case phone.CauseNoAnswer, phone.CauseNoResponse, phone.CauseNormal:
		return desk.WhyNoAnswer
	default:
		return desk.WhyUnreachable
	}
}

// bridge joins the caller with the other party. If that fails the other party is let go, and the caller waits again at
// his place or hears the advice again. Which of the legs is gone the switch does not tell; ours will say so itself.
func (c *call) bridge(ctx context.Context) {
	p := c.other
	if p == nil {
		return
	}
	if c.checkOther("join two legs", c.sw.Bridge(ctx, bridgeID(c.id), c.leg, p.leg)) {
		c.bridged = true
		return
	}
	c.dropParty()
	if p.operator == "" {
		c.put(flow.RescueOver{Failed: true})
		return
	}
	c.decline(p, desk.WhyUnjoined)
	c.put(flow.NotJoined{})
}

func (c *call) unbridge() {
	if !c.bridged {
		return
	}
	c.bridged = false
	c.checkOther("part two legs", c.sw.Unbridge(c.line.base, bridgeID(c.id)))
}

// dropParty hangs the other party up.
func (c *call) dropParty() {
	p := c.other
	c.other = nil
	if p == nil || p.leg == nil {
		return
	}
	if !c.checkOther("hang up the other party", p.leg.Hangup(c.line.base, phone.CauseNormal)) {
		c.line.reap(p.leg)
	}
}
