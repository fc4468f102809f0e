package phonetest

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"pronto/ivr/phone"
)

func isGone(err error) bool { return errors.Is(err, phone.ErrGone) }

// keyTime is how long a key is held, and the pause after it.
const keyTime = 100 * time.Millisecond

// Party is the person at the other end of a leg of a Fake.
type Party struct {
	w        *world
	leg      *leg
	name     string
	dialled  bool
	answered chan struct{}
	done     chan struct{}

	// Guarded by world.mu.
	failOpen bool
	ended    phone.Ended
	now      []string
	since    map[string]time.Time
	heard    []Hearing
	update   chan struct{} // closed and replaced when what is heard changes
}

// Hearing is something that a party heard. See the package comment for What; To is zero while it is still heard.
type Hearing struct {
	What     string
	From, To time.Time
}

func (w *world) newLeg(id, name string, info phone.Info) *leg {
	l := &leg{w: w, id: id, info: info}
	l.party = &Party{
		w: w, leg: l, name: name, answered: make(chan struct{}), done: make(chan struct{}),
		since: map[string]time.Time{}, update: make(chan struct{}),
	}
	w.legs[id] = l
	return l
}

// Call lets somebody call the line from a number ("" withholds it). With no process connected the call gets the
// fail-open text: see Party.FailOpen.
func (f *Fake) Call(caller string) *Party {
	w := f.w
	w.mu.Lock()
	defer w.mu.Unlock()
	w.serial++
	id := fmt.Sprintf("%s-%d.%d", w.cfg.Name, time.Now().Unix(), w.serial)
	name := caller
	if name == "" {
		name = "anonymous"
	}
	l := w.newLeg(id, name, phone.Info{Caller: caller, Called: lineNumber, Created: time.Now()})
	if w.active == nil {
		l.party.failOpen = true
		l.end(phone.Ended{Cause: phone.CauseNormal})
		return l.party
	}
	l.owner = w.active
	w.active.box.Put(delivery{leg: l})
	return l.party
}

// Leg is the id of the party's leg.
func (p *Party) Leg() string { return p.leg.id }

// Name is the number or the operator.
func (p *Party) Name() string { return p.name }

// Caller is the number that the party's telephone shows.
func (p *Party) Caller() string { return p.leg.info.Caller }

// FailOpen says whether the call was not taken by any process.
func (p *Party) FailOpen() bool {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	return p.failOpen
}

// Answered is closed when the call has been answered, by the party or by the line.
func (p *Party) Answered() <-chan struct{} { return p.answered }

// Done is closed when the leg has ended.
func (p *Party) Done() <-chan struct{} { return p.done }

// Ended is how the leg ended, once Done is closed.
func (p *Party) Ended() phone.Ended {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	return p.ended
}

// Answer takes a ringing call.
func (p *Party) Answer() error {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	if p.leg.over || !p.dialled {
		return fmt.Errorf("answer %s: it does not ring", p.leg.id)
	}
	p.leg.answered(true)
	return nil
}

// Reject refuses a ringing call with a SIP status: 486 busy, 603 declined, anything else unreachable.
func (p *Party) Reject(status int) error {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	if p.leg.over || p.leg.up || !p.dialled {
		return fmt.Errorf("reject %s: it does not ring", p.leg.id)
	}
	cause := phone.CauseNoAnswer
	switch status {
	case 486, 600:
		cause = phone.CauseBusy
	case 603, 403:
		cause = phone.CauseRejected
	}
	p.leg.end(phone.Ended{Cause: cause, SIP: status, Remote: true})
	return nil
}

// Hangup ends the party's call. It is no error when it is over.
func (p *Party) Hangup() error { return p.HangupCause(phone.CauseNormal) }

// HangupCause ends the party's call for a cause, as the network does: CauseRTPTimeout and the like.
func (p *Party) HangupCause(cause phone.Cause) error {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	p.leg.end(phone.Ended{Cause: cause, Remote: true})
	return nil
}

// Press presses the keys, 100 ms each and 100 ms apart; it returns when the last one was released.
func (p *Party) Press(keys string) error {
	for i, key := range []byte(keys) {
		if i > 0 {
			time.Sleep(keyTime)
		}
		time.Sleep(keyTime)
		p.w.mu.Lock()
		over := p.leg.over
		if !over {
			p.leg.emit(phone.Key{Digit: key})
		}
		p.w.mu.Unlock()
		if over {
			return fmt.Errorf("press %q: the call is over", keys)
		}
	}
	return nil
}

// Talk says something for so long: whoever shares a bridge with the party hears it all the time anyway.
func (p *Party) Talk(length time.Duration) error {
	select {
	case <-p.done:
		return errors.New("talk: the call is over")
	case <-time.After(length):
		return nil
	}
}

// hears takes down what is heard from now on.
func (p *Party) hears(now []string) {
	if slices.Equal(now, p.now) {
		return
	}
	at := time.Now()
	for _, what := range p.now {
		if !slices.Contains(now, what) {
			p.heard = append(p.heard, Hearing{What: what, From: p.since[what], To: at})
			delete(p.since, what)
		}
	}
	for _, what := range now {
		if !slices.Contains(p.now, what) {
			p.since[what] = at
		}
	}
	p.now = now
	close(p.update)
	p.update = make(chan struct{})
}

// Hears is what the party hears at this instant, and a channel that closes when that changes.
func (p *Party) Hears() ([]string, <-chan struct{}) {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	return slices.Clone(p.now), p.update
}

// Heard is all that the party heard, in the order in which it ended; what is still heard comes last.
func (p *Party) Heard() []Hearing {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	out := slices.Clone(p.heard)
	for _, what := range p.now {
		out = append(out, Hearing{What: what, From: p.since[what]})
	}
	return out
}

// Telephone is an operator's phone, or the one behind a number.
type Telephone struct {
	w          *world
	name       string
	incoming   chan *Party
	registered bool // guarded by world.mu
}

func (w *world) newTelephone(name string, registered bool) *Telephone {
	return &Telephone{w: w, name: name, incoming: make(chan *Party, 1024), registered: registered}
}

// telephones are those of the names.
func (w *world) telephones(names []string, registered bool) map[string]*Telephone {
	out := make(map[string]*Telephone, len(names))
	for _, name := range names {
		out[name] = w.newTelephone(name, registered)
	}
	return out
}

// Operator is an operator's phone, nil for a name that has no account: neither in Config.Operators nor by SetOperators.
func (f *Fake) Operator(name string) *Telephone {
	f.w.mu.Lock()
	defer f.w.mu.Unlock()
	return f.w.operators[name]
}

// Rescue is the phone behind a rescue number, nil for a number that is not in Config.Rescue.
func (f *Fake) Rescue(number string) *Telephone { return f.w.rescue[number] }

// Outside is an operator's telephone elsewhere, nil for a number that is not in Config.Outside.
func (f *Fake) Outside(number string) *Telephone { return f.w.outside[number] }

// Callback is the telephone of somebody who can be called back, nil for a number that is not in Config.Callback.
func (f *Fake) Callback(number string) *Telephone { return f.w.callback[number] }

// Dial lets an operator's phone that is registered call the line: a feature code, or the line's number. Anything else is refused,
// as is every call while no process is connected.
func (t *Telephone) Dial(number string) *Party {
	w := t.w
	w.mu.Lock()
	defer w.mu.Unlock()
	w.serial++
	l := w.newLeg(fmt.Sprintf("%s-%d.%d", w.cfg.Name, time.Now().Unix(), w.serial), t.name, phone.Info{
		Caller: t.name, Called: number, Created: time.Now(), Operator: t.name,
	})
	if w.active == nil || !t.registered || w.operators[t.name] != t || !dialable(number) {
		l.end(phone.Ended{Cause: phone.CauseUnallocated, SIP: 404})
		return l.party
	}
	l.owner = w.active
	w.active.box.Put(delivery{leg: l})
	return l.party
}

// dialable tells what operators may dial.
func dialable(number string) bool { return number == lineNumber || code.MatchString(number) }

// code is a feature code.
var code = regexp.MustCompile(`^\*[0-9]{2,6}$`)

// Incoming yields the calls that ring.
func (t *Telephone) Incoming() <-chan *Party { return t.incoming }

// Register makes the phone reachable.
func (t *Telephone) Register() { t.set(true) }

// Unregister makes it unreachable.
func (t *Telephone) Unregister() { t.set(false) }

func (t *Telephone) set(registered bool) {
	t.w.mu.Lock()
	defer t.w.mu.Unlock()
	if t.registered == registered {
		return
	}
	t.registered = registered
	if t.w.active != nil && t.w.operators[t.name] == t {
		t.w.active.box.Put(delivery{operator: t.name, online: registered})
	}
}
