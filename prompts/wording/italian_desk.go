package wording

// deskInItalian is what the checker says of the desk, and of nodes at which callers wait.
var deskInItalian = map[string]string{
	"a caller can not do without %q":                                "chi chiama non può fare a meno di %q",
	"a waiting time ends before it begins":                          "un tempo d'attesa finisce prima di cominciare",
	"high is more than low":                                         "high è più di low",
	"there are more than %d waiting times":                          "ci sono più di %d tempi d'attesa",
	"a caller needs no finer ones: remove some":                     "a chi chiama non ne servono di più fini: toglierne alcuni",
	"there is no country %q":                                        "il paese %q non esiste",
	"two capital letters, as of internet addresses: IT, SM, VA, AT": "due lettere maiuscole, come negli indirizzi internet: IT, SM, VA, AT",
	"node %s says nothing every %s":                                 "il nodo %s non dice nulla ogni %s",
	"Book a call to the caller, at a number that he confirms. Who comes from a queue keeps the place.": "Prenota una richiamata, al numero che chi chiama conferma. Chi viene da una coda conserva il posto.",
	"Whether somebody looks after callers who are cut off or give up. Default false.":                  "Se qualcuno si occupa di chi cade o rinuncia. Di norma false.",
	"Who is rung. longest-idle: who has waited longest for a call. ring-all: everybody at once. round-robin: one after the other, by name. tiers: the first tier, then the next one, too. Default longest-idle.": "Chi squilla. " +
		"longest-idle: chi attende una telefonata da più tempo. ring-all: tutti insieme. round-robin: uno dopo l'altro, per nome. tiers: il primo livello, poi anche il successivo. Di norma longest-idle.",
	"With tiers: how long a caller waits before one more tier is rung. Default 20s.": "Con tiers: dopo quanta attesa squilla anche il livello successivo. Di norma 20s.",
	"How much longer somebody must have waited to go before a caller of the next better class; 0s: never. Default 10m.": "Quanto in più deve aver atteso " +
		"chi passa prima di una telefonata della classe migliore; 0s: mai. Di norma 10m.",
	"What callers do without in the end, so that nobody waits for ever. Default: the language after 1m, the topic's skills after 2m.": "A che cosa rinuncia, " +
		"alla fine, chi attende, perché nessuno attenda per sempre. Di norma: alla lingua dopo 1m, alle competenze dell'argomento dopo 2m.",
	"How many calls in a row an operator may miss before he is paused; 0: any number. Default 2.": "Dopo quante chiamate di fila senza risposta un operatore va in pausa; 0: mai. Di norma 2.",
	"How long callers wait on when the last operator has gone, before they go where nobody of their queue leads; 0s: for ever. Default 1m.": "Quanto si attende ancora " +
		"quando l'ultimo operatore se n'è andato, prima di andare dove porta nobody della coda; 0s: per sempre. Di norma 1m.",
	"The waiting times that callers can be told. The narrowest that holds is told, and none when little is known. Default: none.": "I tempi d'attesa che si possono dire. " +
		"Si dice il più stretto che vale, e nessuno quando se ne sa poco. Di norma nessuno.",
	"How callers are called back who have asked for it.":                                               "Come si richiama chi lo ha chiesto.",
	"Within what time somebody looks after them.":                                                      "Entro quanto qualcuno deve occuparsene.",
	"Callers who chose danger, or a topic with safety, and were cut off or fell silent. Default: 10m.": "Chi ha scelto il pericolo, o un argomento con safety, ed è caduto o ha taciuto. Di norma 10m.",
	"Who gave up after this time is called back.":                                                      "Si richiama chi ha rinunciato dopo questo tempo.",
	"Callers who gave up waiting. Default: 1m.":                                                        "Chi ha rinunciato ad attendere. Di norma 1m.",
	"Conversations that are recorded. Default: none.":                                                  "Le conversazioni registrate. Di norma nessuna.",
	"After how much waiting.":                                                                          "Dopo quanta attesa.",
	"language: the caller's language. topic: the skills that his topic wants.":                         "language: la lingua di chi chiama. topic: le competenze dell'argomento.",
	"The waiting time is at least this.":                                                               "L'attesa dura almeno così.",
	"It is at most this.":                                                                              "Dura al massimo così.",
	"The text that tells it: a whole sentence.":                                                        "Il testo che lo dice: una frase intera.",
	"When citizens may be called. Without them: always.":                                               "L'orario in cui si può richiamare. Se manca, sempre.",
	"Whose numbers may be called: IT, SM, VA. Expensive numbers never are. Default IT.":                "I paesi dei numeri che si possono richiamare: IT, SM, VA. I numeri a pagamento mai. Di norma IT.",
	"How often a citizen who does not answer is called. Default 3.":                                    "Quante volte si richiama chi non risponde. Di norma 3.",
	"How long it is between two tries. Default 15m.":                                                   "Quanto passa tra due tentativi. Di norma 15m.",
	"When a callback is too old to be of use. Default 24h.":                                            "Dopo quanto una richiamata è troppo vecchia per servire. Di norma 24h.",
	"The topics of the conversations that are recorded.":                                               "Gli argomenti delle conversazioni registrate.",
	"The text that tells it, right before, with the key to refuse.":                                    "Il testo che lo dice, subito prima, con il tasto per rifiutare.",
	"The key with which a caller refuses it.":                                                          "Il tasto con cui chi chiama rifiuta.",
	"Where keys lead: key and node. In a language node: key and language. In a queue, who waits can press them and keeps the place.": "Dove portano i tasti: tasto e nodo. " +
		"In un nodo language: tasto e lingua. In una coda li preme chi attende, e conserva il posto.",
	"Texts that are said in turn to those who wait, as what the keys are for.": "I testi detti a turno a chi attende, per esempio a che cosa servono i tasti.",
	"How long it is from one of them to the next. Default 60s.":                "Quanto passa da uno all'altro. Di norma 60s.",
	"The text for who waits again because the operator was lost.":              "Il testo per chi attende di nuovo perché è caduta la linea dell'operatore.",
	"add comfort: [text], or remove every":                                     "aggiungere comfort: [testo], o togliere every",
}
