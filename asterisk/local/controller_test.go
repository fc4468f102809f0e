package local

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"pronto/asterisk/siptest"
)

// controller is the least that takes calls from Stasis: it connects and reads.
type controller struct {
	conn   *websocket.Conn
	starts chan []string // the arguments of each call that is given to it
}

func (r *rig) controller() *controller {
	r.t.Helper()
	q := url.Values{"app": {r.site.App}, "api_key": {r.site.ARIUser + ":" + r.site.ARIPassword}}
	conn, resp, err := websocket.Dial(r.within(5*time.Second), "ws://"+r.site.HTTP+"/ari/events?"+q.Encode(), nil)
	if err != nil {
		r.t.Fatal(err)
	}
	if resp.Body != nil {
		_ = resp.Body.Close()
	}
	r.t.Cleanup(func() { _ = conn.CloseNow() })
	c := &controller{conn: conn, starts: make(chan []string, 16)}
	ctx := r.t.Context()
	go func() {
		for {
			_, data, err := conn.Read(ctx)
			if err != nil {
				return
			}
			var event struct {
				Type string
				Args []string
			}
			if json.Unmarshal(data, &event) == nil && event.Type == "StasisStart" {
				c.starts <- event.Args
			}
		}
	}()
	return c
}

func (c *controller) start(t *testing.T) []string {
	t.Helper()
	select {
	case args := <-c.starts:
		return args
	case <-time.After(10 * time.Second):
		t.Fatal("the controller was given no call")
		return nil
	}
}

func TestControllerComesBackDuringTheAdvice(t *testing.T) {
	r := startWithTones(t, nil)
	first := r.controller()
	kept := r.call("0266020", "800840840")
	if args := first.start(t); len(args) != 0 {
		t.Errorf("an ordinary call has the arguments %q", args)
	}
	_ = first.conn.CloseNow() // it dies
	eventually(t, func() bool { return !strings.Contains(r.control("ari show app "+r.site.App), "active: Yes") })

	during := r.call("0266021", "800840840")
	r.hears(during, toneAdviceIT)
	second := r.controller()
	if args := second.start(t); len(args) != 1 || args[0] != "failopen" {
		t.Errorf("a call that heard the advice has the arguments %q", args)
	}
	select {
	case <-kept.Done():
		t.Error("the call of the controller that died was hung up")
	default:
	}
	r.hangUp(during)
	r.hangUp(kept)
	if got := r.accounted("0266021"); got != "failopen=returned" {
		t.Errorf("userfield is %q", got)
	}
	if got := r.accounted("0266020"); got != "" {
		t.Errorf("userfield of an ordinary call is %q", got)
	}
	for _, line := range r.complaints() {
		t.Log(line)
	}
}

// A call that everybody has forgotten ends after four hours. Here it is two seconds.
func TestForgottenCallEnds(t *testing.T) {
	r := &rig{t: t, found: find(t), state: t.TempDir()}
	r.site = testSite(t, r.found, r.state)
	if err := Prepare(t.Context(), r.found, r.state, r.site); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(r.state, "etc", "extensions.conf")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), "TIMEOUT(absolute)=14400", "TIMEOUT(absolute)=2", 1)), 0o640); err != nil {
		t.Fatal(err)
	}
	r.launch()
	if err := r.ready(); err != nil {
		t.Fatal(err)
	}
	c := r.controller()
	call := r.call("0266022", "800840840")
	c.start(t)
	select {
	case <-call.Done():
	case <-time.After(10 * time.Second):
		t.Error("the call goes on")
	}
}

func TestTwoSideBySide(t *testing.T) {
	a, b := startWithTones(t, nil), startWithTones(t, nil)
	for _, r := range []*rig{a, b} {
		call := r.call("0266030", "800840840")
		r.hears(call, toneAdviceIT)
		r.hangUp(call)
		if n := len(r.records("0266030")); r.accounted("0266030") == "" {
			t.Errorf("%d records, none tells of the advice", n)
		}
	}
}

func TestStartsAgainAfterAKill(t *testing.T) {
	r := start(t, nil)
	r.provision("op1")
	p := r.phone(siptest.Config{User: "op1", Secret: "secret-of-op1"})
	if err := p.Register(t.Context(), r.site.SIP); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { // Asterisk writes its database down once a second
		db, _ := os.ReadFile(filepath.Join(r.state, "lib", "astdb.sqlite3"))
		return strings.Contains(string(db), "registrar/contact/op1")
	})
	r.kill()
	if err := Prepare(t.Context(), r.found, r.state, r.site); err != nil {
		t.Fatal(err)
	}
	r.launch()
	if err := r.ready(); err != nil {
		t.Fatal(err)
	}
	r.provision("op1") // the telephone's object did not outlive the kill; its registration did
	eventually(t, func() bool { return strings.Contains(r.control("pjsip show contacts"), "op1") })
	eventually(t, func() bool { return strings.Contains(r.ari(http.MethodGet, "endpoints/PJSIP/op1", nil), `"online"`) })
}

func TestPortInUse(t *testing.T) {
	first := start(t, nil)
	for _, c := range []struct {
		name, want string
		change     func(r *rig)
	}{
		{"ARI", "PRONTO_ARI", func(r *rig) { r.site.HTTP = first.site.HTTP }},
		{"SIP", "PRONTO_SIP", func(r *rig) { r.site.SIP = first.site.SIP }},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &rig{t: t, found: first.found, state: t.TempDir()}
			r.site = testSite(t, r.found, r.state)
			c.change(r)
			if err := Prepare(t.Context(), r.found, r.state, r.site); err != nil {
				t.Fatal(err)
			}
			r.launch()
			err := r.ready()
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("the error does not name %s: %v", c.want, err)
			}
			t.Log(err)
		})
	}
	t.Run("the same folder", func(t *testing.T) {
		r := first.in(t)
		before := r.control("core show uptime seconds")
		if err := Prepare(t.Context(), r.found, r.state, r.site); err != nil {
			t.Fatal(err)
		}
		if out := r.control("core show uptime seconds"); !strings.Contains(out, "System uptime") || before == "" {
			t.Errorf("Prepare has disturbed the Asterisk that runs: %q", out)
		}
	})
}
