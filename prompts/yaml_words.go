package prompts

import "pronto/prompts/wording"

// libraryWords is what the YAML library says, as a sentence. The faults that its scanner and parser find most are known here;
// others are told in its own English.
func libraryWords(message string) wording.Sentence {
	for _, known := range []wording.Sentence{
		tell("mapping value is not allowed in this context"),
		tell("value is not allowed in this context. map key-value is pre-defined"),
		tell("value is not allowed in this context"),
		tell("block sequence entries are not allowed in this context"),
		tell("non-map value is specified"),
		tell("unexpected key name"),
		tell("could not find end character of double-quoted text"),
		tell("could not find end character of single-quoted text"),
		tell("could not find flow mapping end token '}'"),
		tell("could not find flow map content"),
		tell("sequence end token ']' not found"),
		tell("',' or ']' must be specified"),
		tell("',' or '}' must be specified"),
		tell("could not find '[' character corresponding to ']'"),
		tell("could not find '{' character corresponding to '}'"),
		tell("map key definition includes an implicit line break"),
		tell("found an invalid key for this map"),
		tell("found character '\\t' that cannot start any token"),
		tell("tab character cannot use as a map key directly"),
		tell("found a tab character where an indentation space is expected"),
		tell("expected sequence element, but found ','"),
		tell("unexpected scalar value"),
	} {
		if known.Format == message {
			return known
		}
	}
	return wording.Name(message)
}
