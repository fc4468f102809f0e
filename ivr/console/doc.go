// Package console is the line's web: a page that shows its state to whoever watches it, what the line says for whoever can
// not hear or speak (the text twin, /linea and /api/v1/line), the API, and the operations port with health, readiness and
// metrics.
//
// The public and the operations port are two handlers that share nothing but Config: what is on one can not be reached
// through the other. Config's functions are asked at each request; they must be safe for concurrent use and answer within about
// a second.
//
// # What is public
//
// The pages, /api/v1/state and /api/v1/line: nothing personal is in them, no caller's number, no operator's name. All other
// routes of the API need the token, and whoever has it may do everything; callers' numbers are masked in lists and in the
// live state, and told whole where one matter is asked for, which is noted in the log. Both ports listen on loopback by default.
//
// # Live state
//
// A reader of /api/v1/live/stream gets the whole state, never events: a version is made when somebody waits for one, at most every 100 ms,
// encoded once for all. Who reads slowly misses versions and nothing else; there is no queue that could grow.
package console
