package rehearsal

import (
	"math"
	"testing"
	"time"

	"pronto/ivr/desk"
)

// erlangC is the probability of waiting and the mean wait of all in M/M/n, rate per second.
func erlangC(n int, rate float64, talk time.Duration) (waits float64, mean time.Duration) {
	a := rate * talk.Seconds()
	b := 1.0
	for i := 1; i <= n; i++ {
		b = a * b / (float64(i) + a*b)
	}
	rho := a / float64(n)
	waits = b / (1 - rho*(1-b))
	return waits, time.Duration(waits * float64(talk) / (float64(n) - a))
}

// erlangA is the share that hangs up and the mean wait of all, served or not, in M/M/n+M.
func erlangA(n int, rate float64, talk, patience time.Duration) (lost float64, mean time.Duration) {
	mu, theta := 1/talk.Seconds(), 1/patience.Seconds()
	p, sum, queue := 1.0, 1.0, 0.0
	for k := 1; k < n+100_000 && p > 1e-15*sum; k++ {
		rest := float64(min(k, n))*mu + float64(max(0, k-n))*theta
		p *= rate / rest
		sum += p
		queue += float64(max(0, k-n)) * p
	}
	queue /= sum
	return theta * queue / rate, time.Duration(queue / rate * float64(time.Second))
}

// TestErlangFormulas holds the formulas to the values that are known of them.
func TestErlangFormulas(t *testing.T) {
	for _, c := range []struct{ perHour, want float64 }{{60, 0.003}, {120, 0.097}, {300, 0.56}, {600, 0.78}} { // FIELD.md
		lost, _ := erlangA(10, c.perHour/3600, 270*time.Second, 180*time.Second)
		if math.Abs(lost-c.want) > 0.006 {
			t.Errorf("Erlang A, %v an hour: %v hang up, want %v", c.perHour, lost, c.want)
		}
	}
	// One server: P(wait) = rho, mean wait = rho/(1-rho) * talk.
	if waits, mean := erlangC(1, 0.005, 100*time.Second); math.Abs(waits-0.5) > 1e-9 || mean != 100*time.Second {
		t.Errorf("M/M/1: %v, %v", waits, mean)
	}
	// The classical table: 8 erlangs, 10 servers.
	if waits, _ := erlangC(10, 8./180, 180*time.Second); math.Abs(waits-0.4092) > 1e-4 {
		t.Errorf("Erlang C: %v", waits)
	}
}

// textbook is a queue for which the formulas hold: all calls are alike, lengths are exponential, and operators do
// nothing but answer at once.
func textbook(n int, perHour float64, talk, patience time.Duration, days int, seed uint64) Scenario {
	return Scenario{
		Begin: midnight, Days: days, Seed: seed, Calls: 24 * perHour, Talk: Spread{talk, 1}, Patience: Spread{patience, 1}, Team: team(n, nil),
		Desk: desk.Config{Ring: time.Minute},
	}
}

// means are the mean and its 99% confidence limit, of independent days.
func means(values []float64) (mean, limit float64) {
	n := float64(len(values))
	for _, v := range values {
		mean += v / n
	}
	variance := 0.0
	for _, v := range values {
		variance += (v - mean) * (v - mean) / (n - 1)
	}
	const t99 = 2.76 // Student's t for 29 degrees of freedom
	return mean, t99 * math.Sqrt(variance/n)
}

const replications = 30

// TestErlangC: with patience without end, the mean wait agrees with M/M/n.
func TestErlangC(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n       int
		perHour float64
	}{{2, 20}, {10, 120}, {30, 360}} {
		const talk = 270 * time.Second
		_, want := erlangC(c.n, c.perHour/3600, talk)
		var waits []float64
		for seed := range uint64(replications) {
			s := textbook(c.n, c.perHour, talk, 0, 1+int(5000/(24*c.perHour)), seed)
			s.WarmUp = 12 * time.Hour
			r, err := Rehearse(s)
			if err != nil || len(r.Faults) > 0 {
				t.Fatal(err, r.Faults)
			}
			waits = append(waits, r.Wait().Seconds())
		}
		mean, limit := means(waits)
		t.Logf("%d operators, %v calls an hour: %.2f s +- %.2f, Erlang C says %.2f s", c.n, c.perHour, mean, limit, want.Seconds())
		if math.Abs(mean-want.Seconds()) > limit || limit > 0.25*want.Seconds() {
			t.Errorf("%d operators, %v calls an hour: %.2f s +- %.2f, Erlang C says %.2f s", c.n, c.perHour, mean, limit, want.Seconds())
		}
	}
}

// TestErlangA: with exponential patience, the mean wait and the share that hangs up agree with M/M/n+M.
func TestErlangA(t *testing.T) {
	t.Parallel()
	for _, perHour := range []float64{60, 120, 300} {
		const n, talk, patience = 10, 270 * time.Second, 180 * time.Second
		wantLost, wantWait := erlangA(n, perHour/3600, talk, patience)
		var lost, waits []float64
		for seed := range uint64(replications) {
			s := textbook(n, perHour, talk, patience, 1, 1000+seed)
			s.WarmUp = 2 * time.Hour
			r, err := Rehearse(s)
			if err != nil || len(r.Faults) > 0 {
				t.Fatal(err, r.Faults)
			}
			total := 0.0
			for _, w := range r.Waits {
				total += w.Seconds()
			}
			for _, w := range r.Lost {
				total += w.Seconds()
			}
			ended := float64(r.Served + r.Abandoned)
			lost = append(lost, float64(r.Abandoned)/ended)
			waits = append(waits, total/ended)
		}
		share, shareLimit := means(lost)
		wait, waitLimit := means(waits)
		t.Logf("%v an hour: %.2f%% +- %.2f hang up, Erlang A says %.2f%%; wait %.2f s +- %.2f, %.2f s", perHour, 100*share, 100*shareLimit,
			100*wantLost, wait, waitLimit, wantWait.Seconds())
		if math.Abs(share-wantLost) > shareLimit || math.Abs(wait-wantWait.Seconds()) > waitLimit || shareLimit > 0.02 {
			t.Errorf("%v an hour: %.2f%% +- %.2f hang up, Erlang A says %.2f%%; wait %.2f s +- %.2f, %.2f s", perHour, 100*share, 100*shareLimit,
				100*wantLost, wait, waitLimit, wantWait.Seconds())
		}
	}
}
