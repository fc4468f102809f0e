package audio

import (
	"math"
	"time"

	"pronto/prompts/wording"
)

// Rates of what is kept and published.
const (
	MasterRate    = 16000 // masters, and .sln16 for operators with wideband phones
	TelephoneRate = 8000  // .alaw for the trunk
)

// Version changes whenever Master or Telephone would make something else of the same sound: it is part of cache keys.
const Version = "2"

// ErrSilent says that a sound holds nothing that can be heard.
var ErrSilent = wording.Errorf("nothing can be heard in it")

const (
	keepLead  = 100 * time.Millisecond
	keepTrail = 200 * time.Millisecond
	fade      = 5 * time.Millisecond
	packet    = 20 * time.Millisecond // a clip fills whole packets, so that none ends in noise
)

// Master makes of a sound what callers hear: 16 kHz, corrected by eq, centred, at TargetLevel, without silence at the ends
// beyond 100 and 200 ms, faded in and out over 5 ms, padded to whole packets.
func Master(s Sound, eq EQ) (Sound, error) {
	if math.IsInf(s.Peak(), -1) {
		return Sound{}, ErrSilent
	}
	s = eq.Apply(centre(Resample(s, MasterRate)))
	if Measure(s).Level < silent {
		return Sound{}, ErrSilent
	}
	// Once for the pauses to be told from the sound, and once more without them: of a single short word they are a part that counts.
	s = Level(trim(Level(s)))
	fadeEnds(s)
	return pad(s), nil
}

// Telephone is a master as the trunk carries it: 8 kHz A-law, at TargetLevel. What a telephone's band leaves of a word with many
// sibilants (sechs) is up to 4 dB quieter than the word.
func Telephone(master Sound) []byte {
	return EncodeALaw(Level(Resample(master, TelephoneRate)).PCM16())
}

func trim(s Sound) Sound {
	quiet := pauses(s)
	lead, trail, _ := edges(quiet)
	size := s.count(frameLength)
	from := max(0, lead*size-s.count(keepLead))
	to := len(s.Samples)
	if trail > 0 {
		to = min(to, (len(quiet)-trail)*size+s.count(keepTrail))
	}
	if from >= to {
		return s
	}
	return Sound{Rate: s.Rate, Samples: s.Samples[from:to]}
}

// fadeEnds fades s in and out, in place: a sound that begins in mid-wave clicks.
func fadeEnds(s Sound) {
	x := s.Samples
	n := min(s.count(fade), len(x)/2)
	for i := range n {
		g := float32(0.5 - 0.5*math.Cos(math.Pi*(float64(i)+0.5)/float64(n)))
		x[i] *= g
		x[len(x)-1-i] *= g
	}
}

func pad(s Sound) Sound {
	size := s.count(packet)
	out := make([]float32, (len(s.Samples)+size-1)/size*size)
	copy(out, s.Samples)
	return Sound{Rate: s.Rate, Samples: out}
}

// Beep is the tone before a recording: 1000 Hz with 440 Hz below it, 0.4 s, at TargetLevel. Those that come with Asterisk
// are 12 dB louder than speech.
func Beep() Sound {
	const seconds = 0.4
	x := make([]float32, int(seconds*MasterRate))
	for i := range x {
		t := 2 * math.Pi * float64(i) / MasterRate
		x[i] = float32(0.12*math.Sin(1000*t) + 0.06*math.Sin(440*t))
	}
	s := Level(Sound{Rate: MasterRate, Samples: x})
	fadeEnds(s)
	return pad(s)
}
