package prompts

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pronto/prompts/audio"
)

// service answers as a speech service does and keeps what it was asked.
func service(t *testing.T, answer func(w http.ResponseWriter, r *http.Request)) (*httptest.Server, *[]map[string]any) {
	t.Helper()
	asked := &[]map[string]any{}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := map[string]any{}
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Error(err)
		}
		body["request"] = r.Method + " " + r.URL.Path + " " + r.Header.Get("Authorization")
		*asked = append(*asked, body)
		answer(w, r)
	}))
	t.Cleanup(srv.Close)
	return srv, asked
}

func wavAnswer(w http.ResponseWriter, _ *http.Request) {
	_, _ = w.Write(audio.EncodeWAV(audio.Sound{Samples: tone(22050, 500, 1)}.PCM16(), 22050))
}

func open(t *testing.T, list ...Speech) Engine {
	t.Helper()
	runner, _ := scripts(t, map[string]string{"pico2wave": goodPico, "espeak-ng": goodEspeak})
	e, err := OpenEngine(t.Context(), runner, list)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestSpeechPiper(t *testing.T) {
	srv, asked := service(t, wavAnswer)
	e := open(t, Speech{Engine: "piper", URL: srv.URL + "/say", Voice: "it_IT-paola-medium", Speed: 0.8})
	s, err := e.Speak(t.Context(), "it", "Restate in linea.")
	if err != nil || s.Rate != 22050 || len(s.Samples) != 22050 {
		t.Fatalf("%d samples at %d, %v", len(s.Samples), s.Rate, err)
	}
	want := []map[string]any{{"text": "Restate in linea.", "voice": "it_IT-paola-medium", "length_scale": 1.25, "request": "POST /say "}}
	if diff := cmp.Diff(want, *asked); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
}

func TestSpeechOpenAI(t *testing.T) {
	srv, asked := service(t, wavAnswer)
	secret := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(secret, []byte("s3cret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	e := open(t, Speech{Engine: "openai", URL: srv.URL, Model: "kokoro", Voice: "if_sara", TokenFile: secret})
	if _, err := e.Speak(t.Context(), "it", "Restate in linea."); err != nil {
		t.Fatal(err)
	}
	want := []map[string]any{{
		"model": "kokoro", "voice": "if_sara", "input": "Restate in linea.", "response_format": "wav", "speed": 1.0,
		"request": "POST /v1/audio/speech Bearer s3cret",
	}}
	if diff := cmp.Diff(want, *asked); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
}

// An error names the engine, where it was looked for and what to do; nothing is asked twice and no secret is told.
func TestSpeechServiceFails(t *testing.T) {
	for name, tt := range map[string]struct {
		answer func(http.ResponseWriter, *http.Request)
		want   []string
	}{
		"secret":  {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }, []string{"openai at ", "Unauthorized", "token-file"}},
		"path":    {func(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) }, []string{"Not Found", "correct url:"}},
		"voice":   {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no voice x", http.StatusBadRequest) }, []string{"no voice x", "does it have that voice"}},
		"broken":  {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "boom", http.StatusInternalServerError) }, []string{"boom", "its log"}},
		"rubbish": {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>hello</html>")) }, []string{"no sound", "write WAV"}},
		"empty":   {func(http.ResponseWriter, *http.Request) {}, []string{"no sound"}},
	} {
		t.Run(name, func(t *testing.T) {
			srv, asked := service(t, tt.answer)
			e := open(t, Speech{Engine: "openai", URL: strings.Replace(srv.URL, "://", "://user:hush@", 1) + "/v1?key=hush", Voice: "x"})
			_, err := e.Speak(t.Context(), "it", "Restate in linea.")
			if err == nil || strings.Contains(err.Error(), "hush") || len(*asked) != 1 {
				t.Fatalf("got %v, asked %d times", err, len(*asked))
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %q, want %q", err, want)
				}
			}
		})
	}
}

func TestSpeechServiceUnreached(t *testing.T) {
	srv, _ := service(t, wavAnswer)
	srv.Close()
	e := open(t, Speech{Engine: "piper", URL: srv.URL})
	if _, err := e.Speak(t.Context(), "it", "a"); err == nil || !strings.Contains(err.Error(), "can not be reached") || !strings.Contains(err.Error(), "start it") {
		t.Errorf("got %v", err)
	}
}

// A service that says nothing costs its time-out, or as long as we want to wait.
func TestSpeechServiceHangs(t *testing.T) {
	release := make(chan struct{})
	srv, _ := service(t, func(http.ResponseWriter, *http.Request) { <-release })
	defer close(release)
	e := open(t, Speech{Engine: "piper", URL: srv.URL, Timeout: "1s"})
	begun := time.Now()
	_, err := e.Speak(t.Context(), "it", "a")
	if err == nil || !strings.Contains(err.Error(), "did not answer within 1s") || time.Since(begun) > 20*time.Second {
		t.Errorf("got %v after %s", err, time.Since(begun))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := e.Speak(ctx, "it", "a"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

func TestSpeechExec(t *testing.T) {
	runner, dir := scripts(t, map[string]string{
		"say":  `for a; do echo "$a"; done >"$T/say.args"; cat "$3" >"$T/say.text"; cp "$T/voice.wav" "$2"`,
		"fail": `echo "no such voice" >&2; exit 4`,
	})
	e, err := OpenEngine(t.Context(), runner, []Speech{{Engine: "exec", Command: []string{"say", "-x{lang}", "{out}", "{text_file}", "{text}", "{voice}", "{speed}", "{other}"}, Voice: "paola"}})
	if err != nil {
		t.Fatal(err)
	}
	const text = "{out} $(rm -rf /); `è`"
	s, err := e.Speak(t.Context(), "it", text)
	if err != nil || len(s.Samples) != 16000 {
		t.Fatalf("%d samples, %v", len(s.Samples), err)
	}
	args := strings.Split(read(t, filepath.Join(dir, "say.args")), "\n")
	if len(args) != 8 || args[0] != "-xit" || args[3] != text || args[4] != "paola" || args[5] != "1" || args[6] != "{other}" {
		t.Errorf("arguments %q", args)
	}
	if got := read(t, filepath.Join(dir, "say.text")); got != text {
		t.Errorf("text %q", got)
	}
	e, err = OpenEngine(t.Context(), runner, []Speech{{Engine: "exec", Command: []string{"fail", "{out}", "{text}"}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Speak(t.Context(), "it", "a"); err == nil || !strings.Contains(err.Error(), "no such voice") || !strings.Contains(err.Error(), "by hand") {
		t.Errorf("got %v", err)
	}
}

// Who is named for a language speaks it, wherever he stands; then who is named for none; then what this machine has.
func TestSpeechIsChosenPerLanguage(t *testing.T) {
	e := open(t, Speech{Engine: "espeak-ng", Languages: []string{"it"}}, Speech{Engine: "piper", URL: "http://127.0.0.1:1", Languages: []string{"de", "it"}})
	for lang, want := range map[string]string{"it": "espeak-ng", "de": "piper", "fr": "pico", "sl": "espeak-ng"} {
		if v, ok := e.Voice(lang); !ok || v.Engine != want {
			t.Errorf("%s is spoken by %q, want %s", lang, v.Engine, want)
		}
	}
	e = open(t, Speech{Engine: "pico"}, Speech{Engine: "espeak-ng", Languages: []string{"it"}})
	if v, _ := e.Voice("it"); v.Engine != "espeak-ng" {
		t.Errorf("it is spoken by %q: the entry that names it counts before one that names none", v.Engine)
	}
	if v, ok := e.Voice("sl"); ok {
		t.Errorf("sl is spoken by %q, pico was chosen and does not know it", v.Engine)
	}
	if v, _ := open(t).Voice("it"); v.Engine != "pico" {
		t.Errorf("with nothing chosen, it is spoken by %q", v.Engine)
	}
}

// What a clip sounds like depends on engine, address, model, voice and speed: each makes it anew.
func TestSpeechVoiceIsItsOwn(t *testing.T) {
	seen := map[Voice]string{}
	for name, s := range map[string]Speech{
		"piper":   {Engine: "piper", URL: "http://127.0.0.1:1"},
		"address": {Engine: "piper", URL: "http://127.0.0.1:2"},
		"path":    {Engine: "piper", URL: "http://127.0.0.1:1/say"},
		"voice":   {Engine: "piper", URL: "http://127.0.0.1:1", Voice: "a"},
		"speed":   {Engine: "piper", URL: "http://127.0.0.1:1", Speed: 0.9},
		"openai":  {Engine: "openai", URL: "http://127.0.0.1:1", Voice: "a"},
		"model":   {Engine: "openai", URL: "http://127.0.0.1:1", Voice: "a", Model: "m"},
		"exec":    {Engine: "exec", Command: []string{"say", "{out}", "{text}"}},
		"args":    {Engine: "exec", Command: []string{"say", "-q", "{out}", "{text}"}},
	} {
		v, ok := open(t, s).Voice("it")
		if other, double := seen[v]; double || !ok {
			t.Errorf("%s sounds like %s: %+v", name, other, v)
		}
		seen[v] = name
	}
}

func TestSpeechMistakes(t *testing.T) {
	for _, tt := range []struct {
		s    Speech
		want string
	}{
		{Speech{Engine: "piperr"}, `there is no engine "piperr": did you mean "piper"?`},
		{Speech{}, `there is no engine "": known are: pico`},
		{Speech{Engine: "piper"}, `piper: "" is no address: write url: http://`},
		{Speech{Engine: "piper", URL: "localhost:5000"}, "is no address"},
		{Speech{Engine: "openai", URL: "http://127.0.0.1"}, "openai lacks voice"},
		{Speech{Engine: "pico", URL: "http://127.0.0.1"}, "pico has no url"},
		{Speech{Engine: "exec"}, "exec lacks command"},
		{Speech{Engine: "exec", Command: []string{"say", "{text}"}}, "does not say where to write: put {out}"},
		{Speech{Engine: "exec", Command: []string{"say", "{out}"}}, "is not given the text"},
		{Speech{Engine: "pico", Command: []string{"say"}}, "pico has no command"},
		{Speech{Engine: "pico", Languages: []string{"italiano"}}, `"italiano" is not a language`},
		{Speech{Engine: "pico", Speed: 9}, "speed 9: from 0.25 to 4"},
		{Speech{Engine: "pico", Timeout: "10"}, `timeout "10": write a number with its unit`},
	} {
		if err := CheckSpeech([]Speech{{Engine: "pico"}, tt.s}); err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "speech, entry 2: ") {
			t.Errorf("%+v: got %v, want %q", tt.s, err, tt.want)
		}
	}
	runner, _ := scripts(t, map[string]string{"espeak-ng": goodEspeak})
	if _, err := OpenEngine(t.Context(), runner, []Speech{{Engine: "pico"}}); err == nil || !strings.Contains(err.Error(), "install libttspico-utils") {
		t.Errorf("pico is not there: got %v", err)
	}
}
