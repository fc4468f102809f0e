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
	if !m.open(hours, node.Topic) {
		m.turnAway(refusedClosed, node.Closed)
		return
	}
	if m.s.Queued.IsZero() || !m.s.Talk.IsZero() {
		m.s.Queued, m.s.Talk, m.s.Position = m.now, time.Time{}, 0
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
		m.announce(n)
		return
	}
	m.waitOn()
}

// waitOn is the wait between two announcements.
func (m *machine) waitOn() {
	m.do(SetTimer{})
	if m.r.Book.Desk.Music != prompts.MusicNone {
		m.do(Music{On: true})
	}
}

// turnAway: the desk takes nobody; the book says what then.
func (m *machine) turnAway(why, to string) {
	m.s.Marks |= MarkClosed
	m.s.Refused = why
	m.s.Queued, m.s.Position, m.s.Pending = time.Time{}, 0, 0
	m.hush()
	m.do(Note{Kind: "refused", Text: why})
	m.enter(to, false)
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

// position tells the place in the queue, when no other sound is heard.
func (m *machine) position(n int) {
	switch {
	case m.s.Phase != PhaseQueued || n < 1:
	case m.s.Playing:
		m.s.Pending = n
	default:
		m.announce(n)
	}
}

// announce never tells a higher number than before: a caller who hears one loses faith in all of them.
func (m *machine) announce(n int) {
	if m.s.Position > 0 {
		n = min(n, m.s.Position)
	}
	clips := m.clips(m.r.Book.PositionKey(n))
	if len(clips) == 0 {
		m.waitOn()
		return
	}
	m.s.Position = n
	m.say(PhaseQueued, clips)
}

// For a queue node, Step is 1 when the caller had been served before the conversation that begins.
func (m *machine) connected(operator string) {
	if m.s.Phase != PhaseQueued {
		return
	}
	m.hush()
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
	m.thenOrHangup(m.node().Then)
}

// endTalk adds a conversation that is over to those before it.
func (m *machine) endTalk() {
	if m.s.Phase != PhaseTalking {
		return
	}
	m.s.Talked = m.s.TalkTime(m.now)
}

// For a message node, Step is where it is.
const (
	stepText    = iota // the text before the tone
	stepTone           // the tone alone, the text was cut short; recording
	stepStopped        // the recording was ended by a key
	stepThanks         // the message was left
)

func (m *machine) message(node prompts.Node) {
	if m.s.Step == stepThanks { // resumed behind the message
		m.say(PhaseSaying, m.clips(prompts.KeyMessageThanks))
		return
	}
	m.s.Step = stepText
	m.say(PhaseSaying, append(m.clips(node.Say...), m.clips(prompts.KeyBeep)...))
}

// messageSaid: after the text and the tone comes the recording, after the thanks the next node.
func (m *machine) messageSaid(node prompts.Node) {
	if m.s.Step == stepThanks {
		m.enter(node.Then, false)
		return
	}
	m.s.Plays++ // recordings are numbered with the playbacks
	m.s.Phase, m.s.SayStart, m.s.Step, m.s.Recording = PhaseRecording, m.now, stepTone, m.s.Plays
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
		m.do(Note{Kind: "message", Text: "none"})
		m.s.Phase = PhaseSaying
		m.enter(m.node().Then, false)
		return
	}
	m.s.Marks |= MarkMessage
	m.s.Step = stepThanks
	m.do(Note{Kind: "message", Text: "left"})
	m.say(PhaseSaying, m.clips(prompts.KeyMessageThanks))
}
