package console

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"pronto/ivr/ledger"
	"pronto/prompts/wording"
)

// callbackView is a callback as the API tells of it.
type callbackView struct {
	ID       string     `json:"id"`
	Call     string     `json:"call" doc:"That asked for it."`
	Number   string     `json:"number" doc:"Masked."`
	Topic    string     `json:"topic"`
	Language string     `json:"language"`
	Since    time.Time  `json:"since" doc:"When its place was taken."`
	State    string     `json:"state"`
	Open     bool       `json:"open" doc:"It is owed still."`
	Attempts int        `json:"attempts"`
	Next     *time.Time `json:"not_before,omitempty"`
	Result   string     `json:"result,omitempty" doc:"Of the last attempt."`
	Led      string     `json:"led_to,omitempty" doc:"The call that it led to."`
	Changed  *time.Time `json:"changed,omitempty"`
}

// followUpView is somebody to be looked after.
type followUpView struct {
	ID       string     `json:"id"`
	Kind     string     `json:"kind" doc:"danger, cut or missed."`
	Call     string     `json:"call,omitempty"`
	Number   string     `json:"number" doc:"Masked, but where one follow-up is asked for."`
	Topic    string     `json:"topic,omitempty"`
	Language string     `json:"language,omitempty"`
	Why      string     `json:"why,omitempty"`
	Since    time.Time  `json:"since"`
	Deadline *time.Time `json:"deadline,omitempty"`
	Overdue  bool       `json:"overdue"`
	State    string     `json:"state"`
	By       string     `json:"by,omitempty"`
	Result   string     `json:"result,omitempty"`
	Settled  *time.Time `json:"settled_at,omitempty"`
	Times    int        `json:"times" doc:"How often it happened."`
}

// askOwed is about what is open, or about a period.
type askOwed struct {
	All  bool      `query:"all" doc:"Those that are settled, too. Otherwise from and to say nothing."`
	From time.Time `query:"from" doc:"The first instant."`
	To   time.Time `query:"to" doc:"The first instant that does not belong."`
}

type ofFollowUp struct {
	ID string `path:"id" maxLength:"160"`
}

type settleFollowUp struct {
	ID   string `path:"id" maxLength:"160"`
	Body struct {
		State  string `json:"state,omitempty" enum:"done,dropped" default:"done" doc:"dropped: it needed no more."`
		Result string `json:"result" maxLength:"500" doc:"What came of it."`
		By     string `json:"by" maxLength:"64" doc:"Who settled it."`
	}
}

func (a *API) deskRoutes() {
	handle(a, route{http.MethodGet, "/callbacks", "list-callbacks", "owed", "Callbacks that are owed, the oldest first", 0}, a.listCallbacks)
	handle(a, route{http.MethodGet, "/followups", "list-followups", "owed", "Citizens to be looked after, the nearest deadline first", 0}, a.listFollowUps)
	handle(a, route{http.MethodGet, "/followups/{id}", "get-followup", "owed", "A follow-up with its number, to be dialled. It is noted in the log that it was read.", 0}, a.getFollowUp)
	handle(a, route{http.MethodPost, "/followups/{id}/settle", "settle-followup", "owed", "Write down what came of a follow-up", 0}, a.settle)
}

func (a *API) listCallbacks(ctx context.Context, in *askOwed) (*body[[]callbackView], error) {
	list, err := a.cfg.Ledger.OpenCallbacks(ctx)
	if in.All {
		list, err = a.cfg.Ledger.Callbacks(ctx, ledger.Filter{From: in.From, To: in.To})
	}
	out := make([]callbackView, 0, len(list))
	for _, c := range list {
		out = append(out, callbackView{
			ID: c.ID, Call: c.Call, Number: masked(c.Number), Topic: c.Topic, Language: c.Language, Since: *orNow(stamp(c.Since)), State: string(c.State),
			Open: c.State.Open(), Attempts: c.Attempts, Next: stamp(c.Next), Result: c.Result, Led: c.Led, Changed: stamp(c.Changed),
		})
	}
	return answer(out), err
}

func followUpOf(f ledger.FollowUp, number string) followUpView {
	return followUpView{
		ID: f.ID, Kind: f.Kind, Call: f.Call, Number: number, Topic: f.Topic, Language: f.Language, Why: f.Why, Since: *orNow(stamp(f.Since)),
		Deadline: stamp(f.Deadline), Overdue: overdue(f, time.Now()), State: f.State, By: f.By, Result: f.Result, Settled: stamp(f.At), Times: f.Times,
	}
}

func (a *API) listFollowUps(ctx context.Context, in *askOwed) (*body[[]followUpView], error) {
	list, err := a.cfg.Ledger.OpenFollowUps(ctx)
	if in.All {
		list, err = a.cfg.Ledger.FollowUps(ctx, ledger.Filter{From: in.From, To: in.To})
	}
	out := make([]followUpView, 0, len(list))
	for _, f := range list {
		out = append(out, followUpOf(f, masked(f.Number)))
	}
	return answer(out), err
}

// findFollowUp looks among the open ones first: they are few.
func (a *API) findFollowUp(ctx context.Context, id string) (ledger.FollowUp, error) {
	is := func(f ledger.FollowUp) bool { return f.ID == id }
	list, err := a.cfg.Ledger.OpenFollowUps(ctx)
	if err == nil && !slices.ContainsFunc(list, is) {
		list, err = a.cfg.Ledger.FollowUps(ctx, ledger.Filter{})
	}
	if err != nil {
		return ledger.FollowUp{}, err
	}
	i := slices.IndexFunc(list, is)
	if i < 0 {
		return ledger.FollowUp{}, missing(wording.Say("there is no follow-up %q: pronto followup list tells which there are", id))
	}
	return list[i], nil
}

func (a *API) getFollowUp(ctx context.Context, in *ofFollowUp) (*body[followUpView], error) {
	f, err := a.findFollowUp(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	a.cfg.Log.Info().Str("followup", f.ID).Msg("the number of a follow-up was read")
	return answer(followUpOf(f, f.Number)), nil
}

func (a *API) settle(ctx context.Context, in *settleFollowUp) (*body[followUpView], error) {
	if strings.TrimSpace(in.Body.Result) == "" || strings.TrimSpace(in.Body.By) == "" {
		return nil, invalid(wording.Say("say who settles it and what came of it"))
	}
	f, err := a.findFollowUp(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if f.State != ledger.FollowOpen {
		return nil, conflict(wording.Say("it was settled already, by %s: %s", f.By, f.Result))
	}
	f.State, f.By, f.Result, f.At = in.Body.State, strings.TrimSpace(in.Body.By), strings.TrimSpace(in.Body.Result), time.Now()
	a.cfg.Ledger.Write(ledger.Record{FollowUp: &f})
	if err := a.sync(ctx); err != nil {
		return nil, err
	}
	if f, err = a.findFollowUp(ctx, in.ID); err != nil { // somebody else may have been sooner
		return nil, err
	}
	return answer(followUpOf(f, masked(f.Number))), nil
}
