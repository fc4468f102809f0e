package console

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"time"
)

//go:embed page.html twin.html
var files embed.FS

// policy lets a page show itself and nothing else. The style is in the page, without scripts.
const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Public is the line's page and API: / for who runs it, /linea for callers who read it, /api/v1/state and /api/v1/line for
// programs, and the rest of /api/v1 for those who have the token.
func Public(c Config) http.Handler {
	page := template.Must(template.ParseFS(files, "page.html"))
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		v := viewOf(c.State(), strings.HasPrefix(r.Header.Get("Accept-Language"), "en"), time.Now())
		var buf bytes.Buffer
		if err := page.Execute(&buf, v); err != nil {
			http.Error(w, "internal error", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Language", v.Lang)
		w.Header().Set("Vary", "Accept-Language")
		_, _ = buf.WriteTo(w)
	})
	mux.HandleFunc("GET /api/v1/state", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, stateOf(c.State()))
	})
	newTwins(c.Line).handle(mux)
	if c.API != nil {
		mux.Handle(apiRoot+"/", c.API)
	}
	mux.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) {
		writeJSON(w, http.StatusNotFound, problem{Title: "Not Found", Status: http.StatusNotFound, Detail: "there is no " + r.URL.Path + "; there are /api/v1/state and /api/v1/line"})
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "Pagina non trovata. Ciò che dice la linea si legge in /linea; il suo stato in / (not found: /linea is what the line says, / its state)", http.StatusNotFound)
	})
	return guarded(mux)
}

// problem is an error of the API (RFC 9457).
type problem struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
}

// apiState is State as the API tells it: seconds are numbers, instants RFC 3339.
type apiState struct {
	Line          string         `json:"line"`
	Number        string         `json:"number"`
	Since         *time.Time     `json:"since"`
	Timezone      string         `json:"timezone"`
	Release       string         `json:"release"`
	ReleaseNumber int            `json:"release_number"` // 0: not known
	InService     *time.Time     `json:"release_in_service_since"`
	Waiting       int            `json:"waiting"`
	LongestWait   float64        `json:"longest_wait_s"`
	CallsUp       int            `json:"calls_up"`
	Operators     map[string]int `json:"operators"`
	Ready         bool           `json:"ready"`
	Faults        []Fault        `json:"faults"`
}

func stateOf(s State) apiState {
	release := releaseOf(s.Release, s.ReleaseNumber, s.ReleaseSince)
	out := apiState{
		Line: s.Line, Number: s.Number, Timezone: s.Timezone, Release: release.ID, ReleaseNumber: release.Number, InService: release.Since, Waiting: s.Waiting,
		LongestWait: float64(s.LongestWait.Milliseconds()) / 1000, CallsUp: s.CallsUp,
		Operators: s.Operators, Ready: len(s.Faults) == 0, Faults: s.Faults,
	}
	if !s.Since.IsZero() {
		since := s.Since.UTC().Truncate(time.Millisecond)
		out.Since = &since
	}
	if out.Operators == nil {
		out.Operators = map[string]int{}
	}
	if out.Faults == nil {
		out.Faults = []Fault{}
	}
	return out
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	kind := "application/json"
	if _, is := v.(problem); is {
		kind = "application/problem+json"
	}
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "%s\n", data)
}
