package wording

// releasesInItalian is what is said of alerts, releases and the files they are kept in.
var releasesInItalian = map[string]string{
	// alerts
	"the message in %q is missing: it is what callers hear whose language has none": "manca il messaggio in %q: lo sente chi ha una lingua senza messaggio",
	"the line does not speak %q: it speaks %v":                                      "la linea non parla %q: parla %v",
	"the message in %q has %d characters, more than %d: nobody listens that long":   "il messaggio in %q ha %d caratteri, più di %d: nessuno ascolta così a lungo",
	"there is no area %q: %s, or a telephone district as 0471":                      "l'area %q non esiste: %s, oppure un prefisso telefonico come 0471",
	"there is no topic %q: %s":                                                      "l'argomento %q non esiste: %s",
	"the alert ends before it begins: give a later end":                             "l'allerta finisce prima di cominciare: dare una fine successiva",
	"read the alert: %v":                       "l'allerta non si può leggere: %v",
	"read the alert in %s: %v (raise it anew)": "l'allerta in %s non si può leggere: %v (dichiararla di nuovo)",
	"clear the alert: %v":                      "l'allerta non si può togliere: %v",
	"write the alert: %v":                      "l'allerta non si può scrivere: %v",
	"write the alert's message: %v":            "il messaggio dell'allerta non si può scrivere: %v",

	// the cache
	"make the folder for spoken texts: %v":              "non si può creare la cartella dei testi letti: %v",
	"read a spoken text: %v":                            "un testo letto non si può riprendere: %v",
	"%s was damaged: start again, it will be made anew": "%s era danneggiato: ricominciare, sarà rifatto",
	"describe a spoken text: %v":                        "un testo letto non si può descrivere: %v",
	"keep a spoken text: %v":                            "un testo letto non si può conservare: %v",
	"the disk that holds %s is full: free some space (a release takes up to 200 MB) and start again: %v": "il disco di %s è pieno: liberare spazio (un rilascio occupa fino a 200 MB) e ricominciare: %v",

	// releases and their journal
	"this release is in service already":           "questo rilascio è già in linea",
	"another process is in charge of the releases": "un altro processo gestisce i rilasci",
	"read the journal of releases: %v":             "il registro dei rilasci non si può leggere: %v",
	"lock the journal of releases: %v":             "il registro dei rilasci non si può bloccare: %v",
	"open the journal of releases: %v":             "il registro dei rilasci non si può aprire: %v",
	"write the journal of releases: %v":            "il registro dei rilasci non si può scrivere: %v",
	"line %d of the journal of releases (%s) is damaged: delete that line, or the file to begin anew": "la riga %d del registro dei rilasci (%s) è danneggiata: cancellarla, o cancellare il file per ricominciare",
	"there is no release %d: pronto releases lists them":                                              "il rilascio %d non esiste: pronto releases li elenca",
	"release %s is damaged, the sound of %s/%s is missing: publish the book again":                    "il rilascio %s è danneggiato, manca il suono di %s/%s: pubblicare di nuovo il libro",
	"release %q: an id has 12 hex digits: %v":                                                         "rilascio %q: un identificativo ha 12 cifre 0-9 a-f: %v",
	"read release %s: %v": "il rilascio %s non si può leggere: %v",
	"release %s has format %d, this program reads %d: publish the book again": "il rilascio %s è di formato %d, questo programma legge il %d: pubblicare di nuovo il libro",
	"release %s is damaged: publish the book again":                           "il rilascio %s è danneggiato: pubblicare di nuovo il libro",
	"make the folder for releases: %v":                                        "non si può creare la cartella dei rilasci: %v",
	"publish release %s: %v":                                                  "il rilascio %s non si può pubblicare: %v",
	"describe the book: %v":                                                   "il libro non si può descrivere: %v",
	"put a damaged release away: %v":                                          "un rilascio danneggiato non si può mettere da parte: %v",
}
