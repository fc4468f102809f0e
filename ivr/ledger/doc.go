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
// Two databases: SQLite in a file, PostgreSQL on a server. They behave alike; statements are written for both, migrations
// come in pairs of one number. On a server, an advisory lock, held by the writer's connection, keeps a second controller
// from writing: Open refuses it. That lock and prepared statements need a connection of one's own, so an address of
// PostgreSQL itself and not of a pooler that shares connections among transactions. What a database refuses for what it
// holds (not for its own state) is put aside in refused.jsonl beside the spool and counted as dropped.
//
// Codes of requests are given out at once: NewCode takes from what was reserved beforehand, see stock.go.
//
// Concurrency: all methods may be called from any goroutine. Run may be called once. Ledger.work is held by whoever does
// the writer's work (Run, Close), Ledger.mu guards what Fault and EndOf tell, stock.mu the codes in hand; work is taken
// first, the other two nest in nothing and hold nothing up.
//
// Beside the calls it keeps what the desk and its operators leave: requests, callbacks, operators with every step of their
// days, follow-ups, promises of waiting times, and who was overtaken. All of it comes as Records. Whoever must know
// that his record is written waits with Sync; functions that read take a context and open the database for themselves.
//
// It is no queue and no state store for live calls: those are on the switch (package ivr). Times are kept in
// milliseconds.
package ledger
