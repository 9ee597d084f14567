package syntax

import (
	"bytes"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// maskNotNull writes x NOTNULL for each x NOT NULL of an expression. To SQLite they
// are the same, and its operator NOT takes either into its operand: NOT a NOT NULL
// is NOT (a NOT NULL). The parser reads (NOT a) NOT NULL, but NOT (a NOTNULL). Only
// the first of the two words moves. tests are the texts of the two words.
func maskNotNull(sql string, tests []ast.Span) string {
	masked := []byte(sql)
	for _, x := range tests {
		words := masked[x.Start+sqltext.Significant(sql[x.Start:x.Stop])[0].Start : x.Stop]
		copy(words, bytes.Repeat([]byte(" "), len(words)))
		copy(words[len(words)-len("NOTNULL"):], "NOTNULL")
	}
	return string(masked)
}
