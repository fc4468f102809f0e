package siptest

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"
)

// expires is asked for; it is refreshed at half of it.
const expires = 120

// registration is one binding at a registrar.
type registration struct {
	server sip.Uri
	stop   context.CancelFunc
	done   chan struct{}

	mu   sync.Mutex // one REGISTER at a time
	id   sip.CallIDHeader
	tag  string
	cseq uint32
}

// Register registers at server (host:port) with the phone's user and secret, and keeps it so until Unregister or
// Close.
func (p *Phone) Register(ctx context.Context, server string) error {
	r := &registration{
		id: sip.CallIDHeader(sip.GenerateTagN(24)), tag: sip.GenerateTagN(12), done: make(chan struct{}),
	}
	if err := sip.ParseUri("sip:"+server, &r.server); err != nil {
		return fmt.Errorf("register at %q: %w", server, err)
	}
	if err := p.Unregister(ctx); err != nil {
		return err
	}
	if err := p.register(ctx, r, expires); err != nil {
		return err
	}
	keep, stop := context.WithCancel(p.ctx)
	r.stop = stop
	p.mu.Lock()
	p.reg = r
	p.mu.Unlock()
	p.work.Go(func() {
		defer close(r.done)
		p.refresh(keep, r)
	})
	return nil
}

// refresh registers again and again; a failure is tried anew soon, since a registrar may be restarting.
func (p *Phone) refresh(ctx context.Context, r *registration) {
	wait := expires * time.Second / 2
	for {
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
		wait = expires * time.Second / 2
		if err := p.register(ctx, r, expires); err != nil {
			wait = time.Second
		}
	}
}

// Unregister gives the registration up. Without one it does nothing.
func (p *Phone) Unregister(ctx context.Context) error {
	p.mu.Lock()
	r := p.reg
	p.reg = nil
	p.mu.Unlock()
	if r == nil {
		return nil
	}
	r.stop()
	<-r.done
	return p.register(ctx, r, 0)
}

func (p *Phone) register(ctx context.Context, r *registration, seconds int) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cseq++
	req := sip.NewRequest(sip.REGISTER, r.server)
	p.prepare(req)
	aor := sip.Uri{Scheme: "sip", User: p.cfg.User, Host: r.server.Host, Port: r.server.Port}
	from := &sip.FromHeader{Address: aor}
	from.Params.Add("tag", r.tag)
	maxForwards := sip.MaxForwardsHeader(70)
	id := r.id
	for _, h := range []sip.Header{
		from, &sip.ToHeader{Address: aor}, &id, &sip.CSeqHeader{SeqNo: r.cseq, MethodName: sip.REGISTER}, &maxForwards,
		p.contact(), sip.NewHeader("Expires", fmt.Sprint(seconds)), p.allow(),
	} {
		req.AppendHeader(h)
	}
	req.SetBody(nil)
	res, err := p.client.Do(ctx, req, sipgo.ClientRequestAddVia)
	if err == nil && (res.StatusCode == sip.StatusUnauthorized || res.StatusCode == sip.StatusProxyAuthRequired) {
		r.cseq++
		res, err = p.client.DoDigestAuth(ctx, req, res, p.digest())
	}
	if err != nil {
		return fmt.Errorf("register %s at %s: %w", p.cfg.User, r.server.HostPort(), err)
	}
	if !res.IsSuccess() {
		return fmt.Errorf("register %s at %s: refused with %d %s", p.cfg.User, r.server.HostPort(), res.StatusCode, res.Reason)
	}
	return nil
}

func (p *Phone) digest() sipgo.DigestAuth {
	return sipgo.DigestAuth{Username: p.cfg.User, Password: p.cfg.Secret}
}
