package asterisk

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
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
	prefix  string // of every path
	head    string // of every request, behind its path
	wires   *wires
	metrics *metrics
}

// newClient makes a client for an address that may be no good: then Run says so, and there is nobody to ask.
func newClient(cfg Config, m *metrics) *client {
	u, err := url.Parse(ariBase(cfg.URL))
	if err != nil {
		u = &url.URL{Scheme: "http"}
	}
	auth := base64.StdEncoding.EncodeToString([]byte(cfg.User + ":" + cfg.Password))
	return &client{
		prefix: u.EscapedPath(), head: " HTTP/1.1\r\nHost: " + u.Host + "\r\nUser-Agent: pronto\r\nAuthorization: Basic " + auth + "\r\n",
		wires: newWires(u), metrics: m,
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
	data, err := c.write(r)
	if err != nil {
		return fmt.Errorf("%s: write the request: %w", r.verb, err)
	}
	// A second attempt does not try its luck with another connection that may be dying.
	code, body, err := c.wires.exchange(ctx, data, retried)
	if err != nil {
		return fmt.Errorf("%s: %w: %w", r.verb, phone.ErrUnavailable, err)
	}
	if code >= 300 {
		return refusal(r, code, body, retried)
	}
	if r.out == nil || code == http.StatusNoContent {
		return nil
	}
	if err := json.Unmarshal(body, r.out); err != nil {
		return fmt.Errorf("%s: read the answer: %w", r.verb, err)
	}
	return nil
}

// write makes the request as it goes over the wire.
func (c *client) write(r request) (data []byte, err error) {
	var body []byte
	if r.body != nil {
		if body, err = json.Marshal(r.body); err != nil {
			return nil, err
		}
	}
	data = append(data, r.method...)
	data = append(data, ' ')
	data = append(data, c.prefix...)
	data = append(data, r.path...)
	if len(r.query) > 0 {
		data = append(data, '?')
		data = append(data, r.query.Encode()...)
	}
	data = append(data, c.head...)
	if body != nil {
		data = append(data, "Content-Type: application/json\r\n"...)
	}
	if r.method == http.MethodPost || r.method == http.MethodPut {
		data = append(data, "Content-Length: "...)
		data = strconv.AppendInt(data, int64(len(body)), 10)
		data = append(data, "\r\n"...)
	}
	data = append(data, "\r\n"...)
	return append(data, body...), nil
}

func refusal(r request, code int, body []byte, retried bool) error {
	var said struct{ Message, Error string }
	_ = json.Unmarshal(body[:min(len(body), 4096)], &said)
	message := cmp.Or(said.Message, said.Error, http.StatusText(code))
	return &Error{Request: r.method + " " + r.path, Status: code, Message: message, Retried: retried}
}

// retried tells a refusal of a second attempt.
func retried(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Retried
}
