package schema

import (
	"slices"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// resolve fills in what follows from the rest: collations, rowid aliases, keys that
// are declared with their column, counters, foreign keys that do not name columns.
// No pragma reports the collation of a column.
func (r *reader) resolve() {
	for _, t := range r.schema.Tables {
		create := t.Create()
		if create == nil {
			continue
		}
		for i, def := range create.Columns[:min(len(create.Columns), len(t.Columns))] {
			for _, c := range def.Constraints {
				switch c.Kind {
				case ast.ColumnCollate:
					t.Columns[i].Collation = c.Collation.Name
				case ast.ColumnPrimaryKey:
					t.Columns[i].Inline = true
				}
				t.AutoIncrement = t.AutoIncrement || c.AutoIncrement
			}
		}
		for _, c := range create.Constraints {
			t.AutoIncrement = t.AutoIncrement || c.AutoIncrement
		}
		if len(t.PrimaryKey) == 1 {
			if c := t.Column(t.PrimaryKey[0]); t.isRowIDAlias(c) {
				c.RowIDAlias, c.NotNull = true, true
			}
		}
	}
	byName := make(map[string]*Table, len(r.schema.Tables))
	if r.before != nil {
		for _, t := range r.before.Tables {
			byName[sqltext.Fold(t.Name)] = t
		}
	}
	for _, t := range r.schema.Tables {
		byName[sqltext.Fold(t.Name)] = t
	}
	for _, t := range r.schema.Tables {
		for _, fk := range t.ForeignKeys {
			parent := byName[sqltext.Fold(fk.Table)]
			if fk.To[0] == "" && parent != nil && len(parent.PrimaryKey) == len(fk.To) {
				copy(fk.To, parent.PrimaryKey)
			}
		}
	}
}

// isRowIDAlias: it is the only key column of a rowid table, and its type is exactly
// INTEGER. If the key has an index, SQLite did not use it as the rowid: INTEGER
// PRIMARY KEY DESC is such a case. See
// https://www.sqlite.org/lang_createtable.html#rowid.
func (t *Table) isRowIDAlias(c *Column) bool {
	return !t.WithoutRowID && sqltext.EqualFold(c.Type, "INTEGER") &&
		!slices.ContainsFunc(t.Indexes, func(ix Index) bool { return ix.Origin == "pk" })
}

// FTS5 reports whether the table is a virtual table of the module fts5.
func (t *Table) FTS5() bool {
	create := t.Virtual()
	return create != nil && sqltext.EqualFold(create.Module.Name, "fts5")
}

// Collates reports whether the declaration of a table names a collation anywhere.
func (t *Table) Collates() bool {
	found := false
	ast.Walk(t.Create(), func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CollateExpr:
			found = true
		case *ast.ColumnConstraint:
			found = found || n.Collation != nil
		}
		return !found
	})
	return found
}

// Create returns the CREATE TABLE of a table, nil for another kind of table.
func (t *Table) Create() *ast.CreateTableStmt {
	create, _ := t.tree(KindTable).(*ast.CreateTableStmt)
	return create
}

// View returns the CREATE VIEW of a view, nil for another kind of table.
func (t *Table) View() *ast.CreateViewStmt {
	create, _ := t.tree(KindView).(*ast.CreateViewStmt)
	return create
}

// Virtual returns the CREATE VIRTUAL TABLE of a virtual table, nil for another kind
// of table.
func (t *Table) Virtual() *ast.CreateVirtualTableStmt {
	create, _ := t.tree(KindVirtual).(*ast.CreateVirtualTableStmt)
	return create
}

// tree parses the statement of a table of that kind.
func (t *Table) tree(kind Kind) ast.Stmt {
	if t.Kind != kind {
		return nil
	}
	stmt, _ := syntax.Parse(t.SQL)
	return stmt
}
