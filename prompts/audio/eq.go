package audio

import "math"

// EQ corrects an engine's voice before it is levelled. The zero value changes nothing.
type EQ struct {
	Highpass bool    // remove what a telephone does not carry: 200 Hz, 12 dB per octave, and 300 Hz, 6 dB per octave
	Shelf    float64 // dB by which everything above 2 kHz is raised
}

const (
	rumble   = 200.0
	bass     = 300.0
	brighten = 2000.0
)

// Apply returns s corrected.
func (e EQ) Apply(s Sound) Sound {
	out := Sound{Rate: s.Rate, Samples: append([]float32(nil), s.Samples...)}
	if e.Highpass {
		highpass(rumble, float64(s.Rate)).run(out.Samples)
		highpass1(bass, float64(s.Rate)).run(out.Samples)
	}
	if e.Shelf != 0 {
		highshelf(brighten, e.Shelf, float64(s.Rate)).run(out.Samples)
	}
	return out
}

// biquad is a second-order filter, its leading denominator coefficient being 1.
type biquad struct{ b0, b1, b2, a1, a2 float64 }

// run filters x in place (transposed direct form II).
func (q biquad) run(x []float32) {
	var z1, z2 float64
	for i, v := range x {
		in := float64(v)
		y := q.b0*in + z1
		z1 = q.b1*in - q.a1*y + z2
		z2 = q.b2*in - q.a2*y
		x[i] = float32(y)
	}
}

// highpass is a Butterworth highpass (R. Bristow-Johnson's cookbook, Q 0.707).
func highpass(f, rate float64) biquad {
	w := 2 * math.Pi * f / rate
	c, alpha := math.Cos(w), math.Sin(w)/math.Sqrt2
	a0 := 1 + alpha
	return biquad{b0: (1 + c) / 2 / a0, b1: -(1 + c) / a0, b2: (1 + c) / 2 / a0, a1: -2 * c / a0, a2: (1 - alpha) / a0}
}

// highpass1 is a highpass with one pole (bilinear transform).
func highpass1(f, rate float64) biquad {
	k := math.Tan(math.Pi * f / rate)
	return biquad{b0: 1 / (1 + k), b1: -1 / (1 + k), a1: (k - 1) / (k + 1)}
}

// highshelf raises what lies above f by db (the cookbook's shelf, slope 1).
func highshelf(f, db, rate float64) biquad {
	a := math.Pow(10, db/40)
	w := 2 * math.Pi * f / rate
	c := math.Cos(w)
	r := math.Sin(w) * math.Sqrt2 * math.Sqrt(a) // 2 sqrt(A) alpha with slope 1
	a0 := (a + 1) - (a-1)*c + r
	return biquad{
		b0: a * ((a + 1) + (a-1)*c + r) / a0,
		b1: -2 * a * ((a - 1) + (a+1)*c) / a0,
		b2: a * ((a + 1) + (a-1)*c - r) / a0,
		a1: 2 * ((a - 1) - (a+1)*c) / a0,
		a2: ((a + 1) - (a-1)*c - r) / a0,
	}
}
