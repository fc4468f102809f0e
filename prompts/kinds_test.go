package prompts_test

import (
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pronto/prompts"
)

func TestKindsBookIsGood(t *testing.T) {
	book, faults := prompts.Load(os.DirFS("testdata/kinds"), "")
	if len(faults) > 0 {
		t.Fatalf("faults:\n%s", lines(faults))
	}
	want := map[string]prompts.Node{
		"by-hours": {
			Name: "by-hours", Kind: prompts.KindBranch, On: prompts.OnHours, Otherwise: "by-day",
			Cases: []prompts.Case{{Is: "office", Then: "by-day"}, {Is: "night", Then: "by-day"}},
			Wait:  6 * time.Second, Tries: 3, Longest: 2 * time.Minute,
		},
		"postcode": {
			Name: "postcode", Kind: prompts.KindAsk, Say: []string{"ask-postcode"}, Variable: "postcode", Min: 5, Max: 5,
			Between: 4 * time.Second, Confirm: true, Tries: 2, Then: "by-postcode", Otherwise: "operator",
			Wait: 6 * time.Second, Longest: 2 * time.Minute,
		},
		"request": {
			Name: "request", Kind: prompts.KindRequest, Say: []string{"ask-request"}, Min: prompts.CodeDigits, Max: prompts.CodeDigits,
			Between: 4 * time.Second, Tries: 2, Then: "offer", Otherwise: "operator", Wait: 6 * time.Second, Longest: 2 * time.Minute,
		},
		"call-me": {
			Name: "call-me", Kind: prompts.KindCallback, Say: []string{"call-you"}, Min: 1, Max: prompts.MaxNumber, Between: 3 * time.Second,
			Tries: 2, Then: "goodbye", Otherwise: "operator", Wait: 6 * time.Second, Longest: 2 * time.Minute,
		},
		"offer": {
			Name: "offer", Kind: prompts.KindMessage, Topic: "information", Request: true, Then: "operator",
			Wait: 8 * time.Second, Tries: 3, Longest: 2 * time.Minute,
		},
	}
	for name, node := range want {
		if diff := cmp.Diff(node, book.Nodes[name]); diff != "" {
			t.Errorf("node %s (-want +got):\n%s", name, diff)
		}
	}
	if diff := cmp.Diff([]string{"112", "115"}, book.RescueNumbers()); diff != "" {
		t.Errorf("rescue numbers (-want +got):\n%s", diff)
	}
}

var kindsMistakes = []mistake{
	{"on: hours,", "on: §ours,", `a branch can not look at "ours" (did you mean "hours"?)`},
	{"cases: { office: by-day", "cases: { §offise: by-day", `there are no hours "offise" (did you mean "office"?)`},
	{"cases: { office: by-day", "cases: { office: §by-dai", `there is no node "by-dai" (did you mean "by-day"?)`},
	{"06-29: by-alert", "§06-31: by-alert", `there are no holidays "06-31" (write a calendar (it, it-bz), a month and day as "06-29"`},
	{"cases: { yes: told }", "cases: { §no: told }", `a branch on the alert has no case "no" (write yes: the node`},
	{"cases: { tyrol: by", "cases: { §tirol: by", `there is no area "tirol" (did you mean "tyrol"?)`},
	{"cases: { it: postcode }", "cases: { §en: postcode }", `the line does not speak the language "en" (add it`},
	{"variable: postcode, cases", "variable: §postcod, cases", `there is no variable "postcod" (did you mean "postcode"?)`},
	{"on: variable, variable: postcode,", "on: §variable,", "node by-postcode does not say which variable it looks at (add variable: ...)"},
	{"on: alert,", "on: alert, variable: §postcode,", "node by-alert looks at the alert, not at a variable (remove variable"},
	{`00185: operator`, `§roma: operator`, `"roma" is nothing that a caller can have typed (write digits, or how they begin and a *: "39*")`},
	{"cases: { it: postcode }", "cases: §{}", "node by-language: cases are empty (write { case: node })"},
	{"cases: { yes: told }, otherwise: by-area", "cases: { yes: told }", "node by-alert lacks otherwise (add otherwise: ...)"},
	{"max: 5", "max: §4", "node postcode: max is less than min (write max: 5 or more)"},
	{"max: 5", "max: §17", `node postcode: max must be a whole number from 1 to 16, not "17"`},
	{"between: 4s", "between: §4", `node postcode: between is not a possible time span, not "4" (add the unit: 4s)`},
	{"confirm: true", "confirm: §si", `node postcode: confirm is neither true nor false, not "si" (write true or false, without quotes)`},
	{"variable: postcode, cases", "variable: §a-variable-with-a-name, cases", `"a-variable-with-a-name" is not a possible name of a variable`},
	{"office: office, then", "office: §ofice, then", `there is no office "ofice" (did you mean "office"?)`},
	{"between: 4s, tries: 2, then: offer", "between: 4s, tries: 2, §min: 3, then: offer", "node request: a node of kind request-status has no min (remove it; it may have: say, then, otherwise, between"},
	{"then: offer, otherwise: operator }", "then: offer, otherwise: §operatr }", `there is no node "operatr" (did you mean "operator"?)`},
	{`number: "0668201"`, `number: §"06 68201"`, `the number "06 68201" can not be told (digits only, as dialled: "0668201")`},
	{`["0471", "0472"]`, `["0471", §"471"]`, `"471" is not a telephone district (write the beginning of its fixed numbers, with the 0: "0471")`},
	{`["091", "0935"]`, `["091", §"0472"]`, "the district 0472 is in area tyrol already (remove one)"},
	{`["091", "0935"]`, `["091", §"047"]`, "the district 047 is in area tyrol already (remove one)"},
	{"areas: { sicily: {", "areas: { §sicilia: {", `there is no area "sicilia" (did you mean "sicily"?)`},
	{`number: "115"`, `number: §"11 5"`, `the rescue number "11 5" can not be dialled (digits only: "112")`},
	{"say: dial-115", "say: §dial-1155", `there is no text "dial-1155" (did you mean "dial-115"?)`},
	{`holidays: [it, `, `holidays: [§italia, `, `there are no holidays "italia" (write a calendar (it, it-bz)`},
	{"2026-12-31: closed", "§2026-12-32: closed", `"2026-12-32" is not a date (write the year, month and day: 2026-12-25)`},
	{"2026-12-31: closed", "2026-12-31: §chiuso", `"chiuso" is neither closed nor hours (write closed, or the hours of that day: "09:00-13:00")`},
	{`"09:00-13:00"`, `§"13:00-09:00"`, "hours office: exceptions end before they begin (hours that go past midnight say so"},
	{`"02:00 next day"`, `§"25:00 next day"`, `hours night: to is not a time of day, not "25:00"`},
	{"told: { kind: say, say: [alert], then: by-area }", "told: { kind: say, say: [alert], then: by-hours }", "a caller who presses nothing goes round for ever: by-hours > by-day > by-alert > told > by-hours"},
	{"otherwise: by-area }", "otherwise: by-day }", "these nodes only lead to each other: by-day > by-alert > by-day"},
}

var deskMistakes = []mistake{
	{"strategy: tiers", "strategy: §tier", `the desk does not know the strategy "tier" (did you mean "tiers"?)`},
	{"without: language", "without: §skills", `a caller can not do without "skills" (known are: language, topic)`},
	{"without: language", "§with: language, without: language", `an entry of desk.relax has no key "with" (did you mean "without"?)`},
	{"[{ after: 90s, without: language }]", "§{ after: 90s }", "desk.relax must be a list, not a block of keys (write [a, b])"},
	{"[{ after: 90s, without: language }]", "[§language]", "an entry of desk.relax must be a block of keys, not text"},
	{"high: 10m", "high: §1m", "a waiting time ends before it begins (high is more than low)"},
	{"high: 10m", "high: §10", `desk.bands: high is not a possible time span, not "10" (add the unit: 10s)`},
	{"say: wait-10", "say: §wait-1", `there is no text "wait-1" (did you mean "wait-10"?)`},
	{"- { low: 2m, high: 10m, say: wait-10 }", "- §{ low: 2m, say: wait-10 }", "an entry of desk.bands lacks high (add high: ...)"},
	{"callback: { hours: office", "callback: { hours: §offise", `there are no hours "offise" (did you mean "office"?)`},
	{"[IT, SM]", "[IT, §San Marino]", `there is no country "San Marino" (two capital letters`},
	{"[IT, SM]", "[§it, SM]", `there is no country "it" (two capital letters`},
	{"tries: 2, again", "tries: §0, again", `desk.callback.tries must be a whole number from 1 to 10, not "0"`},
	{"longest: 4h", "longest: §4", `desk.callback.longest is not a possible time span, not "4" (add the unit: 4s)`},
	{"deadline: 15m", "deadline: §soon", `desk.safety.deadline is not a possible time span, not "soon"`},
	{"topics: [information], notice", "topics: [§informations], notice", `there is no topic "informations" (did you mean "information"?)`},
	{`, refuse-key: "9"`, "", "desk.recording lacks refuse-key (add refuse-key: ...)"},
	{`refuse-key: "9"`, `refuse-key: §"99"`, `"99" is not a key of a telephone (one of 0-9, * and #, in quotes)`},
	{"misses: 3", "misses: §-1", `desk.misses must be a whole number from 0 to 100, not "-1"`},
	{`"2": offer }, comfort`, `"2": §ofer }, comfort`, `there is no node "ofer" (did you mean "offer"?)`},
	{"comfort: [comfort]", "comfort: [§comfrt]", `there is no text "comfrt" (did you mean "comfort"?)`},
	{"apology: sorry", "apology: §sory", `there is no text "sory" (did you mean "sorry"?)`},
	{"say: [call-you], tries: 2", "say: [call-you], §confirm: true, tries: 2", "node call-me: a node of kind callback has no confirm (remove it; it may have: then, otherwise, say"},
	{"tries: 2, then: goodbye, otherwise: operator", "tries: 2, then: goodbye", "node call-me lacks otherwise (add otherwise: ...)"},
	{"safety: true }", "safety: §yes }", `topic information: safety is neither true nor false, not "yes"`},
	{"every: 45s", "every: §5s", `node operator: every is not a possible time span, not "5s" (from 15s to 15m)`},
}

func TestDeskMistakes(t *testing.T) { testMistakesIn(t, "testdata/kinds", "line.yaml", deskMistakes) }

// TestDesk: what the book says of the desk, and what it is where the book says nothing.
func TestDesk(t *testing.T) {
	book, _ := prompts.Load(os.DirFS("testdata/kinds"), "")
	want := prompts.Desk{
		Hours: "office", Ring: 15 * time.Second, Capacity: 300, Announce: 30 * time.Second, Position: "queue-position", Many: "queue-position-many",
		Music: prompts.MusicAll, Strategy: "tiers", TierAfter: 30 * time.Second, Ageing: 5 * time.Minute,
		Relax: []prompts.Relax{{After: 90 * time.Second, Without: "language"}}, Misses: 3, Unstaffed: 2 * time.Minute,
		Bands: []prompts.Band{{High: 2 * time.Minute, Say: "wait-2"}, {Low: 2 * time.Minute, High: 10 * time.Minute, Say: "wait-10"}},
		Callback: prompts.Callback{
			Hours: "office", Countries: []string{"IT", "SM"}, Tries: 2, Again: 30 * time.Minute, Longest: 4 * time.Hour,
		},
		Safety: prompts.Safety{Deadline: 15 * time.Minute}, Missed: prompts.Missed{After: 2 * time.Minute},
		Recording: prompts.Recording{Topics: []string{"information"}, Notice: "recording-notice", Refuse: "9"},
	}
	if diff := cmp.Diff(want, book.Desk); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	book, _ = prompts.Load(minimal(t), "")
	want = prompts.Desk{
		Ring: 15 * time.Second, Capacity: 300, Announce: 30 * time.Second, Position: "queue-position", Many: "queue-position-many",
		Music: prompts.MusicAll, Strategy: "longest-idle", TierAfter: 20 * time.Second, Ageing: 10 * time.Minute,
		Relax: []prompts.Relax{{After: time.Minute, Without: "language"}, {After: 2 * time.Minute, Without: "topic"}}, Misses: 2, Unstaffed: time.Minute,
		Callback: prompts.Callback{Countries: []string{"IT"}, Tries: 3, Again: 15 * time.Minute, Longest: 24 * time.Hour},
		Safety:   prompts.Safety{Deadline: 10 * time.Minute}, Missed: prompts.Missed{After: time.Minute},
	}
	if diff := cmp.Diff(want, book.Desk); diff != "" {
		t.Errorf("where the book says nothing (-want +got):\n%s", diff)
	}
	files := minimal(t)
	files["line.yaml"].Data = append(files["line.yaml"].Data, "\ndesk: { ageing: 0s, relax: [], misses: 0 }\n"...)
	book, faults := prompts.Load(files, "")
	if d := book.Desk; len(faults) > 0 || d.Ageing != 0 || len(d.Relax) > 0 || d.Misses != 0 {
		t.Errorf("nothing, as the book says: %+v\n%s", d, lines(faults))
	}
}

func TestKindsMistakes(t *testing.T) { testMistakesIn(t, "testdata/kinds", "line.yaml", kindsMistakes) }

func TestKindsTextMistakes(t *testing.T) {
	testMistakesIn(t, "testdata/kinds", "texts/it.yaml", []mistake{
		{"ask-invalid: Mancano delle cifre.\n", "", "the text ask-invalid is missing: the program itself speaks it"},
		{"ask-confirm: Se è giusto, premete 1. Per riscrivere, premete 2.\n", "", "the text ask-confirm is missing: the program itself speaks it"},
		{"request-code-offer: Premete 1.\n", "", "the text request-code-offer is missing: the program itself speaks it"},
		{"callback-type: Scrivete il numero.\n", "", "the text callback-type is missing: the program itself speaks it"},
		{"request-closed-on: È stata chiusa il giorno\n", "", "the text request-closed-on is missing: the program itself speaks it"},
		{"goodbye: Arrivederci.", "goodbye: Arrivederci.\nalert: §Allerta.", "a text can not be called alert (that is the message"},
	})
}

func TestDistrict(t *testing.T) {
	for number, want := range map[string]string{
		"0471413111": "0471", "+390471413111": "0471", "00390471413111": "0471", "390471413111": "0471",
		"06820399": "06", "0612345678": "06", "+39 041 2711111": "041", "0165273111": "0165", "0935501111": "0935",
		// The safe default: withheld, mobile, foreign, special and nonsense.
		"": "", "anonymous": "", "3331234567": "", "+393331234567": "", "+4930123456": "", "+3780549882914": "",
		"800840840": "", "112": "", "02": "", "0471": "", "op1": "", "'; drop": "", "0000000000000000000000": "",
	} {
		if got := prompts.District(number); got != want {
			t.Errorf("District(%q) = %q, want %q", number, got, want)
		}
	}
}

func TestCallbackNumber(t *testing.T) {
	book, _ := prompts.Load(os.DirFS("testdata/kinds"), "") // IT and SM
	for number, want := range map[string]string{
		"3331234567": "+393331234567", "+393331234567": "+393331234567", "00393331234567": "+393331234567", "066820123": "+39066820123",
		"0039066820123": "+39066820123", "0037866661212": "+37866661212", "+3780549882914": "+3780549882914",
		// Other countries, what costs more, services, and no numbers.
		"004930123456": "", "+41446681800": "", "8991234567": "", "892000": "", "800840840": "", "112": "", "1991234567": "", "4242": "", "840123456": "",
		"": "", "anonymous": "", "0": "", "333123456789012": "", "op1": "",
	} {
		if got, ok := book.CallbackNumber(number); got != want || ok != (want != "") {
			t.Errorf("CallbackNumber(%q) = %q, %v, want %q", number, got, ok, want)
		}
	}
	for number, want := range map[string]string{"+393331234567": "3331234567", "+39066820123": "066820123", "+37866661212": "0037866661212", "x": ""} {
		if got := prompts.Dialled(number); got != want {
			t.Errorf("Dialled(%q) = %q, want %q", number, got, want)
		}
	}
}

func TestNextOpen(t *testing.T) {
	book, _ := prompts.Load(os.DirFS("testdata/kinds"), "")
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Fatal(err)
	}
	const layout = "2006-01-02 15:04"
	for _, test := range []struct{ hours, at, want string }{
		{"office", "2026-11-25 10:00", ""},
		{"office", "2026-11-25 08:00", "2026-11-25 09:00"},
		{"office", "2026-11-25 19:00", "2026-11-26 09:00"},
		{"office", "2026-11-27 19:00", "2026-11-30 09:00"}, // a weekend
		{"office", "2026-12-24 13:00", "2026-12-28 09:00"}, // Christmas, St Stephen, a weekend
		{"office", "2026-10-23 19:00", "2026-10-26 09:00"}, // the clock was put back
		{"night", "2026-11-28 03:00", "2026-11-28 22:00"},
		{"none", "2026-11-25 10:00", ""},
	} {
		at, err := time.ParseInLocation(layout, test.at, rome)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if next := book.NextOpen(test.hours, at.UTC()); !next.IsZero() {
			got = next.In(rome).Format(layout)
		}
		if got != test.want {
			t.Errorf("%s at %s: opens %q, want %q", test.hours, test.at, got, test.want)
		}
	}
}

func TestRescueFor(t *testing.T) {
	book, _ := prompts.Load(os.DirFS("testdata/kinds"), "")
	for district, want := range map[string]string{"": "112", "0471": "112", "091": "115", "0935": "115", "09": "112"} {
		if got, ok := book.RescueFor("default", district); !ok || got.Number != want {
			t.Errorf("district %q: %q, want %q", district, got.Number, want)
		}
	}
	if _, ok := book.RescueFor("nothing", "091"); ok {
		t.Error("there is a number of a name that is not there")
	}
}

func TestHours(t *testing.T) {
	book, _ := prompts.Load(os.DirFS("testdata/kinds"), "")
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		hours, at string
		open      bool
	}{
		{"office", "2026-11-25 08:59", false},
		{"office", "2026-11-25 09:00", true},
		{"office", "2026-11-25 18:00", false},
		{"office", "2026-11-28 10:00", false}, // a Saturday
		{"office", "2026-12-08 10:00", false}, // a holiday, a Tuesday
		{"office", "2027-03-29 10:00", false}, // Easter Monday
		{"office", "2026-06-29 10:00", false}, // the patron saint
		{"office", "2026-12-24 10:00", true},
		{"office", "2026-12-24 13:00", false},
		{"office", "2026-12-31 10:00", false},
		{"night", "2026-11-27 21:59", false}, // Friday
		{"night", "2026-11-27 22:00", true},
		{"night", "2026-11-28 01:59", true},
		{"night", "2026-11-28 02:00", false},
		{"night", "2026-11-29 01:00", true}, // Saturday's
		{"night", "2026-11-29 23:00", false},
		{"night", "2026-11-30 01:00", false},
		{"night", "2026-10-25 01:30", true}, // the night that has 25 hours
	} {
		at, err := time.ParseInLocation("2006-01-02 15:04", test.at, rome)
		if err != nil {
			t.Fatal(err)
		}
		if got := book.Open(test.hours, at.UTC()); got != test.open {
			t.Errorf("%s at %s: open %v", test.hours, test.at, got)
		}
	}
}
