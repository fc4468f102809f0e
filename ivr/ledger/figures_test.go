package ledger

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"pronto/ivr/flow"
)

// someFact draws a call of any kind.
func someFact(t *rapid.T) Fact {
	var c Fact
	c.Started = noon.Add(time.Duration(rapid.IntRange(0, 3*24*3600).Draw(t, "started")) * time.Second)
	c.Topic = rapid.SampledFrom([]string{"", "information", "report"}).Draw(t, "topic")
	c.Language = rapid.SampledFrom([]string{"it", "de"}).Draw(t, "language")
	c.District = rapid.SampledFrom([]string{"", "06", "0471"}).Draw(t, "district")
	c.Path = rapid.SampledFrom([]string{"", "welcome", "welcome>operator", "welcome>languages>welcome>operator", "a>...>b>c"}).Draw(t, "path")
	if rapid.Bool().Draw(t, "picked") {
		c.Answered = c.Started.Add(time.Duration(rapid.IntRange(0, 5000).Draw(t, "setup")) * time.Millisecond)
	}
	if rapid.Bool().Draw(t, "up") {
		return c
	}
	c.Outcome = string(rapid.SampledFrom(Outcomes()).Draw(t, "outcome"))
	c.Queued = rapid.Bool().Draw(t, "queued")
	c.QueueWait = time.Duration(rapid.IntRange(0, 90_000).Draw(t, "wait")) * time.Millisecond
	c.Talk = time.Duration(rapid.IntRange(0, 90_000).Draw(t, "talk")) * time.Millisecond
	c.Disposition = rapid.SampledFrom([]string{"", "immediate", "in_depth"}).Draw(t, "disposition")
	c.Known = rapid.Bool().Draw(t, "known")
	c.Before = time.Duration(rapid.IntRange(-1, 40).Draw(t, "before")) * 24 * time.Hour
	c.After = time.Duration(rapid.IntRange(-1, 40).Draw(t, "after")) * 24 * time.Hour
	return c
}

// However calls are parted, and whichever parts are written down and read again, they add up to the same.
func TestFiguresAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		facts := rapid.SliceOfN(rapid.Custom(someFact), 0, 30).Draw(t, "calls")
		parts := make([]Figures, 3)
		var whole Figures
		for i, c := range facts {
			whole.Count(c)
			parts[rapid.IntRange(0, 2).Draw(t, fmt.Sprint("part of ", i))].Count(c)
		}
		var sum Figures
		for _, p := range parts {
			data, err := json.Marshal(p)
			if err != nil {
				t.Fatal(err)
			}
			var read Figures
			if err := json.Unmarshal(data, &read); err != nil {
				t.Fatal(err)
			}
			sum.Add(read)
		}
		if d := cmp.Diff(whole, sum); d != "" {
			t.Fatal(d)
		}
		checkSums(t, whole)
	})
}

// checkSums: every call is in each division once, and has one outcome or is up.
func checkSums(t *rapid.T, f Figures) {
	var ended int64
	for _, n := range f.All.Outcomes {
		ended += n
	}
	if f.All.Calls != f.All.Up+ended {
		t.Fatalf("%d calls are not %d up and %d ended", f.All.Calls, f.All.Up, ended)
	}
	for name, m := range map[string]map[string]*Sum{"topic": f.Topic, "language": f.Language, "district": f.District} {
		var s Sum
		for _, part := range m {
			s = s.Plus(*part)
		}
		if d := cmp.Diff(f.All, s); d != "" {
			t.Fatalf("by %s: %s", name, d)
		}
	}
	if f.Answered.Total() != f.All.Answered || f.Abandoned.Total() != f.All.Abandoned {
		t.Fatalf("waits %v, %v: want %d, %d", f.Answered, f.Abandoned, f.All.Answered, f.All.Abandoned)
	}
}

func TestWaitsKeepSecondsSharp(t *testing.T) {
	w := Waits{}
	for _, ms := range []int{0, 4999, 5000, 5001, 19_999, 20_000, 20_001} {
		w[waitStep(time.Duration(ms)*time.Millisecond)]++
	}
	if n := w.Within(20 * time.Second); n != 6 {
		t.Errorf("%d waits within 20 s, want 6", n)
	}
	if n := w.Below(5 * time.Second); n != 2 {
		t.Errorf("%d waits below 5 s, want 2", n)
	}
}

func TestPathsOfCalls(t *testing.T) {
	var f Figures
	f.Count(Fact{Call: Call{Path: "welcome>languages>welcome>operator", Outcome: string(flow.Served)}})
	f.Count(Fact{Call: Call{Path: "welcome>a>...>z", Outcome: string(flow.AbandonedMenu)}})
	want := Figures{
		Visited: map[string]int64{"welcome": 2, "languages": 1, "operator": 1, "a": 1, "z": 1},
		Went:    map[string]int64{"welcome>languages": 1, "languages>welcome": 1, "welcome>operator": 1, "welcome>a": 1},
		Left:    map[string]int64{"operator/served": 1, "z/abandoned_menu": 1},
	}
	if d := cmp.Diff(want, Figures{Visited: f.Visited, Went: f.Went, Left: f.Left}); d != "" {
		t.Fatal(d)
	}
}

// A caller who calls again within the days was not settled at first contact, and his second call is no first contact.
func TestFirstContacts(t *testing.T) {
	const day = 24 * time.Hour
	served := func(before, after time.Duration, disposition string) Fact {
		return Fact{Call: Call{Outcome: string(flow.Served), Disposition: disposition}, Known: true, Before: before, After: after}
	}
	var f Figures
	f.Count(served(-1, -1, "immediate"))     // once
	f.Count(served(-1, 3*day, "immediate"))  // and again after three days:
	f.Count(served(3*day, -1, "immediate"))  // the same matter within a week
	f.Count(served(-1, -1, "in_depth"))      // not at once
	f.Count(served(-1, 60*day, "immediate")) // too long after to be the same matter
	unknown := served(-1, -1, "immediate")
	unknown.Known = false
	f.Count(unknown)
	for within, want := range map[int][2]int64{7: {2, 4}, 4: {2, 4}, 3: {4, 5}, 0: {4, 5}} {
		if settled, all := f.FirstContacts(within); settled != want[0] || all != want[1] {
			t.Errorf("within %d days: %d of %d, want %d of %d", within, settled, all, want[0], want[1])
		}
	}
}

func BenchmarkCount(b *testing.B) {
	c := Fact{Call: full(), District: "06", Known: true, Before: -1, After: -1}
	var f Figures
	for b.Loop() {
		f.Count(c)
	}
}
