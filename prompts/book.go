package prompts

import (
	"io/fs"
	"time"
)

// Book is what admins edit: the menus, texts, recordings, hours and rescue numbers of one line, as read from a
// folder. It is immutable once Load has returned it.
type Book struct {
	Dir    string            // the folder it was read from
	Format int               // version of the format, 1
	Line   Line              // whose line it is
	Hours  map[string]Hours  // opening hours by name
	Topics map[string]Topic  // what a caller may have chosen, by name
	Rescue map[string]Rescue // the rescue numbers, "default" among them
	// Areas are parts of the country by telephone district, by name.
	Areas map[string]Area `json:",omitempty"`
	// Directory are the offices whose numbers callers are told, by name.
	Directory map[string]Office `json:",omitempty"`
	Start     string            // the node every call begins at
	Nodes     map[string]Node
	Desk      Desk
	Limits    Limits
	Texts     map[string]map[string]string // language -> key -> text
	Lexicon   Lexicon                      `json:",omitempty"` // words that engines read wrongly

	// FS is what the recordings are read from.
	FS fs.FS
	// Recordings are the recordings that speak today's texts: language -> key -> path in FS.
	Recordings map[string]map[string]string
	// Bound is audio/index.yaml: "<lang>/<key>" -> TextHash of the text that the recording speaks.
	Bound map[string]string

	places map[string]at // where the proofs' faults point; nil for a book that was not read from files
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
	From, To time.Duration // since midnight; To > From; 24h is the end of the day, more is past midnight
	Closed   []string      // dates, 2006-01-02
	// Holidays are when it is closed, too: calendars (it, it-bz), 01-02 or 2006-01-02.
	Holidays []string `json:",omitempty"`
	// Exceptions are the hours of single dates; they count before all else.
	Exceptions map[string]Span `json:",omitempty"`
}

// Span is a part of a day, as Hours.From and To. The zero Span is no time at all.
type Span struct{ From, To time.Duration }

// Area is a part of the country.
type Area struct {
	Districts []string // how the fixed numbers there begin, with the 0: 0471
}

// Office is one whose number callers are told.
type Office struct {
	Number string // digits only
	Say    string // the text that names it
}

// Topic is what a caller chose; it decides who may answer and how soon.
type Topic struct {
	Class  int // 1 is served before 2
	Skills []string
	// Safety: somebody looks after a caller who is cut off or gives up.
	Safety bool `json:",omitempty"`
}

// Rescue is a number that callers may be told and connected to.
type Rescue struct {
	Number string // digits only
	Say    string // the text that tells to dial it
	// Areas are the areas where callers are told another number; nothing is in its Areas.
	Areas map[string]Rescue `json:",omitempty"`
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

	KindBranch    Kind = "branch"         // go where hours, district, language ... say
	KindAsk       Kind = "ask"            // let the caller type digits
	KindDirectory Kind = "directory"      // tell the number of an office
	KindCallback  Kind = "callback"       // book a call to the caller, for when his turn has come
	KindRequest   Kind = "request-status" // let the caller type a request's code, tell how it stands
)

// What a branch may depend on (Node.On).
const (
	OnHours    = "hours"    // cases are names of hours: it is open
	OnHolidays = "holidays" // cases are calendars and dates: it is today
	OnAlert    = "alert"    // the one case is yes: an alert is raised that concerns the caller
	OnDistrict = "district" // cases are areas: the caller's fixed line is there
	OnLanguage = "language" // cases are languages
	OnVariable = "variable" // cases are what the variable is, or begins with: 39*
)

// Case is one way out of a branch.
type Case struct{ Is, Then string }

// Node is one step of a call. Which fields count depends on Kind.
type Node struct {
	Name string
	Kind Kind
	// Say are the texts spoken first, in order. Menu, say, queue (once, on entering), rescue (before the advice),
	// message (before the tone), hangup: any number; each a key of Texts, or one in its own voice (OwnVoice). Language: exactly one text, spoken once per key in that
	// key's language.
	Say []string
	// Keys: menu: key -> node. Language: key -> language. Queue: key -> node for a caller who waits; he keeps his place.
	Keys map[string]string
	// Wait is the silence after the prompt before the next try: menu, language, ask, request-status, callback, and the offers of a
	// rescue node and of a message's code. Default 6s.
	Wait time.Duration
	// Tries is how often menu, language, ask, request-status, callback say their prompt. Default 3.
	Tries int
	// Otherwise is the node for a caller who pressed nothing valid in Tries tries. Menu, ask, request-status, callback: required. Language: Then.
	// Branch: required, where no case holds.
	Otherwise string
	// Then is the next node. Say, message, language, goto, rescue, request-status, callback: required. Queue: after the conversation, if the
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

	// On is what a branch looks at. The first of Cases that holds counts, Otherwise if none does: so for a caller
	// whose district is not known, too.
	On    string `json:",omitempty"`
	Cases []Case `json:",omitempty"`
	// Variable: of the call; ask sets it, a branch looks at it.
	Variable string `json:",omitempty"`
	// Min and Max are how many digits ask takes. Default 1 and MaxDigits.
	Min, Max int `json:",omitempty"`
	// Between is the silence after a digit that ends what is typed: ask, request-status, callback. Default 3s. The key # ends it at once.
	Between time.Duration `json:",omitempty"`
	// Confirm: what was typed is read back and must be confirmed: ask.
	Confirm bool `json:",omitempty"`
	// Office is whose number is told: directory.
	Office string `json:",omitempty"`

	// Comfort are the texts that a queue says in turn to those who wait, each Every after the one before. Default 60s.
	Comfort []string      `json:",omitempty"`
	Every   time.Duration `json:",omitempty"`
	// Apology is said by a queue to a caller who waits again because the operator was lost.
	Apology string `json:",omitempty"`

	// Request: a message opens a request, and the caller is told its code.
	Request bool `json:",omitempty"`
}

// Who hears music while waiting. Music to a thousand callers costs a switch more than two processor cores, silence
// next to nothing.
const (
	MusicAll  = "all"
	MusicNone = "none"
)

// CodeDigits is the length of a request's code.
const CodeDigits = 8

// What a call can hold: its state rides on its channel.
const (
	MaxDigits    = 16 // that ask takes
	maxVariables = 4  // of a book
)

// MaxPosition is the last position that has a sentence of its own.
const MaxPosition = 30

// Limits are what the proofs of a book are held to. Zero is no limit.
type Limits struct {
	RescueAdvice   time.Duration
	OperatorChoice time.Duration
	Options        int
}
