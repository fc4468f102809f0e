package phonetest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"pronto/ivr/phone"
)

// bridge joins legs.
type bridge struct {
	legs []*leg
	rec  *tape
}

// tape is the recording of a bridge.
type tape struct {
	name  string
	began time.Time
	owner *Fake // the process that knows it or is about to
	sink  phone.Sink
}

// Bridge implements phone.Conference. Music and sounds on the legs stop.
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
		w.bridges[id] = &bridge{}
	}
	for _, each := range legs {
		w.legs[each.ID()].join(id)
	}
	w.bridgeChanged(id)
	return nil
}

// join takes the leg into the bridge, out of the one that it is in.
func (l *leg) join(id string) {
	l.music = false
	for len(l.plays) > 0 {
		l.stopPlay(l.plays[0].id)
	}
	if l.bridge == id {
		return
	}
	before := l.bridge
	l.leave()
	l.w.bridgeChanged(before)
	l.bridge = id
	l.w.bridges[id].legs = append(l.w.bridges[id].legs, l)
}

func (l *leg) leave() {
	if l.bridge == "" {
		return
	}
	b := l.w.bridges[l.bridge]
	b.legs = slices.DeleteFunc(b.legs, func(other *leg) bool { return other == l })
	l.bridge = ""
	if l.spied != nil {
		l.spied.changed()
	}
}

// Part implements phone.Conference.
func (f *Fake) Part(ctx context.Context, id string, each phone.Leg) error {
	w := f.w
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := f.verb(ctx, "Part", id, each.ID()); err != nil {
		return err
	}
	l := w.legs[each.ID()]
	if l == nil || l.bridge != id {
		return nil
	}
	for len(l.plays) > 0 {
		l.stopPlay(l.plays[0].id)
	}
	l.leave()
	l.changed()
	w.bridgeChanged(id)
	return nil
}

// Unbridge implements phone.Conference.
func (f *Fake) Unbridge(ctx context.Context, id string) error {
	w := f.w
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := f.verb(ctx, "Unbridge", id, ""); err != nil {
		return err
	}
	b := w.bridges[id]
	if b == nil {
		return nil
	}
	w.recordDone(b)
	for _, l := range slices.Clone(b.legs) {
		l.leave()
		for len(l.plays) > 0 {
			l.stopPlay(l.plays[0].id)
		}
		l.changed()
	}
	delete(w.bridges, id)
	return nil
}

// Snoop implements phone.Conference.
func (f *Fake) Snoop(ctx context.Context, id string, each phone.Leg, mode phone.Snoop, sink phone.Sink) (phone.Leg, error) {
	w := f.w
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := f.verb(ctx, "Snoop", each.ID(), id+" "+mode.String()); err != nil {
		return nil, err
	}
	on := w.legs[each.ID()]
	if on == nil {
		return nil, fmt.Errorf("snoop on %s: %w", each.ID(), phone.ErrGone)
	}
	if l := w.legs[id]; l != nil {
		return &handle{f: f, leg: l}, nil // asked for again
	}
	l := w.newLeg(id, id, phone.Info{Created: time.Now()})
	l.up, l.owner, l.sink, l.spied, l.mode = true, f, sink, on, mode
	close(l.party.answered)
	on.spies = append(on.spies, l)
	return &handle{f: f, leg: l}, nil
}

// RecordBridge implements phone.Conference.
func (f *Fake) RecordBridge(ctx context.Context, id, name string, sink phone.Sink) error {
	w := f.w
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := f.verb(ctx, "RecordBridge", id, name); err != nil {
		return err
	}
	b := w.bridges[id]
	switch {
	case b != nil && b.rec != nil && b.rec.name == name:
		b.rec.owner, b.rec.sink = f, sink
		return nil
	case w.taped[name] > 0: // it is over
		f.box.Put(delivery{sink: sink, event: phone.RecordDone{Name: name, Length: w.taped[name]}})
		return nil
	case b == nil:
		return fmt.Errorf("record the bridge %s: %w", id, phone.ErrGone)
	case b.rec != nil:
		return fmt.Errorf("record the bridge %s: it is being recorded as %s", id, b.rec.name)
	}
	b.rec = &tape{name: name, began: time.Now(), owner: f, sink: sink}
	return nil
}

// StopRecordBridge implements phone.Conference.
func (f *Fake) StopRecordBridge(ctx context.Context, id, name string) error {
	w := f.w
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := f.verb(ctx, "StopRecordBridge", id, name); err != nil {
		return err
	}
	if b := w.bridges[id]; b != nil && b.rec != nil && b.rec.name == name {
		w.recordDone(b)
	}
	return nil
}

// recordDone ends a bridge's recording, if there is one. A process that is cut off is told when it is back.
func (w *world) recordDone(b *bridge) {
	r := b.rec
	if r == nil {
		return
	}
	b.rec = nil
	length := time.Since(r.began).Truncate(time.Second)
	w.taped[r.name] = length
	r.owner.box.Put(delivery{sink: r.sink, event: phone.RecordDone{Name: r.name, Length: length, Failed: length == 0}})
}
