package flow

import (
	"time"

	"pronto/prompts"
)

// For a rescue node, Step is the number of times that its number was dialled in vain.

// advise tells the number, after the texts first: twice, with the offer to connect; once, with the offer, after a call
// that failed; and after the last of these twice without it.
func (m *machine) advise(node prompts.Node, first []string) {
	rescue, ok := m.r.Book.RescueFor(node.Use, m.s.District)
	if !ok {
		m.fail(m.s.Node)
		return
	}
	m.s.Rescue = rescue.Number
	keys := append(append([]string{}, first...), rescue.Say)
	m.settleAdvice()
	told := m.clips(keys...)
	if m.s.Step != 1 {
		keys = append(keys, rescue.Say)
	}
	if m.s.Step < rescueDials {
		keys = append(keys, prompts.KeyRescueOffer)
	}
	if _, ok := m.r.Clip(m.s.Language, rescue.Say); ok {
		m.s.AdviceAt = m.now.Add(length(told))
	}
	m.do(Note{Kind: "rescue", Text: rescue.Number})
	m.say(PhaseSaying, m.clips(keys...))
}

// settleAdvice ends an advice that may have been cut short: told whole once, the caller counts as redirected.
func (m *machine) settleAdvice() {
	if m.s.toldBy(m.now) {
		m.s.Marks |= MarkAdvised
	}
	m.s.AdviceAt = time.Time{}
}

// advised: the advice was heard to its end.
func (m *machine) advised(node prompts.Node) {
	if !m.s.AdviceAt.IsZero() {
		m.s.Marks |= MarkAdvised
		m.s.AdviceAt = time.Time{}
	}
	if m.s.Step >= rescueDials {
		m.enter(node.Then, false)
		return
	}
	m.s.Phase = PhaseOffering
	m.do(SetTimer{After: wait(node)})
}

func (m *machine) rescueKey(node prompts.Node, digit byte) {
	if digit != '1' || m.s.Step >= rescueDials || m.now.Sub(m.s.SayStart) < rescueDebounce {
		return
	}
	m.settleAdvice()
	m.hush()
	rescue, _ := m.r.Book.RescueFor(node.Use, m.s.District)
	number := rescue.Number
	m.do(Note{Kind: "dial", Text: number}, DialRescue{Number: number})
	m.say(PhaseDialling, m.clips(prompts.KeyRescueConnecting))
}

func (m *machine) rescueUp() {
	if m.s.Phase != PhaseDialling {
		return
	}
	m.hush()
	m.giveBack()
	m.s.Phase = PhaseConnected
	m.s.Marks |= MarkTransfer
	m.do(SetTimer{}, Music{}, Bridge{}, Save{})
}

// rescueOver: the conversation is over, or never came about.
func (m *machine) rescueOver(failed bool) {
	if m.s.Phase != PhaseDialling && m.s.Phase != PhaseConnected {
		return
	}
	node := m.node()
	if !failed {
		m.s.Phase = PhaseSaying
		m.thenOrHangup(node.Then)
		return
	}
	if m.s.Phase == PhaseConnected { // answered, but not joined with the caller
		m.s.Marks &^= MarkTransfer
	}
	m.s.Step++
	m.do(Note{Kind: "rescue_failed", Text: m.s.Rescue}, Music{})
	m.advise(node, []string{prompts.KeyRescueFailed})
}
