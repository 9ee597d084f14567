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

// Part is one statement of a migration.
type Part struct {
	SQL    string
	Line   int
	Tokens []sqltext.Token // the significant ones
}

// Parts cuts what goose sends at once into statements.
func Parts(statements []migration.Statement) (list []Part) {
	for _, s := range statements {
		for _, p := range sqltext.Split(s.SQL) {
			list = append(list, Part{p.Text, s.Line + strings.Count(s.SQL[:p.Start], "\n"), sqltext.Significant(p.Text)})
		}
	}
	return list
}

// Judge says why an engine does not take a statement, and what to do. why is "" if it
// does.
type Judge func(statement string) (why, fix string)

// Refused are the statements that an engine does not take, each at its line.
func Refused(path string, statements []migration.Statement, judge Judge) (problems diag.Problems) {
	for _, part := range Parts(statements) {
		if why, fix := judge(part.SQL); why != "" {
			problems = append(problems, &diag.Problem{File: path, Line: part.Line, Msg: why, Fix: fix})
		}
	}
	return problems
}
