package rehearsal

import (
	"errors"
	"fmt"
	"time"

	"pronto/ivr/desk"
)

// Scenario is a day, or many, to be rehearsed: who calls, who answers, and how they behave. The zero value of a habit is not
// to have it, so a plain scenario is the queue of the textbooks.
type Scenario struct {
	Desk  desk.Config
	Begin time.Time // the first day's midnight, in the line's time zone
	Days  int       // at least 1
	// WarmUp is the beginning of the first day whose callers are not counted: the desk begins empty.
	WarmUp time.Duration
	Seed   uint64 // the same seed gives the same days

	Calls     float64     // that want an operator, a day, on average
	Hours     [24]float64 // how they are spread over the day; all zero: evenly
	Topics    []Topic     // none: one without skills
	Languages []Share     // none: no language is wanted
	Patience  Spread      // after it a caller who waits hangs up; zero: never
	Talk      Spread      // a conversation's length
	Team      []Shift
	Threshold time.Duration // of the service level; default 20 s

	Habits  Habits
	Crashes float64 // of the process, a day, on average; each throws the desk away
	Down    Spread  // how long it is away then
}

// Share is a part of all, by weight.
type Share struct {
	Name   string
	Weight float64
}

// Topic is what some of the callers want.
type Topic struct {
	Share
	Class  int
	Skills []string
}

// Spread is how a time varies: by its coefficient of variation (standard deviation / mean). 0 is constant, 1 exponential, anything
// else log-normal, as lengths of calls are found to be.
type Spread struct {
	Mean time.Duration
	CV   float64
}

// Shift is when an operator works. From and To are since midnight, To may be past it; both zero: always.
type Shift struct {
	desk.OperatorSpec
	From, To time.Duration
}

// Habits are what callers and operators do beside waiting and talking. Shares are between 0 and 1.
type Habits struct {
	Answer  Spread  // how long an operator's phone rings
	Misses  float64 // share of offers that ring in vain
	Rejects float64 // share that are declined

	Early float64 // share of wrap-ups that end before their time is up

	Every, Break Spread // how long an operator works until a pause, and how long that is; zero: no pauses
	Remote       Spread // how long until the operator's phone is gone for a while (a tenth of it); zero: never

	Callback  float64 // share of callers who ask for a callback when they hear how they stand
	Unreached float64 // share of callbacks that nobody answers
	Tries     int     // then it is given up; at least 1
	Again     time.Duration

	Menu    float64 // share of callers who visit the menu while they wait
	Visit   Spread  // for how long; some of them can not be fetched
	Cut     float64 // share of callers whose line is cut while they wait; they dial again after Redial
	Redial  Spread
	Consult float64 // share of conversations for which a colleague is asked, who takes every other one over
	Return  float64 // share that goes back to the queue: handed over to another topic, to an operator, or lost
}

// check completes the scenario, or says what can not be rehearsed.
func (s *Scenario) check() error {
	switch {
	case s.Calls <= 0:
		return errors.New("no calls: give a number a day")
	case len(s.Team) == 0:
		return errors.New("no operators: nobody would answer")
	case s.Talk.Mean <= 0:
		return errors.New("conversations need a length")
	}
	for _, sh := range s.Team {
		if sh.To < sh.From || sh.From < 0 || sh.To > 48*time.Hour {
			return fmt.Errorf("operator %s works from %s to %s: the end comes before the beginning", sh.Name, sh.From, sh.To)
		}
	}
	s.Days = max(s.Days, 1)
	s.Habits.Tries = max(s.Habits.Tries, 1)
	if s.Threshold <= 0 {
		s.Threshold = 20 * time.Second
	}
	if len(s.Topics) == 0 {
		s.Topics = []Topic{{Share: Share{Weight: 1}, Class: 1}}
	}
	if len(s.Languages) == 0 {
		s.Languages = []Share{{Weight: 1}}
	}
	if s.Hours == [24]float64{} {
		for i := range s.Hours {
			s.Hours[i] = 1
		}
	}
	total := 0.0
	for _, w := range s.Hours {
		total += w
	}
	for i := range s.Hours {
		s.Hours[i] *= s.Calls / total // calls in that hour
	}
	return nil
}

// Rehearse lets the days pass. It uses no other clock and no other chance than the scenario's.
func Rehearse(s Scenario) (*Report, error) {
	if err := s.check(); err != nil {
		return nil, fmt.Errorf("rehearse: %w", err)
	}
	d := newDay(s)
	d.run()
	return d.finish(), nil
}
