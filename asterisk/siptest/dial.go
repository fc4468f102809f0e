package siptest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"
)

// Dial calls uri ("sip:number@host:port") and returns at once; the error is for local faults only. The call goes on
// when ctx ends: use Hangup.
func (p *Phone) Dial(ctx context.Context, uri string) (*Call, error) {
	var to sip.Uri
	if err := sip.ParseUri(uri, &to); err != nil {
		return nil, fmt.Errorf("dial %q: %w", uri, err)
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("dial %q: %w", uri, err)
	}
	id := sip.GenerateTagN(24)
	c, err := newCall(p, id)
	if err != nil {
		return nil, fmt.Errorf("dial %q: %w", uri, err)
	}
	c.invite = p.buildInvite(to, id, c.media.offer())
	if !p.keep(c) {
		c.media.close()
		return nil, fmt.Errorf("dial %q: the phone is closed", uri)
	}
	p.work.Go(c.dial)
	return c, nil
}

func (p *Phone) buildInvite(to sip.Uri, id string, offer session) *sip.Request {
	req := sip.NewRequest(sip.INVITE, to)
	p.prepare(req)
	from := &sip.FromHeader{Address: p.contact().Address}
	from.Address.Port = 0
	from.Params.Add("tag", sip.GenerateTagN(12))
	callID, maxForwards := sip.CallIDHeader(id), sip.MaxForwardsHeader(70)
	for _, h := range []sip.Header{
		from, &sip.ToHeader{Address: sip.Uri{Scheme: to.Scheme, User: to.User, Host: to.Host}}, &callID,
		&sip.CSeqHeader{SeqNo: 1, MethodName: sip.INVITE}, &maxForwards, p.contact(), p.allow(),
		sip.NewHeader("Content-Type", "application/sdp"),
	} {
		req.AppendHeader(h)
	}
	req.SetBody([]byte(offer.String()))
	return req
}

// dial sends the INVITE and follows it to its end.
func (c *Call) dial() {
	tx, err := c.phone.client.TransactionRequest(c.phone.ctx, c.invite, sipgo.ClientRequestAddVia)
	if err != nil {
		c.finish(503, false)
		return
	}
	cancel := c.cancel
	var limit <-chan time.Time
	var wanted, provisional, tried bool
	for {
		if wanted && provisional {
			wanted = false
			c.phone.work.Go(c.sendCancel)
		}
		select {
		case <-cancel:
			cancel, wanted = nil, true
			limit = time.After(giveUp)
		case <-limit:
			c.finish(408, false)
			return
		case <-tx.Done():
			c.finish(408, true)
			return
		case res := <-tx.Responses():
			switch {
			case res.IsProvisional():
				provisional = true
				c.setStatus(res.StatusCode)
			case res.IsSuccess():
				c.accepted(tx, res)
				return
			case (res.StatusCode == 401 || res.StatusCode == 407) && c.phone.cfg.Secret != "" && !tried:
				tried, provisional = true, false
				if tx, err = c.phone.client.TransactionDigestAuth(c.phone.ctx, c.invite, res, c.phone.digest()); err != nil {
					c.finish(res.StatusCode, true)
					return
				}
			default:
				c.finish(res.StatusCode, cancel != nil)
				return
			}
		}
	}
}

// accepted takes a 2xx: ACK, and BYE at once if it can not be used or is not wanted any more.
func (c *Call) accepted(tx sip.ClientTransaction, res *sip.Response) {
	c.mu.Lock()
	c.dialog = dialog{
		id: sip.CallIDHeader(c.id), local: sip.HeaderClone(c.invite.From()), remote: sip.HeaderClone(res.To()),
		target: c.invite.Recipient, cseq: c.invite.CSeq().SeqNo,
	}
	if contact := res.Contact(); contact != nil {
		c.dialog.target = contact.Address
	}
	rr := res.GetHeaders("Record-Route")
	for i := len(rr) - 1; i >= 0; i-- {
		c.dialog.routes = append(c.dialog.routes, rr[i].Value())
	}
	ack := c.dialog.request(c.phone, sip.ACK)
	c.mu.Unlock()
	var writing sync.Mutex // a 2xx that comes again while the ACK gets its Via
	writing.Lock()
	tx.OnRetransmission(func(*sip.Response) {
		writing.Lock()
		defer writing.Unlock()
		_ = c.phone.client.WriteRequest(ack.Clone(), again)
	})
	err := c.phone.client.WriteRequest(ack, sipgo.ClientRequestAddVia)
	writing.Unlock()
	other, sdpErr := parseSession(res.Body())
	var ours session
	if sdpErr == nil {
		ours, sdpErr = c.media.negotiate(other)
	}
	select {
	case <-c.cancel: // it was answered while the CANCEL was on its way
		sdpErr = errors.Join(sdpErr, errors.New("cancelled"))
	default:
	}
	if err != nil || sdpErr != nil {
		ctx, stop := context.WithTimeout(context.WithoutCancel(c.phone.ctx), 2*time.Second)
		defer stop()
		_ = c.bye(ctx)
		return
	}
	c.mu.Lock()
	c.ours = ours
	c.mu.Unlock()
	c.media.start()
	c.establish()
}

// again sends a request once more as it is.
func again(*sipgo.Client, *sip.Request) error { return nil }

func (c *Call) sendCancel() {
	req := sip.NewRequest(sip.CANCEL, c.invite.Recipient)
	c.phone.prepare(req)
	cseq := &sip.CSeqHeader{SeqNo: c.invite.CSeq().SeqNo, MethodName: sip.CANCEL}
	maxForwards := sip.MaxForwardsHeader(70)
	for _, h := range []sip.Header{
		c.invite.Via().Clone(), sip.HeaderClone(c.invite.From()), sip.HeaderClone(c.invite.To()),
		sip.HeaderClone(c.invite.CallID()), cseq, &maxForwards,
	} {
		req.AppendHeader(h)
	}
	req.SetBody(nil)
	ctx, stop := context.WithTimeout(context.WithoutCancel(c.phone.ctx), 5*time.Second)
	defer stop()
	// The INVITE's own final response tells how it went.
	_, _ = c.phone.client.Do(ctx, req, again)
}
