package asterisk

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"pronto/ivr/phone"
)

// patience bounds every wait of a test; only a failing test uses it up.
const patience = 10 * time.Second

// fakeARI is a switch without telephony: it answers as a test says and sends the events that the test makes up.
type fakeARI struct {
	*httptest.Server
	sockets chan *websocket.Conn // each one that was opened
	asked   chan string          // each request that is not part of a connect: "METHOD /path?query body"

	mu       sync.Mutex
	channels []map[string]any
	inApp    []string
	bridges  []map[string]any
	phones   []map[string]any
	things   map[string]bool             // GET of these paths is 200
	answers  map[string]http.HandlerFunc // by "METHOD /path"
	refuse   int                         // status for the socket, 0: accept
	mute     bool                        // pings are not answered
}

func newFake(t *testing.T) *fakeARI {
	f := &fakeARI{
		sockets: make(chan *websocket.Conn, 100), asked: make(chan string, 20000),
		things: map[string]bool{}, answers: map[string]http.HandlerFunc{},
	}
	f.Server = httptest.NewServer(f)
	t.Cleanup(f.Close)
	return f
}

func (f *fakeARI) set(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

func (f *fakeARI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p := strings.TrimPrefix(r.URL.Path, "/ari")
	if p == "/events" {
		f.socket(w, r)
		return
	}
	body, _ := io.ReadAll(r.Body)
	f.mu.Lock()
	answer := f.answers[r.Method+" "+p]
	f.mu.Unlock()
	if !f.connecting(w, r.Method, p) {
		f.asked <- strings.TrimSpace(fmt.Sprintf("%s %s %s %s", r.Method, p, r.URL.RawQuery, body))
		if answer == nil {
			answer = f.standard
		}
		answer(w, r)
	}
}

// connecting answers what belongs to a connect.
func (f *fakeARI) connecting(w http.ResponseWriter, method, p string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	var list any
	switch {
	case strings.HasSuffix(p, "/eventFilter"), strings.HasSuffix(p, "-phones/subscription"):
		list = map[string]any{}
	case method == http.MethodGet && strings.HasPrefix(p, "/applications/"):
		list = map[string]any{"channel_ids": f.inApp}
	case method == http.MethodGet && p == "/channels":
		list = f.channels
	case method == http.MethodGet && p == "/bridges":
		list = f.bridges
	case method == http.MethodGet && p == "/endpoints/PJSIP":
		list = f.phones
	default:
		return false
	}
	_ = json.NewEncoder(w).Encode(list)
	return true
}

func (f *fakeARI) standard(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	here := f.things[strings.TrimPrefix(r.URL.Path, "/ari")]
	f.mu.Unlock()
	if r.Method == http.MethodGet && !here {
		refuseWith(http.StatusNotFound, "not found")(w, r)
		return
	}
	_, _ = io.WriteString(w, "{}")
}

func refuseWith(status int, message string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]string{"message": message})
	}
}

// breakOff closes the connection under the request, as Asterisk does with one that was idle too long.
func breakOff(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err == nil {
		_ = conn.Close()
	}
}

func (f *fakeARI) socket(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	refuse := f.refuse
	f.mu.Unlock()
	if refuse != 0 {
		w.WriteHeader(refuse)
		return
	}
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	f.sockets <- conn
	if f.mute {
		<-r.Context().Done() // nobody reads, so no ping is answered
		return
	}
	<-conn.CloseRead(r.Context()).Done()
}

// told collects what a switch tells its handler and sinks, as readable lines.
type told struct {
	lines chan string
	legs  chan phone.Leg
	adopt func(*told, []phone.Adopted) []phone.Sink
}

func (o *told) sink(id string) phone.Sink {
	return func(ev phone.Event) {
		o.lines <- fmt.Sprintf("%s %s%+v", id, strings.TrimPrefix(fmt.Sprintf("%T", ev), "phone."), ev)
	}
}

func (o *told) Incoming(l phone.Leg) phone.Sink {
	o.lines <- fmt.Sprintf("incoming %s %s>%s %q", l.ID(), l.Info().Caller, l.Info().Called, l.Info().Entry)
	o.legs <- l
	return o.sink(l.ID())
}

func (o *told) Adopt(found []phone.Adopted) []phone.Sink {
	for _, a := range found {
		o.lines <- fmt.Sprintf("found %s tag=%s bridge=%s up=%t entry=%s", a.Leg.ID(), a.Tag, a.Bridge, a.Up, a.Leg.Info().Entry)
	}
	if o.adopt != nil {
		return o.adopt(o, found)
	}
	return make([]phone.Sink, len(found))
}

func (o *told) Operator(name string, online bool) {
	o.lines <- fmt.Sprintf("operator %s %t", name, online)
}
func (o *told) Link(up bool) { o.lines <- fmt.Sprintf("link %t", up) }

// bench is a running switch on a fake.
type bench struct {
	*testing.T
	*told
	ari  *fakeARI
	sw   *Switch
	log  *lockedBuffer
	conn *websocket.Conn
}

type lockedBuffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// begin runs a switch until the test ends. It does not wait for the connection.
func begin(t *testing.T, f *fakeARI, adopt func(*told, []phone.Adopted) []phone.Sink) *bench {
	b := &bench{
		T: t, ari: f, log: &lockedBuffer{},
		told: &told{lines: make(chan string, 20000), legs: make(chan phone.Leg, 100), adopt: adopt},
	}
	b.sw = New(Config{
		Name: "s1", URL: f.URL, User: "u", Password: "p", App: "app", SoundRoot: "/snd",
		Log: zerolog.New(b.log), Reg: prometheus.NewRegistry(),
	})
	dead := patience
	if f.mute {
		dead = 50 * time.Millisecond
	}
	b.sw.pace = pace{ping: 20 * time.Millisecond, dead: dead, first: time.Millisecond, most: 10 * time.Millisecond, replaced: time.Millisecond}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- b.sw.Run(ctx, b.told) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	return b
}

// connected runs a switch on a new fake and waits until it is connected.
func connected(t *testing.T) *bench {
	b := begin(t, newFake(t), nil)
	b.accept()
	b.want("link true")
	return b
}

func (b *bench) accept() { b.conn = receive(b.T, b.ari.sockets, "a connection") }

func receive[V any](t *testing.T, from <-chan V, what string) V {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(patience):
		t.Fatalf("%s did not come", what)
		panic("unreachable")
	}
}

// want takes the next things told.
func (b *bench) want(lines ...string) {
	b.Helper()
	var got []string
	for range lines {
		got = append(got, receive(b.T, b.lines, strings.Join(lines, " | ")+"\nhave: "+strings.Join(got, " | ")))
	}
	if diff := cmp.Diff(lines, got); diff != "" {
		b.Fatalf("told (-want +got):\n%s", diff)
	}
}

// wantAsked takes the next requests.
func (b *bench) wantAsked(requests ...string) {
	b.Helper()
	for _, want := range requests {
		if got := receive(b.T, b.ari.asked, want); got != want {
			b.Fatalf("asked %s\nwant  %s", got, want)
		}
	}
}

func (b *bench) send(format string, args ...any) {
	b.Helper()
	ctx, stop := context.WithTimeout(context.Background(), patience)
	defer stop()
	if err := b.conn.Write(ctx, websocket.MessageText, fmt.Appendf(nil, format, args...)); err != nil {
		b.Fatalf("send an event: %v", err)
	}
}

// event sends an event of a channel; more are further JSON members.
func (b *bench) event(kind, channel, more string) {
	b.Helper()
	b.send(`{"type":%q,"application":"app","timestamp":"2026-11-25T10:00:00.000+0000",%s"channel":{"id":%q,"state":"Ring","caller":{"number":"333"},"dialplan":{"exten":"800"}}}`, kind, more, channel)
}

// incoming brings in a call.
func (b *bench) incoming(id string) phone.Leg {
	b.Helper()
	b.event("StasisStart", id, `"args":[],`)
	b.want("incoming " + id + ` 333>800 ""`)
	return receive(b.T, b.legs, "a leg")
}

func (b *bench) check(what string, err error) {
	b.Helper()
	if err != nil {
		b.Fatalf("%s: %v", what, err)
	}
}
