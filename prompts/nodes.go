package prompts

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"pronto/prompts/wording"
)

// rule says what a kind of node does and which fields it has.
type rule struct {
	doc                wording.Sentence
	required, optional []string
}

var rules = map[Kind]rule{
	KindMenu:     {tell("Say, then wait for a key."), []string{"say", "keys", "otherwise"}, []string{"wait", "tries", "topic"}},
	KindSay:      {tell("Say, then go on."), []string{"say", "then"}, []string{"topic"}},
	KindQueue:    {tell("Wait for an operator and talk."), []string{"topic", "closed", "full"}, []string{"say", "nobody", "hours", "then", "keys", "comfort", "every", "apology"}},
	KindRescue:   {tell("Tell the rescue number twice, then offer to connect."), []string{"use", "then"}, []string{"say", "wait"}},
	KindMessage:  {tell("Take a message."), []string{"topic", "then"}, []string{"say", "longest", "request", "wait"}},
	KindLanguage: {tell("Let the caller choose a language."), []string{"say", "keys", "then"}, []string{"wait", "tries", "otherwise"}},
	KindGoto:     {tell("Go to another node."), []string{"then"}, []string{"topic"}},
	KindHangup:   {tell("Say, then end the call."), nil, []string{"say"}},

	KindBranch:    {tell("Go where hours, an alert, the district, the language or a variable say."), []string{"on", "cases", "otherwise"}, []string{"variable", "topic"}},
	KindAsk:       {tell("Let the caller type digits."), []string{"say", "variable", "then", "otherwise"}, []string{"min", "max", "between", "wait", "tries", "confirm", "topic"}},
	KindDirectory: {tell("Tell the number of an office, twice."), []string{"office", "then"}, []string{"say", "topic"}},
	KindCallback:  {tell("Book a call to the caller, at a number that he confirms. Who comes from a queue keeps the place."), []string{"then", "otherwise"}, []string{"say", "between", "wait", "tries", "topic"}},
	KindRequest:   {tell("Let the caller type a request's code, and tell how it stands."), []string{"say", "then", "otherwise"}, []string{"between", "wait", "tries", "topic"}},
}

var kinds = func() []string {
	var names []string
	for kind := range rules {
		names = append(names, string(kind))
	}
	slices.Sort(names)
	return names
}()

func (c *checker) nodesForm() form {
	return c.named(wording.Name("nodes"), func(name *value) form {
		return form{func(body *value) { c.readNode(name, body) }, c.nodeSchema}
	}).also(func(v *value) {
		if v.shape == shapeNull || v.shape == shapeObject && len(v.pairs) == 0 {
			c.unread = true // every text would be unused
			c.fault(v.at, tell("the book has no nodes"), tell("add the node that start names"))
		}
	}).says(func(s *schema) { s.Type, s.Least = types("object"), 1 })
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

func (c *checker) readNode(name, body *value) {
	n := &Node{Name: name.text}
	source := &nodeSource{name: name, fields: map[string]*value{}}
	for _, p := range body.pairs {
		source.fields[p.key.text] = p.value
	}
	c.nodes[n.Name] = source
	c.order = append(c.order, n.Name)
	r, known := c.readKind(n, name.at, body)
	c.unread = c.unread || !known
	fields := c.nodeFields(n, body)
	if known {
		c.refuseForeign(n, body, r, fields)
		c.entry(name, tell("node %s", n.Name), fields...).read(body)
		c.checkNode(n, body)
	} else { // the kind has been told; what its fields mean is not known
		c.skim(body, fields)
	}
	n.fill()
	keep(&c.book.Nodes, n.Name, *n)
}

// nodeFields are the fields that nodes have; required are those of its kind.
func (c *checker) nodeFields(n *Node, body *value) []field {
	what := tell("node %s", n.Name)
	node := func(name string, to *string) form { return c.ref(under(what, name), "node", to) }
	all := []field{
		{name: "kind", form: c.kindForm(), doc: tell("What the node does.")},
		{name: "say", form: c.say(n), doc: tell("Keys of the texts that are said, in order. alert is the message of an alert that is raised; en/key is said in English to those who hear another language.")},
		{name: "keys", form: c.keys(n), doc: tell("Where keys lead: key and node. In a language node: key and language. In a queue, who waits can press them and keeps the place.")},
		{name: "wait", form: c.duration(under(what, "wait"), time.Second, time.Minute, &n.Wait), doc: tell("The silence after the prompt before the next try. Default 6s.")},
		{name: "tries", form: c.whole(under(what, "tries"), 1, 10, &n.Tries), doc: tell("How often the prompt is said. Default 3.")},
		{name: "otherwise", form: node("otherwise", &n.Otherwise), doc: tell("The node for who pressed nothing valid; in a branch, where no case holds.")},
		{name: "then", form: node("then", &n.Then), doc: tell("The next node.")},
		{name: "topic", form: c.ref(under(what, "topic"), "topic", &n.Topic), doc: tell("The topic that the caller has chosen by coming here.")},
		{name: "closed", form: node("closed", &n.Closed), doc: tell("The node for callers out of hours.")},
		{name: "full", form: node("full", &n.Full), doc: tell("The node for callers when no more may wait.")},
		{name: "nobody", form: node("nobody", &n.Nobody), doc: tell("The node for callers when no operator is logged in. Without it they wait.")},
		{name: "hours", form: c.ref(under(what, "hours"), "hours", &n.Hours), doc: tell("The opening hours of this queue. Default: those of desk.")},
		{name: "use", form: c.ref(under(what, "use"), "rescue number", &n.Use), doc: tell("The rescue number that is told.")},
		{name: "longest", form: c.duration(under(what, "longest"), 5*time.Second, 10*time.Minute, &n.Longest), doc: tell("How long a message may be. Default 2m.")},
	}
	all = append(all, c.branchFields(n, body)...)
	all = append(all, c.waitFields(n)...)
	for i := range all {
		all[i].required = slices.Contains(rules[n.Kind].required, all[i].name)
	}
	return all
}

// kindForm: the kind is read before all else, see readKind.
func (c *checker) kindForm() form {
	return form{func(*value) {}, func() *schema { return &schema{Enum: kinds} }}
}

// say reads the texts of a node. A language node has one, and says it in each of its languages.
func (c *checker) say(n *Node) form {
	texts := c.list(under(tell("node %s", n.Name), "say"), item(`\S`, func(item *value) {
		n.Say = append(n.Say, item.text)
		c.use(item.text, item.at)
	}))
	if slices.Contains(rules[n.Kind].required, "say") {
		texts = texts.atLeast(1)
	}
	if n.Kind == KindLanguage {
		texts = texts.says(func(s *schema) { s.AnyOf[1].Most = 1 })
	}
	return texts
}

// nodeSchema: which fields a node has depends on its kind.
func (c *checker) nodeSchema() *schema {
	kind := c.kindForm().schema()
	kind.Title, kind.Doc = wording.Name("kind"), tell("What the node does.")
	s := &schema{Type: types("object"), Keys: map[string]*schema{"kind": kind}, Required: []string{"kind"}}
	for _, name := range kinds {
		n := &Node{Kind: Kind(name)}
		r := rules[n.Kind]
		own := slices.DeleteFunc(c.nodeFields(n, &value{}), func(f field) bool {
			return f.name != "kind" && !slices.Contains(r.required, f.name) && !slices.Contains(r.optional, f.name)
		})
		then := objectOf(own)
		then.Title, then.Doc, then.Type = wording.Name(name), r.doc, nil
		then.Keys["kind"] = &schema{Title: wording.Name(name), Doc: r.doc}
		if n.Kind == KindBranch {
			then.AllOf = branchSchemas()
		}
		s.AllOf = append(s.AllOf, &schema{If: holding("kind", name), Then: then})
	}
	return s
}

// holding is a block in which a key has a value.
func holding(key, value string) *schema {
	return &schema{Keys: map[string]*schema{key: {Enum: []string{value}}}, Required: []string{key}}
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
		c.is(body, tell("node %s", n.Name), shapeObject)
		return rule{}, false
	}
	v := body.get("kind")
	if v == nil {
		c.fault(where, tell("node %s lacks kind", n.Name), tell("add kind: menu, or %s", strings.Join(kinds, ", ")))
		return rule{}, false
	}
	if !c.is(v, wording.Name("kind"), shapeText) {
		return rule{}, false
	}
	n.Kind = Kind(v.text)
	r, ok := rules[n.Kind]
	switch {
	case ok:
		return r, true
	default:
		c.fault(v.at, tell("there is no kind of node %q", v.text), suggest(c.nearest(v.text, kinds), kinds))
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
			c.fault(p.key.at, tell("node %s: a node of kind %s has no %s", n.Name, n.Kind, p.key.text),
				tell("remove it; it may have: %s", strings.Join(own[:len(own)-1], ", ")))
		}
		return foreign
	})
}

// keyPattern is a key of a telephone.
var keyPattern = regexp.MustCompile(`^[0-9*#]$`)

// keys reads what the caller may press.
func (c *checker) keys(n *Node) form {
	what, kind := under(tell("node %s", n.Name), "keys"), "node"
	if n.Kind == KindLanguage {
		kind = "language"
	}
	return form{
		func(v *value) {
			if !c.is(v, what, shapeObject) {
				return
			}
			n.Keys = map[string]string{}
			for _, p := range v.pairs {
				if !keyPattern.MatchString(p.key.text) {
					c.fault(p.key.at, tell("%q is not a key of a telephone", p.key.text), tell("one of 0-9, * and #, in quotes"))
				}
				to := new(string)
				c.ref(what, kind, to).read(p.value)
				n.Keys[p.key.text] = *to
			}
			if len(v.pairs) == 0 {
				c.unread = true // where they were to lead nobody knows
				c.fault(v.at, tell("%s are empty", what), tell(`write { "1": node }`))
			}
		},
		func() *schema {
			return &schema{Type: types("object"), Names: &schema{Pattern: keyPattern.String()}, Others: c.ref(what, kind, new(string)).schema(), Least: 1}
		},
	}
}

// checkNode is what the fields of one node mean together.
func (c *checker) checkNode(n *Node, body *value) {
	say := body.get("say")
	switch n.Kind {
	case KindLanguage:
		if say != nil && len(n.Say) > 1 {
			c.fault(say.at, tell("node %s: a language node says one text, in each of its languages", n.Name), tell("join the texts"))
		}
	case KindBranch, KindAsk:
		c.checkBranch(n, body)
	case KindQueue:
		c.checkQueue(n, body)
	case KindMenu, KindSay, KindRescue, KindMessage, KindGoto, KindHangup, KindDirectory, KindRequest, KindCallback:
	}
	if say != nil && say.shape == shapeList && len(say.items) == 0 && slices.Contains(rules[n.Kind].required, "say") {
		c.unread = true
		c.fault(say.at, tell("node %s says nothing", n.Name), tell("name a text"))
	}
}
