package ivr_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"pronto/ivr"
	"pronto/ivr/ledger"
	"pronto/ivr/phone/phonetest"
	"pronto/prompts"
)

// release is a small book with every clip 4 s long.
func release() *prompts.Release {
	book := &prompts.Book{
		Line:   prompts.Line{Number: "800840840", Name: "Test", Timezone: "UTC", Languages: []string{"it"}},
		Topics: map[string]prompts.Topic{"information": {Class: 2}, "report": {Class: 1}},
		Rescue: map[string]prompts.Rescue{"default": {Number: "112", Say: "dial-112"}},
		Start:  "welcome",
		Nodes: map[string]prompts.Node{
			"welcome": {
				Name: "welcome", Kind: prompts.KindMenu, Say: []string{"welcome"}, Wait: 6 * time.Second, Tries: 2, Otherwise: "operator",
				Keys: map[string]string{"1": "danger", "2": "alerts", "0": "operator", "3": "report", "5": "mailbox"},
			},
			"alerts":   {Name: "alerts", Kind: prompts.KindSay, Say: []string{"alerts-text"}, Then: "goodbye"},
			"danger":   {Name: "danger", Kind: prompts.KindRescue, Use: "default", Wait: 6 * time.Second, Then: "goodbye"},
			"operator": {Name: "operator", Kind: prompts.KindQueue, Say: []string{"please-wait"}, Topic: "information", Closed: "goodbye", Full: "full"},
			"report":   {Name: "report", Kind: prompts.KindQueue, Topic: "report", Closed: "goodbye", Full: "full", Nobody: "mailbox"},
			"full":     {Name: "full", Kind: prompts.KindSay, Say: []string{"full"}, Then: "goodbye"},
			"mailbox":  {Name: "mailbox", Kind: prompts.KindMessage, Say: []string{"leave-message"}, Topic: "information", Longest: time.Minute, Then: "goodbye"},
			"goodbye":  {Name: "goodbye", Kind: prompts.KindHangup, Say: []string{"goodbye"}},
		},
		Desk: prompts.Desk{Ring: 15 * time.Second, Capacity: 2000, Announce: 30 * time.Second, Position: "queue-position", Many: "queue-position-many"},
	}
	clips := map[string]prompts.Clip{}
	keys := []string{
		prompts.KeyGoodbye, prompts.KeySorry, prompts.KeyInvalid, prompts.KeyRescueOffer, prompts.KeyRescueConnecting, prompts.KeyRescueFailed,
		prompts.KeyMessageThanks, prompts.KeyFailOpenAdvice, prompts.KeyBeep, "welcome", "alerts-text", "please-wait", "full", "leave-message",
		"dial-112", "queue-position-many",
	}
	for n := 1; n <= prompts.MaxPosition; n++ {
		keys = append(keys, book.PositionKey(n))
	}
	for _, key := range keys {
		clips[key] = prompts.Clip{Key: key, File: key, Seconds: 4}
	}
	return &prompts.Release{ID: "r1", Book: book, Clips: map[string]map[string]prompts.Clip{"it": clips}}
}

var operators = []string{"op1", "op2", "op3", "op4", "op5", "op6", "op7", "op8"}

// stage is a line with its switch and ledger, within a bubble of synctest.
type stage struct {
	t       *testing.T
	fake    *phonetest.Fake // as the running process sees it
	people  *phonetest.Fake // the first one: for calls and telephones
	ledger  *ledger.Ledger
	line    *ivr.Line
	release *prompts.Release
	older   map[string]*prompts.Release
	reg     prometheus.Registerer
	stopAll func() // the process: line and switch, not the ledger
	log     zerolog.Logger
}

// play runs a scene in a bubble and checks afterwards that nothing is left behind: no leg, no bridge, no goroutine
// (the bubble sees to that), one outcome for each call.
func play(t *testing.T, scene func(*stage)) {
	t.Helper()
	playWith(t, release(), scene)
}

func playWith(t *testing.T, r *prompts.Release, scene func(*stage)) {
	t.Helper()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := &stage{t: t, release: r, log: zerolog.New(zerolog.NewTestWriter(t)).Level(zerolog.WarnLevel)}
		var err error
		s.ledger, err = ledger.Open(t.Context(), ledger.Options{Path: filepath.Join(dir, "ledger.db"), Log: s.log})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- s.ledger.Run(ctx) }()
		s.people = phonetest.NewFake(phonetest.Config{
			AnySound: 4 * time.Second, Operators: operators, Rescue: []string{"112"}, Callback: []string{"+393331234501"},
			Outside: []string{outsideNumber},
		})
		s.fake = s.people
		s.startProcess(nil)
		scene(s)
		s.settle()
		if legs, bridges := s.fake.Legs(), s.fake.Bridges(); len(legs)+len(bridges) > 0 {
			t.Errorf("left behind: legs %v, bridges %v", legs, bridges)
		}
		if n := s.line.Up(); n != 0 {
			t.Errorf("%d calls are still up", n)
		}
		s.stopAll()
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if err := s.ledger.Close(); err != nil {
			t.Error(err)
		}
	})
}

func (s *stage) startProcess(open []ledger.Call) {
	staff, err := s.ledger.Operators(s.t.Context())
	posts, err2 := s.ledger.Posts(s.t.Context())
	owed, err3 := s.ledger.OpenCallbacks(s.t.Context())
	if err := errors.Join(err, err2, err3); err != nil {
		s.t.Fatal(err)
	}
	s.line = ivr.New(ivr.Config{
		Release: s.release, Ledger: s.ledger, Open: open, Callbacks: owed, Log: s.log, Reg: s.reg, Staff: ivr.StaffOf(staff, posts),
		Older: func(id string) (*prompts.Release, error) {
			if r := s.older[id]; r != nil {
				return r, nil
			}
			return nil, errors.New("there is none")
		},
	})
	ctx, cancel := context.WithCancel(context.Background())
	line, sw := make(chan error, 1), make(chan error, 1)
	l, f := s.line, s.fake
	go func() { line <- l.Run(ctx) }()
	go func() { sw <- f.Run(ctx, l.Handler(f)) }()
	s.stopAll = func() {
		cancel()
		if err := <-line; err != nil {
			s.t.Error(err)
		}
		if err := <-sw; err != nil {
			s.t.Error(err)
		}
	}
	synctest.Wait()
}

// crash ends the process and begins another, away later, on the same switch.
func (s *stage) crash(away time.Duration) {
	s.t.Helper()
	s.stopAll()
	s.die(away)
}

func (s *stage) die(away time.Duration) {
	s.settle()
	time.Sleep(away)
	open, err := s.ledger.OpenCalls(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	s.fake = s.fake.Restarted()
	s.startProcess(open)
}

// settle lets everything that can happen now happen, and be written.
func (s *stage) settle() {
	synctest.Wait()
	time.Sleep(2 * time.Second)
	synctest.Wait()
}

func (s *stage) register(names ...string) {
	for _, n := range names {
		s.people.Operator(n).Register()
		synctest.Wait()
	}
}

// ring is the call that rings at an operator's phone now.
func (s *stage) ring(name string) *phonetest.Party {
	s.t.Helper()
	synctest.Wait()
	select {
	case p := <-s.people.Operator(name).Incoming():
		return p
	default:
		s.t.Fatalf("%s's phone does not ring; verbs:\n%s", name, strings.Join(s.fake.Verbs(), "\n"))
		return nil
	}
}

func (s *stage) silent(name string) {
	s.t.Helper()
	synctest.Wait()
	select {
	case <-s.people.Operator(name).Incoming():
		s.t.Fatalf("%s's phone rings", name)
	default:
	}
}

func (s *stage) call(number string) *phonetest.Party {
	p := s.people.Call(number)
	synctest.Wait()
	return p
}

// queued is a call that waits for an operator and has heard the queue's text.
func (s *stage) queued(number string) *phonetest.Party {
	s.t.Helper()
	p := s.call(number)
	s.press(p, "0")
	time.Sleep(4100 * time.Millisecond)
	synctest.Wait()
	return p
}

func (s *stage) press(p *phonetest.Party, keys string) {
	s.t.Helper()
	if err := p.Press(keys); err != nil {
		s.t.Fatal(err)
	}
	synctest.Wait()
}

func (s *stage) hangup(p *phonetest.Party) {
	s.t.Helper()
	if err := p.Hangup(); err != nil {
		s.t.Fatal(err)
	}
}

func (s *stage) answer(p *phonetest.Party) {
	s.t.Helper()
	if err := p.Answer(); err != nil {
		s.t.Fatal(err)
	}
	synctest.Wait()
}

func (s *stage) hears(p *phonetest.Party, want ...string) {
	s.t.Helper()
	synctest.Wait()
	if now, _ := p.Hears(); strings.Join(now, " ") != strings.Join(want, " ") {
		s.t.Fatalf("%s hears %v, not %v", p.Name(), now, want)
	}
}

func (s *stage) over(p *phonetest.Party) {
	s.t.Helper()
	synctest.Wait()
	select {
	case <-p.Done():
	default:
		s.t.Fatalf("the call with %s is not over", p.Name())
	}
}

// rows are the ledger's calls by number.
func (s *stage) rows() map[string]ledger.Call {
	s.t.Helper()
	s.settle()
	rows := map[string]ledger.Call{}
	for c, err := range s.ledger.All(s.t.Context(), ledger.Filter{}) {
		if err != nil {
			s.t.Fatal(err)
		}
		if _, twice := rows[c.Caller]; twice {
			s.t.Errorf("two rows for %s", c.Caller)
		}
		rows[c.Caller] = c
	}
	return rows
}

// row checks the outcome of a call.
func (s *stage) row(number, outcome, detail, endedBy string) ledger.Call {
	s.t.Helper()
	c, ok := s.rows()[number]
	if !ok {
		s.t.Fatalf("no row for %s", number)
	}
	if c.Outcome != outcome || c.Detail != detail || c.EndedBy != endedBy {
		s.t.Errorf("%s: %s/%s ended by %s (%s), want %s/%s by %s; path %s", number, c.Outcome, c.Detail, c.EndedBy, c.Cause, outcome, detail, endedBy, c.Path)
	}
	if c.Ended.IsZero() || c.Line != "800840840" || c.Switch != "fake" || c.Release != "r1" {
		s.t.Errorf("row %+v", c)
	}
	return c
}

func (s *stage) verbs(prefix string) []string {
	return slices.DeleteFunc(s.fake.Verbs(), func(v string) bool { return !strings.HasPrefix(v, prefix) })
}
