package prompts

import "testing"

func TestLexiconApply(t *testing.T) {
	l := Lexicon{"it": {
		"L.R.": "legge regionale", "L.R. Lazio": "legge del Lazio", "COC": "centro operativo comunale", "SS": "statale", "n.": "numero", "A1": "autostrada del sole", "è": "e",
	}}
	for _, tt := range []struct{ lang, text, want string }{
		{"it", "La L.R. 64 del 1986", "La legge regionale 64 del 1986"},
		{"it", "(L.R.)", "(legge regionale)"},
		{"it", "L.R. Lazio, L.R. Laziale", "legge del Lazio, legge regionale Laziale"},
		{"it", "Il COC e i COC, non COCCO né ACOC", "Il centro operativo comunale e i centro operativo comunale, non COCCO né ACOC"},
		{"it", "SS4 e SS 4, A1 e A14", "SS4 e statale 4, autostrada del sole e A14"},
		{"it", "perché è caffè", "perché e caffè"},
		{"it", "n.5, L.R.64", "numero 5, legge regionale 64"},
		{"en", "L.R. 64", "L.R. 64"},
		{"it", "", ""},
	} {
		if got := l.Apply(tt.lang, tt.text); got != tt.want {
			t.Errorf("%s %q\n got %q\nwant %q", tt.lang, tt.text, got, tt.want)
		}
	}
	b := &Book{Lexicon: Lexicon{"it": {"COC": "centro 112"}}}
	if got, want := b.spoken("it", "Il COC"), "Il centro uno, uno, due"; got != want {
		t.Errorf("got %q, want %q: numbers in what is put in are said as all others", got, want)
	}
}

// The lexicon is heard in one language's clips only, and a change of it makes those with the word anew and no others.
func TestLexiconMakesItsClipsAnew(t *testing.T) {
	engine := &fakeEngine{}
	o := options(t, engine)
	book := smallBook()
	mustRender(t, book, o)
	before := engine.spoke.Load()
	with := smallBook()
	with.Lexicon = Lexicon{"en": {"number": "No"}}
	r := mustRender(t, with, o)
	if got := engine.spoke.Load() - before; got != MaxPosition {
		t.Errorf("%d texts spoken anew, want the %d positions in English", got, MaxPosition)
	}
	if got := r.Clips["en"][with.PositionKey(2)].Text; got != "You are number 2" {
		t.Errorf("the clip's text is %q: callers' transcripts must show what was written", got)
	}
}
