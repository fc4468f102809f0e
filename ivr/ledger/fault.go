package ledger

import (
	"errors"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

var (
	errGone     = errors.New("the database's file is not there any more")
	errReplaced = errors.New("another file stands in the database's place")
	errNewer    = errors.New("the database was written by a newer version of this program")
)

// fault is what is wrong and what to do.
type fault struct {
	message, remedy string
	spool           string // what is wrong with the spool too
}

// explain makes a fault of an error of the database at path.
func explain(err error, path, spool string) fault {
	kept := "; meanwhile records are kept in " + spool + " and taken in afterwards"
	f := func(message, remedy string) fault { return fault{message: message, remedy: remedy + kept} }
	switch {
	case errors.Is(err, errGone):
		return f("the ledger "+path+" is not there any more", "put it back (from a backup, or an empty file to begin anew)")
	case errors.Is(err, errReplaced):
		return f("another file stands in the place of the ledger "+path, "nothing: it is opened within a second")
	}
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return f("the ledger "+path+" can not be written: "+err.Error(), "see that the folder is there and can be written")
	}
	switch e.Code() & 0xff {
	case lib.SQLITE_FULL:
		return f("no space for the ledger "+path, "free space on its disk")
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
		return f("another program holds the ledger "+path+" locked", "end that program (fuser "+path+" names it)")
	case lib.SQLITE_READONLY, lib.SQLITE_PERM, lib.SQLITE_CANTOPEN, lib.SQLITE_AUTH:
		return f("the ledger "+path+" can not be opened for writing", "see that it is a file, and that it and its folder can be written by this program's user")
	case lib.SQLITE_NOTADB, lib.SQLITE_CORRUPT:
		return f("the ledger "+path+" is damaged", "move it aside and put a backup in its place, or an empty file to begin anew")
	}
	return f("the ledger "+path+" can not be written: "+err.Error(), "look at the disk it is on")
}
