package console

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/text/language"

	"pronto/prompts"
)

// Line is what new calls hear now.
type Line struct {
	// Release is the one in service, with the alert that is raised. nil: nothing is in service.
	Release *prompts.Release
	Number  int       // of the release, from 1; 0: not known
	Since   time.Time // when it was put in service
	Staffed bool      // an operator is there
}

// twinPath is where the line is to be read.
const twinPath = "/linea"

// twins are the text twin's page in each language and its JSON, rendered when something has changed: in an emergency many
// people read them, and the processor is the calls'.
type twins struct {
	line func() Line
	page *template.Template

	mu      sync.Mutex
	version twinVersion
	docs    map[string]twinDoc // by language; "" is the JSON
}

// twinVersion is all that the twin depends on.
type twinVersion struct {
	id      string
	number  int
	alert   *prompts.Alert
	active  bool
	staffed bool
	minute  int64 // opening hours begin and end with a minute
}

type twinDoc struct {
	body []byte
	etag string
}

func newTwins(line func() Line) *twins {
	return &twins{line: line, page: template.Must(template.ParseFS(files, "twin.html"))}
}

// handle adds the pages and the API's answer.
func (t *twins) handle(mux *http.ServeMux) {
	mux.HandleFunc("GET "+twinPath, t.negotiated)
	mux.HandleFunc("GET "+twinPath+"/{$}", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, twinPath, http.StatusPermanentRedirect)
	})
	mux.HandleFunc("GET "+twinPath+"/{lang}", t.chosen)
	mux.HandleFunc("GET /api/v1/line", t.asJSON)
}

// negotiated answers in the language that the browser asks for.
func (t *twins) negotiated(w http.ResponseWriter, r *http.Request) {
	l := t.line()
	if l.Release == nil {
		notYet(w)
		return
	}
	w.Header().Set("Vary", "Accept-Language")
	t.serve(w, r, l, preferred(l.Release.Book.Line.Languages, r.Header.Get("Accept-Language")))
}

// preferred is the one of the languages that the header asks for, or the first.
func preferred(languages []string, header string) string {
	tags := make([]language.Tag, 0, len(languages))
	for _, lang := range languages {
		tags = append(tags, language.Make(lang))
	}
	wanted, _, err := language.ParseAcceptLanguage(header)
	if err != nil || len(wanted) == 0 {
		return languages[0]
	}
	_, i, _ := language.NewMatcher(tags).Match(wanted...)
	return languages[i]
}

// chosen answers in the language of the path.
func (t *twins) chosen(w http.ResponseWriter, r *http.Request) {
	l := t.line()
	if l.Release == nil {
		notYet(w)
		return
	}
	languages, lang := l.Release.Book.Line.Languages, r.PathValue("lang")
	if !slices.Contains(languages, lang) {
		http.Error(w, fmt.Sprintf("Pagina non trovata: la linea parla %s (not found: the line speaks these)", strings.Join(languages, ", ")), http.StatusNotFound)
		return
	}
	t.serve(w, r, l, lang)
}

func notYet(w http.ResponseWriter) {
	http.Error(w, "La linea non è ancora in servizio (nothing is in service yet)", http.StatusServiceUnavailable)
}

func (t *twins) asJSON(w http.ResponseWriter, r *http.Request) {
	l := t.line()
	if l.Release == nil {
		writeJSON(w, http.StatusServiceUnavailable, problem{Title: "Service Unavailable", Status: http.StatusServiceUnavailable, Detail: "no release is in service yet"})
		return
	}
	t.serve(w, r, l, "")
}

// serve answers with a document, or says that the client has it.
func (t *twins) serve(w http.ResponseWriter, r *http.Request, l Line, lang string) {
	doc, err := t.doc(l, lang, time.Now())
	if err != nil {
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	head := w.Header()
	head.Set("ETag", doc.etag)
	head.Set("Cache-Control", "no-cache") // may be kept, must be asked for again
	head.Set("Content-Type", "application/json")
	if lang != "" {
		head.Set("Content-Type", "text/html; charset=utf-8")
		head.Set("Content-Language", lang)
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(doc.body))
}

// doc is a document of the line as it is, rendered anew if that has changed.
func (t *twins) doc(l Line, lang string, now time.Time) (twinDoc, error) {
	alert := l.Release.Alert
	version := twinVersion{l.Release.ID, l.Number, alert, alert.Active(now), l.Staffed, now.Unix() / 60}
	t.mu.Lock()
	defer t.mu.Unlock()
	if version != t.version || t.docs == nil {
		t.version, t.docs = version, map[string]twinDoc{}
	}
	if doc, ok := t.docs[lang]; ok {
		return doc, nil
	}
	body, err := t.render(l, lang, now)
	if err != nil {
		return twinDoc{}, err
	}
	raised := "none"
	if version.active {
		raised = alert.ID
	}
	sum := sha256.Sum256(body) // open or closed, and an operator there or not, are neither the release's nor the alert's
	doc := twinDoc{body: body, etag: fmt.Sprintf("%q", l.Release.ID+"-"+raised+"-"+hex.EncodeToString(sum[:4]))}
	t.docs[lang] = doc
	return doc, nil
}

func (t *twins) render(l Line, lang string, now time.Time) ([]byte, error) {
	twin := prompts.TwinOf(l.Release, l.Staffed, now)
	var buf bytes.Buffer
	if lang != "" {
		if err := t.page.Execute(&buf, newTwinPage(twin, l, lang)); err != nil {
			return nil, fmt.Errorf("render the line's text: %w", err)
		}
		return buf.Bytes(), nil
	}
	out := json.NewEncoder(&buf)
	out.SetIndent("", "  ")
	if err := out.Encode(apiLine{Release: releaseOf(l.Release.ID, l.Number, l.Since), Twin: twin}); err != nil {
		return nil, fmt.Errorf("render the line's text: %w", err)
	}
	return buf.Bytes(), nil
}

// apiLine is the answer of /api/v1/line.
type apiLine struct {
	Release apiRelease `json:"release"`
	prompts.Twin
}

// apiRelease is the release in service.
type apiRelease struct {
	ID     string     `json:"id"`
	Number int        `json:"number"` // 0: not known
	Since  *time.Time `json:"in_service_since"`
}

func releaseOf(id string, number int, since time.Time) apiRelease {
	out := apiRelease{ID: id, Number: number}
	if !since.IsZero() {
		since = since.UTC().Truncate(time.Millisecond)
		out.Since = &since
	}
	return out
}
