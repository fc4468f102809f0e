package main

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// The tones of the parties and of the texts of the tone book, in Hz. They are 100 Hz apart, which a
// detector with windows of 20 ms needs, and inside a telephone's band.
const (
	toneWelcome    = 400
	toneHold       = 500
	toneInfoMenu   = 600
	toneLongText   = 700
	toneDial112    = 800
	toneOffer      = 900
	toneConnecting = 1000
	toneFailed     = 1100
	toneMailbox    = 1200
	toneThanks     = 1300
	toneGoodbye    = 1400
	toneInvalid    = 1500
	toneLangIT     = 1600
	toneLangEN     = 1700
	toneSorry      = 1800
	toneOpenIT     = 1900
	toneOpenEN     = 2000
	toneOpenWait   = 2100
	toneOpenMsg    = 2200
	toneWelcomeEN  = 2300
	toneOtherEN    = 2400
	toneCaller     = 2500
	toneCaller2    = 2600
	toneOp1        = 2700
	toneOp2        = 2800
	toneCarrier    = 2900
)

// recordings of the tone book: key, Italian and English tone, seconds.
var recordings = []struct {
	key     string
	it, en  float64
	seconds float64
}{
	{"welcome", toneWelcome, toneWelcomeEN, 3},
	{"info-menu", toneInfoMenu, toneOtherEN, 3},
	{"long-text", toneLongText, toneOtherEN, 8},
	{"dial-112", toneDial112, toneOtherEN, 2},
	{"rescue-offer", toneOffer, toneOtherEN, 1.5},
	{"rescue-connecting", toneConnecting, toneOtherEN, 1},
	{"rescue-failed", toneFailed, toneOtherEN, 1},
	{"hold", toneHold, toneOtherEN, 1},
	{"mailbox", toneMailbox, toneOtherEN, 1.5},
	{"message-thanks", toneThanks, toneOtherEN, 1},
	{"goodbye", toneGoodbye, toneOtherEN, 0.7},
	{"invalid-choice", toneInvalid, toneOtherEN, 0.7},
	{"choose-language", toneLangIT, toneLangEN, 1},
	{"technical-problem", toneSorry, toneOtherEN, 1},
	{"fail-open-advice", toneOpenIT, toneOpenEN, 2},
	{"fail-open-wait", toneOpenWait, toneOtherEN, 1},
	{"fail-open-message", toneOpenMsg, toneOtherEN, 1},
}

const toneLine = `
book: 1
line: { number: "800840840", name: Tone line, timezone: Europe/Rome, languages: [it, en] }
hours:
  never: { days: mon-sun, from: "00:00", to: "00:01" }
topics:
  information: { class: 2, skills: [information] }
  report: { class: 1, skills: [report] }
rescue:
  default: { number: "112", say: dial-112 }
desk: { ring: 5s, misses: 0 }
start: welcome
nodes:
  welcome:
    kind: menu
    say: [welcome]
    keys: { "1": danger, "2": info, "3": report, "5": shut, "0": operator, "9": languages }
    wait: 2s
    tries: 2
    otherwise: operator
  info: { kind: menu, say: [info-menu], keys: { "1": text, "2": operator }, wait: 2s, tries: 2, otherwise: operator }
  text: { kind: say, say: [long-text], then: goodbye }
  languages: { kind: language, say: [choose-language], keys: { "1": it, "2": en }, wait: 2s, tries: 2, then: welcome }
  danger: { kind: rescue, use: default, then: goodbye }
  report: { kind: queue, topic: report, say: [hold], closed: mailbox, full: mailbox }
  operator: { kind: queue, topic: information, say: [hold], closed: mailbox, full: mailbox, then: goodbye }
  shut: { kind: queue, topic: information, hours: never, closed: mailbox, full: mailbox }
  mailbox: { kind: message, say: [mailbox], topic: information, longest: 20s, then: goodbye }
  goodbye: { kind: hangup, say: [goodbye] }
`

// toneBook is a book whose recordings are tones: who hears which tells what was played.
func toneBook(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	writeTest(t, filepath.Join(dir, "line.yaml"), []byte(toneLine))
	for lang, other := range map[string]string{
		"it": "queue-position: \"Siete il numero {n} in attesa.\"\nqueue-position-many: \"Molte persone sono in attesa.\"\n",
		"en": "queue-position: \"You are number {n} in the queue.\"\nqueue-position-many: \"Many people are waiting.\"\n",
	} {
		texts := other
		for _, rec := range recordings {
			texts += fmt.Sprintf("%s: \"text of %s\"\n", rec.key, rec.key)
			hz := rec.it
			if lang == "en" {
				hz = rec.en
			}
			writeTest(t, filepath.Join(dir, "audio", lang, rec.key+".wav"), toneWAV(hz, rec.seconds))
		}
		writeTest(t, filepath.Join(dir, "texts", lang+".yaml"), []byte(texts))
	}
	return dir
}

func writeTest(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// toneWAV is a sine as a 16 kHz PCM16 mono WAV file.
func toneWAV(hz, seconds float64) []byte {
	const rate = 16000
	n := int(seconds * rate)
	out := make([]byte, 44+2*n)
	copy(out, "RIFF\x00\x00\x00\x00WAVEfmt ")
	le := binary.LittleEndian
	le.PutUint32(out[4:], uint32(36+2*n))
	le.PutUint32(out[16:], 16)
	le.PutUint16(out[20:], 1)
	le.PutUint16(out[22:], 1)
	le.PutUint32(out[24:], rate)
	le.PutUint32(out[28:], 2*rate)
	le.PutUint16(out[32:], 2)
	le.PutUint16(out[34:], 16)
	copy(out[36:], "data")
	le.PutUint32(out[40:], uint32(2*n))
	for i := range n {
		v := 0.3 * math.Sin(2*math.Pi*hz*float64(i)/rate)
		le.PutUint16(out[44+2*i:], uint16(int16(v*32767)))
	}
	return out
}

// toneShare is the share of the energy of PCM16 mono sound that one frequency has (Goertzel).
func toneShare(pcm []byte, rate, hz float64) float64 {
	n := len(pcm) / 2
	coeff := 2 * math.Cos(2*math.Pi*hz/rate)
	var s1, s2, energy float64
	for i := range n {
		v := float64(int16(binary.LittleEndian.Uint16(pcm[2*i:])))
		energy += v * v
		s1, s2 = v+coeff*s1-s2, s1
	}
	if energy == 0 {
		return 0
	}
	return 2 * (s1*s1 + s2*s2 - coeff*s1*s2) / (float64(n) * energy)
}
