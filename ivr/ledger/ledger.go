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
	// Path is the database: a file (SQLite; its folder is made if it is missing) or an address,
	// postgres://user:password@host:port/database (PostgreSQL; the database must exist).
	Path string
	// SpoolDir is where records wait while the database can not be written, and where codes are reserved. Empty: "spool"
	// beside the database's file; for PostgreSQL it must be given.
	SpoolDir string
	// ReadOnly: the ledger is only read; the database must exist, nothing is written.
	ReadOnly bool
	// KeyPath is the file of the secret that hides numbers; it is made if it is missing. Empty: "ledger.key" beside SpoolDir.
	KeyPath string
	Log     zerolog.Logger
	Reg     prometheus.Registerer // nil: no metrics

	spoolLimit  int64         // bytes; zero: 256 MB
	memoryLimit int           // records that wait in memory; zero: 200,000
	busy        time.Duration // how long a lock of the database is waited for; zero: 2 s
}

// Ledger is open until Close. Make it with Open.
type Ledger struct {
	opts    Options
	db      database
	log     zerolog.Logger
	metrics *metrics
	run     string // this run of the program, for the numbers of its records
	box     *phone.Mailbox[item]
	hurry   chan struct{} // holds a token when somebody waits for what is in the box
	codes   *stock        // nil: read only

	work      sync.Mutex // held by whoever does the writer's work; guards the fields below
	store     store      // nil: not open
	keys      keys       // id "": not read yet
	spool     *spool
	spooling  bool // records go to the spool: the database can not be written, or the spool has not been taken in
	backlog   []numbered
	seq       int64
	retried   time.Time
	dropped   int
	told      time.Time // when the log was last told of the fault,
	toldSpool time.Time // and of the spool's,
	toldTidy  time.Time // and that tidying failed
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
	// If one of these is set, record is empty.
	cdr    *cdrWork
	synced chan error // to be told how the records before fared
	refill bool       // codes are wanted
}

// numbered is a record with its number within the run that wrote it.
type numbered struct {
	Run    string `json:"run"`
	Seq    int64  `json:"seq"`
	Record Record `json:"rec"`
}

// writersWait is how long another program's lock is waited for.
const writersWait = 2 * time.Second

// retryEvery is how often the database is tried while it can not be written.
const retryEvery = time.Second

// Open opens or makes the database, brings it up to date and takes in what a former run left in the spool. If the
// database can not be opened it still returns a ledger, which spools: callers are served before a disk is mended. It
// fails where neither the database nor the spool can be used, for a database of a newer version of the program, and for
// one that another controller writes (PostgreSQL).
func Open(ctx context.Context, o Options) (*Ledger, error) {
	if o.spoolLimit == 0 {
		o.spoolLimit = 256 << 20
	}
	if o.memoryLimit == 0 {
		o.memoryLimit = 200_000
	}
	if o.busy == 0 {
		o.busy = writersWait
	}
	db, err := newDatabase(o.Path, o.busy)
	if err != nil {
		return nil, err
	}
	if o.SpoolDir == "" && !OnServer(o.Path) {
		o.SpoolDir = filepath.Join(filepath.Dir(o.Path), "spool")
	}
	if o.KeyPath == "" {
		o.KeyPath = filepath.Join(filepath.Dir(o.SpoolDir), keyFile)
	}
	l := &Ledger{opts: o, db: db, log: o.Log, run: rand.Text(), box: phone.NewMailbox[item](), hurry: make(chan struct{}, 1)}
	if o.ReadOnly {
		return l, l.checkReadable(ctx)
	}
	if o.SpoolDir == "" {
		return nil, errors.New("open the ledger: a folder for the spool must be named")
	}
	l.metrics = newMetrics(o.Reg)
	l.spool = &spool{path: filepath.Join(o.SpoolDir, "ledger.jsonl"), limit: o.spoolLimit}
	l.codes = &stock{path: filepath.Join(o.SpoolDir, "codes.json")}
	l.work.Lock()
	defer l.work.Unlock()
	if err := l.codes.open(); err != nil {
		l.log.Error().Err(err).Msg("the reserved codes of requests can not be read; new ones are reserved")
	}
	l.spooling = true
	err = l.heal(ctx)
	l.fillCodes()
	if err == nil {
		return l, nil
	}
	if errors.Is(err, errNewer) || errors.Is(err, errOther) || ctx.Err() != nil {
		return nil, errors.Join(err, l.db.close())
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

// Sync waits until everything that was written before is in the database. ErrSpooled says that it is safe, but not in the
// database yet. It needs Run.
func (l *Ledger) Sync(ctx context.Context) error {
	synced := make(chan error, 1)
	l.mu.Lock()
	if l.closed || l.opts.ReadOnly {
		l.mu.Unlock()
		return errors.New("write the ledger: it is closed")
	}
	l.box.Put(item{synced: synced})
	l.mu.Unlock()
	l.hurryUp()
	select {
	case <-ctx.Done():
		return fmt.Errorf("write the ledger: %w", ctx.Err())
	case err := <-synced:
		return err
	}
}

// hurryUp ends the writer's gathering: somebody waits.
func (l *Ledger) hurryUp() {
	select {
	case l.hurry <- struct{}{}:
	default:
	}
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
		l.tidy()
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
		return fmt.Errorf("%d records of calls could be written neither to %s nor to %s and are lost", n, l.db, l.spool.path)
	}
	return nil
}

// Close writes what is left and closes the database. Records written afterwards are lost and logged.
func (l *Ledger) Close() error {
	l.mu.Lock()
	done := l.closed
	l.closed = true
	l.mu.Unlock()
	if done {
		return nil
	}
	if l.opts.ReadOnly {
		return l.db.close()
	}
	err := l.flush()
	l.work.Lock()
	defer l.work.Unlock()
	l.over = true
	err = errors.Join(err, l.codes.giveBack())
	if l.store != nil {
		err = errors.Join(err, l.store.close())
		l.store = nil
	}
	return errors.Join(err, l.spool.close(), l.db.close())
}

// Fault tells what is wrong with the ledger, if anything is, and what to do about it.
func (l *Ledger) Fault() (message, remedy string, bad bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fault.message != "" {
		return l.fault.message + l.fault.spool, l.fault.remedy, true
	}
	if !l.busyFrom.IsZero() && time.Since(l.busyFrom) > stuckAfter {
		return "the disk of the ledger " + l.db.String() + " does not answer", "look at the disk and its mount; records wait in memory meanwhile", true
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
	case r.WrapUp != nil:
		return r.WrapUp.Call
	case r.Callback != nil:
		return r.Callback.Call
	case r.FollowUp != nil:
		return r.FollowUp.Call
	}
	return ""
}

// checkReadable fails where there is no ledger to read.
func (l *Ledger) checkReadable(ctx context.Context) error {
	if !OnServer(l.opts.Path) {
		if _, err := os.Stat(l.opts.Path); err != nil {
			return fmt.Errorf("there is no ledger: %w", err)
		}
	}
	_, err := gather(read(ctx, l, "the calls", scan, `SELECT `+sqlColumns+` FROM calls LIMIT 1`))
	if err != nil && OnServer(l.opts.Path) {
		message, remedy := l.db.explain(err)
		err = fmt.Errorf("%s: %s (%w)", message, remedy, err)
	}
	return err
}

// newDatabase tells the kind of database by its name.
func newDatabase(name string, busy time.Duration) (database, error) {
	if OnServer(name) {
		return newPostgres(name, busy)
	}
	return &sqliteFile{path: name, busy: busy}, nil
}
