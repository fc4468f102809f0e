package siptest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/emiago/sipgo/sip"
)

// onInvite takes a new call, or a change to one that is up. It returns only when a final response was sent: sipgo
// ends the transaction of a handler that returns before.
func (p *Phone) onInvite(req *sip.Request, tx sip.ServerTransaction) {
	if to := req.To(); to != nil && to.Params.Has("tag") {
		p.onReinvite(req, tx)
		return
	}
	c, status, reason := p.ring(req, tx)
	if status != 0 {
		_ = tx.Respond(sip.NewResponseFromRequest(req, status, reason, nil))
		return
	}
	select {
	case <-c.final:
	case <-tx.Done():
		c.finish(487, true)
	}
}

// ring makes a call of an INVITE and says 180. A status other than 0 is why not.
func (p *Phone) ring(req *sip.Request, tx sip.ServerTransaction) (*Call, int, string) {
	if req.CallID() == nil || req.From() == nil || req.To() == nil || req.Contact() == nil || req.CSeq() == nil {
		return nil, 400, "Bad Request"
	}
	offer, err := parseSession(req.Body())
	if err != nil {
		return nil, 488, "Not Acceptable Here"
	}
	c, err := newCall(p, req.CallID().Value())
	if err != nil {
		return nil, 500, "Server Internal Error"
	}
	c.incoming, c.from, c.to = true, req.From().Address.User, req.Recipient.User
	if c.ours, err = c.media.negotiate(offer); err != nil {
		c.media.close()
		return nil, 488, "Not Acceptable Here"
	}
	invite := req.Clone() // the transaction reads its own
	invite.To().Params.Add("tag", sip.GenerateTagN(12))
	remote, local := invite.From().AsTo(), invite.To().AsFrom()
	c.invite, c.inviteTx, c.status = invite, tx, 180
	c.dialog = dialog{id: sip.CallIDHeader(c.id), local: &local, remote: &remote, target: *req.Contact().Address.Clone()}
	for _, h := range req.GetHeaders("Record-Route") {
		c.dialog.routes = append(c.dialog.routes, h.Value())
	}
	if !p.keep(c) {
		c.media.close()
		return nil, 480, "Temporarily Unavailable"
	}
	tx.OnCancel(func(*sip.Request) { go c.finish(487, true) })
	_ = c.respond(180, "Ringing", "")
	select {
	case p.incoming <- c:
	default:
		c.finish(486, false)
		return nil, 486, "Busy Here"
	}
	return c, 0, ""
}

func (c *Call) respond(status int, reason, body string) error {
	res := sip.NewResponseFromRequest(c.invite, status, reason, nil)
	res.AppendHeader(c.phone.contact())
	res.AppendHeader(c.phone.allow())
	if body != "" {
		res.AppendHeader(sip.NewHeader("Content-Type", "application/sdp"))
		res.SetBody([]byte(body))
	}
	if err := c.inviteTx.Respond(res); err != nil {
		return fmt.Errorf("say %d: %w", status, err)
	}
	return nil
}

// Answer takes an incoming call. It returns when the other side has confirmed it.
func (c *Call) Answer(ctx context.Context) error {
	if !c.incoming {
		return errors.New("answer a call: it is ours")
	}
	c.mu.Lock()
	over, body := c.over, c.ours.String()
	c.answering = !over
	c.mu.Unlock()
	if over {
		return fmt.Errorf("answer a call: it is over (status %d)", c.Status())
	}
	c.media.start()
	wait := sip.T1
	for {
		if err := c.respond(200, "OK", body); err != nil {
			return fmt.Errorf("answer a call: %w", err)
		}
		c.once.final.Do(func() { close(c.final) })
		timer := time.NewTimer(wait)
		select {
		case <-c.acked:
			timer.Stop()
			return nil
		case <-c.done:
			timer.Stop()
			return fmt.Errorf("answer a call: it ended (status %d)", c.Status())
		case <-ctx.Done():
			timer.Stop()
			return fmt.Errorf("answer a call: %w", context.Cause(ctx))
		case <-timer.C:
			wait = min(2*wait, sip.T2)
		}
	}
}

// Reject refuses an incoming call with a SIP status: 486 busy, 603 declined, 480 unavailable.
func (c *Call) Reject(_ context.Context, status int) error {
	if !c.incoming {
		return errors.New("reject a call: it is ours")
	}
	err := c.respond(status, "Rejected", "")
	c.once.final.Do(func() { close(c.final) })
	c.finish(status, false)
	if err != nil {
		return fmt.Errorf("reject a call: %w", err)
	}
	return nil
}

func (p *Phone) onAck(req *sip.Request, _ sip.ServerTransaction) {
	if c := p.find(req); c != nil && c.incoming {
		c.establish()
		c.once.acked.Do(func() { close(c.acked) })
	}
}

func (p *Phone) onBye(req *sip.Request, tx sip.ServerTransaction) {
	c := p.find(req)
	if c == nil {
		respond(481, "Call/Transaction Does Not Exist")(req, tx)
		return
	}
	respond(200, "OK")(req, tx)
	c.finish(200, true)
}

// onReinvite agrees to whatever the other side changes, and sends where it asks to.
func (p *Phone) onReinvite(req *sip.Request, tx sip.ServerTransaction) {
	c := p.find(req)
	if c == nil {
		respond(481, "Call/Transaction Does Not Exist")(req, tx)
		return
	}
	c.mu.Lock()
	ours := c.ours
	c.mu.Unlock()
	if offer, err := parseSession(req.Body()); err == nil {
		if ours, err = c.media.negotiate(offer); err != nil {
			respond(488, "Not Acceptable Here")(req, tx)
			return
		}
	}
	c.mu.Lock()
	c.ours = ours
	if contact := req.Contact(); contact != nil {
		c.dialog.target = *contact.Address.Clone()
	}
	c.mu.Unlock()
	res := sip.NewResponseFromRequest(req, 200, "OK", nil)
	res.AppendHeader(p.contact())
	res.AppendHeader(sip.NewHeader("Content-Type", "application/sdp"))
	res.SetBody([]byte(ours.String()))
	_ = tx.Respond(res)
}
