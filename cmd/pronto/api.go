package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"pronto/ivr/console"
	"pronto/ivr/ledger"
	"pronto/ivr/ledger/transcript"
	"pronto/prompts/wording"
)

// tokenFile holds the token of the API; mode 0600, made at the first start.
func tokenFile(dir string) string { return filepath.Join(dir, "api.token") }

func (s *service) api(done <-chan struct{}) *console.API {
	return console.NewAPI(console.APIConfig{
		Version: version, Token: s.token, Line: s.line, Ledger: s.ledger, Phones: s.phones(), Done: done, Log: s.log,
		Heard: func(c ledger.Call) transcript.Source { return heardFrom(s.conf, c) },
	})
}

// apiPlace is the line whose API is asked.
type apiPlace struct {
	linePlace
	HTTP string `name:"http" env:"PRONTO_HTTP" help:"Where the line's API listens. Default: as the line was started."`
}

// apiClient asks the API of a line that runs.
type apiClient struct {
	e           *env
	base, token string
}

// apiLimit is how long an answer may take.
const apiLimit = 15 * time.Second

func (p apiPlace) client(e *env) (*apiClient, error) {
	conf, err := p.conf()
	if err != nil {
		return nil, err
	}
	token, err := os.ReadFile(tokenFile(conf.Dir))
	addr := p.HTTP
	if addr == "" {
		addr = conf.HTTP
	}
	switch {
	case errors.Is(err, fs.ErrNotExist) || err == nil && addr == "":
		return nil, wording.Errorf("the line in %s was never started: start it (pronto run), or name its folder with -dir", conf.Dir)
	case errors.Is(err, fs.ErrPermission):
		return nil, wording.Errorf("the token of the API can not be read: %w (do it as the user that the line runs as)", err)
	case err != nil:
		return nil, wording.Errorf("the token of the API can not be read: %w", err)
	}
	return &apiClient{e: e, base: "http://" + reachable(addr) + "/api/v1", token: strings.TrimSpace(string(token))}, nil
}

// reachable is an address at which one that listens everywhere is found.
func reachable(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); err != nil || host != "" && (ip == nil || !ip.IsUnspecified()) {
		return addr
	}
	if ip := net.ParseIP(host); ip != nil && ip.To4() == nil {
		return net.JoinHostPort("::1", port)
	}
	return net.JoinHostPort("127.0.0.1", port)
}

// ask asks and puts the answer into out, if it is not nil. What the API refuses it says itself.
func (c *apiClient) ask(method, path string, in, out any) error {
	var question io.Reader = http.NoBody
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return wording.Errorf("ask the line: %w", err)
		}
		question = bytes.NewReader(data)
	}
	ctx, cancel := context.WithTimeout(c.e.ctx, apiLimit)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, question)
	if err != nil {
		return wording.Errorf("ask the line: %w", err)
	}
	r.Header.Set("Authorization", "Bearer "+c.token)
	r.Header.Set("Accept-Language", string(c.e.lang))
	if in != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	answer, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r) // no proxy: the token is the line's
	if errors.Is(err, syscall.ECONNREFUSED) {
		return wording.Errorf("the line does not run, nothing answers at %s: start it (pronto run), or name its address with -http", r.URL.Host)
	}
	if err != nil {
		return wording.Errorf("the line does not answer at %s: %v (look at its log, or name its address with -http)", r.URL.Host, reason(err))
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 64<<20))
	if err != nil {
		return wording.Errorf("the line does not answer at %s: %v (look at its log, or name its address with -http)", r.URL.Host, err)
	}
	return c.read(answer, text, out)
}

// reason is an error of http.Client without the address, which is told anyhow.
func reason(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

func (c *apiClient) read(answer *http.Response, text []byte, out any) error {
	switch {
	case answer.StatusCode == http.StatusUnauthorized:
		return wording.Errorf("what answers at %s is another line, or no line: name the right folder with -dir, or the address with -http", answer.Request.URL.Host)
	case answer.StatusCode >= 300:
		var told struct {
			Detail string `json:"detail"`
			Errors []struct {
				Message  string `json:"message"`
				Location string `json:"location"`
			} `json:"errors"`
		}
		if err := json.Unmarshal(text, &told); err != nil || told.Detail == "" {
			return wording.Errorf("what answers at %s is another line, or no line: name the right folder with -dir, or the address with -http", answer.Request.URL.Host)
		}
		for _, e := range told.Errors {
			told.Detail += "\n  " + e.Location + ": " + e.Message
		}
		return wording.Errorf("%s", told.Detail)
	case out == nil:
		return nil
	}
	if err := json.Unmarshal(text, out); err != nil {
		return wording.Errorf("the line's answer can not be read: use the pronto of the same version: %w", err)
	}
	return nil
}

// printJSON prints an answer as the API gave it, for programs.
func printJSON(e *env, v any) error {
	enc := json.NewEncoder(e.stdout)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return wording.Errorf("print the answer: %w", err)
	}
	return nil
}
