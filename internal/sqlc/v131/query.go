package v131

import (
	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlite/schema"
)

// Query is a query that SQLite accepts, with what is needed to explain it.
type Query struct {
	*query.Written
	Plain  *query.Plain
	Tree   ast.Stmt // of the plain SQL; nil if it cannot be parsed
	Schema *schema.Schema
	// TypeOf returns the SQL type that a parameter should have, or "…" if its use
	// does not tell.
	TypeOf func(*query.Param) string
}
