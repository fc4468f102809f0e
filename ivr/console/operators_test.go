package console

import (
	"math"
	"strings"
	"testing"
	"time"

	"pronto/ivr/desk"
	"pronto/ivr/ledger"
	"pronto/ivr/phone/phonetest"
)

// TestOperatorAccount: an account is added, told, changed and removed; its secret and its PIN are told once and never.
func TestOperatorAccount(t *testing.T) {
	o := openOffice(t)
	var anna account
	o.ask("PUT", "/operators/anna", `{"display":" Anna B. ","ext":"12","skills":["information"],"languages":["it","xx"],"tier":2,"supervisor":true}`, 200, &anna)
	if anna.Secret != "new-secret-of-anna" || !anna.Account || !anna.Phone || anna.Display != "Anna B." || anna.Ext != "12" || anna.Tier != 2 || !anna.Supervisor || anna.Kind != "sip" {
		t.Errorf("added: %+v", anna)
	}
	if len(anna.Warnings) != 1 || !strings.Contains(anna.Warnings[0], `"xx"`) {
		t.Errorf("warnings %q", anna.Warnings)
	}
	o.ask("PUT", "/operators/anna/pin", `{"pin":"4711"}`, 204, nil)
	var again account
	o.ask("PUT", "/operators/anna", `{"display":"Anna"}`, 200, &again)
	if again.Secret != "" || !again.HasPIN || again.Ext != "" || again.Supervisor || len(again.Skills) != 0 {
		t.Errorf("replaced: %+v", again)
	}
	accounts, err := o.ledger.Operators(t.Context())
	if err != nil || len(accounts) != 1 || !ledger.CheckPIN(accounts[0].PINHash, "4711") {
		t.Errorf("the ledger has %+v, %v", accounts, err)
	}
	list := o.ask("GET", "/operators", "", 200, nil)
	for _, never := range []string{"4711", "argon2", "secret", accounts[0].PINHash} {
		if strings.Contains(list, never) {
			t.Errorf("%q is told in %s", never, list)
		}
	}
	for _, name := range []string{"anna", "op1", "op2"} {
		if !strings.Contains(list, `"name":"`+name+`"`) {
			t.Errorf("%s is not in %s", name, list)
		}
	}
	o.ask("DELETE", "/operators/anna/pin", "", 204, nil)
	if o.operator("anna").HasPIN {
		t.Error("the PIN is still there")
	}
	o.ask("DELETE", "/operators/anna", "", 204, nil)
	o.ask("GET", "/operators/anna", "", 404, nil)
	if o.secrets["anna"] != "" {
		t.Error("a telephone without an account is left, which would have all skills")
	}
	if strings.Contains(o.log.String(), "4711") {
		t.Error("the PIN is in the log")
	}
}

func TestOperatorRules(t *testing.T) {
	o := openOffice(t)
	o.ask("PUT", "/operators/op1", `{"ext":"7"}`, 200, nil)
	o.ask("PUT", "/operators/op1", `{"ext":"7"}`, 200, nil)
	if said := o.ask("PUT", "/operators/op2", `{"ext":"7"}`, 409, nil); !strings.Contains(said, "op1") {
		t.Errorf("an ext that is another's: %s", said)
	}
	var mobile account
	o.ask("PUT", "/operators/carla", `{"kind":"number","number":"+393331234567"}`, 200, &mobile)
	if mobile.Secret != "" || mobile.Phone || mobile.Number != "+393331234567" {
		t.Errorf("an operator at an outside telephone: %+v", mobile)
	}
	o.ask("PUT", "/operators/op2", `{"kind":"number","number":"+393331234567"}`, 200, &mobile)
	if mobile.Phone || o.secrets["op2"] != "" {
		t.Error("who is at an outside telephone can register still")
	}
}

// ring waits until an operator's telephone rings.
func (o *office) ring(name string) *phonetest.Party {
	o.t.Helper()
	select {
	case p := <-o.people.Operator(name).Incoming():
		return p
	case <-time.After(30 * time.Second):
		o.t.Fatalf("%s's telephone does not ring", name)
		return nil
	}
}

func (o *office) duty(name, body string) {
	o.t.Helper()
	o.ask("POST", "/operators/"+name+"/state", body, 200, nil)
}

// TestOperatorDay: logged in, a call, a pause; the change of an account counts for the call that waits; the history explains it.
func TestOperatorDay(t *testing.T) {
	o := openOffice(t)
	began := time.Now()
	o.ask("PUT", "/operators/op1", `{"skills":["report"]}`, 200, nil)
	o.people.Operator("op1").Register()
	o.state("op1", "ready")
	caller := o.people.Call("0461123456")
	var live liveState
	o.eventually("the caller waits", func() bool {
		o.ask("GET", "/live", "", 200, &live)
		return len(live.Waiting) == 1
	})
	if w := live.Waiting[0]; w.Topic != "information" || w.Language != "it" || w.Position != 1 || w.Kind != "live" || w.Class != 2 || len(w.Offered) != 0 {
		t.Errorf("waiting: %+v", w)
	}
	o.ask("PUT", "/operators/op1", `{"skills":["information"]}`, 200, nil) // now he may
	p := o.ring("op1")
	if err := p.Answer(); err != nil {
		t.Fatal(err)
	}
	o.state("op1", "talking")
	o.ask("POST", "/operators/op1/disposition", `{"disposition":"in_depth"}`, 204, nil)
	call := o.operator("op1").Call
	o.ask("POST", "/calls/"+call+"/commands", `{"verb":"resume","by":"op1"}`, 409, nil)
	o.ask("POST", "/calls/"+call+"/commands", `{"verb":"hold","by":"op1"}`, 204, nil)
	o.duty("op1", `{"change":"pause","reason":"lunch"}`)
	if a := o.operator("op1"); a.State != "talking" || a.Pause != "lunch" {
		t.Errorf("a pause that is asked for in a call: %+v", a)
	}
	if err := caller.Hangup(); err != nil {
		t.Fatal(err)
	}
	o.state("op1", "paused")
	o.duty("op1", `{"change":"ready"}`)
	o.duty("op1", `{"change":"logout"}`)

	var h history
	o.ask("GET", "/operators/op1/history?from="+began.UTC().Format(time.RFC3339Nano), "", 200, &h)
	told := []string{}
	for i, s := range h.Steps {
		if len(told) == 0 || told[len(told)-1] != s.State {
			told = append(told, s.State)
		}
		if i > 0 && !s.At.Equal(h.Steps[i-1].Until) {
			t.Errorf("a gap before %+v", s)
		}
	}
	if got := strings.Join(told, " "); got != "offline ready ringing talking paused ready offline" {
		t.Errorf("the day is %s", got)
	}
	sum := 0.0
	for _, s := range h.Seconds {
		sum += s
	}
	if span := h.To.Sub(h.From).Seconds(); math.Abs(sum-span) > 1e-6 {
		t.Errorf("%v seconds are explained, of %v", sum, span)
	}
	if l := h.Last; l.Offered == nil || l.Accepted == nil || l.Missed != nil || l.Paused == nil {
		t.Errorf("lasts: %+v", l)
	}
	o.eventually("the call has its outcome", func() bool {
		var c callView
		o.ask("GET", "/calls/"+call, "", 200, &c)
		return c.Outcome == "served" && c.Disposition == "in_depth" && c.Caller == "046*******"
	})
	if said := o.ask("GET", "/calls/"+call+"/transcript", "", 200, nil); !strings.Contains(said, `"arrived"`) || strings.Contains(said, "0461123456") {
		t.Errorf("the transcript: %s", said)
	}
	if log := o.log.String(); !strings.Contains(log, "transcript") || strings.Contains(log, "0461123456") {
		t.Errorf("the log: %s", log)
	}
}

func TestHistoryOf(t *testing.T) {
	at := func(s int) time.Time { return time.Date(2026, 11, 25, 9, 0, s, 0, time.UTC) }
	ready, paused := desk.Ready.String(), desk.Paused.String()
	for _, tt := range []struct {
		name   string
		duties []ledger.Duty
		want   string // state and seconds
	}{
		{"nothing is known", nil, "unknown:60"},
		{"it began before", []ledger.Duty{{At: at(-100), To: ready}}, "ready:60"},
		{"it began before and changed", []ledger.Duty{{At: at(-100), To: ready}, {At: at(20), From: ready, To: paused}}, "ready:20 paused:40"},
		{"the first that is known", []ledger.Duty{{At: at(10), From: "offline", To: ready}, {At: at(20), From: ready, To: paused}}, "offline:10 ready:10 paused:40"},
		{"at the first instant", []ledger.Duty{{At: at(0), From: "offline", To: ready}}, "ready:60"},
		{"two in one instant", []ledger.Duty{{At: at(0), From: "offline", To: ready}, {At: at(0), From: ready, To: paused}}, "paused:60"},
		{"a note", []ledger.Duty{{At: at(-1), To: ready}, {At: at(30), From: ready, To: ready, Reason: "missed"}}, "ready:30 ready:30"},
	} {
		var got []string
		for _, s := range historyOf(tt.duties, at(0), at(60)).Steps {
			got = append(got, s.State+":"+time.Duration(s.Seconds*float64(time.Second)).String())
		}
		if text := strings.ReplaceAll(strings.ReplaceAll(strings.Join(got, " "), "1m0s", "60"), "0s", "0"); text != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, text, tt.want)
		}
	}
}
