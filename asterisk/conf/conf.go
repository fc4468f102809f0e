// Package conf generates the Asterisk configuration of a site from one value, and that of operators' telephones, which are
// made while it runs (OperatorObjects). It does no I/O and keeps no state.
//
// Every value that goes into a file is checked first: none can end a line, begin a comment or an expression, or name a section of
// ours. File files.go holds what follows from a site's values; the files themselves are templates in the folder files.
//
// # CDR format
//
// Asterisk appends one line per call detail record to the file CDRFile below Dirs.State. A line is RFC 4180 CSV with the
// columns of CDRColumns, every value in double quotes, no header line. Times are seconds since 1970 with a fraction of
// six digits; one that does not apply (answer of a call that nobody answered) is "0.000000". duration and billsec are
// seconds with a fraction. A caller's channel can have several records (one per party that was rung, one per bridge):
// they share uniqueid. The ones of operators' legs have the operator's channel ("PJSIP/op1-0000002a") in channel. dst is the line's
// number for callers and empty for other legs.
//
// userfield is empty for a call that the controller took from the start. For one that it did not take it is one of:
//
//	failopen=abandoned                 the caller hung up before the advice was over
//	failopen=advised                   heard the advice, then hung up, or nothing more could be done
//	failopen=returned                  heard the advice, then the controller was back and was given the call (it has written
//	                                   it down; a call the ledger does not know counts as advised)
//	failopen=operator:op1@1795567890   heard the advice, then spoke with that operator, who answered at that instant (whole
//	                                   seconds since 1970, rounded down; files of older configurations lack it)
//	failopen=message:FILE              heard the advice, then left the message FILE (a name in the folder RecordingDir below
//	                                   Dirs.State)
//
// Where records of one uniqueid differ in userfield, the one that says most is true: message, operator, returned, advised,
// abandoned, in this order (CDRBest).
package conf

// Site is everything that the configuration of one switch depends on. All paths are as Asterisk sees them.
type Site struct {
	Name        string   // the switch's name: systemname, so it begins every channel id
	Line        string   // the line's number
	App         string   // the Stasis application, "pronto"
	SIP         string   // host:port, UDP
	RTPLow      int      // first and
	RTPHigh     int      // last RTP port
	HTTP        string   // host:port of ARI, loopback
	ARIUser     string   //
	ARIPassword string   //
	Trunk       string   // host:port of the carrier: its calls are the public's, rescue calls go there. "": any loopback address may call, nothing can be dialled
	Rescue      []string // the book's rescue numbers: with Numbers, the only ones that can be dialled
	Numbers     Numbers
	Language    string // the line's first language
	Dirs        Dirs
	FailOpen    FailOpen
	RunUser     string // the user Asterisk runs as; "": whoever starts it
	MaxFiles    int    // the most open files; 0: 65536
}

// Dirs are the directories, as Asterisk sees them.
type Dirs struct {
	Etc     string // where the files of Files are
	State   string // astdb, keys, log, run, spool are below it; must be writable
	Modules string // astmoddir of the installation
	Data    string // astdatadir of the installation (documentation, sounds, moh)
	Sounds  string // the sound root: releases/... are below it
	Music   string // the music on hold; "": moh below Data
}

// FailOpen are the sounds of the branch for calls that the controller does not take, as paths below Dirs.Sounds,
// without extension.
type FailOpen struct {
	Advice  []string // not a rescue service, dial 112: one per language, in order; the first two before operators are rung
	Wait    string   // we ring the operators
	Message string   // leave a message after the tone
	Beep    string
	Goodbye string
}

// adviceFirst is in how many languages callers hear the advice before the operators are rung; those that follow are
// said when no operator answers. All of five would keep a caller from a person for half a minute.
const adviceFirst = 2

// First are the advices before operators are rung.
func (f FailOpen) First() []string { return f.Advice[:min(adviceFirst, len(f.Advice))] }

// Later are the advices for when none answers.
func (f FailOpen) Later() []string { return f.Advice[min(adviceFirst, len(f.Advice)):] }
