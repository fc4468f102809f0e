// Package ivr is the line at work: it takes a call, walks it through its release, queues it, joins it with an
// operator or the rescue number, ends it and accounts for it.
//
// What a call does next is decided by flow.Step, who answers whom by desk.Desk; both are pure. This package is the
// shell around them: it waits for events and carries actions out.
//
// # Concurrency
//
// A call is one goroutine that owns its state and takes one message at a time from its mailbox; the desk is one
// goroutine; nothing else holds state but the registry of calls, which a mutex guards for the time of a map access.
// Handlers that a switch calls only put messages into mailboxes. Locks never nest.
//
// A verb of the switch may keep a call's goroutine for seconds, and nobody else's: the desk, the other calls and the
// switch's own goroutine never wait for it. Where order matters to others, they are told before the verb: the desk
// learns of a conversation's end before the bridge is taken down, so that the operator's next call is on its way. The
// other way round, an operator's phone is hung up before the desk hears that he is free.
//
// # Ends
//
// A call ends when its caller's leg does (phone.Ended), and in no other way; when we end it, the switch is asked until
// the leg is gone. What comes behind the end in the mailbox concerns nobody. A hang-up wins over an answer: a caller who
// has gone before the switch had joined him with an operator was not served.
//
// # Operators' own calls
//
// An operator's call with a feature code, and a supervisor's, is no citizen's call: one goroutine of its own, no row among
// the calls, and what it does is in the operator's day. While it lasts the desk holds him for engaged, so that his telephone is
// not rung and a miss put down to him; what would make him free is told to the desk when he has hung up. It does not
// outlive the process; a conversation that a supervisor listened at or joined does.
//
// # Restarts
//
// A call's state is written on the caller's leg (phone.Leg.Tag) whenever it changes. When the process ends, calls
// stay on the switch; the next process is given them by phone.Handler.Adopt and goes on with the same node, place
// in the queue or conversation. Calls that ended in between get their outcome from the ledger's copy of the state.
package ivr
