package ivr

import (
	"context"
	"errors"
	"fmt"
	"time"

	"pronto/ivr/desk"
	"pronto/ivr/ledger"
)

// Staff is what the line knows of its operators.
type Staff struct {
	// Operators are their accounts. Who has none has all skills and logs in with his phone.
	Operators []ledger.Operator
	// Last is what each did last before this process, for desk.Restore.
	Last []desk.Changed
}

// roster is what the desk needs to know of the operators. Who is not enabled is left out.
func roster(operators []ledger.Operator) []desk.OperatorSpec {
	var specs []desk.OperatorSpec
	for _, o := range operators {
		if o.Enabled {
			specs = append(specs, desk.OperatorSpec{
				Name: o.Name, Skills: o.Skills, Languages: o.Languages, Tier: o.Tier, Outside: o.Kind == ledger.PhoneNumber,
				// A telephone on the desk says by itself that its operator is there; who has a PIN logs in with it.
				Auto: o.Kind != ledger.PhoneNumber && o.PINHash == "",
			})
		}
	}
	return specs
}

// StaffOf makes it of what the ledger holds.
func StaffOf(operators []ledger.Operator, posts []ledger.Post) Staff {
	s := Staff{Operators: operators}
	for _, p := range posts {
		s.Last = append(s.Last, desk.Changed{
			Operator: p.Operator, To: desk.StateNamed(p.State), Reason: desk.Reason(p.Reason), Pause: p.Pause,
			Login: desk.Login(p.Login), Ticket: p.Ticket, At: p.Since,
		})
	}
	return s
}

// SetStaff replaces the operators' accounts.
func (l *Line) SetStaff(operators []ledger.Operator) {
	l.accounts.Store(&operators)
	l.desk.put(desk.Staff{Roster: roster(operators)})
}

// ErrDenied is why the desk does not do what an operator asked for.
type ErrDenied struct{ Why desk.Denial }

func (e *ErrDenied) Error() string {
	switch e.Why {
	case desk.DeniedOffline:
		return "the operator is not logged in, or his telephone is not registered"
	case desk.DeniedBusy:
		return "the operator has a call, or wraps one up"
	case desk.DeniedPaused:
		return "the operator is paused"
	case desk.DeniedUnknown:
		return "there is no such operator, or no such conversation"
	}
	return "denied: " + string(e.Why)
}

// DutyChange is what an operator can ask for.
type DutyChange string

// The changes.
const (
	DutyLogIn  DutyChange = "login"
	DutyLogOut DutyChange = "logout"
	DutyPause  DutyChange = "pause"
	DutyReady  DutyChange = "ready" // ends a pause, or wrap-up
)

// ErrDuty is returned for a change that there is not.
var ErrDuty = errors.New("there is no such change: login, logout, pause or ready")

// SetDuty does what an operator, or a supervisor for him, asks for, and returns when it is done. reason is a pause's.
// A refusal is an *ErrDenied.
func (l *Line) SetDuty(ctx context.Context, operator string, change DutyChange, reason string) error {
	var ev desk.Event
	switch change {
	case DutyLogIn:
		ev = desk.LogIn{Operator: operator}
	case DutyLogOut:
		ev = desk.LogOut{Operator: operator}
	case DutyPause:
		ev = desk.Pause{Operator: operator, Reason: reason}
	case DutyReady:
		ev = desk.BeReady{Operator: operator}
	default:
		return fmt.Errorf("%q: %w", change, ErrDuty)
	}
	return l.askDesk(ctx, ev)
}

func (l *Line) askDesk(ctx context.Context, ev desk.Event) error {
	denied, err := l.desk.ask(ctx, ev)
	if err != nil {
		return fmt.Errorf("ask the desk: %w", err)
	}
	if denied != "" {
		return &ErrDenied{Why: denied}
	}
	return nil
}

// Dispositions are what an operator can say of a call (DESIGN.md section 8).
func Dispositions() []string {
	return []string{"immediate", "in_depth", "rescue", "wrong_number", "nuisance", "no_answer_on_callback"}
}

// Dispose writes down what the operator says of a call, during it or afterwards, and ends his wrap-up. request is the
// code of the request that it belongs to, "" for none.
func (l *Line) Dispose(ctx context.Context, operator, call, disposition, request string) error {
	l.writeDisposition(operator, call, disposition, request)
	err := l.askDesk(ctx, desk.Wrapped{Operator: operator, Ticket: call})
	if _, denied := errors.AsType[*ErrDenied](err); denied {
		return nil // he has been free for long: it is written all the same
	}
	return err
}

func (l *Line) writeDisposition(operator, call, disposition, request string) {
	l.cfg.Ledger.Write(ledger.Record{WrapUp: &ledger.WrapUp{
		Call: call, At: time.Now(), By: operator, Disposition: disposition, Request: request,
	}})
}

// writeDesk writes down what the desk wants to have written down.
func (l *Line) writeDesk(r desk.Record) {
	now := time.Now()
	switch r := r.(type) {
	case desk.Changed:
		l.writeDuty(r)
	case desk.OfferEnded:
		l.metrics.offerEnded(r)
	case desk.Overtaken:
		l.metrics.overtaken.WithLabelValues(string(r.Reason)).Inc()
		l.cfg.Ledger.Write(ledger.Record{Overtaken: &ledger.Overtake{At: now, Ticket: r.Ticket, By: r.By, Reason: string(r.Reason)}})
	case desk.Promise:
		l.cfg.Ledger.Write(ledger.Record{Promise: &ledger.Promise{Call: r.Ticket, At: r.At, Low: r.Low, High: r.High, Method: promiseMethod}})
	case desk.PromiseEnd:
		l.metrics.promiseEnd(r)
	case desk.Waited:
		how := "left"
		if r.Operator != "" {
			how = ledger.WaitAnswered
		}
		l.metrics.waited.WithLabelValues(how).Observe(r.Wait.Seconds())
		l.cfg.Ledger.Write(ledger.Record{Waited: &ledger.Waited{Call: r.Ticket, At: now, How: how}})
	case desk.Unbound:
		l.note(r.Ticket, "unbound", r.Operator+" "+string(r.Why))
	}
}

// promiseMethod names how the desk estimates waiting times (package desk, estimate.go).
const promiseMethod = "hol+state"

// writeDuty writes a step of an operator's day, and how long he wrapped up.
func (l *Line) writeDuty(r desk.Changed) {
	l.cfg.Ledger.Write(ledger.Record{Duty: &ledger.Duty{
		Operator: r.Operator, At: r.At, From: r.From.String(), To: r.To.String(), Reason: string(r.Reason), Pause: r.Pause,
		Login: string(r.Login), Ticket: r.Ticket, Call: r.Ticket,
	}})
	l.noteLast(r)
	switch {
	case r.To == desk.WrapUp && r.From != desk.WrapUp:
		l.wrapping[r.Operator] = wrapping{call: r.Ticket, since: r.At}
	case r.From == desk.WrapUp && r.To != desk.WrapUp:
		w, known := l.wrapping[r.Operator]
		delete(l.wrapping, r.Operator)
		if known {
			l.cfg.Ledger.Write(ledger.Record{WrapUp: &ledger.WrapUp{Call: w.call, At: r.At, By: r.Operator, Took: r.At.Sub(w.since)}})
		}
	}
}

// wrapping is a call that an operator wraps up.
type wrapping struct {
	call  string
	since time.Time
}

func (l *Line) note(call, kind, text string) {
	l.cfg.Ledger.Write(ledger.Record{Progress: &ledger.Event{Call: call, At: time.Now(), Kind: kind, Text: text}})
}

// Watch is closed when the line's State has changed since the call of Watch. Ask for the state after Watch, and nothing
// falls between.
func (l *Line) Watch() <-chan struct{} { return l.changed.wait() }
