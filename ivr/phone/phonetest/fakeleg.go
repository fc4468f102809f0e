package phonetest

import (
	"slices"
	"time"

	"pronto/ivr/phone"
)

// leg is one party's line. world.mu guards all of it.
type leg struct {
	w      *world
	id     string
	info   phone.Info
	party  *Party
	tag    string
	bridge string
	up     bool
	over   bool
	music  bool
	plays  []*playback // the first one is heard
	rec    *recording
	ring   *time.Timer
	idle   chan struct{} // closed when the last playback ends; nil when none runs
	spied  *leg          // of a leg that listens: at whom,
	mode   phone.Snoop   // and how
	spies  []*leg        // the legs that listen at this one

	owner  *Fake // the process that knows it or is about to
	sink   phone.Sink
	missed []phone.Event
}

type playback struct {
	id     string
	sounds []string
	at     int
	failed bool
	timer  *time.Timer
}

type recording struct {
	name  string
	began time.Time
	timer *time.Timer
}

// emit tells the leg's process. What happens while its link is down is kept, as far as a switch can tell afterwards:
// keys can not be.
func (l *leg) emit(ev phone.Event) {
	switch {
	case l.owner == nil:
	case l.owner.connected:
		l.owner.box.Put(delivery{leg: l, event: ev})
	default:
		switch ev := ev.(type) {
		case phone.Key, phone.Ringing, phone.Resynced:
		case phone.Ended:
			l.missed = append(l.missed, phone.Ended{Cause: phone.CauseUnknown, Remote: ev.Remote, Lost: true})
		case phone.Answered, phone.PlayDone, phone.RecordDone:
			l.missed = append(l.missed, ev)
		}
	}
}

func (l *leg) play(id string, sounds []string) {
	l.music = false
	l.plays = append(l.plays, &playback{id: id, sounds: slices.Clone(sounds)})
	if l.idle == nil {
		l.idle = make(chan struct{})
	}
	if len(l.plays) == 1 {
		l.playOn()
	}
}

// playOn starts the next sound of the first playback, or ends it.
func (l *leg) playOn() {
	for len(l.plays) > 0 {
		p := l.plays[0]
		for p.at < len(p.sounds) {
			length, ok := l.w.length(p.sounds[p.at])
			p.failed = !ok // of the last sound, as Asterisk tells it
			if ok {
				p.timer = time.AfterFunc(length, func() { l.soundEnded(p) })
				l.sounded()
				return
			}
			p.at++
		}
		l.playDone(p)
	}
	if l.idle != nil {
		close(l.idle)
		l.idle = nil
	}
	l.sounded()
}

// sounded: what the leg hears has changed, and whether those in its bridge hear it.
func (l *leg) sounded() {
	if l.bridge != "" {
		l.w.bridgeChanged(l.bridge)
		return
	}
	l.changed()
}

func (l *leg) soundEnded(p *playback) {
	l.w.mu.Lock()
	defer l.w.mu.Unlock()
	if len(l.plays) == 0 || l.plays[0] != p {
		return // it was cut meanwhile
	}
	p.at++
	l.playOn()
}

func (l *leg) playDone(p *playback) {
	if p.timer != nil {
		p.timer.Stop()
	}
	l.plays = slices.DeleteFunc(l.plays, func(other *playback) bool { return other == p })
	l.emit(phone.PlayDone{ID: p.id, Failed: p.failed})
}

func (l *leg) stopPlay(id string) {
	i := slices.IndexFunc(l.plays, func(p *playback) bool { return p.id == id })
	if i < 0 {
		return
	}
	l.playDone(l.plays[i])
	if i == 0 {
		l.playOn()
	}
}

func (l *leg) record(name string, longest time.Duration) {
	r := &recording{name: name, began: time.Now()}
	l.rec = r
	if longest > 0 {
		r.timer = time.AfterFunc(longest, func() {
			l.w.mu.Lock()
			defer l.w.mu.Unlock()
			if l.rec == r {
				l.recordDone()
			}
		})
	}
}

func (l *leg) recordDone() {
	r := l.rec
	l.rec = nil
	if r.timer != nil {
		r.timer.Stop()
	}
	length := time.Since(r.began).Truncate(time.Second) // as Asterisk tells it
	l.emit(phone.RecordDone{Name: r.name, Length: length, Failed: length == 0})
}

// answered is a dialled party's taking the call, or our taking one.
func (l *leg) answered(tell bool) {
	if l.up || l.over {
		return
	}
	l.up = true
	if l.ring != nil {
		l.ring.Stop()
	}
	close(l.party.answered)
	if tell {
		l.emit(phone.Answered{})
	}
	l.changed()
}

// end is the last of a leg: what runs on it is told to have ended, then itself.
func (l *leg) end(ev phone.Ended) {
	if l.over {
		return
	}
	for len(l.plays) > 0 {
		l.playDone(l.plays[0])
	}
	if l.idle != nil {
		close(l.idle)
		l.idle = nil
	}
	if l.rec != nil {
		l.recordDone()
	}
	if l.ring != nil {
		l.ring.Stop()
	}
	bridge := l.bridge
	l.leave()
	l.over, l.music = true, false
	l.changed()
	l.w.bridgeChanged(bridge)
	if on := l.spied; on != nil {
		on.spies = slices.DeleteFunc(on.spies, func(spy *leg) bool { return spy == l })
		on.changed()
	}
	for _, spy := range slices.Clone(l.spies) {
		spy.end(phone.Ended{Cause: phone.CauseNormal, Remote: true})
	}
	l.emit(ev)
	delete(l.w.legs, l.id)
	if l.owner != nil && !l.owner.connected {
		l.w.gone[l.owner] = append(l.w.gone[l.owner], l)
	}
	l.party.ended = ev
	close(l.party.done)
}

// changed works out anew what the party hears, and who listens at it.
func (l *leg) changed() {
	l.party.hears(l.hears())
	for _, spy := range l.spies {
		for _, listener := range spy.others() {
			listener.party.hears(listener.hears())
		}
	}
}

// hears is what the party hears. One who is spoken to by the switch hears nobody else, and is heard by nobody.
func (l *leg) hears() []string {
	if !l.up || l.over || l.spied != nil {
		return nil
	}
	if len(l.plays) > 0 {
		return []string{"sound:" + l.plays[0].sounds[l.plays[0].at]}
	}
	var now []string
	if l.music && l.bridge == "" {
		now = append(now, "music")
	}
	for _, other := range l.others() {
		if on := other.spied; on != nil {
			now = append(now, on.speaks()...)
			now = append(now, on.hears()...)
		} else {
			now = append(now, other.speaks()...)
		}
	}
	for _, spy := range l.spies {
		for _, other := range spy.others() {
			if spy.mode == phone.Whisper {
				now = append(now, other.speaks()...)
			}
		}
	}
	slices.Sort(now)
	return slices.DeleteFunc(slices.Compact(now), func(what string) bool { return what == "voice:"+l.party.name })
}

// speaks is the party's voice as others hear it.
func (l *leg) speaks() []string {
	if l.spied != nil || len(l.plays) > 0 {
		return nil
	}
	return []string{"voice:" + l.party.name}
}

// others are the legs that share the leg's bridge.
func (l *leg) others() []*leg {
	if l.bridge == "" {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(l.w.bridges[l.bridge].legs), func(other *leg) bool { return other == l })
}

// bridgeChanged works out anew what those in a bridge hear, and whom they whisper to.
func (w *world) bridgeChanged(id string) {
	if id == "" {
		return
	}
	for _, l := range w.bridges[id].legs {
		l.changed()
		if l.spied != nil {
			l.spied.changed()
		}
	}
}

func (w *world) length(sound string) (time.Duration, bool) {
	if d, ok := w.cfg.Sounds[sound]; ok {
		return d, true
	}
	return w.cfg.AnySound, w.cfg.AnySound > 0
}
