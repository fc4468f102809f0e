package ledger

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func testCipher(t testing.TB, key string) codeCipher {
	t.Helper()
	c, err := newCodeCipher([]byte(key))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The standard's own example and those of python-stdnum's documentation.
func TestCheckDigit(t *testing.T) {
	for digits, want := range map[string]byte{"0794": '5', "79462": '3', "00200667308": '5'} {
		if got, ok := checkDigit(digits); !ok || got != want {
			t.Errorf("%s: check digit %q (%v), want %q", digits, got, ok, want)
		}
	}
	for _, bad := range []string{"", "1234567", "123456789", "1234567a", "1234 567", "١٢٣٤٥٦٧٨", "-1234567"} {
		if ValidCode(bad) {
			t.Errorf("%q counts as a code", bad)
		}
	}
}

// A wrong digit is always found; two neighbours that have changed places nearly always.
func TestCheckDigitFindsMistakes(t *testing.T) {
	c := testCipher(t, "0123456789abcdef")
	swaps, missed := 0, 0
	for n := range 2000 {
		code := c.code(n)
		if !ValidCode(code) {
			t.Fatalf("%s is not valid", code)
		}
		for i := range code {
			for d := byte('0'); d <= '9'; d++ {
				if d != code[i] && ValidCode(code[:i]+string(d)+code[i+1:]) {
					t.Fatalf("%s with a %c at %d is valid", code, d, i)
				}
			}
			if i > 0 && code[i-1] != code[i] {
				swaps++
				if ValidCode(code[:i-1] + string(code[i]) + string(code[i-1]) + code[i+1:]) {
					missed++
				}
			}
		}
	}
	if missed*100 > 3*swaps {
		t.Errorf("%d of %d swaps of neighbours are not found", missed, swaps)
	}
}

// Every number has a code of its own, and the next code can not be told from those before.
func TestCodesAreDistinctAndScattered(t *testing.T) {
	c := testCipher(t, "fedcba9876543210")
	seen := make(map[string]bool, 200_000)
	near := 0
	last := ""
	for n := range 200_000 {
		code := c.code(n)
		if seen[code] {
			t.Fatalf("%s twice", code)
		}
		seen[code] = true
		if last != "" && code[:3] == last[:3] {
			near++
		}
		last = code
	}
	if near > 400 { // one in a thousand by chance
		t.Errorf("%d of 200,000 neighbours begin alike", near)
	}
	rapid.Check(t, func(rt *rapid.T) {
		a := rapid.IntRange(0, codes-1).Draw(rt, "a")
		b := rapid.IntRange(0, codes-1).Draw(rt, "b")
		if (c.code(a) == c.code(b)) != (a == b) {
			rt.Fatalf("%d and %d: %s and %s", a, b, c.code(a), c.code(b))
		}
	})
	if testCipher(t, "0123456789abcdef").code(1) == c.code(1) {
		t.Error("the key does not matter")
	}
}

// takeCodes takes n codes, none of which was given out before.
func takeCodes(t *testing.T, l *Ledger, n int, seen map[string]bool) {
	t.Helper()
	for i := range n {
		code := l.NewCode()
		if code == "" {
			t.Fatalf("no code after %d of %d", i, n)
		}
		if !ValidCode(code) || seen[code] {
			t.Fatalf("code %q is wrong, or was given out before", code)
		}
		seen[code] = true
		l.write(false) // the writer fills the hand in between
	}
}

// Whatever a ledger goes through, no code is given out twice: killed, closed, the database away or restored.
func TestNoCodeTwice(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		dir := t.TempDir()
		seen := map[string]bool{}
		l := k.open(t, dir)
		takeCodes(t, l, 300, seen)
		kill(l)
		l = k.open(t, dir)
		takeCodes(t, l, 300, seen)
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		before := size(l.codes.store.Spans)
		l = k.open(t, dir)
		takeCodes(t, l, 3, seen)
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		if lost := before - size(l.codes.store.Spans); lost != 3 {
			t.Errorf("%d codes are gone for 3 that were given out", lost)
		}

		k.takeAway(t, l) // the reserve lasts, and a start without the database has it too
		if !k.postgres {
			if err := os.Mkdir(l.opts.Path, 0o700); err != nil {
				t.Fatal(err)
			}
		}
		l = k.open(t, dir)
		wantFault(t, l, "the ledger "+l.db.String())
		takeCodes(t, l, storeLeast, seen)
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		if !k.postgres {
			remove(t, l.opts.Path)
		}
		k.bringBack(t, l)

		// A backup is put back: its counter is behind.
		if _, err := raw(t, l.opts.Path).Exec(`UPDATE counters SET next = 10000`); err != nil {
			t.Fatal(err)
		}
		l = k.open(t, dir)
		takeCodes(t, l, storeBlock, seen)
		l.codes.store.High, l.codes.store.Spans = codes, nil
		l.write(false)
		for l.NewCode() != "" {
			l.write(false)
		}
		if _, err := l.OpenRequest(Request{Channel: ChannelPhone}, "", "op1"); !errors.Is(err, ErrNoCodes) {
			t.Errorf("all codes are used up: %v", err)
		}
	})
}

// Two controllers take turns at one database, each with a reserve of its own.
func TestCodesOfTwoControllers(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		dir := t.TempDir()
		seen := map[string]bool{}
		for i := range 6 {
			o := k.options(t, dir)
			o.SpoolDir = filepath.Join(dir, fmt.Sprint("controller", i%2))
			l, err := Open(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			takeCodes(t, l, 100, seen)
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestDamagedStoreOfCodes(t *testing.T) {
	dir := t.TempDir()
	put(t, mkdirFor(t, dir+"/spool/codes.json"), []byte(`{"key":"00`))
	l := open(t, dir)
	if code := l.NewCode(); !ValidCode(code) {
		t.Fatalf("code %q", code)
	}
	data, err := os.ReadFile(dir + "/spool/codes.json")
	if err != nil || !strings.Contains(string(data), `"spans"`) {
		t.Fatalf("%s, %v", data, err)
	}
}

func BenchmarkNewCode(b *testing.B) {
	s := &stock{cipher: testCipher(b, "0123456789abcdef"), hand: []block{{0, codes}}, size: handMost}
	b.ReportAllocs()
	for b.Loop() {
		if code, _ := s.next(); code == "" {
			s.hand = []block{{0, codes}}
		}
	}
}

func ExampleValidCode() {
	fmt.Println(ValidCode("00000007"), ValidCode("00000070"))
	// Output: true false
}
