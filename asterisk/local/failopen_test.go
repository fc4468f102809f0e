package local

import (
	"context"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"pronto/asterisk/conf"
	"pronto/asterisk/siptest"
)

// What is heard in the fail-open branch: each sound is a tone.
const (
	toneAdviceIT = 400.0
	toneAdviceEN = 520.0
	toneWait     = 640.0
	toneMessage  = 760.0
	toneBeep     = 1000.0
	toneCaller   = 1300.0
	toneOperator = 1600.0
)

// writeTones makes the sounds of testSite.
func writeTones(t *testing.T, state string) {
	t.Helper()
	dir := filepath.Join(state, "sounds", "test")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, hz := range map[string]float64{
		"advice-it": toneAdviceIT, "advice-en": toneAdviceEN, "wait": toneWait, "message": toneMessage, "beep": toneBeep, "goodbye": 880,
	} {
		samples := make([]int16, 4000)
		for i := range samples {
			samples[i] = int16(8000 * math.Sin(2*math.Pi*hz*float64(i)/8000))
		}
		if err := os.WriteFile(filepath.Join(dir, name+".alaw"), encodeALaw(samples), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func startWithTones(t *testing.T, change func(*conf.Site)) *rig {
	t.Helper()
	r := start(t, change)
	writeTones(t, r.state)
	return r
}

// in is the rig for a subtest.
func (r rig) in(t *testing.T) *rig {
	r.t = t
	return &r
}

// phone makes a phone. Its user is the number it calls from, by which its record is found again.
func (r *rig) phone(cfg siptest.Config) *siptest.Phone {
	r.t.Helper()
	p, err := siptest.New(r.t.Context(), cfg)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(p.Close)
	return p
}

func (r *rig) operator(name string) *siptest.Phone {
	r.t.Helper()
	r.provision("op1", "op2")
	p := r.phone(siptest.Config{User: name, Secret: "secret-of-" + name, Tone: toneOperator})
	if err := p.Register(r.t.Context(), r.site.SIP); err != nil {
		r.t.Fatal(err)
	}
	return p
}

func (r *rig) call(from, number string) *siptest.Call {
	r.t.Helper()
	call, err := r.phone(siptest.Config{User: from, Tone: toneCaller}).Dial(r.t.Context(), "sip:"+number+"@"+r.site.SIP)
	if err != nil {
		r.t.Fatal(err)
	}
	return call
}

func (r *rig) within(d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(r.t.Context(), d)
	r.t.Cleanup(cancel)
	return ctx
}

func (r *rig) hears(c *siptest.Call, tones ...float64) {
	r.t.Helper()
	for _, hz := range tones {
		if _, err := c.WaitTone(r.within(10*time.Second), hz, 100*time.Millisecond); err != nil {
			r.t.Fatalf("%.0f Hz: %v", hz, err)
		}
	}
}

func (r *rig) hangUp(c *siptest.Call) {
	r.t.Helper()
	if err := c.Hangup(r.within(5 * time.Second)); err != nil {
		r.t.Fatal(err)
	}
}

// record is a call detail record by column.
type record map[string]string

// records are those that came from a number.
func (r *rig) records(from string) []record {
	f, err := os.Open(CDRPath(r.state))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil // a line that is being written
	}
	var found []record
	for _, row := range rows {
		if len(row) != len(conf.CDRColumns) {
			r.t.Fatalf("a record has %d columns, want %d: %q", len(row), len(conf.CDRColumns), row)
		}
		rec := record{}
		for i, column := range conf.CDRColumns {
			rec[column] = row[i]
		}
		if rec["src"] == from && strings.HasPrefix(rec["channel"], "PJSIP/trunk-") {
			found = append(found, rec)
		}
	}
	return found
}

// accounted waits until all calls are over and returns what the records of a number say.
func (r *rig) accounted(from string) string {
	r.t.Helper()
	eventually(r.t, func() bool {
		return strings.Contains(r.control("core show channels count"), "0 active channels") && len(r.records(from)) > 0
	})
	userfield := ""
	for _, rec := range r.records(from) {
		userfield = conf.CDRBest(userfield, rec["userfield"])
	}
	return userfield
}

// quiet checks that the log complains of nothing but that the controller is away: a missing application, function or sound ends
// or cripples a call and is told nowhere else.
func (r *rig) quiet() {
	r.t.Helper()
	for _, line := range r.complaints() {
		if !strings.Contains(line, "Stasis app '") && !strings.Contains(line, "outbound websocket") {
			r.t.Error(line)
		}
	}
}

// eventually polls what the other process does and tells nobody of.
func eventually(t *testing.T, done func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(10 * time.Second)
	for !done() {
		select {
		case <-limit:
			t.Fatal("it did not come about within 10 s")
		case <-tick.C:
		}
	}
}

func TestFailOpenTakesAMessage(t *testing.T) {
	r := startWithTones(t, nil)
	call := r.call("0266001", "800840840")
	r.hears(call, toneAdviceIT, toneAdviceEN, toneMessage, toneBeep)
	dir := filepath.Join(r.state, conf.RecordingDir)
	eventually(t, func() bool { // a second of voice
		found, _ := filepath.Glob(filepath.Join(dir, "msg-*.wav"))
		if len(found) != 1 {
			return false
		}
		info, err := os.Stat(found[0])
		return err == nil && info.Size() > 16000
	})
	r.hangUp(call)
	userfield := r.accounted("0266001")
	name, ok := strings.CutPrefix(userfield, "failopen=message:")
	if !ok {
		t.Fatalf("userfield is %q, want a message", userfield)
	}
	wav, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	if hz := pitch(wav[44:]); math.Abs(hz-toneCaller) > 30 {
		t.Errorf("the message sounds at %.0f Hz, want the caller's %.0f", hz, toneCaller)
	}
	rec := r.records("0266001")[0]
	if rec["dst"] != "800840840" || rec["disposition"] != "ANSWERED" || !strings.HasPrefix(rec["uniqueid"], "pronto-") {
		t.Errorf("record: %v", rec)
	}
	if !strings.Contains(rec["start"], ".") || rec["answer"] < rec["start"] || rec["end"] <= rec["answer"] {
		t.Errorf("times: %v", rec)
	}
}

// pitch is the frequency of a pure tone by its zero crossings, of the middle half.
func pitch(pcm []byte) float64 {
	pcm = pcm[len(pcm)/4&^1 : len(pcm)*3/4&^1]
	crossings := 0
	for i := 2; i+1 < len(pcm); i += 2 {
		if a, b := int16(binary.LittleEndian.Uint16(pcm[i-2:])), int16(binary.LittleEndian.Uint16(pcm[i:])); a < 0 && b >= 0 {
			crossings++
		}
	}
	return float64(crossings) / (float64(len(pcm)/2) / 8000)
}

func TestFailOpenRingsOperators(t *testing.T) {
	r := startWithTones(t, nil)
	op := r.operator("op2")
	r.control("dialplan reload") // who is rung outlives it
	call := r.call("0266002", "+39800840840")
	r.hears(call, toneAdviceIT, toneAdviceEN, toneWait)
	rung := time.Now().Unix()
	var ringing *siptest.Call
	select {
	case ringing = <-op.Incoming():
	case <-time.After(10 * time.Second):
		t.Fatal("the operator's phone does not ring")
	}
	if err := ringing.Answer(r.within(5 * time.Second)); err != nil {
		t.Fatal(err)
	}
	r.hears(ringing, toneCaller)
	r.hears(call, toneOperator)
	r.hangUp(call)
	got := r.accounted("0266002")
	at, ok := strings.CutPrefix(got, "failopen=operator:op2@")
	if sec, err := strconv.ParseInt(at, 10, 64); !ok || err != nil || sec < rung || sec > time.Now().Unix() {
		t.Errorf("userfield is %q, want op2 and when it answered, which is after %d", got, rung)
	}
	r.quiet()
}

func TestFailOpenBusyOperatorLeadsToMessage(t *testing.T) {
	r := startWithTones(t, nil)
	op := r.operator("op1")
	call := r.call("0266003", "800840840")
	select {
	case c := <-op.Incoming():
		if err := c.Reject(r.within(5*time.Second), 486); err != nil {
			t.Fatal(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the operator's phone does not ring")
	}
	r.hears(call, toneMessage, toneBeep)
	r.hangUp(call)
	r.accounted("0266003")
	r.quiet()
}

func TestFailOpenHangUps(t *testing.T) {
	r := startWithTones(t, nil)
	for _, c := range []struct {
		name, from string
		after      []float64
		want       string
	}{
		{"in the advice", "0266010", []float64{toneAdviceIT}, "failopen=abandoned"},
		{"in the message's text", "0266011", []float64{toneAdviceEN, toneMessage}, "failopen=advised"},
		{"in the tone", "0266012", []float64{toneBeep}, "failopen=advised"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := r.in(t)
			call := r.call(c.from, "800840840")
			r.hears(call, c.after...)
			r.hangUp(call)
			if got := r.accounted(c.from); got != c.want {
				t.Errorf("userfield is %q, want %q", got, c.want)
			}
		})
	}
	t.Run("while it rings", func(t *testing.T) {
		r := r.in(t)
		op := r.operator("op1")
		call := r.call("0266013", "800840840")
		select {
		case <-op.Incoming():
		case <-time.After(10 * time.Second):
			t.Fatal("the operator's phone does not ring")
		}
		r.hangUp(call)
		if got := r.accounted("0266013"); got != "failopen=advised" {
			t.Errorf("userfield is %q", got)
		}
	})
}

// What strangers may not do.
func TestStrangersAreRefused(t *testing.T) {
	r := start(t, func(s *conf.Site) { s.Trunk = "127.0.0.9:5060" })
	r.provision("op1")
	for _, c := range []struct {
		name, from, number, host string
		want                     int
	}{
		{"from elsewhere, as nobody", "0266001", "800840840", "127.0.0.1", 401},
		{"from elsewhere, calling itself the trunk", "trunk", "800840840", "127.0.0.1", 401},
		{"from elsewhere, an operator's name without the secret", "op1", "800840840", "127.0.0.1", 401},
		{"from the trunk, another number", "0266001", "112", "127.0.0.9", 404},
		{"from the trunk, a dialplan's inner name", "0266001", "failopen", "127.0.0.9", 404},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := r.in(t).phone(siptest.Config{Host: c.host, User: c.from})
			call, err := p.Dial(t.Context(), "sip:"+c.number+"@"+r.site.SIP)
			if err != nil {
				t.Fatal(err)
			}
			select {
			case <-call.Done():
			case <-time.After(10 * time.Second):
				t.Fatal("no answer to the call")
			}
			if call.Status() != c.want {
				t.Errorf("status %d, want %d", call.Status(), c.want)
			}
		})
	}
	if b, _ := os.ReadFile(filepath.Join(r.state, conf.SecurityLog)); !strings.Contains(string(b), "ChallengeSent") {
		t.Errorf("fail2ban would see nothing of it: %q", b)
	}
}

// A caller who hangs up as the recording begins has left no message.
func TestFailOpenEmptyMessageIsNone(t *testing.T) {
	r := startWithTones(t, nil)
	call := r.call("0266040", "800840840")
	r.hears(call, toneBeep)
	eventually(t, func() bool {
		found, _ := filepath.Glob(filepath.Join(r.state, conf.RecordingDir, "msg-*"))
		return len(found) > 0
	})
	r.hangUp(call)
	if got := r.accounted("0266040"); got != "failopen=advised" {
		t.Errorf("userfield is %q", got)
	}
	if rec := r.records("0266040")[0]; rec["dst"] != "800840840" {
		t.Errorf("record: %v", rec)
	}
}
