package prompts

import "time"

// waitFields are the fields of nodes at which callers wait or leave something.
func (c *checker) waitFields(n *Node) []field {
	what := tell("node %s", n.Name)
	return []field{
		{name: "request", form: c.truth(under(what, "request"), &n.Request), doc: tell("Whether the message opens a request, whose code the caller is told. Default false.")},
		{name: "comfort", form: c.list(under(what, "comfort"), item(`\S`, func(item *value) {
			n.Comfort = append(n.Comfort, item.text)
			c.use(item.text, item.at)
		})), doc: tell("Texts that are said in turn to those who wait, as what the keys are for.")},
		{name: "every", form: c.duration(under(what, "every"), 15*time.Second, 15*time.Minute, &n.Every), doc: tell("How long it is from one of them to the next. Default 60s.")},
		{name: "apology", form: c.text(under(what, "apology"), &n.Apology), doc: tell("The text for who waits again because the operator was lost.")},
	}
}

// checkQueue is what the fields of a queue mean together.
func (c *checker) checkQueue(n *Node, body *value) {
	if every := body.get("every"); every != nil && len(n.Comfort) == 0 {
		c.fault(every.at, tell("node %s says nothing every %s", n.Name, short(n.Every)), tell("add comfort: [text], or remove every"))
	}
	if len(n.Comfort) > 0 && n.Every == 0 {
		n.Every = time.Minute
	}
}

// waitTexts are the texts that the program speaks to those who wait.
func (b *Book) waitTexts() []string {
	var need []string
	for _, n := range b.Nodes {
		if n.Kind == KindQueue && len(n.Keys) > 0 {
			return append(need, KeyQueueTurn)
		}
	}
	return need
}
