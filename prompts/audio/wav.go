package audio

import (
	"bytes"
	"encoding/binary"
	"math"

	"pronto/prompts/wording"
)

// What a WAV file may be at most. MaxBytes holds five minutes of 48 kHz stereo.
const (
	MaxBytes   = 64 << 20
	MaxSeconds = 300
	minRate    = 8000
	maxRate    = 192000
	maxTracks  = 8
)

// ErrTruncated says that a file ends before its header says so. DecodeWAV returns what there is beside it.
var ErrTruncated = wording.Errorf("the file is cut short: copy or record it again")

// Format tags of a WAV file (mmreg.h).
const (
	tagPCM        = 0x0001
	tagFloat      = 0x0003
	tagALaw       = 0x0006
	tagMuLaw      = 0x0007
	tagExtensible = 0xfffe
)

// streamed are from here on the sizes that programs write into a header when they do not know the length yet: a pipe's
// end is the data's end. ffmpeg writes 0xffffffff, espeak-ng and sox 0x7ffff000 and thereabouts.
const streamed = 0x7fff0000

// DecodeWAV reads a RIFF/WAVE file: PCM of 8 to 32 bits, float, A-law or mu-law, 8 to 192 kHz, up to 8 channels mixed
// down to one. The error is ErrTruncated beside a usable sound, or says what is wrong with the file and what to do.
func DecodeWAV(data []byte) (Sound, error) {
	if len(data) > MaxBytes {
		return Sound{}, wording.Errorf("the file has %d MB, at most %d MB can be read: save it mono, 16 kHz, 16 bit", len(data)>>20, MaxBytes>>20)
	}
	if err := sniff(data); err != nil {
		return Sound{}, err
	}
	var f *format
	for rest := data[12:]; len(rest) >= 8; {
		id, size := string(rest[:4]), int64(binary.LittleEndian.Uint32(rest[4:]))
		rest = rest[8:]
		body := rest[:min(size, int64(len(rest)))]
		switch id {
		case "fmt ":
			parsed, err := parseFormat(body)
			if err != nil {
				return Sound{}, err
			}
			f = &parsed
		case "data":
			if f == nil {
				return Sound{}, wording.Errorf("the file holds audio before it says in what format: save it again as WAV")
			}
			return f.decode(body, rest, size)
		}
		// Chunks are padded to an even length; some programs forget that at the end of the file.
		rest = rest[min(size+size&1, int64(len(rest))):]
	}
	if f == nil {
		return Sound{}, wording.Errorf("the file holds no audio format: %w", ErrTruncated)
	}
	return Sound{}, wording.Errorf("the file holds no audio: %w", ErrTruncated)
}

// sniff names the usual things that are called .wav and are none.
func sniff(data []byte) error {
	for _, other := range []struct{ magic, name string }{
		{"ID3", "MP3"},
		{"\xff\xfb", "MP3"},
		{"\xff\xf3", "MP3"},
		{"OggS", "Ogg"},
		{"fLaC", "FLAC"},
		{"FORM", "AIFF"},
		{"RF64", "RF64"},
		{"RIFX", "RIFX"},
		{"#!AMR", "AMR"},
	} {
		if bytes.HasPrefix(data, []byte(other.magic)) {
			return wording.Errorf("this is a file of type %s, not a WAV: save it as WAV, mono, 16 bit", other.name)
		}
	}
	if len(data) >= 8 && string(data[4:8]) == "ftyp" {
		return wording.Errorf("this is a file of type %s, not a WAV: save it as WAV, mono, 16 bit", "MPEG-4")
	}
	if len(data) < 12 || string(data[:4]) != "RIFF" || string(data[8:12]) != "WAVE" {
		return wording.Errorf("this is not a WAV file: save it as WAV, mono, 16 bit")
	}
	return nil
}

// format is the meaning of the bytes in a data chunk.
type format struct {
	tag      int
	channels int
	rate     int
	width    int // bytes per sample of one channel
}

func parseFormat(b []byte) (format, error) {
	if len(b) < 16 {
		return format{}, wording.Errorf("the file's header: %w", ErrTruncated)
	}
	f := format{
		tag:      int(binary.LittleEndian.Uint16(b)),
		channels: int(binary.LittleEndian.Uint16(b[2:])),
		rate:     int(binary.LittleEndian.Uint32(b[4:])),
	}
	align, bits := int(binary.LittleEndian.Uint16(b[12:])), int(binary.LittleEndian.Uint16(b[14:]))
	if f.tag == tagExtensible {
		if len(b) < 26 {
			return format{}, wording.Errorf("the file's header: %w", ErrTruncated)
		}
		f.tag = int(binary.LittleEndian.Uint16(b[24:])) // the GUID's first two bytes are the plain tag
	}
	if f.channels < 1 || f.channels > maxTracks {
		return format{}, wording.Errorf("the file has %d channels: save it mono", f.channels)
	}
	if f.rate < minRate || f.rate > maxRate {
		return format{}, wording.Errorf("the file has %d samples per second, %d to %d are taken: record it at 16000 or more", f.rate, minRate, maxRate)
	}
	f.width = (bits + 7) / 8
	if align > 0 && align%f.channels == 0 {
		f.width = align / f.channels // 20 or 24 bits may live in 32, at the upper end
	}
	return f, f.known(bits)
}

func (f format) known(bits int) error {
	ok := false
	switch f.tag {
	case tagPCM:
		ok = f.width >= 1 && f.width <= 4 && bits <= 8*f.width && bits > 0
	case tagFloat:
		ok = f.width == 4 || f.width == 8
	case tagALaw, tagMuLaw:
		ok = f.width == 1
	}
	if !ok {
		return wording.Errorf("the file's format (tag 0x%04x, %d bits) can not be read: save it as WAV, PCM, 16 bit", f.tag, bits)
	}
	return nil
}

// decode reads a data chunk; body is what is there of it, rest all up to the end of the file.
func (f format) decode(body, rest []byte, size int64) (Sound, error) {
	frame := f.width * f.channels
	frames := len(body) / frame
	if size == 0 && len(rest) > frame {
		frames = len(rest) / frame // a program that never came back to fill in the size
		body = rest
	}
	if frames > MaxSeconds*f.rate {
		return Sound{}, wording.Errorf("the recording lasts %d s, at most %d s can be read: cut it", frames/f.rate, MaxSeconds)
	}
	out := make([]float32, frames)
	for i := range out {
		var sum float32
		for c := range f.channels {
			sum += f.sample(body[i*frame+c*f.width:])
		}
		out[i] = sum / float32(f.channels)
	}
	s := Sound{Rate: f.rate, Samples: out}
	if frames == 0 {
		return s, wording.Errorf("the file holds no audio: record it again")
	}
	if size > int64(len(body)) && size < streamed {
		return s, ErrTruncated
	}
	return s, nil
}

// sample reads the first sample in b.
func (f format) sample(b []byte) float32 {
	switch {
	case f.tag == tagALaw:
		return float32(linearALaw(b[0])) / 32768
	case f.tag == tagMuLaw:
		return float32(linearMuLaw(b[0])) / 32768
	case f.tag == tagFloat && f.width == 4:
		return tame(float64(math.Float32frombits(binary.LittleEndian.Uint32(b))))
	case f.tag == tagFloat:
		return tame(math.Float64frombits(binary.LittleEndian.Uint64(b)))
	case f.width == 1:
		return float32(int(b[0])-128) / 128 // 8-bit WAV is unsigned
	case f.width == 2:
		return float32(int16(binary.LittleEndian.Uint16(b))) / 32768
	case f.width == 3:
		return float32(int32(uint32(b[0])<<8|uint32(b[1])<<16|uint32(b[2])<<24)) / (1 << 31)
	default:
		return float32(int32(binary.LittleEndian.Uint32(b))) / (1 << 31)
	}
}

// tame keeps nonsense in float files from spoiling sums: a NaN is silence, and nothing is louder than +12 dBFS.
func tame(v float64) float32 {
	if math.IsNaN(v) {
		return 0
	}
	return float32(max(-4, min(4, v)))
}

// EncodeWAV is a WAV file of PCM, 16 bit, mono.
func EncodeWAV(pcm []int16, rate int) []byte {
	out := make([]byte, 0, 44+2*len(pcm))
	le := binary.LittleEndian
	out = append(out, "RIFF"...)
	out = le.AppendUint32(out, uint32(36+2*len(pcm)))
	out = append(out, "WAVEfmt "...)
	out = le.AppendUint32(out, 16)
	out = le.AppendUint16(out, tagPCM)
	out = le.AppendUint16(out, 1)
	out = le.AppendUint32(out, uint32(rate))
	out = le.AppendUint32(out, uint32(2*rate))
	out = le.AppendUint16(out, 2)
	out = le.AppendUint16(out, 16)
	out = append(out, "data"...)
	out = le.AppendUint32(out, uint32(2*len(pcm)))
	return append(out, Bytes(pcm)...)
}
