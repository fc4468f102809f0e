package prompts

import (
	"regexp"
	"strconv"
	"strings"
)

// slovene: a time of day takes the case that follows ob, od and do (ob devetih), a date that which tells when
// something happens (šestega novembra), and what is counted follows its number.
func slovene() *tongue {
	months := strings.Fields("januarja februarja marca aprila maja junija julija avgusta septembra oktobra novembra decembra")
	return &tongue{
		cardinal: sloveneCardinal,
		digits:   []string{"nič", "ena", "dva", "tri", "štiri", "pet", "šest", "sedem", "osem", "devet"},
		group: func(t *tongue, three string) string { // osemsto, osemsto štirideset
			if three[0] == '0' {
				return t.spell(three)
			}
			return sayAmount(t, []string{three})
		},
		rescue: map[string]string{"1515": "petnajst petnajst", "1518": "petnajst osemnajst", "1530": "petnajst trideset"},
		clock:  sloveneClock,
		date: func(t *tongue, day, month, year int) string {
			said := sloveneOrdinal(day) + "ega " + t.months[month-1]
			if year > 0 {
				said += " " + t.cardinal(year)
			}
			return said
		},
		months:    months,
		always:    "štiriindvajset ur na dan, sedem dni v tednu",
		point:     "celih",
		thousands: ".",
		decimal:   ",",
		groups:    regexp.MustCompile(`^\d{1,3}(\.\d{3})+(\,\d+)?$`),
		abbreviations: abbreviated(
			`(?i)\bh ?24\b`, "štiriindvajset ur na dan", `\bkm (\d)`, "kilometer $1",
			`(^|\PL)[Šš]t\. ?(\d)`, "${1}številka $2", `\b[Nn](?:\.|°|º) ?(\d)`, "številka $1", `(^|\PL)[Šš]t\. `, "${1}številka ", `\b[Tt]el\. ?`, "telefon ",
			`€ ?(\d[\d.,]*\d|\d)`, "$1 €", `\bitd\.`, "in tako naprej", `\bnpr\.`, "na primer", `\boz\.`, "oziroma",
			`\b(\d{1,2})\. ?(\d{1,2})\. ?(\d{4})\b`, "$1/$2/$3",
		),
		own: []pattern{
			{regexp.MustCompile(`\b(\d{1,2})\. ?(` + strings.Join(months, "|") + `)\b`), func(_ *tongue, m []string) string {
				return sloveneNth(m[1], "ega "+m[2])
			}},
			{regexp.MustCompile(`\b(\d{1,2})\. ?ur(i|e)\b`), func(_ *tongue, m []string) string { // ob deveti uri, do devete ure
				return sloveneNth(m[1], m[2]+" ur"+m[2])
			}},
			{regexp.MustCompile(`\b(\d+(?:[.,]\d+)*) ?(km\b|€|%)`), sloveneCounted},
			{regexp.MustCompile(`\bkm\b|€|%`), func(_ *tongue, m []string) string { return sloveneUnits[m[0]][3] }},
			{regexp.MustCompile(`\b(\d{1,6}),(\d+)\b`), func(t *tongue, m []string) string { // dve celi pet
				whole, _ := strconv.Atoi(m[1])
				said := t.cardinal(whole)
				if whole%100 == 2 {
					said = strings.TrimSuffix(said, "a") + "e"
				}
				return said + " " + sloveneForm(whole, []string{"cela", "celi", "cele", "celih"}) + " " + t.number(m[2])
			}},
		},
	}
}

// sloveneUnits are one, two, three or four, and more of them.
var sloveneUnits = map[string][]string{
	"km": {"kilometer", "kilometra", "kilometre", "kilometrov"},
	"€":  {"evro", "evra", "evre", "evrov"},
	"%":  {"odstotek", "odstotka", "odstotke", "odstotkov"},
}

// sloveneForm chooses among the forms for one, two, three or four, and more.
func sloveneForm(n int, forms []string) string {
	switch n % 100 {
	case 1:
		return forms[0]
	case 2:
		return forms[1]
	case 3, 4:
		return forms[2]
	default:
		return forms[3]
	}
}

// sloveneCounted says a number with its unit. After decimals it is that of the fraction: tri cele pet kilometra.
func sloveneCounted(t *tongue, m []string) string {
	forms := sloveneUnits[m[2]]
	n, err := strconv.Atoi(m[1])
	switch {
	case err != nil && strings.Contains(m[1], ","):
		return m[1] + " " + forms[1] // the number is said by the patterns that follow
	case err != nil || n > 999_999:
		return m[1] + " " + forms[3]
	case n == 1:
		return "en " + forms[0]
	default:
		return t.cardinal(n) + " " + sloveneForm(n, forms)
	}
}

var (
	sloveneSmall = strings.Fields("nič ena dva tri štiri pet šest sedem osem devet deset enajst dvanajst trinajst štirinajst petnajst šestnajst sedemnajst osemnajst devetnajst")
	sloveneTens  = strings.Fields("- - dvajset trideset štirideset petdeset šestdeset sedemdeset osemdeset devetdeset")
	sloveneHours = strings.Fields("polnoči enih dveh treh štirih petih šestih sedmih osmih devetih desetih")
	sloveneFirst = strings.Fields("- prv drug tretj četrt pet šest sedm osm devet")
)

// sloveneCardinal says 0..999999.
func sloveneCardinal(n int) string {
	rest := ""
	switch {
	case n < 20:
		return sloveneSmall[n]
	case n < 100:
		if n%10 > 0 {
			rest = sloveneSmall[n%10] + "in"
		}
		return rest + sloveneTens[n/10]
	case n < 1000:
		if n%100 > 0 {
			rest = " " + sloveneCardinal(n%100)
		}
		hundreds := sloveneSmall[n/100]
		switch n / 100 {
		case 1:
			hundreds = ""
		case 2:
			hundreds = "dve"
		}
		return hundreds + "sto" + rest
	default:
		if n%1000 > 0 {
			rest = " " + sloveneCardinal(n%1000)
		}
		if n < 2000 {
			return "tisoč" + rest
		}
		return sloveneCardinal(n/1000) + " tisoč" + rest
	}
}

// sloveneClock says the time as it follows ob, od and do.
func sloveneClock(t *tongue, hour, minute int) string {
	var said string
	switch {
	case hour%24 == 0 && minute == 0:
		said = "polnoči"
	case hour == 0:
		said = "nič"
	case hour <= 10:
		said = sloveneHours[hour]
	case hour > 20 && hour < 24:
		said = sloveneSmall[hour-20] + "indvajsetih"
	default:
		said = t.cardinal(hour) + "ih"
	}
	if minute > 0 {
		said += " " + t.cardinal(minute)
	}
	return said
}

// sloveneOrdinal is the stem of 1. to 31.
func sloveneOrdinal(n int) string {
	if n < 10 {
		return sloveneFirst[n]
	}
	return sloveneCardinal(n)
}

func sloveneNth(digits, ending string) string {
	n, _ := strconv.Atoi(digits)
	if n < 1 || n > 31 {
		return ""
	}
	return sloveneOrdinal(n) + ending
}
