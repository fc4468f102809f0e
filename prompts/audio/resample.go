package audio

import "math"

// The resampler's filter: a sinc under a Kaiser window. 32 zero crossings on each side and beta 10 keep images and
// aliases 95 dB down and the band flat to 0.9 of the lower Nyquist frequency.
const (
	crossings = 32
	beta      = 10.0
	cutoff    = 0.945 // of the lower Nyquist frequency, where the filter is at -6 dB
	// maxPhases bounds the coefficient table for odd ratios; between its phases the coefficients are interpolated.
	maxPhases = 1024
)

// Resample converts s to rate, without delay: the first output sample is at the time of the first input sample.
func Resample(s Sound, rate int) Sound {
	if s.Rate == rate || s.Rate <= 0 || rate <= 0 || len(s.Samples) == 0 {
		return Sound{Rate: rate, Samples: append([]float32(nil), s.Samples...)}
	}
	g := gcd(s.Rate, rate)
	up, down := int64(rate/g), int64(s.Rate/g)
	bank := newBank(up, down)
	n := (int64(len(s.Samples))*up + down - 1) / down
	// The ends are silence: padding saves a bounds test per coefficient.
	padded := make([]float32, bank.half+len(s.Samples)+bank.half+1)
	copy(padded[bank.half:], s.Samples)
	out := make([]float32, n)
	for i := range out {
		at := int64(i) * down
		whole, part := at/up, at%up
		out[i] = bank.apply(padded[whole:whole+int64(bank.taps)], float64(part)/float64(up))
	}
	return Sound{Rate: rate, Samples: out}
}

// bank is a polyphase filter: a row of taps for every phase, the fraction of an input sample that an output sample
// lies after one.
type bank struct {
	half, taps int
	phases     int
	exact      bool
	rows       [][]float32 // phases+1
}

func newBank(up, down int64) *bank {
	scale := cutoff * math.Min(1, float64(up)/float64(down))
	half := int(math.Ceil(crossings / scale))
	b := &bank{half: half, taps: 2*half + 1, phases: int(min(up, maxPhases)), exact: up <= maxPhases}
	b.rows = make([][]float32, b.phases+1)
	norm := 1 / bessel(beta)
	for p := range b.rows {
		row := make([]float32, b.taps)
		frac := float64(p) / float64(b.phases)
		for k := range row {
			t := float64(k-half) - frac
			x := t / float64(half+1)
			if math.Abs(x) < 1 {
				row[k] = float32(scale * sinc(scale*t) * bessel(beta*math.Sqrt(1-x*x)) * norm)
			}
		}
		b.rows[p] = row
	}
	return b
}

func (b *bank) apply(x []float32, frac float64) float32 {
	at := frac * float64(b.phases)
	if b.exact {
		return dot(b.rows[int(math.Round(at))], x)
	}
	p := int(at)
	part := float32(at - float64(p))
	return (1-part)*dot(b.rows[p], x) + part*dot(b.rows[p+1], x)
}

// dot is a scalar product in four sums: it lets the processor overlap them and keeps rounding small.
func dot(a, b []float32) float32 {
	b = b[:len(a)]
	var s0, s1, s2, s3 float32
	i := 0
	for ; i+4 <= len(a); i += 4 {
		s0 += a[i] * b[i]
		s1 += a[i+1] * b[i+1]
		s2 += a[i+2] * b[i+2]
		s3 += a[i+3] * b[i+3]
	}
	for ; i < len(a); i++ {
		s0 += a[i] * b[i]
	}
	return s0 + s1 + s2 + s3
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}

// bessel is the modified Bessel function of the first kind, order 0, by its series.
func bessel(x float64) float64 {
	sum, term := 1.0, 1.0
	for k := 1.0; term > 1e-16*sum; k++ {
		term *= x / (2 * k) * x / (2 * k)
		sum += term
	}
	return sum
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
