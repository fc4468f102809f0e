package local

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Control runs a command of Asterisk's console ("core show version") and returns what it prints. state is the host's folder.
func Control(ctx context.Context, state, command string) (string, error) {
	conn, err := dialControl(ctx, state)
	if err != nil {
		return "", fmt.Errorf("reach Asterisk's console: %w", err)
	}
	defer func() { _ = conn.Close() }()
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	// The console tells who it is first, with a line end; "quit after" makes it close when the command has run.
	if _, err := conn.Write([]byte("cli quit after " + command + "\x00")); err != nil {
		return "", fmt.Errorf("ask Asterisk's console: %w", err)
	}
	answer, err := io.ReadAll(conn)
	if err != nil {
		return "", fmt.Errorf("read from Asterisk's console: %w", err)
	}
	if _, rest, ok := bytes.Cut(answer, []byte("\n")); ok {
		answer = rest
	}
	return strings.TrimSpace(string(bytes.ReplaceAll(answer, []byte{0}, nil))), nil
}

// dialControl connects to the control socket. It goes by way of the open folder: the path may be longer than what fits into a
// socket's address.
func dialControl(ctx context.Context, state string) (net.Conn, error) {
	dir, err := os.Open(filepath.Join(state, "run"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = dir.Close() }()
	var d net.Dialer
	return d.DialContext(ctx, "unix", fmt.Sprintf("/proc/self/fd/%d/asterisk.ctl", dir.Fd()))
}
