package flow

import (
	"time"

	"pronto/prompts"
)

// For a message node, Step is where it is.
const (
	stepText    = iota // the text before the tone
	stepTone           // the tone alone, the text was cut short; recording
	stepStopped        // the recording was ended by a key
	stepThanks         // the message was left
	stepCode           // and opens a request, whose code is told
)

func (m *machine) message(node prompts.Node) {
	switch m.s.Step { // resumed behind the message
	case stepThanks:
		m.say(PhaseSaying, m.clips(prompts.KeyMessageThanks))
		return
	case stepCode:
		m.askCode()
		return
	}
	m.s.Step = stepText
	m.say(PhaseSaying, append(m.clips(node.Say...), m.clips(prompts.KeyBeep)...))
}

// messageSaid: after the text and the tone comes the recording, after the thanks the next node.
func (m *machine) messageSaid(node prompts.Node) {
	switch m.s.Step {
	case stepThanks:
		m.enter(node.Then, false)
		return
	case stepCode:
		m.s.Phase = PhaseOffering
		m.do(SetTimer{After: wait(node)})
		return
	}
	m.s.Plays++ // recordings are numbered with the playbacks
	m.s.Phase, m.s.SayStart, m.s.Step, m.s.Recording = PhaseRecording, m.now, stepTone, m.s.Plays
	m.s.Request = ""
	m.s.Marks &^= MarkOwed
	if node.Request {
		m.s.Marks |= MarkOwed
	}
	m.do(Save{}, Record{ID: m.s.Recording, Longest: longest(node)}, SetTimer{After: longest(node) + sayGrace})
}

func longest(node prompts.Node) time.Duration {
	if node.Longest <= 0 {
		return defaultLongest
	}
	return node.Longest
}

// recordEnded: the clock counts beside the length told, which is in whole seconds, or a guess where the end was lost.
func (m *machine) recordEnded(ev Recorded) {
	m.recorded(!ev.Failed && max(ev.Length, m.now.Sub(m.s.SayStart)) >= MinMessage)
}

func (m *machine) recorded(kept bool) {
	if m.s.Phase != PhaseRecording {
		return
	}
	m.do(SetTimer{})
	if !kept {
		m.s.Marks &^= MarkOwed
		m.do(Note{Kind: "message", Text: "none"})
		m.silent()
		m.s.Phase = PhaseSaying
		m.enter(m.node().Then, false)
		return
	}
	m.s.Marks |= MarkMessage
	m.giveBack()
	m.do(Note{Kind: "message", Text: "left"})
	if m.node().Request {
		m.s.Step = stepCode
		m.askCode()
		return
	}
	m.s.Step = stepThanks
	m.say(PhaseSaying, m.clips(prompts.KeyMessageThanks))
}
