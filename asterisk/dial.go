package asterisk

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"pronto/ivr/phone"
)

// farHalf is appended to a leg's id for the half of its Local channel that runs the dialplan.
const farHalf = "-far"

// Dial rings a party. A number goes through the dialplan, which holds the only ones that may be dialled: a
// Local channel, whose near half (ours) takes over ringing, answer and causes (measured on 22.10.1: busy 17, no answer
// 19, number not in the dialplan 1). Its far half is never in the application.
func (s *Switch) Dial(ctx context.Context, d phone.Dial, sink phone.Sink) (phone.Leg, error) {
	endpoint, err := s.endpoint(d.To)
	if err != nil {
		return nil, err
	}
	epoch, err := s.waitLink(ctx)
	if err != nil {
		return nil, fmt.Errorf("dial: %w", err) // a leg dialled now would die in the switch, untold
	}
	l := &leg{sw: s, id: d.ID, dialled: true, sink: sink, music: off, info: phone.Info{Caller: d.From, Called: d.To.String(), Created: time.Now()}}
	if !s.enter(l) {
		return nil, fmt.Errorf("dial: a leg %s is there already", d.ID)
	}
	if err := s.originate(ctx, d, endpoint); err != nil {
		s.leave(l)
		return nil, s.dialError(d.ID, err)
	}
	l.mu.Lock()
	l.accepted = true
	l.mu.Unlock()
	if err := s.confirm(ctx, l, epoch); err != nil {
		return nil, err
	}
	return l, nil
}

// endpoint is where to ring. The names are checked because they become part of a dial string.
func (s *Switch) endpoint(to phone.Target) (string, error) {
	var name, context string
	ok := true
	switch to {
	case phone.Target{Operator: to.Operator}:
		name = to.Operator
	case phone.Target{Rescue: to.Rescue}:
		name, context = to.Rescue, rescueContext
	case phone.Target{Outside: to.Outside}:
		name, ok = s.cfg.Numbers.OutsideNumber(to.Outside)
		context = outsideContext
	case phone.Target{Callback: to.Callback}:
		name, ok = s.cfg.Numbers.CallbackNumber(to.Callback)
		context = callbackContext
	}
	if !ok || !safeName(name) {
		return "", fmt.Errorf("dial: %w: no such name, or a number that may not be dialled", phone.ErrUnreachable)
	}
	if context == "" {
		return "PJSIP/" + name, nil
	}
	return "Local/" + name + "@" + context + "/n", nil
}

func (s *Switch) originate(ctx context.Context, d phone.Dial, endpoint string) error {
	body := map[string]any{
		"endpoint": endpoint, "app": s.cfg.App, "appArgs": "dialled", "channelId": d.ID,
		"timeout": int((d.Timeout + time.Second - 1) / time.Second),
		// A plain value: the object with report_events is refused before 22.10. Resync asks for the few of these.
		"variables": map[string]string{tagVariable: d.Tag},
	}
	if safeName(strings.TrimPrefix(d.From, "+")) { // it becomes part of a "name" <number> and comes from outside
		body["callerId"] = "<" + d.From + ">"
	}
	if d.For != nil {
		body["originator"] = d.For.ID()
	}
	if strings.HasPrefix(endpoint, "Local/") {
		body["otherChannelId"] = d.ID + farHalf
	}
	err := s.rest.do(ctx, request{verb: "dial", method: http.MethodPost, path: path("channels"), body: body})
	if status(err) == http.StatusConflict {
		return nil // the id is ours: an attempt whose answer was lost has had its effect
	}
	return err
}

func (s *Switch) dialError(id string, err error) error {
	if errors.Is(err, phone.ErrUnavailable) {
		// It may ring all the same, and nobody would know. Unless somebody asked again meanwhile.
		s.tidy("hang up", func(ctx context.Context) error {
			if s.leg(id) != nil {
				return nil
			}
			_, err := s.hangup(ctx, id, phone.CauseNormal)
			return err
		})
		return err
	}
	switch status(err) {
	case http.StatusBadRequest, http.StatusNotFound, http.StatusInternalServerError:
		// 500 "Allocation failed" is what the switch says of a phone that is not registered.
		return fmt.Errorf("dial: %w: %w", phone.ErrUnreachable, err)
	}
	return fmt.Errorf("dial: %w", err)
}

// confirm looks for a leg that was dialled while the connection was renewed: with no application to arrive in, the
// switch accepts it and lets it die untold.
func (s *Switch) confirm(ctx context.Context, l *leg, epoch uint64) error {
	now, up := s.link()
	if now == epoch && up {
		return nil
	}
	here, err := s.exists(ctx, "channels", l.id)
	if err == nil && here {
		return nil
	}
	s.leave(l)
	if err != nil {
		return s.dialError(l.id, err)
	}
	return fmt.Errorf("dial: %w: the connection was lost meanwhile", phone.ErrUnavailable)
}
