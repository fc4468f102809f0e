package rehearsal_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"pronto/ivr/rehearsal"
	"pronto/prompts"
)

// The same call gives what the telephone gives: the times are those of the book and of the desk.
func TestTimes(t *testing.T) {
	var got []string
	c := rehearsal.New(starter(t), rehearsal.Setting{Clock: noon(t), Operators: 1, Answer: 20 * time.Second, Talk: 30 * time.Second},
		func(m rehearsal.Moment) {
			if m.Kind == rehearsal.KindOperator {
				got = append(got, fmt.Sprintf("%s at %s", m, m.At))
			}
		})
	c.Wait(3 * time.Second)
	c.Key('0')
	c.Wait(2 * time.Minute)
	if err := c.OperatorReady(); err != nil {
		t.Fatal(err)
	}
	want := []string{ // rings for 15 s as the book says, rests for 5
		"operator op1 rings at 3s", "operator op1 does not answer at 18s",
		"operator op1 rings at 23s", "operator op1 does not answer at 38s",
		"operator op1 is paused at 38s", "operator op1 is ready at 2m3s", "operator op1 rings at 2m3s", // two calls missed
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("who never answers within the time that a phone rings (-want +got):\n%s", diff)
	}
	if err := c.OperatorAnswers(); err != nil {
		t.Fatal(err)
	}
	c.Wait(time.Minute)
	r := c.Result()
	if !c.Over() || r.Outcome != "served" || r.EndedBy != "operator" || r.Talked != 30*time.Second || r.Waited != 2*time.Minute {
		t.Errorf("over %v, %+v", c.Over(), r)
	}
}

func noon(t testing.TB) time.Time { return time.Date(2026, 11, 25, 12, 0, 0, 0, zone(t)) }

// Verbs that do not fit say so and change nothing.
func TestVerbsThatDoNotFit(t *testing.T) {
	c := rehearsal.New(starter(t), rehearsal.Setting{Clock: noon(t), Operators: 1}, nil)
	all := []func() error{c.OperatorAnswers, c.OperatorDeclines, c.OperatorHangsUp, c.OperatorDrops, c.OperatorReady, c.RescueAnswers, c.RescueBusy, c.RescueHangsUp}
	for i, verb := range all {
		if verb() == nil {
			t.Errorf("verb %d is possible in the first menu", i)
		}
	}
	c.Key('0')
	if err := c.OperatorHangsUp(); err == nil {
		t.Error("an operator hangs up who has not answered")
	}
	if err := c.OperatorDeclines(); err != nil {
		t.Error(err)
	}
	c.Hangup()
	c.Key('1')
	c.Wait(time.Hour)
	if r := c.Result(); r.Outcome != "abandoned_queue" || c.At() != 0 {
		t.Errorf("%+v after %s", r, c.At())
	}
	for i, verb := range all {
		if verb() == nil {
			t.Errorf("verb %d is possible when the call is over", i)
		}
	}
}

// TestRingWithoutSound: a book can go round in a ring; a rehearsal of it must end all the same.
func TestRingWithoutSound(t *testing.T) {
	r := starter(t)
	book := *r.Book
	book.Nodes = map[string]prompts.Node{
		"a": {Name: "a", Kind: prompts.KindSay, Say: []string{"welcome"}, Then: "b"},
		"b": {Name: "b", Kind: prompts.KindSay, Say: []string{"welcome"}, Then: "a"},
	}
	book.Start = "a"
	silent := &prompts.Release{Book: &book, Clips: map[string]map[string]prompts.Clip{"it": {"welcome": {Key: "welcome"}}}}
	c := rehearsal.New(silent, rehearsal.Setting{Clock: noon(t)}, nil)
	c.Wait(time.Hour)
	if got := c.Result(); !c.Over() || got.Outcome != "failed" {
		t.Errorf("over %v, %+v", c.Over(), got)
	}
}

// TestAnySteps: whatever caller and others do, the call ends once, with one outcome, and time runs forwards.
func TestAnySteps(t *testing.T) {
	release := starter(t)
	at := noon(t)
	verbs := []string{
		"listen", "listen", "listen", "wait 1s", "wait 7s", "wait 40s", "wait 4m", "operator answers", "operator declines", "operator hangs up", "operator drops", "operator is ready",
		"rescue answers", "rescue busy", "rescue hangs up", "key 1", "key 1", "key 0", "key 2", "key 3", "key 9", "key #", "key 4", "key 24", "hangup",
	}
	rapid.Check(t, func(t *rapid.T) {
		var moments []rehearsal.Moment
		c := rehearsal.New(release, rehearsal.Setting{
			Clock: at, Operators: rapid.IntRange(0, 2).Draw(t, "operators"), Full: rapid.Bool().Draw(t, "full"),
			Hours:  rapid.SampledFrom([]string{"", "office"}).Draw(t, "hours"),
			Answer: time.Duration(rapid.IntRange(0, 20).Draw(t, "answer")) * time.Second,
			Talk:   time.Duration(rapid.IntRange(0, 60).Draw(t, "talk")) * time.Second,
		}, func(m rehearsal.Moment) { moments = append(moments, m) })
		for _, verb := range rapid.SliceOfN(rapid.SampledFrom(verbs), 0, 60).Draw(t, "steps") {
			step, err := rehearsal.ParseStep(verb)
			if err != nil {
				t.Fatal(err)
			}
			_ = c.Do(step) // one that does not fit is refused, which TestVerbsThatDoNotFit checks
		}
		c.Hangup()
		ends := 0
		for i, m := range moments {
			if m.Kind == rehearsal.KindHangup {
				ends++
			}
			if i > 0 && m.At < moments[i-1].At {
				t.Fatalf("%q at %s comes after %q at %s", m, m.At, moments[i-1], moments[i-1].At)
			}
		}
		r := c.Result()
		if ends != 1 || moments[len(moments)-1].Kind != rehearsal.KindHangup || !c.Over() {
			t.Fatalf("the call ended %d times:\n%s", ends, rehearsal.Transcript(moments, false))
		}
		if r.Outcome == "" || r.Outcome == "failed" || r.EndedBy == "" {
			t.Fatalf("%+v:\n%s", r, rehearsal.Transcript(moments, false))
		}
	})
}

// TestSilenceFromEveryMenu: who only listens gets to the end of everything that the line does by itself.
func TestSilenceFromEveryMenu(t *testing.T) {
	c := rehearsal.New(starter(t), rehearsal.Setting{Clock: noon(t), Operators: 1, Answer: time.Second, Talk: time.Second}, nil)
	for i := 0; c.Listen() && !c.Over(); i++ {
		if i > 100 {
			t.Fatal("it goes on and on")
		}
	}
	if r := c.Result(); !c.Over() || r.Outcome != "served" {
		t.Errorf("%+v", r)
	}
}

// TestScriptFaults: each fault of a script is told with its line.
func TestScriptFaults(t *testing.T) {
	for name, test := range map[string]struct {
		script string
		want   []string
	}{
		"settings":  {"-- settings --\nclock: noon\noperators: many\nfool: yes\nfull\n-- steps --\nlisten\n", []string{"x:2: \"noon\" is no time", "x:3: operators", "x:4: there is no setting \"fool\"", "x:5: \"full\" is no setting"}},
		"steps":     {"about\n\n-- steps --\nkey 1\nkey a\npress 1\nwait long\n# fine\n", []string{"x:5: \"a\" are no keys", "x:6: there is no step \"press 1\"", "x:7: \"long\" is no length of time"}},
		"sections":  {"-- step --\nkey 1\n", []string{"x:1: nothing reads the section \"step\"", "x:1: there are no steps"}},
		"not there": {"-- steps --\nkey 1\n\noperator answers\n", []string{"x:4: operator answers: no operator's phone rings"}},
		"over":      {"-- steps --\nhangup\nwait 5s\n", []string{"x:3: wait 5s: the call is over"}},
		"request": {
			"-- settings --\nrequest: 12345672 open\nrequest: 12345673 open 2026-11-20\nrequest: 12345672 lost 2026-11-20\n" +
				"request: 12345672 closed 2026-11-20\nrequest: 12345672 open yesterday\n-- steps --\nlisten\n",
			[]string{
				`x:2: request: "12345672 open" is no request`, `x:3: request: "12345673" is no code`, `x:4: request: a request is open, in_progress or closed, not "lost"`,
				`x:5: request: "12345672 closed 2026-11-20" is no request`, `x:6: request: "yesterday" is no date`,
			},
		},
		"hours":    {"-- settings --\nhours: night\n-- steps --\nlisten\n", []string{`x: the book has no hours named "night"`}},
		"language": {"-- settings --\nlanguage: xx\n-- steps --\nlisten\n", []string{`x: the line does not speak "xx"`}},
	} {
		t.Run(name, func(t *testing.T) {
			script, err := rehearsal.ParseScript("x", []byte(test.script), time.UTC)
			if err == nil {
				_, err = script.Run(starter(t))
			}
			var got []string
			if err != nil {
				got = strings.Split(err.Error(), "\n")
			}
			if !slices.EqualFunc(got, test.want, strings.HasPrefix) {
				t.Errorf("got %q, want lines beginning with %q", got, test.want)
			}
		})
	}
}

// TestScriptDiffers: what differs is shown, and what the file does not expect is not compared.
func TestScriptDiffers(t *testing.T) {
	const text = "-- steps --\nkey 1\n-- transcript --\nnode welcome\n\n-- outcome --\noutcome: served\n"
	script, err := rehearsal.ParseScript("x", []byte(text), time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	run, err := script.Run(starter(t))
	if err != nil {
		t.Fatal(err)
	}
	diff := string(script.Diff(run))
	for _, want := range []string{"-outcome: served\n", "+outcome: abandoned_menu\n", "+node danger\n", " node welcome\n"} {
		if !strings.Contains(diff, want) {
			t.Errorf("the difference does not tell %q:\n%s", want, diff)
		}
	}
	again, err := rehearsal.ParseScript("x", script.Updated(run), time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	if diff := again.Diff(run); len(diff) > 0 {
		t.Errorf("the script written anew differs:\n%s", diff)
	}
	bare, err := rehearsal.ParseScript("x", []byte("-- steps --\nkey 1\n"), time.UTC)
	if err != nil || bare.Expects() || len(bare.Diff(run)) > 0 {
		t.Errorf("a script without expectation: %v, %v", bare.Expects(), err)
	}
}

// TestEstimate: every text that a call may say has a length.
func TestEstimate(t *testing.T) {
	r := starter(t)
	for lang, texts := range r.Book.Texts {
		for key := range texts {
			if key == r.Book.Desk.Position {
				key = r.Book.PositionKey(3)
			}
			if clip, ok := r.Clips[lang][key]; !ok || clip.Seconds < 0.6 || clip.Source != prompts.SourceEstimate {
				t.Errorf("%s/%s: %+v", lang, key, clip)
			}
		}
	}
	if beep := r.Clips["it"][prompts.KeyBeep]; beep.Seconds < 0.3 || beep.Seconds > 2 {
		t.Errorf("the tone takes %.1f s", beep.Seconds)
	}
	empty, _ := prompts.Load(fstest.MapFS{}, "")
	if got := prompts.Estimate(empty); len(got.Clips) != 0 {
		t.Errorf("an empty book has clips: %v", got.Clips)
	}
}

// TestAlertAndDistrict: an alert and the caller's number are pretended, by settings, and the book's branches see them.
func TestAlertAndDistrict(t *testing.T) {
	texts := "welcome: Pronto.\nhome: Siete a casa.\ndial: Chiamate il 112.\ngoodbye: Arrivederci.\ntechnical-problem: Scusate.\n" +
		"fail-open-advice: Chiamate il 112.\nfail-open-wait: Attendete.\nfail-open-message: Parlate.\n"
	book, faults := prompts.Load(fstest.MapFS{"texts/it.yaml": {Data: []byte(texts)}, "line.yaml": {Data: []byte(`
book: 1
line: { number: "1", name: Branches, timezone: Europe/Rome, languages: [it] }
areas: { bolzano: { districts: ["0471"] } }
rescue: { default: { number: "112", say: dial } }
start: alert
nodes:
  alert: { kind: branch, on: alert, cases: { "yes": told }, otherwise: where }
  told: { kind: say, say: [alert], then: where }
  where: { kind: branch, on: district, cases: { bolzano: home }, otherwise: bye }
  home: { kind: say, say: [home], then: bye }
  bye: { kind: hangup, say: [goodbye] }
`)}}, "")
	for _, f := range faults {
		if !f.Warning {
			t.Fatal(f)
		}
	}
	for settings, want := range map[string]string{
		"": "alert>where>bye",
		"alert: Trema la terra.\ncaller: 0612345":                               "alert>told>where>bye",
		"alert: Trema la terra.\nalert-areas: bolzano\ncaller: 0612345":         "alert>where>bye",
		"alert: Trema la terra.\nalert-areas: bolzano\ncaller: +39 0471 123456": "alert>told>where>home>bye",
		"caller: 0471123456": "alert>where>home>bye",
		"caller: 3331234567": "alert>where>bye",
	} {
		script, err := rehearsal.ParseScript("x", []byte("-- settings --\n"+settings+"\n-- steps --\nwait 1m\n"), time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		run, err := script.Run(prompts.Estimate(book))
		if err != nil {
			t.Fatal(err)
		}
		if run.Result.Path != want {
			t.Errorf("%q: the path is %s, want %s", settings, run.Result.Path, want)
		}
		if said := rehearsal.Transcript(run.Moments, true); strings.Contains(want, "told") != strings.Contains(said, "say it: alert\n  | Trema la terra.\n") {
			t.Errorf("%q:\n%s", settings, said)
		}
	}
	script, err := rehearsal.ParseScript("x", []byte("-- settings --\nalert: A.\nalert-areas: bozen\n-- steps --\n"), time.UTC)
	if err == nil {
		_, err = script.Run(prompts.Estimate(book))
	}
	if err == nil || !strings.Contains(err.Error(), `there is no area "bozen"`) {
		t.Errorf("an alert for an area that is not: %v", err)
	}
}

// TestOperatorTwice: after a conversation the operator is free for the same caller, who asks once more.
func TestOperatorTwice(t *testing.T) {
	r := starter(t)
	book := *r.Book
	book.Nodes = maps.Clone(book.Nodes)
	again := book.Nodes["operator"]
	again.Then = "anything-else"
	book.Nodes["operator"] = again
	release := *r
	release.Book = &book
	c := rehearsal.New(&release, rehearsal.Setting{Clock: noon(t), Operators: 1}, nil)
	for range 2 {
		c.Key('0')
		if err := c.OperatorAnswers(); err != nil {
			t.Fatal(err)
		}
		c.Wait(10 * time.Second)
		if err := c.OperatorHangsUp(); err != nil {
			t.Fatal(err)
		}
	}
	c.Hangup()
	if r := c.Result(); r.Talked != 20*time.Second || r.Outcome != "served" {
		t.Errorf("%+v", r)
	}
}
