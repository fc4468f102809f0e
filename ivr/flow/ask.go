package flow

import (
	"maps"
	"slices"
	"strings"
	"time"

	"pronto/prompts"
)

// For an ask and a callback node, Step is where it is.
const (
	stepTyping  = iota // Entry are the digits so far
	stepConfirm        // Entry is read back and must be confirmed
)

// afterLast is the silence after as many digits as the node takes: a # that follows belongs to them, not to the next
// node.
const afterLast = time.Second

// ask says the node's prompt, or, resumed with all digits there, reads them back. Digits typed in part are forgotten
// with the process: some may have been lost with it, and a wrong number is worse than to be asked again.
func (m *machine) ask(node prompts.Node) {
	if m.s.Step == stepConfirm && m.s.Entry != "" {
		m.readBack(nil)
		return
	}
	m.s.Step, m.s.Entry = stepTyping, ""
	m.say(PhaseSaying, m.clips(node.Say...))
}

func (m *machine) askKey(node prompts.Node, digit byte) {
	if m.s.Step == stepConfirm {
		m.confirmKey(node, digit)
		return
	}
	m.hush()
	if m.typed(node, digit) {
		m.entered(node)
		return
	}
	m.s.Phase = PhaseWaiting
	m.do(SetTimer{After: m.untilEnd(node)})
}

// typed takes one key in and says whether it ended the entry. * begins anew.
func (m *machine) typed(node prompts.Node, digit byte) bool {
	switch {
	case digit == '#':
		return true
	case digit == '*':
		m.s.Entry = ""
	case len(m.s.Entry) <= most(node): // one too many is kept, as a sign that there were
		m.s.Entry += string(rune(digit))
	}
	return false
}

func most(node prompts.Node) int {
	if node.Kind == prompts.KindCallback {
		return prompts.MaxNumber
	}
	if node.Max <= 0 || node.Max > prompts.MaxDigits {
		return prompts.MaxDigits
	}
	return node.Max
}

// untilEnd is the silence that ends what has been typed so far.
func (m *machine) untilEnd(node prompts.Node) time.Duration {
	switch {
	case m.s.Entry == "":
		return wait(node)
	case len(m.s.Entry) == most(node):
		return afterLast
	case node.Between <= 0:
		return defaultBetween
	default:
		return node.Between
	}
}

// askTyped takes keys pressed ahead; those behind the end of the entry are kept for the next node, unless the caller
// has to confirm what he has not heard yet.
func (m *machine) askTyped(node prompts.Node) bool {
	if m.s.Typed == "" {
		return false
	}
	m.s.Step, m.s.Entry = stepTyping, ""
	for m.s.Typed != "" {
		digit := m.s.Typed[0]
		m.s.Typed = m.s.Typed[1:]
		if m.typed(node, digit) {
			m.entered(node)
			return true
		}
	}
	m.s.Phase, m.s.SayStart = PhaseWaiting, m.now
	m.do(Save{}, SetTimer{After: m.untilEnd(node)})
	return true
}

// entered: the caller has ended what he typed, with # or by silence.
func (m *machine) entered(node prompts.Node) {
	if node.Kind == prompts.KindCallback {
		m.enteredNumber(node)
		return
	}
	if n := len(m.s.Entry); n < max(node.Min, 1) || n > most(node) {
		m.do(Note{Kind: "entry", Text: "invalid"})
		m.askAgain(node, m.clips(prompts.KeyAskInvalid))
		return
	}
	if node.Kind == prompts.KindRequest {
		m.lookUp()
		return
	}
	if node.Confirm {
		m.s.Step, m.s.Typed = stepConfirm, ""
		m.readBack(nil)
		return
	}
	m.accept(node)
}

// accept keeps the digits as the node's variable. What they are is told to nobody: not to the journal either.
func (m *machine) accept(node prompts.Node) {
	m.do(Note{Kind: "entry", Text: "valid"})
	vars := maps.Clone(m.s.Vars) // the state before is still somebody's
	if vars == nil {
		vars = map[string]string{}
	}
	vars[node.Variable] = m.s.Entry
	m.s.Vars, m.s.Entry = vars, ""
	m.hush()
	m.enter(node.Then, false)
}

// readBack says the digits, after first, and how to confirm them.
func (m *machine) readBack(first []prompts.Clip) {
	before, after := prompts.KeyAskRead, prompts.KeyAskConfirm
	if m.node().Kind == prompts.KindCallback {
		before, after = prompts.KeyCallbackNumber, prompts.KeyCallbackConfirm
	}
	m.say(PhaseSaying, slices.Concat(first, m.clips(before), m.digits(m.s.Entry), m.clips(after)))
}

// confirmKey: 1 confirms; 2 and * ask for other digits, which is no failed try of the caller's but counts as one, so that
// there is an end.
func (m *machine) confirmKey(node prompts.Node, digit byte) {
	switch digit {
	case '1':
		if node.Kind == prompts.KindCallback {
			m.book(node)
		} else {
			m.accept(node)
		}
	case '2', '*':
		m.do(Note{Kind: "entry", Text: "again"})
		m.s.Step = stepTyping
		m.askAgain(node, nil)
	case '#': // of a caller who ends every entry with it
	default:
		m.do(Note{Kind: "key", Text: "invalid"})
		m.askAgain(node, m.clips(prompts.KeyInvalid))
	}
}

// askSilence: nothing more is typed, or the digits read back are not confirmed.
func (m *machine) askSilence(node prompts.Node) {
	if m.s.Step == stepTyping && m.s.Entry != "" {
		m.entered(node)
		return
	}
	m.askAgain(node, nil)
}

// askAgain asks once more, after first, or reads the same digits back; after the last try the caller goes where the book
// says.
func (m *machine) askAgain(node prompts.Node, first []prompts.Clip) {
	m.s.Try++
	if m.s.Try > max(node.Tries, 1) {
		m.s.Entry = ""
		m.hush()
		m.do(Note{Kind: "otherwise", Text: node.Otherwise})
		m.enter(node.Otherwise, false)
		return
	}
	if m.s.Step == stepConfirm {
		m.readBack(first)
		return
	}
	m.s.Entry = ""
	question := node.Say
	if node.Kind == prompts.KindCallback {
		question = []string{prompts.KeyCallbackType}
	}
	m.say(PhaseSaying, append(first, m.clips(question...)...))
}

// Public is the state without what the caller typed or was told in confidence: what may be written down.
func (s State) Public() State {
	s.Typed, s.Entry, s.Vars, s.Request, s.Caller = "", "", nil, "", ""
	return s
}

// varIs says whether a variable is, or begins as, a branch's case says.
func (m *machine) varIs(variable, is string) bool {
	value, ok := m.s.Vars[variable]
	if prefix, open := strings.CutSuffix(is, "*"); open {
		return ok && strings.HasPrefix(value, prefix)
	}
	return ok && value == is
}
