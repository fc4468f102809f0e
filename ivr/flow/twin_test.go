package flow_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"pronto/ivr/flow"
	"pronto/prompts"
	"pronto/prompts/protezionecivile"
)

// TestTwinTellsWhatCallsDo makes every step that a call can take and finds each of them, and each text heard, in the text twin.
func TestTwinTellsWhatCallsDo(t *testing.T) {
	kinds, faults := prompts.Load(os.DirFS("../../prompts/testdata/kinds"), "kinds")
	if slices.ContainsFunc(faults, func(f prompts.Fault) bool { return !f.Warning }) {
		t.Fatal(faults)
	}
	differ(kinds, "by-hours", "by-alert", "operator", "by-day")
	differ(kinds, "by-day", "danger", "operator", "by-alert")
	starter, _ := prompts.Load(protezionecivile.Starter(), "")
	starter.Desk.Hours = "office"
	moments := []time.Time{t0, time.Date(2026, 11, 29, 3, 0, 0, 0, time.UTC), time.Date(2026, 12, 25, 11, 0, 0, 0, time.UTC)}
	alert := prompts.Alert{ID: "a", Messages: map[string]string{"it": "Allerta rossa."}, Topics: []string{"information"}}
	small := release(testBook())
	queue := small.Book.Nodes["operator"]
	queue.Nobody = "intro"
	small.Book.Nodes["operator"] = queue
	small.Book.Texts = map[string]map[string]string{"it": {"queue-position": "{n}"}, "en": {"queue-position": "{n}"}}
	for name, r := range map[string]*prompts.Release{"kinds": prompts.Estimate(kinds), "starter": prompts.Estimate(starter), "small": small} {
		for _, raised := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, alert %v", name, raised), func(t *testing.T) {
				book := r.Book
				if raised {
					r = r.WithAlert(prompts.EstimateAlert(book, alert))
				}
				entered := map[string]bool{}
				for n, lang := range book.Line.Languages {
					for i, district := range []string{"", "0471", "091"} {
						if n > 0 && i != n%3 { // what differs between languages does so at any time
							continue
						}
						e := newExplorer(t, r, district, moments[i])
						e.all(lang)
						maps.Copy(entered, e.entered)
					}
				}
				if len(entered) < len(book.Nodes)*2/3 {
					t.Errorf("only %d of %d nodes were entered: nothing is proved", len(entered), len(book.Nodes))
				}
			})
		}
	}
}

// TestTwinOfAnyBook does the same with books that are made up.
func TestTwinOfAnyBook(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r, _ := drawRelease(rt)
		if rapid.Bool().Draw(rt, "alert") {
			r = r.WithAlert(&prompts.Alert{ID: "a"})
		}
		newExplorer(rt, r, "", t0).all("it")
	})
}

// differ has the cases of a branch, and what is otherwise, lead to different nodes.
func differ(b *prompts.Book, branch string, to ...string) {
	node := b.Nodes[branch]
	for i := range node.Cases {
		node.Cases[i].Then = to[i]
	}
	node.Otherwise = to[len(node.Cases)]
	b.Nodes[branch] = node
}

type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

// explorer goes through the states that calls can be in.
type explorer struct {
	t        failer
	r        *prompts.Release
	nodes    map[string]prompts.TwinNode
	trouble  []prompts.TwinText
	district string
	now      time.Time
	seen     map[string]bool
	entered  map[string]bool
}

func newExplorer(t failer, r *prompts.Release, district string, now time.Time) *explorer {
	twin := prompts.TwinOf(r, true, now)
	e := &explorer{
		t: t, r: r, district: district, now: now, nodes: map[string]prompts.TwinNode{}, trouble: twin.Trouble,
		seen: map[string]bool{}, entered: map[string]bool{},
	}
	for _, n := range twin.Nodes {
		e.nodes[n.Name] = n
	}
	return e
}

func (e *explorer) all(lang string) {
	s := flow.Start(e.r, e.now)
	s.Language = lang
	e.from(s, flow.Arrived{District: e.district})
	e.from(s, flow.Arrived{District: e.district, Number: "3331234567"})
	e.from(s, flow.TurnAway{Why: "draining"})
}

// events are what can come.
func (e *explorer) events(s flow.State) []flow.Event {
	events := []flow.Event{
		flow.Said{ID: s.Plays},
		flow.Timeout{},
		flow.Announce{Position: 2, Band: 1},
		flow.Announce{Position: 99, Band: -1},
		flow.OperatorDropped{},
		flow.Transferred{},
		flow.Refused{Why: flow.RefusedFull},
		flow.Refused{Why: flow.RefusedNobody},
		flow.Connected{Operator: "op"},
		flow.OperatorLeft{},
		flow.RescueUp{},
		flow.RescueOver{},
		flow.RescueOver{Failed: true},
		flow.Recorded{Length: time.Minute},
		flow.Recorded{Failed: true},
	}
	seen := e.now.AddDate(0, 0, -3)
	for _, state := range []flow.RequestState{"", flow.RequestOpen, flow.RequestInProgress, flow.RequestClosed} {
		found := flow.Found{State: state, Opened: seen}
		if state == flow.RequestClosed {
			found.Closed = seen
		}
		events = append(events, found)
	}
	events = append(events, flow.Booked{}, flow.Booked{Why: flow.CallbackAlready}, flow.Booked{Why: flow.CallbackFault})
	events = append(events, flow.Found{Failed: true}, flow.Coded{}, flow.Coded{Code: "12345678"})
	digits := map[byte]bool{'1': true, '2': true, '7': true, '*': true, '#': true}
	for key := range e.r.Book.Nodes[s.Node].Keys {
		digits[key[0]] = true
	}
	for _, digit := range slices.Sorted(maps.Keys(digits)) {
		events = append(events, flow.Key{Digit: digit})
	}
	return events
}

// from takes one step, checks it, and goes on from where it leads unless calls like that were there before.
func (e *explorer) from(s flow.State, ev flow.Event) {
	next, out := flow.Step(e.r, s, ev, e.now.Add(time.Minute))
	e.check(s, ev, next, out)
	next.SayStart, next.Length = e.now, 0 // so that whatever comes, comes late enough
	vars := fmt.Sprint(len(next.Vars))
	id := fmt.Sprint(next.Node, next.Phase, next.Try, next.Step, next.Playing, next.Language, len(next.Entry), next.Topic, vars, len(next.Typed))
	if e.seen[id] || len(next.Entry) > 10 || len(next.Typed) > 1 {
		return
	}
	e.seen[id] = true
	for _, ev := range e.events(next) {
		e.from(next, ev)
	}
}

func (e *explorer) check(before flow.State, ev flow.Event, s flow.State, out []flow.Action) {
	e.t.Helper()
	at := before.Node
	typed := before.Typed != ""
	for _, a := range out {
		switch a := a.(type) {
		case flow.Note:
			if a.Kind != "node" {
				continue
			}
			if at != "" && !e.leads(e.nodes[at], a.Text, ev, typed) {
				e.t.Fatalf("%+v: the call goes from %s to %s, the twin does not:\n%+v", ev, at, a.Text, e.nodes[at])
			}
			at = a.Text
			e.entered[at] = true
		case flow.Say:
			e.heard(before, at, s, a.Clips)
		}
	}
}

// leads says whether the twin has the step.
func (e *explorer) leads(n prompts.TwinNode, to string, ev flow.Event, typed bool) bool {
	key, pressed := ev.(flow.Key)
	for _, c := range n.Choices {
		if c.To == to && (typed || pressed && c.Key == string(rune(key.Digit))) {
			return true
		}
	}
	if n.Now != "" {
		return n.Now == to
	}
	return slices.ContainsFunc(n.Exits, func(x prompts.TwinExit) bool { return x.To == to })
}

// heard checks that the twin has each text at its node, and on entering all of them in their order.
func (e *explorer) heard(before flow.State, at string, s flow.State, clips []prompts.Clip) {
	e.t.Helper()
	n := e.nodes[at]
	for _, clip := range clips {
		if !e.has(n, clip) {
			e.t.Fatalf("callers hear %s %q at %s, the twin does not say it:\n%+v", clip.Key, clip.Text, at, n)
		}
	}
	if n.Kind == prompts.KindCallback && s.Caller != "" { // his own number is offered instead of asked for
		return
	}
	if before.Node == at || s.Try > 1 || s.Phase != flow.PhaseSaying && s.Phase != flow.PhaseQueued {
		return
	}
	var want, got []string
	for _, text := range n.Say {
		if text.When != "" && text.When != prompts.WhenOffer || text.Others && text.Language == s.Language || text.Key == prompts.KeyAlert && len(text.Text) == 0 {
			continue
		}
		if n.Kind == prompts.KindRescue && text.When == "" && e.elsewhere(n, text.Key) {
			continue
		}
		want = append(want, text.Key)
	}
	for _, clip := range clips {
		if !strings.HasPrefix(clip.Key, "number/") && clip.Key != prompts.KeyBeep && !e.forArea(n, clip.Key) {
			got = append(got, clip.Key)
		}
	}
	if want, got := slices.Compact(want), slices.Compact(got); !slices.Equal(want, got) {
		e.t.Fatalf("entering %s in %s callers hear %v, the twin says %v", at, s.Language, got, want)
	}
}

// forArea says whether a text is a rescue number's that holds in an area only.
func (e *explorer) forArea(n prompts.TwinNode, key string) bool {
	return slices.ContainsFunc(n.Say, func(t prompts.TwinText) bool { return t.Key == key && strings.HasPrefix(t.When, prompts.WhenArea) })
}

// elsewhere says whether the rescue text is another one in the caller's district.
func (e *explorer) elsewhere(n prompts.TwinNode, key string) bool {
	rescue, _ := e.r.Book.RescueFor(n.Rescue, e.district)
	return key == e.r.Book.Rescue[n.Rescue].Say && key != rescue.Say
}

func (e *explorer) has(n prompts.TwinNode, clip prompts.Clip) bool {
	key := clip.Key
	switch {
	case key == prompts.KeyBeep:
		return n.Kind == prompts.KindMessage
	case prompts.IsDigitKey(key):
		return says(n, prompts.WhenReadBack, prompts.WhenCode)
	case strings.HasPrefix(key, "day/") || strings.HasPrefix(key, "month/"):
		return says(n, prompts.WhenOpenedOn, prompts.WhenClosedOn)
	case strings.HasPrefix(key, "number/"):
		return key == prompts.NumberKey(n.Office)
	}
	key, _, numbered := strings.Cut(key, "/")
	return slices.ContainsFunc(slices.Concat(n.Say, e.trouble), func(t prompts.TwinText) bool {
		if t.Key != key {
			return false
		}
		for _, text := range t.Text {
			if text == clip.Text || numbered && t.When == prompts.WhenPosition {
				return true
			}
		}
		return false
	})
}

// says tells whether a node has a text for one of these moments.
func says(n prompts.TwinNode, when ...string) bool {
	return slices.ContainsFunc(n.Say, func(t prompts.TwinText) bool { return slices.Contains(when, t.When) })
}
