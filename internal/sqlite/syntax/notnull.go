package syntax

import (
	"bytes"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// maskNotNull writes x NOTNULL for each x NOT NULL of an expression. They are the
// same to SQLite, whose operator NOT takes either into its operand: NOT a NOT NULL
// is NOT (a NOT NULL). The parser has (NOT a) NOT NULL, and NOT (a NOTNULL).
// Nothing moves but the first of the two words. tests are the texts of the two.
func maskNotNull(sql string, tests []ast.Span) string {
	masked := []byte(sql)
	for _, x := range tests {
		words := masked[x.Start+sqltext.Significant(sql[x.Start:x.Stop])[0].Start : x.Stop]
		copy(words, bytes.Repeat([]byte(" "), len(words)))
		copy(words[len(words)-len("NOTNULL"):], "NOTNULL")
	}
	return string(masked)
}
