package audio

import (
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func join(parts ...Sound) Sound {
	out := Sound{Rate: parts[0].Rate}
	for _, p := range parts {
		out.Samples = append(out.Samples, p.Samples...)
	}
	return out
}

func quiet(seconds float64) Sound { return tone(16000, 100, 0, seconds) }

func TestCheck(t *testing.T) {
	good := talk(16000, 0.1, 4)
	clipped := talk(16000, 0.1, 4)
	copy(clipped.Samples[1000:], []float32{1, 1, 1, 1, -1, -1})
	once := talk(16000, 0.1, 4)
	copy(once.Samples[1000:], []float32{1, 1, 0.2, 1})
	ruined := talk(16000, 3, 4)
	for i, v := range ruined.Samples {
		ruined.Samples[i] = max(-1, min(1, v))
	}
	offset := talk(16000, 0.1, 4)
	for i := range offset.Samples {
		offset.Samples[i] += 0.05
	}
	for _, tt := range []struct {
		name  string
		s     Sound
		want  []string
		fatal bool
	}{
		{"good", good, nil, false},
		{"a test tone", tone(8000, 700, 0.5, 1), []string{"loud"}, false},
		{"short", talk(16000, 0.1, 0.2), []string{"short"}, true},
		{"long", tone(8000, 300, 0.1, 121), []string{"long"}, true},
		{"silent", quiet(2), []string{"silent"}, true},
		{"silent with an offset", Sound{Rate: 16000, Samples: constant(0.2, 16000)}, []string{"offset", "silent"}, true},
		{"clipped", clipped, []string{"clipped"}, false},
		{"full scale once", once, nil, false},
		{"ruined", ruined, []string{"ruined", "loud"}, true},
		{"offset", offset, []string{"offset"}, false},
		{"quiet", talk(16000, 0.005, 4), []string{"quiet"}, false},
		{"silence around", join(quiet(1.5), good, quiet(2)), []string{"lead", "trail"}, false},
		{"pause", join(good, quiet(3), good), []string{"pause"}, false},
		{"sparse", join(talk(16000, 0.1, 1), quiet(8), talk(16000, 0.1, 1)), []string{"pause", "sparse"}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var codes []string
			fatal := false
			for _, p := range Check(tt.s) {
				codes = append(codes, p.Code)
				fatal = fatal || p.Fatal
				if p.Message.None() || p.Remedy.None() {
					t.Errorf("%s has no message or no remedy", p.Code)
				}
			}
			if diff := cmp.Diff(tt.want, codes); diff != "" || fatal != tt.fatal {
				t.Errorf("fatal %v, codes (-want +got):\n%s", fatal, diff)
			}
		})
	}
}

func constant(v float32, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = v
	}
	return x
}

func TestMasterTrimsAndPads(t *testing.T) {
	m, err := Master(join(quiet(1), tone(16000, 500, 0.3, 1.003), quiet(1.5)), EQ{})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "seconds", m.Seconds(), 1.3, 0.03)
	if n := len(m.Samples) % (MasterRate / 50); n != 0 {
		t.Errorf("%d samples beyond the last whole packet", n)
	}
	if m.Rate != MasterRate || len(Telephone(m)) != len(m.Samples)/2 {
		t.Errorf("rate %d, %d samples, %d bytes of A-law", m.Rate, len(m.Samples), len(Telephone(m)))
	}
	if first, last := m.Samples[0], m.Samples[len(m.Samples)-1]; math.Abs(float64(first)) > 1e-4 || math.Abs(float64(last)) > 1e-4 {
		t.Errorf("it begins at %v and ends at %v: it clicks", first, last)
	}
}

func TestMasterCentres(t *testing.T) {
	s := talk(16000, 0.1, 3)
	for i := range s.Samples {
		s.Samples[i] -= 0.09
	}
	m, err := Master(s, EQ{})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "mean", mean(m.Samples), 0, 0.005)
}

func TestMasterSilence(t *testing.T) {
	for _, s := range []Sound{quiet(1), {Rate: 16000, Samples: constant(0.5, 16000)}, {Rate: 16000}} {
		if _, err := Master(s, EQ{}); !errors.Is(err, ErrSilent) {
			t.Errorf("got %v, want ErrSilent", err)
		}
	}
}

func TestBeep(t *testing.T) {
	b := Beep()
	near(t, "seconds", b.Seconds(), 0.4, 0.001)
	near(t, "level", Measure(b).Level, TargetLevel, 1)
	at1000, _ := power(middle(b, 0.05), 1000)
	at440, _ := power(middle(b, 0.05), 440)
	near(t, "1000 Hz above 440 Hz", at1000-at440, 6, 1)
}
