package ledger

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestRequestLife(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		l := k.open(t, t.TempDir())
		ctx := t.Context()
		l.Write(arrived("c1"))
		l.Write(arrived("c2"))
		code := must(l.OpenRequest(Request{Line: "800840840", Channel: ChannelPhone, Topic: "information", Language: "it", Opened: noon, Contact: "+390612345", Due: minute(60)}, "c1", "op1"))(t)
		change := func(c Change) {
			t.Helper()
			c.Code = code
			if err := l.ChangeRequest(c); err != nil {
				t.Fatal(err)
			}
			l.write(false)
		}
		change(Change{At: minute(1), By: "op1", State: StageInProgress, Owner: ptr("op2"), Note: "asked the province"})
		change(Change{At: minute(2), By: "op2", State: StageClosed, Disposition: DispositionInDepth})
		change(Change{At: minute(3), By: "op2", State: StageClosed, Disposition: DispositionImmediate}) // closed already
		change(Change{At: minute(4), By: "op2", Disposition: DispositionImmediate})
		change(Change{At: minute(5), By: "op3", State: StageOpen, Call: "c2", Owner: ptr(""), Due: &time.Time{}})
		change(Change{At: minute(6), By: "op3", State: StageClosed, Disposition: DispositionInDepth, Topic: ptr("report"), Contact: ptr("")})
		want := Request{
			Code: code, Line: "800840840", Channel: "phone", Topic: "report", Language: "it", State: StageClosed, Disposition: "in_depth",
			Opened: noon, Closed: minute(6), Reopened: 1,
		}
		if d := cmp.Diff(want, must(l.Request(ctx, code))(t)); d != "" {
			t.Error(d)
		}
		wantStatus := Status{State: StageClosed, Disposition: "in_depth", Opened: noon, Closed: minute(6), Reopened: 1}
		if d := cmp.Diff(wantStatus, must(l.RequestState(ctx, code))(t)); d != "" {
			t.Error(d)
		}
		var got []string
		for _, s := range must(l.RequestSteps(ctx, code))(t) {
			got = append(got, fmt.Sprintf("%d %s %s %s", int(s.At.Sub(noon).Minutes()), s.Author, s.Kind, s.Text))
		}
		steps := []string{
			"0 op1 opened phone", "0 op1 call c1", "1 op1 owner op2", "1 op1 in_progress ", "1 op1 note asked the province", "2 op2 closed in_depth",
			"4 op2 disposition immediate", "5 op3 owner ", "5 op3 due ", "5 op3 reopened ", "5 op3 call c2",
			"6 op3 topic report", "6 op3 contact ", "6 op3 closed in_depth",
		}
		if d := cmp.Diff(steps, got); d != "" {
			t.Error(d)
		}
		var calls []string
		for _, c := range must(l.RequestCalls(ctx, code))(t) {
			calls = append(calls, c.ID)
		}
		if d := cmp.Diff([]string{"c1", "c2"}, calls); d != "" {
			t.Error(d)
		}
	})
}

func TestRequestMistakes(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		l := k.open(t, t.TempDir())
		code := l.NewCode()
		for name, c := range map[string]Change{
			"code":                   {Code: "12345678"},
			"channel":                {Code: code, Open: &Request{Channel: "fax", State: StageOpen}},
			"state":                  {Code: code, State: "shut"},
			"disposition":            {Code: code, State: StageClosed, Disposition: "rescue"},
			"no disposition":         {Code: code, State: StageClosed},
			"no disposition, opened": {Code: code, Open: &Request{Channel: ChannelChat, State: StageClosed}},
			"open with disposition":  {Code: code, State: StageOpen, Disposition: "immediate"},
		} {
			if err := l.ChangeRequest(c); err == nil {
				t.Errorf("%s: accepted", name)
			}
		}
		// A change of no request leaves nothing behind.
		if err := l.ChangeRequest(Change{Code: code, Note: "?", Call: "c"}); err != nil {
			t.Error(err)
		}
		l.write(false)
		if _, err := l.RequestState(t.Context(), code); !errors.Is(err, ErrNoRequest) {
			t.Errorf("got %v", err)
		}
		if steps := must(l.RequestSteps(t.Context(), code))(t); len(steps) != 0 {
			t.Errorf("steps of no request: %v", steps)
		}
	})
}

func TestRequestsAreFiltered(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		l := k.open(t, t.TempDir())
		var codes []string
		for i, r := range []Request{
			{Channel: ChannelPhone, Topic: "information", Owner: "op1", Opened: minute(0), Due: minute(5)},
			{Channel: ChannelMessage, Topic: "report", Opened: minute(1), Contact: "+39047112345", Language: "de"},
			{Channel: ChannelChat, Topic: "report", Owner: "op2", State: StageInProgress, Opened: minute(1), Due: minute(50)},
			{Channel: ChannelWebForm, Topic: "offer", State: StageClosed, Disposition: DispositionImmediate, Opened: minute(3), Due: minute(4)},
		} {
			codes = append(codes, must(l.OpenRequest(r, "", "op1"))(t))
			if i == 2 && codes[1] > codes[2] { // the same instant: by code
				codes[1], codes[2] = codes[2], codes[1]
			}
		}
		l.write(false)
		for name, tt := range map[string]struct {
			f    RequestFilter
			want int
		}{
			"all": {RequestFilter{}, 4}, "open": {RequestFilter{States: []Stage{StageOpen}}, 2},
			"not closed": {RequestFilter{States: []Stage{StageOpen, StageInProgress}}, 3},
			"period":     {RequestFilter{Opened: Filter{From: minute(1), To: minute(3)}}, 2},
			"topic":      {RequestFilter{Topic: "report", Language: "de"}, 1}, "owner": {RequestFilter{Owner: "op2"}, 1},
			"nobody's": {RequestFilter{Nobodys: true}, 2}, "contact": {RequestFilter{Contact: "+39047112345"}, 1},
			"channel": {RequestFilter{Channel: ChannelChat}, 1}, "due": {RequestFilter{DueBy: minute(10)}, 1},
			"limit": {RequestFilter{Limit: 3}, 3}, "page": {RequestFilter{After: codes[1], Limit: 10}, 2},
		} {
			if got := must(l.Requests(t.Context(), tt.f))(t); len(got) != tt.want {
				t.Errorf("%s: %d requests, want %d", name, len(got), tt.want)
			}
		}
		var paged []string
		for after := ""; ; {
			page := must(l.Requests(t.Context(), RequestFilter{After: after, Limit: 1}))(t)
			if len(page) == 0 {
				break
			}
			after = page[0].Code
			paged = append(paged, after)
		}
		if d := cmp.Diff(codes, paged); d != "" {
			t.Error(d)
		}
	})
}

// However wrap-ups, changes and doubles are mixed with faults and restarts, each is applied once and in order.
func TestAnyInterleavingOfChanges(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		root := t.TempDir()
		n := 0
		rapid.Check(t, func(rt *rapid.T) {
			if n++; k.postgres && n > rapidOnPostgres {
				return
			}
			dir := fmt.Sprint(root, "/", n)
			l := k.open(t, dir)
			code, err := l.OpenRequest(Request{Channel: ChannelPhone, Opened: noon}, "", "op1")
			if err != nil {
				rt.Fatal(err)
			}
			state, reopened, notes := StageOpen, 0, 0
			for i := range rapid.IntRange(1, 30).Draw(rt, "steps") {
				switch what := rapid.IntRange(0, 6).Draw(rt, "what"); what {
				case 0, 1, 2:
					next := []Stage{StageOpen, StageInProgress, StageClosed}[what]
					c := Change{Code: code, At: minute(i), State: next}
					if next == StageClosed {
						c.Disposition = DispositionInDepth
					} else if state == StageClosed {
						reopened++
					}
					state = next
					err = l.ChangeRequest(c)
				case 3:
					notes++
					err = l.ChangeRequest(Change{Code: code, At: minute(i), Note: fmt.Sprint(notes)})
				case 4:
					l.write(rapid.Bool().Draw(rt, "retry"))
				case 5:
					breakStore(l)
				case 6:
					err = l.Close()
					l = k.open(t, dir)
				}
				if err != nil {
					rt.Fatal(err)
				}
			}
			if err := l.Close(); err != nil {
				rt.Fatal(err)
			}
			l = k.open(t, dir)
			defer func() { _ = l.Close() }()
			r, err := l.Request(t.Context(), code)
			if err != nil || r.State != state || r.Reopened != reopened || r.Closed.IsZero() != (state != StageClosed) {
				rt.Fatalf("%+v (%v), want %s, reopened %d times", r, err, state, reopened)
			}
			next := 0
			for _, s := range must(l.RequestSteps(t.Context(), code))(t) {
				if s.Kind == "note" {
					if next++; s.Text != fmt.Sprint(next) {
						rt.Fatalf("note %s at place %d", s.Text, next)
					}
				}
			}
			if next != notes {
				rt.Fatalf("%d notes, %d were written", next, notes)
			}
		})
	})
}
