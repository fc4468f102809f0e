package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"pronto/prompts"
	"pronto/prompts/wording"
)

// The control socket joins publish and rollback to the controller that runs: one line of JSON asks, one answers. Who may write
// to the state folder's socket (mode 0600) may change what callers hear; nobody else can reach it.
const (
	controlName  = "control.sock"
	controlLine  = 64 << 10
	controlRead  = 2 * time.Second  // for the question to come
	controlReply = 30 * time.Second // for the answer
)

// errNoController: the change is made without one, and is heard from the next start.
var errNoController = wording.Errorf("no controller runs")

// controlAnswer is what the controller did.
type controlAnswer struct {
	Entry   prompts.Entry    `json:"entry"`
	Current bool             `json:"current,omitempty"` // it was in service already
	Error   wording.Sentence `json:"error,omitzero"`    // nothing was changed
	Warning wording.Sentence `json:"warning,omitzero"`  // it was changed, but
}

// controlAddr opens the socket's folder and names the socket by it: the path may be longer than what fits into an address.
func controlAddr(dir string) (string, io.Closer, error) {
	run, err := os.Open(filepath.Join(dir, "run"))
	if err != nil {
		return "", nil, err
	}
	return fmt.Sprintf("/proc/self/fd/%d/%s", run.Fd(), controlName), run, nil
}

func dialController(ctx context.Context, dir string) (net.Conn, error) {
	addr, run, err := controlAddr(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errNoController
	}
	if err != nil {
		return nil, wording.Errorf("reach the controller: %w", err)
	}
	defer func() { _ = run.Close() }()
	conn, err := (&net.Dialer{Timeout: controlRead}).DialContext(ctx, "unix", addr)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		return nil, errNoController
	}
	if err != nil {
		return nil, wording.Errorf("reach the controller: %w (publish as the user that it runs as)", err)
	}
	return conn, nil
}

// askController has the controller make a change.
func askController(ctx context.Context, dir string, c prompts.Change) (controlAnswer, error) {
	conn, err := dialController(ctx, dir)
	if err != nil {
		return controlAnswer{}, err
	}
	defer func() { _ = conn.Close() }()
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	_ = conn.SetDeadline(time.Now().Add(controlReply))
	if err := json.NewEncoder(conn).Encode(c); err != nil {
		return controlAnswer{}, wording.Errorf("ask the controller: %w", err)
	}
	var answer controlAnswer
	if err := json.NewDecoder(io.LimitReader(conn, controlLine)).Decode(&answer); err != nil {
		return controlAnswer{}, wording.Errorf("the controller did not answer: %w (pronto releases tells what is in service)", err)
	}
	if !answer.Error.None() {
		return answer, wording.Errorf("%s", answer.Error)
	}
	return answer, nil
}

// listenControl opens the socket; one that a killed controller left behind is replaced.
func listenControl(ctx context.Context, dir string) (net.Listener, error) {
	if err := os.MkdirAll(filepath.Join(dir, "run"), 0o755); err != nil {
		return nil, wording.Errorf("make the state folder: %w", err)
	}
	addr, run, err := controlAddr(dir)
	if err != nil {
		return nil, wording.Errorf("open the control socket: %w", err)
	}
	defer func() { _ = run.Close() }()
	_ = os.Remove(addr)
	// Nobody can connect between bind and chmod but to what the umask lets through, so it lets nothing through.
	mask := syscall.Umask(0o177)
	l, err := (&net.ListenConfig{}).Listen(ctx, "unix", addr)
	syscall.Umask(mask)
	if err != nil {
		return nil, wording.Errorf("open the control socket in %s: %w", dir, err)
	}
	// Its name is relative to a folder that is closed by then; and the next controller may have put its own there.
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	return l, nil
}

// serveControl answers one client at a time until ctx ends: changes have an order.
func serveControl(ctx context.Context, l net.Listener, do func(context.Context, prompts.Change) controlAnswer) error {
	stop := context.AfterFunc(ctx, func() { _ = l.Close() })
	defer stop()
	for {
		conn, err := l.Accept()
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil: // too many open files, say: it passes
			select {
			case <-ctx.Done():
			case <-time.After(100 * time.Millisecond):
			}
		default:
			answerControl(ctx, conn, do)
		}
	}
}

func answerControl(ctx context.Context, conn net.Conn, do func(context.Context, prompts.Change) controlAnswer) {
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(controlRead))
	line, err := bufio.NewReader(io.LimitReader(conn, controlLine)).ReadBytes('\n')
	if err != nil {
		return // somebody who only looked whether we are there
	}
	var c prompts.Change
	answer := controlAnswer{Error: wording.Say("the question can not be read: use the pronto of the same version")}
	if json.Unmarshal(line, &c) == nil {
		answer = do(ctx, c)
	}
	_ = conn.SetDeadline(time.Now().Add(controlRead))
	_ = json.NewEncoder(conn).Encode(answer) // one who has gone is told by pronto releases
}
