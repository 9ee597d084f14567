package query

import (
	"fmt"
	"go/token"
	"go/types"
)

// sqlcsOwn are the names that sqlc's code has for other things wherever it uses
// the constant of a query.
var sqlcsOwn = map[string]string{
	"q": "the receiver", "ctx": "a parameter", "arg": "a parameter",
	"context": "an import", "sql": "an import", "init": "Go's function",
}

// reserved says why a query cannot have that name, "" where it can. sqlc keeps
// the text of a query GetLink in a constant getLink, and that constant must hide
// nothing of Go's and be hidden by nothing.
func reserved(name string) string {
	constant := constant(name)
	switch {
	case token.IsKeyword(constant):
		return fmt.Sprintf("sqlc calls a constant %s, which is a keyword of Go", constant)
	case types.Universe.Lookup(constant) != nil:
		return fmt.Sprintf("sqlc calls a constant %s, which hides Go's own %s from the whole package", constant, constant)
	case sqlcsOwn[constant] != "":
		return fmt.Sprintf("sqlc calls a constant %s, which its code has for %s as well", constant, sqlcsOwn[constant])
	case name == "WithTx":
		return "sqlc's own method has this name"
	}
	return ""
}
