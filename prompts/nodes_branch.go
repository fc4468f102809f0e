package prompts

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// ons are what a branch may depend on, and what the names of its cases are.
var ons = map[string]string{
	OnHours: "hours", OnHolidays: "", OnAlert: "", OnDistrict: "area", OnLanguage: "language", OnVariable: "",
}

// caseYes is the one case of a branch on the alert.
const caseYes = "yes"

// branchFields are the fields of branch, ask and directory.
func (c *checker) branchFields(n *Node, body *value) []field {
	what := tell("node %s", n.Name)
	return []field{
		{name: "on", form: c.branchOn(n), doc: tell("What the branch looks at.")},
		{name: "cases", form: c.cases(n, body), doc: tell("Where the cases lead: case and node. The first that holds counts. Cases are names of hours, holidays, areas or languages; yes for an alert; digits for a variable, 39* for what begins with 39.")},
		{name: "variable", form: c.variable(n, body), doc: tell("The name of what the caller has typed: ask sets it, a branch looks at it.")},
		{name: "min", form: c.whole(under(what, "min"), 1, MaxDigits, &n.Min), doc: tell("How many digits are typed at least. Default 1.")},
		{name: "max", form: c.whole(under(what, "max"), 1, MaxDigits, &n.Max), doc: tell("How many digits are typed at most. Default 16.")},
		{name: "between", form: c.duration(under(what, "between"), time.Second, 30*time.Second, &n.Between), doc: tell("The silence after a digit that ends what is typed; the key # ends it at once. Default 3s.")},
		{name: "confirm", form: c.truth(under(what, "confirm"), &n.Confirm), doc: tell("Whether what was typed is read back and must be confirmed. Default false.")},
		{name: "office", form: c.ref(under(what, "office"), "office", &n.Office), doc: tell("The office of directory whose number is told.")},
	}
}

// fillAsk sets the defaults of a node at which digits are typed.
func (n *Node) fillAsk() {
	switch {
	case n.Kind == KindRequest:
		n.Min, n.Max = CodeDigits, CodeDigits
	case n.Kind == KindCallback:
		n.Min, n.Max = 1, MaxNumber
	case n.Kind != KindAsk:
		return
	case n.Min == 0:
		n.Min = 1
	}
	if n.Max == 0 {
		n.Max = max(n.Min, MaxDigits)
	}
	if n.Between == 0 {
		n.Between = 3 * time.Second
	}
}

func (c *checker) branchOn(n *Node) form {
	known := sortedKeys(ons)
	return c.choice(under(tell("node %s", n.Name), "on"), &n.On, known, func(where at, text string) {
		c.fault(where, tell("a branch can not look at %q", text), suggest(c.nearest(text, known), known))
	})
}

// cases reads the ways out of a branch, in their order.
func (c *checker) cases(n *Node, body *value) form {
	what := under(tell("node %s", n.Name), "cases")
	return form{
		func(v *value) {
			if !c.is(v, what, shapeObject) {
				return
			}
			on := ""
			if o := body.get("on"); o != nil {
				on = strings.TrimSpace(o.text) // whichever of the two stands first
			}
			for _, p := range v.pairs {
				c.caseName(on, p.key)
				to := new(string)
				c.ref(what, "node", to).read(p.value)
				n.Cases = append(n.Cases, Case{Is: p.key.text, Then: *to})
			}
			if len(v.pairs) == 0 {
				c.unread = true // where it was to lead nobody knows
				c.fault(v.at, tell("%s are empty", what), tell("write { case: node }"))
			}
		},
		func() *schema {
			return &schema{Type: types("object"), Others: c.ref(what, "node", new(string)).schema(), Least: 1}
		},
	}
}

// typedPattern is what a caller can have typed, or how it begins.
var typedPattern = regexp.MustCompile(`^[0-9]+\*?$`)

// caseName checks what a case is called: it depends on what the branch looks at.
func (c *checker) caseName(on string, key *value) {
	switch on {
	case OnHolidays:
		c.holiday(key)
	case OnAlert:
		if key.text != caseYes {
			c.fault(key.at, tell("a branch on the alert has no case %q", key.text), tell("write yes: the node for callers whom the alert concerns; the others go to otherwise"))
		}
	case OnVariable:
		if !typedPattern.MatchString(key.text) {
			c.fault(key.at, tell("%q is nothing that a caller can have typed", key.text), tell(`write digits, or how they begin and a *: "39*"`))
		}
	default:
		if what := ons[on]; what != "" {
			c.refs = append(c.refs, reference{at: key.at, name: key.text, what: what})
		}
	}
}

// branchSchemas are what a branch's cases may be called by what it looks at, and that only one on a variable names one.
func branchSchemas() []*schema {
	cases := func(names *schema) *schema { return &schema{Keys: map[string]*schema{"cases": {Names: names}}} }
	return []*schema{
		{If: holding("on", OnHolidays), Then: cases(&schema{Pattern: holidayPattern()})},
		{If: holding("on", OnAlert), Then: cases(&schema{Enum: []string{caseYes}})},
		{If: holding("on", OnLanguage), Then: cases(&schema{Pattern: langPattern.String()})},
		{
			If:   holding("on", OnVariable),
			Then: &schema{Keys: map[string]*schema{"cases": {Names: &schema{Pattern: typedPattern.String()}}}, Required: []string{"variable"}},
			Else: &schema{Keys: map[string]*schema{"variable": nothing}},
		},
	}
}

// variablePattern is a name that calls can carry.
var variablePattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,15}$`) // of maxVariableName

// variable reads the name of a variable of the call. Calls carry them, so there can not be many.
func (c *checker) variable(n *Node, body *value) form {
	what := under(tell("node %s", n.Name), "variable")
	return c.like(what, &n.Variable, variablePattern, func(where at, text string) {
		c.fault(where, tell("%q is not a possible name of a variable", text), tell("use letters a-z, digits, - and _, at most %d", maxVariableName))
	}).also(func(v *value) {
		name := n.Variable
		switch {
		case !variablePattern.MatchString(name): // told already
		case n.Kind == KindBranch:
			if on := body.get("on"); on != nil && strings.TrimSpace(on.text) != OnVariable {
				return // a branch on something else has none: told with the node
			}
			c.refs = append(c.refs, reference{at: v.at, name: name, what: "variable"})
		case slices.Contains(c.variables, name):
		case len(c.variables) == maxVariables:
			c.fault(v.at, tell("the book asks for more than %d variables", maxVariables), tell("use one of these again: %s", strings.Join(c.variables, ", ")))
		default:
			c.variables = append(c.variables, name)
		}
	})
}

const maxVariableName = 16

// checkBranch is what the fields of a branch or ask node mean together.
func (c *checker) checkBranch(n *Node, body *value) {
	_, known := ons[n.On]
	switch {
	case n.Kind == KindBranch && n.On == OnVariable && n.Variable == "":
		c.fault(body.get("on").at, tell("node %s does not say which variable it looks at", n.Name), tell("add variable: ..."))
	case n.Kind == KindBranch && known && n.On != OnVariable && n.Variable != "":
		c.fault(body.get("variable").at, tell("node %s looks at the %s, not at a variable", n.Name, n.On), tell("remove variable, or write on: variable"))
	case n.Kind == KindAsk && n.Max > 0 && n.Min > n.Max:
		c.fault(body.get("max").at, tell("node %s: max is less than min", n.Name), tell("write max: %d or more", n.Min))
	}
}
