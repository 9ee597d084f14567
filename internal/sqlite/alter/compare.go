package alter

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// Difference is one difference between two schemas.
type Difference struct {
	Msg    string // what one schema has, as seen from the other
	Order  bool   // only the order of columns differs
	Change Change
	Kind   string // table, index, view, trigger or column
	Table  string // the table or view itself, or what the rest is on
	Name   string // of what differs
}

// Change is what happened to a part of a schema that differs, on the way from the
// wanted one to the one that there is.
type Change int

// The changes.
const (
	Changed Change = iota
	Added          // only the schema that there is has it
	Removed        // only the wanted one has it
)

// Compare lists how have differs from want, from the point of view of have.
func Compare(have, want *Snapshot) []Difference {
	var list []Difference
	add := func(change Change, o *Object, format string, args ...any) {
		list = append(list, Difference{Msg: fmt.Sprintf(format, args...), Change: change, Kind: o.Kind, Table: o.Table, Name: o.Name})
	}
	for _, w := range want.Objects {
		h := have.Object(w.Kind, w.Name)
		switch {
		case h == nil:
			add(Removed, &w, "%s %s is missing", w.Kind, w.Name)
		case w.Kind == "table":
			list = append(list, compareTables(have, want, h, &w)...)
		case canonical(h.SQL) != canonical(w.SQL):
			add(Changed, h, "%s %s is %s, not %s", w.Kind, w.Name, oneLine(h.SQL), oneLine(w.SQL))
		}
	}
	for _, h := range have.Objects {
		if want.Object(h.Kind, h.Name) == nil {
			add(Added, &h, "%s %s is there", h.Kind, h.Name)
		}
	}
	return list
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// same reports whether two objects of one kind are identical, except for what does
// not make a difference. The case of a table's, a view's and a column's name does.
func same(have, want *Snapshot, h, w *Object) bool {
	if h.Name != w.Name || canonical(h.SQL) != canonical(w.SQL) {
		return false
	}
	if h.Kind != "table" && h.Kind != "view" {
		return true
	}
	ht, wt := have.Schema.Table(h.Name), want.Schema.Table(w.Name)
	return ht != nil && wt != nil && slices.Equal(columnNames(ht), columnNames(wt))
}

func columnNames(t *schema.Table) []string {
	names := make([]string, len(t.Columns))
	for i := range t.Columns {
		names[i] = t.Columns[i].Name
	}
	return names
}

// compareTables finds the differences between two tables of one name. Two
// statements that say the same in other words are equal.
func compareTables(have, want *Snapshot, h, w *Object) []Difference {
	if same(have, want, h, w) {
		return nil
	}
	var list []Difference
	differ := func(change Change, kind, name, format string, args ...any) {
		list = append(list, Difference{Msg: fmt.Sprintf(format, args...), Change: change, Kind: kind, Table: h.Name, Name: name})
	}
	add := func(format string, args ...any) { differ(Changed, "table", h.Name, format, args...) }
	ht, wt := have.Schema.Table(h.Name), want.Schema.Table(w.Name)
	if ht == nil || wt == nil || ht.Kind != schema.KindTable || wt.Kind != schema.KindTable {
		if canonical(h.SQL) != canonical(w.SQL) {
			add("table %s is %s, not %s", w.Name, oneLine(h.SQL), oneLine(w.SQL))
		}
		return list
	}
	for _, c := range wt.Columns {
		hc := ht.Column(c.Name)
		if hc == nil {
			differ(Removed, "column", c.Name, "column %s.%s is missing", wt.Name, c.Name)
			continue
		}
		if hc.Name != c.Name {
			differ(Changed, "column", hc.Name, "column %s.%s is named %s", wt.Name, c.Name, hc.Name)
			c.Name = hc.Name
		}
		inline := c.Inline
		c.Inline = hc.Inline
		if c.Collation == "" && sqltext.EqualFold(hc.Collation, "BINARY") {
			c.Collation = hc.Collation
		}
		if *hc != c {
			c.Inline = inline
			differ(Changed, "column", c.Name, "column %s.%s is %s, not %s", wt.Name, c.Name, describe(hc), describe(&c))
		}
	}
	for _, c := range ht.Columns {
		if wt.Column(c.Name) == nil {
			differ(Added, "column", c.Name, "column %s.%s is there", ht.Name, c.Name)
		}
	}
	for _, part := range []struct {
		what       string
		have, want []string
	}{
		{"the primary key", []string{strings.Join(ht.PrimaryKey, ", ")}, []string{strings.Join(wt.PrimaryKey, ", ")}},
		{"the unique constraints", uniques(ht), uniques(wt)},
		{"the foreign keys", foreignKeys(ht), foreignKeys(wt)},
		{"the checks, generated columns and conflict clauses", clauses(h.SQL), clauses(w.SQL)},
		{"STRICT and WITHOUT ROWID", options(ht), options(wt)},
	} {
		if !slices.Equal(part.have, part.want) {
			add("%s of table %s: %s, not %s", part.what, wt.Name, orNone(part.have), orNone(part.want))
		}
	}
	if len(list) == 0 && !slices.Equal(columnNames(ht), columnNames(wt)) {
		list = append(list, Difference{Order: true, Kind: "table", Table: h.Name, Name: h.Name, Msg: fmt.Sprintf("the columns of table %s are in the order %s, not %s",
			wt.Name, strings.Join(columnNames(ht), ", "), strings.Join(columnNames(wt), ", "))})
	}
	return list
}

func orNone(list []string) string {
	if len(list) == 0 || len(list) == 1 && list[0] == "" {
		return "none"
	}
	return strings.Join(list, "; ")
}

func describe(c *schema.Column) string {
	parts := []string{c.Type}
	if c.Type == "" {
		parts[0] = "without a type"
	}
	if c.NotNull {
		parts = append(parts, "NOT NULL")
	}
	if c.Default != "" {
		parts = append(parts, "DEFAULT "+c.Default)
	}
	if c.Collation != "" {
		parts = append(parts, "COLLATE "+c.Collation)
	}
	if c.Generated != schema.NotGenerated {
		parts = append(parts, "GENERATED "+string(c.Generated))
	}
	if c.RowIDAlias {
		parts = append(parts, "PRIMARY KEY")
	}
	return strings.Join(parts, " ")
}

func uniques(t *schema.Table) []string {
	var list []string
	for _, ix := range t.Indexes {
		if ix.Origin != "u" {
			continue
		}
		var columns []string
		for _, c := range ix.Columns {
			columns = append(columns, c.Name+" "+c.Collation)
		}
		list = append(list, sqltext.Fold(strings.Join(columns, ", ")))
	}
	slices.Sort(list)
	return list
}

func foreignKeys(t *schema.Table) []string {
	var list []string
	for _, fk := range t.ForeignKeys {
		list = append(list, fmt.Sprintf("%s to %s (%s) on update %s on delete %s", strings.Join(fk.From, ", "), fk.Table,
			strings.Join(fk.To, ", "), fk.OnUpdate, fk.OnDelete))
	}
	slices.Sort(list)
	return list
}

// clauses returns the parts of a CREATE TABLE that no pragma reports, sorted: CHECK
// and AS with the text in their parentheses, AUTOINCREMENT, ON CONFLICT and
// DEFERRED.
func clauses(create string) []string {
	var list []string
	inside := func(word string, x ast.Expr) {
		start, end := syntax.Span(x)
		list = append(list, word+" ( "+canonical(create[start:end])+")")
	}
	options := func(autoIncrement bool, conflict ast.ConflictAction) {
		if autoIncrement {
			list = append(list, "autoincrement")
		}
		if conflict != ast.ConflictDefault {
			list = append(list, "on conflict "+sqltext.Fold(conflict.String()))
		}
	}
	stmt, _ := syntax.Parse(create)
	ast.Walk(stmt, func(n ast.Node) bool {
		switch c := n.(type) {
		case *ast.ColumnConstraint:
			switch c.Kind {
			case ast.ColumnCheck:
				inside("check", c.Expr)
			case ast.ColumnGenerated:
				inside("as", c.Expr)
			}
			options(c.AutoIncrement, c.OnConflict)
		case *ast.TableConstraint:
			if c.Kind == ast.TableCheck {
				inside("check", c.Expr)
			}
			options(c.AutoIncrement, c.OnConflict)
		case *ast.DeferClause:
			if c.InitiallyDeferred && !c.Not {
				list = append(list, "deferred")
			}
		}
		return true
	})
	slices.Sort(list)
	return list
}

func options(t *schema.Table) []string {
	var list []string
	if t.Strict {
		list = append(list, "STRICT")
	}
	if t.WithoutRowID {
		list = append(list, "WITHOUT ROWID")
	}
	return list
}
