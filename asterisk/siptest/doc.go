// Package siptest is a small SIP phone for tests: it registers, calls, is called, presses keys and listens.
//
// It is not our switch's code on the other side of the wire: signalling rests on sipgo, and what is heard is
// measured from the RTP packets that came in, with the wall-clock times at which they came. Tests therefore prove
// what a caller heard and when, not what was ordered.
//
// # Concurrency
//
// All methods may be called from any goroutine. A Phone owns its goroutines; Close ends its calls and waits for them.
//
// It speaks UDP and G.711 only and is for loopback: no jitter buffer, no reordering, no encryption.
package siptest
