package desk

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestTransitions brings an operator into each state and lets everything happen to him there.
func TestTransitions(t *testing.T) {
	cfg := Config{Ring: 15 * time.Second, WrapUp: 30 * time.Second}
	roads := map[OperatorState][]Event{
		Offline: {Staff{[]OperatorSpec{{Name: "op"}}}, OperatorOn{"op"}},
		Ready:   {LogIn{"op"}},
		Ringing: {Join{Ticket: Ticket{ID: "t"}}},
		Talking: {Accept{"t", "op", 1}},
		WrapUp:  {Over{"t", "op"}},
	}
	road := func(to OperatorState) (events []Event) {
		if to == Paused {
			return append(append(events, roads[Offline]...), LogIn{"op"}, Pause{"op", "lunch"})
		}
		for s := Offline; s <= to; s++ {
			events = append(events, roads[s]...)
		}
		return events
	}
	// By state in the order of States: what comes of it at once, then what is left when the call is over.
	for _, c := range []struct {
		ev   Event
		want string
	}{
		{LogIn{"op"}, "ready ready ringing talking wrap_up paused"},
		{LogOut{"op"}, "offline offline offline talking/offline offline offline"},
		{OperatorOff{"op"}, "offline offline offline talking/offline offline offline"},
		{OperatorOn{"op"}, "offline ready ringing talking wrap_up paused"},
		{Pause{"op", "tea"}, "offline paused ringing/paused talking/wrap_up wrap_up paused"},
		{BeReady{"op"}, "offline ready ringing talking/wrap_up ready ready"},
		{Wrapped{"op", "t"}, "offline ready ringing talking/ready ready paused"},
		{Decline{"t", "op", 1, WhyBusy}, "offline ready ready ready wrap_up paused"},
		{Leave{Ticket: "t"}, "offline ready ready wrap_up wrap_up paused"},
		{Engage{Operator: "op", Ticket: "u"}, "offline talking ringing talking/wrap_up wrap_up paused"},
		{Join{Ticket: Ticket{ID: "u", Operator: "op"}}, "talking talking talking/wrap_up talking/wrap_up talking talking"},
	} {
		t.Run(fmt.Sprintf("%T", c.ev), func(t *testing.T) {
			for i, want := range strings.Fields(c.want) {
				s := newScene(t, cfg)
				for _, ev := range road(States()[i]) {
					s.d.Handle(ev, s.now)
				}
				s.states("op " + States()[i].String())
				s.d.Handle(c.ev, s.now)
				now, then, later := strings.Cut(want, "/")
				s.states("op " + now)
				if !later {
					continue
				}
				if now == "ringing" {
					s.d.Handle(Decline{"t", "op", 1, WhyUnjoined}, s.now)
				}
				for _, ticket := range []string{"t", "u"} {
					s.d.Handle(Over{ticket, "op"}, s.now)
				}
				s.states("op " + then)
			}
		})
	}
}

func TestRoster(t *testing.T) {
	s := newScene(t, testConfig)
	s.do(Staff{[]OperatorSpec{{Name: "auto", Auto: true}, {Name: "hand"}, {Name: "mobile", Outside: true}}})
	for _, name := range []string{"auto", "hand", "mobile", "unknown"} {
		s.do(OperatorOn{name})
	}
	s.states("auto ready, hand offline, mobile offline, unknown ready")
	s.do(LogIn{"hand"}).do(LogIn{"mobile"}).do(OperatorOff{"mobile"}).states("auto ready, hand ready, mobile ready, unknown ready")
	s.do(OperatorOff{"auto"}).do(OperatorOff{"hand"}).states("auto offline, hand offline, mobile ready, unknown ready")
	s.do(OperatorOn{"hand"}).states("auto offline, hand ready, mobile ready, unknown ready") // still logged in
	s.do(OperatorOn{"auto"}).do(LogOut{"auto"}).do(OperatorOff{"auto"}).do(OperatorOn{"auto"}).states("auto offline, hand ready, mobile ready, unknown ready")
	s.do(LogIn{"auto"}).do(Staff{[]OperatorSpec{{Name: "unknown"}}}).recorded("unknown", "unknown: ready to offline by roster ()")
	s.states("auto ready, hand ready, mobile offline, unknown offline")
	s.do(Pause{"unknown", ""}, "unknown denied: offline").do(Pause{"nobody", ""}, "nobody denied: unknown").do(LogOut{"nobody"}, "nobody denied: unknown")
	s.do(LogIn{"mobile"}).do(OperatorOff{"hand"}).do(BeReady{"hand"}, "hand denied: offline")
}

func TestMissed(t *testing.T) {
	cfg := testConfig
	cfg.Misses, cfg.Announce = 2, 0
	s := newScene(t, cfg)
	s.do(OperatorOn{"op1"}).do(s.join("a", 1), "offer a to op1 #1")
	s.wait(15*time.Second, "15s:withdraw a from op1 #1")
	s.recorded("offer", "offer #1 of a to op1: no_answer after 15s").recorded("op1", "op1: ringing to ready by no_answer (a)")
	s.wait(5*time.Second, "20s:offer a to op1 #2").do(Decline{"a", "op1", 2, WhyRejected}).states("op1 paused")
	s.recorded("", "offer #2 of a to op1: rejected after 0s", "op1: ringing to paused by missed (a)")
	if o := s.d.Snapshot(s.now).Operators[0]; o.Pause != PauseMissed || o.Missed != 2 || o.Since != s.now {
		t.Errorf("%+v", o)
	}
	s.do(BeReady{"op1"}, "offer a to op1 #3").do(Accept{"a", "op1", 3}, "connect a with op1 #3").do(Over{"a", "op1"})
	if o := s.d.Snapshot(s.now).Operators[0]; o.Missed != 0 {
		t.Errorf("the misses of before are not forgotten: %+v", o)
	}
}

// TestRestore: what an operator did before a restart goes on, and its record without a gap.
func TestRestore(t *testing.T) {
	ago := func(d time.Duration) time.Time { return t0.Add(-d) }
	cfg := testConfig
	cfg.WrapUp = time.Minute
	s := newScene(t, cfg)
	s.do(Staff{[]OperatorSpec{{Name: "mobile", Outside: true}, {Name: "hand"}}})
	s.do(Restore{Changed{Operator: "lunch", From: Ready, To: Paused, Pause: "lunch", At: ago(time.Hour)}})
	s.recorded("lunch", "lunch: paused to offline by restart ()")
	s.do(Restore{Changed{Operator: "wraps", From: Talking, To: WrapUp, Ticket: "old", At: ago(20 * time.Second)}})
	s.do(Restore{Changed{Operator: "talks", From: Ringing, To: Talking, Login: LoginIn, Pause: "tea", At: ago(time.Minute)}})
	s.do(Restore{Changed{Operator: "gone", From: Ready, To: Offline, Login: LoginOut, At: ago(time.Hour)}})
	s.do(Restore{Changed{Operator: "hand", From: Ringing, To: Ready, Login: LoginIn, At: ago(time.Minute)}})
	s.do(Restore{Changed{Operator: "mobile", From: Paused, To: Ready, Login: LoginIn, At: ago(time.Hour)}}).recorded("mobile")
	s.states("gone offline, hand offline, lunch offline, mobile ready, talks offline, wraps offline")
	s.do(Found{Tickets: []Ticket{{ID: "t", Operator: "talks", Since: ago(time.Hour)}}}).recorded("talks", "talks: offline to talking by found (t)")
	for _, name := range []string{"gone", "hand", "lunch", "talks", "wraps"} {
		s.do(OperatorOn{name})
	}
	s.states("gone offline, hand ready, lunch paused, mobile ready, talks talking, wraps wrap_up")
	for _, o := range s.d.Snapshot(s.now).Operators {
		if want := ago(time.Hour); (o.Name == "lunch" || o.Name == "mobile") && o.Since != want {
			t.Errorf("%+v: not since %v", o, want)
		}
	}
	s.do(Restore{Changed{Operator: "lunch", To: Ready}}).states("gone offline, hand ready, lunch paused, mobile ready, talks talking, wraps wrap_up")
	s.wait(40*time.Second).recorded("wraps", "wraps: wrap_up to ready by time (old)")
	s.do(Over{"t", "talks"}).wait(time.Minute).states("gone offline, hand ready, lunch paused, mobile ready, talks paused, wraps ready")
	// Who has been idle for an hour is next, whatever happened in between.
	s.do(s.join("a", 1), "offer a to mobile #1")
}

func TestWrapped(t *testing.T) {
	s := newScene(t, testConfig)
	s.do(Staff{[]OperatorSpec{{Name: "web", Auto: true, WrapUp: time.Minute}, {Name: "none", Auto: true, WrapUp: -1}}})
	talk := func(op, id string, n int) {
		s.do(s.join(id, 1), fmt.Sprintf("offer %s to %s #%d", id, op, n))
		s.do(Accept{id, op, n}, fmt.Sprintf("connect %s with %s #%d", id, op, n))
	}
	s.do(OperatorOn{"web"})
	talk("web", "a", 1)
	s.do(Over{"a", "web"}).states("none offline, web wrap_up").do(Wrapped{"web", "older"}).states("none offline, web wrap_up")
	// The page is loaded anew: what is left of wrap-up is left.
	s.do(OperatorOff{"web"}).states("none offline, web offline").wait(10 * time.Second).do(OperatorOn{"web"}).states("none offline, web wrap_up")
	s.do(Wrapped{"web", "a"}).states("none offline, web ready").recorded("web", "web: wrap_up to ready by wrapped (a)")
	talk("web", "b", 2)
	s.do(Wrapped{"web", "b"}).do(Over{"b", "web"}).states("none offline, web ready")
	talk("web", "c", 3)
	s.do(Over{"c", "web"}).states("none offline, web wrap_up").wait(time.Minute).states("none offline, web ready")
	s.do(LogOut{"web"}).do(OperatorOn{"none"})
	talk("none", "d", 4)
	s.do(Over{"d", "none"}).states("none ready, web offline")
}

func TestTogether(t *testing.T) {
	cfg := testConfig
	cfg.WrapUp = time.Minute
	start := func(t *testing.T) *scene {
		s := newScene(t, cfg)
		for _, name := range []string{"a", "b", "c"} {
			s.do(OperatorOn{name})
		}
		return s.do(s.join("t", 1), "offer t to a #1").do(Accept{"t", "a", 1}, "connect t with a #1")
	}
	t.Run("consult and back", func(t *testing.T) {
		s := start(t).do(Engage{Operator: "b", Ticket: "t"}, "b engaged for t").states("a talking, b talking, c ready")
		s.do(Engage{Operator: "b", Ticket: "t"}, "b denied: busy").do(Engage{Operator: "a", Ticket: "t"}, "a denied: busy")
		s.do(Engage{Operator: "x", Ticket: "t"}, "x denied: unknown").do(Disengage{"b", "other"})
		s.do(Disengage{"b", "t"}).states("a talking, b ready, c ready").recorded("b", "b: talking to ready by over (t)")
		s.do(Pause{"c", ""}).do(Engage{Operator: "c", Ticket: "t"}, "c denied: paused")
		s.do(LogOut{"c"}).do(Engage{Operator: "c", Ticket: "t"}, "c denied: offline")
	})
	t.Run("consult and hand over", func(t *testing.T) {
		s := start(t).do(Engage{Operator: "b", Ticket: "t"}, "b engaged for t").do(Transfer{"t", "a", "b"}).states("a wrap_up, b talking, c ready")
		s.recorded("", "b: talking to talking by transfer (t)", "a: talking to wrap_up by transfer (t)")
		s.do(Over{"t", "a"}).do(Disengage{"b", "t"}).states("a wrap_up, b talking, c ready") // it is b's own now
		s.do(Over{"t", "b"}).states("a wrap_up, b wrap_up, c ready")
	})
	t.Run("hand over without a word", func(t *testing.T) {
		s := start(t).do(Pause{"c", ""}).do(Transfer{"t", "a", "c"}, "c denied: paused").do(Transfer{"t", "b", "c"}, "b denied: unknown")
		s.do(Transfer{"t", "a", "b"}).states("a wrap_up, b talking, c paused")
	})
	t.Run("the caller goes, the colleagues talk on", func(t *testing.T) {
		s := start(t).do(Engage{Operator: "b", Ticket: "t"}, "b engaged for t").do(Leave{Ticket: "t"}).states("a wrap_up, b talking, c ready")
		s.do(Over{"t", "b"}).states("a wrap_up, b ready, c ready")
	})
	t.Run("a supervisor's own call", func(t *testing.T) {
		start(t).do(Engage{Operator: "b", Ticket: "call-7"}, "b engaged for call-7").do(Disengage{"b", "call-7"}).states("a talking, b ready, c ready")
	})
	t.Run("found", func(t *testing.T) {
		s := newScene(t, cfg)
		s.do(LogIn{"b"}).do(OperatorOn{"b"}).do(Found{
			Tickets: []Ticket{{ID: "t", Operator: "a"}, {ID: "u"}},
			Engaged: []Engage{{Operator: "b", Ticket: "t"}, {Operator: "a", Ticket: "t"}},
		}, "b engaged for t", "a denied: busy").states("a talking, b talking").do(Leave{Ticket: "u"})
		s.do(Disengage{"b", "t"}).states("a talking, b ready").do(Over{"t", "a"}).states("a offline, b ready")
		s.do(OperatorOn{"a"}).states("a wrap_up, b ready")
	})
}
