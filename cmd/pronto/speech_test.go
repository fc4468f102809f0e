package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pronto/prompts"
	"pronto/prompts/wording"
)

func speechFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "speech.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const twoEngines = `speech:
  - { languages: [it, en], engine: piper, url: "http://127.0.0.1:5000", voice: it_IT-paola-medium, speed: 0.9 }
  - engine: exec
    command: [espeak-ng, -v, "{lang}", -w, "{out}", -f, "{text_file}"]
    timeout: 30s
`

func TestReadSpeech(t *testing.T) {
	got, err := readSpeech(speechFile(t, twoEngines))
	if err != nil {
		t.Fatal(err)
	}
	want := []prompts.Speech{
		{Languages: []string{"it", "en"}, Engine: "piper", URL: "http://127.0.0.1:5000", Voice: "it_IT-paola-medium", Speed: 0.9},
		{Engine: "exec", Command: []string{"espeak-ng", "-v", "{lang}", "-w", "{out}", "-f", "{text_file}"}, Timeout: "30s"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for text, want := range map[string]string{
		"speech: [ { engine: piperr } ]":        `there is no engine "piperr"`,
		"speech: [ { engine: pico, vois: x } ]": `unknown field "vois"`,
		"voices: []":                            `unknown field "voices"`,
	} {
		path := speechFile(t, text)
		if _, err := readSpeech(path); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: got %v, want %q and the file's name", text, err, want)
		}
	}
	if _, err := readSpeech("/nowhere/speech.yaml"); err == nil || !strings.Contains(err.Error(), "PRONTO_SPEECH") {
		t.Errorf("got %v", err)
	}
}

// The engines that pronto run was told of are those of its controller and of who publishes later: it is in serve.yaml.
func TestSpeechIsInServeYAML(t *testing.T) {
	list, err := readSpeech(speechFile(t, twoEngines))
	if err != nil {
		t.Fatal(err)
	}
	conf := serveConf{
		Dir: "/x", HTTP: "127.0.0.1:1", Ops: "127.0.0.1:2", Speech: list,
		Switch: switchConf{Name: "a", ARI: "http://127.0.0.1:3", App: "b", User: "c", Password: "d", Sounds: "/y", SeenAs: "/z"},
	}
	path := filepath.Join(t.TempDir(), "serve.yaml")
	if err := conf.write(path); err != nil {
		t.Fatal(err)
	}
	again, err := readServeConf(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(list, again.Speech); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	conf.Speech[0].URL = ""
	if err := conf.write(path); err != nil {
		t.Fatal(err)
	}
	if _, err := readServeConf(path); err == nil || !strings.Contains(err.Error(), "speech, entry 1: piper") {
		t.Errorf("got %v", err)
	}
}

func TestProgress(t *testing.T) {
	var lines, line bytes.Buffer
	plain, drawn := progress(&lines, wording.English), bar(&line, wording.Italian)
	for done := 1; done <= 200; done++ {
		plain(done, 200, "it/welcome")
		drawn(done, 200, "it/welcome")
	}
	if got := strings.Count(lines.String(), "\n"); got != 11 || strings.Contains(lines.String(), "\r") {
		t.Errorf("%d lines for a file: %q", got, lines.String())
	}
	if !strings.HasSuffix(line.String(), "["+strings.Repeat("#", barWidth)+"] 200/200\n") || strings.Count(line.String(), "\n") != 1 {
		t.Errorf("the bar: %q", line.String())
	}
}
