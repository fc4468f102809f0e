package ledger

import "time"

// Call is one call as the ledger accounts for it. Zero means "does not apply".
type Call struct {
	ID           string // unique: the caller's leg id
	Line         string // the line's number
	Switch       string
	Started      time.Time
	Answered     time.Time
	Ended        time.Time
	Caller       string // as sent by the network; evidence, not identity
	Language     string
	Release      string
	Path         string // nodes in order, ">" between
	Topic        string
	Outcome      string // one of flow.Outcome; "" while the call is up
	Detail       string // of the outcome, a slug: closed, full, nobody, no_outcome, fail_open, ...
	RescueNumber string
	QueueWait    time.Duration
	Queued       bool // QueueWait applies
	Operator     string
	Talk         time.Duration
	WrapUp       time.Duration
	Disposition  string
	Request      string
	EndedBy      string // caller, operator, line, rescue, network
	Cause        string // phone.Cause by name
	State        string // the flow's state as last saved, JSON; cleared at the end. Not exported.
}

// Record is one thing to be written down. Exactly one of the pointers is set. Records are applied in the order in which
// they were written, each once. Its JSON is that of the spool's file: names stay what they are.
type Record struct {
	Arrived   *Call     `json:"arrived,omitempty"`   // first of all; a second one of the same ID is ignored
	Progress  *Event    `json:"progress,omitempty"`  // a step; State, if set, replaces the call's
	Ended     *Call     `json:"ended,omitempty"`     // the outcome; the first one counts, later ones are ignored and counted
	WrapUp    *WrapUp   `json:"wrapup,omitempty"`    // what an operator says of a call, before its end or after
	Change    *Change   `json:"change,omitempty"`    // a step of a request
	Callback  *Callback `json:"callback,omitempty"`  // a callback as it is now
	Operator  *Operator `json:"operator,omitempty"`  // an operator's account as it is now
	Duty      *Duty     `json:"duty,omitempty"`      // a step of an operator's day
	FollowUp  *FollowUp `json:"followup,omitempty"`  // somebody to be looked after, or what came of it
	Promise   *Promise  `json:"promise,omitempty"`   // a waiting time that was told
	Waited    *Waited   `json:"waited,omitempty"`    // how a wait ended
	Overtaken *Overtake `json:"overtaken,omitempty"` // a ticket that was overtaken
}

// Event is a step of a call.
type Event struct {
	Call  string    `json:"call"`
	At    time.Time `json:"at"`
	Kind  string    `json:"kind"` // node, said, key (never which), queued, offered, connected, recording, ...
	Text  string    `json:"text,omitempty"`
	State string    `json:"state,omitempty"`
}

// WrapUp is what an operator says of a call. It may come before the call's end and long after; what it says counts
// before what the end says. What is empty stays as it was.
type WrapUp struct {
	Call        string        `json:"call"`
	At          time.Time     `json:"at"`
	By          string        `json:"by"` // the operator
	Disposition string        `json:"disposition,omitempty"`
	Took        time.Duration `json:"took,omitempty"` // from the conversation's end to the operator being free again
	Request     string        `json:"request,omitempty"`
	Operator    string        `json:"operator,omitempty"` // whose call it was
}
