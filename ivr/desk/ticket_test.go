package desk

import (
	"fmt"
	"testing"
	"time"
)

// quiet is a configuration without announcements.
var quiet = Config{Ring: 15 * time.Second}

func (s *scene) ticket(t Ticket) Join {
	if t.Since.IsZero() {
		t.Since = s.now
	}
	if t.Class == 0 {
		t.Class = 1
	}
	return Join{Ticket: t}
}

// serve has the operator take and end calls, one after the other, and returns whose they were.
func (s *scene) serve(op string) (served []string) {
	s.t.Helper()
	actions := s.d.Handle(OperatorOn{op}, s.now)
	for range 100 {
		var next *Offer
		for _, a := range actions {
			if o, ok := a.(Offer); ok && o.Operator == op {
				next = &o
			}
		}
		if next == nil {
			return served
		}
		served = append(served, next.Ticket)
		s.d.Handle(Accept(*next), s.now)
		actions = s.d.Handle(Over{Ticket: next.Ticket, Operator: op}, s.now)
	}
	return served
}

func TestAgeing(t *testing.T) {
	for _, c := range []struct {
		ageing time.Duration
		want   string
	}{
		{0, "[r3 r1 i5 i2]"},
		{time.Minute, "[i5 r3 i2 r1]"},
		{time.Hour, "[r3 r1 i5 i2]"},
	} {
		cfg := quiet
		cfg.Ageing = c.ageing
		s := newScene(t, cfg)
		for _, old := range []int{1, 2, 3, 5} { // the odd ones of class 1, but for the oldest
			id, class := fmt.Sprintf("r%d", old), 1
			if old == 2 || old == 5 {
				id, class = fmt.Sprintf("i%d", old), 2
			}
			s.do(s.ticket(Ticket{ID: id, Class: class, Since: t0.Add(-time.Duration(old) * time.Minute)}))
		}
		if got := fmt.Sprint(s.serve("op")); got != c.want {
			t.Errorf("ageing %v: %s, want %s", c.ageing, got, c.want)
		}
	}
}

func TestSkillsAndRelax(t *testing.T) {
	cfg := quiet
	cfg.Relax = []Relax{{time.Minute, WithoutLanguage}, {2 * time.Minute, WithoutTopic}}
	s := newScene(t, cfg)
	s.do(Staff{[]OperatorSpec{
		{Name: "de", Skills: []string{"information"}, Languages: []string{"it", "de"}, Auto: true},
		{Name: "it", Skills: []string{"information", "report"}, Languages: []string{"it"}, Auto: true},
	}})
	s.do(OperatorOn{"it"}).do(s.ticket(Ticket{ID: "german", Skills: []string{"report"}, Language: "de"}))
	s.wait(10*time.Second).do(s.ticket(Ticket{ID: "italian", Skills: []string{"report"}, Language: "it"}), "offer italian to it #1")
	s.recorded("overtaken", "overtaken: german by italian, language")
	s.do(Decline{"italian", "it", 1, WhyUnreachable}).wait(5*time.Second, "15s:offer italian to it #2").recorded("overtaken") // once per pair
	s.do(OperatorOn{"de"}).do(s.ticket(Ticket{ID: "other", Skills: []string{"information"}, Language: "it"}), "offer other to de #3")
	s.recorded("overtaken", "overtaken: german by other, skills")
	if w := s.d.Snapshot(s.now).Waiting[0]; w.Ticket.ID != "german" || w.Overtaken[NoLang] != 1 || w.Overtaken[NoSkills] != 1 {
		t.Errorf("%+v", w)
	}
	s.do(Accept{"italian", "it", 2}, "connect italian with it #2").do(Accept{"other", "de", 3}, "connect other with de #3")
	s.do(Over{"italian", "it"}).wait(45*time.Second, "1m0s:offer german to it #4") // without the language
	s.do(OperatorOff{"it"}, "withdraw german from it #4").do(Over{"other", "de"}).wait(time.Minute, "2m0s:offer german to de #5")
	s.do(Accept{"german", "de", 5}, "connect german with de #5").recorded("waited", `waited german: 2m0s for "de", overtaken map[language:1 skills:1]`)
}

func TestTiers(t *testing.T) {
	cfg := quiet
	cfg.Strategy, cfg.TierAfter = Tiers, 20*time.Second
	s := newScene(t, cfg)
	s.do(Staff{[]OperatorSpec{{Name: "boss", Auto: true, Tier: 3}, {Name: "new", Auto: true, Tier: 2}, {Name: "pro", Auto: true}}})
	s.do(OperatorOn{"boss"}).wait(time.Second).do(OperatorOn{"new"}).do(OperatorOn{"pro"})
	s.do(s.ticket(Ticket{ID: "a"}), "offer a to pro #1").do(s.ticket(Ticket{ID: "b"}))
	s.wait(15*time.Second, "16s:withdraw a from pro #1") // pro rests
	s.wait(5*time.Second, "21s:offer a to pro #2", "21s:offer b to new #3")
	s.do(s.ticket(Ticket{ID: "c", Since: t0.Add(-time.Minute)}), "offer c to boss #4")
	cfg.TierAfter = 0
	s = newScene(t, cfg)
	s.do(Staff{[]OperatorSpec{{Name: "a", Auto: true, Tier: 2}, {Name: "b", Auto: true}}}).do(OperatorOn{"a"}).do(OperatorOn{"b"})
	s.do(s.ticket(Ticket{ID: "1"}), "offer 1 to b #1").do(s.ticket(Ticket{ID: "2"}), "offer 2 to a #2")
}

func TestRoundRobin(t *testing.T) {
	cfg := quiet
	cfg.Strategy = RoundRobin
	s := newScene(t, cfg)
	for _, name := range []string{"c", "a", "b"} {
		s.do(OperatorOn{name})
	}
	for i, op := range []string{"a", "b", "c", "a"} {
		id := fmt.Sprint(i)
		s.do(s.ticket(Ticket{ID: id}), fmt.Sprintf("offer %s to %s #%d", id, op, i+1)).do(Leave{Ticket: id}, fmt.Sprintf("withdraw %s from %s #%d", id, op, i+1))
	}
	s.do(OperatorOff{"b"}).do(s.ticket(Ticket{ID: "x"}), "offer x to c #5")
}

func TestRingAll(t *testing.T) {
	cfg := quiet
	cfg.Strategy = RingAll
	s := newScene(t, cfg)
	s.do(Staff{[]OperatorSpec{{Name: "a", Auto: true}, {Name: "b", Auto: true}, {Name: "c", Auto: true, Languages: []string{"de"}}}})
	s.do(OperatorOn{"a"}).do(OperatorOn{"b"})
	s.do(s.ticket(Ticket{ID: "1", Language: "it"}), "offer 1 to a #1", "offer 1 to b #2").do(s.ticket(Ticket{ID: "2"}))
	s.do(OperatorOn{"c"}, "offer 2 to c #3").recorded("overtaken") // 1 rings elsewhere
	s.do(Decline{"1", "b", 2, WhyRejected}).wait(5*time.Second, "5s:offer 1 to b #4")
	s.do(Accept{"1", "b", 4}, "connect 1 with b #4", "withdraw 1 from a #1", "offer 2 to a #5")
	s.recorded("offer", "offer #4 of 1 to b: accepted after 0s", "offer #1 of 1 to a: answered_elsewhere after 5s")
	s.do(Accept{"1", "a", 1}, "withdraw 1 from a #1") // a moment too late
	s.do(Leave{Ticket: "2"}, "withdraw 2 from a #5", "withdraw 2 from c #3").states("a ready, b talking, c ready")
	s.do(s.ticket(Ticket{ID: "3"}), "offer 3 to a #6", "offer 3 to c #7").do(Away{"3"}, "withdraw 3 from a #6", "withdraw 3 from c #7", "fetch 3")
	s.do(Back{"3"}, "offer 3 to a #8", "offer 3 to c #9")
}

func TestBound(t *testing.T) {
	s := newScene(t, quiet)
	s.do(OperatorOn{"a"}).do(OperatorOn{"b"}).do(s.ticket(Ticket{ID: "1"}), "offer 1 to a #1").do(Accept{"1", "a", 1}, "connect 1 with a #1")
	s.wait(time.Second).do(Requeue{Ticket: "1", For: "b", Why: RequeueTransfer}, "offer 1 to b #2").states("a ready, b ringing")
	s.do(Decline{"1", "b", 2, WhyNoAnswer}).do(s.ticket(Ticket{ID: "2"}), "offer 2 to a #3")
	s.recorded("overtaken", "overtaken: 1 by 2, bound")
	s.wait(5*time.Second, "6s:offer 1 to b #4").do(Leave{Ticket: "2"}, "withdraw 2 from a #3")
	s.do(Pause{"b", ""}).do(Decline{"1", "b", 4, WhyNoAnswer}, "offer 1 to a #5").recorded("unbound", "unbound 1 from b: pause")
	s.do(OperatorOff{"a"}, "withdraw 1 from a #5").do(Leave{Ticket: "1"}).do(BeReady{"b"})
	s.do(OperatorOn{"a"}).do(LogIn{"c"}).do(s.ticket(Ticket{ID: "3", For: "c"})).wait(defaultBound, "2m6s:offer 3 to a #6")
	s.recorded("unbound", "unbound 3 from c: time")
	s.do(s.ticket(Ticket{ID: "4", For: "c"})).do(LogOut{"c"}, "offer 4 to b #7").recorded("unbound", "unbound 4 from c: logout")
}

func TestCallback(t *testing.T) {
	cfg := testConfig
	cfg.Capacity = 1
	s := newScene(t, cfg)
	s.do(s.ticket(Ticket{ID: "live"})).do(s.ticket(Ticket{ID: "cb", Kind: Callback, Since: t0.Add(-time.Minute)})) // no room is taken by it
	s.do(s.ticket(Ticket{ID: "live2"}), "refuse live2: full")
	s.wait(10*time.Second, "5s:live is 2")
	s.do(OperatorOn{"op"}, "offer cb to op #1").do(Accept{"cb", "op", 1}, "connect cb with op #1")
	s.do(Tried{Ticket: "cb", Again: s.now.Add(time.Minute)}, "offer live to op #2").recorded("op", "op: talking to ready by tried (cb)", "op: ready to ringing by offer (live)")
}

func TestTried(t *testing.T) {
	cfg := quiet
	cfg.WrapUp = time.Minute
	s := newScene(t, cfg)
	s.do(OperatorOn{"op"}).do(s.ticket(Ticket{ID: "cb", Kind: Callback}), "offer cb to op #1").do(Accept{"cb", "op", 1}, "connect cb with op #1")
	s.do(Tried{Ticket: "cb", Again: t0.Add(time.Minute)}).states("op ready").recorded("op", "op: talking to ready by tried (cb)")
	snap := s.d.Snapshot(s.now)
	if len(snap.Waiting) != 0 || len(snap.Later) != 1 || snap.Counts.Callbacks != 1 {
		t.Errorf("%+v", snap)
	}
	s.wait(30*time.Second).do(s.ticket(Ticket{ID: "a"}), "offer a to op #2").recorded("overtaken", "overtaken: cb by a, not_before")
	s.do(s.ticket(Ticket{ID: "b"})).do(Accept{"a", "op", 2}, "connect a with op #2").wait(time.Minute)
	s.do(Over{"a", "op"}).do(BeReady{"op"}, "offer cb to op #3").recorded("overtaken", "overtaken: b by cb, retried") // its old place
	s.do(Accept{"cb", "op", 3}, "connect cb with op #3").do(Tried{Ticket: "cb"}, "offer b to op #4")
	if snap := s.d.Snapshot(s.now); len(snap.Waiting) != 1 || len(snap.Later) != 0 {
		t.Errorf("%+v", snap)
	}
	s.do(Tried{Ticket: "b"}).states("op ringing") // is none
	s.do(s.ticket(Ticket{ID: "cb2", Kind: Callback, NotBefore: s.now.Add(time.Hour)})).do(Leave{Ticket: "cb2"})
	if next := s.d.Next(); next.After(s.now.Add(time.Minute)) {
		t.Errorf("Next is %v for a callback that was called off", next)
	}
}

func TestRedial(t *testing.T) {
	s := newScene(t, testConfig)
	s.do(s.ticket(Ticket{ID: "a", Caller: "A"})).do(s.ticket(Ticket{ID: "b", Caller: "B"})).wait(10*time.Second, "5s:a is 1", "5s:b is 2")
	s.do(Leave{Ticket: "a", Unwanted: true}).do(Leave{Ticket: "b"})
	s.do(s.ticket(Ticket{ID: "c", Caller: "C"})).wait(time.Minute, "15s:c is 1", "45s:c is 1")
	s.do(s.ticket(Ticket{ID: "b2", Caller: "B"})).wait(time.Second) // hung up, and knows it
	s.do(s.ticket(Ticket{ID: "a2", Caller: "A"}), "a2 has its place of 0s")
	if w := s.d.Snapshot(s.now).Waiting[0]; w.Ticket.ID != "a2" || w.Ticket.Told != 1 {
		t.Errorf("%+v", w)
	}
	s.do(OperatorOn{"op"}, "offer a2 to op #1").recorded("overtaken", "overtaken: c by a2, redial", "overtaken: b2 by a2, redial")
	s.do(Leave{Ticket: "a2", Unwanted: true}, "withdraw a2 from op #1", "offer c to op #2")
	s.do(s.ticket(Ticket{ID: "a3", Caller: "A"})) // once
	s.do(Accept{"c", "op", 2}, "connect c with op #2").do(Leave{Ticket: "c", Unwanted: true}, "offer b2 to op #3")
	s.do(s.ticket(Ticket{ID: "c2", Caller: "C"}), "c2 has its place of 10s").do(OperatorOff{"op"}, "withdraw b2 from op #3")
	s.do(Lost{Caller: "D", Since: t0.Add(-time.Hour), At: s.now.Add(-4 * time.Minute)})
	s.do(Lost{Caller: "E", Since: t0, At: s.now}).do(Lost{Caller: "E", Since: t0.Add(-time.Minute), At: s.now})
	s.do(s.ticket(Ticket{ID: "e", Caller: "E"}), "e has its place of -1m0s")
	s.now = s.now.Add(time.Minute)
	s.d.Handle(Tick{}, s.now)
	s.do(s.ticket(Ticket{ID: "d", Caller: "D"})) // too late
	if n := len(s.d.kept.places); n != 0 {
		t.Errorf("%d places are kept still", n)
	}
}

func TestRequeue(t *testing.T) {
	cfg := quiet
	cfg.WrapUp = time.Minute
	s := newScene(t, cfg)
	s.do(Staff{[]OperatorSpec{{Name: "a", Auto: true}, {Name: "r", Auto: true, Skills: []string{"report"}}}}).do(OperatorOn{"a"})
	s.do(s.ticket(Ticket{ID: "1"}), "offer 1 to a #1").do(Accept{"1", "a", 1}, "connect 1 with a #1").wait(time.Minute)
	s.do(s.ticket(Ticket{ID: "2"})).wait(time.Second)
	s.do(Requeue{Ticket: "1", Why: RequeueDropped}).states("a ready, r offline").recorded("a", "a: talking to ready by requeue (1)")
	s.wait(5*time.Second, "1m6s:offer 1 to a #2").recorded("overtaken", "overtaken: 2 by 1, requeued") // others would have been tried first
	s.do(Accept{"1", "a", 2}, "connect 1 with a #2")
	s.do(Requeue{Ticket: "1", Topic: "report", Class: 1, Skills: []string{"report"}, Why: RequeueTransfer}).states("a wrap_up, r offline")
	s.do(OperatorOn{"r"}, "offer 1 to r #3").do(Requeue{Ticket: "3"})
	s.do(Requeue{Ticket: "1", Topic: "other", Class: 2, Skills: []string{"other"}}, "withdraw 1 from r #3", "offer 2 to r #4")
	if w := s.d.Snapshot(s.now).Waiting[1]; w.Ticket.ID != "1" || w.Ticket.Topic != "other" || w.Ticket.Since != t0 {
		t.Errorf("%+v", w)
	}
}

func TestAway(t *testing.T) {
	s := newScene(t, testConfig)
	s.do(s.ticket(Ticket{ID: "a"})).do(s.ticket(Ticket{ID: "b", Since: t0.Add(time.Second)})).do(Away{"a"}).do(Away{"x"})
	s.wait(10*time.Second, "6s:b is 2") // a hears nothing of it
	s.do(OperatorOn{"op"}, "fetch a").states("op ready").do(Back{"a"}, "offer a to op #1").do(Back{"a"})
	s.do(Away{"a"}, "withdraw a from op #1", "fetch a").wait(FetchFor, "11s:offer b to op #2").recorded("overtaken", "overtaken: a by b, away")
	s.do(Decline{"b", "op", 2, WhyBusy}).do(Back{"a"}).wait(5*time.Second, "16s:offer a to op #3") // at the head
	s.do(Accept{"a", "op", 3}, "connect a with op #3").do(Away{"a"}).do(Away{"b"}).do(Over{"a", "op"}, "fetch b").do(Leave{Ticket: "b"})
	s.do(s.ticket(Ticket{ID: "c"}), "offer c to op #4") // who was held is free
	s.do(Found{Tickets: []Ticket{{ID: "d", Since: t0, Away: true}}})
	if c := s.d.Snapshot(s.now).Counts; c.Away != 1 || c.Waiting != 2 || c.Oldest != t0 {
		t.Errorf("%+v", c)
	}
}

func TestUnstaffed(t *testing.T) {
	cfg := quiet
	cfg.Unstaffed = time.Minute
	s := newScene(t, cfg)
	nobody := func(id string) Join { return Join{Ticket: s.ticket(Ticket{ID: id}).Ticket, Nobody: true, Again: true} }
	s.do(nobody("a")).do(s.ticket(Ticket{ID: "stays", Since: t0.Add(-time.Second)})).do(nobody("menu")).do(Away{"menu"})
	s.wait(time.Minute, "1m0s:refuse a: nobody")
	s.do(OperatorOn{"op"}, "offer stays to op #1").do(nobody("b")).do(OperatorOff{"op"}, "withdraw stays from op #1").wait(30 * time.Second)
	s.do(OperatorOn{"op"}, "offer stays to op #2").do(OperatorOff{"op"}, "withdraw stays from op #2").wait(59*time.Second).wait(time.Second, "2m30s:refuse b: nobody")
	s.do(Back{"menu"}, "refuse menu: nobody")
}

// TestFoundTogether: a switch tells of its calls in any order; the first in order is offered first.
func TestFoundTogether(t *testing.T) {
	s := newScene(t, quiet)
	s.do(OperatorOn{"op"}).do(Found{Tickets: []Ticket{{ID: "new", Since: t0}, {ID: "old", Since: t0.Add(-time.Hour)}}}, "offer old to op #1")
}

// TestVersion: what changes nothing is no new version.
func TestVersion(t *testing.T) {
	s := newScene(t, quiet)
	s.do(OperatorOn{"op"}).do(s.ticket(Ticket{ID: "a"}), "offer a to op #1").do(s.ticket(Ticket{ID: "b"}))
	before := s.d.Snapshot(s.now).Version
	s.wait(time.Second).do(Tick{}).do(OperatorOn{"op"}).do(s.ticket(Ticket{ID: "b"})).do(Leave{Ticket: "x"}).do(Away{"x"}).do(Decline{"a", "op", 7, WhyBusy})
	if v := s.d.Snapshot(s.now).Version; v != before {
		t.Errorf("version %d, was %d", v, before)
	}
	if s.do(Leave{Ticket: "b"}); s.d.Snapshot(s.now).Version <= before {
		t.Error("a change is no new version")
	}
}
