package audit

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"pronto/ivr/ledger"
)

// Write writes the result as "text" or "json"; zone is whose clock the text tells.
func (r *Result) Write(w io.Writer, format string, zone *time.Location) error {
	var err error
	switch format {
	case "text":
		_, err = io.WriteString(w, r.text(zone))
	case "json":
		enc := json.NewEncoder(w)
		enc.SetIndent("", " ")
		err = enc.Encode(struct {
			From string `json:"from"`
			To   string `json:"to"`
			*Result
			Clean bool `json:"clean"`
		}{stamp(r.From), stamp(r.To), r, r.Clean()})
	default:
		return fmt.Errorf("there is no format %q: it is text or json", format)
	}
	if err != nil {
		return fmt.Errorf("write the audit: %w", err)
	}
	return nil
}

func (r *Result) text(zone *time.Location) string {
	var b strings.Builder
	line := func(format string, args ...any) { _, _ = fmt.Fprintf(&b, format+"\n", args...) }
	const layout = "2006-01-02 15:04:05 MST"
	line("calls from %s to %s, switch %s", r.From.In(zone).Format(layout), r.To.In(zone).Format(layout), strings.Join(r.Switches, ", "))
	line("on the switch: %d   in the ledger: %d", r.OnSwitch, r.InLedger)
	var sum []string
	for _, o := range ledger.Outcomes() {
		if n := r.Outcomes[string(o)]; n > 0 {
			sum = append(sum, fmt.Sprintf("%s %d", o, n))
		}
	}
	line("offered %d = %s", r.InLedger, strings.Join(append(sum, fmt.Sprintf("in progress %d", r.InProgress)), " + "))
	if r.Unreadable > 0 {
		line("lines of the switch's records that can not be read: %d", r.Unreadable)
	}
	for _, why := range slices.Sorted(maps.Keys(r.Explained)) {
		line("explained: %d %s: %s", r.Explained[why], why, meaning(string(why)))
	}
	if r.Clean() {
		line("no differences")
		return b.String()
	}
	for _, kind := range slices.Sorted(maps.Keys(r.Found)) {
		line("DIFFERENCES: %d %s: %s", r.Found[kind], kind, meaning(string(kind)))
	}
	for _, d := range r.Differences {
		text := fmt.Sprintf("  %-18s %s", d.Kind, d.Call)
		if d.Ledger != "" {
			text += "  ledger: " + d.Ledger
		}
		if d.Record != "" {
			text += "  switch: " + d.Record
		}
		line("%s", text)
	}
	if more := r.Total() - int64(len(r.Differences)); more > 0 {
		line("  and %d more", more)
	}
	return b.String()
}

// meaning tells what a kind or a reason is.
func meaning(of string) string {
	switch of {
	case string(MissingInLedger):
		return "the switch had a call that the ledger does not know"
	case string(MissingOnSwitch):
		return "the ledger has a call that the switch does not know"
	case string(Double):
		return "the ledger has a call twice"
	case string(NoOutcome):
		return "the call is over, the ledger does not know how"
	case string(Began), string(Answered), string(Ended):
		return "at another time, or by one of the two only"
	case string(Caller):
		return "the two have different numbers"
	case string(NotServed):
		return "served, but no operator's telephone was answered"
	case string(Unnoticed):
		return "an operator's telephone was answered, the ledger does not say so"
	case string(Operator):
		return "another operator's telephone was answered"
	case string(Rescue):
		return "only one of the two knows of a connection with the rescue number"
	case string(FailOpen):
		return "the switch served the call by itself, otherwise than the ledger says"
	case string(Impossible):
		return "what the ledger says contradicts itself"
	case string(Clock):
		return "the switch's clock is wrong, or this machine's: keep both by NTP"
	}
	return reasons(Reason(of))
}

func reasons(of Reason) string {
	switch of {
	case Up:
		return "the call goes on"
	case Settling:
		return "it has just ended, the rest is on its way"
	case NotYet:
		return "it was before the ledger followed this switch"
	case NoRecords:
		return "the switch's records of that time are not kept any more"
	case SwitchDied:
		return "the switch was lost with the call"
	case Away:
		return "it ended while the controller was away"
	case ClockSet:
		return "a clock was set back in the call"
	case TakenOver:
		return "the switch had answered before the controller came back"
	case CalledBack:
		return "the line called back a citizen who had asked for it"
	case HungUpBetween:
		return "the caller hung up as somebody answered"
	}
	return string(of)
}
