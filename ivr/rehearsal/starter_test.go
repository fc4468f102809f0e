package rehearsal_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pronto/ivr/rehearsal"
	"pronto/prompts"
	"pronto/prompts/protezionecivile"
)

var update = flag.Bool("update", false, "write what the scripts give into their files")

// starter is the starter book with estimated lengths.
func starter(t testing.TB) *prompts.Release {
	t.Helper()
	book, faults := prompts.Load(protezionecivile.Starter(), "")
	for _, f := range faults {
		t.Fatal(f)
	}
	return prompts.Estimate(book)
}

func zone(t testing.TB) *time.Location {
	t.Helper()
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Fatal(err)
	}
	return rome
}

// TestStarterScripts: the calls that the starter book was written for go as written down.
func TestStarterScripts(t *testing.T) {
	files, err := filepath.Glob("../../prompts/protezionecivile/scripts/*.txtar")
	if err != nil || len(files) < 12 {
		t.Fatalf("%d scripts found: %v", len(files), err)
	}
	release := starter(t)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			script, err := rehearsal.ParseScript(file, data, zone(t))
			if err != nil {
				t.Fatal(err)
			}
			run, err := script.Run(release)
			if err != nil {
				t.Fatal(err)
			}
			if *update {
				if err := os.WriteFile(file, script.Updated(run), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := script.Diff(run); len(diff) > 0 || !script.Expects() {
				t.Errorf("go test ./ivr/rehearsal -update writes it anew\n%s", diff)
			}
		})
	}
}
