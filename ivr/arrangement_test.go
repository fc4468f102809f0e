package ivr

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestPlan: each conversation, each command.
func TestPlan(t *testing.T) {
	var (
		two      = talk{}
		held     = talk{Held: true}
		rings    = talk{Held: true, Guest: guestRings}
		private  = talk{Held: true, Guest: guestTalks}
		all      = talk{Guest: guestTalks}
		dialling = talk{Guest: guestRings, Rescue: true}
	)
	tests := []struct {
		name string
		talk talk
		verb Verb
		want []move // nil: refused
	}{
		{"hold", two, Hold, []move{hold}},
		{"hold twice", held, Hold, nil},
		{"hold in a conference", all, Hold, []move{hold}},
		{"resume", held, Resume, []move{take}},
		{"resume nothing", two, Resume, nil},
		{"resume with a colleague", private, Resume, nil},
		{"consult", two, Consult, []move{hold, ring}},
		{"consult, the caller held", held, Consult, []move{ring}},
		{"consult two", private, Consult, nil},
		{"complete", private, Complete, []move{take, handOver}},
		{"complete while it rings", rings, Complete, nil},
		{"complete nothing", two, Complete, nil},
		{"leave a conference", all, Complete, []move{handOver}},
		{"back", private, Back, []move{dropGuest, take}},
		{"back while it rings", rings, Back, []move{dropGuest, take}},
		{"back from a conference", all, Back, []move{dropGuest}},
		{"back from nothing", two, Back, nil},
		{"conference", private, ConferenceOfAll, []move{take}},
		{"conference of two", two, ConferenceOfAll, nil},
		{"transfer", two, TransferOperator, []move{leave}},
		{"transfer, the caller held", held, TransferTopic, []move{leave}},
		{"transfer with a colleague", private, TransferTopic, nil},
		{"rescue", two, RescueConference, []move{ring}},
		{"rescue, the caller held: all must hear each other", held, RescueBlind, []move{take, ring}},
		{"rescue twice", dialling, RescueConference, nil},
		{"hang up", private, Drop, []move{endCall}},
		{"nonsense", two, "dance", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, refused := tt.talk.plan(tt.verb)
			if (refused != nil) != (tt.want == nil) || !cmp.Equal(got, tt.want) {
				t.Errorf("%v %v, want %v", got, refused, tt.want)
			}
		})
	}
	if got := private.operatorGone(); !cmp.Equal(got, []move{take, handOver}) {
		t.Errorf("he hangs up in a consultation: %v", got)
	}
	if got := rings.operatorGone(); !cmp.Equal(got, []move{dropGuest, backToRelease}) {
		t.Errorf("he hangs up while it rings: %v", got)
	}
	if got := (talk{Guest: guestRings, Blind: true}).answered(); !cmp.Equal(got, []move{joinGuest, handOver}) {
		t.Errorf("blind: %v", got)
	}
}

func TestCodes(t *testing.T) {
	type press struct {
		verb Verb
		to   string
	}
	at := time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	for keys, want := range map[string][]press{
		"*1":     {{Hold, ""}},
		"12*1":   {{Hold, ""}},
		"*212#":  {{Consult, "12"}},
		"*2#":    {{Consult, ""}},
		"*21*3":  {{Complete, ""}},
		"*62":    {{TransferTopic, "2"}},
		"*7*8*0": {{RescueConference, ""}, {RescueBlind, ""}, {Drop, ""}},
		"**4":    {{ConferenceOfAll, ""}},
		"* 1":    nil,
		"5#9":    nil,
		"*2 7#":  nil,
		"*5 *5":  {{Back, ""}, {Back, ""}},
	} {
		var k code
		var got []press
		now := at
		for i := range len(keys) {
			if now = now.Add(time.Second); keys[i] == ' ' {
				now = now.Add(codePause)
				continue
			}
			if verb, to, done := k.press(keys[i], now); done && verb != "" {
				got = append(got, press{verb, to})
			}
		}
		if !cmp.Equal(got, want, cmp.AllowUnexported(press{})) {
			t.Errorf("%q: %v, want %v", keys, got, want)
		}
	}
}
