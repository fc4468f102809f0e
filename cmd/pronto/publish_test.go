package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pronto/asterisk/local"
	"pronto/asterisk/siptest"
	"pronto/prompts"
	"pronto/prompts/wording"
)

const oneToneLine = `
book: 1
line: { number: "800840840", name: One tone, timezone: Europe/Rome, languages: [it] }
topics: { information: { class: 2, skills: [information] } }
rescue: { default: { number: "112", say: dial-112 } }
start: welcome
nodes:
  welcome: { kind: menu, say: [welcome], keys: { "1": danger, "2": info, "0": operator }, wait: 9s, tries: 2, otherwise: operator }
  info: { kind: menu, say: [info-menu], keys: { "1": text, "0": operator }, wait: 9s, tries: 2, otherwise: operator }
  text: { kind: say, say: [long-text], then: goodbye }
  danger: { kind: rescue, use: default, then: goodbye }
  operator: { kind: queue, topic: information, closed: goodbye, full: goodbye }
  goodbye: { kind: hangup, say: [goodbye] }
`

// oneToneBook is a book in which everything that is recorded is one tone: hearing any of it tells the release.
func oneToneBook(t testing.TB, hz float64) string {
	t.Helper()
	dir := t.TempDir()
	writeTest(t, filepath.Join(dir, "line.yaml"), []byte(oneToneLine))
	texts := "queue-position: \"Siete il numero {n} in attesa.\"\nqueue-position-many: \"Molte persone sono in attesa.\"\n"
	for _, key := range []string{
		"welcome", "info-menu", "long-text", "dial-112", "rescue-offer", "rescue-connecting", "rescue-failed", "goodbye",
		"invalid-choice", "technical-problem", "fail-open-advice", "fail-open-wait", "fail-open-message",
	} {
		texts += fmt.Sprintf("%s: \"text of %s\"\n", key, key)
		seconds := 4.0
		if key == "long-text" { // the line must not end a call whose listener is slow
			seconds = 15
		}
		writeTest(t, filepath.Join(dir, "audio", "it", key+".wav"), toneWAV(hz, seconds))
	}
	writeTest(t, filepath.Join(dir, "texts", "it.yaml"), []byte(texts))
	return dir
}

// oneTone is the tone of release n.
func oneTone(n int) float64 { return 400 + 100*float64(n) }

// pronto runs the program as an admin does.
func (r *rig) pronto(args ...string) (string, error) {
	r.t.Helper()
	cmd := exec.Command(program, append(args, "-dir", r.dir)...)
	cmd.Env = r.cmd.Env
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (r *rig) mustPronto(args ...string) string {
	r.t.Helper()
	out, err := r.pronto(args...)
	if err != nil {
		r.t.Fatalf("pronto %v: %v\n%s", args, err, out)
	}
	return out
}

// TestPublishKilled kills publishing processes at many points. What is in service is the release before or the new one, whole.
func TestPublishKilled(t *testing.T) {
	a, b := oneToneBook(t, oneTone(1)), oneToneBook(t, oneTone(2))
	r := startRig(t, rigOptions{trunk: "none", book: a})
	r.mustPronto("publish", "-m", "warm the cache", b)
	was, moved := 2, 0
	for i := range 16 {
		next, book := 1, a
		if was == 1 {
			next, book = 2, b
		}
		cmd := exec.Command(program, "publish", "-m", "killed", "-dir", r.dir, book)
		cmd.Env = r.cmd.Env
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(5+i*5) * time.Millisecond)
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		c := r.call(siptest.Config{SilentRTP: true})
		at, err := c.WaitSound(r.ctx(3 * time.Second))
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(300 * time.Millisecond)
		heard := hearsOne(c.Call, at, at.Add(300*time.Millisecond))
		r.hangup(c.Call)
		if heard != was && heard != next {
			t.Fatalf("kill %d: tone of %d is heard", i, heard)
		}
		if heard != was {
			moved++
		}
		was = heard
	}
	t.Logf("16 kills, %d of them behind the publication", moved)
	out := r.mustPronto("releases", "-format", "json")
	var journal prompts.Journal
	if err := json.Unmarshal([]byte(out), &journal); err != nil {
		t.Fatal(err)
	}
	if len(journal) != moved+2 {
		t.Errorf("%d entries for %d publications:\n%s", len(journal), moved+2, out)
	}
	bad := t.TempDir()
	writeTest(t, filepath.Join(bad, "line.yaml"), []byte("book: 1\nnodes: { x: { kind: nu } }\n"))
	if out, err := r.pronto("publish", "-m", "bad", bad); err == nil || !strings.Contains(out, "nothing was changed") || strings.Count(out, bad) < 3 {
		t.Errorf("a book with faults: %v\n%s", err, out)
	}
	if after := r.mustPronto("releases", "-format", "json"); after != out {
		t.Errorf("a refused publication changed the journal:\n%s", after)
	}
}

// inProcess runs a subcommand in the test.
func inProcess(t *testing.T, args ...string) (string, int) {
	t.Helper()
	var out bytes.Buffer
	code := run(t.Context(), args, strings.NewReader(""), &out, &out)
	return out.String(), code
}

// TestPublishAlone: without a controller the next one will find what was published. The rules of what run does with its book.
func TestPublishAlone(t *testing.T) {
	dir := t.TempDir()
	if err := os.Symlink(speechCache(t), filepath.Join(dir, "cache")); err != nil {
		t.Fatal(err)
	}
	a, b, c := oneToneBook(t, 500), oneToneBook(t, 600), oneToneBook(t, 700)
	follow := func(book string, want int) {
		t.Helper()
		conf, err := linePlace{Dir: dir}.paths()
		if err != nil {
			t.Fatal(err)
		}
		var said bytes.Buffer
		r := linePlace{Dir: dir}.rendering(&env{ctx: t.Context()}, conf, book)
		_, entry, err := r.inService(t.Context(), &said, "pronto run", book != "")
		if err != nil || entry.Number != want {
			t.Errorf("release %d is in service (%v), want %d; it said:\n%s", entry.Number, err, want, &said)
		}
	}
	cli := func(want string, code int, args ...string) {
		t.Helper()
		if out, got := inProcess(t, append(args, "-dir", dir)...); got != code || !strings.Contains(out, want) {
			t.Errorf("%v: exit %d, want %d with %q:\n%s", args, got, code, want, out)
		}
	}
	cli("nothing was published yet", exitOK, "releases")
	cli("nothing was published yet", exitFailed, "diff", a)
	follow(a, 1)
	follow(a, 1)
	cli("will be used at the next start", exitOK, "publish", "-m", "b", b)
	cli("already", exitOK, "publish", "-m", "b again", b)
	follow(a, 2)  // a is no news
	follow("", 2) // nor is the starter book, with something published
	cli("another recording", exitOK, "diff", c)
	cli("callers hear no difference", exitOK, "diff", b)
	follow(c, 3)
	cli("back to release 2", exitOK, "rollback", "-m", "c is bad", "-author", "Anna")
	follow(c, 2) // the rollback stays
	cli("Anna", exitOK, "releases")
	cli("there is no release 9", exitFailed, "rollback", "-m", "x", "9")
	cli("reason", exitUsage, "publish", a)
	cli("-m is empty", exitUsage, "publish", "-m", " ", a)
	cli("neither the number", exitUsage, "diff", "x", "y")
	follow(a, 4) // taken up again after c
}

// TestDialplanOfRelease: from what is kept beside the releases the controller makes the dialplan that a start would make.
func TestDialplanOfRelease(t *testing.T) {
	release := func(n int) *prompts.Release {
		r := &prompts.Release{ID: fmt.Sprint(n), Book: &prompts.Book{
			Line:   prompts.Line{Number: "800840840", Languages: []string{"it"}},
			Rescue: map[string]prompts.Rescue{"default": {Number: fmt.Sprint(111 + n)}},
		}, Clips: map[string]map[string]prompts.Clip{"it": {}}}
		for _, key := range []string{prompts.KeyFailOpenAdvice, prompts.KeyFailOpenWait, prompts.KeyFailOpenMessage, prompts.KeyBeep, prompts.KeyGoodbye} {
			r.Clips["it"][key] = prompts.Clip{Key: key, File: fmt.Sprintf("releases/%d/%s", n, key)}
		}
		return r
	}
	c := runCmd{Dir: "/pronto", RTP: "10000-10100", SIP: "127.0.0.1:5060", ARI: "127.0.0.1:8088"}
	in := &local.Install{Root: "/nowhere"}
	site := c.site(in, release(1), "password-of-ari")
	site.Dirs.Modules, site.Dirs.Data = "/modules", "/data"
	want, err := siteFor(release(2), withoutRelease(site)).Files()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "site.json")
	if err := writeSite(path, site); err != nil {
		t.Fatal(err)
	}
	s := &service{conf: serveConf{Switch: switchConf{Site: path}}}
	got, err := s.dialplan(release(2))
	if err != nil {
		t.Fatal(err)
	}
	if got != want[dialplanFile] || !strings.Contains(got, "releases/2/") || strings.Contains(got, "releases/1/") || strings.Contains(got, "exten => 112,") {
		t.Errorf("the dialplan is not that of release 2:\n%s", got)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file holds secrets: %v %v", info, err)
	}
	if text, err := (&service{}).dialplan(release(2)); err != nil || text != "" {
		t.Errorf("a site of its own: %q %v", text, err)
	}
}

func TestControlSocket(t *testing.T) {
	dir := t.TempDir()
	if _, err := askController(t.Context(), dir, prompts.Change{}); !errors.Is(err, errNoController) {
		t.Errorf("no folder: %v", err)
	}
	old, err := listenControl(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	_ = old.Close() // as a killed controller leaves it
	if _, err := askController(t.Context(), dir, prompts.Change{}); !errors.Is(err, errNoController) {
		t.Errorf("a socket that nobody listens at: %v", err)
	}
	l, err := listenControl(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "run", controlName)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the socket's rights: %v %v", info, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- serveControl(ctx, l, func(_ context.Context, c prompts.Change) controlAnswer {
			if c.Back == 9 {
				return controlAnswer{Error: wording.Name("no")}
			}
			return controlAnswer{Entry: prompts.Entry{Number: 3, Reason: c.Reason}}
		})
	}()
	for range 2 { // one who only looks, and one who says nothing that can be read
		conn, err := net.Dial("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = conn.Write([]byte("GET / HTTP/1.1\n"))
		_ = conn.Close()
	}
	silent, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = silent.Close() }()
	began := time.Now()
	answer, err := askController(t.Context(), dir, prompts.Change{Reason: "why"})
	if err != nil || answer.Entry.Number != 3 || answer.Entry.Reason != "why" || time.Since(began) > 2*controlRead {
		t.Errorf("got %+v %v after %s", answer, err, time.Since(began))
	}
	if _, err := askController(t.Context(), dir, prompts.Change{Back: 9}); err == nil || err.Error() != "no" {
		t.Errorf("a refusal: %v", err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
