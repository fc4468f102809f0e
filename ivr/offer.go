package ivr

import (
	"time"

	"pronto/ivr/desk"
	"pronto/ivr/flow"
	"pronto/ivr/phone"
)

// offer rings an operator. With the strategy ring-all several ring for the same caller.
func (c *call) offer(a desk.Offer) {
	if !c.ticket {
		return // our Leave is on its way to the desk
	}
	if c.gone || c.ending > 0 {
		c.leaveDesk() // there is nobody to be served any more; Ended will say so
		return
	}
	if c.other != nil {
		c.dropParty() // the desk knows nothing of it any more
	}
	to := c.line.targetFor(a.Operator)
	p := &party{id: c.partyID(a.Operator), operator: a.Operator, offer: a.Offer, outside: to.Outside != ""}
	c.offers[a.Offer] = p
	// The desk ends the ringing; the switch's own time-out is only a net under it.
	ring := c.release.Book.Desk.Ring + 10*time.Second
	err := c.dial(c.line.base, p, to, ring)
	c.note("offered", a.Operator)
	if err != nil {
		delete(c.offers, a.Offer)
		c.log.Warn().Err(err).Str("operator", a.Operator).Msg("an operator's phone could not be rung")
		c.decline(p, desk.WhyUnreachable)
	}
}

// withdraw stops the ringing of an offer.
func (c *call) withdraw(a desk.Withdraw) {
	if p := c.offers[a.Offer]; p != nil {
		c.note("withdrawn", a.Operator)
		delete(c.offers, a.Offer)
		c.drop(p)
	}
}

// dropOffers stops all ringing.
func (c *call) dropOffers() {
	for offer, p := range c.offers {
		delete(c.offers, offer)
		c.drop(p)
	}
}

// offerLost: the operator did not answer, or hung up before the desk's word.
func (c *call) offerLost(p *party, ev phone.Ended) {
	delete(c.offers, p.offer)
	why := whyOf(ev)
	if p.accepted { // the desk's Connect is on the way and will find nobody
		why = desk.WhyRejected
	}
	c.decline(p, why)
}

// connect joins the operator whose acceptance the desk confirmed.
func (c *call) connect(a desk.Connect) {
	p := c.offers[a.Offer]
	if p == nil {
		return // he hung up between his answer and the desk's word, and the desk was told
	}
	delete(c.offers, a.Offer)
	c.other = p
	c.step(flow.Connected{Operator: a.Operator})
	if c.other == p && !c.bridged { // the caller has gone meanwhile, or is where he must not be disturbed
		c.dropParty()
		c.passOver(p)
	}
	if c.bridged {
		c.line.metrics.offers.WithLabelValues("connected").Inc()
		c.note("connected", a.Operator)
	}
}
