package asterisk

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"pronto/ivr/phone"
)

// bridgeType makes every party's keys events also in a conversation of two: a plain mixing bridge lets two G.711 legs pass
// their packets to each other natively, and the core, which tells of keys, does not see them.
const bridgeType = "mixing,dtmf_events"

// Bridge joins the legs. What they hear is stopped first: a channel enters a bridge only when its sound is over.
// Connected-line updates are kept back, or the caller's phone would show the operator's number.
func (s *Switch) Bridge(ctx context.Context, id string, legs ...phone.Leg) error {
	ids := make([]string, len(legs))
	for i, l := range legs {
		ids[i] = l.ID()
	}
	if err := quietenAll(ctx, legs); err != nil {
		return fmt.Errorf("bridge: %w", err)
	}
	before := s.enterRoom(id, ids)
	err := s.rest.do(ctx, request{verb: "bridge", method: http.MethodPost, path: path("bridges", id), body: map[string]string{"type": bridgeType}})
	if err != nil && status(err) != http.StatusConflict {
		s.leaveRoom(id, before, ids)
		return fmt.Errorf("make a bridge: %w", err)
	}
	query := url.Values{"channel": {strings.Join(ids, ",")}, "inhibitConnectedLineUpdates": {"true"}}
	err = s.rest.do(ctx, request{verb: "add-channel", method: http.MethodPost, path: path("bridges", id, "addChannel"), query: query})
	if err == nil {
		return nil
	}
	tidy, stop := context.WithTimeout(context.WithoutCancel(ctx), tidyTime)
	defer stop()
	err = errors.Join(err, s.undoBridge(tidy, id, before, ids))
	switch status(err) {
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		return fmt.Errorf("bridge: %w: %w", phone.ErrGone, err)
	}
	return fmt.Errorf("bridge: %w", err)
}

// quietenAll ends what is heard on the legs.
func quietenAll(ctx context.Context, legs []phone.Leg) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, other := range legs {
		if l, ok := other.(*leg); ok {
			if l.gone() {
				return phone.ErrGone
			}
			group.Go(func() error { return l.quieten(ctx) })
		}
	}
	return group.Wait()
}

// enterRoom notes who is about to be in a bridge and returns who was in it before.
func (s *Switch) enterRoom(id string, ids []string) (before []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before = s.rooms[id]
	in := slices.Clone(before)
	for _, channel := range ids {
		if !slices.Contains(in, channel) {
			in = append(in, channel)
		}
	}
	for other, there := range s.rooms {
		if coming := func(channel string) bool { return slices.Contains(ids, channel) }; other != id && slices.ContainsFunc(there, coming) {
			s.rooms[other] = slices.DeleteFunc(slices.Clone(there), coming)
		}
	}
	s.rooms[id] = in
	return before
}

// leaveRoom notes that those who are among ids and were not in the bridge before are not in it.
func (s *Switch) leaveRoom(id string, before, ids []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, here := s.rooms[id]; !here {
		return
	}
	s.rooms[id] = slices.DeleteFunc(slices.Clone(s.rooms[id]), func(channel string) bool {
		return slices.Contains(ids, channel) && !slices.Contains(before, channel)
	})
}

// undoBridge leaves a bridge as it was before somebody could not be added. One that joined nobody before is removed, for
// nobody else knows of it.
func (s *Switch) undoBridge(ctx context.Context, id string, before, ids []string) error {
	if len(before) == 0 {
		return s.Unbridge(ctx, id)
	}
	var faults []error
	for _, channel := range ids {
		if !slices.Contains(before, channel) {
			faults = append(faults, s.removeChannel(ctx, id, channel))
		}
	}
	s.leaveRoom(id, before, ids)
	return errors.Join(faults...)
}

// Part takes one leg out of the bridge. What it hears is stopped first: removeChannel would wait for the end of the sound.
func (s *Switch) Part(ctx context.Context, id string, other phone.Leg) error {
	if l, ok := other.(*leg); ok {
		if l.gone() {
			return nil
		}
		if err := l.quieten(ctx); err != nil {
			return fmt.Errorf("part: %w", err)
		}
	}
	if err := s.removeChannel(ctx, id, other.ID()); err != nil {
		return fmt.Errorf("part: %w", err)
	}
	s.leaveRoom(id, nil, []string{other.ID()})
	return nil
}

// removeChannel answers when the channel is out. A channel, or a bridge, that is not there is no error.
func (s *Switch) removeChannel(ctx context.Context, id, channel string) error {
	query := url.Values{"channel": {channel}}
	err := s.rest.do(ctx, request{verb: "remove-channel", method: http.MethodPost, path: path("bridges", id, "removeChannel"), query: query})
	if status(err) != 0 {
		return nil
	}
	return err
}

// Unbridge takes the legs out of the bridge and removes it; they go back to the application. Removing alone is not enough:
// it lets the channels go in their own time, and a sound that is played before a channel has left is lost without a
// word (Asterisk 22.10.1, res_stasis_playback.c, play_uri: the bridge is still noted, the channel not found in it).
func (s *Switch) Unbridge(ctx context.Context, id string) error {
	s.mu.Lock()
	var in []*leg
	for _, channel := range s.rooms[id] {
		if l := s.legs[channel]; l != nil { // else it is gone, and with it its place in the bridge
			in = append(in, l)
		}
	}
	s.mu.Unlock()
	if name := s.tapeOf(id); name != "" {
		if err := s.StopRecordBridge(ctx, id, name); err != nil {
			return err
		}
	}
	for _, l := range in {
		err := l.quieten(ctx)
		if err == nil {
			err = s.removeChannel(ctx, id, l.id)
		}
		if err != nil && !errors.Is(err, phone.ErrGone) { // who has gone is out of it
			return fmt.Errorf("take a channel out of a bridge: %w", err)
		}
	}
	err := s.rest.do(ctx, request{verb: "unbridge", method: http.MethodDelete, path: path("bridges", id)})
	if err != nil && status(err) != http.StatusNotFound {
		return fmt.Errorf("remove a bridge: %w", err)
	}
	s.mu.Lock()
	delete(s.rooms, id)
	s.mu.Unlock()
	return nil
}
