package flow_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"pronto/ivr/flow"
	"pronto/prompts"
)

// kindsBook has a branch of each sort, an ask with and without confirmation, and an office.
func kindsBook() *prompts.Book {
	book := testBook()
	book.Areas = map[string]prompts.Area{"tyrol": {Districts: []string{"0471"}}, "sicily": {Districts: []string{"091"}}}
	book.Directory = map[string]prompts.Office{"office": {Number: "0668201", Say: "the-office"}}
	book.Rescue["default"] = prompts.Rescue{Number: "112", Say: "dial-112", Areas: map[string]prompts.Rescue{"sicily": {Number: "115", Say: "dial-115"}}}
	branch := func(on string, cases ...prompts.Case) prompts.Node {
		return prompts.Node{Kind: prompts.KindBranch, On: on, Cases: cases, Otherwise: "no"}
	}
	for name, node := range map[string]prompts.Node{
		"yes": {Kind: prompts.KindMenu, Say: []string{"yes"}, Otherwise: "operator"},
		"no":  {Kind: prompts.KindMenu, Say: []string{"no"}, Otherwise: "operator"},
		"code": {
			Kind: prompts.KindAsk, Say: []string{"ask-code"}, Variable: "code", Min: 2, Max: 4, Between: 3 * time.Second,
			Wait: 6 * time.Second, Tries: 3, Then: "by-code", Otherwise: "operator",
		},
		"postcode": {
			Kind: prompts.KindAsk, Say: []string{"ask-postcode"}, Variable: "postcode", Min: 5, Max: 5, Between: 3 * time.Second,
			Wait: 6 * time.Second, Tries: 2, Confirm: true, Then: "by-postcode", Otherwise: "operator",
		},
		"by-code":     {Kind: prompts.KindBranch, On: prompts.OnVariable, Variable: "code", Cases: []prompts.Case{{Is: "1234", Then: "yes"}}, Otherwise: "no"},
		"by-postcode": {Kind: prompts.KindBranch, On: prompts.OnVariable, Variable: "postcode", Cases: []prompts.Case{{Is: "39*", Then: "yes"}}, Otherwise: "no"},
		"by-hours":    branch(prompts.OnHours, prompts.Case{Is: "office", Then: "yes"}),
		"by-holiday":  branch(prompts.OnHolidays, prompts.Case{Is: "it", Then: "yes"}),
		"by-alert":    branch(prompts.OnAlert, prompts.Case{Is: "yes", Then: "told"}),
		"by-area":     branch(prompts.OnDistrict, prompts.Case{Is: "tyrol", Then: "yes"}, prompts.Case{Is: "sicily", Then: "danger"}),
		"by-language": branch(prompts.OnLanguage, prompts.Case{Is: "en", Then: "yes"}),
		"told":        {Kind: prompts.KindSay, Say: []string{prompts.KeyAlert}, Then: "yes"},
		"call":        {Kind: prompts.KindDirectory, Office: "office", Then: "goodbye"},
	} {
		node.Name = name
		book.Nodes[name] = node
	}
	return book
}

func kindsRelease(start string) *prompts.Release {
	book := kindsBook()
	book.Start = start
	return release(book)
}

func alert(a prompts.Alert) *prompts.Alert {
	a.ID, a.Clips = "a1", map[string]prompts.Clip{
		"it": {Key: prompts.KeyAlert, File: "it/alert", Seconds: 4},
		"en": {Key: prompts.KeyAlert, File: "en/alert", Seconds: 4},
	}
	return &a
}

func (c *caller) arriveFrom(district string) *caller { return c.tell(flow.Arrived{District: district}) }

func TestBranch(t *testing.T) {
	sunday := time.Date(2026, 11, 29, 10, 0, 0, 0, time.UTC)
	francis := time.Date(2027, 10, 4, 10, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		start, district, language string
		now                       time.Time
		alert                     *prompts.Alert
		at                        string
	}{
		{start: "by-hours", at: "yes"},
		{start: "by-hours", now: sunday, at: "no"},
		{start: "by-hours", now: sunday, alert: alert(prompts.Alert{H24: true}), at: "yes"},
		{start: "by-hours", now: sunday, alert: alert(prompts.Alert{H24: true, Expires: sunday}), at: "no"},
		{start: "by-hours", now: sunday, alert: alert(prompts.Alert{}), at: "no"},
		{start: "by-holiday", at: "no"},
		{start: "by-holiday", now: francis, at: "yes"},
		{start: "by-area", district: "0471", at: "yes"},
		{start: "by-area", district: "06", at: "no"},
		{start: "by-area", at: "no"}, // mobile, withheld, foreign
		{start: "by-language", at: "no"},
		{start: "by-language", language: "en", at: "yes"},
		{start: "by-alert", at: "no"},
		{start: "by-alert", alert: alert(prompts.Alert{}), at: "told"},
		{start: "by-alert", alert: alert(prompts.Alert{Expires: t0}), at: "no"},
		{start: "by-alert", alert: alert(prompts.Alert{Expires: t0.Add(time.Second)}), at: "told"},
		{start: "by-alert", district: "06", alert: alert(prompts.Alert{Areas: []string{"tyrol"}}), at: "no"},
		{start: "by-alert", district: "0471", alert: alert(prompts.Alert{Areas: []string{"tyrol"}}), at: "told"},
		{start: "by-alert", district: "06", alert: alert(prompts.Alert{Areas: []string{"tyrol", "06"}}), at: "told"},
		{start: "by-alert", alert: alert(prompts.Alert{Areas: []string{"tyrol"}}), at: "told"}, // nobody left out
		{start: "by-alert", alert: alert(prompts.Alert{Topics: []string{"report"}}), at: "told"},
		{start: "by-code", at: "no"}, // never asked
	} {
		t.Run(fmt.Sprintf("%s %s%s", test.start, test.district, test.language), func(t *testing.T) {
			c := newCaller(t, kindsRelease(test.start).WithAlert(test.alert))
			if !test.now.IsZero() {
				c.now = test.now
			}
			if test.language != "" {
				c.s.Language = test.language
			}
			c.arriveFrom(test.district).at(test.at, flow.PhaseSaying)
		})
	}
	t.Run("a topic that the alert is not about", func(t *testing.T) {
		c := newCaller(t, kindsRelease("by-alert").WithAlert(alert(prompts.Alert{Topics: []string{"report"}})))
		c.s.Topic = "information"
		c.arrive().at("no", flow.PhaseSaying)
	})
}

func TestAlertMessage(t *testing.T) {
	r := kindsRelease("told")
	newCaller(t, r).arrive().did("answer say(yes)") // no alert: nothing is said
	with := r.WithAlert(alert(prompts.Alert{Expires: t0.Add(time.Hour)}))
	newCaller(t, with).arrive().did("answer say(alert)").heard().did("say(yes)")
	c := newCaller(t, with)
	c.s.Language = "en"
	c.arrive().did("answer say(en/alert)")
	c = newCaller(t, with).after(time.Hour)
	c.arrive().did("answer say(yes)") // it has expired
	book := kindsBook()
	menu := book.Nodes["topics"]
	menu.Keys = map[string]string{"1": "told"}
	book.Nodes["topics"] = menu
	plain := release(book)
	newCaller(t, plain).arrive().keys("21").at("yes", flow.PhaseSaying).outcome(flow.AbandonedMenu, "") // nothing was heard
	newCaller(t, plain.WithAlert(with.Alert)).arrive().keys("21").heard().at("yes", flow.PhaseSaying).outcome(flow.Informed, "")
	if r.Alert != nil {
		t.Error("the release itself has an alert now")
	}
}

func TestAlertOpensQueue(t *testing.T) {
	r := kindsRelease("operator")
	night := t0.Add(12 * time.Hour)
	closed := func(a *prompts.Alert) *caller {
		c := newCaller(t, r.WithAlert(a))
		c.now = night
		return c.arrive()
	}
	closed(nil).at("mailbox", flow.PhaseSaying)
	closed(alert(prompts.Alert{})).at("mailbox", flow.PhaseSaying)
	closed(alert(prompts.Alert{H24: true})).at("operator", flow.PhaseQueued)
	closed(alert(prompts.Alert{H24: true, Topics: []string{"report"}})).at("mailbox", flow.PhaseSaying)
	closed(alert(prompts.Alert{H24: true, Topics: []string{"information"}, Areas: []string{"tyrol"}})).at("operator", flow.PhaseQueued)
	closed(alert(prompts.Alert{H24: true, Expires: night})).at("mailbox", flow.PhaseSaying)
}

func TestRescueByArea(t *testing.T) {
	for district, number := range map[string]string{"": "112", "06": "112", "091": "115"} {
		c := newCaller(t, kindsRelease("danger")).arriveFrom(district)
		said := fmt.Sprintf("dial-%[1]s dial-%[1]s", number)
		c.did("answer say(danger " + said + " rescue-offer)")
		c.after(8*time.Second).keys("1").did("hush dial("+number+") say(rescue-connecting)").at("danger", flow.PhaseDialling)
		if c.s.Rescue != number {
			t.Errorf("district %q: %s was told", district, c.s.Rescue)
		}
	}
}

func TestDirectory(t *testing.T) {
	c := newCaller(t, kindsRelease("call")).arrive().did("answer say(the-office number/office number/office)")
	c.heard().did("say(goodbye)").outcome(flow.AbandonedMenu, "") // not chosen by key
	book := kindsBook()
	menu := book.Nodes["topics"]
	menu.Keys = map[string]string{"1": "call"}
	book.Nodes["topics"] = menu
	newCaller(t, release(book)).arrive().keys("21").heard().outcome(flow.Informed, "")
}

func TestAsk(t *testing.T) {
	ask := func(t *testing.T, node string) *caller { return newCaller(t, kindsRelease(node)).arrive() }
	is := func(c *caller, variable, value string) {
		c.t.Helper()
		if got := c.s.Vars[variable]; got != value || c.s.Entry != "" {
			c.t.Fatalf("%s is %q, want %q; entry %q", variable, got, value, c.s.Entry)
		}
	}
	t.Run("hash ends it", func(t *testing.T) {
		c := ask(t, "code").keys("12").at("code", flow.PhaseWaiting).keys("#").did("say(no)").at("no", flow.PhaseSaying)
		is(c, "code", "12")
	})
	t.Run("the first digit cuts the prompt", func(t *testing.T) { ask(t, "code").keys("1").did("hush") })
	t.Run("all digits end it, after a moment for the hash", func(t *testing.T) {
		c := ask(t, "code").keys("1234").at("code", flow.PhaseWaiting).silence().did("say(yes)").at("yes", flow.PhaseSaying)
		is(c, "code", "1234")
		c = ask(t, "code").keys("1234#").at("yes", flow.PhaseSaying).did("say(yes)")
		is(c, "code", "1234")
	})
	t.Run("silence between digits ends it", func(t *testing.T) {
		c := ask(t, "code").keys("123")
		if wait := c.timer.Sub(c.now); wait != 3*time.Second {
			t.Errorf("waits %s for the next digit", wait)
		}
		is(c.silence(), "code", "123")
	})
	t.Run("star begins anew", func(t *testing.T) { is(ask(t, "code").keys("99*12#"), "code", "12") })
	t.Run("too few and too many digits", func(t *testing.T) {
		c := ask(t, "code").keys("1#").did("say(ask-invalid ask-code)").keys("12345#").did("say(ask-invalid ask-code)")
		c.keys("#").did("hush queue(information again=false) say(please-wait)").at("operator", flow.PhaseQueued)
		if len(c.s.Vars) > 0 {
			t.Errorf("variables %v", c.s.Vars)
		}
	})
	t.Run("nothing typed", func(t *testing.T) {
		c := ask(t, "code").heard()
		if wait := c.timer.Sub(c.now); wait != 6*time.Second {
			t.Errorf("waits %s for the first digit", wait)
		}
		c.silence().did("say(ask-code)").heard().silence().heard().silence().at("operator", flow.PhaseQueued)
	})
	t.Run("typed ahead, with what follows", func(t *testing.T) {
		r := kindsRelease("code")
		c := newCaller(t, r)
		for _, k := range []byte("1234#0") {
			c.tell(flow.Key{Digit: k})
		}
		book := r.Book.Nodes["yes"]
		book.Keys = map[string]string{"0": "goodbye"}
		r.Book.Nodes["yes"] = book
		c.arrive().did("answer say(goodbye)").at("goodbye", flow.PhaseSaying)
	})
	t.Run("typed ahead in part", func(t *testing.T) {
		c := newCaller(t, kindsRelease("code")).tell(flow.Key{Digit: '1'}).arrive().at("code", flow.PhaseWaiting)
		is(c.keys("2#"), "code", "12")
	})
	t.Run("a variable typed twice is the later one, and earlier states keep theirs", func(t *testing.T) {
		c := ask(t, "code").keys("12#")
		before := c.s
		c.s.Node, c.s.Phase = "code", flow.PhaseWaiting
		c.keys("34#")
		is(c, "code", "34")
		if before.Vars["code"] != "12" {
			t.Errorf("the state before has %v now", before.Vars)
		}
	})
}

func TestAskConfirm(t *testing.T) {
	const read = "ask-read-back digit/3 digit/9 digit/1 digit/0 digit/0 ask-confirm"
	ask := func(t *testing.T) *caller {
		return newCaller(t, kindsRelease("postcode")).arrive().keys("39100#").did("say("+read+")").at("postcode", flow.PhaseSaying)
	}
	t.Run("yes", func(t *testing.T) { ask(t).keys("1").did("hush say(yes)").at("yes", flow.PhaseSaying) })
	t.Run("a hash too many is nothing", func(t *testing.T) { ask(t).keys("#").did("").keys("1").at("yes", flow.PhaseSaying) })
	t.Run("no", func(t *testing.T) {
		c := ask(t).keys("2").did("hush say(ask-postcode)").keys("00185#").keys("1").at("no", flow.PhaseSaying)
		if c.s.Vars["postcode"] != "00185" {
			t.Errorf("variables %v", c.s.Vars)
		}
	})
	t.Run("another key, then silence", func(t *testing.T) {
		c := ask(t).keys("7").did("hush say(invalid-choice "+read+")").heard().silence().at("operator", flow.PhaseQueued)
		if len(c.s.Vars) > 0 {
			t.Errorf("kept %v without being confirmed", c.s.Vars)
		}
	})
	t.Run("typed ahead it is read back all the same", func(t *testing.T) {
		c := newCaller(t, kindsRelease("postcode"))
		for _, k := range []byte("39100#1") {
			c.tell(flow.Key{Digit: k})
		}
		c.arrive().did("answer say("+read+")").at("postcode", flow.PhaseSaying)
	})
	t.Run("resumed", func(t *testing.T) {
		ask(t).tell(flow.Resumed{Alone: true}).did("say("+read+")").keys("1").at("yes", flow.PhaseSaying)
		c := newCaller(t, kindsRelease("postcode")).arrive().keys("39").tell(flow.Resumed{Alone: true}).did("say(ask-postcode)")
		c.keys("00185#").did("say(ask-read-back digit/0 digit/0 digit/1 digit/8 digit/5 ask-confirm)")
	})
}

// TestTypedStaysSecret: what a caller types is in no note, and not in what the ledger keeps of the state.
func TestTypedStaysSecret(t *testing.T) {
	const secret = "7391"
	c := newCaller(t, kindsRelease("code"))
	var notes []string
	step := func(ev flow.Event) {
		c.tell(ev)
		for _, a := range c.out {
			if n, ok := a.(flow.Note); ok {
				notes = append(notes, n.Kind+" "+n.Text)
			}
		}
		written, err := c.s.Public().Encode()
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(written, secret[:3]) || strings.ContainsAny(c.s.Public().Typed, secret) {
			t.Errorf("the ledger's state has what was typed: %s", written)
		}
	}
	for _, k := range []byte(secret) {
		step(flow.Key{Digit: k})
	}
	step(flow.Arrived{})
	step(flow.Key{Digit: '#'})
	if c.s.Vars["code"] != secret {
		t.Fatalf("variables %v", c.s.Vars)
	}
	if all := strings.Join(notes, "\n"); strings.ContainsAny(all, secret) {
		t.Errorf("the journal has digits:\n%s", all)
	}
}

// TestVarsFit: all the variables that a book can have, with the longest path, still fit the channel.
func TestVarsFit(t *testing.T) {
	s := newCaller(t, kindsRelease("code")).arriveFrom("0471").s
	s.Path = strings.Repeat("a-node-with-a-name>", 21)
	s.Vars = map[string]string{}
	for i := range 4 {
		s.Vars[fmt.Sprintf("a-long-variable%d", i)] = strings.Repeat("9", prompts.MaxDigits)
	}
	s.Entry = strings.Repeat("9", prompts.MaxDigits+1)
	text, err := s.Encode()
	if err != nil || len(text) > flow.MaxEncoded {
		t.Fatalf("%d bytes: %v", len(text), err)
	}
	back, err := flow.Decode(text)
	if err != nil || !maps.Equal(back.Vars, s.Vars) || back.District != "0471" || back.Entry != s.Entry {
		t.Errorf("read back %+v: %v", back, err)
	}
}
