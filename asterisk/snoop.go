package asterisk

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"pronto/ivr/phone"
)

// snoopWait is how long a listening leg may take from the switch's word to its arrival in the application: a thread's start.
const snoopWait = 5 * time.Second

// Snoop makes a Snoop channel. It is a channel of the application like any other, with a StasisStart of its own (appArgs
// tells it from others), and only then it can be joined; so that is waited for.
func (s *Switch) Snoop(ctx context.Context, id string, on phone.Leg, mode phone.Snoop, sink phone.Sink) (phone.Leg, error) {
	if _, err := s.waitLink(ctx); err != nil {
		return nil, fmt.Errorf("snoop: %w", err) // it would have no application to arrive in
	}
	l := &leg{
		sw: s, id: id, dialled: true, snoop: true, up: true, sink: sink, music: off, ready: make(chan struct{}),
		info: phone.Info{Created: time.Now()},
	}
	if !s.enter(l) {
		return nil, fmt.Errorf("snoop: a leg %s is there already", id)
	}
	err := s.startSnoop(ctx, id, on.ID(), mode)
	if err == nil {
		err = l.awaitReady(ctx)
	}
	if err != nil {
		s.leave(l)
		s.dropChannel(id, "nobody listens by it")
		return nil, fmt.Errorf("snoop: %w", err)
	}
	return l, nil
}

// startSnoop asks for the channel. The switch answers a second attempt with 500, because the id is taken, so that one looks first.
func (s *Switch) startSnoop(ctx context.Context, id, on string, mode phone.Snoop) error {
	query := url.Values{"spy": {"both"}, "app": {s.cfg.App}, "appArgs": {"snoop"}}
	if mode == phone.Whisper {
		query.Set("whisper", "out")
	}
	r := request{verb: "snoop", method: http.MethodPost, path: path("channels", on, "snoop", id), query: query}
	err := s.rest.once(ctx, r, false)
	if broken(err) {
		if here, err := s.exists(ctx, "channels", id); err == nil && here {
			return nil
		}
		err = s.rest.once(ctx, r, true)
	}
	return legError(err)
}

// awaitReady waits until the leg is in the application, or over.
func (l *leg) awaitReady(ctx context.Context) error {
	limit := time.NewTimer(snoopWait)
	defer limit.Stop()
	select {
	case <-l.ready:
	case <-limit.C:
		return fmt.Errorf("%w: the channel does not arrive", phone.ErrUnavailable)
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", phone.ErrUnavailable, ctx.Err())
	}
	if l.gone() {
		return phone.ErrGone
	}
	return nil
}
