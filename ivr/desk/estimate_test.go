package desk

import (
	"fmt"
	"math"
	"testing"
	"time"
)

// TestStateWait holds the formula of FIELD.md to values that can be told without it.
func TestStateWait(t *testing.T) {
	for _, c := range []struct{ depth, serve, leave, want float64 }{
		{0, 0.1, 0, 10},        // the next to be freed
		{9, 0.1, 0, 100},       // nobody leaves: (depth+1)/rate
		{9, 0.1, 0.05, 40.398}, // sum of 1/(0.1+0.05i), i = 0..9
		{2.5, 0.5, 0, 7},       // half a ticket
		{1e4, 1, 1, 9.7876},    // nearly all leave: the harmonic series
	} {
		if got := stateWait(c.depth, c.serve, c.leave); math.Abs(got-c.want) > 0.01*c.want {
			t.Errorf("%v: %v, want %v", c, got, c.want)
		}
	}
}

func TestQuantiles(t *testing.T) {
	whole := []observed{{4, false}, {1, false}, {3, false}, {2, false}, {5, false}}
	for _, c := range []struct {
		in   []observed
		at   []float64
		want string
	}{
		{whole, []float64{0.2, 0.5, 0.8}, "[1 3 4]"},
		{whole, []float64{0.05, 0.95}, "[1 5]"},
		// Of five, the second was cut short: the three after it stand for 4/5 of all (Kaplan and Meier).
		{[]observed{{1, false}, {2, true}, {3, false}, {4, false}, {5, false}}, []float64{0.2, 0.4, 0.7}, "[1 3 4]"},
		{[]observed{{1, false}, {2, true}, {3, true}}, []float64{0.3, 0.5}, "[1 +Inf]"},
	} {
		if got := fmt.Sprint(quantiles(c.in, c.at...)); got != c.want {
			t.Errorf("%v at %v: %s, want %s", c.in, c.at, got, c.want)
		}
	}
}

// TestPromises: nothing is said until the data carry it, nor when nobody is there; what is said first is compared with
// what comes of it.
func TestPromises(t *testing.T) {
	cfg := testConfig
	cfg.Bands, cfg.Capacity = []Band{{0, time.Hour}, {5 * time.Minute, 15 * time.Minute}}, 0
	s := newScene(t, cfg)
	promised, kept := map[string]Promise{}, 0
	talks := ""
	var handle func(ev Event)
	handle = func(ev Event) {
		for _, a := range s.d.Handle(ev, s.now) {
			switch a := a.(type) {
			case Offer:
				talks = a.Ticket
				handle(Accept(a))
			case Promise:
				promised[a.Ticket] = a
			case PromiseEnd:
				if a.Kept && !a.Left && a.Wait < 11*time.Minute && promised[a.Ticket].At.Add(a.Wait).Equal(s.now) {
					kept++
				}
			}
		}
	}
	handle(OperatorOn{"op"})
	for i := range 100 { // one call a minute, each a minute long, ten waiting: ten minutes to wait
		handle(Join{Ticket: Ticket{ID: fmt.Sprint(i), Class: 1, Since: s.now}})
		if i < 10 {
			continue
		}
		end := s.now.Add(time.Minute)
		for next := s.d.Next(); !next.IsZero() && !next.After(end); next = s.d.Next() {
			s.now = next
			handle(Tick{})
		}
		s.now = end
		handle(Over{talks, "op"})
	}
	if n := len(promised); n < 50 || kept < n-10 {
		t.Fatalf("%d promises, %d kept", n, kept)
	}
	for i := 50; i < 99; i++ {
		p := promised[fmt.Sprint(i)]
		if p.Band != 1 || p.Low != 5*time.Minute || p.High != 15*time.Minute || p.Estimate < 8*time.Minute || p.Estimate > 12*time.Minute {
			t.Errorf("%d: %+v, each waits about ten minutes", i, p)
		}
	}
	if p, early := promised["5"]; early {
		t.Errorf("a time is told when there are no data: %+v", p)
	}
	handle(OperatorOff{"op"})
	for range 5 {
		s.now = s.d.Next()
		for _, a := range s.d.Handle(Tick{}, s.now) {
			if a, ok := a.(Announce); ok && a.Band != -1 {
				t.Errorf("with nobody there: %+v", a)
			}
		}
	}
	s.do(Leave{Ticket: "95"}).recorded("promise", fmt.Sprintf("promise 95 ends after %v: kept true, left true", s.now.Sub(promised["95"].At)))
}
