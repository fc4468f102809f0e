package siptest

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"time"
)

const (
	frame        = 20 * time.Millisecond
	frameSamples = 160
	rate         = 8000
	// loadMemory is how much a phone with SilentRTP remembers: enough to ask what was heard just now.
	loadMemory = 20 * time.Second
)

// media is the RTP of one call.
type media struct {
	cfg   *Config
	conn  *net.UDPConn
	pacer *pacer

	mu     sync.Mutex
	remote netip.AddrPort
	codec  int
	events int // negotiated payload type, 0 if none
	seq    uint16
	stamp  uint32
	ssrc   uint32
	tone   []byte // one second, encoded; nil is silence
	at     int    // position in tone, samples
	keys   keySender
	up     bool
	closed bool

	heard    heard
	digits   []byte
	lastKey  uint32 // timestamp of the last event that was taken down
	anyKey   bool
	changed  chan struct{} // closed and replaced when something was heard
	readDone chan struct{}
}

func newMedia(cfg *Config, p *pacer) (*media, error) {
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.ParseIP(cfg.Host)})
	if err != nil {
		return nil, fmt.Errorf("open an RTP socket: %w", err)
	}
	m := &media{
		cfg: cfg, conn: conn, pacer: p, seq: uint16(rand.Uint32()), stamp: rand.Uint32(), ssrc: rand.Uint32(),
		changed: make(chan struct{}), readDone: make(chan struct{}),
	}
	if cfg.SilentRTP {
		m.heard.keep = loadMemory
	}
	return m, nil
}

func (m *media) offer() session {
	return session{addr: addrPort(m.conn.LocalAddr()), codecs: m.cfg.Codecs, events: payloadEvents}
}

// negotiate sets where to send and what. It may be called again by a re-INVITE.
func (m *media) negotiate(other session) (session, error) {
	codec, err := other.common(m.cfg.Codecs)
	if err != nil {
		return session{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.remote, m.events = other.addr, other.events
	if m.codec != codec || m.tone == nil {
		m.codec = codec
		m.tone = toneSecond(m.cfg.Tone, codec)
	}
	ours := session{addr: addrPort(m.conn.LocalAddr()), codecs: []int{codec}, events: other.events}
	return ours, nil
}

// toneSecond is one second of the tone, so whole numbers of hertz join without a click.
func toneSecond(hz float64, codec int) []byte {
	law := encoder(codec)
	out := make([]byte, rate)
	for i := range out {
		v := 0.0
		if hz > 0 {
			v = 8000 * math.Sin(2*math.Pi*hz*float64(i)/rate)
		}
		out[i] = law(int16(v))
	}
	return out
}

// start begins to listen and to send. Calling it again does nothing.
func (m *media) start() {
	m.mu.Lock()
	if m.up || m.closed {
		m.mu.Unlock()
		return
	}
	m.up = true
	m.mu.Unlock()
	go m.read()
	if !m.cfg.NoRTP && !m.cfg.SilentRTP {
		m.pacer.add(m)
	}
}

func (m *media) close() {
	m.mu.Lock()
	wasUp, wasClosed := m.up, m.closed
	m.closed, m.up = true, false
	m.keys.abort()
	m.mu.Unlock()
	if wasClosed {
		return
	}
	m.pacer.remove(m)
	_ = m.conn.Close()
	if wasUp {
		<-m.readDone
	}
}

// tick sends what is due now: a key's event, or audio. It says whether it has to be called again.
func (m *media) tick(now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return false
	}
	if m.keys.busy() {
		m.keys.tick(m, now)
	} else if !m.cfg.SilentRTP {
		m.send(byte(m.codec), false, m.stamp, m.tone[m.at:m.at+frameSamples])
	}
	m.at = (m.at + frameSamples) % rate
	m.stamp += frameSamples
	return !m.cfg.SilentRTP || m.keys.busy()
}

// keepAlive sends one packet of silence, unless keys are being sent.
func (m *media) keepAlive() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.up && !m.keys.busy() {
		m.send(byte(m.codec), false, m.stamp, m.tone[m.at:m.at+frameSamples])
		m.stamp += frameSamples
	}
}

func (m *media) send(pt byte, marker bool, stamp uint32, payload []byte) {
	var buf [12 + frameSamples]byte
	buf[0], buf[1] = 0x80, pt
	if marker {
		buf[1] |= 0x80
	}
	binary.BigEndian.PutUint16(buf[2:], m.seq)
	binary.BigEndian.PutUint32(buf[4:], stamp)
	binary.BigEndian.PutUint32(buf[8:], m.ssrc)
	n := 12 + copy(buf[12:], payload)
	m.seq++
	// A peer that has gone refuses packets; that it has is told by signalling.
	_, _ = m.conn.WriteToUDPAddrPort(buf[:n], m.remote)
}

func (m *media) read() {
	defer close(m.readDone)
	buf := make([]byte, 2048)
	for {
		n, from, err := m.conn.ReadFromUDPAddrPort(buf)
		if err != nil {
			m.mu.Lock()
			closed := m.closed
			m.mu.Unlock()
			if closed {
				return
			}
			continue // a refused packet of ours
		}
		m.take(buf[:n], netip.AddrPortFrom(from.Addr().Unmap(), from.Port()), time.Now())
	}
}

// take takes down one packet. Packets of others (a call before on the same port) do not count.
func (m *media) take(p []byte, from netip.AddrPort, now time.Time) {
	if len(p) < 12 || p[0]>>6 != 2 {
		return
	}
	head := 12 + 4*int(p[0]&0x0f)
	pt, stamp := p[1]&0x7f, binary.BigEndian.Uint32(p[4:])
	if head > len(p) {
		return
	}
	payload := p[head:]
	m.mu.Lock()
	defer m.mu.Unlock()
	if from != m.remote {
		return
	}
	switch {
	case m.events != 0 && int(pt) == m.events:
		m.takeKey(stamp, payload)
	case pt == payloadALaw || pt == payloadULaw:
		m.heard.add(now, stamp, pt, payload)
	default:
		return
	}
	close(m.changed)
	m.changed = make(chan struct{})
}

func (m *media) takeKey(stamp uint32, payload []byte) {
	if len(payload) < 4 || payload[1]&0x80 == 0 || int(payload[0]) >= len(keypad) {
		return
	}
	if m.anyKey && m.lastKey == stamp {
		return // repeated end
	}
	m.anyKey, m.lastKey = true, stamp
	m.digits = append(m.digits, keypad[payload[0]])
}
