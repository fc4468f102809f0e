package prompts

import "time"

// Book is what admins edit: the menus, texts, recordings, hours and rescue numbers of one line, as read from a
// folder. It is immutable once Load has returned it.
type Book struct {
	Dir    string            // the folder it was read from
	Format int               // version of the format, 1
	Line   Line              // whose line it is
	Hours  map[string]Hours  // opening hours by name
	Topics map[string]Topic  // what a caller may have chosen, by name
	Rescue map[string]Rescue // the rescue numbers, "default" among them
	Start  string            // the node every call begins at
	Nodes  map[string]Node
	Desk   Desk
	Limits Limits
	Texts  map[string]map[string]string // language -> key -> text
}

// Line names the line.
type Line struct {
	Number    string   // as dialled, digits only
	Name      string   // as shown and reported
	Timezone  string   // IANA name
	Languages []string // ISO 639-1, the first is the one every call begins in
}

// Hours are weekly opening hours in the line's timezone.
type Hours struct {
	Days     []time.Weekday
	From, To time.Duration // since midnight; To > From; 24h is the end of the day
	Closed   []string      // dates, 2006-01-02
}

// Topic is what a caller chose; it decides who may answer and how soon.
type Topic struct {
	Class  int // 1 is served before 2
	Skills []string
}

// Rescue is a number that callers may be told and connected to.
type Rescue struct {
	Number string // digits only
	Say    string // the text that tells to dial it
}

// Kind is a node's kind.
type Kind string

// The kinds of nodes.
const (
	KindMenu     Kind = "menu"     // say, then wait for a key
	KindSay      Kind = "say"      // say, then go on
	KindQueue    Kind = "queue"    // wait for an operator and talk
	KindRescue   Kind = "rescue"   // tell the rescue number, offer to connect
	KindMessage  Kind = "message"  // take a message
	KindLanguage Kind = "language" // let the caller choose a language
	KindGoto     Kind = "goto"     // go to another node
	KindHangup   Kind = "hangup"   // say, then end the call
)

// Node is one step of a call. Which fields count depends on Kind.
type Node struct {
	Name string
	Kind Kind
	// Say are the texts spoken first, in order. Menu, say, queue (once, on entering), rescue (before the advice),
	// message (before the tone), hangup: any number. Language: exactly one text, spoken once per key in that
	// key's language.
	Say []string
	// Keys: menu: key -> node. Language: key -> language.
	Keys map[string]string
	// Wait is the silence after the prompt before the next try: menu, language, and the rescue node's offer. Default 6s.
	Wait time.Duration
	// Tries is how often menu, language say their prompt. Default 3.
	Tries int
	// Otherwise is the node for a caller who pressed nothing valid in Tries tries. Menu: required. Language: Then.
	Otherwise string
	// Then is the next node. Say, message, language, goto, rescue: required. Queue: after the conversation, if the
	// caller is still there; default: the call ends.
	Then string
	// Topic is set by queue and message (required there); a menu, say or goto may set it too.
	Topic string
	// Queue: where to go when out of hours, when the desk is full, and when no operator is logged in.
	// Closed and Full are required, Nobody defaults to waiting.
	Closed, Full, Nobody string
	// Hours name the opening hours of a queue; default Desk.Hours; "" there means always open.
	Hours string
	// Use names the rescue number.
	Use string
	// Longest is how long a message may be. Default 120s.
	Longest time.Duration
}

// Desk is how the line's desk works.
type Desk struct {
	Hours    string        // name of the opening hours; "" is always
	Ring     time.Duration // how long an operator's phone rings; default 15s
	WrapUp   time.Duration // after a conversation; default 0
	Capacity int           // tickets that may wait; one more is "full"; default 300
	Announce time.Duration // between two announcements of the position; default 30s
	Position string        // the text with {n}; default "queue-position"; rendered for 1..MaxPosition
	Many     string        // the text beyond; default "queue-position-many"
	Strategy string        // "longest-idle"
}

// MaxPosition is the last position that has a sentence of its own.
const MaxPosition = 30

// Limits are what the proofs of a book are held to. Zero is no limit.
type Limits struct {
	RescueAdvice   time.Duration
	OperatorChoice time.Duration
	Options        int
}

// Open says whether the named hours are open at now; the empty name is always open.
func (b *Book) Open(hours string, now time.Time) bool {
	if hours == "" {
		return true
	}
	h, ok := b.Hours[hours]
	if !ok {
		return true // the checker refuses such a book; a call must not suffer from it
	}
	zone, err := time.LoadLocation(b.Line.Timezone)
	if err != nil {
		zone = time.UTC
	}
	return h.open(now.In(zone))
}

func (h Hours) open(now time.Time) bool {
	date := now.Format(time.DateOnly)
	for _, closed := range h.Closed {
		if closed == date {
			return false
		}
	}
	for _, day := range h.Days {
		if day != now.Weekday() {
			continue
		}
		// The clock's hands, not the time elapsed since midnight: they differ on the two days a year that have 23 or 25 hours.
		clock := time.Duration(now.Hour())*time.Hour + time.Duration(now.Minute())*time.Minute + time.Duration(now.Second())*time.Second
		return clock >= h.From && clock < h.To
	}
	return false
}
