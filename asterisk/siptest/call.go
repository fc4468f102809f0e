package siptest

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"
)

// Call is one call of a phone, made or received.
type Call struct {
	phone    *Phone
	id       string // Call-ID
	incoming bool
	from     string
	to       string
	media    *media
	ours     session // what we said of our media, for re-INVITEs

	answered chan struct{}
	done     chan struct{}
	cancel   chan struct{} // closed when we want out before the answer
	acked    chan struct{} // incoming: ACK of our answer has come
	final    chan struct{} // incoming: a final response was sent

	once struct{ cancel, acked, final sync.Once }

	mu        sync.Mutex
	status    int
	byRemote  bool
	up        bool
	over      bool
	answering bool // incoming: 200 was sent
	dialog    dialog
	inviteTx  sip.ServerTransaction // incoming
	invite    *sip.Request
}

func newCall(p *Phone, id string) (*Call, error) {
	m, err := newMedia(&p.cfg, p.pacer)
	if err != nil {
		return nil, err
	}
	return &Call{
		phone: p, id: id, media: m, answered: make(chan struct{}), done: make(chan struct{}),
		cancel: make(chan struct{}), acked: make(chan struct{}), final: make(chan struct{}),
	}, nil
}

// Answered is closed when the call has been answered.
func (c *Call) Answered() <-chan struct{} { return c.answered }

// Done is closed when the call is over, for whatever reason.
func (c *Call) Done() <-chan struct{} { return c.done }

// Status is the last SIP status: 180 while it rings, 200 once answered, or why it failed; 487 when it was cancelled.
func (c *Call) Status() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.status
}

// ByRemote says whether the other side ended the call.
func (c *Call) ByRemote() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.byRemote
}

// From is the caller's number of an incoming call.
func (c *Call) From() string { return c.from }

// To is the user part of the request URI of an incoming call: the number that was dialled.
func (c *Call) To() string { return c.to }

// Hangup ends the call: BYE, or CANCEL (outgoing) or 603 (incoming) before it was answered. It returns when the other
// side has agreed. Hanging up a call that is over is no error.
func (c *Call) Hangup(ctx context.Context) error {
	c.mu.Lock()
	up, over, answering := c.up, c.over, c.answering
	c.mu.Unlock()
	switch {
	case over:
		return nil
	case up:
		return c.bye(ctx)
	case answering:
		return c.byeOnceConfirmed(ctx)
	case c.incoming:
		return c.Reject(ctx, 603)
	}
	c.once.cancel.Do(func() { close(c.cancel) })
	select {
	case <-c.done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("cancel a call: %w", context.Cause(ctx))
	}
}

// byeOnceConfirmed waits for the ACK: before it, nobody may say BYE to a caller (RFC 3261 section 15).
func (c *Call) byeOnceConfirmed(ctx context.Context) error {
	select {
	case <-c.acked:
		return c.bye(ctx)
	case <-c.done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("hang up a call that is being answered: %w", context.Cause(ctx))
	}
}

func (c *Call) bye(ctx context.Context) error {
	c.mu.Lock()
	req := c.dialog.request(c.phone, sip.BYE)
	c.mu.Unlock()
	res, err := c.phone.client.Do(ctx, req, sipgo.ClientRequestAddVia)
	c.finish(200, false)
	if err != nil {
		return fmt.Errorf("hang up: %w", err)
	}
	if !res.IsSuccess() && res.StatusCode != 481 { // 481: it hung up at the same time
		return fmt.Errorf("hang up: refused with %d %s", res.StatusCode, res.Reason)
	}
	return nil
}

// establish marks the call as answered.
func (c *Call) establish() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.up || c.over {
		return
	}
	c.up, c.status = true, 200
	close(c.answered)
}

func (c *Call) setStatus(status int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.over && !c.up {
		c.status = status
	}
}

// finish ends the call, once. A status of 0 leaves the last one.
func (c *Call) finish(status int, byRemote bool) {
	c.mu.Lock()
	if c.over {
		c.mu.Unlock()
		return
	}
	c.over, c.byRemote = true, byRemote
	if status != 0 {
		c.status = status
	}
	close(c.done)
	c.mu.Unlock()
	c.phone.forget(c)
	c.media.close()
}

// dialog is what requests within a call carry (RFC 3261 section 12).
type dialog struct {
	id            sip.CallIDHeader
	local, remote sip.Header // as From and To of our requests
	target        sip.Uri
	routes        []string
	cseq          uint32
}

// request builds the next request of the dialog; for ACK the number is the INVITE's, so it is not counted.
func (d *dialog) request(p *Phone, method sip.RequestMethod) *sip.Request {
	req := sip.NewRequest(method, *d.target.Clone())
	p.prepare(req)
	for _, r := range d.routes {
		req.AppendHeader(sip.NewHeader("Route", r))
	}
	if method != sip.ACK {
		d.cseq++
	}
	id, maxForwards := d.id, sip.MaxForwardsHeader(70)
	for _, h := range []sip.Header{
		sip.HeaderClone(d.local), sip.HeaderClone(d.remote), &id, &sip.CSeqHeader{SeqNo: d.cseq, MethodName: method}, &maxForwards,
	} {
		req.AppendHeader(h)
	}
	req.SetBody(nil)
	return req
}

// giveUp ends a cancelled call to somebody who never says anything final.
const giveUp = 32 * time.Second
