package asterisk

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/sync/errgroup"

	"pronto/ivr/phone"
)

// Bridge joins the legs. What they hear is stopped first: a channel enters a bridge only when its sound is over.
// Connected-line updates are kept back, or the caller's phone would show the operator's number.
func (s *Switch) Bridge(ctx context.Context, id string, legs ...phone.Leg) error {
	group, quiet := errgroup.WithContext(ctx)
	ids := make([]string, len(legs))
	for i, other := range legs {
		ids[i] = other.ID()
		if l, ok := other.(*leg); ok {
			if l.gone() {
				return fmt.Errorf("bridge: %w", phone.ErrGone)
			}
			group.Go(func() error { return l.quieten(quiet) })
		}
	}
	if err := group.Wait(); err != nil {
		return fmt.Errorf("bridge: %w", err)
	}
	s.mu.Lock()
	s.bridges[id] = ids
	s.mu.Unlock()
	err := s.rest.do(ctx, request{verb: "bridge", method: http.MethodPost, path: path("bridges", id), body: map[string]string{"type": "mixing"}})
	if err != nil && status(err) != http.StatusConflict {
		return fmt.Errorf("make a bridge: %w", err)
	}
	query := url.Values{"channel": {strings.Join(ids, ",")}, "inhibitConnectedLineUpdates": {"true"}}
	err = s.rest.do(ctx, request{verb: "add-channel", method: http.MethodPost, path: path("bridges", id, "addChannel"), query: query})
	if err != nil { // nobody else knows of a bridge that joins nobody
		tidy, stop := context.WithTimeout(context.WithoutCancel(ctx), tidyTime)
		err = errors.Join(err, s.Unbridge(tidy, id))
		stop()
	}
	switch status(err) {
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		return fmt.Errorf("bridge: %w: %w", phone.ErrGone, err)
	}
	if err != nil {
		return fmt.Errorf("bridge: %w", err)
	}
	return nil
}

// Unbridge takes the legs out of the bridge and removes it; they go back to the application. Removing alone is not enough:
// it lets the channels go in their own time, and a sound that is played before a channel has left is lost without a
// word (Asterisk 22.10.1, res_stasis_playback.c, play_uri: the bridge is still noted, the channel not found in it).
// removeChannel answers when the channel is out.
func (s *Switch) Unbridge(ctx context.Context, id string) error {
	s.mu.Lock()
	in := s.bridges[id]
	s.mu.Unlock()
	for _, channel := range in {
		if s.leg(channel) == nil {
			continue // it is gone, and with it its place in the bridge
		}
		query := url.Values{"channel": {channel}}
		err := s.rest.do(ctx, request{verb: "remove-channel", method: http.MethodPost, path: path("bridges", id, "removeChannel"), query: query})
		if err != nil && status(err) == 0 {
			return fmt.Errorf("take a channel out of a bridge: %w", err)
		} // any other answer: it, or the bridge, was not there
	}
	err := s.rest.do(ctx, request{verb: "unbridge", method: http.MethodDelete, path: path("bridges", id)})
	if err != nil && status(err) != http.StatusNotFound {
		return fmt.Errorf("remove a bridge: %w", err)
	}
	s.mu.Lock()
	delete(s.bridges, id)
	s.mu.Unlock()
	return nil
}
