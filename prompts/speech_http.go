package prompts

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"pronto/prompts/audio"
	"pronto/prompts/wording"
)

// httpEngine asks a service for each text: a piper server, or one that speaks as OpenAI's does.
type httpEngine struct {
	Speech
	client *http.Client
	url    string
	token  string
}

func newHTTPEngine(s Speech, limit time.Duration) (Engine, error) {
	u, err := url.Parse(s.URL)
	if err != nil {
		return nil, wording.Errorf("%q is no address: write url: http://127.0.0.1:5000", s.URL)
	}
	if s.Engine == "openai" && strings.Trim(u.Path, "/") == "" {
		u.Path = "/v1/audio/speech"
	}
	e := &httpEngine{Speech: s, client: &http.Client{Timeout: limit}, url: u.String()}
	if s.TokenFile != "" {
		data, err := os.ReadFile(s.TokenFile)
		if err != nil {
			return nil, wording.Errorf("%s: read the token: %w (name a file that holds it in token-file)", s.Engine, err)
		}
		e.token = strings.TrimSpace(string(data))
	}
	return e, nil
}

// Voice implements Engine. The address is part of it: another server may have another voice of that name.
func (e *httpEngine) Voice(lang string) (Voice, bool) {
	name := e.named()
	if e.Speech.Voice == "" {
		name = lang + name
	}
	return Voice{Engine: e.Engine, Version: e.shown() + " " + e.Model, Name: name}, true
}

// shown is the address without what may be secret in it.
func (e *httpEngine) shown() string {
	u, err := url.Parse(e.url)
	if err != nil {
		return e.url
	}
	u.User, u.RawQuery = nil, ""
	return u.String()
}

// question is what the service is asked. piper speaks slower with a greater length_scale.
func (e *httpEngine) question(text string) any {
	if e.Engine == "openai" {
		return struct {
			Model  string  `json:"model,omitempty"`
			Voice  string  `json:"voice"`
			Input  string  `json:"input"`
			Format string  `json:"response_format"`
			Speed  float64 `json:"speed"`
		}{e.Model, e.Speech.Voice, text, "wav", e.Speed}
	}
	return struct {
		Text  string  `json:"text"`
		Voice string  `json:"voice,omitempty"`
		Scale float64 `json:"length_scale"`
	}{text, e.Speech.Voice, 1 / e.Speed}
}

// Speak implements Engine.
func (e *httpEngine) Speak(ctx context.Context, _, text string) (audio.Sound, error) {
	body, err := json.Marshal(e.question(text))
	if err != nil {
		return audio.Sound{}, wording.Errorf("ask %s: %w", e.Engine, err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.url, bytes.NewReader(body))
	if err != nil {
		return audio.Sound{}, wording.Errorf("ask %s: %w", e.Engine, err)
	}
	req.Header.Set("Content-Type", "application/json")
	if e.token != "" {
		req.Header.Set("Authorization", "Bearer "+e.token)
	}
	resp, err := e.client.Do(req)
	if err != nil {
		return audio.Sound{}, e.unreached(ctx, err)
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(resp.Body, audio.MaxBytes+1)) // one more than DecodeWAV takes, for it to say so
	if err != nil {
		return audio.Sound{}, e.unreached(ctx, err)
	}
	if resp.StatusCode != http.StatusOK {
		return audio.Sound{}, e.refused(resp.StatusCode, data)
	}
	sound, err := audio.DecodeWAV(data)
	if err != nil {
		return audio.Sound{}, wording.Errorf("%s at %s answered with something that is no sound: %w (is url: the address of its speech service, and can it write WAV?)", e.Engine, e.shown(), err)
	}
	return sound, nil
}

func (e *httpEngine) unreached(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return wording.Errorf("ask %s: %w", e.Engine, context.Cause(ctx))
	}
	var failed *url.Error
	if errors.As(err, &failed) {
		if failed.Timeout() {
			return wording.Errorf("%s at %s did not answer within %s: is it busy? give its entry under speech a longer timeout", e.Engine, e.shown(), e.client.Timeout)
		}
		err = failed.Err // without the address, which may hold a secret
	}
	return wording.Errorf("%s at %s can not be reached: %w (start it, or correct url: under speech)", e.Engine, e.shown(), err)
}

func (e *httpEngine) refused(status int, said []byte) error {
	remedy := "look into its log"
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden:
		remedy = "give the right secret in token-file"
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		remedy = "correct url: under speech, path included"
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		remedy = "does it have that voice and model?"
	}
	return wording.Errorf("%s at %s refused: %s %s (%s)", e.Engine, e.shown(), http.StatusText(status), lastLine(said), remedy)
}
