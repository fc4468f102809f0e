package audio

// EncodeALaw is G.711 A-law as every European telephone trunk carries it (even bits inverted), one byte per sample.
func EncodeALaw(pcm []int16) []byte {
	out := make([]byte, len(pcm))
	for i, v := range pcm {
		out[i] = alaw(v)
	}
	return out
}

// DecodeALaw is the inverse of EncodeALaw, up to the law's quantisation.
func DecodeALaw(data []byte) []int16 {
	out := make([]int16, len(data))
	for i, b := range data {
		out[i] = linearALaw(b)
	}
	return out
}

// DecodeMuLaw reads G.711 mu-law, one byte per sample.
func DecodeMuLaw(data []byte) []int16 {
	out := make([]int16, len(data))
	for i, b := range data {
		out[i] = linearMuLaw(b)
	}
	return out
}

// alaw follows ITU-T G.191: the 12 highest bits in sign and magnitude, negative values in one's complement, so that
// the decision values are those of G.711 table 1.
func alaw(v int16) byte {
	x := int(v)
	if x < 0 {
		x = ^x
	}
	x >>= 4
	if x > 15 {
		exp := 1
		for x > 31 {
			x >>= 1
			exp++
		}
		x = x - 16 + exp<<4
	}
	if v >= 0 {
		x |= 0x80
	}
	return byte(x) ^ 0x55
}

func linearALaw(b byte) int16 {
	x := int(b^0x55) & 0x7f
	exp, mant := x>>4, x&0x0f
	if exp > 0 {
		mant += 16
	}
	mant = mant<<4 + 8
	if exp > 1 {
		mant <<= exp - 1
	}
	if b&0x80 == 0 {
		mant = -mant
	}
	return int16(mant)
}

func linearMuLaw(b byte) int16 {
	b = ^b
	x := (int(b&0x0f)<<3+0x84)<<(b>>4&7) - 0x84
	if b&0x80 != 0 {
		x = -x
	}
	return int16(x)
}
