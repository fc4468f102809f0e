package prompts_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pronto/prompts"
)

// TestTwinGolden holds the shape of /api/v1/line: programs depend on its names.
func TestTwinGolden(t *testing.T) {
	day := time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC) // a Wednesday
	book, _ := prompts.Load(os.DirFS("testdata/kinds"), "kinds")
	book.Desk.Hours = "office"
	r := prompts.Estimate(book).WithAlert(&prompts.Alert{
		ID: "a1b2c3d4e5f6", Areas: []string{"tyrol"}, Messages: map[string]string{"it": "Allerta rossa."}, H24: true,
		Raised: day.Add(8 * time.Hour), Expires: day.Add(32 * time.Hour),
	})
	got, err := json.MarshalIndent(prompts.TwinOf(r, false, day.Add(20*time.Hour)), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", "twin.json")
	if *update {
		if err := os.WriteFile(path, append(got, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)+"\n"); diff != "" {
		t.Errorf("(-want +got), -update writes it:\n%s", diff)
	}
}
