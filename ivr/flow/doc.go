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
//	is to be called back                                       callback
//	something of ours broke, or we stopped with the call up    failed
//	was waiting for an operator                                abandoned_queue
//	was told that the desk is closed, full or unmanned         turned_away
//	heard a text that he chose, to its end or for InformedAfter informed
//	anything else                                              abandoned_menu
//
// # Keys
//
// A key cuts what is heard short. Keys pressed while nothing can take them (before the first prompt, during texts that
// lead to a menu) are kept for the next menu; what was pressed ahead is forgotten where the caller reaches a person,
// the rescue advice or a recording, so that no key has an effect minutes later.
//
// # What callers type
//
// An ask node takes digits, from keys pressed ahead too. They end with #, or with silence: Node.Between after a digit, a
// second after the last that fits, for a # that belongs to them. What is typed is a variable of the call (State.Vars)
// and rides on its channel; it is in no Note, and the ledger is given State.Public.
//
// # The alert
//
// The alert that is raised comes with the release (prompts.Release.WithAlert) at every step, so a call in progress knows
// of it at once. Whether it has expired is a matter of the step's time.
package flow
