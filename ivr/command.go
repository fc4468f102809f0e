package ivr

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"pronto/ivr/ledger"
)

// Verb is what can be asked of a conversation.
type Verb string

// The verbs.
const (
	Hold             Verb = "hold"              // the caller hears music, out of the conversation
	Resume           Verb = "resume"            // he is back
	Consult          Verb = "consult"           // To is rung; operator and colleague talk, the caller is on hold
	Complete         Verb = "complete"          // the colleague, or the rescue number, has the caller; the operator leaves
	Back             Verb = "back"              // the colleague leaves, the operator has the caller again
	ConferenceOfAll  Verb = "conference"        // all of them talk
	TransferOperator Verb = "transfer-operator" // the caller waits, at the head, for the operator To
	TransferTopic    Verb = "transfer-topic"    // the caller waits for whoever has the skills of the topic To
	RescueConference Verb = "rescue-conference" // the rescue number joins operator and caller
	RescueBlind      Verb = "rescue"            // the same, and the operator leaves as soon as it answers
	Drop             Verb = "hangup"            // the caller is hung up
)

// Verbs are all verbs.
func Verbs() []Verb {
	return []Verb{
		Hold, Resume, Consult, Complete, Back, ConferenceOfAll, TransferOperator, TransferTopic, RescueConference, RescueBlind, Drop,
	}
}

// Command asks for something in the conversation of a call.
type Command struct {
	Call string
	By   string // the operator who has the conversation; "" is a supervisor's word, which needs no conversation of his
	Verb Verb
	To   string // an operator's name or short number, or a topic; see Verb
}

// ErrCommand is why a command is not carried out, in words for whoever gave it.
type ErrCommand struct{ Why string }

func (e *ErrCommand) Error() string { return e.Why }

func refuse(format string, args ...any) *ErrCommand {
	return &ErrCommand{Why: fmt.Sprintf(format, args...)}
}

// commandTime is how long the call that a command is for may take to say whether it can be done.
const commandTime = 5 * time.Second

// msgCommand is a command in a call's mailbox. The reply holds one.
type msgCommand struct {
	Command
	reply chan error
}

// Command carries a command out and returns when that has begun: a colleague's phone rings, the caller is on hold. A refusal
// is an *ErrCommand or *ErrDenied.
func (l *Line) Command(ctx context.Context, cmd Command) error {
	if !slices.Contains(Verbs(), cmd.Verb) {
		return refuse("there is no command %q", cmd.Verb)
	}
	l.mu.Lock()
	c := l.calls[cmd.Call]
	l.mu.Unlock()
	if c == nil {
		return refuse("there is no such call, or it is over")
	}
	m := msgCommand{Command: cmd, reply: make(chan error, 1)}
	c.box.Put(m)
	ctx, cancel := context.WithTimeout(ctx, commandTime)
	defer cancel()
	select {
	case err := <-m.reply:
		return err
	case <-ctx.Done():
		return refuse("the call does not answer: it may be over")
	}
}

// account finds an operator by his name or short number.
func (l *Line) account(name string) (ledger.Operator, bool) {
	for _, o := range *l.accounts.Load() {
		if o.Name == name || o.Ext != "" && o.Ext == name {
			return o, true
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for phone := range l.phones {
		if phone == name || numberOf(phone) == name && name != "" {
			return ledger.Operator{Name: phone, Ext: numberOf(phone), Kind: ledger.PhoneSIP, Enabled: true}, true
		}
	}
	return ledger.Operator{}, false
}

// numberOf is the short number of an operator without an account: the digits that his name ends with.
func numberOf(name string) string {
	return name[len(strings.TrimRight(name, "0123456789")):]
}
