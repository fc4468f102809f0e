package flow

import "pronto/prompts"

// resumed goes on after a restart. What played has been stopped by the shell.
func (m *machine) resumed(ev Resumed) {
	m.s.Playing = false
	m.settleAdvice()
	node, ok := m.r.Book.Nodes[m.s.Node]
	switch m.s.Phase {
	case PhaseNew:
		m.arrived()
	case PhaseSaying, PhaseWaiting, PhaseOffering, PhaseDialling, PhaseLooking:
		if !ok { // the release was lost, too: another book, from its start
			m.enter(m.r.Book.Start, false)
			return
		}
		m.prompt(node)
	case PhaseQueued:
		m.requeue(node)
	case PhaseTalking:
		if ev.Alone {
			m.lostOperator(node)
		}
	case PhaseConnected:
		if ev.Alone {
			m.thenOrHangup(node.Then)
		}
	case PhaseRecording:
		m.resumeRecording(node, ev.Recording)
	case PhaseLast:
		m.resumeLast()
	case PhaseEnding:
	}
}

func (m *machine) resumeLast() {
	key := prompts.KeySorry
	if m.s.Marks&MarkFailed == 0 {
		key = prompts.KeyFailOpenAdvice
	}
	m.say(PhaseLast, m.clips(key))
}

// resumeRecording: one that runs goes on for the rest of its time; of one that ended, or whose end will not be told,
// the end is taken for granted then.
func (m *machine) resumeRecording(node prompts.Node, runs bool) {
	left := m.s.SayStart.Add(longest(node) + sayGrace).Sub(m.now)
	if !runs || left <= 0 {
		m.recorded(m.now.Sub(m.s.SayStart) >= MinMessage)
		return
	}
	m.do(SetTimer{After: left})
}
