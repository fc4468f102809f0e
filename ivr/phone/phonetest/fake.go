package phonetest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"pronto/ivr/phone"
)

// Config says what a Fake has.
type Config struct {
	Name      string                   // of the switch, "" is "fake"
	Sounds    map[string]time.Duration // by path; others are missing, unless
	AnySound  time.Duration            // is not 0: then every sound is there and takes so long
	Operators []string                 // their telephones are not registered until Telephone.Register; see SetOperators
	Rescue    []string                 // the numbers that can be dialled:
	Outside   []string                 // operators' own
	Callback  []string                 // of people who asked to be called back
}

// lineNumber is the number that everybody dials.
const lineNumber = "800840840"

// Fake is a telephone switch in memory, as one controlling process sees it. See the package comment.
type Fake struct {
	w   *world
	box *phone.Mailbox[delivery]

	// Guarded by world.mu.
	accounts  []phone.Account // as this process set them, nil: it did not
	connected bool
	down      chan struct{} // closed when the link drops
	back      chan struct{} // closed when it may come back; nil while it is not down
}

// delivery is one thing for the process to know; leg is nil for what concerns no leg.
type delivery struct {
	leg      *leg
	event    phone.Event // nil with a leg is its arrival
	sink     phone.Sink  // of an event of a bridge's recording
	operator string
	online   bool
}

// world is the switch itself, which outlives the processes.
type world struct {
	mu        sync.Mutex
	cfg       Config
	legs      map[string]*leg
	bridges   map[string]*bridge
	taped     map[string]time.Duration // the recordings of bridges that were kept, by name
	operators map[string]*Telephone
	rescue    map[string]*Telephone
	outside   map[string]*Telephone
	callback  map[string]*Telephone
	active    *Fake // the process whose link is up, nil if none
	faults    map[string][]error
	gone      map[*Fake][]*leg // legs that ended while their process was cut off
	verbs     []string
	serial    int
}

// NewFake makes a switch without calls.
func NewFake(cfg Config) *Fake {
	if cfg.Name == "" {
		cfg.Name = "fake"
	}
	w := &world{
		cfg: cfg, legs: map[string]*leg{}, bridges: map[string]*bridge{}, taped: map[string]time.Duration{},
		faults: map[string][]error{}, gone: map[*Fake][]*leg{},
	}
	w.operators, w.rescue = w.telephones(cfg.Operators, false), w.telephones(cfg.Rescue, true)
	w.outside, w.callback = w.telephones(cfg.Outside, true), w.telephones(cfg.Callback, true)
	return w.process()
}

func (w *world) process() *Fake { return &Fake{w: w, box: phone.NewMailbox[delivery]()} }

// Restarted is the same switch as a new process sees it, which knows nothing yet. The Run of the old one must have
// returned before the new one's begins.
func (f *Fake) Restarted() *Fake { return f.w.process() }

// Name implements phone.Switch.
func (f *Fake) Name() string { return f.w.cfg.Name }

// Run implements phone.Switch.
func (f *Fake) Run(ctx context.Context, h phone.Handler) error {
	for {
		down := f.connect(h)
		for alive := true; alive; {
			select {
			case <-ctx.Done():
				f.disconnect()
				return nil
			case <-down:
				alive = false
			case <-f.box.Wake():
				for _, d := range f.box.Take() {
					f.deliver(h, d)
				}
			}
		}
		h.Link(false)
		f.w.mu.Lock()
		back := f.back
		f.w.mu.Unlock()
		select {
		case <-ctx.Done():
			f.disconnect()
			return nil
		case <-back:
		}
	}
}

// connect tells the handler what is there: adopted legs, what known legs missed, operators.
func (f *Fake) connect(h phone.Handler) <-chan struct{} {
	w := f.w
	w.mu.Lock()
	w.active, f.connected, f.down, f.back = f, true, make(chan struct{}), nil
	down := f.down
	var found []phone.Adopted
	var unknown, known []*leg
	for _, id := range slices.Sorted(maps.Keys(w.legs)) {
		l := w.legs[id]
		if l.owner == f {
			known = append(known, l)
			continue
		}
		l.owner, l.sink, l.missed = f, nil, nil
		unknown = append(unknown, l)
		found = append(found, phone.Adopted{Leg: &handle{f: f, leg: l}, Tag: l.tag, Bridge: l.bridge, Up: l.up})
	}
	known = append(known, f.lost()...)
	f.provision()
	operators := map[string]bool{}
	for name, t := range w.operators {
		operators[name] = t.registered
	}
	w.mu.Unlock()

	h.Link(true)
	f.adopted(unknown, h.Adopt(found))
	for _, l := range known {
		f.resync(l)
	}
	for _, name := range slices.Sorted(maps.Keys(operators)) {
		h.Operator(name, operators[name])
	}
	return down
}

// lost are the legs that ended while the link was down.
func (f *Fake) lost() []*leg {
	lost := f.w.gone[f]
	delete(f.w.gone, f)
	return lost
}

func (f *Fake) adopted(legs []*leg, sinks []phone.Sink) {
	f.w.mu.Lock()
	defer f.w.mu.Unlock()
	for i, l := range legs {
		if i < len(sinks) && sinks[i] != nil {
			l.sink = sinks[i]
			continue
		}
		l.end(phone.Ended{Cause: phone.CauseNormal})
	}
}

func (f *Fake) resync(l *leg) {
	f.w.mu.Lock()
	missed, sink, over := l.missed, l.sink, l.over
	l.missed = nil
	f.w.mu.Unlock()
	if sink == nil {
		return
	}
	for _, ev := range missed {
		sink(ev)
	}
	if !over {
		sink(phone.Resynced{})
	}
}

func (f *Fake) deliver(h phone.Handler, d delivery) {
	switch {
	case d.sink != nil:
		d.sink(d.event)
	case d.leg == nil:
		h.Operator(d.operator, d.online)
	case d.event == nil:
		sink := h.Incoming(&handle{f: f, leg: d.leg})
		f.w.mu.Lock()
		if d.leg.sink = sink; sink == nil {
			d.leg.end(phone.Ended{Cause: phone.CauseNormal})
		}
		f.w.mu.Unlock()
	default:
		f.w.mu.Lock()
		sink := d.leg.sink
		f.w.mu.Unlock()
		if sink != nil {
			sink(d.event)
		}
	}
}

func (f *Fake) disconnect() {
	f.w.mu.Lock()
	defer f.w.mu.Unlock()
	f.connected = false
	if f.w.active == f {
		f.w.active = nil
	}
}

// DropLink cuts the running process off for so long. Legs stay; what happens to them meanwhile is told as
// phone.Handler says.
func (f *Fake) DropLink(away time.Duration) {
	f.w.mu.Lock()
	defer f.w.mu.Unlock()
	if !f.connected {
		return
	}
	f.connected, f.w.active = false, nil
	back := make(chan struct{})
	f.back = back
	close(f.down)
	time.AfterFunc(away, func() { close(back) })
}

// Fail makes the next call of a verb ("Answer", "Play", "Bridge", "Dial" and so on) return err without any effect.
// Called n times, the next n fail.
func (f *Fake) Fail(verb string, err error) {
	f.w.mu.Lock()
	defer f.w.mu.Unlock()
	f.w.faults[verb] = append(f.w.faults[verb], err)
}

// Verbs are the verbs called so far, each as "Verb leg-or-bridge detail".
func (f *Fake) Verbs() []string {
	f.w.mu.Lock()
	defer f.w.mu.Unlock()
	return slices.Clone(f.w.verbs)
}

// Legs are the ids of the legs that are on the switch.
func (f *Fake) Legs() []string {
	f.w.mu.Lock()
	defer f.w.mu.Unlock()
	return slices.Sorted(maps.Keys(f.w.legs))
}

// Bridges are the ids of the bridges.
func (f *Fake) Bridges() []string {
	f.w.mu.Lock()
	defer f.w.mu.Unlock()
	return slices.Sorted(maps.Keys(f.w.bridges))
}

// verb notes a verb and says why it can not be carried out: the link is down, or a fault was asked for.
func (f *Fake) verb(ctx context.Context, name, on, detail string) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%s: %w", name, phone.ErrUnavailable)
	}
	f.w.verbs = append(f.w.verbs, name+" "+on+" "+detail)
	if faults := f.w.faults[name]; len(faults) > 0 {
		f.w.faults[name] = faults[1:]
		return faults[0]
	}
	if !f.connected {
		return fmt.Errorf("%s: %w", name, phone.ErrUnavailable)
	}
	return nil
}
