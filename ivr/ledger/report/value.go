package report

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// Unit says what a value counts.
type Unit string

// The units.
const (
	Count   Unit = "count"
	Percent Unit = "percent"
	Seconds Unit = "seconds"
	Text    Unit = "text"
)

// Value is one figure. The zero Value is "no data".
type Value struct {
	Unit     Unit
	Number   float64
	Decimals int // of a percentage
	Text     string
}

// Known says whether there is anything to tell.
func (v Value) Known() bool { return v.Unit != "" }

func count(n int64) Value { return Value{Unit: Count, Number: float64(n)} }

func text(s string) Value { return Value{Unit: Text, Text: s} }

// ratio is part of whole in percent, with one decimal.
func ratio(part, whole int64) Value {
	if whole <= 0 {
		return Value{}
	}
	return Value{Unit: Percent, Number: round(100*float64(part)/float64(whole), 1), Decimals: 1}
}

// mean is a sum of milliseconds over n, in seconds.
func mean(milliseconds, n int64) Value {
	if n <= 0 {
		return Value{}
	}
	return seconds(time.Duration(float64(milliseconds) / float64(n) * float64(time.Millisecond)))
}

func seconds(d time.Duration) Value { return Value{Unit: Seconds, Number: round(d.Seconds(), 3)} }

func round(v float64, decimals int) float64 {
	p := math.Pow10(decimals)
	return math.Round(v*p) / p
}

// Shares are parts of a whole in percent, rounded by the largest remainder so that they add up to 100. They are nil if
// there is nothing to divide.
func Shares(parts []int64, decimals int) []float64 {
	var whole int64
	for _, p := range parts {
		whole += p
	}
	if whole == 0 {
		return nil
	}
	unit := int64(math.Pow10(decimals))
	left := 100 * unit
	shares := make([]int64, len(parts))
	order := make([]int, len(parts))
	for i, p := range parts {
		shares[i], order[i] = p*100*unit/whole, i
		left -= shares[i]
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(parts[b]*100*unit%whole, parts[a]*100*unit%whole)
	})
	for _, i := range order[:left] {
		shares[i]++
	}
	out := make([]float64, len(parts))
	for i, s := range shares {
		out[i] = round(float64(s)/float64(unit), decimals)
	}
	return out
}

// shares are the values of Shares; without a whole each is "no data".
func shares(parts []int64, decimals int) []Value {
	values := make([]Value, len(parts))
	for i, p := range Shares(parts, decimals) {
		values[i] = Value{Unit: Percent, Number: p, Decimals: decimals}
	}
	return values
}
