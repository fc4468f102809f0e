package console

import (
	"fmt"
	"net/http"
	"net/http/pprof"
	"strings"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Ops is the operations port: /healthz (the process lives), /readyz (200, or 503 with each fault and its remedy, as JSON
// where the client asks for it; and notices, which make nothing unready), /metrics, and /debug/pprof/.
func Ops(c Config) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = fmt.Fprintln(w, "ok")
	})
	mux.HandleFunc("GET /readyz", c.ready)
	mux.Handle("GET /metrics", promhttp.HandlerFor(c.Gatherer, promhttp.HandlerOpts{
		ErrorHandling: promhttp.ContinueOnError, MaxRequestsInFlight: 4,
	}))
	// Where a processor or memory goes at 3 a.m.: go tool pprof http://127.0.0.1:9090/debug/pprof/profile
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "not found: there are /healthz, /readyz, /metrics and /debug/pprof/", http.StatusNotFound)
	})
	return guarded(mux)
}

func (c Config) ready(w http.ResponseWriter, r *http.Request) {
	faults, notices := c.Faults(), []Fault{}
	if c.Notices != nil {
		notices = append(notices, c.Notices()...)
	}
	status := http.StatusOK
	if len(faults) > 0 {
		status = http.StatusServiceUnavailable
	}
	if wantsJSON(r) {
		if faults == nil {
			faults = []Fault{}
		}
		answer := struct {
			Ready   bool        `json:"ready"`
			Release *apiRelease `json:"release,omitempty"`
			Faults  []Fault     `json:"faults"`
			Notices []Fault     `json:"notices"`
		}{Ready: len(faults) == 0, Faults: faults, Notices: notices}
		if l := c.Line(); l.Release != nil {
			release := releaseOf(l.Release.ID, l.Number, l.Since)
			answer.Release = &release
		}
		writeJSON(w, status, answer)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	if len(faults) == 0 {
		_, _ = fmt.Fprintln(w, "ready")
	}
	for _, f := range append(faults, notices...) {
		_, _ = fmt.Fprintf(w, "%s: %s (%s)\n", f.Code, f.Message, f.Remedy)
	}
}

func wantsJSON(r *http.Request) bool {
	for _, accept := range r.Header.Values("Accept") {
		if strings.Contains(accept, "application/json") {
			return true
		}
	}
	return false
}
