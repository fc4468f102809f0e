package ledger

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestStaff(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		l := k.open(t, t.TempDir())
		start := noon.Truncate(time.Hour)
		at := func(minutes int) time.Time { return start.Add(time.Duration(minutes) * time.Minute) }
		duty := func(operator string, minutes int, from, to string) {
			l.Write(Record{Duty: &Duty{Operator: operator, At: at(minutes), From: from, To: to}})
		}
		duty("op1", 10, "offline", "ready")
		duty("op1", 20, "ready", "ready") // nothing changed
		duty("op2", 50, "offline", "ready")
		duty("op1", 130, "ready", "talking") // two hours later
		duty("op1", 140, "talking", "wrap_up")
		duty("op1", 145, "wrap_up", "paused")
		duty("op1", 150, "paused", "offline")
		duty("op1", 900, "offline", "ready") // the night is nobody's work
		duty("op1", 890, "ready", "talking") // a clock was set back
		l.write(false)
		for name, c := range map[string]struct {
			from, to, now int
			want          Staff
		}{
			"the first hour":     {0, 60, 899, Staff{"ready": 60 * time.Minute}}, // 50 of op1, 10 of op2
			"the third":          {120, 180, 899, Staff{"ready": 70 * time.Minute, "talking": 10 * time.Minute, "wrap_up": 5 * time.Minute, "paused": 5 * time.Minute}},
			"not over":           {120, 180, 150, Staff{"ready": 40 * time.Minute, "talking": 10 * time.Minute, "wrap_up": 5 * time.Minute, "paused": 5 * time.Minute}},
			"before anybody was": {-60, 0, 899, Staff{}},
		} {
			got, err := l.Staff(t.Context(), Filter{From: at(c.from), To: at(c.to)}, at(c.now))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("%s: %s", name, d)
			}
		}
	})
}

func TestMatters(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		l := k.open(t, t.TempDir())
		open := func(r Request, call string) string {
			r.Opened = noon
			code, err := l.OpenRequest(r, call, "op1")
			if err != nil {
				t.Fatal(err)
			}
			return code
		}
		l.Write(Record{Ended: &Call{ID: "c1", Started: noon, Outcome: "served"}})
		l.Write(Record{Ended: &Call{ID: "c2", Started: noon, Outcome: "redirected"}})
		l.Write(Record{Ended: &Call{ID: "c3", Started: noon, Outcome: "served"}})
		rescue := open(Request{Channel: ChannelPhone, State: StageClosed, Disposition: DispositionImmediate}, "c1")
		open(Request{Channel: ChannelPhone, State: StageClosed, Disposition: DispositionInDepth}, "c2")
		overdue := open(Request{Channel: ChannelWebForm, Topic: "report", Due: noon.Add(time.Hour)}, "c3")
		l.Write(Record{WrapUp: &WrapUp{Call: "c1", Disposition: "rescue", Request: rescue}})
		for _, c := range []Change{
			{Code: overdue, State: StageClosed, Disposition: DispositionImmediate}, {Code: overdue, State: StageInProgress},
		} {
			c.At = noon.Add(time.Minute)
			if err := l.ChangeRequest(c); err != nil {
				t.Fatal(err)
			}
		}
		l.write(false)
		want := Matters{Rescue: 2, Reopened: 1, Overdue: 1, Counts: []RequestCount{
			{Channel: "phone", State: "closed", Disposition: "immediate", N: 1},
			{Channel: "phone", State: "closed", Disposition: "in_depth", N: 1},
			{Channel: "web_form", Topic: "report", State: "in_progress", N: 1},
		}}
		got, err := l.Matters(t.Context(), Filter{From: noon, To: noon.Add(time.Minute)}, noon.Add(2*time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		byText := cmpopts.SortSlices(func(a, b RequestCount) bool { return fmt.Sprint(a) < fmt.Sprint(b) })
		if d := cmp.Diff(want, got, byText); d != "" {
			t.Error(d)
		}
		if got, err = l.Matters(t.Context(), Filter{From: noon.Add(time.Minute)}, noon); err != nil || len(got.Counts)+int(got.Rescue) > 0 {
			t.Errorf("after them: %+v, %v", got, err)
		}
	})
}
