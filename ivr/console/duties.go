package console

import (
	"context"
	"net/http"
	"slices"
	"time"

	"pronto/ivr"
	"pronto/ivr/ledger"
	"pronto/prompts/wording"
)

type askDuty struct {
	Name string `path:"name" maxLength:"64"`
	Body struct {
		Change string `json:"change" enum:"login,logout,pause,ready" doc:"ready ends a pause, or wrap-up."`
		Reason string `json:"reason,omitempty" maxLength:"40" doc:"Of a pause: lunch, training, ..."`
	}
}

type askDisposition struct {
	Name string `path:"name" maxLength:"64"`
	Body struct {
		Call        string `json:"call,omitempty" doc:"Empty: the call that the operator has, or wraps up."`
		Disposition string `json:"disposition" enum:"immediate,in_depth,rescue,wrong_number,nuisance,no_answer_on_callback"`
		Request     string `json:"request,omitempty" doc:"The code of the request that the call belongs to."`
	}
}

type askHistory struct {
	Name string    `path:"name" maxLength:"64"`
	From time.Time `query:"from" doc:"The first instant."`
	To   time.Time `query:"to" doc:"The first instant that does not belong."`
}

// history is an operator's time, every second of it.
type history struct {
	Operator string             `json:"operator"`
	From     time.Time          `json:"from"`
	To       time.Time          `json:"to"`
	Last     accountLasts       `json:"last"`
	Seconds  map[string]float64 `json:"seconds" doc:"By state; together they are the period. unknown: before the first that is known of the operator."`
	Steps    []step             `json:"steps" doc:"In order, one after the other without a gap."`
}

// step is a state, from the instant at which it began or something was noted in it to the next.
type step struct {
	At      time.Time `json:"at"`
	Until   time.Time `json:"until"`
	Seconds float64   `json:"seconds"`
	State   string    `json:"state"`
	Reason  string    `json:"reason,omitempty" doc:"What led to it."`
	Pause   string    `json:"pause,omitempty" doc:"Why paused, or to be paused after the call."`
	Call    string    `json:"call,omitempty"`
	Note    string    `json:"note,omitempty"`
}

// unknownState is what nothing is known of.
const unknownState = "unknown"

func (a *API) dutyRoutes() {
	handle(a, route{http.MethodPost, "/operators/{name}/state", "change-state", "operators", "Log an operator in or out, pause, end a pause or wrap-up", 0}, a.changeDuty)
	handle(a, route{
		http.MethodPost, "/operators/{name}/disposition", "dispose", "operators",
		"Write down what an operator says of a call, and end the wrap-up", http.StatusNoContent,
	}, a.dispose)
	handle(a, route{
		http.MethodGet, "/operators/{name}/history", "operator-history", "operators",
		"What an operator did in a period, every second of it. Without from: since midnight by the line's clocks; without to: until now.", 0,
	}, a.tellHistory)
}

func (a *API) changeDuty(ctx context.Context, in *askDuty) (*body[account], error) {
	if _, err := a.tellOperator(ctx, in.Name); err != nil {
		return nil, err
	}
	if in.Body.Reason != "" && in.Body.Change != string(ivr.DutyPause) {
		return nil, invalid(wording.Say("only a pause has a reason: leave it out"))
	}
	if err := a.cfg.Line.SetDuty(ctx, in.Name, ivr.DutyChange(in.Body.Change), in.Body.Reason); err != nil {
		return nil, err
	}
	if err := a.sync(ctx); err != nil {
		return nil, err
	}
	return a.tellOperator(ctx, in.Name)
}

func (a *API) dispose(ctx context.Context, in *askDisposition) (*none, error) {
	o, err := a.tellOperator(ctx, in.Name)
	if err != nil {
		return nil, err
	}
	call := in.Body.Call
	if call == "" {
		if call = o.Body.Call; call == "" || o.Body.State == "ringing" {
			return nil, conflict(wording.Say("%s has no call now: name the one that is meant", in.Name))
		}
	} else if _, err := a.findCall(ctx, call); err != nil {
		return nil, err
	}
	if in.Body.Request != "" {
		if err := a.knownRequest(ctx, in.Body.Request); err != nil {
			return nil, err
		}
	}
	if err := a.cfg.Line.Dispose(ctx, in.Name, call, in.Body.Disposition, in.Body.Request); err != nil {
		return nil, err
	}
	return nil, a.sync(ctx)
}

func (a *API) tellHistory(ctx context.Context, in *askHistory) (*body[history], error) {
	if err := a.cfg.Ledger.Sync(ctx); err != nil && ctx.Err() != nil { // what happens now belongs to it; what is spooled is told later
		return nil, err
	}
	now := time.Now()
	from, to := in.From, in.To
	if from.IsZero() {
		from = midnight(now, a.cfg.Line.Release().Book.Line.Timezone)
	}
	if to.IsZero() || to.After(now) {
		to = now
	}
	if !from.Before(to) {
		return nil, invalid(wording.Say("the period ends before it begins: give from before to, and before now"))
	}
	duties, err := a.cfg.Ledger.Duties(ctx, in.Name, ledger.Filter{From: from, To: to})
	if err != nil {
		return nil, err
	}
	s, err := a.staff(ctx)
	if err != nil {
		return nil, err
	}
	post, worked := s.posts[in.Name]
	if !worked && !slices.Contains(s.names(), in.Name) { // who was removed has a history
		return nil, noOperator(in.Name)
	}
	h := historyOf(duties, from, to)
	h.Operator, h.Last = in.Name, accountLasts{stamp(post.Offered), stamp(post.Accepted), stamp(post.Missed), stamp(post.Paused)}
	return answer(h), nil
}

func midnight(now time.Time, timezone string) time.Time {
	y, m, d := now.In(zoneOf(timezone)).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, zoneOf(timezone))
}

// historyOf lays the steps end to end over the period. duties may begin with the last step before it.
func historyOf(duties []ledger.Duty, from, to time.Time) history {
	from, to = from.UTC().Truncate(time.Millisecond), to.UTC().Truncate(time.Millisecond)
	h := history{From: from, To: to, Seconds: map[string]float64{}, Steps: []step{{At: from, State: unknownState}}}
	for i, d := range duties {
		s := step{At: d.At.UTC(), State: d.To, Reason: d.Reason, Pause: d.Pause, Call: d.Call, Note: d.Note}
		switch {
		case d.At.Before(from):
			s.At = from
		case i == 0 && d.From != "": // the first that is known of the operator says what was before
			h.Steps[0].State = d.From
		}
		if last := &h.Steps[len(h.Steps)-1]; len(h.Steps) == 1 && !last.At.Before(s.At) {
			*last = s
			continue
		}
		h.Steps = append(h.Steps, s)
	}
	spans := map[string]time.Duration{}
	for i := range h.Steps {
		s := &h.Steps[i]
		if s.Until = to; i+1 < len(h.Steps) {
			s.Until = h.Steps[i+1].At
		}
		span := s.Until.Sub(s.At)
		s.Seconds = inSeconds(span)
		spans[s.State] += span
	}
	for state, span := range spans {
		h.Seconds[state] = inSeconds(span)
	}
	return h
}
