package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"pronto/asterisk/conf"
	"pronto/asterisk/local"
	"pronto/asterisk/siptest"
)

// site is a site's own Asterisk: nothing of `pronto run`, only what `pronto asterisk conf -write` has written and what
// it says is left to do.
type site struct {
	*rig
	in    *local.Install
	dirs  conf.Dirs
	state string // Asterisk's folder, as the host sees it; the controller's is rig.dir
	args  []string
}

func newSite(t *testing.T) *site {
	t.Helper()
	in, err := local.Find(t.Context(), t.Output())
	if err != nil {
		t.Fatal(err)
	}
	s := &site{rig: &rig{t: t, dir: t.TempDir(), book: toneBook(t), out: &logBuffer{}}, in: in, state: t.TempDir()}
	s.dirs = in.Dirs(s.state)
	s.sip, s.ari, s.http, s.ops = freeAddr(t), freeAddr(t), freeAddr(t), freeAddr(t)
	s.carrier = s.phone(siptest.Config{User: "carrier", Tone: toneCarrier})
	if err := os.Symlink(speechCache(t), filepath.Join(s.dir, "cache")); err != nil {
		t.Fatal(err)
	}
	low := 20000 + int(rigCount.Add(1))*2500%20000
	s.args = []string{
		"asterisk", "conf", "-dir", s.dir, "-book", s.book, "-sip", s.sip, "-ari", s.ari, "-trunk", s.carrier.Addr(),
		"-rtp", fmt.Sprintf("%d-%d", low, low+2399), "-etc", s.dirs.Etc, "-state", s.dirs.State, "-sounds", s.dirs.Sounds,
		"-modules", s.dirs.Modules, "-data", s.dirs.Data,
	}
	return s
}

// pronto runs the built program to its end.
func (s *site) pronto(args ...string) (code int, stdout, stderr string) {
	s.t.Helper()
	return program1(s.t, nil, args...)
}

// program1 runs the built program to its end, with this environment if it is not nil.
func program1(t testing.TB, env []string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr, cmd.Env = &out, &errs, env
	err := cmd.Run()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

// configure writes the files and does what the program says is left to do.
func (s *site) configure() {
	s.t.Helper()
	code, stdout, stderr := s.pronto(append(s.args, "-write", filepath.Join(s.state, "etc"))...)
	if code != exitOK {
		s.t.Fatalf("pronto asterisk conf: exit %d\n%s%s", code, stdout, stderr)
	}
	mkdir := regexp.MustCompile(`mkdir -p (.*)`).FindStringSubmatch(stdout)
	if mkdir == nil {
		s.t.Fatalf("the folders to make are not told:\n%s", stdout)
	}
	for _, dir := range strings.Fields(mkdir[1]) {
		below, err := filepath.Rel(s.dirs.State, dir)
		if err != nil {
			s.t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Join(s.state, below), 0o755); err != nil {
			s.t.Fatal(err)
		}
	}
	if !strings.Contains(stdout, filepath.Join(s.dir, "sounds")) {
		s.t.Errorf("where the clips are is not told:\n%s", stdout)
	}
	if err := os.CopyFS(filepath.Join(s.state, "sounds"), os.DirFS(filepath.Join(s.dir, "sounds"))); err != nil {
		s.t.Fatal(err)
	}
}

// startAsterisk starts Asterisk on the files as they are.
func (s *site) startAsterisk() {
	s.t.Helper()
	cmd := s.in.Command(context.WithoutCancel(s.t.Context()), s.state)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = cmd.Wait() }()
	s.t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			<-done
		}
	})
	want := conf.Site{SIP: s.sip, HTTP: s.ari, ARIUser: "pronto", ARIPassword: s.password()}
	if err := local.WaitReady(s.ctx(30*time.Second), want, s.state); err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) password() string {
	s.t.Helper()
	data, err := os.ReadFile(filepath.Join(s.dir, "ari.secret"))
	if err != nil {
		s.t.Fatal(err)
	}
	return strings.TrimSpace(string(data))
}

// serve writes serve.yaml by hand and starts the controller; stop ends it and returns what it logged.
func (s *site) serve(password string) (stop func() string) {
	s.t.Helper()
	path := filepath.Join(s.dir, "serve.yaml")
	writeTest(s.t, path, fmt.Appendf(nil, `
dir: %s
book: %s
http: %s
ops: %s
drain: 1
switch:
  name: pronto
  ari: http://%s
  app: pronto
  user: pronto
  password: %s
  sounds: %s
  seen-as: %s
  cdr: %s
`, s.dir, s.book, s.http, s.ops, s.ari, password, filepath.Join(s.state, "sounds"), s.dirs.Sounds, local.CDRPath(s.state)))
	cmd, log := exec.Command(program, "serve", "-config", path), &logBuffer{}
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	stopped := false
	stop = func() string {
		if stopped {
			return log.String()
		}
		stopped = true
		_ = cmd.Process.Signal(syscall.SIGTERM)
		select {
		case err := <-done:
			if err != nil {
				s.t.Errorf("pronto serve: %v", err)
			}
		case <-time.After(20 * time.Second):
			s.t.Error("pronto serve does not end within 20 s of SIGTERM")
			_ = cmd.Process.Kill()
			<-done
		}
		return log.String()
	}
	s.t.Cleanup(func() {
		if said := stop(); s.t.Failed() {
			s.t.Logf("pronto serve said:\n%s", said)
		}
	})
	s.eventually(30*time.Second, "the controller answers", func() bool {
		code, _ := s.get("http://" + s.ops + "/readyz")
		return code == http.StatusOK || code == http.StatusServiceUnavailable
	})
	return stop
}

// TestSite: the written configuration makes an Asterisk that serves the line, alone and with the controller.
func TestSite(t *testing.T) {
	s := newSite(t)
	s.configure()
	s.startAsterisk()
	s.refused()
	left := s.serve(s.password())
	s.eventually(10*time.Second, "the line is ready", func() bool {
		code, _ := s.get("http://" + s.ops + "/readyz")
		return code == http.StatusOK
	})
	op := s.operator("op1", toneOp1)
	s.ready(1)
	left()

	// The operators' telephones outlive the controller.
	alone := s.call(siptest.Config{Tone: toneCaller})
	s.hears(alone.Call, toneOpenIT, 5*time.Second)
	s.hears(alone.Call, toneOpenEN, 5*time.Second)
	o := s.takes(op, 10*time.Second)
	s.hears(alone.Call, toneOp1, 5*time.Second)
	s.hears(o, toneCaller, 5*time.Second)
	s.hangup(o)
	s.await(alone.Done(), 5*time.Second, "the call ends")

	stop := s.serve(s.password())
	s.eventually(10*time.Second, "the line is ready", func() bool {
		code, _ := s.get("http://" + s.ops + "/readyz")
		return code == http.StatusOK
	})
	s.ready(1)
	c := s.call(siptest.Config{Tone: toneCaller2})
	s.hears(c.Call, toneWelcome, 5*time.Second)
	s.press(c, "0")
	o = s.takes(op, 10*time.Second)
	s.hears(c.Call, toneOp1, 5*time.Second)
	s.hears(o, toneCaller2, 5*time.Second)
	s.hangup(c.Call)
	s.await(o.Done(), 5*time.Second, "the operator's leg ends")
	row := s.outcome(c.number, "served")
	if row.Operator != "op1" || row.Language != "it" || row.Topic != "information" || row.EndedBy != "caller" ||
		row.QueueWait == nil || row.Talk == nil || !strings.HasSuffix(row.Path, "operator") {
		t.Errorf("row: %+v", row)
	}
	row = s.outcome(alone.number, "served") // the advice alone takes 4 s
	if row.Operator != "op1" || row.Detail != "fail_open" || row.Talk == nil || *row.Talk > 3 || row.QueueWait != nil {
		t.Errorf("row of the call that Asterisk served alone: %+v", row)
	}
	s.clean()
	stop()
	s.quiet()
}

// refused: with the wrong password the controller says so, once, and what to do.
func (s *site) refused() {
	s.t.Helper()
	stop := s.serve("not-the-password")
	s.eventually(5*time.Second, "/readyz names the fault and the remedy", func() bool {
		code, body := s.get("http://" + s.ops + "/readyz")
		return code == http.StatusServiceUnavailable && strings.Contains(body, "http://"+s.ari) && strings.Contains(body, "password")
	})
	time.Sleep(2 * time.Second) // some attempts more
	var complaints []string
	lines := bufio.NewScanner(strings.NewReader(stop()))
	for lines.Scan() {
		var line struct{ Level, Message string }
		if err := json.Unmarshal(lines.Bytes(), &line); err == nil && (line.Level == "error" || line.Level == "warn") {
			complaints = append(complaints, line.Message)
		}
	}
	if len(complaints) != 1 || !strings.Contains(complaints[0], `refuses the ARI user "pronto"`) || !strings.Contains(complaints[0], "ari.conf") {
		s.t.Errorf("want one line that says what is wrong and what to do, got %q", complaints)
	}
}

// quiet checks that Asterisk complained of nothing but that the controller was away or left.
func (s *site) quiet() {
	s.t.Helper()
	log, err := os.ReadFile(filepath.Join(s.state, filepath.FromSlash(conf.LogFile)))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, line := range regexp.MustCompile(`(?m)^.*(?:WARNING|ERROR)\[.*$`).FindAllString(string(log), -1) {
		if !strings.Contains(line, "Stasis app '") && !strings.Contains(line, "ari_websockets.c") && !strings.Contains(line, "res_http_websocket.c") {
			s.t.Error(line)
		}
	}
}

// TestSiteConfIsPrintedOrWritten: printing touches no configuration, and writing loses none.
func TestSiteConfIsPrintedOrWritten(t *testing.T) {
	s := newSite(t)
	etc := filepath.Join(t.TempDir(), "etc")
	code, printed, stderr := s.pronto(s.args...)
	if code != exitOK || !strings.HasPrefix(printed, ";;;; "+s.dirs.Etc) || strings.Contains(stderr, ";;;;") {
		t.Fatalf("exit %d, want the files and nothing else on standard output:\n%.300s\n%s", code, printed, stderr)
	}
	writeTest(t, filepath.Join(etc, "pjsip.conf"), []byte("the site's own\n"))
	writeTest(t, filepath.Join(etc, "users.conf"), []byte("not ours\n"))
	write := func(args ...string) {
		t.Helper()
		if code, _, stderr := s.pronto(append(append(s.args, "-write", etc), args...)...); code != exitOK {
			t.Fatalf("exit %d:\n%s", code, stderr)
		}
	}
	read := func(name string) string {
		data, err := os.ReadFile(filepath.Join(etc, name))
		if err != nil {
			return ""
		}
		return string(data)
	}
	write()
	first := read("pjsip.conf")
	if !strings.Contains(printed, first) || first == "" {
		t.Error("what is written is not what was printed")
	}
	write()
	write("-trunk", "192.0.2.8:5060")
	if got := read("pjsip.conf.old"); got != "the site's own\n" {
		t.Errorf("pjsip.conf.old is %q", got)
	}
	if got := read("pjsip.conf.old2"); got != first {
		t.Errorf("pjsip.conf.old2 is not the first one that was written: %q", got)
	}
	if got := read("pjsip.conf"); !strings.Contains(got, "match=192.0.2.8") {
		t.Errorf("the trunk is not in:\n%s", got)
	}
	if read("users.conf") != "not ours\n" || read("ari.conf.old") != "" || read("pjsip.conf.old3") != "" {
		t.Error("a file was touched that did not change")
	}
	if code, _, stderr := s.pronto(append(s.args, "-callback", "999")...); code != exitFailed || !strings.Contains(stderr, "999") {
		t.Errorf("exit %d:\n%s", code, stderr)
	}
}

// TestSiteConfWithoutSpeech: without any speech engine it says what to install.
func TestSiteConfWithoutSpeech(t *testing.T) {
	empty := t.TempDir()
	code, stdout, stderr := program1(t, []string{"HOME=" + empty, "PATH=" + empty}, "asterisk", "conf", "-dir", empty)
	if code != exitFailed || stdout != "" || !strings.Contains(stderr, "espeak-ng") || !strings.Contains(stderr, "install") {
		t.Errorf("exit %d:\n%s%s", code, stdout, stderr)
	}
}

// TestServeConfMistakes: all of them at once, each with what to do.
func TestServeConfMistakes(t *testing.T) {
	for _, test := range []struct {
		name, yaml string
		want       []string
	}{
		{"missing", "http: 127.0.0.1:0\nswitch: {name: pronto, ari: \"http://127.0.0.1:1\", app: pronto, user: pronto, seen-as: /s}\n", []string{
			"dir is missing", "ops is missing", "switch.password is missing", "switch.sounds is missing",
		}},
		{"wrong", "dir: d\nhttp: \"8080\"\nops: 127.0.0.1:0\nlog: xml\ndrain: -1\n" +
			"switch: {name: p, ari: \"127.0.0.1:8088\", app: p, user: p, password: p, sounds: /s, seen-as: /s}\n", []string{
			`http is "8080"`, "host:port", `switch.ari is "127.0.0.1:8088"`, "http://host:port", `log is "xml"`, "drain is -1",
		}},
		{"unknown", "dir: d\nhttpp: x\n", []string{"httpp", "2:1"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "serve.yaml")
			writeTest(t, path, []byte(test.yaml))
			code, _, stderr := program1(t, os.Environ(), "serve", "-config", path)
			if code != exitFailed {
				t.Errorf("exit %d, want %d", code, exitFailed)
			}
			for _, want := range append(test.want, path) {
				if !strings.Contains(stderr, want) {
					t.Errorf("%q is not in:\n%s", want, stderr)
				}
			}
		})
	}
}
