// Package rehearsal is the line without telephones: the same flow.Step and the same desk.Desk that serve the public, on
// a clock that is moved by hand. A minute of music takes no time, and the same keys give the same call every time.
//
// Call is one call; its verbs are what a caller, an operator and the rescue number can do. What happens is told as
// Moments, in order. Script is a call written down in a txtar file with what is expected of it.
//
// Rehearse is a whole day, or many, with modelled callers and operators at the desk, and a process that dies now and then. Its
// Report says how long they waited; its Faults are what the desk must never do.
//
// Nothing here is safe for concurrent use, starts a goroutine, does I/O or asks what time it is.
package rehearsal
