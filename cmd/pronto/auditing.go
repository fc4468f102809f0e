package main

import (
	"context"
	"sync"
	"time"

	"pronto/ivr/console"
	"pronto/ivr/ledger"
	"pronto/ivr/ledger/audit"
	"pronto/prompts/wording"
)

const (
	auditFirst = 5 * time.Minute // after the start: what is left from before must have settled
	auditEvery = time.Hour
	auditBack  = 24 * time.Hour // how far each looks back
)

// auditing is the audit that the line makes of itself.
type auditing struct {
	metrics *audit.Metrics

	chained time.Time // when the chains were checked last

	mu       sync.Mutex
	last     *audit.Result // nil: there was none
	tampered int64         // faults of the chains
}

// keepAudited audits the last day every hour.
func (s *service) keepAudited(ctx context.Context) error {
	timer := time.NewTimer(auditFirst)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
		if s.conf.Switch.CDR != "" { // else there is nothing to compare with
			s.auditNow(ctx)
		}
		s.logChains(ctx)
		timer.Reset(auditEvery)
	}
}

func (s *service) auditNow(ctx context.Context) {
	now := time.Now()
	source := audit.Source{Switch: s.conf.Switch.Name, Path: s.conf.Switch.CDR}
	var err error
	if source.Since, err = s.ledger.FollowedSince(ctx, source.Switch); err == nil {
		var r *audit.Result
		if r, err = audit.Run(ctx, s.ledger, []audit.Source{source}, audit.Options{From: now.Add(-auditBack), To: now, Now: now}); err == nil {
			s.audited(r)
			return
		}
	}
	if ctx.Err() == nil {
		s.auditing.metrics.Failed()
		s.log.Error().Err(err).Msg("the audit could not be made; it is tried again in an hour")
	}
}

func (s *service) audited(r *audit.Result) {
	s.auditing.metrics.Made(r, time.Now())
	s.auditing.mu.Lock()
	s.auditing.last = r
	s.auditing.mu.Unlock()
	if r.Clean() {
		s.log.Info().Int64("calls", r.InLedger).Msg("audit: no differences")
		return
	}
	for _, d := range r.Differences {
		s.log.Warn().Str("call", d.Call).Str("kind", string(d.Kind)).Str("ledger", d.Ledger).Str("record", d.Record).Msg("audit: ledger and switch differ")
	}
}

// logChains writes the ends of the last days' chains into the log once a day: a log that is sent elsewhere proves that
// nothing was changed afterwards, even by somebody who has the ledger's key.
func (s *service) logChains(ctx context.Context) {
	now := time.Now()
	if now.Sub(s.auditing.chained) < 24*time.Hour {
		return
	}
	check, err := s.ledger.CheckChain(ctx, ledger.Filter{From: now.Add(-2 * auditBack), To: now}, nil)
	if err != nil {
		s.log.Error().Err(err).Msg("the chains of outcomes can not be checked")
		return
	}
	s.auditing.chained = now
	for _, end := range check.Ends {
		s.log.Info().Str("line", end.Line).Str("day", end.Day).Int64("entries", end.N).Str("hash", end.Hash).Msg("end of the chain of outcomes")
	}
	for _, f := range check.Faults {
		s.log.Error().Str("call", f.Call).Str("day", f.Day).Int64("entry", f.N).Str("what", f.What).Msg("the ledger was changed by somebody else than this program")
	}
	s.auditing.mu.Lock()
	s.auditing.tampered = check.Total
	s.auditing.mu.Unlock()
}

// notices are what somebody must look at; the line does its work all the same.
func (s *service) notices() []console.Fault {
	s.auditing.mu.Lock()
	defer s.auditing.mu.Unlock()
	var notices []console.Fault
	if r := s.auditing.last; r != nil && !r.Clean() {
		notices = append(notices, console.Fault{
			Code: "audit_differences", Message: wording.Say("the ledger and the switch's call records differ: %d differences in the last day", r.Total()),
			Remedy: wording.Say("pronto audit lists them"),
		})
	}
	if n := s.auditing.tampered; n > 0 {
		notices = append(notices, console.Fault{
			Code: "ledger_tampered", Message: wording.Say("somebody else than this program has changed the ledger: %d places", n),
			Remedy: wording.Say("pronto audit -chain lists them; look who can write the database"),
		})
	}
	return notices
}
