package main

import (
	"regexp"
	"strings"

	"pronto/prompts/wording"
)

// flagFaults are what kong says of a command line, by its sentences.
var flagFaults = []struct {
	is  *regexp.Regexp
	say func(part []string) wording.Sentence
}{
	{regexp.MustCompile(`^unknown flag (.+)$`), func(part []string) wording.Sentence { return wording.Say("unknown flag %s", part[1]) }},
	{regexp.MustCompile(`^unexpected argument (.+)$`), func(part []string) wording.Sentence { return wording.Say("unexpected argument %s", part[1]) }},
	{regexp.MustCompile(`^missing flags: (.+)$`), func(part []string) wording.Sentence { return wording.Say("missing flags: %s", part[1]) }},
	{regexp.MustCompile(`^expected one of (.+)$`), func(part []string) wording.Sentence { return wording.Say("expected one of %s", part[1]) }},
	{regexp.MustCompile(`^expected (".+")$`), func(part []string) wording.Sentence { return wording.Say("expected %s", part[1]) }},
	{regexp.MustCompile(`^(.+) must be one of (.+) but got "(.*)"$`), func(part []string) wording.Sentence {
		return wording.Say("%s must be one of %s but got %q", part[1], part[2], part[3])
	}},
	{regexp.MustCompile(`^(.+): expected a valid \d+ bit int but got "(.*)"$`), func(part []string) wording.Sentence {
		return wording.Say("%s: %q is not a whole number", part[1], part[2])
	}},
	{regexp.MustCompile(`^(.+): expected duration but got "(.*?)"(?:: .*)?$`), func(part []string) wording.Sentence {
		return wording.Say("%s: %q is no length of time: write 5s or 2m", part[1], part[2])
	}},
	{regexp.MustCompile(`^(.+): expected "<key>=<value>" but got "(.*)"$`), func(part []string) wording.Sentence {
		return wording.Say("%s: %q has no =: write LANG=TEXT", part[1], part[2])
	}},
	{regexp.MustCompile(`^(.+): expected \w+ value but got "EOL"`), func(part []string) wording.Sentence {
		return wording.Say("%s lacks its value", part[1])
	}},
	{regexp.MustCompile(`^(.+): missing value, expecting .*$`), func(part []string) wording.Sentence {
		return wording.Say("%s lacks its value", part[1])
	}},
}

// flagFault is what kong says of a command line as a sentence of ours; what is not known here is told as it is.
func flagFault(said string) wording.Sentence {
	if before, meant, ok := strings.Cut(said, ", did you mean "); ok {
		return wording.Say("%s, did you mean %s?", flagFault(before), strings.TrimSuffix(meant, "?"))
	}
	for _, fault := range flagFaults {
		if part := fault.is.FindStringSubmatch(said); part != nil {
			return fault.say(part)
		}
	}
	return wording.Name(said)
}
