package policy

import (
	"strings"

	"github.com/agnivade/levenshtein"
)

// Nearest returns the name that another may be a slip for, or "". At most one letter in
// three differs, and at most three in all, or two letters have changed places.
func Nearest(name string, names []string) string {
	const slip = 3
	best, distance := "", min(slip, max(len(name)/3, 1))
	for _, n := range names {
		a, b := strings.ToLower(name), strings.ToLower(n)
		d := levenshtein.ComputeDistance(a, b)
		if d == 2 && swapped(a, b) {
			d = 1
		}
		if d > 0 && d <= distance {
			best, distance = n, d-1
		}
	}
	return best
}

// swapped reports whether two neighbouring letters have changed places.
func swapped(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}

// DidYouMean returns the end of a message that suggests a name, if there is one.
func DidYouMean(name string) string {
	if name == "" {
		return ""
	}
	return "; did you mean " + name + "?"
}
