package ledger

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Fatalf("%s (-update writes it anew):\n%s", path, d)
	}
}

func seq(calls ...Call) iter.Seq2[Call, error] {
	return func(yield func(Call, error) bool) {
		for _, c := range calls {
			if !yield(c, nil) {
				return
			}
		}
	}
}

func samples() iter.Seq2[Call, error] {
	rome := time.FixedZone("CET", 3600)
	return seq(
		full(),
		Call{ID: "up", Line: "800840840", Switch: "pronto", Started: noon.In(rome), Caller: "+390612345"},
		Call{ID: "evil", Started: noon, Ended: noon, Caller: `=HYPERLINK("http://x";"y")`, Path: "+1+2", Detail: "-5", Topic: "@sum", Outcome: "failed", Cause: "\tx", EndedBy: "line\nbreak"},
	)
}

func TestCSV(t *testing.T) {
	var out bytes.Buffer
	if err := WriteCSV(&out, samples()); err != nil {
		t.Fatal(err)
	}
	golden(t, "calls.csv", out.Bytes())
	rows, err := csv.NewReader(&out).ReadAll()
	if err != nil || len(rows) != 4 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	const want = "call_id, line, switch, started_at, answered_at, ended_at, caller, language, release, path, topic, outcome, detail, rescue_number, queue_wait_s, operator, talk_s, wrapup_s, disposition, request, ended_by, cause"
	if got := strings.Join(rows[0], ", "); got != want {
		t.Fatalf("columns: %s", got)
	}
}

func TestJSON(t *testing.T) {
	var out bytes.Buffer
	if err := WriteJSON(&out, samples()); err != nil {
		t.Fatal(err)
	}
	golden(t, "calls.json", out.Bytes())
	var rows []map[string]any
	if err := json.Unmarshal(out.Bytes(), &rows); err != nil || len(rows) != 3 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	if len(rows[0]) != len(Columns()) || rows[0]["talk_s"] != 61.234 || rows[1]["ended_at"] != nil {
		t.Fatalf("got %v", rows[:2])
	}
	out.Reset()
	if err := WriteJSON(&out, seq()); err != nil || out.String() != "[]\n" {
		t.Fatalf("no calls: %q, %v", out.String(), err)
	}
}

func TestExportTellsReadErrors(t *testing.T) {
	broken := errors.New("broken")
	calls := func(yield func(Call, error) bool) { yield(Call{}, broken) }
	if err := WriteCSV(&bytes.Buffer{}, calls); !errors.Is(err, broken) {
		t.Errorf("CSV: %v", err)
	}
	if err := WriteJSON(&bytes.Buffer{}, calls); !errors.Is(err, broken) {
		t.Errorf("JSON: %v", err)
	}
}

func TestExportTellsWriteErrors(t *testing.T) {
	many := func(yield func(Call, error) bool) {
		for range 2000 {
			if !yield(full(), nil) {
				return
			}
		}
	}
	if err := WriteCSV(shut{}, many); !errors.Is(err, os.ErrClosed) {
		t.Errorf("CSV: %v", err)
	}
	if err := WriteJSON(shut{}, many); !errors.Is(err, os.ErrClosed) {
		t.Errorf("JSON: %v", err)
	}
}

type shut struct{}

func (shut) Write([]byte) (int, error) { return 0, os.ErrClosed }

func FuzzHarmless(f *testing.F) {
	for _, s := range []string{"", "+39061", "+1-2", "=1", "\r=1", "0612"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := harmless(s)
		if got == "" {
			return
		}
		plain := got[0] == '+' && strings.Trim(got[1:], "0123456789") == "" && len(got) > 1
		if strings.ContainsRune("=+-@\t\r\n", rune(got[0])) && !plain {
			t.Fatalf("%q became %q", s, got)
		}
	})
}
