package console

import (
	"fmt"
	"time"

	"pronto/prompts/wording"
)

// view is what the page shows, in the reader's language.
type view struct {
	Lang, Line, Number, Release string
	ReleaseSince, ReleaseISO    string
	T                           words
	Ready                       bool
	Faults                      []faultView
	Figures                     []figure
	Operators                   []figure
	Since, Now                  string // by the clocks of the line's timezone
	SinceISO, NowISO            string
}

// faultView is a fault in the reader's language.
type faultView struct{ Code, Message, Remedy string }

// figure is a number with its name.
type figure struct{ Name, Value string }

// words are the page's texts.
type words struct {
	State, Ready, NotReady, WhatToDo, Queue, Operators, Since, Release, Updated, NotRescue string
	InService, Text                                                                        string
	waiting, longest, up, none                                                             string
	states                                                                                 map[string]string
}

func italian() words {
	return words{
		State: "Stato della linea", Ready: "La linea è in funzione", NotReady: "La linea ha un guasto", WhatToDo: "Che cosa fare",
		Queue: "Chiamate", Operators: "Operatori", Since: "In funzione da", Release: "Versione del libro", InService: "in linea dal", Text: "Che cosa dice la linea",
		Updated: "Aggiornato alle", NotRescue: "Questa pagina è per chi gestisce la linea. In caso di pericolo chiamare il 112.",
		waiting: "In attesa", longest: "Attesa più lunga", up: "In corso", none: "nessuna",
		states: map[string]string{"offline": "Assenti", "ready": "Pronti", "ringing": "Squilla", "talking": "In conversazione", "wrap_up": "Chiusura pratica"},
	}
}

func english() words {
	return words{
		State: "State of the line", Ready: "The line is working", NotReady: "The line has a fault", WhatToDo: "What to do",
		Queue: "Calls", Operators: "Operators", Since: "Working since", Release: "Release of the book", InService: "in service since", Text: "What the line says",
		Updated: "Updated at", NotRescue: "This page is for those who run the line. In danger call 112.",
		waiting: "Waiting", longest: "Longest wait", up: "In progress", none: "none",
		states: map[string]string{"offline": "Away", "ready": "Ready", "ringing": "Ringing", "talking": "Talking", "wrap_up": "Wrap-up"},
	}
}

func viewOf(s State, inEnglish bool, now time.Time) view {
	v := view{Lang: "it", T: italian(), Line: s.Line, Number: s.Number, Release: s.Release, Ready: len(s.Faults) == 0}
	said := wording.Italian
	if inEnglish {
		v.Lang, v.T, said = "en", english(), wording.English
	}
	for _, f := range s.Faults {
		v.Faults = append(v.Faults, faultView{f.Code, f.Message.In(said), f.Remedy.In(said)})
	}
	if s.ReleaseNumber > 0 {
		v.Release = fmt.Sprintf("%d (%s)", s.ReleaseNumber, s.Release)
	}
	zone := zoneOf(s.Timezone)
	longest := v.T.none
	if s.Waiting > 0 {
		longest = clock(s.LongestWait)
	}
	v.Figures = []figure{
		{v.T.waiting, fmt.Sprint(s.Waiting)}, {v.T.longest, longest}, {v.T.up, fmt.Sprint(s.CallsUp)},
	}
	for _, state := range []string{"ready", "ringing", "talking", "wrap_up", "offline"} {
		v.Operators = append(v.Operators, figure{v.T.states[state], fmt.Sprint(s.Operators[state])})
	}
	v.Now, v.NowISO = now.In(zone).Format("15:04:05"), now.UTC().Format(time.RFC3339)
	if !s.Since.IsZero() {
		v.Since, v.SinceISO = s.Since.In(zone).Format(minutes), s.Since.UTC().Format(time.RFC3339)
	}
	if !s.ReleaseSince.IsZero() {
		v.ReleaseSince, v.ReleaseISO = s.ReleaseSince.In(zone).Format(minutes), s.ReleaseSince.UTC().Format(time.RFC3339)
	}
	return v
}

const minutes = "02/01/2006 15:04"

// clock is a waiting time as people read it: 0:07, 12:30, 1:02:03.
func clock(d time.Duration) string {
	s := int(d.Seconds())
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}
