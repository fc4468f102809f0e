package prompts

import (
	"regexp"
	"strings"
)

// tongues are the languages that Spoken knows.
var tongues = map[string]*tongue{"it": italian(), "en": english(), "de": german(), "fr": french(), "sl": slovene()}

func abbreviated(pairs ...string) []abbreviation {
	var list []abbreviation
	for i := 0; i+1 < len(pairs); i += 2 {
		list = append(list, abbreviation{regexp.MustCompile(pairs[i]), pairs[i+1]})
	}
	return list
}

func italian() *tongue {
	return &tongue{
		cardinal: italianCardinal,
		digits:   []string{"zero", "uno", "due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nove"},
		group: func(t *tongue, three string) string { // ottocento, ottocentoquaranta
			if three[0] == '0' {
				return t.spell(three)
			}
			return sayAmount(t, []string{three})
		},
		rescue: map[string]string{"1515": "quindici quindici", "1518": "quindici diciotto", "1530": "quindici trenta"},
		clock: func(t *tongue, hour, minute int) string {
			said := t.cardinal(hour)
			if hour == 1 {
				said = "una"
			}
			if minute > 0 {
				said += " e " + t.cardinal(minute)
			}
			return said
		},
		date: func(t *tongue, day, month, year int) string {
			said := t.cardinal(day)
			if day == 1 {
				said = "primo"
			}
			said += " " + t.months[month-1]
			if year > 0 {
				said += " " + t.cardinal(year)
			}
			return said
		},
		months:    strings.Fields("gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"),
		always:    "ventiquattro ore su ventiquattro, sette giorni su sette",
		point:     "virgola",
		thousands: ".",
		decimal:   ",",
		groups:    regexp.MustCompile(`^\d{1,3}(\.\d{3})+(\,\d+)?$`),
		abbreviations: abbreviated(
			`(?i)\bh ?24\b`, "ventiquattro ore su ventiquattro",
			`\b1 ?km\b`, "un chilometro", `(\d) ?km\b`, "$1 chilometri", `\bkm (\d)`, "chilometro $1", `\bkm\b`, "chilometri",
			`\b[Nn](?:\.|°|º) ?(\d)`, "numero $1", `\b[Nn]\. `, "numero ", `\b[Tt]el\. ?`, "telefono ",
			`€ ?(\d[\d.,]*\d|\d)`, "$1 euro", ` ?€`, " euro", `(\d) ?%`, "$1 per cento", `\becc\.`, "eccetera",
		),
	}
}

var (
	italianSmall = strings.Fields("zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici diciassette diciotto diciannove")
	italianTens  = strings.Fields("- - venti trenta quaranta cinquanta sessanta settanta ottanta novanta")
)

// italianCardinal says 0..999999. Tens lose their vowel before uno and otto, hundreds before otto and ottanta; a
// final tre takes its accent in compounds.
func italianCardinal(n int) string {
	said := italianBare(n)
	if n > 3 && strings.HasSuffix(said, "tre") {
		said = strings.TrimSuffix(said, "e") + "é"
	}
	return said
}

func italianBare(n int) string {
	switch {
	case n < 20:
		return italianSmall[n]
	case n < 100:
		tens, unit := italianTens[n/10], n%10
		switch unit {
		case 0:
			return tens
		case 1, 8:
			tens = tens[:len(tens)-1]
		}
		return tens + italianSmall[unit]
	case n < 1000:
		said := "cento"
		if n/100 > 1 {
			said = italianSmall[n/100] + said
		}
		rest := n % 100
		switch {
		case rest == 0:
			return said
		case rest == 8, rest/10 == 8:
			said = strings.TrimSuffix(said, "o")
		}
		return said + italianBare(rest)
	default:
		said := "mille"
		if n/1000 > 1 {
			said = italianBare(n/1000) + "mila"
		}
		if n%1000 == 0 {
			return said
		}
		return said + italianBare(n%1000)
	}
}
