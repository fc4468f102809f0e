package phonetest

import (
	"context"
	"fmt"
	"strings"
	"time"

	"pronto/ivr/phone"
)

// handle is a leg in the hands of one process.
type handle struct {
	f   *Fake
	leg *leg
}

var (
	_ phone.Leg    = (*handle)(nil)
	_ phone.Switch = (*Fake)(nil)
)

func (h *handle) ID() string       { return h.leg.id }
func (h *handle) Switch() string   { return h.f.Name() }
func (h *handle) Info() phone.Info { return h.leg.info }

// do runs a verb's effect unless the leg is gone, the link down or a fault was asked for.
func (h *handle) do(ctx context.Context, verb, detail string, effect func(*leg)) error {
	h.f.w.mu.Lock()
	defer h.f.w.mu.Unlock()
	if err := h.f.verb(ctx, verb, h.leg.id, detail); err != nil {
		return err
	}
	if h.leg.over {
		return fmt.Errorf("%s %s: %w", verb, h.leg.id, phone.ErrGone)
	}
	effect(h.leg)
	return nil
}

// harmless makes a verb's success out of the leg's absence.
func harmless(err error) error {
	if isGone(err) {
		return nil
	}
	return err
}

// Tag waits, as Asterisk does, while a sound plays on a leg outside a bridge.
func (h *handle) Tag(ctx context.Context, state string) error {
	if len(state) > 1024 {
		return fmt.Errorf("tag %s: %d bytes are more than 1 kB", h.leg.id, len(state))
	}
	for {
		var busy chan struct{}
		err := h.do(ctx, "Tag", state, func(l *leg) {
			if l.bridge == "" {
				busy = l.idle
			}
			if busy == nil {
				l.tag = state
			}
		})
		if err != nil || busy == nil {
			return err
		}
		select {
		case <-busy:
		case <-ctx.Done():
			return fmt.Errorf("tag %s while a sound plays: %w", h.leg.id, phone.ErrUnavailable)
		}
	}
}

func (h *handle) Answer(ctx context.Context) error {
	return h.do(ctx, "Answer", "", func(l *leg) { l.answered(false) })
}

func (h *handle) Hangup(ctx context.Context, cause phone.Cause) error {
	return harmless(h.do(ctx, "Hangup", cause.String(), func(l *leg) { l.end(phone.Ended{Cause: cause}) }))
}

func (h *handle) Play(ctx context.Context, id string, sounds []string) error {
	return h.do(ctx, "Play", id+" "+strings.Join(sounds, " "), func(l *leg) { l.play(id, sounds) })
}

func (h *handle) StopPlay(ctx context.Context, id string) error {
	return harmless(h.do(ctx, "StopPlay", id, func(l *leg) { l.stopPlay(id) }))
}

func (h *handle) Music(ctx context.Context, on bool) error {
	return h.do(ctx, "Music", fmt.Sprint(on), func(l *leg) {
		l.music = on
		l.changed()
	})
}

func (h *handle) Record(ctx context.Context, name string, longest time.Duration) error {
	return h.do(ctx, "Record", name, func(l *leg) { l.record(name, longest) })
}

func (h *handle) StopRecord(ctx context.Context, name string) error {
	return harmless(h.do(ctx, "StopRecord", name, func(l *leg) {
		if l.rec != nil && l.rec.name == name {
			l.recordDone()
		}
	}))
}

// Dial implements phone.Switch.
func (f *Fake) Dial(ctx context.Context, d phone.Dial, sink phone.Sink) (phone.Leg, error) {
	w := f.w
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := f.verb(ctx, "Dial", d.ID, d.To.Operator+d.To.Rescue); err != nil {
		return nil, err
	}
	if l := w.legs[d.ID]; l != nil {
		return &handle{f: f, leg: l}, nil // asked for again
	}
	t := w.rescue[d.To.Rescue]
	if d.To.Operator != "" {
		t = w.operators[d.To.Operator]
	}
	if t == nil || !t.registered {
		return nil, fmt.Errorf("dial %s%s: %w", d.To.Operator, d.To.Rescue, phone.ErrUnreachable)
	}
	l := w.newLeg(d.ID, t.name, phone.Info{Caller: d.From, Called: t.name, Created: time.Now()})
	l.tag, l.owner, l.sink, l.party.dialled = d.Tag, f, sink, true
	if d.Timeout > 0 {
		l.ring = time.AfterFunc(d.Timeout, func() {
			w.mu.Lock()
			defer w.mu.Unlock()
			if !l.up {
				l.end(phone.Ended{Cause: phone.CauseNoAnswer})
			}
		})
	}
	l.emit(phone.Ringing{})
	t.incoming <- l.party
	return &handle{f: f, leg: l}, nil
}

// Bridge implements phone.Switch. Music on the legs stops.
func (f *Fake) Bridge(ctx context.Context, id string, legs ...phone.Leg) error {
	w := f.w
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := f.verb(ctx, "Bridge", id, fmt.Sprint(len(legs))); err != nil {
		return err
	}
	for _, each := range legs {
		if l := w.legs[each.ID()]; l == nil {
			return fmt.Errorf("bridge %s: %w", each.ID(), phone.ErrGone)
		}
	}
	if w.bridges[id] == nil {
		w.bridges[id] = []*leg{}
	}
	for _, each := range legs {
		l := w.legs[each.ID()]
		l.music = false
		if l.bridge == id {
			continue
		}
		before := l.bridge
		l.leave()
		w.bridgeChanged(before)
		l.bridge = id
		w.bridges[id] = append(w.bridges[id], l)
	}
	w.bridgeChanged(id)
	return nil
}

// Unbridge implements phone.Switch.
func (f *Fake) Unbridge(ctx context.Context, id string) error {
	w := f.w
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := f.verb(ctx, "Unbridge", id, ""); err != nil {
		return err
	}
	legs := w.bridges[id]
	delete(w.bridges, id)
	for _, l := range legs {
		l.bridge = ""
	}
	for _, l := range legs {
		l.changed()
	}
	return nil
}
