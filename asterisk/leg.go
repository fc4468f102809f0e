package asterisk

import (
	"context"
	"sync"
	"time"

	"pronto/ivr/phone"
)

// stopGrace is how long the end of a sound or recording that was told to stop may be on its way before we ask.
const stopGrace = time.Second

// tri is what we know of something that the switch does not show.
type tri int

const (
	unsure tri = iota // of a leg that another process has served
	off
	on
)

// play is a sound on its way or heard.
type play struct {
	id       string
	accepted bool          // the switch has it: if it can not be found, it is over
	done     chan struct{} // closed when its end was told
}

// leg is a channel. The lock guards all below it and is held while the sink is called, which keeps events in order.
type leg struct {
	sw      *Switch
	id      string
	info    phone.Info
	dialled bool          // by us, or made by us to listen
	snoop   bool          // it listens
	ready   chan struct{} // of one that listens: closed when it can be joined, or is over

	mu        sync.Mutex
	sink      phone.Sink
	accepted  bool // the switch has it: if it can not be found, it has ended
	up        bool
	rang      bool
	answered  bool
	music     tri
	plays     []*play
	recording string
	taping    bool          // the switch has the recording
	taped     chan struct{} // closed when the recording's end was told
	hungUp    bool          // by us,
	why       phone.Cause   // for this
	remote    bool          // the other side was first
	cause     phone.Cause   // as the switch said
	sip       int
	ending    bool // its end is being told
	ended     bool
}

var _ phone.Leg = (*leg)(nil)

// ID returns the channel's id.
func (l *leg) ID() string { return l.id }

// Switch returns the name of the leg's switch.
func (l *leg) Switch() string { return l.sw.cfg.Name }

// Info returns what was known when the leg appeared.
func (l *leg) Info() phone.Info { return l.info }

func (l *leg) setSink(sink phone.Sink) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sink = sink
}

// tell delivers an event. The lock is held.
func (l *leg) tell(ev phone.Event) {
	if l.sink != nil {
		l.sink(ev)
	}
}

// state takes a change of the channel's state.
func (l *leg) state(state string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		return
	}
	switch {
	case state == stateUp:
		l.up = true
	case state == stateRinging && l.dialled && !l.rang && !l.answered:
		l.rang = true
		l.tell(phone.Ringing{})
	}
}

// started takes a dialled leg's arrival in the application: the party has answered, and verbs are possible.
func (l *leg) started() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended || !l.dialled || l.answered {
		return
	}
	l.up, l.answered, l.accepted = true, true, true
	if l.snoop {
		close(l.ready)
		return
	}
	l.tell(phone.Answered{})
}

func (l *leg) key(digit string) {
	if len(digit) != 1 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.ended {
		l.tell(phone.Key{Digit: digit[0]})
	}
}

// playDone tells a sound's end, once. Asterisk calls a sound failed that was cut by the hang-up (whose request comes
// before); that is no want of a sound.
func (l *leg) playDone(id string, failed bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, p := range l.plays {
		if p.id == id {
			l.plays = append(l.plays[:i:i], l.plays[i+1:]...)
			close(p.done)
			l.tell(phone.PlayDone{ID: id, Failed: failed && !l.remote && !l.hungUp})
			return
		}
	}
}

// forgetPlay lets go of a sound that the switch did not take: its verb's error tells.
func (l *leg) forgetPlay(p *play) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, q := range l.plays {
		if q == p {
			l.plays = append(l.plays[:i:i], l.plays[i+1:]...)
			close(p.done)
			return
		}
	}
}

func (l *leg) findPlay(id string) *play {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range l.plays {
		if p.id == id {
			return p
		}
	}
	return nil
}

// recordDone tells a recording's end, once. Nothing kept is a failure.
func (l *leg) recordDone(name string, length time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.recording == "" || l.recording != name {
		return
	}
	l.recording = ""
	close(l.taped)
	l.tell(phone.RecordDone{Name: name, Length: length, Failed: length <= 0})
}

// hangupAsked takes the first words of an end. Whoever asked first has ended the leg.
func (l *leg) hangupAsked(cause phone.Cause, sip int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.hungUp {
		l.remote = true
	}
	l.note(cause, sip)
}

// note keeps the cause. 32 is how Asterisk marks a hang-up over ARI; it is in no table.
func (l *leg) note(cause phone.Cause, sip int) {
	if cause != phone.CauseUnknown && cause != 32 {
		l.cause = cause
	}
	if sip >= 300 {
		l.sip = sip
	}
}

// end tells that the channel is gone. A recording that the hang-up cut is told first; its end is normally in before,
// and if not we ask, elsewhere.
func (l *leg) end(cause phone.Cause, sip int) {
	l.mu.Lock()
	l.note(cause, sip)
	name, taped, again := l.recording, l.taped, l.ending
	l.ending = true
	l.mu.Unlock()
	if again {
		return // StasisEnd and ChannelDestroyed both come for a leg that we dialled
	}
	if name == "" {
		l.finish(false)
		return
	}
	l.sw.tidy("find the end of a recording", func(ctx context.Context) error {
		defer l.finish(false)
		select {
		case <-taped:
			return nil
		case <-time.After(stopGrace):
		}
		return l.lookForRecording(ctx, name)
	})
}

// finish tells the ends of all that was under way, then the leg's own, once.
func (l *leg) finish(lost bool) {
	l.sw.leave(l)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		return
	}
	l.ended = true
	if l.snoop && !l.answered {
		close(l.ready)
	}
	for _, p := range l.plays {
		close(p.done)
		l.tell(phone.PlayDone{ID: p.id})
	}
	l.plays = nil
	if l.recording != "" {
		name := l.recording
		l.recording = ""
		close(l.taped)
		l.tell(phone.RecordDone{Name: name, Failed: true})
	}
	l.tell(l.lastWord(lost))
	l.sink = nil
}

func (l *leg) lastWord(lost bool) phone.Ended {
	if lost {
		return phone.Ended{Remote: !l.hungUp, Lost: true}
	}
	ev := phone.Ended{Cause: l.cause, SIP: l.sip, Remote: l.remote || !l.hungUp}
	if !ev.Remote {
		ev.Cause = l.why
	}
	if ev.Cause == phone.CauseUnknown && l.up {
		ev.Cause = phone.CauseNormal // a BYE without a reason
	}
	return ev
}

// gone tells that the leg has ended.
func (l *leg) gone() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ended
}
