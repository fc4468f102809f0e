package asterisk

import "sync"

// inlet is where events come in, from the socket and from those of us who make some, and leave one at a time. Whoever
// brings one while nobody routes routes it himself, and what others bring meanwhile: a goroutine for that would have to be
// woken for each event, which costs more than the routing. Until it is opened events are kept.
type inlet struct {
	route func(*event) error
	fail  func(error) // told why routing ended

	mu   sync.Mutex
	kept []event
	open bool
	busy bool // somebody routes
	over bool
}

// put never waits: events are routed by the caller or by whoever does so already.
func (in *inlet) put(ev event) {
	in.mu.Lock()
	if !in.over {
		in.kept = append(in.kept, ev)
	}
	mine := in.open && !in.busy
	if mine {
		in.busy = true
	}
	in.mu.Unlock()
	if mine {
		in.run()
	}
}

// begin opens the inlet and routes what was kept.
func (in *inlet) begin() {
	in.mu.Lock()
	in.open, in.busy = true, true
	in.mu.Unlock()
	in.run()
}

// end closes the inlet for good: what is left, and what still comes, concerns a connection that is no more.
func (in *inlet) end() {
	in.mu.Lock()
	in.over, in.kept = true, nil
	in.mu.Unlock()
}

// run routes until nothing is left.
func (in *inlet) run() {
	var spare []event
	for {
		in.mu.Lock()
		batch := in.kept
		in.kept, in.busy = spare[:0], in.open && len(batch) > 0
		busy := in.busy
		in.mu.Unlock()
		if !busy {
			return
		}
		for i := range batch {
			if err := in.route(&batch[i]); err != nil {
				in.end()
				in.fail(err)
				break
			}
		}
		clear(batch)
		spare = batch
	}
}
