package siptest

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// Tones are measured over windows of two packets (40 ms), which tells tones 100 Hz apart from each other.
const (
	window = 2 * frameSamples
	// share of the window's energy from which a tone is there: two mixed tones have half each.
	share = 0.15
)

// power is the mean square of the part of samples that is at hz (Goertzel, Hann window).
func power(samples []int16, hz float64) float64 {
	n := float64(len(samples))
	coeff := 2 * math.Cos(2*math.Pi*hz/rate)
	var s1, s2 float64
	for i, v := range samples {
		w := 0.5 - 0.5*math.Cos(2*math.Pi*float64(i)/n)
		s1, s2 = float64(v)*w+coeff*s1-s2, s1
	}
	// The window halves the amplitude; a sine of amplitude a has the mean square a^2/2.
	amplitude := 2 * math.Sqrt(max(0, s1*s1+s2*s2-coeff*s1*s2)) / (n / 2)
	return amplitude * amplitude / 2
}

func hasTone(samples []int16, hz float64) bool {
	total := rms(samples)
	return total >= loud && power(samples, hz) >= share*total*total
}

// toneScan finds a tone in packets that are fed to it as they come.
type toneScan struct {
	hz      float64
	atLeast time.Duration

	last   Packet    // the one before the next
	began  time.Time // of the run, zero if none
	length time.Duration
}

// feed looks at the next packets; true says that the tone is there, and since when.
func (s *toneScan) feed(packets []Packet) (time.Time, bool) {
	for _, p := range packets {
		last := s.last
		s.last = p
		// Packets that belong together follow each other in the sender's clock, whenever they came.
		joined := len(last.Samples) > 0 && p.Stamp-last.Stamp == uint32(len(last.Samples))
		if !joined || !hasTone(append(slices.Clip(last.Samples), p.Samples...), s.hz) {
			s.began, s.length = time.Time{}, 0
			continue
		}
		if s.began.IsZero() {
			s.began, s.length = last.At, samplesTime(last)
		}
		s.length += samplesTime(p)
		if s.length >= s.atLeast {
			return s.began, true
		}
	}
	return time.Time{}, false
}

func samplesTime(p Packet) time.Duration {
	return time.Duration(len(p.Samples)) * time.Second / rate
}

// dominant returns the tones of the packets' mean spectrum that hold a share of its energy, the loudest first.
func dominant(packets []Packet) []float64 {
	const step = 12.5
	spectrum := make([]float64, int(rate/2/step))
	windows, energy := 0, 0.0
	for i := 0; i+1 < len(packets); i += 2 {
		samples := append(slices.Clip(packets[i].Samples), packets[i+1].Samples...)
		if rms(samples) < loud {
			continue
		}
		windows++
		energy += rms(samples) * rms(samples)
		for bin := range spectrum {
			spectrum[bin] += power(samples, float64(bin)*step)
		}
	}
	if windows == 0 {
		return nil
	}
	type peak struct{ hz, power float64 }
	var peaks []peak
	for bin := 1; bin+1 < len(spectrum); bin++ {
		p, before, after := spectrum[bin], spectrum[bin-1], spectrum[bin+1]
		if p <= before || p < after || p < share*energy/2 {
			continue
		}
		shift := (after - before) / (2 * (2*p - before - after))
		peaks = append(peaks, peak{hz: (float64(bin) + shift) * step, power: p})
	}
	slices.SortFunc(peaks, func(a, b peak) int { return cmp.Compare(b.power, a.power) })
	out := make([]float64, 0, len(peaks))
	for _, p := range peaks {
		out = append(out, math.Round(p.hz))
	}
	return out
}
