package main

import (
	"context"
	"sync"
	"time"

	"pronto/ivr/console"
	"pronto/ivr/desk"
	"pronto/prompts/wording"
)

func (s *service) consoleConfig() console.Config {
	return console.Config{Gatherer: s.reg, State: s.state, Faults: s.faults, Notices: s.notices, Line: s.heard}
}

// heard is what new calls hear.
func (s *service) heard() console.Line {
	l := console.Line{Release: s.line.Release(), Staffed: s.staffing.ask(s)}
	if e := s.inUse.Load(); e != nil && e.ID == l.Release.ID { // at the moment of a publication it is another's
		l.Number, l.Since = e.Number, e.At
	}
	return l
}

// staffing is whether operators are there, asked of the desk once a second at most: in an emergency the pages that tell it are
// read by many.
type staffing struct {
	mu  sync.Mutex
	at  time.Time
	yes bool
}

func (f *staffing) ask(s *service) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if time.Since(f.at) < time.Second {
		return f.yes
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if state, err := s.line.State(ctx); err == nil {
		f.yes = false
		for _, o := range state.Desk.Operators {
			f.yes = f.yes || o.State != desk.Offline
		}
	}
	f.at = time.Now()
	return f.yes
}

// startSlack is how long the dialplan of the process's start may take: the switch is met within it.
const startSlack = 3 * time.Second

// faults are what keeps the line from doing its work, each with its remedy.
func (s *service) faults() []console.Fault {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	state, err := s.line.State(ctx)
	if err != nil {
		return []console.Fault{{Code: "desk_stuck", Message: wording.Say("the desk does not answer"), Remedy: wording.Say("restart the controller; calls stay on the switch")}}
	}
	var faults []console.Fault
	up := state.Links[s.conf.Switch.Name]
	if !up {
		faults = append(faults, console.Fault{
			Code: "switch_away", Message: wording.Say("no connection to Asterisk %s at %s", s.conf.Switch.Name, s.conf.Switch.ARI),
			Remedy: wording.Say("see that Asterisk runs and that user and password in its ari.conf are those of the configuration; callers hear the fail-open text meanwhile"),
		})
	}
	if u := s.unloaded.Load(); u != nil && (u.published || up && time.Since(u.since) > startSlack) {
		faults = append(faults, console.Fault{
			Code: "dialplan_old", Message: wording.Say("Asterisk has not read the dialplan of the release in service: %v", u.err),
			Remedy: wording.Say("it is tried again every second; callers hear the release all the same, but the text of the one before where nobody controls Asterisk"),
		})
	}
	if message, remedy, bad := s.ledger.Fault(); bad {
		faults = append(faults, console.Fault{Code: "ledger_away", Message: wording.Say("the ledger has a fault: %s", message), Remedy: wording.Name(remedy)})
	}
	if state.Draining {
		faults = append(faults, console.Fault{Code: "draining", Message: wording.Say("the line is stopping and takes no new calls"), Remedy: wording.Say("wait, or start it again")})
	}
	return faults
}

// state is what the line's page shows.
func (s *service) state() console.State {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	state, err := s.line.State(ctx)
	if err != nil {
		return console.State{Faults: s.faults()}
	}
	line := s.heard()
	out := console.State{
		Line: state.Line, Number: state.Number, Since: state.Started, Release: line.Release.ID, ReleaseNumber: line.Number, ReleaseSince: line.Since,
		Timezone: line.Release.Book.Line.Timezone,
		Waiting:  len(state.Desk.Waiting), CallsUp: state.CallsUp, Operators: map[string]int{}, Faults: s.faults(),
	}
	for _, w := range state.Desk.Waiting {
		out.LongestWait = max(out.LongestWait, time.Since(w.Ticket.Since))
	}
	for _, st := range desk.States() {
		out.Operators[st.String()] = 0
	}
	for _, o := range state.Desk.Operators {
		out.Operators[o.State.String()]++
	}
	return out
}
