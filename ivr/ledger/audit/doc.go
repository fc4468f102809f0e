// Package audit compares the ledger with the call records of the switches: every call that a switch knows must be in the
// ledger, once, with an outcome that the switch's records do not contradict; and the other way round.
//
// Contract: Run reads a period in parts, so that memory depends on the busiest hours only, and changes nothing. What differs
// is either explained (Explained: a call that is up, one whose number was masked, records that begin later) or a
// difference, of one of a closed set of kinds. All calls that are offered to the line in the period are the sum of the
// outcomes and of those in progress.
//
// What is compared: that a call is there; when it began, was answered and ended; its caller; that who was served has an
// operator's leg that was answered, and whose; that who was connected with the rescue number has a leg to it; and what the
// switch did by itself when no controller took the call (fail open). And each call with itself: it can not have talked
// longer than it lasted.
package audit
