package alter

import (
	"cmp"
	"slices"

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

// named returns a CREATE TABLE or CREATE VIRTUAL TABLE with another name, also where
// a CHECK has the name before a column's. ALTER TABLE RENAME TO changes these, too.
func named(create, name string) string {
	stmt, _ := syntax.Parse(create)
	kind, old := syntax.Created(stmt)
	if kind != "TABLE" {
		return create
	}
	names := []*ast.Ident{old.Name}
	ast.Walk(stmt, func(n ast.Node) bool {
		if ref, ok := n.(*ast.QualifiedRef); ok && len(ref.Parts) > 1 {
			if of := ref.Parts[len(ref.Parts)-2]; sqltext.EqualFold(of.Name, old.Name.Name) {
				names = append(names, of)
			}
		}
		return true
	})
	slices.SortFunc(names, func(a, b *ast.Ident) int { return cmp.Compare(b.Start, a.Start) })
	for _, n := range names {
		create = create[:n.Start] + sqltext.Quote(name) + create[n.Stop:]
	}
	return create
}
