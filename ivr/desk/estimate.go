package desk

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// How waiting times are estimated. Two estimators are kept (Ibrahim and Whitt, Manufacturing & Service Operations
// Management 2009): the state of the queue with abandonment, and the wait so far of the first in line. Neither is to be
// believed by itself, as calls are not exponential and staff comes and goes: what is told is the range that the true
// waits of tickets that stood about as deep had to their estimates, by the estimator that was the better one for them.
const (
	memory     = time.Hour // of rates: what happened so long ago counts 1/e
	maxSamples = 300       // true waits that are remembered
	neighbours = 60        // of them, those that stood about as deep
	minSamples = 25        // less say nothing
	minDone    = 5         // conversations, below which the speed of service is not known
	nearer     = 0.6       // a ticket is another sample when so much of those before it are left
	reach      = 0.9       // how far apart "about as deep" may be, as a logarithm: a factor of 2.5
	steps      = 8         // of depth, for a factor of e, that are told apart
	tail       = 0.1       // of the true waits on either side of the range
	estimators = 2
	firstWait  = 1 // the estimator by the first in line, 0 being the one by state
)

// load is what the estimate needs to know of the past. Rates are sums in which the past fades.
type load struct {
	at      time.Time
	busy    float64  // operator-seconds of service
	done    float64  // conversations ended
	waiting float64  // ticket-seconds of waiting
	left    float64  // tickets that left
	samples []sample // by depth
	learned int      // samples so far
	known   map[window][estimators]ratios
}

// window is a part of load.samples.
type window struct{ from, to int }

// ratios are quantiles of a sample's ratios.
type ratios struct{ low, middle, high float64 }

// guess is an estimate of a ticket's waiting time from an instant on, in seconds; 0: that estimator says nothing.
type guess struct {
	at    time.Time
	depth float64 // tickets before it that want the same operators
	wait  [estimators]float64
}

// sample is what came of a guess: the true wait as a multiple of each estimate; 0 if there was none.
type sample struct {
	number int
	depth  float64 // as a logarithm
	ratio  [estimators]float64
	open   bool // the ticket left: the true wait would have been longer
}

// pass lets time pass.
func (l *load) pass(now time.Time, busy, waiting int) {
	dt := now.Sub(l.at).Seconds()
	if l.at.IsZero() || dt <= 0 {
		dt = 0
	}
	l.at = now
	if dt == 0 {
		return
	}
	fade := math.Exp(-dt / memory.Seconds())
	l.busy = l.busy*fade + float64(busy)*dt
	l.done *= fade
	l.waiting = l.waiting*fade + float64(waiting)*dt
	l.left *= fade
}

// accept learns from a ticket that an operator took.
func (l *load) accept(t *ticket, now time.Time) { l.learn(t, now, false) }

// leave learns from a ticket that left.
func (l *load) leave(t *ticket, now time.Time) {
	l.left++
	l.learn(t, now, true)
}

func (l *load) learn(t *ticket, now time.Time, open bool) {
	for _, g := range t.guesses {
		l.learned++
		s := sample{number: l.learned, depth: math.Log(g.depth + 1), open: open}
		for i, w := range g.wait {
			if w > 0 {
				s.ratio[i] = max(now.Sub(g.at).Seconds(), 0.1) / w
			}
		}
		if len(l.samples) == maxSamples {
			oldest := slices.IndexFunc(l.samples, func(s sample) bool { return s.number == l.learned-maxSamples })
			l.samples = slices.Delete(l.samples, oldest, oldest+1)
		}
		i, _ := slices.BinarySearchFunc(l.samples, s.depth, byDepth)
		l.samples = slices.Insert(l.samples, i, s)
		l.known = nil
	}
	t.guesses = nil
}

func byDepth(s sample, depth float64) int { return cmp.Compare(s.depth, depth) }

// guess estimates a ticket's waiting time; nil if nobody is there who could take it, or the speed of service is not known.
func (d *Desk) guess(t *ticket) *guess {
	if d.load.done < minDone || d.load.busy <= 0 || t.forOp != nil {
		return nil
	}
	depth, staff := d.ahead(t)
	if staff == 0 {
		return nil
	}
	g := &guess{at: d.now, depth: depth}
	serve := float64(staff) * d.load.done / d.load.busy // tickets per second
	leave := 0.0
	if d.load.waiting > 0 {
		leave = d.load.left / d.load.waiting
	}
	g.wait[0] = stateWait(depth, serve, leave)
	if first := t.group.list[0]; first != t {
		g.wait[firstWait] = max(0, t.Since.Sub(first.Since).Seconds())
	}
	return g
}

// stateWait is the mean time until the ticket with depth others before it is taken, when all operators are busy, tickets
// are served at a rate of serve in all and each that waits leaves at a rate of leave: the sum of 1/(serve + i*leave) for
// i from 0 to depth (FIELD.md), depth being a fraction.
func stateWait(depth, serve, leave float64) float64 {
	whole := math.Floor(depth)
	sum := 0.0
	for i := 0.0; i <= whole; i++ {
		sum += 1 / (serve + i*leave)
	}
	return sum + (depth-whole)/(serve+(whole+1)*leave)
}

// ahead is how many tickets before t want operators that t could have, each by the share of its operators that are among
// them; and how many of these operators are at work.
func (d *Desk) ahead(t *ticket) (depth float64, staff int) {
	r := d.rules()
	mine := r.wants(t, d.now)
	for _, o := range d.order {
		if o.staysOn() && mine.obstacle(o) == none {
			staff++
		}
	}
	if staff == 0 {
		return 0, 0
	}
	for _, g := range d.queue.groups {
		switch n := g.before(t); {
		case n == 0:
		case g == t.group:
			depth += float64(n)
		default:
			depth += float64(n) * d.share(r.wants(g.list[0], d.now), mine)
		}
	}
	return depth, staff
}

// staysOn says that an operator will take another call after the one he has.
func (o *operator) staysOn() bool { return o.paused == "" && o.loggedIn() && o.reachable() }

// share is how much of the operators that others can have is among mine.
func (d *Desk) share(others, mine want) float64 {
	all, shared := 0, 0
	for _, o := range d.order {
		if o.staysOn() && others.obstacle(o) == none {
			all++
			if mine.obstacle(o) == none {
				shared++
			}
		}
	}
	if all == 0 {
		return 0
	}
	return float64(shared) / float64(all)
}

// spread is a range of waiting time.
type spread struct{ low, middle, high time.Duration }

// spread is the range in which a guess will come true, by what came of those before it.
func (l *load) spread(g *guess) (spread, bool) {
	var best spread
	width := math.Inf(1)
	depth := math.Round(math.Log(g.depth+1)*steps) / steps
	for i, r := range l.ratios(l.near(depth)) {
		if w := r.high / r.low; g.wait[i] > 0 && r.low > 0 && w < width {
			width = w
			best = spread{seconds(g.wait[i] * r.low), seconds(g.wait[i] * r.middle), seconds(g.wait[i] * r.high)}
		}
	}
	return best, !math.IsInf(width, 1)
}

// ratios are those of a window of samples, zero if there are too few. They are remembered until there is another sample.
func (l *load) ratios(w window) [estimators]ratios {
	if r, ok := l.known[w]; ok {
		return r
	}
	var out [estimators]ratios
	for i := range out {
		seen := make([]observed, 0, neighbours)
		for _, s := range l.samples[w.from:w.to] {
			if s.ratio[i] > 0 {
				seen = append(seen, observed{s.ratio[i], s.open})
			}
		}
		if len(seen) >= minSamples {
			q := quantiles(seen, tail, 0.5, 1-tail)
			out[i] = ratios{q[0], q[1], q[2]}
		}
	}
	if l.known == nil {
		l.known = map[window][estimators]ratios{}
	}
	l.known[w] = out
	return out
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// near is the samples of tickets that stood about as deep, the nearest ones.
func (l *load) near(depth float64) window {
	i, _ := slices.BinarySearchFunc(l.samples, depth, byDepth)
	w := window{i, i}
	for w.to-w.from < neighbours {
		below, above := math.Inf(1), math.Inf(1)
		if w.from > 0 {
			below = depth - l.samples[w.from-1].depth
		}
		if w.to < len(l.samples) {
			above = l.samples[w.to].depth - depth
		}
		switch {
		case min(below, above) > reach:
			return w
		case below <= above:
			w.from--
		default:
			w.to++
		}
	}
	return w
}

// observed is a ratio, or, open, that it would have been more.
type observed struct {
	ratio float64
	open  bool
}

// quantiles of ratios of which some were cut short (Kaplan and Meier). A quantile that lies beyond all that was seen to
// its end is infinite.
func quantiles(ratios []observed, at ...float64) []float64 {
	slices.SortFunc(ratios, func(a, b observed) int { return cmp.Compare(a.ratio, b.ratio) })
	out := make([]float64, len(at))
	for i := range out {
		out[i] = math.Inf(1)
	}
	alive, k := 1.0, 0
	for i, r := range ratios {
		if !r.open {
			alive *= 1 - 1/float64(len(ratios)-i)
		}
		for k < len(at) && 1-alive >= at[k]-1e-9 {
			out[k] = r.ratio
			k++
		}
	}
	return out
}
