package ivr

import (
	"time"

	"pronto/ivr/flow"
	"pronto/ivr/ledger"
	"pronto/ivr/phone"
)

// account is what the ledger's row needs beside the flow's state.
type account struct {
	started, answered time.Time
	endedBy           string // on whose account we hung up, if we did
}

// noteEnder remembers who brought about the end that may follow ev: a goodbye between the other party's leaving and our
// hanging up changes nothing, a key of the caller does.
func (a *account) noteEnder(ev flow.Event) {
	switch ev := ev.(type) {
	case flow.OperatorLeft:
		a.endedBy = "operator"
	case flow.RescueOver:
		if !ev.Failed {
			a.endedBy = "rescue"
		}
	case flow.Key, flow.Connected, flow.RescueUp:
		a.endedBy = "line"
	}
}

// row is what is known of the call while it is up.
func (c *call) row() ledger.Call {
	return ledger.Call{
		ID: c.id, Line: c.release.Book.Line.Number, Switch: c.sw.Name(), Started: c.account.started,
		Caller: c.number, Language: c.state.Language, Release: c.release.ID, Topic: c.state.Topic,
	}
}

func (c *call) writeArrived() {
	row := c.row()
	c.line.cfg.Ledger.Write(ledger.Record{Arrived: &row})
	if entry := c.leg.Info().Entry; entry != "" {
		c.note("entry", entry)
	}
}

func (c *call) noteAt(at time.Time, kind, text string) {
	c.line.cfg.Ledger.Write(ledger.Record{Progress: &ledger.Event{Call: c.id, At: at, Kind: kind, Text: text}})
}

func (c *call) writeState(state string) {
	c.line.cfg.Ledger.Write(ledger.Record{Progress: &ledger.Event{Call: c.id, At: time.Now(), Kind: "state", State: state}})
}

func (c *call) writeEnded(ended phone.Ended) {
	now := time.Now()
	row := closing(c.id, c.state, now)
	about := c.row()
	row.Line, row.Switch, row.Started, row.Caller, row.Answered = about.Line, about.Switch, about.Started, about.Caller, c.account.answered
	row.EndedBy, row.Cause = c.endedBy(ended), ended.Cause.String()
	c.line.settleRequest(row, c.state)
	c.line.cfg.Ledger.Write(ledger.Record{Ended: &row})
	c.line.followUp(c.release.Book, c.state, row, unwanted(ended))
	c.log.Info().Str("outcome", row.Outcome).Str("detail", row.Detail).Str("ended_by", row.EndedBy).
		Str("cause", row.Cause).Dur("after", now.Sub(row.Started)).Msg("call ended")
}

func (c *call) endedBy(ended phone.Ended) string {
	switch {
	case ended.Lost:
		return "network"
	case !ended.Remote:
		if c.account.endedBy == "" {
			return "line"
		}
		return c.account.endedBy
	case ended.Cause == phone.CauseRTPTimeout:
		return "network"
	default:
		return "caller"
	}
}

// closing is the row of the call id that ended in state s at now, as far as the state tells.
func closing(id string, s flow.State, now time.Time) ledger.Call {
	outcome, detail := flow.Verdict(s, now)
	row := ledger.Call{
		ID: id, Ended: now, Answered: s.Answered, Language: s.Language, Release: s.Release, Path: s.Path,
		Topic: s.Topic, Outcome: string(outcome), Detail: detail, Operator: s.Operator, Talk: s.TalkTime(now),
	}
	if outcome == flow.Redirected || s.Marks&(flow.MarkAdvised|flow.MarkTransfer) != 0 {
		row.RescueNumber = s.Rescue
	}
	if outcome == flow.Message && s.Recording > 0 {
		row.Detail = recordingName(id, s.Recording)
	}
	row.QueueWait, row.Queued = s.WaitTime(now)
	return row
}
