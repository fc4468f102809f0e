package ivr

import (
	"time"

	"pronto/ivr/desk"
	"pronto/ivr/ledger"
	"pronto/ivr/phone"
	"pronto/prompts"
)

// msgUntaken: whoever answered an operator's telephone elsewhere has not pressed the key that takes the call.
type msgUntaken struct{ leg string }

// takeKey takes a call on a telephone elsewhere. It is asked for because what answers may be a mailbox, or a child.
const takeKey = '1'

// targetFor is where an operator is reached who may have no account.
func (l *Line) targetFor(operator string) phone.Target {
	if o, known := l.account(operator); known {
		return targetOf(o)
	}
	return targetOf(ledger.Operator{Name: operator})
}

// mustTake: he has answered elsewhere and is yet to say that he is there.
func (p *party) mustTake() bool { return p.outside && !p.taken }

func (p *party) takeID() string { return p.id + "-take" }

// askToTake tells a party, twice, which key takes the call; put gets msgUntaken when the time for it is over.
func (l *Line) askToTake(p *party, put func(any)) error {
	time.AfterFunc(desk.TakeFor, func() { put(msgUntaken{p.id}) })
	r := l.release.Load()
	lang := r.Book.Line.Languages[0]
	clip, ok := r.Clip(lang, prompts.KeyOperatorPress)
	if !ok {
		if clip, ok = r.Clip(lang, prompts.KeyBeep); !ok {
			return nil
		}
	}
	return p.leg.Play(l.base, p.takeID(), []string{clip.File, clip.File})
}

// takes says whether a key is the one that takes the call; then the party has it.
func (p *party) takes(digit byte) bool {
	if !p.accepted && p.mustTake() && p.leg != nil && digit == takeKey {
		p.taken = true
		return true
	}
	return false
}

// take: the key was pressed. The leg is the operator's from now on, for the next process, too.
func (c *call) take(p *party) {
	c.checkOther("stop a sound", p.leg.StopPlay(c.line.base, p.takeID()))
	c.partyAnswered(p)
	c.tagParty(p)
}

// untaken: what answered took no call.
func (c *call) untaken(leg string) {
	p := c.party(leg)
	if p == nil || !p.mustTake() {
		return
	}
	if p == c.guest {
		c.drop(p)
		c.guestEnded()
		return
	}
	delete(c.offers, p.offer)
	c.drop(p)
	c.decline(p, desk.WhyNoAnswer)
}
