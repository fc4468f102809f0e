package main

import "strings"

// words are what `pronto play` says in one language.
type words struct {
	begin, from, withheld, full, estimated string
	noVoice, keys, help, nothing, unknown  string
	after, cut, beep, recording            string

	saying, key, queue, offer, talking, rescueRings, connected, records string

	end, outcome, path, language, topic, rescue, waited, talked string

	days     [7]string
	date     string
	kinds    map[string]string // a node's
	acts     map[string]string // operator's and rescue number's
	notes    map[string]string // first word of a note
	refusals map[string]string // what can not be done now
	enders   map[string]string
	outcomes map[string]string
}

// wordsFor chooses by LC_ALL, LC_MESSAGES or LANG, as programs do.
func wordsFor(getenv func(string) string) *words {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if lang := getenv(name); lang != "" {
			if strings.HasPrefix(lang, "it") {
				return italian()
			}
			break
		}
	}
	return english()
}

func english() *words {
	return &words{
		begin: "%s, %s. It is %s.", from: "Call from %s; operators logged in: %d%s.", withheld: "a withheld number", full: ", all talking, the queue is full",
		estimated: "Lengths of the texts: estimated (marked ~).",
		noVoice:   "The texts can not be spoken here, their lengths are estimated: %v",
		keys:      "Type keys (0-9 * #), Enter to listen on, h to hang up, ? for help.",
		help: "  1, 24#     press keys; a key cuts short what is said\n" +
			"  Enter      listen to the end; in silence: wait until the line does something\n" +
			"  w 5s       let five seconds pass\n" +
			"  o, o no    the operator answers, then hangs up; or refuses\n" +
			"  r, r busy  the rescue number answers, then hangs up; or is busy\n" +
			"  h          hang up (also q, Ctrl-C, Ctrl-D)",
		nothing: "Nothing more happens by itself: o or r lets the other party act, h hangs up.",
		unknown: "%q is nothing that can be done here: ? for help",
		after:   "cut short after %s", beep: "(tone)", recording: "recording",
		saying: "%s still being said", key: "a key is awaited", queue: "waiting for an operator", offer: "1 connects with the rescue number",
		talking: "with the operator", rescueRings: "the rescue number is dialled", connected: "with the rescue number", records: "a message is recorded",
		end: "The call ended after %s: %s.", outcome: "outcome", path: "path", language: "language", topic: "topic", rescue: "rescue number",
		waited: "waited", talked: "talked",
		days: [7]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}, date: "2 January 2006, 15:04",
		acts: map[string]string{"music": "music on hold", "records": "the recording begins"},
		notes: map[string]string{
			"key invalid": "there is no such key", "key ahead": "a key pressed ahead", "refused closed": "the service is closed",
			"refused full": "the queue is full", "refused nobody": "no operator is logged in", "message left": "a message was left",
			"message none": "no message", "otherwise": "no valid key: on to", "language": "language chosen:", "skipped": "skipped:", "branch": "branch:",
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
		noVoice:   "I testi non possono essere letti qui, le durate sono stimate: %v",
		keys:      "Scrivete i tasti (0-9 * #), Invio per ascoltare, h per riagganciare, ? per l'aiuto.",
		help: "  1, 24#     preme i tasti; un tasto interrompe ciò che si sente\n" +
			"  Invio      ascolta fino alla fine; nel silenzio: attende che la linea faccia qualcosa\n" +
			"  w 5s       lascia passare cinque secondi\n" +
			"  o, o no    l'operatore risponde, poi riaggancia; oppure rifiuta\n" +
			"  r, r busy  il numero di soccorso risponde, poi riaggancia; oppure è occupato\n" +
			"  h          riaggancia (anche q, Ctrl-C, Ctrl-D)",
		nothing: "Da sola la linea non fa più nulla: o oppure r fa agire l'altra parte, h riaggancia.",
		unknown: "%q qui non è un comando: ? per l'aiuto",
		after:   "interrotto dopo %s", beep: "(segnale acustico)", recording: "registrazione",
		saying: "si sente ancora per %s", key: "si attende un tasto", queue: "in attesa di un operatore", offer: "1 collega con il numero di soccorso",
		talking: "in conversazione con l'operatore", rescueRings: "si chiama il numero di soccorso", connected: "in conversazione con il numero di soccorso",
		records: "si registra un messaggio",
		end:     "La chiamata è finita dopo %s: %s.", outcome: "esito", path: "percorso", language: "lingua", topic: "argomento", rescue: "soccorso",
		waited: "attesa", talked: "conversazione",
		days: [7]string{"domenica", "lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato"}, date: "2/1/2006, ore 15:04",
		kinds: map[string]string{
			"menu": "menu", "say": "testo", "queue": "coda", "rescue": "soccorso", "message": "messaggio", "language": "lingua", "goto": "rinvio",
			"hangup": "fine", "ask": "richiesta", "branch": "bivio", "callback": "richiamata", "directory": "rubrica", "request-status": "stato della richiesta",
		},
		acts: map[string]string{
			"rings": "squilla", "answers": "risponde", "declines": "rifiuta", "does not answer": "non risponde", "stops ringing": "non squilla più",
			"hangs up": "riaggancia", "is busy": "è occupato", "operator": "operatore", "rescue": "soccorso", "music": "musica d'attesa",
			"records": "comincia la registrazione", "recorded": "registrati",
		},
		notes: map[string]string{
			"key invalid": "questo tasto non c'è", "key ahead": "tasto premuto in anticipo", "refused closed": "il servizio è chiuso",
			"refused full": "la coda è piena", "refused nobody": "nessun operatore è collegato", "message left": "messaggio lasciato",
			"message none": "nessun messaggio", "otherwise": "nessun tasto valido: si va a", "language": "lingua scelta:", "skipped": "saltato:", "branch": "bivio:",
			"fault": "guasto:", "fault:": "guasto:",
		},
		refusals: map[string]string{
			"no operator's phone rings": "nessun telefono di operatore squilla", "no operator talks with the caller": "nessun operatore è in conversazione",
			"the rescue number is not rung": "il numero di soccorso non squilla", "the call is over": "la chiamata è finita",
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
