// Package prompts holds the book: what admins edit and callers hear. It parses and checks a book's folder, speaks
// its texts with a speech engine, and makes the immutable Release that calls run on.
//
// Nothing here is in the path of a call: a Release is made at start or at publish, and only read afterwards, from any
// goroutine.
package prompts
