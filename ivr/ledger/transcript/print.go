package transcript

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"
	"time"
)

// Write writes the transcript as "text" or "json". In text, lang is it or en and zone is whose clock is meant.
func (t *Transcript) Write(w io.Writer, format, lang string, zone *time.Location) error {
	var err error
	switch format {
	case "text":
		_, err = io.WriteString(w, t.text(wordsFor(lang), zone))
	case "json":
		enc := json.NewEncoder(w)
		enc.SetIndent("", " ")
		enc.SetEscapeHTML(false)
		err = enc.Encode(t)
	default:
		return fmt.Errorf("there is no format %q: it is text or json", format)
	}
	if err != nil {
		return fmt.Errorf("write the transcript: %w", err)
	}
	return nil
}

func (t *Transcript) text(words map[string]string, zone *time.Location) string {
	var b strings.Builder
	c := t.Call
	say := func(key, value string) {
		if value != "" {
			_, _ = fmt.Fprintf(&b, "%s: %s\n", words["head."+key], value)
		}
	}
	say("call", c.ID)
	say("started", c.Started.In(zone).Format("2006-01-02 15:04:05.000 MST"))
	say("caller", c.Caller)
	say("line", strings.TrimSpace(c.Line+" "+c.Switch))
	say("release", c.Release)
	say("topic", c.Topic)
	say("operator", c.Operator)
	say("outcome", strings.TrimSpace(c.Outcome+" "+c.Detail))
	say("request", c.Request)
	_, _ = fmt.Fprintln(&b)
	for _, line := range t.Lines {
		if line.Kind == "say" && len(line.Heard) == 0 {
			continue
		}
		_, _ = fmt.Fprintf(&b, "%8.1f s  %s\n", line.After.Seconds(), line.tell(words))
		for _, h := range line.Heard {
			_, _ = fmt.Fprintf(&b, "%*s%s\n", 12, "", h.tell(words))
		}
	}
	return b.String()
}

// tell is a line in words; a kind that has none stands as it is.
func (l *Line) tell(words map[string]string) string {
	text, ok := words[l.Kind+" "+l.Text]
	if ok {
		return text
	}
	if text, ok = words[l.Kind]; !ok {
		return strings.TrimSpace(l.Kind + " " + l.Text)
	}
	if strings.Contains(text, "%s") {
		return fmt.Sprintf(text, l.Text)
	}
	return text
}

func (h *Heard) tell(words map[string]string) string {
	text := fmt.Sprintf("%.1f–%.1f s  [%s]", h.From.Seconds(), h.To.Seconds(), strings.TrimPrefix(h.Language+"/"+h.Key, "/"))
	if h.Text != "" {
		text += " «" + strings.Join(strings.Fields(h.Text), " ") + "»"
	}
	if h.Cut {
		text += " " + fmt.Sprintf(words["head.cut"], (h.To-h.From).Seconds(), h.Length.Seconds())
	}
	return text
}

// MarshalJSON tells times in seconds, too.
func (l Line) MarshalJSON() ([]byte, error) {
	type plain Line
	return json.Marshal(struct {
		After float64 `json:"after_s"`
		plain
	}{inSeconds(l.After), plain(l)})
}

// MarshalJSON tells times in seconds.
func (h Heard) MarshalJSON() ([]byte, error) {
	type plain Heard
	return json.Marshal(struct {
		From   float64 `json:"from_s"`
		To     float64 `json:"to_s"`
		Length float64 `json:"length_s"`
		plain
	}{inSeconds(h.From), inSeconds(h.To), inSeconds(h.Length), plain(h)})
}

func inSeconds(d time.Duration) float64 { return math.Round(d.Seconds()*1000) / 1000 }
