package audio

import (
	"math"
	"time"

	"pronto/prompts/wording"
)

// What a recording is held to.
const (
	MinLength = 300 * time.Millisecond
	MaxLength = 120 * time.Second

	silent      = -55.0 // dBov: no voice
	tooQuiet    = -35.0 // dBov
	tooLoud     = -12.0 // dBov
	maxDC       = 0.01  // of full scale
	fullScale   = 0.9995
	clippedRun  = 3     // samples at full scale in a row are no chance
	clippedPart = 0.005 // of all samples: beyond that it can not be listened to
	background  = -50.0 // dBov: a pause
	longPause   = 2 * time.Second
	longEnd     = time.Second
	minActivity = 0.3
	frameLength = 10 * time.Millisecond
)

// Problem is something wrong with a recording. Unless it is Fatal the recording can be used.
type Problem struct {
	Code    string           `json:"code"`    // of a closed set, see Check
	Message wording.Sentence `json:"message"` // what is wrong, with the figure measured
	Remedy  wording.Sentence `json:"remedy"`  // what to do
	Fatal   bool             `json:"fatal"`   // callers would not understand it
}

// Check judges a recording as it was received. Codes: short, long, silent, ruined (fatal); clipped, quiet, loud, offset, lead,
// trail, pause, sparse.
func Check(s Sound) []Problem {
	var found []Problem
	add := func(fatal bool, code string, message, remedy wording.Sentence) {
		found = append(found, Problem{Code: code, Message: message, Remedy: remedy, Fatal: fatal})
	}
	if s.Seconds() < MinLength.Seconds() {
		add(true, "short", wording.Say("it lasts only %s s", wording.Fixed(s.Seconds(), 2)), wording.Say("record the whole sentence"))
		return found
	}
	if s.Seconds() > MaxLength.Seconds() {
		add(true, "long", wording.Say("it lasts %s s, at most %d s are taken", wording.Fixed(s.Seconds(), 0), int(MaxLength.Seconds())), wording.Say("cut it into several texts"))
		return found
	}
	if dc := mean(s.Samples); math.Abs(dc) > maxDC {
		add(false, "offset", wording.Say("its zero line is off by %s%% of full scale", wording.Tenths(100*dc)),
			wording.Say("it is put right; have the sound card or its cable looked at"))
	}
	centred := centre(s)
	loudness := Measure(centred)
	if loudness.Level < silent {
		add(true, "silent", wording.Say("nothing can be heard in it"), wording.Say("check the microphone and record it again"))
		return found
	}
	checkClipping(s, add)
	checkLevel(loudness, add)
	checkPauses(centred, loudness, add)
	return found
}

type adder func(fatal bool, code string, message, remedy wording.Sentence)

func checkClipping(s Sound, add adder) {
	var clipped, run int
	for _, v := range s.Samples {
		if max(v, -v) < fullScale {
			run = 0
			continue
		}
		run++
		switch {
		case run == clippedRun:
			clipped += clippedRun
		case run > clippedRun:
			clipped++
		}
	}
	part := float64(clipped) / float64(len(s.Samples))
	switch {
	case part > clippedPart:
		add(true, "ruined", wording.Say("%s%% of it is cut off at full scale", wording.Tenths(100*part)),
			wording.Say("turn the microphone down and record it again"))
	case clipped > 0:
		add(false, "clipped", wording.Say("%d samples are cut off at full scale", clipped),
			wording.Say("turn the microphone down and record it again"))
	}
}

func checkLevel(l Loudness, add adder) {
	switch {
	case l.Level < tooQuiet:
		add(false, "quiet", wording.Say("its level is %s dBov, %s or more is good", wording.Fixed(l.Level, 0), wording.Fixed(tooQuiet, 0)),
			wording.Say("go nearer to the microphone: raising the level raises the noise too"))
	case l.Level > tooLoud:
		add(false, "loud", wording.Say("its level is %s dBov, %s or less is good", wording.Fixed(l.Level, 0), wording.Fixed(tooLoud, 0)),
			wording.Say("turn the microphone down"))
	}
}

func checkPauses(s Sound, l Loudness, add adder) {
	quiet := pauses(s)
	lead, trail, inner := edges(quiet)
	if d := time.Duration(lead) * frameLength; d > longEnd {
		add(false, "lead", wording.Say("it begins with %s s of silence", wording.Tenths(d.Seconds())), wording.Say("nothing: the silence is cut"))
	}
	if d := time.Duration(trail) * frameLength; d > longEnd {
		add(false, "trail", wording.Say("it ends with %s s of silence", wording.Tenths(d.Seconds())), wording.Say("nothing: the silence is cut"))
	}
	if d := time.Duration(inner) * frameLength; d > longPause {
		add(false, "pause", wording.Say("it has a pause of %s s", wording.Tenths(d.Seconds())), wording.Say("cut the pause: callers think that the line is dead"))
	}
	// The silence at the ends is cut, so it does not count.
	if spoken := len(quiet) - lead - trail; spoken > 0 {
		if part := l.Activity * float64(len(quiet)) / float64(spoken); part < minActivity {
			add(false, "sparse", wording.Say("only %s%% of it is speech", wording.Fixed(100*part, 0)), wording.Say("listen to it and cut what is no speech"))
		}
	}
}

// pauses says of every frame whether it is background.
func pauses(s Sound) []bool {
	size := max(1, s.count(frameLength))
	top := math.Pow(10, background/10)
	quiet := make([]bool, (len(s.Samples)+size-1)/size)
	for i := range quiet {
		frame := s.Samples[i*size : min((i+1)*size, len(s.Samples))]
		var sum float64
		for _, v := range frame {
			sum += float64(v) * float64(v)
		}
		quiet[i] = sum < top*float64(len(frame))
	}
	return quiet
}

// edges counts the quiet frames before, after and (the longest run) between the others.
func edges(quiet []bool) (lead, trail, inner int) {
	run := 0
	heard := false
	for _, q := range quiet {
		if q {
			run++
			continue
		}
		if heard {
			inner = max(inner, run)
		} else {
			lead = run
		}
		heard, run = true, 0
	}
	return lead, run, inner
}

func mean(x []float32) float64 {
	if len(x) == 0 {
		return 0
	}
	var sum float64
	for _, v := range x {
		sum += float64(v)
	}
	return sum / float64(len(x))
}

// centre returns s with its mean taken away.
func centre(s Sound) Sound {
	m := float32(mean(s.Samples))
	out := make([]float32, len(s.Samples))
	for i, v := range s.Samples {
		out[i] = v - m
	}
	return Sound{Rate: s.Rate, Samples: out}
}
