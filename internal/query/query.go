// Package query reads the query files that sqlc reads: SQL statements, each
// under a "-- name: Name :cmd" line.
package query

// Query is one named query of a file.
type Query struct {
	Name    string
	Cmd     string // ":one", ":many", ":exec", ":execrows", ":execresult", ":execlastid", …
	File    string // path as it should be shown, relative to the project
	Line    int    // of the "-- name:" line, from 1
	Text    string // the statement as written, without the name line and without the final semicolon
	SQLLine int    // the line on which Text starts
	SQLCol  int    // and the column, from 1, in bytes
	CRUD    bool   // written by drey
}
