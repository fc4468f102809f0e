package prompts

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pronto/prompts/protezionecivile"
)

// rome is an instant as the clocks there show it.
func rome(clock string) time.Time {
	zone, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		panic(err)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", clock, zone)
	if err != nil {
		panic(err)
	}
	return at
}

func TestKeyLabel(t *testing.T) {
	all := []string{"1", "2", "3", "0"}
	for _, tt := range []struct{ lang, text, key, want string }{
		{"it", "Per offrire aiuto, premete 3. Per parlare con un operatore, premete 0, o restate in linea.", "3", "Per offrire aiuto"},
		{"it", "Per offrire aiuto, premete 3. Per parlare con un operatore, premete 0, o restate in linea.", "0", "Per parlare con un operatore"},
		{"it", "Non è un servizio di soccorso. Se siete in pericolo, chiamate il 112 o premete 1.", "1", "Se siete in pericolo, chiamate il 112"},
		{"it", "Per informazioni 2, per segnalazioni 3, per un operatore 0.", "3", "Per segnalazioni"},
		{"it", "Per i rischi, per le strade, premete 1, per un operatore, premete 0.", "1", "Per i rischi, per le strade"},
		{"it", "Per i rischi, premete 1, per l'acqua, il gas, premete 2, per altro 3.", "2", "Per l'acqua, il gas"},
		{"it", "Aperti dalle 9:00, numero 800 840 840. Per gli orari, premete il tasto 2.", "2", "Per gli orari"},
		{"it", "Premete 1 per le informazioni.", "1", "Premete 1 per le informazioni"},
		{"it", "Premete zero.", "0", ""},
		{"en", "To know what to do, please press 2.", "2", "To know what to do"},
		{"de", "Um Hilfe anzubieten, drücken Sie bitte die 3.", "3", "Um Hilfe anzubieten"},
		{"de", "Bei Gefahr wählen Sie 112 oder drücken Sie 1.", "1", "Bei Gefahr wählen Sie 112"},
		{"fr", "Pour savoir ce qu'il faut faire, appuyez sur la touche 2.", "2", "Pour savoir ce qu'il faut faire"},
		{"sl", "Za navodila, kaj storiti, pritisnite 2.", "2", "Za navodila, kaj storiti"},
		{"hr", "Za upute 2.", "2", "Za upute"}, // no words of this language are known
	} {
		if got := keyLabel(tt.lang, tt.text, tt.key, all); got != tt.want {
			t.Errorf("%s %q, key %s: %q, want %q", tt.lang, tt.text, tt.key, got, tt.want)
		}
	}
}

// Every choice of the starter book has a name in every language, but that of the languages, which name themselves.
func TestTwinOfStarter(t *testing.T) {
	book, _ := Load(protezionecivile.Starter(), "")
	twin := TwinOf(Estimate(book), true, time.Now())
	if len(twin.Nodes) != len(book.Nodes) {
		t.Errorf("%d of %d nodes", len(twin.Nodes), len(book.Nodes))
	}
	for _, n := range twin.Nodes {
		for _, c := range n.Choices {
			if n.Kind == KindMenu && c.To != "languages" && len(c.Label) != len(book.Line.Languages) {
				t.Errorf("%s, key %s: %v", n.Name, c.Key, c.Label)
			}
		}
		for _, text := range n.Say {
			if text.Key != KeyAlert && text.Language == "" && len(text.Text) != len(book.Line.Languages) {
				t.Errorf("%s says %s in %d languages", n.Name, text.Key, len(text.Text))
			}
		}
	}
	var to []string
	for _, way := range twin.Person.Ways {
		to = append(to, way.Node+" "+strings.Join(way.Keys, " "))
		if !way.Open {
			t.Errorf("%+v", way)
		}
	}
	if slices.Sort(to); !slices.Equal(to, []string{"operator 0", "report 3 1"}) || !twin.Person.Open || !twin.Person.Staffed {
		t.Errorf("a person is reached by %v: %+v", to, twin.Person)
	}
	if len(twin.Hours) != 1 || !twin.Hours[0].Always {
		t.Errorf("hours: %+v", twin.Hours)
	}
	if twin.Rescue[0].Number != "112" || twin.Alert != nil {
		t.Errorf("rescue %+v, alert %+v", twin.Rescue, twin.Alert)
	}
}

// TestTwinAlert: what an alert changes, and for whom.
func TestTwinAlert(t *testing.T) {
	book, _ := Load(protezionecivile.Starter(), "")
	book.Desk.Hours = "office"
	night := rome("2026-11-25 23:00")
	alert := Alert{
		ID: "a", Messages: map[string]string{"it": "Scossa.", "xx": "Shock."}, H24: true, Topics: []string{"information"},
		Raised: rome("2026-11-25 20:00"), Expires: rome("2026-11-26 02:00"),
	}
	leads := func(a *Alert, now time.Time) (string, Twin) {
		twin := TwinOf(Estimate(book).WithAlert(a), true, now)
		return twin.Leads("information", "it"), twin
	}
	if to, twin := leads(nil, night); to != "information-menu" || twin.Person.Open {
		t.Errorf("no alert, at night: %s, %+v", to, twin.Person)
	}
	to, twin := leads(&alert, night)
	if to != "alert-now" || !twin.Person.Open || len(twin.Alert.Text) != 1 || twin.Alert.Text["it"] != "Scossa." {
		t.Errorf("%s, %+v, %+v", to, twin.Person, twin.Alert)
	}
	for _, way := range twin.Person.Ways {
		if way.Open != (way.Topic == "information") || way.ByAlert != way.Open {
			t.Errorf("open for other topics, too: %+v", way)
		}
	}
	if to, twin := leads(&alert, alert.Expires); to != "information-menu" || twin.Alert != nil || twin.Person.Open {
		t.Errorf("after its end: %s, %+v", to, twin)
	}
	alert.Topics = []string{"offers"}
	if to, _ := leads(&alert, night); to != "information-menu" {
		t.Errorf("an alert about another topic leads to %s", to)
	}
}

func TestNextChange(t *testing.T) {
	b := &Book{Line: Line{Timezone: "Europe/Rome"}, Hours: map[string]Hours{
		"office": {Days: []time.Weekday{1, 2, 3, 4, 5}, From: 9 * time.Hour, To: 18 * time.Hour, Holidays: []string{"it"}, Exceptions: map[string]Span{"2026-12-24": {9 * time.Hour, 13 * time.Hour}}},
		"night":  {Days: []time.Weekday{5, 6}, From: 22 * time.Hour, To: 26 * time.Hour},
		"always": {Days: []time.Weekday{0, 1, 2, 3, 4, 5, 6}, To: 24 * time.Hour},
		"never":  {},
		"once":   {Exceptions: map[string]Span{"2027-06-01": {10 * time.Hour, 11 * time.Hour}}},
	}}
	for _, tt := range []struct{ hours, now, want string }{
		{"office", "2026-11-25 10:00", "2026-11-25 18:00"},
		{"office", "2026-11-25 18:00", "2026-11-26 09:00"},
		{"office", "2026-11-27 20:00", "2026-11-30 09:00"}, // over the weekend
		{"office", "2026-12-24 10:00", "2026-12-24 13:00"},
		{"office", "2026-12-24 14:00", "2026-12-28 09:00"}, // Christmas, Saint Stephen, Sunday
		{"office", "2026-03-27 20:00", "2026-03-30 09:00"}, // summer time begins
		{"night", "2026-11-27 23:00", "2026-11-28 02:00"},
		{"night", "2026-11-28 01:00", "2026-11-28 02:00"}, // since yesterday
		{"night", "2026-11-28 03:00", "2026-11-28 22:00"},
		{"night", "2026-10-24 23:00", "2026-10-25 02:00"}, // the night that has 25 hours
		{"once", "2026-11-25 10:00", "2027-06-01 10:00"},
	} {
		if got := b.nextChange(tt.hours, rome(tt.now)); !got.Equal(rome(tt.want)) {
			t.Errorf("%s at %s: %v, want %s", tt.hours, tt.now, got, tt.want)
		}
	}
	for _, hours := range []string{"always", "never", "unknown"} {
		if got := b.nextChange(hours, rome("2026-11-25 10:00")); !got.IsZero() {
			t.Errorf("%s change at %v", hours, got)
		}
	}
}
