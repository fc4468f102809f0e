package flow

import (
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
	// maxSkips bounds the texts that keys pressed ahead skip in one step: a ring of texts has no menu to take them.
	maxSkips = 20
	// maxTyped bounds the keys kept ahead.
	maxTyped = 16
	// maxCaller is the longest number that a call remembers: none is longer.
	maxCaller = 20
	// maxUnheard is how many playbacks may fail in a row: a ring of texts that can not be played must end.
	maxUnheard = 12
	// sayGrace is how long after its length a playback or recording is waited for.
	sayGrace = 10 * time.Second
	// A playback that ends more than earlySlack before its time was cut by nobody here: most likely the caller hung up,
	// and the news is on its way. earlyWait is how long it is waited for before the call goes on.
	earlySlack = time.Second
	earlyWait  = 500 * time.Millisecond
	// stopGrace is how long the end of a recording that was stopped is waited for.
	stopGrace = 3 * time.Second
	// rescueDebounce keeps the second stroke of a double key press, frequent with old phones and hands, from dialling
	// the rescue number.
	rescueDebounce = 1500 * time.Millisecond
	// rescueDials is how often the rescue number is dialled in one visit to the node.
	rescueDials = 2
	// answerWait is how long the ledger's answer is waited for, in silence.
	answerWait = 4 * time.Second
	// maxUnknown is how many codes that no request has a caller may type in one call.
	maxUnknown = 6
	// rescueNet is how long the rescue number's answer or failure is waited for when the switch says nothing.
	rescueNet = time.Minute
	// Where a book says nothing; the checker fills these in, a call must not hang without it.
	defaultWait    = 6 * time.Second
	defaultLongest = 120 * time.Second
	defaultBetween = 3 * time.Second
	defaultEvery   = time.Minute
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
		if m.s.Phase == PhaseNew {
			m.s.District = ev.District
			if len(ev.Number) <= maxCaller && m.r.Book.CallsBack() {
				m.s.Caller = ev.Number
			}
		}
		m.arrived()
	case TurnAway:
		m.turnedAway(ev.Why)
	case Resumed:
		m.resumed(ev)
	case Stop:
		m.stop()
	case Key:
		m.key(ev.Digit)
	case Said:
		m.playEnded(ev)
	case Timeout:
		m.timeout()
	case Announce:
		m.position(ev)
	case Fetch:
		m.fetch()
	case Kept:
		m.kept(ev)
	case Refused:
		m.refused(ev.Why)
	case Connected:
		m.connected(ev.Operator)
	case NotJoined:
		m.notJoined()
	case OperatorDropped:
		m.operatorDropped()
	case Transferred:
		m.transferred(ev)
	case Handed:
		m.handed(ev)
	case OperatorLeft:
		m.operatorLeft()
	case RescueUp:
		m.rescueUp()
	case RescueOver:
		m.rescueOver(ev.Failed)
	case Recorded:
		m.recordEnded(ev)
	case Coded:
		m.coded(ev.Code)
	case Found:
		m.found(ev)
	case Booked:
		m.booked(ev.Why)
	}
}

func (m *machine) node() prompts.Node { return m.r.Book.Nodes[m.s.Node] }

func (m *machine) arrived() {
	if m.s.Phase != PhaseNew {
		return
	}
	m.s.Answered = m.now
	m.do(Answer{})
	m.enter(m.r.Book.Start, false)
}

// turnedAway tells a caller whom the line can not take where to find help.
func (m *machine) turnedAway(why string) {
	if m.s.Phase != PhaseNew {
		return
	}
	m.s.Answered = m.now
	m.s.Marks |= MarkClosed
	m.s.Refused = why
	m.do(Answer{}, Note{Kind: "refused", Text: why})
	m.say(PhaseLast, m.clips(prompts.KeyFailOpenAdvice))
}

// stop: the line ends with the call up.
func (m *machine) stop() {
	m.endTalk()
	m.settleAdvice()
	if m.s.leaving(m.now) {
		m.s.Marks |= MarkMessage
	}
	m.s.Marks |= MarkStopped
	m.hangup()
}

// enter goes to a node; chosen: the caller pressed a key for it.
func (m *machine) enter(name string, chosen bool) {
	m.hops++
	m.settleAdvice()
	node, ok := m.r.Book.Nodes[name]
	if !ok || m.hops > maxHops {
		m.fail(name)
		return
	}
	m.s.Node, m.s.Try, m.s.Step, m.s.Chosen, m.s.Entry = name, 1, 0, chosen, ""
	m.s.Info = node.Kind == prompts.KindSay || node.Kind == prompts.KindDirectory
	m.s.Path = appendPath(m.s.Path, name)
	if node.Topic != "" {
		m.s.Topic = node.Topic
	}
	if node.Kind == prompts.KindRescue {
		m.s.Marks |= MarkDanger
	}
	m.noteTopic()
	m.do(Note{Kind: "node", Text: name})
	if m.s.Due && m.fetchable(node) {
		m.fetch()
		return
	}
	if m.useTyped(node) {
		return
	}
	m.prompt(node)
}

// prompt does what a node does on entering, and again when a call is resumed there.
func (m *machine) prompt(node prompts.Node) {
	switch node.Kind {
	case prompts.KindGoto:
		m.enter(node.Then, m.s.Chosen)
	case prompts.KindQueue:
		m.queue(node)
	case prompts.KindRescue:
		m.advise(node, node.Say)
	case prompts.KindMessage:
		m.message(node)
	case prompts.KindLanguage:
		m.say(PhaseSaying, m.languageClips(node))
	case prompts.KindBranch:
		m.branch(node)
	case prompts.KindAsk:
		m.ask(node)
	case prompts.KindRequest:
		m.requestStatus(node)
	case prompts.KindCallback:
		m.callback(node)
	case prompts.KindDirectory:
		m.say(PhaseSaying, m.directoryClips(node))
	case prompts.KindHangup:
		m.giveBack()
		m.say(PhaseSaying, m.clips(node.Say...))
	case prompts.KindMenu, prompts.KindSay:
		m.say(PhaseSaying, m.clips(node.Say...))
	default:
		m.fail(m.s.Node)
	}
}

// say plays the clips in the phase. The state is saved before: while a sound plays the channel takes nothing. With
// nothing to say it goes on at once; that informs nobody.
func (m *machine) say(phase Phase, clips []prompts.Clip) {
	m.hush()
	m.s.Phase, m.s.SayStart = phase, m.now
	if len(clips) == 0 {
		m.do(Save{})
		m.said(false)
		return
	}
	m.s.Plays++
	m.s.Playing, m.s.Length = true, length(clips)
	m.do(Save{}, Say{ID: m.s.Plays, Clips: clips}, SetTimer{After: m.s.Length + sayGrace})
}

func (m *machine) hush() {
	if m.s.Playing {
		m.s.Playing = false
		m.do(Hush{ID: m.s.Plays})
	}
}

// playEnded: an end that is not of the playback now heard, or comes twice, changes nothing.
func (m *machine) playEnded(ev Said) {
	if !m.s.Playing || ev.ID != m.s.Plays {
		return
	}
	if !ev.Failed {
		m.s.Unheard = 0
		m.heardToEnd()
		return
	}
	m.s.Playing = false
	m.do(Note{Kind: "unheard", Text: m.s.Node})
	m.s.AdviceAt = time.Time{}
	if m.s.Phase == PhaseSaying { // elsewhere something else goes on: a wait, a call
		m.s.Unheard++
	}
	if m.s.Unheard >= maxUnheard {
		m.fail(m.s.Node)
		return
	}
	m.said(false)
}

func (m *machine) heardToEnd() {
	early := m.now.Sub(m.s.SayStart) < m.s.Length-earlySlack
	if early && m.s.heardEnough(m.now) {
		m.s.Marks |= MarkInformed
	}
	m.s.Playing = false
	if !early {
		m.said(true)
		return
	}
	if !m.s.toldBy(m.now) {
		m.s.AdviceAt = time.Time{}
	}
	m.do(SetTimer{After: earlyWait})
}

// said: the playback has ended (heard: no sound was missing), or there was nothing to play.
func (m *machine) said(heard bool) {
	switch m.s.Phase {
	case PhaseQueued:
		m.queueSaid()
	case PhaseDialling:
		m.s.Length = 0
		m.do(SetTimer{After: rescueNet}, Music{On: true})
	case PhaseLast:
		m.hangup()
	case PhaseSaying:
		m.nodeSaid(m.node(), heard)
	default:
	}
}

func (m *machine) nodeSaid(node prompts.Node, heard bool) {
	switch node.Kind {
	case prompts.KindSay, prompts.KindDirectory:
		if m.s.Chosen && heard {
			m.s.Marks |= MarkInformed
		}
		m.enter(node.Then, false)
	case prompts.KindMenu, prompts.KindLanguage, prompts.KindAsk:
		m.s.Phase = PhaseWaiting
		m.do(SetTimer{After: wait(node)})
	case prompts.KindRescue:
		m.advised(node)
	case prompts.KindMessage:
		m.messageSaid(node)
	case prompts.KindRequest:
		m.requestSaid(node, heard)
	case prompts.KindCallback:
		m.callbackSaid(node)
	case prompts.KindHangup:
		m.hangup()
	default:
		m.fail(m.s.Node)
	}
}

func wait(node prompts.Node) time.Duration {
	if node.Wait <= 0 {
		return defaultWait
	}
	return node.Wait
}

func (m *machine) timeout() {
	if m.s.Playing {
		// The switch took the sound and reported no fault, but its end was lost: it counts as heard.
		m.hush()
		m.do(Note{Kind: "end_lost", Text: m.s.Node})
		m.said(true)
		return
	}
	node := m.node()
	switch m.s.Phase {
	case PhaseDialling:
		if m.s.Length > 0 {
			m.said(false)
			return
		}
		m.do(DropRescue{})
		m.rescueOver(true)
	case PhaseQueued:
		m.queueTimer(node)
	case PhaseSaying, PhaseLast: // what played had ended early, and the caller is still there
		m.said(false)
	case PhaseWaiting:
		if node.Kind == prompts.KindAsk || node.Kind == prompts.KindRequest || node.Kind == prompts.KindCallback {
			m.askSilence(node)
			return
		}
		m.again(node, nil)
	case PhaseOffering:
		if node.Kind == prompts.KindRescue {
			m.silent()
		}
		m.enter(node.Then, false)
	case PhaseLooking:
		m.noAnswer(node)
	case PhaseRecording:
		// Its end was lost. What there is has been kept by the switch.
		m.do(StopRecord{ID: m.s.Recording})
		m.recorded(m.now.Sub(m.s.SayStart) >= MinMessage)
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
func (m *machine) fail(what string) {
	m.s.Marks |= MarkFailed
	m.do(Note{Kind: "fault", Text: what})
	m.say(PhaseLast, m.clips(prompts.KeySorry))
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
	head = strings.TrimSuffix(head, ">...") // the gap of the cut before
	tail := path[len(path)-200:]
	if i := strings.IndexByte(tail, '>'); i >= 0 {
		tail = tail[i+1:]
	}
	return head + gap + tail
}
