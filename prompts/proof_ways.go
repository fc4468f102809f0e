package prompts

import (
	"slices"
	"strings"
	"time"
)

// open are the exits that a call in this language can take.
func (p *prover) open(s *station) []exit {
	out := make([]exit, 0, len(s.exits))
	for _, e := range s.exits {
		if e.lang == "" || e.lang == p.lang {
			out = append(out, e)
		}
	}
	return out
}

// silence is how a path tells that nothing was pressed.
const silence = "silence"

// step writes an exit down as a part of a path.
func (e exit) step(n Node) string {
	switch {
	case e.how == byKey || e.how == whileWaiting:
		return e.label + " " + e.to
	case e.label != "":
		return "(" + e.label + ") " + e.to
	case e.how == bySilence && n.Kind.asks():
		return "(" + silence + ") " + e.to
	default:
		return e.to
	}
}

// soonest is how soon a caller comes to what is looked for. there tells when a node gives it, after entering, and by
// which last step. The caller chooses the quickest keys, the world the slowest way.
func (p *prover) soonest(there func(*station) (time.Duration, string)) Way {
	best := map[string]time.Duration{}
	via := map[string]exit{}
	for _, name := range p.order {
		best[name] = never
	}
	for changed := true; changed; {
		changed = false
		for _, name := range slices.Backward(p.order) {
			t, _ := there(p.stations[name])
			by := exit{}
			if next, e := p.onward(p.stations[name], best); next < t {
				t, by = next, e
			}
			if t < best[name] {
				best[name], via[name], changed = t, by, true
			}
		}
	}
	name := p.r.Book.Start
	if t, ok := best[name]; !ok || t == never {
		return Way{Never: true}
	}
	way := Way{Seconds: seconds(best[name])}
	steps := []string{name}
	for len(steps) <= len(p.order) && via[name].to != "" {
		steps = append(steps, via[name].step(p.stations[name].node))
		name = via[name].to
	}
	if _, last := there(p.stations[name]); last != "" {
		steps = append(steps, last)
	}
	way.Path = strings.Join(steps, " > ")
	return way
}

// onward is the best step out of a node; where the world decides, the worst.
func (p *prover) onward(s *station, best map[string]time.Duration) (time.Duration, exit) {
	t, by := never, exit{}
	worst, worstBy, world := time.Duration(0), exit{}, false
	for _, e := range p.open(s) {
		next := plus(e.after, best[e.to])
		switch e.how {
		case byKey, bySilence:
			if next < t {
				t, by = next, e
			}
		case byWorld:
			if !world || next > worst {
				worst, worstBy = next, e
			}
			world = true
		case byDesk, afterwards, whileWaiting: // a person or a recording ends the way
		}
	}
	if world && worst < t {
		return worst, worstBy
	}
	return t, by
}

// offersPerson is when a node offers or gives a person.
func (p *prover) offersPerson(s *station) (time.Duration, string) {
	if s.end == EndPerson {
		return 0, ""
	}
	t, last := never, ""
	for _, e := range p.open(s) {
		if e.how == byKey && s.node.Kind == KindMenu && e.after < t && p.toPerson(e.to, nil) {
			t, last = e.after, e.step(s.node)
		}
	}
	return t, last
}

// toPerson says whether a step to a node is a step to a person: whatever is said on the way, nothing is asked.
func (p *prover) toPerson(name string, seen []string) bool {
	s := p.stations[name]
	if s == nil || slices.Contains(seen, name) {
		return false
	}
	if s.end == EndPerson {
		return true
	}
	switch s.node.Kind {
	case KindSay, KindGoto, KindBranch, KindDirectory:
		return slices.ContainsFunc(p.open(s), func(e exit) bool { return p.toPerson(e.to, append(seen, name)) })
	default:
		return false
	}
}

// choices finds each first chance of a person, the quickest way to it: Dijkstra, not going on where there is one.
func (p *prover) choices() []Way {
	start := p.r.Book.Start
	if p.stations[start] == nil {
		return nil
	}
	arrival := map[string]time.Duration{start: 0}
	path := map[string]string{start: start}
	done := map[string]bool{}
	var found []Way
	for {
		name := ""
		for _, n := range p.order {
			if t, ok := arrival[n]; ok && !done[n] && (name == "" || t < arrival[name]) {
				name = n
			}
		}
		if name == "" {
			return found
		}
		done[name] = true
		s := p.stations[name]
		if t, last := p.offersPerson(s); t != never {
			way := Way{Seconds: seconds(arrival[name] + t), Path: path[name]}
			if last != "" {
				way.Path += " > " + last
			}
			found = append(found, way)
			continue
		}
		for _, e := range p.open(s) {
			t := arrival[name] + e.after
			if old, ok := arrival[e.to]; e.how <= byWorld && (!ok || t < old) {
				arrival[e.to], path[e.to] = t, path[name]+" > "+e.step(s.node)
			}
		}
	}
}

// chosen is when a call that begins in the line's first language has been told the key for this one.
func (p *prover) chosen() Way {
	first := p.r.Book.Line.Languages[0]
	if p.lang == first {
		return Way{}
	}
	return newProver(p.r, first).soonest(func(s *station) (time.Duration, string) {
		for _, e := range s.exits {
			if e.lang == p.lang {
				return e.after, e.label + " " + p.lang
			}
		}
		return never, ""
	})
}

// silent is what comes of a caller at a node who presses nothing. closed: the desk takes nobody.
func (p *prover) silent(name string, closed bool) Ending {
	memo := name
	if closed {
		memo += " closed"
	}
	if e, ok := p.endings[memo]; ok {
		return e
	}
	e := p.silence(name, closed, nil)
	p.endings[memo] = e
	return e
}

func (p *prover) silence(name string, closed bool, seen []string) Ending {
	s := p.stations[name]
	if s == nil {
		return Ending{At: EndNone, Way: Way{Path: name, Never: true}}
	}
	if i := slices.Index(seen, name); i >= 0 {
		return Ending{At: EndNone, Way: Way{Path: ring(seen[i:]), Never: true}}
	}
	if s.end != EndNone && (s.end != EndPerson || !closed) {
		return Ending{At: s.end, Way: Way{Seconds: seconds(s.after), Path: name}}
	}
	memo := name
	if closed {
		memo += " closed"
	}
	if e, ok := p.endings[memo]; ok {
		return e
	}
	worst, found := Ending{At: EndNone, Way: Way{Path: name, Never: true}}, false
	for _, e := range p.open(s) {
		if e.how != bySilence && e.how != byWorld && (e.how != byDesk || !closed) {
			continue
		}
		then := p.silence(e.to, closed, append(seen, name))
		if then.At == EndNone { // a ring is told as it is, without the way to it
			p.endings[memo] = then
			return then
		}
		then.Seconds = seconds(e.after) + then.Seconds
		then.Path = name + " > " + strings.Replace(then.Path, e.to, e.step(s.node), 1)
		if !found || then.Seconds > worst.Seconds {
			worst, found = then, true
		}
	}
	p.endings[memo] = worst
	return worst
}

// ring writes a ring down from its first name in the alphabet, so that it is always the same.
func ring(names []string) string {
	first := slices.Index(names, slices.Min(names))
	turned := slices.Concat(names[first:], names[:first])
	return strings.Join(append(turned, turned[0]), " > ")
}

// maxLooks bounds the search for the longest path: there may be more paths than atoms.
const maxLooks = 20_000

// longest finds the longest path that comes to no node twice; true if the search was broken off.
func (p *prover) longest() (Way, bool) {
	var left time.Duration // what the nodes not yet on the path could add at most
	for _, s := range p.stations {
		left += s.dwell
	}
	best, bestSteps := time.Duration(-1), []string(nil)
	looks := 0
	on := map[string]bool{}
	var steps []string
	var visit func(name, step string, sum time.Duration)
	visit = func(name, step string, sum time.Duration) {
		s := p.stations[name]
		looks++
		on[name] = true
		steps = append(steps, step)
		left -= s.dwell
		if sum += s.dwell; sum > best {
			best, bestSteps = sum, slices.Clone(steps)
		}
		for _, e := range p.open(s) {
			if !on[e.to] && looks < maxLooks && sum+left > best && (e.how != afterwards || s.end == EndRecording) && e.how != whileWaiting {
				visit(e.to, e.step(s.node), sum)
			}
		}
		left += s.dwell
		steps = steps[:len(steps)-1]
		on[name] = false
	}
	if p.stations[p.r.Book.Start] == nil {
		return Way{Never: true}, false
	}
	visit(p.r.Book.Start, p.r.Book.Start, 0)
	return Way{Seconds: seconds(best), Path: strings.Join(bestSteps, " > ")}, looks >= maxLooks
}
