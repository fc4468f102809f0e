package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pronto/ivr/rehearsal"
	"pronto/prompts"
)

// play runs `pronto play` with a person at the keyboard who types the lines.
func play(t *testing.T, lang, typed string, args ...string) (int, string) {
	t.Helper()
	t.Setenv("LC_ALL", lang)
	var out bytes.Buffer
	args = append([]string{"play", "-dir", t.TempDir()}, args...)
	code := run(t.Context(), args, strings.NewReader(typed), &out, &out)
	return code, out.String()
}

func contains(t *testing.T, out string, want ...string) {
	t.Helper()
	flat := strings.Join(strings.Fields(strings.ReplaceAll(out, "\u00a0", " ")), " ")
	for _, w := range want {
		if !strings.Contains(flat, w) {
			t.Errorf("it does not say %q:\n%s", w, out)
		}
	}
}

// TestPlay is a call by hand: a key, a text heard to its end, silence, a wrong word, help, the end of the input.
func TestPlay(t *testing.T) {
	book, _ := prompts.Load(starterFS(), "")
	it, en := book.Texts["it"], book.Texts["en"]
	code, out := play(t, "it_IT.UTF-8", "1\n\nw 2s\nw long\n?\nxyz\nr\n1\nr busy\n", "-estimate", "-answer", "0s", "-clock", "2026-12-25T03:00")
	if code != exitOK {
		t.Errorf("exit status %d", code)
	}
	contains(t, out, "È venerdì 25/12/2026, ore 03:00.", "stimate", "it "+it["welcome"]+" [~",
		"0:00 danger (soccorso)", "1 collega con il numero di soccorso", "operatore risponde, poi riaggancia", `"w long" qui non è un comando`, `"xyz" qui non è un comando`,
		"il numero di soccorso non squilla", "soccorso 112 squilla", "soccorso 112 è occupato", it["rescue-failed"],
		"ha riagganciato chi chiama", "esito redirected (advised)", "percorso welcome > danger")

	code, out = play(t, "C", "9\n2\n0\no\nw 65\no\n", "-estimate", "-lang", "en", "-operators", "2")
	if code != exitOK {
		t.Errorf("exit status %d", code)
	}
	contains(t, out, "operators logged in: 2.", "en "+en["not-a-rescue-service"], "it "+it["language-choice"],
		"operator op1 rings", "operator op1 answers", "the operator hung up", "outcome served", "talked 1:05")
}

// TestPlayRefuses: what is wrong on the command line is told with what to do.
func TestPlayRefuses(t *testing.T) {
	for _, test := range []struct {
		args, want string
		code       int
	}{
		{"-clock yesterday", "write 2026-12-25T03:00", exitUsage},
		{"-lang xx", "the line speaks it", exitUsage},
		{"-hours night", `no hours named "night"`, exitUsage},
		{"-operators 501", "0 to 500", exitUsage},
		{"-update", "-update needs -script", exitUsage},
		{"-audio -script x", "leave out", exitUsage},
		{"-audio -estimate", "leave out", exitUsage},
		{"/nowhere", "name the folder that holds line.yaml", exitFailed},
		{"-script /nowhere", "no such file", exitFailed},
	} {
		code, out := play(t, "C", "", strings.Fields(test.args)...)
		if code != test.code || !strings.Contains(out, test.want) {
			t.Errorf("play %s: exit status %d, said %q; want %d and %q", test.args, code, out, test.code, test.want)
		}
	}
}

// TestPlayLongSession: forty menus and a key in each, in a session that ends by itself.
func TestPlayLongSession(t *testing.T) {
	dir := t.TempDir()
	var nodes, typed strings.Builder
	for i := range 40 {
		fmt.Fprintf(&nodes, "  m%d: { kind: menu, say: [welcome], keys: { \"1\": m%d, \"0\": bye }, otherwise: bye }\n", i, (i+1)%40)
		typed.WriteString("1\n")
	}
	writeTest(t, filepath.Join(dir, "line.yaml"), []byte(`book: 1
line: { number: "1", name: Forty, timezone: Europe/Rome, languages: [it] }
rescue: { default: { number: "112", say: dial } }
start: m0
nodes:
`+nodes.String()+"  bye: { kind: hangup, say: [goodbye] }\n"))
	var texts strings.Builder
	for _, key := range []string{"welcome", "dial", "goodbye", "technical-problem", "invalid-choice", "fail-open-advice", "fail-open-wait", "fail-open-message"} {
		fmt.Fprintf(&texts, "%s: Testo.\n", key)
	}
	writeTest(t, filepath.Join(dir, "texts", "it.yaml"), []byte(texts.String()))
	began := time.Now()
	code, out := play(t, "C", typed.String()+"5\n0\n\n", "-estimate", dir)
	if code != exitOK || time.Since(began) > 5*time.Second {
		t.Errorf("exit status %d after %s", code, time.Since(began))
	}
	if got := strings.Count(out, " (menu)"); got != 41 {
		t.Errorf("%d menus were entered, want 41:\n%s", got, out)
	}
	contains(t, out, "the line hung up", "> m38 > m39 > m0 > bye")
}

// TestPlayInterrupted: Ctrl-C is the caller's hanging up, while nothing is typed.
func TestPlayInterrupted(t *testing.T) {
	t.Setenv("LC_ALL", "C")
	ctx, cancel := context.WithCancel(t.Context())
	keyboard, hands := io.Pipe()
	defer func() { _ = hands.Close() }()
	var out logBuffer
	code := make(chan int, 1)
	go func() { code <- run(ctx, []string{"play", "-estimate"}, keyboard, &out, &out) }()
	if _, err := hands.Write([]byte("2\n")); err != nil { // it returns when the line has been read
		t.Fatal(err)
	}
	cancel()
	select {
	case got := <-code:
		if got != exitOK {
			t.Errorf("exit status %d", got)
		}
	case <-time.After(10 * time.Second):
		t.Fatalf("it does not end:\n%s", out.String())
	}
	contains(t, out.String(), "the caller hung up", "outcome abandoned_menu")
}

// TestPlayScripts: the starter's scripts from the command line; a changed book differs, -update takes the change.
func TestPlayScripts(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../prompts/protezionecivile")); err != nil {
		t.Fatal(err)
	}
	scripts := filepath.Join(dir, "scripts")
	code, out := play(t, "C", "", "-script", scripts, dir)
	if code != exitOK || strings.Count(out, "ok ") < 12 {
		t.Fatalf("exit status %d:\n%s", code, out)
	}
	one := filepath.Join(scripts, "danger-advice.txtar")
	line := filepath.Join(dir, "line.yaml")
	data, err := os.ReadFile(line)
	if err != nil {
		t.Fatal(err)
	}
	changed := bytes.Replace(data, []byte(`"1": danger, "2": information`), []byte(`"1": information, "2": danger`), 1)
	if bytes.Equal(changed, data) {
		t.Fatal("the starter's first menu is not as this test knows it")
	}
	writeTest(t, line, changed)
	code, out = play(t, "C", "", "-script", one, dir)
	if code != exitFailed {
		t.Errorf("exit status %d", code)
	}
	for _, want := range []string{"FAILED", "\n-node danger\n", "\n+node information\n", "\n-outcome: redirected\n", "\n+outcome: abandoned_menu\n", "1 of 1 scripts"} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
	for _, want := range []string{"written", "ok"} {
		if code, out = play(t, "C", "", "-update", "-script", one, dir); code != exitOK || !strings.Contains(out, want) {
			t.Errorf("-update: exit status %d, said %q, want %q", code, out, want)
		}
	}
	if code, out = play(t, "C", "", "-script", one, dir); code != exitOK {
		t.Errorf("after -update: exit status %d\n%s", code, out)
	}
	writeTest(t, one, []byte("-- steps --\npress 1\n"))
	if code, out = play(t, "C", "", "-script", one, dir); code != exitFailed || !strings.Contains(out, one+`:2: there is no step "press 1"`) {
		t.Errorf("a faulty script: exit status %d\n%s", code, out)
	}
}

// TestPlayAloud: with sound the call goes on by itself when what is said has been heard, and a key ends the sound.
func TestPlayAloud(t *testing.T) {
	bin := t.TempDir()
	t.Setenv("PATH", bin)
	script := "#!/bin/sh\ncase \"$*\" in *dial-112*) exec /bin/sleep 60;; esac\n"
	if err := os.WriteFile(filepath.Join(bin, "play"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	player, err := newClipPlayer("")
	if err != nil {
		t.Fatal(err)
	}
	book, _ := prompts.Load(starterFS(), "")
	keyboard, hands := io.Pipe()
	var out logBuffer
	s := &session{out: &screen{w: &out, words: english(), book: book, estimated: true}, words: english(), player: player}
	ended := make(chan error, 1)
	go func() {
		ended <- s.run(t.Context(), keyboard, prompts.Estimate(book), rehearsal.Setting{Clock: time.Now(), Operators: 1})
	}()
	for _, step := range []struct{ until, key string }{{"a key is awaited", "1"}, {"danger (rescue)", "h"}} {
		for end := time.Now().Add(10 * time.Second); !strings.Contains(out.String(), step.until); time.Sleep(10 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("it does not come to %q:\n%s", step.until, out.String())
			}
		}
		if _, err := hands.Write([]byte(step.key + "\n")); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("hanging up does not end the sound")
	}
	contains(t, out.String(), "the caller hung up", "path welcome > danger")
}

// TestClipPlayer: sox's play is given the clips, is ended by stop, and its complaint is passed on.
func TestClipPlayer(t *testing.T) {
	bin := t.TempDir()
	t.Setenv("PATH", bin)
	if _, err := newClipPlayer("x"); err == nil || !strings.Contains(err.Error(), "apt-get install sox") {
		t.Errorf("with no player: %v", err)
	}
	said := filepath.Join(bin, "said")
	script := "#!/bin/sh\necho \"$@\" >" + said + "\ncase \"$*\" in *long*) exec /bin/sleep 60;; *bad*) echo no device >&2; exit 1;; esac\n"
	if err := os.WriteFile(filepath.Join(bin, "play"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	p, err := newClipPlayer("root")
	if err != nil {
		t.Fatal(err)
	}
	if p.ended() != nil || p.playing() {
		t.Error("it plays before it was asked to")
	}
	clips := func(names ...string) (c []rehearsal.Clip) {
		for _, n := range names {
			c = append(c, rehearsal.Clip{Clip: prompts.Clip{File: n}})
		}
		return c
	}
	p.play(clips("a", "b"))
	if err := <-p.ended(); err != nil {
		t.Error(err)
	}
	data, _ := os.ReadFile(said)
	if got := string(data); strings.Count(got, "-t raw") != 2 || !strings.Contains(got, "root/b.sln16") {
		t.Errorf("play was told: %s", got)
	}
	p.play(clips("bad"))
	if err := <-p.ended(); err == nil || !strings.Contains(err.Error(), "no device") {
		t.Errorf("a failing player: %v", err)
	}
	began := time.Now()
	p.play(clips("long"))
	p.stop()
	if p.playing() || time.Since(began) > 5*time.Second {
		t.Error("stop does not stop")
	}
}
