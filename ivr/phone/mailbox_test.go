package phone_test

import (
	"sync"
	"testing"

	"pronto/ivr/phone"
)

// What several put in is taken once, each one's in order, and a wake-up is never lost.
func TestMailbox(t *testing.T) {
	const senders, each = 8, 1000
	type item struct{ sender, n int }
	box := phone.NewMailbox[item]()
	var wg sync.WaitGroup
	for sender := range senders {
		wg.Go(func() {
			for n := range each {
				box.Put(item{sender, n})
			}
		})
	}
	var next [senders]int
	for taken := 0; taken < senders*each; {
		<-box.Wake()
		for _, it := range box.Take() {
			if it.n != next[it.sender] {
				t.Fatalf("sender %d: got %d, want %d", it.sender, it.n, next[it.sender])
			}
			next[it.sender]++
			taken++
		}
	}
	wg.Wait()
	if left := box.Take(); len(left) != 0 {
		t.Errorf("%d items are left", len(left))
	}
}
