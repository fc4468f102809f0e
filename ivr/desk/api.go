package desk

import "time"

// Ticket is a caller's place at the desk.
type Ticket struct {
	ID     string // the call's
	Topic  string
	Class  int // 1 before 2
	Skills []string
	Since  time.Time // when it was drawn; older goes first within its class
	// Operator, if set, says that this ticket is in conversation already (found after a restart).
	Operator string
}

// Config is how the desk works.
type Config struct {
	Ring     time.Duration // how long an operator's phone rings
	WrapUp   time.Duration // after a conversation
	Capacity int           // tickets that may wait
	Announce time.Duration // between two announcements of a ticket's position; zero: none
}

// Event is what the desk is told. The types below are all there are.
type Event interface{ event() }

type (
	// OperatorOn: an operator's phone is there and ready. Repeating it changes nothing.
	OperatorOn struct{ Operator string }
	// OperatorOff: the phone is gone. A conversation goes on; a ringing offer is taken back.
	OperatorOff struct{ Operator string }
	// Join draws a ticket. Nobody: refuse it when no operator is on.
	Join struct {
		Ticket Ticket
		Nobody bool
	}
	// Leave gives a ticket back: the caller hung up or went elsewhere. Its offer is withdrawn.
	// In conversation it is the conversation's end.
	Leave struct{ Ticket string }
	// Accept: the operator answered the offer. Answered by Connect, or by Withdraw if the ticket has gone.
	Accept struct{ Ticket, Operator string }
	// Decline: the offer came to nothing.
	Decline struct {
		Ticket, Operator string
		Why              Why
	}
	// Over: the conversation ended.
	Over struct{ Ticket, Operator string }
	// Configure replaces the configuration.
	Configure struct{ Config Config }
	// Tick lets time pass; see Desk.Next.
	Tick struct{}
)

func (OperatorOn) event()  {}
func (OperatorOff) event() {}
func (Join) event()        {}
func (Leave) event()       {}
func (Accept) event()      {}
func (Decline) event()     {}
func (Over) event()        {}
func (Configure) event()   {}
func (Tick) event()        {}

// Why an offer came to nothing.
type Why string

// The reasons.
const (
	WhyNoAnswer    Why = "no_answer"
	WhyBusy        Why = "busy"
	WhyRejected    Why = "rejected"
	WhyUnreachable Why = "unreachable"
)

// Action is what the shell must do, in order. The types below are all there are.
type Action interface{ action() }

type (
	// Offer rings the operator for the ticket. Accept or Decline must follow unless Withdraw comes first.
	Offer struct{ Ticket, Operator string }
	// Withdraw stops the ringing (or hangs up the operator who answered too late). Nothing is to follow.
	Withdraw struct{ Ticket, Operator string }
	// Connect joins them.
	Connect struct{ Ticket, Operator string }
	// Position asks to tell the ticket its place, from 1. It never grows for one ticket.
	Position struct {
		Ticket string
		N      int
	}
	// Refuse: the ticket is not taken. Why is "full" or "nobody".
	Refuse struct{ Ticket, Why string }
)

func (Offer) action()    {}
func (Withdraw) action() {}
func (Connect) action()  {}
func (Position) action() {}
func (Refuse) action()   {}

// OperatorState is an operator's state.
type OperatorState int

// The states.
const (
	Offline OperatorState = iota
	Ready
	Ringing
	Talking
	WrapUp
)

func (s OperatorState) String() string {
	switch s {
	case Offline:
		return "offline"
	case Ready:
		return "ready"
	case Ringing:
		return "ringing"
	case Talking:
		return "talking"
	case WrapUp:
		return "wrap_up"
	}
	return "?"
}

// Snapshot is the desk at one instant.
type Snapshot struct {
	Waiting   []Waiting // in the order of service
	Operators []OperatorStatus
}

// Waiting is a ticket that waits.
type Waiting struct {
	Ticket   Ticket
	Position int
	Offered  string // the operator whose phone rings for it, "" if none
}

// OperatorStatus is an operator at one instant.
type OperatorStatus struct {
	Name   string
	State  OperatorState
	Since  time.Time
	Ticket string // ringing for or talking with
	Missed int    // offers missed in a row
}
