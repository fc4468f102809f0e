package console

import (
	"bufio"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"pronto/ivr/ledger"
)

// reader is a browser at the stream.
type reader struct {
	t     *testing.T
	lines *bufio.Reader
}

func (o *office) serve() *httptest.Server {
	server := httptest.NewServer(o.public)
	o.t.Cleanup(server.Close)
	return server
}

func (o *office) streamOf(server *httptest.Server) *reader {
	o.t.Helper()
	r, err := http.NewRequestWithContext(o.t.Context(), http.MethodGet, server.URL+"/api/v1/live/stream", nil)
	if err != nil {
		o.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+testToken)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(func() { _ = answer.Body.Close() })
	if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != "text/event-stream" {
		o.t.Fatalf("status %d, %v", answer.StatusCode, answer.Header)
	}
	return &reader{o.t, bufio.NewReader(answer.Body)}
}

// next is the next version.
func (r *reader) next() (s liveState) {
	r.t.Helper()
	id := ""
	for {
		line, err := r.lines.ReadString('\n')
		if err != nil {
			r.t.Fatal(err)
		}
		if v, ok := strings.CutPrefix(line, "id: "); ok {
			id = strings.TrimSpace(v)
		}
		if data, ok := strings.CutPrefix(line, "data: "); ok {
			if err := json.Unmarshal([]byte(data), &s); err != nil {
				r.t.Fatal(err)
			}
			if want, _ := json.Marshal(s.Version); id != string(want) {
				r.t.Fatalf("event %s is version %s", id, want)
			}
			return s
		}
	}
}

// until reads versions until one is as wanted; versions grow.
func (r *reader) until(what string, ok func(liveState) bool) liveState {
	r.t.Helper()
	var last uint64
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); {
		s := r.next()
		if s.Version <= last {
			r.t.Fatalf("version %d after %d", s.Version, last)
		}
		if last = s.Version; ok(s) {
			return s
		}
	}
	r.t.Fatalf("no version tells that %s", what)
	return liveState{}
}

func pauseOf(s liveState, name string) string {
	for _, o := range s.Operators {
		if o.Name == name {
			return o.Pause
		}
	}
	return ""
}

// TestStream: every reader comes to know the newest state, those of the ledger too.
func TestStream(t *testing.T) {
	o := openOffice(t)
	server := o.serve()
	first, second := o.streamOf(server), o.streamOf(server)
	if s := first.next(); s.Line != "Test" || s.Number != "800840840" || s.Waiting == nil || s.Later == nil || s.Operators == nil {
		t.Errorf("the first version: %+v", s)
	}
	o.people.Operator("op1").Register()
	o.state("op1", "ready")
	o.duty("op1", `{"change":"pause","reason":"lunch"}`)
	caller := o.people.Call("0461123456")
	for _, r := range []*reader{first, second} {
		s := r.until("the caller waits", func(s liveState) bool { return s.Counts.Waiting == 1 && s.Counts.Operators["paused"] == 1 })
		if s.Counts.OldestSince == nil || s.Counts.CallsUp != 1 || s.Waiting[0].Topic != "information" || !s.Switches["fake"] {
			t.Errorf("%+v", s)
		}
	}
	now := time.Now()
	for id, deadline := range map[string]time.Time{"f1": now.Add(-time.Minute), "f2": now.Add(time.Hour)} {
		o.ledger.Write(ledger.Record{FollowUp: &ledger.FollowUp{ID: id, Kind: ledger.FollowDanger, Number: "0461123456", Since: now, Deadline: deadline, State: ledger.FollowOpen}})
	}
	s := first.until("the follow-ups are counted", func(s liveState) bool { return s.Counts.FollowUpsOpen == 2 })
	if s.Counts.FollowUpsOverdue != 1 {
		t.Errorf("overdue: %d", s.Counts.FollowUpsOverdue)
	}
	if text, _ := json.Marshal(s); strings.Contains(string(text), "0461123456") {
		t.Error("a number is in the live state")
	}
	if err := caller.Hangup(); err != nil {
		t.Fatal(err)
	}
	first.until("nobody waits", func(s liveState) bool { return s.Counts.Waiting == 0 })
}

// TestStreamCoalesces: a thousand changes make few versions, and the last one is the newest state.
func TestStreamCoalesces(t *testing.T) {
	o := openOffice(t)
	o.people.Operator("op1").Register()
	o.state("op1", "ready")
	r := o.streamOf(o.serve())
	began, versions := time.Now(), 0
	go func() {
		for i := range 1000 {
			change := "pause"
			if i%2 == 1 {
				change = "ready"
			}
			if err := o.line.SetDuty(t.Context(), "op1", "pause", change); err != nil {
				t.Error(err)
			}
		}
		if err := o.line.SetDuty(t.Context(), "op1", "pause", "the end"); err != nil {
			t.Error(err)
		}
	}()
	r.until("the last change is told", func(s liveState) bool {
		versions++
		return pauseOf(s, "op1") == "the end"
	})
	if most := int(time.Since(began)/liveEvery) + 2; versions > most {
		t.Errorf("%d versions in %s", versions, time.Since(began))
	}
}

// TestSlowReader: one who does not read keeps nobody, and gets the newest version when he reads again.
func TestSlowReader(t *testing.T) {
	o := openOffice(t)
	o.people.Operator("op1").Register()
	o.state("op1", "ready")
	server := o.serve()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.(*net.TCPConn).SetReadBuffer(1 << 10)
	_, _ = conn.Write([]byte("GET /api/v1/live/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + testToken + "\r\n\r\n"))
	quick := o.streamOf(server)
	for _, reason := range []string{"one", "two", "three"} {
		o.duty("op1", `{"change":"pause","reason":"`+reason+`"}`)
		quick.until(reason+" is told", func(s liveState) bool { return pauseOf(s, "op1") == reason })
	}
}

// TestStreamsEnd: a stop of the line does not wait for those who watch it.
func TestStreamsEnd(t *testing.T) {
	o := openOffice(t)
	done := make(chan struct{})
	cfg := o.api.cfg
	cfg.Done = done
	api := NewAPI(cfg)
	server := httptest.NewServer(api)
	defer server.Close()
	r := o.streamOf(server)
	r.next()
	close(done)
	if _, err := r.lines.ReadString(0); err == nil {
		t.Error("the stream goes on")
	}
}

// BenchmarkFrame is what a version costs: 200 callers wait, 40 operators are there.
func BenchmarkFrame(b *testing.B) {
	s := liveState{}
	for range 200 {
		s.Waiting = append(s.Waiting, liveTicket{Ticket: "pronto-1795604400.12", Kind: "live", Topic: "information", Language: "it", Offered: []string{}, Overtaken: map[string]int{}})
	}
	for range 40 {
		s.Operators = append(s.Operators, liveOperator{Name: "op1", State: "ready"})
	}
	for b.Loop() {
		if _, err := json.Marshal(s); err != nil {
			b.Fatal(err)
		}
	}
}
