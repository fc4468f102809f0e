// Package conf generates the Asterisk configuration of a site from one value.
package conf

// Site is everything that the configuration of one switch depends on. All paths are as Asterisk sees them.
type Site struct {
	Name        string     // the switch's name: systemname, so it begins every channel id
	Line        string     // the line's number
	App         string     // the Stasis application, "pronto"
	SIP         string     // host:port, UDP
	RTPLow      int        // first and
	RTPHigh     int        // last RTP port
	HTTP        string     // host:port of ARI, loopback
	ARIUser     string     //
	ARIPassword string     //
	Trunk       string     // host:port of the carrier: its calls are the public's, rescue calls go there. "": any loopback address may call, nothing can be dialled
	Operators   []Operator // SIP phones by digest
	Rescue      []string   // the only numbers that can be dialled
	Language    string     // the line's first language
	Dirs        Dirs
	FailOpen    FailOpen
	RunUser     string // the user Asterisk runs as; "": whoever starts it
}

// Operator is an operator's SIP phone.
type Operator struct{ Name, Secret string }

// Dirs are the directories, as Asterisk sees them.
type Dirs struct {
	Etc     string // where the files of Files are
	State   string // astdb, keys, log, run, spool are below it; must be writable
	Modules string // astmoddir of the installation
	Data    string // astdatadir of the installation (documentation, sounds, moh)
	Sounds  string // the sound root: releases/... are below it
}

// FailOpen are the sounds of the branch for calls that the controller does not take, as paths below Dirs.Sounds,
// without extension.
type FailOpen struct {
	Advice  []string // not a rescue service, dial 112: one per language, in order
	Wait    string   // we ring the operators
	Message string   // leave a message after the tone
	Beep    string
	Goodbye string
}
