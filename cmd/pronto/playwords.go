package main

import "pronto/prompts/wording"

// words are what `pronto play` says in one language.
type words struct {
	begin, from, withheld, full, estimated string
	keys, help, nothing, unknown           string
	after, cut, beep, recording            string

	saying, key, queue, offer, talking, rescueRings, connected, records, codeOffer string

	end, outcome, path, language, topic, rescue, waited, talked string

	days     [7]string
	date     string
	kinds    map[string]string // a node's
	acts     map[string]string // operator's and rescue number's
	notes    map[string]string // first word of a note
	enders   map[string]string
	outcomes map[string]string
}

// wordsFor are the words of a language.
func wordsFor(lang wording.Language) *words {
	if lang == wording.Italian {
		return italian()
	}
	return english()
}

func english() *words {
	return &words{
		begin: "%s, %s. It is %s.", from: "Call from %s; operators logged in: %d%s.", withheld: "a withheld number", full: ", all talking, the queue is full",
		estimated: "Lengths of the texts: estimated (marked ~).",
		keys:      "Type keys (0-9 * #), Enter to listen on, h to hang up, ? for help.",
		help: "  1, 24#     press keys; a key cuts short what is said\n" +
			"  Enter      listen to the end; in silence: wait until the line does something\n" +
			"  w 5s       let five seconds pass\n" +
			"  o, o no    the operator answers, then hangs up; or refuses\n" +
			"  o drops    the operator's telephone is lost in the middle\n" +
			"  o ready    operators who missed two calls are ready again\n" +
			"  r, r busy  the rescue number answers, then hangs up; or is busy\n" +
			"  h          hang up (also q, Ctrl-C, Ctrl-D)",
		nothing: "Nothing more happens by itself: o or r lets the other party act, h hangs up.",
		unknown: "%q is nothing that can be done here: ? for help",
		after:   "cut short after %s", beep: "(tone)", recording: "recording",
		saying: "%s still being said", key: "a key is awaited", queue: "waiting for an operator", offer: "1 connects with the rescue number",
		talking: "with the operator", rescueRings: "the rescue number is dialled", connected: "with the rescue number", records: "a message is recorded",
		codeOffer: "1 tells the code again",
		end:       "The call ended after %s: %s.", outcome: "outcome", path: "path", language: "language", topic: "topic", rescue: "rescue number",
		waited: "waited", talked: "talked",
		days: [7]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}, date: "2 January 2006, 15:04",
		acts: map[string]string{"callback": "callback:", "music": "music on hold", "records": "the recording begins"},
		notes: map[string]string{
			"key invalid": "there is no such key", "key ahead": "a key pressed ahead", "refused closed": "the service is closed",
			"refused full": "the queue is full", "refused nobody": "no operator is logged in", "message left": "a message was left",
			"message none": "no message", "otherwise": "no valid key: on to", "language": "language chosen:", "skipped": "skipped:", "branch": "branch:",
			"request open": "the request is open", "request in_progress": "the request is in progress", "request closed": "the request is closed",
			"request unknown": "there is no such request", "request unavailable": "requests can not be looked up", "request no_code": "there is no code to be had",
			"kept": "the old place is his again", "fetched": "his turn: back to", "dropped": "lost in the middle:", "transferred": "handed over to",
			"entry valid": "it was typed whole", "entry invalid": "too few or too many digits", "entry again": "to be typed again",
		},
		enders: map[string]string{"caller": "the caller hung up", "line": "the line hung up", "operator": "the operator hung up", "rescue": "the rescue number hung up"},
		outcomes: map[string]string{
			"served": "spoke with an operator", "informed": "heard what they chose", "redirected": "got the rescue number",
			"message": "left a message", "callback": "asked to be called back", "abandoned_menu": "hung up in the menu",
			"abandoned_queue": "hung up waiting", "turned_away": "nobody could take the call, and was told so", "failed": "something went wrong",
		},
	}
}

func italian() *words {
	return &words{
		begin: "%s, %s. È %s.", from: "Chiama %s; operatori collegati: %d%s.", withheld: "un numero nascosto", full: ", tutti al telefono, la coda è piena",
		estimated: "Durate dei testi: stimate (segnate con ~).",
		keys:      "Scrivete i tasti (0-9 * #), Invio per ascoltare, h per riagganciare, ? per l'aiuto.",
		help: "  1, 24#     preme i tasti; un tasto interrompe ciò che si sente\n" +
			"  Invio      ascolta fino alla fine; nel silenzio: attende che la linea faccia qualcosa\n" +
			"  w 5s       lascia passare cinque secondi\n" +
			"  o, o no    l'operatore risponde, poi riaggancia; oppure rifiuta\n" +
			"  o drops    il telefono dell'operatore cade durante la conversazione\n" +
			"  o ready    gli operatori che non hanno risposto due volte sono di nuovo pronti\n" +
			"  r, r busy  il numero di soccorso risponde, poi riaggancia; oppure è occupato\n" +
			"  h          riaggancia (anche q, Ctrl-C, Ctrl-D)",
		nothing: "Da sola la linea non fa più nulla: o oppure r fa agire l'altra parte, h riaggancia.",
		unknown: "%q qui non è un comando: ? per l'aiuto",
		after:   "interrotto dopo %s", beep: "(segnale acustico)", recording: "registrazione",
		saying: "si sente ancora per %s", key: "si attende un tasto", queue: "in attesa di un operatore", offer: "1 collega con il numero di soccorso",
		talking: "in conversazione con l'operatore", rescueRings: "si chiama il numero di soccorso", connected: "in conversazione con il numero di soccorso",
		records: "si registra un messaggio", codeOffer: "1 ripete il codice",
		end: "La chiamata è finita dopo %s: %s.", outcome: "esito", path: "percorso", language: "lingua", topic: "argomento", rescue: "soccorso",
		waited: "attesa", talked: "conversazione",
		days: [7]string{"domenica", "lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato"}, date: "2/1/2006, ore 15:04",
		kinds: map[string]string{
			"menu": "menu", "say": "testo", "queue": "coda", "rescue": "soccorso", "message": "messaggio", "language": "lingua", "goto": "rinvio",
			"hangup": "fine", "ask": "richiesta", "branch": "bivio", "callback": "richiamata", "directory": "rubrica", "request-status": "stato della richiesta",
		},
		acts: map[string]string{
			"rings": "squilla", "answers": "risponde", "declines": "rifiuta", "does not answer": "non risponde", "stops ringing": "non squilla più",
			"hangs up": "riaggancia", "is busy": "è occupato", "is paused": "è in pausa", "is ready": "è di nuovo pronto", "is lost": "è caduto", "operator": "operatore", "rescue": "soccorso", "music": "musica d'attesa",
			"records": "comincia la registrazione", "recorded": "registrati",
			"request": "richiesta", "opened": "aperta", "callback": "richiamata:", "another number": "a un altro numero", "his own number": "al proprio numero",
			"booked": "prenotata", "is owed already": "già prenotata",
		},
		notes: map[string]string{
			"key invalid": "questo tasto non c'è", "key ahead": "tasto premuto in anticipo", "refused closed": "il servizio è chiuso",
			"refused full": "la coda è piena", "refused nobody": "nessun operatore è collegato", "message left": "messaggio lasciato",
			"message none": "nessun messaggio", "otherwise": "nessun tasto valido: si va a", "language": "lingua scelta:", "skipped": "saltato:", "branch": "bivio:",
			"request open": "la richiesta è aperta", "request in_progress": "la richiesta è in lavorazione", "request closed": "la richiesta è chiusa",
			"request unknown": "questa richiesta non c'è", "request unavailable": "non si possono leggere le richieste", "request no_code": "non ci sono codici",
			"kept": "riprende il vecchio posto", "fetched": "è il suo turno: torna a", "dropped": "caduto durante la conversazione:", "transferred": "passato a",
			"entry valid": "digitato per intero", "entry invalid": "cifre mancanti o di troppo", "entry again": "da digitare di nuovo",
			"fault": "guasto:", "fault:": "guasto:",
		},
		enders: map[string]string{"caller": "ha riagganciato chi chiama", "line": "ha riagganciato la linea", "operator": "ha riagganciato l'operatore", "rescue": "ha riagganciato il numero di soccorso"},
		outcomes: map[string]string{
			"served": "ha parlato con un operatore", "informed": "ha sentito ciò che ha scelto", "redirected": "ha avuto il numero di soccorso",
			"message": "ha lasciato un messaggio", "callback": "ha chiesto di essere richiamato", "abandoned_menu": "ha riagganciato nel menu",
			"abandoned_queue": "ha riagganciato in attesa", "turned_away": "nessuno poteva rispondere, e gli è stato detto", "failed": "qualcosa non ha funzionato",
		},
	}
}

// or is the word in the table, or the key itself: what no table knows is shown as it is.
func or(table map[string]string, key string) string {
	if word, ok := table[key]; ok {
		return word
	}
	return key
}
