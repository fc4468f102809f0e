package flow

import (
	"time"

	"pronto/prompts"
)

// queue draws a ticket, unless the desk is closed. A caller who comes back from elsewhere keeps the old place, and is not
// asked whether the desk is open: whoever was let in is served.
func (m *machine) queue(node prompts.Node) {
	if m.s.Away != "" {
		m.back(node)
		m.say(PhaseQueued, m.clips(node.Say...))
		return
	}
	hours := node.Hours
	if hours == "" {
		hours = m.r.Book.Desk.Hours
	}
	if !m.open(hours, node.Topic) {
		m.turnAway(refusedClosed, node.Closed)
		return
	}
	if m.s.Queued.IsZero() || !m.s.Talk.IsZero() {
		m.s.Queued, m.s.Talk, m.s.Position, m.s.Waited, m.s.Comforts = m.now, time.Time{}, 0, 0, 0
		m.s.Comfort = every(node)
	}
	m.s.Pending = 0
	if node.Topic != "" {
		m.s.Topic = node.Topic
	}
	m.draw(node, false)
	m.say(PhaseQueued, m.clips(node.Say...))
}

func (m *machine) draw(node prompts.Node, again bool) {
	topic := m.r.Book.Topics[m.s.Topic]
	m.s.Drawn = m.s.Topic
	m.do(Queue{
		Topic: m.s.Topic, Class: topic.Class, Skills: topic.Skills, Since: m.s.Queued,
		Nobody: node.Nobody != "" && !again, Again: again,
	})
}

// requeue takes the ticket up again, at its old place: after a restart, or when an operator was lost. It does not ask
// whether the desk is open: whoever was let in is served.
func (m *machine) requeue(node prompts.Node) {
	if m.s.Queued.IsZero() {
		m.s.Queued = m.now
	}
	m.s.Pending = 0
	m.draw(node, true)
	m.say(PhaseQueued, nil)
}

// queueSaid: the queue's text or an announcement has ended; the wait goes on with music, or with the place that came
// up while it was heard.
func (m *machine) queueSaid() {
	if n := m.s.Pending; n > 0 {
		m.s.Pending = 0
		m.announce(n, m.s.Band-1)
		return
	}
	m.waitOn()
}

// waitOn is the wait between two announcements, until a comfort message is due.
func (m *machine) waitOn() {
	timer := SetTimer{}
	if len(m.node().Comfort) > 0 {
		timer.After = max(m.s.Comfort-m.now.Sub(m.s.Queued), comfortPause)
	}
	m.do(timer)
	if m.r.Book.Desk.Music != prompts.MusicNone {
		m.do(Music{On: true})
	}
}

// turnAway: the desk takes nobody; the book says what then.
func (m *machine) turnAway(why, to string) {
	m.s.Marks |= MarkClosed
	m.s.Refused = why
	m.endWait(minWait)
	m.hush()
	m.do(Note{Kind: "refused", Text: why})
	m.enter(to, false)
}

func (m *machine) refused(why string) {
	if m.s.Away != "" { // he finds out when he comes back, if it is still so
		m.endWait(minWait)
		return
	}
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

// endWait: there is no ticket any more. How long it waited is kept, if it was for at least so long.
func (m *machine) endWait(least time.Duration) {
	if waited := m.now.Sub(m.s.Queued); !m.s.Queued.IsZero() && m.s.Talk.IsZero() && waited >= least {
		m.s.Waited = waited
	}
	m.s.Queued, m.s.Position, m.s.Pending, m.s.Away, m.s.Due, m.s.Drawn = time.Time{}, 0, 0, "", false, ""
}

// kept: the place that the caller had before is his again.
func (m *machine) kept(ev Kept) {
	if m.s.Phase != PhaseQueued && m.s.Away == "" || !ev.Since.Before(m.s.Queued) {
		return
	}
	m.s.Comfort += m.s.Queued.Sub(ev.Since)
	m.s.Queued, m.s.Position = ev.Since, ev.Position
	m.do(Note{Kind: "kept"})
	if !m.s.Playing { // else it would have to wait for the end of the sound, and is saved then
		m.do(Save{})
	}
}

// position tells the place in the queue, when no other sound is heard.
func (m *machine) position(a Announce) {
	switch {
	case m.s.Phase != PhaseQueued || a.Position < 1:
	case m.s.Playing:
		m.s.Pending, m.s.Band = a.Position, a.Band+1
	default:
		m.announce(a.Position, a.Band)
	}
}

// announce never tells a higher number than before: a caller who hears one loses faith in all of them.
func (m *machine) announce(n, band int) {
	if m.s.Position > 0 {
		n = min(n, m.s.Position)
	}
	clips := m.clips(m.r.Book.PositionKey(n))
	if len(clips) > 0 {
		m.s.Position = n
	}
	if bands := m.r.Book.Desk.Bands; band >= 0 && band < len(bands) {
		clips = append(clips, m.clips(bands[band].Say)...)
	}
	if len(clips) == 0 {
		m.waitOn()
		return
	}
	m.say(PhaseQueued, clips)
}

// For a queue node, Step is 1 when the caller had been served before the conversation that begins.
//
// The operator may have taken the call at the very moment at which the caller pressed a key to go elsewhere: he has an
// operator then, which is what he waits for.
func (m *machine) connected(operator string) {
	if m.s.Phase != PhaseQueued && (m.s.Away == "" || !m.fetchable(m.node())) {
		return
	}
	m.hush()
	if m.s.Away != "" {
		m.goHome()
	}
	m.s.Step = 0
	if m.s.Marks&MarkServed != 0 {
		m.s.Step = 1
	}
	m.s.Phase, m.s.Operator, m.s.Talk, m.s.Pending = PhaseTalking, operator, m.now, 0
	m.s.Marks |= MarkServed
	// Saved after: the operator is on the line already and must not wait for a disk or a lock.
	m.do(SetTimer{}, Music{}, Bridge{}, Save{})
}

// notJoined takes the conversation back that connected began.
func (m *machine) notJoined() {
	if m.s.Phase != PhaseTalking {
		return
	}
	if m.s.Step == 0 {
		m.s.Marks &^= MarkServed
		m.s.Operator = ""
	}
	m.s.Talk = time.Time{}
	m.requeue(m.node())
}

func (m *machine) operatorLeft() {
	if m.s.Phase != PhaseTalking {
		return
	}
	m.endTalk()
	m.s.Phase = PhaseSaying
	m.s.Drawn = ""
	m.thenOrHangup(m.node().Then)
}

// handed: the conversation goes on with another.
func (m *machine) handed(ev Handed) {
	if m.s.Phase != PhaseTalking {
		return
	}
	if ev.Rescue == "" {
		m.s.Operator = ev.Operator
		m.do(Note{Kind: "handed", Text: ev.Operator}, Save{})
		return
	}
	m.endTalk()
	m.noteWait()
	m.s.Phase, m.s.Rescue, m.s.Drawn = PhaseConnected, ev.Rescue, ""
	m.s.Marks |= MarkTransfer
	m.do(Note{Kind: "handed_to_rescue"}, Save{})
}

// operatorDropped: an apology, and the old place, at the head.
func (m *machine) operatorDropped() {
	if m.s.Phase != PhaseTalking {
		return
	}
	m.do(Note{Kind: "dropped", Text: m.s.Operator})
	m.waitAgain(Requeue{Dropped: true})
	m.say(PhaseQueued, m.clips(m.node().Apology))
}

// lostOperator: the same, where the process was lost with the operator and the desk knows of nothing.
func (m *machine) lostOperator(node prompts.Node) {
	m.endTalk()
	m.noteWait()
	m.s.Pending = 0
	m.draw(node, true)
	m.say(PhaseQueued, m.clips(node.Apology))
}

// transferred: the operator hands the caller over, who waits again. He hears what those hear who come to the queue.
func (m *machine) transferred(ev Transferred) {
	if m.s.Phase != PhaseTalking {
		return
	}
	if _, known := m.r.Book.Topics[ev.Topic]; known {
		m.s.Topic = ev.Topic
		m.noteTopic()
	}
	m.do(Note{Kind: "transferred", Text: m.s.Topic})
	m.waitAgain(Requeue{For: ev.For})
	m.say(PhaseQueued, m.clips(m.node().Say...))
}

// waitAgain ends a conversation whose caller waits for another one.
func (m *machine) waitAgain(r Requeue) {
	m.endTalk()
	m.noteWait()
	topic := m.r.Book.Topics[m.s.Topic]
	r.Topic, r.Class, r.Skills = m.s.Topic, topic.Class, topic.Skills
	m.s.Drawn, m.s.Pending, m.s.Phase = m.s.Topic, 0, PhaseQueued
	m.s.Comfort = m.now.Sub(m.s.Queued) + every(m.node())
	m.do(r)
}

// noteWait keeps how long the first of several conversations was waited for.
func (m *machine) noteWait() {
	if m.s.Waited == 0 {
		m.s.Waited = max(0, m.s.Talk.Sub(m.s.Queued))
	}
}

// endTalk adds a conversation that is over to those before it.
func (m *machine) endTalk() {
	if m.s.Phase != PhaseTalking {
		return
	}
	m.s.Talked = m.s.TalkTime(m.now)
}
