package asterisk

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"pronto/ivr/phone"
)

// asking is a client of a fake, and how many connections it has made.
func asking(t *testing.T, f *fakeARI) (c *client, made *atomic.Int32) {
	c, made = newClient(Config{URL: f.URL, User: "u", Password: "p"}, newMetrics(nil)), new(atomic.Int32)
	dial := c.wires.dial
	c.wires.dial = func(ctx context.Context) (net.Conn, error) {
		made.Add(1)
		return dial(ctx)
	}
	t.Cleanup(func() { c.wires.close(0) })
	return c, made
}

func answerMoh() request {
	return request{verb: "moh", method: http.MethodPost, path: path("channels", "a/b c", "moh")}
}

// Requests one after the other share a connection, refused ones too; what is asked at the same time has its own.
func TestConnectionsAreKept(t *testing.T) {
	f := newFake(t)
	c, made := asking(t, f)
	for i := range 10 {
		if err := c.do(t.Context(), answerMoh()); err != nil {
			t.Fatal(err)
		}
		r := request{verb: "look", method: http.MethodGet, path: path("playbacks", "x")}
		if err := c.do(t.Context(), r); status(err) != http.StatusNotFound || !strings.Contains(err.Error(), "not found") {
			t.Fatalf("request %d: %v, want 404 in the switch's words", i, err)
		}
	}
	if n := made.Load(); n != 1 {
		t.Errorf("%d connections for requests one after the other, want 1", n)
	}
	if got, want := <-f.asked, "POST /channels/a/b c/moh"; got != want {
		t.Errorf("asked %s, want %s", got, want)
	}

	together(t, f, c, 5)
	if n := made.Load(); n != 5 {
		t.Errorf("%d connections for five requests at the same time, want 5", n)
	}
}

// together makes n requests at the same time.
func together(t *testing.T, f *fakeARI, c *client, n int) {
	t.Helper()
	var all, met sync.WaitGroup
	met.Add(n)
	f.set(func() {
		f.answers["POST /channels/a/b c/moh"] = func(http.ResponseWriter, *http.Request) { met.Done(); met.Wait() }
	})
	for range n {
		all.Go(func() {
			if err := c.do(t.Context(), answerMoh()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	f.set(func() { delete(f.answers, "POST /channels/a/b c/moh") })
}

// Whatever number of kept connections has died, a request is made twice at most.
func TestKeptConnectionsDied(t *testing.T) {
	f := newFake(t)
	c, made := asking(t, f)
	together(t, f, c, 3)
	f.CloseClientConnections()
	if err := c.do(t.Context(), answerMoh()); err != nil {
		t.Fatal(err)
	}
	if err := c.do(t.Context(), answerMoh()); err != nil {
		t.Fatal(err)
	}
	if n := made.Load(); n != 4 {
		t.Errorf("%d connections, want the three that died and one more", n)
	}
}

func TestConnectionsThatAreNotKept(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"closing":        func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Connection", "close") },
		"without length": func(w http.ResponseWriter, r *http.Request) { bare(w, "HTTP/1.0 200 OK\r\n\r\n{}") },
		"talkative": func(w http.ResponseWriter, r *http.Request) {
			bare(w, "HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n")
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			c, made := asking(t, f)
			f.set(func() { f.answers["POST /channels/a/b c/moh"] = answer })
			for range 3 {
				if err := c.do(t.Context(), answerMoh()); err != nil {
					t.Fatal(err)
				}
			}
			if n := made.Load(); n != 3 {
				t.Errorf("%d connections for three requests, want 3", n)
			}
		})
	}
}

// bare answers with text and closes.
func bare(w http.ResponseWriter, text string) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err == nil {
		_, _ = io.WriteString(conn, text)
		_ = conn.Close()
	}
}

// A request that hangs ends with its context, and no other request comes after it on its connection.
func TestRequestGivenUp(t *testing.T) {
	f := newFake(t)
	c, made := asking(t, f)
	c.wires.room = make(chan struct{}, 1)
	hung, release := make(chan struct{}), make(chan struct{})
	defer close(release)
	f.set(func() {
		f.answers["POST /channels/a/b c/moh"] = func(http.ResponseWriter, *http.Request) { close(hung); <-release }
	})
	ctx, cancel := context.WithCancel(t.Context())
	gone := make(chan error, 1)
	go func() { gone <- c.do(ctx, answerMoh()) }()
	<-hung

	// There is room for one only.
	short, stop := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer stop()
	look := request{verb: "look", method: http.MethodGet, path: path("channels")}
	if err := c.do(short, look); !errors.Is(err, phone.ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("without room: %v, want ErrUnavailable for the deadline", err)
	}
	cancel()
	if err := <-gone; !errors.Is(err, phone.ErrUnavailable) || !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v, want ErrUnavailable for the cancellation", err)
	}
	if err := c.do(t.Context(), look); err != nil {
		t.Error(err)
	}
	if n := made.Load(); n != 2 {
		t.Errorf("%d connections, want the one that hung and a new one", n)
	}
}

// What the caller typed is in a request's query, and in no error.
func TestErrorsTellNoState(t *testing.T) {
	f := newFake(t)
	c, _ := asking(t, f)
	f.Close()
	r := answerMoh()
	r.query = map[string][]string{"value": {"typed-4711"}}
	err := c.do(t.Context(), r)
	if !errors.Is(err, phone.ErrUnavailable) || !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("%v, want ErrUnavailable because the connection is refused", err)
	}
	if err != nil && strings.Contains(err.Error(), "4711") {
		t.Errorf("the error tells the state: %v", err)
	}
}

// The quiet connection is one like any other (with -race it is).
func TestQuiet(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	near, err := dialQuiet(t.Context(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	far, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	sent := bytes.Repeat([]byte("0123456789abcdef"), 1<<18) // more than the sockets hold
	var echo sync.WaitGroup
	echo.Go(func() { _, _ = io.Copy(far, far); _ = far.Close() })
	var got []byte
	echo.Go(func() { got, err = io.ReadAll(near) })
	if n, err := near.Write(sent); n != len(sent) || err != nil {
		t.Errorf("Write = %d, %v", n, err)
	}
	if err := near.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
		t.Error(err)
	}
	echo.Wait()
	if err != nil || !bytes.Equal(got, sent) {
		t.Errorf("%d bytes came back (%v), want the %d that were sent", len(got), err, len(sent))
	}
	if _, err := near.Write([]byte("x")); !errors.Is(err, syscall.EPIPE) && !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("Write after the end: %v", err)
	}
	_ = near.Close()
	if _, err := near.Read(make([]byte, 1)); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Read after Close: %v, want ErrClosed", err)
	}
}

func TestQuietDeadline(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := dialQuiet(t.Context(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	go func() { _ = c.SetDeadline(time.Unix(1, 0)) }() // while it reads, or before
	if n, err := c.Read(make([]byte, 1)); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("Read = %d, %v, want the deadline", n, err)
	}
	if _, err := c.Write([]byte("x")); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("Write: %v, want the deadline", err)
	}
}
