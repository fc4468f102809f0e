package asterisk

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/coder/websocket"

	"pronto/ivr/phone"
)

const (
	handshakeTime = 5 * time.Second
	readLimit     = 1 << 20
)

// pace is how a connection is kept.
type pace struct {
	ping, dead  time.Duration // between pings; without an answer to one
	first, most time.Duration // pauses between attempts to connect
	// replaced keeps two programs that want the same application from taking it from each other all the time.
	replaced time.Duration
}

var steady = pace{ping: 5 * time.Second, dead: 15 * time.Second, first: 100 * time.Millisecond, most: 5 * time.Second, replaced: 30 * time.Second}

// errReplaced ends a connection when another program connected with our application's name. The socket would stay
// open and silent.
var errReplaced = errors.New("another program took the Stasis application")

// Run connects and serves until ctx ends.
func (s *Switch) Run(ctx context.Context, h phone.Handler) error {
	defer s.rest.wires.close(0)
	defer s.work.Wait()
	socket, err := s.socketURL()
	if err != nil {
		return err
	}
	var last string
	told := false // the handler knows that the link is down
	for wait := s.pace.first; ; {
		stood, err := s.session(ctx, socket, h)
		if ctx.Err() != nil {
			return nil
		}
		if stood {
			wait, last, told = s.pace.first, "", true
		}
		if !told {
			told = true
			h.Link(false)
		}
		if text := s.explain(err); text != last {
			last = text
			s.log.Error().Err(err).Msg(text)
		}
		if errors.Is(err, errReplaced) {
			s.metrics.replaced.Inc()
			wait = s.pace.replaced
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait/2 + rand.N(wait/2+1)):
		}
		wait = min(2*wait, s.pace.most)
	}
}

func (s *Switch) socketURL() (string, error) {
	u, err := url.Parse(s.cfg.URL)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return "", fmt.Errorf("the switch's address %q is not http://host:port: correct it in the configuration", s.cfg.URL)
	}
	apps := url.Values{"app": {s.cfg.App + "," + s.phonesApp()}}
	return ariBase(s.cfg.URL) + "/events?" + apps.Encode(), nil
}

// explain says in one sentence what is wrong and what to do.
func (s *Switch) explain(err error) string {
	switch {
	case errors.Is(err, errReplaced):
		return fmt.Sprintf("another program connected to %s as application %q and gets our calls: stop it, or give it an application of its own; we take it back in half a minute", s.cfg.URL, s.cfg.App)
	case status(err) == http.StatusUnauthorized || status(err) == http.StatusForbidden:
		return fmt.Sprintf("%s refuses the ARI user %q: make user and password the same here and in Asterisk's ari.conf, then: asterisk -rx 'module reload res_ari.so'", s.cfg.URL, s.cfg.User)
	case status(err) == http.StatusNotFound:
		return fmt.Sprintf("%s has no ARI: set enabled = yes in Asterisk's ari.conf and load res_ari*.so", s.cfg.URL)
	}
	return fmt.Sprintf("no connection to the switch at %s; trying again until it is there", s.cfg.URL)
}

// session is one connection, from the handshake to the loss. It returns whether it stood, and why it ended.
func (s *Switch) session(ctx context.Context, socket string, h phone.Handler) (stood bool, err error) {
	conn, err := s.connect(ctx, socket)
	if err != nil {
		return false, err
	}
	defer func() {
		if stood { // and the reader routes nothing any more
			h.Link(false)
		}
	}()
	ctx, stop := context.WithCancelCause(ctx)
	var served sync.WaitGroup
	defer served.Wait()
	defer func() { _ = conn.CloseNow() }()
	defer stop(nil)
	s.metrics.connects.Inc()

	in := &inlet{route: func(ev *event) error { return s.route(h, ev) }, fail: stop}
	served.Go(func() { stop(s.read(conn, in)) })
	served.Go(func() { stop(s.watch(ctx, conn)) })
	if err := s.prepare(ctx); err != nil {
		return false, cause(ctx, err)
	}
	if err := s.provision(ctx); err != nil {
		return false, cause(ctx, err)
	}
	s.setUp(true, in)
	defer s.setUp(false, nil)
	if err := s.resync(ctx, h); err != nil {
		return false, cause(ctx, err)
	}
	h.Link(true)
	in.begin()
	<-ctx.Done()
	in.end()
	return true, context.Cause(ctx)
}

// cause prefers why the connection was lost to what failed because of it.
func cause(ctx context.Context, err error) error {
	if c := context.Cause(ctx); c != nil {
		return c
	}
	return err
}

func (s *Switch) connect(ctx context.Context, socket string) (*websocket.Conn, error) {
	ctx, stop := context.WithTimeout(ctx, handshakeTime)
	defer stop()
	auth := "Basic " + base64.StdEncoding.EncodeToString([]byte(s.cfg.User+":"+s.cfg.Password))
	conn, res, err := websocket.Dial(ctx, socket, &websocket.DialOptions{
		HTTPHeader: http.Header{"Authorization": {auth}}, CompressionMode: websocket.CompressionDisabled,
		HTTPClient: &http.Client{Transport: &http.Transport{DialContext: dialQuiet}},
	})
	if res != nil && res.Body != nil {
		_ = res.Body.Close()
	}
	if err != nil {
		if res != nil && res.StatusCode >= 300 {
			return nil, &Error{Request: "connect", Status: res.StatusCode, Message: http.StatusText(res.StatusCode)}
		}
		return nil, fmt.Errorf("connect: %w", err)
	}
	conn.SetReadLimit(readLimit)
	return conn, nil
}

// read takes events off the socket as fast as they come. It ends when conn is closed.
func (s *Switch) read(conn *websocket.Conn, in *inlet) error {
	var buf bytes.Buffer
	for {
		_, r, err := conn.Reader(context.Background()) // one that could end would be watched for at each read
		if err == nil {
			buf.Reset()
			_, err = buf.ReadFrom(r)
		}
		if err != nil {
			return fmt.Errorf("read events: %w", err)
		}
		s.metrics.events.Inc()
		ev, err := decode(buf.Bytes())
		if err != nil {
			s.metrics.malformed.Inc()
			if s.metrics.unknownType("malformed " + ev.Type) {
				s.log.Error().Err(err).Str("type", ev.Type).Msg("an event could not be read as expected; told once per type")
			}
		}
		if ev.Type != "" {
			in.put(ev)
		}
	}
}

// watch finds out that the other side is gone where TCP does not tell. Asterisk never pings; it answers in a
// millisecond. An unasked-for pong could crash some versions, so none is sent.
func (s *Switch) watch(ctx context.Context, conn *websocket.Conn) error {
	tick := time.NewTicker(s.pace.ping)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		s.rest.wires.close(idleTime)
		limit, stop := context.WithTimeout(ctx, s.pace.dead)
		err := conn.Ping(limit)
		stop()
		if err != nil {
			return fmt.Errorf("the switch does not answer a ping: %w", err)
		}
	}
}

// prepare tells the switch what we want to hear. Filters and the subscription die with the application, which dies
// with its last channel while nobody is connected, so they are made at each connect.
func (s *Switch) prepare(ctx context.Context) error {
	for app, types := range map[string][]string{s.cfg.App: callEvents, s.phonesApp(): phoneEvents} {
		if err := s.filter(ctx, app, types); err != nil {
			return fmt.Errorf("choose the events of application %s: %w", app, err)
		}
	}
	err := s.rest.do(ctx, request{
		verb: "subscribe", method: http.MethodPost, path: path("applications", s.phonesApp(), "subscription"),
		query: url.Values{"eventSource": {"endpoint:PJSIP"}},
	})
	if err != nil {
		return fmt.Errorf("subscribe to the operators' phones: %w", err)
	}
	return nil
}

func (s *Switch) filter(ctx context.Context, app string, types []string) error {
	type eventType struct {
		Type string `json:"type"`
	}
	allowed := make([]eventType, len(types))
	for i, t := range types {
		allowed[i].Type = t
	}
	return s.rest.do(ctx, request{
		verb: "filter", method: http.MethodPut, path: path("applications", app, "eventFilter"),
		body: map[string]any{"allowed": allowed},
	})
}
