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
	// OperatorOn says that an operator's phone is there and ready. Repeating it changes nothing.
	OperatorOn struct{ Operator string }
	// OperatorOff says that the phone is gone. A conversation goes on; a ringing offer is taken back.
	OperatorOff struct{ Operator string }
	// Join draws a ticket. Nobody: refuse it when no operator is on. Again: it was drawn before (a restart, a lost
	// operator) and is not refused. Repeating it changes nothing.
	Join struct {
		Ticket Ticket
		Nobody bool
		Again  bool
	}
	// Leave gives a ticket back: the caller hung up or went elsewhere. Its offer is withdrawn.
	// In conversation it is the conversation's end; Unjoined: the operator accepted, but never heard the caller.
	Leave struct {
		Ticket   string
		Unjoined bool
	}
	// Accept says that the operator answered the offer. Answered by Connect, or by Withdraw if the offer does not stand any more.
	Accept struct {
		Ticket, Operator string
		Offer            int
	}
	// Decline says that the offer came to nothing; also after Accept, when the two could not be joined. The ticket has its old
	// place again.
	Decline struct {
		Ticket, Operator string
		Offer            int
		Why              Why
	}
	// Over says that the conversation ended.
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
	// WhyUnjoined says that he answered and the two could not be joined, most often because the caller hung up at that
	// instant. The first time in a row that costs him no rest.
	WhyUnjoined Why = "unjoined"
)

// Action is what the shell must do, in order. The types below are all there are.
type Action interface{ action() }

// Offers are numbered, so that what is said of one can not be taken for the next one to the same operator: messages
// between the desk and a call pass each other.
type (
	// Offer rings the operator for the ticket. Accept or Decline must follow unless Withdraw comes first.
	Offer struct {
		Ticket, Operator string
		Offer            int
	}
	// Withdraw stops the ringing (or hangs up the operator who answered too late). Nothing is to follow.
	Withdraw struct {
		Ticket, Operator string
		Offer            int
	}
	// Connect joins them.
	Connect struct {
		Ticket, Operator string
		Offer            int
	}
	// Position asks to tell the ticket its place, from 1. It never grows for one ticket.
	Position struct {
		Ticket string
		N      int
	}
	// Refuse says that the ticket is not taken. Why is "full" or "nobody".
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
