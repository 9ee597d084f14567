package drawing

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/project"
	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/sqlite/alter"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// Read reads one of the schemas of a project, with the queries and the Go types of its
// blocks. The notes say what it leaves out: queries that cannot be read. Its error is that
// of [project.Schema.Applied], or that of reading the queries.
func Read(ctx context.Context, p *project.Project, of *project.Schema) (s *Schema, notes []string, err error) {
	d, err := of.Applied(ctx)
	if err != nil {
		return nil, nil, err
	}
	s = newSchema(d.Schema, d.Places)
	s.Name = strings.Join(of.Paths, ", ")
	for _, b := range p.Blocks(of) {
		m, err := p.Module(b)
		if err != nil {
			return nil, nil, err
		}
		s.Packages = append(s.Packages, path.Clean(b.Out))
		_, queries, err := p.Queries(b)
		if err != nil {
			return nil, nil, err
		}
		s.addTypes(d.Schema, b, m, queries)
		for _, q := range queries {
			if !s.addQuery(q) {
				notes = append(notes, fmt.Sprintf("%s:%d: query %s cannot be read, so no table names it", q.File, q.Line, q.Name))
			}
		}
	}
	return s, notes, nil
}

// Snapshot is what [Compare] needs of an older schema. Its error is that of
// [project.Schema.Applied].
func Snapshot(ctx context.Context, of *project.Schema) (*alter.Snapshot, error) {
	d, err := of.Applied(ctx)
	if err != nil {
		return nil, err
	}
	return alter.Of(ctx, d.Memory, migration.VersionTable)
}

// Of is a schema as a database has it, without what a project knows besides.
func Of(from *schema.Schema) *Schema { return newSchema(from, nil) }

// newSchema takes over what the database says. places may be nil.
func newSchema(from *schema.Schema, places *migration.Places) *Schema {
	s := &Schema{}
	for _, t := range from.Tables {
		s.Tables = append(s.Tables, newTable(t, places))
	}
	for _, t := range slices.Clone(s.Tables) {
		t.Sources = slices.DeleteFunc(t.Sources, func(name string) bool { return s.table(name) == nil }) // the names of CTEs
		for _, fk := range t.ForeignKeys {
			s.refer(t, fk)
		}
	}
	for _, trigger := range from.Triggers {
		if t := s.table(trigger.Table); t != nil {
			t.Triggers = append(t.Triggers, trigger)
		}
	}
	s.sort()
	return s
}

func newTable(from *schema.Table, places *migration.Places) *Table {
	t := &Table{Table: from}
	if places != nil {
		t.Comment = places.Comment(from.Name)
	}
	generated := expressions(from)
	for _, c := range from.Columns {
		column := &Column{Column: c, Expr: generated[sqltext.Fold(c.Name)], Primary: has(from.PrimaryKey, c.Name)}
		if places != nil {
			column.Comment = places.ColumnComment(from.Name, c.Name)
		}
		for _, fk := range from.ForeignKeys {
			column.Foreign = column.Foreign || has(fk.From, c.Name)
		}
		for i, key := range from.UniqueKeys() {
			primary := i == 0 && len(from.PrimaryKey) > 0
			column.Unique = column.Unique || !primary && len(key) == 1 && has(key, c.Name)
		}
		t.Columns = append(t.Columns, column)
	}
	if view := from.View(); view != nil {
		syntax.Objects(view, func(name *ast.QualifiedName) {
			if text := name.Name.Name; name != view.Name && !has(t.Sources, text) {
				t.Sources = append(t.Sources, text)
			}
		})
	}
	return t
}

// expressions are those of generated columns, by folded names.
func expressions(t *schema.Table) map[string]string {
	list := map[string]string{}
	create := t.Create()
	if create == nil {
		return nil
	}
	for _, def := range create.Columns {
		for _, c := range def.Constraints {
			if c.Kind == ast.ColumnGenerated {
				start, end := syntax.Span(c.Expr)
				list[sqltext.Fold(def.Name.Name)] = t.SQL[start:end]
			}
		}
	}
	return list
}

// refer adds a foreign key, and a table that is not there for one that names it.
func (s *Schema) refer(t *Table, fk schema.ForeignKey) *Reference {
	to := s.table(fk.Table)
	if to == nil {
		to = &Table{Table: &schema.Table{Name: fk.Table, Kind: schema.KindTable}, missing: true}
		s.Tables = append(s.Tables, to)
	}
	r := &Reference{ForeignKey: fk, Child: t, Parent: to}
	for _, name := range fk.From {
		if c := t.Table.Column(name); c != nil && !c.NotNull {
			r.Optional = true
		}
	}
	for _, key := range t.UniqueKeys() {
		r.One = r.One || len(key) > 0 && !slices.ContainsFunc(key, func(name string) bool { return !has(fk.From, name) })
	}
	t.Refers = append(t.Refers, r)
	to.Referred = append(to.Referred, r)
	return r
}

// sort puts tables and what refers to them into the order in which they are shown.
func (s *Schema) sort() {
	slices.SortStableFunc(s.Tables, func(a, b *Table) int { return cmp.Compare(a.Name, b.Name) })
	for _, t := range s.Tables {
		slices.SortStableFunc(t.Referred, func(a, b *Reference) int { return cmp.Compare(a.Child.Name, b.Child.Name) })
	}
}

// has reports whether names, compared as SQLite does, have one.
func has(names []string, name string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return sqltext.EqualFold(n, name) })
}
