package phonetest

import (
	"context"
	"fmt"
	"maps"
	"slices"
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

// Tag waits, as Asterisk does, while a sound plays on the leg.
func (h *handle) Tag(ctx context.Context, state string) error {
	if len(state) > 1024 {
		return fmt.Errorf("tag %s: %d bytes are more than 1 kB", h.leg.id, len(state))
	}
	for {
		var busy chan struct{}
		err := h.do(ctx, "Tag", state, func(l *leg) {
			if busy = l.idle; busy == nil {
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

// telephone is the one that a target names, nil if there is none, or none that may be dialled.
func (w *world) telephone(to phone.Target) *Telephone {
	switch to {
	case phone.Target{Operator: to.Operator}:
		return w.operators[to.Operator]
	case phone.Target{Rescue: to.Rescue}:
		return w.rescue[to.Rescue]
	case phone.Target{Outside: to.Outside}:
		return w.outside[to.Outside]
	case phone.Target{Callback: to.Callback}:
		return w.callback[to.Callback]
	}
	return nil
}

// Dial implements phone.Switch.
func (f *Fake) Dial(ctx context.Context, d phone.Dial, sink phone.Sink) (phone.Leg, error) {
	w := f.w
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := f.verb(ctx, "Dial", d.ID, d.To.String()); err != nil {
		return nil, err
	}
	if l := w.legs[d.ID]; l != nil {
		return &handle{f: f, leg: l}, nil // asked for again
	}
	t := w.telephone(d.To)
	if t == nil || !t.registered {
		return nil, fmt.Errorf("dial %s: %w", d.To, phone.ErrUnreachable)
	}
	shown := d.From
	if d.To.Outside != "" || d.To.Callback != "" {
		shown = lineNumber
	}
	l := w.newLeg(d.ID, t.name, phone.Info{Caller: shown, Called: t.name, Created: time.Now()})
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

// SetOperators implements phone.Switch. Without a link the accounts are kept for the next connect.
func (f *Fake) SetOperators(ctx context.Context, accounts []phone.Account) error {
	w := f.w
	w.mu.Lock()
	defer w.mu.Unlock()
	f.accounts = slices.Clone(accounts)
	if !f.connected {
		return nil
	}
	if err := f.verb(ctx, "SetOperators", "", fmt.Sprint(len(accounts))); err != nil {
		return err
	}
	f.provision()
	return nil
}

// provision makes the accounts the operators' telephones. A telephone whose account went stays in the owner's hands, but nobody
// can ring it.
func (f *Fake) provision() {
	w := f.w
	if f.accounts == nil {
		return
	}
	wanted := map[string]bool{}
	for _, a := range f.accounts {
		wanted[a.Name] = true
		if w.operators[a.Name] == nil {
			w.operators[a.Name] = w.newTelephone(a.Name, false)
			f.box.Put(delivery{operator: a.Name})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(w.operators)) {
		if !wanted[name] {
			w.operators[name].registered = false
			delete(w.operators, name)
			f.box.Put(delivery{operator: name})
		}
	}
}
