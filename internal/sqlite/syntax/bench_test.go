package syntax_test

import (
	"testing"

	"github.com/sqlc-dev/meyer/parser"

	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// BenchmarkParse parses all statements of this repository.
func BenchmarkParse(b *testing.B) {
	var all []string
	for _, statements := range repository(b) {
		all = append(all, statements...)
	}
	for name, parse := range map[string]func(string){
		"syntax": func(s string) { syntax.Parse(s) },
		"meyer":  func(s string) { parser.ParseStatement(s) },
		"tokens": func(s string) { sqltext.Significant(s) },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				for _, s := range all {
					parse(s)
				}
			}
		})
	}
}
