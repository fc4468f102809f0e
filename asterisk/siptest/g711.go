package siptest

import "math/bits"

// Payload types of RFC 3551 and the one we offer for RFC 4733 events.
const (
	payloadULaw   = 0
	payloadALaw   = 8
	payloadEvents = 101
)

func encodeALaw(s int16) byte {
	v, sign := int(s), byte(0x80)
	if v < 0 {
		v, sign = -v-1, 0
	}
	v >>= 3 // 13 bits
	exp := max(0, bits.Len(uint(v))-5)
	var code int
	if exp == 0 {
		code = v >> 1
	} else {
		code = exp<<4 | (v>>exp)&0x0f
	}
	return (byte(code) | sign) ^ 0x55
}

func decodeALaw(b byte) int16 {
	b ^= 0x55
	exp, man := int(b>>4&7), int(b&0x0f)
	v := man<<4 + 8
	if exp > 0 {
		v = (v + 0x100) << (exp - 1)
	}
	if b&0x80 == 0 {
		v = -v
	}
	return int16(v)
}

func encodeULaw(s int16) byte {
	v, sign := int(s), byte(0)
	if v < 0 {
		v, sign = -v, 0x80
	}
	v = min(v, 32635) + 132
	exp := bits.Len(uint(v)) - 8
	return ^(sign | byte(exp)<<4 | byte(v>>(exp+3))&0x0f)
}

func decodeULaw(b byte) int16 {
	b = ^b
	v := (int(b&0x0f)<<3+132)<<(b>>4&7) - 132
	if b&0x80 != 0 {
		v = -v
	}
	return int16(v)
}

// encoder returns the law of payload type pt.
func encoder(pt int) func(int16) byte {
	if pt == payloadULaw {
		return encodeULaw
	}
	return encodeALaw
}

// decode appends payload as linear samples.
func decode(into []int16, pt byte, payload []byte) []int16 {
	law := decodeALaw
	if pt == payloadULaw {
		law = decodeULaw
	}
	for _, b := range payload {
		into = append(into, law(b))
	}
	return into
}
