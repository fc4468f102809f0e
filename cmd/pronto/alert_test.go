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

func TestExpiry(t *testing.T) {
	now := time.Date(2026, 11, 25, 10, 0, 0, 0, time.UTC)
	for text, want := range map[string]string{"": "0001-01-01T00:00:00Z", "90m": "2026-11-25T11:30:00Z", "2026-11-26T08:00": "2026-11-26T07:00:00Z"} {
		got, err := expiry(text, "Europe/Rome", now)
		if err != nil || got.Format(time.RFC3339) != want {
			t.Errorf("expiry(%q) = %s, %v", text, got.Format(time.RFC3339), err)
		}
	}
}
