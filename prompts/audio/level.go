package audio

import (
	"math"
	"time"
)

// What every clip is brought to: 2 dB from what ITU-T G.169 wants of talkers and from what other recordings on the
// line have, far enough from full scale that nothing has to be squeezed.
const (
	TargetLevel = -20.0 // dBov, active speech level
	MaxPeak     = -3.0  // dBFS
)

// Constants of ITU-T P.56, method B.
const (
	envelopeTime = 0.03 // seconds
	hangover     = 200 * time.Millisecond
	margin       = 15.9 // dB from the threshold of activity up to the active level
	thresholds   = 15   // from -90 dBFS up in steps of 6 dB
)

// Loudness is a measured level.
type Loudness struct {
	Level    float64 // active speech level in dBov, -Inf if there is none
	Activity float64 // the part of the time that speech is active, 0..1
}

// Measure measures s by ITU-T P.56, method B. The level of a steady tone is its RMS level.
func Measure(s Sound) Loudness {
	m := newMeter(s)
	var energy float64
	for _, v := range s.Samples {
		x := float64(v)
		energy += x * x
		m.step(math.Abs(x))
	}
	return settle(energy, m.active, len(s.Samples))
}

// meter follows the envelope and counts for each threshold how many samples were active.
type meter struct {
	g, p, q float64
	hang    int
	level   [thresholds]float64
	active  [thresholds]int
	idle    [thresholds]int // samples since the envelope was above, up to hang
}

func newMeter(s Sound) *meter {
	m := &meter{g: math.Exp(-1 / (float64(s.Rate) * envelopeTime)), hang: s.count(hangover)}
	for j := range m.idle {
		m.idle[j], m.level[j] = m.hang, threshold(j)
	}
	return m
}

func (m *meter) step(x float64) {
	m.p = m.g*m.p + (1-m.g)*x
	m.q = m.g*m.q + (1-m.g)*m.p
	for j := range m.active {
		switch {
		case m.q >= m.level[j]:
			m.idle[j] = 0
		case m.idle[j] < m.hang:
			m.idle[j]++
		default:
			return // higher thresholds have been quiet for longer still
		}
		m.active[j]++
	}
}

// threshold j is 2^(j-15).
func threshold(j int) float64 { return float64(int(1)<<j) / 32768 }

// settle finds the threshold that lies the margin below the level of what exceeds it.
func settle(energy float64, active [thresholds]int, total int) Loudness {
	result := Loudness{Level: math.Inf(-1)}
	before := math.Inf(1)
	for j, n := range active {
		if n == 0 {
			break
		}
		level := 10 * math.Log10(energy/float64(n))
		delta := level - 20*math.Log10(threshold(j))
		if delta <= margin && j > 0 {
			part := (before - margin) / (before - delta)
			level = result.Level + part*(level-result.Level)
		}
		result.Level = level
		if delta <= margin {
			break
		}
		before = delta
	}
	if energy > 0 && !math.IsInf(result.Level, -1) {
		result.Activity = min(1, energy/math.Pow(10, result.Level/10)/float64(total))
	}
	return result
}

// Level brings s to TargetLevel, its peaks to MaxPeak at most: by one gain for the whole sound, and where that is too
// much for single peaks, by easing those over a few milliseconds. Frequencies stay as they are. Silence stays silence.
func Level(s Sound) Sound {
	out := Sound{Rate: s.Rate, Samples: append([]float32(nil), s.Samples...)}
	for range 5 {
		l := Measure(out)
		if math.IsInf(l.Level, -1) {
			return out
		}
		gain := TargetLevel - l.Level
		scale(out.Samples, gain)
		limit(out, float32(math.Pow(10, MaxPeak/20)-1.0/32768))
		if math.Abs(gain) < 0.2 {
			break // easing peaks costs a little level, which the next turn gives back
		}
	}
	return out
}

func scale(x []float32, db float64) {
	g := float32(math.Pow(10, db/20))
	for i := range x {
		x[i] *= g
	}
}

// limit eases what exceeds top, in place. The gain is the least that any sample within 5 ms needs, averaged over 5 ms to
// each side: so it moves smoothly and is never more than a sample can bear.
func limit(s Sound, top float32) {
	x := s.Samples
	if peak(x) <= top {
		return
	}
	reach := s.count(5 * time.Millisecond)
	need := make([]float32, len(x))
	for i, v := range x {
		need[i] = min(1, top/max(v, -v, top))
	}
	least := slidingMin(need, reach)
	var sum float64
	at := func(i int) float64 { return float64(least[max(0, min(len(least)-1, i))]) }
	for i := -reach; i <= reach; i++ {
		sum += at(i)
	}
	for i := range x {
		x[i] = max(-top, min(top, x[i]*float32(sum/float64(2*reach+1))))
		sum += at(i+reach+1) - at(i-reach)
	}
}

// slidingMin is at each place the least value within reach to each side.
func slidingMin(x []float32, reach int) []float32 {
	out := make([]float32, len(x))
	var queue []int // places of rising values
	for i := range len(x) + reach {
		if i < len(x) {
			for len(queue) > 0 && x[queue[len(queue)-1]] >= x[i] {
				queue = queue[:len(queue)-1]
			}
			queue = append(queue, i)
		}
		if at := i - reach; at >= 0 {
			for queue[0] < at-reach {
				queue = queue[1:]
			}
			out[at] = x[queue[0]]
		}
	}
	return out
}
