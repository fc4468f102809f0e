package console

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/rs/zerolog"

	"pronto/ivr"
	"pronto/ivr/ledger"
	"pronto/ivr/ledger/transcript"
)

// APIConfig is what the API works on. All fields are required.
type APIConfig struct {
	Version string // of the program
	Token   string // whoever has it may do everything
	Line    *ivr.Line
	Ledger  *ledger.Ledger // its Run must run
	Phones  Phones
	Heard   func(ledger.Call) transcript.Source // where the texts of a call are found
	Done    <-chan struct{}                     // closed when streams must end
	Log     zerolog.Logger
}

// Phones are the operators' telephones, whose secrets the API passes on once and never keeps.
type Phones struct {
	Check   func(name string) error                      // what is wrong with an operator's name
	Names   func() ([]string, error)                     // who has a SIP account
	Grant   func(name string) (secret string, err error) // makes one for who has none; "" if he has
	Revoke  func(name string) error                      // that there is none is no error
	Outside func(number string) bool                     // it may be dialled for an operator
}

// API is everything below /api/v1 that is not public. Make it with NewAPI.
type API struct {
	cfg    APIConfig
	live   *live
	turn   chan struct{} // holds a token while nobody changes accounts: they are read, changed and written as a whole
	routes *routes
	doc    huma.API
	http.Handler
}

const (
	apiRoot = "/api/v1"
	// bodyLimit is what a request may send.
	bodyLimit = 64 << 10
)

// NewAPI makes the API.
func NewAPI(cfg APIConfig) *API {
	a := &API{cfg: cfg, live: newLive(cfg.Line, cfg.Ledger), turn: make(chan struct{}, 1), routes: &routes{ServeMux: http.NewServeMux()}}
	a.turn <- struct{}{}
	a.doc = humago.New(a.routes, huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info:    &huma.Info{Title: "pronto", Version: cfg.Version, Description: apiDescription},
			Components: &huma.Components{
				Schemas:         huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
				SecuritySchemes: map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer", Description: "What is in api.token in the line's state folder."}},
			},
			Security: []map[string][]string{{"token": {}}},
		},
		OpenAPIPath: apiRoot + "/openapi", Formats: huma.DefaultFormats, DefaultFormat: "application/json", RejectUnknownQueryParameters: true,
	})
	a.operatorRoutes()
	a.dutyRoutes()
	a.liveRoutes()
	a.callRoutes()
	a.deskRoutes()
	a.requestRoutes()
	a.routes.ServeMux.HandleFunc("/", noRoute)
	a.Handler = sameOrigin(a.authenticated(limited(a.routes)))
	return a
}

const apiDescription = "The line at work: operators, live state, calls, callbacks, follow-ups and requests. Instants are RFC 3339 in UTC, spans are " +
	"seconds. Errors are problem details (RFC 9457) whose detail says what to do, in Italian for who asks for it (Accept-Language). " +
	"/api/v1/state and /api/v1/line need no token."

// routes is a mux that remembers its patterns, for the test that asks each of them without a token.
type routes struct {
	*http.ServeMux
	patterns []string
}

// HandleFunc is http.ServeMux's.
func (r *routes) HandleFunc(pattern string, handler func(http.ResponseWriter, *http.Request)) {
	r.patterns = append(r.patterns, pattern)
	r.ServeMux.HandleFunc(pattern, handler)
}

// route says what a handler is for.
type route struct {
	method, path, id, tag, summary string
	status                         int // of success; 0 is 200
}

// handle registers a handler. What it returns as an error is told in the caller's language; what is no *refusal is the
// ledger's or the line's fault, and may pass.
func handle[I, O any](a *API, r route, do func(context.Context, *I) (*O, error)) {
	op := huma.Operation{
		OperationID: r.id, Method: r.method, Path: apiRoot + r.path, Summary: r.summary, Tags: []string{r.tag},
		DefaultStatus: r.status, MaxBodyBytes: bodyLimit, BodyReadTimeout: 5 * time.Second,
	}
	huma.Register(a.doc, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := do(ctx, in)
		if err != nil {
			return nil, a.problem(ctx, r.id, err)
		}
		return out, nil
	})
}

// body is an answer.
type body[T any] struct{ Body T }

func answer[T any](v T) *body[T] { return &body[T]{Body: v} }

// none is a question or an answer without anything in it.
type none struct{}

// sync waits until what was written is in the ledger. ErrSpooled is success: it is safe on the disk.
func (a *API) sync(ctx context.Context) error {
	if err := a.cfg.Ledger.Sync(ctx); err != nil && !errors.Is(err, ledger.ErrSpooled) {
		return err
	}
	return nil
}

// masked is a number, or an address, of which what tells people apart is hidden.
func masked(contact string) string {
	const hidden, least = 7, 3
	if name, domain, ok := strings.Cut(contact, "@"); ok {
		return name[:min(1, len(name))] + "***@" + domain
	}
	keep := len(contact) - hidden
	if keep < least {
		keep = min(least, max(0, len(contact)-least))
	}
	return contact[:keep] + strings.Repeat("*", len(contact)-keep)
}

// stamp is an instant as the API tells it; nil for none.
func stamp(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Millisecond)
	return &t
}

// inSeconds is a span as the API tells it.
func inSeconds(d time.Duration) float64 { return float64(d.Milliseconds()) / 1000 }

// filled is a list that is [] in JSON when it is empty.
func filled[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
