package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"pronto/asterisk/siptest"
)

// crowd is callers in every state: in conversation, in the queue in the order of their coming, in menus.
type crowd struct {
	talking []conversation
	queue   []*citizen
	menus   []*citizen
	ops     []*siptest.Phone
}

type conversation struct {
	caller   *citizen
	operator *siptest.Call
	phone    *siptest.Phone
	toneOp   float64
}

// gather brings a crowd together. The first callers get the operators, one each.
func (r *rig) gather(talking, queued, menus int) *crowd {
	r.t.Helper()
	c := &crowd{}
	for i := range talking {
		tone := float64(1000 + 100*i) // of texts that are not heard on the way here
		phone := r.operator(fmt.Sprintf("op%d", i+1), tone)
		c.ops = append(c.ops, phone)
		r.ready(1)
		caller := r.call(siptest.Config{Tone: toneCaller})
		r.press(caller, "0")
		o := r.takes(phone, 5*time.Second)
		r.hears(caller.Call, tone, 5*time.Second)
		c.talking = append(c.talking, conversation{caller, o, phone, tone})
	}
	for i := range queued {
		caller := r.call(siptest.Config{SilentRTP: true})
		r.press(caller, "0")
		caller.queued = time.Now()
		c.queue = append(c.queue, caller)
		// Their order is that of their tickets; the next one dials when this one has his.
		r.eventually(5*time.Second, "the caller is in the queue", func() bool { return r.metric("pronto_waiting") == float64(i+1) })
	}
	for range menus {
		c.menus = append(c.menus, r.call(siptest.Config{SilentRTP: true}))
	}
	return c
}

// nobodyHungUp checks that all calls are still up.
func (r *rig) nobodyHungUp(c *crowd) {
	r.t.Helper()
	gone := 0
	up := func(call *siptest.Call) {
		select {
		case <-call.Done():
			gone++
		default:
		}
	}
	for _, x := range c.talking {
		up(x.caller.Call)
		up(x.operator)
	}
	for _, x := range append(append([]*citizen{}, c.queue...), c.menus...) {
		up(x.Call)
	}
	if gone > 0 {
		r.t.Fatalf("%d calls were hung up", gone)
	}
}

// goOn checks that the conversations never stopped, that the menus work, and that the queue is served in its order.
func (r *rig) goOn(c *crowd, since time.Time) {
	r.t.Helper()
	r.nobodyHungUp(c)
	r.menusWork(c)
	now := time.Now()
	for i, x := range c.talking {
		if !x.caller.HasTone(x.toneOp, since, now) || !x.operator.HasTone(toneCaller, since, now) {
			r.t.Errorf("conversation %d had a gap", i)
		}
	}
	r.serveInOrder(c)
	for _, x := range c.menus {
		r.outcome(x.number, "abandoned_menu")
	}
}

// menusWork presses a key in every menu at once and listens for what follows.
func (r *rig) menusWork(c *crowd) {
	r.t.Helper()
	var keys sync.WaitGroup
	for _, x := range c.menus {
		x.Mark()
		keys.Go(func() { _ = x.Press(r.ctx(5*time.Second), "2") })
	}
	keys.Wait()
	for _, x := range c.menus {
		r.hears(x.Call, toneInfoMenu, 5*time.Second)
		r.hangup(x.Call)
	}
}

// serveInOrder ends the conversations one by one; each time the operator's phone rings for the caller who waits longest.
func (r *rig) serveInOrder(c *crowd) {
	r.t.Helper()
	waits := make([]time.Duration, len(c.queue))
	for i := range c.queue {
		x := &c.talking[i%len(c.talking)]
		r.hangup(x.operator)
		x.operator = r.rings(x.phone, 5*time.Second)
		if got, want := x.operator.From(), c.queue[i].number; got != want {
			r.t.Errorf("caller %d of the queue was overtaken: operator's phone rings for %s, want %s", i+1, got, want)
		}
		if err := x.operator.Answer(r.ctx(3 * time.Second)); err != nil {
			r.t.Fatal(err)
		}
		waits[i] = time.Since(c.queue[i].queued)
		r.hears(c.queue[i].Call, x.toneOp, 3*time.Second)
	}
	for i := range c.talking {
		r.hangup(c.talking[i].operator)
	}
	for i, x := range append(append([]*citizen{}, c.queue...), c.callers()...) {
		row := r.outcome(x.number, "served")
		if i < len(c.queue) && (row.QueueWait == nil || math.Abs(*row.QueueWait-waits[i].Seconds()) > 1) {
			r.t.Errorf("caller %d of the queue waited for %s; the ledger says %+v", i+1, waits[i], row)
		}
	}
}

func (c *crowd) callers() []*citizen {
	var out []*citizen
	for _, x := range c.talking {
		out = append(out, x.caller)
	}
	return out
}

// TestKillController: kill -9 with 100 callers in menus, queue and conversation. Nobody is hung up, conversations go
// on, the queue keeps its order and waiting times, every call ends with one outcome.
func TestKillController(t *testing.T) {
	r := startRig(t, rigOptions{operators: 10})
	c := r.gather(10, 60, 30)
	before := time.Now()
	r.kill("serve", syscall.SIGKILL)
	time.Sleep(100 * time.Millisecond) // a call that comes before Asterisk sees the socket close waits for the next controller
	gap := r.dial(siptest.Config{Tone: toneCaller})
	r.await(gap.Answered(), 3*time.Second, "a call in the gap is answered")
	r.hears(gap.Call, toneOpenIT, 3*time.Second)
	r.eventually(10*time.Second, "a new controller is ready", func() bool {
		code, _ := r.get("http://" + r.ops + "/readyz")
		return code == 200
	})
	t.Logf("ready again %s after kill -9", time.Since(before).Round(10*time.Millisecond))
	r.eventually(5*time.Second, "the queue is there again", func() bool { return r.metric("pronto_waiting") >= 60 })
	r.goOn(c, before)
	r.hears(gap.Call, toneWelcome, 8*time.Second) // told so, and then taken by the new controller
	r.hears(gap.Call, toneHold, 20*time.Second)
	r.hangup(gap.Call)
	r.outcome(gap.number, "abandoned_queue") // pressed nothing meanwhile
	if rows := r.rows(); len(rows) != 101 {
		t.Errorf("%d rows for 101 calls", len(rows))
	}
	r.audited()
	r.clean()
}

// TestHungAsterisk: the switch does not answer for five seconds, and goes on.
func TestHungAsterisk(t *testing.T) {
	r := startRig(t, rigOptions{operators: 3})
	c := r.gather(3, 10, 7)
	r.kill("asterisk", syscall.SIGSTOP)
	time.Sleep(5 * time.Second)
	r.kill("asterisk", syscall.SIGCONT)
	resumed := time.Now().Add(500 * time.Millisecond)
	time.Sleep(time.Second)
	r.nobodyHungUp(c)
	r.goOn(c, resumed)
	r.clean()
}

// TestDroppedSocket: the websocket to the switch breaks under a running controller.
func TestDroppedSocket(t *testing.T) {
	r := startRig(t, rigOptions{operators: 3})
	proxy := newProxy(t, r.ari)
	r.replaceController(proxy.addr)
	c := r.gather(3, 10, 7)
	before := time.Now()
	for range 3 {
		proxy.drop(300 * time.Millisecond)
		time.Sleep(700 * time.Millisecond)
	}
	r.eventually(10*time.Second, "the controller is connected again", func() bool {
		code, _ := r.get("http://" + r.ops + "/readyz")
		return code == 200
	})
	r.goOn(c, before)
	r.clean()
}

// TestFailOpen: with the controller away for long, Asterisk itself serves the callers, and the ledger has them afterwards.
func TestFailOpen(t *testing.T) {
	r := startRig(t, rigOptions{operators: 2})
	op := r.operator("op1", toneOp1)
	r.ready(1)
	r.killSupervisor()
	r.kill("serve", syscall.SIGKILL)
	// Until Asterisk has seen the end of the connection it hands calls to the dead controller; those wait for the next one.
	r.eventually(5*time.Second, "Asterisk knows that nobody controls it", func() bool {
		var apps []struct{ Name string }
		r.ariGet("applications", &apps)
		return !slices.ContainsFunc(apps, func(a struct{ Name string }) bool { return a.Name == "pronto" })
	})
	served := r.call(siptest.Config{Tone: toneCaller})
	r.hears(served.Call, toneOpenIT, 3*time.Second)
	r.hears(served.Call, toneOpenEN, 4*time.Second)
	o := r.takes(op, 10*time.Second)
	r.hears(served.Call, toneOp1, 5*time.Second)
	r.hears(o, toneCaller, 5*time.Second)
	time.Sleep(time.Second)
	r.hangup(o)
	r.await(served.Done(), 5*time.Second, "the call ends")
	_ = op.Unregister(r.ctx(5 * time.Second))

	left := r.call(siptest.Config{Tone: toneCaller})
	r.hears(left.Call, toneOpenMsg, 45*time.Second)
	time.Sleep(5 * time.Second)
	r.hangup(left.Call)
	gone := r.call(siptest.Config{Tone: toneCaller})
	r.hears(gone.Call, toneOpenIT, 3*time.Second)
	r.hangup(gone.Call)

	r.again()
	if row := r.outcome(served.number, "served"); row.Operator != "op1" || !strings.HasPrefix(row.Detail, "fail_open") || row.Talk == nil || *row.Talk > 4 {
		t.Errorf("row: %+v", row)
	}
	row := r.outcome(left.number, "message")
	if !strings.HasPrefix(row.Detail, "fail_open") {
		t.Errorf("row: %+v", row)
	}
	r.outcome(gone.number, "abandoned_menu")
	if rows := r.rows(); len(rows) != 3 {
		t.Errorf("%d rows for 3 calls", len(rows))
	}
	r.audited()
}

// TestAsteriskDies: the switch is killed; the calls on it are lost, each with its outcome, and the line is back.
func TestAsteriskDies(t *testing.T) {
	r := startRig(t, rigOptions{operators: 2})
	c := r.gather(1, 2, 1)
	r.kill("asterisk", syscall.SIGKILL)
	r.eventually(15*time.Second, "every call has an outcome", func() bool {
		ended := 0
		for _, row := range r.rows() {
			if row.Outcome != "" {
				ended++
			}
		}
		return ended == 4
	})
	r.outcome(c.talking[0].caller.number, "served")
	r.outcome(c.queue[0].number, "abandoned_queue")
	r.outcome(c.menus[0].number, "abandoned_menu")
	again := r.call(siptest.Config{Tone: toneCaller})
	r.hears(again.Call, toneWelcome, 3*time.Second)
	r.hangup(again.Call)
	r.outcome(again.number, "abandoned_menu")
}

// killSupervisor ends `pronto run` the hard way; its two processes live on.
func (r *rig) killSupervisor() {
	r.t.Helper()
	_ = r.cmd.Process.Kill()
	<-r.exited
	orphans := []int{r.pid("asterisk"), r.pid("serve")}
	r.t.Cleanup(func() { // the test may fail before anybody takes them over
		for _, pid := range orphans {
			if pid > 0 {
				_ = syscall.Kill(pid, syscall.SIGKILL)
			}
		}
	})
}

// again starts `pronto run` in the same folder, as after an accident: it takes over what still runs.
func (r *rig) again() {
	r.t.Helper()
	cmd := exec.Command(program, r.cmd.Args[1:]...)
	cmd.Env = r.cmd.Env
	r.out = &logBuffer{}
	cmd.Stdout, cmd.Stderr = r.out, r.out
	r.cmd = cmd
	r.start()
}

// replaceController runs the controller by hand, with Asterisk at another address.
func (r *rig) replaceController(ari string) {
	r.t.Helper()
	r.killSupervisor()
	path := filepath.Join(r.dir, "run", "serve.yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		r.t.Fatal(err)
	}
	asterisk, serve := r.pid("asterisk"), r.pid("serve")
	_ = syscall.Kill(serve, syscall.SIGKILL)
	changed := strings.Replace(string(text), r.ari, ari, 1)
	if changed == string(text) {
		r.t.Fatalf("%s does not name %s:\n%s", path, r.ari, text)
	}
	path = filepath.Join(r.dir, "proxied.yaml")
	writeTest(r.t, path, []byte(changed))
	cmd := exec.Command(program, "serve", "-config", path)
	cmd.Stdout, cmd.Stderr = r.out, r.out
	if err := cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	exited := make(chan struct{})
	go func() { _ = cmd.Wait(); close(exited) }()
	r.t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-exited:
		case <-time.After(15 * time.Second):
			r.t.Error("serve does not end within 15 s of SIGTERM")
			_ = cmd.Process.Kill()
		}
		_ = syscall.Kill(asterisk, syscall.SIGTERM)
		waitGone(asterisk, 5*time.Second)
	})
	r.eventually(30*time.Second, "the controller is ready", func() bool {
		code, _ := r.get("http://" + r.ops + "/readyz")
		return code == 200
	})
}

// proxy is a TCP relay whose connections can be cut.
type proxy struct {
	addr, to string
	mu       sync.Mutex
	closed   bool // new connections are refused
	conns    map[net.Conn]bool
}

func newProxy(t testing.TB, to string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{addr: l.Addr().String(), to: to, conns: map[net.Conn]bool{}}
	t.Cleanup(func() { _ = l.Close(); p.cut(true) })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go p.relay(c)
		}
	}()
	return p
}

func (p *proxy) relay(in net.Conn) {
	defer func() { _ = in.Close() }()
	out, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", p.to)
	if err != nil {
		return
	}
	defer func() { _ = out.Close() }()
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return
	}
	p.conns[in], p.conns[out] = true, true
	p.mu.Unlock()
	done := make(chan struct{}, 2)
	for _, pair := range [][2]net.Conn{{in, out}, {out, in}} {
		go func() { _, _ = io.Copy(pair[0], pair[1]); done <- struct{}{} }()
	}
	<-done
	p.mu.Lock()
	delete(p.conns, in)
	delete(p.conns, out)
	p.mu.Unlock()
}

func (p *proxy) cut(closed bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = closed
	for c := range p.conns {
		_ = c.Close()
	}
}

// drop cuts every connection and refuses new ones for a while.
func (p *proxy) drop(d time.Duration) {
	p.cut(true)
	time.Sleep(d)
	p.mu.Lock()
	p.closed = false
	p.mu.Unlock()
}
