package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"pronto/asterisk/conf"
	"pronto/asterisk/local"

	"golang.org/x/sys/unix"
)

// supervisor is `pronto run`: two processes, each restarted when it dies, neither taking the other with it.
type supervisor struct {
	cmd      *runCmd
	env      *env
	started  time.Time
	install  *local.Install
	site     conf.Site
	password string
	quiet    sync.Mutex // one line at a time on the terminal
}

func (s *supervisor) say(format string, args ...any) {
	s.quiet.Lock()
	defer s.quiet.Unlock()
	_, _ = fmt.Fprintf(s.env.stdout, format+"\n", args...)
}

func (s *supervisor) run() error {
	ctx, cancel := context.WithCancel(s.env.ctx)
	defer cancel()
	// Until all is up, a signal just ends the preparation.
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	defer signal.Stop(signals)
	early := make(chan struct{})
	go func() {
		select {
		case <-signals:
			cancel()
		case <-early:
		}
	}()
	unlock, err := s.lock()
	if err != nil {
		close(early)
		return err
	}
	defer unlock()
	if err := s.prepare(ctx); err != nil {
		close(early)
		return s.interrupted(ctx, err)
	}
	asterisk, err := s.startAsterisk(ctx)
	if err != nil {
		close(early)
		return s.interrupted(ctx, err)
	}
	serve, err := s.startServe(ctx)
	if err != nil {
		asterisk.stop(5 * time.Second)
		close(early)
		return s.interrupted(ctx, err)
	}
	close(early)
	if ctx.Err() == nil {
		s.announce()
		s.untilStopped(ctx, signals, serve)
	}
	serve.stop(time.Duration(s.cmd.Drain+10) * time.Second)
	asterisk.stop(10 * time.Second)
	s.say("stopped")
	return nil
}

func (s *supervisor) interrupted(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return errors.New("interrupted before the line was up; nothing is left running")
	}
	return err
}

// lock makes sure that one supervisor works in a state folder. The kernel frees the lock of one that was killed, so
// a stale pid file never stands in the way.
func (s *supervisor) lock() (func(), error) {
	run := filepath.Join(s.cmd.Dir, "run")
	if err := os.MkdirAll(run, 0o755); err != nil {
		return nil, fmt.Errorf("make the state folder: %w (name one that you may write to with PRONTO_DIR)", err)
	}
	f, err := os.OpenFile(filepath.Join(run, "lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("lock the state folder: %w (name one that you may write to with PRONTO_DIR)", err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("another pronto runs in %s: stop it, or name another folder with PRONTO_DIR", s.cmd.Dir)
	}
	return func() { _ = f.Close() }, nil
}

// prepare does everything that can fail before a process is started.
func (s *supervisor) prepare(ctx context.Context) error {
	c := s.cmd
	if err := s.portsFree(); err != nil {
		return err
	}
	var err error
	if s.install, err = local.Ensure(ctx, s.env.stdout); err != nil {
		return err
	}
	s.say("Asterisk %s", s.install.Version)
	release, entry, err := c.prepareRelease(ctx, s.env, s.install)
	if err != nil {
		return err
	}
	s.say("book: %s, release %d (%s) by %s: %s", release.Book.Line.Name, entry.Number, entry.ID, entry.Author, entry.Reason)
	if err := c.operators(); err != nil {
		return err
	}
	if s.password, err = secret(filepath.Join(c.Dir, "ari.secret")); err != nil {
		return err
	}
	s.site = c.site(s.install, release, s.password)
	if err := writeSite(s.siteFile(), s.site); err != nil {
		return err
	}
	return local.Prepare(ctx, s.install, c.asteriskDir(), s.site)
}

// portsFree tells which port is taken before anything is started. Ports that an Asterisk of ours holds, left by a
// supervisor that was killed, are no fault: it is taken over.
func (s *supervisor) portsFree() error {
	var faults []error
	for _, p := range []struct{ network, addr, name, of string }{
		{"udp", s.cmd.SIP, "PRONTO_SIP", "asterisk"},
		{"tcp", s.cmd.ARI, "PRONTO_ARI", "asterisk"},
		{"tcp", s.cmd.HTTP, "PRONTO_HTTP", "serve"},
		{"tcp", s.cmd.Ops, "PRONTO_OPS", "serve"},
	} {
		if orphan(s.pidFile(p.of), s.cmd.Dir) != 0 {
			continue
		}
		if err := tryListen(p.network, p.addr); err != nil {
			faults = append(faults, fmt.Errorf("%s is in use by another program: stop it, or choose another address with %s", p.addr, p.name))
		}
	}
	return errors.Join(faults...)
}

func tryListen(network, addr string) error {
	var c io.Closer
	var err error
	if network == "udp" {
		c, err = net.ListenPacket("udp", addr) //nolint:noctx // closed at once
	} else {
		c, err = net.Listen("tcp", addr) //nolint:noctx // closed at once
	}
	if err == nil {
		err = c.Close()
	}
	return err
}

// siteFile is where the controller finds what it needs to make the dialplan of the next release.
func (s *supervisor) siteFile() string { return filepath.Join(s.cmd.Dir, "run", "site.json") }

func (s *supervisor) pidFile(name string) string {
	return filepath.Join(s.cmd.Dir, "run", name+".pid")
}

func (s *supervisor) startAsterisk(ctx context.Context) (*child, error) {
	c := &child{
		name: "asterisk", sup: s, pidFile: s.pidFile("asterisk"), exec: func() *exec.Cmd {
			return s.install.Command(context.WithoutCancel(ctx), s.cmd.asteriskDir())
		},
	}
	if pid := orphan(c.pidFile, s.cmd.Dir); pid != 0 {
		s.say("an Asterisk of ours still runs (pid %d): its calls go on", pid)
		c.adopt(pid)
	} else if err := c.start(); err != nil {
		return nil, err
	}
	ready, stop := context.WithTimeout(ctx, 30*time.Second)
	defer stop()
	if err := local.WaitReady(ready, s.site, s.cmd.asteriskDir()); err != nil {
		c.stop(5 * time.Second)
		return nil, fmt.Errorf("start Asterisk: %w", err)
	}
	return c, nil
}

func (s *supervisor) startServe(ctx context.Context) (*child, error) {
	confPath := filepath.Join(s.cmd.Dir, "run", "serve.yaml")
	if err := s.serveConf().write(confPath); err != nil {
		return nil, err
	}
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	c := &child{
		name: "serve", sup: s, pidFile: s.pidFile("serve"), logFile: filepath.Join(s.cmd.Dir, "log", "serve.log"),
		exec: func() *exec.Cmd { return exec.Command(program, "serve", "--config", confPath) }, //nolint:noctx // child.stop ends it
	}
	if pid := orphan(c.pidFile, s.cmd.Dir); pid != 0 {
		// It answers to nobody; a new one takes its calls over.
		_ = syscall.Kill(pid, syscall.SIGKILL)
		waitGone(pid, 5*time.Second)
	}
	if err := c.start(); err != nil {
		return nil, err
	}
	if err := s.waitReady(ctx, c); err != nil {
		c.stop(2 * time.Second)
		return nil, err
	}
	return c, nil
}

func (s *supervisor) serveConf() *serveConf {
	c := s.cmd
	book := c.Book
	if abs, err := filepath.Abs(book); book != "" && err == nil {
		book = abs // the other subcommands read this file from wherever they are called
	}
	return &serveConf{
		Dir: c.Dir, Book: book, DB: c.DB, HTTP: c.HTTP, Ops: c.Ops, Drain: c.Drain, HangUp: true, Log: "json", Speech: c.speech,
		Switch: switchConf{
			Name: s.site.Name, ARI: "http://" + c.ARI, App: s.site.App, User: s.site.ARIUser, Password: s.password,
			Sounds: soundsDir(c.Dir), SeenAs: s.site.Dirs.Sounds,
			Site: s.siteFile(), Etc: filepath.Join(c.asteriskDir(), "etc"),
			CDR: local.CDRPath(c.asteriskDir()), Root: s.install.Root,
		},
	}
}

// waitReady asks the controller until it has no fault.
func (s *supervisor) waitReady(ctx context.Context, c *child) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.cmd.Ops+"/readyz", nil)
		if err != nil {
			return fmt.Errorf("ask the controller: %w", err)
		}
		if resp, err := http.DefaultClient.Do(req); err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the controller is not ready after 30 s: the last lines of %s tell why:\n%s", c.logFile, tail(c.logFile, 5))
		case <-tick.C:
		}
		if c.failures() > 2 {
			return fmt.Errorf("the controller does not start: the last lines of %s tell why:\n%s", c.logFile, tail(c.logFile, 5))
		}
	}
}

func (s *supervisor) announce() {
	c := s.cmd
	s.say("")
	s.say("ready after %.1f s", time.Since(s.started).Seconds())
	s.say("  call the line:    sip:%s@%s   (any softphone, no account)", s.site.Line, c.SIP)
	s.say("  be an operator:   register %s or %s at %s with the secret in %s", "op1", "op2", c.SIP, operatorsFile(c.Dir))
	s.say("  see the line:     http://%s/", c.HTTP)
	s.say("  metrics, health:  http://%s/metrics  http://%s/readyz", c.Ops, c.Ops)
	s.say("  every call:       bin/pronto calls -format csv")
	if c.Trunk == "" {
		s.say("  no trunk is set: rescue calls are told to dial themselves (set PRONTO_TRUNK=host:port)")
	}
	s.say("Ctrl-C stops all of it.")
}

// untilStopped passes signals on to the controller until it is gone: the first drains, the second hangs up, the
// third ends everything.
func (s *supervisor) untilStopped(ctx context.Context, signals <-chan os.Signal, serve *child) {
	select {
	case <-signals:
	case <-ctx.Done():
		return
	}
	s.say("stopping: waiting up to %d s for calls to end (Ctrl-C again hangs up everyone)", s.cmd.Drain)
	gone := serve.ask()
	for n := 2; ; n++ {
		select {
		case <-gone:
			return
		case <-ctx.Done():
			return
		case <-signals:
			if n > 2 {
				return
			}
			s.say("hanging up everyone")
			serve.signal(syscall.SIGTERM)
		}
	}
}
