package ivr

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"time"

	"pronto/ivr/desk"
	"pronto/ivr/flow"
	"pronto/ivr/ledger"
	"pronto/ivr/phone"
)

// callbacks are those that the line owes: one for each number, each at work in a goroutine of its own once the switch
// that is to dial is known.
type callbacks struct {
	mu    sync.Mutex
	owed  map[string]ledger.Callback // by number
	tasks map[string]*task           // by id
}

func newCallbacks(owed []ledger.Callback) *callbacks {
	c := &callbacks{owed: map[string]ledger.Callback{}, tasks: map[string]*task{}}
	for _, cb := range owed {
		c.owed[cb.Number] = cb
	}
	return c
}

// add takes a callback up unless there is one for its number; it returns the one that counts.
func (c *callbacks) add(cb ledger.Callback) ledger.Callback {
	c.mu.Lock()
	defer c.mu.Unlock()
	if other, owed := c.owed[cb.Number]; owed {
		return other
	}
	c.owed[cb.Number] = cb
	return cb
}

func (c *callbacks) forget(cb ledger.Callback) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.owed[cb.Number].ID == cb.ID {
		delete(c.owed, cb.Number)
	}
	delete(c.tasks, cb.ID)
}

func (c *callbacks) task(id string) *task {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.tasks[id]
}

// of are those that a switch is to dial and that nobody is at yet.
func (c *callbacks) of(name string) []ledger.Callback {
	c.mu.Lock()
	defer c.mu.Unlock()
	var list []ledger.Callback
	for _, cb := range c.owed {
		if cb.Switch == name && c.tasks[cb.ID] == nil {
			list = append(list, cb)
		}
	}
	return list
}

// bookCallback takes down that the caller wants to be called back. Asked again after a restart it books nothing twice.
func (c *call) bookCallback(a flow.BookCallback) {
	row := c.row()
	cb := ledger.Callback{
		ID: "cb-" + c.id + "-" + strconv.Itoa(c.state.Plays), Line: row.Line, Switch: row.Switch, Call: c.id, Number: a.Number, Topic: a.Topic,
		Language: row.Language, Release: row.Release, Class: a.Class, Skills: a.Skills, Since: a.Since, State: ledger.CallbackWaiting,
		Next: a.NotBefore, Changed: time.Now(),
	}
	switch owed := c.line.callbacks.add(cb); {
	case owed.ID == cb.ID:
		c.line.cfg.Ledger.Write(ledger.Record{Callback: &cb})
		c.line.startTask(c.sw, cb)
		c.put(flow.Booked{})
	case owed.Call == c.id:
		c.put(flow.Booked{})
	default:
		c.put(flow.Booked{Why: flow.CallbackAlready})
	}
}

// startTask sets a callback going.
func (l *Line) startTask(sw phone.Switch, cb ledger.Callback) {
	t := &task{
		line: l, sw: sw, cb: cb, box: phone.NewMailbox[any](), timer: time.NewTimer(time.Hour),
		log: l.cfg.Log.With().Str("callback", cb.ID).Logger(),
	}
	t.timer.Stop()
	l.callbacks.mu.Lock()
	l.callbacks.tasks[cb.ID] = t
	l.callbacks.mu.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.stopped {
		l.work.Go(t.run)
	}
}

// resumeCallbacks takes up what the process before owed, once the legs that it left are known.
func (h *handler) resumeCallbacks() {
	for _, cb := range h.line.callbacks.of(h.sw.Name()) {
		cb.State = ledger.CallbackWaiting
		h.line.startTask(h.sw, cb)
	}
}

// calledBack tells the leg of a citizen with whom an operator spoke, or was about to, when the process before ended.
func calledBack(a phone.Adopted) bool {
	if !strings.HasPrefix(a.Leg.ID(), ledger.BackPrefix) || !a.Up {
		return false
	}
	state, err := flow.Decode(a.Tag)
	return err == nil && state.Node != ""
}

// settleCallback says that the callback of a leg that was found has been kept.
func (l *Line) settleCallback(leg string) (number string) {
	id := strings.TrimPrefix(leg, ledger.BackPrefix)
	id = id[:max(0, strings.LastIndexByte(id, '-'))]
	l.callbacks.mu.Lock()
	var kept ledger.Callback
	for _, cb := range l.callbacks.owed {
		if cb.ID == id {
			kept = cb
		}
	}
	l.callbacks.mu.Unlock()
	if kept.ID == "" {
		return ""
	}
	kept.State, kept.Led, kept.Result, kept.Changed = ledger.CallbackDone, leg, "reached", time.Now()
	l.cfg.Ledger.Write(ledger.Record{Callback: &kept})
	l.callbacks.forget(kept)
	return kept.Number
}

// CancelCallback takes a callback back that waits for its turn. One that is being dialled, or is over, is refused in words.
func (l *Line) CancelCallback(ctx context.Context, id string) error {
	t := l.callbacks.task(id)
	if t == nil {
		return refuse("there is no such callback, or it is over")
	}
	m := msgCancel{reply: make(chan error, 1)}
	t.box.Put(m)
	ctx, cancel := context.WithTimeout(ctx, commandTime)
	defer cancel()
	select {
	case err := <-m.reply:
		return err
	case <-ctx.Done():
		return refuse("the callback is over")
	}
}

// msgCancel asks a task to give up. The reply holds one.
type msgCancel struct{ reply chan error }

// msgCalledBack begins the call of a citizen who was called back.
type msgCalledBack struct{ cb ledger.Callback }

// calledBack is the first thing that such a call does: it is written down and both are joined.
func (c *call) calledBack(m msgCalledBack) {
	c.line.metrics.arrived.Inc()
	c.writeArrived()
	c.note("called_back", m.cb.ID)
	c.note("connected", c.state.Operator)
	c.log.Info().Str("callback", m.cb.ID).Msg("a citizen was called back")
	c.save(c.line.base)
	c.bridge(c.line.base)
	if c.bridged {
		c.line.metrics.offers.WithLabelValues("connected").Inc()
	}
}

// ticketOfCallback is the callback's place at the desk: that of the call that asked for it.
func ticketOfCallback(cb ledger.Callback) desk.Ticket {
	return desk.Ticket{
		ID: cb.ID, Kind: desk.Callback, Topic: cb.Topic, Class: cb.Class, Skills: cb.Skills, Language: cb.Language, Since: cb.Since,
		NotBefore: cb.Next,
	}
}
