package squirreltraps

import (
	"testing"

	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// A condition that can be parsed does not have an OR outside of parentheses when it
// is put into parentheses. Joined with another by AND it keeps its OR.
func FuzzBareOr(f *testing.F) {
	for _, s := range []string{
		"a = 1 OR b = 2", "(a OR b)", "CASE WHEN a OR b THEN 1 END", "a = 'x OR y'", `"or" = 1`, "a IN (SELECT 1 OR 2)", "floor = 1 or 2",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := syntax.Parse("SELECT 1 WHERE (" + text + "\n)"); err != nil {
			return
		}
		if bareOr("(" + text + "\n)") {
			t.Errorf("an OR outside of the parentheses of (%s)", text)
		}
		if !bareOr("a = 1 OR (" + text + "\n)") {
			t.Errorf("no OR before (%s)", text)
		}
	})
}
