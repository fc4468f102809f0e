package ivr

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// codePause ends a code that was begun: a key that comes later begins anew.
const codePause = 5 * time.Second

// code is what an operator has pressed of a feature code.
type code struct {
	keys string
	at   time.Time
}

// codes are the feature codes in conversation, by their first two keys.
var codes = map[string]Verb{ //nolint:gochecknoglobals // a table
	"*2": Consult, "*3": Complete, "*4": ConferenceOfAll, "*5": Back, "*6": TransferTopic, "*7": RescueConference, "*8": RescueBlind, "*0": Drop,
}

// press takes a key. A code that is complete is returned; keys that belong to none are the other party's to hear.
func (k *code) press(digit byte, now time.Time) (verb Verb, to string, done bool) {
	if now.Sub(k.at) > codePause || digit == '*' {
		k.keys = ""
	}
	k.at = now
	if k.keys == "" && digit != '*' {
		return "", "", false
	}
	k.keys += string(digit)
	if len(k.keys) < 2 {
		return "", "", false
	}
	verb, to, done = k.parse()
	if done {
		k.keys = ""
	}
	return verb, to, done
}

func (k *code) parse() (verb Verb, to string, done bool) {
	head, rest := k.keys[:2], k.keys[2:]
	if head == "*1" {
		return Hold, "", true
	}
	verb, known := codes[head]
	switch {
	case !known:
		return "", "", true
	case verb == Consult:
		to, done = strings.CutSuffix(rest, "#")
		return verb, to, done
	case verb == TransferTopic:
		return verb, rest, rest != ""
	}
	return verb, "", true
}

// partyKey: the operator who has the conversation may have pressed a feature code.
func (c *call) partyKey(p *party, digit byte) {
	if p.takes(digit) {
		c.take(p)
		return
	}
	if p != c.other || p.operator == "" {
		return
	}
	verb, to, done := p.code.press(digit, time.Now())
	if !done {
		return
	}
	if verb == Hold && c.talk.Held {
		verb = Resume
	}
	if verb == TransferTopic {
		to = c.topicByNumber(to)
	}
	if err := c.obey(Command{Call: c.id, By: p.operator, Verb: verb, To: to}); err != nil {
		c.note("command_refused", string(verb))
		c.log.Info().Str("operator", p.operator).Str("command", string(verb)).Str("why", err.Error()).Msg("an operator's code was not carried out")
	}
}

// topicByNumber is the book's topic with that number: by name, from 1.
func (c *call) topicByNumber(digit string) string {
	names := slices.Sorted(maps.Keys(c.release.Book.Topics))
	if n := int(digit[0] - '1'); n >= 0 && n < len(names) {
		return names[n]
	}
	return ""
}
