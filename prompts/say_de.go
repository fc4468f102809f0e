package prompts

import (
	"regexp"
	"strconv"
	"strings"
)

func german() *tongue {
	months := strings.Fields("Januar Februar März April Mai Juni Juli August September Oktober November Dezember")
	return &tongue{
		cardinal: germanCardinal,
		digits:   []string{"null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"},
		group: func(t *tongue, three string) string { // achthundert, achthundertvierzig
			if three[0] == '0' {
				return t.spell(three)
			}
			return sayAmount(t, []string{three})
		},
		rescue: map[string]string{"1515": "fünfzehn fünfzehn", "1518": "fünfzehn achtzehn", "1530": "fünfzehn dreißig"},
		clock: func(t *tongue, hour, minute int) string {
			said := t.cardinal(hour)
			if hour == 1 {
				said = "ein"
			}
			said += " Uhr"
			if minute > 0 {
				said += " " + t.cardinal(minute)
			}
			return said
		},
		date: func(t *tongue, day, month, year int) string { // am sechsten November
			said := germanOrdinal(day) + "n " + t.months[month-1]
			if year > 0 {
				said += " " + t.cardinal(year)
			}
			return said
		},
		months:    months,
		always:    "rund um die Uhr, sieben Tage die Woche",
		point:     "Komma",
		thousands: ".",
		decimal:   ",",
		groups:    regexp.MustCompile(`^\d{1,3}(\.\d{3})+(\,\d+)?$`),
		abbreviations: abbreviated(
			`(?i)\bh ?24\b`, "rund um die Uhr", `\b(\d{1,2}[:.]\d{2}) ?Uhr\b`, "$1",
			`(\d) ?km\b`, "$1 Kilometer", `\bkm (\d)`, "Kilometer $1", `\bkm\b`, "Kilometer",
			`\b(?:Nr|nr|N|n)(?:\.|°|º) ?(\d)`, "Nummer $1", `\bNr\. `, "Nummer ", `\b[Tt]el\. ?`, "Telefon ",
			`€ ?(\d[\d.,]*\d|\d)`, "$1 Euro", ` ?€`, " Euro", `(\d) ?%`, "$1 Prozent",
			`\bz\. ?B\.`, "zum Beispiel", `\busw\.`, "und so weiter", `\bbzw\.`, "beziehungsweise", `\bca\. `, "circa ",
			`(^|[^\d.,])1 (Kilometer|Euro|Uhr|Tag|Monat|Anruf)\b`, "${1}ein $2", `(^|[^\d.,])1 (Stunde|Minute|Nachricht|Woche)\b`, "${1}eine $2",
			`\b(\d{1,2})\. ?(\d{1,2})\. ?(\d{4})\b`, "$1/$2/$3",
		),
		own: []pattern{{
			regexp.MustCompile(`(\b[Dd]er )?\b(\d{1,2})\. ?(` + strings.Join(months, "|") + `)\b`),
			func(_ *tongue, m []string) string { // der sechste, am sechsten November
				day, _ := strconv.Atoi(m[2])
				if day < 1 || day > 31 {
					return ""
				}
				if m[1] == "" {
					return germanOrdinal(day) + "n " + m[3]
				}
				return m[1] + germanOrdinal(day) + " " + m[3]
			},
		}},
	}
}

var (
	germanSmall = strings.Fields("null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn")
	germanTens  = strings.Fields("- - zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig")
)

// germanCardinal says 0..999999. A final ein is eins.
func germanCardinal(n int) string {
	said := germanBare(n)
	if n%100 == 1 {
		said += "s"
	}
	return said
}

func germanBare(n int) string {
	rest := ""
	switch {
	case n < 20:
		return germanSmall[n]
	case n < 100:
		if n%10 > 0 {
			rest = germanSmall[n%10] + "und"
		}
		return rest + germanTens[n/10]
	case n < 1000:
		if n%100 > 0 {
			rest = germanBare(n % 100)
		}
		return germanSmall[n/100] + "hundert" + rest
	case n < 2000:
		if n%1000 > 0 {
			rest = germanBare(n % 1000)
		}
		return "tausend" + rest
	default:
		if n%1000 > 0 {
			rest = germanBare(n % 1000)
		}
		return germanBare(n/1000) + "tausend" + rest
	}
}

// germanOrdinal says 1. to 31. as der says it: erste.
func germanOrdinal(n int) string {
	switch n {
	case 1:
		return "erste"
	case 3:
		return "dritte"
	case 7:
		return "siebte"
	case 8:
		return "achte"
	}
	if n < 20 {
		return germanBare(n) + "te"
	}
	return germanBare(n) + "ste"
}
