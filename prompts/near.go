package prompts

import (
	"maps"
	"slices"
	"strings"

	"pronto/prompts/wording"
)

// nearest returns the known name that name is most likely a slip of, or "".
func nearest(name string, known []string) string {
	name = strings.ToLower(name)
	best, found := len([]rune(name))/3+1, ""
	for _, k := range known {
		low := strings.ToLower(k)
		d := distance(name, low)
		if len(name) >= 4 && strings.HasPrefix(low, name) || len(low) >= 4 && strings.HasPrefix(name, low) {
			d = min(d, 1)
		}
		if d < best || d == best && found == "" {
			best, found = d, k
		}
	}
	return found
}

// distance counts the letters to insert, remove, change or swap with their neighbour (Damerau-Levenshtein).
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	if d := len(x) - len(y); max(d, -d) > 8 || len(x) > 64 || len(y) > 64 {
		return 64
	}
	rows := make([][]int, len(x)+1)
	for i := range rows {
		rows[i] = make([]int, len(y)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(x); i++ {
		for j := 1; j <= len(y); j++ {
			change := 1
			if x[i-1] == y[j-1] {
				change = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+change)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(x)][len(y)]
}

// suggest is the hint for a name that is not known: the nearest one, or all if they are few.
func suggest(near string, known []string) wording.Sentence {
	switch {
	case near != "":
		return tell("did you mean %q?", near)
	case len(known) == 0:
		return tell("none is defined yet")
	case len(known) <= 16:
		return tell("known are: %s", strings.Join(known, ", "))
	default:
		return tell("look at how it is written where it is defined")
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
