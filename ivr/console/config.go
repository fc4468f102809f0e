package console

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Config is what the console shows. All fields are required.
type Config struct {
	Gatherer prometheus.Gatherer
	State    func() State
	Faults   func() []Fault // empty: the line is ready
}

// State is the line at one instant.
type State struct {
	Line, Number string
	Since        time.Time // when the controller started
	Release      string
	Waiting      int // callers in the queue
	LongestWait  time.Duration
	CallsUp      int
	Operators    map[string]int // by state: offline, ready, ringing, talking, wrap_up
	Faults       []Fault
}

// Fault is what keeps the line from doing its work.
type Fault struct {
	Code    string `json:"code"`    // a slug
	Message string `json:"message"` // what is wrong
	Remedy  string `json:"remedy"`  // what to do
}
