package flow

import (
	"time"

	"pronto/prompts"
)

const (
	// comfortPause is the least time between an announcement and the comfort message that follows it.
	comfortPause = 3 * time.Second
	// minWait is the shortest wait that counts as one where the desk refuses the ticket in the end: it answers at once, but
	// not in no time.
	minWait = time.Second
)

func every(node prompts.Node) time.Duration {
	if node.Every <= 0 {
		return defaultEvery
	}
	return node.Every
}

// queueTimer: a comfort message is due, or what played had ended early and the caller is still there.
func (m *machine) queueTimer(node prompts.Node) {
	elapsed := m.now.Sub(m.s.Queued)
	if len(node.Comfort) == 0 || elapsed < m.s.Comfort {
		m.said(false)
		return
	}
	clips := m.clips(node.Comfort[m.s.Comforts%len(node.Comfort)])
	m.s.Comforts++
	m.s.Comfort = elapsed + length(clips) + every(node)
	m.say(PhaseQueued, clips)
}

// queueKey: a key takes the caller elsewhere, whatever is heard at that moment. The ticket keeps its place. A key that
// the queue does not have is no answer to anything.
func (m *machine) queueKey(node prompts.Node, digit byte) {
	to, ok := node.Keys[string(digit)]
	if !ok {
		return
	}
	m.hush()
	m.s.Away, m.s.Due, m.s.Pending = m.s.Node, false, 0
	m.do(Note{Kind: "key", Text: "valid"}, SetTimer{}, Music{}, Away{})
	m.enter(to, true)
}

// back: the caller waits again, with the ticket that he has, or in its place one of the topic that he comes for.
func (m *machine) back(node prompts.Node) {
	m.s.Away, m.s.Due, m.s.Pending = "", false, 0
	m.s.Comfort = max(m.s.Comfort, m.now.Sub(m.s.Queued)+every(node))
	if node.Topic != "" {
		m.s.Topic = node.Topic
	}
	if m.s.Topic == m.s.Drawn {
		m.do(Back{})
		return
	}
	topic := m.r.Book.Topics[m.s.Topic]
	m.s.Drawn = m.s.Topic
	m.do(Queue{Topic: m.s.Topic, Class: topic.Class, Skills: topic.Skills, Since: m.s.Queued, Again: true, Instead: true})
}

// fetch brings the caller back to the queue because his turn has come. Where he must not be disturbed he is left, and
// fetched as soon as he comes to another node.
func (m *machine) fetch() {
	if m.s.Away == "" {
		return
	}
	if !m.fetchable(m.node()) {
		m.s.Due = true
		return
	}
	m.hush()
	m.settleAdvice()
	m.goHome()
	m.do(Note{Kind: "fetched", Text: m.s.Node}, Back{})
	m.say(PhaseQueued, m.clips(prompts.KeyQueueTurn))
}

// fetchable: not from the rescue advice, a recording, a code that is told, a callback that is booked, or last words.
func (m *machine) fetchable(node prompts.Node) bool {
	switch node.Kind {
	case prompts.KindMenu, prompts.KindSay, prompts.KindLanguage, prompts.KindAsk, prompts.KindDirectory, prompts.KindRequest:
		return m.s.Phase != PhaseLast && m.s.Phase != PhaseEnding
	case prompts.KindMessage:
		return m.s.Phase == PhaseSaying && m.s.Step == stepText
	case prompts.KindCallback:
		return m.s.Phase != PhaseLooking && m.s.Step < stepTold
	case prompts.KindQueue, prompts.KindRescue, prompts.KindGoto, prompts.KindHangup, prompts.KindBranch:
	}
	return false
}

// goHome goes to the queue whose ticket the caller has, without what one hears on entering. What was pressed or typed
// meanwhile is forgotten.
func (m *machine) goHome() {
	m.s.Node, m.s.Try, m.s.Step, m.s.Chosen, m.s.Info, m.s.Typed, m.s.Entry = m.s.Away, 1, 0, false, false, "", ""
	m.s.Topic = m.s.Drawn
	m.s.Away, m.s.Due = "", false
	m.s.Path = appendPath(m.s.Path, m.s.Node)
}

// giveBack gives the ticket back of a caller who has it and will not come back to the queue.
func (m *machine) giveBack() {
	if m.s.Away == "" {
		return
	}
	m.do(Unqueue{})
	m.endWait(0)
}
