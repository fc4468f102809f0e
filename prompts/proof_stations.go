package prompts

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// prover works the proofs of one language out. It knows what flow does with each kind of node; the test in
// ivr/flow holds the two together.
type prover struct {
	r        *Release
	lang     string
	numbers  []*regexp.Regexp // that tell a rescue number in a text
	stations map[string]*station
	order    []string // the nodes that can be reached, from the start outwards
	missing  []string
	endings  map[string]Ending
}

// station is a node with its times.
type station struct {
	node   Node
	length time.Duration // of what is said once on entering
	dwell  time.Duration // the longest stay
	advice time.Duration // until a rescue number has been told; never
	end    string        // what it is to a caller who presses nothing; EndNone: he goes on
	after  time.Duration // until that end
	exits  []exit
}

// exit is a step to another node.
type exit struct {
	to    string
	how   how
	label string        // the key, the case of a branch, why the desk refuses
	lang  string        // the language that the key chooses
	after time.Duration // after entering the node, for a caller who listens
}

// how a step is taken.
type how int

const (
	byKey        how = iota // the caller presses it
	bySilence               // the caller presses nothing
	byWorld                 // hours, an alert, the district
	byDesk                  // the desk takes nobody
	afterwards              // after a message or a conversation
	whileWaiting            // the caller presses it while he waits for an operator
)

func newProver(r *Release, lang string) *prover {
	p := &prover{r: r, lang: lang, stations: map[string]*station{}, endings: map[string]Ending{}}
	told := map[string]bool{}
	for _, name := range sortedKeys(r.Book.Rescue) {
		rescue := r.Book.Rescue[name]
		for _, area := range append([]string{""}, sortedKeys(rescue.Areas)...) {
			number := rescue.Number
			if area != "" {
				number = rescue.Areas[area].Number
			}
			if number != "" && !told[number] {
				told[number] = true
				spaced := strings.Join(strings.Split(regexp.QuoteMeta(number), ""), `[\s.]?`)
				p.numbers = append(p.numbers, regexp.MustCompile(`(?:^|\D)`+spaced+`(?:\D|$)`))
			}
		}
	}
	for next := []string{r.Book.Start}; len(next) > 0; {
		name := next[0]
		next = next[1:]
		node, ok := r.Book.Nodes[name]
		if !ok || p.stations[name] != nil {
			continue
		}
		s := p.station(node)
		p.stations[name] = s
		p.order = append(p.order, name)
		for _, e := range s.exits {
			next = append(next, e.to)
		}
	}
	for _, s := range p.stations { // what a slip leads to is no way
		s.exits = slices.DeleteFunc(s.exits, func(e exit) bool { return p.stations[e.to] == nil })
	}
	slices.Sort(p.missing)
	p.missing = slices.Compact(p.missing)
	return p
}

// clips are what is heard of texts; the message of an alert, if one is raised.
func (p *prover) clips(keys ...string) []Clip {
	var clips []Clip
	for _, key := range keys {
		if key == KeyAlert && p.r.Alert != nil {
			if clip, ok := p.r.Alert.Clip(p.r.Book, p.lang); ok {
				clips = append(clips, clip)
			}
		}
		if key == KeyAlert || key == "" {
			continue
		}
		lang, text, own := OwnVoice(key)
		if own && lang == p.lang {
			continue // not said to who hears it in his own language anyway
		}
		if !own {
			lang = p.lang
		}
		if c, ok := p.r.Clips[lang][text]; !ok || c.Seconds <= 0 {
			p.missing = append(p.missing, key)
		}
		if clip, ok := p.r.Clip(p.lang, key); ok {
			clips = append(clips, clip)
		}
	}
	return clips
}

func length(clips []Clip) time.Duration {
	var sum float64
	for _, c := range clips {
		sum += c.Seconds
	}
	return time.Duration(sum * float64(time.Second))
}

// station tells what becomes of a caller at a node.
func (p *prover) station(n Node) *station {
	s := &station{node: n, advice: never, end: EndNone}
	clips := p.clips(n.Say...)
	switch n.Kind {
	case KindMenu:
		p.menu(s, clips)
	case KindLanguage:
		clips = p.languages(s)
	case KindAsk:
		p.ask(s, clips)
	case KindRequest:
		p.request(s, clips)
	case KindCallback:
		clips = append(clips, p.clips(KeyCallbackType)...)
		p.callback(s, clips)
	case KindBranch:
		for _, way := range n.Cases {
			s.leave(way.Then, byWorld, n.On+": "+way.Is, 0)
		}
		s.leave(n.Otherwise, byWorld, "otherwise", 0)
	case KindQueue:
		s.end = EndPerson
		p.queue(n)
		for _, key := range sortedKeys(n.Keys) {
			s.leave(n.Keys[key], whileWaiting, key, 0)
		}
		s.leave(n.Closed, byDesk, "closed", 0)
		s.leave(n.Full, byDesk, "full", 0)
		s.leave(n.Nobody, byDesk, "nobody", 0)
		s.leave(n.Then, afterwards, "", 0)
	case KindRescue:
		clips = p.rescue(s, clips)
	case KindMessage:
		clips = append(clips, p.clips(KeyBeep)...)
		s.end, s.after = EndRecording, length(clips)
		s.dwell = s.after + n.Longest + length(p.clips(KeyMessageThanks)) + p.code(n)
		s.leave(n.Then, afterwards, "", s.dwell)
	case KindHangup:
		s.end, s.after, s.dwell = EndHangup, length(clips), length(clips)
	case KindDirectory:
		clips = append(clips, p.office(n)...)
		s.speak(n, clips)
	case KindSay, KindGoto:
		s.speak(n, clips)
	default: // a kind of which nothing is known here: it says its texts and goes on
		s.speak(n, clips)
		s.leave(n.Otherwise, bySilence, "", length(clips))
	}
	s.length = length(clips)
	if at := p.told(clips); at < s.advice {
		s.advice = at
	}
	return s
}

func (s *station) leave(to string, by how, label string, after time.Duration) {
	if to != "" {
		s.exits = append(s.exits, exit{to: to, how: by, label: label, after: after})
	}
}

// speak: what is said, and on.
func (s *station) speak(n Node, clips []Clip) {
	s.dwell = length(clips)
	s.leave(n.Then, bySilence, "", s.dwell)
}

func (p *prover) menu(s *station, clips []Clip) {
	for _, key := range sortedKeys(s.node.Keys) {
		s.leave(s.node.Keys[key], byKey, key, named(clips, key))
	}
	s.dwell = time.Duration(max(s.node.Tries, 1)) * (length(clips) + s.node.Wait)
	s.leave(s.node.Otherwise, bySilence, "", s.dwell)
}

// queue looks at what is heard while waiting, which is no part of any way: a person has been reached.
func (p *prover) queue(n Node) {
	p.clips(n.Comfort...)
	p.clips(n.Apology)
	p.clips(p.r.Book.waitTexts()...)
	for _, b := range p.r.Book.Desk.Bands {
		p.clips(b.Say)
	}
}

// ask: an answer is typed, and confirmed, as soon as the question has been heard. How long the typing takes nobody knows.
func (p *prover) ask(s *station, clips []Clip) {
	p.clips(KeyAskInvalid)
	s.dwell = time.Duration(max(s.node.Tries, 1)) * (length(clips) + s.node.Wait)
	answered := length(clips)
	if s.node.Confirm {
		answered += length(p.clips(KeyAskRead)) + named(p.clips(KeyAskConfirm), "1")
	}
	s.leave(s.node.Then, byKey, "digits", answered)
	s.leave(s.node.Otherwise, bySilence, "", s.dwell)
}

// languages: one text in each language, in the order of the keys.
func (p *prover) languages(s *station) []Clip {
	n := s.node
	otherwise := n.Otherwise
	if otherwise == "" {
		otherwise = n.Then
	}
	var clips []Clip
	for _, key := range sortedKeys(n.Keys) {
		for _, text := range n.Say {
			if clip, ok := p.r.Clip(n.Keys[key], text); ok {
				clips = append(clips, clip)
			}
		}
		if n.Then != "" {
			s.exits = append(s.exits, exit{to: n.Then, how: byKey, label: key, lang: n.Keys[key], after: length(clips)})
		}
	}
	s.dwell = time.Duration(max(n.Tries, 1)) * (length(clips) + n.Wait)
	s.leave(otherwise, bySilence, "", s.dwell)
	return clips
}

// rescue: the advice twice, then the offer. Of the areas' advices, the longest counts.
func (p *prover) rescue(s *station, before []Clip) []Clip {
	r := p.r.Book.Rescue[s.node.Use]
	advice := p.clips(r.Say)
	for _, area := range sortedKeys(r.Areas) {
		if other := p.clips(r.Areas[area].Say); length(other) > length(advice) {
			advice = other
		}
	}
	clips := slices.Concat(before, advice)
	if len(advice) > 0 {
		s.advice = length(clips) // however the text writes the number
	}
	clips = slices.Concat(clips, advice, p.clips(KeyRescueOffer))
	s.dwell = length(clips) + s.node.Wait
	s.leave(s.node.Then, bySilence, "", s.dwell)
	return clips
}

func (p *prover) office(n Node) []Clip {
	office := p.r.Book.Directory[n.Office]
	number := NumberKey(n.Office)
	return p.clips(office.Say, number, number)
}

// told is when a rescue number has been told whole.
func (p *prover) told(clips []Clip) time.Duration {
	for i, clip := range clips {
		for _, number := range p.numbers {
			if number.MatchString(clip.Text) {
				return length(clips[:i+1])
			}
		}
	}
	return never
}

// named is when the text that names a key has been said whole. A key that no text names in figures (press nought)
// counts as named at the end of all.
func named(clips []Clip, key string) time.Duration {
	for i := len(clips) - 1; i >= 0; i-- {
		if names(clips[i].Text, key) {
			return length(clips[:i+1])
		}
	}
	return length(clips)
}

// names finds a key in a text where it is no part of a number, a time (9:00) or an amount.
func names(text, key string) bool {
	digit := func(i int) bool { return i >= 0 && i < len(text) && text[i] >= '0' && text[i] <= '9' }
	joint := func(i int) bool { return i >= 0 && i < len(text) && strings.IndexByte(":.,-/", text[i]) >= 0 }
	for from := 0; ; {
		i := strings.Index(text[from:], key)
		if i < 0 {
			return false
		}
		i += from
		after := i + len(key)
		part := digit(i-1) || digit(after) || joint(i-1) && digit(i-2) || joint(after) && digit(after+1)
		if !part {
			return true
		}
		from = after
	}
}
