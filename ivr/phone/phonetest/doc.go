// Package phonetest holds what tests of telephone switches and of their users share: Fake, a switch in memory, and
// Run, the behaviour suite that Fake and the real Asterisk both pass.
//
// # Fake
//
// A Fake behaves like a switch with people on its lines: calls arrive (Call), operators' telephones and rescue
// numbers ring (Operator, Rescue), sounds take their time, legs in a bridge hear each other, a lost link or a new
// process finds its legs again (DropLink, Restarted), and verbs fail on demand (Fail). Time is package time's, so
// inside a testing/synctest bubble an hour of calls takes milliseconds. It uses no sockets and starts a goroutine
// only in timers.
//
// What a party hears is a set of strings: "sound:" and the sound's path, "music", "voice:" and the other party's
// name.
//
// # Concurrency
//
// All methods may be called from any goroutine; events reach the Handler and the sinks from the one that runs Run.
package phonetest
