package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"pronto/asterisk/siptest"
)

// The tones of what the kinds book has beside the tone book's.
const (
	toneAsk      = toneLangIT
	toneRead     = toneLangEN
	toneConfirm  = toneConnecting
	toneTyrol    = toneInfoMenu
	toneRight    = toneLongText
	toneDial115  = toneThanks
	toneOdd      = toneCaller2
	toneEven     = toneOp1
	secretDigits = "739184620573"
)

const kindsLine = `
book: 1
line: { number: "800840840", name: Kinds line, timezone: Europe/Rome, languages: [it, en] }
hours:
  never: { days: mon-sun, from: "00:00", to: "00:01", holidays: it }
areas:
  tyrol: { districts: ["0471"] }
topics:
  information: { class: 2 }
rescue:
  default: { number: "112", say: dial-112, areas: { tyrol: { number: "115", say: dial-115 } } }
start: by-alert
nodes:
  by-alert: { kind: branch, on: alert, cases: { yes: told }, otherwise: by-area }
  told: { kind: say, say: [alert], then: by-area }
  by-area: { kind: branch, on: district, cases: { tyrol: tyrol }, otherwise: welcome }
  tyrol: { kind: menu, say: [info-menu], keys: { "1": danger }, otherwise: shut }
  welcome: { kind: menu, say: [welcome], keys: { "1": danger, "2": code, "3": shut }, otherwise: shut }
  danger: { kind: rescue, use: default, then: goodbye }
  code: { kind: ask, say: [ask-code], variable: code, min: 12, max: 12, confirm: true, then: by-code, otherwise: shut }
  by-code: { kind: branch, on: variable, variable: code, cases: { "739*": right }, otherwise: goodbye }
  right: { kind: say, say: [long-text], then: goodbye }
  shut: { kind: queue, topic: information, say: [hold], hours: never, closed: mailbox, full: mailbox }
  mailbox: { kind: message, say: [mailbox], topic: information, longest: 20s, then: goodbye }
  goodbye: { kind: hangup, say: [goodbye] }
`

func kindsBook(t *testing.T) string {
	t.Helper()
	dir := toneBook(t)
	writeTest(t, filepath.Join(dir, "line.yaml"), []byte(kindsLine))
	for _, lang := range []string{"it", "en"} {
		file := filepath.Join(dir, "texts", lang+".yaml")
		texts, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		record := func(key string, hz, seconds float64) {
			writeTest(t, filepath.Join(dir, "audio", lang, key+".wav"), toneWAV(hz, seconds))
		}
		for key, hz := range map[string]float64{
			"ask-code": toneAsk, "ask-read-back": toneRead, "ask-confirm": toneConfirm, "ask-invalid": toneInvalid, "dial-115": toneDial115,
		} {
			texts = fmt.Appendf(texts, "%s: \"text of %s\"\n", key, key)
			record(key, hz, 1)
		}
		for digit := range 10 {
			hz := float64(toneEven)
			if digit%2 == 1 {
				hz = toneOdd
			}
			record(fmt.Sprintf("digit/%d", digit), hz, 0.3)
		}
		writeTest(t, file, texts)
	}
	return dir
}

// from calls the line from a number and waits until it answers.
func (r *rig) from(number string) (*siptest.Call, time.Time) {
	r.t.Helper()
	p := r.phone(siptest.Config{User: number})
	call, err := p.Dial(r.ctx(2*time.Minute), "sip:800840840@"+r.sip)
	if err != nil {
		r.t.Fatal(err)
	}
	r.await(call.Answered(), 5*time.Second, "the call is answered")
	return call, time.Now()
}

// alert runs pronto alert for the rig's line.
func (r *rig) alert(args ...string) string {
	r.t.Helper()
	cmd := exec.Command(program, append([]string{"alert", args[0], "-dir", r.dir}, args[1:]...)...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.t.Fatalf("pronto alert %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// before is how long after the answer a tone begins; the call is hung up then.
func (r *rig) before(number string, hz float64) time.Duration {
	r.t.Helper()
	call, answered := r.from(number)
	began, err := call.WaitTone(r.ctx(15*time.Second), hz, 600*time.Millisecond) // speech has short tones, too
	if err != nil {
		r.t.Fatalf("%s does not hear %.0f Hz: %v", number, hz, err)
	}
	r.hangup(call)
	return began.Sub(answered)
}

// TestKinds: branches by alert, district and variable, digits asked for, another rescue number, on a real Asterisk.
func TestKinds(t *testing.T) {
	r := startRig(t, rigOptions{book: kindsBook(t)})
	for _, test := range []struct {
		name string
		run  func(*testing.T, *rig)
	}{
		{"district and its rescue number", testDistrict},
		{"alert", testAlert},
		{"ask", testAsk},
	} {
		t.Run(test.name, func(t *testing.T) {
			sub := *r
			sub.t = t
			test.run(t, &sub)
			sub.clean()
		})
	}
}

func testDistrict(t *testing.T, r *rig) {
	for number, hz := range map[string]float64{
		"0471413111": toneTyrol, "+390471413111": toneTyrol, "0668201": toneWelcome, "3331234567": toneWelcome, "anonymous": toneWelcome, "+4930123456": toneWelcome,
	} {
		if d := r.before(number, hz); d > 500*time.Millisecond {
			t.Errorf("%s hears its menu %s after the answer", number, d)
		}
	}
	call, _ := r.from("0471413112")
	r.hears(call, toneTyrol, 3*time.Second)
	if err := call.Press(r.ctx(5*time.Second), "1"); err != nil {
		t.Fatal(err)
	}
	r.hears(call, toneDial115, 3*time.Second)
	r.hears(call, toneOffer, 6*time.Second)
	if err := call.Press(r.ctx(5*time.Second), "1"); err != nil {
		t.Fatal(err)
	}
	carrier := r.rings(r.carrier, 3*time.Second)
	if got := carrier.To(); got != "115" {
		t.Errorf("the carrier is asked for %q, want 115", got)
	}
	if err := carrier.Answer(r.ctx(3 * time.Second)); err != nil {
		t.Fatal(err)
	}
	r.hears(call, toneCarrier, 3*time.Second)
	r.hangup(call)
	if row := r.outcome("0471413112", "redirected"); row.RescueNumber != "115" || row.Detail != "connected" {
		t.Errorf("row %+v", row)
	}
}

// testAlert raises an alert while calls come in: within a second the next call hears it.
func testAlert(t *testing.T, r *rig) {
	const heardAtOnce = 500 * time.Millisecond
	shut := func() *siptest.Call {
		call, _ := r.from("3339990001")
		r.hears(call, toneWelcome, 15*time.Second)
		if err := call.Press(r.ctx(5*time.Second), "3"); err != nil {
			t.Fatal(err)
		}
		return call
	}
	call := shut()
	r.hears(call, toneMailbox, 3*time.Second)
	r.hangup(call)

	up, _ := r.from("3339990000") // is up while the alert is raised, and stays
	out := r.alert("set", "-message", "it=Allerta rossa; seguite le indicazioni, del Comune.", "-area", "tyrol", "-h24")
	raised := time.Now()
	if !strings.Contains(out, "areas     tyrol") || !strings.Contains(out, "open round the clock") || !strings.Contains(out, `no message in "en"`) {
		t.Errorf("pronto alert set says\n%s", out)
	}
	first := time.Duration(-1)
	for first < 0 && time.Since(raised) < 5*time.Second {
		began := time.Now()
		if r.before("3339990002", toneWelcome) > heardAtOnce {
			first = began.Sub(raised)
		}
	}
	if first < 0 || first > time.Second {
		t.Errorf("the first call that hears the alert began %s after it was raised", first)
	}
	t.Logf("raised to the first call that hears it: at most %s", first.Round(time.Millisecond))
	var spoken float64
	if _, err := fmt.Sscanf(out[strings.Index(out, "("):], "(%f s)", &spoken); err != nil {
		t.Fatalf("%v in\n%s", err, out)
	}
	for _, c := range []struct {
		number string
		hz     float64
		alert  bool
	}{{"3339990003", toneWelcome, true}, {"0471413113", toneTyrol, true}, {"0668202", toneWelcome, false}} {
		wait := r.before(c.number, c.hz)
		want := time.Duration(spoken * float64(time.Second))
		if !c.alert {
			want = 0
		}
		if diff := wait - want; diff < -200*time.Millisecond || diff > heardAtOnce {
			t.Errorf("%s hears the menu after %s, want %s", c.number, wait, want)
		}
	}
	call = shut() // its hours are over, but for the alert
	r.hears(call, toneHold, 3*time.Second)
	r.hangup(call)
	select {
	case <-up.Done():
		t.Error("a call that was up has ended")
	default:
		r.hangup(up)
	}

	r.kill("serve", syscall.SIGKILL) // the alert outlives the controller
	r.eventually(20*time.Second, "a call hears the alert again", func() bool { return r.before("3339990004", toneWelcome) > heardAtOnce })

	if out := r.alert("clear"); out != "no alert is raised\n" {
		t.Errorf("pronto alert clear says %q", out)
	}
	time.Sleep(time.Second)
	if d := r.before("3339990005", toneWelcome); d > heardAtOnce {
		t.Errorf("a second after it was cleared the alert is still heard: the menu came after %s", d)
	}
	r.alert("set", "-message", "it=Fino a tra poco.", "-expires", "3s")
	time.Sleep(3 * time.Second)
	if d := r.before("3339990006", toneWelcome); d > heardAtOnce {
		t.Errorf("an alert that has expired is heard: the menu came after %s", d)
	}
	if out := r.alert("show"); !strings.Contains(out, "it has ended") {
		t.Errorf("pronto alert show says\n%s", out)
	}
	r.alert("clear")
}

// testAsk: digits typed ahead, read back, over a restart; what was typed is written down nowhere.
func testAsk(t *testing.T, r *rig) {
	time.Sleep(time.Second)
	call, _ := r.from("3339990007")
	r.hears(call, toneWelcome, 5*time.Second)
	press := func(digits string) {
		if err := call.Press(r.ctx(20*time.Second), digits); err != nil {
			t.Fatal(err)
		}
	}
	press("2" + secretDigits + "#")
	r.hears(call, toneRead, 3*time.Second)
	r.hears(call, toneOdd, 3*time.Second)
	r.hears(call, toneEven, 3*time.Second)
	r.hears(call, toneConfirm, 6*time.Second)
	time.Sleep(1200 * time.Millisecond) // it has been read to its end
	call.Mark()
	r.kill("serve", syscall.SIGKILL)
	r.hears(call, toneRead, 15*time.Second) // the same digits, not the question
	r.hears(call, toneConfirm, 8*time.Second)
	press("1")
	r.hears(call, toneRight, 3*time.Second)
	r.hangup(call)
	row := r.outcome("3339990007", "abandoned_menu")
	if want := "by-alert>by-area>welcome>code>by-code>right"; row.Path != want {
		t.Errorf("path %s, want %s", row.Path, want)
	}
	half, _ := r.from("3339990008") // hangs up with digits on the way: the last state
	if err := half.Press(r.ctx(20*time.Second), "2"+secretDigits[:11]); err != nil {
		t.Fatal(err)
	}
	r.hangup(half)
	r.outcome("3339990008", "abandoned_menu")

	files := 0
	err := filepath.WalkDir(r.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return nil //nolint:nilerr // a file that has gone meanwhile
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return nil //nolint:nilerr // as above
		}
		files++
		for _, secret := range []string{secretDigits, secretDigits[:11], "digit/7 ", `"k1"`, `"k2"`} {
			if bytes.Contains(data, []byte(secret)) {
				t.Errorf("%s has %q", path, secret)
			}
		}
		return nil
	})
	if err != nil || files < 20 {
		t.Errorf("%d files looked at: %v", files, err)
	}
	if strings.Contains(r.out.String(), secretDigits) {
		t.Error("pronto run prints what was typed")
	}
}
