package asterisk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"pronto/ivr/phone"
)

// requestTime bounds every command. It is longer than an Asterisk that swaps or is stopped for some seconds needs to
// come back: a caller notices less of a late prompt than of a call that was given up.
const requestTime = 10 * time.Second

// request is one request. Every one of ours may be made twice: it is idempotent, or carries an id of our choice.
type request struct {
	verb   string // for the metrics
	method string
	path   string // escaped, see path
	query  url.Values
	body   any // JSON, nil: none
	out    any // nil: the answer is not read
}

// Error is a refusal by the switch.
type Error struct {
	Request string // method and path
	Status  int    // HTTP
	Message string // as the switch says it
	Retried bool   // it was the second attempt, so the first may have had its effect
}

func (e *Error) Error() string { return fmt.Sprintf("%s: %d %s", e.Request, e.Status, e.Message) }

// status returns the HTTP status of a refusal, 0 if err is none.
func status(err error) int {
	var e *Error
	if errors.As(err, &e) {
		return e.Status
	}
	return 0
}

// path joins and escapes: an id may hold anything.
func path(parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteByte('/')
		b.WriteString(url.PathEscape(p))
	}
	return b.String()
}

type client struct {
	base     string
	user     string
	password string
	http     *http.Client
	metrics  *metrics
}

func newClient(cfg Config, m *metrics) *client {
	return &client{
		base: ariBase(cfg.URL), user: cfg.User, password: cfg.Password, metrics: m,
		http: &http.Client{Transport: &http.Transport{
			DialContext: (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
			// 64 carry 30 calls a second. The rest is for commands that wait in the switch for the end of a sound: they
			// must not keep the one that stops it from getting through. Asterisk's sessionlimit is to be above this.
			MaxConnsPerHost:     256,
			MaxIdleConnsPerHost: 64,
			// Asterisk closes after 15 s of silence; a request on a connection that is just being closed fails.
			IdleConnTimeout: 10 * time.Second,
		}},
	}
}

func ariBase(u string) string {
	return strings.TrimSuffix(strings.TrimSuffix(u, "/"), "/ari") + "/ari"
}

// do makes the request, and once more if the connection broke under it.
func (c *client) do(ctx context.Context, r request) error {
	err := c.once(ctx, r, false)
	if broken(err) {
		err = c.once(ctx, r, true)
	}
	return err
}

// broken tells an attempt that a dying keep-alive connection may have eaten.
func broken(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// once makes the request once. A switch that does not answer is phone.ErrUnavailable, a refusal is *Error.
func (c *client) once(ctx context.Context, r request, retried bool) error {
	ctx, stop := context.WithTimeout(ctx, requestTime)
	defer stop()
	begin := time.Now()
	err := c.exchange(ctx, r, retried)
	c.metrics.requests.WithLabelValues(r.verb).Observe(time.Since(begin).Seconds())
	if code := status(err); err != nil && (code == 0 || code >= 500) {
		c.metrics.failed.WithLabelValues(r.verb).Inc()
	}
	return err
}

func (c *client) exchange(ctx context.Context, r request, retried bool) error {
	req, err := c.build(ctx, r)
	if err != nil {
		return err
	}
	res, err := c.http.Do(req)
	if err != nil {
		if e, ok := errors.AsType[*url.Error](err); ok {
			err = e.Err // its text has the whole URL, and that a call's state, with what the caller typed
		}
		return fmt.Errorf("%s: %w: %w", r.verb, phone.ErrUnavailable, err)
	}
	defer func() {
		// Drained, or the connection can not be used again (a refusal has a body too).
		_, _ = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
	}()
	if res.StatusCode >= 300 {
		return refusal(r, res, retried)
	}
	if r.out == nil || res.StatusCode == http.StatusNoContent {
		return nil
	}
	if err := json.NewDecoder(res.Body).Decode(r.out); err != nil {
		if broken(err) || ctx.Err() != nil {
			return fmt.Errorf("%s: read the answer: %w: %w", r.verb, phone.ErrUnavailable, err)
		}
		return fmt.Errorf("%s: read the answer: %w", r.verb, err)
	}
	return nil
}

func (c *client) build(ctx context.Context, r request) (*http.Request, error) {
	u := c.base + r.path
	if len(r.query) > 0 {
		u += "?" + r.query.Encode()
	}
	var body io.Reader
	if r.body != nil {
		data, err := json.Marshal(r.body)
		if err != nil {
			return nil, fmt.Errorf("%s: write the request: %w", r.verb, err)
		}
		body = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, r.method, u, body)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.verb, err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	req.SetBasicAuth(c.user, c.password)
	return req, nil
}

func refusal(r request, res *http.Response, retried bool) error {
	var said struct{ Message, Error string }
	data, _ := io.ReadAll(io.LimitReader(res.Body, 4096))
	_ = json.Unmarshal(data, &said)
	message := said.Message
	if message == "" {
		message = said.Error
	}
	if message == "" {
		message = http.StatusText(res.StatusCode)
	}
	return &Error{Request: r.method + " " + r.path, Status: res.StatusCode, Message: message, Retried: retried}
}

// retried tells a refusal of a second attempt.
func retried(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Retried
}
