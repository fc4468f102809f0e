package siptest

import (
	"context"
	"fmt"
	"math"
	"time"
)

// Packet is one RTP packet of audio that was received.
type Packet struct {
	At      time.Time // when it was received
	Stamp   uint32    // RTP timestamp, 8000 per second
	Samples []int16   // linear, 8 kHz
}

// Heard is the audio that was received, in the order in which it came. Time in which the other side sent nothing is
// not in it.
type Heard struct{ Packets []Packet }

// Audio is all samples, without gaps.
func (h Heard) Audio() []int16 {
	var all []int16
	for _, p := range h.Packets {
		all = append(all, p.Samples...)
	}
	return all
}

// loud is the root mean square from which a packet is sound, of 32768: -56 dB.
const loud = 50

// silent says whether nothing can be heard in the packet.
func (p Packet) silent() bool { return rms(p.Samples) < loud }

func rms(samples []int16) float64 {
	if len(samples) == 0 {
		return 0
	}
	sum := 0.0
	for _, s := range samples {
		sum += float64(s) * float64(s)
	}
	return math.Sqrt(sum / float64(len(samples)))
}

// heard is what media takes down: encoded, since most of it is never looked at. media.mu guards it.
type heard struct {
	packets []rawPacket
	dropped int // how many came before packets[0]
	mark    int // number of the first packet after the mark
	marked  time.Time
	keep    time.Duration // 0 is for ever
	first   time.Time     // of the first packet with sound
}

type rawPacket struct {
	at      time.Time
	stamp   uint32
	pt      byte
	payload []byte
}

func (p rawPacket) decoded() Packet {
	return Packet{At: p.at, Stamp: p.stamp, Samples: decode(make([]int16, 0, len(p.payload)), p.pt, p.payload)}
}

func (h *heard) add(now time.Time, stamp uint32, pt byte, payload []byte) {
	p := rawPacket{at: now, stamp: stamp, pt: pt, payload: append([]byte(nil), payload...)}
	if h.first.IsZero() && !p.decoded().silent() {
		h.first = now
	}
	h.packets = append(h.packets, p)
	if h.keep > 0 && now.Sub(h.packets[0].at) > 2*h.keep {
		from := 0
		for now.Sub(h.packets[from].at) > h.keep {
			from++
		}
		h.packets = append([]rawPacket(nil), h.packets[from:]...)
		h.dropped += from
	}
}

// between returns what was received from one instant to another; a zero instant is no bound.
func (h *heard) between(from, to time.Time) []Packet {
	var out []Packet
	for _, p := range h.packets {
		if p.at.Before(from) || (!to.IsZero() && p.at.After(to)) {
			continue
		}
		out = append(out, p.decoded())
	}
	return out
}

// Heard is all audio that was received so far (with Config.SilentRTP: in the last 20 s).
func (c *Call) Heard() Heard {
	c.media.mu.Lock()
	defer c.media.mu.Unlock()
	return Heard{Packets: c.media.heard.between(time.Time{}, time.Time{})}
}

// FirstAudio is when the first packet with sound in it was received.
func (c *Call) FirstAudio() (time.Time, bool) {
	c.media.mu.Lock()
	defer c.media.mu.Unlock()
	return c.media.heard.first, !c.media.heard.first.IsZero()
}

// Mark makes now the instant from which WaitTone and WaitSilence listen.
func (c *Call) Mark() {
	c.media.mu.Lock()
	defer c.media.mu.Unlock()
	h := &c.media.heard
	h.mark, h.marked = h.dropped+len(h.packets), time.Now()
}

// listener follows what is heard from the mark on.
type listener struct {
	media *media
	mark  time.Time
	next  int // number of the packet to look at next
}

func (m *media) listen() *listener {
	m.mu.Lock()
	defer m.mu.Unlock()
	return &listener{media: m, mark: m.heard.marked, next: m.heard.mark}
}

// take returns what came since the last take, and a channel that closes when more does.
func (l *listener) take() (packets []Packet, more <-chan struct{}) {
	l.media.mu.Lock()
	defer l.media.mu.Unlock()
	h := &l.media.heard
	for _, p := range h.packets[max(0, l.next-h.dropped):] {
		packets = append(packets, p.decoded())
	}
	l.next = h.dropped + len(h.packets)
	return packets, l.media.changed
}

// WaitTone waits until hz was heard without a break for atLeast, in what came since the last Mark, and returns when
// it began. Other sounds may be there at the same time. It fails when ctx or the call ends first; the error says
// what was heard instead.
func (c *Call) WaitTone(ctx context.Context, hz float64, atLeast time.Duration) (began time.Time, err error) {
	scan, ear := toneScan{hz: hz, atLeast: atLeast}, c.media.listen()
	for {
		packets, more := ear.take()
		if at, ok := scan.feed(packets); ok {
			return at, nil
		}
		var why error
		select {
		case <-more:
			continue
		case <-c.done:
			why = fmt.Errorf("the call ended (status %d)", c.Status())
		case <-ctx.Done():
			why = context.Cause(ctx)
		}
		return time.Time{}, fmt.Errorf("wait for %.0f Hz: %w; heard since the mark: %v Hz", hz, why, c.Tones(ear.mark, time.Now()))
	}
}

// WaitSilence waits until nothing was heard for atLeast since the last Mark and returns when the silence began.
func (c *Call) WaitSilence(ctx context.Context, atLeast time.Duration) (began time.Time, err error) {
	ear := c.media.listen()
	if began = ear.mark; began.IsZero() {
		began = time.Now()
	}
	for {
		packets, more := ear.take()
		for _, p := range packets {
			// Silence is measured between the ends of sounds: a packet's sound lasts until the next one.
			if end := p.At.Add(frame); !p.silent() && end.After(began) {
				if p.At.Sub(began) >= atLeast {
					return began, nil
				}
				began = end
			}
		}
		left := time.Until(began.Add(atLeast))
		if left <= 0 {
			return began, nil
		}
		timer := time.NewTimer(left)
		select {
		case <-more:
		case <-timer.C:
		case <-c.done:
			timer.Stop()
			return time.Time{}, fmt.Errorf("wait for silence: the call ended (status %d)", c.Status())
		case <-ctx.Done():
			timer.Stop()
			return time.Time{}, fmt.Errorf("wait for silence: %w", context.Cause(ctx))
		}
		timer.Stop()
	}
}

// WaitSound waits until anything at all is heard since the last Mark and returns when it began.
func (c *Call) WaitSound(ctx context.Context) (began time.Time, err error) {
	ear := c.media.listen()
	for {
		packets, more := ear.take()
		for _, p := range packets {
			if !p.silent() {
				return p.At, nil
			}
		}
		select {
		case <-more:
		case <-c.done:
			return time.Time{}, fmt.Errorf("wait for any sound: the call ended (status %d)", c.Status())
		case <-ctx.Done():
			return time.Time{}, fmt.Errorf("wait for any sound: %w", context.Cause(ctx))
		}
	}
}

// HasTone says whether hz was heard for 60 ms or more between two instants.
func (c *Call) HasTone(hz float64, from, to time.Time) bool {
	c.media.mu.Lock()
	packets := c.media.heard.between(from, to)
	c.media.mu.Unlock()
	scan := toneScan{hz: hz, atLeast: 60 * time.Millisecond}
	_, ok := scan.feed(packets)
	return ok
}

// Tones are the dominant tones between two instants, the loudest first, to about 10 Hz.
func (c *Call) Tones(from, to time.Time) []float64 {
	c.media.mu.Lock()
	packets := c.media.heard.between(from, to)
	c.media.mu.Unlock()
	return dominant(packets)
}
