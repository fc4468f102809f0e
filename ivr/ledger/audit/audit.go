package audit

import (
	"context"
	"fmt"
	"time"

	"pronto/ivr/ledger"
)

// Kind is what is wrong.
type Kind string

// The kinds of differences.
const (
	MissingInLedger Kind = "missing_in_ledger" // the switch had a call that the ledger does not know
	MissingOnSwitch Kind = "missing_on_switch" // the ledger has a call that the switch does not know
	Double          Kind = "double"            // the same, and it is another call of the ledger under a second name
	NoOutcome       Kind = "no_outcome"        // the call is over, the ledger does not know how it ended
	Began           Kind = "began"             // at another time
	Answered        Kind = "answered"          // at another time, or by one of the two only
	Ended           Kind = "ended"             // at another time
	Caller          Kind = "caller"            // another number
	NotServed       Kind = "not_served"        // served, but no operator's leg was answered
	Unnoticed       Kind = "unnoticed"         // an operator's leg was answered, but the call does not count as served
	Operator        Kind = "operator"          // another operator's leg was answered
	Rescue          Kind = "rescue"            // connected with the rescue number by one of the two only
	FailOpen        Kind = "fail_open"         // the switch served it by itself, otherwise than the ledger says
	Impossible      Kind = "impossible"        // what the ledger says of the call contradicts itself
	Clock           Kind = "clock"             // the switch's clock and ours are apart
)

// Reason is why what differs is right all the same.
type Reason string

// The reasons.
const (
	Up            Reason = "up"              // it goes on
	Settling      Reason = "settling"        // it has just ended: its outcome or its record is on the way
	NotYet        Reason = "not_yet"         // it ended before the ledger began to follow this switch
	NoRecords     Reason = "no_records"      // the switch's records of that time are not kept any more
	SwitchDied    Reason = "switch_died"     // the switch was lost with the call and has written no record
	Away          Reason = "away"            // it ended while the controller was away, which can not know when
	ClockSet      Reason = "clock_set"       // a clock was set back in the call
	TakenOver     Reason = "taken_over"      // the switch had answered it before the controller came back to it
	CalledBack    Reason = "called_back"     // the line called the citizen, who had asked for it
	HungUpBetween Reason = "hung_up_between" // the caller hung up as the operator answered
)

// Difference is one thing that differs.
type Difference struct {
	Kind   Kind   `json:"kind"`
	Call   string `json:"call"`
	Switch string `json:"switch,omitempty"`
	Ledger string `json:"ledger,omitempty"` // what the ledger says
	Record string `json:"record,omitempty"` // what the switch says
}

// Options say what is compared.
type Options struct {
	From, To  time.Time // of when calls began
	Now       time.Time
	Tolerance time.Duration // that two clocks may be apart; zero: 2 s
	Settle    time.Duration // after its end, that an outcome or a record may take; zero: 3 minutes
	Most      int           // differences that are listed; zero: 1000
}

// Source is a switch's call records.
type Source struct {
	Switch, Path string
	// Since is when the ledger began to follow them; zero: not known.
	Since time.Time
}

// Result is what came of it.
type Result struct {
	From, To    time.Time        `json:"-"`
	Switches    []string         `json:"switches"`
	OnSwitch    int64            `json:"on_switch"` // calls that the switches know
	InLedger    int64            `json:"in_ledger"` // calls that the ledger knows: offered
	Outcomes    map[string]int64 `json:"outcomes"`  // of these, by outcome
	InProgress  int64            `json:"in_progress"`
	Unreadable  int64            `json:"unreadable"` // lines of the records that can not be read
	Explained   map[Reason]int64 `json:"explained"`
	Found       map[Kind]int64   `json:"found"`
	Differences []Difference     `json:"differences"` // the first ones
}

// Clean says that nothing differs that is not explained.
func (r *Result) Clean() bool { return len(r.Found) == 0 }

// Total is how many differences there are.
func (r *Result) Total() (n int64) {
	for _, k := range r.Found {
		n += k
	}
	return n
}

// part is how much of the period is looked at at once.
const part = 6 * time.Hour

// Run compares the ledger with the records of the switches.
func Run(ctx context.Context, book *ledger.Ledger, sources []Source, o Options) (*Result, error) {
	o = o.filled()
	r := &Result{From: o.From, To: o.To, Outcomes: map[string]int64{}, Explained: map[Reason]int64{}, Found: map[Kind]int64{}}
	for _, s := range sources {
		r.Switches = append(r.Switches, s.Switch)
	}
	for from := o.From; from.Before(o.To); from = from.Add(part) {
		a := &auditor{o: o, r: r, from: from, to: earlier(from.Add(part), o.To), calls: map[string]*pair{}}
		if err := a.run(ctx, book, sources); err != nil {
			return nil, err
		}
	}
	var sum int64
	for _, n := range r.Outcomes {
		sum += n
	}
	if sum+r.InProgress != r.InLedger {
		return nil, fmt.Errorf("the audit has lost calls: %d are not %d with an outcome and %d in progress", r.InLedger, sum, r.InProgress)
	}
	return r, nil
}

func (o Options) filled() Options {
	if o.Tolerance == 0 {
		o.Tolerance = 2 * time.Second
	}
	if o.Settle == 0 {
		o.Settle = 3 * time.Minute
	}
	if o.Most == 0 {
		o.Most = 1000
	}
	o.To = earlier(o.To, o.Now)
	return o
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
