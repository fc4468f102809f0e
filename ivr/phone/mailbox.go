package phone

import "sync"

// Mailbox is a queue without bound between those who must not wait (the reader of a switch's socket, the desk) and
// one goroutine that takes its contents in order. The zero value is not usable: see NewMailbox.
type Mailbox[T any] struct {
	mu    sync.Mutex
	items []T
	wake  chan struct{} // holds one token while items may be there
}

// NewMailbox returns an empty mailbox.
func NewMailbox[T any]() *Mailbox[T] {
	return &Mailbox[T]{wake: make(chan struct{}, 1)}
}

// Put adds an item. It never blocks.
func (m *Mailbox[T]) Put(item T) {
	m.mu.Lock()
	m.items = append(m.items, item)
	m.mu.Unlock()
	select {
	case m.wake <- struct{}{}:
	default:
	}
}

// Wake is readable when Take may return something.
func (m *Mailbox[T]) Wake() <-chan struct{} { return m.wake }

// Take returns all items that are there, in order, and leaves the mailbox empty.
func (m *Mailbox[T]) Take() []T {
	m.mu.Lock()
	defer m.mu.Unlock()
	items := m.items
	m.items = nil
	return items
}
