package ivr

import (
	"context"
	"strconv"
	"time"

	"pronto/ivr/desk"
	"pronto/ivr/ledger"
	"pronto/prompts"
)

func itoa(n int) string { return strconv.Itoa(n) }

// longestPIN and longestExt bound what is typed.
const (
	longestPIN = 12
	longestExt = 4
)

// opCodes are the feature codes that an operator's telephone dials. What belongs behind one (a pause's reason, what
// came of a call, a short number) may be dialled with it or is asked for.
var opCodes = map[string]func(*opCall){ //nolint:gochecknoglobals // a table
	"*10": (*opCall).logIn, "*11": (*opCall).logOut, "*12": (*opCall).pause, "*13": (*opCall).ready, "*14": (*opCall).dispose,
	"*15": (*opCall).tellState, "*20": supervise(Listen), "*21": supervise(Whisper), "*22": supervise(Join),
}

// serve does what a code asks for.
func (o *opCall) serve(dialled string) {
	code := dialled[:min(3, len(dialled))]
	do := opCodes[code]
	switch {
	case do == nil:
		o.refused(prompts.KeyOperatorUnknown)
		return
	case o.known && !o.account.Enabled:
		o.refused(prompts.KeyOperatorRefused)
		return
	case code != "*15" && !o.mayPass(): // his own state tells everybody who has his telephone
		return
	}
	if rest := dialled[len(code):]; rest != "" {
		o.keys = rest + "#" + o.keys // it is whole
	}
	o.log.Info().Str("code", code).Msg("an operator's code")
	do(o)
}

// mayPass asks for the PIN, if there is one: three times, as long as it is not locked.
func (o *opCall) mayPass() bool {
	if o.account.PINHash == "" {
		return true
	}
	for !o.gone {
		if !o.line.pins.try(o.name, time.Now()) {
			o.log.Warn().Msg("an operator's PIN is locked: three wrong ones")
			o.refused(prompts.KeyOperatorLocked)
			return false
		}
		pin := o.ask(prompts.KeyOperatorPIN, longestPIN)
		switch {
		case o.gone || pin == "": // nothing was tried
			o.line.pins.spare(o.name)
			return false
		case ledger.CheckPIN(o.account.PINHash, pin):
			o.line.pins.clear(o.name)
			return true
		}
		o.refused(prompts.KeyOperatorWrongPIN)
	}
	return false
}

// later has the desk told when the telephone is free again: it would ring a telephone that is in use, and a miss would be the
// operator's. What the desk may refuse is found out before.
func (o *opCall) later(ev desk.Event, key string) {
	o.after = append(o.after, ev)
	o.done(key)
}

// now has the desk told at once, and what it says of it is heard.
func (o *opCall) now(ev desk.Event, key string) {
	ctx, cancel := context.WithTimeout(o.line.base, commandTime)
	defer cancel()
	if err := o.line.askDesk(ctx, ev); err != nil {
		o.log.Info().Str("why", err.Error()).Msg("an operator's code was not carried out")
		o.refused(prompts.KeyOperatorRefused)
		return
	}
	o.done(key)
}

func (o *opCall) logIn() { o.later(desk.LogIn{Operator: o.name}, prompts.KeyOperatorLoggedIn) }

func (o *opCall) logOut() { o.now(desk.LogOut{Operator: o.name}, prompts.KeyOperatorLoggedOut) }

// pauseReasons are those of the digits 1 to 9.
var pauseReasons = []string{ //nolint:gochecknoglobals // a table
	"break", "lunch", "training", "meeting", "desk_work", "technical", "visit", "end_of_shift", desk.PauseOther,
}

func (o *opCall) pause() {
	if reason, ok := o.choose(prompts.KeyOperatorReason, pauseReasons); ok {
		o.now(desk.Pause{Operator: o.name, Reason: reason}, prompts.KeyOperatorPaused)
	}
}

func (o *opCall) ready() {
	if was := o.was(); !was.LoggedIn {
		o.refused(prompts.KeyOperatorOffline)
		return
	}
	o.later(desk.BeReady{Operator: o.name}, prompts.KeyOperatorReady)
}

// codedDispositions are what *14 can say, by its digit. The sixth is anything else, of which nothing is written down.
var codedDispositions = []string{"immediate", "in_depth", "rescue", "wrong_number", "nuisance", ""} //nolint:gochecknoglobals // a table

// dispose says what came of the operator's last call, and ends his wrap-up.
func (o *opCall) dispose() {
	call := o.line.lastCall(o.name)
	if call == "" {
		o.refused(prompts.KeyOperatorNoCall)
		return
	}
	disposition, ok := o.choose(prompts.KeyOperatorOutcome, codedDispositions)
	if !ok {
		return
	}
	o.line.writeDisposition(o.name, call, disposition, "")
	o.later(desk.Wrapped{Operator: o.name, Ticket: call}, prompts.KeyOperatorDisposed)
}

// choose asks for a digit, from 1; false: there is no such thing, which is told.
func (o *opCall) choose(key string, from []string) (string, bool) {
	digit := o.ask(key, 1)
	if o.gone {
		return "", false
	}
	if n, err := strconv.Atoi(digit); err == nil && n >= 1 && n <= len(from) {
		return from[n-1], true
	}
	o.refused(prompts.KeyOperatorUnknown)
	return "", false
}

// tellState tells the operator where he stands.
func (o *opCall) tellState() {
	switch was := o.was(); was.State {
	case desk.Ready, desk.Ringing:
		o.done(prompts.KeyOperatorReady)
	case desk.Talking:
		o.done(prompts.KeyOperatorTalking)
	case desk.WrapUp:
		o.done(prompts.KeyOperatorWrapUp)
	case desk.Paused:
		o.done(prompts.KeyOperatorPaused)
	case desk.Offline:
		o.done(prompts.KeyOperatorOffline)
	}
}

// lastCall is the call that an operator has, or had last.
func (l *Line) lastCall(operator string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lasts[operator]
}

// noteLast remembers whose conversation is whose. One in which he was merely asked for advice is his colleague's.
func (l *Line) noteLast(r desk.Changed) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch r.Reason { //nolint:exhaustive // the others change nothing
	case desk.ReasonUnjoined, desk.ReasonTried: // he never heard the caller
		if l.lasts[r.Operator] == r.Ticket {
			delete(l.lasts, r.Operator)
		}
	case desk.Reason(desk.ResultAccepted), desk.ReasonTransfer, desk.ReasonReached, desk.ReasonFound, desk.ReasonOver:
		if (r.To == desk.Talking || r.To == desk.WrapUp) && r.Ticket != "" {
			l.lasts[r.Operator] = r.Ticket
		}
	}
}
