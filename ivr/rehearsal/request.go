package rehearsal

import (
	"strings"
	"time"

	"pronto/ivr/flow"
	"pronto/ivr/ledger"
	"pronto/prompts/wording"
)

// Code is the code of the request that a rehearsed message opens: always the same, so that a script can type it.
const Code = "12345672"

// Request is a request that callers may ask about, by its code.
type Request struct {
	State          flow.RequestState
	Opened, Closed time.Time
}

// ParseRequest reads a request as scripts have it: 12345672 closed 2026-11-20 2026-11-24. Its days are those at zone.
func ParseRequest(text string, zone *time.Location) (code string, r Request, err error) {
	words := strings.Fields(text)
	if len(words) < 3 {
		return "", r, noRequest(text)
	}
	code, r.State = words[0], flow.RequestState(words[1])
	if !ledger.ValidCode(code) {
		return "", r, wording.Errorf("%q is no code: eight digits, the last of which proves the others, as in %s", code, Code)
	}
	dates := []*time.Time{&r.Opened}
	switch r.State {
	case flow.RequestClosed:
		dates = append(dates, &r.Closed)
	case flow.RequestOpen, flow.RequestInProgress:
	default:
		return "", r, wording.Errorf("a request is open, in_progress or closed, not %q", words[1])
	}
	if len(words) != 2+len(dates) {
		return "", r, noRequest(text)
	}
	for i, date := range dates {
		if *date, err = time.ParseInLocation(time.DateOnly, words[2+i], zone); err != nil {
			return "", r, wording.Errorf("%q is no date: write 2026-11-20", words[2+i])
		}
	}
	return code, r, nil
}

func noRequest(text string) error {
	return wording.Errorf("%q is no request: write its code, how it stands and when it was opened: %s open 2026-11-20, or closed with a second date", text, Code)
}

// openRequest keeps the request for who asks about it later in the call.
func (c *Call) openRequest(code string) {
	if _, known := c.requests[code]; known {
		return
	}
	c.requests[code] = Request{State: flow.RequestOpen, Opened: c.now}
	c.tell(Moment{Kind: KindRequest, Text: code, What: "opened"})
}

func (c *Call) lookUp(code string) {
	r := c.requests[code]
	c.put(flow.Found{State: r.State, Opened: r.Opened, Closed: r.Closed})
}
