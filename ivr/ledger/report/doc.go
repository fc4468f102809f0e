// Package report tells the line's own figures for a period: what was asked of it, how soon it answered, where callers
// left, as text, HTML, CSV or JSON.
//
// Contract: Make works the figures out, as sheets of values that know their unit and whether there is anything to tell;
// Write prints them. Everything is a function of its arguments: no clock, no file, no database (the ledger adds up what
// the figures are made of, ledger.Figures). A figure of nothing is "no data", never 0% or 100%. Parts of a whole are
// rounded by the largest remainder, so that what is printed adds up to 100. Keys in CSV and JSON are the same in every
// language and stay what they are; nodes, topics and districts stand by the names that they have in the book, so that
// reports stay comparable when keys and texts of the menu change.
//
// Nobody's figures are told by operator: the report is about the line.
package report
