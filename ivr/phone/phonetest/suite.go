package phonetest

import (
	"context"
	"sync"
	"testing"
	"time"

	"pronto/ivr/phone"
)

// Person is somebody with a telephone, as the suite sees one: a Party of a Fake, or a SIP phone.
type Person interface {
	Answer() error
	Reject(status int) error
	Hangup() error
	Press(keys string) error
	// Talk says something for so long.
	Talk(length time.Duration) error
	Answered() <-chan struct{}
	Done() <-chan struct{}
	Caller() string
	// The next four wait until the person hears it, from now on, and fail when ctx ends first.

	HearsSound(ctx context.Context, sound string) error
	HearsMusic(ctx context.Context) error
	// HearsPerson waits until all the others are heard at once, and fails when anything else is heard beside them.
	HearsPerson(ctx context.Context, others ...Person) error
	HearsNothing(ctx context.Context) error
}

// Set is a telephone that can be called.
type Set interface {
	Register() error
	Unregister() error
	// Dial calls a number from an operator's telephone.
	Dial(number string) (Person, error)
	// Next waits for the next call that rings.
	Next(ctx context.Context) (Person, error)
}

// Secret is the secret of every operator's telephone.
const Secret = "secret-of-an-operator"

// The numbers that can be dialled, and some of those that can not.
const (
	RescueNumber   = "112"
	OutsideNumber  = "+393331234567"
	CallbackNumber = "+390612345678"
)

// Harness is what the suite needs of the switch under test. Its configuration allows the three numbers above, which the
// carrier answers, and callbacks in Italy. It has no operators at first.
type Harness interface {
	// Process returns the switch as a new process sees it.
	Process() phone.Switch
	// DropLink cuts the connection of the process that runs for so long.
	DropLink(away time.Duration)
	Call(number string) (Person, error)
	Operator(name string) Set
	// Carrier is the telephone behind a number.
	Carrier(number string) Set
	// Short is a sound of 300 ms to 1 s, Long one of 10 s at least; Missing is none.
	Short() string
	Long() string
	Missing() string
}

// Run runs the behaviour suite. in gives each case its own harness, inside a bubble if it likes.
func Run(t *testing.T, in func(t *testing.T, body func(*testing.T, Harness))) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			in(t, func(t *testing.T, h Harness) { c.run(t, newStage(t, h)) })
		})
	}
}

// patience is how long the suite waits for anything.
const patience = 15 * time.Second

// journal holds what came, in order, and lets one wait for more.
type journal[T any] struct {
	mu    sync.Mutex
	items []T
	more  chan struct{}
}

func newJournal[T any]() *journal[T] { return &journal[T]{more: make(chan struct{})} }

func (j *journal[T]) add(item T) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.items = append(j.items, item)
	close(j.more)
	j.more = make(chan struct{})
}

func (j *journal[T]) all() ([]T, <-chan struct{}) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return append([]T(nil), j.items...), j.more
}

// wait returns the first item that matches.
func (j *journal[T]) wait(t *testing.T, what string, match func(T) bool) T {
	t.Helper()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	for {
		items, more := j.all()
		for _, item := range items {
			if match(item) {
				return item
			}
		}
		select {
		case <-more:
		case <-limit.C:
			t.Fatalf("waited in vain for %s; what came: %#v", what, items)
		}
	}
}

// line is a leg and what happened on it.
type line struct {
	phone.Leg
	events *journal[phone.Event]
}

func newLine() *line { return &line{events: newJournal[phone.Event]()} }

// waitFor returns the first event of type E that matches.
func waitFor[E phone.Event](t *testing.T, l *line, match func(E) bool) E {
	t.Helper()
	var zero E
	ev := l.events.wait(t, typeName(zero), func(ev phone.Event) bool {
		e, ok := ev.(E)
		return ok && (match == nil || match(e))
	})
	return ev.(E)
}

// count counts the events of type E that match.
func count[E phone.Event](l *line, match func(E) bool) int {
	n := 0
	items, _ := l.events.all()
	for _, ev := range items {
		if e, ok := ev.(E); ok && (match == nil || match(e)) {
			n++
		}
	}
	return n
}

// presence is one word of an operator's phone.
type presence struct {
	name   string
	online bool
}

// process is a controlling process: it takes every call and adopts what it is told to.
type process struct {
	t        *testing.T
	sw       phone.Switch
	keep     func(phone.Adopted) bool // nil keeps all
	incoming chan *line
	adopted  *journal[[]phone.Adopted]
	presence *journal[presence]
	links    *journal[bool]
	stop     context.CancelFunc
	done     chan error

	mu    sync.Mutex
	lines map[string]*line
}

// Incoming implements phone.Handler.
func (p *process) Incoming(leg phone.Leg) phone.Sink {
	l := newLine()
	l.Leg = leg
	p.incoming <- l
	return l.events.add
}

// Adopt implements phone.Handler.
func (p *process) Adopt(found []phone.Adopted) []phone.Sink {
	sinks := make([]phone.Sink, len(found))
	p.mu.Lock()
	for i, a := range found {
		if p.keep == nil || p.keep(a) {
			l := newLine()
			l.Leg = a.Leg
			p.lines[a.Leg.ID()] = l
			sinks[i] = l.events.add
		}
	}
	p.mu.Unlock()
	p.adopted.add(found)
	return sinks
}

// Operator implements phone.Handler.
func (p *process) Operator(name string, online bool) { p.presence.add(presence{name, online}) }

// Link implements phone.Handler.
func (p *process) Link(up bool) { p.links.add(up) }

// adoptedLine is what the process made of a leg that it found.
func (p *process) adoptedLine(id string) *line {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.lines[id]
	if l == nil {
		p.t.Fatalf("leg %s was not found by the new process", id)
	}
	return l
}

// stage is one case's switch, with the process that runs.
type stage struct {
	t   *testing.T
	h   Harness
	ctx context.Context
	*process
}

func newStage(t *testing.T, h Harness) *stage {
	ctx, cancel := context.WithTimeout(t.Context(), 10*patience)
	t.Cleanup(cancel)
	s := &stage{t: t, h: h, ctx: ctx}
	s.start(nil)
	t.Cleanup(s.end)
	return s
}

// start begins a process and waits until it has seen what is there.
func (s *stage) start(keep func(phone.Adopted) bool) {
	s.t.Helper()
	p := &process{
		t: s.t, sw: s.h.Process(), keep: keep, incoming: make(chan *line, 64), adopted: newJournal[[]phone.Adopted](),
		presence: newJournal[presence](), links: newJournal[bool](), done: make(chan error, 1), lines: map[string]*line{},
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(s.t.Context()))
	p.stop = stop
	s.process = p
	s.ok("set the operators", p.sw.SetOperators(ctx, accounts("op1", "op2")))
	go func() { p.done <- p.sw.Run(ctx, p) }()
	p.adopted.wait(s.t, "the first Adopt", func([]phone.Adopted) bool { return true })
	p.links.wait(s.t, "Link(true)", func(up bool) bool { return up })
}

// accounts are the accounts of operators with Secret.
func accounts(names ...string) []phone.Account {
	out := make([]phone.Account, len(names))
	for i, name := range names {
		out[i] = phone.Account{Name: name, Digest: phone.Digest(name, Secret)}
	}
	return out
}

// end ends the process; its legs stay.
func (s *stage) end() {
	s.t.Helper()
	if s.process == nil {
		return
	}
	s.stop()
	if err := <-s.done; err != nil {
		s.t.Errorf("Run returned %v, want nil when its context has ended", err)
	}
	s.process = nil
}

// restart ends the process and starts another.
func (s *stage) restart(keep func(phone.Adopted) bool) {
	s.t.Helper()
	s.end()
	s.start(keep)
}

// soon is a context for one step.
func (s *stage) soon() context.Context {
	ctx, cancel := context.WithTimeout(s.ctx, patience)
	s.t.Cleanup(cancel)
	return ctx
}

func (s *stage) ok(what string, err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatalf("%s: %v", what, err)
	}
}

func (s *stage) closed(what string, ch <-chan struct{}) {
	s.t.Helper()
	select {
	case <-ch:
	case <-s.soon().Done():
		s.t.Fatalf("waited in vain for %s", what)
	}
}

// arrive lets a call come in.
func (s *stage) arrive(number string) (*line, Person) {
	s.t.Helper()
	who, err := s.h.Call(number)
	s.ok("call the line", err)
	select {
	case l := <-s.incoming:
		return l, who
	case <-s.soon().Done():
		s.t.Fatal("the call did not come in")
		return nil, nil
	}
}

// caller is a call that is up.
func (s *stage) caller(number string) (*line, Person) {
	s.t.Helper()
	l, who := s.arrive(number)
	s.ok("answer", l.Answer(s.soon()))
	s.closed("the caller to be answered", who.Answered())
	return l, who
}

// online registers an operator's phone and waits until the process knows.
func (s *stage) online(name string) Set {
	s.t.Helper()
	set := s.h.Operator(name)
	s.ok("register", set.Register())
	s.presence.wait(s.t, name+" to be online", func(p presence) bool { return p == presence{name, true} })
	return set
}

// ring dials and waits until it rings there.
func (s *stage) ring(set Set, d phone.Dial) (*line, Person) {
	s.t.Helper()
	l := newLine()
	if d.Timeout == 0 {
		d.Timeout = 30 * time.Second
	}
	leg, err := s.sw.Dial(s.soon(), d, l.events.add)
	s.ok("dial", err)
	l.Leg = leg
	who, err := set.Next(s.soon())
	s.ok("the phone rings", err)
	waitFor[phone.Ringing](s.t, l, nil)
	return l, who
}

// pair is a caller and an operator who answered, not joined yet.
func (s *stage) pair(number string) (caller *line, who Person, operator *line, agent Person) {
	s.t.Helper()
	set := s.online("op1")
	caller, who = s.caller(number)
	operator, agent = s.ring(set, phone.Dial{ID: "p-" + caller.ID() + "-op1", To: phone.Target{Operator: "op1"}, From: number, For: caller.Leg})
	s.ok("the operator answers", agent.Answer())
	waitFor[phone.Answered](s.t, operator, nil)
	return caller, who, operator, agent
}

// ended waits for a leg's end and checks that it is the last event and came once.
func (s *stage) ended(l *line) phone.Ended {
	s.t.Helper()
	ended := waitFor[phone.Ended](s.t, l, nil)
	items, _ := l.events.all()
	if _, last := items[len(items)-1].(phone.Ended); !last {
		s.t.Errorf("after Ended came %#v", items[len(items)-1])
	}
	if n := count[phone.Ended](l, nil); n != 1 {
		s.t.Errorf("Ended came %d times", n)
	}
	return ended
}
