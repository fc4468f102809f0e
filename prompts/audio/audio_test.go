package audio

import (
	"math"
	"math/rand/v2"
	"testing"
)

// tone is a sine of f Hz and an amplitude of a.
func tone(rate int, f, a, seconds float64) Sound {
	x := make([]float32, int(seconds*float64(rate)))
	for i := range x {
		x[i] = float32(a * math.Sin(2*math.Pi*f*float64(i)/float64(rate)))
	}
	return Sound{Rate: rate, Samples: x}
}

// talk is noise in bursts like syllables, with pauses between words, at an RMS of about a while it speaks.
func talk(rate int, a, seconds float64) Sound {
	rnd := rand.New(rand.NewPCG(1, 2))
	x := make([]float32, int(seconds*float64(rate)))
	var low float64
	for i := range x {
		t := float64(i) / float64(rate)
		low += 0.2 * (rnd.NormFloat64() - low)
		syllable := math.Max(0, math.Sin(2*math.Pi*4*t))
		if math.Mod(t, 3) > 2.2 {
			syllable = 0
		}
		x[i] = float32(a * 4 * low * syllable)
	}
	return Sound{Rate: rate, Samples: x}
}

// power is the level in dBov that s has at f Hz, and of all else (Goertzel; whole periods are the caller's care).
func power(s Sound, f float64) (at, rest float64) {
	var re, im, all float64
	for i, v := range s.Samples {
		w := 2 * math.Pi * f * float64(i) / float64(s.Rate)
		re += float64(v) * math.Cos(w)
		im += float64(v) * math.Sin(w)
		all += float64(v) * float64(v)
	}
	n := float64(len(s.Samples))
	p := 2 * (re*re + im*im) / (n * n)
	return 10 * math.Log10(p), 10 * math.Log10(math.Max(1e-15, all/n-p))
}

// middle leaves the ends of s out, where filters settle.
func middle(s Sound, seconds float64) Sound {
	n := int(seconds * float64(s.Rate))
	return Sound{Rate: s.Rate, Samples: s.Samples[n : len(s.Samples)-n]}
}

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if d := math.Abs(got - want); math.IsNaN(d) || d > within {
		t.Errorf("%s: got %.3f, want %.3f within %.3f", what, got, want, within)
	}
}

func TestPCM16RoundsAndClips(t *testing.T) {
	s := Sound{Rate: 8000, Samples: []float32{0, 1, -1, 0.5, 1.5, -2, 1.4 / 32768, -1.6 / 32768}}
	want := []int16{0, 32767, -32768, 16384, 32767, -32768, 1, -2}
	for i, v := range s.PCM16() {
		if v != want[i] {
			t.Errorf("sample %d: got %d, want %d", i, v, want[i])
		}
	}
	if b := Bytes([]int16{-2, 0x1234}); string(b) != "\xfe\xff\x34\x12" {
		t.Errorf("bytes: got % x", b)
	}
}
