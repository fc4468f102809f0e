package console

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"
	"time"

	"pronto/prompts"
	"pronto/prompts/protezionecivile"
)

// browse runs a file of browsertest on pages that are served here. SHOTS=folder keeps pictures of them.
func browse(t *testing.T, file string, pages map[string]http.Handler) {
	t.Helper()
	for _, need := range []string{"node", "chromium"} {
		if _, err := exec.LookPath(need); err != nil {
			t.Fatalf("%v: scripts/install test installs it", err)
		}
	}
	if _, err := os.Stat("browsertest/node_modules/playwright-core"); err != nil {
		t.Fatalf("%v: scripts/install test installs it", err)
	}
	urls := map[string]string{}
	for name, h := range pages {
		server := httptest.NewServer(h)
		t.Cleanup(server.Close)
		urls[name] = server.URL
	}
	names, err := json.Marshal(urls)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", "--test", "browsertest/"+file)
	cmd.Env = append(os.Environ(), "PAGES="+string(names))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out[max(0, len(out)-400):])
}

// starterLine is the starter book's line as a controller tells of it.
func starterLine(t *testing.T, change func(*prompts.Book)) Line {
	t.Helper()
	book, faults := prompts.Load(protezionecivile.Starter(), "")
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	if change != nil {
		change(book)
	}
	release := prompts.Estimate(book)
	release.ID = "0123456789ab"
	return Line{Release: release, Number: 7, Since: time.Date(2026, 11, 25, 11, 0, 0, 0, time.UTC), Staffed: true}
}

// public serves a line.
func public(l func() Line) http.Handler {
	c := config()
	c.Line = l
	return Public(c)
}

func TestTwinInTheBrowser(t *testing.T) {
	open := starterLine(t, nil)
	alert := open
	alert.Release = open.Release.WithAlert(&prompts.Alert{
		ID: "a1", Messages: map[string]string{"it": "Allerta rossa in Sicilia: chiamate il 112 se siete in pericolo.", "en": "Red alert in Sicily."},
		Areas: []string{"091"}, H24: true, Raised: time.Now().Add(-time.Hour), Expires: time.Now().Add(time.Hour),
	})
	closed := starterLine(t, func(b *prompts.Book) {
		b.Desk.Hours = "once"
		b.Hours["once"] = prompts.Hours{Exceptions: map[string]prompts.Span{time.Now().AddDate(0, 1, 0).Format(time.DateOnly): {From: 10 * time.Hour, To: 11 * time.Hour}}}
	})
	browse(t, "twin.test.mjs", map[string]http.Handler{
		"open":   public(func() Line { return open }),
		"alert":  public(func() Line { return alert }),
		"closed": public(func() Line { return closed }),
	})
}
