package alter

import (
	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// definitions returns the texts of a table's columns, by their folded names. It is
// nil if the statement does not have a list of columns.
func definitions(create string) map[string]string {
	stmt, _ := syntax.Parse(create)
	table, ok := stmt.(*ast.CreateTableStmt)
	if !ok || table.Columns == nil {
		return nil
	}
	list := map[string]string{}
	for _, def := range table.Columns {
		list[sqltext.Fold(def.Name.Name)] = create[def.Start:def.Stop]
	}
	return list
}

// named returns a CREATE TABLE or CREATE VIRTUAL TABLE with another name.
func named(create, name string) string {
	stmt, _ := syntax.Parse(create)
	kind, old := syntax.Created(stmt)
	if kind != "TABLE" {
		return create
	}
	return create[:old.Start] + sqltext.Quote(name) + create[old.Stop:]
}
