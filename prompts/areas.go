package prompts

import (
	"regexp"
	"slices"
	"strings"

	"github.com/nyaruka/phonenumbers"

	"pronto/prompts/wording"
)

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

// districtPattern: no district is longer, and a whole number is no district.
var districtPattern = regexp.MustCompile(`^0[0-9]{1,4}$`)

// areasForm is the parts of the country. A district belongs to one area: which counts would else be a matter of luck.
func (c *checker) areasForm() form {
	type claim struct{ prefix, area string }
	var claims []claim
	return c.named(wording.Name("areas"), func(name *value) form {
		a := Area{}
		what := tell("area %s", name.text)
		districts := item(districtPattern.String(), func(item *value) {
			if !districtPattern.MatchString(item.text) {
				c.fault(item.at, tell("%q is not a telephone district", item.text), tell(`write the beginning of its fixed numbers, with the 0: "0471"`))
				return
			}
			for _, other := range claims {
				if within(item.text, other.prefix) || within(other.prefix, item.text) {
					c.fault(item.at, tell("the district %s is in area %s already", item.text, other.area), tell("remove one"))
					return
				}
			}
			claims = append(claims, claim{item.text, name.text})
			a.Districts = append(a.Districts, item.text)
		})
		return c.entry(name, what,
			field{"districts", true, c.list(under(what, "districts"), districts), tell("How the fixed numbers there begin, with the 0: \"0471\".")},
		).also(func(*value) { keep(&c.book.Areas, name.text, a) })
	})
}

// rescueFields read a number and the text that tells it.
func (c *checker) rescueFields(what wording.Sentence, r *Rescue) []field {
	number := c.like(under(what, "number"), &r.Number, digitsPattern, func(where at, text string) {
		c.fault(where, tell("the rescue number %q can not be dialled", text), tell("digits only: \"112\""))
	})
	return []field{
		{"number", true, number, tell("The number that callers are told and connected to: digits only.")},
		{"say", true, c.text(under(what, "say"), &r.Say), tell("The text that tells to dial it.")},
	}
}

// rescueAreas reads where another number is told.
func (c *checker) rescueAreas(what wording.Sentence, r *Rescue) form {
	areas := map[string]Rescue{}
	return c.named(under(what, "areas"), func(name *value) form {
		other := &Rescue{}
		place := tell("%s in %s", what, name.text)
		return c.entry(name, place, c.rescueFields(place, other)...).also(func(*value) {
			c.refs = append(c.refs, reference{at: name.at, name: name.text, what: "area"})
			areas[name.text] = *other
		})
	}).also(func(*value) { r.Areas = areas })
}

// countriesForm reads the countries whose numbers may be called back.
func (c *checker) countriesForm() form {
	known := phonenumbers.GetSupportedRegions()
	return c.list(wording.Name("desk.callback.countries"), item(`^[A-Z]{2}$`, func(item *value) {
		if !known[item.text] {
			c.fault(item.at, tell("there is no country %q", item.text), tell("two capital letters, as of internet addresses: IT, SM, VA, AT"))
			return
		}
		c.book.Desk.Callback.Countries = append(c.book.Desk.Callback.Countries, item.text)
	}))
}

// officePattern is a number that can be dictated.
var officePattern = regexp.MustCompile(`^[0-9]{1,15}$`)

// directoryForm is the offices whose numbers callers are told.
func (c *checker) directoryForm() form {
	return c.named(wording.Name("directory"), func(name *value) form {
		o := &Office{}
		what := tell("office %s", name.text)
		return c.entry(name, what,
			field{"number", true, c.like(under(what, "number"), &o.Number, officePattern, func(where at, text string) {
				c.fault(where, tell("the number %q can not be told", text), tell(`digits only, as dialled: "0668201"`))
			}), tell("The office's number, as dialled: digits only.")},
			field{"say", true, c.text(under(what, "say"), &o.Say), tell("The text that names the office.")},
		).also(func(*value) { keep(&c.book.Directory, name.text, *o) })
	})
}
