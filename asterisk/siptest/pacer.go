package siptest

import (
	"context"
	"sync"
	"time"
)

// pacer sends for all calls of a phone from one ticker, so that hundreds of calls cost one timer. It sleeps while
// nobody has anything to send.
type pacer struct {
	mu      sync.Mutex
	members map[*media]struct{}
	wake    chan struct{}
}

func newPacer() *pacer {
	return &pacer{members: map[*media]struct{}{}, wake: make(chan struct{}, 1)}
}

func (p *pacer) add(m *media) {
	p.mu.Lock()
	p.members[m] = struct{}{}
	p.mu.Unlock()
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

func (p *pacer) remove(m *media) {
	p.mu.Lock()
	delete(p.members, m)
	p.mu.Unlock()
}

func (p *pacer) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.wake:
		}
		if !p.busy(ctx) {
			return
		}
	}
}

// busy ticks until nobody sends; false is the end of ctx.
func (p *pacer) busy(ctx context.Context) bool {
	ticker := time.NewTicker(frame)
	defer ticker.Stop()
	for next := time.Now(); ; {
		now := time.Now()
		if now.Sub(next) > 10*frame {
			next = now // the machine was away; sending all of it now would be a burst nobody plays
		}
		for ; !next.After(now); next = next.Add(frame) {
			if p.tick() == 0 {
				return true
			}
		}
		select {
		case <-ctx.Done():
			return false
		case <-ticker.C:
		}
	}
}

func (p *pacer) tick() int {
	p.mu.Lock()
	members := make([]*media, 0, len(p.members))
	for m := range p.members {
		members = append(members, m)
	}
	p.mu.Unlock()
	for _, m := range members {
		if !m.tick(time.Now()) {
			p.retire(m)
		}
	}
	return len(members)
}

// retire lets m go unless it was given something to send meanwhile.
func (p *pacer) retire(m *media) {
	p.mu.Lock()
	defer p.mu.Unlock()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed || !m.keys.busy() {
		delete(p.members, m)
	}
}
