// Package rehearsal is a call without a telephone: the same flow.Step and the same desk.Desk that serve the public, on
// a clock that is moved by hand. A minute of music takes no time, and the same keys give the same call every time.
//
// Call is one such call; its verbs are what a caller, an operator and the rescue number can do. What happens is told as
// Moments, in order. Script is a call written down in a txtar file with what is expected of it.
//
// A Call is not safe for concurrent use. It starts no goroutine, does no I/O and never asks what time it is.
package rehearsal
