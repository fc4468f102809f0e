package audit

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"pronto/ivr/flow"
	"pronto/ivr/ledger"
)

// compare looks at one call.
func (a *auditor) compare(id string, p *pair, shift time.Duration) {
	if p.record != nil {
		a.r.OnSwitch++
	}
	if p.call == nil {
		a.unknown(id, p.record)
		return
	}
	c := p.call
	a.r.InLedger++
	if c.Outcome == "" {
		a.r.InProgress++
	} else {
		a.r.Outcomes[c.Outcome]++
	}
	say := func(kind Kind, ledgers, records string) {
		a.found(Difference{Kind: kind, Call: id, Switch: c.Switch, Ledger: ledgers, Record: records})
	}
	if p.record == nil {
		a.withoutRecord(c, say)
	} else {
		a.times(c, p.record, shift, say)
		a.who(c, p, say)
	}
	if c.Outcome != "" {
		a.possible(c, p.record, say)
	}
}

// unknown is a call that the ledger does not have.
func (a *auditor) unknown(id string, g *ledger.Leg) {
	switch {
	case a.o.Now.Sub(g.End) < a.o.Settle:
		a.explained(Settling)
	case a.before(g):
		a.explained(NotYet)
	default:
		a.found(Difference{Kind: MissingInLedger, Call: id, Record: stamp(g.Start) + " " + g.App})
	}
}

// before says that the ledger did not follow the switch yet when the leg ended. Which switch it is of the files do not
// tell apart here: the earliest counts.
func (a *auditor) before(g *ledger.Leg) bool {
	for _, since := range a.since {
		if since.IsZero() || !g.End.Before(since) {
			return false
		}
	}
	return len(a.since) > 0
}

// withoutRecord is a call that the switch does not know.
func (a *auditor) withoutRecord(c *ledger.Call, say func(Kind, string, string)) {
	oldest, followed := a.oldest[c.Switch]
	switch {
	case c.Outcome == "":
		a.explained(Up)
	case strings.HasPrefix(c.ID, ledger.BackPrefix):
		a.explained(CalledBack)
	case a.o.Now.Sub(c.Ended) < a.o.Settle:
		a.explained(Settling)
	case !followed || oldest.IsZero() || c.Ended.Before(oldest):
		a.explained(NoRecords)
	case c.EndedBy == "network":
		a.explained(SwitchDied)
	case a.twin(c) != "":
		say(Double, "as "+a.twin(c)+", too", "")
	default:
		say(MissingOnSwitch, stamp(c.Started)+" "+c.Outcome, "")
	}
}

// twin is another call of the same caller at the same time, which the switch knows.
func (a *auditor) twin(c *ledger.Call) string {
	for id, p := range a.calls {
		if id != c.ID && p.call != nil && p.record != nil && c.Caller != "" && p.call.Caller == c.Caller &&
			p.call.Started.Sub(c.Started).Abs() <= a.o.Tolerance {
			return id
		}
	}
	return ""
}

// times compares when it began, was answered and ended.
func (a *auditor) times(c *ledger.Call, g *ledger.Leg, shift time.Duration, say func(Kind, string, string)) {
	apart := func(ours, switches time.Time) bool { return switches.Sub(ours.Add(shift)).Abs() > a.o.Tolerance }
	if c.Outcome == "" {
		if a.o.Now.Sub(g.End) < a.o.Settle {
			a.explained(Settling)
		} else {
			say(NoOutcome, "", "over since "+stamp(g.End))
		}
		return
	}
	if apart(c.Started, g.Start) {
		say(Began, stamp(c.Started), stamp(g.Start))
	}
	if g.Returned() && !g.Answered.IsZero() && g.Answered.Before(c.Answered.Add(shift)) {
		a.explained(TakenOver)
	} else if c.Answered.IsZero() != g.Answered.IsZero() || !c.Answered.IsZero() && apart(c.Answered, g.Answered) {
		say(Answered, stamp(c.Answered), stamp(g.Answered))
	}
	switch {
	case !apart(c.Ended, g.End):
	case strings.Contains(c.Detail, "ended_while_away") || c.EndedBy == "network":
		a.explained(Away)
	case c.Talk > 0 || c.Detail == "connected":
		// The switch ends its record when the conversation ends; what the caller hears afterwards is not in it.
		if c.Ended.Add(shift).Before(g.End.Add(-a.o.Tolerance)) {
			say(Ended, stamp(c.Ended), stamp(g.End))
		}
	default:
		say(Ended, stamp(c.Ended), stamp(g.End))
	}
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

// possible looks whether what the ledger says of a call can be.
func (a *auditor) possible(c *ledger.Call, g *ledger.Leg, say func(Kind, string, string)) {
	length := c.Ended.Sub(c.Started)
	const slack = time.Second
	set := c.Ended.Before(c.Started) || !c.Answered.IsZero() && (c.Answered.Before(c.Started.Add(-slack)) || c.Answered.After(c.Ended.Add(slack)))
	switch {
	case set && g != nil && g.End.Before(g.Start):
		a.explained(ClockSet)
	case set:
		say(Impossible, fmt.Sprintf("began %s, answered %s, ended %s", stamp(c.Started), stamp(c.Answered), stamp(c.Ended)), "")
	case c.Talk > length+slack:
		say(Impossible, fmt.Sprintf("talked %s in %s", c.Talk, length), "")
	case c.Queued && c.QueueWait > length+slack:
		say(Impossible, fmt.Sprintf("waited %s in %s", c.QueueWait, length), "")
	case c.Outcome == string(flow.Served) && c.Operator == "":
		say(Impossible, "served by nobody", "")
	case c.Outcome == string(flow.AbandonedQueue) && !c.Queued:
		say(Impossible, "gave up waiting without a ticket", "")
	case !slices.Contains(ledger.Outcomes(), flow.Outcome(c.Outcome)):
		say(Impossible, "the outcome "+c.Outcome, "")
	}
}
