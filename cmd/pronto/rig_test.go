package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"pronto/asterisk/siptest"
	"pronto/ivr/ledger/ledgertest"
)

// program is the built pronto; the tests run it as a user does.
var program string

func TestMain(m *testing.M) {
	os.Exit(testMain(m))
}

func testMain(m *testing.M) int {
	_ = os.Setenv("LC_ALL", "C") // what is told is compared in English
	dir, err := os.MkdirTemp("", "pronto-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	program = filepath.Join(dir, "pronto")
	build := exec.Command("go", "build", "-o", program, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build pronto: %v\n%s", err, out)
		return 1
	}
	return ledgertest.Run(m)
}

// rig is a whole line at work: `pronto run` in a folder of its own, on ports of its own, with a carrier's peer.
type rig struct {
	t                   testing.TB
	dir, book           string
	sip, ari, http, ops string
	carrier             *siptest.Phone
	cmd                 *exec.Cmd
	out                 *logBuffer
	exited              chan struct{}
}

type rigOptions struct {
	book      string // a book's folder; "" is the tone book
	operators int    // accounts; 0 is 2
	drain     int    // seconds; 0 is 1
	trunk     string // "" is the rig's own carrier; "none" is no trunk
	env       []string
}

// logBuffer takes a process's output for the test's log.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

var rigCount atomic.Int32

// freeAddr finds a port of the loopback address that is free for both TCP and UDP.
func freeAddr(t testing.TB) string {
	t.Helper()
	for range 50 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		addr := l.Addr().String()
		p, err := net.ListenPacket("udp", addr)
		_ = l.Close()
		if err == nil {
			_ = p.Close()
			return addr
		}
	}
	t.Fatal("no free port")
	return ""
}

// newRig prepares a line without starting it.
func newRig(t testing.TB, o rigOptions) *rig {
	t.Helper()
	r := &rig{t: t, dir: t.TempDir(), book: o.book, out: &logBuffer{}}
	if r.book == "" {
		r.book = toneBook(t)
	}
	r.sip, r.ari, r.http, r.ops = freeAddr(t), freeAddr(t), freeAddr(t), freeAddr(t)
	if o.operators == 0 {
		o.operators = 2
	}
	if o.drain == 0 {
		o.drain = 1
	}
	trunk := o.trunk
	switch trunk {
	case "":
		r.carrier = r.phone(siptest.Config{User: "carrier", Tone: toneCarrier})
		trunk = r.carrier.Addr()
	case "none":
		trunk = ""
	}
	low := 20000 + int(rigCount.Add(1))*2500%20000
	r.cmd = exec.Command(program, "run", "-drain", strconv.Itoa(o.drain), "-operators", strconv.Itoa(o.operators))
	r.cmd.Env = append(os.Environ(),
		"PRONTO_DIR="+r.dir, "PRONTO_SIP="+r.sip, "PRONTO_ARI="+r.ari, "PRONTO_HTTP="+r.http, "PRONTO_OPS="+r.ops,
		fmt.Sprintf("PRONTO_RTP=%d-%d", low, low+2399), "PRONTO_BOOK="+r.book, "PRONTO_TRUNK="+trunk)
	r.cmd.Env = append(r.cmd.Env, o.env...)
	r.cmd.Stdout, r.cmd.Stderr = r.out, r.out
	// The speech that a book needs beside its recordings is spoken once for all tests.
	if err := os.Symlink(speechCache(t), filepath.Join(r.dir, "cache")); err != nil {
		t.Fatal(err)
	}
	return r
}

// speechCache is a folder that lives as long as the test binary's temporary folder.
func speechCache(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(filepath.Dir(program), "cache")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// startRig starts a line and waits until it is ready.
func startRig(t testing.TB, o rigOptions) *rig {
	t.Helper()
	r := newRig(t, o)
	r.start()
	return r
}

func (r *rig) start() {
	r.t.Helper()
	if err := r.cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	r.exited = make(chan struct{})
	go func() { _ = r.cmd.Wait(); close(r.exited) }()
	r.t.Cleanup(func() {
		r.stop()
		if r.t.Failed() {
			r.t.Logf("pronto run said:\n%s", r.out)
			r.t.Logf("the controller's log ends with:\n%s", tail(filepath.Join(r.dir, "log", "serve.log"), 40))
		}
	})
	r.eventually(90*time.Second, "the line is ready", func() bool {
		select {
		case <-r.exited:
			r.t.Fatalf("pronto run ended:\n%s", r.out)
		default:
		}
		return strings.Contains(r.out.String(), "\nready after")
	})
}

// stop is Ctrl-C. Nothing may be left behind.
func (r *rig) stop() {
	select {
	case <-r.exited:
		return
	default:
	}
	pids := []int{r.pid("asterisk"), r.pid("serve")}
	_ = r.cmd.Process.Signal(syscall.SIGINT)
	select {
	case <-r.exited:
	case <-time.After(30 * time.Second):
		r.t.Errorf("pronto run does not end within 30 s of Ctrl-C:\n%s", r.out)
		_ = r.cmd.Process.Kill()
	}
	for _, pid := range pids {
		if pid > 0 && syscall.Kill(pid, 0) == nil {
			r.t.Errorf("process %d is still there after Ctrl-C", pid)
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}

// pid is that of one of the two processes, 0 if it is not running.
func (r *rig) pid(name string) int {
	data, err := os.ReadFile(filepath.Join(r.dir, "run", name+".pid"))
	if err != nil {
		return 0
	}
	pid, _ := strconv.Atoi(strings.TrimSpace(string(data)))
	return pid
}

func (r *rig) kill(name string, sig syscall.Signal) {
	r.t.Helper()
	pid := r.pid(name)
	if pid == 0 {
		r.t.Fatalf("%s does not run", name)
	}
	if err := syscall.Kill(pid, sig); err != nil {
		r.t.Fatal(err)
	}
}

// eventually waits for a condition of the outside world.
func (r *rig) eventually(most time.Duration, what string, ok func() bool) {
	r.t.Helper()
	end := time.Now().Add(most)
	for !ok() {
		if time.Now().After(end) {
			r.t.Fatalf("after %s it is not so that %s", most, what)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func (r *rig) ctx(most time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), most)
	r.t.Cleanup(cancel)
	return ctx
}

func (r *rig) phone(c siptest.Config) *siptest.Phone {
	r.t.Helper()
	p, err := siptest.New(context.Background(), c)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(p.Close)
	return p
}

var lastNumber atomic.Int64

// citizen is a caller with a number of his own.
type citizen struct {
	*siptest.Call
	number string
	phone  *siptest.Phone
	queued time.Time // when the caller asked for an operator
}

// dial calls the line from a new number.
func (r *rig) dial(c siptest.Config) *citizen {
	r.t.Helper()
	c.User = fmt.Sprintf("06%08d", lastNumber.Add(1))
	p := r.phone(c)
	call, err := p.Dial(r.ctx(2*time.Minute), "sip:800840840@"+r.sip)
	if err != nil {
		r.t.Fatal(err)
	}
	return &citizen{Call: call, number: c.User, phone: p}
}

// call is dial, answered.
func (r *rig) call(c siptest.Config) *citizen {
	r.t.Helper()
	call := r.dial(c)
	r.await(call.Answered(), 5*time.Second, "the call is answered")
	return call
}

func (r *rig) await(ch <-chan struct{}, most time.Duration, what string) {
	r.t.Helper()
	select {
	case <-ch:
	case <-time.After(most):
		r.t.Fatalf("after %s it is not so that %s", most, what)
	}
}

// press presses keys and fails the test if they can not be sent.
func (r *rig) press(c *citizen, digits string) {
	r.t.Helper()
	if err := c.Press(r.ctx(time.Minute), digits); err != nil {
		r.t.Fatal(err)
	}
}

// hears waits for a tone and returns when it began.
func (r *rig) hears(c *siptest.Call, hz float64, most time.Duration) time.Time {
	r.t.Helper()
	at, err := c.WaitTone(r.ctx(most), hz, 150*time.Millisecond)
	if err != nil {
		now := time.Now()
		r.t.Fatalf("%.0f Hz is not heard within %s (%v); the last second's tones: %v", hz, most, err, c.Tones(now.Add(-time.Second), now))
	}
	return at
}

// operator registers an operator's phone and waits until the desk counts it.
func (r *rig) operator(name string, tone float64) *siptest.Phone {
	r.t.Helper()
	p := r.phone(siptest.Config{User: name, Secret: r.secret(name), Tone: tone})
	if err := p.Register(r.ctx(10*time.Second), r.sip); err != nil {
		r.t.Fatal(err)
	}
	return p
}

func (r *rig) secret(name string) string {
	r.t.Helper()
	data, err := os.ReadFile(filepath.Join(r.dir, "operators.txt"))
	if err != nil {
		r.t.Fatal(err)
	}
	m := regexp.MustCompile(`(?m)^` + name + ` (\S+)$`).FindSubmatch(data)
	if m == nil {
		r.t.Fatalf("no account for %s", name)
	}
	return string(m[1])
}

// rings waits for a call at a phone.
func (r *rig) rings(p *siptest.Phone, most time.Duration) *siptest.Call {
	r.t.Helper()
	select {
	case c := <-p.Incoming():
		return c
	case <-time.After(most):
		r.t.Fatalf("the phone does not ring within %s", most)
		return nil
	}
}

// takes answers the next call at a phone.
func (r *rig) takes(p *siptest.Phone, most time.Duration) *siptest.Call {
	r.t.Helper()
	c := r.rings(p, most)
	if err := c.Answer(r.ctx(5 * time.Second)); err != nil {
		r.t.Fatal(err)
	}
	return c
}

func (r *rig) hangup(c *siptest.Call) {
	r.t.Helper()
	if err := c.Hangup(r.ctx(5 * time.Second)); err != nil {
		r.t.Errorf("hang up: %v", err)
	}
}

// row is a call as `pronto calls -format json` prints it.
type row struct {
	CallID       string   `json:"call_id"`
	Started      string   `json:"started_at"`
	Answered     string   `json:"answered_at"`
	Ended        string   `json:"ended_at"`
	Caller       string   `json:"caller"`
	Language     string   `json:"language"`
	Release      string   `json:"release"`
	Path         string   `json:"path"`
	Topic        string   `json:"topic"`
	Outcome      string   `json:"outcome"`
	Detail       string   `json:"detail"`
	RescueNumber string   `json:"rescue_number"`
	QueueWait    *float64 `json:"queue_wait_s"`
	Operator     string   `json:"operator"`
	Talk         *float64 `json:"talk_s"`
	EndedBy      string   `json:"ended_by"`
	Cause        string   `json:"cause"`
}

// rows asks the ledger as an admin would.
func (r *rig) rows() []row {
	r.t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.Command(program, "calls", "-dir", r.dir, "-format", "json")
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		r.t.Fatalf("pronto calls: %v\n%s", err, &errs)
	}
	var rows []row
	if err := json.Unmarshal(out.Bytes(), &rows); err != nil {
		r.t.Fatalf("pronto calls printed no JSON: %v\n%s", err, out.Bytes())
	}
	return rows
}

// outcome waits for the one row of a caller's number and checks its outcome.
func (r *rig) outcome(number, outcome string) row {
	r.t.Helper()
	var found []row
	end := time.Now().Add(10 * time.Second)
	for {
		found = nil
		for _, row := range r.rows() {
			if row.Caller == number {
				found = append(found, row)
			}
		}
		if len(found) == 1 && found[0].Outcome != "" || time.Now().After(end) {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if len(found) != 1 || found[0].Outcome != outcome {
		r.t.Errorf("caller %s: want one row with outcome %s, got %+v", number, outcome, found)
		return row{}
	}
	return found[0]
}

// ariGet asks Asterisk itself.
func (r *rig) ariGet(path string, out any) {
	r.t.Helper()
	secret, err := os.ReadFile(filepath.Join(r.dir, "ari.secret"))
	if err != nil {
		r.t.Fatal(err)
	}
	req, _ := http.NewRequestWithContext(r.ctx(5*time.Second), http.MethodGet, "http://"+r.ari+"/ari/"+path, nil)
	req.SetBasicAuth("pronto", strings.TrimSpace(string(secret)))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		r.t.Fatalf("ARI %s: %v", path, err)
	}
}

// left is what calls have left behind on the switch and in the controller.
func (r *rig) left() string {
	var channels, bridges []struct {
		ID string `json:"id"`
	}
	r.ariGet("channels", &channels)
	r.ariGet("bridges", &bridges)
	if len(channels) == 0 && len(bridges) == 0 && r.metric("pronto_calls_up") == 0 {
		return ""
	}
	return fmt.Sprintf("channels %v, bridges %v, calls up %v", channels, bridges, r.metric("pronto_calls_up"))
}

// clean checks that nothing is left of the calls that ended.
func (r *rig) clean() {
	r.t.Helper()
	end := time.Now().Add(10 * time.Second)
	for r.left() != "" && time.Now().Before(end) {
		time.Sleep(50 * time.Millisecond)
	}
	if left := r.left(); left != "" {
		r.t.Errorf("calls leave something behind: %s", left)
	}
}

func (r *rig) get(url string) (int, string) {
	r.t.Helper()
	req, _ := http.NewRequestWithContext(r.ctx(5*time.Second), http.MethodGet, url, nil)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err.Error()
	}
	defer func() { _ = resp.Body.Close() }()
	body, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(body)
}

// metric reads one sample, with its labels as they are printed; -1 if it is not there.
func (r *rig) metric(name string) float64 {
	r.t.Helper()
	_, body := r.get("http://" + r.ops + "/metrics")
	for _, line := range strings.Split(body, "\n") {
		if rest, ok := strings.CutPrefix(line, name+" "); ok {
			v, _ := strconv.ParseFloat(rest, 64)
			return v
		}
	}
	return -1
}

// ready waits until n operators are ready at the desk.
func (r *rig) ready(n int) {
	r.t.Helper()
	r.eventually(10*time.Second, fmt.Sprintf("%d operators are ready", n), func() bool {
		return r.metric(`pronto_operators{state="ready"}`) == float64(n)
	})
}

// audited compares the ledger with Asterisk's own records: whatever the test has done to the line, they agree.
func (r *rig) audited() {
	r.t.Helper()
	var out []byte
	var err error
	for range 20 { // the last calls may still be on their way
		if out, err = exec.Command(program, "audit", "-dir", r.dir).CombinedOutput(); err == nil {
			r.t.Logf("%s", out)
			return
		}
		time.Sleep(500 * time.Millisecond)
	}
	r.t.Errorf("pronto audit: %v\n%s", err, out)
}
