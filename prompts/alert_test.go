package prompts

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestRenderAlert(t *testing.T) {
	book, engine := smallBook(), &fakeEngine{}
	book.Areas = map[string]Area{"sicilia": {Districts: []string{"091"}}}
	o := options(t, engine)
	raised := time.Date(2026, 11, 25, 10, 0, 0, 0, time.UTC)
	want := Alert{
		Areas: []string{"0471", "sicilia"}, Messages: map[string]string{"it": "Allerta rossa", "en": "Red alert"}, H24: true,
		Topics: []string{"information"}, Raised: raised, Expires: raised.Add(time.Hour),
	}
	a, err := RenderAlert(t.Context(), book, want, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"it", "en"} {
		clip := a.Clips[lang]
		for _, f := range formats {
			info, err := os.Stat(filepath.Join(o.OutDir, clip.File+f.ext))
			if err != nil || info.Size() == 0 {
				t.Errorf("%s%s: %v", lang, f.ext, err)
			}
		}
		if clip.Text != want.Messages[lang] || clip.Seconds <= 0 || clip.Key != KeyAlert {
			t.Errorf("clip %+v", clip)
		}
	}
	if diff := cmp.Diff([]string{"091"}, a.Districts); diff != "" || !a.Concerns(smallBook(), "091", "") || a.Concerns(smallBook(), "06", "") {
		t.Errorf("in a book that does not know the area (-want +got):\n%s", diff)
	}
	file := filepath.Join(t.TempDir(), "alert.json")
	if err := SaveAlert(file, a); err != nil {
		t.Fatal(err)
	}
	back, err := LoadAlert(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(a, back); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
	other := want
	other.Messages = map[string]string{"it": "Allerta arancione"}
	b, err := RenderAlert(t.Context(), book, other, o)
	if err != nil || b.ID == a.ID {
		t.Errorf("another message has the same id %s: %v", b.ID, err)
	}
	if _, err := os.Stat(filepath.Join(o.OutDir, a.Clips["it"].File+".alaw")); err != nil {
		t.Errorf("a call that hears the message before is cut: %v", err)
	}
	if clip, ok := b.Clip(book, "en"); !ok || clip.Text != "Allerta arancione" {
		t.Errorf("in a language without a message: %+v", clip)
	}
	for range 2 { // clearing what is clear is no fault
		if err := SaveAlert(file, nil); err != nil {
			t.Error(err)
		}
	}
	if a, err := LoadAlert(file); a != nil || err != nil {
		t.Errorf("after clearing: %+v, %v", a, err)
	}
}

func TestAlertThatCanNotBeSpoken(t *testing.T) {
	o := options(t, nil)
	if _, err := RenderAlert(t.Context(), smallBook(), Alert{Messages: map[string]string{"it": "Allerta"}}, o); err == nil {
		t.Error("an alert without sound was made")
	}
}

func TestLoadAlertDamaged(t *testing.T) {
	file := filepath.Join(t.TempDir(), "alert.json")
	if err := os.WriteFile(file, []byte(`{"id": "a`), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadAlert(file); err == nil || errors.Is(err, os.ErrNotExist) {
		t.Errorf("a damaged alert: %v", err)
	}
}

func TestAlertCheck(t *testing.T) {
	book := smallBook()
	book.Areas = map[string]Area{"sicilia": {Districts: []string{"091"}}}
	book.Topics = map[string]Topic{"information": {}}
	now := time.Now()
	good := func() Alert {
		return Alert{Messages: map[string]string{"it": "Allerta"}, Areas: []string{"sicilia", "0471"}, Topics: []string{"information"}, Raised: now}
	}
	for _, test := range []struct {
		change func(*Alert)
		want   []string
	}{
		{func(*Alert) {}, nil},
		{func(a *Alert) { a.Messages = map[string]string{"en": "Alert"} }, []string{`the message in "it" is missing`}},
		{func(a *Alert) { a.Messages["xx"] = "x" }, []string{`the line does not speak "xx"`}},
		{func(a *Alert) { a.Messages["it"] = strings.Repeat("a", maxText+1) }, []string{"more than 1500"}},
		{func(a *Alert) { a.Areas, a.Topics = []string{"sicily"}, []string{"informations"} }, []string{
			`there is no area "sicily": did you mean "sicilia"?`, `there is no topic "informations": did you mean "information"?`,
		}},
		{func(a *Alert) { a.Areas = []string{"471"} }, []string{`there is no area "471"`}},
		{func(a *Alert) { a.Expires = now }, []string{"ends before it begins"}},
	} {
		a := good()
		test.change(&a)
		err := a.Check(book)
		if (err == nil) != (test.want == nil) {
			t.Errorf("%+v: %v", a, err)
			continue
		}
		for _, want := range test.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("says %v, not %q", err, want)
			}
		}
	}
}

// TestPlanHasDigits: a book that reads digits back, or tells numbers, has the clips to do it.
func TestPlanHasDigits(t *testing.T) {
	book := tinyBook()
	book.Nodes["ask"] = Node{Name: "ask", Kind: KindAsk, Confirm: true}
	book.Directory = map[string]Office{"office": {Number: "0668201"}}
	texts := map[string]string{}
	for _, j := range plan(book) {
		texts[j.key] = j.text
	}
	if texts[DigitKey('7')] != "7" || texts[NumberKey("office")] != "0 6, 6 8, 2 0, 1" {
		t.Errorf("plan %v", texts)
	}
	for lang, want := range map[string]string{"it": "zero sei, sei otto, due zero, uno", "en": "zero six, six eight, two zero, one"} {
		if got := Spoken(lang, spaced("0668201")); got != want {
			t.Errorf("in %s it is spoken %q, want %q", lang, got, want)
		}
	}
}
