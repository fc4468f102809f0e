package flow

import "pronto/prompts"

func (m *machine) key(digit byte) {
	node := m.node()
	switch m.s.Phase {
	case PhaseSaying, PhaseWaiting, PhaseOffering:
		m.keyAt(node, digit)
	case PhaseQueued:
		m.queueKey(node, digit)
	case PhaseRecording:
		if m.s.Step < stepStopped { // its end is waited for, but not for ever
			m.s.Step = stepStopped
			m.do(Note{Kind: "key", Text: "stop"}, StopRecord{ID: m.s.Recording}, SetTimer{After: stopGrace})
		}
	case PhaseNew, PhaseLooking:
		m.typeAhead(digit)
	default: // talking, dialling, connected, last words: keys have no meaning there yet
	}
}

func (m *machine) keyAt(node prompts.Node, digit byte) {
	switch node.Kind {
	case prompts.KindMenu:
		m.menuKey(node, digit)
	case prompts.KindLanguage:
		m.languageKey(node, digit)
	case prompts.KindSay, prompts.KindDirectory:
		m.cutSay(node, digit)
	case prompts.KindAsk:
		m.askKey(node, digit)
	case prompts.KindRescue:
		m.rescueKey(node, digit)
	case prompts.KindRequest:
		m.requestKey(node, digit)
	case prompts.KindCallback:
		m.callbackKey(node, digit)
	case prompts.KindMessage:
		m.messageKey(node, digit)
	default:
	}
}

func (m *machine) menuKey(node prompts.Node, digit byte) {
	to, ok := node.Keys[string(digit)]
	if !ok {
		m.invalid(node)
		return
	}
	m.do(Note{Kind: "key", Text: "valid"})
	m.hush()
	m.enter(to, true)
}

func (m *machine) languageKey(node prompts.Node, digit byte) {
	lang, ok := node.Keys[string(digit)]
	if !ok {
		m.invalid(node)
		return
	}
	m.chooseLanguage(node, lang)
}

func (m *machine) chooseLanguage(node prompts.Node, lang string) {
	m.s.Language = lang
	m.do(Note{Kind: "language", Text: lang})
	m.hush()
	m.enter(node.Then, false)
}

func (m *machine) invalid(node prompts.Node) {
	m.do(Note{Kind: "key", Text: "invalid"})
	m.again(node, m.clips(prompts.KeyInvalid))
}

// cutSay: any key ends a text; # only skips it, others are kept for the next menu.
func (m *machine) cutSay(node prompts.Node, digit byte) {
	if m.s.heardEnough(m.now) {
		m.s.Marks |= MarkInformed
	}
	m.leave(node.Then, digit)
}

// leave ends what is said and goes on; the key is kept for where that leads.
func (m *machine) leave(to string, digit byte) {
	if digit != '#' {
		m.typeAhead(digit)
	}
	m.do(Note{Kind: "key", Text: "skip"})
	m.hush()
	m.enter(to, false)
}

func (m *machine) typeAhead(digit byte) {
	if len(m.s.Typed) < maxTyped {
		m.s.Typed += string(rune(digit))
	}
}

// useTyped goes where keys pressed ahead lead. They skip texts that the caller did not ask for; keys that a menu does
// not have are dropped, and all are where they could have an effect that nobody expects any more.
func (m *machine) useTyped(node prompts.Node) bool {
	switch node.Kind {
	case prompts.KindSay, prompts.KindDirectory:
		if m.s.Typed == "" || m.s.Chosen || m.hops > maxSkips {
			return false
		}
		m.do(Note{Kind: "skipped", Text: node.Name})
		m.enter(node.Then, false)
		return true
	case prompts.KindMenu, prompts.KindLanguage:
		for m.s.Typed != "" {
			key := m.s.Typed[:1]
			m.s.Typed = m.s.Typed[1:]
			to, ok := node.Keys[key]
			if !ok {
				continue
			}
			m.do(Note{Kind: "key", Text: "ahead"})
			if node.Kind == prompts.KindLanguage {
				m.chooseLanguage(node, to)
			} else {
				m.enter(to, true)
			}
			return true
		}
		return false
	case prompts.KindAsk, prompts.KindRequest:
		return m.askTyped(node)
	case prompts.KindGoto, prompts.KindBranch:
		return false
	default:
		m.s.Typed = ""
		return false
	}
}
