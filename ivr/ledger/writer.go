package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"time"
)

const (
	gatherFor  = 250 * time.Millisecond
	batch      = 2000             // records per transaction
	writeLimit = 20 * time.Second // for one transaction, locks included
	stuckAfter = 10 * time.Second // a write that takes longer is a fault
	tellEvery  = time.Minute      // how often a lasting fault is logged
)

var errSpooling = errors.New("the ledger's database can not be written at present")

// ErrSpooled is returned by Sync when the records are safe on the disk, but not in the database yet: what is read does
// not show them.
var ErrSpooled = errors.New("it is written down, but the ledger's database can not be written at present: it shows later")

// cycle writes down everything that has gathered. The caller holds work.
func (l *Ledger) cycle(retry bool) {
	if l.over {
		return
	}
	cdrs, synced := l.take()
	l.setBusy(time.Now())
	defer l.setBusy(time.Time{})
	if l.spooling && retry {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		l.noteResult(l.heal(ctx))
		cancel()
	}
	if !l.spooling {
		if err := l.store.fit(); err != nil { // so that a line without calls has its fault, too
			l.spooling, l.retried = true, time.Now()
			l.noteResult(err)
		}
	}
	if !l.spooling {
		l.commitBacklog()
	}
	if l.spooling {
		l.spoolBacklog()
	}
	for _, w := range cdrs {
		w.done <- l.applyCDR(w)
	}
	for _, s := range synced {
		s <- l.safe()
	}
	l.fillCodes()
}

// take empties the mailbox: records go to the backlog.
func (l *Ledger) take() (cdrs []*cdrWork, synced []chan error) {
	for _, it := range l.box.Take() {
		switch {
		case it.cdr != nil:
			cdrs = append(cdrs, it.cdr)
		case it.synced != nil:
			synced = append(synced, it.synced)
		case it.refill: // the cycle ends with it
		default:
			l.seq++
			l.backlog = append(l.backlog, numbered{Run: l.run, Seq: l.seq, Record: it.record})
		}
	}
	return cdrs, synced
}

// safe tells where everything that was written is.
func (l *Ledger) safe() error {
	switch {
	case len(l.backlog) > 0:
		return errors.New("the ledger can be written nowhere at present: the record waits in memory")
	case l.spooling:
		return ErrSpooled
	}
	return nil
}

// fillCodes sees that there are codes to give out.
func (l *Ledger) fillCodes() {
	ctx, cancel := context.WithTimeout(context.Background(), writeLimit)
	defer cancel()
	db := l.store
	if l.spooling {
		db = nil
	}
	err := l.codes.fill(ctx, db)
	if err != nil && time.Since(l.codes.told) >= tellEvery {
		l.codes.told = time.Now()
		l.log.Error().Err(err).Msg("codes for requests can not be reserved; those in reserve are used")
	}
}

func (l *Ledger) commitBacklog() {
	for len(l.backlog) > 0 {
		n := min(len(l.backlog), batch)
		if err := l.commit(l.backlog[:n]); err != nil {
			l.spooling, l.retried = true, time.Now()
			l.noteResult(err)
			return
		}
		l.backlog = l.backlog[n:]
	}
	l.backlog = nil
}

func (l *Ledger) commit(records []numbered) error {
	ctx, cancel := context.WithTimeout(context.Background(), writeLimit)
	defer cancel()
	began := time.Now()
	result, err := apply(ctx, l.store, &l.keys, records)
	if err != nil && l.db.refused(err) {
		return l.commitParts(records, err)
	}
	if err != nil {
		return err
	}
	l.metrics.committed(result, time.Since(began))
	return nil
}

// commitParts finds among the records the one that the database refuses, and puts it aside: it must not hold up those
// behind it for ever.
func (l *Ledger) commitParts(records []numbered, why error) error {
	if n := len(records); n > 1 {
		if err := l.commit(records[:n/2]); err != nil {
			return err
		}
		return l.commit(records[n/2:])
	}
	aside := spool{path: filepath.Join(l.opts.SpoolDir, "refused.jsonl"), limit: l.opts.spoolLimit}
	if err := errors.Join(aside.append(records), aside.close()); err != nil {
		return err
	}
	l.metrics.drop(1)
	l.log.Error().Err(why).Str("call", records[0].Record.call()).Str("file", aside.path).Msg("the ledger's database refuses a record; it is put aside")
	return nil
}

// spoolBacklog puts the backlog into the spool or, if that fails too, keeps as much of it as memory allows.
func (l *Ledger) spoolBacklog() {
	if len(l.backlog) == 0 {
		return
	}
	err := l.spool.append(l.backlog)
	if err == nil {
		l.metrics.spool(len(l.backlog))
		l.backlog = nil
		l.setSpoolFault("")
		return
	}
	l.bound()
	l.setSpoolFault(fmt.Sprintf("; the spool can not be written either (%v): %d records wait in memory, %d are lost", err, len(l.backlog), l.dropped))
	if time.Since(l.toldSpool) >= tellEvery {
		l.toldSpool = time.Now()
		l.log.Error().Err(err).Int("waiting", len(l.backlog)).Int("lost", l.dropped).Msg("the ledger can be written nowhere; records wait in memory")
	}
}

// bound drops what is over the memory's limit: steps first, as an arrival or an outcome is worth more.
func (l *Ledger) bound() {
	over := len(l.backlog) - l.opts.memoryLimit
	if over <= 0 {
		return
	}
	lost := over
	kept := make([]numbered, 0, l.opts.memoryLimit)
	for _, r := range l.backlog {
		if over > 0 && r.Record.Progress != nil {
			over--
			continue
		}
		kept = append(kept, r)
	}
	l.backlog = kept[over:]
	l.dropped += lost
	l.metrics.drop(lost)
}

// heal opens the database anew and takes in the spool. Without error, records go to the database again.
func (l *Ledger) heal(ctx context.Context) error {
	l.retried = time.Now()
	if l.store != nil {
		_ = l.store.close() // it has failed already; what it holds is on disk or in the spool
		l.store = nil
	}
	s, err := l.db.open(ctx)
	if err != nil {
		return err
	}
	l.store = s
	if l.keys.id == "" {
		if l.keys, err = loadKeys(l.opts.KeyPath); err != nil {
			return err
		}
	}
	if err := l.takeIn(); err != nil {
		return err
	}
	if err := forgetWriters(ctx, s); err != nil {
		return err
	}
	l.spooling = false
	return nil
}

// takeIn brings the records of the spool into the database and ends the spool's file.
func (l *Ledger) takeIn() error {
	total := 0
	err := l.spool.read(batch, func(lines [][]byte) error {
		total += len(lines)
		return l.commitLines(lines)
	})
	if err != nil {
		return err
	}
	if total > 0 {
		l.log.Info().Int("records", total).Msg("the ledger has taken in what was spooled")
	}
	return l.spool.remove()
}

func (l *Ledger) commitLines(lines [][]byte) error {
	records := make([]numbered, 0, len(lines))
	unreadable := 0
	for _, line := range lines {
		var r numbered
		if err := json.Unmarshal(line, &r); err != nil {
			unreadable++
			l.log.Error().Err(err).Msg("a line of the spool can not be read and is passed over")
			continue
		}
		records = append(records, r)
	}
	if err := l.commit(records); err != nil {
		return err
	}
	l.metrics.drop(unreadable)
	return nil
}

// noteResult makes err the fault that is told, or ends it.
func (l *Ledger) noteResult(err error) {
	if err != nil {
		l.setFault(err)
		return
	}
	l.mu.Lock()
	was := l.fault.message
	l.fault = fault{}
	l.mu.Unlock()
	l.metrics.setWritable(true)
	if was != "" {
		l.told = time.Time{}
		l.log.Info().Int("lost", l.dropped).Msg("the ledger can be written again")
	}
}

func (l *Ledger) setFault(err error) {
	f := explain(err, l.db, l.spool.path)
	l.mu.Lock()
	f.spool = l.fault.spool
	l.fault = f
	l.mu.Unlock()
	l.metrics.setWritable(false)
	if time.Since(l.told) >= tellEvery {
		l.told = time.Now()
		l.log.Error().Err(err).Str("remedy", f.remedy).Msg("the ledger's database can not be written; records are spooled")
	}
}

func (l *Ledger) setSpoolFault(what string) {
	l.mu.Lock()
	l.fault.spool = what
	l.mu.Unlock()
}

func (l *Ledger) setBusy(since time.Time) {
	l.mu.Lock()
	l.busyFrom = since
	l.mu.Unlock()
}
