package console

import (
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pronto/prompts"
)

// A page is asked for again only if callers hear something else.
func TestTwinFollowsTheLine(t *testing.T) {
	now := starterLine(t, nil)
	h := public(func() Line { return now })
	ask := func(path, etag string) (int, string, string) {
		code, head, body := get(t, h, path, "If-None-Match", etag)
		if head.Get("Cache-Control") != "no-cache" {
			t.Errorf("%s: Cache-Control %q", path, head.Get("Cache-Control"))
		}
		return code, head.Get("ETag"), body
	}
	for _, path := range []string{"/linea/it", "/api/v1/line"} {
		before := now
		code, first, body := ask(path, "")
		if code != http.StatusOK || !strings.HasPrefix(first, `"0123456789ab-none-`) || !strings.Contains(body, "operatore 0.") {
			t.Errorf("%s: %d, %s", path, code, first)
		}
		if code, etag, body := ask(path, first); code != http.StatusNotModified || etag != first || body != "" {
			t.Errorf("%s again: %d, %s", path, code, etag)
		}
		changed := func(what, holds string) {
			t.Helper()
			code, etag, body := ask(path, first)
			if code != http.StatusOK || etag == first || !strings.Contains(body, holds) {
				t.Errorf("%s, %s: %d, %s, without %q", path, what, code, etag, holds)
			}
			first = etag
		}
		now.Release = before.Release.WithAlert(&prompts.Alert{ID: "a1", Messages: map[string]string{"it": "Scossa in Umbria."}, Raised: time.Now()})
		changed("an alert", "Scossa in Umbria.")
		if !strings.HasPrefix(first, `"0123456789ab-a1-`) {
			t.Errorf("%s with an alert: %s", path, first)
		}
		now = before
		changed("the alert cleared", "operatore 0.")
		other := starterLine(t, func(b *prompts.Book) { b.Texts["it"]["goodbye"] = "A presto." })
		other.Release.ID = "ba9876543210"
		now.Release, now.Number = other.Release, 8
		changed("a release", "A presto.")
		now = before
		changed("a rollback", "Arrivederci.")
		now.Staffed = false
		changed("nobody at the desk", map[string]string{"/linea/it": "nessun operatore è collegato", "/api/v1/line": `"staffed": false`}[path])
		now = before
	}
}

func TestTwinIsRenderedOnce(t *testing.T) {
	l := starterLine(t, nil)
	twins := newTwins(func() Line { return l })
	at := time.Date(2026, 11, 25, 11, 0, 10, 0, time.UTC)
	doc := func(lang string, now time.Time) *byte {
		t.Helper()
		d, err := twins.doc(l, lang, now)
		if err != nil {
			t.Fatal(err)
		}
		return &d.body[0]
	}
	first := doc("it", at)
	if doc("en", at) == first || doc("it", at.Add(20*time.Second)) != first {
		t.Error("the page is not kept")
	}
	if doc("it", at.Add(time.Minute)) == first {
		t.Error("the page is kept though hours may have ended")
	}
}

func TestTwinAPI(t *testing.T) {
	l := starterLine(t, nil)
	c := config()
	c.Line = func() Line { return l }
	want := `{"ready":true,"release":{"id":"0123456789ab","number":7,"in_service_since":"2026-11-25T11:00:00Z"},"faults":[],"notices":[]}`
	if _, _, body := get(t, Ops(c), "/readyz", "Accept", "application/json"); strings.Join(strings.Fields(body), "") != want {
		t.Errorf("/readyz: %s", body)
	}
	code, head, body := get(t, Public(c), "/api/v1/line")
	if code != http.StatusOK || head.Get("Content-Type") != "application/json" {
		t.Fatalf("%d %v", code, head)
	}
	var got struct {
		Release struct {
			ID     string
			Number int
			Since  time.Time `json:"in_service_since"`
		}
		Line  struct{ Number string }
		Nodes []struct{ Name string }
	}
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatal(err)
	}
	if got.Release.ID != "0123456789ab" || got.Release.Number != 7 || !got.Release.Since.Equal(l.Since) || got.Line.Number != "800840840" || got.Nodes[0].Name != "welcome" {
		t.Errorf("%+v", got)
	}
}

func TestTwinPages(t *testing.T) {
	l := starterLine(t, nil)
	h := public(func() Line { return l })
	for _, tt := range []struct {
		path, accept string
		code         int
		language     string
	}{
		{"/linea", "", 200, "it"},
		{"/linea", "nonsense;;", 200, "it"},
		{"/linea", "fr-CH, en;q=0.8", 200, "fr"},
		{"/linea", "pt, en;q=0.5", 200, "en"},
		{"/linea/sl", "it", 200, "sl"},
		{"/linea/", "", http.StatusPermanentRedirect, ""},
		{"/linea/es", "", 404, ""},
		{"/linea/it/more", "", 404, ""},
	} {
		code, head, body := get(t, h, tt.path, "Accept-Language", tt.accept)
		if code != tt.code || head.Get("Content-Language") != tt.language {
			t.Errorf("%s %q: %d in %q", tt.path, tt.accept, code, head.Get("Content-Language"))
		}
		if code == 200 && (!strings.Contains(body, `<html lang="`+tt.language+`">`) || strings.Contains(body, "ZgotmplZ") || strings.Contains(body, "%!")) {
			t.Errorf("%s: not whole", tt.path)
		}
	}
	nothing := public(func() Line { return Line{} })
	for _, path := range []string{"/linea", "/linea/it", "/api/v1/line"} {
		if code, _, _ := get(t, nothing, path); code != http.StatusServiceUnavailable {
			t.Errorf("%s of a line that is not there: %d", path, code)
		}
	}
}

// What an admin writes is text, not markup; a number in it can be dialled.
func TestTwinEscapes(t *testing.T) {
	l := starterLine(t, func(b *prompts.Book) {
		b.Texts["it"]["goodbye"] = `Chiamate il 112, non il 1125 o lo <b>0112</b> & "altri"; o 800 840 840.`
	})
	_, _, body := get(t, public(func() Line { return l }), "/linea/it")
	want := `<p>Chiamate il <a href="tel:112">112</a>, non il 1125 o lo &lt;b&gt;0112&lt;/b&gt; &amp; &#34;altri&#34;; o <a href="tel:800840840">800 840 840</a>.</p>`
	if !strings.Contains(body, want) {
		t.Errorf("the page lacks %s", want)
	}
}

// TestTwinOfEveryKind: what depends on the caller is told, in a language that the page has no words for, too.
func TestTwinOfEveryKind(t *testing.T) {
	book, _ := prompts.Load(os.DirFS("../../prompts/testdata/kinds"), "kinds")
	book.Desk.Hours = "night"
	for _, lang := range []string{"it", "hr"} {
		book.Line.Languages = []string{lang}
		book.Texts[lang] = book.Texts["it"]
		release := prompts.Estimate(book)
		_, _, body := get(t, public(func() Line { return Line{Release: release, Staffed: true} }), "/linea")
		wants := []string{`Da sicily: <a href="tel:115">Chiamate il 115</a>`, "Si scrivono 5 cifre con i tasti.", `<dt>Da tyrol; Da sicily; Altrimenti</dt>`, `<dt>39*</dt>`, `<a href="tel:0668201">0668201</a>`, "venerdì – sabato", "22:00 – 02:00 del giorno dopo", `<p>Scrivete il CAP.</p>`}
		if lang == "hr" {
			wants = []string{`<html lang="en">`, `<p lang="hr">Scrivete il CAP.</p>`, "5 digits are typed", `lang="hr" hreflang="hr" aria-current="page">Hrvatski`}
		}
		for _, want := range wants {
			if !strings.Contains(body, want) {
				t.Errorf("%s: the page lacks %s", lang, want)
			}
		}
	}
}

func TestTwinHours(t *testing.T) {
	p := &twinPage{W: twinWordsOf("it")}
	got := p.hours(prompts.TwinHours{
		Week: []prompts.TwinDay{
			{Day: "mon", From: "09:00", To: "18:00"},
			{Day: "tue", From: "09:00", To: "18:00"},
			{Day: "thu", From: "09:00", To: "18:00"},
			{Day: "fri", From: "22:00", To: "02:00 next day"},
			{Day: "sat", From: "00:00", To: "24:00"},
		},
		Closed: []string{"it", "06-29", "2026-12-24"}, Exceptions: []prompts.TwinDate{{Date: "2026-12-31", From: "09:00", To: "13:00"}, {Date: "2027-01-02"}},
	})
	want := []daysView{
		{"lunedì – martedì", "09:00 – 18:00"},
		{"giovedì", "09:00 – 18:00"},
		{"venerdì", "22:00 – 02:00 del giorno dopo"},
		{"sabato", "00:00 – 24:00"},
		{"giovedì 31/12/2026", "09:00 – 13:00"},
		{"sabato 2/1/2027", "chiuso"},
	}
	if !slices.Equal(got.Days, want) || got.Closed != "feste nazionali, 29/6, giovedì 24/12/2026" {
		t.Errorf("%+v", got)
	}
	for lang, want := range map[string]string{"en": "29 June", "de": "29.6.", "fr": "29/6", "sl": "29. 6."} {
		p := &twinPage{W: twinWordsOf(lang)}
		if got := p.date("06-29"); got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
}
