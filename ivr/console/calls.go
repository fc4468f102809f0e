package console

import (
	"context"
	"net/http"
	"slices"
	"time"

	"pronto/ivr"
	"pronto/ivr/ledger"
	"pronto/ivr/ledger/transcript"
	"pronto/prompts/wording"
)

// callView is a call as the API tells of it.
type callView struct {
	ID           string     `json:"call_id"`
	Line         string     `json:"line"`
	Switch       string     `json:"switch"`
	Started      time.Time  `json:"started_at"`
	Answered     *time.Time `json:"answered_at,omitempty"`
	Ended        *time.Time `json:"ended_at,omitempty" doc:"Missing while the call is up."`
	Caller       string     `json:"caller" doc:"Masked."`
	Language     string     `json:"language,omitempty"`
	Release      string     `json:"release,omitempty"`
	Path         string     `json:"path,omitempty"`
	Topic        string     `json:"topic,omitempty"`
	Outcome      string     `json:"outcome,omitempty"`
	Detail       string     `json:"detail,omitempty"`
	RescueNumber string     `json:"rescue_number,omitempty"`
	QueueWait    *float64   `json:"queue_wait_s,omitempty"`
	Operator     string     `json:"operator,omitempty"`
	Talk         float64    `json:"talk_s,omitempty"`
	WrapUp       float64    `json:"wrapup_s,omitempty"`
	Disposition  string     `json:"disposition,omitempty"`
	Request      string     `json:"request,omitempty"`
	EndedBy      string     `json:"ended_by,omitempty"`
	Cause        string     `json:"cause,omitempty"`
}

func callOf(c ledger.Call) callView {
	v := callView{
		ID: c.ID, Line: c.Line, Switch: c.Switch, Started: *orNow(stamp(c.Started)), Answered: stamp(c.Answered), Ended: stamp(c.Ended), Caller: masked(c.Caller),
		Language: c.Language, Release: c.Release, Path: c.Path, Topic: c.Topic, Outcome: c.Outcome, Detail: c.Detail, RescueNumber: c.RescueNumber,
		Operator: c.Operator, Talk: inSeconds(c.Talk), WrapUp: inSeconds(c.WrapUp), Disposition: c.Disposition, Request: c.Request, EndedBy: c.EndedBy, Cause: c.Cause,
	}
	if c.Queued {
		wait := inSeconds(c.QueueWait)
		v.QueueWait = &wait
	}
	return v
}

func callsOf(calls []ledger.Call) []callView {
	out := make([]callView, 0, len(calls))
	for _, c := range calls {
		out = append(out, callOf(c))
	}
	return out
}

// ofCall is a question about a call.
type ofCall struct {
	ID string `path:"call" maxLength:"120"`
}

type askCommand struct {
	ID   string `path:"call" maxLength:"120"`
	Body struct {
		Verb string `json:"verb" doc:"One of hold, resume, consult, complete, back, conference, transfer-operator, transfer-topic, rescue-conference, rescue, hangup."`
		To   string `json:"to,omitempty" maxLength:"64" doc:"Of consult and transfer-operator: a name or short number. Of transfer-topic: the topic."`
		By   string `json:"by,omitempty" maxLength:"64" doc:"The operator who has the conversation. Empty: a supervisor's word."`
	}
}

func (a *API) callRoutes() {
	handle(a, route{http.MethodGet, "/calls/up", "calls-up", "calls", "Calls that have no outcome yet, the oldest first", 0},
		func(ctx context.Context, _ *none) (*body[[]callView], error) {
			open, err := a.cfg.Ledger.OpenCalls(ctx)
			return answer(callsOf(open)), err
		})
	handle(a, route{http.MethodGet, "/calls/{call}", "get-call", "calls", "A call", 0},
		func(ctx context.Context, in *ofCall) (*body[callView], error) {
			c, err := a.findCall(ctx, in.ID)
			return answer(callOf(c)), err
		})
	handle(a, route{http.MethodGet, "/calls/{call}/transcript", "call-transcript", "calls", "What the caller heard and chose, second by second. It is noted in the log that it was read.", 0}, a.transcript)
	handle(a, route{http.MethodPost, "/calls/{call}/commands", "command", "calls", "Something to be done in a conversation. It returns when it has begun.", http.StatusNoContent}, a.command)
}

func (a *API) findCall(ctx context.Context, id string) (ledger.Call, error) {
	c, found, err := a.cfg.Ledger.Find(ctx, id)
	if err == nil && !found {
		err = missing(wording.Say("there is no call %q: pronto calls lists them by call_id", id))
	}
	return c, err
}

func (a *API) transcript(ctx context.Context, in *ofCall) (*body[transcript.Transcript], error) {
	c, err := a.findCall(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	journal, err := a.cfg.Ledger.Journal(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	a.cfg.Log.Info().Str("call", c.ID).Msg("the transcript of a call was read")
	t := transcript.Make(c, journal, a.cfg.Heard(c))
	t.Lines = filled(t.Lines)
	return answer(t), nil
}

func (a *API) command(ctx context.Context, in *askCommand) (*none, error) {
	verb := ivr.Verb(in.Body.Verb)
	if !slices.Contains(ivr.Verbs(), verb) {
		return nil, invalid(wording.Say("there is no command %q: one of %v", in.Body.Verb, ivr.Verbs()))
	}
	return nil, a.cfg.Line.Command(ctx, ivr.Command{Call: in.ID, By: in.Body.By, Verb: verb, To: in.Body.To})
}
