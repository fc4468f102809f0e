package flow_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"pronto/ivr/flow"
	"pronto/prompts"
)

var t0 = time.Date(2026, 11, 25, 10, 0, 0, 0, time.UTC) // a Wednesday

// release makes a release of the book in which every text is there in both languages and takes 4 s.
func release(book *prompts.Book) *prompts.Release {
	keys := []string{
		prompts.KeyGoodbye, prompts.KeySorry, prompts.KeyInvalid, prompts.KeyRescueOffer, prompts.KeyRescueConnecting,
		prompts.KeyRescueFailed, prompts.KeyMessageThanks, prompts.KeyFailOpenAdvice, prompts.KeyBeep, book.Desk.Many,
		prompts.KeyAskRead, prompts.KeyAskConfirm, prompts.KeyAskInvalid,
		prompts.KeyRequestCode, prompts.KeyRequestAgain, prompts.KeyRequestOffer, prompts.KeyRequestUnknown, prompts.KeyRequestDown,
		prompts.KeyRequestOpen, prompts.KeyRequestWorking, prompts.KeyRequestClosed, prompts.KeyRequestOpenedOn, prompts.KeyRequestClosedOn,
	}
	keys = append(keys,
		prompts.KeyCallbackNumber, prompts.KeyCallbackConfirm, prompts.KeyCallbackType, prompts.KeyCallbackRefused, prompts.KeyCallbackBooked,
		prompts.KeyCallbackLater, prompts.KeyCallbackAlready, prompts.KeyCallbackFailed)
	for i := 1; i <= 31; i++ {
		keys = append(keys, prompts.DayKey(i), prompts.MonthKey(time.Month(i)))
	}
	for digit := byte('0'); digit <= '9'; digit++ {
		keys = append(keys, prompts.DigitKey(digit))
	}
	for name, office := range book.Directory {
		keys = append(keys, prompts.NumberKey(name), office.Say)
	}
	for n := 1; n <= prompts.MaxPosition; n++ {
		keys = append(keys, book.PositionKey(n))
	}
	for _, node := range book.Nodes {
		keys = append(keys, node.Say...)
	}
	for _, r := range book.Rescue {
		keys = append(keys, r.Say)
		for _, other := range r.Areas {
			keys = append(keys, other.Say)
		}
	}
	r := &prompts.Release{ID: "r1", Book: book, Clips: map[string]map[string]prompts.Clip{}}
	for _, lang := range book.Line.Languages {
		r.Clips[lang] = map[string]prompts.Clip{}
		for _, key := range keys {
			r.Clips[lang][key] = prompts.Clip{Key: key, File: lang + "/" + key, Seconds: 4}
		}
	}
	return r
}

func testBook() *prompts.Book {
	return &prompts.Book{
		Line:   prompts.Line{Number: "800840840", Timezone: "UTC", Languages: []string{"it", "en"}},
		Hours:  map[string]prompts.Hours{"office": {Days: []time.Weekday{time.Wednesday}, From: 9 * time.Hour, To: 18 * time.Hour}},
		Topics: map[string]prompts.Topic{"information": {Class: 2}, "report": {Class: 1}},
		Rescue: map[string]prompts.Rescue{"default": {Number: "112", Say: "dial-112"}},
		Start:  "welcome",
		Nodes: map[string]prompts.Node{
			"welcome": {
				Name: "welcome", Kind: prompts.KindMenu, Say: []string{"welcome", "choices"}, Wait: 6 * time.Second, Tries: 3, Otherwise: "operator",
				Keys: map[string]string{"1": "danger", "2": "topics", "0": "operator", "9": "languages", "5": "mailbox", "4": "intro"},
			},
			"topics": {
				Name: "topics", Kind: prompts.KindMenu, Say: []string{"topics"}, Wait: 6 * time.Second, Tries: 2, Otherwise: "operator",
				Keys: map[string]string{"1": "alerts", "2": "welcome"},
			},
			"alerts":    {Name: "alerts", Kind: prompts.KindSay, Say: []string{"alerts-text"}, Then: "goodbye"},
			"intro":     {Name: "intro", Kind: prompts.KindSay, Say: []string{"intro"}, Then: "intro2"},
			"intro2":    {Name: "intro2", Kind: prompts.KindSay, Say: []string{"intro2"}, Then: "hop"},
			"hop":       {Name: "hop", Kind: prompts.KindGoto, Then: "topics"},
			"danger":    {Name: "danger", Kind: prompts.KindRescue, Say: []string{"danger"}, Use: "default", Wait: 6 * time.Second, Then: "goodbye"},
			"operator":  {Name: "operator", Kind: prompts.KindQueue, Say: []string{"please-wait"}, Topic: "information", Hours: "office", Closed: "mailbox", Full: "full", Nobody: "mailbox"},
			"full":      {Name: "full", Kind: prompts.KindSay, Say: []string{"full"}, Then: "goodbye"},
			"mailbox":   {Name: "mailbox", Kind: prompts.KindMessage, Say: []string{"leave-message"}, Topic: "information", Longest: time.Minute, Then: "goodbye"},
			"languages": {Name: "languages", Kind: prompts.KindLanguage, Say: []string{"press-for-language"}, Keys: map[string]string{"1": "it", "2": "en"}, Wait: 6 * time.Second, Tries: 2, Then: "welcome"},
			"goodbye":   {Name: "goodbye", Kind: prompts.KindHangup, Say: []string{"goodbye"}},
		},
		Desk: prompts.Desk{Callback: prompts.Callback{Countries: []string{"IT"}}, Position: "queue-position", Many: "queue-position-many", Announce: 30 * time.Second, Bands: []prompts.Band{{High: time.Minute, Say: "choices"}}},
	}
}

// caller drives Step as the shell would and checks at every step that the state survives a channel variable.
type caller struct {
	t   testing.TB
	r   *prompts.Release
	s   flow.State
	now time.Time
	out []flow.Action
	// What the shell holds.
	playing int
	ends    time.Time // of what plays
	timer   time.Time
	music   bool
	hangups int
	ticket  string // at the desk: "", waiting, away, talking
}

func newCaller(t testing.TB, r *prompts.Release) *caller {
	return &caller{t: t, r: r, s: flow.Start(r, t0), now: t0}
}

func (c *caller) tell(ev flow.Event) *caller {
	c.t.Helper()
	text, err := c.s.Encode()
	if err != nil {
		c.t.Fatalf("encode %+v: %v", c.s, err)
	}
	if len(text) > flow.MaxEncoded {
		c.t.Fatalf("%d bytes: %s", len(text), text)
	}
	decoded, err := flow.Decode(text)
	if err != nil {
		c.t.Fatal(err)
	}
	_, again := flow.Step(c.r, decoded, ev, c.now)
	before := c.s
	c.s, c.out = flow.Step(c.r, c.s, ev, c.now)
	c.ticketAfter(ev, before)
	if !reflect.DeepEqual(again, c.out) {
		c.t.Fatalf("%#v in %+v: a state read from the channel does\n%v\nnot\n%v", ev, before, again, c.out)
	}
	for _, a := range c.out {
		c.carryOut(a)
	}
	return c
}

// ticketAfter is what has become of the ticket by the event itself.
func (c *caller) ticketAfter(ev flow.Event, before flow.State) {
	switch ev.(type) {
	case flow.Refused:
		if before.Phase == flow.PhaseQueued || before.Away != "" {
			c.ticket = ""
		}
	case flow.Connected:
		if before.Phase != flow.PhaseTalking && c.s.Phase == flow.PhaseTalking {
			c.ticket = "talking"
		}
	case flow.OperatorLeft:
		if before.Phase == flow.PhaseTalking {
			c.ticket = ""
		}
	}
}

// deskAction checks that what is asked of the desk fits the ticket.
func (c *caller) deskAction(a flow.Action) {
	c.t.Helper()
	was := c.ticket
	ok := true
	switch a := a.(type) {
	case flow.Queue:
		ok, c.ticket = !a.Instead || was == "away", "waiting"
	case flow.Back:
		ok, c.ticket = was == "away", "waiting"
	case flow.Away:
		ok, c.ticket = was == "waiting", "away"
	case flow.Requeue:
		ok, c.ticket = was == "talking", "waiting"
	case flow.Unqueue:
		ok, c.ticket = was == "away", ""
	}
	if !ok {
		c.t.Fatalf("%#v of a ticket that is %q", a, was)
	}
}

func (c *caller) carryOut(a flow.Action) {
	c.t.Helper()
	if c.hangups > 0 {
		c.t.Fatalf("%#v after the hang-up", a)
	}
	c.deskAction(a)
	switch a := a.(type) {
	case flow.Say:
		if a.ID <= c.playing {
			c.t.Fatalf("playback %d after %d", a.ID, c.playing)
		}
		c.playing, c.music, c.ends = a.ID, false, c.now
		for _, clip := range a.Clips {
			c.ends = c.ends.Add(time.Duration(clip.Seconds * float64(time.Second)))
		}
	case flow.Music:
		c.music = a.On
	case flow.SetTimer:
		c.timer = time.Time{}
		if a.After > 0 {
			c.timer = c.now.Add(a.After)
		}
	case flow.Hangup:
		c.hangups++
	}
}

func (c *caller) after(d time.Duration) *caller {
	c.now = c.now.Add(d)
	return c
}

func (c *caller) arrive() *caller { return c.tell(flow.Arrived{}) }

func (c *caller) keys(keys string) *caller {
	for _, k := range []byte(keys) {
		c.after(200 * time.Millisecond).tell(flow.Key{Digit: k})
	}
	return c
}

// heard lets what plays come to its end.
func (c *caller) heard() *caller {
	c.t.Helper()
	if c.now.Before(c.ends) {
		c.now = c.ends
	}
	return c.tell(flow.Said{ID: c.s.Plays})
}

// silence lets the timer end.
func (c *caller) silence() *caller {
	c.t.Helper()
	if c.timer.IsZero() {
		c.t.Fatalf("no timer runs at %s/%s", c.s.Node, c.s.Phase)
	}
	c.now, c.timer = c.timer, time.Time{}
	return c.tell(flow.Timeout{})
}

func (c *caller) at(node string, phase flow.Phase) *caller {
	c.t.Helper()
	if c.s.Node != node || c.s.Phase != phase {
		c.t.Fatalf("the call is at %s/%s, not at %s/%s; path %s", c.s.Node, c.s.Phase, node, phase, c.s.Path)
	}
	return c
}

func (c *caller) did(want string) *caller {
	c.t.Helper()
	if got := describe(c.out); got != want {
		c.t.Fatalf("done: %s\nwant: %s", got, want)
	}
	return c
}

func (c *caller) outcome(want flow.Outcome, detail string) *caller {
	c.t.Helper()
	if got, d := flow.Verdict(c.s, c.now); got != want || d != detail {
		c.t.Fatalf("outcome %s/%q, want %s/%q (marks %b)", got, d, want, detail, c.s.Marks)
	}
	return c
}

// describe writes actions down in brief; notes, saves and timers are left out.
func describe(actions []flow.Action) string {
	var out []string
	for _, a := range actions {
		switch a := a.(type) {
		case flow.Note, flow.Save, flow.SetTimer:
		case flow.Say:
			var keys []string
			for _, clip := range a.Clips {
				keys = append(keys, strings.TrimPrefix(clip.File, "it/"))
			}
			out = append(out, "say("+strings.Join(keys, " ")+")")
		case flow.Queue:
			out = append(out, fmt.Sprintf("queue(%s again=%v)", a.Topic, a.Again))
		case flow.Music:
			out = append(out, fmt.Sprintf("music(%v)", a.On))
		case flow.DialRescue:
			out = append(out, "dial("+a.Number+")")
		default:
			out = append(out, strings.ToLower(strings.TrimPrefix(fmt.Sprintf("%T", a), "flow.")))
		}
	}
	return strings.Join(out, " ")
}

func TestMenu(t *testing.T) {
	r := release(testBook())
	t.Run("answers and speaks", func(t *testing.T) {
		newCaller(t, r).arrive().did("answer say(welcome choices)").at("welcome", flow.PhaseSaying).outcome(flow.AbandonedMenu, "")
	})
	t.Run("a key cuts the prompt", func(t *testing.T) {
		newCaller(t, r).arrive().keys("2").did("hush say(topics)").at("topics", flow.PhaseSaying)
	})
	t.Run("keys ahead of two menus", func(t *testing.T) {
		newCaller(t, r).arrive().keys("21").did("hush say(alerts-text)").at("alerts", flow.PhaseSaying)
	})
	t.Run("a key before the first prompt is kept", func(t *testing.T) {
		c := newCaller(t, r).tell(flow.Key{Digit: '1'}).arrive()
		c.did("answer say(danger dial-112 dial-112 rescue-offer)").at("danger", flow.PhaseSaying)
	})
	t.Run("silence, then a person", func(t *testing.T) {
		c := newCaller(t, r).arrive()
		for range 2 {
			c.heard().at("welcome", flow.PhaseWaiting).silence().did("say(welcome choices)")
		}
		c.heard().silence().did("queue(information again=false) say(please-wait)").at("operator", flow.PhaseQueued)
	})
	t.Run("invalid keys, then a person", func(t *testing.T) {
		c := newCaller(t, r).arrive()
		c.keys("7").did("hush say(invalid-choice welcome choices)")
		c.keys("8").did("hush say(invalid-choice welcome choices)")
		c.keys("#").did("hush queue(information again=false) say(please-wait)")
	})
	t.Run("the end of a cut prompt changes nothing", func(t *testing.T) {
		c := newCaller(t, r).arrive()
		old := c.s.Plays
		c.keys("2").tell(flow.Said{ID: old}).did("").at("topics", flow.PhaseSaying)
	})
	t.Run("a prompt whose end is lost", func(t *testing.T) {
		newCaller(t, r).arrive().silence().did("hush").at("welcome", flow.PhaseWaiting)
	})
	t.Run("a prompt that ends early: a hang-up is on its way, or it goes on", func(t *testing.T) {
		c := newCaller(t, r).arrive().after(3*time.Second).tell(flow.Said{ID: 1}).did("").at("welcome", flow.PhaseSaying)
		c.silence().did("").at("welcome", flow.PhaseWaiting)
	})
	t.Run("200 digits", func(t *testing.T) {
		c := newCaller(t, r).arrive().keys(strings.Repeat("7", 200))
		c.at("operator", flow.PhaseQueued).outcome(flow.AbandonedQueue, "")
	})
}

func TestTexts(t *testing.T) {
	r := release(testBook())
	t.Run("heard whole informs", func(t *testing.T) {
		newCaller(t, r).arrive().keys("21").heard().did("say(goodbye)").outcome(flow.Informed, "").heard().did("hangup")
	})
	t.Run("heard in part", func(t *testing.T) {
		c := newCaller(t, r).arrive().keys("21")
		c.after(4*time.Second).outcome(flow.AbandonedMenu, "").after(time.Second).outcome(flow.Informed, "")
	})
	t.Run("ended early does not inform", func(t *testing.T) {
		newCaller(t, r).arrive().keys("21").after(2*time.Second).tell(flow.Said{ID: 3}).at("alerts", flow.PhaseSaying).
			outcome(flow.AbandonedMenu, "").silence().at("goodbye", flow.PhaseSaying).outcome(flow.AbandonedMenu, "")
	})
	t.Run("not chosen does not inform", func(t *testing.T) {
		book := testBook()
		book.Start = "intro2"
		newCaller(t, release(book)).arrive().heard().at("topics", flow.PhaseSaying).outcome(flow.AbandonedMenu, "")
	})
	t.Run("unheard does not inform", func(t *testing.T) {
		c := newCaller(t, r).arrive().keys("21").tell(flow.Said{ID: 3, Failed: true})
		c.at("goodbye", flow.PhaseSaying).outcome(flow.AbandonedMenu, "")
	})
	t.Run("a key skips the texts before the menu and is used there", func(t *testing.T) {
		newCaller(t, r).arrive().keys("41").did("hush say(alerts-text)").at("alerts", flow.PhaseSaying)
	})
	t.Run("hash skips one text only", func(t *testing.T) {
		newCaller(t, r).arrive().keys("4#").did("hush say(intro2)")
	})
	t.Run("a ring of texts that can not be played ends with an apology", func(t *testing.T) {
		book := testBook()
		book.Start = "a"
		book.Nodes["a"] = prompts.Node{Name: "a", Kind: prompts.KindSay, Say: []string{"a"}, Then: "b"}
		book.Nodes["b"] = prompts.Node{Name: "b", Kind: prompts.KindSay, Say: []string{"a"}, Then: "a"}
		c := newCaller(t, release(book)).arrive()
		for i := 0; c.s.Phase == flow.PhaseSaying; i++ {
			if i > 100 {
				t.Fatal("no end")
			}
			c.tell(flow.Said{ID: c.s.Plays, Failed: true})
		}
		c.did("say(technical-problem)").outcome(flow.Failed, "fault").heard().did("hangup")
	})
}

func TestLanguage(t *testing.T) {
	r := release(testBook())
	newCaller(t, r).arrive().keys("9").did("hush say(press-for-language en/press-for-language)").
		keys("2").did("hush say(en/welcome en/choices)").at("welcome", flow.PhaseSaying)
	newCaller(t, r).arrive().keys("9").heard().silence().heard().silence().did("say(welcome choices)")
	newCaller(t, r).arrive().keys("97").did("hush say(invalid-choice press-for-language en/press-for-language)")
}

func TestQueue(t *testing.T) {
	r := release(testBook())
	queued := func(t *testing.T) *caller { return newCaller(t, r).arrive().keys("0").heard() }
	t.Run("music follows the text", func(t *testing.T) {
		queued(t).did("music(true)").at("operator", flow.PhaseQueued).outcome(flow.AbandonedQueue, "")
	})
	t.Run("silence, if the book says so", func(t *testing.T) {
		book := testBook()
		book.Desk.Music = prompts.MusicNone
		c := newCaller(t, release(book)).arrive().keys("0").heard().did("")
		c.tell(flow.Announce{Position: 3, Band: -1}).did("say(queue-position/3)").heard().did("")
	})
	t.Run("the place is told and never grows", func(t *testing.T) {
		c := queued(t)
		c.tell(flow.Announce{Position: 3, Band: -1}).did("say(queue-position/3)").heard().did("music(true)")
		c.tell(flow.Announce{Position: 5, Band: -1}).did("say(queue-position/3)").heard()
		c.tell(flow.Announce{Position: 1, Band: -1}).did("say(queue-position/1)").heard()
		c.tell(flow.Announce{Position: 40, Band: -1}).did("say(queue-position/1)")
	})
	t.Run("a place that comes during another sound waits for its end", func(t *testing.T) {
		c := newCaller(t, r).arrive().keys("0").tell(flow.Announce{Position: 4, Band: -1}).did("")
		c.heard().did("say(queue-position/4)").heard().did("music(true)")
	})
	t.Run("many", func(t *testing.T) {
		queued(t).tell(flow.Announce{Position: 31, Band: -1}).did("say(queue-position-many)")
	})
	t.Run("keys do nothing and have no effect later", func(t *testing.T) {
		c := queued(t).keys("123").did("").tell(flow.Connected{Operator: "op1"}).did("music(false) bridge")
		c.keys("1").did("").tell(flow.OperatorLeft{}).did("hangup").outcome(flow.Served, "")
	})
	t.Run("served", func(t *testing.T) {
		c := newCaller(t, r).arrive().keys("0").tell(flow.Connected{Operator: "op1"}).did("hush music(false) bridge")
		c.at("operator", flow.PhaseTalking).outcome(flow.Served, "").after(time.Minute)
		if got := c.s.TalkTime(c.now); got != time.Minute {
			t.Errorf("talk time %v", got)
		}
		c.tell(flow.OperatorLeft{}).did("hangup").after(time.Hour).outcome(flow.Served, "")
		if got := c.s.TalkTime(c.now); got != time.Minute {
			t.Errorf("talk time %v", got)
		}
	})
	t.Run("not joined: the old place, and nobody was spoken with", func(t *testing.T) {
		c := queued(t)
		since := c.s.Queued
		c.after(time.Minute).tell(flow.Connected{Operator: "op1"}).tell(flow.NotJoined{}).did("queue(information again=true) music(true)")
		c.outcome(flow.AbandonedQueue, "")
		if !c.s.Queued.Equal(since) || c.s.Operator != "" {
			t.Errorf("queued %v, operator %q", c.s.Queued, c.s.Operator)
		}
	})
	t.Run("goes on where the book says", func(t *testing.T) {
		book := testBook()
		n := book.Nodes["operator"]
		n.Then = "welcome"
		book.Nodes["operator"] = n
		c := newCaller(t, release(book)).arrive().keys("0").tell(flow.Connected{Operator: "op1"}).tell(flow.OperatorLeft{}).did("say(welcome choices)")
		c.after(time.Minute).keys("0").did("hush queue(information again=false) say(please-wait)")
		if !c.s.Queued.Equal(c.now) {
			t.Error("a second wait counts from the first one")
		}
	})
	for _, tt := range []struct{ why, did, at string }{
		{flow.RefusedFull, "music(false) hush say(full)", "full"},
		{flow.RefusedNobody, "music(false) hush say(leave-message beep)", "mailbox"},
	} {
		t.Run(tt.why, func(t *testing.T) {
			c := newCaller(t, r).arrive().keys("0").tell(flow.Refused{Why: tt.why}).did(tt.did)
			c.at(tt.at, flow.PhaseSaying).outcome(flow.TurnedAway, tt.why)
		})
	}
	t.Run("closed", func(t *testing.T) {
		c := newCaller(t, r).arrive().after(9 * time.Hour).keys("0").did("hush say(leave-message beep)")
		c.outcome(flow.TurnedAway, "closed")
	})
}

func TestRescue(t *testing.T) {
	r := release(testBook())
	told := func(t *testing.T) *caller { return newCaller(t, r).arrive().keys("1") }
	t.Run("advice twice, then the offer, then goodbye", func(t *testing.T) {
		c := told(t).did("hush say(danger dial-112 dial-112 rescue-offer)").heard().at("danger", flow.PhaseOffering)
		c.outcome(flow.Redirected, "advised").silence().did("say(goodbye)").heard().did("hangup").outcome(flow.Redirected, "advised")
	})
	t.Run("redirected when told once", func(t *testing.T) {
		c := told(t).after(7*time.Second).outcome(flow.AbandonedMenu, "")
		c.after(time.Second).outcome(flow.Redirected, "advised")
	})
	t.Run("a double key press does not dial", func(t *testing.T) {
		newCaller(t, r).arrive().keys("11").did("").at("danger", flow.PhaseSaying)
	})
	t.Run("other keys do not dial", func(t *testing.T) {
		told(t).heard().keys("2#0").did("").at("danger", flow.PhaseOffering)
	})
	t.Run("connected", func(t *testing.T) {
		c := told(t).heard().keys("1").did("dial(112) say(rescue-connecting)").heard().did("music(true)")
		c.tell(flow.RescueUp{}).did("music(false) bridge").outcome(flow.Redirected, "connected")
		c.tell(flow.RescueOver{}).did("say(goodbye)")
	})
	t.Run("dialled before the advice was told, and given up", func(t *testing.T) {
		told(t).after(3*time.Second).keys("1").did("hush dial(112) say(rescue-connecting)").after(time.Minute).outcome(flow.AbandonedMenu, "")
	})
	t.Run("not reached: the advice again, twice at most", func(t *testing.T) {
		c := told(t).heard().keys("1").tell(flow.RescueOver{Failed: true})
		c.did("music(false) hush say(rescue-failed dial-112 rescue-offer)").heard().at("danger", flow.PhaseOffering)
		c.keys("1").tell(flow.RescueOver{Failed: true}).did("music(false) hush say(rescue-failed dial-112 dial-112)")
		c.keys("1").did("").heard().did("say(goodbye)")
	})
	t.Run("nothing is heard of the rescue call: the advice again", func(t *testing.T) {
		told(t).heard().keys("1").heard().silence().did("droprescue music(false) say(rescue-failed dial-112 rescue-offer)")
	})
	t.Run("answered but not joined: the advice again", func(t *testing.T) {
		c := told(t).after(3 * time.Second).keys("1").tell(flow.RescueUp{}).tell(flow.RescueOver{Failed: true})
		c.did("music(false) say(rescue-failed dial-112 rescue-offer)").outcome(flow.AbandonedMenu, "").heard().outcome(flow.Redirected, "advised")
	})
	t.Run("unheard is not advised", func(t *testing.T) {
		told(t).tell(flow.Said{ID: 2, Failed: true}).after(time.Minute).outcome(flow.AbandonedMenu, "").at("danger", flow.PhaseOffering)
	})
	t.Run("ended early is not advised", func(t *testing.T) {
		told(t).after(5*time.Second).tell(flow.Said{ID: 2}).outcome(flow.AbandonedMenu, "").after(time.Minute).outcome(flow.AbandonedMenu, "")
		told(t).after(9*time.Second).tell(flow.Said{ID: 2}).outcome(flow.Redirected, "advised")
	})
	t.Run("without a clip is not advised", func(t *testing.T) {
		bare := release(testBook())
		delete(bare.Clips["it"], "dial-112")
		newCaller(t, bare).arrive().keys("1").did("hush say(danger rescue-offer)").heard().outcome(flow.AbandonedMenu, "")
	})
}

func TestMessage(t *testing.T) {
	r := release(testBook())
	tone := func(t *testing.T) *caller {
		return newCaller(t, r).arrive().keys("5").did("hush say(leave-message beep)")
	}
	t.Run("left", func(t *testing.T) {
		c := tone(t).heard().did("record").outcome(flow.AbandonedMenu, "").after(10 * time.Second).keys("#").did("stoprecord")
		c.keys("#").did("").outcome(flow.Message, "hung_up")
		c.tell(flow.Recorded{Length: 10 * time.Second}).did("say(message-thanks)").heard().did("say(goodbye)").outcome(flow.Message, "")
	})
	t.Run("a key cuts the text, the tone still comes", func(t *testing.T) {
		tone(t).keys("5").did("hush say(beep)").keys("5").did("").heard().did("record")
	})
	t.Run("nothing left", func(t *testing.T) {
		tone(t).heard().after(time.Second).tell(flow.Recorded{Length: time.Second}).did("say(goodbye)").outcome(flow.AbandonedMenu, "")
		tone(t).heard().after(5*time.Second).tell(flow.Recorded{Failed: true}).did("say(goodbye)").outcome(flow.AbandonedMenu, "")
	})
	t.Run("its length is a guess", func(t *testing.T) {
		tone(t).heard().after(20 * time.Second).tell(flow.Recorded{Length: time.Second}).did("say(message-thanks)")
	})
	t.Run("its end is lost", func(t *testing.T) {
		tone(t).heard().silence().did("stoprecord say(message-thanks)").outcome(flow.Message, "")
		tone(t).heard().after(5 * time.Second).keys("#").silence().did("stoprecord say(message-thanks)")
	})
}

func TestResumed(t *testing.T) {
	r := release(testBook())
	alone := flow.Resumed{Alone: true}
	for _, tt := range []struct {
		name string
		to   func(*caller) *caller
		ev   flow.Event
		did  string
	}{
		{"new", func(c *caller) *caller { return c }, alone, "answer say(welcome choices)"},
		{"prompt", func(c *caller) *caller { return c.arrive() }, alone, "say(welcome choices)"},
		{"waiting", func(c *caller) *caller { return c.arrive().heard() }, alone, "say(welcome choices)"},
		{"language", func(c *caller) *caller { return c.arrive().keys("92").keys("2") }, alone, "say(en/topics)"},
		{"queued", func(c *caller) *caller { return c.arrive().keys("0") }, alone, "queue(information again=true) music(true)"},
		{"queued, out of hours", func(c *caller) *caller { return c.arrive().keys("0").after(9 * time.Hour) }, alone, "queue(information again=true) music(true)"},
		{"talking", func(c *caller) *caller { return c.arrive().keys("0").tell(flow.Connected{Operator: "a"}) }, flow.Resumed{}, ""},
		{"talking, alone", func(c *caller) *caller { return c.arrive().keys("0").tell(flow.Connected{Operator: "a"}) }, alone, "queue(information again=true) music(true)"},
		{"advice", func(c *caller) *caller { return c.arrive().keys("1") }, alone, "say(danger dial-112 dial-112 rescue-offer)"},
		{"offer", func(c *caller) *caller { return c.arrive().keys("1").heard() }, alone, "say(danger dial-112 dial-112 rescue-offer)"},
		{"dialling", func(c *caller) *caller { return c.arrive().keys("1").heard().keys("1") }, alone, "say(danger dial-112 dial-112 rescue-offer)"},
		{"last advice", func(c *caller) *caller {
			return c.arrive().keys("1").heard().keys("1").tell(flow.RescueOver{Failed: true}).heard().keys("1").tell(flow.RescueOver{Failed: true})
		}, alone, "say(danger dial-112 dial-112)"},
		{"connected", func(c *caller) *caller { return c.arrive().keys("1").heard().keys("1").tell(flow.RescueUp{}) }, flow.Resumed{}, ""},
		{"connected, alone", func(c *caller) *caller { return c.arrive().keys("1").heard().keys("1").tell(flow.RescueUp{}) }, alone, "say(goodbye)"},
		{"tone", func(c *caller) *caller { return c.arrive().keys("55") }, alone, "say(leave-message beep)"},
		{"recording", func(c *caller) *caller { return c.arrive().keys("5").heard() }, flow.Resumed{Alone: true, Recording: true}, ""},
		{"recording, ended", func(c *caller) *caller { return c.arrive().keys("5").heard().after(5 * time.Second) }, alone, "say(message-thanks)"},
		{"thanks", func(c *caller) *caller {
			return c.arrive().keys("5").heard().tell(flow.Recorded{Length: time.Minute})
		}, alone, "say(message-thanks)"},
		{"goodbye", func(c *caller) *caller { return c.arrive().keys("21").heard() }, alone, "say(goodbye)"},
		{"turned away", func(c *caller) *caller { return c.tell(flow.TurnAway{Why: "draining"}) }, alone, "say(fail-open-advice)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := tt.to(newCaller(t, r))
			since := c.s.Queued
			c.after(5 * time.Second).tell(tt.ev).did(tt.did)
			if !c.s.Queued.Equal(since) {
				t.Errorf("queued since %v, was %v", c.s.Queued, since)
			}
		})
	}
	t.Run("advice that went on is told", func(t *testing.T) {
		newCaller(t, r).arrive().keys("1").after(9*time.Second).tell(alone).outcome(flow.Redirected, "advised")
	})
	t.Run("the release is lost", func(t *testing.T) {
		c := newCaller(t, r).arrive().keys("2")
		c.s.Node = "of-yesterday"
		c.tell(alone).did("say(welcome choices)")
		q := newCaller(t, r).arrive().keys("0")
		q.s.Node = "of-yesterday"
		q.tell(alone).did("queue(information again=true) music(true)").tell(flow.Connected{Operator: "a"}).did("music(false) bridge")
	})
}

func TestEndings(t *testing.T) {
	r := release(testBook())
	newCaller(t, r).outcome(flow.AbandonedMenu, "before_answer")
	newCaller(t, r).tell(flow.TurnAway{Why: "draining"}).did("answer say(fail-open-advice)").outcome(flow.TurnedAway, "draining").
		keys("1").did("").heard().did("hangup")
	newCaller(t, r).arrive().tell(flow.Stop{}).did("hush hangup").outcome(flow.Failed, "stopped")
	newCaller(t, r).arrive().keys("0").tell(flow.Connected{Operator: "a"}).tell(flow.Stop{}).did("hangup").outcome(flow.Served, "")
	book := testBook()
	book.Nodes["a"] = prompts.Node{Name: "a", Kind: prompts.KindGoto, Then: "a"}
	book.Start = "a"
	newCaller(t, release(book)).arrive().did("answer say(technical-problem)").heard().did("hangup").outcome(flow.Failed, "fault")
	book.Start = "nowhere"
	newCaller(t, release(book)).arrive().did("answer say(technical-problem)")
}

func TestPathKeepsBothEnds(t *testing.T) {
	c := newCaller(t, release(testBook())).arrive()
	for range 300 {
		c.keys("22")
	}
	if !strings.HasPrefix(c.s.Path, "welcome>topics>") || !strings.HasSuffix(c.s.Path, ">topics>welcome") || len(c.s.Path) > 400 {
		t.Errorf("path %q", c.s.Path)
	}
	if strings.Count(c.s.Path, "...") != 1 {
		t.Errorf("path %q has more than one gap", c.s.Path)
	}
}
