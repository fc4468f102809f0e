package main

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"pronto/asterisk/siptest"
)

// TestOperatorCommands on the real line: an operator is added while it runs, registers with the secret that was printed, is
// called, pauses, and the history explains the day; the API tells what it is asked, and nothing without the token.
func TestOperatorCommands(t *testing.T) {
	r := startRig(t, rigOptions{})
	pronto := func(args ...string) (string, error) {
		cmd := exec.Command(program, append(args, "-dir", r.dir)...)
		cmd.Env = append(os.Environ(), "LC_ALL=C", "PRONTO_HTTP="+r.http)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	must := func(args ...string) string {
		t.Helper()
		out, err := pronto(args...)
		if err != nil {
			t.Fatalf("pronto %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return out
	}
	out := must("operator", "add", "anna", "--ext", "12", "--skill", "information", "--language", "it")
	accounts, err := os.ReadFile(filepath.Join(r.dir, "operators.txt"))
	if err != nil {
		t.Fatal(err)
	}
	secret := regexp.MustCompile(`(?m)^anna (\S+)$`).FindSubmatch(accounts)
	if secret == nil || !strings.Contains(out, string(secret[1])) {
		t.Fatalf("the secret is not printed: %s", out)
	}
	if out, err := pronto("operator", "add", "bruno", "--ext", "12"); err == nil {
		t.Errorf("two operators have one number: %s", out)
	}
	anna := r.operator("anna", toneOp1)
	r.ready(1)
	c := r.call(siptest.Config{Tone: toneCaller})
	r.press(c, "0")
	o := r.takes(anna, 5*time.Second)
	r.hears(c.Call, toneOp1, 5*time.Second)
	if out := must("operator", "list"); !strings.Contains(out, "anna") || !strings.Contains(out, "12") {
		t.Errorf("list: %s", out)
	}
	must("operator", "pause", "anna", "--reason", "lunch") // after the call
	r.hangup(o)
	r.outcome(c.number, "served")
	r.ready(0)
	var list string
	r.eventually(10*time.Second, "anna is paused", func() bool { list = must("operator", "list"); return strings.Contains(list, "lunch") })
	must("operator", "ready", "anna")
	r.ready(1)
	history := must("operator", "history", "anna")
	for _, want := range []string{"ready", "ringing", "talking", "paused", "lunch"} {
		if !strings.Contains(history, want) {
			t.Errorf("the history does not tell %q:\n%s", want, history)
		}
	}
	must("followup", "list")

	for path, want := range map[string]int{"/api/v1/operators": 401, "/api/v1/live": 401, "/api/v1/openapi.yaml": 401, "/api/v1/state": 200} {
		if code, _ := r.get("http://" + r.http + path); code != want {
			t.Errorf("%s without the token: %d, want %d", path, code, want)
		}
	}
	token, err := os.ReadFile(filepath.Join(r.dir, "api.token"))
	if err != nil {
		t.Fatal(err)
	}
	req, _ := http.NewRequestWithContext(r.ctx(5*time.Second), http.MethodGet, "http://"+r.http+"/api/v1/live", nil)
	req.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(token)))
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var live map[string]any
	if err := json.NewDecoder(res.Body).Decode(&live); err != nil || res.StatusCode != 200 || live["operators"] == nil {
		t.Errorf("live: %d %v %v", res.StatusCode, live, err)
	}
	if info, err := os.Stat(filepath.Join(r.dir, "api.token")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the token's file: %v %v", info, err)
	}
	must("operator", "remove", "anna")
	if out, err := pronto("operator", "pause", "nobody"); err == nil || !strings.Contains(out, "nobody") {
		t.Errorf("pause of nobody: %v %s", err, out)
	}
}
