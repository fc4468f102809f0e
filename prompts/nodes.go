package prompts

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// rule says which fields a kind of node has.
type rule struct{ required, optional []string }

var rules = map[Kind]rule{
	KindMenu:     {[]string{"say", "keys", "otherwise"}, []string{"wait", "tries", "topic"}},
	KindSay:      {[]string{"say", "then"}, []string{"topic"}},
	KindQueue:    {[]string{"topic", "closed", "full"}, []string{"say", "nobody", "hours", "then"}},
	KindRescue:   {[]string{"use", "then"}, []string{"say", "wait"}},
	KindMessage:  {[]string{"topic", "then"}, []string{"say", "longest"}},
	KindLanguage: {[]string{"say", "keys", "then"}, []string{"wait", "tries", "otherwise"}},
	KindGoto:     {[]string{"then"}, []string{"topic"}},
	KindHangup:   {nil, []string{"say"}},

	KindBranch:    {[]string{"on", "cases", "otherwise"}, []string{"variable", "topic"}},
	KindAsk:       {[]string{"say", "variable", "then", "otherwise"}, []string{"min", "max", "between", "wait", "tries", "confirm", "topic"}},
	KindDirectory: {[]string{"office", "then"}, []string{"say", "topic"}},
}

// laterKinds are in the design and not in this version.
var laterKinds = []string{"callback", "request-status"}

var kinds = func() []string {
	var names []string
	for kind := range rules {
		names = append(names, string(kind))
	}
	slices.Sort(names)
	return names
}()

func (c *checker) readNodes(v *value) {
	c.book.Nodes = map[string]Node{}
	c.named(v, "nodes", func(name, body *value) {
		n := &Node{Name: name.text}
		source := &nodeSource{name: name, fields: map[string]*value{}}
		for _, p := range body.pairs {
			source.fields[p.key.text] = p.value
		}
		c.nodes[name.text] = source
		c.order = append(c.order, name.text)
		c.readNode(n, name.at, body)
		n.fill()
		c.book.Nodes[name.text] = *n
	})
	if v.shape == shapeNull || v.shape == shapeObject && len(v.pairs) == 0 {
		c.fault(v.at, "the book has no nodes", "add the node that start names")
	}
}

// fill sets the defaults.
func (n *Node) fill() {
	if n.Wait == 0 {
		n.Wait = 6 * time.Second
	}
	if n.Tries == 0 {
		n.Tries = 3
	}
	if n.Longest == 0 {
		n.Longest = 2 * time.Minute
	}
	if n.Kind == KindLanguage && n.Otherwise == "" {
		n.Otherwise = n.Then
	}
	n.fillAsk()
}

func (c *checker) readNode(n *Node, where at, body *value) {
	what := "node " + n.Name
	r, known := c.readKind(n, where, body)
	c.unread = c.unread || !known
	node := func(name string, to *string) func(*value) { return c.ref(what+": "+name, "node", to) }
	all := []field{
		{name: "say", read: c.list(what+": say", func(item *value) {
			n.Say = append(n.Say, item.text)
			c.use(item.text, item.at)
		})},
		{name: "keys", read: c.keys(n)},
		{name: "wait", read: c.duration(what+": wait", time.Second, time.Minute, &n.Wait)},
		{name: "tries", read: c.whole(what+": tries", 1, 10, &n.Tries)},
		{name: "otherwise", read: node("otherwise", &n.Otherwise)},
		{name: "then", read: node("then", &n.Then)},
		{name: "topic", read: c.ref(what+": topic", "topic", &n.Topic)},
		{name: "closed", read: node("closed", &n.Closed)},
		{name: "full", read: node("full", &n.Full)},
		{name: "nobody", read: node("nobody", &n.Nobody)},
		{name: "hours", read: c.ref(what+": hours", "hours", &n.Hours)},
		{name: "use", read: c.ref(what+": use", "rescue number", &n.Use)},
		{name: "longest", read: c.duration(what+": longest", 5*time.Second, 10*time.Minute, &n.Longest)},
		{name: "kind", read: func(*value) {}}, // read before
	}
	all = append(all, c.branchFields(n, body)...)
	if !known { // the kind has been told; what its fields mean is not known
		c.skim(body, all)
		return
	}
	c.refuseForeign(n, body, r, all)
	for i := range all {
		all[i].required = slices.Contains(r.required, all[i].name)
	}
	c.fields(body, where, what, all...)
	c.checkNode(n, body)
}

// skim reads the fields that it knows, so that what they name does not count as unused.
func (c *checker) skim(body *value, all []field) {
	for _, p := range body.pairs {
		for _, f := range all {
			if f.name == p.key.text {
				f.read(p.value)
			}
		}
	}
}

// readKind reads the kind first, wherever it stands: the other fields depend on it.
func (c *checker) readKind(n *Node, where at, body *value) (rule, bool) {
	if body.shape != shapeObject && body.shape != shapeNull {
		c.is(body, "node "+n.Name, shapeObject)
		return rule{}, false
	}
	v := body.get("kind")
	if v == nil {
		c.fault(where, fmt.Sprintf("node %s lacks kind", n.Name), "add kind: menu, or "+strings.Join(kinds, ", "))
		return rule{}, false
	}
	if !c.is(v, "kind", shapeText) {
		return rule{}, false
	}
	n.Kind = Kind(v.text)
	r, ok := rules[n.Kind]
	switch {
	case ok:
		return r, true
	case slices.Contains(laterKinds, v.text):
		c.fault(v.at, fmt.Sprintf("this version does not have nodes of kind %q", v.text), "it has: "+strings.Join(kinds, ", "))
	default:
		c.fault(v.at, fmt.Sprintf("there is no kind of node %q", v.text), suggest(c.nearest(v.text, kinds), kinds))
	}
	return rule{}, false
}

// refuseForeign tells the fields that nodes have, but not nodes of this kind, and takes them out of body.
func (c *checker) refuseForeign(n *Node, body *value, r rule, all []field) {
	own := slices.Concat(r.required, r.optional, []string{"kind"})
	body.pairs = slices.DeleteFunc(body.pairs, func(p pair) bool {
		foreign := !slices.Contains(own, p.key.text) && slices.ContainsFunc(all, func(f field) bool { return f.name == p.key.text })
		if foreign {
			c.unread = true
			c.fault(p.key.at, fmt.Sprintf("node %s: a node of kind %s has no %s", n.Name, n.Kind, p.key.text),
				"remove it; it may have: "+strings.Join(own[:len(own)-1], ", "))
		}
		return foreign
	})
}

// keys reads what the caller may press.
func (c *checker) keys(n *Node) func(*value) {
	return func(v *value) {
		what := fmt.Sprintf("node %s: keys", n.Name)
		if !c.is(v, what, shapeObject) {
			return
		}
		n.Keys = map[string]string{}
		for _, p := range v.pairs {
			if len(p.key.text) != 1 || !strings.Contains("0123456789*#", p.key.text) {
				c.fault(p.key.at, fmt.Sprintf("%q is not a key of a telephone", p.key.text), "one of 0-9, * and #, in quotes")
			}
			to := new(string)
			kind := "node"
			if n.Kind == KindLanguage {
				kind = "language"
			}
			c.ref(what, kind, to)(p.value)
			n.Keys[p.key.text] = *to
		}
		if len(v.pairs) == 0 {
			c.fault(v.at, what+" are empty", `write { "1": node }`)
		}
	}
}

// checkNode is what the fields of one node mean together.
func (c *checker) checkNode(n *Node, body *value) {
	say := body.get("say")
	switch n.Kind {
	case KindLanguage:
		if say != nil && len(n.Say) > 1 {
			c.fault(say.at, fmt.Sprintf("node %s: a language node says one text, in each of its languages", n.Name), "join the texts")
		}
	case KindBranch, KindAsk:
		c.checkBranch(n, body)
	case KindMenu, KindSay, KindQueue, KindRescue, KindMessage, KindGoto, KindHangup, KindDirectory:
	}
	if say != nil && say.shape == shapeList && len(say.items) == 0 && slices.Contains(rules[n.Kind].required, "say") {
		c.unread = true
		c.fault(say.at, fmt.Sprintf("node %s says nothing", n.Name), "name a text")
	}
}
