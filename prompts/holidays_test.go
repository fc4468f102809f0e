package prompts

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestEaster: the dates as the churches publish them, and the earliest and latest possible.
func TestEaster(t *testing.T) {
	for _, want := range []string{
		"2024-03-31", "2025-04-20", "2026-04-05", "2027-03-28", "2028-04-16", "2029-04-01", "2030-04-21",
		"1818-03-22", "1943-04-25", "2038-04-25", "1954-04-18", "1981-04-19", "2049-04-18", "2076-04-19", "2285-03-22",
	} {
		day, err := time.Parse(time.DateOnly, want)
		if err != nil {
			t.Fatal(err)
		}
		if got := easterSunday(day.Year()).Format(time.DateOnly); got != want {
			t.Errorf("Easter is on %s, want %s", got, want)
		}
	}
}

// TestHolidays counts whole years day by day, so that a day too many shows as well as one too few.
func TestHolidays(t *testing.T) {
	const fixed = "01-01 01-06 04-25 05-01 06-02 08-15 11-01 12-08 12-25 12-26"
	for year, moving := range map[int]struct{ easter, monday, whit, francis string }{
		2024: {"03-31", "04-01", "05-20", ""},
		2025: {"04-20", "04-21", "06-09", ""},
		2026: {"04-05", "04-06", "05-25", "10-04"},
		2027: {"03-28", "03-29", "05-17", "10-04"},
		2028: {"04-16", "04-17", "06-05", "10-04"},
		2029: {"04-01", "04-02", "05-21", "10-04"},
		2030: {"04-21", "04-22", "06-10", "10-04"},
	} {
		want := map[string]bool{moving.easter: true, moving.monday: true}
		for _, day := range strings.Fields(fixed + " " + moving.francis) {
			want[day] = true
		}
		if diff := cmp.Diff(want, holidaysOf("it", year)); diff != "" {
			t.Errorf("it %d (-want +got):\n%s", year, diff)
		}
		want[moving.whit] = true
		if diff := cmp.Diff(want, holidaysOf("it-bz", year)); diff != "" {
			t.Errorf("it-bz %d (-want +got):\n%s", year, diff)
		}
		if diff := cmp.Diff(map[string]bool{"06-29": true}, holidaysOf("06-29", year)); diff != "" {
			t.Errorf("06-29 %d (-want +got):\n%s", year, diff)
		}
	}
	if diff := cmp.Diff(map[string]bool{"12-24": true}, holidaysOf("2026-12-24", 2026)); diff != "" {
		t.Errorf("a date (-want +got):\n%s", diff)
	}
	if days := holidaysOf("2026-12-24", 2027); len(days) > 0 {
		t.Errorf("a date of 2026 in 2027: %v", days)
	}
}

func holidaysOf(name string, year int) map[string]bool {
	days := map[string]bool{}
	for day := date(year, time.January, 1); day.Year() == year; day = day.AddDate(0, 0, 1) {
		if isHoliday(name, day.Add(13*time.Hour)) {
			days[day.Format(monthDay)] = true
		}
	}
	return days
}

func TestPossibleHoliday(t *testing.T) {
	for name, want := range map[string]bool{
		"it": true, "it-bz": true, "06-29": true, "02-29": true, "2026-12-24": true,
		"": false, "IT": false, "de": false, "6-29": false, "02-30": false, "2026-02-29": false, "29/06": false,
	} {
		if got := possibleHoliday(name); got != want {
			t.Errorf("possibleHoliday(%q) = %v", name, got)
		}
	}
}
