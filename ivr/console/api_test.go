package console

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"pronto/ivr"
	"pronto/ivr/ledger"
	"pronto/ivr/ledger/transcript"
	"pronto/ivr/phone/phonetest"
	"pronto/prompts"
)

const testToken = "geheim-und-lang"

// office is a line on a switch in memory with a real ledger, and its API.
type office struct {
	t       *testing.T
	ledger  *ledger.Ledger
	line    *ivr.Line
	people  *phonetest.Fake
	api     *API
	public  http.Handler
	secrets map[string]string
	log     *bytes.Buffer
}

// testRelease is a book that queues every caller at once.
func testRelease() *prompts.Release {
	book := &prompts.Book{
		Line:   prompts.Line{Number: "800840840", Name: "Test", Timezone: "Europe/Rome", Languages: []string{"it", "de"}},
		Topics: map[string]prompts.Topic{"information": {Class: 2, Skills: []string{"information"}}, "report": {Class: 1}},
		Rescue: map[string]prompts.Rescue{"default": {Number: "112", Say: "dial-112"}},
		Start:  "operator",
		Nodes: map[string]prompts.Node{
			"operator": {Name: "operator", Kind: prompts.KindQueue, Topic: "information", Closed: "goodbye", Full: "goodbye"},
			"goodbye":  {Name: "goodbye", Kind: prompts.KindHangup, Say: []string{"goodbye"}},
		},
		Desk: prompts.Desk{Ring: 15 * time.Second, Capacity: 100},
	}
	clips := map[string]prompts.Clip{}
	for _, key := range []string{"goodbye", "dial-112", prompts.KeyGoodbye, prompts.KeySorry} {
		clips[key] = prompts.Clip{Key: key, File: key, Seconds: 1}
	}
	return &prompts.Release{ID: "r1", Book: book, Clips: map[string]map[string]prompts.Clip{"it": clips, "de": clips}}
}

func openOffice(t *testing.T) *office {
	t.Helper()
	o := &office{t: t, secrets: map[string]string{"op1": "s1", "op2": "s2"}, log: &bytes.Buffer{}}
	quiet := zerolog.New(zerolog.NewTestWriter(t)).Level(zerolog.WarnLevel)
	var err error
	o.ledger, err = ledger.Open(t.Context(), ledger.Options{Path: filepath.Join(t.TempDir(), "ledger.db"), Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	o.people = phonetest.NewFake(phonetest.Config{AnySound: time.Second, Operators: []string{"op1", "op2", "anna"}, Rescue: []string{"112"}})
	o.line = ivr.New(ivr.Config{Release: testRelease(), Ledger: o.ledger, Log: quiet})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	var stopped []chan error
	for _, run := range []func(context.Context) error{
		o.line.Run, func(ctx context.Context) error { return o.people.Run(ctx, o.line.Handler(o.people)) }, o.ledger.Run,
	} {
		ch := make(chan error, 1)
		go func() { ch <- run(ctx) }()
		stopped = append(stopped, ch)
	}
	t.Cleanup(func() {
		close(done)
		cancel()
		for _, ch := range stopped {
			if err := <-ch; err != nil {
				t.Error(err)
			}
		}
		if err := o.ledger.Close(); err != nil {
			t.Error(err)
		}
	})
	o.api = NewAPI(APIConfig{
		Version: "test", Token: testToken, Line: o.line, Ledger: o.ledger, Phones: o.phones(), Done: done, Log: zerolog.New(o.log),
		Heard: func(ledger.Call) transcript.Source { return transcript.Source{Release: testRelease()} },
	})
	cfg := config()
	cfg.API = o.api
	o.public = Public(cfg)
	return o
}

func (o *office) phones() Phones {
	return Phones{
		Check: func(name string) error {
			if strings.ContainsAny(name, " /;") {
				return errors.New("letters and digits only")
			}
			return nil
		},
		Names: func() (names []string, err error) {
			for name := range o.secrets {
				names = append(names, name)
			}
			return names, nil
		},
		Grant: func(name string) (string, error) {
			if o.secrets[name] != "" {
				return "", nil
			}
			o.secrets[name] = "new-secret-of-" + name
			return o.secrets[name], nil
		},
		Revoke:  func(name string) error { delete(o.secrets, name); return nil },
		Outside: func(number string) bool { return number == "+393331234567" },
	}
}

// ask sends a question with the token and returns the answer; out, if not nil, takes its body.
func (o *office) ask(method, path, body string, want int, out any) string {
	o.t.Helper()
	r := httptest.NewRequest(method, "/api/v1"+path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+testToken)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	o.public.ServeHTTP(w, r)
	if w.Code != want {
		o.t.Fatalf("%s %s: status %d, want %d: %s", method, path, w.Code, want, w.Body)
	}
	if want >= 400 && !strings.HasPrefix(w.Header().Get("Content-Type"), "application/problem+json") {
		o.t.Errorf("%s %s: %d comes as %q", method, path, want, w.Header().Get("Content-Type"))
	}
	if out != nil {
		if err := json.Unmarshal(w.Body.Bytes(), out); err != nil {
			o.t.Fatalf("%s %s: %v in %s", method, path, err, w.Body)
		}
	}
	return w.Body.String()
}

// eventually waits for what goes on behind the API.
func (o *office) eventually(what string, ok func() bool) {
	o.t.Helper()
	for end := time.Now().Add(30 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			o.t.Fatalf("it does not come to be that %s", what)
		}
	}
}

func (o *office) operator(name string) (a account) {
	o.t.Helper()
	o.ask("GET", "/operators/"+name, "", 200, &a)
	return a
}

func (o *office) state(name, want string) {
	o.t.Helper()
	o.eventually(name+" is "+want, func() bool { return o.operator(name).State == want })
}

// apiRoutes are all routes below /api/v1, and what they may be asked without a token: nothing.
var apiRoutes = []string{
	"DELETE /api/v1/operators/{name}", "DELETE /api/v1/operators/{name}/pin",
	"GET /api/v1/callbacks", "GET /api/v1/calls/up", "GET /api/v1/calls/{call}", "GET /api/v1/calls/{call}/transcript",
	"GET /api/v1/followups", "GET /api/v1/followups/{id}", "GET /api/v1/live", "GET /api/v1/live/stream",
	"GET /api/v1/openapi-3.0.json", "GET /api/v1/openapi-3.0.yaml", "GET /api/v1/openapi.json", "GET /api/v1/openapi.yaml",
	"GET /api/v1/operators", "GET /api/v1/operators/{name}", "GET /api/v1/operators/{name}/history",
	"GET /api/v1/requests", "GET /api/v1/requests/{code}", "PATCH /api/v1/requests/{code}",
	"POST /api/v1/calls/{call}/commands", "POST /api/v1/followups/{id}/settle", "POST /api/v1/operators/{name}/disposition",
	"POST /api/v1/operators/{name}/state", "POST /api/v1/requests", "POST /api/v1/requests/{code}/close", "POST /api/v1/requests/{code}/reopen",
	"PUT /api/v1/operators/{name}", "PUT /api/v1/operators/{name}/pin",
}

// TestEveryRouteNeedsTheToken: a route that is not in the table fails, and one that answers without the token.
func TestEveryRouteNeedsTheToken(t *testing.T) {
	o := openOffice(t)
	have := slices.Sorted(slices.Values(o.api.routes.patterns))
	if !slices.Equal(have, apiRoutes) {
		t.Fatalf("the routes are not those of the table:\n%s", strings.Join(have, "\n"))
	}
	path := strings.NewReplacer("{name}", "op1", "{call}", "c1", "{id}", "f1", "{code}", "12345678")
	for _, pattern := range append(have, "GET /api/v1/", "GET /api/v1/nothing", "PUT /api/v1/live") {
		method, at, _ := strings.Cut(pattern, " ")
		for _, header := range []string{"", "Bearer", "Bearer ", "Bearer wrong", "Basic " + testToken, testToken, "Bearer " + testToken + "x", "Bearer " + testToken[1:]} {
			r := httptest.NewRequest(method, path.Replace(at), strings.NewReader("{}"))
			if header != "" {
				r.Header.Set("Authorization", header)
			}
			w := httptest.NewRecorder()
			o.public.ServeHTTP(w, r)
			if w.Code != http.StatusUnauthorized || w.Header().Get("WWW-Authenticate") == "" || !strings.Contains(w.Body.String(), "api.token") {
				t.Errorf("%s with %q: status %d, %s", pattern, header, w.Code, w.Body)
			}
		}
	}
	for _, open := range []string{"/", "/api/v1/state"} {
		if code, _, _ := get(t, o.public, open); code != http.StatusOK {
			t.Errorf("%s: status %d without a token", open, code)
		}
	}
}

// TestOtherSites: a page of another site can not have a browser change anything, whatever it knows.
func TestOtherSites(t *testing.T) {
	o := openOffice(t)
	for _, tt := range []struct {
		header, value string
		want          int
	}{
		{"Sec-Fetch-Site", "cross-site", http.StatusForbidden},
		{"Sec-Fetch-Site", "same-site", http.StatusForbidden},
		{"Origin", "https://evil.example", http.StatusForbidden},
		{"Sec-Fetch-Site", "same-origin", http.StatusOK},
		{"Origin", "http://example.com", http.StatusOK}, // httptest's host
	} {
		r := httptest.NewRequest("PUT", "/api/v1/operators/op1", strings.NewReader("{}"))
		r.Header.Set("Authorization", "Bearer "+testToken)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set(tt.header, tt.value)
		w := httptest.NewRecorder()
		o.public.ServeHTTP(w, r)
		if w.Code != tt.want {
			t.Errorf("%s: %s: status %d, want %d: %s", tt.header, tt.value, w.Code, tt.want, w.Body)
		}
	}
}

func TestBadQuestions(t *testing.T) {
	o := openOffice(t)
	big := `{"display":"` + strings.Repeat("x", bodyLimit) + `"}`
	for _, tt := range []struct {
		method, path, body string
		want               int
		says               string
	}{
		{"PUT", "/operators/op1", big, 413, "kB"},
		{"PUT", "/operators/op1", `{"display":`, 400, ""},
		{"PUT", "/operators/op1", `{"colour":"red"}`, 422, "colour"},
		{"PUT", "/operators/op1", `{"kind":"dog"}`, 422, "body.kind"},
		{"PUT", "/operators/op1", `{"ext":"12345"}`, 422, "one to four digits"},
		{"PUT", "/operators/a%20b", `{}`, 422, "letters and digits only"},
		{"PUT", "/operators/bob", `{"kind":"number"}`, 422, "needs a number"},
		{"PUT", "/operators/bob", `{"kind":"number","number":"+39899123456"}`, 422, "PRONTO_OUTSIDE"},
		{"PUT", "/operators/op1/pin", `{"pin":"12"}`, 422, "four to eight"},
		{"GET", "/operators/nobody", "", 404, "pronto operator list"},
		{"DELETE", "/operators/nobody", "", 404, "nobody"},
		{"POST", "/operators/nobody/state", `{"change":"login"}`, 404, "nobody"},
		{"POST", "/operators/op1/state", `{"change":"pause"}`, 409, "not logged in"},
		{"POST", "/operators/op1/state", `{"change":"dance"}`, 422, "body.change"},
		{"POST", "/operators/op1/disposition", `{"disposition":"immediate"}`, 409, "no call now"},
		{"POST", "/operators/op1/disposition", `{"disposition":"immediate","call":"c1"}`, 404, "c1"},
		{"GET", "/operators/op1/history?from=2030-01-01T00:00:00Z", "", 422, "before"},
		{"GET", "/operators?page=2", "", 422, "page"},
		{"GET", "/calls/c1", "", 404, "pronto calls"},
		{"POST", "/calls/c1/commands", `{"verb":"hold"}`, 409, "no such call"},
		{"POST", "/calls/c1/commands", `{"verb":"sing"}`, 422, "hold"},
		{"POST", "/followups/f1/settle", `{"result":"ok","by":"op1"}`, 404, "f1"},
		{"GET", "/requests/12345678", "", 404, "mistyped"},
		{"POST", "/requests", `{"by":"op1","channel":"phone","topic":"weather"}`, 422, "weather"},
		{"GET", "/nothing", "", 404, "openapi.yaml"},
		{"PUT", "/live", "{}", 404, "openapi.yaml"},
	} {
		if got := o.ask(tt.method, tt.path, tt.body, tt.want, nil); !strings.Contains(got, tt.says) {
			t.Errorf("%s %s %.40s: %q is not in %s", tt.method, tt.path, tt.body, tt.says, got)
		}
	}
	r := httptest.NewRequest("GET", "/api/v1/operators/nobody", nil)
	r.Header.Set("Authorization", "bearer "+testToken)
	r.Header.Set("Accept-Language", "it-IT,it;q=0.9")
	w := httptest.NewRecorder()
	o.public.ServeHTTP(w, r)
	if !strings.Contains(w.Body.String(), "non c'è alcun operatore") {
		t.Errorf("in Italian: %s", w.Body)
	}
}

func TestDocument(t *testing.T) {
	o := openOffice(t)
	var doc struct {
		OpenAPI  string                    `json:"openapi"`
		Security []map[string][]string     `json:"security"`
		Paths    map[string]map[string]any `json:"paths"`
	}
	o.ask("GET", "/openapi.json", "", 200, &doc)
	if doc.OpenAPI != "3.1.0" || len(doc.Security) != 1 {
		t.Errorf("the document is %q with security %v", doc.OpenAPI, doc.Security)
	}
	for _, pattern := range apiRoutes {
		method, path, _ := strings.Cut(pattern, " ")
		if doc.Paths[path][strings.ToLower(method)] == nil && !strings.Contains(path, "openapi") {
			t.Errorf("%s is not in the document", pattern)
		}
	}
	if yaml := o.ask("GET", "/openapi.yaml", "", 200, nil); !strings.HasPrefix(yaml, "components:") || !strings.Contains(yaml, "openapi: 3.1.0") {
		t.Errorf("the YAML begins %.80q", yaml)
	}
	if bytes.Contains([]byte(o.ask("GET", "/openapi.json", "", 200, nil)), []byte("$schema")) {
		t.Error("schema links are in the document")
	}
}

func TestMasked(t *testing.T) {
	for number, want := range map[string]string{
		"": "", "1": "*", "112": "***", "0461123456": "046*******", "+393331234567": "+39333*******", "12345": "12***", "mario@example.it": "m***@example.it", "@x": "***@x",
	} {
		if got := masked(number); got != want {
			t.Errorf("masked(%q) = %q, want %q", number, got, want)
		}
	}
}
