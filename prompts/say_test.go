package prompts

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestSpoken(t *testing.T) {
	for _, tt := range []struct{ lang, text, want string }{
		// rescue numbers
		{"it", "Chiamate il 112.", "Chiamate il uno, uno, due."},
		{"it", "113, 115, 117 e 118", "uno, uno, tre, uno, uno, cinque, uno, uno, sette e uno, uno, otto"},
		{"it", "il 1515 o il 1530", "il quindici quindici o il quindici trenta"},
		{"en", "dial 112, or 1515 for forests", "dial one, one, two, or fifteen fifteen for forests"},
		{"en", "118 and 1530", "one, one, eight and fifteen thirty"},
		// toll-free numbers
		{"it", "800 840 840", "ottocento, ottocentoquaranta, ottocentoquaranta"},
		{"it", "800.840.840.", "ottocento, ottocentoquaranta, ottocentoquaranta."},
		{"it", "800840840", "ottocento, ottocentoquaranta, ottocentoquaranta"},
		{"it", "803 112 007", "ottocentotré, centododici, zero, zero, sette"},
		{"en", "800 840 840, is free", "eight hundred, eight four zero, eight four zero, is free"},
		// times
		{"it", "dalle 9:00 alle 18.30", "dalle nove alle diciotto e trenta"},
		{"it", "all'1:05, alle 0:00, alle 24:00", "all'una e cinque, alle zero, alle ventiquattro"},
		{"it", "25:10", "venticinque:dieci"},
		{"en", "from 9:00 to 18:00", "from nine in the morning to six in the evening"},
		{"en", "12:00, 24:00, 0:30, 15:05, 23:59", "noon, midnight, twelve thirty in the morning, three oh five in the afternoon, eleven fifty-nine in the evening"},
		// dates
		{"it", "il 6/11/2026", "il sei novembre duemilaventisei"},
		{"it", "il 1/3 e il 2026-12-08", "il primo marzo e il otto dicembre duemilaventisei"},
		{"it", "32/13", "trentadue/tredici"},
		{"en", "on 6/11/2026", "on the sixth of November two thousand and twenty-six"},
		{"en", "31/12, 22/1", "the thirty-first of December, the twenty-second of January"},
		// round the clock
		{"it", "24 ore su 24", "ventiquattro ore su ventiquattro"},
		{"it", "h24, H 24", "ventiquattro ore su ventiquattro, ventiquattro ore su ventiquattro"},
		{"it", "24/7", "ventiquattro ore su ventiquattro, sette giorni su sette"},
		{"en", "h24 or 24/7", "twenty-four hours a day or twenty-four hours a day, seven days a week"},
		// abbreviations
		{"it", "a 1 km, a 20 km, al km 12, in km", "a un chilometro, a venti chilometri, al chilometro dodici, in chilometri"},
		{"it", "n. 5, N° 6, n. verde", "numero cinque, numero sei, numero verde"},
		{"it", "€ 1.500,50 e 20%", "millecinquecento virgola cinquanta euro e venti per cento"},
		{"en", "No. 5, no. It is 3.5 km, 20%", "number five, no. It is three point five kilometres, twenty percent"},
		// amounts and positions
		{"it", "premete 1", "premete uno"},
		{"it", "Siete il numero {n} in attesa.", "Siete il numero {n} in attesa."},
		{"it", "13.965 richieste, 3,5 gradi", "tredicimilanovecentosessantacinque richieste, tre virgola cinque gradi"},
		{"it", "A14, 007, 3331234567", "A quattordici, zero, zero, sette, tre, tre, tre, uno, due, tre, quattro, cinque, sei, sette"},
		{"it", "1.2.3", "uno, due, tre"},
		{"en", "13,965 requests", "thirteen thousand nine hundred and sixty-five requests"},
		// German
		{"de", "Wählen Sie 112, 115 oder 118.", "Wählen Sie eins, eins, zwei, eins, eins, fünf oder eins, eins, acht."},
		{"de", "bei Waldbränden 1515, auf See 1530, Verkehr 1518", "bei Waldbränden fünfzehn fünfzehn, auf See fünfzehn dreißig, Verkehr fünfzehn achtzehn"},
		{"de", "800 840 840", "achthundert, achthundertvierzig, achthundertvierzig"},
		{"de", "von 9:00 bis 18:30 Uhr, um 1:00, um 24:00", "von neun Uhr bis achtzehn Uhr dreißig, um ein Uhr, um vierundzwanzig Uhr"},
		{"de", "am 6/11/2026, am 1. Dezember, der 3. Mai, 7. 8. 2026", "am sechsten November zweitausendsechsundzwanzig, am ersten Dezember, der dritte Mai, siebten August zweitausendsechsundzwanzig"},
		{"de", "h24, 24/7", "rund um die Uhr, rund um die Uhr, sieben Tage die Woche"},
		{"de", "Nr. 5, 1 km, 21 km, bei km 12", "Nummer fünf, ein Kilometer, einundzwanzig Kilometer, bei Kilometer zwölf"},
		{"de", "€ 1.500,50, 20 %, z. B. usw.", "tausendfünfhundert Komma fünfzig Euro, zwanzig Prozent, zum Beispiel und so weiter"},
		{"de", "drücken Sie die 1, die 0", "drücken Sie die eins, die null"},
		{"de", "11 km und 3,1 Euro", "elf Kilometer und drei Komma eins Euro"},
		// French
		{"fr", "Composez le 112, ou le 1515.", "Composez le cent douze, ou le quinze quinze."},
		{"fr", "800 840 840, 1518", "huit cents, huit cent quarante, huit cent quarante, quinze dix-huit"},
		{"fr", "de 9 h à 18h30, à 1:00, à 21:05, 12:00, 0:00", "de neuf heures à dix-huit heures trente, à une heure, à vingt et une heures cinq, midi, minuit"},
		{"fr", "le 1/3/2026, le 6/11, le 1er mai, le 1 juin", "le premier mars deux mille vingt-six, le six novembre, le premier mai, le premier juin"},
		{"fr", "24 h sur 24, 24h/24, 7j/7, h24, 24 heures sur 24", "vingt-quatre heures sur vingt-quatre, vingt-quatre heures sur vingt-quatre, sept jours sur sept, vingt-quatre heures sur vingt-quatre, vingt-quatre heures sur vingt-quatre"},
		{"fr", "n° 5, 1 km, 21 km, 20 %, 1 €, 80 €", "numéro cinq, un kilomètre, vingt et un kilomètres, vingt pour cent, un euro, quatre-vingts euros"},
		{"fr", "la 2e et la 9e, la 1re, le 5ème", "la deuxième et la neuvième, la première, le cinquième"},
		{"fr", "le 2è étage", "le deuxième étage"},
		// Slovene
		{"sl", "Pokličite 112 ali 1515.", "Pokličite ena, ena, dva ali petnajst petnajst."},
		{"sl", "800 840 840, 1518", "osemsto, osemsto štirideset, osemsto štirideset, petnajst osemnajst"},
		{"sl", "od 9:00 do 18.30, ob 1:00, ob 21:05, ob 0:00", "od devetih do osemnajstih trideset, ob enih, ob enaindvajsetih pet, ob polnoči"},
		{"sl", "6/11/2026, 1. maja, 3. 12. 2026, 23. aprila", "šestega novembra dva tisoč šestindvajset, prvega maja, tretjega decembra dva tisoč šestindvajset, triindvajsetega aprila"},
		{"sl", "ob 9. uri, do 18. ure", "ob deveti uri, do osemnajste ure"},
		{"sl", "h24, 24/7, 24 ur na dan", "štiriindvajset ur na dan, štiriindvajset ur na dan, sedem dni v tednu, štiriindvajset ur na dan"},
		{"sl", "1 km, 2 km, 3 km, 5 km, 102 km, km 12", "en kilometer, dva kilometra, tri kilometre, pet kilometrov, sto dva kilometra, kilometer dvanajst"},
		{"sl", "št. 5, Št. 7, 20 %, 4 €, € 1.500", "številka pet, številka sedem, dvajset odstotkov, štiri evre, tisoč petsto evrov"},
		{"sl", "3,5 km, 2,1", "tri cele pet kilometra, dve celi ena"},
		// other languages
		{"es", "Marque el 112", "Marque el 112"},
		{"", "112", "112"},
	} {
		if got := Spoken(tt.lang, tt.text); got != tt.want {
			t.Errorf("Spoken(%s, %q)\n got %q\nwant %q", tt.lang, tt.text, got, tt.want)
		}
	}
}

func TestItalianCardinals(t *testing.T) {
	for n, want := range map[int]string{
		0: "zero", 3: "tre", 11: "undici", 17: "diciassette", 20: "venti", 21: "ventuno", 23: "ventitré", 28: "ventotto",
		38: "trentotto", 80: "ottanta", 81: "ottantuno", 88: "ottantotto", 100: "cento", 101: "centouno", 103: "centotré",
		108: "centotto", 111: "centoundici", 180: "centottanta", 188: "centottantotto", 200: "duecento", 840: "ottocentoquaranta",
		999: "novecentonovantanove", 1000: "mille", 1001: "milleuno", 1100: "millecento", 2000: "duemila", 2026: "duemilaventisei",
		21000: "ventunomila", 23003: "ventitremilatré", 100000: "centomila", 123456: "centoventitremilaquattrocentocinquantasei",
		999999: "novecentonovantanovemilanovecentonovantanove",
	} {
		if got := italianCardinal(n); got != want {
			t.Errorf("%d: got %q, want %q", n, got, want)
		}
	}
}

func TestEnglishCardinals(t *testing.T) {
	for n, want := range map[int]string{
		0: "zero", 13: "thirteen", 20: "twenty", 45: "forty-five", 100: "one hundred", 101: "one hundred and one",
		1000: "one thousand", 1001: "one thousand and one", 2026: "two thousand and twenty-six", 1100: "one thousand one hundred",
		999999: "nine hundred and ninety-nine thousand nine hundred and ninety-nine",
	} {
		if got := englishCardinal(n); got != want {
			t.Errorf("%d: got %q, want %q", n, got, want)
		}
	}
}

func TestOtherCardinals(t *testing.T) {
	for name, tt := range map[string]struct {
		say  func(int) string
		want map[int]string
	}{
		"de": {germanCardinal, map[int]string{
			0: "null", 1: "eins", 7: "sieben", 16: "sechzehn", 17: "siebzehn", 21: "einundzwanzig", 30: "dreißig", 66: "sechsundsechzig",
			100: "einhundert", 101: "einhunderteins", 121: "einhunderteinundzwanzig", 840: "achthundertvierzig", 1000: "tausend", 1001: "tausendeins",
			2026: "zweitausendsechsundzwanzig", 21000: "einundzwanzigtausend", 101000: "einhunderteintausend",
			999999: "neunhundertneunundneunzigtausendneunhundertneunundneunzig",
		}},
		"fr": {frenchCardinal, map[int]string{
			0: "zéro", 17: "dix-sept", 21: "vingt et un", 22: "vingt-deux", 60: "soixante", 70: "soixante-dix", 71: "soixante et onze", 79: "soixante-dix-neuf",
			80: "quatre-vingts", 81: "quatre-vingt-un", 90: "quatre-vingt-dix", 91: "quatre-vingt-onze", 99: "quatre-vingt-dix-neuf", 100: "cent", 101: "cent un",
			180: "cent quatre-vingts", 200: "deux cents", 201: "deux cent un", 1000: "mille", 1080: "mille quatre-vingts", 1100: "mille cent", 2026: "deux mille vingt-six",
			21000: "vingt et un mille", 80000: "quatre-vingt mille", 200000: "deux cent mille", 300200: "trois cent mille deux cents",
			999999: "neuf cent quatre-vingt-dix-neuf mille neuf cent quatre-vingt-dix-neuf",
		}},
		"sl": {sloveneCardinal, map[int]string{
			0: "nič", 11: "enajst", 20: "dvajset", 21: "enaindvajset", 22: "dvaindvajset", 99: "devetindevetdeset", 100: "sto", 101: "sto ena", 200: "dvesto",
			300: "tristo", 840: "osemsto štirideset", 1000: "tisoč", 1001: "tisoč ena", 2026: "dva tisoč šestindvajset", 21000: "enaindvajset tisoč",
			999999: "devetsto devetindevetdeset tisoč devetsto devetindevetdeset",
		}},
	} {
		for n, want := range tt.want {
			if got := tt.say(n); got != want {
				t.Errorf("%s: %d: got %q, want %q", name, n, got, want)
			}
		}
	}
}

// Whatever the text, no digit is left to the engine's taste.
func TestSpokenLeavesNoDigits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lang := rapid.SampledFrom([]string{"it", "en", "de", "fr", "sl"}).Draw(t, "lang")
		parts := rapid.SliceOf(rapid.OneOf(
			rapid.StringMatching(`[0-9]{1,10}`), rapid.SampledFrom([]string{" ", ".", ",", ":", "/", "-", "km", "n.", "h24", "€", "%", "x", "è", "1515", "800 840 840", "24/7", "Uhr", "h", "Mai", "ure", "št."}),
		)).Draw(t, "parts")
		said := Spoken(lang, strings.Join(parts, ""))
		if strings.ContainsAny(said, "0123456789") {
			t.Fatalf("digits left: %q", said)
		}
	})
}

// Every number has its own words.
func TestCardinalsAreDistinct(t *testing.T) {
	for name, say := range map[string]func(int) string{
		"it": italianCardinal, "en": englishCardinal, "de": germanCardinal, "fr": frenchCardinal, "sl": sloveneCardinal,
	} {
		seen := map[string]int{}
		for n := range 1_000_000 {
			if n > 30_000 && n%997 != 0 {
				continue
			}
			said := say(n)
			if other, ok := seen[said]; ok {
				t.Fatalf("%s: %d and %d are both %q", name, other, n, said)
			}
			seen[said] = n
		}
	}
}
