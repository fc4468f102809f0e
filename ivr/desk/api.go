package desk

import "time"

// Kind says what stands behind a ticket.
type Kind string

// The kinds.
const (
	Live     Kind = ""         // a caller on the line
	Callback Kind = "callback" // nobody: when an operator accepts, Connect has the citizen dialled
)

// Ticket is a caller's place at the desk.
type Ticket struct {
	ID       string // the call's or the callback's
	Kind     Kind
	Topic    string
	Class    int      // 1 before 2; see Config.Ageing. Less than 1 counts as 1.
	Skills   []string // all of them are wanted of the operator
	Language string   // "" is any
	// Since is when it was drawn: its place. A callback carries that of the call that booked it.
	Since time.Time
	// Caller is whom the place is kept for after an unwanted drop: a key that means nothing to the desk, the same for each
	// call of one person. "" keeps nothing.
	Caller string
	// For binds it to one operator (a transfer). Bindings lapse: see Config.Bound.
	For string
	// NotBefore is when it may be offered first (a callback to be tried again). Zero: now.
	NotBefore time.Time
	// Told is the last position that was announced; it matters after a restart. Zero: none.
	Told int
	// Operator, if set, says that the ticket is in conversation already (found after a restart).
	Operator string
	// Away: the caller is elsewhere in the menu (found after a restart).
	Away bool
	// Promised is the waiting time that it was told, if any (found after a restart).
	Promised *Promise
}

// OperatorSpec is what is known of an operator beforehand. Operators who are not in the roster have all skills and
// languages, are of tier 1 and log in with their phone.
type OperatorSpec struct {
	Name      string
	Skills    []string // none: all
	Languages []string // none: all
	Tier      int      // 1 is asked first; less counts as 1
	// Auto: logs in when the phone registers and out when it goes. Else LogIn and LogOut say so.
	Auto bool
	// Outside: a number of the telephone network. It has no presence: logged in is reachable.
	Outside bool
	// WrapUp is instead of Config.WrapUp, if not zero. Negative: none.
	WrapUp time.Duration
}

// Strategy is how an operator is chosen among those who are free and have what a ticket wants.
type Strategy string

// The strategies.
const (
	LongestIdle Strategy = "longest-idle" // the default
	RingAll     Strategy = "ring-all"     // all of them ring, the first who answers has the call
	RoundRobin  Strategy = "round-robin"  // by name, after the one who was offered a call last
	Tiers       Strategy = "tiers"        // the lowest tier, the longest idle of it; the next tier after Config.TierAfter
)

// What a Relax step does without.
const (
	WithoutLanguage = "language"
	WithoutTopic    = "topic" // the topic's skills
)

// Relax is a step of asking less of the operator: a ticket that has waited for After does without something.
type Relax struct {
	After   time.Duration
	Without string // WithoutLanguage, WithoutTopic
}

// Band is a range of waiting time that the line has words for: from now on, Low to High.
type Band struct{ Low, High time.Duration }

// Config is how the desk works.
type Config struct {
	Ring     time.Duration // how long an operator's phone rings
	WrapUp   time.Duration // after a conversation
	Capacity int           // live tickets that may wait; zero: any number
	Announce time.Duration // between two announcements to a ticket; zero: none
	Strategy Strategy
	// Ageing is how much longer a ticket must have waited to go before one of the next better class. Zero: never.
	Ageing time.Duration
	Relax  []Relax
	// TierAfter is the waiting time after which one more tier may be asked. Zero: all tiers from the start, the lower first.
	TierAfter time.Duration
	// Misses in a row pause an operator ("missed"). Zero: never.
	Misses int
	// Bands are the waiting times that can be told. None: only positions are.
	Bands []Band
	// Bound is how long a ticket waits for the operator it is bound to (Ticket.For) before it is anybody's. Zero is two minutes.
	Bound time.Duration
	// Unstaffed is how long those who may be refused (Join.Nobody) wait on when the last operator has logged out; then they
	// are: Refuse "nobody". Zero: for ever.
	Unstaffed time.Duration
}

// Times of the desk that are not a matter of taste.
const (
	// Rest is how long an operator whose phone was not answered is left alone, times the misses in a row, so that
	// nothing spins and the others are tried first.
	Rest = 5 * time.Second
	// MaxRest bounds it: with one operator on, callers must not wait for long after he is back.
	MaxRest = 30 * time.Second
	// FirstAnnounce is when the position is told first: those who are served at once hear none.
	FirstAnnounce = 5 * time.Second
	// KeptFor is how long a place is kept for who was cut off.
	KeptFor = 5 * time.Minute
	// FetchFor is how long an operator is held for a caller who is fetched from the menu.
	FetchFor = time.Second
	// TakeFor is how long an operator who has answered a telephone elsewhere may take to press the key that takes the call;
	// his offers stand so much longer.
	TakeFor = 15 * time.Second
	// minRing is the shortest ringing that a configuration can ask for.
	minRing = time.Second
	// defaultBound is Config.Bound's.
	defaultBound = 2 * time.Minute
)

// OperatorState is an operator's state.
type OperatorState int

// The states.
const (
	Offline OperatorState = iota // not logged in, or the phone is not there
	Ready
	Ringing // an offer stands
	Talking // in conversation, or engaged by a colleague
	WrapUp  // after a conversation
	Paused
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
	case Paused:
		return "paused"
	}
	return "?"
}

// StateNamed is the state with that name, Offline if there is none.
func StateNamed(name string) OperatorState {
	for _, s := range States() {
		if s.String() == name {
			return s
		}
	}
	return Offline
}

// States are all states.
func States() []OperatorState {
	return []OperatorState{Offline, Ready, Ringing, Talking, WrapUp, Paused}
}

// Login is what an operator asked for last. It survives his phone.
type Login string

// The logins.
const (
	LoginNone Login = ""    // nothing: an Auto operator is logged in while his phone is there, another is not
	LoginIn   Login = "in"  // LogIn
	LoginOut  Login = "out" // LogOut; from Talking on: after the call
)

// Snapshot is the desk at one instant.
type Snapshot struct {
	// Version grows with each change of what stands below. Times that only pass are no change.
	Version   uint64
	Waiting   []Waiting        // in the order of service, those who are away among them
	Later     []Waiting        // callbacks whose NotBefore has not come, in that order
	Operators []OperatorStatus // by name
	Counts    Counts
}

// Counts are sums of a Snapshot.
type Counts struct {
	Waiting   int // live tickets, also those away
	Away      int
	Callbacks int // those to be tried again later among them
	Talking   int // conversations
	Operators map[OperatorState]int
	Oldest    time.Time // Since of the live ticket that has waited longest; zero: none waits
}

// Waiting is a ticket that waits.
type Waiting struct {
	Ticket    Ticket
	Position  int      // from 1; zero for those in Later
	Offered   string   // the operator whose phone rings for it, "" if none; with ring-all the first by name
	Offers    []string // all of them
	Away      bool
	Overtaken map[Obstacle]int // how often it was overtaken, and why
	Promise   *Promise         // the waiting time it was told, if any
}

// OperatorStatus is an operator at one instant.
type OperatorStatus struct {
	Name  string
	State OperatorState
	Since time.Time
	// Until is when ringing, wrap-up or, of one who is ready, a rest ends by itself: Rest, FetchFor. Zero: not at all.
	Until     time.Time
	Pause     string // why he is paused, or will be after the call
	LoggedIn  bool
	Reachable bool   // the phone is there
	Ticket    string // ringing for, talking with, or wrapping up
	Engaged   bool   // talking as a colleague, not as the one who has the conversation
	Missed    int    // offers missed in a row
}
