package protezionecivile

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pronto/prompts"
)

func load(t *testing.T) *prompts.Book {
	t.Helper()
	book, faults := prompts.Load(Starter(), "")
	for _, f := range faults {
		t.Error(f)
	}
	return book
}

func TestStarterHasNoFaultsAndNoWarnings(t *testing.T) {
	book := load(t)
	if got := len(book.Nodes); got < 15 {
		t.Errorf("the starter has %d nodes, want a complete book", got)
	}
	if want := "800840840"; book.Line.Number != want {
		t.Errorf("number %q, want %q", book.Line.Number, want)
	}
}

// Whoever presses nothing gets a person, from every menu, at any hour.
func TestSilentCallerGetsAPerson(t *testing.T) {
	book := load(t)
	for name, n := range book.Nodes {
		if n.Kind != prompts.KindMenu && n.Kind != prompts.KindLanguage {
			continue
		}
		at := n
		for hops := 0; at.Kind != prompts.KindQueue; hops++ {
			next := at.Otherwise
			if next == "" {
				next = at.Then
			}
			if hops > 10 || next == "" {
				t.Errorf("who presses nothing at %s ends at %s", name, at.Name)
				break
			}
			at = book.Nodes[next]
		}
	}
	sunday := time.Date(2026, 11, 29, 3, 0, 0, 0, time.UTC)
	if !book.Open(book.Desk.Hours, sunday) {
		t.Error("the starter is closed on a Sunday night: whoever tries it gets nobody")
	}
	if book.Open("office", sunday) || !book.Open("office", time.Date(2026, 11, 30, 8, 30, 0, 0, time.UTC)) {
		t.Error("office hours are not Monday to Friday 9 to 18 in Rome")
	}
}

// The menu names every key that it has and no other; so does what is heard while waiting in a queue.
func TestMenusNameTheirKeys(t *testing.T) {
	book := load(t)
	for name, n := range book.Nodes {
		say := n.Say
		switch n.Kind {
		case prompts.KindMenu:
		case prompts.KindQueue:
			say = n.Comfort
		default:
			continue
		}
		for lang := range book.Texts {
			said := keysSaid(book, lang, say)
			for _, key := range said {
				if n.Keys[string(key)] == "" {
					t.Errorf("%s says key %c at %s, which it does not have", lang, key, name)
				}
			}
			for key := range n.Keys {
				if !strings.Contains(said, key) {
					t.Errorf("%s does not say key %s at %s", lang, key, name)
				}
			}
		}
	}
}

var digitAlone = regexp.MustCompile(`(?:^|[^\d:.,/])(\d)(?:[,.;]? |[,.;]?$)`)

// keysSaid are the keys that the texts of a say list name to a caller in lang.
func keysSaid(book *prompts.Book, lang string, say []string) string {
	said := ""
	for _, entry := range say {
		in, key, own := prompts.OwnVoice(entry)
		switch {
		case !own:
			in = lang
		case in == lang:
			continue
		}
		for _, m := range digitAlone.FindAllStringSubmatch(book.Texts[in][key], -1) {
			said += m[1]
		}
	}
	return said
}

// Each language is offered: by its own voice in the first menu to the callers of all others, and by a key of the second.
func TestEveryLanguageIsOffered(t *testing.T) {
	book := load(t)
	offered := map[string]bool{}
	for _, lang := range book.Nodes["languages"].Keys {
		offered[lang] = true
	}
	for _, lang := range book.Line.Languages {
		if !slices.Contains(book.Nodes[book.Start].Say, lang+"/other-languages") {
			t.Errorf("the first menu does not invite to %s in its own voice", lang)
		}
		if !offered[lang] {
			t.Errorf("no key chooses %s", lang)
		}
	}
	for key, lang := range book.Nodes["languages"].Keys {
		if said := keysSaid(book, lang, []string{"language-choice"}); said != key {
			t.Errorf("%s says key %s for itself, it is %s", lang, said, key)
		}
	}
}

// Waiting times that are told leave no gap and are told in whole sentences.
func TestWaitingTimes(t *testing.T) {
	book := load(t)
	reach := time.Duration(0)
	for _, b := range book.Desk.Bands {
		if b.Low > reach {
			t.Errorf("nothing is told between %s and %s", reach, b.Low)
		}
		reach = max(reach, b.High)
		for lang, texts := range book.Texts {
			if !strings.HasSuffix(texts[b.Say], ".") {
				t.Errorf("%s %s is no sentence: %q", lang, b.Say, texts[b.Say])
			}
		}
	}
	if reach < time.Hour {
		t.Errorf("the longest time that is told is %s", reach)
	}
}

// Who waits can be called back, leave a message or hear something, in each queue, and comes back to the same one.
func TestQueuesOfferMore(t *testing.T) {
	book := load(t)
	for name, n := range book.Nodes {
		if n.Kind != prompts.KindQueue {
			continue
		}
		callback, box := book.Nodes[n.Keys["1"]], book.Nodes[n.Keys["2"]]
		if callback.Kind != prompts.KindCallback || callback.Otherwise != name || box.Kind != prompts.KindMessage || box.Topic != n.Topic || n.Keys["3"] == "" || n.Apology == "" {
			t.Errorf("queue %s: %v, %s, %s", name, n.Keys, callback.Kind, box.Kind)
		}
	}
	later := prompts.Spoken("it", book.Texts["it"][prompts.KeyCallbackLater])
	if h := book.Hours[book.Desk.Callback.Hours]; h.From != 8*time.Hour || h.To != 21*time.Hour || !strings.Contains(later, "otto") {
		t.Errorf("callbacks are made from %s to %s, callers are told %q", h.From, h.To, later)
	}
}

// Offers of help are recorded; nothing on their way is a wait for an operator.
func TestOffersAreRecorded(t *testing.T) {
	book := load(t)
	offers := book.Nodes["offers"]
	box := book.Nodes[offers.Then]
	if offers.Kind != prompts.KindSay || box.Kind != prompts.KindMessage || box.Topic != "offers" || book.Nodes[box.Then].Kind != prompts.KindHangup {
		t.Errorf("offers lead to %s %q of topic %q, then %s", box.Kind, box.Name, box.Topic, box.Then)
	}
}

// Callers are spoken to formally, and as people speak on the telephone.
func TestTexts(t *testing.T) {
	book := load(t)
	wrong := map[string]*regexp.Regexp{
		"it": regexp.MustCompile(`(?i)\b(premi|digita\w*|tuo|tua|chiama|interno|selezion\w*)\b`),
		"en": regexp.MustCompile(`(?i)\b(extension|selection is invalid|party|agent)\b`),
		"de": regexp.MustCompile(`\b(du|dein\w*|drücke|Durchwahl|Agent)\b`),
		"fr": regexp.MustCompile(`(?i)\b(ton|tapes|appelle|poste)\b`),
		"sl": regexp.MustCompile(`(?i)\b(pritisni|pokliči|tvoj\w*|agent)\b`),
	}
	for lang, texts := range book.Texts {
		for key, text := range texts {
			if found := wrong[lang].FindString(text); found != "" {
				t.Errorf("%s %s: %q", lang, key, found)
			}
			if left := prompts.Spoken(lang, text); strings.ContainsAny(strings.ReplaceAll(left, "{n}", ""), "0123456789") {
				t.Errorf("%s %s: digits are left to the engine: %q", lang, key, left)
			}
		}
	}
}

// Danger is heard within 10 s: at 12 characters a second, slower than any speech engine here speaks.
func TestDangerComesFirst(t *testing.T) {
	book := load(t)
	for lang, texts := range book.Texts {
		n := 0
		for _, key := range book.Nodes[book.Start].Say {
			n += len([]rune(texts[key]))
			if strings.Contains(texts[key], "112") {
				break
			}
		}
		if seconds := n / 12; seconds > 10 {
			t.Errorf("%s: the way to 112 is heard after about %d s", lang, seconds)
		}
		if !strings.Contains(texts[prompts.KeyFailOpenAdvice], "112") {
			t.Errorf("%s: the fail-open text does not tell 112", lang)
		}
	}
}
