// Package transcript tells what a caller heard, second by second, without any recording of his voice: from the journal
// of the call and the release that it went through.
//
// Contract: Make is a function of its arguments. A clip that was cut short is told with how much of it was heard; one that
// was not reached is not told. A playback's end is as exact as the journal (package ivr): to the millisecond where it was
// cut, to a quarter of a second where it ended by itself. What a caller typed is not known here; what he chose from a menu
// is, by the name of where it led.
package transcript
