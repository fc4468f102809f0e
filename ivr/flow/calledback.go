package flow

import (
	"maps"
	"slices"
	"time"

	"pronto/prompts"
)

// CalledBack is the state of a call to a citizen who had asked for it, from the instant at which an operator talks with him.
// Should the operator be lost, or hand him over, he waits as those do who called about the topic. He has not waited in this
// call: his row tells no waiting time.
func CalledBack(r *prompts.Release, lang, topic, operator string, now time.Time) State {
	if !slices.Contains(r.Book.Line.Languages, lang) {
		lang = r.Book.Line.Languages[0]
	}
	node := queueOf(r.Book, topic)
	return State{
		Release: r.ID, Arrived: now, Answered: now, Node: node, Path: node, Phase: PhaseTalking, Language: lang, Topic: topic, Drawn: topic,
		Queued: now, Talk: now, Operator: operator, Marks: MarkServed,
	}
}

// queueOf is a queue node for a topic, or any; "" if there is none.
func queueOf(b *prompts.Book, topic string) string {
	var first string
	for _, name := range slices.Sorted(maps.Keys(b.Nodes)) {
		node := b.Nodes[name]
		switch {
		case node.Kind != prompts.KindQueue:
		case node.Topic == topic:
			return name
		case first == "":
			first = name
		}
	}
	return first
}
