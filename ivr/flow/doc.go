// Package flow is one call's way through a release of the book.
//
// It is pure: Step takes the state, an event and the time, and returns the new state and what must be done. It holds
// no clock, does no I/O and starts no goroutine. The shell that waits for events and carries actions out is in ivr;
// the same Step serves the terminal and the rehearsal.
//
// # The outcome of a call
//
// Verdict reads it from the state. The first line that applies counts:
//
//	spoke with an operator                                     served
//	was connected with, or told whole to dial, a rescue number redirected
//	left a message of at least MinMessage                      message
//	something of ours broke                                    failed
//	was waiting for an operator                                abandoned_queue
//	was told that the desk is closed, full or unmanned         turned_away
//	heard a text that he chose, to its end or for InformedAfter informed
//	anything else                                              abandoned_menu
package flow
