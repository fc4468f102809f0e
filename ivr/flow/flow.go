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
	PhaseSaying    Phase = "saying"    // a prompt is heard: the node's prompt from its start
	PhaseWaiting   Phase = "waiting"   // silence, a key is awaited: the node's prompt from its start
	PhaseQueued    Phase = "queued"    // a ticket waits: the same ticket, same waiting time
	PhaseTalking   Phase = "talking"   // in conversation with an operator: it goes on
	PhaseOffering  Phase = "offering"  // "press 1 to be connected": the advice again
	PhaseDialling  Phase = "dialling"  // the rescue number rings: the advice again
	PhaseConnected Phase = "connected" // in conversation with the rescue number: it goes on
	PhaseRecording Phase = "recording" // a message is taken: it goes on or, if it ended meanwhile, is taken as left
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
	Try      int       `json:"y,omitempty"` // the try at this node, from 1
	Step     int       `json:"s,omitempty"` // the kind's own counter (rescue: advices told)
	Typed    string    `json:"k,omitempty"` // keys pressed ahead, not used yet; at most 16, the oldest kept
	Path     string    `json:"p,omitempty"` // "welcome>topics>what-to-do": nodes in order, the middle cut at 400 bytes
	Plays    int       `json:"c,omitempty"` // playbacks so far; the id of the current or last one
	Playing  bool      `json:"g,omitempty"` // the playback Plays has not ended
	SayStart time.Time `json:"b,omitzero"`  // when it began; while recording: when that began
	Chosen   bool      `json:"i,omitempty"` // the node was chosen by key
	Info     bool      `json:"j,omitempty"` // the node is one that informs (say)
	AdviceAt time.Time `json:"v,omitzero"`  // when the rescue advice will have been told whole
	Queued   time.Time `json:"q,omitzero"`  // when the ticket was drawn; kept until served or left
	Position int       `json:"o,omitempty"` // the last position announced
	Operator string    `json:"u,omitempty"` // who talks or talked with the caller
	Talk     time.Time `json:"m,omitzero"`  // when the conversation began
	Rescue   string    `json:"x,omitempty"` // the rescue number told or dialled
	Marks    Mark      `json:"d,omitempty"` // what has happened, for the outcome
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
)

// Event is what a call is told. The types below are all there are.
type Event interface{ event() }

type (
	// Arrived begins a call.
	Arrived struct{}
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
	// Refused: the desk takes no ticket. Why is one of the Refused constants.
	Refused struct{ Why string }
	// Connected: an operator took the call. The flow answers with Bridge.
	Connected struct{ Operator string }
	// OperatorLeft: the conversation ended, the caller is still there.
	OperatorLeft struct{}
	// RescueUp: the rescue number answered. The flow answers with Bridge.
	RescueUp struct{}
	// RescueOver: the rescue call ended or never came about (Failed: it was not answered).
	RescueOver struct{ Failed bool }
	// Recorded ends a recording.
	Recorded struct {
		Length time.Duration
		Failed bool
	}
	// Resumed: the process or the connection was lost and is back, the caller is still there.
	// Alone: nobody is in conversation with the caller (the phases talking and connected are over).
	// Recording: a recording still runs.
	Resumed struct{ Alone, Recording bool }
)

// Why the desk refuses a ticket.
const (
	RefusedFull   = "full"
	RefusedNobody = "nobody" // no operator is logged in
)

func (Arrived) event()      {}
func (Key) event()          {}
func (Said) event()         {}
func (Timeout) event()      {}
func (Position) event()     {}
func (Refused) event()      {}
func (Connected) event()    {}
func (OperatorLeft) event() {}
func (RescueUp) event()     {}
func (RescueOver) event()   {}
func (Recorded) event()     {}
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
	// Record takes a message. Recorded follows.
	Record struct{ Longest time.Duration }
	// StopRecord ends it early. Recorded follows.
	StopRecord struct{}
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
