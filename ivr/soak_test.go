package ivr_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pronto/ivr/phone/phonetest"
)

// TestSoak: an hour of callers and operators who do all sorts of things, while the process dies now and then. Each call
// has one outcome, none is failed, nobody talks with two people, nothing is left.
func TestSoak(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { play(t, func(s *stage) { soak(s, seed, 200) }) })
	}
}

func soak(s *stage, seed uint64, calls int) {
	var callers, phones sync.WaitGroup
	stop := make(chan struct{})
	for i, name := range operators {
		rnd := rand.New(rand.NewPCG(seed, uint64(i)))
		s.register(name)
		phones.Go(func() { operate(rnd, s.people.Operator(name), stop) })
	}
	var parties []*phonetest.Party
	rnd := rand.New(rand.NewPCG(seed, 1000))
	for i := range calls {
		p := s.people.Call(fmt.Sprint(i))
		parties = append(parties, p)
		own := rand.New(rand.NewPCG(seed, uint64(2000+i)))
		callers.Go(func() { behave(own, p) })
		time.Sleep(time.Duration(rnd.IntN(400)) * time.Millisecond)
		switch {
		case i%100 == 99:
			s.crash(time.Duration(rnd.IntN(3000)) * time.Millisecond)
		case i%70 == 69:
			s.fake.DropLink(time.Duration(rnd.IntN(3000)) * time.Millisecond)
		}
	}
	callers.Wait()
	time.Sleep(time.Minute)
	close(stop)
	phones.Wait()
	synctest.Wait()

	rows := s.rows()
	taken := 0
	for _, p := range parties {
		if p.FailOpen() {
			continue
		}
		taken++
		if row := rows[p.Name()]; row.Outcome == "" || row.Outcome == "failed" {
			s.t.Errorf("%s: outcome %q %q; path %s", p.Name(), row.Outcome, row.Detail, row.Path)
		}
		voices(s.t, p)
	}
	if len(rows) != taken {
		s.t.Errorf("%d rows for %d calls", len(rows), taken)
	}
	state, err := s.line.State(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	if len(state.Desk.Waiting) > 0 {
		s.t.Errorf("tickets are left: %+v", state.Desk.Waiting)
	}
	for _, o := range state.Desk.Operators {
		if o.Ticket != "" {
			s.t.Errorf("%s is still %v", o.Name, o.State)
		}
	}
}

// voices: nobody hears two people at once.
func voices(t *testing.T, p *phonetest.Party) {
	t.Helper()
	heard := p.Heard()
	for i, a := range heard {
		for _, b := range heard[:i] {
			if len(a.What) > 6 && len(b.What) > 6 && a.What[:6] == "voice:" && b.What[:6] == "voice:" && a.From.Before(b.To) && b.From.Before(a.To) {
				t.Errorf("%s heard %s and %s at once", p.Name(), a.What, b.What)
			}
		}
	}
}

// behave is a caller.
func behave(rnd *rand.Rand, p *phonetest.Party) {
	defer func() { _ = p.Hangup() }()
	patience := time.After(time.Duration(rnd.IntN(90_000)) * time.Millisecond)
	for {
		select {
		case <-p.Done():
			return
		case <-patience:
			return
		case <-time.After(time.Duration(rnd.IntN(8000)) * time.Millisecond):
			if err := p.Press(string("0001235#789"[rnd.IntN(11)])); err != nil {
				return
			}
		}
	}
}

// operate is an operator: mostly he answers, talks and hangs up.
func operate(rnd *rand.Rand, phone *phonetest.Telephone, stop <-chan struct{}) {
	for {
		var p *phonetest.Party
		select {
		case <-stop:
			return
		case p = <-phone.Incoming():
		}
		select {
		case <-p.Done():
			continue
		case <-time.After(time.Duration(rnd.IntN(5000)) * time.Millisecond):
		}
		switch rnd.IntN(12) {
		case 0:
			_ = p.Reject(486)
		case 1: // he is not there
			<-p.Done()
		case 2:
			phone.Unregister()
			time.Sleep(time.Duration(rnd.IntN(3000)) * time.Millisecond)
			phone.Register()
		case 3:
			_ = p.Answer()
			_ = p.Hangup()
		default:
			if p.Answer() != nil {
				continue
			}
			select {
			case <-p.Done():
			case <-time.After(time.Duration(rnd.IntN(40_000)) * time.Millisecond):
				_ = p.Hangup()
			}
		}
		<-p.Done()
	}
}
