package wording

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFromEnv(t *testing.T) {
	for _, tt := range []struct {
		env  map[string]string
		want Language
	}{
		{nil, English},
		{map[string]string{"LANG": "it_IT.UTF-8"}, Italian},
		{map[string]string{"LANG": "it"}, Italian},
		{map[string]string{"LANG": "it.UTF-8"}, Italian},
		{map[string]string{"LANG": "de_DE.UTF-8"}, English},
		{map[string]string{"LANG": "C.UTF-8"}, English},
		{map[string]string{"LANG": "ital"}, English},
		{map[string]string{"LANG": "it_IT.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, English},
		{map[string]string{"LANG": "it_IT.UTF-8", "LC_ALL": "C"}, English},
		{map[string]string{"LANG": "en_GB.UTF-8", "LC_ALL": "it_CH"}, Italian},
	} {
		if got := FromEnv(func(name string) string { return tt.env[name] }); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.env, got, tt.want)
		}
	}
}

// TestSentence: sentences within sentences, numbers and errors are put into words with what they stand in.
func TestSentence(t *testing.T) {
	inner := Errorf("the file holds no audio: %w", io.ErrUnexpectedEOF)
	for _, tt := range []struct {
		say     Sentence
		en, itl string
	}{
		{Say("%s lacks %s", Say("node %s", "a"), "then"), "node a lacks then", "nodo a: manca then"},
		{Say("it has a pause of %s s", Tenths(2.25)), "it has a pause of 2.2 s", "ha una pausa di 2,2 s"},
		{Say("menu %s speaks for %s s in %s, more than %d", "m", Tenths(21), "it", 20), "menu m speaks for 21.0 s in it, more than 20", "il menu m parla per 21,0 s (lingua it), più di 20"},
		{Say("%s%% of it is cut off at full scale", Fixed(3, 0)), "3% of it is cut off at full scale", "il 3% è tagliato al fondo scala"},
		{Say("it can not be read: %v", inner), "it can not be read: the file holds no audio: unexpected EOF", "non si può leggere: il file non contiene audio: unexpected EOF"},
		{Name("100% a"), "100% a", "100% a"},
		{Sentence{}, "", ""},
	} {
		if got := tt.say.String(); got != tt.en {
			t.Errorf("English (-want +got):\n%s", cmp.Diff(tt.en, got))
		}
		if got := tt.say.In(Italian); got != tt.itl {
			t.Errorf("Italian (-want +got):\n%s", cmp.Diff(tt.itl, got))
		}
		data, err := json.Marshal(tt.say)
		if err != nil {
			t.Fatal(err)
		}
		var back Sentence
		if err := json.Unmarshal(data, &back); err != nil {
			t.Fatalf("%s: %v", data, err)
		}
		if en, itl := back.String(), back.In(Italian); en != tt.en || itl != tt.itl {
			t.Errorf("after %s: %q, %q", data, en, itl)
		}
	}
	var plain Sentence
	if err := json.Unmarshal([]byte(`"as older files have it: 5%"`), &plain); err != nil || plain.String() != "as older files have it: 5%" {
		t.Errorf("%q %v", plain, err)
	}
}

func TestErrors(t *testing.T) {
	sentinel := Errorf("this release is in service already")
	err := Errorf("publish release %s: %w", "x", sentinel)
	if !errors.Is(err, sentinel) || errors.Is(err, Errorf("this release is in service already")) {
		t.Error("errors.Is does not find the sentinel, or finds another")
	}
	if got, want := err.Error(), "publish release x: this release is in service already"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	joined := fmt.Errorf("in a file: %w", errors.Join(err, errors.New("disk")))
	for want, err := range map[string]error{
		"il rilascio x non si può pubblicare: questo rilascio è già in linea":       err,
		"il rilascio x non si può pubblicare: questo rilascio è già in linea\ndisk": errors.Join(err, errors.New("disk")),
		"/nowhere: il file o la cartella non esiste":                                &fs.PathError{Op: "open", Path: "/nowhere", Err: syscall.ENOENT},
		joined.Error(): joined, // what has no Italian is told whole in English
	} {
		if got := Tell(Italian, err); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
