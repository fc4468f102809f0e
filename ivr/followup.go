package ivr

import (
	"time"

	"pronto/ivr/flow"
	"pronto/ivr/ledger"
	"pronto/prompts"
)

// followUp lists a caller who has gone and whom somebody should look after: who may be in danger, who was cut off in
// conversation, who waited for long and gave up. Who gave up and has been served since is taken off the list.
func (l *Line) followUp(book *prompts.Book, s flow.State, row ledger.Call, cut bool) {
	if row.Caller == "" {
		return // nobody to be called
	}
	f := ledger.FollowUp{
		Line: row.Line, Call: row.ID, Number: row.Caller, Topic: row.Topic, Language: row.Language, Since: row.Ended, State: ledger.FollowOpen,
	}
	concern, ok := flow.ConcernFor(s, cut, row.Ended)
	switch {
	case ok:
		f.Kind, f.Why, f.Deadline = concern.Kind, concern.Why, row.Ended.Add(book.Desk.Safety.Deadline)
	case row.Outcome == string(flow.AbandonedQueue) && row.QueueWait >= book.Desk.Missed.After:
		f.Kind, f.Why = ledger.FollowMissed, "gave_up"
	case row.Outcome == string(flow.Served):
		l.cfg.Ledger.Write(ledger.Record{FollowUp: &ledger.FollowUp{
			Kind: ledger.FollowMissed, Number: row.Caller, State: ledger.FollowDone, By: "line", Result: "served", At: time.Now(),
		}})
		return
	default:
		return
	}
	f.ID = f.Kind + "-" + row.ID
	l.metrics.followUps.WithLabelValues(f.Kind).Inc()
	l.cfg.Ledger.Write(ledger.Record{FollowUp: &f})
	l.cfg.Log.Warn().Str("call", row.ID).Str("kind", f.Kind).Str("why", f.Why).Msg("somebody should look after a caller who has gone")
}
