package siptest

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// TestLaws compares with the values of ITU-T G.711's tables and goes through all codes.
func TestLaws(t *testing.T) {
	for _, tt := range []struct {
		name   string
		encode func(int16) byte
		decode func(byte) int16
		known  map[int16]byte
	}{
		{"A-law", encodeALaw, decodeALaw, map[int16]byte{0: 0xd5, -1: 0x55, 32767: 0xaa, -32768: 0x2a}},
		{"mu-law", encodeULaw, decodeULaw, map[int16]byte{0: 0xff, 32767: 0x80, -32768: 0x00}},
	} {
		for sample, want := range tt.known {
			if got := tt.encode(sample); got != want {
				t.Errorf("%s: %d is %#x, want %#x", tt.name, sample, got, want)
			}
		}
		for code := range 256 {
			v := tt.decode(byte(code))
			if back := tt.decode(tt.encode(v)); back != v {
				t.Errorf("%s: code %#x is %d, back %d", tt.name, code, v, back)
			}
		}
		for range 1000 {
			v := int16(rand.Uint32())
			got := tt.decode(tt.encode(v))
			if diff := math.Abs(float64(got) - float64(v)); diff > 16+math.Abs(float64(v))/16 && v > -32000 && v < 32000 {
				t.Errorf("%s: %d becomes %d", tt.name, v, got)
			}
		}
	}
}

// packets makes 20 ms packets of the sum of the tones, as G.711 leaves them.
func packets(n int, stamp uint32, hz ...float64) []Packet {
	out := make([]Packet, n)
	for i := range out {
		samples := make([]int16, frameSamples)
		for j := range samples {
			v := 0.0
			for _, f := range hz {
				v += 8000 * math.Sin(2*math.Pi*f*float64(i*frameSamples+j)/rate)
			}
			samples[j] = decodeALaw(encodeALaw(int16(v)))
		}
		out[i] = Packet{At: time.UnixMilli(int64(i) * 20), Stamp: stamp + uint32(i*frameSamples), Samples: samples}
	}
	return out
}

func TestTonesAreToldApart(t *testing.T) {
	for hz := 300.0; hz <= 3000; hz += 100 {
		heard := packets(10, 0, hz)
		for other := 300.0; other <= 3000; other += 100 {
			scan := toneScan{hz: other, atLeast: 100 * time.Millisecond}
			if _, ok := scan.feed(heard); ok != (other == hz) {
				t.Errorf("%.0f Hz sent: %.0f Hz found is %v", hz, other, ok)
			}
		}
		if got := dominant(heard); len(got) != 1 || math.Abs(got[0]-hz) > 10 {
			t.Errorf("%.0f Hz sent: dominant are %v", hz, got)
		}
	}
	if got := dominant(packets(10, 0, 500, 1300)); len(got) != 2 {
		t.Errorf("500 and 1300 Hz sent: dominant are %v", got)
	}
	if got := dominant(packets(10, 0)); len(got) != 0 {
		t.Errorf("silence sent: dominant are %v", got)
	}
}

// TestGapEndsTone: 60 ms, a gap in the sender's clock, 60 ms are not 100 ms of a tone.
func TestGapEndsTone(t *testing.T) {
	heard := append(packets(3, 0, 600), packets(3, 10*frameSamples, 600)...)
	if _, ok := (&toneScan{hz: 600, atLeast: 100 * time.Millisecond}).feed(heard); ok {
		t.Error("a tone is found across a gap")
	}
	if _, ok := (&toneScan{hz: 600, atLeast: 60 * time.Millisecond}).feed(heard); !ok {
		t.Error("60 ms of a tone are not found")
	}
}

func TestSessionOfAsterisk(t *testing.T) {
	s, err := parseSession([]byte("v=0\r\no=- 1 3 IN IP4 127.0.0.1\r\ns=Asterisk\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n" +
		"m=audio 10014 RTP/AVP 9 8 0 96\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:96 telephone-event/8000\r\na=fmtp:96 0-16\r\n" +
		"a=ptime:20\r\na=maxptime:140\r\na=sendrecv\r\nm=video 0 RTP/AVP 31\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	if s.addr.String() != "127.0.0.1:10014" || s.events != 96 {
		t.Errorf("read %+v", s)
	}
	if codec, err := s.common([]int{0, 8}); err != nil || codec != 8 {
		t.Errorf("common codec %d, %v; want the offerer's first, 8", codec, err)
	}
	for _, bad := range []string{"", "v=0", "c=IN IP4 x\r\nm=audio 1 RTP/AVP 0", "c=IN IP4 127.0.0.1\r\nm=audio 99999 RTP/AVP 0"} {
		if _, err := parseSession([]byte(bad)); err == nil {
			t.Errorf("SDP %q is accepted", bad)
		}
	}
}
