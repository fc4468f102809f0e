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
	Chosen   bool          `json:"i,omitempty"` // the node was chosen by key
	Info     bool          `json:"j,omitempty"` // the node is one that informs (say)
	AdviceAt time.Time     `json:"v,omitzero"`  // when the rescue advice will have been told whole
	Queued   time.Time     `json:"q,omitzero"`  // when the ticket was drawn; kept until served or left
	Position int           `json:"o,omitempty"` // the last position announced
	Pending  int           `json:"z,omitempty"` // a position to be announced when what plays has ended
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
	// Entry are the digits being typed, Vars those taken. Neither is ever written down: see Public.
	Entry string            `json:"k1,omitempty"`
	Vars  map[string]string `json:"k2,omitempty"`
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
)

// Event is what a call is told. The types below are all there are.
type Event interface{ event() }

type (
	// Arrived begins a call. District is that of the caller's number (prompts.District).
	Arrived struct{ District string }
	// Key is a key pressed by the caller.
	Key struct{ Digit byte }
	// Said ends the playback ID.
	Said struct {
		ID     int
		Failed bool
	}
	// Timeout is the end of the timer set last.
	Timeout struct{}
	// Position tells the place in the queue, from 1, when the desk wants it announced.
	Position struct{ N int }
	// Refused says that the desk takes no ticket. Why is one of the Refused constants.
	Refused struct{ Why string }
	// Connected says that an operator took the call. The flow answers with Bridge.
	Connected struct{ Operator string }
	// NotJoined says that the operator who took the call could not be joined with the caller, who waits again at his place.
	NotJoined struct{}
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

func (Arrived) event()      {}
func (Key) event()          {}
func (Said) event()         {}
func (Timeout) event()      {}
func (Position) event()     {}
func (Refused) event()      {}
func (Connected) event()    {}
func (NotJoined) event()    {}
func (OperatorLeft) event() {}
func (RescueUp) event()     {}
func (RescueOver) event()   {}
func (Recorded) event()     {}
func (TurnAway) event()     {}
func (Stop) event()         {}
func (Resumed) event()      {}

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
	// Note goes into the journal.
	Note struct{ Kind, Text string }
	// Hangup ends the call. Nothing follows.
	Hangup struct{}
)

func (Answer) action()     {}
func (Save) action()       {}
func (Say) action()        {}
func (Hush) action()       {}
func (SetTimer) action()   {}
func (Queue) action()      {}
func (Unqueue) action()    {}
func (Music) action()      {}
func (Bridge) action()     {}
func (DialRescue) action() {}
func (DropRescue) action() {}
func (Record) action()     {}
func (StopRecord) action() {}
func (Note) action()       {}
func (Hangup) action()     {}

// Outcome is the one value every call ends with (DESIGN.md section 8).
type Outcome string

// The outcomes, the closed set. callback is not reached yet.
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
