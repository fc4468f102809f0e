// Package ledger accounts for every call: it is written when it arrives, step by step, and gets exactly one outcome.
//
// Contract: Write never blocks and never fails for its caller, a call does not wait for a disk. Records go through a
// mailbox to one writer (Run), which commits everything that has gathered in one transaction. Where the database can
// not be written, the records go to a spool file, Fault says so with a remedy, and the database is tried again every
// second and at the next start; the spool is then taken in, in order and once. Where neither can be written, records
// stay in memory up to a bound; beyond it the oldest steps are dropped and counted.
//
// Exactly once: each record has a number within the run of the process that wrote it, and each transaction notes the
// number it has come to. A record that comes again (after a commit whose success was not learnt, or a crash between
// the commit and the end of the spool file) is known by its number and passed over.
//
// Exactly one outcome: the first one counts, in the database itself; later ones are ignored and counted.
//
// Concurrency: all methods may be called from any goroutine. Run may be called once. Two locks exist: Ledger.mu guards
// what Fault and EndOf tell, Ledger.work is held by whoever does the writer's work (Run, Close); work is taken first.
//
// It is no queue and no state store for live calls: those are on the switch (package ivr). Times are kept in
// milliseconds.
package ledger
