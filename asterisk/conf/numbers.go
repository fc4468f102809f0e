package conf

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Numbers are what may be dialled through the trunk beside the book's rescue numbers. The dialplan holds all of it and has the last
// word; the controller asks the same tables first (OutsideNumber, CallbackNumber), to know at once. The zero value: nobody's own
// telephone, and callbacks to Italian landlines and mobiles.
//
// Numbers are written as E.164 with +, with 00 instead, or as Italians write theirs (a landline with its 0). They are dialled as
// Italians write theirs, others with 00 before the country's code.
type Numbers struct {
	// Outside are the operators' own telephones. Only these can be rung for a call, whoever asks.
	Outside []string `json:",omitempty" yaml:"outside,omitempty"`
	// Callback are the countries whose people can be called back, by code: "39", "41". The kinds of number are landlines and mobiles; where
	// the table of countries has no such code its prefixes are added, "351:2/9". Empty is "39"; "none" is nobody.
	Callback []string `json:",omitempty" yaml:"callback,omitempty"`
}

// kind is a kind of number within a country: how it begins, as a piece of a dialplan's pattern, and from how many to how
// many digits it has without the country's code.
type kind struct {
	prefix         string
	shortest, most int
}

// countries are the landlines and mobiles by country code. What is not here is not dialled: numbers that cost the caller more (Italy: 89, 4,
// 1, 84), that are free to the caller (80), services, pagers. From the national numbering plans (ITU-T E.164 notices);
// a test compares them with libphonenumber's.
var countries = map[string][]kind{
	"30":  {{"2", 10, 10}, {"69", 10, 10}},
	"33":  {{"[1-5]", 9, 9}, {"[67]", 9, 9}, {"9", 9, 9}},
	"34":  {{"6", 9, 9}, {"7[1-9]", 9, 9}, {"8[1-8]", 9, 9}, {"9[1-8]", 9, 9}},
	"356": {{"2", 8, 8}, {"7[79]", 8, 8}, {"9[2689]", 8, 8}},
	"378": {{"0549", 10, 10}, {"6", 8, 9}},
	"385": {{"1", 8, 8}, {"[2-5]", 8, 9}, {"9[1-9]", 8, 9}},
	"386": {{"[1-5]", 8, 8}, {"6[4-9]", 8, 8}, {"7", 8, 8}},
	"39":  {{"0Z", 6, 11}, {"3Z", 9, 10}},
	"41":  {{"[2-4]", 9, 9}, {"5[2568]", 9, 9}, {"6", 9, 9}, {"7[15-9]", 9, 9}, {"[89]1", 9, 9}},
	"43":  {{"1", 7, 13}, {"[2-46]", 7, 13}, {"7[2-7]", 7, 13}},
	"44":  {{"[12]", 9, 10}, {"7[1-57-9]", 10, 10}},
	"49":  {{"[2-6]", 7, 11}, {"[7-9][1-9]", 7, 11}, {"[78]0[2-8]", 7, 11}, {"90[6-9]", 7, 11}, {"1[57]", 10, 11}, {"16[023]", 10, 11}},
}

const (
	italy      = "39"
	nobody     = "none"
	longest    = 15 // digits of an E.164 number
	numberRule = "write it like +393331234567 or 3331234567"
)

var (
	numberPattern  = regexp.MustCompile(`^(\+|00)?[0-9]{3,15}$`)
	countryPattern = regexp.MustCompile(`^([1-9][0-9]{0,2})(?::([0-9]{1,6}(?:/[0-9]{1,6})*))?$`)
)

// Dialled returns how a number is dialled: an Italian one without its country code, others with 00 before it.
func Dialled(number string) string {
	if rest, ok := strings.CutPrefix(number, "+"); ok {
		number = "00" + rest
	}
	if rest, ok := strings.CutPrefix(number, "00"+italy); ok {
		return rest
	}
	return number
}

// IsZero says that nothing is configured.
func (n Numbers) IsZero() bool { return len(n.Outside) == 0 && len(n.Callback) == 0 }

// OutsideNumber returns how an operator's own telephone is dialled; false if it is not in the list.
func (n Numbers) OutsideNumber(number string) (string, bool) {
	dialled := Dialled(number)
	return dialled, slices.Contains(n.outside(), dialled)
}

// CallbackNumber returns how somebody is called back; false if that may not be.
func (n Numbers) CallbackNumber(number string) (string, bool) {
	if !numberPattern.MatchString(number) {
		return "", false
	}
	dialled := Dialled(number)
	patterns, err := n.callback()
	return dialled, err == nil && slices.ContainsFunc(patterns, func(p string) bool { return matches(p, dialled) })
}

// outside are the operators' own telephones as they are dialled, each once.
func (n Numbers) outside() []string {
	out := make([]string, 0, len(n.Outside))
	for _, number := range n.Outside {
		out = append(out, Dialled(number))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// callback are the patterns of all numbers that can be called back, as they are dialled.
func (n Numbers) callback() ([]string, error) {
	wanted := n.Callback
	if len(wanted) == 0 {
		wanted = []string{italy}
	}
	if len(wanted) == 1 && wanted[0] == nobody {
		return nil, nil
	}
	var out []string
	for _, country := range wanted {
		code, kinds, err := kindsOf(country)
		if err != nil {
			return nil, err
		}
		for _, k := range kinds {
			out = append(out, k.patterns(code)...)
		}
	}
	return out, nil
}

// kindsOf reads an entry of Numbers.Callback.
func kindsOf(country string) (code string, kinds []kind, err error) {
	m := countryPattern.FindStringSubmatch(country)
	if m == nil {
		return "", nil, fmt.Errorf("callback: %q is no country: write its code, like 41, or with prefixes, like 351:2/9; or %q alone", country, nobody)
	}
	code = m[1]
	if m[2] == "" {
		if countries[code] == nil {
			return "", nil, fmt.Errorf("callback: the prefixes of landlines and mobiles are not known for country %s (known: %s): add them, like %s:2/9",
				code, strings.Join(slices.Sorted(maps.Keys(countries)), ", "), code)
		}
		return code, countries[code], nil
	}
	if code == italy {
		return "", nil, errors.New("callback: the prefixes of country 39 are fixed: write 39 alone")
	}
	for _, prefix := range strings.Split(m[2], "/") {
		kinds = append(kinds, kind{prefix, max(6, len(prefix)+1), longest - len(code)})
	}
	return code, kinds, nil
}

// patterns are the dialplan's, one for each length: nothing is left to be counted when a call is made.
func (k kind) patterns(code string) []string {
	head := "00" + code + k.prefix
	if code == italy {
		head = k.prefix
	}
	var out []string
	for length := k.shortest; length <= k.most; length++ {
		out = append(out, "_"+head+strings.Repeat("X", length-positions(k.prefix)))
	}
	return out
}

// positions is how many digits a piece of a pattern stands for.
func positions(pattern string) (n int) {
	for ; pattern != ""; n++ {
		_, pattern = next(pattern)
	}
	return n
}

// matches tells whether a dialplan's pattern of ours takes a number.
func matches(pattern, number string) bool {
	rest := strings.TrimPrefix(pattern, "_")
	for _, digit := range []byte(number) {
		class, after := next(rest)
		if class == "" || !within(class, digit) {
			return false
		}
		rest = after
	}
	return rest == ""
}

// next cuts a pattern's first position off, as the inside of a class: "0-9" for X.
func next(pattern string) (class, rest string) {
	if inside, ok := strings.CutPrefix(pattern, "["); ok {
		class, rest, _ = strings.Cut(inside, "]")
		return class, rest
	}
	if pattern == "" {
		return "", ""
	}
	switch class, rest = pattern[:1], pattern[1:]; class {
	case "X":
		class = "0-9"
	case "Z":
		class = "1-9"
	}
	return class, rest
}

// within tells whether a class, of digits and ranges of digits, has the digit.
func within(class string, digit byte) bool {
	for i := 0; i < len(class); i++ {
		low, high := class[i], class[i]
		if i+2 < len(class) && class[i+1] == '-' {
			high = class[i+2]
			i += 2
		}
		if digit >= low && digit <= high {
			return true
		}
	}
	return false
}

// Validate names every entry that can not be used.
func (n Numbers) Validate() error {
	_, err := n.callback()
	faults := []error{err}
	for _, number := range n.Outside {
		if !numberPattern.MatchString(number) {
			faults = append(faults, fmt.Errorf("outside: %q is no telephone number: %s", number, numberRule))
			continue
		}
		if dialled := Dialled(number); strings.ContainsAny(dialled[:1], "148") {
			faults = append(faults, fmt.Errorf("outside: %s is no operator's telephone: numbers that begin with 1, 4 or 8 are emergency, service or premium numbers; write a landline or a mobile", number))
		}
	}
	return errors.Join(faults...)
}
