package policy

import (
	"strings"

	"github.com/agnivade/levenshtein"
)

// Tables lists the tables and views of the migrated schema of the project that
// dir is in. Its error is [ErrNoSchema].
func Tables(dir string) ([]string, error) {
	if _, err := Describe(dir, "SELECT 1"); err != nil {
		return nil, err
	}
	root, _ := Project(dir)
	projects.Lock()
	defer projects.Unlock()
	return projects.conns[root].Strings("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
}

// Columns lists the columns of a table, a view or any other source that can stand
// in a FROM clause.
func Columns(dir, source string) []string {
	stmt, err := Describe(dir, "SELECT * FROM "+source)
	if err != nil {
		return nil
	}
	var list []string
	for _, c := range stmt.Columns {
		list = append(list, c.Name)
	}
	return list
}

// Nearest is the name that another may be a slip for, or "". At most one letter
// in three differs, and at most three, or two letters have changed places.
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
