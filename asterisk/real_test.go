package asterisk_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"pronto/asterisk"
	"pronto/asterisk/conf"
	"pronto/asterisk/local"
	"pronto/asterisk/siptest"
	"pronto/ivr/phone"
	"pronto/ivr/phone/phonetest"
)

// TestReal runs the behaviour suite on the real Asterisk with real SIP phones, which listen for tones.
func TestReal(t *testing.T) {
	r := startReal(t)
	phonetest.Run(t, func(t *testing.T, body func(*testing.T, phonetest.Harness)) {
		body(t, r.harness(t))
	})
}

// real is an Asterisk that runs, and the carrier in front of it.
type real struct {
	site    conf.Site
	state   string
	carrier *siptest.Phone
}

// The sounds are tones, so that a phone can tell them; people have tones of their own.
const (
	shortSound, shortTone = "tones/short", 500
	longSound, longTone   = "tones/long", 900
	firstCaller           = 1300 // the next ones 100 Hz higher each, round and round
	callerTones           = 6
	carrierTone           = 2700
)

func operatorTone(name string) float64 {
	return map[string]float64{"op1": 2100, "op2": 2300, "op3": 2500}[name]
}

func startReal(t testing.TB) *real {
	t.Helper()
	in, err := local.Find(t.Context(), os.Stderr)
	if err != nil {
		t.Fatalf("this test needs the private Asterisk, which `make test` installs: %v", err)
	}
	carrier, err := siptest.New(context.WithoutCancel(t.Context()), siptest.Config{User: "112", Tone: carrierTone})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(carrier.Close)
	r := &real{state: t.TempDir(), carrier: carrier}
	r.site = conf.Site{
		Name: "real", Line: "800840840", App: "pronto", SIP: freeAddr(t, "udp"), RTPLow: 31000, RTPHigh: 31499,
		HTTP: freeAddr(t, "tcp"), ARIUser: "pronto", ARIPassword: "only-for-this-test", Trunk: carrier.Addr(), Language: "it",
		Rescue: []string{phonetest.RescueNumber}, Numbers: conf.Numbers{Outside: []string{phonetest.OutsideNumber}},
		Dirs: in.Dirs(r.state), FailOpen: conf.FailOpen{Advice: []string{shortSound}},
	}
	if err := local.Prepare(t.Context(), in, r.state, r.site); err != nil {
		t.Fatal(err)
	}
	writeTone(t, filepath.Join(r.state, "sounds", shortSound), shortTone, 500*time.Millisecond)
	writeTone(t, filepath.Join(r.state, "sounds", longSound), longTone, 20*time.Second)
	r.launch(t, in)
	return r
}

func (r *real) launch(t testing.TB, in *local.Install) {
	t.Helper()
	cmd := in.Command(context.WithoutCancel(t.Context()), r.state)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatalf("start Asterisk: %v", err)
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = cmd.Wait() }()
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			<-done
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := local.WaitReady(ctx, r.site, r.state); err != nil {
		t.Fatal(err)
	}
}

func freeAddr(t testing.TB, network string) string {
	t.Helper()
	var closer io.Closer
	var addr net.Addr
	if network == "udp" {
		c, err := (&net.ListenConfig{}).ListenPacket(t.Context(), network, "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		closer, addr = c, c.LocalAddr()
	} else {
		l, err := (&net.ListenConfig{}).Listen(t.Context(), network, "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		closer, addr = l, l.Addr()
	}
	_ = closer.Close()
	return addr.String()
}

// writeTone writes a tone as the 16-bit WAV file that Asterisk reads.
func writeTone(t testing.TB, path string, hz float64, length time.Duration) {
	t.Helper()
	n := int(length.Seconds() * 8000)
	var b bytes.Buffer
	put := func(size int, values ...uint32) {
		for _, v := range values {
			for i := range size {
				b.WriteByte(byte(v >> (8 * i)))
			}
		}
	}
	b.WriteString("RIFF")
	put(4, uint32(36+2*n))
	b.WriteString("WAVEfmt ")
	put(4, 16)
	put(2, 1, 1)
	put(4, 8000, 16000)
	put(2, 2, 16)
	b.WriteString("data")
	put(4, uint32(2*n))
	for i := range n {
		put(2, uint32(uint16(int16(8000*math.Sin(2*math.Pi*hz*float64(i)/8000)))))
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path+".wav", b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// harness is the suite's for one case. After it, nothing may be left on the switch.
func (r *real) harness(t *testing.T) phonetest.Harness {
	t.Helper()
	t.Cleanup(func() { r.empty(t) })
	h := &harness{t: t, real: r, proxy: newProxy(t, r.site.HTTP), phones: map[string]*siptest.Phone{}}
	return h
}

// empty waits until the switch has no channel and no bridge.
func (r *real) empty(t testing.TB) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 10*time.Second)
	defer cancel()
	left := "the console does not answer"
	for tick := time.NewTicker(50 * time.Millisecond); ; {
		channels, err := local.Control(ctx, r.state, "core show channels concise")
		bridges, err2 := local.Control(ctx, r.state, "bridge show all")
		if err == nil && err2 == nil {
			if left = channels + bridges; channels == "" && !strings.Contains(bridges, "p-") {
				return
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Errorf("left on the switch: %s", left)
			return
		}
	}
}

// harness gives the suite a process behind a connection that can be cut, and phones.
type harness struct {
	t     *testing.T
	real  *real
	proxy *proxy

	callers int
	phones  map[string]*siptest.Phone
}

func (h *harness) Process() phone.Switch {
	log := zerolog.Nop()
	if testing.Verbose() {
		log = zerolog.New(zerolog.NewTestWriter(h.t)).Level(zerolog.WarnLevel)
	}
	return asterisk.New(asterisk.Config{
		Name: h.real.site.Name, URL: "http://" + h.proxy.addr(), User: h.real.site.ARIUser, Password: h.real.site.ARIPassword,
		App: h.real.site.App, SoundRoot: h.real.site.Dirs.Sounds, Numbers: h.real.site.Numbers, Log: log,
	})
}

func (h *harness) DropLink(away time.Duration) { h.proxy.cut(away) }

func (h *harness) phone(cfg siptest.Config) *siptest.Phone {
	h.t.Helper()
	p, err := siptest.New(context.WithoutCancel(h.t.Context()), cfg)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(p.Close)
	return p
}

func (h *harness) Call(number string) (phonetest.Person, error) {
	tone := float64(firstCaller + 100*(h.callers%callerTones))
	h.callers++
	call, err := h.phone(siptest.Config{User: number, Tone: tone}).Dial(h.t.Context(), "sip:800840840@"+h.real.site.SIP)
	return &person{call: call, tone: tone}, err
}

func (h *harness) Operator(name string) phonetest.Set {
	p := h.phones[name]
	if p == nil {
		p = h.phone(siptest.Config{User: name, Secret: phonetest.Secret, Tone: operatorTone(name)})
		h.phones[name] = p
	}
	return &set{phone: p, server: h.real.site.SIP, tone: operatorTone(name)}
}

func (h *harness) Carrier(string) phonetest.Set {
	return &set{phone: h.real.carrier, tone: carrierTone}
}

func (h *harness) Short() string   { return shortSound }
func (h *harness) Long() string    { return longSound }
func (h *harness) Missing() string { return "tones/missing" }

type set struct {
	phone  *siptest.Phone
	server string
	tone   float64
}

// step bounds what a phone does by itself.
const step = 10 * time.Second

func (s *set) Register() error {
	ctx, cancel := context.WithTimeout(context.Background(), step)
	defer cancel()
	return s.phone.Register(ctx, s.server)
}

func (s *set) Unregister() error {
	ctx, cancel := context.WithTimeout(context.Background(), step)
	defer cancel()
	return s.phone.Unregister(ctx)
}

func (s *set) Dial(number string) (phonetest.Person, error) {
	call, err := s.phone.Dial(context.Background(), "sip:"+number+"@"+s.server)
	return &person{call: call, tone: s.tone}, err
}

func (s *set) Next(ctx context.Context) (phonetest.Person, error) {
	select {
	case call := <-s.phone.Incoming():
		return &person{call: call, tone: s.tone}, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for a call: %w", ctx.Err())
	}
}

// person is somebody with a SIP phone who makes a tone all the time.
type person struct {
	call *siptest.Call
	tone float64
}

func (p *person) do(what func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), step)
	defer cancel()
	return what(ctx)
}

func (p *person) Answer() error { return p.do(p.call.Answer) }
func (p *person) Hangup() error { return p.do(p.call.Hangup) }

func (p *person) Reject(status int) error {
	return p.do(func(ctx context.Context) error { return p.call.Reject(ctx, status) })
}

func (p *person) Press(keys string) error {
	return p.do(func(ctx context.Context) error { return p.call.Press(ctx, keys) })
}

// Talk lets the tone, which is sent all the time, be taken down for so long.
func (p *person) Talk(length time.Duration) error {
	select {
	case <-p.call.Done():
		return fmt.Errorf("talk: the call is over (status %d)", p.call.Status())
	case <-time.After(length):
		return nil
	}
}

func (p *person) Answered() <-chan struct{} { return p.call.Answered() }
func (p *person) Done() <-chan struct{}     { return p.call.Done() }
func (p *person) Caller() string            { return p.call.From() }

func (p *person) HearsSound(ctx context.Context, sound string) error {
	return p.hears(ctx, map[string]float64{shortSound: shortTone, longSound: longTone}[sound])
}

// HearsPerson waits for the others' tones, and then for an instant with these tones and no other: what was heard before
// dies away first.
func (p *person) HearsPerson(ctx context.Context, others ...phonetest.Person) error {
	var want []float64
	for _, other := range others {
		want = append(want, other.(*person).tone)
		if err := p.hears(ctx, want[len(want)-1]); err != nil {
			return err
		}
	}
	slices.Sort(want)
	began := time.Now()
	p.call.Mark()
	if _, err := p.call.WaitTone(ctx, want[0], 200*time.Millisecond); err != nil {
		return err
	}
	got := p.call.Tones(began, time.Now())
	slices.Sort(got)
	same := func(a, b float64) bool { return math.Abs(a-b) < 15 }
	if !slices.EqualFunc(got, want, same) {
		return fmt.Errorf("it hears %v Hz, want %v Hz and nothing else", got, want)
	}
	return nil
}

func (p *person) hears(ctx context.Context, hz float64) error {
	p.call.Mark()
	_, err := p.call.WaitTone(ctx, hz, 100*time.Millisecond)
	return err
}

func (p *person) HearsMusic(ctx context.Context) error {
	p.call.Mark()
	_, err := p.call.WaitSound(ctx)
	return err
}

func (p *person) HearsNothing(ctx context.Context) error {
	p.call.Mark()
	_, err := p.call.WaitSilence(ctx, 300*time.Millisecond)
	return err
}
