package console

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"pronto/prompts/wording"
)

func config(faults ...Fault) Config {
	reg := prometheus.NewRegistry()
	reg.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "pronto_test", Help: "A test."}, func() float64 { return 7 }))
	return Config{
		Gatherer: reg,
		Faults:   func() []Fault { return faults },
		Line:     func() Line { return Line{} },
		State: func() State {
			return State{
				Line: "Linea <b>Uno</b>", Number: "800840840", Since: time.Date(2026, 11, 25, 11, 0, 0, 5e6, time.UTC), Release: "r-1", ReleaseNumber: 4,
				ReleaseSince: time.Date(2026, 7, 25, 11, 0, 0, 0, time.UTC), Timezone: "Europe/Rome",
				Waiting: 3, LongestWait: 75500 * time.Millisecond, CallsUp: 12,
				Operators: map[string]int{"ready": 2, "talking": 9}, Faults: faults,
			}
		},
	}
}

var away = Fault{Code: "switch_away", Message: wording.Say("the line is stopping and takes no new calls"), Remedy: wording.Say("wait, or start it again")}

func get(t *testing.T, h http.Handler, path string, headers ...string) (int, http.Header, string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code, w.Header(), w.Body.String()
}

func TestPage(t *testing.T) {
	tests := []struct {
		name, lang   string
		faults       []Fault
		has, hasNot  []string
		wantLanguage string
	}{
		{
			name: "italian", wantLanguage: "it",
			has:    []string{`<html lang="it">`, "La linea è in funzione", "800840840", "Linea &lt;b&gt;Uno&lt;/b&gt;", "<dt>In attesa</dt><dd>3</dd>", "<dd>1:15</dd>", "<dt>In corso</dt><dd>12</dd>", "<dt>Pronti</dt><dd>2</dd>", "<dt>Assenti</dt><dd>0</dd>", "4 (r-1), in linea dal", ">25/07/2026 13:00<", ">25/11/2026 12:00<", `http-equiv="refresh" content="5"`, "width=device-width"},
			hasNot: []string{"<b>Uno", "<script", "http://", "https://", `role="alert"`},
		},
		{
			name: "english", lang: "en-GB,en;q=0.9", wantLanguage: "en",
			has: []string{`<html lang="en">`, "The line is working", "<dt>Waiting</dt><dd>3</dd>"},
		},
		{
			name: "faults", lang: "it-IT", wantLanguage: "it", faults: []Fault{away},
			has: []string{"La linea ha un guasto", `role="alert"`, "la linea si sta fermando", "aspettare, o farla ripartire", "Che cosa fare"}, hasNot: []string{"La linea è in funzione"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			code, head, body := get(t, Public(config(tt.faults...)), "/", "Accept-Language", tt.lang)
			if code != http.StatusOK || head.Get("Content-Language") != tt.wantLanguage || head.Get("Content-Type") != "text/html; charset=utf-8" {
				t.Errorf("status %d, headers %v", code, head)
			}
			for _, s := range tt.has {
				if !strings.Contains(body, s) {
					t.Errorf("the page lacks %q", s)
				}
			}
			for _, s := range tt.hasNot {
				if strings.Contains(body, s) {
					t.Errorf("the page has %q", s)
				}
			}
		})
	}
}

func TestState(t *testing.T) {
	code, head, body := get(t, Public(config(away)), "/api/v1/state")
	if code != http.StatusOK || head.Get("Content-Type") != "application/json" {
		t.Fatalf("status %d, headers %v", code, head)
	}
	var got map[string]any
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"line": "Linea <b>Uno</b>", "number": "800840840", "since": "2026-11-25T11:00:00.005Z", "timezone": "Europe/Rome", "release": "r-1", "release_number": 4.0, "release_in_service_since": "2026-07-25T11:00:00Z", "waiting": 3.0,
		"longest_wait_s": 75.5, "calls_up": 12.0, "operators": map[string]any{"ready": 2.0, "talking": 9.0}, "ready": false,
		"faults": []any{map[string]any{"code": "switch_away", "message": "the line is stopping and takes no new calls", "remedy": "wait, or start it again"}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Fatal(d)
	}
	empty := Config{State: func() State { return State{} }}
	if _, _, body := get(t, Public(empty), "/api/v1/state"); !strings.Contains(body, `"faults": []`) || !strings.Contains(body, `"operators": {}`) {
		t.Errorf("an empty state is %s", body)
	}
}

func TestOps(t *testing.T) {
	tests := []struct {
		name, path, accept string
		faults             []Fault
		code               int
		want               string
	}{
		{"alive", "/healthz", "", []Fault{away}, 200, "ok\n"},
		{"ready", "/readyz", "", nil, 200, "ready\n"},
		{"not ready", "/readyz", "", []Fault{away, {Code: "x", Message: wording.Name("y"), Remedy: wording.Name("z")}}, 503, "switch_away: the line is stopping and takes no new calls (wait, or start it again)\nx: y (z)\n"},
		{"ready, JSON", "/readyz", "application/json", nil, 200, "{\n  \"ready\": true,\n  \"faults\": [],\n  \"notices\": []\n}\n"},
		{"not ready, JSON", "/readyz", "text/html, application/json;q=0.9", []Fault{away}, 503, `"code": "switch_away"`},
		{"metrics", "/metrics", "", nil, 200, "pronto_test 7\n"},
		{"nothing else", "/", "", nil, 404, "/readyz"},
		{"not the public's", "/api/v1/state", "", nil, 404, "not found"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			code, _, body := get(t, Ops(config(tt.faults...)), tt.path, "Accept", tt.accept)
			if code != tt.code || !strings.Contains(body, tt.want) {
				t.Errorf("status %d, want %d; body %q, want %q in it", code, tt.code, body, tt.want)
			}
		})
	}
}

// What somebody must look at is told, and makes nothing unready.
func TestNotices(t *testing.T) {
	c := config()
	c.Notices = func() []Fault { return []Fault{away} }
	for accept, want := range map[string]string{"": "ready\nswitch_away: ", "application/json": `"notices": [
    {
      "code": "switch_away",`} {
		if code, _, body := get(t, Ops(c), "/readyz", "Accept", accept); code != 200 || !strings.Contains(body, want) {
			t.Errorf("status %d, %s", code, body)
		}
	}
}

func TestPublicRefuses(t *testing.T) {
	h := Public(config())
	tests := []struct {
		method, path string
		code         int
	}{
		{"GET", "/metrics", 404},
		{"GET", "/readyz", 404},
		{"GET", "/index.html", 404},
		{"GET", "/api/v1/nothing", 404},
		{"POST", "/", 404},
		{"HEAD", "/", 200},
	}
	for _, tt := range tests {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(tt.method, tt.path, nil))
		if w.Code != tt.code {
			t.Errorf("%s %s: status %d, want %d", tt.method, tt.path, w.Code, tt.code)
		}
	}
	if _, head, body := get(t, h, "/api/v1/nothing"); head.Get("Content-Type") != "application/problem+json" || !strings.Contains(body, `"status": 404`) {
		t.Errorf("the API's 404 is %s: %s", head.Get("Content-Type"), body)
	}
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	for name, h := range map[string]http.Handler{"public": Public(config()), "ops": Ops(config())} {
		for _, path := range []string{"/", "/api/v1/state", "/readyz", "/nowhere"} {
			_, head, _ := get(t, h, path)
			if head.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(head.Get("Content-Security-Policy"), "default-src 'none'") || head.Get("Cache-Control") != "no-store" {
				t.Errorf("%s %s: headers %v", name, path, head)
			}
		}
	}
}

func TestListen(t *testing.T) {
	first, err := Listen("127.0.0.1:0", "PRONTO_HTTP")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = first.Close() }()
	addr := first.Addr().String()
	for in, want := range map[string]string{
		addr:          addr + " is in use by another program: stop it or set PRONTO_HTTP",
		"192.0.2.1:0": "192.0.2.1:0 is no address of this machine: set PRONTO_HTTP",
		"nonsense":    "listen on nonsense (PRONTO_HTTP)",
	} {
		ln, err := Listen(in, "PRONTO_HTTP")
		if err == nil {
			_ = ln.Close()
			t.Errorf("%s: no error", in)
		} else if !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %q does not say %q", in, err, want)
		}
	}
}

// A request under way ends before Serve returns.
func TestServeEndsGracefully(t *testing.T) {
	ln, err := Listen("127.0.0.1:0", "PRONTO_HTTP")
	if err != nil {
		t.Fatal(err)
	}
	began, release := make(chan struct{}), make(chan struct{})
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(began)
		<-release
		_, _ = io.WriteString(w, "done")
	})
	ctx, stop := context.WithCancel(t.Context())
	served, answer := make(chan error, 1), make(chan string, 1)
	go func() { served <- Serve(ctx, ln, h) }()
	go func() {
		res, err := http.Get("http://" + ln.Addr().String())
		if err != nil {
			answer <- err.Error()
			return
		}
		defer func() { _ = res.Body.Close() }()
		body, _ := io.ReadAll(res.Body)
		answer <- string(body)
	}()
	<-began
	stop()
	close(release)
	if got := <-answer; got != "done" {
		t.Errorf("the request under way got %q", got)
	}
	if err := <-served; err != nil {
		t.Errorf("Serve: %v", err)
	}
	if _, err := net.DialTimeout("tcp", ln.Addr().String(), time.Second); err == nil {
		t.Error("the port is still open")
	}
}

func TestServeTellsAFailure(t *testing.T) {
	ln, err := Listen("127.0.0.1:0", "PRONTO_HTTP")
	if err != nil {
		t.Fatal(err)
	}
	_ = ln.Close()
	if err := Serve(t.Context(), ln, http.NotFoundHandler()); err == nil {
		t.Fatal("no error")
	}
}

func TestClock(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "0:00", 7 * time.Second: "0:07", 750 * time.Second: "12:30", 3723 * time.Second: "1:02:03"} {
		if got := clock(d); got != want {
			t.Errorf("%v is %s, want %s", d, got, want)
		}
	}
}
