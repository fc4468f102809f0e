package flow

import (
	"slices"
	"time"

	"pronto/prompts"
)

// For a request-status node, Step is stepTyping, or one of these.
const (
	stepTold = iota + 2 // how the request stands is told; Entry is its code
	stepDown            // nothing can be looked up now, which is told
)

// tooOld is the age from which a date without its year would mislead.
const tooOld = 300 * 24 * time.Hour

// await asks the ledger for something; what comes of it is an event. The state is saved first: it is asked again after a restart.
func (m *machine) await(a Action) {
	m.hush()
	m.s.Phase, m.s.SayStart = PhaseLooking, m.now
	m.do(Save{}, a, SetTimer{After: answerWait})
}

// noAnswer: the ledger's answer did not come.
func (m *machine) noAnswer(node prompts.Node) {
	m.do(Note{Kind: "no_answer", Text: node.Name})
	switch node.Kind { //nolint:exhaustive // nothing is asked for at the others
	case prompts.KindRequest:
		m.found(Found{Failed: true})
	case prompts.KindCallback:
		m.booked(CallbackFault)
	default:
		m.coded("")
	}
}

// requestStatus asks for a code; resumed when it was typed whole, it looks again: the request may stand otherwise by now.
func (m *machine) requestStatus(node prompts.Node) {
	if (m.s.Phase == PhaseLooking || m.s.Step == stepTold) && m.s.Entry != "" {
		m.lookUp()
		return
	}
	m.ask(node)
}

func (m *machine) lookUp() {
	m.s.Step = stepTyping
	m.await(LookUp{Code: m.s.Entry})
}

func (m *machine) found(ev Found) {
	node := m.node()
	if m.s.Phase != PhaseLooking || node.Kind != prompts.KindRequest {
		return
	}
	m.s.Phase = PhaseSaying
	switch {
	case ev.Failed:
		m.do(Note{Kind: "request", Text: "unavailable"})
		m.s.Step, m.s.Entry = stepDown, ""
		m.say(PhaseSaying, m.clips(prompts.KeyRequestDown))
	case ev.State == "":
		m.do(Note{Kind: "request", Text: "unknown"})
		m.s.Entry = ""
		if m.s.Unknown++; m.s.Unknown >= maxUnknown { // who tries codes gets no more of them
			m.s.Try = max(node.Tries, 1)
		}
		m.askAgain(node, m.clips(prompts.KeyRequestUnknown))
	default:
		m.do(Note{Kind: "request", Text: string(ev.State)})
		m.s.Step, m.s.Info, m.s.Chosen = stepTold, true, true
		m.say(PhaseSaying, m.stateClips(ev))
	}
}

// stateClips tell how a request stands and since when, and nothing else: whoever has the code may be anybody.
func (m *machine) stateClips(ev Found) []prompts.Clip {
	key := prompts.KeyRequestWorking
	switch ev.State {
	case RequestOpen:
		key = prompts.KeyRequestOpen
	case RequestClosed:
		key = prompts.KeyRequestClosed
	case RequestInProgress:
	}
	return slices.Concat(m.clips(key), m.dateClips(prompts.KeyRequestOpenedOn, ev.Opened), m.dateClips(prompts.KeyRequestClosedOn, ev.Closed))
}

// dateClips say the words that lead to a date, and the date; nothing where one of them is missing.
func (m *machine) dateClips(words string, at time.Time) []prompts.Clip {
	if at.IsZero() || m.now.Sub(at) > tooOld {
		return nil
	}
	at = m.r.Book.Local(at)
	var clips []prompts.Clip
	for _, key := range []string{words, prompts.DayKey(at.Day()), prompts.MonthKey(at.Month())} {
		clip, ok := m.r.Clips[m.s.Language][key] // not another language's: a sentence is in one
		if !ok {
			return nil
		}
		clips = append(clips, clip)
	}
	return clips
}

func (m *machine) requestSaid(node prompts.Node, heard bool) {
	switch m.s.Step {
	case stepTold:
		if heard {
			m.s.Marks |= MarkInformed
		}
		m.enter(node.Then, false)
	case stepDown:
		m.enter(node.Otherwise, false)
	default:
		m.s.Phase = PhaseWaiting
		m.do(SetTimer{After: wait(node)})
	}
}

// requestKey: a key ends what is told, as it ends any text.
func (m *machine) requestKey(node prompts.Node, digit byte) {
	switch m.s.Step {
	case stepTold:
		m.cutSay(node, digit)
	case stepDown:
		m.leave(node.Otherwise, digit)
	default:
		m.askKey(node, digit)
	}
}

// askCode gets the code for the request that a message opens; resumed with the code there, the request is opened again,
// which changes nothing if it was, and the code is told again.
func (m *machine) askCode() {
	if m.s.Request != "" {
		m.coded(m.s.Request)
		return
	}
	m.await(NewCode{})
}

func (m *machine) coded(code string) {
	if m.s.Phase == PhaseLooking && m.s.Step == stepCode && code == "" {
		m.do(Note{Kind: "request", Text: "no_code"})
		m.s.Step = stepThanks // its request is opened when the call ends
		m.say(PhaseSaying, m.clips(prompts.KeyMessageThanks))
		return
	}
	if m.s.Step != stepCode || m.node().Kind != prompts.KindMessage || code == "" {
		return
	}
	m.s.Request = code
	m.s.Marks &^= MarkOwed
	m.do(Save{}, OpenRequest{Code: code}, Note{Kind: "request", Text: "opened"})
	m.tellCode(m.clips(prompts.KeyMessageThanks))
}

// tellCode says the code, after first, twice, and offers to say it again.
func (m *machine) tellCode(first []prompts.Clip) {
	code := m.digits(m.s.Request)
	m.say(PhaseSaying, slices.Concat(
		first, m.clips(prompts.KeyRequestCode), code, m.clips(prompts.KeyRequestAgain), code, m.clips(prompts.KeyRequestOffer)))
}

// messageKey: any key cuts the text before the tone short; the tone still comes. Of what follows the message only the code
// takes keys, not so soon that the key which ended the recording counts twice.
func (m *machine) messageKey(node prompts.Node, digit byte) {
	switch {
	case m.s.Step == stepText:
		m.s.Step = stepTone
		m.do(Note{Kind: "key", Text: "skip"})
		m.say(PhaseSaying, m.clips(prompts.KeyBeep))
	case m.s.Step != stepCode || m.s.Phase == PhaseSaying && m.now.Sub(m.s.SayStart) < rescueDebounce:
	case digit == '1':
		m.do(Note{Kind: "key", Text: "valid"})
		m.tellCode(nil)
	default:
		m.leave(node.Then, digit)
	}
}

// OwesRequest says whether the call, if it ends now, leaves a message whose request has not been opened: the caller hung up
// while he spoke, or there was no code then.
func OwesRequest(s State, now time.Time) bool {
	return s.Marks&MarkOwed != 0 && (s.Marks&MarkMessage != 0 || s.leaving(now))
}
