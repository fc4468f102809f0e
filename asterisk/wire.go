package asterisk

import (
	"bufio"
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"
)

const (
	dialTime = 5 * time.Second
	// 64 carry 30 calls a second. The rest is for commands that wait in the switch for the end of a sound: they must
	// not keep the one that stops it from getting through. Asterisk's sessionlimit is to be above this.
	mostWires = 256
	mostIdle  = 64
	// Asterisk closes after 15 s of silence; a request on a connection that is just being closed fails.
	idleTime = 10 * time.Second
	// answerLimit bounds an answer. The longest lists the channels, 2 kB each.
	answerLimit = 64 << 20
)

var errLong = fmt.Errorf("the answer is longer than %d MB", answerLimit>>20)

// wires are the kept-alive connections to the switch's HTTP server. Whoever asks writes and reads himself. net/http's
// client has two goroutines for each connection, and the hand-offs between them cost more than the writing and reading;
// fasthttp's has none, but a request of its can not be cancelled.
type wires struct {
	dial func(context.Context) (net.Conn, error)
	room chan struct{} // a token for each wire in use

	mu   sync.Mutex
	idle []*wire // the last one used is the last
}

// wire is one connection.
type wire struct {
	net.Conn
	in   *bufio.Reader
	used time.Time // when it was put aside
}

func newWires(u *url.URL) *wires {
	addr := net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), u.Scheme))
	return &wires{
		dial: func(ctx context.Context) (net.Conn, error) {
			c, err := dialQuiet(ctx, "tcp", addr)
			if err != nil || u.Scheme != "https" {
				return c, err
			}
			return tls.Client(c, &tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12}), nil
		},
		room: make(chan struct{}, mostWires),
	}
}

// dialQuiet makes a quiet connection.
func dialQuiet(ctx context.Context, network, addr string) (net.Conn, error) {
	c, err := (&net.Dialer{Timeout: dialTime}).DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	return hush(c)
}

// exchange sends a request and returns the answer's status and body. fresh asks for a new connection.
func (ws *wires) exchange(ctx context.Context, request []byte, fresh bool) (code int, body []byte, err error) {
	select {
	case ws.room <- struct{}{}:
	case <-ctx.Done():
		return 0, nil, ctx.Err()
	}
	defer func() { <-ws.room }()
	w, err := ws.take(ctx, fresh)
	if err != nil {
		return 0, nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = w.SetDeadline(time.Unix(1, 0)) })
	code, body, again, err := w.exchange(request)
	cut := !stop()
	if again && !cut {
		ws.put(w)
		return code, body, nil
	}
	_ = w.Close()
	switch {
	case err == nil:
	case cut:
		err = ctx.Err() // which is why it failed
	default:
		ws.close(0) // what broke this one may have broken all
	}
	return code, body, err
}

// exchange also tells whether the wire can be used again.
func (w *wire) exchange(request []byte) (code int, body []byte, again bool, err error) {
	if _, err = w.Write(request); err != nil {
		return 0, nil, false, err
	}
	res, err := http.ReadResponse(w.in, nil)
	if err != nil {
		return 0, nil, false, err
	}
	defer func() { _ = res.Body.Close() }()
	if res.ContentLength != 0 {
		if body, err = io.ReadAll(io.LimitReader(res.Body, answerLimit+1)); err != nil {
			return 0, nil, false, err
		}
		if len(body) > answerLimit {
			return 0, nil, false, errLong
		}
	}
	return res.StatusCode, body, !res.Close && w.in.Buffered() == 0, nil
}

// take returns an idle wire or a new one.
func (ws *wires) take(ctx context.Context, fresh bool) (*wire, error) {
	if !fresh {
		ws.mu.Lock()
		var w *wire
		if n := len(ws.idle); n > 0 && time.Since(ws.idle[n-1].used) < idleTime {
			w, ws.idle = ws.idle[n-1], ws.idle[:n-1]
		}
		ws.mu.Unlock()
		if w != nil {
			return w, nil
		}
	}
	c, err := ws.dial(ctx)
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	return newWire(c), nil
}

func newWire(c net.Conn) *wire { return &wire{Conn: c, in: bufio.NewReader(c)} }

func (ws *wires) put(w *wire) {
	w.used = time.Now()
	ws.mu.Lock()
	full := len(ws.idle) >= mostIdle
	if !full {
		ws.idle = append(ws.idle, w)
	}
	ws.mu.Unlock()
	if full {
		_ = w.Close()
	}
}

// close ends the wires that have been idle for that long.
func (ws *wires) close(idle time.Duration) {
	ws.mu.Lock()
	n := slices.IndexFunc(ws.idle, func(w *wire) bool { return time.Since(w.used) < idle })
	if n < 0 {
		n = len(ws.idle)
	}
	old := slices.Clone(ws.idle[:n])
	ws.idle = slices.Delete(ws.idle, 0, n)
	ws.mu.Unlock()
	for _, w := range old {
		_ = w.Close()
	}
}
