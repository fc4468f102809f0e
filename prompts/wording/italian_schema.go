package wording

// schemaInItalian is what editors show of the keys of a book's files.
var schemaInItalian = map[string]string{
	"print the schema: %v":         "lo schema non si può scrivere: %v",
	"there is no schema of %q: %s": "non c'è uno schema di %q: %s",
	"line.yaml: whose line it is, what callers hear and where keys lead":     "line.yaml: di chi è la linea, che cosa sente chi chiama e dove portano i tasti",
	"texts/<language>.yaml: what callers hear in one language":               "texts/<lingua>.yaml: che cosa sente chi chiama in una lingua",
	"audio/index.yaml: which text each recording speaks, by the text's mark": "audio/index.yaml: quale testo dice ogni registrazione, con l'impronta del testo",

	// line.yaml
	"The version of this format.":                          "La versione di questo formato.",
	"Whose line it is.":                                    "Di chi è la linea.",
	"Opening hours, by name.":                              "Gli orari, ognuno con un nome.",
	"Parts of the country by telephone district, by name.": "Zone del paese secondo il prefisso telefonico, ognuna con un nome.",
	"What a caller may have chosen, by name: it decides who may answer and how soon.":                   "Gli argomenti che si possono scegliere, ognuno con un nome: decidono chi può rispondere e quanto presto.",
	"The rescue numbers, by name; default is the one for everybody. The line dials no others.":          "I numeri di soccorso, ognuno con un nome; default vale per tutti. La linea non ne compone altri.",
	"Offices whose numbers callers are told, by name.":                                                  "Gli uffici di cui si dà il numero, ognuno con un nome.",
	"The node every call begins at.":                                                                    "Il nodo da cui comincia ogni telefonata.",
	"The steps of a call, by name.":                                                                     "I passi di una telefonata, ognuno con un nome.",
	"How callers wait for an operator.":                                                                 "Come si attende un operatore.",
	"What the proofs are held to: a book that does not keep to it is not published.":                    "I limiti che le prove devono rispettare: un libro che non li rispetta non si pubblica.",
	"How the speech engine says words that it reads wrongly, per language. The texts stay as they are.": "Come la voce sintetica dice le parole che legge male, lingua per lingua. I testi restano come sono.",
	"The line's number, as dialled: digits only.":                                                       "Il numero della linea, come si compone: solo cifre.",
	"The line's name, as it is shown and reported.":                                                     "Il nome della linea, come appare nelle pagine e nei rapporti.",
	"The timezone of all hours and dates, as Europe/Rome.":                                              "Il fuso di tutti gli orari e le date, per esempio Europe/Rome.",
	"The languages of the line, two letters each. Every call begins in the first one.":                  "Le lingue della linea, con due lettere. Ogni telefonata comincia nella prima.",

	// hours
	"Days of the week: mon-fri, or [mon, wed].":                                                       "Giorni della settimana: mon-fri (da lunedì a venerdì), oppure [mon, wed].",
	"When it opens: \"09:00\".":                                                                       "Quando apre: \"09:00\".",
	"When it closes: \"18:00\", \"24:00\", or \"02:00 next day\".":                                    "Quando chiude: \"18:00\", \"24:00\", oppure \"02:00 next day\" (il giorno dopo).",
	"Dates on which it is closed: 2026-12-24.":                                                        "Date di chiusura: 2026-12-24.",
	"Holidays on which it is closed: a calendar (it, it-bz), a month and day (\"06-29\"), or a date.": "Festività di chiusura: un calendario (it, it-bz), mese e giorno (\"06-29\"), o una data.",
	"Other hours on single dates; they count before all else.":                                        "Orari diversi in singole date; valgono prima di tutto il resto.",

	// areas, rescue, directory, topics
	"How the fixed numbers there begin, with the 0: \"0471\".":        "Come cominciano i numeri fissi della zona, con lo 0: \"0471\".",
	"The number that callers are told and connected to: digits only.": "Il numero che si dice e a cui si collega chi chiama: solo cifre.",
	"The text that tells to dial it.":                                 "Il testo che invita a comporlo.",
	"Where callers are told another number: by area.":                 "Dove si dice un altro numero: area per area.",
	"The office's number, as dialled: digits only.":                   "Il numero dell'ufficio, come si compone: solo cifre.",
	"The text that names the office.":                                 "Il testo con il nome dell'ufficio.",
	"1 is answered before 2, and so on.":                              "La classe 1 riceve risposta prima della 2, e così via.",
	"What an operator must know to answer.":                           "Che cosa deve saper fare l'operatore che risponde.",

	// desk, limits
	"The opening hours of the desk. Without them it is always open.":                                 "L'orario del servizio. Se manca, è sempre aperto.",
	"How long an operator's phone rings before the next one is tried. Default 15s.":                  "Quanto squilla il telefono di un operatore prima di provare il prossimo. Di norma 15s.",
	"How long an operator has after a conversation. Default 0s.":                                     "Quanto tempo ha l'operatore dopo una conversazione. Di norma 0s.",
	"How many callers may wait; one more finds the desk full. Default 300.":                          "Quanti possono attendere; chi viene dopo trova la coda piena. Di norma 300.",
	"How long it is between two announcements of the position. Default 30s.":                         "Quanto passa tra due annunci della posizione in coda. Di norma 30s.",
	"The text that tells the position; it has {n} where the number belongs. Default queue-position.": "Il testo che dice la posizione in coda, con {n} al posto del numero. Di norma queue-position.",
	"The text for positions beyond the last that is told. Default queue-position-many.":              "Il testo per le posizioni oltre l'ultima che si dice. Di norma queue-position-many.",
	"all: who waits hears music. none: silence between announcements. Default all.":                  "all: chi attende sente la musica. none: silenzio tra un annuncio e l'altro. Di norma all.",
	"How long after the answer a rescue number has been told, at most.":                              "Entro quanto, dopo la risposta, è stato detto un numero di soccorso.",
	"How long after the answer a person can be chosen, at most.":                                     "Entro quanto, dopo la risposta, si può scegliere una persona.",
	"How many keys a menu has, at most.":                                                             "Quanti tasti ha un menu, al massimo.",

	// kinds of nodes
	"Say, then wait for a key.":                            "Dice, poi attende un tasto.",
	"Say, then go on.":                                     "Dice, poi va avanti.",
	"Wait for an operator and talk.":                       "Mette in attesa di un operatore, poi si parla.",
	"Tell the rescue number twice, then offer to connect.": "Dice due volte il numero di soccorso, poi offre di collegarsi.",
	"Take a message.":                                      "Registra un messaggio.",
	"Let the caller choose a language.":                    "Fa scegliere la lingua.",
	"Go to another node.":                                  "Va a un altro nodo.",
	"Say, then end the call.":                              "Dice, poi chiude la telefonata.",
	"Go where hours, an alert, the district, the language or a variable say.": "Va dove dicono l'orario, un'allerta, il prefisso, la lingua o una variabile.",
	"Let the caller type digits.":                                   "Fa digitare delle cifre.",
	"Tell the number of an office, twice.":                          "Dice due volte il numero di un ufficio.",
	"Let the caller type a request's code, and tell how it stands.": "Fa digitare il codice di una richiesta e dice a che punto è.",

	// keys of nodes
	"What the node does.": "Che cosa fa il nodo.",
	"Keys of the texts that are said, in order. alert is the message of an alert that is raised; en/key is said in English to those who hear another language.": "Le chiavi dei testi da dire, in ordine. " +
		"alert è il messaggio dell'allerta in corso; en/chiave è detto in inglese a chi ascolta un'altra lingua.",
	"The silence after the prompt before the next try. Default 6s.":             "Il silenzio dopo la frase, prima di ripeterla. Di norma 6s.",
	"How often the prompt is said. Default 3.":                                  "Quante volte si dice la frase. Di norma 3.",
	"The node for who pressed nothing valid; in a branch, where no case holds.": "Il nodo per chi non ha premuto nulla di valido; in un bivio, quando nessun caso vale.",
	"The next node.": "Il nodo seguente.",
	"The topic that the caller has chosen by coming here.":                               "L'argomento che chi arriva qui ha scelto.",
	"The node for callers out of hours.":                                                 "Il nodo per chi chiama fuori orario.",
	"The node for callers when no more may wait.":                                        "Il nodo per chi trova la coda piena.",
	"The node for callers when no operator is logged in. Without it they wait.":          "Il nodo per chi chiama quando nessun operatore è collegato. Se manca, si attende.",
	"The opening hours of this queue. Default: those of desk.":                           "L'orario di questa coda. Di norma quello di desk.",
	"The rescue number that is told.":                                                    "Il numero di soccorso che si dice.",
	"How long a message may be. Default 2m.":                                             "Quanto può durare un messaggio. Di norma 2m.",
	"Whether the message opens a request, whose code the caller is told. Default false.": "Se il messaggio apre una richiesta, il cui codice si dice a chi chiama. Di norma false.",
	"What the branch looks at.":                                                          "Da che cosa dipende il bivio.",
	"Where the cases lead: case and node. The first that holds counts. Cases are names of hours, holidays, areas or languages; yes for an alert; digits for a variable, 39* for what begins with 39.": "Dove portano i casi: caso e nodo. " +
		"Vale il primo che si verifica. I casi sono nomi di orari, festività, aree o lingue; yes per un'allerta; cifre per una variabile, 39* per ciò che comincia con 39.",
	"The name of what the caller has typed: ask sets it, a branch looks at it.":                 "Il nome di ciò che chi chiama ha digitato: ask lo imposta, un bivio lo guarda.",
	"How many digits are typed at least. Default 1.":                                            "Quante cifre si digitano almeno. Di norma 1.",
	"How many digits are typed at most. Default 16.":                                            "Quante cifre si digitano al massimo. Di norma 16.",
	"The silence after a digit that ends what is typed; the key # ends it at once. Default 3s.": "Il silenzio dopo una cifra che chiude la digitazione; il tasto # la chiude subito. Di norma 3s.",
	"Whether what was typed is read back and must be confirmed. Default false.":                 "Se ciò che si è digitato viene riletto e va confermato. Di norma false.",
	"The office of directory whose number is told.":                                             "L'ufficio di directory di cui si dice il numero.",

	// texts and recordings
	"What is said. Numbers, times and dates are written as one writes them: 112, 9:00, 6/11/2026.":                  "Che cosa si dice. Numeri, ore e date si scrivono come si usa: 112, 9:00, 6/11/2026.",
	"The mark of the text that the recording speaks. Without an entry the recording counts as one of today's text.": "L'impronta del testo che la registrazione dice. Senza una voce, la registrazione vale per il testo di oggi.",
}
