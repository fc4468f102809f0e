package main

import (
	"context"
	"time"

	"pronto/ivr/console"
	"pronto/ivr/desk"
)

func (s *service) consoleConfig() console.Config {
	return console.Config{Gatherer: s.reg, State: s.state, Faults: s.faults}
}

// faults are what keeps the line from doing its work, each with its remedy.
func (s *service) faults() []console.Fault {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	state, err := s.line.State(ctx)
	if err != nil {
		return []console.Fault{{Code: "desk_stuck", Message: "the desk does not answer", Remedy: "restart the controller; calls stay on the switch"}}
	}
	var faults []console.Fault
	if !state.Links[s.conf.Switch.Name] {
		faults = append(faults, console.Fault{
			Code: "switch_away", Message: "no connection to Asterisk " + s.conf.Switch.Name + " at " + s.conf.Switch.ARI,
			Remedy: "see that Asterisk runs and that user and password in its ari.conf are those of the configuration; callers hear the fail-open text meanwhile",
		})
	}
	if message, remedy, bad := s.ledger.Fault(); bad {
		faults = append(faults, console.Fault{Code: "ledger_away", Message: message, Remedy: remedy})
	}
	if state.Draining {
		faults = append(faults, console.Fault{Code: "draining", Message: "the line is stopping and takes no new calls", Remedy: "wait, or start it again"})
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
	out := console.State{
		Line: state.Line, Number: state.Number, Since: state.Started, Release: state.Release,
		Waiting: len(state.Desk.Waiting), CallsUp: state.CallsUp, Operators: map[string]int{}, Faults: s.faults(),
	}
	for _, w := range state.Desk.Waiting {
		out.LongestWait = max(out.LongestWait, time.Since(w.Ticket.Since))
	}
	for _, st := range []desk.OperatorState{desk.Offline, desk.Ready, desk.Ringing, desk.Talking, desk.WrapUp} {
		out.Operators[st.String()] = 0
	}
	for _, o := range state.Desk.Operators {
		out.Operators[o.State.String()]++
	}
	return out
}
