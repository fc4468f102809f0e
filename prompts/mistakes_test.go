package prompts_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"pronto/prompts"
)

// mistake changes one thing in the minimal book. The § in put is where the fault must point; it is taken out. A
// message that begins with "warning: " wants a warning.
type mistake struct {
	find, put string
	message   string // what the fault says, hint included, or its beginning
}

var lineMistakes = []mistake{
	// names
	{"start: welcome", "start: §welcom", `there is no node "welcom" (did you mean "welcome"?)`},
	{`"1": danger`, `"1": §dangr`, `there is no node "dangr" (did you mean "danger"?)`},
	{"otherwise: operator", "otherwise: §operatr", `there is no node "operatr" (did you mean "operator"?)`},
	{"jump: { kind: goto, then: mailbox }", "jump: { kind: goto, then: §zzz }", `there is no node "zzz" (known are: welcome, danger,`},
	{"say: [choices]", "say: [choices, §newss]", `there is no text "newss" (did you mean "news"?)`},
	{"say: dial-112", "say: §dial-113", `there is no text "dial-113" (did you mean "dial-112"?)`},
	{"topic: information, hours", "topic: §informations, hours", `there is no topic "informations" (did you mean "information"?)`},
	{"hours: office", "hours: §ofice", `there are no hours "ofice" (did you mean "office"?)`},
	{"use: default", "use: §defaul", `there is no rescue number "defaul" (did you mean "default"?)`},
	{`"2": en }`, `"2": §de }`, `the line does not speak the language "de" (add it to line.languages, or remove the key)`},
	{"limits:", "desk: { hours: §night }\nlimits:", `there are no hours "night" (known are: office)`},
	{"news: { kind", "§ne ws: { kind: hangup }\n  news: { kind", `"ne ws" is not a possible name in nodes (use letters`},
	// keys and required fields
	{"limits:", "§limit:", `the book has no key "limit" (did you mean "limits"?)`},
	{"timezone: Europe/Rome,", "timezone: Europe/Rome, §color: red,", `line has no key "color" (known are: number, name, timezone, languages)`},
	{"book: 1\n", "", `the book lacks book (add book: ...)`},
	{"start: welcome\n", "", `the book lacks start (add start: ...)`},
	{"book: 1", "book: §2", `book (the version of the format) must be 1, not "2" (write 1)`},
	{", name: Minimal", "", "line lacks name (add name: ...)"},
	{"  default: { number", "  §other: { number", "there is no rescue number named default (add default:"},
	{"class: 2", "class: §high", `topic information: class must be a whole number from 1 to 9, not "high" (write for example 1)`},
	{"options: 4", "options: 4, §option: 4", `limits has no key "option" (did you mean "options"?)`},
	{`"0": operator`, `"0": operator, §"0": danger`, `the key "0" is here twice (remove one; the other is in line 14)`},
	{"  jump:", "  §news: { kind: hangup }\n  jump:", `the key "news" is here twice (remove one; the other is in line 17)`},
	// kinds
	{"kind: goto", "kind: §gotto", `there is no kind of node "gotto" (did you mean "goto"?)`},
	{"jump: { kind: goto, then", "jump: { kind: §callbak, then", `there is no kind of node "callbak" (did you mean "callback"?)`},
	{"information, then: goodbye }", "information, then: goodbye, request: §yes }", `node mailbox: request is neither true nor false, not "yes" (write true or false, without quotes)`},
	{"say: [news], then", "say: [news], §request: true, then", "node news: a node of kind say has no request (remove it; it may have: say, then, topic)"},
	{"  jump: { kind: goto, then", "  §jump: { then", "node jump lacks kind (add kind: menu, or ask,"},
	{"  jump: { kind: goto, then: mailbox }", "  jump: §mailbox", "node jump must be a block of keys, not text (write its keys below it, indented)"},
	{"    otherwise: operator\n", "", "node welcome lacks otherwise (add otherwise: ...)"},
	{"then: welcome }\n  lang", "then: welcome, §tries: 2 }\n  lang", "node news: a node of kind say has no tries (remove it; it may have: say, then, topic)"},
	{"say: [language]", "say: §[language, news]", "node languages: a language node says one text"},
	{"say: [news]", "say: §[]", "node news says nothing (name a text)"},
	{"say: [news]", "say: [§{a: b}]", "an entry of node news: say must be text, not a block of keys (write a text)"},
	// values
	{`number: "800840840"`, `number: §"800 840 840"`, `line.number "800 840 840" is not a number to dial (digits only, as dialled)`},
	{"Europe/Rome", "§Europe/Roma", `there is no timezone "Europe/Roma" (write for example Europe/Rome)`},
	{"languages: [it, en]", "languages: [it, en, §English]", `"English" is not a language (two small letters`},
	{"languages: [it, en]", "languages: [it, en, §it]", `the language "it" is here twice (remove one)`},
	{"mon-fri", "§mon-fry", `"fry" is not a day of the week (mon, tue`},
	{`from: "09:00"`, `from: §"25:00"`, `hours office: from is not a time of day, not "25:00" (write hours and minutes: "09:00")`},
	{`to: "18:00"`, `to: §"08:00"`, "hours office end before they begin (hours that go past midnight say so: to: \"02:00 next day\";"},
	{`to: "18:00"`, `to: "18:00", closed: [2026-12-25, §25/12]`, `"25/12" is not a date (write the year, month and day: 2026-12-25)`},
	{`number: "112"`, `number: §"+39112"`, `the rescue number "+39112" can not be dialled (digits only: "112")`},
	{`"1": danger`, `§"11": danger`, `"11" is not a key of a telephone (one of 0-9, * and #, in quotes)`},
	{"    otherwise", "    wait: §6\n    otherwise", `node welcome: wait is not a possible time span, not "6" (add the unit: 6s)`},
	{"    otherwise", "    wait: §soon\n    otherwise", `node welcome: wait is not a possible time span, not "soon" (write a number and s, m or h: 6s, 2m)`},
	{"    otherwise", "    wait: §10m\n    otherwise", `node welcome: wait is not a possible time span, not "10m" (from 1s to 1m)`},
	{"    otherwise", "    tries: §0\n    otherwise", `node welcome: tries must be a whole number from 1 to 10, not "0" (write for example 1)`},
	{"    otherwise", "    topic: §true\n    otherwise", `node welcome: topic must be text, not true or false (put it in quotes: "true")`},
	{"limits:", "desk: { strategy: §random }\nlimits:", `the desk does not know the strategy "random" (known are: longest-idle, ring-all, round-robin, tiers)`},
	{"limits:", "desk: { strategy: §ring-al }\nlimits:", `the desk does not know the strategy "ring-al" (did you mean "ring-all"?)`},
	{"topic: information, hours", "topic: information, every: §45s, hours", "node operator says nothing every 45s (add comfort: [text], or remove every)"},
	{"limits:", "desk: { bands: [{ low: 0s, high: 2m, say: §wait-2 }] }\nlimits:", `there is no text "wait-2" (add "wait-2" to the files in texts/)`},
	{"limits:", "desk: { ring: §1s }\nlimits:", `desk.ring is not a possible time span, not "1s" (from 5s to 2m)`},
	{`"0": operator`, `"0": operator, §"5": news`, "menu welcome has 5 options, limits.options is 4 (move some into a menu of their own)"},
	{`"1": danger`, `"1" :   §dangr  `, `there is no node "dangr"`},
	{"start: welcome", "start:   §welcom   # here", `there is no node "welcom"`},
	// ways
	{"goodbye: { kind: hangup", "§alone: { kind: hangup }\n  goodbye: { kind: hangup", "warning: no way leads to node alone (remove it, or name it in another node)"},
	{"otherwise: operator", "otherwise: §news", "a caller who presses nothing goes round for ever: welcome > news > welcome (let otherwise"},
	{"otherwise: operator", "otherwise: §welcome", "a caller who presses nothing goes round for ever: welcome > welcome (let otherwise"},
	{"jump: { kind: goto, then: mailbox }", "jump: { kind: goto, then: §jump2 }\n  jump2: { kind: goto, then: jump }", "these nodes only lead to each other: jump > jump2 > jump (let one"},
	{"information, then: goodbye }", "information, then: welcome }", "when the desk takes nobody, a caller who presses nothing goes round for ever: welcome > operator > mailbox > welcome"},
	{"  jump: {", "  §closed: { kind: menu, say: [news], keys: { \"1\": goodbye }, otherwise: goodbye }\n  jump: {", "warning: no way leads to node closed"},
	{`say: [news], then: welcome`, `say: [news], then: sub }` + "\n  §sub: { kind: menu, say: [news], keys: { \"1\": goodbye }, otherwise: goodbye", "warning: no way leads from menu sub to a person (give it a key that leads to a queue)"},
	// YAML that a book may not have
	{"use: default", "use: §*x", "anchors (&) and aliases (*, <<) are not possible in a book"},
	{"use: default", "use: §!!str default", "tags (!) are not possible in a book"},
	{"limits:", "§<<: { a: b }\nlimits:", "anchors (&) and aliases (*, <<) are not possible in a book"},
	{"limits:", "---\n§limits:", "the file has a second part after --- (remove the --- and join the parts)"},
	{"    otherwise", "§\totherwise", "this is not YAML: "},
}

var textMistakes = []mistake{
	{"news: Nessuna notizia.", "news: §\"\"", "the text news is empty (write it, or remove the key)"},
	{"news: Nessuna notizia.", "§news:", "the text news is empty (write it, or remove the key)"},
	{"news: Nessuna notizia.", "news: §\" ... \"", "the text news is empty"},
	{"news: Nessuna notizia.", "news: §" + strings.Repeat("parola ", 300), "the text news has 2099 characters, more than 1500 (nobody listens"},
	{"news: Nessuna notizia.", "news: §true", `the text news must be text, not true or false (put it in quotes: "true")`},
	{"news: Nessuna notizia.", "news:\n  §a: b", "the text news must be text, not a block of keys (write a text)"},
	{"news: Nessuna notizia.", "news: §Sono le {time}.", "the text news has {time}, which nothing fills in (remove the braces"},
	{"queue-position: Siete il numero {n}.", "queue-position: §Siete in attesa.", "the text queue-position does not tell the position (put {n}"},
	{"news: Nessuna notizia.", "news: Nessuna notizia.\n§old: Testo", "warning: nothing speaks the text old (remove it, or say it in a node)"},
	{"news: Nessuna notizia.", "news: Nessuna notizia.\n§news: Testo", `the key "news" is here twice (remove one; the other is in line 2)`},
	{"news: Nessuna notizia.", "news: Nessuna notizia.\n§../x: Testo", `"../x" is not a possible key of a text (use letters`},
	{"goodbye: Arrivederci.\n", "", "the text goodbye is missing: line.yaml:22 speaks it (add goodbye: ...)"},
	{"rescue-offer: Premete 1.\n", "", "the text rescue-offer is missing: the program itself speaks it (add rescue-offer: ...)"},
	{"fail-open-advice: Chiamate il 112.\n", "", "the text fail-open-advice is missing: the program itself speaks it"},
	{"queue-position-many: Siete in molti.\n", "", "the text queue-position-many is missing: the program itself speaks it"},
	{"message-thanks: Grazie.\n", "", "the text message-thanks is missing: the program itself speaks it"},
	{"news: Nessuna notizia.", "news: §Note: sì", "this is not YAML: mapping value is not allowed in this context"},
	{"news: Nessuna notizia.", "news: \"Nessuna\r\n\r\n  notizia\"  \r\nold: §{a: b}", "the text old must be text"},
	{"news: Nessuna notizia.", "news: §{ a: [b ] }", "the text news must be text"},
	{"news: Nessuna notizia.", "news: §\"Nessuna", "this is not YAML: could not find end character of double-quoted text"},
}

func TestLineMistakes(t *testing.T) { testMistakes(t, "line.yaml", lineMistakes) }

func TestTextMistakes(t *testing.T) { testMistakes(t, "texts/it.yaml", textMistakes) }

func testMistakes(t *testing.T, file string, mistakes []mistake) {
	testMistakesIn(t, "testdata/minimal", file, mistakes)
}

func testMistakesIn(t *testing.T, book, file string, mistakes []mistake) {
	for _, m := range mistakes {
		t.Run(m.put, func(t *testing.T) {
			files := folder(t, os.DirFS(book))
			text := string(files[file].Data)
			if strings.Count(text, m.find) == 0 {
				t.Fatalf("the book in %s has no %q", book, m.find)
			}
			text = strings.Replace(text, m.find, m.put, 1)
			line, col := 0, 0
			if before, after, marked := strings.Cut(text, "§"); marked {
				line = strings.Count(before, "\n") + 1
				col = len([]rune(before[strings.LastIndex(before, "\n")+1:])) + 1
				text = before + after
			}
			files[file] = &fstest.MapFile{Data: []byte(text)}
			_, faults := prompts.Load(files, "")
			checkOne(t, faults, file, line, col, m.message)
		})
	}
}

// checkOne wants one fault, at that place if there is one, that says message.
func checkOne(t *testing.T, faults []prompts.Fault, file string, line, col int, message string) {
	t.Helper()
	if len(faults) != 1 {
		t.Fatalf("want one fault, got %d:\n%s", len(faults), lines(faults))
	}
	f := faults[0]
	if line > 0 {
		if want, got := fmt.Sprintf("%s:%d:%d", file, line, col), fmt.Sprintf("%s:%d:%d", f.File, f.Line, f.Col); got != want {
			t.Errorf("at %s, want %s: %s", got, want, f)
		}
	}
	if f.Line < 1 || f.Col < 1 || f.Hint.None() {
		t.Errorf("without place or remedy: %s", f)
	}
	said := strings.TrimPrefix(f.String(), fmt.Sprintf("%s:%d:%d: ", f.File, f.Line, f.Col))
	if !strings.HasPrefix(said, message) {
		t.Errorf("says (-want +got):\n%s", cmp.Diff(message, said))
	}
}
