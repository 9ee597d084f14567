// Package engine finds what a migration says that one of the engines beside an embedded
// file does not take, or runs without effect.
//
// @native-sql the databases are other projects', and there is no layer over them
// @native-sql-dynamic the only names in the texts are the schema's own, quoted
package engine

import (
	"strings"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// Refusal is what statements that begin with some words come to.
type Refusal struct {
	Words    []string
	Why, Fix string
}

// Begins reports whether a statement begins with words.
func Begins(tokens []sqltext.Token, words ...string) bool {
	for i, w := range words {
		if i >= len(tokens) || !tokens[i].Is(w) {
			return false
		}
	}
	return true
}

// First returns the first refusal that fits a statement, or nil.
func First(list []Refusal, tokens []sqltext.Token) *Refusal {
	for i := range list {
		if Begins(tokens, list[i].Words...) {
			return &list[i]
		}
	}
	return nil
}

// Judge says why an engine does not take a statement, and what to do. why is "" if it
// does.
type Judge func(statement string) (why, fix string)

// Refused are the statements that an engine does not take, each at its line.
func Refused(path string, statements []migration.Statement, judge Judge) (problems diag.Problems) {
	for _, statement := range statements {
		for _, part := range sqltext.Split(statement.SQL) {
			line := statement.Line + strings.Count(statement.SQL[:part.Start], "\n")
			if why, fix := judge(part.Text); why != "" {
				problems = append(problems, &diag.Problem{File: path, Line: line, Msg: why, Fix: fix})
			}
		}
	}
	return problems
}
