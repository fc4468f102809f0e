package asterisk_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"pronto/asterisk"
	"pronto/asterisk/siptest"
	"pronto/ivr/phone"
	"pronto/ivr/phone/phonetest"
)

// BenchmarkConversation measures what Asterisk pays for a conversation of two while it lasts, in milliseconds of CPU per second of
// talk: joined natively, which gives no keys, as the line joins them, and with a recording or a listener on top.
func BenchmarkConversation(b *testing.B) {
	const pairs = 20
	r := startReal(b)
	for _, c := range []struct {
		name string
		join func(*talks, int)
	}{
		{"native", (*talks).native},
		{"keys", (*talks).keys},
		{"recorded", (*talks).recorded},
		{"listened", (*talks).listened},
	} {
		b.Run(c.name, func(b *testing.B) {
			t := newTalks(b, r, pairs)
			idle := t.cpu(time.Second)
			for i := range pairs {
				c.join(t, i)
			}
			b.ResetTimer()
			var used, talked time.Duration
			for range b.N {
				const length = 5 * time.Second
				used += t.cpu(length)
				talked += length
			}
			b.ReportMetric(used.Seconds()*1000/talked.Seconds()/pairs, "ms-cpu/s/call")
			b.ReportMetric(idle.Seconds()*1000/pairs, "ms-cpu/s/apart")
		})
	}
}

// talks are callers and operators whose legs are up.
type talks struct {
	b        *testing.B
	r        *real
	sw       *asterisk.Switch
	callers  []phone.Leg
	agents   []phone.Leg
	incoming chan phone.Leg
	linked   chan struct{}
}

func (t *talks) Incoming(l phone.Leg) phone.Sink {
	t.incoming <- l
	return func(phone.Event) {}
}
func (t *talks) Adopt(found []phone.Adopted) []phone.Sink { return make([]phone.Sink, len(found)) }
func (t *talks) Operator(string, bool)                    {}
func (t *talks) Link(up bool) {
	if up {
		close(t.linked)
	}
}

func newTalks(b *testing.B, r *real, pairs int) *talks {
	b.Helper()
	t := &talks{b: b, r: r, incoming: make(chan phone.Leg, pairs), linked: make(chan struct{})}
	t.sw = asterisk.New(asterisk.Config{
		Name: r.site.Name, URL: "http://" + r.site.HTTP, User: r.site.ARIUser, Password: r.site.ARIPassword,
		App: r.site.App, SoundRoot: r.site.Dirs.Sounds, Log: zerolog.Nop(),
	})
	names := make([]phone.Account, pairs)
	for i := range names {
		name := fmt.Sprintf("agent%d", i)
		names[i] = phone.Account{Name: name, Digest: phone.Digest(name, phonetest.Secret)}
	}
	t.ok(t.sw.SetOperators(b.Context(), names))
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- t.sw.Run(ctx, t) }()
	b.Cleanup(func() {
		for i := range t.callers {
			_ = t.callers[i].Hangup(context.Background(), phone.CauseNormal)
			_ = t.agents[i].Hangup(context.Background(), phone.CauseNormal)
			_ = t.sw.Unbridge(context.Background(), t.bridge(i))
		}
		stop()
		<-done
		r.empty(b)
	})
	<-t.linked
	for i, a := range names {
		t.pair(i, a.Name)
	}
	return t
}

func (t *talks) ok(err error) {
	t.b.Helper()
	if err != nil {
		t.b.Fatal(err)
	}
}

// pair adds a caller and an operator.
func (t *talks) pair(i int, name string) {
	t.b.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 3*step)
	defer cancel()
	set := t.phone(siptest.Config{User: name, Secret: phonetest.Secret, Tone: 2100})
	for err := set.Register(ctx, t.r.site.SIP); err != nil; err = set.Register(ctx, t.r.site.SIP) {
		t.ok(ctx.Err()) // its account is being made
	}
	call, err := t.phone(siptest.Config{User: fmt.Sprint(612345500 + i), Tone: 1300}).Dial(ctx, "sip:800840840@"+t.r.site.SIP)
	t.ok(err)
	caller := await(ctx, t, t.incoming, func() string { return fmt.Sprintf("the call (status %d)", call.Status()) })
	t.ok(caller.Answer(ctx))
	told := make(chan phone.Event, 100)
	agent, err := t.sw.Dial(ctx, phone.Dial{ID: "p-" + name, To: phone.Target{Operator: name}, For: caller, Timeout: 3 * step}, func(ev phone.Event) { told <- ev })
	t.ok(err)
	t.ok(await(ctx, t, set.Incoming(), func() string { return "ringing" }).Answer(ctx))
	for answered := false; !answered; {
		_, answered = await(ctx, t, told, func() string { return "the operator's answer" }).(phone.Answered)
	}
	t.callers, t.agents = append(t.callers, caller), append(t.agents, agent)
}

func await[V any](ctx context.Context, t *talks, from <-chan V, what func() string) V {
	t.b.Helper()
	select {
	case v := <-from:
		return v
	case <-ctx.Done():
		t.b.Fatalf("waited in vain for %s", what())
		panic("unreachable")
	}
}

func (t *talks) phone(cfg siptest.Config) *siptest.Phone {
	t.b.Helper()
	p, err := siptest.New(context.Background(), cfg)
	t.ok(err)
	t.b.Cleanup(p.Close)
	return p
}

func (t *talks) bridge(i int) string { return fmt.Sprintf("p-bench-%d", i) }

// native joins as the line does not: a plain mixing bridge.
func (t *talks) native(i int) {
	t.post(t.bridge(i), map[string]string{"type": "mixing"})
	t.post(t.bridge(i)+"/addChannel", map[string][]string{"channel": {t.callers[i].ID(), t.agents[i].ID()}})
}

func (t *talks) post(path string, body any) {
	t.b.Helper()
	data, err := json.Marshal(body)
	t.ok(err)
	req, err := http.NewRequest(http.MethodPost, "http://"+t.r.site.HTTP+"/ari/bridges/"+path, bytes.NewReader(data))
	t.ok(err)
	req.Header.Set("Content-Type", "application/json")
	req.SetBasicAuth(t.r.site.ARIUser, t.r.site.ARIPassword)
	res, err := http.DefaultClient.Do(req)
	t.ok(err)
	_ = res.Body.Close()
	if res.StatusCode >= 300 {
		t.b.Fatalf("POST %s: %s", path, res.Status)
	}
}

func (t *talks) keys(i int) {
	t.ok(t.sw.Bridge(t.b.Context(), t.bridge(i), t.callers[i], t.agents[i]))
}

func (t *talks) recorded(i int) {
	t.keys(i)
	t.ok(t.sw.RecordBridge(t.b.Context(), t.bridge(i), fmt.Sprintf("bench-%d-%d", i, time.Now().UnixNano()), nil))
}

func (t *talks) listened(i int) {
	t.keys(i)
	_, err := t.sw.Snoop(t.b.Context(), fmt.Sprintf("p-ear-%d", i), t.agents[i], phone.Listen, func(phone.Event) {})
	t.ok(err)
}

// cpu is what Asterisk uses in so long.
func (t *talks) cpu(length time.Duration) time.Duration {
	t.b.Helper()
	before := t.ticks()
	time.Sleep(length) // what is measured
	return time.Duration(t.ticks()-before) * time.Second / 100
}

// ticks are the processor's ticks that Asterisk has used.
func (t *talks) ticks() int {
	t.b.Helper()
	pid, err := os.ReadFile(filepath.Join(t.r.state, "run", "asterisk.pid"))
	t.ok(err)
	data, err := os.ReadFile("/proc/" + strings.TrimSpace(string(pid)) + "/stat")
	t.ok(err)
	fields := strings.Fields(string(data[bytes.LastIndexByte(data, ')')+2:]))
	var user, system int
	_, err = fmt.Sscan(fields[11]+" "+fields[12], &user, &system)
	t.ok(err)
	return user + system
}
