// Package prompts holds the book: what admins edit and callers hear. It parses and checks a book's folder, speaks
// its texts with a speech engine, and makes the immutable Release that calls run on.
//
// A text becomes sound in three steps: the book's lexicon puts in how words are to be said, Spoken writes numbers out, and
// the engine that whoever runs the line has chosen for the language (Speech) speaks it. What is spoken is kept by
// all that it depends on, and made again only when some of that changes.
//
// Nothing here is in the path of a call: a Release is made at start or at publish, and only read afterwards, from any
// goroutine.
//
// A Journal beside the releases tells which one is in service; Commit changes that by one appended line, so that whoever is
// killed over it has done all of it or nothing. Diff tells what callers hear differently.
//
// An Alert is no part of a book or release: it is raised and cleared while the line is up, and joins the release that a
// call has (Release.WithAlert).
package prompts
