package wording

// lineInItalian is what a line that runs says of its faults.
var lineInItalian = map[string]string{
	"the desk does not answer":                         "il banco degli operatori non risponde",
	"restart the controller; calls stay on the switch": "riavviare il controllore: le telefonate restano sul centralino",
	"no connection to Asterisk %s at %s":               "nessun collegamento con Asterisk %s in %s",
	"see that Asterisk runs and that user and password in its ari.conf are those of the configuration; callers hear the fail-open text meanwhile": "vedere se Asterisk funziona e se utente e password nel suo ari.conf sono quelli della configurazione; intanto chi chiama sente il testo di riserva",
	"Asterisk has not read the dialplan of the release in service: %v":                                                                            "Asterisk non ha letto il dialplan del rilascio in linea: %v",
	"it is tried again every second; callers hear the release all the same, but the text of the one before where nobody controls Asterisk":        "si riprova ogni secondo; chi chiama sente comunque il rilascio, ma dove nessuno controlla Asterisk il testo di riserva è quello di prima",
	"the ledger has a fault: %s":                                                      "il registro delle telefonate ha un guasto: %s",
	"the line is stopping and takes no new calls":                                     "la linea si sta fermando e non prende nuove telefonate",
	"the ledger and the switch's call records differ: %d differences in the last day": "il registro e le registrazioni della centrale non coincidono: %d differenze nell'ultimo giorno",
	"somebody else than this program has changed the ledger: %d places":               "qualcun altro ha modificato il registro, non questo programma: %d punti",
	"pronto audit -chain lists them; look who can write the database":                 "pronto audit -chain li elenca; vedere chi può scrivere nel database",
	"pronto audit lists them":                                                         "pronto audit le elenca",
	"wait, or start it again":                                                         "aspettare, o farla ripartire",
}
