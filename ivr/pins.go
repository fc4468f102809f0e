package ivr

import (
	"sync"
	"time"
)

// A PIN has few digits: who tries them is locked out.
const (
	pinTries = 3
	pinLock  = 15 * time.Minute
)

// pins counts wrong PINs, by operator. A try counts as wrong until it is known to be right, so that two calls at once have no
// more of them than one. The zero value is ready.
type pins struct {
	mu    sync.Mutex
	wrong map[string]tries
}

type tries struct {
	count int
	last  time.Time
}

// try allows one try; false: none until pinLock after the last.
func (p *pins) try(operator string, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.wrong == nil {
		p.wrong = map[string]tries{}
	}
	t := p.wrong[operator]
	if now.Sub(t.last) >= pinLock {
		t.count = 0
	}
	if t.count >= pinTries {
		return false
	}
	p.wrong[operator] = tries{t.count + 1, now}
	return true
}

// spare takes a try back that was not used.
func (p *pins) spare(operator string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if t := p.wrong[operator]; t.count > 0 {
		t.count--
		p.wrong[operator] = t
	}
}

// clear: the PIN was right.
func (p *pins) clear(operator string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.wrong, operator)
}
