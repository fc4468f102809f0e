package transcript

import (
	"slices"
	"strings"
	"time"

	"pronto/ivr/ledger"
	"pronto/prompts"
)

// Transcript is what happened in a call, in order.
type Transcript struct {
	Call  ledger.Call `json:"-"`
	Lines []Line      `json:"lines"`
}

// Line is one thing that happened. Times are from the call's start.
type Line struct {
	At    time.Time     `json:"at"`
	After time.Duration `json:"-"`
	Kind  string        `json:"kind"` // as in the journal, and arrived, answered, ended
	Text  string        `json:"text,omitempty"`
	Heard []Heard       `json:"heard,omitempty"` // of a say
}

// Heard is a clip, or its beginning, that the caller heard.
type Heard struct {
	Key      string        `json:"key"`
	Language string        `json:"language"`
	Text     string        `json:"text,omitempty"` // "" if the release is not there any more
	From     time.Duration `json:"-"`
	To       time.Duration `json:"-"`
	Length   time.Duration `json:"-"`             // of the whole clip; 0: not known
	Cut      bool          `json:"cut,omitempty"` // it was not heard to its end
}

// Source is where texts come from.
type Source struct {
	// Release is the one of the call; nil if it is not there any more: keys are told without texts.
	Release *prompts.Release
	// Alert finds an alert that was raised; nil, or a nil result: not known.
	Alert func(id string) *prompts.Alert
}

// Make makes the transcript of a call from its journal.
func Make(call ledger.Call, journal []ledger.Event, from Source) Transcript {
	m := &maker{call: call, from: from, lang: call.Language}
	if from.Release != nil {
		m.lang = from.Release.Book.Line.Languages[0]
	}
	m.add(call.Started, "arrived", call.Line)
	answered := call.Answered.IsZero()
	for _, e := range journal {
		if !answered && !e.At.Before(call.Answered) {
			answered = true
			m.add(call.Answered, "answered", "")
		}
		m.event(e)
	}
	if !answered {
		m.add(call.Answered, "answered", "")
	}
	if !call.Ended.IsZero() {
		m.stop(call.Ended, false)
		m.add(call.Ended, "ended", strings.TrimSpace(call.EndedBy+" "+call.Cause))
	}
	return Transcript{Call: call, Lines: m.lines}
}

// maker makes a transcript.
type maker struct {
	call    ledger.Call
	from    Source
	lang    string
	lines   []Line
	playing int // the line of what plays now, from 1; 0: nothing plays
}

func (m *maker) add(at time.Time, kind, text string) {
	m.lines = append(m.lines, Line{At: at, After: at.Sub(m.call.Started), Kind: kind, Text: text})
}

func (m *maker) event(e ledger.Event) {
	switch e.Kind {
	case "say":
		m.stop(e.At, false)
		m.add(e.At, e.Kind, "")
		m.play(strings.Fields(e.Text))
	case "cut", "said":
		m.stop(e.At, true)
	case "unheard":
		m.unheard()
		m.add(e.At, e.Kind, e.Text)
	case "language":
		m.lang = e.Text
		m.add(e.At, e.Kind, e.Text)
	case "resumed":
		m.stop(e.At, false)
		m.add(e.At, e.Kind, e.Text)
	default:
		m.add(e.At, e.Kind, e.Text)
	}
}

// play lays the clips end to end; stop cuts them to what was heard.
func (m *maker) play(names []string) {
	line := &m.lines[len(m.lines)-1]
	at := line.After
	for _, name := range names {
		h := m.clip(name)
		h.From, h.To = at, at+h.Length
		at = h.To
		line.Heard = append(line.Heard, h)
	}
	m.playing = len(m.lines)
}

// stop ends what plays. told: the journal says that it ended now; otherwise it has ended by itself if its time was over.
func (m *maker) stop(now time.Time, told bool) {
	if m.playing == 0 {
		return
	}
	line := &m.lines[m.playing-1]
	m.playing = 0
	end := now.Sub(m.call.Started)
	line.Heard = slices.DeleteFunc(line.Heard, func(h Heard) bool { return h.From > end || h.From == end && h.Length > 0 })
	if len(line.Heard) == 0 {
		return
	}
	last := &line.Heard[len(line.Heard)-1]
	switch {
	case last.To > end:
		last.To, last.Cut = end, true
	case told || last.Length == 0:
		last.To = end // it took longer than its clips
	}
}

// unheard: the switch could not play it.
func (m *maker) unheard() {
	if m.playing > 0 {
		m.lines[m.playing-1].Heard = nil
		m.playing = 0
	}
}

// clip is a clip by its name in the journal (see ivr): key, language/key, alert/id/language.
func (m *maker) clip(name string) Heard {
	if rest, ok := strings.CutPrefix(name, prompts.KeyAlert+"/"); ok {
		id, lang, _ := strings.Cut(rest, "/")
		return m.alert(id, lang)
	}
	h := Heard{Key: name, Language: m.lang}
	if lang, key, ok := strings.Cut(name, "/"); ok && m.speaks(lang) {
		h.Language, h.Key = lang, key
	}
	if m.from.Release == nil {
		return h
	}
	clip, ok := m.from.Release.Clips[h.Language][h.Key]
	if !ok {
		clip, ok = m.from.Release.Clip(h.Language, h.Key)
	}
	if ok {
		h.Text, h.Length = clip.Text, length(clip)
	} else if h.Key == digit {
		clip, _ = m.from.Release.Clip(h.Language, prompts.DigitKey('0'))
		h.Length = length(clip) // which one it was is not known: they take about as long
	}
	return h
}

// digit is the name of a digit that was read back.
const digit = "digit"

func length(clip prompts.Clip) time.Duration {
	return time.Duration(clip.Seconds * float64(time.Second))
}

func (m *maker) speaks(lang string) bool {
	return m.from.Release != nil && slices.Contains(m.from.Release.Book.Line.Languages, lang)
}

func (m *maker) alert(id, lang string) Heard {
	h := Heard{Key: prompts.KeyAlert + "/" + id, Language: lang}
	if m.from.Alert != nil {
		if a := m.from.Alert(id); a != nil {
			clip := a.Clips[lang]
			h.Text, h.Length = clip.Text, length(clip)
		}
	}
	return h
}
