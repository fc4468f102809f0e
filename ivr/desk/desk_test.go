package desk

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

var t0 = time.Date(2026, 11, 25, 10, 0, 0, 0, time.UTC)

var testConfig = Config{Ring: 15 * time.Second, Capacity: 10, Announce: 30 * time.Second}

// scene drives a desk through a story: each line is an event, and what the desk does of it.
type scene struct {
	t       *testing.T
	d       *Desk
	now     time.Time
	records []string // of the last event, or of a wait
}

func newScene(t *testing.T, cfg Config) *scene { return &scene{t: t, d: New(cfg), now: t0} }

func (s *scene) do(ev Event, want ...string) *scene {
	s.t.Helper()
	s.records = nil
	got := s.take(s.d.Handle(ev, s.now))
	if strings.Join(got, ", ") != strings.Join(want, ", ") {
		s.t.Fatalf("%s: %#v\ndone: %v\nwant: %v", s.now.Sub(t0), ev, got, want)
	}
	return s
}

// take splits what is to be done from what is to be written down.
func (s *scene) take(actions []Action) (done []string) {
	s.t.Helper()
	for i, a := range actions {
		if _, ok := a.(Record); ok {
			s.records = append(s.records, brief(a))
			continue
		}
		if i != len(done) {
			s.t.Fatalf("to be done after what is to be written: %v", actions)
		}
		done = append(done, brief(a))
	}
	return done
}

// recorded compares what the last event, or wait, gave to write down, of the kinds that want has.
func (s *scene) recorded(kind string, want ...string) *scene {
	s.t.Helper()
	var got []string
	for _, r := range s.records {
		if strings.HasPrefix(r, kind) {
			got = append(got, r)
		}
	}
	if strings.Join(got, ", ") != strings.Join(want, ", ") {
		s.t.Fatalf("recorded: %v\nwant: %v", got, want)
	}
	return s
}

// wait lets time pass as the shell does, tick by tick.
func (s *scene) wait(d time.Duration, want ...string) *scene {
	s.t.Helper()
	var got []string
	s.records = nil
	end := s.now.Add(d)
	for n := 0; ; n++ {
		next := s.d.Next()
		if next.IsZero() || next.After(end) {
			break
		}
		if !next.After(s.now) || n > 10000 {
			s.t.Fatalf("Next is %v, now is %v", next, s.now)
		}
		s.now = next
		for _, a := range s.take(s.d.Handle(Tick{}, s.now)) {
			got = append(got, fmt.Sprintf("%v:%s", s.now.Sub(t0), a))
		}
	}
	s.now = end
	if strings.Join(got, ", ") != strings.Join(want, ", ") {
		s.t.Fatalf("within %v\ndone: %v\nwant: %v", d, got, want)
	}
	return s
}

func brief(a Action) string {
	switch a := a.(type) {
	case Offer:
		return fmt.Sprintf("offer %s to %s #%d", a.Ticket, a.Operator, a.Offer)
	case Withdraw:
		return fmt.Sprintf("withdraw %s from %s #%d", a.Ticket, a.Operator, a.Offer)
	case Connect:
		return fmt.Sprintf("connect %s with %s #%d", a.Ticket, a.Operator, a.Offer)
	case Announce:
		return fmt.Sprintf("%s is %d", a.Ticket, a.Position)
	case Refuse:
		return fmt.Sprintf("refuse %s: %s", a.Ticket, a.Why)
	case Fetch:
		return "fetch " + a.Ticket
	case Kept:
		return fmt.Sprintf("%s has its place of %v", a.Ticket, a.Since.Sub(t0))
	case Engaged:
		return fmt.Sprintf("%s engaged for %s", a.Operator, a.Ticket)
	case Denied:
		return fmt.Sprintf("%s denied: %s", a.Operator, a.Why)
	case Changed:
		return fmt.Sprintf("%s: %s to %s by %s (%s)", a.Operator, a.From, a.To, a.Reason, a.Ticket)
	case OfferEnded:
		return fmt.Sprintf("offer #%d of %s to %s: %s after %v", a.Offer, a.Ticket, a.Operator, a.Result, a.Rang)
	case Overtaken:
		return fmt.Sprintf("overtaken: %s by %s, %s", a.Ticket, a.By, a.Reason)
	case Promise:
		return fmt.Sprintf("promise %s: %v to %v", a.Ticket, a.Low, a.High)
	case PromiseEnd:
		return fmt.Sprintf("promise %s ends after %v: kept %v, left %v", a.Ticket, a.Wait, a.Kept, a.Left)
	case Waited:
		return fmt.Sprintf("waited %s: %v for %q, overtaken %v", a.Ticket, a.Wait, a.Operator, a.Overtaken)
	case Unbound:
		return fmt.Sprintf("unbound %s from %s: %s", a.Ticket, a.Operator, a.Why)
	}
	return "?"
}

func (s *scene) join(id string, class int) Join {
	return Join{Ticket: Ticket{ID: id, Class: class, Since: s.now}}
}

func (s *scene) states(want string) *scene {
	s.t.Helper()
	var got []string
	for _, o := range s.d.Snapshot(s.now).Operators {
		got = append(got, o.Name+" "+o.State.String())
	}
	if strings.Join(got, ", ") != want {
		s.t.Fatalf("operators: %v, want %s", got, want)
	}
	return s
}

func TestFirstComeFirstServed(t *testing.T) {
	s := newScene(t, testConfig)
	s.do(s.join("a", 2)).wait(time.Second).do(s.join("b", 2)).wait(time.Second)
	s.do(s.join("r", 1)) // a report goes before information
	s.do(OperatorOn{"op1"}, "offer r to op1 #1")
	s.do(Accept{"r", "op1", 1}, "connect r with op1 #1").states("op1 talking")
	s.do(Over{"r", "op1"}, "offer a to op1 #2").do(Accept{"a", "op1", 2}, "connect a with op1 #2")
	s.do(Over{"a", "op1"}, "offer b to op1 #3").do(Leave{Ticket: "b"}, "withdraw b from op1 #3").states("op1 ready")
}

func TestLongestIdle(t *testing.T) {
	s := newScene(t, testConfig)
	s.do(OperatorOn{"b"}).wait(time.Second).do(OperatorOn{"a"}).wait(time.Second).do(OperatorOn{"c"})
	s.do(s.join("1", 1), "offer 1 to b #1").do(s.join("2", 1), "offer 2 to a #2")
	// Whose offer is withdrawn by the caller has lost nothing of his turn.
	s.wait(time.Second).do(Leave{Ticket: "1"}, "withdraw 1 from b #1").do(s.join("3", 1), "offer 3 to b #3")
}

func TestRingTimeout(t *testing.T) {
	s := newScene(t, testConfig)
	s.do(OperatorOn{"op1"}).do(OperatorOn{"op2"}).do(s.join("a", 1), "offer a to op1 #1")
	s.wait(15*time.Second, "15s:withdraw a from op1 #1", "15s:offer a to op2 #2")
	s.do(Accept{"a", "op1", 1}, "withdraw a from op1 #1") // he was late; the shell has hung him up already
	s.do(Decline{"a", "op1", 1, WhyNoAnswer})             // and what is said of the old offer counts for nothing
	s.do(Decline{"a", "op2", 2, WhyRejected})
	s.wait(5*time.Second, "20s:offer a to op1 #3")
}

func TestRestGrows(t *testing.T) {
	cfg := testConfig
	cfg.Announce = 0
	s := newScene(t, cfg)
	s.do(OperatorOn{"op1"}).do(s.join("a", 1), "offer a to op1 #1")
	for i, rest := range []time.Duration{5, 10, 15, 20, 25, 30, 30} {
		s.do(Decline{"a", "op1", i + 1, WhyBusy}).wait(rest*time.Second - 1)
		s.wait(1, fmt.Sprintf("%v:offer a to op1 #%d", s.now.Add(1).Sub(t0), i+2))
	}
}

func TestHangUps(t *testing.T) {
	t.Run("as the operator answers", func(t *testing.T) {
		s := newScene(t, testConfig)
		s.do(OperatorOn{"op1"}).do(s.join("a", 1), "offer a to op1 #1").do(Leave{Ticket: "a"}, "withdraw a from op1 #1")
		s.do(Accept{"a", "op1", 1}, "withdraw a from op1 #1").states("op1 ready")
	})
	t.Run("between answer and bridge", func(t *testing.T) {
		cfg := testConfig
		cfg.WrapUp = time.Minute
		s := newScene(t, cfg)
		s.do(OperatorOn{"op1"}).do(s.join("a", 1), "offer a to op1 #1").do(Accept{"a", "op1", 1}, "connect a with op1 #1")
		s.do(Leave{Ticket: "a", Unjoined: true}).states("op1 ready")
	})
	t.Run("the operator, between answer and bridge", func(t *testing.T) {
		s := newScene(t, testConfig)
		s.do(OperatorOn{"op1"}).do(OperatorOn{"op2"}).do(s.join("a", 1), "offer a to op1 #1").do(s.join("b", 1), "offer b to op2 #2")
		s.do(Accept{"a", "op1", 1}, "connect a with op1 #1").do(Decline{"a", "op1", 1, WhyRejected}).states("op1 ready, op2 ringing")
		s.do(Decline{"a", "op1", 1, WhyRejected})
		s.wait(5*time.Second, "5s:offer a to op1 #3")
	})
	t.Run("not joined costs no rest the first time", func(t *testing.T) {
		s := newScene(t, testConfig)
		s.do(OperatorOn{"op1"}).do(s.join("a", 1), "offer a to op1 #1").do(Accept{"a", "op1", 1}, "connect a with op1 #1")
		s.do(Decline{"a", "op1", 1, WhyUnjoined}, "offer a to op1 #2").do(Accept{"a", "op1", 2}, "connect a with op1 #2")
		s.do(Decline{"a", "op1", 2, WhyUnjoined}).states("op1 ready").wait(10*time.Second, "5s:a is 1", "10s:offer a to op1 #3")
	})
	t.Run("in conversation", func(t *testing.T) {
		s := newScene(t, testConfig)
		s.do(OperatorOn{"op1"}).do(s.join("a", 1), "offer a to op1 #1").do(Accept{"a", "op1", 1}, "connect a with op1 #1")
		s.do(Leave{Ticket: "a"}).states("op1 ready").do(Over{"a", "op1"}).states("op1 ready")
	})
}

func TestOperatorGoes(t *testing.T) {
	s := newScene(t, testConfig)
	s.do(OperatorOn{"op1"}).do(s.join("a", 1), "offer a to op1 #1").do(OperatorOff{"op1"}, "withdraw a from op1 #1").states("op1 offline")
	s.do(OperatorOn{"op1"}, "offer a to op1 #2")
	s.do(Accept{"a", "op1", 1}, "withdraw a from op1 #1") // of the first ringing: not to be taken for the second
	s.do(Decline{"a", "op1", 1, WhyNoAnswer}).states("op1 ringing")
	s.do(Accept{"a", "op1", 2}, "connect a with op1 #2").do(OperatorOff{"op1"}).states("op1 talking")
	s.do(Over{"a", "op1"}).states("op1 offline")
}

func TestWrapUp(t *testing.T) {
	cfg := testConfig
	cfg.WrapUp = 20 * time.Second
	s := newScene(t, cfg)
	s.do(OperatorOn{"op1"}).do(s.join("a", 1), "offer a to op1 #1").do(Accept{"a", "op1", 1}, "connect a with op1 #1")
	s.do(Over{"a", "op1"}).states("op1 wrap_up").wait(17*time.Second).do(s.join("b", 1)).wait(3*time.Second, "20s:offer b to op1 #2")
}

func TestFullAndNobody(t *testing.T) {
	cfg := testConfig
	cfg.Capacity = 1
	s := newScene(t, cfg)
	s.do(Join{Ticket: Ticket{ID: "a", Class: 1}, Nobody: true}, "refuse a: nobody")
	s.do(OperatorOn{"op1"}).do(OperatorOff{"op1"}).do(Join{Ticket: Ticket{ID: "a", Class: 1}, Nobody: true}, "refuse a: nobody")
	s.do(s.join("b", 1)).do(s.join("c", 1), "refuse c: full").do(s.join("b", 1))
	s.do(Join{Ticket: Ticket{ID: "d", Class: 1, Since: t0}, Nobody: true, Again: true}) // was let in before a restart
	if n := len(s.d.Snapshot(t0).Waiting); n != 2 {
		t.Errorf("%d wait", n)
	}
}

func TestPositions(t *testing.T) {
	s := newScene(t, testConfig)
	s.do(s.join("a", 2)).do(s.join("b", 2))
	s.wait(5*time.Second, "5s:a is 1", "5s:b is 2")
	s.do(s.join("r", 1)) // both are third and second now, but hear what they know
	s.wait(30*time.Second, "10s:r is 1", "35s:a is 1", "35s:b is 2")
	s.do(OperatorOn{"op1"}, "offer r to op1 #1").do(Accept{"r", "op1", 1}, "connect r with op1 #1")
	s.do(OperatorOn{"op2"}, "offer a to op2 #2") // his phone rings: a hears nothing now
	s.wait(14*time.Second).do(Accept{"a", "op2", 2}, "connect a with op2 #2")
	s.wait(16*time.Second, "1m5s:b is 1")
	s.do(Configure{Config{Ring: time.Second}}).do(Leave{Ticket: "b"}).wait(time.Hour)
	s.do(s.join("c", 1)).wait(time.Minute) // none any more
	s.do(Configure{testConfig}).wait(20*time.Second, s.now.Add(5*time.Second).Sub(t0).String()+":c is 1")
}

// TestRestart: conversations and waiting tickets of the process before, in any order, with their old times.
func TestRestart(t *testing.T) {
	s := newScene(t, testConfig)
	at := func(id string, ago time.Duration, op string) Join {
		return Join{Ticket: Ticket{ID: id, Class: 1, Since: t0.Add(-ago), Operator: op}, Again: true}
	}
	s.do(at("new", time.Minute, "")).do(at("old", time.Hour, "")).do(at("t1", 2*time.Hour, "op1"))
	s.do(OperatorOn{"op1"}).do(at("t2", 2*time.Hour, "op2")).do(at("t3", 2*time.Hour, "op2")).states("op1 talking, op2 talking")
	s.do(OperatorOn{"op3"}, "offer old to op3 #1").do(at("t4", time.Hour, "op3"), "withdraw old from op3 #1")
	s.do(Over{"t1", "op1"}, "offer old to op1 #2").do(Leave{Ticket: "t3"}).states("op1 ringing, op2 talking, op3 talking")
	s.do(Over{"t2", "op1"}).states("op1 ringing, op2 talking, op3 talking")
	s.do(Over{"t2", "op2"}).states("op1 ringing, op2 offline, op3 talking")
}
