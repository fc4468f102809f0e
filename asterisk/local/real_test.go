package local

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"pronto/asterisk/conf"
)

// freePort returns a port of loopback that was free just now.
func freePort(t *testing.T, network string) string {
	t.Helper()
	if network == "udp" {
		c, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		return c.LocalAddr().String()
	}
	c, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	return c.Addr().String()
}

// rig is an Asterisk that runs.
type rig struct {
	t     *testing.T
	found *Install
	site  conf.Site
	state string
	cmd   *exec.Cmd
	done  chan struct{}
}

// testSite is a site on free ports. Its RTP ports are apart from those of the others of this process.
func testSite(t *testing.T, in *Install, state string) conf.Site {
	t.Helper()
	_, port, err := net.SplitHostPort(freePort(t, "udp"))
	if err != nil {
		t.Fatal(err)
	}
	var low int
	if _, err := fmt.Sscan(port, &low); err != nil {
		t.Fatal(err)
	}
	low = min(low&^1, 65000)
	return conf.Site{
		Name: "pronto", Line: "800840840", App: "pronto", SIP: freePort(t, "udp"), RTPLow: low, RTPHigh: low + 100,
		HTTP: freePort(t, "tcp"), ARIUser: "pronto", ARIPassword: "only-for-this-test", Language: "it",
		Rescue: []string{"112"}, Dirs: in.Dirs(state),
		FailOpen: conf.FailOpen{
			Advice: []string{"test/advice-it", "test/advice-en"}, Wait: "test/wait", Message: "test/message", Beep: "test/beep",
			Goodbye: "test/goodbye",
		},
	}
}

func find(t *testing.T) *Install {
	t.Helper()
	in, err := Find(t.Context(), os.Stderr)
	if err != nil {
		t.Fatalf("this test needs the private Asterisk (make test installs it): %v", err)
	}
	return in
}

// start starts an Asterisk with the site that change makes of testSite's.
func start(t *testing.T, change func(*conf.Site)) *rig {
	t.Helper()
	r := &rig{t: t, found: find(t), state: t.TempDir()}
	r.site = testSite(t, r.found, r.state)
	if change != nil {
		change(&r.site)
	}
	if err := Prepare(t.Context(), r.found, r.state, r.site); err != nil {
		t.Fatal(err)
	}
	r.launch()
	if err := r.ready(); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *rig) launch() {
	r.t.Helper()
	r.cmd = r.found.Command(context.WithoutCancel(r.t.Context()), r.state)
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := r.cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	cmd, done := r.cmd, make(chan struct{})
	r.done = done
	go func() { defer close(done); _ = cmd.Wait() }()
	r.t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			<-done
		}
	})
}

// kill kills Asterisk without notice; its wrapper ends by itself.
func (r *rig) kill() {
	r.t.Helper()
	pid := r.cmd.Process.Pid
	children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil {
		r.t.Fatal(err)
	}
	if _, err := fmt.Sscan(string(children), &pid); err != nil && r.found.Root != "" {
		r.t.Fatal(err)
	}
	_ = syscall.Kill(pid, syscall.SIGKILL)
	<-r.done
}

func (r *rig) ready() error {
	ctx, cancel := context.WithTimeout(r.t.Context(), 30*time.Second)
	defer cancel()
	return WaitReady(ctx, r.site, r.state)
}

func (r *rig) log() string {
	b, err := os.ReadFile(filepath.Join(r.state, conf.LogFile))
	if err != nil {
		r.t.Fatal(err)
	}
	return string(b)
}

// complaints are the log's warnings and errors.
func (r *rig) complaints() []string {
	return regexp.MustCompile(`(?m)^.*(?:WARNING|ERROR)\[.*$`).FindAllString(r.log(), -1)
}

func (r *rig) control(command string) string {
	r.t.Helper()
	out, err := Control(r.t.Context(), r.state, command)
	if err != nil {
		r.t.Fatal(err)
	}
	return out
}

func TestStartsWithoutAComplaint(t *testing.T) {
	r := start(t, nil)
	if got := r.complaints(); len(got) > 0 {
		t.Errorf("warnings at start:\n%s", strings.Join(got, "\n"))
	}
	if out := r.control("core show version"); !strings.Contains(out, "Asterisk "+r.found.Version) {
		t.Errorf("core show version says %q, want %s", out, r.found.Version)
	}
	r.provision("op1")
	if out := r.control("pjsip show endpoints"); !bytes.Contains([]byte(out), []byte("op1")) {
		t.Errorf("no op1 in\n%s", out)
	}
}

// The other shapes of a site: a carrier, many operators, the installation's own music.
func TestOtherSitesStartWithoutAComplaint(t *testing.T) {
	r := start(t, func(s *conf.Site) {
		s.Trunk, s.Dirs.Music = "127.0.0.9:5060", ""
		s.FailOpen.Wait, s.FailOpen.Beep, s.FailOpen.Goodbye, s.FailOpen.Message = "", "", "", ""
		s.Numbers = conf.Numbers{Outside: []string{"+393331234567"}, Callback: []string{"39", "41", "49", "351:2/9"}}
	})
	var names []string
	for i := range 200 {
		names = append(names, fmt.Sprintf("agent-%d", i))
	}
	r.provision(names...)
	if got := r.complaints(); len(got) > 0 {
		t.Errorf("warnings at start:\n%s", strings.Join(got, "\n"))
	}
	if out := r.control("moh show files"); !strings.Contains(out, r.site.Dirs.Data) {
		t.Errorf("the music is not the installation's:\n%s", out)
	}
}

func TestToolWritesIntoItsFolder(t *testing.T) {
	in, dir := find(t), t.TempDir()
	if out, err := in.Tool(t.Context(), dir, "espeak-ng", "-v", "it", "-w", "ciao.wav", "ciao").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	wav, err := os.ReadFile(filepath.Join(dir, "ciao.wav"))
	if err != nil || len(wav) < 1000 || string(wav[:4]) != "RIFF" {
		t.Errorf("%d bytes, %v", len(wav), err)
	}
	if in.Root == "" {
		return
	}
	if out, err := in.Tool(t.Context(), dir, "touch", "/usr/lib/x").CombinedOutput(); err == nil {
		t.Errorf("a tool can write into the installation: %s", out)
	}
}
