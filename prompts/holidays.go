package prompts

import (
	"maps"
	"slices"
	"time"
)

// calendars are the holidays that a book can name as a whole. A date of its own, as that of the patron saint, is
// written as month and day: [it, "06-29"].
var calendars = map[string]func(year int) []time.Time{
	"it":    italianHolidays,
	"it-bz": southTyroleanHolidays,
}

// sinceFrancis is the first year in which 4 October, Saint Francis, is a national holiday (law 151 of 2025).
const sinceFrancis = 2026

// italianHolidays are the days on which Italy does not work (law 260 of 1949 as it stands, law 336 of 2000 for
// 2 June, law 151 of 2025).
func italianHolidays(year int) []time.Time {
	easter := easterSunday(year)
	days := []time.Time{
		date(year, time.January, 1),
		date(year, time.January, 6),
		easter,
		easter.AddDate(0, 0, 1),
		date(year, time.April, 25),
		date(year, time.May, 1),
		date(year, time.June, 2),
		date(year, time.August, 15),
		date(year, time.November, 1),
		date(year, time.December, 8),
		date(year, time.December, 25),
		date(year, time.December, 26),
	}
	if year >= sinceFrancis {
		days = append(days, date(year, time.October, 4))
	}
	return days
}

// southTyroleanHolidays are the Italian ones and Whit Monday (presidential decree 354 of 1981).
func southTyroleanHolidays(year int) []time.Time {
	return append(italianHolidays(year), easterSunday(year).AddDate(0, 0, 50))
}

func date(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// easterSunday is the Gregorian computus in the form that Meeus, Jones and Butcher gave it. It holds for every year.
func easterSunday(year int) time.Time {
	moon := year % 19
	century, rest := year/100, year%100
	proemptosis := (century - (century+8)/25 + 1) / 3
	epact := (19*moon + century - century/4 - proemptosis + 15) % 30
	weekday := (32 + 2*(century%4) + 2*(rest/4) - epact - rest%4) % 7
	late := (moon + 11*epact + 22*weekday) / 451
	n := epact + weekday - 7*late + 114
	return date(year, time.Month(n/31), n%31+1)
}

// isHoliday says whether a day is one that name stands for: a calendar, a month and day, or a date.
func isHoliday(name string, day time.Time) bool {
	if days, ok := calendars[name]; ok {
		return slices.ContainsFunc(days(day.Year()), func(d time.Time) bool {
			return d.Month() == day.Month() && d.Day() == day.Day()
		})
	}
	return name == day.Format(time.DateOnly) || name == day.Format(monthDay)
}

// monthDay is how a day of every year is written.
const monthDay = "01-02"

// possibleHoliday says whether a name can be a holiday at all. 2000 is a leap year: 29 February is possible.
func possibleHoliday(name string) bool {
	if _, ok := calendars[name]; ok {
		return true
	}
	if _, err := time.Parse(time.DateOnly, name); err == nil {
		return true
	}
	_, err := time.Parse(time.DateOnly, "2000-"+name)
	return err == nil && len(name) == len(monthDay)
}

func calendarNames() []string { return slices.Sorted(maps.Keys(calendars)) }
