package ivr

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"pronto/ivr/desk"
	"pronto/ivr/flow"
	"pronto/ivr/ledger"
	"pronto/ivr/phone"
	"pronto/prompts"
)

// Config is what a Line is made of.
type Config struct {
	Release *prompts.Release
	// Older finds a release that calls found on the switch began with. nil: they go on with Release.
	Older  func(id string) (*prompts.Release, error)
	Ledger *ledger.Ledger
	// Open are the calls that the ledger holds without an outcome at start.
	Open []ledger.Call
	// Callbacks are those that the ledger holds as owed at start.
	Callbacks []ledger.Callback
	// EndOf tells when a call that ended without us did so, by the switch's own records. May be nil.
	EndOf func(callID string) (time.Time, bool)
	// Staff is who answers, and what they were doing when the process before ended.
	Staff Staff
	Log   zerolog.Logger
	Reg   prometheus.Registerer // nil: no metrics
}

// Line is one line at work. Make it with New, hand Handler to the switches, and Run it.
type Line struct {
	cfg       Config
	release   atomic.Pointer[prompts.Release]
	alert     atomic.Pointer[prompts.Alert]
	accounts  atomic.Pointer[[]ledger.Operator]
	desk      *deskLoop
	callbacks *callbacks
	pins      pins
	metrics   *metrics
	started   time.Time
	work      sync.WaitGroup // the calls' goroutines
	base      context.Context
	stop      context.CancelFunc
	changed   pulse
	salt      string // of the keys by which the desk knows callers again

	wrapping map[string]wrapping // by operator; the desk's goroutine's

	mu       sync.Mutex
	calls    map[string]*call
	phones   map[string]bool   // operators whose telephones have been here
	lasts    map[string]string // operator -> the call that he has or had last
	older    map[string]*prompts.Release
	open     map[string]ledger.Call // calls of the process before, not found yet
	settled  map[string]bool        // switches whose first Adopt has settled open
	links    map[string]bool        // switch -> connected
	draining bool
	stopped  bool // Run is ending: nothing is started any more
}

// New makes a line that does nothing until Run.
func New(cfg Config) *Line {
	base, stop := context.WithCancel(context.Background())
	l := &Line{
		cfg: cfg, started: time.Now(), base: base, stop: stop,
		calls: map[string]*call{}, lasts: map[string]string{}, phones: map[string]bool{}, older: map[string]*prompts.Release{},
		open: map[string]ledger.Call{}, settled: map[string]bool{}, links: map[string]bool{}, wrapping: map[string]wrapping{}, salt: rand.Text(),
	}
	for _, c := range cfg.Open {
		l.open[c.ID] = c
	}
	l.release.Store(cfg.Release)
	l.callbacks = newCallbacks(cfg.Callbacks)
	l.metrics = newMetrics(cfg.Reg, l)
	l.desk = newDeskLoop(DeskConfig(cfg.Release.Book), l.toCall, l.writeDesk, &l.changed)
	l.SetStaff(cfg.Staff.Operators)
	for _, last := range cfg.Staff.Last {
		l.desk.put(desk.Restore{Last: last})
		l.noteLast(last)
	}
	return l
}

// DeskConfig is how the desk works by the book.
func DeskConfig(b *prompts.Book) desk.Config {
	d := b.Desk
	cfg := desk.Config{
		Ring: d.Ring, WrapUp: d.WrapUp, Capacity: d.Capacity, Announce: d.Announce, Strategy: desk.Strategy(d.Strategy),
		Ageing: d.Ageing, TierAfter: d.TierAfter, Misses: d.Misses, Unstaffed: d.Unstaffed,
	}
	for _, r := range d.Relax {
		cfg.Relax = append(cfg.Relax, desk.Relax{After: r.After, Without: r.Without})
	}
	for _, band := range d.Bands {
		cfg.Bands = append(cfg.Bands, desk.Band{Low: band.Low, High: band.High})
	}
	return cfg
}

// Run serves calls until ctx ends. Calls that are up then stay on their switch, for the next process.
func (l *Line) Run(ctx context.Context) error {
	deskDone := make(chan struct{})
	go func() {
		defer close(deskDone)
		l.desk.run(l.base)
	}()
	<-ctx.Done()
	l.mu.Lock()
	l.stopped = true
	l.mu.Unlock()
	l.stop()
	<-deskDone
	l.work.Wait()
	return nil
}

// Publish makes r the release of the calls that arrive from now on.
func (l *Line) Publish(r *prompts.Release) {
	l.release.Store(r)
	l.desk.put(desk.Configure{Config: DeskConfig(r.Book)})
}

// Release is what calls that arrive now get, with the alert that is raised.
func (l *Line) Release() *prompts.Release { return l.release.Load().WithAlert(l.alert.Load()) }

// SetAlert makes a the alert that counts from now on, for calls in progress too; nil: there is none.
func (l *Line) SetAlert(a *prompts.Alert) { l.alert.Store(a) }

// Drain turns new calls away and waits until those that are up have ended, or ctx ends. It reports how many remain.
func (l *Line) Drain(ctx context.Context) int {
	l.mu.Lock()
	l.draining = true
	l.mu.Unlock()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	told := time.Now()
	for {
		n := l.Up()
		if n == 0 {
			return 0
		}
		select {
		case <-ctx.Done():
			return n
		case <-tick.C:
			if time.Since(told) > 5*time.Second {
				told = time.Now()
				l.cfg.Log.Info().Int("calls", n).Msg("draining: waiting for calls to end")
			}
		}
	}
}

// HangUpAll ends every call that is up; each gets its outcome.
func (l *Line) HangUpAll() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.calls {
		c.put(flow.Stop{})
	}
}

// Up is the number of calls that are up.
func (l *Line) Up() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.calls)
}

// toCall hands a desk action to the call whose ticket it is about. A ticket without a call is one whose caller has
// gone; its Leave is on the way.
func (l *Line) toCall(ticket string, a desk.Action) {
	l.mu.Lock()
	c := l.calls[ticket]
	l.mu.Unlock()
	if c != nil {
		c.box.Put(a)
	} else if t := l.callbacks.task(ticket); t != nil {
		t.box.Put(a)
	}
}

// start sets a call going. When the process is about to end its leg is left on the switch, for the next one.
func (l *Line) start(c *call) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stopped {
		return
	}
	l.calls[c.id] = c
	delete(l.open, c.id)
	l.work.Add(1)
	go c.run()
	l.changed.beat()
}

// aside does something that may take its time beside the calls. When the process is about to end it is left undone: the call
// asks for it again in the next one.
func (l *Line) aside(do func(context.Context)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.stopped {
		l.work.Go(func() { do(l.base) })
	}
}

// reap hangs up a leg whose call can not wait for that: the switch did not do it when asked, or the call is at fault.
// A leg that nobody owns would be a caller or an operator in a dead line.
func (l *Line) reap(leg phone.Leg) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stopped {
		return
	}
	l.work.Go(func() {
		const tries, pause = 20, 3 * time.Second
		for range tries {
			err := leg.Hangup(l.base, phone.CauseNormal)
			if err == nil || errors.Is(err, phone.ErrGone) {
				return
			}
			select {
			case <-l.base.Done():
				return
			case <-time.After(pause):
			}
		}
		l.cfg.Log.Error().Str("leg", leg.ID()).Msg("a leg could not be hung up")
	})
}

func (l *Line) forget(c *call) {
	l.mu.Lock()
	delete(l.calls, c.id)
	l.mu.Unlock()
	l.changed.beat()
}

// releaseFor finds the release that a call began with, or the current one if it can not be had.
func (l *Line) releaseFor(id string) *prompts.Release {
	current := l.release.Load()
	if id == current.ID || id == "" {
		return current
	}
	l.mu.Lock()
	r := l.older[id]
	l.mu.Unlock()
	if r != nil {
		return r
	}
	if l.cfg.Older == nil {
		return current
	}
	r, err := l.cfg.Older(id)
	if err != nil {
		l.cfg.Log.Error().Err(err).Str("release", id).Msg("a call's release can not be read; it goes on with the current one")
		r = current
	}
	l.mu.Lock()
	l.older[id] = r
	l.mu.Unlock()
	return r
}

// Handler returns what sw tells its events to.
func (l *Line) Handler(sw phone.Switch) phone.Handler { return &handler{line: l, sw: sw} }

// handler is the line as one switch sees it.
type handler struct {
	line *Line
	sw   phone.Switch
}

func (h *handler) Incoming(leg phone.Leg) phone.Sink {
	l := h.line
	if isCode(leg) {
		return h.code(leg)
	}
	c := newCall(l, h.sw, leg, l.release.Load())
	l.mu.Lock()
	draining := l.draining
	l.mu.Unlock()
	if draining {
		c.put(flow.TurnAway{Why: "draining"})
	} else {
		c.put(flow.Arrived{})
	}
	l.start(c)
	return c.fromCaller
}

func (h *handler) Operator(name string, online bool) {
	if online {
		h.line.mu.Lock()
		h.line.phones[name] = true
		h.line.mu.Unlock()
		h.line.desk.put(desk.OperatorOn{Operator: name})
	} else {
		h.line.desk.put(desk.OperatorOff{Operator: name})
	}
}

func (h *handler) Link(up bool) {
	h.line.mu.Lock()
	was := h.line.links[h.sw.Name()]
	h.line.links[h.sw.Name()] = up
	h.line.mu.Unlock()
	if up {
		h.line.cfg.Log.Info().Str("switch", h.sw.Name()).Msg("connected to the switch")
	} else if was { // else the switch has said why there is none
		h.line.cfg.Log.Warn().Str("switch", h.sw.Name()).Msg("connection to the switch lost; calls stay there, new ones hear the fail-open text")
	}
}

// State is the line at one instant, for screens and readiness.
type State struct {
	Line, Number, Release string
	Started               time.Time
	CallsUp               int
	Desk                  desk.Snapshot
	Links                 map[string]bool
	Draining              bool
}

// State asks the desk and the registry. It waits for the desk's goroutine, at most until ctx ends.
func (l *Line) State(ctx context.Context) (State, error) {
	snap, err := l.desk.snapshot(ctx)
	if err != nil {
		return State{}, fmt.Errorf("ask the desk for its state: %w", err)
	}
	r := l.release.Load()
	l.mu.Lock()
	defer l.mu.Unlock()
	links := make(map[string]bool, len(l.links))
	for k, v := range l.links {
		links[k] = v
	}
	return State{
		Line: r.Book.Line.Name, Number: r.Book.Line.Number, Release: r.ID, Started: l.started,
		CallsUp: len(l.calls), Desk: snap, Links: links, Draining: l.draining,
	}, nil
}
