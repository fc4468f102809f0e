package siptest

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"
)

// keypad maps RFC 4733 events 0 to 15 to keys.
const keypad = "0123456789*#ABCD"

const (
	keyFrames = 5 // 100 ms
	gapFrames = 5
	endCopies = 3
)

// keySender is the state of the keys being pressed. media.mu guards it.
type keySender struct {
	queue []keyPress
	frame int // of the key that is being sent
	gap   int // frames of silence still due
	start uint32
	ended time.Time // when the first end packet of the last key was sent
}

type keyPress struct {
	event byte
	done  chan struct{} // closed after the end packets; nil for all but the last of a Press
}

func (k *keySender) busy() bool { return len(k.queue) > 0 || k.gap > 0 }

func (k *keySender) abort() {
	for _, p := range k.queue {
		if p.done != nil {
			close(p.done)
		}
	}
	k.queue = nil
}

func (k *keySender) tick(m *media, now time.Time) {
	if k.gap > 0 {
		k.gap--
		if !m.cfg.SilentRTP {
			m.send(byte(m.codec), false, m.stamp, m.tone[m.at:m.at+frameSamples])
		}
		return
	}
	key := k.queue[0]
	if k.frame == 0 {
		k.start = m.stamp
	}
	k.frame++
	last := k.frame == keyFrames
	payload := [4]byte{key.event, 10, 0, 0} // -10 dBm0
	binary.BigEndian.PutUint16(payload[2:], uint16(k.frame*frameSamples))
	copies := 1
	if last {
		payload[1] |= 0x80
		copies = endCopies
		k.ended = now
	}
	for range copies {
		m.send(byte(m.events), k.frame == 1, k.start, payload[:])
	}
	if last {
		k.queue, k.frame, k.gap = k.queue[1:], 0, gapFrames
		if key.done != nil {
			close(key.done)
		}
	}
}

// Press presses the keys one after another: RFC 4733 events of 100 ms with three end packets, 100 ms apart. It
// returns when the last key was released.
func (c *Call) Press(ctx context.Context, digits string) error {
	done, err := c.media.press(digits)
	if err != nil {
		return fmt.Errorf("press %q: %w", digits, err)
	}
	select {
	case <-done:
		return nil
	case <-c.done:
		return fmt.Errorf("press %q: the call is over", digits)
	case <-ctx.Done():
		return fmt.Errorf("press %q: %w", digits, context.Cause(ctx))
	}
}

func (m *media) press(digits string) (<-chan struct{}, error) {
	var presses []keyPress
	for _, d := range strings.ToUpper(digits) {
		event := strings.IndexRune(keypad, d)
		if event < 0 {
			return nil, fmt.Errorf("there is no key %q", d)
		}
		presses = append(presses, keyPress{event: byte(event)})
	}
	done := make(chan struct{})
	if len(presses) == 0 {
		close(done)
		return done, nil
	}
	presses[len(presses)-1].done = done
	m.mu.Lock()
	switch {
	case !m.up:
		m.mu.Unlock()
		return nil, errors.New("no media is up")
	case m.events == 0:
		m.mu.Unlock()
		return nil, errors.New("the other side takes no RFC 4733 events")
	case m.cfg.NoRTP:
		m.mu.Unlock()
		return nil, errors.New("this phone sends no RTP")
	}
	m.keys.queue = append(m.keys.queue, presses...)
	m.mu.Unlock()
	m.pacer.add(m)
	return done, nil
}

// LastKeyEnd is the instant when the first end packet of the last pressed key was sent, zero if none was.
func (c *Call) LastKeyEnd() time.Time {
	c.media.mu.Lock()
	defer c.media.mu.Unlock()
	return c.media.keys.ended
}

// Digits are the keys that the other side pressed.
func (c *Call) Digits() string {
	c.media.mu.Lock()
	defer c.media.mu.Unlock()
	return string(c.media.digits)
}
