package flow

import (
	"sort"
	"strings"
	"time"

	"pronto/prompts"
)

// Limits of a call.
const (
	// MinMessage is the shortest recording that counts as a message: less is a hesitation.
	MinMessage = 2 * time.Second
	// InformedAfter is how much of a chosen text counts as heard.
	InformedAfter = 5 * time.Second
	// maxHops bounds the nodes entered in one step: a ring of gotos ends the call instead of the process.
	maxHops = 50
	// maxTyped bounds the keys kept ahead.
	maxTyped = 16
	// sayGrace is how long after its length a playback is waited for.
	sayGrace = 10 * time.Second
	// rescueDebounce keeps the second stroke of a double key press, frequent with old phones and hands, from dialling
	// the rescue number.
	rescueDebounce = 1500 * time.Millisecond
	// rescueDials is how often the rescue number is dialled in one visit to the node.
	rescueDials = 2
)

// Start is the state of a call that arrives now.
func Start(r *prompts.Release, now time.Time) State {
	return State{Release: r.ID, Arrived: now, Language: r.Book.Line.Languages[0]}
}

// Step is what a call does next. It never fails: where the release and the state do not fit, the call is told of a
// technical problem and ends.
func Step(r *prompts.Release, s State, ev Event, now time.Time) (State, []Action) {
	m := &machine{r: r, s: s, now: now}
	if s.Phase != PhaseEnding {
		m.handle(ev)
	}
	return m.s, m.out
}

// machine is one step in the making.
type machine struct {
	r    *prompts.Release
	s    State
	now  time.Time
	out  []Action
	hops int
}

func (m *machine) do(a ...Action) { m.out = append(m.out, a...) }

func (m *machine) handle(ev Event) {
	switch ev := ev.(type) {
	case Arrived:
		m.arrived()
	case Resumed:
		m.resumed(ev)
	case Key:
		m.key(ev.Digit)
	case Said:
		if m.s.Playing && ev.ID == m.s.Plays {
			m.s.Playing = false
			if ev.Failed {
				m.do(Note{Kind: "unheard", Text: m.s.Node})
			}
			m.said()
		}
	case Timeout:
		m.timeout()
	case Position:
		m.position(ev.N)
	case Refused:
		m.refused(ev.Why)
	case Connected:
		m.connected(ev.Operator)
	case OperatorLeft:
		if m.s.Phase == PhaseTalking {
			m.thenOrHangup(m.node().Then)
		}
	case RescueUp:
		m.rescueUp()
	case RescueOver:
		m.rescueOver(ev.Failed)
	case Recorded:
		m.recorded(ev.Length >= MinMessage && !ev.Failed)
	}
}

func (m *machine) node() prompts.Node { return m.r.Book.Nodes[m.s.Node] }

func (m *machine) arrived() {
	if m.s.Phase != PhaseNew || m.s.Node != "" {
		return
	}
	m.s.Answered = m.now
	m.do(Answer{})
	m.enter(m.r.Book.Start, false)
}

// enter goes to a node; chosen: the caller pressed a key for it.
func (m *machine) enter(name string, chosen bool) {
	m.hops++
	node, ok := m.r.Book.Nodes[name]
	if !ok || m.hops > maxHops {
		m.fail()
		return
	}
	m.s.Node, m.s.Try, m.s.Step, m.s.Chosen, m.s.AdviceAt = name, 1, 0, chosen, time.Time{}
	m.s.Info = node.Kind == prompts.KindSay
	m.s.Path = appendPath(m.s.Path, name)
	if node.Topic != "" {
		m.s.Topic = node.Topic
	}
	m.do(Note{Kind: "node", Text: name})
	if node.Kind == prompts.KindMenu && m.useTyped(node) {
		return
	}
	m.prompt(node)
}

// useTyped goes where keys pressed ahead lead; keys that the menu does not have are dropped.
func (m *machine) useTyped(node prompts.Node) bool {
	for m.s.Typed != "" {
		key := m.s.Typed[:1]
		m.s.Typed = m.s.Typed[1:]
		if to, ok := node.Keys[key]; ok {
			m.do(Note{Kind: "key", Text: "ahead"})
			m.enter(to, true)
			return true
		}
	}
	return false
}

// prompt does what a node does on entering, and again when a call is resumed there.
func (m *machine) prompt(node prompts.Node) {
	switch node.Kind {
	case prompts.KindGoto:
		m.enter(node.Then, m.s.Chosen)
	case prompts.KindQueue:
		m.queue(node)
	case prompts.KindRescue:
		m.advise(node, append(m.clips(node.Say...), m.advice(node, 2)...))
	case prompts.KindMessage:
		m.say(PhaseSaying, append(m.clips(node.Say...), m.clips(prompts.KeyBeep)...))
	case prompts.KindLanguage:
		m.say(PhaseSaying, m.languageClips(node))
	case prompts.KindMenu, prompts.KindSay, prompts.KindHangup:
		m.say(PhaseSaying, m.clips(node.Say...))
	default:
		m.fail()
	}
}

// clips are the clips of texts in the caller's language. One that is missing is left out.
func (m *machine) clips(keys ...string) []prompts.Clip {
	clips := make([]prompts.Clip, 0, len(keys))
	for _, key := range keys {
		if clip, ok := m.r.Clip(m.s.Language, key); ok {
			clips = append(clips, clip)
		}
	}
	return clips
}

// languageClips are the node's one text in each language offered, in the order of the keys.
func (m *machine) languageClips(node prompts.Node) []prompts.Clip {
	keys := make([]string, 0, len(node.Keys))
	for key := range node.Keys {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	var clips []prompts.Clip
	for _, key := range keys {
		for _, text := range node.Say {
			if clip, ok := m.r.Clip(node.Keys[key], text); ok {
				clips = append(clips, clip)
			}
		}
	}
	return clips
}

// say plays the clips in the phase. The state is saved before: while a sound plays the channel takes nothing. With
// nothing to say it is as if it had been said.
func (m *machine) say(phase Phase, clips []prompts.Clip) {
	m.hush()
	m.s.Phase = phase
	if len(clips) == 0 {
		m.do(Save{})
		m.said()
		return
	}
	m.s.Plays++
	m.s.Playing, m.s.SayStart = true, m.now
	m.do(Save{}, Say{ID: m.s.Plays, Clips: clips}, SetTimer{After: length(clips) + sayGrace})
}

func (m *machine) hush() {
	if m.s.Playing {
		m.s.Playing = false
		m.do(Hush{ID: m.s.Plays})
	}
}

func length(clips []prompts.Clip) time.Duration {
	var seconds float64
	for _, clip := range clips {
		seconds += clip.Seconds
	}
	return time.Duration(seconds * float64(time.Second))
}

// said: the playback has ended, or there was none.
func (m *machine) said() {
	node := m.node()
	switch m.s.Phase {
	case PhaseQueued, PhaseDialling:
		m.do(SetTimer{}, Music{On: true})
		return
	case PhaseSaying:
	default:
		return
	}
	switch node.Kind {
	case prompts.KindSay:
		if m.s.Chosen {
			m.s.Marks |= MarkInformed
		}
		m.enter(node.Then, false)
	case prompts.KindMenu, prompts.KindLanguage:
		m.s.Phase = PhaseWaiting
		m.do(SetTimer{After: node.Wait})
	case prompts.KindRescue:
		m.advised(node)
	case prompts.KindMessage:
		m.messageSaid(node)
	case prompts.KindHangup:
		m.hangup()
	default:
		m.fail()
	}
}

func (m *machine) timeout() {
	if m.s.Playing { // its end was lost
		m.hush()
		m.do(Note{Kind: "unheard", Text: m.s.Node})
		m.said()
		return
	}
	node := m.node()
	switch m.s.Phase {
	case PhaseWaiting:
		m.again(node, m.clips())
	case PhaseOffering:
		m.enter(node.Then, false)
	case PhaseRecording:
		m.recorded(false)
	default:
	}
}

// again says a menu's prompt once more, after first; after the last try the caller goes where the book says.
func (m *machine) again(node prompts.Node, first []prompts.Clip) {
	m.s.Try++
	if m.s.Try > max(node.Tries, 1) {
		otherwise := node.Otherwise
		if otherwise == "" {
			otherwise = node.Then
		}
		m.hush()
		m.do(Note{Kind: "otherwise", Text: otherwise})
		m.enter(otherwise, false)
		return
	}
	clips := m.clips(node.Say...)
	if node.Kind == prompts.KindLanguage {
		clips = m.languageClips(node)
	}
	m.say(PhaseSaying, append(first, clips...))
}

func (m *machine) key(digit byte) {
	node := m.node()
	switch m.s.Phase {
	case PhaseSaying, PhaseWaiting, PhaseOffering:
		m.keyAt(node, digit)
	case PhaseRecording:
		m.do(Note{Kind: "key", Text: "stop"}, StopRecord{})
	case PhaseNew:
		m.typeAhead(digit)
	default: // queued, talking, dialling, connected: keys have no meaning there yet
	}
}

func (m *machine) keyAt(node prompts.Node, digit byte) {
	switch node.Kind {
	case prompts.KindMenu:
		m.menuKey(node, digit)
	case prompts.KindLanguage:
		m.languageKey(node, digit)
	case prompts.KindSay:
		m.cutSay(node, digit)
	case prompts.KindRescue:
		m.rescueKey(node, digit)
	case prompts.KindMessage:
		if m.s.Step == 0 { // any key cuts the text short; the tone still comes
			m.s.Step = 1
			m.say(PhaseSaying, m.clips(prompts.KeyBeep))
		}
	default:
	}
}

func (m *machine) menuKey(node prompts.Node, digit byte) {
	to, ok := node.Keys[string(digit)]
	if !ok {
		m.do(Note{Kind: "key", Text: "invalid"})
		m.again(node, m.clips(prompts.KeyInvalid))
		return
	}
	m.do(Note{Kind: "key", Text: "valid"})
	m.hush()
	m.enter(to, true)
}

func (m *machine) languageKey(node prompts.Node, digit byte) {
	lang, ok := node.Keys[string(digit)]
	if !ok {
		m.do(Note{Kind: "key", Text: "invalid"})
		m.again(node, m.clips(prompts.KeyInvalid))
		return
	}
	m.s.Language = lang
	m.do(Note{Kind: "language", Text: lang})
	m.hush()
	m.enter(node.Then, true)
}

// cutSay: any key ends a text; # only skips it, others are kept for the next menu.
func (m *machine) cutSay(node prompts.Node, digit byte) {
	if m.heardEnough() {
		m.s.Marks |= MarkInformed
	}
	if digit != '#' {
		m.typeAhead(digit)
	}
	m.hush()
	m.enter(node.Then, false)
}

func (m *machine) heardEnough() bool {
	return m.s.Chosen && m.s.Playing && m.now.Sub(m.s.SayStart) >= InformedAfter
}

func (m *machine) typeAhead(digit byte) {
	if len(m.s.Typed) < maxTyped {
		m.s.Typed += string(digit)
	}
}

func (m *machine) thenOrHangup(then string) {
	if then == "" {
		m.hangup()
		return
	}
	m.enter(then, false)
}

func (m *machine) hangup() {
	m.hush()
	m.s.Phase = PhaseEnding
	m.do(SetTimer{}, Hangup{})
}

// fail: the state does not fit the release. The caller is told and the call ends; never silence.
func (m *machine) fail() {
	m.s.Marks |= MarkFailed
	m.do(Note{Kind: "fault", Text: m.s.Node})
	m.hangup()
}

// resumed goes on after a restart. What played has been stopped by the shell.
func (m *machine) resumed(ev Resumed) {
	m.s.Playing = false
	node, ok := m.r.Book.Nodes[m.s.Node]
	switch {
	case m.s.Phase == PhaseNew:
		m.arrived()
		return
	case !ok:
		m.enter(m.r.Book.Start, false)
		return
	}
	switch m.s.Phase {
	case PhaseSaying, PhaseWaiting, PhaseOffering, PhaseDialling:
		m.prompt(node)
	case PhaseQueued:
		m.requeue(node)
	case PhaseTalking:
		if ev.Alone {
			m.s.Talk = time.Time{}
			m.requeue(node)
		}
	case PhaseConnected:
		if ev.Alone {
			m.enter(node.Then, false)
		}
	case PhaseRecording:
		if !ev.Recording {
			m.recorded(true)
		}
	default:
	}
}

// appendPath adds a node. A path that grows over 400 bytes loses its middle: how a call began and how it ended
// tell most.
func appendPath(path, node string) string {
	if path != "" {
		path += ">"
	}
	path += node
	const most, gap = 400, ">...>"
	if len(path) <= most {
		return path
	}
	head := path[:150]
	if i := strings.LastIndexByte(head, '>'); i > 0 {
		head = head[:i]
	}
	tail := path[len(path)-200:]
	if i := strings.IndexByte(tail, '>'); i >= 0 {
		tail = tail[i+1:]
	}
	return head + gap + tail
}
