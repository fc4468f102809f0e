package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pronto/asterisk/siptest"
)

// apiLine is what a program reads of /api/v1/line.
type apiLine struct {
	Release struct {
		Number int
		Since  time.Time `json:"in_service_since"`
	}
	Alert *struct{ Text map[string]string }
	Nodes []struct {
		Name string
		Say  []struct{ Text map[string]string }
	}
}

// line asks the API what callers hear.
func (r *rig) line() apiLine {
	r.t.Helper()
	var l apiLine
	code, body := r.get("http://" + r.http + "/api/v1/line")
	if err := json.Unmarshal([]byte(body), &l); code != http.StatusOK || err != nil {
		r.t.Fatalf("status %d, %v: %s", code, err, body)
	}
	return l
}

// worded is a one-tone book whose welcome has words of its own.
func worded(t *testing.T, hz float64, welcome string) string {
	t.Helper()
	dir := oneToneBook(t, hz)
	path := filepath.Join(dir, "texts", "it.yaml")
	texts, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	writeTest(t, path, []byte(strings.Replace(string(texts), `"text of welcome"`, fmt.Sprintf("%q", welcome), 1)))
	return dir
}

// TestTwinInStep: what is read is what is heard, from the moment of a publication, a rollback or an alert on, and again after a
// restart. A dialplan that Asterisk could not be given is named until it has it.
func TestTwinInStep(t *testing.T) {
	first, second := worded(t, oneTone(1), "Prima versione."), worded(t, oneTone(2), "Seconda versione.")
	r := startRig(t, rigOptions{trunk: "none", book: first})
	tells := func(number int, welcome string) {
		t.Helper()
		l := r.line()
		if l.Release.Number != number || l.Nodes[0].Say[0].Text["it"] != welcome || time.Since(l.Release.Since) > time.Hour {
			t.Errorf("want release %d with %q, the line is %+v", number, welcome, l)
		}
		if code, page := r.get("http://" + r.http + "/linea/it"); code != http.StatusOK || !strings.Contains(page, welcome) || !strings.Contains(page, fmt.Sprintf("versione %d,", number)) {
			t.Errorf("the page (%d) lacks %q of release %d", code, welcome, number)
		}
		if _, state := r.get("http://" + r.http + "/api/v1/state"); !strings.Contains(state, fmt.Sprintf(`"release_number": %d,`, number)) {
			t.Errorf("the state lacks release %d: %s", number, state)
		}
		c := r.call(siptest.Config{SilentRTP: true})
		r.hears(c.Call, oneTone(number), 5*time.Second)
		r.hangup(c.Call)
	}
	tells(1, "Prima versione.")
	r.mustPronto("publish", "-m", "second", second)
	tells(2, "Seconda versione.")
	r.mustPronto("rollback", "-m", "back")
	tells(1, "Prima versione.")

	r.mustPronto("alert", "set", "-message", "it=Scossa in Umbria.")
	r.eventually(5*time.Second, "the alert is to be read", func() bool { a := r.line().Alert; return a != nil && a.Text["it"] == "Scossa in Umbria." })
	r.mustPronto("alert", "clear")
	r.eventually(5*time.Second, "there is no alert any more", func() bool { return r.line().Alert == nil })

	etc := filepath.Join(r.dir, "asterisk", "etc")
	if err := os.Rename(etc, etc+".away"); err != nil {
		t.Fatal(err)
	}
	out := r.mustPronto("rollback", "-m", "with no place for the dialplan", "2")
	if !strings.Contains(out, "warning") {
		t.Errorf("nobody says that the dialplan could not be written:\n%s", out)
	}
	if code, body := r.get("http://" + r.ops + "/readyz"); code != http.StatusServiceUnavailable || !strings.Contains(body, "dialplan_old: ") || !strings.Contains(body, dialplanFile) {
		t.Errorf("/readyz: %d %s", code, body)
	}
	tells(2, "Seconda versione.")
	if err := os.Rename(etc+".away", etc); err != nil {
		t.Fatal(err)
	}
	r.eventually(10*time.Second, "the dialplan is loaded", func() bool { code, _ := r.get("http://" + r.ops + "/readyz"); return code == http.StatusOK })
	r.clean()
}
