package flow

import (
	"time"

	"pronto/prompts"
)

// queue draws a ticket, unless the desk is closed. A caller who comes back from elsewhere keeps the old place.
func (m *machine) queue(node prompts.Node) {
	hours := node.Hours
	if hours == "" {
		hours = m.r.Book.Desk.Hours
	}
	if !m.r.Book.Open(hours, m.now) {
		m.turnAway("closed", node.Closed)
		return
	}
	if m.s.Queued.IsZero() || !m.s.Talk.IsZero() {
		m.s.Queued, m.s.Talk, m.s.Position = m.now, time.Time{}, 0
	}
	m.s.Topic = node.Topic
	m.draw(node)
	m.say(PhaseQueued, m.clips(node.Say...))
}

func (m *machine) draw(node prompts.Node) {
	topic := m.r.Book.Topics[m.s.Topic]
	m.do(Queue{Topic: m.s.Topic, Class: topic.Class, Skills: topic.Skills, Since: m.s.Queued, Nobody: node.Nobody != ""})
}

// requeue takes the ticket up again, at its old place.
func (m *machine) requeue(node prompts.Node) {
	if node.Kind != prompts.KindQueue {
		m.fail()
		return
	}
	m.draw(node)
	m.say(PhaseQueued, nil)
}

// turnAway: the desk takes nobody; the book says what then.
func (m *machine) turnAway(why, to string) {
	m.s.Marks |= MarkClosed
	m.s.Queued = time.Time{}
	m.hush()
	m.do(Note{Kind: "refused", Text: why})
	m.thenOrHangup(to)
}

func (m *machine) refused(why string) {
	if m.s.Phase != PhaseQueued {
		return
	}
	node := m.node()
	m.do(SetTimer{}, Music{})
	to := node.Full
	if why == RefusedNobody {
		to = node.Nobody
	}
	m.turnAway(why, to)
}

// position tells the place in the queue. It waits for no other sound and never grows: a caller who hears a higher
// number than before loses faith in all of them.
func (m *machine) position(n int) {
	if m.s.Phase != PhaseQueued || m.s.Playing || n < 1 {
		return
	}
	if m.s.Position > 0 {
		n = min(n, m.s.Position)
	}
	m.s.Position = n
	m.say(PhaseQueued, m.clips(m.r.Book.PositionKey(n)))
}

func (m *machine) connected(operator string) {
	if m.node().Kind != prompts.KindQueue || m.s.Phase == PhaseTalking {
		return
	}
	m.hush()
	m.s.Phase, m.s.Operator, m.s.Talk = PhaseTalking, operator, m.now
	m.s.Marks |= MarkServed
	// Saved after: the operator is on the line already and must not wait for a disk or a lock.
	m.do(SetTimer{}, Music{}, Bridge{}, Save{})
}

// advice is the rescue number's text, n times, and the offer to connect.
func (m *machine) advice(node prompts.Node, n int) []prompts.Clip {
	var clips []prompts.Clip
	for range n {
		clips = append(clips, m.clips(m.r.Book.Rescue[node.Use].Say)...)
	}
	return append(clips, m.clips(prompts.KeyRescueOffer)...)
}

// advise tells the number. AdviceAt is when it has been told once: from then on the caller counts as redirected.
func (m *machine) advise(node prompts.Node, clips []prompts.Clip) {
	rescue, ok := m.r.Book.Rescue[node.Use]
	if !ok {
		m.fail()
		return
	}
	m.s.Rescue, m.s.Typed = rescue.Number, ""
	if m.s.AdviceAt.IsZero() {
		first := append(m.clips(node.Say...), m.clips(rescue.Say)...)
		m.s.AdviceAt = m.now.Add(length(first))
	}
	m.do(Note{Kind: "rescue", Text: rescue.Number})
	m.say(PhaseSaying, clips)
}

func (m *machine) advised(node prompts.Node) {
	m.s.Marks |= MarkAdvised
	if m.s.Step >= rescueDials {
		m.enter(node.Then, false)
		return
	}
	m.s.Phase = PhaseOffering
	m.do(SetTimer{After: node.Wait})
}

func (m *machine) rescueKey(node prompts.Node, digit byte) {
	if digit != '1' || m.s.Step >= rescueDials || m.now.Sub(m.s.SayStart) < rescueDebounce {
		return
	}
	m.hush()
	m.s.Marks |= MarkAdvised
	number := m.r.Book.Rescue[node.Use].Number
	m.do(Note{Kind: "dial", Text: number}, DialRescue{Number: number})
	m.say(PhaseDialling, m.clips(prompts.KeyRescueConnecting))
}

func (m *machine) rescueUp() {
	if m.s.Phase != PhaseDialling && m.node().Kind != prompts.KindRescue {
		return
	}
	m.hush()
	m.s.Phase = PhaseConnected
	m.s.Marks |= MarkTransfer
	m.do(SetTimer{}, Music{}, Bridge{}, Save{})
}

func (m *machine) rescueOver(failed bool) {
	node := m.node()
	switch {
	case m.s.Phase == PhaseDialling && failed:
		m.s.Step++
		m.do(Note{Kind: "rescue_failed", Text: m.s.Rescue}, Music{})
		clips := append(m.clips(prompts.KeyRescueFailed), m.advice(node, 1)...)
		if m.s.Step >= rescueDials { // no third offer: the advice alone, twice
			said := m.r.Book.Rescue[node.Use].Say
			clips = m.clips(prompts.KeyRescueFailed, said, said)
		}
		m.advise(node, clips)
	case m.s.Phase == PhaseDialling, m.s.Phase == PhaseConnected:
		m.enter(node.Then, false)
	default:
	}
}

// messageSaid: after the text and the tone comes the recording, after the thanks the next node.
func (m *machine) messageSaid(node prompts.Node) {
	if m.s.Step == 2 {
		m.enter(node.Then, false)
		return
	}
	m.s.Phase, m.s.SayStart = PhaseRecording, m.now
	m.do(Save{}, Record{Longest: node.Longest}, SetTimer{After: node.Longest + sayGrace})
}

func (m *machine) recorded(kept bool) {
	if m.s.Phase != PhaseRecording {
		return
	}
	node := m.node()
	m.do(SetTimer{})
	if !kept {
		m.do(Note{Kind: "message", Text: "none"})
		m.enter(node.Then, false)
		return
	}
	m.s.Marks |= MarkMessage
	m.s.Step = 2
	m.do(Note{Kind: "message", Text: "left"})
	m.say(PhaseSaying, m.clips(prompts.KeyMessageThanks))
}
