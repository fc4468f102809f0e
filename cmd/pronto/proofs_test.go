package main

import (
	"encoding/xml"
	"errors"
	"io"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"pronto/prompts"
	"pronto/prompts/wording"
)

// limitedBook is the tone book with limits, and its folder. Its texts name neither keys nor 112: keys count as told at the end
// of a menu, and the advice is the rescue node's.
func limitedBook(t *testing.T, limits string) string {
	t.Helper()
	dir := toneBook(t)
	writeTest(t, filepath.Join(dir, "line.yaml"), []byte(toneLine+"limits: { "+limits+" }\n"))
	return dir
}

// limitsAt is where line.yaml of a limitedBook has its first limit.
func limitsAt() string { return strconv.Itoa(strings.Count(toneLine, "\n") + 1) }

// TestCheckProofs: welcome takes 3 s, the advice 2 s.
func TestCheckProofs(t *testing.T) {
	code, stdout, stderr := command("check", "-proofs", limitedBook(t, "rescue-advice: 6s, operator-choice: 6s"))
	if code != exitOK {
		t.Fatalf("exit %d:\n%s%s", code, stdout, stderr)
	}
	for _, want := range []string{
		`first rescue advice, told whole +5\.[01] +5\.[01]\n`, `a person can be chosen +3\.[01] +3\.[01]\n`,
		`nothing pressed +10\.[01] person`, `a person +welcome > 0 operator\n`, `\nok: Tone line`,
	} {
		if !regexp.MustCompile(want).MatchString(stdout) {
			t.Errorf("the proofs lack %q:\n%s", want, stdout)
		}
	}

	dir := limitedBook(t, "rescue-advice: 4s")
	code, stdout, _ = command("check", "-proofs", dir)
	if code != exitFailed || !regexp.MustCompile(`line\.yaml:`+limitsAt()+`:26: in it the first rescue advice is told 5\.[01] s after the answer, limits\.rescue-advice is 4s: welcome > 1 danger \(tell`).MatchString(stdout) {
		t.Errorf("exit %d:\n%s", code, stdout)
	}
	code, stdout, _ = command("check", "-proofs", "-format", "github", dir)
	if code != exitFailed || !strings.Contains(stdout, "line.yaml,line="+limitsAt()+",col=26::in it the first rescue advice") {
		t.Errorf("exit %d:\n%s", code, stdout)
	}
}

// TestCheckGraph: the picture alone is on the standard output, faults or not.
func TestCheckGraph(t *testing.T) {
	dir := limitedBook(t, "rescue-advice: 4s")
	code, stdout, stderr := command("check", "-graph", "svg", dir)
	if code != exitFailed || !strings.Contains(stderr, "line.yaml:"+limitsAt()+":26: in it the first rescue advice") {
		t.Errorf("exit %d:\n%s", code, stderr)
	}
	for d := xml.NewDecoder(strings.NewReader(stdout)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("the picture is no XML: %v", err)
		}
	}
	if !strings.HasPrefix(stdout, "<svg ") || !strings.Contains(stdout, ">operator</text>") {
		t.Errorf("this is no picture of the menu:\n%s", stdout)
	}
	_, stdout, _ = command("check", "-graph", "text", dir)
	if !strings.Contains(stdout, "0 3.0 s, silence 10.0 s: operator (queue), at 3.0 s\n") {
		t.Errorf("the tree:\n%s", stdout)
	}
}

// TestLimitsStopTheStart: a line does not begin with a book that breaks its own limits.
func TestLimitsStopTheStart(t *testing.T) {
	dir := limitedBook(t, "rescue-advice: 4s")
	var told strings.Builder
	sounds := t.TempDir()
	r := rendering{book: dir, sounds: sounds, cache: t.TempDir(), runner: checkEngine(t.Context()).Tool}
	release, _, err := r.inService(t.Context(), &told, "test", true)
	if !errors.Is(err, prompts.ErrUnproven) || release != nil {
		t.Fatalf("release %v, error %v", release, err)
	}
	if !strings.Contains(told.String(), "line.yaml:"+limitsAt()+":26: in it the first rescue advice") {
		t.Errorf("told:\n%s", told.String())
	}
	if journal, err := prompts.ReadJournal(sounds); err != nil || len(journal) > 0 {
		t.Errorf("something was published: %v %v", journal, err)
	}
}

func TestGithubLine(t *testing.T) {
	for want, f := range map[string]prompts.Fault{
		"::error file=book/line.yaml,line=3,col=7::50%25 is no number (write 50)": {File: "book/line.yaml", Line: 3, Col: 7, Message: wording.Name("50% is no number"), Hint: wording.Name("write 50")},
		"::warning file=a%2Cb%3Ac/audio/x.wav::it is quiet":                       {File: "a,b:c/audio/x.wav", Message: wording.Name("it is quiet"), Warning: true},
		"::error file=line.yaml,line=1,col=1::one%0Atwo":                          {File: "line.yaml", Line: 1, Col: 1, Message: wording.Name("one\ntwo")},
	} {
		if got := githubLine(f, wording.English); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}
