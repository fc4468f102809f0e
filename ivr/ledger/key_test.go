package ledger

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// The secret is made once, whoever comes at the same time, and nobody else may read it.
func TestKeyIsMadeOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", keyFile)
	var group sync.WaitGroup
	ids := make([]string, 8)
	for i := range ids {
		group.Go(func() {
			k, err := loadKeys(path)
			if err != nil {
				t.Error(err)
			}
			ids[i] = k.id
		})
	}
	group.Wait()
	for _, id := range ids {
		if id == "" || id != ids[0] {
			t.Fatalf("several secrets: %v", ids)
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v, want mode 0600", info, err)
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("%v left behind, %v", left, err)
	}
	if err := os.WriteFile(path, []byte("short\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := loadKeys(path); err == nil || !strings.Contains(err.Error(), "backup") {
		t.Errorf("got %v", err)
	}
}

// A caller has one key however the network writes his number, and no other caller has it.
func TestCallersKeys(t *testing.T) {
	k, err := loadKeys(filepath.Join(t.TempDir(), keyFile))
	if err != nil {
		t.Fatal(err)
	}
	one := k.caller("+390612345")
	for _, same := range []string{"0612345", "06 12345", "00390612345"} {
		if k.caller(same) != one {
			t.Errorf("%s is another caller", same)
		}
	}
	for _, other := range []string{"+390612346", "06123456", "112"} {
		if got := k.caller(other); got == one || got == "" {
			t.Errorf("%s has the key %q", other, got)
		}
	}
	for _, none := range []string{"", "anonymous", "+", "sip:mario@example.org", "12"} {
		if got := k.caller(none); got != "" {
			t.Errorf("%q has the key %q", none, got)
		}
	}
	if strings.Contains(one, "12345") {
		t.Error("the key tells the number")
	}
}
