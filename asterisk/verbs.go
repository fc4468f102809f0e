package asterisk

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"pronto/ivr/phone"
)

// legError says that the leg is gone where the switch's refusal means that.
func legError(err error) error {
	switch status(err) {
	case http.StatusNotFound, http.StatusConflict:
		return fmt.Errorf("%w: %w", phone.ErrGone, err)
	}
	return err
}

// command makes a request on the leg.
func (l *leg) command(ctx context.Context, verb, method string, query url.Values, body any) error {
	if l.gone() {
		return fmt.Errorf("%s: %w", verb, phone.ErrGone)
	}
	return legError(l.sw.rest.do(ctx, request{verb: verb, method: method, path: path("channels", l.id, verb), query: query, body: body}))
}

// Tag writes the state into a variable that rides in every later event and list (report_events, 22.10). A switch
// that does not know the parameter ignores it: resync then asks for each variable.
func (l *leg) Tag(ctx context.Context, state string) error {
	query := url.Values{"variable": {tagVariable}, "value": {state}, "report_events": {"true"}}
	return l.command(ctx, "variable", http.MethodPost, query, nil)
}

// Answer takes an incoming call. A second one would wait for the end of the sound that plays, so it is not sent.
func (l *leg) Answer(ctx context.Context) error {
	l.mu.Lock()
	up := l.up && !l.ended
	l.mu.Unlock()
	if up {
		return nil
	}
	if err := l.command(ctx, "answer", http.MethodPost, nil, nil); err != nil {
		return err
	}
	l.mu.Lock()
	l.up = true
	l.mu.Unlock()
	return nil
}

// Hangup ends the leg, answered or ringing.
func (l *leg) Hangup(ctx context.Context, cause phone.Cause) error {
	if cause == phone.CauseUnknown {
		cause = phone.CauseNormal
	}
	l.mu.Lock()
	ended, first := l.ended, !l.hungUp
	if first && !ended {
		l.hungUp, l.why = true, cause
	}
	l.mu.Unlock()
	if ended {
		return nil
	}
	found, err := l.sw.hangup(ctx, l.id, cause)
	if err == nil && !found && first {
		l.mu.Lock()
		l.remote = true // the party was quicker; the event is on its way
		l.mu.Unlock()
	}
	return err
}

// hangup ends a channel, and tells whether it was still there.
func (s *Switch) hangup(ctx context.Context, id string, cause phone.Cause) (found bool, err error) {
	query := url.Values{"reason_code": {strconv.Itoa(int(cause))}}
	err = s.rest.do(ctx, request{verb: "hangup", method: http.MethodDelete, path: path("channels", id), query: query})
	if status(err) == http.StatusNotFound {
		return retried(err), nil
	}
	return err == nil, err
}

// Play queues the sounds as one playback: Asterisk goes from one to the next without us. They are always sound: URIs,
// because number: and digits: can not be stopped.
func (l *leg) Play(ctx context.Context, id string, sounds []string) error {
	if err := l.silence(ctx); err != nil {
		return err
	}
	media := make([]string, len(sounds))
	for i, s := range sounds {
		media[i] = "sound:" + l.sw.cfg.SoundRoot + "/" + s
	}
	p := &play{id: id, done: make(chan struct{})}
	l.mu.Lock()
	if l.ended {
		l.mu.Unlock()
		return fmt.Errorf("play: %w", phone.ErrGone)
	}
	l.plays = append(l.plays, p)
	l.mu.Unlock()
	if err := l.startPlay(ctx, id, media); err != nil {
		l.forgetPlay(p)
		return legError(err)
	}
	l.mu.Lock()
	p.accepted = true
	l.mu.Unlock()
	return nil
}

// startPlay asks for the playback. Asterisk takes the same playback id twice and plays it twice (measured on
// 22.10.1), so a second attempt looks first.
func (l *leg) startPlay(ctx context.Context, id string, media []string) error {
	r := request{
		verb: "play", method: http.MethodPost, path: path("channels", l.id, "play"),
		body: map[string]any{"media": media, "playbackId": id},
	}
	err := l.sw.rest.once(ctx, r, false)
	if !broken(err) {
		return err
	}
	if here, err := l.sw.exists(ctx, "playbacks", id); err == nil && here {
		return nil
	}
	return l.sw.rest.once(ctx, r, true)
}

// silence stops music that plays, or may play.
func (l *leg) silence(ctx context.Context) error {
	l.mu.Lock()
	quiet := l.music == off
	l.mu.Unlock()
	if quiet {
		return nil
	}
	return l.Music(ctx, false)
}

// StopPlay cuts a sound. One that has ended already is not found, which is as good.
func (l *leg) StopPlay(ctx context.Context, id string) error {
	err := l.sw.rest.do(ctx, request{verb: "stop-play", method: http.MethodDelete, path: path("playbacks", id)})
	if err != nil && status(err) != http.StatusNotFound {
		return err
	}
	if p := l.findPlay(id); p != nil {
		// A sound that was still queued may never be told to have ended.
		l.sw.tidy("find the end of a sound", func(ctx context.Context) error { return l.watchPlay(ctx, p) })
	}
	return nil
}

// watchPlay tells the end of a sound that the switch does not know any more, if nobody has.
func (l *leg) watchPlay(ctx context.Context, p *play) error {
	select {
	case <-p.done:
		return nil
	case <-time.After(stopGrace):
	}
	here, err := l.sw.exists(ctx, "playbacks", p.id)
	if err == nil && !here {
		l.playDone(p.id, false)
	}
	return err
}

// exists asks for a thing by its id.
func (s *Switch) exists(ctx context.Context, parts ...string) (bool, error) {
	err := s.rest.do(ctx, request{verb: "look", method: http.MethodGet, path: path(parts...)})
	if status(err) == http.StatusNotFound {
		return false, nil
	}
	return err == nil, err
}

// Music starts or stops music on hold. Both are queued behind what the leg does, and accepted at once.
func (l *leg) Music(ctx context.Context, play bool) error {
	method, want := http.MethodDelete, off
	if play {
		method, want = http.MethodPost, on
	}
	l.mu.Lock()
	same := l.music == want && !l.ended
	l.mu.Unlock()
	if same {
		return nil
	}
	if err := l.command(ctx, "moh", method, nil, nil); err != nil {
		return err
	}
	l.mu.Lock()
	l.music = want
	l.mu.Unlock()
	return nil
}

// quieten ends all that is heard on the leg and waits for it, for a bridge is entered only when the sound is over.
func (l *leg) quieten(ctx context.Context) error {
	if err := l.silence(ctx); err != nil {
		return err
	}
	l.mu.Lock()
	plays := append([]*play(nil), l.plays...)
	l.mu.Unlock()
	for _, p := range plays {
		if err := l.StopPlay(ctx, p.id); err != nil {
			return err
		}
	}
	limit := time.NewTimer(stopGrace)
	defer limit.Stop()
	for _, p := range plays {
		select {
		case <-p.done:
		case <-limit.C:
			return nil
		case <-ctx.Done():
			return fmt.Errorf("wait for the end of a sound: %w", ctx.Err())
		}
	}
	return nil
}
