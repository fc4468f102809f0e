package console

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"pronto/ivr/ledger"
	"pronto/prompts/wording"
)

// requestView is a request as the API tells of it.
type requestView struct {
	Code        string     `json:"code"`
	Line        string     `json:"line"`
	Channel     string     `json:"channel"`
	Topic       string     `json:"topic"`
	Language    string     `json:"language,omitempty"`
	State       string     `json:"state" enum:"open,in_progress,closed"`
	Disposition string     `json:"disposition,omitempty"`
	Opened      time.Time  `json:"opened_at"`
	Closed      *time.Time `json:"closed_at,omitempty"`
	Due         *time.Time `json:"due,omitempty"`
	Owner       string     `json:"owner,omitempty"`
	Contact     string     `json:"contact,omitempty" doc:"Masked in lists."`
	Reopened    int        `json:"reopened"`
}

// requestFile is all that is known of a request.
type requestFile struct {
	requestView
	Steps []requestStep `json:"steps"`
	Calls []callView    `json:"calls"`
}

type requestStep struct {
	At     time.Time `json:"at"`
	Author string    `json:"author"`
	Kind   string    `json:"kind"`
	Text   string    `json:"text,omitempty"`
}

type askRequests struct {
	State    string    `query:"state" enum:"open,in_progress,closed"`
	Channel  string    `query:"channel"`
	Topic    string    `query:"topic"`
	Language string    `query:"language"`
	Owner    string    `query:"owner"`
	Nobodys  bool      `query:"nobodys" doc:"Those without an owner."`
	DueBy    time.Time `query:"due_by" doc:"Due before, and not closed."`
	After    string    `query:"after" doc:"The code of the last one of the page before."`
	Limit    int       `query:"limit" minimum:"1" maximum:"1000" default:"100"`
	From     time.Time `query:"from" doc:"The first instant."`
	To       time.Time `query:"to" doc:"The first instant that does not belong."`
}

type ofRequest struct {
	Code string `path:"code"`
}

type openRequest struct {
	Body struct {
		By       string     `json:"by" minLength:"1" maxLength:"64" doc:"Who does it."`
		Channel  string     `json:"channel" enum:"phone,message,web_form,chat,e_mail,other"`
		Topic    string     `json:"topic" maxLength:"64"`
		Language string     `json:"language,omitempty" maxLength:"16"`
		Contact  string     `json:"contact,omitempty" maxLength:"200"`
		Owner    string     `json:"owner,omitempty" maxLength:"64"`
		Due      *time.Time `json:"due,omitempty"`
		Call     string     `json:"call,omitempty" doc:"A call that belongs to it."`
		Note     string     `json:"note,omitempty" maxLength:"4000"`
	}
}

type updateRequest struct {
	Code string `path:"code"`
	Body struct {
		By      string     `json:"by" minLength:"1" maxLength:"64" doc:"Who does it."`
		State   string     `json:"state,omitempty" enum:"open,in_progress" doc:"To close it is a route of its own."`
		Topic   *string    `json:"topic,omitempty" maxLength:"64"`
		Contact *string    `json:"contact,omitempty" maxLength:"200"`
		Owner   *string    `json:"owner,omitempty" maxLength:"64" doc:"Assigns it; empty: nobody's."`
		Due     *time.Time `json:"due,omitempty" doc:"0001-01-01T00:00:00Z: none."`
		Call    string     `json:"call,omitempty" doc:"A call that belongs to it."`
		Note    string     `json:"note,omitempty" maxLength:"4000"`
	}
}

type closeRequest struct {
	Code string `path:"code"`
	Body struct {
		By          string `json:"by" minLength:"1" maxLength:"64" doc:"Who does it."`
		Disposition string `json:"disposition" enum:"immediate,in_depth"`
		Note        string `json:"note,omitempty" maxLength:"4000"`
	}
}

type reopenRequest struct {
	Code string `path:"code"`
	Body struct {
		By   string `json:"by" minLength:"1" maxLength:"64" doc:"Who does it."`
		Note string `json:"note,omitempty" maxLength:"4000"`
	}
}

func (a *API) requestRoutes() {
	handle(a, route{http.MethodGet, "/requests", "list-requests", "requests", "Requests, the oldest first", 0}, a.listRequests)
	handle(a, route{http.MethodPost, "/requests", "open-request", "requests", "Open a request", http.StatusCreated}, a.open)
	handle(a, route{http.MethodGet, "/requests/{code}", "get-request", "requests", "A request with its history and calls. It is noted in the log that it was read.", 0},
		func(ctx context.Context, in *ofRequest) (*body[requestFile], error) {
			a.cfg.Log.Info().Str("request", in.Code).Msg("a request was read")
			return a.tellRequest(ctx, in.Code)
		})
	handle(a, route{http.MethodPatch, "/requests/{code}", "update-request", "requests", "Change, assign or annotate a request. What is left out stays.", 0},
		func(ctx context.Context, in *updateRequest) (*body[requestFile], error) {
			b := in.Body
			return a.changeRequest(ctx, ledger.Change{
				Code: in.Code, By: b.By, State: ledger.Stage(b.State), Topic: b.Topic, Contact: b.Contact, Owner: b.Owner, Due: b.Due, Call: b.Call, Note: b.Note,
			}, "")
		})
	handle(a, route{http.MethodPost, "/requests/{code}/close", "close-request", "requests", "Close a request", 0},
		func(ctx context.Context, in *closeRequest) (*body[requestFile], error) {
			b := in.Body
			return a.changeRequest(ctx, ledger.Change{Code: in.Code, By: b.By, State: ledger.StageClosed, Disposition: b.Disposition, Note: b.Note}, "")
		})
	handle(a, route{http.MethodPost, "/requests/{code}/reopen", "reopen-request", "requests", "Open a closed request again", 0},
		func(ctx context.Context, in *reopenRequest) (*body[requestFile], error) {
			b := in.Body
			return a.changeRequest(ctx, ledger.Change{Code: in.Code, By: b.By, State: ledger.StageInProgress, Note: b.Note}, ledger.StageClosed)
		})
}

func requestOf(r ledger.Request) requestView {
	return requestView{
		Code: r.Code, Line: r.Line, Channel: r.Channel, Topic: r.Topic, Language: r.Language, State: string(r.State), Disposition: r.Disposition,
		Opened: *orNow(stamp(r.Opened)), Closed: stamp(r.Closed), Due: stamp(r.Due), Owner: r.Owner, Contact: r.Contact, Reopened: r.Reopened,
	}
}

func (a *API) listRequests(ctx context.Context, in *askRequests) (*body[[]requestView], error) {
	f := ledger.RequestFilter{
		Opened: ledger.Filter{From: in.From, To: in.To}, Channel: in.Channel, Topic: in.Topic, Language: in.Language, Owner: in.Owner, Nobodys: in.Nobodys,
		DueBy: in.DueBy, After: in.After, Limit: in.Limit,
	}
	if in.State != "" {
		f.States = []ledger.Stage{ledger.Stage(in.State)}
	}
	list, err := a.cfg.Ledger.Requests(ctx, f)
	out := make([]requestView, 0, len(list))
	for _, r := range list {
		v := requestOf(r)
		v.Contact = masked(v.Contact)
		out = append(out, v)
	}
	return answer(out), err
}

// knownRequest says what is wrong with a code.
func (a *API) knownRequest(ctx context.Context, code string) error {
	_, err := a.findRequest(ctx, code)
	return err
}

func (a *API) findRequest(ctx context.Context, code string) (ledger.Request, error) {
	if !ledger.ValidCode(code) {
		return ledger.Request{}, missing(wording.Say("%q is no code of a request: a code has eight digits, and one of these is mistyped", code))
	}
	r, err := a.cfg.Ledger.Request(ctx, code)
	if errors.Is(err, ledger.ErrNoRequest) {
		err = missing(wording.Say("there is no request %s", code))
	}
	return r, err
}

func (a *API) tellRequest(ctx context.Context, code string) (*body[requestFile], error) {
	r, err := a.findRequest(ctx, code)
	if err != nil {
		return nil, err
	}
	steps, err := a.cfg.Ledger.RequestSteps(ctx, code)
	if err != nil {
		return nil, err
	}
	calls, err := a.cfg.Ledger.RequestCalls(ctx, code)
	if err != nil {
		return nil, err
	}
	out := requestFile{requestView: requestOf(r), Steps: make([]requestStep, 0, len(steps)), Calls: callsOf(calls)}
	for _, s := range steps {
		out.Steps = append(out.Steps, requestStep{At: *orNow(stamp(s.At)), Author: s.Author, Kind: s.Kind, Text: s.Text})
	}
	return answer(out), nil
}

func (a *API) knownTopic(topic string) error {
	if _, ok := a.cfg.Line.Release().Book.Topics[topic]; !ok {
		return invalid(wording.Say("the book in service has no topic %q", topic))
	}
	return nil
}

func (a *API) open(ctx context.Context, in *openRequest) (*body[requestFile], error) {
	b := in.Body
	if err := a.knownTopic(b.Topic); err != nil {
		return nil, err
	}
	if b.Call != "" {
		if _, err := a.findCall(ctx, b.Call); err != nil {
			return nil, err
		}
	}
	r := ledger.Request{
		Line: a.cfg.Line.Release().Book.Line.Number, Channel: b.Channel, Topic: b.Topic, Language: b.Language, Owner: b.Owner, Contact: strings.TrimSpace(b.Contact),
	}
	if b.Due != nil {
		r.Due = *b.Due
	}
	code, err := a.cfg.Ledger.OpenRequest(r, b.Call, b.By)
	if err != nil {
		return nil, err
	}
	if b.Note != "" {
		if err := a.cfg.Ledger.ChangeRequest(ledger.Change{Code: code, By: b.By, Note: b.Note}); err != nil {
			return nil, err
		}
	}
	if err := a.sync(ctx); err != nil {
		return nil, err
	}
	return a.tellRequest(ctx, code)
}

// changeRequest writes a change. must is the state that the request must have; "" is any, and a closed one is not opened on the way.
func (a *API) changeRequest(ctx context.Context, c ledger.Change, must ledger.Stage) (*body[requestFile], error) {
	r, err := a.findRequest(ctx, c.Code)
	if err != nil {
		return nil, err
	}
	switch {
	case must != "" && r.State != must:
		return nil, conflict(wording.Say("the request is not closed: it can not be opened again"))
	case must == "" && c.State != "" && r.State == ledger.StageClosed:
		return nil, conflict(wording.Say("the request is closed: open it again first"))
	}
	if c.Topic != nil {
		if err := a.knownTopic(*c.Topic); err != nil {
			return nil, err
		}
	}
	if c.Call != "" {
		if _, err := a.findCall(ctx, c.Call); err != nil {
			return nil, err
		}
	}
	if err := a.cfg.Ledger.ChangeRequest(c); err != nil {
		return nil, err
	}
	if err := a.sync(ctx); err != nil {
		return nil, err
	}
	return a.tellRequest(ctx, c.Code)
}
