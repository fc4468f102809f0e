package ledger

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"pronto/ivr/phone"
)

// Options say where a ledger is kept.
type Options struct {
	// Path is the database's file. Its folder is made if it is missing.
	Path string
	// SpoolDir is where records wait while the database can not be written. Empty: "spool" beside the database.
	SpoolDir string
	// ReadOnly: only All and OpenCalls are used; the database must exist, nothing is written.
	ReadOnly bool
	Log      zerolog.Logger
	Reg      prometheus.Registerer // nil: no metrics

	spoolLimit  int64         // bytes; zero: 256 MB
	memoryLimit int           // records that wait in memory; zero: 200,000
	busy        time.Duration // how long a lock of the database is waited for; zero: 2 s
}

// Ledger is open until Close. Make it with Open.
type Ledger struct {
	opts    Options
	log     zerolog.Logger
	metrics *metrics
	run     string // this run of the program, for the numbers of its records
	box     *phone.Mailbox[item]
	hurry   chan struct{} // holds a token when somebody waits for what is in the box

	work      sync.Mutex // held by whoever does the writer's work; guards the fields below
	store     *store     // nil: not open
	spool     *spool
	former    *store // the one before, closed
	spooling  bool   // records go to the spool: the database can not be written, or the spool has not been taken in
	backlog   []numbered
	seq       int64
	retried   time.Time
	dropped   int
	told      time.Time // when the log was last told of the fault,
	toldSpool time.Time // and of the spool's
	over      bool      // closed: nothing is written any more

	mu       sync.Mutex // guards the fields below
	fault    fault
	busyFrom time.Time // a write has been under way since; zero: none is
	closed   bool
	cdr      *follower
}

// item is one thing in the writer's mailbox.
type item struct {
	record Record
	cdr    *cdrWork // if set, record is empty
}

// numbered is a record with its number within the run that wrote it.
type numbered struct {
	Run    string `json:"run"`
	Seq    int64  `json:"seq"`
	Record Record `json:"rec"`
}

// retryEvery is how often the database is tried while it can not be written.
const retryEvery = time.Second

// Open opens or makes the database, brings it up to date and takes in what a former run left in the spool. If the
// database can not be opened it still returns a ledger, which spools: callers are served before a disk is mended. It
// fails where neither the database nor the spool can be used, and for a database of a newer version of the program.
func Open(ctx context.Context, o Options) (*Ledger, error) {
	if o.spoolLimit == 0 {
		o.spoolLimit = 256 << 20
	}
	if o.memoryLimit == 0 {
		o.memoryLimit = 200_000
	}
	if o.busy == 0 {
		o.busy = 2 * time.Second
	}
	if o.SpoolDir == "" {
		o.SpoolDir = filepath.Join(filepath.Dir(o.Path), "spool")
	}
	l := &Ledger{opts: o, log: o.Log, run: rand.Text(), box: phone.NewMailbox[item](), hurry: make(chan struct{}, 1)}
	if o.ReadOnly {
		return l, l.checkReadable(ctx)
	}
	l.metrics = newMetrics(o.Reg)
	l.spool = &spool{path: filepath.Join(o.SpoolDir, "ledger.jsonl"), limit: o.spoolLimit}
	l.work.Lock()
	defer l.work.Unlock()
	l.spooling = true
	err := l.heal(ctx)
	if err == nil {
		return l, nil
	}
	if errors.Is(err, errNewer) || ctx.Err() != nil {
		return nil, err
	}
	if spoolErr := l.spool.open(); spoolErr != nil {
		return nil, errors.Join(err, spoolErr)
	}
	l.setFault(err)
	return l, nil
}

// Write takes a record down. It never blocks and never fails for the caller; what becomes of the record if nothing can
// be written is in the package comment.
func (l *Ledger) Write(r Record) {
	l.mu.Lock()
	if l.closed || l.opts.ReadOnly {
		l.mu.Unlock()
		l.metrics.drop(1)
		l.log.Error().Str("call", r.call()).Msg("a record came after the ledger was closed and is lost")
		return
	}
	// Under the lock, so that Close finds every record that was accepted.
	l.box.Put(item{record: r})
	l.mu.Unlock()
}

// Run writes until ctx ends, then what is left. It fails if records could be written nowhere.
func (l *Ledger) Run(ctx context.Context) error {
	retry := time.NewTicker(retryEvery)
	defer retry.Stop()
	for {
		select {
		case <-ctx.Done():
			return l.flush()
		case <-l.box.Wake():
			l.gather(ctx)
		case <-retry.C:
		}
		l.work.Lock()
		l.cycle(time.Since(l.retried) >= retryEvery/2) // not the whole: the ticks and the tries do not keep step
		l.work.Unlock()
	}
}

// gather waits a moment for more to write in the same transaction: a transaction costs far more than a record. What a
// kill loses of that moment is on the calls' channels.
func (l *Ledger) gather(ctx context.Context) {
	wait := time.NewTimer(gatherFor)
	defer wait.Stop()
	select {
	case <-ctx.Done():
	case <-l.hurry:
	case <-wait.C:
	}
}

func (l *Ledger) flush() error {
	l.work.Lock()
	defer l.work.Unlock()
	l.cycle(true)
	if n := len(l.backlog); n > 0 {
		return fmt.Errorf("%d records of calls could be written neither to %s nor to %s and are lost", n, l.opts.Path, l.spool.path)
	}
	return nil
}

// Close writes what is left and closes the database. Records written afterwards are lost and logged.
func (l *Ledger) Close() error {
	l.mu.Lock()
	done := l.closed
	l.closed = true
	l.mu.Unlock()
	if done || l.opts.ReadOnly {
		return nil
	}
	err := l.flush()
	l.work.Lock()
	defer l.work.Unlock()
	l.over = true
	if l.store != nil {
		err = errors.Join(err, l.store.close())
		l.store = nil
	}
	return errors.Join(err, l.spool.close())
}

// Fault tells what is wrong with the ledger, if anything is, and what to do about it.
func (l *Ledger) Fault() (message, remedy string, bad bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fault.message != "" {
		return l.fault.message + l.fault.spool, l.fault.remedy, true
	}
	if !l.busyFrom.IsZero() && time.Since(l.busyFrom) > stuckAfter {
		return "the disk of the ledger " + l.opts.Path + " does not answer", "look at the disk and its mount; records wait in memory meanwhile", true
	}
	return "", "", false
}

// call is the id of the call that the record is about.
func (r *Record) call() string {
	switch {
	case r.Arrived != nil:
		return r.Arrived.ID
	case r.Progress != nil:
		return r.Progress.Call
	case r.Ended != nil:
		return r.Ended.ID
	}
	return ""
}

func (l *Ledger) checkReadable(ctx context.Context) error {
	if _, err := os.Stat(l.opts.Path); err != nil {
		return fmt.Errorf("there is no ledger: %w", err)
	}
	db, err := l.reader(ctx)
	if err != nil {
		return err
	}
	return db.Close()
}
