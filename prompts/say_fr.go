package prompts

import (
	"regexp"
	"strconv"
	"strings"
)

func french() *tongue {
	months := strings.Fields("janvier février mars avril mai juin juillet août septembre octobre novembre décembre")
	return &tongue{
		cardinal: frenchCardinal,
		digits:   []string{"zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf"},
		group: func(t *tongue, three string) string { // huit cents, huit cent quarante
			if three[0] == '0' {
				return t.spell(three)
			}
			return sayAmount(t, []string{three})
		},
		// In French the short numbers are said whole: le cent douze.
		rescue: map[string]string{
			"112": "cent douze", "113": "cent treize", "115": "cent quinze", "117": "cent dix-sept", "118": "cent dix-huit",
			"1515": "quinze quinze", "1518": "quinze dix-huit", "1530": "quinze trente",
		},
		clock: frenchClock,
		date: func(t *tongue, day, month, year int) string {
			said := t.cardinal(day)
			if day == 1 {
				said = "premier"
			}
			said += " " + t.months[month-1]
			if year > 0 {
				said += " " + t.cardinal(year)
			}
			return said
		},
		months:    months,
		always:    "vingt-quatre heures sur vingt-quatre, sept jours sur sept",
		point:     "virgule",
		thousands: ".",
		decimal:   ",",
		groups:    regexp.MustCompile(`^\d{1,3}(\.\d{3})+(\,\d+)?$`),
		abbreviations: abbreviated(
			`(?i)\bh ?24\b|\b24 ?h ?(?:/|sur) ?24\b`, "vingt-quatre heures sur vingt-quatre", `(?i)\b7 ?j ?(?:/|sur) ?7\b`, "sept jours sur sept",
			`\b(\d{1,2}) ?[hH] ?(\d{2})\b`, "$1:$2", `\b(\d{1,2}) ?h\b`, "$1:00",
			`(^|[^\d.,])1 ?km\b`, "${1}un kilomètre", `(\d) ?km\b`, "$1 kilomètres", `\bkm (\d)`, "kilomètre $1", `\bkm\b`, "kilomètres",
			`\b[Nn](?:\.|°|º|o) ?(\d)`, "numéro $1", `\b[Nn][°º] `, "numéro ", `\b[Tt][ée]l\. ?`, "téléphone ",
			`(^|[^\d.,])1 ?€`, "${1}un euro", `€ ?(\d[\d.,]*\d|\d)`, "$1 euros", ` ?€`, " euros", `(\d) ?%`, "$1 pour cent", `\betc\.`, "et cetera",
			`(^|[^\d.,])1 (heure|minute|personne)\b`, "${1}une $2",
			`\b1er\b`, "premier", `\b1(?:re|ère)\b`, "première", `(^|\D)1 (`+strings.Join(months, "|")+`)\b`, "${1}premier $2",
		),
		own: []pattern{{
			regexp.MustCompile(`\b(\d{1,3})(?:ème|è|e\b)`),
			func(_ *tongue, m []string) string {
				n, _ := strconv.Atoi(m[1])
				return frenchOrdinal(n)
			},
		}},
	}
}

func frenchClock(t *tongue, hour, minute int) string {
	said := t.cardinal(hour)
	switch {
	case hour%24 == 0 && minute == 0:
		return "minuit"
	case hour == 12 && minute == 0:
		return "midi"
	case hour%10 == 1 && hour != 11:
		said += "e" // une heure, vingt et une heures
	}
	said += " heure"
	if hour > 1 {
		said += "s"
	}
	if minute > 0 {
		said += " " + t.cardinal(minute)
	}
	return said
}

var (
	frenchSmall = strings.Fields("zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf")
	frenchTens  = strings.Fields("- - vingt trente quarante cinquante soixante soixante quatre-vingt quatre-vingt")
)

// frenchCardinal says 0..999999. Vingt and cent take an s where they are multiplied and nothing follows.
func frenchCardinal(n int) string {
	said := frenchBare(n)
	if rest := n % 100; rest == 80 || rest == 0 && n%1000 >= 200 {
		said += "s"
	}
	return said
}

func frenchBare(n int) string {
	switch {
	case n < 20:
		return frenchSmall[n]
	case n < 100:
		return frenchTen(n)
	case n < 1000:
		said := "cent"
		if n/100 > 1 {
			said = frenchSmall[n/100] + " cent"
		}
		if n%100 > 0 {
			said += " " + frenchBare(n%100)
		}
		return said
	default:
		said := "mille"
		if n/1000 > 1 {
			said = frenchBare(n/1000) + " mille"
		}
		if n%1000 > 0 {
			said += " " + frenchBare(n%1000)
		}
		return said
	}
}

// frenchTen says 20..99: soixante et onze, but quatre-vingt-onze.
func frenchTen(n int) string {
	tens, unit := n/10, n%10
	if tens == 7 || tens == 9 {
		unit += 10
	}
	switch {
	case unit == 0:
		return frenchTens[tens]
	case (unit == 1 || unit == 11) && tens < 8:
		return frenchTens[tens] + " et " + frenchSmall[unit]
	default:
		return frenchTens[tens] + "-" + frenchSmall[unit]
	}
}

func frenchOrdinal(n int) string {
	said := frenchBare(n)
	switch {
	case n == 0:
		return ""
	case n == 1:
		return "premier"
	case strings.HasSuffix(said, "cinq"):
		said += "u"
	case strings.HasSuffix(said, "neuf"):
		said = strings.TrimSuffix(said, "f") + "v"
	}
	return strings.TrimSuffix(said, "e") + "ième"
}
