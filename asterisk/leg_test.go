package asterisk

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"pronto/ivr/phone"
)

// Whatever the switch sends, in whatever order and how often: every sound and recording ends once, the leg ends
// once, and nothing comes after that.
func TestEndsAreToldOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := New(Config{App: "app"})
		ends := map[string]int{}
		over := false
		l := &leg{sw: s, id: "c1", accepted: true, dialled: rapid.Bool().Draw(t, "dialled"), sink: func(ev phone.Event) {
			if over {
				t.Fatalf("%T after the end", ev)
			}
			switch ev := ev.(type) {
			case phone.PlayDone:
				ends[ev.ID]++
			case phone.RecordDone:
				ends[ev.Name]++
			case phone.Answered, phone.Ringing:
				ends[fmt.Sprintf("%T", ev)]++
			case phone.Ended:
				over = true
			case phone.Key, phone.Resynced:
			}
		}}
		s.enter(l)
		l.plays = []*play{{id: "s1", done: make(chan struct{})}, {id: "s2", done: make(chan struct{})}}
		l.recording, l.taped = "m1", make(chan struct{})
		steps := map[string]func(){
			"s1": func() { l.playDone("s1", false) }, "s2": func() { l.playDone("s2", true) }, "m1": func() { l.recordDone("m1", time.Second) },
			"key": func() { l.key("1") }, "start": l.started, "ring": func() { l.state(stateRinging) },
			"ask": func() { l.hangupAsked(16, 0) }, "finish": func() { l.finish(false) }, "lost": func() { l.finish(true) },
		}
		names := []string{"s1", "s2", "m1", "key", "start", "ring", "ask", "finish", "lost"}
		for _, name := range rapid.SliceOf(rapid.SampledFrom(names)).Draw(t, "steps") {
			steps[name]()
		}
		l.finish(false)
		for _, id := range []string{"s1", "s2", "m1"} {
			if ends[id] != 1 {
				t.Fatalf("the end of %s was told %d times", id, ends[id])
			}
		}
		if ends["phone.Answered"] > 1 || ends["phone.Ringing"] > 1 || !over || len(s.known()) != 0 {
			t.Fatalf("told %v, over %t, %d legs left", ends, over, len(s.known()))
		}
	})
}

// FuzzEvent: what comes from the switch can be anything, and hurts nobody.
func FuzzEvent(f *testing.F) {
	for _, kind := range append(append([]string{"Odd", ""}, callEvents...), phoneEvents...) {
		f.Add([]byte(fmt.Sprintf(`{"type":%q,"application":"app","args":["x"],"channel":{"id":"c1","channelvars":{"A":"b"}},"playback":{"target_uri":"channel:c1"}}`, kind)))
	}
	f.Add([]byte(`{"type":"StasisStart","channel":null,"args":7}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s := New(Config{App: "app", URL: "http://127.0.0.1:1"})
		ev, err := decode(data)
		if err == nil && !json.Valid(data) {
			t.Fatalf("read what is no JSON: %q", data)
		}
		h := &told{lines: make(chan string, 10), legs: make(chan phone.Leg, 10)}
		_ = s.route(h, &ev)
		s.work.Wait()
	})
}
