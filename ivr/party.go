package ivr

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"pronto/ivr/desk"
	"pronto/ivr/flow"
	"pronto/ivr/phone"
	"pronto/prompts"
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
	rescue   string // the number, of a rescue number that an operator asked in
	guest    bool   // asked into a conversation that another has
	outside  bool   // a telephone elsewhere,
	taken    bool   // on which the key was pressed that takes the call
	joined   bool   // found in the call's bridge after a restart
	code     code   // what an operator presses in conversation
}

// partyTag is the tag of an operator's or the rescue number's leg: how the next process finds whose it is.
type partyTag struct {
	Call     string `json:"call"`
	Operator string `json:"op,omitempty"`
	Rescue   string `json:"rescue,omitempty"`
	Guest    bool   `json:"guest,omitempty"`
	Untaken  bool   `json:"untaken,omitempty"` // whatever answered is not known to be the operator
}

func (p *party) tag(call string) (string, error) {
	tag, err := json.Marshal(partyTag{Call: call, Operator: p.operator, Rescue: p.rescue, Guest: p.guest, Untaken: p.mustTake()})
	if err != nil {
		return "", fmt.Errorf("write a party's tag: %w", err)
	}
	return string(tag), nil
}

func (c *call) fromParty(id string) phone.Sink {
	return func(ev phone.Event) { c.box.Put(msgParty{leg: id, ev: ev}) }
}

func (c *call) partyID(role string) string {
	c.dials++
	return "p-" + c.id + "-" + role + "-" + strconv.FormatInt(time.Now().UnixMilli(), 36) + strconv.Itoa(c.dials)
}

func (c *call) dial(ctx context.Context, p *party, to phone.Target, timeout time.Duration) error {
	tag, err := p.tag(c.id)
	if err != nil {
		return err
	}
	p.leg, err = c.sw.Dial(ctx, phone.Dial{
		ID: p.id, To: to, From: c.number, For: c.leg, Timeout: timeout, Tag: tag,
	}, c.fromParty(p.id))
	return err
}

func (c *call) handleDesk(a desk.Action) {
	switch a := a.(type) {
	case desk.Offer:
		c.offer(a)
	case desk.Withdraw:
		c.withdraw(a)
	case desk.Connect:
		c.connect(a)
	case desk.Announce:
		c.step(flow.Announce{Position: a.Position, Band: c.band(a.Band)})
	case desk.Kept:
		c.step(flow.Kept{Since: a.Since, Position: a.Told})
	case desk.Fetch:
		c.step(flow.Fetch{})
	case desk.Refuse:
		c.ticket = false
		c.step(flow.Refused{Why: a.Why})
	}
}

// leaveDesk gives the ticket back.
func (c *call) leaveDesk() { c.leaveDeskBy(false) }

// leaveDeskBy gives it back; unwanted: nobody meant the caller to go, and his place is kept for a while.
func (c *call) leaveDeskBy(unwanted bool) {
	if c.ticket {
		c.ticket = false
		c.line.desk.put(desk.Leave{Ticket: c.id, Unjoined: !c.bridged, Unwanted: unwanted})
	}
}

// unwanted tells an end that neither the caller nor the line wanted.
func unwanted(ended phone.Ended) bool {
	return ended.Lost || ended.Cause == phone.CauseRTPTimeout || ended.Remote && ended.Cause == phone.CauseInterworking
}

// callerKey is by what the desk knows a caller again: it says nothing of the number.
func (l *Line) callerKey(number string) string {
	if number == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(l.salt + number))
	return hex.EncodeToString(sum[:16])
}

func (c *call) decline(p *party, why desk.Why) {
	c.line.desk.put(desk.Decline{Ticket: c.id, Operator: p.operator, Offer: p.offer, Why: why})
	c.line.metrics.offers.WithLabelValues(string(why)).Inc()
	c.note("declined", p.operator+" "+string(why))
}

// passOver gives an operator back who accepted in vain. A caller who only went elsewhere keeps his place.
func (c *call) passOver(p *party) {
	if c.state.Away == "" || c.gone || c.ending > 0 {
		c.leaveDesk()
		return
	}
	c.decline(p, desk.WhyUnjoined)
	c.line.desk.put(desk.Away{Ticket: c.id})
}

// band finds a waiting time of the desk, which follows the newest release, among those of the call's; -1: it has no words
// for it.
func (c *call) band(i int) int {
	bands := c.line.release.Load().Book.Desk.Bands
	if i < 0 || i >= len(bands) {
		return -1
	}
	return slices.IndexFunc(c.release.Book.Desk.Bands, func(b prompts.Band) bool { return b.Low == bands[i].Low && b.High == bands[i].High })
}

func (c *call) dialRescue(ctx context.Context, number string) {
	p := &party{id: c.partyID("rescue")}
	c.other = p
	if err := c.dial(ctx, p, phone.Target{Rescue: number}, rescueRing); err != nil {
		c.other = nil
		c.log.Error().Err(err).Msg("the rescue number could not be dialled; the caller hears the advice again")
		c.put(flow.RescueOver{Failed: true})
	}
}

func (c *call) handleParty(m msgParty) {
	p := c.party(m.leg)
	if p == nil {
		return // it was let go
	}
	switch ev := m.ev.(type) {
	case phone.Answered:
		c.partyAnswered(p)
	case phone.Ended:
		c.partyEnded(p, ev)
	case phone.Ringing:
		c.note("ringing", p.operator)
	case phone.Key:
		c.partyKey(p, ev.Digit)
	case phone.PlayDone, phone.RecordDone, phone.Resynced:
	}
}

func (c *call) partyAnswered(p *party) {
	if p.accepted {
		return
	}
	if p.mustTake() {
		c.checkOther("play", c.line.askToTake(p, c.box.Put))
		return
	}
	if p == c.guest {
		c.guestAnswered()
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
	switch {
	case c.offers[p.offer] == p:
		c.offerLost(p, ev)
		return
	case p == c.guest:
		c.guestEnded()
		return
	case c.talk.Guest == guestTalks: // whom he had brought in has the caller
		c.note("operator_left", p.operator)
		c.carry(c.talk.operatorGone(), target{})
		return
	case c.guest != nil:
		c.dropGuest()
	}
	c.other, c.talk = nil, talk{}
	talked := c.bridged
	switch {
	case p.operator == "":
		if talked {
			c.note("rescue_left", "")
		}
		c.unbridge()
		c.step(flow.RescueOver{Failed: !talked})
	case ev.Lost || ev.Cause == phone.CauseRTPTimeout: // he did not hang up
		c.unbridge()
		c.note("operator_lost", p.operator)
		c.step(flow.OperatorDropped{})
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
		if p.operator == "" {
			c.note("rescue_connected", "")
		}
		return
	}
	c.checkOther("part two legs", c.sw.Unbridge(ctx, bridgeID(c.id))) // the caller may still be in it from before
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
	c.dismiss()
	c.checkOther("part two legs", c.sw.Unbridge(c.line.base, bridgeID(c.id)))
}

// dropParty hangs the other party up.
func (c *call) dropParty() {
	p := c.other
	c.other = nil
	c.drop(p)
}

// drop hangs a party up.
func (c *call) drop(p *party) {
	if p == nil || p.leg == nil {
		return
	}
	if !c.checkOther("hang up the other party", p.leg.Hangup(c.line.base, phone.CauseNormal)) {
		c.line.reap(p.leg)
	}
}

// others are all parties of the call.
func (c *call) others() []*party {
	all := slices.Collect(maps.Values(c.offers))
	for _, p := range []*party{c.other, c.guest} {
		if p != nil {
			all = append(all, p)
		}
	}
	return all
}

// party finds one of them by its leg.
func (c *call) party(leg string) *party {
	for _, p := range c.others() {
		if p.id == leg {
			return p
		}
	}
	return nil
}
