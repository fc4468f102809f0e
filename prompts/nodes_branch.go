package prompts

import (
	"fmt"
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
	what := "node " + n.Name
	return []field{
		{name: "on", read: c.branchOn(n)},
		{name: "cases", read: c.cases(n, body)},
		{name: "variable", read: c.variable(n)},
		{name: "min", read: c.whole(what+": min", 1, MaxDigits, &n.Min)},
		{name: "max", read: c.whole(what+": max", 1, MaxDigits, &n.Max)},
		{name: "between", read: c.duration(what+": between", time.Second, 30*time.Second, &n.Between)},
		{name: "confirm", read: c.truth(what+": confirm", &n.Confirm)},
		{name: "office", read: c.ref(what+": office", "office", &n.Office)},
	}
}

// fillAsk sets the defaults of an ask node.
func (n *Node) fillAsk() {
	if n.Kind != KindAsk {
		return
	}
	if n.Min == 0 {
		n.Min = 1
	}
	if n.Max == 0 {
		n.Max = max(n.Min, MaxDigits)
	}
	if n.Between == 0 {
		n.Between = 3 * time.Second
	}
}

func (c *checker) branchOn(n *Node) func(*value) {
	return func(v *value) {
		c.str("node "+n.Name+": on", &n.On)(v)
		if _, ok := ons[n.On]; !ok && n.On != "" {
			known := sortedKeys(ons)
			c.fault(v.at, fmt.Sprintf("a branch can not look at %q", n.On), suggest(c.nearest(n.On, known), known))
		}
	}
}

// cases reads the ways out of a branch, in their order.
func (c *checker) cases(n *Node, body *value) func(*value) {
	return func(v *value) {
		what := fmt.Sprintf("node %s: cases", n.Name)
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
			c.ref(what, "node", to)(p.value)
			n.Cases = append(n.Cases, Case{Is: p.key.text, Then: *to})
		}
		if len(v.pairs) == 0 {
			c.fault(v.at, what+" are empty", "write { case: node }")
		}
	}
}

// caseName checks what a case is called: it depends on what the branch looks at.
func (c *checker) caseName(on string, key *value) {
	switch on {
	case OnHolidays:
		c.holiday(key)
	case OnAlert:
		if key.text != caseYes {
			c.fault(key.at, fmt.Sprintf("a branch on the alert has no case %q", key.text), "write yes: the node for callers whom the alert concerns; the others go to otherwise")
		}
	case OnVariable:
		if !digitsOnly(strings.TrimSuffix(key.text, "*")) {
			c.fault(key.at, fmt.Sprintf("%q is nothing that a caller can have typed", key.text), `write digits, or how they begin and a *: "39*"`)
		}
	default:
		if what := ons[on]; what != "" {
			c.refs = append(c.refs, reference{at: key.at, name: key.text, what: what})
		}
	}
}

// variable reads the name of a variable of the call. Calls carry them, so there can not be many.
func (c *checker) variable(n *Node) func(*value) {
	return func(v *value) {
		c.str("node "+n.Name+": variable", &n.Variable)(v)
		name := n.Variable
		switch {
		case name == "":
		case !namePattern.MatchString(name) || len(name) > maxVariableName:
			c.fault(v.at, fmt.Sprintf("%q is not a possible name of a variable", name), fmt.Sprintf("use letters a-z, digits, - and _, at most %d", maxVariableName))
		case n.Kind == KindBranch:
			c.refs = append(c.refs, reference{at: v.at, name: name, what: "variable"})
		case slices.Contains(c.variables, name):
		case len(c.variables) == maxVariables:
			c.fault(v.at, fmt.Sprintf("the book asks for more than %d variables", maxVariables), "use one of these again: "+strings.Join(c.variables, ", "))
		default:
			c.variables = append(c.variables, name)
		}
	}
}

const maxVariableName = 16

// truth reads true or false.
func (c *checker) truth(what string, to *bool) func(*value) {
	return func(v *value) {
		if v.shape == shapeBad {
			return
		}
		if v.shape != shapeTruth {
			c.fault(v.at, what+" is neither true nor false"+not(v), "write true or false, without quotes")
			return
		}
		*to = strings.EqualFold(v.text, "true")
	}
}

// checkBranch is what the fields of a branch or ask node mean together.
func (c *checker) checkBranch(n *Node, body *value) {
	_, known := ons[n.On]
	switch {
	case n.Kind == KindBranch && n.On == OnVariable && n.Variable == "":
		c.fault(body.get("on").at, fmt.Sprintf("node %s does not say which variable it looks at", n.Name), "add variable: ...")
	case n.Kind == KindBranch && known && n.On != OnVariable && n.Variable != "":
		c.fault(body.get("variable").at, fmt.Sprintf("node %s looks at the %s, not at a variable", n.Name, n.On), "remove variable, or write on: variable")
	case n.Kind == KindAsk && n.Max > 0 && n.Min > n.Max:
		c.fault(body.get("max").at, fmt.Sprintf("node %s: max is less than min", n.Name), fmt.Sprintf("write max: %d or more", n.Min))
	}
}
