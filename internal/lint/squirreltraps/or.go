package squirreltraps

import "github.com/dreysql/drey/internal/sqlite/sqltext"

// bareOr reports whether a condition has an OR at its top level: outside of
// parentheses and of CASE.
func bareOr(text string) bool {
	depth := 0
	for _, t := range sqltext.Significant(text) {
		switch {
		case t.Is("("), t.Is("CASE"):
			depth++
		case t.Is(")"), t.Is("END"):
			depth--
		case t.Is("OR") && depth == 0:
			return true
		}
	}
	return false
}
