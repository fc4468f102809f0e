package prompts

import (
	"regexp"
	"strconv"
	"strings"
)

// Spoken writes out what speech engines read wrongly or differently from each other: rescue numbers, toll-free
// numbers, times, dates, amounts and a few abbreviations. It knows Italian, English, German, French and Slovene;
// texts in other languages come back as they are. No digit is left in what it writes.
func Spoken(lang, text string) string {
	t, ok := tongues[lang]
	if !ok {
		return text
	}
	text = letterDigit.ReplaceAllString(text, "$1 $2") // A14
	for _, abbr := range t.abbreviations {
		text = abbr.find.ReplaceAllString(text, abbr.say)
	}
	for _, p := range t.own {
		text = p.replace(t, text)
	}
	for _, p := range patterns {
		text = p.replace(t, text)
	}
	return text
}

// tongue is how a language says numbers.
type tongue struct {
	cardinal      func(n int) string // 0..999999
	digits        []string
	group         func(t *tongue, three string) string // a group of a toll-free number
	rescue        map[string]string                    // rescue numbers that are not said digit by digit
	clock         func(t *tongue, hour, minute int) string
	date          func(t *tongue, day, month, year int) string // year 0: none
	months        []string
	always        string         // 24/7
	point         string         // in decimals
	thousands     string         // what stands between thousands
	decimal       string         // what stands before decimals
	groups        *regexp.Regexp // a number with thousands
	abbreviations []abbreviation
	own           []pattern // what only this language writes so; tried before patterns
}

type abbreviation struct {
	find *regexp.Regexp
	say  string
}

type pattern struct {
	find *regexp.Regexp
	say  func(t *tongue, m []string) string
}

func (p pattern) replace(t *tongue, text string) string {
	var out strings.Builder
	last := 0
	// The groups are those of the match in its place: a find cut out of the text may not match by itself (\b).
	for _, at := range p.find.FindAllStringSubmatchIndex(text, -1) {
		groups := make([]string, len(at)/2)
		for i := range groups {
			if at[2*i] >= 0 {
				groups[i] = text[at[2*i]:at[2*i+1]]
			}
		}
		said := p.say(t, groups)
		if said == "" {
			said = groups[0] // another pattern has it
		}
		out.WriteString(text[last:at[0]])
		out.WriteString(said)
		last = at[1]
	}
	return out.String() + text[last:]
}

var letterDigit = regexp.MustCompile(`(\pL)(\d)`)

// patterns in the order in which they are tried: 24/7 is no date, 800.840.840 no amount, 18.30 no decimal.
var patterns = []pattern{
	{regexp.MustCompile(`\b24/7\b`), func(t *tongue, _ []string) string { return t.always }},
	{regexp.MustCompile(`\b(80[0-9])[ .]?(\d{3})[ .]?(\d{3})\b`), sayTollFree},
	{regexp.MustCompile(`\b(\d{4})-(\d{2})-(\d{2})\b`), func(t *tongue, m []string) string { return sayDate(t, m[3], m[2], m[1]) }},
	{regexp.MustCompile(`\b(\d{1,2})/(\d{1,2})(?:/(\d{4}))?\b`), func(t *tongue, m []string) string { return sayDate(t, m[1], m[2], m[3]) }},
	{regexp.MustCompile(`\b(\d{1,2})[:.](\d{2})\b`), sayClock},
	{regexp.MustCompile(`\b(?:11[23578]|15(?:15|18|30))\b`), sayRescue},
	{regexp.MustCompile(`\b\d+(?:[.,]\d+)*\b|\d+`), sayAmount},
}

func sayTollFree(t *tongue, m []string) string {
	return t.group(t, m[1]) + ", " + t.group(t, m[2]) + ", " + t.group(t, m[3])
}

func sayDate(t *tongue, day, month, year string) string {
	d, _ := strconv.Atoi(day) // the pattern has only digits
	m, _ := strconv.Atoi(month)
	y, _ := strconv.Atoi(year)
	if d < 1 || d > 31 || m < 1 || m > 12 {
		return ""
	}
	return t.date(t, d, m, y)
}

func sayClock(t *tongue, m []string) string {
	hour, _ := strconv.Atoi(m[1])
	minute, _ := strconv.Atoi(m[2])
	if hour > 24 || minute > 59 || hour == 24 && minute > 0 {
		return ""
	}
	return t.clock(t, hour, minute)
}

func sayRescue(t *tongue, m []string) string {
	if said, ok := t.rescue[m[0]]; ok {
		return said
	}
	return t.spell(m[0])
}

// spell says digit by digit.
func (t *tongue) spell(number string) string {
	var said []string
	for _, d := range number {
		said = append(said, t.digits[d-'0'])
	}
	return strings.Join(said, ", ")
}

// sayAmount says numbers, decimals too. What is no amount, as 007 or a long telephone number, is said digit by digit;
// what is no number either, as 1.2.3, part by part.
func sayAmount(t *tongue, m []string) string {
	parts := strings.FieldsFunc(m[0], func(r rune) bool { return r == '.' || r == ',' })
	if t.groups.MatchString(m[0]) {
		whole, decimals, _ := strings.Cut(m[0], t.decimal)
		parts = []string{strings.ReplaceAll(whole, t.thousands, "")}
		if decimals != "" {
			parts = append(parts, decimals)
		}
	}
	for i, part := range parts {
		parts[i] = t.number(part)
	}
	if len(parts) == 2 {
		return parts[0] + " " + t.point + " " + parts[1]
	}
	return strings.Join(parts, ", ")
}

func (t *tongue) number(digits string) string {
	n, err := strconv.Atoi(digits)
	if err != nil || n > 999_999 || len(digits) > 1 && digits[0] == '0' {
		return t.spell(digits)
	}
	return t.cardinal(n)
}
