package conf

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/nyaruka/phonenumbers"
	"pgregory.net/rapid"
)

func TestDialled(t *testing.T) {
	for number, want := range map[string]string{
		"+390612345678": "0612345678", "00390612345678": "0612345678", "0612345678": "0612345678", "+393331234567": "3331234567",
		"+41441234567": "0041441234567", "0041441234567": "0041441234567", "3912345678": "3912345678",
	} {
		if got := Dialled(number); got != want {
			t.Errorf("%s is dialled %s, want %s", number, got, want)
		}
	}
}

func TestCallbackNumbers(t *testing.T) {
	for _, c := range []struct {
		allowed []string
		number  string
		want    bool
	}{
		{nil, "+390612345678", true},
		{nil, "00390612345678", true},
		{nil, "0612345678", true},
		{nil, "3331234567", true},
		{nil, "+393331234567", true},
		{nil, "0471123456", true},
		{nil, "112", false},
		{nil, "118", false},
		{nil, "1240", false},
		{nil, "4312345", false},
		{nil, "800840840", false},
		{nil, "899123456", false},
		{nil, "+39899123456", false},
		{nil, "0039892123", false},
		{nil, "848123456", false},
		{nil, "+41441234567", false},
		{nil, "+4", false},
		{nil, "", false},
		{nil, "06", false},
		{nil, "061234567890123", false},
		{nil, "33312345678901", false},
		{nil, "0612345678@x", false},
		{nil, "06 12345678", false},
		{nil, "+39+390612345678", false},
		{nil, "00390039061234567", false},
		{[]string{"none"}, "0612345678", false},
		{[]string{"41"}, "+41441234567", true},
		{[]string{"41"}, "0041791234567", true},
		{[]string{"41"}, "+41900123456", false},
		{[]string{"41"}, "0612345678", false},
		{[]string{"39", "351:2/9"}, "+351211234567", true},
		{[]string{"39", "351:2/9"}, "+351601234567", false},
	} {
		if _, got := (Numbers{Callback: c.allowed}).CallbackNumber(c.number); got != c.want {
			t.Errorf("with %q, %q can be called back: %t, want %t", c.allowed, c.number, got, c.want)
		}
	}
}

// TestCountriesAgree: what the table lets through is what libphonenumber calls a landline or a mobile, by its examples; and no
// example of a number that costs more, or is no subscriber's, gets through.
func TestCountriesAgree(t *testing.T) {
	for code := range countries {
		n := Numbers{Callback: []string{code}}
		for _, region := range phonenumbers.GetRegionCodesForCountryCode(countryCode(code)) {
			if region == "VA" || region == "GG" || region == "IM" || region == "JE" {
				continue // they share a country's code and have plans of their own
			}
			for kind, want := range map[phonenumbers.PhoneNumberType]bool{
				phonenumbers.FIXED_LINE: true, phonenumbers.MOBILE: true,
				phonenumbers.PREMIUM_RATE: false, phonenumbers.SHARED_COST: false, phonenumbers.TOLL_FREE: false,
				phonenumbers.PERSONAL_NUMBER: false, phonenumbers.PAGER: false,
			} {
				example := phonenumbers.GetExampleNumberForType(region, kind)
				if example == nil || example.GetNationalNumber() == 0 {
					continue
				}
				number := phonenumbers.Format(example, phonenumbers.E164)
				if _, got := n.CallbackNumber(number); got != want {
					t.Errorf("%s %s (kind %d) can be called back: %t, want %t", region, number, kind, got, want)
				}
			}
		}
	}
}

func countryCode(code string) int {
	n := 0
	for _, digit := range code {
		n = 10*n + int(digit-'0')
	}
	return n
}

// Whatever a pattern takes, it is nothing that libphonenumber knows to cost more or to be no subscriber's.
func TestNoPremiumNumber(t *testing.T) {
	n := Numbers{}
	for code := range countries {
		n.Callback = append(n.Callback, code)
	}
	patterns, err := n.callback()
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		expr := strings.NewReplacer("_", "", "X", "[0-9]", "Z", "[1-9]").Replace(rapid.SampledFrom(patterns).Draw(t, "pattern"))
		number := rapid.StringMatching(expr).Draw(t, "number")
		if _, ok := n.CallbackNumber(number); !ok {
			t.Fatalf("%s does not match its own pattern", number)
		}
		parsed, err := phonenumbers.Parse(number, "IT")
		if err != nil {
			return
		}
		switch kind := phonenumbers.GetNumberType(parsed); kind {
		case phonenumbers.PREMIUM_RATE, phonenumbers.SHARED_COST, phonenumbers.PERSONAL_NUMBER, phonenumbers.PAGER, phonenumbers.TOLL_FREE:
			t.Errorf("%s is of kind %d", number, kind)
		default:
		}
	})
}

func TestOutsideNumbers(t *testing.T) {
	n := Numbers{Outside: []string{"+393331234567", "0612345678", "+41791234567"}}
	for number, want := range map[string]string{
		"3331234567": "3331234567", "+393331234567": "3331234567", "+390612345678": "0612345678", "0041791234567": "0041791234567",
		"3331234568": "", "": "", "_X.": "", "112": "",
	} {
		if got, ok := n.OutsideNumber(number); ok != (want != "") || ok && got != want {
			t.Errorf("%q is dialled %q (%t), want %q", number, got, ok, want)
		}
	}
	site := good()
	site.Numbers = n
	got := section(files(t, site)["extensions.conf"], "[pronto-outside]")
	if n := strings.Count(got, "Dial("); n != 3 || !strings.HasSuffix(got, "\nexten => _[+0-9].,1,Hangup(1)") {
		t.Errorf("%d numbers can be dialled:\n%s", n, got)
	}
}

func TestDialplanCallsBackItaly(t *testing.T) {
	got := section(files(t, good())["extensions.conf"], "[pronto-callback]")
	var lines []string
	for _, line := range strings.Split(got, "\n") {
		if strings.HasPrefix(line, "exten") {
			lines = append(lines, line)
		}
	}
	const carry = ",1,Set(TIMEOUT(absolute)=14400)"
	want := []string{
		"exten => _+X.,1,Goto(00${FILTER(0-9,${EXTEN:1})},1)",
		"exten => _0039[03]Z.,1,Goto(${FILTER(0-9,${EXTEN:4})},1)",
		"exten => _0ZXXXX" + carry, "exten => _0ZXXXXX" + carry, "exten => _0ZXXXXXX" + carry, "exten => _0ZXXXXXXX" + carry,
		"exten => _0ZXXXXXXXX" + carry, "exten => _0ZXXXXXXXXX" + carry, "exten => _3ZXXXXXXX" + carry, "exten => _3ZXXXXXXXX" + carry,
		"exten => _[0-9].,1,Hangup(1)",
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Error(diff)
	}
	site := good()
	site.Trunk = ""
	for _, context := range []string{"[pronto-outside]", "[pronto-callback]", "[pronto-rescue]"} {
		if text := section(files(t, site)["extensions.conf"], context); strings.Contains(text, "Dial(") {
			t.Errorf("without a carrier something is dialled:\n%s", text)
		}
	}
}
