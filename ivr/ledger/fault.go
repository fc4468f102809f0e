package ledger

import "errors"

var errNewer = errors.New("the database was written by a newer version of this program: run that one, or put a backup of this one's in its place")

// fault is what is wrong and what to do.
type fault struct {
	message, remedy string
	spool           string // what is wrong with the spool too
}

// explain makes a fault of an error of the database.
func explain(err error, db database, spool string) fault {
	message, remedy := db.explain(err)
	return fault{message: message, remedy: remedy + "; meanwhile records are kept in " + spool + " and taken in afterwards"}
}
