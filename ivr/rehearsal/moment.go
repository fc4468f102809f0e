package rehearsal

import (
	"fmt"
	"strings"
	"time"

	"pronto/prompts"
)

// Kind is what a moment is about.
type Kind string

// The kinds of moments, as a transcript names them.
const (
	KindNode     Kind = "node"     // the call comes to the node Text
	KindSay      Kind = "say"      // Clips begin, Length in all
	KindCut      Kind = "cut"      // what is said is cut short after Length
	KindKey      Kind = "key"      // the caller presses Text
	KindMusic    Kind = "music"    // music on hold begins
	KindOperator Kind = "operator" // the operator Text does What
	KindRescue   Kind = "rescue"   // the rescue number Text does What
	KindRecord   Kind = "records"  // a message is recorded from now on
	KindRecorded Kind = "recorded" // it is Length long
	KindRequest  Kind = "request"  // the request with the code Text is What
	KindCallback Kind = "callback" // one to Text is What
	KindNote     Kind = "note"     // the journal says Text
	KindHangup   Kind = "hangup"   // the end; Text says who
)

// Moment is something that happens in a call.
type Moment struct {
	At     time.Duration // since the call arrived
	Kind   Kind
	Text   string
	What   string
	Clips  []Clip
	Length time.Duration
}

// Clip is a clip and the language it is in.
type Clip struct {
	Language string
	prompts.Clip
}

func (c *Call) tell(m Moment) {
	m.At = c.At()
	c.told++
	c.watch(m)
}

// String is the moment's line in a transcript. It tells no times, which depend on the voice that speaks.
func (m Moment) String() string {
	switch m.Kind {
	case KindSay:
		return "say " + m.keys()
	case KindCut, KindMusic, KindRecord:
		return string(m.Kind)
	case KindRecorded:
		return fmt.Sprintf("recorded %.0fs", m.Length.Seconds())
	case KindCallback:
		return strings.Join(strings.Fields(string(m.Kind)+" "+m.Text+" "+m.What), " ")
	case KindOperator, KindRescue, KindRequest:
		return fmt.Sprintf("%s %s %s", m.Kind, m.Text, m.What)
	case KindNote, KindHangup:
		return m.Text
	default:
		return string(m.Kind) + " " + m.Text
	}
}

// keys are the keys of the texts, each language's behind its name.
func (m Moment) keys() string {
	var b strings.Builder
	lang := ""
	for _, clip := range m.Clips {
		if clip.Language != lang {
			if lang != "" {
				b.WriteString(", ")
			}
			b.WriteString(clip.Language + ":")
			lang = clip.Language
		}
		b.WriteString(" " + clip.Key)
	}
	return b.String()
}

// Transcript writes moments down, one a line. With words the words of each text follow it.
func Transcript(moments []Moment, words bool) string {
	var b strings.Builder
	for _, m := range moments {
		b.WriteString(m.String() + "\n")
		if !words {
			continue
		}
		for _, clip := range m.Clips {
			if clip.Text != "" {
				b.WriteString("  | " + clip.Text + "\n")
			}
		}
	}
	return b.String()
}
