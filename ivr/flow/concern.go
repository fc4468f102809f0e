package flow

import "time"

// Concern is why somebody should look after a caller who has gone: a kind and a slug. The kinds are those of the ledger's list.
type Concern struct{ Kind, Why string }

// The kinds of concern.
const (
	ConcernDanger = "danger" // he chose danger, or a topic that the book marks with safety
	ConcernCut    = "cut"    // the conversation with an operator was cut
)

// Why somebody is concerned.
const (
	WhySilent  = "silent"           // he stayed on the line and did nothing: he may not be able to
	WhyInQueue = "hung_up_in_queue" // he gave up waiting for an operator
	WhyCut     = "cut"              // neither he nor an operator ended the call
)

// ConcernFor tells whether somebody should look after the caller if the call ends now. cut: it was neither he nor an operator
// who ended it. Whoever was connected with the rescue number, told what he had to say to an operator or to a recording, or is
// to be called back, is looked after already; who hangs up to dial the rescue number himself does what he was advised to.
func ConcernFor(s State, cut bool, now time.Time) (Concern, bool) {
	has := func(m Mark) bool { return s.Marks&m != 0 }
	waiting := s.Phase == PhaseQueued || s.Away != ""
	switch {
	case cut && s.Phase == PhaseTalking && has(MarkDanger):
		return Concern{ConcernDanger, WhyCut}, true
	case cut && s.Phase == PhaseTalking:
		return Concern{ConcernCut, WhyCut}, true
	case !has(MarkDanger), has(MarkTransfer | MarkServed | MarkMessage | MarkCallback), s.leaving(now):
		return Concern{}, false
	case cut && !has(MarkAdvised) && !s.toldBy(now):
		return Concern{ConcernDanger, WhyCut}, true
	case waiting:
		return Concern{ConcernDanger, WhyInQueue}, true
	case has(MarkSilent):
		return Concern{ConcernDanger, WhySilent}, true
	}
	return Concern{}, false
}

// noteTopic notes that the caller has chosen what the book marks with safety.
func (m *machine) noteTopic() {
	if m.r.Book.Topics[m.s.Topic].Safety {
		m.s.Marks |= MarkDanger
	}
}

// silent notes that a caller who may be in danger does nothing where something is expected of him.
func (m *machine) silent() {
	if m.s.Marks&MarkDanger != 0 {
		m.s.Marks |= MarkSilent
		m.do(Note{Kind: "silent", Text: m.s.Node})
	}
}
