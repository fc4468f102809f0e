package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestAlertRefused: an alert that can not be is told, with its remedy, and changes nothing.
func TestAlertRefused(t *testing.T) {
	dir := t.TempDir()
	conf := &serveConf{
		Dir: dir, HTTP: "127.0.0.1:1", Ops: "127.0.0.1:2",
		Switch: switchConf{Name: "x", ARI: "http://127.0.0.1:3", App: "x", User: "x", Password: "x", Sounds: filepath.Join(dir, "sounds"), SeenAs: "/sounds"},
	}
	if err := os.Mkdir(filepath.Join(dir, "run"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := conf.write(filepath.Join(dir, "run", "serve.yaml")); err != nil {
		t.Fatal(err)
	}
	before := `{"id": "a1", "messages": {"it": "Allerta"}, "raised": "2026-11-25T10:00:00Z", "clips": {"it": {"seconds": 2.5}}}`
	writeTest(t, alertFile(dir), []byte(before))
	for _, test := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"set"}, exitUsage, "message"},
		{[]string{"set", "-message", "en=Alert"}, exitUsage, `the message in "it" is missing`},
		{[]string{"set", "-message", "it=Allerta", "-area", "0471", "-area", "marte"}, exitUsage, `there is no area "marte"`},
		{[]string{"set", "-message", "it=Allerta", "-topic", "informations"}, exitUsage, `did you mean "information"?`},
		{[]string{"set", "-message", "it=Allerta", "-expires", "tomorrow"}, exitUsage, `-expires "tomorrow" is neither`},
		{[]string{"set", "-message", "it=Allerta", "-expires=-2h"}, exitUsage, "ends before it begins"},
		{[]string{"set", "-message", "it=Allerta", "-expires=2026-11-01T08:00"}, exitUsage, "ends before it begins"},
		{[]string{"show"}, exitOK, "alert     a1\nareas     everywhere\ntopics    all\nraised    2026-11-25T10:00:00Z\nuntil     cleared\nit        (2.5 s) Allerta\n"},
	} {
		code, out, errs := command(append([]string{"alert", test.args[0], "-dir", dir}, test.args[1:]...)...)
		if code != test.code || !strings.Contains(out+errs, test.want) {
			t.Errorf("%v: exit status %d, want %d; says %s%s", test.args, code, test.code, out, errs)
		}
	}
	if data, err := os.ReadFile(alertFile(dir)); err != nil || string(data) != before {
		t.Errorf("the alert that was raised is %s, %v now", data, err)
	}
	if code, out, _ := command("alert", "clear", "-dir", dir); code != exitOK || out != "no alert is raised\n" {
		t.Errorf("clear: exit status %d, says %s", code, out)
	}
	if _, err := os.Stat(alertFile(dir)); err == nil {
		t.Error("the alert is still there")
	}
}

// TestAlertLimits: an alert that is said before the rescue number, and so long that this comes too late, is refused, unless it
// is forced.
func TestAlertLimits(t *testing.T) {
	dir, book := t.TempDir(), toneBook(t)
	line := strings.Replace(toneLine, "say: [welcome]", "say: [alert, welcome]", 1) + "limits: { rescue-advice: 15s }\n"
	writeTest(t, filepath.Join(book, "line.yaml"), []byte(line))
	conf := &serveConf{
		Dir: dir, Book: book, HTTP: "127.0.0.1:1", Ops: "127.0.0.1:2",
		Switch: switchConf{Name: "x", ARI: "http://127.0.0.1:3", App: "x", User: "x", Password: "x", Sounds: filepath.Join(dir, "sounds"), SeenAs: "/sounds"},
	}
	if err := os.Mkdir(filepath.Join(dir, "run"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := conf.write(filepath.Join(dir, "run", "serve.yaml")); err != nil {
		t.Fatal(err)
	}
	long := "it=" + strings.Repeat("Seguite le indicazioni del Comune. ", 20)
	code, _, errs := command("alert", "set", "-dir", dir, "-message", long)
	if _, err := os.Stat(alertFile(dir)); code != exitFailed || err == nil {
		t.Errorf("exit status %d, alert file: %v", code, err)
	}
	for _, want := range []string{"line.yaml:", "in it the first rescue advice is told", "limits.rescue-advice is 15s", "shorten the message, or raise it all the same with -force"} {
		if !strings.Contains(errs, want) {
			t.Errorf("it does not say %q:\n%s", want, errs)
		}
	}
	for _, args := range [][]string{{"-message", long, "-force"}, {"-message", "it=Allerta."}} {
		if code, out, errs := command(append([]string{"alert", "set", "-dir", dir}, args...)...); code != exitOK || !strings.Contains(out, "areas     everywhere") {
			t.Errorf("%v: exit status %d: %s%s", args, code, out, errs)
		}
	}
}

func TestExpiry(t *testing.T) {
	now := time.Date(2026, 11, 25, 10, 0, 0, 0, time.UTC)
	for text, want := range map[string]string{"": "0001-01-01T00:00:00Z", "90m": "2026-11-25T11:30:00Z", "2026-11-26T08:00": "2026-11-26T07:00:00Z"} {
		got, err := expiry(text, "Europe/Rome", now)
		if err != nil || got.Format(time.RFC3339) != want {
			t.Errorf("expiry(%q) = %s, %v", text, got.Format(time.RFC3339), err)
		}
	}
}
