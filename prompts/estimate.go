package prompts

import (
	"path"

	"pronto/prompts/audio"
)

// SourceEstimate is the Source of clips that nobody has made yet.
const SourceEstimate = "estimate"

// Speech by estimate: as fast as the engines here on average, with the silence that each clip has around it.
const (
	charactersASecond = 14
	silenceAround     = 0.5
)

// Estimate is the release that the book would make, with clips that have a length but no sound: what can be known
// without a speech engine. It has no id and nothing of it is written anywhere.
func Estimate(book *Book) *Release {
	r := &Release{Book: book, Clips: map[string]map[string]Clip{}}
	for _, j := range plan(book) {
		if r.Clips[j.lang] == nil {
			r.Clips[j.lang] = map[string]Clip{}
		}
		r.Clips[j.lang][j.key] = estimate(book, j)
	}
	return r
}

// EstimateAlert is the alert with such clips for its messages.
func EstimateAlert(book *Book, a Alert) *Alert {
	a.Clips = map[string]Clip{}
	for lang, text := range a.Messages {
		a.Clips[lang] = estimate(book, job{lang: lang, key: KeyAlert, text: text})
	}
	return &a
}

func estimate(book *Book, j job) Clip {
	seconds := silenceAround + float64(len([]rune(book.spoken(j.lang, j.text))))/charactersASecond
	if j.key == KeyBeep {
		seconds = audio.Beep().Seconds()
	}
	return Clip{
		Key: j.key, File: path.Join(SourceEstimate, j.lang, fileName(j.key)), Seconds: seconds, Text: j.text, Source: SourceEstimate,
	}
}
