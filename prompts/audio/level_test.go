package audio

import (
	"fmt"
	"math"
	"testing"
)

func TestMeasureToneIsItsRMS(t *testing.T) {
	for _, want := range []float64{-10, -20, -26, -40} {
		a := math.Sqrt2 * math.Pow(10, want/20)
		got := Measure(tone(16000, 1000, a, 3))
		near(t, "level", got.Level, want, 0.3)
		near(t, "activity", got.Activity, 1, 0.05)
	}
}

// TestMeasureIgnoresPauses: the same speech with as much silence again has the same level and half the activity.
func TestMeasureIgnoresPauses(t *testing.T) {
	s := talk(16000, 0.1, 6)
	padded := Sound{Rate: 16000, Samples: append(append([]float32(nil), s.Samples...), make([]float32, len(s.Samples))...)}
	a, b := Measure(s), Measure(padded)
	near(t, "level", b.Level, a.Level, 0.3)
	near(t, "activity", b.Activity, a.Activity/2, 0.05)
	if a.Activity > 0.95 {
		t.Errorf("activity %.2f though there are pauses", a.Activity)
	}
}

func TestMeasureFollowsGain(t *testing.T) {
	s := talk(16000, 0.1, 6)
	before := Measure(s).Level
	scale(s.Samples, -7)
	near(t, "level", Measure(s).Level, before-7, 0.3)
}

func TestMeasureSilence(t *testing.T) {
	for _, s := range []Sound{{Rate: 16000}, {Rate: 16000, Samples: make([]float32, 16000)}} {
		if l := Measure(s); !math.IsInf(l.Level, -1) || l.Activity != 0 {
			t.Errorf("got %+v", l)
		}
	}
}

func TestLevel(t *testing.T) {
	spiky := talk(16000, 0.02, 6)
	for i := 4000; i < len(spiky.Samples); i += 8000 {
		spiky.Samples[i] = 0.9
	}
	for name, s := range map[string]Sound{
		"quiet talk": talk(16000, 0.003, 6), "loud talk": talk(16000, 0.4, 6), "spiky talk": spiky,
		"quiet tone": tone(16000, 440, 0.01, 2), "loud tone": tone(16000, 2500, 0.99, 2), "narrow": talk(8000, 0.1, 6),
	} {
		t.Run(name, func(t *testing.T) {
			got := Level(s)
			near(t, "level", Measure(got).Level, TargetLevel, 1)
			if got.Peak() > MaxPeak {
				t.Errorf("peak %.2f dBFS, want %.0f at most", got.Peak(), MaxPeak)
			}
		})
	}
}

// TestLevelKeepsTonesPure: end-to-end tests recognise recordings by their frequency.
func TestLevelKeepsTonesPure(t *testing.T) {
	for f := 300.0; f <= 3300; f += 500 {
		t.Run(fmt.Sprint(f), func(t *testing.T) {
			m, err := Master(tone(44100, f, 0.9, 1), EQ{})
			if err != nil {
				t.Fatal(err)
			}
			phone := middle(FromPCM16(DecodeALaw(Telephone(m)), TelephoneRate), 0.05)
			at, rest := power(phone, f)
			near(t, "level", at, TargetLevel, 1)
			if at-rest < 30 {
				t.Errorf("%.1f dB above all else, want 30 at least", at-rest)
			}
		})
	}
}

func TestEQ(t *testing.T) {
	for _, tt := range []struct{ f, want float64 }{{50, -39}, {8, -85}, {2000, 6}, {1000, 0.7}, {5000, 12}, {7000, 12}} {
		in := tone(16000, tt.f, 0.1, 2)
		out := EQ{Highpass: true, Shelf: 12}.Apply(in)
		if got := out.Peak(); tt.f < 200 {
			if loss := 20 * math.Log10(float64(peak(middle(out, 0.5).Samples))/0.1); loss > tt.want {
				t.Errorf("%.0f Hz: %.1f dB, want %.0f at most", tt.f, loss, tt.want)
			}
		} else {
			near(t, fmt.Sprintf("%.0f Hz", tt.f), got-in.Peak(), tt.want, 1)
		}
	}
	in := tone(16000, 100, 0.5, 0.1)
	if out := (EQ{}).Apply(in); out.Samples[100] != in.Samples[100] {
		t.Error("the zero EQ changes the sound")
	}
}

func BenchmarkMaster(b *testing.B) {
	s := talk(22050, 0.1, 10)
	b.ReportAllocs()
	for b.Loop() {
		m, err := Master(s, EQ{Highpass: true, Shelf: 12})
		if err != nil {
			b.Fatal(err)
		}
		Telephone(m)
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N)/10, "ms/s-of-audio")
}
