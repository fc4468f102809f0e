// Package console is the line's web: a page and an API that show its state to whoever watches it, and the operations
// port with health, readiness and metrics.
//
// The public and the operations port are two handlers that share nothing but Config: what is on one can not be reached
// through the other. Handlers hold no state; they ask Config's functions at each request, which must be safe for
// concurrent use and answer within about a second. Nothing personal is shown: no caller's number, no operator's name.
//
// It does not authenticate anyone yet; both listen on loopback by default.
package console
