package flow_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"pronto/ivr/flow"
	"pronto/prompts"
)

var nodeNames = []string{"n0", "n1", "n2", "n3", "n4", "n5"}

// drawBook makes a book such as the checker may let pass and some that it does not.
func drawBook(t *rapid.T) *prompts.Book {
	kinds := []prompts.Kind{
		prompts.KindMenu, prompts.KindMenu, prompts.KindSay, prompts.KindQueue, prompts.KindRescue, prompts.KindMessage,
		prompts.KindLanguage, prompts.KindGoto, prompts.KindHangup, prompts.KindBranch, prompts.KindAsk, prompts.KindAsk, prompts.KindDirectory,
		prompts.KindRequest, prompts.KindCallback,
	}
	name := rapid.SampledFrom(append([]string{"missing"}, nodeNames...))
	book := testBook()
	book.Start, book.Nodes = "n0", map[string]prompts.Node{}
	book.Areas = map[string]prompts.Area{"a": {Districts: []string{"0471"}}}
	book.Directory = map[string]prompts.Office{"office": {Number: "0668201", Say: "a"}}
	for _, n := range nodeNames {
		node := prompts.Node{
			Name: n, Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Then: name.Draw(t, "then"), Otherwise: name.Draw(t, "otherwise"),
			Tries: rapid.IntRange(0, 3).Draw(t, "tries"), Wait: 5 * time.Second, Topic: "report", Use: "default",
			Closed: name.Draw(t, "closed"), Full: name.Draw(t, "full"), Longest: time.Minute, Keys: map[string]string{},
		}
		node.Say = rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", prompts.KeyAlert}), 0, 2).Draw(t, "say")
		if rapid.Bool().Draw(t, "nobody") {
			node.Nobody = name.Draw(t, "nobody node")
		}
		node.Comfort = rapid.SliceOfN(rapid.SampledFrom([]string{"a", "none"}), 0, 2).Draw(t, "comfort")
		node.Every, node.Apology = 20*time.Second, rapid.SampledFrom([]string{"", "a"}).Draw(t, "apology")
		node.Request = rapid.Bool().Draw(t, "request")
		if node.Kind == prompts.KindQueue {
			node.Every = 20 * time.Second
		}
		if node.Kind == prompts.KindRequest {
			node.Min, node.Max = 1, 2
		}
		node.Office = rapid.SampledFrom([]string{"office", "missing"}).Draw(t, "office")
		node.Min, node.Max = rapid.IntRange(0, 3).Draw(t, "min"), rapid.IntRange(0, 4).Draw(t, "max")
		node.Confirm, node.Variable = rapid.Bool().Draw(t, "confirm"), rapid.SampledFrom([]string{"x", "y"}).Draw(t, "variable")
		node.On = rapid.SampledFrom([]string{
			prompts.OnHours, prompts.OnHolidays, prompts.OnAlert, prompts.OnDistrict, prompts.OnLanguage, prompts.OnVariable, "?",
		}).Draw(t, "on")
		for _, is := range []string{"office", "a", "1*", "it", "12"} {
			node.Cases = append(node.Cases, prompts.Case{Is: is, Then: name.Draw(t, "case")})
		}
		for _, k := range []string{"1", "2", "#"} {
			if node.Kind == prompts.KindLanguage {
				node.Keys[k] = rapid.SampledFrom([]string{"it", "en"}).Draw(t, "language")
			} else {
				node.Keys[k] = name.Draw(t, "key")
			}
		}
		book.Nodes[n] = node
	}
	return book
}

func drawEvent(t *rapid.T, c *caller) flow.Event {
	events := []flow.Event{
		flow.Said{ID: c.s.Plays},
		flow.Said{ID: c.s.Plays, Failed: true},
		flow.Said{ID: c.s.Plays - 1},
		flow.Timeout{},
		flow.Key{Digit: '1'},
		flow.Key{Digit: '2'},
		flow.Key{Digit: '#'},
		flow.Key{Digit: '*'},
		flow.Key{Digit: '8'},
		flow.Announce{Position: 3, Band: -1},
		flow.Announce{Position: 7, Band: 0},
		flow.Refused{Why: flow.RefusedFull},
		flow.Refused{Why: flow.RefusedNobody},
		flow.Connected{Operator: "op1"},
		flow.Fetch{},
		flow.Kept{Since: t0.Add(-time.Minute), Position: 2},
		flow.OperatorDropped{},
		flow.Transferred{Topic: "information"},
		flow.NotJoined{},
		flow.OperatorLeft{},
		flow.RescueUp{},
		flow.RescueOver{},
		flow.RescueOver{Failed: true},
		flow.Recorded{Length: time.Minute},
		flow.Recorded{Failed: true},
		flow.Resumed{Alone: true},
		flow.Resumed{Alone: true, Recording: true},
		flow.Coded{Code: "73914620"},
		flow.Coded{},
		flow.Booked{},
		flow.Booked{Why: flow.CallbackAlready},
		flow.Booked{Why: flow.CallbackFault},
		flow.Found{},
		flow.Found{Failed: true},
		flow.Found{State: flow.RequestClosed, Opened: t0, Closed: t0},
		flow.Arrived{},
		flow.TurnAway{Why: "x"},
	}
	if rapid.IntRange(0, 60).Draw(t, "stop?") == 0 {
		return flow.Stop{}
	}
	return rapid.SampledFrom(events).Draw(t, "event")
}

// TestAnyBookAnyEvents: whatever is in the book and whatever happens, there is a way forward, the state fits the
// channel and behaves the same when read from there, and there is one hang-up at most. (caller.tell checks the last.)
func TestAnyBookAnyEvents(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := release(drawBook(rt))
		for _, key := range []string{"a", "dial-112", prompts.KeySorry, prompts.KeyBeep} {
			if rapid.IntRange(0, 5).Draw(rt, "missing clip") == 0 {
				delete(r.Clips["it"], key)
			}
		}
		if rapid.Bool().Draw(rt, "alert") {
			r = r.WithAlert(alert(prompts.Alert{Areas: []string{"a"}, H24: true, Expires: t0.Add(time.Minute)}))
		}
		number := rapid.SampledFrom([]string{"", "0471234567", "3331234567"}).Draw(rt, "number")
		c := newCaller(t, r).tell(flow.Arrived{District: prompts.District(number), Number: number})
		for i := range rapid.IntRange(1, 60).Draw(rt, "events") {
			wayForward(rt, c)
			if c.s.Phase == flow.PhaseEnding {
				break
			}
			ev := drawEvent(rt, c)
			c.after(time.Duration(rapid.IntRange(0, 7000).Draw(rt, "ms")) * time.Millisecond).tell(ev)
			if len(c.out) > 300 {
				rt.Fatalf("event %d %#v gave rise to %d actions", i, ev, len(c.out))
			}
			if outcome, _ := flow.Verdict(c.s, c.now); outcome == "" {
				rt.Fatal("no outcome")
			}
		}
	})
}

func wayForward(t *rapid.T, c *caller) {
	ok := false
	switch c.s.Phase {
	case flow.PhaseSaying, flow.PhaseLast:
		ok = !c.timer.IsZero()
	case flow.PhaseWaiting, flow.PhaseOffering, flow.PhaseRecording:
		ok = !c.s.Playing && !c.timer.IsZero()
	case flow.PhaseQueued:
		ok = !c.s.Queued.IsZero() && (c.music || !c.timer.IsZero())
	case flow.PhaseDialling:
		ok = !c.timer.IsZero()
	case flow.PhaseLooking:
		ok = !c.s.Playing && !c.timer.IsZero()
	case flow.PhaseTalking, flow.PhaseConnected:
		ok = !c.music && !c.s.Playing && c.timer.IsZero()
	case flow.PhaseEnding:
		ok = c.hangups == 1
	case flow.PhaseNew:
	}
	ticket := map[bool]string{true: "away"}[c.s.Away != ""]
	switch c.s.Phase {
	case flow.PhaseQueued:
		ticket = "waiting"
		ok = ok && c.s.Away == ""
	case flow.PhaseTalking:
		ticket = "talking"
	case flow.PhaseEnding, flow.PhaseLast: // the shell gives back what there is
		ticket = c.ticket
	default:
	}
	if c.ticket != ticket {
		t.Fatalf("the ticket is %q, want %q: %+v", c.ticket, ticket, c.s)
	}
	if !ok {
		t.Fatalf("no way forward: %+v timer %v music %v", c.s, c.timer, c.music)
	}
}

// TestNothingPressed: in a book whose menus have a way out, a caller who presses nothing reaches a person, a
// recording or the end.
func TestNothingPressed(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		book := drawBook(rt)
		for i, n := range nodeNames { // a way out is one that leads on
			node := book.Nodes[n]
			next := "end"
			if i+1 < len(nodeNames) {
				next = nodeNames[i+1]
			}
			node.Then, node.Otherwise, node.Cases = next, next, nil
			book.Nodes[n] = node
		}
		book.Nodes["end"] = prompts.Node{Name: "end", Kind: prompts.KindHangup, Say: []string{"a"}}
		c := newCaller(t, release(book)).arrive()
		for range 200 {
			switch c.s.Phase {
			case flow.PhaseQueued, flow.PhaseRecording, flow.PhaseEnding:
				return
			case flow.PhaseSaying, flow.PhaseLast:
				c.heard()
			default:
				c.silence()
			}
		}
		rt.Fatalf("still at %s/%s: %s", c.s.Node, c.s.Phase, c.s.Path)
	})
}

func FuzzDecode(f *testing.F) {
	s, err := newCaller(f, release(testBook())).arrive().keys("0").s.Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(s)
	f.Add(`{"f":"queued","n":"nowhere","q":"2026-11-25T10:00:00Z"}`)
	f.Add(`{"f":"connected","n":"operator","y":-5,"s":99,"k":"\u0000é"}`)
	r := release(testBook())
	f.Fuzz(func(t *testing.T, text string) {
		s, err := flow.Decode(text)
		if err != nil {
			return
		}
		for _, ev := range []flow.Event{flow.Resumed{Alone: true}, flow.Key{Digit: '1'}, flow.Said{ID: s.Plays + 1}, flow.Timeout{}} {
			s, _ = flow.Step(r, s, ev, t0)
		}
		flow.Verdict(s, t0)
	})
}

func BenchmarkStep(b *testing.B) {
	r := release(testBook())
	s, _ := flow.Step(r, flow.Start(r, t0), flow.Arrived{}, t0)
	b.ReportAllocs()
	for b.Loop() {
		flow.Step(r, s, flow.Key{Digit: '2'}, t0)
	}
}

func BenchmarkEncode(b *testing.B) {
	r := release(testBook())
	s, _ := flow.Step(r, flow.Start(r, t0), flow.Arrived{}, t0)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Encode(); err != nil {
			b.Fatal(err)
		}
	}
}

func ExampleVerdict() {
	fmt.Println(flow.Verdict(flow.State{Phase: flow.PhaseQueued}, time.Time{}))
	// Output: abandoned_queue
}
