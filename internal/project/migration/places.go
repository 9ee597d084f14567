package migration

import (
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// Places are where the migrations made the tables and columns that there are in
// the end, through renames and rebuilds.
type Places struct {
	migrations []Migration
	tables     map[string]*table // by folded name
	dropped    map[string]*table // likewise, for their comments: a table that is rebuilt keeps them
	writes     []write
}

type table struct {
	place
	names    map[string]bool   // that it had, folded
	columns  map[string]place  // by folded name
	comments map[string]string // of columns, by folded name; that of the table at ""
}

type place struct {
	path string
	line int
}

// write is a statement that may write rows, and the table that it names then.
type write struct {
	place
	table *table
	texts map[string]bool // its strings
}

// FindPlaces reads the statements of migrations.
func FindPlaces(migrations []Migration) *Places {
	p := &Places{migrations: migrations, tables: map[string]*table{}, dropped: map[string]*table{}}
	for _, m := range migrations {
		for _, s := range m.Up {
			for _, part := range sqltext.Split(s.SQL) {
				at := func(offset int) place {
					if s.Line == 0 {
						return place{m.Path, 0}
					}
					return place{m.Path, s.Line + strings.Count(s.SQL[:part.Start+offset], "\n")}
				}
				if stmt, err := syntax.Parse(part.Text); err == nil {
					p.statement(stmt, at)
					p.comment(stmt, &s, part)
				}
			}
		}
	}
	return p
}

// Table returns where a table was created, "" if no migration does that.
func (p *Places) Table(name string) (path string, line int) {
	t := p.tables[sqltext.Fold(name)]
	if t == nil {
		return "", 0
	}
	return t.path, t.line
}

// Column returns where a column was declared, or its table created where that is
// not known.
func (p *Places) Column(table, column string) (path string, line int) {
	t := p.tables[sqltext.Fold(table)]
	if t == nil {
		return "", 0
	}
	if at, ok := t.columns[sqltext.Fold(column)]; ok {
		return at.path, at.line
	}
	return t.path, t.line
}

// Trigger returns where a trigger was created, "" if no migration does that.
func (p *Places) Trigger(name string) (path string, line int) {
	return Created(p.migrations, "TRIGGER", name)
}

// Write returns the first statement that writes rows of a table and has the
// string in it, or else the last that writes any, or else where the table was
// created.
func (p *Places) Write(table, text string) (path string, line int) {
	path, line = p.Table(table)
	t := p.tables[sqltext.Fold(table)]
	for _, w := range p.writes {
		if w.table != t {
			continue
		}
		if path, line = w.path, w.line; w.texts[text] {
			break
		}
	}
	return path, line
}

// statement follows one statement.
func (p *Places) statement(stmt ast.Stmt, at func(offset int) place) {
	switch s := stmt.(type) {
	case *ast.CreateTableStmt:
		if t := p.create(s.Name, at); t != nil {
			for _, def := range s.Columns {
				t.columns[sqltext.Fold(def.Name.Name)] = at(def.Start)
			}
		}
	case *ast.CreateVirtualTableStmt:
		if t := p.create(s.Name, at); t != nil { // its arguments are columns, or what its module makes of them
			for _, arg := range s.Args {
				if tokens := sqltext.Significant(arg); len(tokens) > 0 {
					t.columns[sqltext.Fold(tokens[0].Name())] = t.place
				}
			}
		}
	case *ast.DropTableStmt:
		name := sqltext.Fold(s.Name.Name.Name)
		if t := p.tables[name]; t != nil {
			p.dropped[name] = t
		}
		delete(p.tables, name)
	case *ast.AlterTableStmt:
		name := sqltext.Fold(s.Table.Name.Name)
		if t := p.tables[name]; t != nil {
			p.alter(t, name, s, at)
		}
	case *ast.InsertStmt, *ast.UpdateStmt, *ast.DeleteStmt:
		p.write(stmt, at)
	}
}

// create notes a table; of IF NOT EXISTS the first counts, and it is nil for
// another.
func (p *Places) create(name *ast.QualifiedName, at func(offset int) place) *table {
	folded := sqltext.Fold(name.Name.Name)
	if p.tables[folded] != nil {
		return nil
	}
	t := &table{place: at(0), names: map[string]bool{folded: true}, columns: map[string]place{}, comments: map[string]string{}}
	p.tables[folded] = t
	return t
}

func (p *Places) alter(t *table, name string, s *ast.AlterTableStmt, at func(offset int) place) {
	switch s.Action {
	case ast.AlterRenameTable:
		to := sqltext.Fold(s.NewName.Name)
		delete(p.tables, name)
		p.tables[to] = t
		t.names[to] = true
		if old := p.dropped[to]; old != nil {
			t.inherit(old)
		}
	case ast.AlterRenameColumn:
		from := sqltext.Fold(s.Column.Name)
		if old, ok := t.columns[from]; ok {
			delete(t.columns, from)
			t.columns[sqltext.Fold(s.NewName.Name)] = old
		}
		if comment, ok := t.comments[from]; ok {
			delete(t.comments, from)
			t.comments[sqltext.Fold(s.NewName.Name)] = comment
		}
	case ast.AlterDropColumn:
		delete(t.columns, sqltext.Fold(s.Column.Name))
		delete(t.comments, sqltext.Fold(s.Column.Name))
	case ast.AlterAddColumn:
		t.columns[sqltext.Fold(s.ColumnDef.Name.Name)] = at(s.ColumnDef.Start)
	}
}

// write notes a statement at each table that it names.
func (p *Places) write(stmt ast.Stmt, at func(offset int) place) {
	texts, seen := map[string]bool{}, map[*table]bool{}
	ast.Walk(stmt, func(n ast.Node) bool {
		if l, ok := n.(*ast.Literal); ok && l.Kind == ast.LitString {
			texts[l.Value] = true
		}
		return true
	})
	syntax.Objects(stmt, func(name *ast.QualifiedName) {
		if t := p.tables[sqltext.Fold(name.Name.Name)]; t != nil && !seen[t] {
			seen[t] = true
			p.writes = append(p.writes, write{at(0), t, texts})
		}
	})
}
