package audit

import (
	"slices"
	"strings"

	"pronto/ivr/flow"
	"pronto/ivr/ledger"
)

// who compares who spoke with whom.
func (a *auditor) who(c *ledger.Call, p *pair, say func(Kind, string, string)) {
	g := p.record
	if c.Caller != "" && g.Caller != "" && c.Caller != g.Caller && !masked(c.Caller) && !masked(g.Caller) {
		say(Caller, "another number", "")
	}
	if c.Outcome == "" {
		return
	}
	if outcome, operator, ok := g.Account(); ok && (outcome != c.Outcome || operator != "" && operator != c.Operator) {
		say(FailOpen, strings.TrimSpace(c.Outcome+" "+c.Operator), strings.TrimSpace(outcome+" "+operator))
		return
	} else if ok {
		return // the switch rang the operators by itself
	}
	if c.Started.Before(a.oldest[c.Switch]) { // the legs to others may have ended before the caller's
		say = func(Kind, string, string) { a.explained(NoRecords) }
	}
	a.operators(c, p, say)
	a.rescue(c, p, say)
}

// masked: a number that is not told any more is written with a letter or a sign in it, whoever hid it.
func masked(number string) bool { return strings.ContainsAny(number, "#x*") }

// operators compares the operator with the legs to operators.
func (a *auditor) operators(c *ledger.Call, p *pair, say func(Kind, string, string)) {
	var answered []string
	late := true // whoever answered did so as the caller hung up
	for _, g := range p.legs {
		name := operatorOf(g)
		if name == "" || g.Answered.IsZero() {
			continue
		}
		answered = append(answered, name)
		late = late && p.record.End.Sub(g.Answered) <= a.o.Tolerance
	}
	served := c.Outcome == string(flow.Served)
	switch {
	case served && len(answered) == 0:
		say(NotServed, "served by "+c.Operator, "no operator's leg was answered")
	case served && !slices.Contains(answered, c.Operator):
		say(Operator, c.Operator, strings.Join(answered, " "))
	case !served && len(answered) > 0 && late:
		a.explained(HungUpBetween)
	case !served && len(answered) > 0:
		say(Unnoticed, c.Outcome, strings.Join(answered, " ")+" answered")
	}
}

// operatorOf is the operator whose leg it is: p-<call>-<operator>-<number>. "" is nobody's.
func operatorOf(g *ledger.Leg) string {
	rest, ok := strings.CutPrefix(g.ID, "p-"+g.Call+"-")
	if !ok || strings.HasSuffix(rest, "-far") {
		return ""
	}
	name := rest[:max(0, strings.LastIndexByte(rest, '-'))]
	if name == "rescue" {
		return ""
	}
	return name
}

// rescue compares the connection with a rescue number with the legs to it.
func (a *auditor) rescue(c *ledger.Call, p *pair, say func(Kind, string, string)) {
	answered, late := false, true
	for _, g := range p.legs {
		if strings.HasPrefix(g.ID, "p-"+g.Call+"-rescue-") && !strings.HasSuffix(g.ID, "-far") && !g.Answered.IsZero() {
			answered = true
			late = late && p.record.End.Sub(g.Answered) <= a.o.Tolerance
		}
	}
	connected := c.Outcome == string(flow.Redirected) && c.Detail == "connected"
	switch {
	case connected && !answered:
		say(Rescue, "connected with "+c.RescueNumber, "no leg to it was answered")
	case !answered || connected || c.Outcome == string(flow.Served):
	case late:
		a.explained(HungUpBetween)
	default:
		say(Rescue, strings.TrimSpace(c.Outcome+" "+c.Detail), "a leg to the rescue number was answered")
	}
}
