package prompts

import (
	"slices"
	"strconv"

	"github.com/nyaruka/phonenumbers"
)

// MaxNumber is the most digits of a telephone number that a caller may type: 00, a country and what E.164 leaves.
const MaxNumber = 17

// CallsBack says whether callers may ask to be called back.
func (b *Book) CallsBack() bool { return b.has(KindCallback) }

// CallbackNumber is a telephone number, as the network sent it or as somebody typed it, in the form of E.164, if the line may
// call it back: a fixed or mobile one of the countries of desk.callback, never one that costs more.
func (b *Book) CallbackNumber(number string) (string, bool) {
	n, err := phonenumbers.Parse(number, homeRegion)
	if err != nil || !phonenumbers.IsValidNumber(n) || !slices.Contains(b.Desk.Callback.Countries, phonenumbers.GetRegionCodeForNumber(n)) {
		return "", false
	}
	switch phonenumbers.GetNumberType(n) {
	case phonenumbers.FIXED_LINE, phonenumbers.MOBILE, phonenumbers.FIXED_LINE_OR_MOBILE:
		return phonenumbers.Format(n, phonenumbers.E164), true
	default:
		return "", false
	}
}

// Dialled is a number in the form of E.164 as one dials it at home: 06..., 0049...
func Dialled(number string) string {
	n, err := phonenumbers.Parse(number, homeRegion)
	if err != nil {
		return ""
	}
	national := phonenumbers.GetNationalSignificantNumber(n)
	if code := int(n.GetCountryCode()); code != phonenumbers.GetCountryCodeForRegion(homeRegion) {
		return "00" + strconv.Itoa(code) + national
	}
	return national
}
