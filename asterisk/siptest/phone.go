package siptest

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"
)

// Config says what kind of phone to make. The zero value is a phone on a free port of 127.0.0.1 that speaks A-law
// and mu-law and sends silence.
type Config struct {
	Host   string  // the address to listen on, "" is 127.0.0.1
	Port   int     // of SIP, 0 any
	User   string  // the number it calls from and registers as, "" is "test"
	Secret string  // for digest
	Tone   float64 // whole Hz, sent while media is up; 0 is silence
	NoRTP  bool    // send no RTP at all
	Codecs []int   // static payload types, offered and accepted; nil is 8, 0
	// SilentRTP sends nothing but keys and, every 5 s, a packet of silence, so that the line does not count as dead;
	// and it remembers only the last 20 to 40 s of what it hears. Cheap, for load.
	SilentRTP bool
}

// Phone is a SIP phone.
type Phone struct {
	cfg    Config
	addr   netip.AddrPort
	ua     *sipgo.UserAgent
	client *sipgo.Client
	conn   net.PacketConn
	pacer  *pacer
	ctx    context.Context
	cancel context.CancelFunc
	work   sync.WaitGroup

	incoming chan *Call

	mu     sync.Mutex
	calls  map[string]*Call // by Call-ID
	reg    *registration
	closed bool
}

// New makes a phone that listens until ctx ends or Close is called.
func New(ctx context.Context, cfg Config) (*Phone, error) {
	if cfg.Host == "" {
		cfg.Host = "127.0.0.1"
	}
	if cfg.User == "" {
		cfg.User = "test"
	}
	if cfg.Codecs == nil {
		cfg.Codecs = []int{payloadALaw, payloadULaw}
	}
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.ParseIP(cfg.Host), Port: cfg.Port})
	if err != nil {
		return nil, fmt.Errorf("open a phone's SIP socket: %w", err)
	}
	_ = conn.SetReadBuffer(1 << 20)
	p := &Phone{
		cfg: cfg, conn: conn, addr: addrPort(conn.LocalAddr()), pacer: newPacer(),
		incoming: make(chan *Call, 1024), calls: map[string]*Call{},
	}
	p.ctx, p.cancel = context.WithCancel(ctx)
	if err := p.serve(); err != nil {
		p.cancel()
		_ = conn.Close()
		return nil, fmt.Errorf("start a phone: %w", err)
	}
	return p, nil
}

func (p *Phone) serve() error {
	quiet := slog.New(slog.DiscardHandler)
	var err error
	p.ua, err = sipgo.NewUA(
		sipgo.WithUserAgent(p.cfg.User), sipgo.WithUserAgentHostname(p.addr.Addr().String()),
		sipgo.WithUserAgentTransportLayerOptions(sip.WithTransportLayerLogger(quiet)),
		sipgo.WithUserAgentTransactionLayerOptions(
			sip.WithTransactionLayerLogger(quiet),
			sip.WithTransactionLayerUnhandledResponseHandler(func(*sip.Response) {})),
	)
	if err != nil {
		return fmt.Errorf("make a user agent: %w", err)
	}
	server, err := sipgo.NewServer(p.ua, sipgo.WithServerLogger(quiet))
	if err != nil {
		return fmt.Errorf("make a SIP server: %w", err)
	}
	p.client, err = sipgo.NewClient(p.ua, sipgo.WithClientLogger(quiet), sipgo.WithClientAddr(p.Addr()))
	if err != nil {
		return fmt.Errorf("make a SIP client: %w", err)
	}
	server.OnInvite(p.onInvite)
	server.OnAck(p.onAck)
	server.OnBye(p.onBye)
	server.OnCancel(respond(481, "Call/Transaction Does Not Exist"))
	for _, method := range []sip.RequestMethod{sip.OPTIONS, sip.NOTIFY, sip.INFO} {
		server.OnRequest(method, respond(200, "OK"))
	}
	listening := &announced{PacketConn: p.conn, ready: make(chan struct{})}
	p.work.Go(func() { _ = server.ServeUDP(listening) })
	p.work.Go(func() { p.pacer.run(p.ctx) })
	if p.cfg.SilentRTP && !p.cfg.NoRTP {
		p.work.Go(p.keepAlive)
	}
	p.work.Go(func() {
		<-p.ctx.Done()
		p.shutdown()
	})
	<-listening.ready
	return nil
}

// announced tells when its first reader has come: from then on sipgo knows the socket and sends from it.
type announced struct {
	net.PacketConn
	once  sync.Once
	ready chan struct{}
}

func (a *announced) ReadFrom(b []byte) (int, net.Addr, error) {
	a.once.Do(func() { close(a.ready) })
	return a.PacketConn.ReadFrom(b)
}

func respond(status int, reason string) sipgo.RequestHandler {
	return func(req *sip.Request, tx sip.ServerTransaction) {
		_ = tx.Respond(sip.NewResponseFromRequest(req, status, reason, nil))
	}
}

// Addr is the host:port the phone listens on.
func (p *Phone) Addr() string { return p.addr.String() }

// URI is how another phone calls this one directly.
func (p *Phone) URI() string { return "sip:" + p.cfg.User + "@" + p.Addr() }

// Incoming yields the calls that ring; 180 was sent already.
func (p *Phone) Incoming() <-chan *Call { return p.incoming }

// Close hangs up all calls, gives up the registration and waits until all is over; 2 s at most are spent on courtesies.
func (p *Phone) Close() {
	p.cancel()
	p.work.Wait()
}

func (p *Phone) shutdown() {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	p.mu.Lock()
	p.closed = true
	calls := slices.Collect(maps.Values(p.calls))
	p.mu.Unlock()
	var wg sync.WaitGroup
	for _, c := range calls {
		wg.Go(func() { _ = c.Hangup(ctx) })
	}
	wg.Go(func() { _ = p.Unregister(ctx) })
	wg.Wait()
	for _, c := range calls {
		c.finish(0, false)
		c.media.close()
	}
	_ = p.ua.Close()
	_ = p.conn.Close()
}

// keepAlive sends a packet for each call now and then.
func (p *Phone) keepAlive() {
	ticker := time.NewTicker(5 * time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-p.ctx.Done():
			return
		case <-ticker.C:
		}
		p.mu.Lock()
		calls := slices.Collect(maps.Values(p.calls))
		p.mu.Unlock()
		for _, c := range calls {
			c.media.keepAlive()
		}
	}
}

func (p *Phone) find(req *sip.Request) *Call {
	id := req.CallID()
	if id == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.calls[id.Value()]
}

// keep takes a call into the register, so that its requests find it; false when the phone is closing.
func (p *Phone) keep(c *Call) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	p.calls[c.id] = c
	return true
}

func (p *Phone) forget(c *Call) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.calls, c.id)
}

// prepare gives a request what every request of ours has.
func (p *Phone) prepare(req *sip.Request) {
	req.SetTransport("UDP")
	req.Laddr = sip.Addr{IP: net.IP(p.addr.Addr().AsSlice()), Port: int(p.addr.Port())}
}

func (p *Phone) contact() *sip.ContactHeader {
	return &sip.ContactHeader{Address: sip.Uri{
		Scheme: "sip", User: p.cfg.User, Host: p.addr.Addr().String(), Port: int(p.addr.Port()),
	}}
}

func (p *Phone) allow() sip.Header {
	return sip.NewHeader("Allow", "INVITE, ACK, CANCEL, BYE, OPTIONS, NOTIFY, INFO")
}
