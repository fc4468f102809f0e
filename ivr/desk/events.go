package desk

import "time"

// Event is what the desk is told. The types below are all there are.
type Event interface{ event() }

// The operators.
type (
	// Staff replaces the roster. Logged in stays logged in.
	Staff struct{ Roster []OperatorSpec }
	// Restore tells what an operator was doing when the process before ended: the last Changed of his that was
	// recorded. It comes before OperatorOn. Until his phone is known to be there he is offline; then he is ready or
	// paused as he was, or wraps up for what is left of it. A conversation is found by Join.
	Restore struct{ Last Changed }
	// OperatorOn says that an operator's phone is there. Repeating it changes nothing.
	OperatorOn struct{ Operator string }
	// OperatorOff says that the phone is gone. A conversation goes on; a ringing offer is taken back. Who logged in by LogIn
	// stays logged in, and is back when the phone is.
	OperatorOff struct{ Operator string }
	// LogIn is the operator's wish to work.
	LogIn struct{ Operator string }
	// LogOut is his wish not to. In conversation it takes effect after it; a ringing offer is taken back. Who logs out
	// stays so until LogIn, whatever the phone does.
	LogOut struct{ Operator string }
	// Pause asks for no more calls. In conversation, or while the phone rings, it takes effect after the call. Reason is
	// the operator's, "" is PauseOther.
	Pause struct{ Operator, Reason string }
	// BeReady ends a pause, or one that was asked for, and wrap-up.
	BeReady struct{ Operator string }
	// Wrapped ends wrap-up: the disposition was given. Given in conversation, there will be none after it.
	Wrapped struct{ Operator, Ticket string }
)

// The reasons of a pause that are not an operator's own words.
const (
	PauseMissed = "missed" // the desk's: Config.Misses
	PauseOther  = "other"  // none was given
)

// The tickets.
type (
	// Join draws a ticket. Nobody: it may be refused when no operator is logged in, now or later (Config.Unstaffed). Again: it
	// was drawn before (a restart, a lost operator) and is not refused now. Repeating it changes nothing. If a place is
	// kept for its Caller, Kept answers.
	Join struct {
		Ticket Ticket
		Nobody bool
		Again  bool
	}
	// Found is Join with Again for all tickets that a switch was found to have, and who is engaged in conversations there, at
	// once: so that the first to be offered is the one who stands first, not the one who was found first, and to nobody
	// who talks.
	Found struct {
		Tickets []Ticket
		Engaged []Engage
	}
	// Leave gives a ticket back: the caller hung up or went elsewhere for good. Its offer is withdrawn. In conversation it
	// is the conversation's end.
	Leave struct {
		Ticket string
		// Unjoined: the operator accepted, but never heard the caller.
		Unjoined bool
		// Unwanted: nobody meant it (network, crash, overload). The place is kept for KeptFor, once.
		Unwanted bool
	}
	// Lost is a caller who was cut off while the desk did not know the ticket (the process was away), at At. The place
	// since Since is kept for KeptFor from then.
	Lost struct {
		Caller    string
		Since, At time.Time
		Told      int
	}
	// Away says that the caller visits the menu; the ticket keeps its place. An offer that stands is withdrawn. When its turn
	// comes, Fetch follows.
	Away struct{ Ticket string }
	// Back says that the caller waits again.
	Back struct{ Ticket string }
	// Tried says that the citizen of a callback in conversation was not reached. The operator is free again, without
	// wrap-up; the ticket waits on at its place, to be offered from Again on, or is gone if that is zero.
	Tried struct {
		Ticket string
		Again  time.Time
	}
	// Reached says that the citizen of a callback was: the conversation is that of the call Call from now on, a ticket like
	// any other's.
	Reached struct{ Ticket, Call string }
	// Requeue takes a ticket out of conversation, back to the queue. It keeps Since. Whoever had it wraps up, or, if Why is
	// RequeueDropped, rests a little so that another is tried first.
	Requeue struct {
		Ticket   string
		Topic    string // with Class and Skills; "": as before
		Class    int
		Skills   []string
		Language string // "": as before
		For      string // the operator it is for from now on; "": anybody
		Why      RequeueWhy
	}
)

// RequeueWhy is why a ticket goes from conversation back to the queue.
type RequeueWhy string

// The reasons.
const (
	RequeueDropped  RequeueWhy = "dropped"  // the operator was lost in the middle
	RequeueTransfer RequeueWhy = "transfer" // he hands it over, to a topic or to another
)

// Offers and conversations.
type (
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
	// Over says that the conversation ended. Of an operator who is merely engaged in it it is Disengage.
	Over struct{ Ticket, Operator string }
	// Engage takes an operator who is ready for a colleague: a consultation about the ticket, a supervisor's call.
	// Answered by Engaged or Denied.
	Engage struct{ Operator, Ticket string }
	// Disengage ends that.
	Disengage struct{ Operator, Ticket string }
	// Transfer says that the conversation is To's from now on; From wraps up. To is engaged in it or ready, else Denied answers.
	Transfer struct{ Ticket, From, To string }
)

// The rest.
type (
	// Configure replaces the configuration.
	Configure struct{ Config Config }
	// Tick lets time pass; see Desk.Next.
	Tick struct{}
)

func (Staff) event()       {}
func (Restore) event()     {}
func (OperatorOn) event()  {}
func (OperatorOff) event() {}
func (LogIn) event()       {}
func (LogOut) event()      {}
func (Pause) event()       {}
func (BeReady) event()     {}
func (Wrapped) event()     {}
func (Join) event()        {}
func (Found) event()       {}
func (Leave) event()       {}
func (Lost) event()        {}
func (Away) event()        {}
func (Back) event()        {}
func (Tried) event()       {}
func (Reached) event()     {}
func (Requeue) event()     {}
func (Accept) event()      {}
func (Decline) event()     {}
func (Over) event()        {}
func (Engage) event()      {}
func (Disengage) event()   {}
func (Transfer) event()    {}
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
	// instant. The first time in a row that costs him no rest, and never a pause.
	WhyUnjoined Why = "unjoined"
)
