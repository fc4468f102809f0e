package asterisk

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"pronto/ivr/phone"
)

// tape is the recording of a bridge.
type tape struct {
	bridge, name string
	done         chan struct{} // closed when its end was told

	mu    sync.Mutex // held while the sink is called
	sink  phone.Sink
	known bool // the switch has it: if it can not be found, it is over
	over  bool
}

// RecordBridge takes down what is said in the bridge, mixed, as WAV, 8 kHz, 16 bit. The switch does it with a channel of its own in the
// bridge ("Recorder/..."), which it hides from lists and events; while it is there even two parties are mixed.
//
// The application gets the recording's events with the bridge's, and the bridge's only while one of its channels is in it. So it
// subscribes to the bridge, or the end would be told to nobody when the last party leaves first.
func (s *Switch) RecordBridge(ctx context.Context, id, name string, sink phone.Sink) error {
	if !safeName(name) {
		return fmt.Errorf("record a bridge: the name %q may hold letters, digits and . _ - only", name)
	}
	t, fresh, err := s.enterTape(id, name, sink)
	if err != nil || !fresh {
		return err
	}
	if err := s.startTape(ctx, t); err != nil {
		s.leaveTape(t)
		return fmt.Errorf("record a bridge: %w", err)
	}
	t.mu.Lock()
	t.known = true
	t.mu.Unlock()
	return nil
}

// enterTape registers a recording; one that is known already gets the new sink.
func (s *Switch) enterTape(id, name string, sink phone.Sink) (t *tape, fresh bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.tapes[name]; t != nil {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.sink = sink
		return t, false, nil
	}
	for _, t := range s.tapes {
		if t.bridge == id {
			return nil, false, fmt.Errorf("record a bridge: it is being recorded as %s", t.name)
		}
	}
	t = &tape{bridge: id, name: name, sink: sink, done: make(chan struct{})}
	s.tapes[name] = t
	return t, true, nil
}

func (s *Switch) leaveTape(t *tape) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tapes[t.name] == t {
		delete(s.tapes, t.name)
	}
}

func (s *Switch) startTape(ctx context.Context, t *tape) error {
	err := s.rest.do(ctx, request{
		verb: "subscribe", method: http.MethodPost, path: path("applications", s.cfg.App, "subscription"),
		query: url.Values{"eventSource": {"bridge:" + t.bridge}},
	})
	if err == nil {
		err = s.rest.do(ctx, request{
			verb: "record-bridge", method: http.MethodPost, path: path("bridges", t.bridge, "record"),
			body: map[string]any{"name": t.name, "format": "wav", "ifExists": "fail", "terminateOn": "none"},
		})
	}
	switch status(err) {
	case http.StatusNotFound, http.StatusUnprocessableEntity:
		err = fmt.Errorf("%w: %w", phone.ErrGone, err)
	case http.StatusConflict:
	default:
		return err
	}
	// No such bridge, or the name is in use: by this recording, whose beginning or end a process before us saw.
	live, stored, look := s.findRecording(ctx, t.name)
	switch {
	case look != nil:
		return look
	case live:
		return nil
	case stored:
		s.tapeDone(t.name, tapedTime)
		return nil
	}
	return err
}

// StopRecordBridge ends and keeps a recording. RecordDone follows; it has if the recording is not found.
func (s *Switch) StopRecordBridge(ctx context.Context, _, name string) error {
	err := s.rest.do(ctx, request{verb: "stop-record", method: http.MethodPost, path: path("recordings", "live", name, "stop")})
	if err != nil && status(err) != http.StatusNotFound {
		return fmt.Errorf("stop the recording of a bridge: %w", err)
	}
	s.mu.Lock()
	t := s.tapes[name]
	s.mu.Unlock()
	if t != nil {
		s.tidy("find the end of a bridge's recording", func(ctx context.Context) error {
			select {
			case <-t.done:
				return nil
			case <-time.After(stopGrace):
			}
			return s.lookForTape(ctx, t)
		})
	}
	return nil
}

// tapeOf returns the name of a bridge's recording, "" if there is none.
func (s *Switch) tapeOf(bridge string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, t := range s.tapes {
		if t.bridge == bridge {
			return name
		}
	}
	return ""
}

// tapeDone tells a recording's end, once.
func (s *Switch) tapeDone(name string, length time.Duration) {
	s.mu.Lock()
	t := s.tapes[name]
	s.mu.Unlock()
	if t == nil {
		return
	}
	s.leaveTape(t)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over {
		return
	}
	t.over = true
	close(t.done)
	if t.sink != nil {
		t.sink(phone.RecordDone{Name: name, Length: length, Failed: length <= 0})
	}
}

// lookForTape tells the end of a recording whose event was lost.
func (s *Switch) lookForTape(ctx context.Context, t *tape) error {
	live, stored, err := s.findRecording(ctx, t.name)
	switch {
	case err != nil || live:
		return err
	case stored:
		s.tapeDone(t.name, tapedTime)
	default:
		s.tapeDone(t.name, 0)
	}
	return nil
}

// findRecording looks for a recording by its name.
func (s *Switch) findRecording(ctx context.Context, name string) (live, stored bool, err error) {
	if live, err = s.exists(ctx, "recordings", "live", name); err != nil || live {
		return live, false, err
	}
	stored, err = s.exists(ctx, "recordings", "stored", name)
	return false, stored, err
}

// catchUpTapes tells the ends of bridges' recordings that were missed.
func (s *Switch) catchUpTapes(ctx context.Context) error {
	s.mu.Lock()
	var known []*tape
	for _, t := range s.tapes {
		known = append(known, t)
	}
	s.mu.Unlock()
	for _, t := range known {
		t.mu.Lock()
		sure := t.known
		t.mu.Unlock()
		if !sure {
			continue
		}
		if err := s.lookForTape(ctx, t); err != nil {
			return err
		}
	}
	return nil
}

// onBridge tells whether a recording's target_uri is a bridge.
func onBridge(uri string) bool { return strings.HasPrefix(uri, "bridge:") }
