package audio

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"strings"
	"testing"
)

type chunk struct {
	id   string
	body []byte
	size int64 // what the header says; -1: the truth
}

func riff(chunks ...chunk) []byte {
	var b bytes.Buffer
	b.WriteString("RIFF\xff\xff\xff\xffWAVE")
	for _, c := range chunks {
		size := c.size
		if size < 0 {
			size = int64(len(c.body))
		}
		b.WriteString(c.id)
		_ = binary.Write(&b, binary.LittleEndian, uint32(size))
		b.Write(c.body)
		if size == int64(len(c.body)) && size%2 == 1 {
			b.WriteByte(0)
		}
	}
	return b.Bytes()
}

func fmtChunk(tag, channels, rate, bits int) chunk {
	var b bytes.Buffer
	align := channels * (bits + 7) / 8
	for _, v := range []any{
		uint16(tag), uint16(channels), uint32(rate), uint32(rate * align), uint16(align), uint16(bits),
	} {
		_ = binary.Write(&b, binary.LittleEndian, v)
	}
	return chunk{"fmt ", b.Bytes(), -1}
}

func extensible(sub, channels, rate, container, valid int) chunk {
	c := fmtChunk(tagExtensible, channels, rate, container)
	b := binary.LittleEndian.AppendUint16(c.body, 22)
	b = binary.LittleEndian.AppendUint16(b, uint16(valid))
	b = binary.LittleEndian.AppendUint32(b, 0)
	b = binary.LittleEndian.AppendUint16(b, uint16(sub))
	return chunk{"fmt ", append(b, "\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71"...), -1}
}

func data(b ...byte) chunk { return chunk{"data", b, -1} }

func f32(v ...float32) []byte {
	var b []byte
	for _, x := range v {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	return b
}

func TestDecodeWAV(t *testing.T) {
	nan := float32(math.NaN())
	for _, tt := range []struct {
		name string
		file []byte
		rate int
		want []float32
	}{
		{"8 bit is unsigned", riff(fmtChunk(1, 1, 8000, 8), data(0x80, 0, 0xc0)), 8000, []float32{0, -1, 0.5}},
		{"16 bit", riff(fmtChunk(1, 1, 16000, 16), data(0, 0x80, 0, 0x40)), 16000, []float32{-1, 0.5}},
		{"24 bit", riff(fmtChunk(1, 1, 48000, 24), data(0, 0, 0x80, 0, 0, 0x20)), 48000, []float32{-1, 0.25}},
		{"32 bit", riff(fmtChunk(1, 1, 48000, 32), data(0, 0, 0, 0x80, 0, 0, 0, 0x40)), 48000, []float32{-1, 0.5}},
		{"float", riff(fmtChunk(3, 1, 48000, 32), data(f32(0.5, -0.25, nan, 1e30)...)), 48000, []float32{0.5, -0.25, 0, 4}},
		{"A-law", riff(fmtChunk(6, 1, 8000, 8), data(0xd5, 0xaa)), 8000, []float32{8.0 / 32768, 32256.0 / 32768}},
		{"mu-law", riff(fmtChunk(7, 1, 8000, 8), data(0xff, 0x80)), 8000, []float32{0, 32124.0 / 32768}},
		{"stereo", riff(fmtChunk(1, 2, 44100, 16), data(0, 0x40, 0, 0x20, 0, 0xc0, 0, 0x40)), 44100, []float32{0.375, 0}},
		{"extensible", riff(extensible(1, 1, 16000, 16, 16), data(0, 0x40)), 16000, []float32{0.5}},
		{"20 of 24 bits", riff(extensible(1, 1, 16000, 24, 20), data(0, 0, 0x40)), 16000, []float32{0.5}},
		{"extensible float", riff(extensible(3, 1, 16000, 32, 32), data(f32(0.5)...)), 16000, []float32{0.5}},
		{"LIST before and odd", riff(chunk{"LIST", []byte("odd"), -1}, fmtChunk(1, 1, 8000, 8), chunk{"note", []byte("x"), -1}, data(0xc0)), 8000, []float32{0.5}},
		{"from a pipe", riff(fmtChunk(1, 1, 8000, 8), chunk{"data", []byte{0xc0, 0x40}, 0xffffffff}), 8000, []float32{0.5, -0.5}},
		{"from espeak's pipe", riff(fmtChunk(1, 1, 8000, 8), chunk{"data", []byte{0xc0, 0x40}, 0x7ffff000}), 8000, []float32{0.5, -0.5}},
		{"size never filled in", riff(fmtChunk(1, 1, 8000, 8), chunk{"data", []byte{0xc0, 0x40}, 0}), 8000, []float32{0.5, -0.5}},
		{"half a frame at the end", riff(fmtChunk(1, 1, 8000, 16), data(0, 0x40, 7)), 8000, []float32{0.5}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := DecodeWAV(tt.file)
			if err != nil {
				t.Fatal(err)
			}
			if s.Rate != tt.rate || len(s.Samples) != len(tt.want) {
				t.Fatalf("got %d samples at %d, want %d at %d", len(s.Samples), s.Rate, len(tt.want), tt.rate)
			}
			for i, v := range s.Samples {
				if v != tt.want[i] {
					t.Errorf("sample %d: got %v, want %v", i, v, tt.want[i])
				}
			}
		})
	}
}

func TestDecodeWAVRefuses(t *testing.T) {
	long := riff(fmtChunk(1, 1, 8000, 8), data(make([]byte, 8000*301)...))
	for _, tt := range []struct {
		name string
		file []byte
		want string
	}{
		{"empty", nil, "not a WAV"},
		{"mp3", []byte("ID3\x04rest of it"), "MP3"},
		{"m4a", []byte("\x00\x00\x00\x20ftypM4A "), "MPEG-4"},
		{"ogg", []byte("OggS and so on"), "Ogg"},
		{"no chunks", riff(), "cut short"},
		{"no data", riff(fmtChunk(1, 1, 8000, 8)), "cut short"},
		{"data first", riff(data(1, 2), fmtChunk(1, 1, 8000, 8)), "before it says"},
		{"nothing in it", riff(fmtChunk(1, 1, 8000, 8), data()), "no audio"},
		{"short header", riff(chunk{"fmt ", []byte{1, 0}, -1}), "header"},
		{"ADPCM", riff(fmtChunk(0x11, 1, 8000, 4), data(1)), "0x0011"},
		{"no bits", riff(fmtChunk(1, 1, 8000, 0), data(1)), "0 bits"},
		{"no channels", riff(fmtChunk(1, 0, 8000, 8), data(1)), "0 channels"},
		{"slow", riff(fmtChunk(1, 1, 4000, 8), data(1)), "4000 samples"},
		{"fast", riff(fmtChunk(1, 1, 0x7fffffff, 8), data(1)), "samples per second"},
		{"too long", long, "at most 300 s"},
		{"too big", make([]byte, MaxBytes+1), "MB"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := DecodeWAV(tt.file)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %v, want an error with %q", err, tt.want)
			}
		})
	}
}

func TestDecodeWAVTruncated(t *testing.T) {
	whole := EncodeWAV([]int16{1, 2, 3, 4}, 16000)
	s, err := DecodeWAV(whole[:len(whole)-3])
	if !errors.Is(err, ErrTruncated) || len(s.Samples) != 2 {
		t.Fatalf("got %d samples and %v, want 2 and ErrTruncated", len(s.Samples), err)
	}
}

func TestEncodeWAV(t *testing.T) {
	want := []int16{0, 1, -1, 32767, -32768}
	s, err := DecodeWAV(EncodeWAV(want, 16000))
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range s.PCM16() {
		if v != want[i] || s.Rate != 16000 {
			t.Errorf("sample %d: got %d at %d, want %d", i, v, s.Rate, want[i])
		}
	}
}

func FuzzDecodeWAV(f *testing.F) {
	f.Add(EncodeWAV([]int16{1, -2, 3}, 8000))
	f.Add(riff(fmtChunk(3, 2, 48000, 32), data(f32(1, 2)...)))
	f.Add(riff(extensible(6, 1, 8000, 8, 8), chunk{"data", []byte{1, 2, 3}, 0xffffffff}))
	f.Add(riff(chunk{"LIST", []byte("abc"), 0xfffffffe}))
	f.Add(riff(fmtChunk(1, 8, 192000, 24), chunk{"junk", nil, 1}, data(1, 2, 3)))
	f.Fuzz(func(t *testing.T, file []byte) {
		s, err := DecodeWAV(file)
		if err != nil && !errors.Is(err, ErrTruncated) {
			return
		}
		if len(s.Samples) > len(file) {
			t.Fatalf("%d samples out of %d bytes", len(s.Samples), len(file))
		}
		for _, v := range s.Samples {
			if math.IsNaN(float64(v)) || v > 4 || v < -4 {
				t.Fatalf("sample %v", v)
			}
		}
		if s.Seconds() > 2 {
			return // long sounds are for the other tests: here inputs count
		}
		Check(s)
		if m, err := Master(s, EQ{Highpass: true, Shelf: 12}); err == nil && m.Peak() > MaxPeak {
			t.Fatalf("peak %.2f dBFS", m.Peak())
		}
	})
}
