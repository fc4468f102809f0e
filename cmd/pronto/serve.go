package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"time"

	"pronto/asterisk"
	"pronto/asterisk/conf"
	"pronto/asterisk/local"
	"pronto/ivr"
	"pronto/ivr/console"
	"pronto/ivr/ledger"
	"pronto/ivr/ledger/audit"
	"pronto/prompts"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"
)

type serveCmd struct {
	Config string `required:"" help:"The configuration file (YAML)."`
}

// Run controls the line until it is told to stop: the first signal drains, the second hangs up everyone, the third
// ends the process.
func (c *serveCmd) Run(e *env) error {
	conf, err := readServeConf(c.Config)
	if err != nil {
		return err
	}
	s, err := newService(e.ctx, conf, e.stderr)
	if err != nil {
		return err
	}
	return s.run(e.ctx)
}

// service is the controller: the line, its switch, its ledger and its two web servers.
type service struct {
	conf   serveConf
	log    zerolog.Logger
	ledger *ledger.Ledger
	line   *ivr.Line
	sw     *asterisk.Switch
	reg    *prometheus.Registry
	public net.Listener
	ops    net.Listener

	alertSeen     fileMark // the alert that the line was told of
	operatorsSeen fileMark // the accounts that the switch was told of

	operatorsChanged chan struct{} // holds a token when their file was changed by us
	token            string        // of the API
	dial             conf.Numbers  // what may be dialled beside rescue numbers

	inUse    atomic.Pointer[prompts.Entry] // of the release in service
	staffing staffing
	auditing auditing

	control   net.Listener
	dialplans chan dialplanJob
	failOpen  string // the dialplan of the release that the process began with
	unloaded  atomic.Pointer[unloaded]
}

// newService does everything that can fail before anything live is touched.
func newService(ctx context.Context, conf serveConf, stderr io.Writer) (*service, error) {
	s := &service{conf: conf, log: newLogger(conf.Log, stderr), reg: prometheus.NewRegistry()}
	s.auditing.metrics = audit.NewMetrics(s.reg)
	s.reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	var err error
	if s.public, err = console.Listen(conf.HTTP, "PRONTO_HTTP"); err != nil {
		return nil, err
	}
	if s.ops, err = console.Listen(conf.Ops, "PRONTO_OPS"); err != nil {
		return nil, err
	}
	// Before the journal is read: whoever publishes finds us, or has published.
	if s.control, err = listenControl(ctx, conf.Dir); err != nil {
		return nil, err
	}
	s.dialplans, s.operatorsChanged = make(chan dialplanJob), make(chan struct{}, 1)
	if s.token, err = secret(tokenFile(conf.Dir)); err != nil {
		return nil, err
	}
	release, entry, err := s.inService(ctx, stderr)
	if err != nil {
		return nil, err
	}
	s.inUse.Store(&entry)
	if s.failOpen, err = s.dialplan(release); err != nil {
		return nil, err
	}
	s.ledger, err = ledger.Open(ctx, ledger.Options{
		Path: ledgerPath(conf.Dir, conf.DB), SpoolDir: filepath.Join(conf.Dir, "spool"), Log: s.log, Reg: s.reg,
	})
	if err != nil {
		return nil, fmt.Errorf("open the ledger: %w", err)
	}
	open, err := s.ledger.OpenCalls(ctx)
	if err != nil {
		// The line answers all the same; these calls get their outcome at the next start.
		s.log.Error().Err(err).Msg("the calls of the process before can not be read")
	}
	s.line = ivr.New(ivr.Config{
		Release: release, Ledger: s.ledger, Open: open, Callbacks: s.owed(ctx), Staff: s.staff(ctx), Log: s.log, Reg: s.reg,
		Older: func(id string) (*prompts.Release, error) { return prompts.LoadRelease(conf.Switch.Sounds, id) },
		EndOf: s.ledger.EndOf,
	})
	s.readAlert() // before the first call
	if s.dial, err = s.numbers(); err != nil {
		return nil, err
	}
	s.sw = asterisk.New(asterisk.Config{
		Name: conf.Switch.Name, URL: conf.Switch.ARI, User: conf.Switch.User, Password: conf.Switch.Password,
		App: conf.Switch.App, SoundRoot: conf.Switch.SeenAs, Numbers: s.dial, Log: s.log, Reg: s.reg,
	})
	return s, nil
}

// staff is who the ledger says that the operators are, and what they did last.
func (s *service) staff(ctx context.Context) ivr.Staff {
	operators, err := s.ledger.Operators(ctx)
	if err != nil {
		s.log.Error().Err(err).Msg("the operators' skills can not be read; all of them are taken to have all")
	}
	posts, err := s.ledger.Posts(ctx)
	if err != nil {
		s.log.Error().Err(err).Msg("what the operators did last can not be read; they begin anew")
	}
	return ivr.StaffOf(operators, posts)
}

// owed are the callbacks that the ledger holds. Without them a number may be booked twice; the ledger takes one of the two.
func (s *service) owed(ctx context.Context) []ledger.Callback {
	owed, err := s.ledger.OpenCallbacks(ctx)
	if err != nil {
		s.log.Error().Err(err).Msg("the callbacks that are owed can not be read")
	}
	return owed
}

// inService is the release to begin with: the one in service, or, where nothing was ever published, that of the book.
func (s *service) inService(ctx context.Context, tell io.Writer) (*prompts.Release, prompts.Entry, error) {
	r := rendering{book: s.conf.Book, sounds: s.conf.Switch.Sounds, cache: cacheDir(s.conf.Dir), runner: speaker(ctx, s.conf.Switch.Root, tell), speech: s.conf.Speech}
	release, entry, err := r.inService(ctx, tell, "pronto serve", false)
	if err == nil {
		s.log.Info().Int("number", entry.Number).Str("release", entry.ID).Msg("the release in service")
	}
	return release, entry, err
}

// speaker runs the speech engine of the installation in root, or of the one that Find finds, or else this machine's. All
// subcommands choose alike: a clip's name holds the engine's, and the fail-open branch that `asterisk conf` has written
// plays the clips that `serve` renders.
func speaker(ctx context.Context, root string, tell io.Writer) prompts.Runner {
	if root != "" {
		return (&local.Install{Root: root}).Tool
	}
	in, err := local.Find(ctx, tell)
	if err == nil {
		return in.Tool
	}
	if !errors.Is(err, local.ErrNotInstalled) {
		_, _ = fmt.Fprintf(tell, "the speech engine of this machine is used: %v\n", err)
	}
	return hostTool
}

// hostTool runs a program of this machine.
func hostTool(ctx context.Context, dir string, argv ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Dir = dir
	return cmd
}

func newLogger(format string, w io.Writer) zerolog.Logger {
	zerolog.TimeFieldFormat = time.RFC3339Nano
	if format == "console" {
		w = zerolog.ConsoleWriter{Out: w, TimeFormat: time.TimeOnly}
	}
	return zerolog.New(w).With().Timestamp().Logger()
}

// run serves until ctx ends or signals say stop. Teardown: the line first (drained), then the switch, then the ledger,
// which must take down the last outcomes.
func (s *service) run(ctx context.Context) error {
	ledgerCtx, stopLedger := context.WithCancel(context.WithoutCancel(ctx))
	defer stopLedger()
	ledgerDone := make(chan error, 1)
	go func() { ledgerDone <- s.ledger.Run(ledgerCtx) }()

	work, stopWork := context.WithCancel(ctx)
	defer stopWork()
	group, work := errgroup.WithContext(work)
	if s.conf.Switch.CDR != "" { // known before the switch is: its first resync asks when calls ended
		follow := s.ledger.FollowCDR(s.conf.Switch.CDR, s.conf.Switch.Name, 2*time.Second)
		group.Go(func() error { return follow(work) })
	}
	group.Go(func() error { return s.line.Run(work) })
	s.setOperators(work) // before the switch connects, which then makes them first thing
	group.Go(func() error { return s.sw.Run(work, s.line.Handler(s.sw)) })
	group.Go(func() error { return s.followOperators(work) })
	web := s.consoleConfig()
	web.API = s.api(work.Done())
	group.Go(func() error { return console.Serve(work, s.public, console.Public(web)) })
	group.Go(func() error { return console.Serve(work, s.ops, console.Ops(s.consoleConfig())) })
	group.Go(func() error { return s.followAlert(work) })
	group.Go(func() error { return s.keepDialplan(work, s.failOpen) })
	group.Go(func() error { return s.keepAudited(work) })
	group.Go(func() error { return serveControl(work, s.control, s.putInService) })
	group.Go(func() error {
		defer stopWork()
		return s.untilStopped(work)
	})
	s.log.Info().Str("version", version).Str("http", s.conf.HTTP).Str("ops", s.conf.Ops).Msg("the line is up")
	err := group.Wait()
	stopLedger()
	if flush := <-ledgerDone; err == nil {
		err = flush
	}
	if closed := s.ledger.Close(); err == nil {
		err = closed
	}
	return err
}

// untilStopped waits for the first signal, then drains.
func (s *service) untilStopped(ctx context.Context) error {
	signals := make(chan os.Signal, 3)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	defer signal.Stop(signals)
	select {
	case <-ctx.Done():
		return nil
	case <-signals:
	}
	s.log.Info().Int("calls", s.line.Up()).Msg("draining: new calls are told to dial 112; a second signal hangs up everyone")
	drain, stop := context.WithTimeout(ctx, time.Duration(s.conf.Drain)*time.Second)
	defer stop()
	go func() {
		select {
		case <-signals:
			stop()
		case <-drain.Done():
		}
	}()
	left := s.line.Drain(drain)
	if left == 0 {
		return nil
	}
	if !s.conf.HangUp && drain.Err() == context.DeadlineExceeded {
		s.log.Warn().Int("calls", left).Msg("stopping with calls up: they stay on the switch and go on at the next start")
		return nil
	}
	return s.hangUpAll(ctx, signals, left)
}

func (s *service) hangUpAll(ctx context.Context, signals <-chan os.Signal, left int) error {
	s.log.Warn().Int("calls", left).Msg("hanging up everyone")
	s.line.HangUpAll()
	last, stop := context.WithTimeout(ctx, 5*time.Second)
	defer stop()
	go func() {
		select {
		case <-signals:
			stop()
		case <-last.Done():
		}
	}()
	s.line.Drain(last)
	return nil
}
