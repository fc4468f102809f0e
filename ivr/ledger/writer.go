package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
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

// cycle writes down everything that has gathered. The caller holds work.
func (l *Ledger) cycle(retry bool) {
	if l.over {
		return
	}
	var cdrs []*cdrWork
	for _, it := range l.box.Take() {
		if it.cdr != nil {
			cdrs = append(cdrs, it.cdr)
			continue
		}
		l.seq++
		l.backlog = append(l.backlog, numbered{Run: l.run, Seq: l.seq, Record: it.record})
	}
	l.setBusy(time.Now())
	defer l.setBusy(time.Time{})
	if l.spooling && retry {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		l.noteResult(l.heal(ctx))
		cancel()
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
	result, err := l.store.apply(ctx, records)
	if err != nil {
		return err
	}
	l.metrics.committed(result, time.Since(began))
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
		l.former, l.store = l.store, nil
	}
	if l.former != nil {
		if _, err := os.Stat(l.opts.Path); errors.Is(err, os.ErrNotExist) {
			return errGone
		}
		if err := l.former.leaveNothing(); err != nil {
			return err
		}
	}
	s, err := openStore(ctx, l.opts.Path, l.opts.busy)
	if err != nil {
		return err
	}
	l.store = s
	if err := l.takeIn(); err != nil {
		return err
	}
	if err := s.forgetWriters(ctx, l.run); err != nil {
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
	f := explain(err, l.opts.Path, l.spool.path)
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
