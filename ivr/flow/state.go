package flow

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// MaxEncoded is the most bytes that Encode makes: what a channel variable surely holds.
const MaxEncoded = 1000

// Encode writes the state for a channel variable, at most MaxEncoded bytes. The path is cut as far as need be.
func (s State) Encode() (string, error) {
	s = s.brief()
	for {
		data, err := json.Marshal(s)
		if err != nil {
			return "", fmt.Errorf("encode a call's state: %w", err)
		}
		over := len(data) - MaxEncoded
		if over <= 0 {
			return string(data), nil
		}
		if len(s.Path) == 0 {
			return "", errors.New("encode a call's state: its names are too long for a channel variable")
		}
		keep := max(0, len(s.Path)-over-16)
		s.Path = strings.ToValidUTF8(s.Path[len(s.Path)-keep:], "")
	}
}

// Decode reads what Encode wrote. Fields that it does not know are of a later version and left out.
func Decode(text string) (State, error) {
	var s State
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return State{}, fmt.Errorf("decode a call's state: %w", err)
	}
	if s.Drawn == sameTopic {
		s.Drawn = s.Topic
	}
	return s, nil
}

// sameTopic stands for the ticket's topic where it is the caller's.
const sameTopic = "="

// brief is the state as it is written: no more of the times than milliseconds, and no name twice.
func (s State) brief() State {
	for _, t := range []*time.Time{&s.Arrived, &s.Answered, &s.SayStart, &s.AdviceAt, &s.Queued, &s.Talk} {
		if !t.IsZero() {
			*t = t.UTC().Truncate(time.Millisecond)
		}
	}
	if s.Drawn != "" && s.Drawn == s.Topic {
		s.Drawn = sameTopic
	}
	return s
}

// Verdict is the outcome of a call that ends now in this state, and a slug that tells more. The package comment has
// the rules.
func Verdict(s State, now time.Time) (outcome Outcome, detail string) {
	has := func(m Mark) bool { return s.Marks&m != 0 }
	switch {
	case has(MarkServed):
		return Served, ""
	case has(MarkTransfer):
		return Redirected, "connected"
	case has(MarkAdvised), s.toldBy(now):
		return Redirected, "advised"
	case has(MarkMessage):
		return Message, ""
	case has(MarkCallback) && has(MarkDouble):
		return Callback, "already"
	case has(MarkCallback):
		return Callback, ""
	case s.leaving(now):
		return Message, "hung_up"
	case has(MarkFailed):
		return Failed, "fault"
	case has(MarkStopped):
		return Failed, "stopped"
	case s.Phase == PhaseQueued:
		return AbandonedQueue, ""
	case has(MarkClosed):
		return TurnedAway, s.Refused
	case has(MarkInformed), s.heardEnough(now):
		return Informed, ""
	case s.Away != "":
		return AbandonedQueue, "away"
	case s.Phase == PhaseNew:
		return AbandonedMenu, "before_answer"
	default:
		return AbandonedMenu, ""
	}
}

// leaving: the caller leaves a message, and has said enough for it to be one.
func (s State) leaving(now time.Time) bool {
	return s.Phase == PhaseRecording && now.Sub(s.SayStart) >= MinMessage
}

// toldBy: the rescue advice that plays, or played on while nobody looked, has been told whole by now.
func (s State) toldBy(now time.Time) bool { return !s.AdviceAt.IsZero() && !now.Before(s.AdviceAt) }

// heardEnough: of a text that the caller chose and that plays.
func (s State) heardEnough(now time.Time) bool {
	return s.Info && s.Chosen && s.Playing && now.Sub(s.SayStart) >= InformedAfter
}

// WaitTime is how long the caller has waited for an operator by now, the first of several; false if he never did.
func (s State) WaitTime(now time.Time) (time.Duration, bool) {
	switch {
	case s.Waited > 0:
		return s.Waited, true
	case s.Queued.IsZero():
		return 0, false
	case !s.Talk.IsZero():
		now = s.Talk
	}
	return max(0, now.Sub(s.Queued)), true
}

// TalkTime is how long the caller has spoken with operators by now.
func (s State) TalkTime(now time.Time) time.Duration {
	if s.Phase == PhaseTalking && !s.Talk.IsZero() {
		return s.Talked + max(0, now.Sub(s.Talk))
	}
	return s.Talked
}
