package ivr_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pronto/ivr/ledger/transcript"
)

// heard is what the transcript says that a caller heard, and what happened beside it: "0.0 welcome 1.5 cut".
func (s *stage) heard(number string) []string {
	s.t.Helper()
	row := s.rows()[number]
	journal, err := s.ledger.Journal(s.t.Context(), row.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	var out []string
	for _, line := range transcript.Make(row, journal, transcript.Source{Release: s.release}).Lines {
		if len(line.Heard) == 0 && line.Kind != "say" {
			out = append(out, strings.TrimSpace(fmt.Sprintf("%.1f %s %s", line.After.Seconds(), line.Kind, line.Text)))
		}
		for _, h := range line.Heard {
			text := fmt.Sprintf("%.1f [%s] %.1f", h.From.Seconds(), h.Key, h.To.Seconds())
			if h.Cut {
				text += " cut"
			}
			out = append(out, text)
		}
	}
	return out
}

func (s *stage) heardIs(number string, want ...string) {
	s.t.Helper()
	if d := cmp.Diff(want, s.heard(number)); d != "" {
		s.t.Error(d)
	}
}

// The journal tells what was heard to the tenth of a second, whatever cut it.
// The telephone holds each key for a tenth of a second.
func TestJournalTellsWhatWasHeard(t *testing.T) {
	t.Run("an operator", func(t *testing.T) {
		play(t, func(s *stage) {
			s.register("op1")
			s.people.Operator("op1").Unregister()
			p := s.call("06")
			time.Sleep(1500 * time.Millisecond)
			s.press(p, "0") // in the first text
			time.Sleep(5 * time.Second)
			s.register("op1")
			time.Sleep(time.Second)
			s.answer(s.ring("op1"))
			time.Sleep(10 * time.Second)
			s.hangup(p)
			s.heardIs("06",
				"0.0 arrived 800840840", "0.0 answered", "0.0 node welcome", "0.0 [welcome] 1.6 cut", "1.6 key valid", "1.6 node operator",
				"1.6 queued information", "1.6 [please-wait] 5.6", "5.6 music on", "6.6 [queue-position/1] 7.6 cut", "6.6 offered op1",
				"6.6 ringing op1", "7.6 connected op1", "17.6 ended caller normal")
		})
	})
	t.Run("the rescue number", func(t *testing.T) {
		play(t, func(s *stage) {
			p := s.call("06")
			s.press(p, "1")
			time.Sleep(2 * time.Second)
			s.press(p, "1")
			s.answer(<-s.people.Rescue("112").Incoming())
			time.Sleep(5 * time.Second)
			s.hangup(p)
			s.heardIs("06",
				"0.0 arrived 800840840", "0.0 answered", "0.0 node welcome", "0.0 [welcome] 0.1 cut", "0.1 key valid", "0.1 node danger",
				"0.1 rescue 112", "0.1 [dial-112] 2.2 cut", "2.2 dial 112", "2.2 ringing", "2.2 rescue_connected", "7.2 ended caller normal")
		})
	})
	t.Run("a message", func(t *testing.T) {
		play(t, func(s *stage) {
			p := s.call("06")
			s.press(p, "5")
			time.Sleep(time.Second)
			s.press(p, "#") // the tone still comes
			time.Sleep(10 * time.Second)
			s.press(p, "#")
			time.Sleep(time.Second)
			s.hangup(p)
			s.heardIs("06",
				"0.0 arrived 800840840", "0.0 answered", "0.0 node welcome", "0.0 [welcome] 0.1 cut", "0.1 key valid", "0.1 node mailbox",
				"0.1 [leave-message] 1.2 cut", "1.2 key skip", "1.2 [beep] 5.2", "5.2 recording", "11.3 key stop", "11.3 message left",
				"11.3 [message-thanks] 12.3 cut", "12.3 ended caller normal")
		})
	})
	t.Run("a crash", func(t *testing.T) {
		play(t, func(s *stage) {
			p := s.call("06")
			time.Sleep(time.Second)
			s.crash(time.Second)
			time.Sleep(time.Second)
			s.hangup(p)
			got := s.heard("06")
			var began []string
			for _, line := range got {
				if strings.Contains(line, "[welcome]") || strings.Contains(line, "resumed") {
					began = append(began, line)
				}
			}
			if len(began) != 3 || !strings.HasPrefix(began[0], "0.0 [welcome] 4.0") || !strings.Contains(began[1], "resumed saying") || !strings.HasSuffix(began[2], "cut") {
				t.Errorf("got %q", got)
			}
		})
	})
}
