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
// by is the trigger whose OR REPLACE counts instead of what the statement says, "" if there
// is none.
func leftToNodes(s *schema.Schema, trigger *ast.CreateTriggerStmt, stmt ast.Stmt, by string) (list []string) {
	table, event, or := written(stmt)
	if event == "" {
		return nil
	}
	var columns []*ast.Ident // that an INSERT names, if it does not name all
	if insert, ok := stmt.(*ast.InsertStmt); ok {
		columns = insert.Columns
	}
	because := ""
	if by != "" && or != ast.ConflictReplace {
		or, because = ast.ConflictReplace, " where trigger "+by+" fires it by OR REPLACE"
	}
	into := s.Table(table)
	if into == nil {
		return nil
	}
	var values []infer.Written
	for i := range into.Columns {
		c := &into.Columns[i]
		reads := defaultReads(c)
		if reads == "" {
			continue
		}
		if values == nil {
			values = infer.New(s).Written(trigger, stmt)
		}
		named := slices.ContainsFunc(columns, func(id *ast.Ident) bool { return sqltext.EqualFold(id.Name, c.Name) })
		null := slices.ContainsFunc(values, func(w infer.Written) bool { return sqltext.EqualFold(w.Column, c.Name) && w.Null != infer.NotNull })
		switch {
		case len(columns) > 0 && !named:
			list = append(list, fmt.Sprintf("leaves %s.%s to its default, which reads %s", into.Name, c.Name, reads))
		case c.NotNull && (or == ast.ConflictReplace || or == ast.ConflictDefault && replaces(into, c)) && null:
			list = append(list, fmt.Sprintf("replaces a NULL in %s.%s by its default, which reads %s%s", into.Name, c.Name, reads, because))
		}
	}
	return list
}

// written are the table that a statement of a trigger writes, what happens to its rows and
// what the statement says after OR. The event is empty where no conflict can come of it.
func written(stmt ast.Stmt) (table string, event string, or ast.ConflictAction) {
	switch stmt := stmt.(type) {
	case *ast.InsertStmt:
		if or = stmt.OrConflict; stmt.Replace {
			or = ast.ConflictReplace
		}
		return stmt.Table.Name.Name, "INSERT", or
	case *ast.UpdateStmt:
		return stmt.Table.Name.Name, "UPDATE", stmt.OrConflict
	}
	return "", "", or
}

// replacing finds the triggers that a statement of another fires by OR REPLACE, and which
// one that is. What such a statement says after OR counts for all that it fires, instead of
// what is said there.
func replacing(triggers []*ast.CreateTriggerStmt) map[*ast.CreateTriggerStmt]string {
	by := map[*ast.CreateTriggerStmt]string{}
	var fire func(stmt ast.Stmt, name string)
	fire = func(stmt ast.Stmt, name string) {
		table, event, _ := written(stmt)
		for _, t := range triggers {
			if event == "" || t.Event != event || by[t] != "" || !sqltext.EqualFold(t.Table.Name.Name, table) {
				continue
			}
			by[t] = name
			for _, inner := range t.Body {
				fire(inner, name)
			}
		}
	}
	for _, t := range triggers {
		for _, stmt := range t.Body {
			if _, _, or := written(stmt); or == ast.ConflictReplace {
				fire(stmt, t.Name.Name.Name)
			}
		}
	}
	return by
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
