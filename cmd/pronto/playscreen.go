package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"pronto/ivr/flow"
	"pronto/ivr/rehearsal"
	"pronto/prompts"
)

const (
	screenWidth = 80
	textIndent  = 10
)

// screen shows a rehearsed call.
type screen struct {
	w         io.Writer
	words     *words
	book      *prompts.Book
	estimated bool
}

func (s *screen) say(text string) { _, _ = fmt.Fprintln(s.w, text) }

func (s *screen) newline() { s.say("") }

// begin tells what is pretended.
func (s *screen) begin(setting rehearsal.Setting) {
	w := s.words
	clock := w.days[setting.Clock.Weekday()] + " " + setting.Clock.Format(w.date)
	s.say(fmt.Sprintf(w.begin, s.book.Line.Name, s.book.Line.Number, clock))
	caller, full := setting.Caller, ""
	if caller == "" {
		caller = w.withheld
	}
	if setting.Full {
		full = w.full
	}
	s.say(fmt.Sprintf(w.from, caller, setting.Operators, full))
	if s.estimated {
		s.say(w.estimated)
	}
	s.say(w.keys)
}

// show tells a moment.
func (s *screen) show(m rehearsal.Moment) {
	w := s.words
	switch m.Kind {
	case rehearsal.KindNode:
		s.say(fmt.Sprintf("\n%s  %s (%s)", clock(m.At), m.Text, or(w.kinds, string(s.book.Nodes[m.Text].Kind))))
	case rehearsal.KindSay:
		for _, clip := range joined(m.Clips) {
			s.clip(clip)
		}
	case rehearsal.KindCut:
		if m.Length > 0 {
			s.at(m, fmt.Sprintf("-- "+w.after, s.seconds(m.Length.Seconds())))
		}
	case rehearsal.KindOperator, rehearsal.KindRescue, rehearsal.KindRequest:
		s.at(m, fmt.Sprintf("%s %s %s", or(w.acts, string(m.Kind)), m.Text, or(w.acts, m.What)))
	case rehearsal.KindCallback:
		what, when, _ := strings.Cut(m.What, " for ")
		s.at(m, strings.Join(strings.Fields(strings.Join([]string{or(w.acts, string(m.Kind)), or(w.acts, m.Text), or(w.acts, what), when}, " ")), " "))
	case rehearsal.KindMusic, rehearsal.KindRecord:
		s.at(m, or(w.acts, string(m.Kind)))
	case rehearsal.KindRecorded:
		s.at(m, fmt.Sprintf("%s %s", or(w.acts, "recorded"), s.seconds(m.Length.Seconds())))
	case rehearsal.KindNote:
		s.at(m, s.note(m.Text))
	case rehearsal.KindKey, rehearsal.KindHangup:
		// Keys stand on the line where they were typed; the end has an account of its own.
	}
}

func (s *screen) note(text string) string {
	if whole, ok := s.words.notes[text]; ok {
		return whole
	}
	first, rest, _ := strings.Cut(text, " ")
	return or(s.words.notes, first) + " " + rest
}

func (s *screen) at(m rehearsal.Moment, text string) {
	s.say(fmt.Sprintf("%s  %s", clock(m.At), text))
}

// clip shows a text, its language and its seconds.
func (s *screen) clip(clip rehearsal.Clip) {
	text := clip.Text
	if text == "" {
		text = s.words.beep
	}
	note := s.seconds(clip.Seconds)
	if clip.Source == "recording" {
		note += ", " + s.words.recording
	}
	lines := wrap(text+" ["+note+"]", screenWidth-textIndent)
	for i, line := range lines {
		lang := "  "
		if i == 0 {
			lang = clip.Language
		}
		s.say(fmt.Sprintf("%*s  %s", textIndent-2, lang, line))
	}
}

// joined are the clips with digits that follow each other as one.
func joined(clips []rehearsal.Clip) []rehearsal.Clip {
	var out []rehearsal.Clip
	for _, clip := range clips {
		if last := len(out) - 1; last >= 0 && prompts.IsDigitKey(clip.Key) && prompts.IsDigitKey(out[last].Key) {
			out[last].Text += " " + clip.Text
			out[last].Seconds += clip.Seconds
			continue
		}
		out = append(out, clip)
	}
	return out
}

// wrap breaks a text between words into lines of at most width characters. What stands in brackets stays together.
func wrap(text string, width int) []string {
	var lines []string
	line, length := "", 0
	for _, word := range strings.Split(text, " ") {
		n := len([]rune(word))
		if length > 0 && length+1+n > width {
			lines, line, length = append(lines, line), "", 0
		}
		if length > 0 {
			line, length = line+" ", length+1
		}
		line, length = line+word, length+n
	}
	return append(lines, line)
}

// seconds shows a length, and whether it is but an estimate.
func (s *screen) seconds(seconds float64) string {
	mark := ""
	if s.estimated {
		mark = "~"
	}
	return fmt.Sprintf("%s%.1f\u00a0s", mark, seconds)
}

// clock is a time since the call arrived.
func clock(d time.Duration) string {
	d = d.Round(time.Second)
	return fmt.Sprintf("%2d:%02d", int(d.Minutes()), int(d.Seconds())%60)
}

// prompt says how things stand and asks for a line.
func (s *screen) prompt(c *rehearsal.Call) {
	w := s.words
	state := ""
	switch c.Waiting() {
	case flow.PhaseWaiting:
		state = w.key
	case flow.PhaseQueued:
		state = w.queue
	case flow.PhaseTalking:
		state = w.talking
	case flow.PhaseOffering:
		state = w.offer
		if s.book.Nodes[c.Node()].Kind == prompts.KindMessage {
			state = w.codeOffer
		}
	case flow.PhaseDialling:
		state = w.rescueRings
	case flow.PhaseConnected:
		state = w.connected
	case flow.PhaseRecording:
		state = w.records
	case flow.PhaseLooking: // the answer comes at once here
	case flow.PhaseNew, flow.PhaseSaying, flow.PhaseLast, flow.PhaseEnding:
	}
	if left, playing := c.Playing(); playing {
		if state != "" {
			state += ", "
		}
		state += fmt.Sprintf(w.saying, s.seconds(left.Seconds()))
	}
	_, _ = fmt.Fprintf(s.w, "[%s %s] > ", strings.TrimSpace(clock(c.At())), state)
}

// end is the call's account.
func (s *screen) end(c *rehearsal.Call) {
	w, r := s.words, c.Result()
	s.say(fmt.Sprintf("\n"+w.end, strings.TrimSpace(clock(c.At())), or(w.enders, r.EndedBy)))
	outcome := r.Outcome
	if r.Detail != "" {
		outcome += " (" + r.Detail + ")"
	}
	rows := [][2]string{
		{w.outcome, outcome + ": " + or(w.outcomes, r.Outcome)},
		{w.path, strings.ReplaceAll(r.Path, ">", " > ")},
		{w.language, r.Language},
		{w.topic, r.Topic},
		{w.rescue, r.Rescue},
	}
	if r.Waited > 0 {
		rows = append(rows, [2]string{w.waited, strings.TrimSpace(clock(r.Waited))})
	}
	if r.Talked > 0 {
		rows = append(rows, [2]string{w.talked, strings.TrimSpace(clock(r.Talked))})
	}
	for _, row := range rows {
		if row[1] != "" {
			s.say(fmt.Sprintf("  %-14s %s", row[0], row[1]))
		}
	}
}
