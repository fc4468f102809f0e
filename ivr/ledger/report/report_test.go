package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"pronto/ivr/flow"
	"pronto/ivr/ledger"
	"pronto/prompts"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var rome = func() *time.Location {
	z, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		panic(err)
	}
	return z
}()

func options() Options {
	return Options{
		Line: "800840840", Name: "Contact Center Protezione Civile", Zone: rome,
		From: time.Date(2026, 10, 24, 0, 0, 0, 0, rome), To: time.Date(2026, 10, 27, 0, 0, 0, 0, rome), // the clocks go back
		Now: time.Date(2026, 11, 1, 9, 30, 0, 0, rome), Formula: SL3, Threshold: 20 * time.Second, Short: 5 * time.Second, Within: 7,
	}
}

// write is the report in one format.
func write(t testing.TB, r Report, format, lang string) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.Write(&b, format, lang); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// someDays are calls of three days, one of them with 25 hours.
func someDays() Data {
	var f ledger.Figures
	start := time.Date(2026, 10, 24, 0, 0, 0, 0, rome)
	for i := range 300 {
		c := ledger.Fact{Call: ledger.Call{
			Started: start.Add(time.Duration(i) * 73 * time.Hour / 300), Language: []string{"it", "it", "de"}[i%3],
			Release: "0a1b2c3d4e5f", Topic: []string{"information", "report", ""}[i%3], Path: "welcome",
		}, District: []string{"06", "", "0471", ""}[i%4], Known: i%5 > 0, Before: -1, After: -1}
		c.Answered = c.Started.Add(400 * time.Millisecond)
		switch i % 10 {
		case 0, 1, 2, 3:
			c.Outcome, c.Path, c.Queued, c.QueueWait = string(flow.Served), "welcome>operator", true, time.Duration(i)*200*time.Millisecond
			c.Operator, c.Talk, c.WrapUp, c.Disposition = "op1", 4*time.Minute, 30*time.Second, "immediate"
			if i%3 == 0 {
				c.After = 48 * time.Hour
			}
		case 4:
			c.Outcome, c.Path, c.Queued, c.QueueWait = string(flow.AbandonedQueue), "welcome>operator", true, time.Duration(i)*100*time.Millisecond
		case 5:
			c.Outcome, c.Path, c.RescueNumber = string(flow.Redirected), "welcome>danger", "112"
		case 6:
			c.Outcome, c.Path = string(flow.Message), "welcome>operator>mailbox>goodbye"
		case 7:
			c.Outcome = string(flow.AbandonedMenu)
		default:
			c.Outcome, c.Path = string(flow.Informed), "welcome>information>flood>goodbye"
		}
		f.Count(c)
	}
	return Data{
		Calls: f, Matters: balance(),
		Staff: ledger.Staff{"offline": 40 * time.Hour, "ready": 10 * time.Hour, "talking": 8 * time.Hour, "wrap_up": time.Hour, "paused": time.Hour},
		Proofs: func(release string) (prompts.Proofs, bool) {
			return prompts.Proofs{Languages: []prompts.LanguageProofs{{Language: "it", Operator: prompts.Way{Seconds: 14.2}}}}, release == "0a1b2c3d4e5f"
		},
	}
}

// balance are the 17,300 requests of the line's first two years.
func balance() ledger.Matters {
	return ledger.Matters{Rescue: 346, Reopened: 12, Counts: []ledger.RequestCount{
		{Channel: "phone", Topic: "information", Language: "it", State: "closed", Disposition: "immediate", N: 11_300},
		{Channel: "phone", Topic: "report", Language: "it", State: "closed", Disposition: "in_depth", N: 1_700},
		{Channel: "phone", Topic: "report", Language: "de", State: "open", N: 148},
		{Channel: "web_form", Topic: "information", Language: "it", State: "closed", Disposition: "immediate", N: 3_578},
		{Channel: "e_mail", Topic: "information", Language: "en", State: "closed", Disposition: "in_depth", N: 549},
		{Channel: "message", Topic: "report", Language: "it", State: "in_progress", N: 25},
	}}
}

// What FIELD.md works out for A=1000, B=60, A20=860, B20=20.
func TestServiceLevels(t *testing.T) {
	f := ledger.Figures{
		All:       ledger.Sum{Answered: 1000, Abandoned: 60},
		Answered:  ledger.Waits{0: 400, 39: 400, 40: 60, 41: 100, 200: 40},
		Abandoned: ledger.Waits{10: 15, 40: 5, 41: 30, 90: 10},
	}
	for formula, want := range map[Formula]float64{SL1: 83.0, SL2: 86.0, SL3: 81.1, SL4: 82.7} {
		if got := formula.of(&f, 20*time.Second); !got.Known() || got.Number != want {
			t.Errorf("%s is %v, want %v", formula, got, want)
		}
		if got := formula.Level(0, 0, 0, 0); got.Known() {
			t.Errorf("%s of no call is %v, want no data", formula, got)
		}
		if back, err := ParseFormula(strings.ToLower(string(formula))); err != nil || back != formula {
			t.Errorf("%q is read as %q, %v", formula, back, err)
		}
		if !strings.HasPrefix(formula.String(), string(formula)+" = ") {
			t.Errorf("%q does not tell its name and formula", formula)
		}
	}
	if _, err := ParseFormula("SL5"); err == nil {
		t.Error("SL5 is taken for a formula")
	}
}

// The line's balance of 2013, in the words in which it was published.
func TestTheBalance(t *testing.T) {
	r := Make(options(), Data{Matters: balance()})
	for lang, want := range map[string]string{
		"en": "Requests: 17,300 · handled: 99% = 86% + 13% (at once + after in-depth work) · in progress: 1% · phone: 76% · belonged to the rescue numbers: 2%",
		"it": "Richieste: 17.300 · gestite: 99% = 86% + 13% (subito + dopo un approfondimento) · in lavorazione: 1% · telefono: 76% · di competenza dei numeri di soccorso: 2%",
	} {
		if got := r.headline(wordsFor(lang)); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestSharesAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.Int64Range(0, 20_000_000), 1, 12).Draw(t, "parts")
		decimals := rapid.IntRange(0, 2).Draw(t, "decimals")
		unit := math.Pow10(-decimals)
		got := Shares(parts, decimals)
		var whole int64
		for _, p := range parts {
			whole += p
		}
		if whole == 0 {
			if got != nil {
				t.Fatalf("shares of nothing: %v", got)
			}
			return
		}
		sum := 0.0
		for i, share := range got {
			sum += share
			if exact := 100 * float64(parts[i]) / float64(whole); math.Abs(share-exact) > unit {
				t.Fatalf("%d of %d is told as %v", parts[i], whole, share)
			}
		}
		if math.Abs(sum-100) > 1e-9 {
			t.Fatalf("%v add up to %v", got, sum)
		}
	})
	if d := cmp.Diff([]float64{86, 13, 1}, Shares([]int64{14_878, 2_249, 173}, 0)); d != "" {
		t.Error(d)
	}
}

// A period without anything tells of no percentage and no time.
func TestNoData(t *testing.T) {
	r := Make(options(), Data{})
	percentage := regexp.MustCompile(`[0-9]\s?%|[0-9] s\b`)
	for _, lang := range Languages() {
		var kept []string
		for line := range strings.Lines(write(t, r, "text", lang)) {
			// Explanations and names name thresholds.
			if !strings.HasPrefix(line, "  ") && !strings.HasPrefix(line, "≤") && !strings.HasPrefix(line, ">") && !strings.Contains(line, "20 s") {
				kept = append(kept, line)
			}
		}
		if found := percentage.FindAllString(strings.Join(kept, ""), -1); found != nil {
			t.Errorf("%s: figures of nothing: %q in\n%s", lang, found, strings.Join(kept, ""))
		}
	}
	for _, s := range r.Sheets {
		for _, row := range s.Rows {
			for i, v := range row.Values {
				if v.Unit == Percent || v.Unit == Seconds {
					t.Errorf("%s of %s in %s is %v, want no data", s.Columns[i], row.Key, s.Key, v)
				}
			}
		}
	}
	var read struct{ Sheets map[string][]map[string]any }
	if err := json.Unmarshal([]byte(write(t, r, "json", "en")), &read); err != nil {
		t.Fatal(err)
	}
	level := read.Sheets["desk"][5]
	if v, there := level["figure"]; level["key"] != "service_level" || !there || v != nil {
		t.Errorf("the service level of nothing is %v in JSON, want null", level)
	}
}

// Every text is there in every language, and none is there in vain.
func TestWordsAreComplete(t *testing.T) {
	it, en := italian(), english()
	if d := cmp.Diff(slices.Sorted(maps.Keys(en)), slices.Sorted(maps.Keys(it))); d != "" {
		t.Fatalf("the languages have different texts:\n%s", d)
	}
	used := map[string]bool{}
	for _, key := range []string{"title", "period", "made", "zone", "no_data", "nothing", "page", "data", "handled_line", "immediate_word", "in_depth_word"} {
		used[key] = true
	}
	long := options()
	long.To = long.From.AddDate(1, 0, 0)
	for _, r := range []Report{Make(options(), someDays()), Make(long, someDays())} {
		for _, s := range r.Sheets {
			used["sheet."+s.Key], used["head."+s.Key] = true, true
			for _, c := range s.Columns {
				used["column."+c] = true
			}
			for _, row := range s.Rows {
				if s.Named || row.Key == "all" {
					used["row."+row.Key], used["row."+s.Key+"."+row.Key] = true, true
				}
			}
			for _, note := range s.Notes {
				used[note] = true
			}
		}
	}
	for key := range used {
		if _, ok := en[key]; !ok && strings.Count(key, ".") < 2 {
			t.Errorf("there is no text for %s", key)
		}
		delete(en, key)
	}
	for key := range en {
		if !strings.HasPrefix(key, "row.none.") {
			t.Errorf("the text %s is used nowhere", key)
		}
	}
}

func TestGolden(t *testing.T) {
	r := Make(options(), someDays())
	for name, got := range map[string]string{
		"report.it.txt": write(t, r, "text", "it"), "report.en.txt": write(t, r, "text", "en"), "report.it.html": write(t, r, "html", "it"),
		"report.csv": write(t, r, "csv", ""), "report.json": write(t, r, "json", ""),
	} {
		path := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

// The hour that comes twice has the calls of both, and each call is in one hour and one day.
func TestHoursAndDays(t *testing.T) {
	var f ledger.Figures
	first := time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC) // 02:30, the first time
	for _, at := range []time.Time{first, first.Add(time.Hour), time.Date(2026, 10, 24, 22, 0, 0, 0, time.UTC)} {
		f.Count(ledger.Fact{Call: ledger.Call{Started: at, Outcome: "informed"}})
	}
	r := Make(options(), Data{Calls: f})
	if n := r.Sheet("by_hour").Value("02", "offered").Number; n != 2 {
		t.Errorf("%v calls between 2 and 3, want 2", n)
	}
	if n := r.Sheet("by_day").Value("2026-10-25", "offered").Number; n != 3 {
		t.Errorf("%v calls on the 25th, want 3", n)
	}
	if n := len(r.Sheet("by_day").Rows); n != 3 {
		t.Errorf("%d days, want 3", n)
	}
}

// The page can be read by a machine, every drawing has a name and a table with its figures, and nothing comes from
// elsewhere.
func TestPage(t *testing.T) {
	got := write(t, Make(options(), someDays()), "html", "it")
	dec := xml.NewDecoder(strings.NewReader(got))
	dec.Strict, dec.AutoClose, dec.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	count := map[string]int{}
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if el, ok := tok.(xml.StartElement); ok {
			count[el.Name.Local]++
		}
	}
	if count["svg"] < 4 || count["desc"] != count["svg"] || count["table"] < count["svg"] || count["caption"] != count["table"] {
		t.Errorf("drawings, tables: %v", count)
	}
	if len(regexp.MustCompile(`(?s)</figure>\s*<table>`).FindAllString(got, -1)) != count["svg"] {
		t.Error("a drawing has no table behind it")
	}
	for _, banned := range []string{"<script", "src=", "@import", "url("} {
		if strings.Contains(got, banned) {
			t.Errorf("the page has %s", banned)
		}
	}
}

// A topic named to hurt can not.
func TestNamesAreHarmless(t *testing.T) {
	var f ledger.Figures
	f.Count(ledger.Fact{Call: ledger.Call{Topic: `=cmd|'/c calc'!A0`, Path: "<script>alert(1)</script>", Outcome: "informed"}})
	r := Make(options(), Data{Calls: f})
	if page := write(t, r, "html", "it"); strings.Contains(page, "<script>") {
		t.Error("a name became a script")
	}
	rows, err := csv.NewReader(strings.NewReader(write(t, r, "csv", ""))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if row[0] == "by_topic" && row[1][0] != '\'' {
			t.Errorf("a cell begins with %q", row[1])
		}
	}
}

func TestUnknownFormat(t *testing.T) {
	r := Make(options(), Data{})
	if err := r.Write(io.Discard, "pdf", "it"); err == nil || !strings.Contains(fmt.Sprint(err), "text, html, csv, json") {
		t.Errorf("got %v", err)
	}
}
