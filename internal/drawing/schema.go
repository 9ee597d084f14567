package drawing

import (
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// Mark says how a part of a schema differs from the older one.
type Mark int

// The marks. Without an older schema everything is Same.
const (
	Same Mark = iota
	Added
	Removed
	Changed
)

// marks are the signs that stand before what is marked.
var marks = [...]string{Same: "", Added: "+", Removed: "-", Changed: "~"}

// Schema is a schema as it is shown.
type Schema struct {
	Name     string // the paths of its migrations
	Packages []string
	Tables   []*Table // sorted by name; those that are gone as well
	Compared string   // with what Compare compared it, "" for nothing
	Changes  []Change
}

// Change is one difference from the older schema.
type Change struct {
	Mark Mark
	What string // "column links.title", say
	How  string // of one that is changed
}

// Table is a table or a view.
type Table struct {
	*schema.Table
	Mark     Mark
	Comment  string
	Columns  []*Column
	Refers   []*Reference // its foreign keys
	Referred []*Reference // those of other tables, and of itself
	Triggers []schema.Trigger
	Queries  []Use
	Sources  []string // what a view selects from
	missing  bool     // a foreign key names it, and it does not exist
}

// Column is a column of a table.
type Column struct {
	schema.Column
	Mark                     Mark
	Comment                  string
	Go                       []string // its Go type in each package, once if they agree
	Expr                     string   // of a generated column
	Primary, Foreign, Unique bool     // part of the primary key, part of a foreign key, a unique key by itself
}

// null says whether the column of a table takes NULL, "" for other columns, which do not
// declare it.
func (t *Table) null(c *Column) string {
	switch {
	case t.Kind != schema.KindTable:
		return ""
	case c.NotNull:
		return "NOT NULL"
	}
	return "NULL"
}

// Reference is a foreign key.
type Reference struct {
	schema.ForeignKey
	Mark          Mark
	Child, Parent *Table
	Optional      bool // a row may refer to nothing
	One           bool // one row at most refers to a row
}

// Use is a named query that names a table.
type Use struct {
	Name, File string
	Line       int
	Writes     bool
}

// KeepKeys leaves out the columns that are neither part of a key nor marked, for diagrams
// of large schemas.
func (s *Schema) KeepKeys() {
	for _, t := range s.Tables {
		t.Columns = slices.DeleteFunc(t.Columns, func(c *Column) bool {
			return !c.Primary && !c.Foreign && !c.Unique && c.Mark == Same
		})
	}
}

// table returns the table of a name, nil if there is none.
func (s *Schema) table(name string) *Table {
	for _, t := range s.Tables {
		if sqltext.EqualFold(t.Name, name) {
			return t
		}
	}
	return nil
}

// column returns the column of a name, nil if there is none.
func (t *Table) column(name string) *Column {
	for _, c := range t.Columns {
		if sqltext.EqualFold(c.Name, name) {
			return c
		}
	}
	return nil
}

// kind says what a table is, in the words of SQL.
func (t *Table) kind() string {
	var list []string
	switch {
	case t.missing:
		return "does not exist"
	case t.Kind == schema.KindView:
		list = append(list, "view")
	case t.Kind == schema.KindVirtual:
		list = append(list, "virtual table")
	}
	if t.Strict {
		list = append(list, "STRICT")
	}
	if t.WithoutRowID {
		list = append(list, "WITHOUT ROWID")
	}
	if t.AutoIncrement {
		list = append(list, "AUTOINCREMENT")
	}
	return strings.Join(list, ", ")
}
