package prompts

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// homeRegion is where numbers without a country's prefix belong.
const homeRegion = "IT"

// maxDistrict is the longest an area's district can be: no district is longer, and a whole number is no district.
const maxDistrict = 5

// District is the telephone district of a caller's number, with its 0: 0471. It is "" where there is none to tell: the
// number is withheld, mobile, foreign or no number at all.
func District(number string) string {
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

// In says whether a district is in an area of the book. No area has a district that is not known.
func (b *Book) In(area, district string) bool {
	return slices.ContainsFunc(b.Areas[area].Districts, func(prefix string) bool { return within(district, prefix) })
}

func within(district, prefix string) bool {
	return district != "" && strings.HasPrefix(district, prefix)
}

// RescueFor is the named rescue number as it is in the caller's district.
func (b *Book) RescueFor(name, district string) (Rescue, bool) {
	r, ok := b.Rescue[name]
	for _, area := range sortedKeys(r.Areas) { // areas do not overlap
		if b.In(area, district) {
			return r.Areas[area], true
		}
	}
	return r, ok
}

// RescueNumbers are all numbers that the line may dial, in order.
func (b *Book) RescueNumbers() []string {
	var numbers []string
	for _, r := range b.Rescue {
		numbers = append(numbers, r.Number)
		for _, other := range r.Areas {
			numbers = append(numbers, other.Number)
		}
	}
	slices.Sort(numbers)
	return slices.Compact(numbers)
}

// readAreas reads the parts of the country. A district belongs to one area: which counts would else be a matter of luck.
func (c *checker) readAreas(v *value) {
	c.book.Areas = map[string]Area{}
	type claim struct{ prefix, area string }
	var claims []claim
	c.named(v, "areas", func(name, body *value) {
		a := Area{}
		what := "area " + name.text
		c.fields(body, name.at, what, field{"districts", true, c.list(what+": districts", func(item *value) {
			if !digitsOnly(item.text) || item.text[0] != '0' || len(item.text) < 2 || len(item.text) > maxDistrict {
				c.fault(item.at, fmt.Sprintf("%q is not a telephone district", item.text), `write the beginning of its fixed numbers, with the 0: "0471"`)
				return
			}
			for _, other := range claims {
				if within(item.text, other.prefix) || within(other.prefix, item.text) {
					c.fault(item.at, fmt.Sprintf("the district %s is in area %s already", item.text, other.area), "remove one")
					return
				}
			}
			claims = append(claims, claim{item.text, name.text})
			a.Districts = append(a.Districts, item.text)
		})})
		c.book.Areas[name.text] = a
	})
}

// rescueFields read a number and the text that tells it.
func (c *checker) rescueFields(what string, r *Rescue) []field {
	return []field{
		{"number", true, func(v *value) {
			c.str(what+": number", &r.Number)(v)
			if r.Number != "" && !digitsOnly(r.Number) {
				c.fault(v.at, fmt.Sprintf("the rescue number %q can not be dialled", r.Number), "digits only: \"112\"")
			}
		}},
		{"say", true, c.text(what+": say", &r.Say)},
	}
}

// rescueAreas reads where another number is told.
func (c *checker) rescueAreas(what string, r *Rescue) func(*value) {
	return func(v *value) {
		r.Areas = map[string]Rescue{}
		c.named(v, what+": areas", func(name, body *value) {
			other := &Rescue{}
			c.refs = append(c.refs, reference{at: name.at, name: name.text, what: "area"})
			place := what + " in " + name.text
			c.fields(body, name.at, place, c.rescueFields(place, other)...)
			r.Areas[name.text] = *other
		})
	}
}

// readDirectory reads the offices whose numbers callers are told.
func (c *checker) readDirectory(v *value) {
	c.book.Directory = map[string]Office{}
	c.named(v, "directory", func(name, body *value) {
		o := &Office{}
		what := "office " + name.text
		c.fields(body, name.at, what,
			field{"number", true, func(v *value) {
				c.str(what+": number", &o.Number)(v)
				if o.Number != "" && (!digitsOnly(o.Number) || len(o.Number) > 15) {
					c.fault(v.at, fmt.Sprintf("the number %q can not be told", o.Number), `digits only, as dialled: "0668201"`)
				}
			}},
			field{"say", true, c.text(what+": say", &o.Say)},
		)
		c.book.Directory[name.text] = *o
	})
}
