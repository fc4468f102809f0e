package wording

// proofsInItalian is what is said of the ways that callers go, and how long they take.
var proofsInItalian = map[string]string{
	"no way leads to node %s":                                                          "nessuna strada porta al nodo %s",
	"remove it, or name it in another node":                                            "toglierlo, o nominarlo in un altro nodo",
	"no way leads from menu %s to a person":                                            "dal menu %s nessuna strada porta a una persona",
	"give it a key that leads to a queue":                                              "dargli un tasto che porti a una coda",
	"menu %s has %d options, limits.options is %d":                                     "il menu %s ha %d scelte, limits.options è %d",
	"move some into a menu of their own":                                               "spostarne alcune in un altro menu",
	"no way leads from these nodes to any end of a call: %s":                           "da questi nodi nessuna strada porta alla fine della telefonata: %s",
	"these nodes only lead to each other: %s":                                          "questi nodi rimandano solo l'uno all'altro: %s",
	"let one of them lead to a node that says something":                               "far sì che uno porti a un nodo che dice qualcosa",
	"when the desk takes nobody, a caller who presses nothing goes round for ever: %s": "quando la coda non accetta nessuno, chi non preme nulla gira per sempre: %s",
	"let one way end in a message or a hangup":                                         "far finire una strada in un messaggio (message) o in una fine (hangup)",
	"a caller who presses nothing goes round for ever: %s":                             "chi non preme nulla gira per sempre: %s",
	"let otherwise or then lead to a queue, or in the end to a hangup":                 "far sì che otherwise o then portino a una coda, o alla fine a un hangup",
	"the book does not keep to its own limits, or leaves callers without a way: nothing was changed": "il libro non rispetta i propri limiti, o lascia chi chiama senza via d'uscita: " +
		"nulla è stato cambiato",
	"tell the rescue number earlier, or shorten what is said before it":                           "dire prima il numero di soccorso, o accorciare ciò che lo precede",
	"name the key for an operator earlier, or shorten what is said before it":                     "nominare prima il tasto per l'operatore, o accorciare ciò che lo precede",
	"in %s these texts have no sound: %s":                                                         "lingua %s: questi testi non hanno suono: %s",
	"write or record them":                                                                        "scriverli o registrarli",
	"no way leads from node %s to any end of a call":                                              "dal nodo %s nessuna strada porta alla fine della telefonata",
	"let a way lead to a queue, a message or a hangup":                                            "far sì che una strada porti a una coda, a un messaggio o a un hangup",
	"menu %s speaks for %s s in %s, more than %d":                                                 "il menu %s parla per %s s (lingua %s), più di %d",
	"nobody remembers that much: shorten it, or move options into a menu of their own":            "nessuno ricorda così tanto: accorciarlo, o spostare alcune scelte in un altro menu",
	"in %s the first rescue advice is never told, limits.rescue-advice is %s":                     "lingua %s: il numero di soccorso non è mai detto, limits.rescue-advice è %s",
	"in %s the first rescue advice is told %s s after the answer, limits.rescue-advice is %s: %s": "lingua %s: il numero di soccorso è detto %s s dopo la risposta, limits.rescue-advice è %s: %s",
	"in %s a person can never be chosen, limits.operator-choice is %s":                            "lingua %s: non si può mai scegliere una persona, limits.operator-choice è %s",
	"in %s a person can be chosen %s s after the answer, limits.operator-choice is %s: %s":        "lingua %s: si può scegliere una persona %s s dopo la risposta, limits.operator-choice è %s: %s",
	"%s(silence) %s": "%s(silenzio) %s",
	"there is no picture of format %q: it is one of %s": "non ci sono disegni di formato %q: scegliere tra %s",
}
