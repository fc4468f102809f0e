package flow

import (
	"time"

	"pronto/prompts"
)

// Phase is what a call is doing at its node.
type Phase string

// The phases. Each survives a restart by the rule that follows it.
const (
	PhaseNew       Phase = ""          // nothing yet: as Arrived
	PhaseSaying    Phase = "saying"    // a prompt is heard: the node's prompt from its start; digits to confirm are read back again
	PhaseWaiting   Phase = "waiting"   // silence, a key is awaited: the same; digits typed in part are asked for again
	PhaseQueued    Phase = "queued"    // a ticket waits: the same ticket, same waiting time
	PhaseTalking   Phase = "talking"   // in conversation with an operator: it goes on
	PhaseOffering  Phase = "offering"  // "press 1 to be connected": the advice again
	PhaseDialling  Phase = "dialling"  // the rescue number rings: the advice again
	PhaseConnected Phase = "connected" // in conversation with the rescue number: it goes on
	PhaseRecording Phase = "recording" // a message is taken: it goes on or, if it ended meanwhile, is taken as left
	PhaseLooking   Phase = "looking"   // what we asked the ledger for is awaited: asked for again
	PhaseLast      Phase = "last"      // the last words before we hang up, whatever the node: said again
	PhaseEnding    Phase = "ending"    // hanging up
)

// State is a call's whole memory. It is small (Encode: at most 1 kB) because it rides on the caller's channel.
type State struct {
	Release  string    `json:"r"`
	Arrived  time.Time `json:"a"`
	Answered time.Time `json:"w,omitzero"`
	Node     string    `json:"n"`
	Phase    Phase     `json:"f,omitempty"`
	Language string    `json:"l"`
	Topic    string    `json:"t,omitempty"`
	Refused  string    `json:"h,omitempty"` // why the desk took no ticket, or the line no call
	Try      int       `json:"y,omitempty"` // the try at this node, from 1
	Step     int       `json:"s,omitempty"` // the kind's own counter: see the kind
	Unheard  int       `json:"e,omitempty"` // playbacks that failed in a row
	Typed    string    `json:"k,omitempty"` // keys pressed ahead, not used yet; at most 16, the oldest kept
	Path     string    `json:"p,omitempty"` // "welcome>topics>what-to-do": nodes in order, the middle cut at 400 bytes
	Plays    int       `json:"c,omitempty"` // playbacks so far; the id of the current or last one
	Playing  bool      `json:"g,omitempty"` // the playback Plays has not ended
	SayStart time.Time `json:"b,omitzero"`  // when it began; while recording: when that began
	// Length is how long the playback should take.
	Length   time.Duration `json:"d1,omitempty"`
	Chosen   bool          `json:"i,omitempty"`  // the node was chosen by key
	Info     bool          `json:"j,omitempty"`  // the node is one that informs (say)
	AdviceAt time.Time     `json:"v,omitzero"`   // when the rescue advice will have been told whole
	Queued   time.Time     `json:"q,omitzero"`   // when the ticket was drawn; kept until served or left
	Position int           `json:"o,omitempty"`  // the last position announced
	Pending  int           `json:"z,omitempty"`  // a position to be announced when what plays has ended,
	Band     int           `json:"z1,omitempty"` // and the waiting time with it: from 1, in Desk.Bands; 0 is none
	Drawn    string        `json:"q1,omitempty"` // the topic of the ticket
	// Waited is how long the caller waited until somebody answered or the ticket was given back.
	Waited time.Duration `json:"d3,omitempty"`
	// Away is the queue node whose ticket the caller has while he is elsewhere; "" he is not. Due: his turn has come.
	Away string `json:"h1,omitempty"`
	Due  bool   `json:"h2,omitempty"`
	// Comforts is how many comfort messages were said, Comfort when the next is due, from Queued on.
	Comforts int           `json:"c1,omitempty"`
	Comfort  time.Duration `json:"c2,omitempty"`
	Operator string        `json:"u,omitempty"` // who talks or talked with the caller
	Talk     time.Time     `json:"m,omitzero"`  // when the conversation began
	// Talked is the length of the conversations that are over.
	Talked time.Duration `json:"d2,omitempty"`
	// Recording is the number of the last recording begun; it is unique among the call's playbacks and recordings.
	Recording int    `json:"rec,omitempty"`
	Rescue    string `json:"x,omitempty"` // the rescue number told or dialled
	Marks     Mark   `json:"d,omitempty"` // what has happened, for the outcome
	// District is the telephone district of the caller's number, "" if there is none to tell.
	District string `json:"g1,omitempty"`
	// Entry are the digits being typed, Vars those taken, Request is the code of the request that the caller's message opened.
	// None is ever written down: see Public.
	Entry   string            `json:"k1,omitempty"`
	Vars    map[string]string `json:"k2,omitempty"`
	Request string            `json:"k3,omitempty"`
	// Caller is the caller's number, for a book that calls back. It is not written down, either.
	Caller  string `json:"k4,omitempty"`
	Unknown int    `json:"n1,omitempty"` // codes typed that no request has
}

// Mark is a set of things that happened in a call and decide its outcome.
type Mark int

// The marks.
const (
	MarkAdvised  Mark = 1 << iota // the rescue number was told, whole, at least once
	MarkTransfer                  // connected to the rescue number
	MarkInformed                  // heard a say node, chosen by key, to its end
	MarkServed                    // spoke with an operator
	MarkMessage                   // left a message
	MarkClosed                    // was told that the desk is closed, full or unmanned
	MarkFailed                    // something of ours broke
	MarkStopped                   // we hung up for our own sake
	MarkCallback                  // a callback is booked
	MarkDouble                    // it was booked before
	MarkDanger                    // came to a rescue number, or chose a topic that the book marks with safety
	MarkSilent                    // and stayed on the line doing nothing
	MarkOwed                      // the message begun or left is to open a request, and has not yet
)

// Event is what a call is told. The types below are all there are.
type Event interface{ event() }

type (
	// Arrived begins a call. District is that of the caller's number (prompts.District), Number the number itself.
	Arrived struct{ District, Number string }
	// Key is a key pressed by the caller.
	Key struct{ Digit byte }
	// Said ends the playback ID.
	Said struct {
		ID     int
		Failed bool
	}
	// Timeout is the end of the timer set last.
	Timeout struct{}
	// Announce tells the place in the queue, from 1, and the waiting time, when the desk wants them announced. Band indexes
	// the Desk.Bands of the call's book; -1: no time is told.
	Announce struct{ Position, Band int }
	// Fetch says that the caller's turn has come while he is away from the queue.
	Fetch struct{}
	// Refused says that the desk takes no ticket. Why is one of the Refused constants.
	Refused struct{ Why string }
	// Kept answers Queue where a place was kept for the caller, who had been cut off: since when he has waited, and the
	// position that he was told.
	Kept struct {
		Since    time.Time
		Position int
	}
	// Connected says that an operator took the call. The flow answers with Bridge.
	Connected struct{ Operator string }
	// NotJoined says that the operator who took the call could not be joined with the caller, who waits again at his place.
	NotJoined struct{}
	// OperatorDropped says that the operator was lost in the middle of the conversation. The caller waits again, at the head.
	OperatorDropped struct{}
	// Transferred says that the operator handed the caller over: to a topic, or to the operator For. He waits again.
	Transferred struct{ Topic, For string }
	// Handed says that another has the conversation now: an operator, or the rescue number.
	Handed struct{ Operator, Rescue string }
	// OperatorLeft says that the conversation ended, the caller is still there.
	OperatorLeft struct{}
	// RescueUp says that the rescue number answered. The flow answers with Bridge.
	RescueUp struct{}
	// RescueOver says that the rescue call ended or never came about (Failed: it was not answered).
	RescueOver struct{ Failed bool }
	// Recorded ends a recording.
	Recorded struct {
		Length time.Duration
		Failed bool
	}
	// Coded answers NewCode. No Code: there is none to be had now.
	Coded struct{ Code string }
	// Found answers LookUp. No State: no request has the code. Failed: it can not be known now.
	Found struct {
		State          RequestState
		Opened, Closed time.Time
		Failed         bool
	}
	// Booked answers BookCallback. Why is why none was booked: one of the Callback constants, or "".
	Booked struct{ Why string }
	// TurnAway comes instead of Arrived: the line takes no calls now. The caller is told where to find help.
	TurnAway struct{ Why string }
	// Stop ends the call for the line's sake.
	Stop struct{}
	// Resumed says that the process or the connection was lost and is back, the caller is still there.
	// Alone: nobody is in conversation with the caller (the phases talking and connected are over).
	// Recording: a recording still runs.
	Resumed struct{ Alone, Recording bool }
)

// Why the desk refuses a ticket.
const (
	RefusedFull   = "full"
	RefusedNobody = "nobody" // no operator is logged in
	refusedClosed = "closed" // out of hours; the desk was not asked
)

// Why a callback is not booked.
const (
	CallbackAlready = "already" // there is one for the number
	CallbackFault   = "fault"   // it can not be now
)

// RequestState is how a request stands, as far as a caller is told.
type RequestState string

// The states of a request.
const (
	RequestOpen       RequestState = "open"
	RequestInProgress RequestState = "in_progress"
	RequestClosed     RequestState = "closed"
)

func (Arrived) event()         {}
func (Key) event()             {}
func (Said) event()            {}
func (Timeout) event()         {}
func (Announce) event()        {}
func (Fetch) event()           {}
func (Kept) event()            {}
func (Handed) event()          {}
func (OperatorDropped) event() {}
func (Transferred) event()     {}
func (Refused) event()         {}
func (Connected) event()       {}
func (NotJoined) event()       {}
func (OperatorLeft) event()    {}
func (RescueUp) event()        {}
func (RescueOver) event()      {}
func (Recorded) event()        {}
func (Coded) event()           {}
func (Found) event()           {}
func (Booked) event()          {}
func (TurnAway) event()        {}
func (Stop) event()            {}
func (Resumed) event()         {}

// Action is what the shell must do, in order. The types below are all there are.
type Action interface{ action() }

type (
	// Answer takes the call.
	Answer struct{}
	// Save writes the state on the channel. It stands before the action that would make the channel busy.
	Save struct{}
	// Say plays the clips as one playback. ID counts up within the call.
	Say struct {
		ID    int
		Clips []prompts.Clip
	}
	// Hush cuts the playback ID. Said{ID} still comes.
	Hush struct{ ID int }
	// SetTimer replaces the call's one timer; zero stops it.
	SetTimer struct{ After time.Duration }
	// Queue draws a ticket, waiting since Since. It is also how a ticket is found again after a restart.
	Queue struct {
		Topic  string
		Class  int
		Skills []string
		Since  time.Time
		// Nobody: refuse when no operator is logged in.
		Nobody bool
		// Again: the ticket was drawn before; it is not refused.
		Again bool
		// Instead: it stands in the place of the one that the caller has, which was of another topic.
		Instead bool
	}
	// Away says that the caller goes elsewhere and keeps the ticket. Fetch may follow.
	Away struct{}
	// Back says that he waits again.
	Back struct{}
	// Requeue brings the ticket out of the conversation back to the queue, where it was. Dropped: the operator was lost; else he
	// handed it over, to the topic, or to the operator For.
	Requeue struct {
		Topic   string
		Class   int
		Skills  []string
		For     string
		Dropped bool
	}
	// Unqueue gives the ticket back.
	Unqueue struct{}
	// Music starts or stops music on hold.
	Music struct{ On bool }
	// Bridge joins the caller with the operator or the rescue call.
	Bridge struct{}
	// DialRescue dials a rescue number. RescueUp or RescueOver follows.
	DialRescue struct{ Number string }
	// DropRescue ends the rescue call.
	DropRescue struct{}
	// Record takes a message. Recorded follows. ID is State.Recording.
	Record struct {
		ID      int
		Longest time.Duration
	}
	// StopRecord ends it early. Recorded follows.
	StopRecord struct{ ID int }
	// NewCode asks for the code of a new request. Coded follows.
	NewCode struct{}
	// OpenRequest opens the request of the message State.Recording, under a code that NewCode gave. The same code is opened
	// again when the call is resumed.
	OpenRequest struct{ Code string }
	// LookUp asks how the request with a code stands. Found follows. The code is the caller's: it must not be written down.
	LookUp struct{ Code string }
	// BookCallback takes down that the caller wants to be called back, with the place of a ticket that waits since Since, but not
	// before NotBefore. Booked follows. The ticket that he has is given back behind it (Unqueue). The number is the caller's: it must not be
	// written into the journal.
	BookCallback struct {
		Number    string // E.164
		Topic     string
		Class     int
		Skills    []string
		Since     time.Time
		NotBefore time.Time
	}
	// Note goes into the journal.
	Note struct{ Kind, Text string }
	// Hangup ends the call. Nothing follows.
	Hangup struct{}
)

func (Answer) action()       {}
func (Save) action()         {}
func (Say) action()          {}
func (Hush) action()         {}
func (SetTimer) action()     {}
func (Queue) action()        {}
func (Away) action()         {}
func (Back) action()         {}
func (Requeue) action()      {}
func (Unqueue) action()      {}
func (Music) action()        {}
func (Bridge) action()       {}
func (DialRescue) action()   {}
func (DropRescue) action()   {}
func (Record) action()       {}
func (StopRecord) action()   {}
func (NewCode) action()      {}
func (OpenRequest) action()  {}
func (LookUp) action()       {}
func (BookCallback) action() {}
func (Note) action()         {}
func (Hangup) action()       {}

// Outcome is the one value every call ends with (DESIGN.md section 8).
type Outcome string

// The outcomes, the closed set.
const (
	Served         Outcome = "served"
	Informed       Outcome = "informed"
	Redirected     Outcome = "redirected"
	Message        Outcome = "message"
	Callback       Outcome = "callback"
	AbandonedMenu  Outcome = "abandoned_menu"
	AbandonedQueue Outcome = "abandoned_queue"
	TurnedAway     Outcome = "turned_away"
	Failed         Outcome = "failed"
)
