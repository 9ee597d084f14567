package schema

import (
	"fmt"
	"strings"

	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// DefaultExpr returns a column's default as an expression that means the same in an
// INSERT. It returns "" for a default of NULL, or without a default.
//
// In a DEFAULT clause a name is a string, bare or in double quotes, because it cannot
// refer to columns; anywhere else it is a column. The result writes numbers without
// underscores, and strings on one line, because not every reader of SQL knows better.
func DefaultExpr(def string) string {
	tokens := sqltext.Significant(def)
	if len(tokens) == 1 {
		t := tokens[0]
		switch {
		case t.Is("NULL"):
			return ""
		case t.Ident() && !values[sqltext.Fold(t.Text)]:
			return literal(t.Name())
		}
	}
	var b strings.Builder
	for i, t := range tokens {
		if i > 0 && tokens[i-1].End() < t.Start {
			b.WriteByte(' ')
		}
		switch {
		case t.Kind == sqltext.String:
			b.WriteString(literal(t.Name()))
		case t.Kind == sqltext.Integer || t.Kind == sqltext.Float:
			b.WriteString(strings.ReplaceAll(t.Text, "_", ""))
		case t.Kind == sqltext.Quoted && isString(tokens, i):
			b.WriteString(literal(t.Name()))
		default:
			b.WriteString(t.Text)
		}
	}
	return b.String()
}

// values are the words that stand for a value.
var values = map[string]bool{"true": true, "false": true, "current_date": true, "current_time": true, "current_timestamp": true}

// isString reports whether the quoted name at i is a string: not the name of a
// function, a collation or a type.
func isString(tokens []sqltext.Token, i int) bool {
	if i+1 < len(tokens) && tokens[i+1].Is("(") {
		return false
	}
	return i == 0 || !tokens[i-1].Is("COLLATE") && !tokens[i-1].Is("AS")
}

// literal returns a string in SQL, on one line.
func literal(s string) string {
	if strings.ContainsAny(s, "\n\r") {
		return fmt.Sprintf("CAST(X'%x' AS TEXT)", s)
	}
	return sqltext.Literal(s)
}
