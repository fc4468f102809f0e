package rehearsal

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pronto/ivr/desk"
)

var midnight = time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)

func team(n int, spec func(i int) Shift) []Shift {
	var team []Shift
	for i := range n {
		sh := Shift{}
		if spec != nil {
			sh = spec(i)
		}
		sh.Name = fmt.Sprintf("op%02d", i+1)
		team = append(team, sh)
	}
	return team
}

// busyDay is a day with everything that happens on a real one.
func busyDay(calls float64, operators int) Scenario {
	return Scenario{
		Desk: desk.Config{
			Ring: 15 * time.Second, WrapUp: 10 * time.Second, Capacity: 300, Announce: 30 * time.Second, Ageing: 10 * time.Minute, Misses: 2,
			Relax: []desk.Relax{{After: time.Minute, Without: desk.WithoutLanguage}, {After: 2 * time.Minute, Without: desk.WithoutTopic}},
			Bands: testBands, Unstaffed: time.Minute,
		},
		Begin: midnight, Calls: calls, Hours: [24]float64{1, 1, 1, 1, 1, 2, 4, 8, 12, 14, 14, 13, 11, 11, 12, 13, 13, 11, 8, 6, 4, 3, 2, 1},
		Topics: []Topic{
			{Share: Share{"information", 7}, Class: 2, Skills: []string{"information"}},
			{Share: Share{"report", 2}, Class: 1, Skills: []string{"report"}},
			{Share: Share{"help", 1}, Class: 2, Skills: []string{"help"}},
		},
		Languages: []Share{{"it", 90}, {"de", 6}, {"en", 4}},
		Patience:  Spread{5 * time.Minute, 1}, Talk: Spread{5 * time.Minute, 0.8},
		Team: team(operators, func(i int) Shift {
			return Shift{OperatorSpec: desk.OperatorSpec{
				Skills: [][]string{nil, {"information", "help"}, {"information", "report"}}[i%3], Languages: [][]string{{"it", "de"}, {"it", "en"}, {"it"}}[i/2%3],
			}}
		}),
		Habits: Habits{
			Answer: Spread{3 * time.Second, 1}, Misses: 0.01, Rejects: 0.01, Early: 0.5, Every: Spread{2 * time.Hour, 0.5}, Break: Spread{15 * time.Minute, 0.3},
			Remote: Spread{8 * time.Hour, 1}, Callback: 0.1, Unreached: 0.2, Tries: 3, Again: 15 * time.Minute, Menu: 0.05, Visit: Spread{time.Minute, 1},
			Cut: 0.01, Redial: Spread{30 * time.Second, 0.5}, Consult: 0.05, Return: 0.05,
		},
	}
}

var testBands = []desk.Band{
	{Low: 0, High: 2 * time.Minute},
	{Low: time.Minute, High: 5 * time.Minute},
	{Low: 2 * time.Minute, High: 10 * time.Minute},
	{Low: 5 * time.Minute, High: 20 * time.Minute},
	{Low: 10 * time.Minute, High: 40 * time.Minute},
	{Low: 0, High: 5 * time.Minute},
	{Low: 0, High: 10 * time.Minute},
	{Low: 0, High: 20 * time.Minute},
}

// TestSameSeed: the same seed gives the same days, another one others.
func TestSameSeed(t *testing.T) {
	var reports []string
	for _, seed := range []uint64{1, 1, 2} {
		s := busyDay(500, 6)
		s.Seed, s.Crashes, s.Down, s.Days = seed, 5, Spread{2 * time.Second, 1}, 2
		r, err := Rehearse(s)
		if err != nil || len(r.Faults) > 0 {
			t.Fatal(err, r.Faults)
		}
		reports = append(reports, r.String())
	}
	if reports[0] != reports[1] {
		t.Errorf("the same seed:\n%s\n%s", reports[0], reports[1])
	}
	if reports[0] == reports[2] {
		t.Errorf("another seed:\n%s", reports[2])
	}
}

// TestWholeDays: calls come as many as they should, in the hours that they should; shifts begin and end, past midnight too.
func TestWholeDays(t *testing.T) {
	s := Scenario{Begin: midnight, Days: 20, Calls: 480, Talk: Spread{Mean: time.Minute}, Team: team(3, nil)}
	s.Hours[9], s.Hours[21] = 3, 1
	s.Team[0].From, s.Team[0].To = 8*time.Hour, 10*time.Hour
	s.Team[1].From, s.Team[1].To = 20*time.Hour, 26*time.Hour
	r, err := Rehearse(s)
	if err != nil || len(r.Faults) > 0 {
		t.Fatal(err, r.Faults)
	}
	if nine, evening := r.Hours[9].Offered, r.Hours[21].Offered; nine+evening != r.Offered || nine < 6900 || nine > 7500 || evening < 2200 || evening > 2600 {
		t.Errorf("%d calls at 9, %d at 21, %d in all; 7200, 2400 and no others are expected", nine, evening, r.Offered)
	}
	for h, want := range map[int]float64{3: 1, 8: 2, 9: 2, 12: 1, 20: 2, 23: 2, 1: 1.95, 2: 1} { // the first night has no day before
		if got := (60*time.Hour - r.Hours[h].Spent[desk.Offline]).Hours() / 20; got < want-0.01 || got > want+0.06 {
			t.Errorf("%.2f operators at %d, want %v", got, h, want)
		}
	}
}

func TestNoScenario(t *testing.T) {
	good := func() Scenario { return Scenario{Calls: 1, Talk: Spread{Mean: time.Minute}, Team: team(1, nil)} }
	for want, change := range map[string]func(*Scenario){
		"no calls":                       func(s *Scenario) { s.Calls = 0 },
		"no operators":                   func(s *Scenario) { s.Team = nil },
		"conversations need a length":    func(s *Scenario) { s.Talk = Spread{} },
		"the end comes before the begin": func(s *Scenario) { s.Team[0].From = time.Hour },
	} {
		s := good()
		change(&s)
		if _, err := Rehearse(s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// TestReport: figures by their formulas (FIELD.md's example), and no figure where there are no data.
func TestReport(t *testing.T) {
	r := &Report{
		Days: 1, Threshold: 20 * time.Second, Offered: 1060, Served: 1000, Abandoned: 60, InTime: 860, LostInTime: 20,
		Spent: [6]time.Duration{desk.Talking: 6 * time.Hour, desk.WrapUp: time.Hour, desk.Ready: 3 * time.Hour, desk.Paused: 9 * time.Hour},
		Waits: []time.Duration{0, 10 * time.Second, 20 * time.Second, 90 * time.Second}, Lost: []time.Duration{time.Minute},
		Promised: 10, PromisesKept: 7, PromisesBroken: 1,
	}
	got := r.String()
	for _, want := range []string{
		"served                 1000 (94.3%), mean wait 30s, half within 20s, 90% within 1m30s, longest 1m30s",
		"hung up waiting        60 (5.7%), after 1m0s on average", "81.1% served within 20s", "70.0% = (talk + wrap-up)",
		"10, 87.5% of 8 kept; 2 left before it could be told",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in:\n%s", want, got)
		}
	}
	empty := (&Report{Days: 1, Threshold: 20 * time.Second}).String()
	for _, want := range []string{"no data served within 20s", "no data: nobody was logged in"} {
		if !strings.Contains(empty, want) {
			t.Errorf("%q is not in:\n%s", want, empty)
		}
	}
}

// BenchmarkDay: a day of 20,000 calls for 40 operators.
func BenchmarkDay(b *testing.B) {
	for b.Loop() {
		r, err := Rehearse(busyDay(20000, 40))
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(r.Events), "events/day")
	}
}
