package ledger

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pronto/ivr/desk"
	"pronto/ivr/flow"
)

// must is v, where err says that all went well.
func must[T any](v T, err error) func(t testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func minute(n int) time.Time { return noon.Add(time.Duration(n) * time.Minute) }

func ptr[T any](v T) *T { return &v }

// What an operator says of a call counts, whenever it comes.
func TestWrapUpBeforeAndAfterTheEnd(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		for _, order := range []string{"aeu", "aue", "auue", "auew"} {
			t.Run(order, func(t *testing.T) {
				l := k.open(t, t.TempDir())
				end := ended("c", flow.Served)
				end.Ended.Operator, end.Ended.Talk, end.Ended.Disposition = "op1", time.Minute, "rescue"
				for _, what := range order {
					switch what {
					case 'a':
						l.Write(arrived("c"))
					case 'e':
						l.Write(end)
					case 'u':
						l.Write(Record{WrapUp: &WrapUp{Call: "c", At: minute(2), By: "op2", Disposition: "immediate", Took: 1500 * time.Millisecond, Request: "1", Operator: "op2"}})
					case 'w':
						l.Write(Record{WrapUp: &WrapUp{Call: "c", At: minute(3), By: "op2", Request: "2"}})
					}
					l.write(false)
				}
				c := all(t, l)[0]
				want := "1"
				if order == "auew" {
					want = "2"
				}
				if c.Disposition != "immediate" || c.WrapUp != 1500*time.Millisecond || c.Operator != "op2" || c.Request != want || c.Outcome != "served" || c.Talk != time.Minute {
					t.Errorf("got %+v", c)
				}
				if n := count(t, l, `SELECT count(*) FROM events WHERE call = 'c' AND kind = 'disposition' AND text = 'op2:immediate'`); n < 1 {
					t.Error("the journal does not tell who said so")
				}
			})
		}
	})
}

func TestEndWithoutWrapUpKeepsItsOwn(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		l := k.open(t, t.TempDir())
		l.Write(arrived("c"))
		end := full()
		end.ID = "c"
		l.Write(Record{Ended: &end})
		l.Write(Record{WrapUp: &WrapUp{Call: "nobody's", At: noon, Disposition: "immediate"}})
		l.write(false)
		if d := cmp.Diff([]Call{end}, all(t, l)); d != "" {
			t.Fatal(d)
		}
	})
}

func aCallback(id, number string, s CallbackState) Callback {
	return Callback{
		ID: id, Line: "800840840", Switch: "pronto", Call: id, Number: number, Topic: "information", Language: "de", Release: "r1", Class: 2,
		Skills: []string{"information", "de"}, Since: noon, State: s, Changed: noon,
	}
}

func TestCallbacks(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		l := k.open(t, t.TempDir())
		ctx := t.Context()
		a := aCallback("a", "+391", CallbackWaiting)
		l.Write(Record{Callback: &a})
		b := aCallback("b", "+392", CallbackWaiting)
		b.Since, b.Skills = minute(-1), nil
		l.Write(Record{Callback: &b})
		double := aCallback("c", "+391", CallbackWaiting)
		l.Write(Record{Callback: &double})
		a.State, a.Attempts, a.Next, a.Result, a.Changed = CallbackDialling, 1, minute(5), "busy", minute(1)
		l.Write(Record{Callback: &a})
		l.write(false)
		if d := cmp.Diff([]Callback{b, a}, must(l.OpenCallbacks(ctx))(t)); d != "" {
			t.Fatal(d)
		}
		if c, found, err := l.CallbackFor(ctx, "+391"); err != nil || !found || c.ID != "a" {
			t.Fatalf("%+v %v %v", c, found, err)
		}
		a.State, a.Led, a.Result, a.Next = CallbackDone, "call-2", "answered", time.Time{}
		l.Write(Record{Callback: &a})
		again := aCallback("d", "+391", CallbackWaiting) // now there is none open
		l.Write(Record{Callback: &again})
		l.write(false)
		double.State, double.Result = CallbackCancelled, "double"
		if d := cmp.Diff([]Callback{b, a, double, again}, must(l.Callbacks(ctx, Filter{}))(t)); d != "" {
			t.Fatal(d)
		}
		if _, found, err := l.CallbackFor(ctx, "+393"); err != nil || found {
			t.Fatal(found, err)
		}
	})
}

func TestOperators(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		l := k.open(t, t.TempDir())
		op1 := Operator{Name: "op1", Display: "Anna", Skills: []string{"information"}, Languages: []string{"it", "de"}, Tier: 1, Kind: PhoneSIP, PINHash: "h", Enabled: true, Changed: noon}
		op2 := Operator{Name: "op2", Kind: PhoneNumber, Number: "+3933312345", Changed: noon}
		gone := Operator{Name: "op3", Kind: PhoneSIP, Enabled: true, Changed: noon}
		for _, o := range []Operator{op1, op2, gone} {
			l.Write(Record{Operator: &o})
		}
		op2.Enabled, op2.Display, op2.Changed = true, "Bruno", minute(1)
		l.Write(Record{Operator: &op2})
		gone.Removed = true
		l.Write(Record{Operator: &gone})
		l.write(false)
		if d := cmp.Diff([]Operator{op1, op2}, must(l.Operators(t.Context()))(t)); d != "" {
			t.Fatal(d)
		}
	})
}

func TestOperatorsDay(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		l := k.open(t, t.TempDir())
		ctx := t.Context()
		day := []Duty{
			{Operator: "op1", At: minute(0), From: "offline", To: "ready", Reason: "registered"},
			{Operator: "op1", At: minute(1), From: "ready", To: "ringing", Ticket: "t1", Offer: 1},
			{Operator: "op1", At: minute(2), From: "ringing", To: "ready", Reason: string(desk.WhyNoAnswer), Ticket: "t1", Offer: 1},
			{Operator: "op2", At: minute(2), From: "offline", To: "ready"},
			{Operator: "op1", At: minute(3), From: "ready", To: "ringing", Ticket: "t2", Offer: 2},
			{Operator: "op1", At: minute(3), From: "ringing", To: "talking", Ticket: "t2", Call: "c2", Offer: 2},
			{Operator: "op1", At: minute(9), From: "talking", To: "paused", Reason: "lunch"},
			{Operator: "op1", At: minute(10), From: "paused", To: "paused", Note: "said: back at two"},
		}
		for _, d := range day {
			l.Write(Record{Duty: &d})
		}
		l.write(false)
		want := []Post{
			{Operator: "op1", State: "paused", Reason: "lunch", Since: minute(9), Offered: minute(3), Accepted: minute(3), Missed: minute(2), Paused: minute(9)},
			{Operator: "op2", State: "ready", Since: minute(2)},
		}
		if d := cmp.Diff(want, must(l.Posts(ctx))(t)); d != "" {
			t.Error(d)
		}
		// What he was doing at the beginning is told too.
		if d := cmp.Diff(append([]Duty{day[1], day[2]}, day[4:6]...), must(l.Duties(ctx, "op1", Filter{From: minute(2), To: minute(9)}))(t)); d != "" {
			t.Error(d)
		}
		if d := cmp.Diff(day[1:4], must(l.Duties(ctx, "", Filter{From: minute(1), To: minute(3)}))(t)); d != "" {
			t.Error(d)
		}
		if got := must(l.Duties(ctx, "op1", Filter{}))(t); len(got) != 7 {
			t.Errorf("%d steps, want 7", len(got))
		}
	})
}

func TestFollowUps(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		l := k.open(t, t.TempDir())
		ctx := t.Context()
		danger := FollowUp{ID: "f1", Line: "800840840", Kind: FollowDanger, Call: "c1", Number: "+391", Topic: "report", Language: "it", Why: "silent", Since: noon, Deadline: minute(30), State: FollowOpen}
		missed := FollowUp{ID: "f2", Kind: FollowMissed, Call: "c2", Number: "+392", Why: "gave_up", Since: minute(1), State: FollowOpen}
		urgent := FollowUp{ID: "f3", Kind: FollowCut, Call: "c3", Since: minute(2), Deadline: minute(5), State: FollowOpen}
		again := missed
		again.ID, again.Call, again.Since = "f4", "c4", minute(3)
		for _, f := range []FollowUp{danger, missed, danger, urgent, again} { // a record that comes twice changes nothing
			l.Write(Record{FollowUp: &f})
		}
		l.write(false)
		danger.Times, missed.Times, urgent.Times = 1, 2, 1
		if d := cmp.Diff([]FollowUp{urgent, danger, missed}, must(l.OpenFollowUps(ctx))(t)); d != "" {
			t.Fatal(d)
		}
		l.Write(Record{FollowUp: &FollowUp{ID: "f1", State: FollowDone, By: "op1", Result: "reached, is well", At: minute(10)}})
		l.Write(Record{FollowUp: &FollowUp{ID: "f1", State: FollowDropped, By: "op2", At: minute(11)}}) // settled already
		l.Write(Record{FollowUp: &FollowUp{Kind: FollowMissed, Number: "+392", State: FollowDropped, By: "line", Result: "served since", At: minute(12)}})
		l.Write(Record{FollowUp: &FollowUp{Kind: FollowMissed, State: FollowDropped, By: "line", At: minute(12)}}) // of nobody
		l.write(false)
		danger.State, danger.By, danger.Result, danger.At = FollowDone, "op1", "reached, is well", minute(10)
		missed.State, missed.By, missed.Result, missed.At = FollowDropped, "line", "served since", minute(12)
		if d := cmp.Diff([]FollowUp{danger, missed, urgent}, must(l.FollowUps(ctx, Filter{}))(t)); d != "" {
			t.Fatal(d)
		}
		l.Write(Record{FollowUp: &again}) // the number may be missed anew
		l.write(false)
		if got := must(l.OpenFollowUps(ctx))(t); len(got) != 2 {
			t.Fatalf("%+v", got)
		}
	})
}

func TestPromisesAndOvertakes(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		l := k.open(t, t.TempDir())
		ctx := t.Context()
		p := Promise{Call: "c1", At: noon, Low: 2 * time.Minute, High: 4500 * time.Millisecond, Position: 3, Method: "head_of_line"}
		q := Promise{Call: "c1", At: minute(1), Low: time.Minute, High: 2 * time.Minute, Position: 2, Method: "state"}
		other := Promise{Call: "c2", At: minute(2), High: time.Minute}
		for _, p := range []Promise{p, q, other} {
			l.Write(Record{Promise: &p})
		}
		l.Write(Record{Waited: &Waited{Call: "c1", At: minute(3), How: WaitAnswered}})
		l.Write(Record{Waited: &Waited{Call: "c1", At: minute(4), How: "abandoned"}}) // the first one counts
		o := Overtake{At: noon, Ticket: "t1", By: "t2", Reason: "class"}
		l.Write(Record{Overtaken: &o})
		l.write(false)
		p.Until, p.How, q.Until, q.How = minute(3), WaitAnswered, minute(3), WaitAnswered
		if d := cmp.Diff([]Promise{p, q, other}, must(l.Promises(ctx, Filter{}))(t)); d != "" {
			t.Error(d)
		}
		if d := cmp.Diff([]Overtake{o}, must(l.Overtakes(ctx, Filter{From: noon, To: minute(1)}))(t)); d != "" {
			t.Error(d)
		}
		if d := cmp.Diff([]Overtake{o}, must(l.OvertakesOf(ctx, "t1"))(t)); d != "" {
			t.Error(d)
		}
	})
}

func TestPIN(t *testing.T) {
	hash := HashPIN("4711")
	if hash == HashPIN("4711") {
		t.Error("two hashes are the same: there is no salt")
	}
	if !CheckPIN(hash, "4711") {
		t.Error("the right PIN is refused")
	}
	for _, bad := range []struct{ hash, pin string }{
		{hash, "4712"},
		{hash, ""},
		{"", "4711"},
		{"", ""},
		{"4711", "4711"},
		{hash[:len(hash)-30], "4711"},
		{"$argon2id$v=19$m=19456,t=2,p=1$$", ""},
		{"$argon2id$v=19$m=4294967295,t=2,p=1$AAAA$AAAAAAAAAAAAAAAAAAAAAAAA", "x"},
	} {
		if CheckPIN(bad.hash, bad.pin) {
			t.Errorf("PIN %q counts for the hash %q", bad.pin, bad.hash)
		}
	}
}
