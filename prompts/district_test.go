package prompts

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The list of districts says what the library says, in every district and at every length.
func TestDistricts(t *testing.T) {
	for i := range 10_000 {
		begin := fmt.Sprintf("0%04d", i)
		if strings.HasPrefix(begin, "00") {
			continue // abroad
		}
		if number := begin + "2222"; District(number) != anyDistrict(number) {
			t.Errorf("District(%q) = %q, the library says %q", number, District(number), anyDistrict(number))
		}
	}
	for _, begin := range strings.Fields(districts[strings.Index(districts, "\n"):]) {
		for n := len(begin); n <= 11; n++ {
			if number := (begin + "23456789012")[:n]; District(number) != anyDistrict(number) {
				t.Errorf("District(%q) = %q, the library says %q", number, District(number), anyDistrict(number))
			}
		}
	}
}

// So it does of any number that a network may send.
func TestDistrictAsTheLibrary(t *testing.T) {
	number := rapid.StringMatching(`(\+|00|0|\+39|0039|39|\+3906|\+39069?|3|8|1)?[0-9]{0,11}`)
	rapid.Check(t, func(t *rapid.T) {
		n := number.Draw(t, "number")
		if got, want := District(n), anyDistrict(n); got != want {
			t.Errorf("District(%q) = %q, the library says %q", n, got, want)
		}
	})
}

func BenchmarkDistrict(b *testing.B) {
	for b.Loop() {
		District("0471413111")
	}
}
