package ivr

import (
	"context"
	"errors"
	"time"

	"pronto/ivr/flow"
	"pronto/ivr/ledger"
)

// lookUpLimit is how long the ledger may take to say how a request stands; the flow waits a little longer.
const lookUpLimit = 3 * time.Second

// openRequest opens the request of the message that a call left. A code that was given out before is opened once, however
// often it is asked for.
func (l *Line) openRequest(row ledger.Call, code string) {
	_, err := l.cfg.Ledger.OpenRequest(ledger.Request{
		Code: code, Line: row.Line, Channel: ledger.ChannelMessage, Topic: row.Topic, Language: row.Language, Contact: row.Caller,
	}, row.ID, "line")
	if err != nil {
		l.cfg.Log.Error().Err(err).Str("call", row.ID).Msg("the request of a message could not be opened; the message is kept")
	}
}

// settleRequest opens the request of a message whose caller has been told no code: he hung up while he spoke, or there was
// none to be had.
func (l *Line) settleRequest(row ledger.Call, s flow.State) {
	if flow.OwesRequest(s, row.Ended) {
		l.openRequest(row, "")
	}
}

// lookUp asks the ledger how a request stands. The call goes on meanwhile: a hang-up is not kept waiting.
func (c *call) lookUp(code string) {
	if !ledger.ValidCode(code) {
		c.put(flow.Found{}) // a slip of the fingers
		return
	}
	c.line.aside(func(ctx context.Context) {
		ctx, cancel := context.WithTimeout(ctx, lookUpLimit)
		defer cancel()
		status, err := c.line.cfg.Ledger.RequestState(ctx, code)
		switch {
		case errors.Is(err, ledger.ErrNoRequest):
			c.put(flow.Found{})
		case err != nil:
			c.log.Error().Err(err).Msg("a request could not be looked up")
			c.put(flow.Found{Failed: true})
		default:
			c.put(flow.Found{State: flow.RequestState(status.State), Opened: status.Opened, Closed: status.Closed})
		}
	})
}
