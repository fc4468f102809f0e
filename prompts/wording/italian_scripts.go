package wording

// scriptsInItalian is what is said of rehearsed calls and their scripts. Settings and steps stay as they are written.
var scriptsInItalian = map[string]string{
	"the call is over":                                "la telefonata è finita",
	"no operator is paused":                           "nessun operatore è in pausa",
	"no operator talks with the caller":               "nessun operatore è in conversazione",
	"no operator's phone rings":                       "nessun telefono di operatore squilla",
	"the rescue number is not rung":                   "il numero di soccorso non squilla",
	"the rescue number does not talk with the caller": "il numero di soccorso non è in conversazione",
	"%s:%d: nothing reads the section %q: there are settings, steps, transcript and outcome": "%s:%d: nessuno legge la sezione %q: ci sono settings, steps, transcript e outcome",
	"%s:1: there are no steps: add a line -- steps -- and below it what the caller does":     "%s:1: mancano i passi: aggiungere una riga -- steps -- e sotto ciò che fa chi chiama",
	"%q is no setting: write a name, a colon and a value: operators: 1":                      "%q non è un'impostazione: scrivere un nome, due punti e un valore: operators: 1",
	"operators: %q is not a number from 0 to 500":                                            "operators: %q non è un numero da 0 a 500",
	"there is no setting %q: caller, clock, language, hours, operators, full, answer, talk, booked, request, alert, alert-areas, alert-topics, h24 and words are known": "l'impostazione %q non esiste: " +
		"si conoscono caller, clock, language, hours, operators, full, answer, talk, booked, request, alert, alert-areas, alert-topics, h24 e words",
	"request: %v": "richiesta: %v",
	"%q is no request: write its code, how it stands and when it was opened: %s open 2026-11-20, or closed with a second date": "%q non è una richiesta: " +
		"scrivere il codice, lo stato e la data di apertura: %s open 2026-11-20, oppure closed con una seconda data",
	"%q is no code: eight digits, the last of which proves the others, as in %s": "%q non è un codice: sono otto cifre, e l'ultima controlla le altre, come in %s",
	"a request is open, in_progress or closed, not %q":                           "una richiesta è open, in_progress o closed, non %q",
	"%q is no date: write 2026-11-20":                                            "%q non è una data: scrivere 2026-11-20",
	"%q is neither yes nor no":                                                   "%q non è né yes né no",
	"%q is no time: write 2026-12-25T03:00":                                      "%q non è un istante: scrivere 2026-12-25T03:00",
	"%q is no length of time up to 24h: write 5s or 2m":                          "%q non è una durata fino a 24h: scrivere 5s o 2m",
	"%q are no keys of a telephone: 0-9, * and #":                                "%q non sono tasti del telefono: 0-9, * e #",
	"there is no step %q: key 1, wait 5s, listen, hangup, operator answers|declines|hangs up|drops|is ready, rescue answers|busy|hangs up": "il passo %q non esiste: " +
		"key 1, wait 5s, listen, hangup, operator answers|declines|hangs up|drops|is ready, rescue answers|busy|hangs up",
	"%s: the book has no hours named %q": "%s: il libro non ha un orario di nome %q",
	"%s: the line does not speak %q":     "%s: la linea non parla %q",
	"%s: the alert: %v":                  "%s: l'allerta: %v",
}
