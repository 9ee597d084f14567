package query_test

import (
	"testing"

	"github.com/dreysql/drey/internal/project/query"
)

// sqlc keeps the text of a query in a constant of its name, in small letters at
// the front.
func TestReservedNames(t *testing.T) {
	for name, want := range map[string]string{
		"Type":    "sqlc calls a constant type, which is a keyword of Go",
		"Len":     "sqlc calls a constant len, which hides Go's own len from the whole package",
		"String":  "sqlc calls a constant string, which hides Go's own string from the whole package",
		"Context": "sqlc calls a constant context, which its code has for an import as well",
		"Q":       "sqlc calls a constant q, which its code has for the receiver as well",
		"WithTx":  "sqlc's own method has this name",
		"Types":   "",
		"Time":    "",
		"Rows":    "",
	} {
		_, err := query.Parse("sql/a.sql", []byte("-- name: "+name+" :exec\nDELETE FROM links;\n"))
		got := ""
		if err != nil {
			got = err.Error()
		}
		if want != "" {
			want = "sql/a.sql:1:1: query " + name + ": " + want + "\n\tfix: give the query another name"
		}
		if got != want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, want)
		}
	}
}
