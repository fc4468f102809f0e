package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"pronto/ivr/ledger"
)

// Formula names how a service level is worked out. A are calls answered, B calls abandoned in the queue; T is the
// threshold.
type Formula string

// The formulas, of those in use: which of them a figure is of makes more difference than a good day.
const (
	SL1 Formula = "SL1" // who gave up within the threshold was not kept waiting
	SL2 Formula = "SL2" // who gave up is not looked at
	SL3 Formula = "SL3" // who gave up was not served: the strictest, and the default
	SL4 Formula = "SL4" // who gave up within the threshold is not looked at
)

// formulas are all of them.
func formulas() []Formula { return []Formula{SL1, SL2, SL3, SL4} }

// ParseFormula reads a formula's name.
func ParseFormula(s string) (Formula, error) {
	f := Formula(strings.ToUpper(s))
	if !slices.Contains(formulas(), f) {
		return "", fmt.Errorf("there is no service level %q: it is one of SL1, SL2, SL3, SL4", s)
	}
	return f, nil
}

// String is the formula as it is printed beside the figure.
func (f Formula) String() string {
	switch f {
	case SL1:
		return "SL1 = (A≤T + B≤T) / (A + B)"
	case SL2:
		return "SL2 = A≤T / A"
	case SL3:
		return "SL3 = A≤T / (A + B)"
	case SL4:
		return "SL4 = A≤T / (A + B>T)"
	}
	return string(f)
}

// Level is the service level: a are all calls answered and within those within the threshold, b and gaveUp the same of
// calls abandoned.
func (f Formula) Level(a, within, b, gaveUp int64) Value {
	switch f {
	case SL1:
		return ratio(within+gaveUp, a+b)
	case SL2:
		return ratio(within, a)
	case SL3:
		return ratio(within, a+b)
	case SL4:
		return ratio(within, a+b-gaveUp)
	}
	return Value{}
}

func (f Formula) of(figures *ledger.Figures, threshold time.Duration) Value {
	return f.Level(figures.All.Answered, figures.Answered.Within(threshold), figures.All.Abandoned, figures.Abandoned.Within(threshold))
}
