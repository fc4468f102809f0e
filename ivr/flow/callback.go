package flow

import (
	"slices"

	"pronto/prompts"
)

// For a callback node, Step is where it is: stepTyping and stepConfirm as for an ask node, then stepTold (it is booked, which
// is told) or stepDown (none can be booked, which is told).

// callback offers the caller's own number, or asks for one. Resumed with a number it reads it back, or books it again.
func (m *machine) callback(node prompts.Node) {
	own, known := "", false
	if m.s.Step == stepTyping && m.s.Try == 1 {
		own, known = m.r.Book.CallbackNumber(m.s.Caller)
	}
	switch {
	case m.s.Phase == PhaseLooking && m.s.Entry != "":
		m.book(node)
	case m.s.Step == stepDown:
		m.say(PhaseSaying, m.clips(prompts.KeyCallbackFailed))
	case m.s.Step == stepTold:
		m.tellBooked(m.s.Marks&MarkDouble != 0)
	case m.s.Step == stepConfirm && m.s.Entry != "":
		m.readBack(nil)
	case known:
		m.s.Step, m.s.Entry = stepConfirm, prompts.Dialled(own)
		m.readBack(m.clips(node.Say...))
	default:
		m.s.Step, m.s.Entry = stepTyping, ""
		m.say(PhaseSaying, m.clips(slices.Concat(node.Say, []string{prompts.KeyCallbackType})...))
	}
}

// callbackKey: the key that led here, pressed twice, confirms nothing that has not been heard.
func (m *machine) callbackKey(node prompts.Node, digit byte) {
	switch {
	case m.s.Step == stepTold:
		m.leave(node.Then, digit)
	case m.s.Step == stepDown:
		m.leave(node.Otherwise, digit)
	case m.s.Step == stepConfirm && (digit == '2' || digit == '*'):
		m.do(Note{Kind: "entry", Text: "again"})
		m.s.Step, m.s.Entry, m.s.Try = stepTyping, "", max(m.s.Try, 2) // no failed try, but his own number is not offered again
		m.say(PhaseSaying, m.clips(prompts.KeyCallbackType))
	case m.s.Step == stepConfirm && digit == '1' && m.s.Playing && m.now.Sub(m.s.SayStart) < rescueDebounce:
	default:
		m.askKey(node, digit)
	}
}

// enteredNumber: what was typed must be a number that may be called.
func (m *machine) enteredNumber(node prompts.Node) {
	if _, ok := m.r.Book.CallbackNumber(m.s.Entry); !ok {
		m.do(Note{Kind: "entry", Text: "invalid"})
		m.askAgain(node, m.clips(prompts.KeyCallbackRefused))
		return
	}
	m.s.Step, m.s.Typed = stepConfirm, ""
	m.readBack(nil)
}

// book takes the confirmed number down, with the place of the ticket that the caller has.
func (m *machine) book(node prompts.Node) {
	number, ok := m.r.Book.CallbackNumber(m.s.Entry)
	if !ok { // the release was lost, and another one does not call it
		m.askAgain(node, m.clips(prompts.KeyCallbackRefused))
		return
	}
	topic, since := m.s.Topic, m.now
	if m.s.Away != "" {
		since = m.s.Queued
		if node.Topic == "" {
			topic = m.s.Drawn
		}
	}
	m.s.Step = stepConfirm
	t := m.r.Book.Topics[topic]
	m.await(BookCallback{
		Number: number, Topic: topic, Class: t.Class, Skills: t.Skills, Since: since,
		NotBefore: m.r.Book.NextOpen(m.r.Book.Desk.Callback.Hours, m.now),
	})
}

func (m *machine) booked(why string) {
	node := m.node()
	if m.s.Phase != PhaseLooking || node.Kind != prompts.KindCallback {
		return
	}
	m.s.Phase, m.s.Entry = PhaseSaying, ""
	switch why {
	case "":
		m.do(Note{Kind: "callback", Text: "booked"})
		m.s.Marks = m.s.Marks&^MarkDouble | MarkCallback
	case CallbackAlready:
		m.do(Note{Kind: "callback", Text: why})
		if m.s.Marks&MarkCallback == 0 {
			m.s.Marks |= MarkCallback | MarkDouble
		}
	default:
		m.do(Note{Kind: "callback", Text: why})
		m.s.Step = stepDown
		m.say(PhaseSaying, m.clips(prompts.KeyCallbackFailed))
		return
	}
	m.s.Step = stepTold
	m.giveBack()
	m.tellBooked(why != "")
}

func (m *machine) tellBooked(already bool) {
	key := prompts.KeyCallbackBooked
	switch {
	case already:
		key = prompts.KeyCallbackAlready
	case !m.r.Book.NextOpen(m.r.Book.Desk.Callback.Hours, m.now).IsZero():
		key = prompts.KeyCallbackLater
	}
	m.say(PhaseSaying, m.clips(key))
}

func (m *machine) callbackSaid(node prompts.Node) {
	switch m.s.Step {
	case stepTold:
		m.enter(node.Then, false)
	case stepDown:
		m.enter(node.Otherwise, false)
	default:
		m.s.Phase = PhaseWaiting
		m.do(SetTimer{After: wait(node)})
	}
}
