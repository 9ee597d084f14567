// Package query reads the query files that sqlc reads: SQL statements, each
// under a "-- name: Name :cmd" line.
package query

import (
	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// Query is one named query of a file.
type Query struct {
	Name      string
	Cmd       string // ":one", ":many", ":exec", ":execrows", ":execresult", ":execlastid", …
	File      string // path as it should be shown, relative to the project
	Line      int    // of the "-- name:" line, from 1
	Text      string // the statement as written, without the name line and without the final semicolon
	SQLLine   int    // the line on which Text starts
	SQLCol    int    // and the column, from 1, in bytes
	Generated bool   // written by drey
	Allowed   []Allowed
}

// Allowed is a comment above a query that allows what is refused otherwise:
//
//	-- drey:allow RULE: reason
type Allowed struct {
	Rule   string
	Reason string
	Line   int
}

// At is a problem of the query at a byte offset of its text, without a message.
func (q *Query) At(offset int) *diag.Problem {
	line, col := sqltext.Position(q.Text, offset)
	if line == 1 {
		col += max(q.SQLCol-1, 0)
	}
	return &diag.Problem{File: q.File, Line: q.SQLLine + line - 1, Col: col, Query: q.Name}
}
