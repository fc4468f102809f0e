// Package phone says what the line needs of a telephone switch: legs that can be answered, spoken to,
// recorded, joined and hung up, and the events that come back.
//
// It is the narrow waist between ivr (what happens to a call) and asterisk (how a switch is told). It holds no
// behaviour of its own but Mailbox and Digest; phonetest holds the suite every switch passes.
//
// # Concurrency
//
// A verb (Leg and Switch methods) may be called from any goroutine. It blocks until the switch has accepted the
// command, not until its effect is over: Play returns when the sound has been queued, and PlayDone tells its end.
// Events of one leg reach its Sink in order, one at a time; a Sink and the Handler's methods are called from the
// switch's own goroutine and must neither block nor call a verb (put the event in a Mailbox and return).
//
// # Identity
//
// All ids are chosen by the caller of a verb, so that an answer that was lost can be asked for again, and a
// process that starts anew finds its own. A verb whose effect is already there (hang up a leg that is gone, stop a
// sound that has ended) succeeds.
package phone

import (
	"context"
	"crypto/md5"
	"errors"
	"fmt"
	"time"
)

// ErrGone is returned by a verb on a leg that is not on the switch any more; its Ended event has been or will be
// delivered.
var ErrGone = errors.New("the leg is gone")

// ErrUnreachable is returned by Dial when the party can not even be rung: a phone that is not registered, no
// trunk, a number that may not be dialled.
var ErrUnreachable = errors.New("the party can not be reached")

// ErrUnavailable is returned when the switch did not answer in time or is not connected. Whether the command took
// effect is unknown.
var ErrUnavailable = errors.New("the switch does not answer")

// Cause is a Q.850 hang-up cause (ITU-T Q.850 table 1). Zero is unknown.
type Cause int

// The causes that the line uses or distinguishes.
const (
	CauseUnknown           Cause = 0
	CauseUnallocated       Cause = 1
	CauseNormal            Cause = 16
	CauseBusy              Cause = 17
	CauseNoResponse        Cause = 18
	CauseNoAnswer          Cause = 19
	CauseRejected          Cause = 21
	CauseCongestion        Cause = 34
	CauseRTPTimeout        Cause = 44
	CauseIncompatible      Cause = 88
	CauseInterworking      Cause = 127
	CauseAnsweredElsewhere Cause = 26
)

var causeNames = map[Cause]string{
	CauseUnknown: "unknown", CauseUnallocated: "unallocated", CauseNormal: "normal", CauseBusy: "busy",
	CauseNoResponse: "no-response", CauseNoAnswer: "no-answer", CauseRejected: "rejected",
	CauseCongestion: "congestion", CauseRTPTimeout: "no-media", CauseIncompatible: "incompatible",
	CauseInterworking: "interworking", CauseAnsweredElsewhere: "answered-elsewhere",
}

func (c Cause) String() string {
	if s, ok := causeNames[c]; ok {
		return s
	}
	return fmt.Sprintf("q850-%d", int(c))
}

// Info is what the switch knows of a leg when it appears.
type Info struct {
	Caller  string    // the calling party's number as sent, "" if withheld
	Called  string    // the number that was dialled
	Created time.Time // when the switch made the leg
	Entry   string    // the dialplan's first argument: "" for an ordinary call, "failopen" for one that was told so before
	// Operator is whose telephone calls, by the name that it registered with; "" for everybody else. Called is then a feature code (* and two
	// to six digits), or the line's number: an operator who tries the line.
	Operator string
}

// Leg is one party's line on the switch.
type Leg interface {
	// ID is unique on its switch, over restarts too.
	ID() string
	// Switch is the name of the leg's switch.
	Switch() string
	Info() Info
	// Tag writes the call's state on the leg, where it outlives this process; Adopted brings it back.
	// At most 1 kB. It blocks while a sound plays on the leg, in a bridge or not, so write before the sound.
	Tag(ctx context.Context, state string) error
	// Answer takes an incoming call. Answering twice is no error.
	Answer(ctx context.Context) error
	// Hangup ends the leg. Ended follows.
	Hangup(ctx context.Context, cause Cause) error
	Speaker
	Recorder
}

// Speaker is the part of a leg that is heard by its party, and by nobody else: a sound on a leg in a bridge is not heard by
// those who are in it with him, and while it lasts he does not hear them, nor they him.
type Speaker interface {
	// Play queues the sounds, one after another, as one playback. id is unique per leg. PlayDone{ID: id} follows
	// exactly once, also when the leg ends or a sound is missing. A sound is a path below the switch's sound root,
	// without extension. A sound may be started while music plays: the music stops.
	Play(ctx context.Context, id string, sounds []string) error
	// StopPlay cuts the playback; PlayDone follows.
	StopPlay(ctx context.Context, id string) error
	// Music starts or stops music on hold. A leg in a bridge must be parted first: whether it hears the music is not defined.
	Music(ctx context.Context, on bool) error
}

// Recorder is the part of a leg that takes down what its party says.
type Recorder interface {
	// Record takes the party's voice into the recording name until StopRecord, the longest time, or the leg's end.
	// RecordDone follows exactly once.
	Record(ctx context.Context, name string, longest time.Duration) error
	StopRecord(ctx context.Context, name string) error
}

// Target is whom to dial: exactly one field is set. Numbers go through the trunk, and the switch's own configuration
// has the last word on each.
type Target struct {
	Operator string // an operator's phone, by the operator's name
	Rescue   string // a number of the book's rescue table
	Outside  string // an operator's telephone number elsewhere; only those that the site's configuration lists
	// Callback is the number of somebody who asked to be called back, as E.164 with +, or as Italians write theirs; only the countries and kinds
	// of number that the site's configuration allows, and none that costs the called or the line more than a call.
	Callback string
}

// String is the name or the number.
func (t Target) String() string { return t.Operator + t.Rescue + t.Outside + t.Callback }

// Dial asks for a new leg.
type Dial struct {
	ID      string // of the leg; IDs with the prefix "p-" are ours and are found again by Adopt
	To      Target
	From    string        // the calling number to show, "" for none; Outside and Callback are shown the line's whatever this is
	For     Leg           // the leg on whose behalf, for its codec; may be nil
	Timeout time.Duration // of ringing
	Tag     string
}

// Switch is a telephone switch.
type Switch interface {
	Name() string
	// Run connects and serves events to h until ctx ends, reconnecting as often as it takes. It returns nil when ctx
	// ended, and an error only where trying again can not help.
	Run(ctx context.Context, h Handler) error
	// Dial starts to ring a party and returns at once; Ringing, Answered, Ended follow in the sink.
	Dial(ctx context.Context, d Dial, sink Sink) (Leg, error)
	// SetOperators makes these the operators' telephones, and no others: they can register and be rung from now on, also
	// on every later connect, and Handler.Operator tells of them. One that is left out can not register nor be rung any more and is told
	// to be gone; a conversation that it is in goes on. Without a connection the accounts are kept for the next one, and that is
	// no error. Before the first call nothing on the switch is changed.
	SetOperators(ctx context.Context, accounts []Account) error
	Conference
}

// Conference is the part of a switch that joins legs. Keys of legs that are in a bridge reach their sinks like any others.
type Conference interface {
	// Bridge joins the legs in the bridge id, with those who are in it already, making it if need be. A leg that is in
	// another bridge leaves that one. Sounds and music on the legs stop. Calling it again is no error. If it fails, those who were in
	// the bridge before are still in it and the others are not.
	Bridge(ctx context.Context, id string, legs ...Leg) error
	// Part takes one leg out of the bridge; it stays up, and so do the others in the bridge. A leg that is not in it, or gone, or
	// a bridge that is gone is no error.
	Part(ctx context.Context, id string, leg Leg) error
	// Unbridge parts whom the bridge joined and removes it. The legs stay up. A recording of it ends. A bridge that is gone is no error.
	Unbridge(ctx context.Context, id string) error
	// Snoop makes a leg that listens at another one: who is joined with it by Bridge hears what on's party says and what that party
	// hears. It is up when Snoop returns. It can be hung up like any other and ends with on. Its id is our choice (prefix "p-");
	// Adopt finds it again, though not whom it listened at: hang it up and snoop anew. Its sink gets Ended only.
	Snoop(ctx context.Context, id string, on Leg, mode Snoop, sink Sink) (Leg, error)
	// RecordBridge takes what is said in the bridge into the recording name, which must be a new one, until StopRecordBridge or Unbridge.
	// The sink gets RecordDone exactly once, and nothing else. Recordings outlive the process: call it again with the
	// same name to get RecordDone told to another sink.
	RecordBridge(ctx context.Context, id, name string, sink Sink) error
	StopRecordBridge(ctx context.Context, id, name string) error
}

// Snoop is what a listening leg does.
type Snoop int

// The ways to listen.
const (
	Listen  Snoop = iota // hear both sides, heard by nobody
	Whisper              // hear both sides, heard by the leg's own party alone
)

func (m Snoop) String() string {
	switch m {
	case Listen:
		return "listen"
	case Whisper:
		return "whisper"
	default:
		return fmt.Sprintf("snoop-%d", int(m))
	}
}

// Account is an operator's telephone as the switch knows it.
type Account struct {
	Name   string // small letters, digits, - and _, at most 40; begins with a letter or digit
	Digest string // see Digest
}

// Realm is what operators' telephones authenticate to (RFC 8760 section 2).
const Realm = "pronto"

// Digest is what a switch needs of a telephone's secret to know it: HA1 of RFC 7616 section 3.4.2 with MD5, the only hash
// that SIP telephones know, in hexadecimal. Who has it can register: keep it like the secret.
func Digest(name, secret string) string {
	return fmt.Sprintf("%x", md5.Sum([]byte(name+":"+Realm+":"+secret)))
}

// Handler is told what begins on a switch. See the package comment for what its methods may do.
type Handler interface {
	// Incoming is called for each new call; the sink gets all its later events. The leg of a nil sink is hung up.
	Incoming(Leg) Sink
	// Adopt is called once after every connect, before any later event: found are the legs that are ours but that
	// this process did not know (all of them after a restart, with none found the slice is empty). It returns their
	// sinks in the same order; the leg of a nil sink is hung up. For known legs the switch itself delivers what was
	// missed, then Resynced.
	Adopt(found []Adopted) []Sink
	// Operator is called when an operator's phone comes or goes, and for every phone after every connect.
	Operator(name string, online bool)
	// Link is called when the connection to the switch comes or goes.
	Link(up bool)
}

// Adopted is a leg that was found on the switch.
type Adopted struct {
	Leg    Leg
	Tag    string // as last written, "" if never
	Bridge string // the bridge it is in, "" if none
	Up     bool   // it has been answered
}

// Sink takes a leg's events.
type Sink func(Event)

// Event is something that happened on a leg. The types below are all there are.
type Event interface{ event() }

type (
	// Ringing says that a dialled party's phone rings.
	Ringing struct{}
	// Answered says that a dialled party took the call; verbs are possible now.
	Answered struct{}
	// Key is one key, when it was released.
	Key struct{ Digit byte } // one of 0123456789*#ABCD
	// PlayDone ends a playback. Failed: nothing or not all of it was heard for want of a sound.
	PlayDone struct {
		ID     string
		Failed bool
	}
	// RecordDone ends a recording. Length is 0 and Failed is set when nothing was kept.
	RecordDone struct {
		Name   string
		Length time.Duration
		Failed bool
	}
	// Ended is a leg's last event. Remote: the party (or the network) ended it, not we.
	Ended struct {
		Cause  Cause
		SIP    int // the SIP status of a failed call, 0 if none
		Remote bool
		Lost   bool // it ended while we were not connected; cause and instant are unknown
	}
	// Resynced says that the connection was lost and is back: keys pressed meanwhile are unknown.
	Resynced struct{}
)

func (Ringing) event()    {}
func (Answered) event()   {}
func (Key) event()        {}
func (PlayDone) event()   {}
func (RecordDone) event() {}
func (Ended) event()      {}
func (Resynced) event()   {}
