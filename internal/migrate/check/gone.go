package check

import (
	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// goes finds the tables and columns that a step drops or renames. A table that is
// rebuilt is neither, and neither is what the step itself has created. A column that
// is renamed by rebuilding its table cannot be told from one that is dropped.
func (s *step) goes() {
	list := s.list
	for _, t := range s.before.Schema.Tables {
		if t.Kind == schema.KindView || !s.changed[sqltext.Fold(t.Name)].direct {
			continue
		}
		now, columns, line := follow(list, t)
		after := s.after.Schema.Table(t.Name)
		switch {
		case after != nil && after.Kind == t.Kind:
		case now != "" && s.after.Schema.Table(now) != nil:
			after = s.after.Schema.Table(now)
			s.add("renames", s.file, line, "make a view with the old name until no running code uses it; "+orAllow("renames"),
				"table %s is renamed to %s", t.Name, after.Name)
		default:
			s.add("destructive", s.file, line, "stop using it in one release and drop it in a later one; "+orAllow("destructive"),
				"table %s is dropped, with its rows", t.Name)
			continue
		}
		for _, c := range t.Columns {
			renamed, isRenamed := columns[sqltext.Fold(c.Name)]
			switch {
			case after.Column(c.Name) != nil:
			case isRenamed && after.Column(renamed.name) != nil:
				s.add("renames", s.file, renamed.line, "add a column with the new name, and drop the old one in a later release; "+orAllow("renames"),
					"column %s of table %s is renamed to %s", c.Name, t.Name, renamed.name)
			case c.Generated != schema.VirtualGenerated:
				s.add("destructive", s.file, s.dropsColumn(list, t, c.Name), "stop using it in one release and drop it in a later one; "+orAllow("destructive"),
					"column %s of table %s is dropped, with its values", c.Name, t.Name)
			}
		}
	}
}

func orAllow(rule string) string {
	return "if nothing needs it, allow it: -- drey:allow " + rule + ": reason"
}

// renamed is a column's last name, and where it gets it.
type renamed struct {
	name string
	line int
}

// follow says what becomes of a table: its name after the statements, "" if they
// drop it, the names of its renamed columns, and the line of the last statement that
// renames or drops it.
func follow(list []part, t *schema.Table) (now string, columns map[string]renamed, line int) {
	now, columns = t.Name, map[string]renamed{}
	for _, p := range list {
		if p.drops("table", now) {
			return "", columns, p.line
		}
		alter, ok := p.tree.(*ast.AlterTableStmt)
		if !ok || !sqltext.EqualFold(alter.Table.Name.Name, now) {
			continue
		}
		switch alter.Action {
		case ast.AlterRenameTable:
			now, line = alter.NewName.Name, p.line
		case ast.AlterRenameColumn:
			old := sqltext.Fold(alter.Column.Name)
			for first, r := range columns {
				if sqltext.EqualFold(r.name, old) {
					old = first
				}
			}
			columns[old] = renamed{alter.NewName.Name, p.line}
		}
	}
	return now, columns, line
}

// dropsColumn is the line that drops a column, or that creates the table without it.
func (s *step) dropsColumn(list []part, t *schema.Table, column string) int {
	for _, p := range list {
		if alter, ok := p.tree.(*ast.AlterTableStmt); ok && alter.Action == ast.AlterDropColumn &&
			sqltext.EqualFold(alter.Column.Name, column) {
			return p.line
		}
	}
	if line := s.rebuild(t).create.line; line > 0 {
		return line
	}
	for _, p := range list {
		if kind, name := syntax.Created(p.tree); kind == "TABLE" && sqltext.EqualFold(name.Name.Name, t.Name) {
			return p.line
		}
	}
	return 0
}
