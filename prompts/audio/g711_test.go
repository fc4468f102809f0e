package audio

import "testing"

// table builds G.711 table 1a/1b: for each code (before even bits are inverted) the decision value below and the output
// value, in the table's units of 1/4096 of the virtual decision value.
func table() (below, value [128]int) {
	n, at := 0, 0
	for _, step := range []int{2, 2, 4, 8, 16, 32, 64, 128} {
		for range 16 {
			below[n], value[n] = at, at+step/2
			at += step
			n++
		}
	}
	return below, value
}

func TestALawIsG711sTable(t *testing.T) {
	below, value := table()
	if below[127]+128 != 4096 {
		t.Fatalf("the table ends at %d", below[127]+128)
	}
	for v := -32768; v <= 32767; v++ {
		// One unit is 8 sixteen-bit steps. A negative value and its one's complement are mirrored.
		mag, sign := v, byte(0x80)
		if v < 0 {
			mag, sign = -v-1, 0
		}
		n := 0
		for n < 127 && mag >= 8*below[n+1] {
			n++
		}
		code := (sign | byte(n)) ^ 0x55
		if got := EncodeALaw([]int16{int16(v)})[0]; got != code {
			t.Fatalf("%d: got code %#x, want %#x", v, got, code)
		}
		want := 8 * value[n]
		if v < 0 {
			want = -want
		}
		if got := DecodeALaw([]byte{code})[0]; int(got) != want {
			t.Fatalf("%#x: got %d, want %d", code, got, want)
		}
	}
}

func TestALawKnownCodes(t *testing.T) {
	for v, code := range map[int16]byte{0: 0xd5, -1: 0x55, 16: 0xd4, 32767: 0xaa, -32768: 0x2a, 1000: 0xfa, -1000: 0x7a} {
		if got := EncodeALaw([]int16{v})[0]; got != code {
			t.Errorf("%d: got %#x, want %#x", v, got, code)
		}
	}
}

func TestALawCostsLittle(t *testing.T) {
	s := tone(8000, 400, 0.1414, 1)
	back := FromPCM16(DecodeALaw(EncodeALaw(s.PCM16())), 8000)
	at, rest := power(back, 400)
	if at-rest < 36 {
		t.Errorf("signal to noise %.1f dB, want 36 at least", at-rest)
	}
}

func TestMuLawKnownCodes(t *testing.T) {
	for code, v := range map[byte]int16{0xff: 0, 0x7f: 0, 0x80: 32124, 0x00: -32124, 0xfe: 8, 0x7e: -8, 0xef: 132} {
		if got := DecodeMuLaw([]byte{code})[0]; got != v {
			t.Errorf("%#x: got %d, want %d", code, got, v)
		}
	}
}
