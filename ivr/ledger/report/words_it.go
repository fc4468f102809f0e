package report

func italian() map[string]string {
	return map[string]string{
		"title": "Rapporto della linea", "period": "Periodo", "made": "Redatto", "zone": "Fuso orario", "no_data": "nessun dato", "nothing": "niente in questo periodo",
		"page": "Questo rapporto riguarda la linea, non i singoli operatori.", "data": "I valori del grafico sono nella tabella che segue.",
		"handled_line": "gestite", "immediate_word": "subito", "in_depth_word": "dopo un approfondimento",

		"sheet.requests": "Richieste", "sheet.channels": "Richieste per canale", "sheet.requests_by_topic": "Richieste per argomento",
		"sheet.requests_by_language": "Richieste per lingua", "sheet.calls": "Chiamate e loro esito", "sheet.desk": "Gli operatori",
		"sheet.waits": "Tempi di attesa", "sheet.agcom": "Tempo di navigazione e di attesa (AGCOM 79/09/CSP)", "sheet.by_hour": "Chiamate per ora di arrivo",
		"sheet.by_day": "Chiamate per giorno", "sheet.by_month": "Chiamate per mese", "sheet.by_topic": "Chiamate per argomento", "sheet.by_language": "Chiamate per lingua",
		"sheet.by_district": "Chiamate per distretto telefonico", "sheet.menu": "Dove si interrompono le chiamate", "sheet.choices": "Percorsi nel menù",

		"head.requests": "", "head.channels": "canale", "head.requests_by_topic": "argomento", "head.requests_by_language": "lingua", "head.calls": "esito",
		"head.desk": "", "head.waits": "attesa", "head.agcom": "versione, lingua", "head.by_hour": "ora", "head.by_day": "giorno", "head.by_month": "mese",
		"head.by_topic": "argomento", "head.by_language": "lingua", "head.by_district": "distretto", "head.menu": "nodo", "head.choices": "percorso",

		"column.requests": "richieste", "column.share": "quota", "column.calls": "chiamate", "column.figure": "valore", "column.answered": "con risposta",
		"column.abandoned": "abbandonate", "column.navigation": "navigazione", "column.wait": "attesa media", "column.within_20": "entro 20 s",
		"column.offered": "arrivate", "column.queued": "in coda", "column.abandoned_share": "abband. %", "column.asa": "attesa media", "column.aht": "durata media",
		"column.redirected": "al soccorso", "column.visited": "passaggi", "column.left": "finite qui", "column.left_share": "finite qui %",
		"column.gave_up": "riagganciate", "column.gave_up_share": "riagganciate %", "column.times": "volte",

		"row.total": "Richieste", "row.handled": "Gestite", "row.immediate": "subito", "row.in_depth": "dopo un approfondimento", "row.in_progress": "In lavorazione",
		"row.rescue": "Di competenza dei numeri di soccorso", "row.reopened": "Riaperte", "row.overdue": "Oltre la scadenza",
		"row.phone": "telefono", "row.message": "messaggio in segreteria", "row.web_form": "modulo web", "row.chat": "chat", "row.e_mail": "posta elettronica", "row.other": "altro",
		"row.offered": "Arrivate alla linea", "row.served": "hanno parlato con un operatore", "row.informed": "hanno ascoltato l'informazione scelta", "row.redirected": "indirizzate al numero di soccorso",
		"row.calls.message": "hanno lasciato un messaggio", "row.callback": "hanno chiesto di essere richiamati", "row.abandoned_menu": "hanno riagganciato nel menù", "row.abandoned_queue": "hanno riagganciato in attesa",
		"row.turned_away": "non accolte (chiuso, pieno, nessuno)", "row.failed": "guaste", "row.up": "in corso",
		"row.queued": "In coda per un operatore", "row.answered": "Con risposta", "row.abandoned_gross": "Abbandonate, lorde", "row.abandoned_net": "Abbandonate, nette",
		"row.left_otherwise": "Uscite altrimenti dalla coda (messaggio, richiamata, menù)", "row.service_level": "Livello di servizio", "row.speed_of_answer": "Tempo medio di risposta (ASA)",
		"row.time_to_abandon": "Tempo medio di abbandono", "row.handling_time": "Durata media di gestione (AHT)", "row.occupancy": "Occupazione degli operatori",
		"row.first_contact": "Risolte al primo contatto (FCR)", "row.without_desk": "Servite senza coda (programma assente)", "row.all": "tutte",
		"row.none.by_topic": "(nessuna scelta)", "row.none.by_language": "(ignota)", "row.none.by_district": "(cellulare, estero o riservato)",
		"row.none.requests_by_topic": "(nessuno)", "row.none.requests_by_language": "(ignota)",

		"service_level_note": "Livello di servizio: {formula}, T = {threshold}. A: chiamate con risposta di un operatore, B: chiamate abbandonate in attesa; ≤T: entro la soglia.",
		"abandoned_note":     "Abbandonate lorde: su tutte le chiamate in coda. Nette: senza chi ha rinunciato in meno di {short}. Chi riaggancia nel menù non era in attesa e non è contato.",
		"speed_note":         "Il tempo medio di risposta riguarda solo le chiamate con risposta: va letto accanto al tempo di abbandono.",
		"handling_note":      "Durata di gestione: conversazione, messa in attesa e chiusura della pratica delle chiamate servite.",
		"occupancy_note":     "Occupazione: tempo in conversazione e in chiusura pratica, sul tempo di presenza senza le pause.",
		"first_contact_note": "Risolte al primo contatto: chiamate servite di chi non aveva chiamato nei {days} giorni prima, senza approfondimento e senza altre chiamate dello stesso numero nei {days} giorni dopo; su tutte queste prime chiamate. I numeri riservati sono esclusi.",
		"agcom_note":         "Navigazione: dal numero composto fino a quando si può scegliere l'operatore, secondo le prove di ogni versione, con il tempo medio di risposta della linea. Attesa: da quella scelta alla conversazione. Termine di paragone (AGCOM 255/24/CONS): attesa media al più 150 s, almeno il 40% entro 20 s.",
		"menu_note":          "I nodi hanno il nome che hanno nel libro, che resta quando tasti e testi cambiano. Passaggi: chiamate arrivate lì almeno una volta.",
	}
}
