package main

import (
	"bytes"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"pronto/ivr/ledger"

	"github.com/rs/zerolog"
)

// command runs the program in this process, as main does.
func command(args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = run(context.Background(), args, strings.NewReader(""), &out, &errs)
	return code, out.String(), errs.String()
}

func TestUsage(t *testing.T) {
	for _, test := range []struct {
		args []string
		code int
		want string // in stderr or stdout
	}{
		{[]string{}, exitUsage, "expected one of"},
		{[]string{"runn"}, exitUsage, "runn"},
		{[]string{"check", "-format", "xml"}, exitUsage, "text"},
		{[]string{"calls", "-from", "yesterday"}, exitUsage, "2026-11-01"},
		{[]string{"run", "-rtp", "ten"}, exitUsage, "10000-19999"},
		{[]string{"run", "-sip", "5060"}, exitUsage, "host:port"},
		{[]string{"serve"}, exitUsage, "config"},
		{[]string{"serve", "-config", "/nowhere.yaml"}, exitFailed, "/nowhere.yaml"},
		{[]string{"calls", "-dir", "/nowhere"}, exitFailed, "start the line once"},
		{[]string{"check", "/nowhere"}, exitFailed, "line.yaml"},
		{[]string{"version"}, exitOK, "pronto"},
		{[]string{"-h"}, exitOK, "Example: pronto run"},
		{[]string{"run", "-h"}, exitOK, "PRONTO_SIP"},
		{[]string{"calls", "-h"}, exitOK, "-format"},
		{[]string{"check"}, exitOK, "ok:"},
	} {
		code, stdout, stderr := command(test.args...)
		if code != test.code || !strings.Contains(stdout+stderr, test.want) {
			t.Errorf("pronto %s: exit %d, want %d and %q in:\n%s%s", strings.Join(test.args, " "), code, test.code, test.want, stdout, stderr)
		}
		if test.code != exitOK && strings.Count(strings.TrimSpace(stderr), "\n") > 3 {
			t.Errorf("pronto %s says too much for one fault:\n%s", strings.Join(test.args, " "), stderr)
		}
	}
}

// TestTenMistakes: all of them at once, with file, line, column and what to do.
func TestTenMistakes(t *testing.T) {
	code, stdout, stderr := command("check", filepath.Join("..", "..", "prompts", "testdata", "ten"))
	if code != exitFailed {
		t.Errorf("exit %d, want %d", code, exitFailed)
	}
	lines := strings.Split(strings.TrimSpace(stdout), "\n")
	found := 0
	for _, line := range lines {
		parts := strings.SplitN(line, ":", 4)
		if len(parts) < 4 || strings.Contains(line, "warning: ") {
			continue
		}
		row, err1 := strconv.Atoi(parts[1])
		col, err2 := strconv.Atoi(parts[2])
		if err1 != nil || err2 != nil || row < 1 || col < 1 || !strings.HasSuffix(line, ")") {
			t.Errorf("no file:line:col: message (what to do): %s", line)
		}
		found++
	}
	if found != 10 {
		t.Errorf("%d faults, want 10:\n%s%s", found, stdout, stderr)
	}
}

// refused starts a line that must not start, and returns what it said.
func refused(t *testing.T, r *rig, most time.Duration) string {
	t.Helper()
	done := make(chan error, 1)
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { done <- r.cmd.Wait() }()
	select {
	case err := <-done:
		if err == nil || r.cmd.ProcessState.ExitCode() != exitFailed {
			t.Errorf("exit: %v, want %d", err, exitFailed)
		}
	case <-time.After(most):
		_ = r.cmd.Process.Kill()
		t.Errorf("it does not end within %s", most)
	}
	if pid := r.pid("asterisk"); pid != 0 {
		t.Errorf("an Asterisk is left behind: %d", pid)
	}
	said := r.out.String()
	t.Logf("said:\n%s", said)
	return said
}

func TestPortInUse(t *testing.T) {
	for _, which := range []string{"PRONTO_SIP", "PRONTO_ARI", "PRONTO_HTTP", "PRONTO_OPS"} {
		t.Run(which, func(t *testing.T) {
			r := newRig(t, rigOptions{trunk: "none"})
			addr := map[string]string{"PRONTO_SIP": r.sip, "PRONTO_ARI": r.ari, "PRONTO_HTTP": r.http, "PRONTO_OPS": r.ops}[which]
			if which == "PRONTO_SIP" {
				l, err := net.ListenPacket("udp", addr)
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = l.Close() }()
			} else {
				l, err := net.Listen("tcp", addr)
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = l.Close() }()
			}
			said := refused(t, r, 10*time.Second)
			if !strings.Contains(said, addr+" is in use") || !strings.Contains(said, which) {
				t.Errorf("it does not tell which port and what to do")
			}
		})
	}
}

func TestMissingTool(t *testing.T) {
	r := newRig(t, rigOptions{trunk: "none"})
	bin := t.TempDir() // a PATH with nothing on it
	r.cmd.Env = append(r.cmd.Env, "PATH="+bin, "XDG_CACHE_HOME="+t.TempDir())
	said := refused(t, r, 10*time.Second)
	if !strings.Contains(said, "bubblewrap") {
		t.Error("it does not name the package to install")
	}
}

func TestBadBookDoesNotStart(t *testing.T) {
	r := newRig(t, rigOptions{trunk: "none", book: filepath.Join("..", "..", "prompts", "testdata", "ten")})
	if said := refused(t, r, 20*time.Second); !strings.Contains(said, "10 faults") || !strings.Contains(said, "nothing was changed") {
		t.Error("it does not say that the book is at fault")
	}
}

// TestDiskFull: the state folder is on a file system without room.
func TestDiskFull(t *testing.T) {
	r := newRig(t, rigOptions{trunk: "none"})
	full := t.TempDir()
	script := `mount -t tmpfs -o size=64k tmpfs "$1" && head -c 1M /dev/zero >"$1/filler" 2>/dev/null; shift; exec "$@"`
	args := append([]string{"-rm", "sh", "-c", script, "sh", full, program}, r.cmd.Args[1:]...)
	if os.Getuid() == 0 {
		args[0] = "-m"
	}
	cmd := exec.Command("unshare", args...)
	cmd.Env = append(r.cmd.Env, "PRONTO_DIR="+full)
	cmd.Stdout, cmd.Stderr = r.out, r.out
	r.cmd = cmd
	if said := refused(t, r, 20*time.Second); !strings.Contains(said, "no space left") {
		t.Error("it does not say that there is no room")
	}
}

// TestStalePidFile: pid files of processes long gone, or of others who have their numbers now, stand in nobody's way.
func TestStalePidFile(t *testing.T) {
	r := newRig(t, rigOptions{trunk: "none"})
	pid := []byte(strconv.Itoa(os.Getpid()) + "\n")
	writeTest(t, filepath.Join(r.dir, "run", "asterisk.pid"), pid)
	writeTest(t, filepath.Join(r.dir, "run", "serve.pid"), []byte("999999\n"))
	writeTest(t, filepath.Join(r.dir, "run", "lock"), nil)
	r.start()
	if got := r.pid("asterisk"); got == os.Getpid() || got == 0 {
		t.Errorf("asterisk.pid is %d", got)
	}
	second := newRig(t, rigOptions{trunk: "none"})
	second.cmd.Env = append(second.cmd.Env, "PRONTO_DIR="+r.dir)
	_ = second.cmd.Run()
	if said := second.out.String(); !strings.Contains(said, "another pronto runs in") {
		t.Error("a second one in the same folder is not refused with a reason")
	}
}

// TestStartAgain: a second start is ready in under ten seconds, and Ctrl-C leaves no process. The rig's cleanup checks the latter.
func TestStartAgain(t *testing.T) {
	r := startRig(t, rigOptions{trunk: "none", book: starterBook(t)})
	r.stop()
	began := time.Now()
	r.again()
	if d := time.Since(began); d > 10*time.Second {
		t.Errorf("the second start took %s", d)
	} else {
		t.Logf("the second start took %s", d.Round(10*time.Millisecond))
	}
	code, body := r.get("http://" + r.http + "/")
	if code != 200 || !strings.Contains(body, "800840840") && !strings.Contains(body, "800 840 840") {
		t.Errorf("the line's page: %d\n%s", code, body)
	}
	for _, path := range []string{"/healthz", "/readyz"} {
		if code, body := r.get("http://" + r.ops + path); code != 200 {
			t.Errorf("%s: %d %s", path, code, body)
		}
	}
}

// starterBook is a copy of the book that is shipped.
func starterBook(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, starterFS()); err != nil {
		t.Fatal(err)
	}
	return dir
}

// A ledger that a call has gone through tells of it, and of no other.
func TestCallsShow(t *testing.T) {
	dir := t.TempDir()
	book, err := ledger.Open(t.Context(), ledger.Options{Path: filepath.Join(dir, "ledger.db"), Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	began := time.Date(2026, 11, 25, 11, 0, 0, 0, time.UTC)
	book.Write(ledger.Record{Arrived: &ledger.Call{ID: "pronto-1.2", Line: "800840840", Started: began}})
	book.Write(ledger.Record{Progress: &ledger.Event{Call: "pronto-1.2", At: began.Add(time.Second), Kind: "say", Text: "welcome"}})
	book.Write(ledger.Record{Ended: &ledger.Call{ID: "pronto-1.2", Started: began, Ended: began.Add(3 * time.Second), Outcome: "informed", EndedBy: "caller"}})
	if err := book.Close(); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := command("calls", "show", "-dir", dir, "-lang", "it", "pronto-1.2")
	if code != exitOK || !strings.Contains(stdout, "1.0–3.0 s  [welcome]") || !strings.Contains(stdout, "3.0 s  fine della chiamata: caller") {
		t.Errorf("exit %d, %s%s", code, stdout, stderr)
	}
	if code, stdout, _ := command("calls", "-dir", dir); code != exitOK || !strings.Contains(stdout, "\npronto-1.2,800840840,") {
		t.Errorf("exit %d, %s", code, stdout)
	}
	if code, _, stderr := command("calls", "show", "-dir", dir, "pronto-9.9"); code != exitFailed || !strings.Contains(stderr, "pronto calls lists") {
		t.Errorf("exit %d, %s", code, stderr)
	}
}
