// Package desk decides who waits and who answers.
//
// Desk is pure: Handle takes an event and the time and returns what must be done; it holds no clock, does no I/O and
// starts no goroutine, so a day can be rehearsed in a second. The goroutine that owns a Desk at work is in ivr.
package desk
