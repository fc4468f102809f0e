package ivr

import (
	"errors"
	"strconv"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"pronto/ivr/desk"
	"pronto/ivr/flow"
	"pronto/ivr/ledger"
	"pronto/ivr/phone"
	"pronto/prompts"
)

const (
	// backRing is how long the telephone of a citizen who is called back rings.
	backRing = 30 * time.Second
	// partTime bounds the last words to an operator whose citizen was not reached.
	partTime = 15 * time.Second
)

// stage is how far a callback has come.
type stage int

const (
	waits    stage = iota // for its turn, or rings at an operator's
	tells                 // the operator hears whom we dial
	dials                 // the citizen's telephone rings
	greets                // the citizen hears who calls
	partings              // the operator hears that nobody answers
)

// task is a callback at work. Until the citizen has answered it stands for the call; then a call of its own takes the legs
// over. All fields below box belong to the goroutine of run.
type task struct {
	line *Line
	sw   phone.Switch
	log  zerolog.Logger
	box  *phone.Mailbox[any]

	cb       ledger.Callback
	timer    *time.Timer // of the age at which it is given up; partings: of the last words
	stage    stage
	operator *party
	citizen  phone.Leg
	began    time.Time // when the citizen was dialled
	dialled  int
	plays    int
	again    time.Time // partings: what the desk is to be told
	over     bool

	mu   sync.Mutex
	heir *call // who has the legs
}

// sink routes a leg's events: to the task, and to the call that took over.
func (t *task) sink(id string) phone.Sink {
	return func(ev phone.Event) {
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.heir == nil {
			t.box.Put(msgParty{leg: id, ev: ev})
			return
		}
		t.heir.hear(id, ev)
	}
}

// hear takes an event of a leg that was a callback's.
func (c *call) hear(id string, ev phone.Event) {
	if id == c.id {
		c.fromCaller(ev)
		return
	}
	c.box.Put(msgParty{leg: id, ev: ev})
}

func (t *task) plan() prompts.Callback { return t.line.release.Load().Book.Desk.Callback }

func (t *task) run() {
	defer t.timer.Stop()
	t.line.desk.put(desk.Join{Ticket: ticketOfCallback(t.cb), Again: true})
	t.age()
	for !t.over {
		select {
		case <-t.line.base.Done():
			return // the next process finds it in the ledger
		case <-t.timer.C:
			t.timeout()
		case <-t.box.Wake():
			for _, m := range t.box.Take() {
				if t.over {
					t.refuseCancel(m)
					continue
				}
				t.handle(m)
			}
		}
	}
}

// age sets the timer to the instant at which the callback is of no use any more.
func (t *task) age() {
	longest := t.plan().Longest
	if longest <= 0 {
		longest = 24 * time.Hour
	}
	t.timer.Reset(max(time.Second, time.Until(t.cb.Since.Add(longest))))
}

func (t *task) refuseCancel(m any) {
	if m, ok := m.(msgCancel); ok {
		m.reply <- refuse("the callback is over")
	}
}

func (t *task) handle(m any) {
	switch m := m.(type) {
	case desk.Offer:
		t.offer(m)
	case desk.Withdraw:
		if t.stage == waits && t.operator != nil && t.operator.offer == m.Offer {
			t.dropOperator()
		}
	case desk.Connect:
		t.connect(m)
	case msgParty:
		t.event(m)
	case msgUntaken:
		t.untaken(m.leg)
	case msgCancel:
		m.reply <- t.cancel()
	}
}

func (t *task) offer(a desk.Offer) {
	if t.operator != nil { // the desk knows nothing of it any more
		t.dropOperator()
	}
	t.dialled++
	p := &party{
		id:       "p-" + t.cb.ID + "-" + a.Operator + "-" + strconv.FormatInt(time.Now().UnixMilli(), 36) + strconv.Itoa(t.dialled),
		operator: a.Operator, offer: a.Offer,
	}
	to := t.line.targetFor(a.Operator)
	t.operator, p.outside = p, to.Outside != ""
	tag, err := p.tag(t.cb.ID)
	if err == nil {
		p.leg, err = t.sw.Dial(t.line.base, phone.Dial{
			ID: p.id, To: to, From: t.cb.Number, Timeout: t.line.release.Load().Book.Desk.Ring + 10*time.Second, Tag: tag,
		}, t.sink(p.id))
	}
	t.line.note(t.cb.Call, "callback_offered", a.Operator)
	if err != nil {
		t.operator = nil
		t.log.Warn().Err(err).Str("operator", a.Operator).Msg("an operator's phone could not be rung")
		t.decline(p, desk.WhyUnreachable)
	}
}

func (t *task) decline(p *party, why desk.Why) {
	t.line.desk.put(desk.Decline{Ticket: t.cb.ID, Operator: p.operator, Offer: p.offer, Why: why})
	t.line.metrics.offers.WithLabelValues(string(why)).Inc()
}

// connect: the operator has it. He is told, then the citizen is dialled.
func (t *task) connect(a desk.Connect) {
	p := t.operator
	if p == nil || p.offer != a.Offer {
		return // he hung up between his answer and the desk's word, and the desk was told
	}
	t.write(ledger.CallbackDialling, "")
	t.stage = tells
	if !t.play(p.leg, t.line.release.Load().Book.Line.Languages[0], prompts.KeyOperatorCallback) {
		t.dial()
	}
}

// play says a text to one of the two; false: there is none, or it can not be.
func (t *task) play(leg phone.Leg, lang, key string) bool {
	clip, ok := t.line.release.Load().Clip(lang, key)
	if !ok {
		return false
	}
	t.plays++
	err := leg.Play(t.line.base, t.playID(), []string{clip.File})
	if err != nil && !errors.Is(err, phone.ErrGone) {
		t.log.Error().Err(err).Str("command", "play").Msg("the switch did not carry out a command")
	}
	return err == nil
}

func (t *task) playID() string { return t.cb.ID + "-s" + strconv.Itoa(t.plays) }

// dial rings the citizen. Only what the book lets be called back is dialled, and the switch has its own word on it.
func (t *task) dial() {
	t.stage = dials
	number, ok := t.line.release.Load().Book.CallbackNumber(t.cb.Number)
	if !ok {
		t.missed("refused")
		return
	}
	t.dialled++
	t.began = time.Now()
	p := &party{id: ledger.BackPrefix + t.cb.ID + "-" + strconv.FormatInt(t.began.UnixMilli(), 36) + strconv.Itoa(t.dialled)}
	tag, err := p.tag(t.cb.ID)
	if err == nil {
		t.citizen, err = t.sw.Dial(t.line.base, phone.Dial{
			ID: p.id, To: phone.Target{Callback: number}, For: t.operator.leg, Timeout: backRing, Tag: tag,
		}, t.sink(p.id))
	}
	t.line.note(t.cb.Call, "callback_dialled", "")
	if err != nil {
		t.citizen = nil
		t.log.Warn().Err(err).Msg("a citizen could not be called back")
		t.missed("unreachable")
	}
}

func (t *task) event(m msgParty) {
	switch {
	case t.operator != nil && m.leg == t.operator.id:
		t.ofOperator(m.ev)
	case t.citizen != nil && m.leg == t.citizen.ID():
		t.ofCitizen(m.ev)
	}
}

func (t *task) ofOperator(ev phone.Event) {
	p := t.operator
	switch ev := ev.(type) {
	case phone.Answered:
		t.operatorAnswered(p)
	case phone.Key:
		if t.stage == waits && p.takes(ev.Digit) {
			if err := p.leg.StopPlay(t.line.base, p.takeID()); err != nil && !errors.Is(err, phone.ErrGone) {
				t.log.Warn().Err(err).Msg("a sound could not be stopped")
			}
			t.operatorAnswered(p)
		}
	case phone.PlayDone:
		switch {
		case ev.ID != t.playID():
		case t.stage == tells:
			t.dial()
		case t.stage == partings:
			t.part()
		}
	case phone.Ended:
		t.operatorGone(ev)
	case phone.Ringing, phone.RecordDone, phone.Resynced:
	}
}

// operatorAnswered: he has it, or, elsewhere, is yet to press the key that takes it.
func (t *task) operatorAnswered(p *party) {
	switch {
	case t.stage != waits || p.accepted:
	case p.mustTake():
		if err := t.line.askToTake(p, t.box.Put); err != nil && !errors.Is(err, phone.ErrGone) {
			t.log.Error().Err(err).Str("command", "play").Msg("the switch did not carry out a command")
		}
	default:
		p.accepted = true
		t.line.desk.put(desk.Accept{Ticket: t.cb.ID, Operator: p.operator, Offer: p.offer})
	}
}

// untaken: what answered took no call.
func (t *task) untaken(leg string) {
	if p := t.operator; t.stage == waits && p != nil && p.id == leg && p.mustTake() {
		t.dropOperator()
		t.decline(p, desk.WhyNoAnswer)
	}
}

// operatorGone: he did not answer, or hung up. Then another calls the citizen: it was no try.
func (t *task) operatorGone(ev phone.Ended) {
	p := t.operator
	t.operator = nil
	switch t.stage {
	case waits:
		why := whyOf(ev)
		if p.accepted {
			why = desk.WhyRejected
		}
		t.decline(p, why)
	case partings:
		t.part()
	case tells, dials, greets:
		t.hangUpCitizen()
		t.again = time.Now()
		t.part()
	}
}

func (t *task) ofCitizen(ev phone.Event) {
	switch ev := ev.(type) {
	case phone.Answered:
		if t.stage == dials {
			t.stage = greets
			if !t.play(t.citizen, t.cb.Language, prompts.KeyCallbackIntro) {
				t.join()
			}
		}
	case phone.PlayDone:
		if t.stage == greets && ev.ID == t.playID() {
			t.join()
		}
	case phone.Ended:
		t.citizen = nil
		if t.stage == dials || t.stage == greets {
			t.missed(missedBy(t.stage, ev))
		}
	case phone.Ringing, phone.Key, phone.RecordDone, phone.Resynced:
	}
}

// missedBy is why a citizen was not reached, as the ledger says it.
func missedBy(at stage, ev phone.Ended) string {
	if at == greets {
		return "hung_up"
	}
	return string(whyOf(ev))
}

// join hands both legs to a call of their own.
func (t *task) join() {
	l := t.line
	r := l.release.Load()
	now := time.Now()
	c := newCall(l, t.sw, t.citizen, r)
	c.number, c.other, c.ticket = t.cb.Number, t.operator, true
	c.state = flow.CalledBack(r, t.cb.Language, t.cb.Topic, t.operator.operator, now)
	c.account.started, c.account.answered = t.began, now
	c.box.Put(msgCalledBack{cb: t.cb})
	l.desk.put(desk.Reached{Ticket: t.cb.ID, Call: c.id})
	if err := c.other.leg.Music(l.base, false); err != nil && !errors.Is(err, phone.ErrGone) {
		t.log.Warn().Err(err).Msg("music could not be stopped")
	}
	tag, err := c.other.tag(c.id)
	if err == nil {
		err = c.other.leg.Tag(l.base, tag)
	}
	if err != nil && !errors.Is(err, phone.ErrGone) {
		t.log.Warn().Err(err).Msg("what a party is could not be written on its leg")
	}
	t.mu.Lock()
	t.heir = c
	for _, m := range t.box.Take() {
		switch m := m.(type) {
		case msgParty:
			c.hear(m.leg, m.ev)
		case msgCancel:
			t.refuseCancel(m)
		}
	}
	t.mu.Unlock()
	t.cb.Led = c.id
	t.end(ledger.CallbackDone, "reached")
	l.start(c)
}

// missed: the citizen was not reached. The plan says whether he is called again.
func (t *task) missed(result string) {
	t.hangUpCitizen()
	plan, now := t.plan(), time.Now()
	t.cb.Attempts++
	t.again = now.Add(plan.Again)
	if open := t.line.release.Load().Book.NextOpen(plan.Hours, t.again); !open.IsZero() {
		t.again = open
	}
	if t.cb.Attempts >= max(1, plan.Tries) || plan.Longest > 0 && t.again.Sub(t.cb.Since) > plan.Longest {
		t.again = time.Time{}
	}
	t.cb.Result = result
	t.line.note(t.cb.Call, "callback_missed", result)
	t.stage = partings
	t.timer.Reset(partTime)
	if t.operator == nil || !t.play(t.operator.leg, t.line.release.Load().Book.Line.Languages[0], prompts.KeyOperatorNotReached) {
		t.part()
	}
}

// part lets the operator go, and tells the desk what becomes of the ticket.
func (t *task) part() {
	t.dropOperator()
	t.stage = waits
	t.line.desk.put(desk.Tried{Ticket: t.cb.ID, Again: t.again})
	if t.again.IsZero() {
		t.line.cfg.Ledger.Write(ledger.Record{WrapUp: &ledger.WrapUp{
			Call: t.cb.Call, At: time.Now(), By: "line", Disposition: "no_answer_on_callback",
		}})
		t.end(ledger.CallbackFailed, t.cb.Result)
		return
	}
	t.cb.Next = t.again
	t.write(ledger.CallbackWaiting, t.cb.Result)
	t.age()
}

func (t *task) timeout() {
	switch t.stage {
	case partings:
		t.part()
	case waits:
		t.dropOperator()
		t.line.desk.put(desk.Leave{Ticket: t.cb.ID})
		t.end(ledger.CallbackExpired, t.cb.Result)
	case tells, dials, greets:
		t.timer.Reset(backRing) // he is being called
	}
}

func (t *task) cancel() error {
	if t.stage != waits {
		return refuse("the citizen is being called now")
	}
	t.dropOperator()
	t.line.desk.put(desk.Leave{Ticket: t.cb.ID})
	t.end(ledger.CallbackCancelled, "cancelled")
	return nil
}

func (t *task) write(state ledger.CallbackState, result string) {
	t.cb.State, t.cb.Result, t.cb.Changed = state, result, time.Now()
	cb := t.cb
	t.line.cfg.Ledger.Write(ledger.Record{Callback: &cb})
}

func (t *task) end(state ledger.CallbackState, result string) {
	t.over = true
	t.write(state, result)
	t.line.callbacks.forget(t.cb)
	t.log.Info().Str("state", string(state)).Str("result", result).Int("attempts", t.cb.Attempts).Msg("a callback is over")
}

func (t *task) dropOperator() {
	p := t.operator
	t.operator = nil
	if p != nil && p.leg != nil {
		t.hangUp(p.leg)
	}
}

func (t *task) hangUpCitizen() {
	leg := t.citizen
	t.citizen = nil
	if leg != nil {
		t.hangUp(leg)
	}
}

func (t *task) hangUp(leg phone.Leg) {
	if err := leg.Hangup(t.line.base, phone.CauseNormal); err != nil && !errors.Is(err, phone.ErrGone) {
		t.log.Error().Err(err).Str("command", "hang up").Msg("the switch did not carry out a command")
		t.line.reap(leg)
	}
}
