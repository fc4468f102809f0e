package flow_test

import (
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"pronto/ivr/flow"
	"pronto/prompts"
)

// walker makes every call that a caller who listens can make.
type walker struct {
	t    *rapid.T
	r    *prompts.Release
	lang string
	// stops are menus behind which the walk does not go on.
	stops map[string]bool
	// What was found, of the walk in progress.
	found    outcomes
	arrivals map[string]float64 // node where a person is offered or given -> the earliest
}

// outcomes are the earliest of all calls, in seconds.
type outcomes struct{ rescue, person float64 }

func newWalker(t *rapid.T, r *prompts.Release, lang string) *walker {
	return &walker{t: t, r: r, lang: lang}
}

// step is a call in progress.
type step struct {
	s       flow.State
	now     time.Time
	out     []flow.Action
	visited []string
	pressed time.Time // the key pressed last, if only texts came since then
	at      string    // the menu it was pressed at
}

// worst walks with and without an alert.
func (w *walker) worst(of func(outcomes) float64) float64 {
	plain, alert := w.walk(w.r), w.walk(w.r.WithAlert(&prompts.Alert{ID: "a"}))
	return max(of(plain), of(alert))
}

func (w *walker) walk(r *prompts.Release) outcomes {
	w.found = outcomes{math.Inf(1), math.Inf(1)}
	w.arrivals = map[string]float64{}
	w.from(r, w.arrive(r))
	return w.found
}

func (w *walker) arrive(r *prompts.Release) step {
	c := step{s: flow.Start(r, t0), now: t0}
	c.s.Language = w.lang
	c.s, c.out = flow.Step(r, c.s, flow.Arrived{}, t0)
	return c
}

func (c step) tell(r *prompts.Release, now time.Time, ev flow.Event) step {
	next := step{now: now, visited: c.visited, pressed: c.pressed, at: c.at}
	next.s, next.out = flow.Step(r, c.s, ev, now)
	return next
}

// enters notes the nodes that were entered; false if one was there before: the quickest call goes nowhere twice.
func (c *step) enters(r *prompts.Release) bool {
	for _, a := range c.out {
		note, ok := a.(flow.Note)
		if !ok || note.Kind != "node" {
			continue
		}
		if slices.Contains(c.visited, note.Text) {
			return false
		}
		c.visited = append(slices.Clone(c.visited), note.Text)
		switch r.Book.Nodes[note.Text].Kind {
		case prompts.KindSay, prompts.KindGoto, prompts.KindBranch, prompts.KindQueue, prompts.KindDirectory:
		default:
			c.pressed = time.Time{}
		}
	}
	return true
}

// heard are the clips that begin to play, and the timer.
func (c step) heard() (clips []prompts.Clip, timer time.Duration) {
	for _, a := range c.out {
		switch a := a.(type) {
		case flow.Say:
			clips = a.Clips
		case flow.SetTimer:
			timer = a.After
		}
	}
	return clips, timer
}

func (w *walker) since(t time.Time) float64 { return t.Sub(t0).Seconds() }

func (w *walker) from(r *prompts.Release, c step) {
	if !c.enters(r) {
		return
	}
	clips, timer := c.heard()
	end := c.now
	for _, clip := range clips {
		end = end.Add(time.Duration(clip.Seconds * float64(time.Second)))
		if strings.Contains(clip.Text, "112") || strings.Contains(clip.Text, "1 1 2") {
			w.found.rescue = min(w.found.rescue, w.since(end))
		}
	}
	node := r.Book.Nodes[c.s.Node]
	if c.s.Phase == flow.PhaseLooking && node.Kind == prompts.KindCallback {
		w.from(r, c.tell(r, c.now, flow.Booked{}))
		return
	}
	if c.s.Phase == flow.PhaseLooking {
		w.from(r, c.looked(r))
		return
	}
	if c.s.Phase == flow.PhaseQueued {
		w.person(c)
		return
	}
	if c.s.Phase == flow.PhaseRecording || c.s.Phase == flow.PhaseEnding {
		return
	}
	w.keys(r, c, node, clips)
	if w.stops[node.Name] {
		return
	}
	if typed := typedAt(node); typed != "" && c.s.Try == 1 && c.s.Step == 0 {
		answered := c
		for _, digit := range []byte(typed) {
			answered = answered.tell(r, end, flow.Key{Digit: digit})
		}
		w.from(r, answered)
	}
	if node.Kind == prompts.KindCallback && c.s.Step == 1 { // read back: he confirms it
		confirmed := c.now.Add(time.Duration((sum(clips[:len(clips)-1]) + toldAfter(clips[len(clips)-1:], "1")) * float64(time.Second)))
		w.from(r, c.tell(r, confirmed, flow.Key{Digit: '1'}))
		return
	}
	if len(clips) > 0 {
		w.from(r, c.tell(r, end, flow.Said{ID: c.s.Plays}))
		return
	}
	w.from(r, c.tell(r, c.now.Add(timer), flow.Timeout{}))
}

// typedAt is what a caller types at a node where digits are asked for.
func typedAt(node prompts.Node) string {
	switch node.Kind {
	case prompts.KindAsk:
		return "7#"
	case prompts.KindRequest:
		return "73914620#"
	case prompts.KindCallback:
		return "3331234567#"
	default:
		return ""
	}
}

// looked answers a look-up with the request that takes longest to tell.
func (c step) looked(r *prompts.Release) (longest step) {
	most := -1.0
	for _, found := range []flow.Found{
		{State: flow.RequestOpen, Opened: c.now}, {State: flow.RequestInProgress, Opened: c.now}, {State: flow.RequestClosed, Opened: c.now, Closed: c.now},
	} {
		next := c.tell(r, c.now, found)
		if clips, _ := next.heard(); sum(clips) > most {
			longest, most = next, sum(clips)
		}
	}
	return longest
}

func (w *walker) person(c step) {
	when, at := c.now, c.s.Node
	if !c.pressed.IsZero() {
		when, at = c.pressed, c.at
	}
	w.found.person = min(w.found.person, w.since(when))
	if old, ok := w.arrivals[at]; !ok || w.since(when) < old {
		w.arrivals[at] = w.since(when)
	}
}

// keys presses each key of the node when it has been named.
func (w *walker) keys(r *prompts.Release, c step, node prompts.Node, clips []prompts.Clip) {
	if c.s.Phase != flow.PhaseSaying || c.s.Try != 1 {
		return
	}
	for _, key := range slices.Sorted(maps.Keys(node.Keys)) {
		var told float64
		switch node.Kind {
		case prompts.KindMenu:
			told = toldAfter(clips, key)
		case prompts.KindLanguage:
			if node.Keys[key] != w.lang {
				continue
			}
			i := slices.Index(slices.Sorted(maps.Keys(node.Keys)), key)
			told = sum(clips[:i+1])
		default:
			continue
		}
		when := c.now.Add(time.Duration(told * float64(time.Second)))
		next := c.tell(r, when, flow.Key{Digit: key[0]})
		next.pressed = time.Time{}
		if node.Kind == prompts.KindMenu {
			next.pressed, next.at = when, node.Name
		}
		if w.stops[node.Name] && !w.onlyTexts(r, next) {
			continue
		}
		w.from(r, next)
	}
}

// onlyTexts says whether a call comes to a person with nothing pressed or asked from here on.
func (w *walker) onlyTexts(r *prompts.Release, c step) bool {
	for range 30 {
		if !c.enters(r) || c.pressed.IsZero() {
			return false
		}
		if c.s.Phase == flow.PhaseQueued {
			return true
		}
		clips, _ := c.heard()
		c = c.tell(r, c.now.Add(time.Duration(sum(clips)*float64(time.Second))), flow.Said{ID: c.s.Plays})
	}
	return false
}

func sum(clips []prompts.Clip) float64 {
	total := 0.0
	for _, clip := range clips {
		total += clip.Seconds
	}
	return total
}

// toldAfter is the end of the last clip that names the key, in the words that drawRelease has for it.
func toldAfter(clips []prompts.Clip, key string) float64 {
	words := map[string]string{"1": "press 1.", "2": "2, please", "#": "#"}[key]
	for i := len(clips) - 1; i >= 0; i-- {
		named := strings.Contains(clips[i].Text, words)
		if key != "#" && strings.Contains(clips[i].Text, "1 1 2") { // it sounds like these keys
			named = true
		}
		if named {
			return sum(clips[:i+1])
		}
	}
	return sum(clips)
}

// choices walks twice: to find where a person is offered, and not going on there.
func (w *walker) choices() []float64 {
	w.stops = map[string]bool{}
	w.walk(w.r)
	for node := range w.arrivals {
		w.stops[node] = true
	}
	w.walk(w.r)
	w.stops = nil
	return slices.Sorted(maps.Values(w.arrivals))
}

// silent follows a caller who presses nothing, through the slowest way that the world and the desk can send him.
func (w *walker) silent(closed bool) (float64, string) {
	worst, at := -1.0, ""
	for _, r := range []*prompts.Release{w.r, w.r.WithAlert(&prompts.Alert{ID: "a"})} {
		seconds, where := w.silence(r, w.arrive(r), closed)
		worst, at = slower(worst, at, seconds, where)
	}
	return worst, at
}

// slower is the worse of two ends; both, if it is a tie.
func slower(a float64, at string, b float64, where string) (float64, string) {
	switch {
	case a > b:
		return a, at
	case a == b:
		return a, at + " " + where
	}
	return b, where
}

func (w *walker) silence(r *prompts.Release, c step, closed bool) (float64, string) {
	if !c.enters(r) {
		return math.Inf(1), prompts.EndNone
	}
	clips, timer := c.heard()
	switch {
	case c.s.Phase == flow.PhaseQueued && !closed:
		return w.since(c.now), prompts.EndPerson
	case c.s.Phase == flow.PhaseQueued:
		worst, at := w.silence(r, c.tell(r, c.now, flow.Refused{Why: flow.RefusedFull}), closed)
		if r.Book.Nodes[c.s.Node].Nobody != "" {
			s, a := w.silence(r, c.tell(r, c.now, flow.Refused{Why: flow.RefusedNobody}), closed)
			worst, at = slower(worst, at, s, a)
		}
		return worst, at
	case c.s.Phase == flow.PhaseRecording:
		return w.since(c.now), prompts.EndRecording
	case c.s.Phase == flow.PhaseEnding:
		return w.since(c.now), prompts.EndHangup
	case len(clips) > 0:
		end := c.now.Add(time.Duration(sum(clips) * float64(time.Second)))
		return w.silence(r, c.tell(r, end, flow.Said{ID: c.s.Plays}), closed)
	}
	return w.silence(r, c.tell(r, c.now.Add(timer), flow.Timeout{}), closed)
}
