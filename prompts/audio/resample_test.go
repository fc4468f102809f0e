package audio

import (
	"fmt"
	"math"
	"testing"
)

func TestResampleKeepsTones(t *testing.T) {
	for _, tt := range []struct{ from, to int }{
		{8000, 16000},
		{11025, 16000},
		{16000, 8000},
		{22050, 16000},
		{24000, 16000},
		{32000, 16000},
		{44100, 16000},
		{48000, 16000},
		{96000, 16000},
		{44101, 16000},
		{8001, 16000},
		{16000, 16000},
	} {
		t.Run(fmt.Sprintf("%d to %d", tt.from, tt.to), func(t *testing.T) {
			nyquist := float64(min(tt.from, tt.to)) / 2
			for _, f := range []float64{300, 1000, math.Floor(0.84*nyquist/100) * 100} {
				in := tone(tt.from, f, 0.5, 1)
				out := Resample(in, tt.to)
				if want := int(math.Ceil(float64(len(in.Samples)) * float64(tt.to) / float64(tt.from))); len(out.Samples) != want || out.Rate != tt.to {
					t.Fatalf("got %d samples at %d, want %d", len(out.Samples), out.Rate, want)
				}
				// Against the ideal, so that delay and gain count too.
				ideal := tone(tt.to, f, 0.5, 1)
				var sum float64
				for i := tt.to / 10; i < tt.to*9/10; i++ {
					d := float64(out.Samples[i] - ideal.Samples[i])
					sum += d * d
				}
				if err := 10 * math.Log10(sum/float64(tt.to*8/10)/0.125); err > -90 {
					t.Errorf("%.0f Hz: error %.1f dB, want -90 at most", f, err)
				}
			}
		})
	}
}

func TestResampleDoesNotFold(t *testing.T) {
	for _, f := range []float64{4200, 5000, 6500, 7900} {
		out := middle(Resample(tone(16000, f, 0.5, 1), 8000), 0.1)
		if l := 20 * math.Log10(float64(peak(out.Samples))/0.5); l > -80 {
			t.Errorf("%.0f Hz leaves %.1f dB, want -80 at most", f, l)
		}
	}
}

func TestResampleEdges(t *testing.T) {
	if got := Resample(Sound{Rate: 8000}, 16000); got.Rate != 16000 || len(got.Samples) != 0 {
		t.Errorf("an empty sound became %d samples at %d", len(got.Samples), got.Rate)
	}
	if got := Resample(Sound{Rate: 8000, Samples: []float32{1}}, 16000); len(got.Samples) != 2 {
		t.Errorf("one sample became %d, want 2", len(got.Samples))
	}
}
