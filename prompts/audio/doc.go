// Package audio turns recordings and synthesised speech into the sounds a caller hears: it reads and writes WAV files,
// resamples, equalises, measures and sets the level, judges recordings, and encodes G.711 A-law.
//
// Everything is a pure function of its arguments, on whole sounds in memory, and safe for use by any goroutine. Nothing
// here is in the path of a call. Other programs (sox, ffmpeg) are not needed.
//
// # Levels
//
// dBov is relative to the loudest possible square wave: a full-scale sine is -3 dBov. dBFS is used for sample peaks
// only: 1.0 is 0 dBFS. Levels of speech are active speech levels by the method of ITU-T P.56 (method B), so pauses do not count.
package audio

import (
	"math"
	"time"
)

// Sound is mono audio in memory. Full scale is -1..1; a float recording may exceed it.
type Sound struct {
	Rate    int // samples per second
	Samples []float32
}

// Seconds is the sound's exact length.
func (s Sound) Seconds() float64 {
	if s.Rate <= 0 {
		return 0
	}
	return float64(len(s.Samples)) / float64(s.Rate)
}

// Peak is the largest sample's magnitude, in dBFS; -Inf for digital silence.
func (s Sound) Peak() float64 {
	return 20 * math.Log10(float64(peak(s.Samples)))
}

// count is how many samples last d.
func (s Sound) count(d time.Duration) int {
	return int(int64(s.Rate) * int64(d) / int64(time.Second))
}

func peak(x []float32) float32 {
	var p float32
	for _, v := range x {
		p = max(p, v, -v)
	}
	return p
}

// PCM16 rounds the samples to 16 bits; what exceeds full scale is clipped.
func (s Sound) PCM16() []int16 {
	out := make([]int16, len(s.Samples))
	for i, v := range s.Samples {
		x := math.Round(float64(v) * 32768)
		out[i] = int16(max(-32768, min(32767, x)))
	}
	return out
}

// FromPCM16 is the sound of 16-bit samples.
func FromPCM16(pcm []int16, rate int) Sound {
	out := make([]float32, len(pcm))
	for i, v := range pcm {
		out[i] = float32(v) / 32768
	}
	return Sound{Rate: rate, Samples: out}
}

// Bytes lays 16-bit samples out in little-endian order: an .sln or .sln16 file.
func Bytes(pcm []int16) []byte {
	out := make([]byte, 2*len(pcm))
	for i, v := range pcm {
		out[2*i], out[2*i+1] = byte(v), byte(uint16(v)>>8)
	}
	return out
}
