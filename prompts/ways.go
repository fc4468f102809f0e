package prompts

import (
	"maps"
	"slices"
	"strings"
)

// way is a step from one node to another.
type way struct {
	to     string
	silent bool // taken by a caller who presses nothing
}

// ways are the steps out of a node. A conversation is an end: what follows it is not silent.
func (c *checker) ways(name string) []way {
	n := c.book.Nodes[name]
	var out []way
	add := func(to string, silent bool) {
		if to = c.meant(to); c.nodes[to] != nil {
			out = append(out, way{to, silent})
		}
	}
	if n.Kind != KindLanguage {
		for _, key := range slices.Sorted(maps.Keys(n.Keys)) {
			add(n.Keys[key], false)
		}
	}
	_, known := rules[n.Kind]
	for _, way := range n.Cases {
		add(way.Then, known)
	}
	add(n.Otherwise, known)
	add(n.Then, known && n.Kind != KindQueue && !n.Kind.asks())
	add(n.Closed, known)
	add(n.Full, known)
	add(n.Nobody, known)
	return out
}

// checkWays looks at the nodes together: who is reached, where a caller goes round, who can reach a person.
func (c *checker) checkWays() {
	c.checkOptions()
	c.checkRings()
	start := c.meant(c.book.Start)
	if c.nodes[start] == nil {
		return // told already; everything would be unreachable
	}
	if c.unread {
		return // what can not be read may lead anywhere
	}
	reached := reach([]string{start}, func(name string) []string {
		var to []string
		for _, w := range c.ways(name) {
			to = append(to, w.to)
		}
		return to
	})
	person := c.reachPerson()
	for _, name := range c.order {
		where := c.nodes[name].name.at
		switch {
		case !namePattern.MatchString(name): // told already
		case !reached[name]:
			c.warn(where, tell("no way leads to node %s", name), tell("remove it, or name it in another node"))
		case c.book.Nodes[name].Kind == KindMenu && !person[name]:
			c.warn(where, tell("no way leads from menu %s to a person", name), tell("give it a key that leads to a queue"))
		}
	}
}

// reach is what can be reached from some nodes.
func reach(from []string, next func(string) []string) map[string]bool {
	seen := map[string]bool{}
	for len(from) > 0 {
		name := from[len(from)-1]
		from = from[:len(from)-1]
		if !seen[name] {
			seen[name] = true
			from = append(from, next(name)...)
		}
	}
	return seen
}

// reachPerson are the nodes from which a queue can be reached.
func (c *checker) reachPerson() map[string]bool {
	return c.leadingTo(func(n Node) bool { return n.Kind == KindQueue })
}

// reachEnd are the nodes from which a call can come to an end. What a node of a kind that is not known does, nobody knows.
func (c *checker) reachEnd() map[string]bool {
	return c.leadingTo(func(n Node) bool {
		_, known := rules[n.Kind]
		return !known || n.Kind == KindQueue || n.Kind == KindMessage || n.Kind == KindHangup
	})
}

// leadingTo are the nodes from which a way leads to one that is wanted.
func (c *checker) leadingTo(wanted func(Node) bool) map[string]bool {
	back := map[string][]string{}
	var from []string
	for _, name := range c.order {
		if wanted(c.book.Nodes[name]) {
			from = append(from, name)
		}
		for _, w := range c.ways(name) {
			back[w.to] = append(back[w.to], name)
		}
	}
	return reach(from, func(name string) []string { return back[name] })
}

func (c *checker) checkOptions() {
	most := c.book.Limits.Options
	for _, name := range c.order {
		keys := c.nodes[name].fields["keys"]
		if c.book.Nodes[name].Kind == KindMenu && most > 0 && keys != nil && len(keys.pairs) > most {
			c.fault(keys.pairs[most].key.at, tell("menu %s has %d options, limits.options is %d", name, len(keys.pairs), most),
				tell("move some into a menu of their own"))
		}
	}
}

// checkRings finds where a caller who presses nothing goes round for ever.
func (c *checker) checkRings() {
	const unseen, open, closed = 0, 1, 2
	state := map[string]int{}
	told := map[string]bool{}
	var path []string
	var visit func(name string)
	visit = func(name string) {
		state[name] = open
		path = append(path, name)
		for _, w := range c.ways(name) {
			switch {
			case !w.silent:
			case state[w.to] == unseen:
				visit(w.to)
			case state[w.to] == open && !told[w.to]:
				told[w.to] = true
				c.tellRing(path[slices.Index(path, w.to):])
			}
		}
		path = path[:len(path)-1]
		state[name] = closed
	}
	for _, name := range c.order {
		if state[name] == unseen {
			visit(name)
		}
	}
}

func (c *checker) tellRing(ring []string) {
	onlyGoto, turned := true, false
	for _, name := range ring {
		kind := c.book.Nodes[name].Kind
		onlyGoto = onlyGoto && (kind == KindGoto || kind == KindBranch)
		turned = turned || c.book.Nodes[name].Kind == KindQueue
	}
	shown := ring
	if len(shown) > 8 {
		shown = append(slices.Clone(shown[:7]), "...")
	}
	round := strings.Join(append(slices.Clone(shown), ring[0]), " > ")
	where := c.ringPlace(ring)
	switch {
	case onlyGoto:
		c.fault(where, tell("these nodes only lead to each other: %s", round), tell("let one of them lead to a node that says something"))
	case !c.reachEnd()[ring[0]]:
		c.fault(where, tell("no way leads from these nodes to any end of a call: %s", round), tell("let a way lead to a queue, a message or a hangup"))
	case turned:
		c.fault(where, tell("when the desk takes nobody, a caller who presses nothing goes round for ever: %s", round), tell("let one way end in a message or a hangup"))
	default:
		c.fault(where, tell("a caller who presses nothing goes round for ever: %s", round), tell("let otherwise or then lead to a queue, or in the end to a hangup"))
	}
}

// ringPlace is where the ring's first node names the next.
func (c *checker) ringPlace(ring []string) at {
	source, next := c.nodes[ring[0]], ring[1%len(ring)]
	for _, field := range []string{"otherwise", "then", "closed", "full", "nobody"} {
		if v := source.fields[field]; v != nil && c.meant(v.text) == next {
			return v.at
		}
	}
	if v := source.fields["cases"]; v != nil {
		for _, p := range v.pairs {
			if c.meant(p.value.text) == next {
				return p.value.at
			}
		}
	}
	return source.name.at
}
