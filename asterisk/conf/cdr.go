package conf

import "strings"

// CDRColumns are the columns of the file of call detail records, in order.
var CDRColumns = []string{
	"start", "answer", "end", "uniqueid", "linkedid", "channel", "src", "dst", "lastapp", "duration", "billsec",
	"disposition", "userfield",
}

// Where the switch leaves files, relative to Dirs.State.
const (
	CDRFile      = "log/cdr-custom/calls.csv" // see CDR format
	RecordingDir = "spool/recording"          // ARI's recordings and the messages of the fail-open branch
	LogFile      = "log/messages"             // notices, warnings, errors
	SecurityLog  = "log/security"             // failed registrations and scans, for fail2ban
)

// StateDirs are the folders below Dirs.State that must be there before Asterisk starts.
var StateDirs = []string{"lib", "log/cdr-custom", "run", RecordingDir, "cache"}

// FailOpenPrefix begins the userfield of a call that the controller did not take.
const FailOpenPrefix = "failopen="

// CDRBest returns that one of two userfields of the same call that says most.
func CDRBest(a, b string) string {
	if failOpenRank(b) > failOpenRank(a) {
		return b
	}
	return a
}

func failOpenRank(userfield string) int {
	what, _, _ := strings.Cut(strings.TrimPrefix(userfield, FailOpenPrefix), ":")
	switch what {
	case "":
		return 0
	case "abandoned":
		return 1
	case "advised":
		return 2
	case "returned":
		return 3
	case "operator":
		return 4
	case "message":
		return 5
	}
	return 0
}
