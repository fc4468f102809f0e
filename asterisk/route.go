package asterisk

import (
	"context"
	"strings"
	"time"

	"github.com/CyCoreSystems/ari/v5"

	"pronto/ivr/phone"
)

// route delivers one event. It makes no request and waits for nothing.
func (s *Switch) route(h phone.Handler, ev *event) error {
	if at, err := time.Parse(stampLayout, ev.Timestamp); err == nil {
		s.metrics.lag.Observe(max(0, time.Since(at).Seconds()))
	}
	if ev.App == s.phonesApp() && ev.Type != ari.Events.ApplicationReplaced {
		if ev.Endpoint.Resource != "" {
			s.presence(h, ev.Endpoint.Technology, ev.Endpoint.Resource, ev.Endpoint.State == "online")
		}
		return nil
	}
	switch ev.Type {
	case ari.Events.StasisStart:
		s.start(h, ev)
	case ari.Events.PlaybackFinished:
		if l := s.leg(target(ev.Playback.Target)); l != nil {
			l.playDone(ev.Playback.ID, ev.Playback.State == "failed")
		}
	case ari.Events.RecordingFinished, ari.Events.RecordingFailed:
		length := time.Duration(ev.Recording.Duration) * time.Second
		if ev.Type == ari.Events.RecordingFailed {
			length = 0
		}
		if onBridge(ev.Recording.Target) {
			s.tapeDone(ev.Recording.Name, length)
		} else if l := s.leg(target(ev.Recording.Target)); l != nil {
			l.recordDone(ev.Recording.Name, length)
		}
	case ari.Events.ChannelStateChange, ari.Events.ChannelDtmfReceived, ari.Events.ChannelHangupRequest,
		ari.Events.StasisEnd, ari.Events.ChannelDestroyed:
		if l := s.leg(ev.Channel.ID); l != nil {
			l.channelEvent(ev)
		}
	case ari.Events.ApplicationReplaced:
		return errReplaced
	default:
		if s.metrics.unknownType(ev.Type) {
			s.log.Warn().Str("type", ev.Type).Msg("an event of a type that the line has no use for; told once per type")
		}
	}
	return nil
}

func (l *leg) channelEvent(ev *event) {
	switch ev.Type {
	case ari.Events.ChannelStateChange:
		l.state(ev.Channel.State)
	case ari.Events.ChannelDtmfReceived:
		l.key(ev.Digit)
	case ari.Events.ChannelHangupRequest:
		l.hangupAsked(phone.Cause(ev.Cause), ev.TechCause)
	case ari.Events.StasisEnd, ari.Events.ChannelDestroyed:
		// StasisEnd is the last word for an incoming leg: it takes the application off the channel, and no
		// ChannelDestroyed comes. A dialled leg that was never answered has only the latter.
		l.end(phone.Cause(ev.Cause), ev.TechCause)
	}
}

// start takes a channel's arrival in the application.
func (s *Switch) start(h phone.Handler, ev *event) {
	id := ev.Channel.ID
	if l := s.leg(id); l != nil {
		l.started()
		return
	}
	if strings.HasPrefix(id, ours) {
		s.dropChannel(id, "it was dialled, and given up before it was there")
		return
	}
	l := &leg{sw: s, id: id, info: ev.Channel.info(ev.Args), accepted: true, up: ev.Channel.State == stateUp, music: off}
	if !s.enter(l) {
		return
	}
	l.take(h.Incoming(l), "nobody takes the call")
}

// take gives the leg its sink, or hangs it up if there is none.
func (l *leg) take(sink phone.Sink, why string) {
	if sink != nil {
		l.setSink(sink)
		return
	}
	l.sw.log.Info().Str("channel", l.id).Str("why", why).Msg("hanging up a leg that nobody wants")
	l.sw.tidy("hang up", func(ctx context.Context) error { return l.Hangup(ctx, phone.CauseNormal) })
}

// presence tells the handler when an operator's phone comes or goes. The same news comes in several events.
func (s *Switch) presence(h phone.Handler, tech, name string, online bool) {
	if tech != "PJSIP" || name == trunkEndpoint {
		return
	}
	s.mu.Lock()
	before, known := s.phones[name]
	s.phones[name] = online
	s.mu.Unlock()
	if !known || before != online {
		h.Operator(name, online)
	}
}
