package console

// twinWords are the page's own words around the line's.
type twinWords struct {
	Lang                                              string // of these words
	Skip, Languages, Phone, Intro                     string
	Danger, Call, From                                string // Call and From have a %s
	Alert, AlertFor, AlertEverywhere, AlertEnds       string
	Person, Open, Unstaffed, Closed, ByAlert          string
	Until, Opens, Way, WayWaiting                     string // with a %s each; Way: number, keys
	Hours, Always, Nothing, ClosedOn, ClosedAll       string
	Heard, Start, Menu, Operator, Rescue, Message     string
	Language, Goodbye, Entry, Office, Step            string
	Keys, Silence, Next, DeskClosed, DeskFull, Nobody string
	Afterwards, Else, Connects                        string // Connects has a %s
	Record, Digits, DigitsFrom                        string // seconds; digits; from, to
	Connecting, Failed, Recorded, Waiting             string
	Code, CodeEnd, Unknown, Unavailable, State        string
	ReadBack, Offices, Trouble, Release, JSON, Top    string
	Holidays, HolidaysBZ, NextDay                     string

	days        [7]string // from Sunday
	date, clock string    // layouts
	moment      string    // day of the week, date, time
}

func twinItalian() twinWords {
	return twinWords{
		Lang: "it", Skip: "Vai al contenuto", Languages: "Lingue", Phone: "Telefono",
		Intro:  "Qui si legge ciò che la linea telefonica dice, con le stesse scelte: non serve sentire né parlare. La pagina cambia insieme alla linea.",
		Danger: "In caso di pericolo", Call: "Chiamate il %s", From: "Da %s",
		Alert: "Allerta in corso", AlertFor: "Riguarda", AlertEverywhere: "tutto il territorio", AlertEnds: "Fino a",
		Person: "Parlare con una persona", Open: "Il servizio è aperto.", Unstaffed: "Ora nessun operatore è collegato.",
		Closed: "Il servizio è chiuso.", ByAlert: "Per l'allerta in corso il servizio è aperto a tutte le ore.",
		Until: "Chiude %s.", Opens: "Riapre %s.", Way: "chiamate %s e premete %s", WayWaiting: "chiamate %s e restate in linea",
		Hours: "Orari", Always: "tutti i giorni, 24 ore su 24", Nothing: "chiuso", ClosedOn: "Chiuso", ClosedAll: "sempre chiuso",
		Heard: "Che cosa dice la linea", Start: "All'inizio della telefonata", Menu: "Altre scelte", Operator: "Operatore", Rescue: "Numero di soccorso",
		Message: "Lasciare un messaggio", Language: "Scegliere la lingua", Goodbye: "Fine della telefonata", Entry: "Scrivere un numero",
		Office: "Numero di un ufficio", Step: "Passaggio",
		Keys: "Scelte", Silence: "Se non si preme nessun tasto", Next: "Poi", DeskClosed: "Se il servizio è chiuso", DeskFull: "Se ci sono troppe persone in attesa",
		Nobody: "Se nessun operatore è collegato", Afterwards: "Dopo la conversazione", Else: "Altrimenti", Connects: "collegamento con il %s",
		Record: "Dopo il segnale acustico si può parlare per %s secondi.", Digits: "Si scrivono %s cifre con i tasti.", DigitsFrom: "Si scrivono da %s a %s cifre con i tasti.",
		Connecting: "Durante il collegamento", Failed: "Se non risponde nessuno", Recorded: "Dopo il messaggio", Waiting: "Durante l'attesa",
		Code: "Poi, il codice cifra per cifra", CodeEnd: "Dopo il codice", Unknown: "Se il codice non esiste", Unavailable: "Se non si può cercare", State: "Secondo lo stato della richiesta",
		ReadBack: "Dopo le cifre", Offices: "Numeri utili", Trouble: "Se qualcosa non funziona", Release: "Testi della versione %s, in linea dal %s",
		JSON: "Gli stessi contenuti in JSON", Top: "Torna all'inizio",
		Holidays: "feste nazionali", HolidaysBZ: "feste nazionali e lunedì di Pentecoste", NextDay: "del giorno dopo",
		days: [7]string{"domenica", "lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato"},
		date: "2/1/2006", clock: "15:04", moment: "%s %s, ore %s",
	}
}

func twinEnglish() twinWords {
	return twinWords{
		Lang: "en", Skip: "Skip to the content", Languages: "Languages", Phone: "Telephone",
		Intro:  "This is what the telephone line says, with the same choices, to be read: no hearing or speech is needed. The page changes together with the line.",
		Danger: "In danger", Call: "Call %s", From: "From %s",
		Alert: "Alert", AlertFor: "It concerns", AlertEverywhere: "the whole territory", AlertEnds: "Until",
		Person: "Speaking with a person", Open: "The service is open.", Unstaffed: "No operator is connected at the moment.",
		Closed: "The service is closed.", ByAlert: "Because of the alert the service is open round the clock.",
		Until: "It closes on %s.", Opens: "It opens on %s.", Way: "call %s and press %s", WayWaiting: "call %s and stay on the line",
		Hours: "Hours", Always: "every day, 24 hours a day", Nothing: "closed", ClosedOn: "Closed", ClosedAll: "always closed",
		Heard: "What the line says", Start: "When the call begins", Menu: "More choices", Operator: "Operator", Rescue: "Rescue number",
		Message: "Leaving a message", Language: "Choosing the language", Goodbye: "End of the call", Entry: "Typing a number",
		Office: "Number of an office", Step: "Step",
		Keys: "Choices", Silence: "If no key is pressed", Next: "Then", DeskClosed: "If the service is closed", DeskFull: "If too many people are waiting",
		Nobody: "If no operator is connected", Afterwards: "After the conversation", Else: "Otherwise", Connects: "connection with %s",
		Record: "After the tone one can speak for %s seconds.", Digits: "%s digits are typed with the keys.", DigitsFrom: "From %s to %s digits are typed with the keys.",
		Connecting: "While connecting", Failed: "If nobody answers", Recorded: "After the message", Waiting: "While waiting",
		Code: "Then the code, digit by digit", CodeEnd: "After the code", Unknown: "If there is no such code", Unavailable: "If nothing can be looked up", State: "Depending on how the request stands",
		ReadBack: "After the digits", Offices: "Useful numbers", Trouble: "If something does not work", Release: "Texts of release %s, in service since %s",
		JSON: "The same as JSON", Top: "Back to the top",
		Holidays: "national holidays", HolidaysBZ: "national holidays and Whit Monday", NextDay: "the next day",
		days: [7]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
		date: "2 January 2006", clock: "15:04", moment: "%s %s at %s",
	}
}

func twinGerman() twinWords {
	return twinWords{
		Lang: "de", Skip: "Zum Inhalt", Languages: "Sprachen", Phone: "Telefon",
		Intro:  "Hier lesen Sie, was am Telefon gesagt wird, mit denselben Wahlmöglichkeiten: Sie brauchen weder zu hören noch zu sprechen. Die Seite ändert sich zugleich mit der Telefonlinie.",
		Danger: "Bei Gefahr", Call: "%s anrufen", From: "Aus %s",
		Alert: "Aktuelle Warnung", AlertFor: "Sie betrifft", AlertEverywhere: "das ganze Gebiet", AlertEnds: "Bis",
		Person: "Mit einer Person sprechen", Open: "Der Dienst ist geöffnet.", Unstaffed: "Im Moment ist niemand am Apparat.",
		Closed: "Der Dienst ist geschlossen.", ByAlert: "Wegen der Warnung ist der Dienst rund um die Uhr geöffnet.",
		Until: "Er schließt am %s.", Opens: "Er öffnet am %s.", Way: "rufen Sie %s an und drücken Sie %s", WayWaiting: "rufen Sie %s an und bleiben Sie am Apparat",
		Hours: "Zeiten", Always: "jeden Tag, 24 Stunden", Nothing: "geschlossen", ClosedOn: "Geschlossen", ClosedAll: "immer geschlossen",
		Heard: "Was am Telefon gesagt wird", Start: "Zu Beginn des Anrufs", Menu: "Weitere Auswahl", Operator: "Gespräch", Rescue: "Notrufnummer",
		Message: "Eine Nachricht hinterlassen", Language: "Die Sprache wählen", Goodbye: "Ende des Anrufs", Entry: "Eine Nummer eingeben",
		Office: "Nummer eines Amtes", Step: "Schritt",
		Keys: "Auswahl", Silence: "Wenn keine Taste gedrückt wird", Next: "Dann", DeskClosed: "Wenn der Dienst geschlossen ist", DeskFull: "Wenn zu viele Personen warten",
		Nobody: "Wenn niemand am Apparat ist", Afterwards: "Nach dem Gespräch", Else: "Sonst", Connects: "Verbindung mit %s",
		Record: "Nach dem Signalton können Sie %s Sekunden lang sprechen.", Digits: "Mit den Tasten werden %s Ziffern eingegeben.", DigitsFrom: "Mit den Tasten werden %s bis %s Ziffern eingegeben.",
		Connecting: "Während der Verbindung", Failed: "Wenn niemand antwortet", Recorded: "Nach der Nachricht", Waiting: "Während Sie warten",
		Code: "Dann der Code, Ziffer für Ziffer", CodeEnd: "Nach dem Code", Unknown: "Wenn es den Code nicht gibt", Unavailable: "Wenn nicht gesucht werden kann", State: "Je nach Stand der Anfrage",
		ReadBack: "Nach den Ziffern", Offices: "Nützliche Nummern", Trouble: "Wenn etwas nicht funktioniert", Release: "Texte der Version %s, im Dienst seit %s",
		JSON: "Dieselben Inhalte als JSON", Top: "Zum Anfang",
		Holidays: "staatliche Feiertage", HolidaysBZ: "staatliche Feiertage und Pfingstmontag", NextDay: "des nächsten Tages",
		days: [7]string{"Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"},
		date: "2.1.2006", clock: "15:04", moment: "%s, %s, %s Uhr",
	}
}

func twinFrench() twinWords {
	return twinWords{
		Lang: "fr", Skip: "Aller au contenu", Languages: "Langues", Phone: "Téléphone",
		Intro:  "Vous lisez ici ce que dit la ligne téléphonique, avec les mêmes choix : il n'est pas nécessaire d'entendre ni de parler. La page change en même temps que la ligne.",
		Danger: "En cas de danger", Call: "Appelez le %s", From: "Depuis %s",
		Alert: "Alerte en cours", AlertFor: "Elle concerne", AlertEverywhere: "tout le territoire", AlertEnds: "Jusqu'à",
		Person: "Parler à une personne", Open: "Le service est ouvert.", Unstaffed: "Aucun opérateur n'est connecté en ce moment.",
		Closed: "Le service est fermé.", ByAlert: "En raison de l'alerte, le service est ouvert jour et nuit.",
		Until: "Il ferme %s.", Opens: "Il ouvre %s.", Way: "appelez le %s et tapez %s", WayWaiting: "appelez le %s et restez en ligne",
		Hours: "Horaires", Always: "tous les jours, 24 heures sur 24", Nothing: "fermé", ClosedOn: "Fermé", ClosedAll: "toujours fermé",
		Heard: "Ce que dit la ligne", Start: "Au début de l'appel", Menu: "Autres choix", Operator: "Opérateur", Rescue: "Numéro de secours",
		Message: "Laisser un message", Language: "Choisir la langue", Goodbye: "Fin de l'appel", Entry: "Saisir un numéro",
		Office: "Numéro d'un bureau", Step: "Étape",
		Keys: "Choix", Silence: "Si aucune touche n'est pressée", Next: "Ensuite", DeskClosed: "Si le service est fermé", DeskFull: "Si la file d'attente est pleine",
		Nobody: "Si aucun opérateur n'est connecté", Afterwards: "Après la conversation", Else: "Sinon", Connects: "mise en relation avec le %s",
		Record: "Après le signal sonore, il est possible de parler pendant %s secondes.", Digits: "On saisit %s chiffres avec les touches.", DigitsFrom: "On saisit de %s à %s chiffres avec les touches.",
		Connecting: "Pendant la mise en relation", Failed: "Si personne ne répond", Recorded: "Après le message", Waiting: "Pendant l'attente",
		Code: "Puis le code, chiffre par chiffre", CodeEnd: "Après le code", Unknown: "Si le code n'existe pas", Unavailable: "Si la recherche est impossible", State: "Selon l'état de la demande",
		ReadBack: "Après les chiffres", Offices: "Numéros utiles", Trouble: "Si quelque chose ne fonctionne pas", Release: "Textes de la version %s, en service depuis le %s",
		JSON: "Les mêmes contenus en JSON", Top: "Retour au début",
		Holidays: "jours fériés nationaux", HolidaysBZ: "jours fériés nationaux et lundi de Pentecôte", NextDay: "du lendemain",
		days: [7]string{"dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"},
		date: "2/1/2006", clock: "15:04", moment: "%s %s à %s",
	}
}

func twinSlovene() twinWords {
	return twinWords{
		Lang: "sl", Skip: "Na vsebino", Languages: "Jeziki", Phone: "Telefon",
		Intro:  "Tukaj berete, kar pove telefonska linija, z enakimi izbirami: ni vam treba ne slišati ne govoriti. Stran se spreminja skupaj z linijo.",
		Danger: "V nevarnosti", Call: "Pokličite %s", From: "Iz območja %s",
		Alert: "Opozorilo", AlertFor: "Velja za", AlertEverywhere: "celotno ozemlje", AlertEnds: "Do",
		Person: "Pogovor z osebo", Open: "Služba je odprta.", Unstaffed: "Trenutno ni povezan noben operater.",
		Closed: "Služba je zaprta.", ByAlert: "Zaradi opozorila je služba odprta neprekinjeno.",
		Until: "Zapre se: %s.", Opens: "Odpre se: %s.", Way: "pokličite %s in pritisnite %s", WayWaiting: "pokličite %s in ostanite na liniji",
		Hours: "Urnik", Always: "vsak dan, 24 ur na dan", Nothing: "zaprto", ClosedOn: "Zaprto", ClosedAll: "vedno zaprto",
		Heard: "Kaj pove linija", Start: "Na začetku klica", Menu: "Druge izbire", Operator: "Operater", Rescue: "Številka za klic v sili",
		Message: "Puščanje sporočila", Language: "Izbira jezika", Goodbye: "Konec klica", Entry: "Vnos številke",
		Office: "Številka urada", Step: "Korak",
		Keys: "Izbire", Silence: "Če ne pritisnete nobene tipke", Next: "Nato", DeskClosed: "Če je služba zaprta", DeskFull: "Če čaka preveč ljudi",
		Nobody: "Če ni povezan noben operater", Afterwards: "Po pogovoru", Else: "Sicer", Connects: "povezava s številko %s",
		Record: "Po zvočnem signalu lahko govorite %s sekund.", Digits: "S tipkami vnesete toliko števk: %s.", DigitsFrom: "S tipkami vnesete od %s do %s števk.",
		Connecting: "Med povezovanjem", Failed: "Če se nihče ne oglasi", Recorded: "Po sporočilu", Waiting: "Med čakanjem",
		Code: "Nato koda, števka za števko", CodeEnd: "Po kodi", Unknown: "Če te kode ni", Unavailable: "Če iskanje ni mogoče", State: "Glede na stanje zahteve",
		ReadBack: "Po števkah", Offices: "Koristne številke", Trouble: "Če kaj ne deluje", Release: "Besedila različice %s, v uporabi od %s",
		JSON: "Enaka vsebina v obliki JSON", Top: "Na začetek",
		Holidays: "državni prazniki", HolidaysBZ: "državni prazniki in binkoštni ponedeljek", NextDay: "naslednji dan",
		days: [7]string{"nedelja", "ponedeljek", "torek", "sreda", "četrtek", "petek", "sobota"},
		date: "2. 1. 2006", clock: "15.04", moment: "%s, %s, ob %s",
	}
}

// twinWordsOf are the words in a language; English ones for a language that has none.
func twinWordsOf(lang string) twinWords {
	switch lang {
	case "it":
		return twinItalian()
	case "de":
		return twinGerman()
	case "fr":
		return twinFrench()
	case "sl":
		return twinSlovene()
	default:
		return twinEnglish()
	}
}

// ownName is what a language calls itself.
func ownName(lang string) string {
	names := map[string]string{
		"it": "Italiano", "en": "English", "de": "Deutsch", "fr": "Français", "sl": "Slovenščina", "es": "Español", "pt": "Português",
		"ro": "Română", "sq": "Shqip", "hr": "Hrvatski", "uk": "Українська", "ar": "العربية", "zh": "中文",
	}
	if name, ok := names[lang]; ok {
		return name
	}
	return lang
}
