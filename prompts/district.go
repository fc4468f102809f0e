package prompts

import (
	_ "embed"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// homeRegion is where numbers without a country's prefix belong.
const homeRegion = "IT"

// vatican begins the numbers of the Vatican, in the midst of those of Rome.
const vatican = "06698"

//go:embed districts.txt
var districts string

// District is the telephone district of a caller's number, with its 0: 0471. It is "" where there is none to tell: the
// number is withheld, mobile, foreign or no number at all.
//
// A number in one of the forms that carriers send is looked up in the list of districts. The library that knows all
// other forms takes 15 µs and more of regular expressions, three times in each call.
func District(number string) string {
	national, plain := nationalNumber(number)
	if !plain {
		return anyDistrict(number)
	}
	if len(national) < 6 || len(national) > 11 || national[0] != '0' || strings.HasPrefix(national, vatican) {
		return ""
	}
	begin := "\n" + national[:2]
	from := max(0, strings.Index(districts, begin)) // they are in order
	for line := range strings.Lines(districts[from+1:]) {
		district := strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(national, district) {
			return district
		}
		if !strings.HasPrefix(district, begin[1:]) {
			return ""
		}
	}
	return ""
}

// nationalNumber is a number of digits without the country's prefix, "" if it is another country's. plain: it is in one of
// the forms +39 0..., 0039 0..., 0... or 3..., without anything between the digits.
func nationalNumber(number string) (national string, plain bool) {
	digits, abroad := strings.CutPrefix(number, "+")
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return "", false
	}
	if !abroad {
		digits, abroad = strings.CutPrefix(digits, "00")
	}
	switch {
	case !abroad:
		return digits, !strings.HasPrefix(digits, "39") // which may be the country or a mobile's
	case strings.HasPrefix(digits, "39"):
		return digits[2:], true
	}
	return "", true
}

// anyDistrict is District for a number in whatever form.
func anyDistrict(number string) string {
	n, err := phonenumbers.Parse(number, homeRegion)
	if err != nil || phonenumbers.GetRegionCodeForNumber(n) != homeRegion || phonenumbers.GetNumberType(n) != phonenumbers.FIXED_LINE {
		return ""
	}
	national := phonenumbers.GetNationalSignificantNumber(n)
	length := phonenumbers.GetLengthOfGeographicalAreaCode(n)
	if length < 2 || length >= len(national) {
		return ""
	}
	return national[:length]
}
