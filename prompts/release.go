package prompts

import "strconv"

// Release is a checked and rendered book. It is immutable; a call keeps the release it began with.
type Release struct {
	ID    string // 12 hex digits of the content's hash: the book's and every clip's
	Book  *Book
	Clips map[string]map[string]Clip // language -> key -> clip
	// Proofs are what was found out about it when it was made; those of releases made before there were any are empty.
	Proofs Proofs
	// Alert is the alert that is raised; nil: none. It comes from outside of the release, see WithAlert.
	Alert *Alert
}

// WithAlert is the release while an alert is raised (nil: none). The release itself stays as it is.
func (r *Release) WithAlert(a *Alert) *Release {
	if r.Alert == a {
		return r
	}
	with := *r
	with.Alert = a
	return &with
}

// Clip is something a caller can hear.
type Clip struct {
	Key     string  `json:"key"`
	File    string  `json:"file"`    // below the sound root, without extension: releases/<id>/<lang>/<key>.<hash>
	Seconds float64 `json:"seconds"` // its length
	Text    string  `json:"text"`    // what it says
	Source  string  `json:"source"`  // "recording" or the engine that spoke it
}

// KeyBeep is the tone before a recording. It is in every release and language, made by the renderer.
const KeyBeep = "beep"

// Clip returns the clip of key in lang, or else in the line's first language.
//
// An entry of a say list that has its own language (see OwnVoice) is nothing in that language.
func (r *Release) Clip(lang, key string) (Clip, bool) {
	if own, text, ok := OwnVoice(key); ok {
		c, there := r.Clips[own][text]
		return c, there && own != lang
	}
	if c, ok := r.Clips[lang][key]; ok {
		return c, true
	}
	c, ok := r.Clips[r.Book.Line.Languages[0]][key]
	return c, ok
}

// PositionKey is the key of the clip that tells position n (from 1) in the queue.
func (b *Book) PositionKey(n int) string {
	if n > MaxPosition {
		return b.Desk.Many
	}
	return b.Desk.Position + "/" + strconv.Itoa(n)
}
