package prompts

import (
	"regexp"
	"strings"
)

func english() *tongue {
	return &tongue{
		cardinal: englishCardinal,
		digits:   []string{"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"},
		group: func(t *tongue, three string) string { // eight hundred, eight four zero
			if strings.HasSuffix(three, "00") && three[0] != '0' {
				return sayAmount(t, []string{three})
			}
			return strings.ReplaceAll(t.spell(three), ",", "")
		},
		rescue: map[string]string{"1515": "fifteen fifteen", "1518": "fifteen eighteen", "1530": "fifteen thirty"},
		clock:  englishClock,
		date: func(t *tongue, day, month, year int) string {
			said := "the " + englishOrdinal(day) + " of " + t.months[month-1]
			if year > 0 {
				said += " " + t.cardinal(year)
			}

			return said
		},
		months:    strings.Fields("January February March April May June July August September October November December"),
		always:    "twenty-four hours a day, seven days a week",
		point:     "point",
		thousands: ",",
		decimal:   ".",
		groups:    regexp.MustCompile(`^\d{1,3}([,]\d{3})+(\.\d+)?$`),
		abbreviations: abbreviated(
			`(?i)\bh ?24\b`, "twenty-four hours a day",
			`\b1 ?km\b`, "one kilometre", `(\d) ?km\b`, "$1 kilometres", `\bkm (\d)`, "kilometre $1", `\bkm\b`, "kilometres",
			`\b[Nn](?:o\.|\.|°|º) ?(\d)`, "number $1", `\b[Tt]el\. ?`, "telephone ",
			`€ ?(\d[\d.,]*\d|\d)`, "$1 euros", ` ?€`, " euros", `(\d) ?%`, "$1 percent",
		),
	}
}

// englishClock says the time by the twelve-hour clock with the part of the day: "18" alone is not said in English.
func englishClock(t *tongue, hour, minute int) string {
	switch {
	case hour%24 == 0 && minute == 0:
		return "midnight"
	case hour == 12 && minute == 0:
		return "noon"
	}
	said := t.cardinal((hour+11)%12 + 1)
	switch {
	case minute >= 10:
		said += " " + t.cardinal(minute)
	case minute > 0:
		said += " oh " + t.cardinal(minute)
	}
	switch {
	case hour%24 < 12:
		return said + " in the morning"
	case hour < 18:
		return said + " in the afternoon"
	default:
		return said + " in the evening"
	}
}

var (
	englishSmall = strings.Fields("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen")
	englishTens  = strings.Fields("- - twenty thirty forty fifty sixty seventy eighty ninety")
)

// englishCardinal says 0..999999.
func englishCardinal(n int) string {
	switch {
	case n < 20:
		return englishSmall[n]
	case n < 100:
		if n%10 == 0 {
			return englishTens[n/10]
		}
		return englishTens[n/10] + "-" + englishSmall[n%10]
	case n < 1000:
		said := englishSmall[n/100] + " hundred"
		if n%100 > 0 {
			said += " and " + englishCardinal(n%100)
		}
		return said
	default:
		said := englishCardinal(n/1000) + " thousand"
		switch rest := n % 1000; {
		case rest == 0:
			return said
		case rest < 100:
			return said + " and " + englishCardinal(rest)
		default:
			return said + " " + englishCardinal(rest)
		}
	}
}

// englishOrdinal says 1st to 31st.
func englishOrdinal(n int) string {
	irregular := map[int]string{
		1: "first", 2: "second", 3: "third", 5: "fifth", 8: "eighth", 9: "ninth", 12: "twelfth", 20: "twentieth", 30: "thirtieth",
	}
	if said, ok := irregular[n]; ok {
		return said
	}
	if n > 20 {
		return englishTens[n/10] + "-" + englishOrdinal(n%10)
	}
	return englishSmall[n] + "th"
}
