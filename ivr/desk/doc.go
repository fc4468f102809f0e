// Package desk decides who waits and who answers.
//
// Desk is pure: Handle takes an event and the time and returns what must be done; it holds no clock, does no I/O and
// starts no goroutine, so a day can be rehearsed in a second. The goroutine that owns a Desk at work is in ivr.
//
// Order. A ticket's place is its key: Since + (Class-1) * Config.Ageing, the smallest first, then by ID. Ageing is linear,
// so the order of two tickets never changes while they wait, and nobody starves: a ticket of class 2 goes before every
// ticket of class 1 that was drawn more than Ageing after it. With Ageing 0 a lower class goes first whatever the wait.
//
// Matching. A ticket is offered, in that order, to an operator who is free and has what it wants (its topic's skills, its
// language, his tier), relaxed step by step as it waits. The greedy rule leaves no operator idle for whom a ticket
// waits. Who is offered before one that stands before it has a reason on record: Overtaken.
//
// What survives. A desk forgets everything with its process. It is rebuilt from Restore for each operator (the last
// Changed of his that was recorded), Found for the tickets, and the presence of phones, told by OperatorOn, in this order.
package desk
