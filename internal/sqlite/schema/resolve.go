package schema

import (
	"slices"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// resolve fills in what follows from the rest: collations, rowid aliases, keys
// that are declared with their column, foreign keys that name no column.
func (r *reader) resolve() {
	for _, t := range r.schema.Tables {
		if t.Kind == KindTable {
			for i, collation := range collations(t.SQL) {
				if i < len(t.Columns) { // what follows are constraints of the table
					t.Columns[i].Collation = collation
				}
			}
		}
		if len(t.PrimaryKey) == 1 && t.Kind == KindTable {
			c := t.Column(t.PrimaryKey[0])
			c.Inline = inlineKey(t.SQL)
			if t.isRowIDAlias(c) {
				c.RowIDAlias, c.NotNull = true, true
			}
		}
	}
	byName := make(map[string]*Table, len(r.schema.Tables))
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

// isRowIDAlias: the only key column of a rowid table, of type INTEGER to the
// letter. An index for the key means that SQLite did not take it for the rowid:
// INTEGER PRIMARY KEY DESC is such a case. See
// https://www.sqlite.org/lang_createtable.html#rowid.
func (t *Table) isRowIDAlias(c *Column) bool {
	return !t.WithoutRowID && sqltext.EqualFold(c.Type, "INTEGER") &&
		!slices.ContainsFunc(t.Indexes, func(ix Index) bool { return ix.Origin == "pk" })
}

// inlineKey reports whether PRIMARY KEY stands within a column's declaration
// and not as a constraint of the table, which is the one that lists its columns
// in parentheses. PRIMARY is a reserved word: it stands nowhere else unquoted.
func inlineKey(create string) bool {
	tokens := sqltext.Significant(create)
	for i := 1; i < len(tokens); i++ {
		if tokens[i-1].Is("PRIMARY") && tokens[i].Is("KEY") {
			return i+1 == len(tokens) || !tokens[i+1].Is("(")
		}
	}
	return false
}

// collations returns what each definition between the outer parentheses names
// as its collation. No pragma tells that of a column.
func collations(create string) []string {
	var list []string
	depth := 0
	tokens := sqltext.Significant(create)
	for i, t := range tokens {
		switch {
		case t.Is("("):
			if depth++; depth == 1 {
				list = append(list, "")
			}
		case t.Is(")"):
			if depth--; depth == 0 {
				return list
			}
		case depth == 1 && t.Is(","):
			list = append(list, "")
		case depth == 1 && t.Is("COLLATE") && i+1 < len(tokens):
			list[len(list)-1] = tokens[i+1].Name()
		}
	}
	return list
}

// FTS5 reports whether the table is a virtual one of the module fts5.
func (t *Table) FTS5() bool {
	if t.Kind != KindVirtual {
		return false
	}
	tokens := sqltext.Significant(t.SQL)
	for i, tok := range tokens[:max(0, len(tokens)-1)] {
		if tok.Is("USING") {
			return sqltext.EqualFold(tokens[i+1].Name(), "fts5")
		}
	}
	return false
}

// Create returns the CREATE TABLE of a table, nil for another kind of table.
func (t *Table) Create() *ast.CreateTableStmt {
	stmt, _ := syntax.Parse(t.SQL)
	create, _ := stmt.(*ast.CreateTableStmt)
	return create
}

// View returns the CREATE VIEW of a view, nil for another kind of table.
func (t *Table) View() *ast.CreateViewStmt {
	stmt, _ := syntax.Parse(t.SQL)
	create, _ := stmt.(*ast.CreateViewStmt)
	return create
}
