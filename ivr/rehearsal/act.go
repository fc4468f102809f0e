package rehearsal

import (
	"fmt"
	"time"

	"pronto/ivr/desk"
	"pronto/ivr/flow"
)

// do carries one action of the flow out.
func (c *Call) do(a flow.Action) {
	switch a := a.(type) {
	case flow.Answer, flow.Save, flow.Bridge:
		// There is nothing to answer, to survive or to join; the party counts as joined when it answers.
	case flow.Say:
		c.say(a)
	case flow.Hush:
		c.hush(a.ID)
	case flow.SetTimer:
		c.timer = time.Time{}
		if a.After > 0 {
			c.timer = c.now.Add(a.After)
		}
	case flow.Queue:
		if a.Instead {
			c.atDesk(desk.Leave{Ticket: ticketID})
		}
		c.ticket = true
		c.atDesk(desk.Join{
			Ticket: desk.Ticket{ID: ticketID, Topic: a.Topic, Class: a.Class, Skills: a.Skills, Language: c.state.Language, Since: a.Since},
			Nobody: a.Nobody, Again: a.Again,
		})
	case flow.Away:
		c.atDesk(desk.Away{Ticket: ticketID})
	case flow.Back:
		c.atDesk(desk.Back{Ticket: ticketID})
	case flow.Requeue:
		c.requeue(a)
	case flow.Unqueue:
		c.ticket = false
		c.atDesk(desk.Leave{Ticket: ticketID, Unjoined: c.party == nil || !c.party.up})
	case flow.Music:
		if a.On && !c.music {
			c.tell(Moment{Kind: KindMusic})
		}
		c.music = a.On
	case flow.DialRescue:
		c.ring(&party{number: a.Number}, rescueRing)
	case flow.DropRescue:
		if c.party != nil && c.party.operator == "" {
			c.drop("stops ringing")
		}
	case flow.Record:
		c.recordStart, c.recordEnd = c.now, c.now.Add(a.Longest)
		c.tell(Moment{Kind: KindRecord})
	case flow.StopRecord:
		if !c.recordEnd.IsZero() {
			c.recorded()
		}
	case flow.BookCallback:
		c.bookCallback(a)
	case flow.NewCode:
		c.put(flow.Coded{Code: Code})
	case flow.OpenRequest:
		c.openRequest(a.Code)
	case flow.LookUp:
		c.lookUp(a.Code)
	case flow.Note:
		c.note(a)
	case flow.Hangup:
		c.end("line")
	default:
		c.tell(Moment{Kind: KindNote, Text: fmt.Sprintf("not rehearsed: %T", a)})
	}
}

func (c *Call) say(a flow.Say) {
	c.music = false
	clips := make([]Clip, 0, len(a.Clips))
	var seconds float64
	for _, clip := range a.Clips {
		clips = append(clips, Clip{Language: c.langs[clip.File], Clip: clip})
		seconds += clip.Seconds
	}
	c.saying, c.sayStart = a, c.now
	c.sayEnd = c.now.Add(time.Duration(seconds * float64(time.Second)))
	c.tell(Moment{Kind: KindSay, Clips: clips, Length: c.sayEnd.Sub(c.now)})
}

// hush cuts what is said. One that was cut before a sound came of it is told as cut, too: it was in nobody's ear.
func (c *Call) hush(id int) {
	if c.sayEnd.IsZero() || c.saying.ID != id {
		return
	}
	c.sayEnd = time.Time{}
	c.tell(Moment{Kind: KindCut, Length: c.now.Sub(c.sayStart)})
	c.put(flow.Said{ID: id})
}

func (c *Call) said() {
	c.sayEnd = time.Time{}
	c.put(flow.Said{ID: c.saying.ID})
}

func (c *Call) recorded() {
	c.recordEnd = time.Time{}
	length := c.now.Sub(c.recordStart)
	c.tell(Moment{Kind: KindRecorded, Length: length})
	c.put(flow.Recorded{Length: length})
}

// note tells what the flow writes into the journal and no other moment shows.
func (c *Call) note(n flow.Note) {
	switch n.Kind {
	case "node":
		c.tell(Moment{Kind: KindNode, Text: n.Text})
	case "rescue", "dial", "rescue_failed":
	case "callback": // told where it is booked
	case "request":
		if n.Text != "opened" {
			c.tell(Moment{Kind: KindNote, Text: n.Kind + " " + n.Text})
		}
	case "key":
		if n.Text == "invalid" || n.Text == "ahead" {
			c.tell(Moment{Kind: KindNote, Text: "key " + n.Text})
		}
	default:
		c.tell(Moment{Kind: KindNote, Text: n.Kind + " " + n.Text})
	}
}

// atDesk tells the desk of an event. What it wants done is done in turn.
func (c *Call) atDesk(ev desk.Event) {
	for _, a := range c.desk.Handle(ev, c.now) {
		c.put(a)
	}
}

func (c *Call) deskActs(a desk.Action) {
	switch a := a.(type) {
	case desk.Offer:
		if a.Ticket == ticketID {
			c.ring(&party{operator: a.Operator, offer: a.Offer}, 0)
		}
	case desk.Withdraw:
		if c.party != nil && c.party.operator == a.Operator && c.party.offer == a.Offer {
			c.drop("does not answer")
		}
	case desk.Connect:
		if c.party == nil || c.party.offer != a.Offer {
			return
		}
		c.up()
		c.step(flow.Connected{Operator: a.Operator})
	case desk.Announce:
		if a.Ticket == ticketID {
			c.step(flow.Announce{Position: a.Position, Band: a.Band})
		}
	case desk.Changed:
		if a.To == desk.Paused && a.From != desk.Paused {
			c.tell(Moment{Kind: KindOperator, Text: a.Operator, What: "is paused"})
		}
	case desk.Fetch:
		if a.Ticket == ticketID {
			c.step(flow.Fetch{})
		}
	case desk.Refuse:
		c.ticket = false
		c.step(flow.Refused{Why: a.Why})
	}
}

// ring rings the other party. most is how long at most; zero leaves that to the desk.
func (c *Call) ring(p *party, most time.Duration) {
	c.party = p
	c.tellParty(p, "rings")
	switch {
	case c.setting.Answer > 0:
		p.acts = c.now.Add(c.setting.Answer)
	case most > 0:
		p.acts = c.now.Add(most)
	}
}

func (c *Call) requeue(a flow.Requeue) {
	why := desk.RequeueTransfer
	if a.Dropped {
		why = desk.RequeueDropped
	}
	c.atDesk(desk.Requeue{
		Ticket: ticketID, Topic: a.Topic, Class: a.Class, Skills: a.Skills, Language: c.state.Language, For: a.For, Why: why,
	})
}

// partyActs: the other party does by itself what it is set to do.
func (c *Call) partyActs() {
	p := c.party
	p.acts = time.Time{}
	switch {
	case p.up:
		c.leaves()
	case c.setting.Answer > 0:
		c.answers()
	default:
		c.drop("does not answer")
		c.put(flow.RescueOver{Failed: true})
	}
}

// answers: an operator has to be confirmed by the desk, the rescue number is there at once.
func (c *Call) answers() {
	p := c.party
	p.acts = time.Time{}
	if p.operator != "" {
		c.atDesk(desk.Accept{Ticket: ticketID, Operator: p.operator, Offer: p.offer})
		return
	}
	c.up()
	c.put(flow.RescueUp{})
}

func (c *Call) up() {
	p := c.party
	p.up = true
	c.tellParty(p, "answers")
	if c.setting.Talk > 0 {
		p.acts = c.now.Add(c.setting.Talk)
	}
}

// leaves: the other party hangs up.
func (c *Call) leaves() {
	p := c.drop("hangs up")
	if p.operator == "" {
		c.put(flow.RescueOver{})
		return
	}
	c.ticket = false
	c.atDesk(desk.Over{Ticket: ticketID, Operator: p.operator})
	c.put(flow.OperatorLeft{})
}

func (c *Call) drop(what string) *party {
	p := c.party
	c.party = nil
	c.tellParty(p, what)
	return p
}

func (c *Call) tellParty(p *party, what string) {
	m := Moment{Kind: KindOperator, Text: p.operator, What: what}
	if p.operator == "" {
		m = Moment{Kind: KindRescue, Text: p.number, What: what}
	}
	c.tell(m)
}
