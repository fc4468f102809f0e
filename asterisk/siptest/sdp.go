package siptest

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

var errNoCodec = errors.New("no codec in common")

// session is one side of an SDP negotiation.
type session struct {
	addr   netip.AddrPort
	codecs []int // static payload types in order of preference, events left out
	events int   // payload type of RFC 4733 events, 0 if none
}

// String is the session as SDP.
func (s session) String() string {
	var b strings.Builder
	ip := s.addr.Addr()
	fmt.Fprintf(&b, "v=0\r\no=- 1 1 IN IP4 %s\r\ns=siptest\r\nc=IN IP4 %s\r\nt=0 0\r\nm=audio %d RTP/AVP", ip, ip, s.addr.Port())
	for _, pt := range s.codecs {
		fmt.Fprintf(&b, " %d", pt)
	}
	if s.events != 0 {
		fmt.Fprintf(&b, " %d", s.events)
	}
	b.WriteString("\r\n")
	names := map[int]string{payloadULaw: "PCMU", payloadALaw: "PCMA", 3: "GSM", 9: "G722", 18: "G729"}
	for _, pt := range s.codecs {
		if name := names[pt]; name != "" {
			fmt.Fprintf(&b, "a=rtpmap:%d %s/8000\r\n", pt, name)
		}
	}
	if s.events != 0 {
		fmt.Fprintf(&b, "a=rtpmap:%d telephone-event/8000\r\na=fmtp:%d 0-16\r\n", s.events, s.events)
	}
	b.WriteString("a=ptime:20\r\na=sendrecv\r\n")
	return b.String()
}

// parseSession reads the first audio stream of an SDP.
func parseSession(body []byte) (session, error) {
	var s session
	var host, media string
	var port int
	for line := range strings.Lines(string(body)) {
		kind, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		switch kind {
		case "m":
			media, _, _ = strings.Cut(value, " ")
			if media == "audio" && port == 0 {
				port = s.readMedia(value)
			}
		case "c":
			if f := strings.Fields(value); len(f) == 3 && (media == "" || media == "audio") {
				host = f[2]
			}
		case "a":
			if media == "audio" {
				s.readAttribute(value)
			}
		}
	}
	s.codecs = slices.DeleteFunc(s.codecs, func(pt int) bool { return pt >= 96 })
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return s, fmt.Errorf("read the address of an SDP: %w", err)
	}
	if port == 0 {
		return s, errors.New("read an SDP: it has no audio stream")
	}
	s.addr = netip.AddrPortFrom(ip.Unmap(), uint16(port))
	return s, nil
}

// readMedia reads "audio 4000 RTP/AVP 8 0 101".
func (s *session) readMedia(value string) int {
	f := strings.Fields(value)
	if len(f) < 4 {
		return 0
	}
	port, err := strconv.Atoi(f[1])
	if err != nil || port < 0 || port > 65535 {
		return 0
	}
	for _, text := range f[3:] {
		if pt, err := strconv.Atoi(text); err == nil {
			s.codecs = append(s.codecs, pt)
		}
	}
	return port
}

func (s *session) readAttribute(value string) {
	rest, ok := strings.CutPrefix(value, "rtpmap:")
	if !ok {
		return
	}
	pt, name, _ := strings.Cut(rest, " ")
	if strings.EqualFold(strings.TrimSpace(name), "telephone-event/8000") {
		if n, err := strconv.Atoi(pt); err == nil {
			s.events = n
		}
	}
}

// common returns the first codec of the other side that is among ours.
func (s session) common(ours []int) (int, error) {
	for _, pt := range s.codecs {
		if slices.Contains(ours, pt) {
			return pt, nil
		}
	}
	return 0, errNoCodec
}

func addrPort(a net.Addr) netip.AddrPort {
	if u, ok := a.(*net.UDPAddr); ok {
		p := u.AddrPort()
		return netip.AddrPortFrom(p.Addr().Unmap(), p.Port())
	}
	return netip.AddrPort{}
}
