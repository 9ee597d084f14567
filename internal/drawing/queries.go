package drawing

import (
	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// addQuery adds a query to the tables and views that it names. It is false for one that
// cannot be parsed.
func (s *Schema) addQuery(q *query.Query) bool {
	stmt, err := syntax.Parse(q.Text)
	if err != nil {
		return false
	}
	named := map[*Table]bool{} // by table, whether it writes
	target := syntax.Target(stmt)
	within := ctes(stmt)
	syntax.Objects(stmt, func(name *ast.QualifiedName) {
		if name != target && name.Schema == nil && within[sqltext.Fold(name.Name.Name)] {
			return
		}
		if t := s.table(name.Name.Name); t != nil {
			named[t] = named[t] || name == target
		}
	})
	for _, t := range s.Tables {
		if writes, ok := named[t]; ok {
			t.Queries = append(t.Queries, Use{Name: q.Name, File: q.File, Line: q.Line, Writes: writes})
		}
	}
	return true
}

// ctes are the names of the common table expressions of a statement, folded.
func ctes(stmt ast.Stmt) map[string]bool {
	names := map[string]bool{}
	ast.Walk(stmt, func(n ast.Node) bool {
		if cte, ok := n.(*ast.CTE); ok {
			names[sqltext.Fold(cte.Name.Name)] = true
		}
		return true
	})
	return names
}
