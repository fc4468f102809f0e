package ivr

import "sync"

// pulse tells any number of watchers that something has changed, without a queue: who is slow misses beats and nothing
// else. The zero value is ready.
type pulse struct {
	mu   sync.Mutex
	next chan struct{} // nil: nobody waits
}

// wait is closed at the next beat.
func (p *pulse) wait() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.next == nil {
		p.next = make(chan struct{})
	}
	return p.next
}

func (p *pulse) beat() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.next != nil {
		close(p.next)
		p.next = nil
	}
}
