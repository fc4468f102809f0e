package console

import (
	"encoding/json"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"pronto/prompts/wording"
)

// Config is what the console shows. All fields but API are required.
type Config struct {
	Gatherer prometheus.Gatherer
	State    func() State
	Faults   func() []Fault // empty: the line is ready
	Notices  func() []Fault // what somebody must look at, ready or not; nil: nothing ever
	Line     func() Line    // what callers hear now; it is asked at each request
	API      *API           // what is below /api/v1 beside the public state and text; nil: nothing
}

// State is the line at one instant.
type State struct {
	Line, Number string
	Timezone     string    // IANA name; the page's times are those of its clocks
	Since        time.Time // when the controller started
	Release      string    // the id of the one in service
	// ReleaseNumber and ReleaseSince are its number and when it was put in service; 0: not known.
	ReleaseNumber int
	ReleaseSince  time.Time
	Waiting       int // callers in the queue
	LongestWait   time.Duration
	CallsUp       int
	Operators     map[string]int // by state: offline, ready, ringing, talking, wrap_up
	Faults        []Fault
}

// Fault is what keeps the line from doing its work.
type Fault struct {
	Code    string           // a slug
	Message wording.Sentence // what is wrong
	Remedy  wording.Sentence // what to do
}

// MarshalJSON writes the fault in English: programs and those who run the machine read it.
func (f Fault) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Code    string `json:"code"`
		Message string `json:"message"`
		Remedy  string `json:"remedy"`
	}{f.Code, f.Message.String(), f.Remedy.String()})
}
