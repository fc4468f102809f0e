package ivr

import (
	"path"
	"strings"
	"time"

	"pronto/ivr/flow"
	"pronto/prompts"
)

// What the journal tells of sounds is enough to say afterwards what the caller heard, second by second, and no more:
// when a playback began and with which clips; when it was cut; and when it ended, if that was not when its clips' lengths
// say (package transcript).

// onTime is how far a playback may end from its time without a word of it in the journal.
const onTime = 250 * time.Millisecond

// heard is what the caller's leg plays.
type heard struct {
	id    int       // the playback; 0: nothing plays
	ends  time.Time // by its clips' lengths
	music bool
}

func (c *call) note(kind, text string) { c.noteAt(time.Now(), kind, text) }

// noteSay says that a playback begins. Clips stand by their keys, those of another language than the call's with it
// in front, an alert's message as alert/<id>/<language>. A digit is the caller's, read back: which one is nobody's
// business.
func (c *call) noteSay(a flow.Say) {
	now := time.Now()
	c.heard = heard{id: a.ID, ends: now} // it ends the music
	names := make([]string, len(a.Clips))
	for i, clip := range a.Clips {
		names[i] = clipName(clip, c.state.Language)
		c.heard.ends = c.heard.ends.Add(time.Duration(clip.Seconds * float64(time.Second)))
	}
	c.noteAt(now, "say", strings.Join(names, " "))
}

// clipName is how the journal names a clip: by where its file lies, releases/<id>/<language>/... or alerts/<id>/....
func clipName(clip prompts.Clip, lang string) string {
	switch {
	case prompts.IsDigitKey(clip.Key):
		return "digit"
	case clip.Key == prompts.KeyAlert:
		lang := path.Dir(clip.File)
		return prompts.KeyAlert + "/" + path.Base(path.Dir(lang)) + "/" + path.Base(lang)
	}
	if own := path.Base(path.Dir(clip.File)); own != lang && len(own) == len(lang) {
		return own + "/" + clip.Key
	}
	return clip.Key
}

// noteHeard says that a playback has ended, if not on time.
func (c *call) noteHeard(ev flow.Event) {
	said, ok := ev.(flow.Said)
	if !ok || said.ID != c.heard.id {
		return
	}
	c.heard.id = 0
	if off := time.Since(c.heard.ends).Abs(); !said.Failed && off > onTime {
		c.note("said", "")
	}
}

// noteCut says that the playback is cut short.
func (c *call) noteCut() {
	if c.heard.id != 0 {
		c.heard.id = 0
		c.note("cut", "")
	}
}

func (c *call) noteQueued(a flow.Queue) {
	if a.Again {
		c.note("requeued", a.Topic)
		return
	}
	c.note("queued", a.Topic)
}

func (c *call) noteMusic(on bool) {
	if c.heard.music == on {
		return
	}
	c.heard.music = on
	if on {
		c.note("music", "on")
		return
	}
	c.note("music", "off")
}
