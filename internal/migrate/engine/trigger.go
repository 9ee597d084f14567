package engine

import (
	"fmt"
	"slices"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/infer"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// leftToNodes says of each column that a statement of a trigger leaves to a DEFAULT which
// reads what differs, that it does so, and what is read. A column is left to it that an
// INSERT does not name, and one that is NOT NULL and gets a NULL, if the statement says OR
// REPLACE, or the column ON CONFLICT REPLACE: see https://www.sqlite.org/lang_conflict.html.
func leftToNodes(s *schema.Schema, trigger *ast.CreateTriggerStmt, stmt ast.Stmt) (list []string) {
	var table *ast.QualifiedName
	var columns []*ast.Ident // that an INSERT names, if it does not name all
	all, or := true, ast.ConflictDefault
	switch stmt := stmt.(type) {
	case *ast.InsertStmt:
		table, or = stmt.Table, stmt.OrConflict
		if stmt.Replace {
			or = ast.ConflictReplace
		}
		columns, all = stmt.Columns, len(stmt.Columns) == 0
	case *ast.UpdateStmt:
		table, or = stmt.Table, stmt.OrConflict
	default:
		return nil
	}
	into := s.Table(table.Name.Name)
	if into == nil {
		return nil
	}
	var written []infer.Written
	for i := range into.Columns {
		c := &into.Columns[i]
		reads := defaultReads(c)
		if reads == "" {
			continue
		}
		if written == nil {
			written = infer.New(s).Written(trigger, stmt)
		}
		named := slices.ContainsFunc(columns, func(id *ast.Ident) bool { return sqltext.EqualFold(id.Name, c.Name) })
		null := slices.ContainsFunc(written, func(w infer.Written) bool { return sqltext.EqualFold(w.Column, c.Name) && w.Null != infer.NotNull })
		switch {
		case !all && !named:
			list = append(list, fmt.Sprintf("leaves %s.%s to its default, which reads %s", into.Name, c.Name, reads))
		case c.NotNull && (or == ast.ConflictReplace || or == ast.ConflictDefault && replaces(into, c)) && null:
			list = append(list, fmt.Sprintf("replaces a NULL in %s.%s by its default, which reads %s", into.Name, c.Name, reads))
		}
	}
	return list
}

// replaces reports whether a column is NOT NULL ON CONFLICT REPLACE.
func replaces(t *schema.Table, c *schema.Column) bool {
	create, ok := parsed(t.SQL).(*ast.CreateTableStmt)
	return ok && slices.ContainsFunc(create.Columns, func(def *ast.ColumnDef) bool {
		return sqltext.EqualFold(def.Name.Name, c.Name) && slices.ContainsFunc(def.Constraints, func(of *ast.ColumnConstraint) bool {
			return of.Kind == ast.ColumnNotNull && of.OnConflict == ast.ConflictReplace
		})
	})
}
