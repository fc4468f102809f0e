package desk

import "time"

// Action is what comes of an event: what the shell must do, and what it must write down (Record). What is to be done stands
// before what is to be written. The types below are all there are.
type Action interface{ action() }

// Offers are numbered, so that what is said of one can not be taken for the next one to the same operator: messages
// between the desk and a call pass each other.
type (
	// Offer rings the operator for the ticket. Accept or Decline must follow unless Withdraw comes first. With ring-all
	// several offers of one ticket stand at once, each with its own number.
	Offer struct {
		Ticket, Operator string
		Offer            int
	}
	// Withdraw stops the ringing (or hangs up the operator who answered too late). Nothing is to follow.
	Withdraw struct {
		Ticket, Operator string
		Offer            int
	}
	// Connect joins them. For a callback: the citizen is dialled; Tried follows if he is not reached.
	Connect struct {
		Ticket, Operator string
		Offer            int
	}
	// Announce asks to tell the ticket its place, from 1, and how long it will wait from now on. The place never grows for one
	// ticket. Band indexes Config.Bands; -1: no time is told, because nobody is staffed or the data do not carry it.
	Announce struct {
		Ticket   string
		Position int
		Band     int
	}
	// Refuse says that the ticket is not taken, or (Config.Unstaffed) not kept. Why is RefusedFull or RefusedNobody.
	Refuse struct{ Ticket, Why string }
	// Fetch says that the turn of a caller who is away has come. Back should follow at once, or when he is free to come:
	// an operator is held for him for FetchFor, and the ticket stands at its place in any case.
	Fetch struct{ Ticket string }
	// Kept says that the ticket has the place since Since that was kept for its caller. The call must remember it as its own.
	Kept struct {
		Ticket string
		Since  time.Time
		Told   int
	}
	// Engaged answers Engage.
	Engaged struct{ Operator, Ticket string }
	// Denied answers an operator's request (LogOut, Pause, BeReady, Engage, Transfer) that can not be met. It is among
	// the actions of that very event.
	Denied struct {
		Operator, Ticket string
		Why              Denial
	}
)

func (Offer) action()    {}
func (Withdraw) action() {}
func (Connect) action()  {}
func (Announce) action() {}
func (Refuse) action()   {}
func (Fetch) action()    {}
func (Kept) action()     {}
func (Engaged) action()  {}
func (Denied) action()   {}

// Why a ticket is refused.
const (
	RefusedFull   = "full"
	RefusedNobody = "nobody"
)

// Denial is why an operator's request can not be met.
type Denial string

// The denials.
const (
	DeniedOffline Denial = "offline" // not logged in, or the phone is not there
	DeniedBusy    Denial = "busy"    // ringing, in conversation or wrapping up
	DeniedPaused  Denial = "paused"
	DeniedUnknown Denial = "unknown" // there is no such operator, or no such conversation
)

// Record is an action that is to be written down and nothing else.
type Record interface {
	Action
	record()
}

type (
	// Changed is a change of an operator's state, or of what he asked for (From == To: a pause asked for in
	// conversation). The Changed of an operator follow each other without a gap, so they explain every second of his day.
	Changed struct {
		Operator string
		From, To OperatorState
		Reason   Reason
		Pause    string // why he is paused, or will be after the call; "" he is not
		Login    Login  // what he asked for last
		Ticket   string // rings for, talks with, wraps up or has just ended
		At       time.Time
	}
	// OfferEnded is the end of an offer. Rang is how long it stood.
	OfferEnded struct {
		Operator, Ticket string
		Offer            int
		Result           Result
		Rang             time.Duration
	}
	// Overtaken says that By was offered to an operator while Ticket, which stands before it, waits without an offer; or that By
	// came back to a place before Ticket. Once per pair, and for at most MaxOvertaken tickets per offer; Waited
	// counts all.
	Overtaken struct {
		Ticket, By string
		Reason     Obstacle
	}
	// Promise is the waiting time that a ticket was told first, of all that it is told: from At on, Low to High.
	// Estimate is what was thought likeliest.
	Promise struct {
		Ticket              string
		Band                int
		Low, High, Estimate time.Duration
		At                  time.Time
	}
	// PromiseEnd is what came of it. Wait is from Promise.At to the conversation, or to the caller's leaving (Left).
	// Kept: the wait was within the range; of one who left, that it was not above.
	PromiseEnd struct {
		Ticket     string
		Wait       time.Duration
		Kept, Left bool
	}
	// Waited ends a ticket's waiting. Wait is from its Since. Operator is who accepted it, "" if it left.
	Waited struct {
		Ticket, Operator string
		Wait             time.Duration
		Overtaken        map[Obstacle]int // nil if never
	}
	// Unbound says that a ticket waits no more for the operator it was bound to, but for anybody.
	Unbound struct {
		Ticket, Operator string
		Why              Reason // ReasonLogout, ReasonPhoneOff, ReasonPause or ReasonTime
	}
)

// MaxOvertaken bounds the Overtaken actions of one offer.
const MaxOvertaken = 32

func (Changed) action()    {}
func (OfferEnded) action() {}
func (Overtaken) action()  {}
func (Promise) action()    {}
func (PromiseEnd) action() {}
func (Waited) action()     {}
func (Unbound) action()    {}

func (Changed) record()    {}
func (OfferEnded) record() {}
func (Overtaken) record()  {}
func (Promise) record()    {}
func (PromiseEnd) record() {}
func (Waited) record()     {}
func (Unbound) record()    {}

// Reason is why an operator's state changed.
type Reason string

// The reasons of Changed; the Results of offers are reasons, too.
const (
	ReasonPhoneOn  Reason = "phone_on"
	ReasonPhoneOff Reason = "phone_off"
	ReasonLogin    Reason = "login"
	ReasonLogout   Reason = "logout"
	ReasonPause    Reason = "pause" // asked for: see Changed.Pause
	ReasonMissed   Reason = "missed"
	ReasonReady    Reason = "ready" // BeReady
	ReasonOffer    Reason = "offer"
	ReasonOver     Reason = "over"     // the conversation ended
	ReasonUnjoined Reason = "unjoined" // accepted, but never heard the caller
	ReasonWrapped  Reason = "wrapped"  // the disposition was given
	ReasonTime     Reason = "time"     // wrap-up was over
	ReasonEngaged  Reason = "engaged"
	ReasonTransfer Reason = "transfer"
	ReasonRequeue  Reason = "requeue" // the ticket went back to the queue
	ReasonTried    Reason = "tried"   // a callback whose citizen was not reached
	ReasonReached  Reason = "reached" // a callback whose citizen was: Ticket is the call's from now on
	ReasonFound    Reason = "found"   // a conversation found after a restart
	ReasonRestart  Reason = "restart"
	ReasonRoster   Reason = "roster"
)

// Result is what came of an offer: one of the Whys of Decline, or one of these.
type Result string

// The results that are no Why.
const (
	ResultAccepted  Result = "accepted"
	ResultCallerOut Result = "caller_left"
	ResultElsewhere Result = "answered_elsewhere" // ring-all: another was first
	ResultPhoneOff  Result = "phone_off"
	ResultLogout    Result = "logout"
	ResultFound     Result = "found" // the operator is in a conversation that was found after a restart
)

// Obstacle is why a ticket is overtaken.
type Obstacle string

// The obstacles: what kept the operator from the ticket itself, then why the other one came before it.
const (
	NoSkills  Obstacle = "skills"
	NoLang    Obstacle = "language"
	NoTier    Obstacle = "tier"
	IsBound   Obstacle = "bound" // it waits for another operator
	NotYet    Obstacle = "not_before"
	IsAway    Obstacle = "away"
	Redialled Obstacle = "redial"   // a place that had been kept
	Requeued  Obstacle = "requeued" // from a conversation back to the head
	Retried   Obstacle = "retried"  // a callback whose time came again
)

// Obstacles are all obstacles.
func Obstacles() []Obstacle {
	return []Obstacle{NoSkills, NoLang, NoTier, IsBound, NotYet, IsAway, Redialled, Requeued, Retried}
}
