package local

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
)

// Music is brought to this level (dB below full scale, mean power of what is not silence): a little under the voices, which
// stand at -20, so that an announcement needs no shouting.
const (
	musicLevel = -22.0
	musicPeak  = -3.0
)

// prepareMusic puts the installation's music on hold into the state folder, at the line's level and encoded as the trunk
// carries it: then Asterisk sends it to any number of waiting callers as it is. Pieces that are there already stay.
func prepareMusic(in *Install, state string) error {
	data := in.Dirs(state).Data
	pieces, _ := filepath.Glob(filepath.Join(in.Root+data, "moh", "*.wav")) // the pattern is well-formed
	for _, piece := range pieces {
		name := strings.TrimSuffix(filepath.Base(piece), ".wav")
		target := filepath.Join(state, "moh", name+".alaw")
		if _, err := os.Stat(target); err == nil {
			continue
		}
		samples, err := readMusic(piece)
		if err != nil {
			return fmt.Errorf("prepare the music on hold: %s: %w", piece, err)
		}
		level(samples)
		if err := replace(target, encodeALaw(samples), 0o644); err != nil {
			return fmt.Errorf("prepare the music on hold: %w", err)
		}
	}
	return nil
}

// readMusic reads a WAV file of 8 kHz, 16 bit, mono, the only kind that Asterisk's own music comes in.
func readMusic(path string) ([]int16, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if len(b) < 12 || string(b[:4]) != "RIFF" || string(b[8:12]) != "WAVE" {
		return nil, errors.New("it is no WAV file")
	}
	fits := false
	for at := 12; at+8 <= len(b); {
		kind, size := string(b[at:at+4]), int(binary.LittleEndian.Uint32(b[at+4:]))
		body := b[at+8 : min(at+8+size, len(b))]
		switch {
		case kind == "fmt " && len(body) >= 16:
			fits = binary.LittleEndian.Uint16(body) == 1 && binary.LittleEndian.Uint16(body[2:]) == 1 &&
				binary.LittleEndian.Uint32(body[4:]) == 8000 && binary.LittleEndian.Uint16(body[14:]) == 16
		case kind == "data" && fits:
			samples := make([]int16, len(body)/2)
			for i := range samples {
				samples[i] = int16(binary.LittleEndian.Uint16(body[2*i:]))
			}
			return samples, nil
		}
		at += 8 + size + size%2
	}
	return nil, errors.New("it is not 8 kHz, 16 bit, mono")
}

// level brings the samples to musicLevel, but no peak over musicPeak.
func level(samples []int16) {
	const frame = 160 // 20 ms
	const silence = 100.0
	var power float64
	var n int
	peak := 1.0
	for at := 0; at+frame <= len(samples); at += frame {
		var sum float64
		for _, s := range samples[at : at+frame] {
			v := float64(s)
			sum += v * v
			peak = max(peak, math.Abs(v))
		}
		if sum/frame > silence*silence {
			power += sum / frame
			n++
		}
	}
	if n == 0 {
		return
	}
	decibels := func(db float64) float64 { return 32768 * math.Pow(10, db/20) }
	gain := min(decibels(musicLevel)/math.Sqrt(power/float64(n)), decibels(musicPeak)/peak)
	for i, s := range samples {
		samples[i] = int16(math.Round(float64(s) * gain))
	}
}

// encodeALaw encodes samples as ITU-T G.711 A-law.
func encodeALaw(samples []int16) []byte {
	out := make([]byte, len(samples))
	for i, s := range samples {
		out[i] = aLaw(s)
	}
	return out
}

func aLaw(sample int16) byte {
	v, sign := int(sample)>>3, byte(0xD5) // 13 bits, positive; every other bit is inverted
	if v < 0 {
		v, sign = -v-1, 0x55
	}
	segment, top := 0, 0x1F
	for v > top && segment < 7 {
		segment++
		top = top<<1 | 1
	}
	if segment < 2 {
		return sign ^ byte(segment<<4|v>>1&0x0F)
	}
	return sign ^ byte(segment<<4|v>>segment&0x0F)
}
