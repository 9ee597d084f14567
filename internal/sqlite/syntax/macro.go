package syntax

import (
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// maskMacros makes one word of the name of each of sqlc's macros, so that SQLite's
// grammar, which does not allow a schema before a function's name, reads it as a
// call. No offsets change.
func maskMacros(sql string) string {
	if !strings.Contains(sqltext.Fold(sql), "sqlc") {
		return sql
	}
	tokens := sqltext.Significant(sql)
	var masked []byte
	for i := 0; i+3 < len(tokens); i++ {
		if !tokens[i].Is("sqlc") || !tokens[i+1].Is(".") || tokens[i+2].Kind != sqltext.Word || !tokens[i+3].Is("(") {
			continue
		}
		if masked == nil {
			masked = []byte(sql)
		}
		for at := tokens[i].End(); at < tokens[i+2].Start; at++ {
			masked[at] = '_'
		}
	}
	if masked == nil {
		return sql
	}
	return string(masked)
}

// unmask gives the call of a macro its name again: "sqlc.arg".
func (s *simplifier) unmask(c *ast.FuncCall) {
	start, end := Span(c.Name)
	if text := s.sql[start:end]; text != c.Name.Raw {
		tokens := sqltext.Significant(text)
		c.Name.Raw, c.Name.Name = text, tokens[0].Text+"."+tokens[2].Text
	}
}
