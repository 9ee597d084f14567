// Package schema is the model of a SQLite schema as SQLite itself describes it, and
// the reader that fills it from a migrated database.
//
// Nothing here is parsed from CREATE statements if SQLite can answer it itself:
// columns, keys and indexes come from [PRAGMA table_xinfo], index_list,
// index_xinfo, foreign_key_list and table_list.
//
// @native-sql the databases are other projects', and there is no layer over them
//
// [PRAGMA table_xinfo]: https://www.sqlite.org/pragma.html#pragma_table_xinfo
package schema

import (
	"strings"

	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// Schema is what a database has. Tables and Triggers are sorted by name.
type Schema struct {
	Tables   []*Table // tables, views and virtual tables; shadow tables are left out
	Triggers []Trigger
}

// Kind tells tables, views and virtual tables apart.
type Kind string

// The kinds of table, in the words of PRAGMA table_list.
const (
	KindTable   Kind = "table"
	KindView    Kind = "view"
	KindVirtual Kind = "virtual"
)

// Table is a table, a view or a virtual table.
type Table struct {
	Name          string
	Kind          Kind
	SQL           string // the CREATE statement, as sqlite_schema keeps it
	Strict        bool
	WithoutRowID  bool
	AutoIncrement bool         // the rowid is never reused
	Columns       []Column     // in the order of SELECT *; hidden columns of virtual tables are left out
	PrimaryKey    []string     // column names in key order; empty without a primary key
	Indexes       []Index      // in the order of PRAGMA index_list reversed: oldest first
	ForeignKeys   []ForeignKey // in the order of declaration
}

// Generated tells how a generated column is kept.
type Generated string

// The kinds of generated column. A column that is not generated has NotGenerated.
const (
	NotGenerated     Generated = ""
	VirtualGenerated Generated = "virtual"
	StoredGenerated  Generated = "stored"
)

// Column is a column of a table.
type Column struct {
	Name       string
	Type       string // as declared, "" if the declaration does not have one
	NotNull    bool   // SQLite refuses NULL: NOT NULL, a rowid alias, or a key that implies it
	Default    string // the default as an SQL expression, "" without a default
	Collation  string // as declared, "" if the declaration does not name one: BINARY
	Generated  Generated
	RowIDAlias bool // INTEGER PRIMARY KEY of a rowid table
	Inline     bool // PRIMARY KEY stands in the column's own declaration
	Any        bool // ANY of a STRICT table, or of a view, whose table may be one
}

// Affine returns the declared type by whose affinity SQLite converts what is stored in the
// column or compared with it. For ANY of a STRICT table, which keeps every value as it is,
// that is "", and so for ANY of a view.
func (c *Column) Affine() string {
	if c.Any {
		return ""
	}
	return c.Type
}

// binary: = on the column only treats the same bytes as equal. Those are also equal
// by any other collation.
func (c *Column) binary() bool { return c.Collation == "" || sqltext.EqualFold(c.Collation, "BINARY") }

// Index is an index, made by CREATE INDEX or by a constraint.
type Index struct {
	Name    string
	Unique  bool
	Partial bool
	Origin  string // "c" CREATE INDEX, "u" UNIQUE constraint, "pk" PRIMARY KEY
	Columns []IndexColumn
	SQL     string // the CREATE INDEX statement, "" if a constraint made it
}

// Where returns the condition of a partial index as SQL in one line, "" if it has none.
func (ix *Index) Where() string {
	var b strings.Builder
	depth, found, end := 0, false, 0
	for _, t := range sqltext.Significant(ix.SQL) {
		switch {
		case found:
			if b.Len() > 0 && t.Start > end {
				b.WriteByte(' ')
			}
			b.WriteString(t.Text)
		case t.Text == "(":
			depth++
		case t.Text == ")":
			depth--
		case depth == 0 && t.Kind == sqltext.Word && sqltext.EqualFold(t.Text, "WHERE"):
			found = true
		}
		end = t.End()
	}
	return strings.TrimSpace(strings.TrimSuffix(b.String(), ";"))
}

// IndexColumn is a key column of an index.
type IndexColumn struct {
	Name      string // "" for an expression
	Desc      bool
	Collation string
}

// ForeignKey is a foreign key, composite ones included.
type ForeignKey struct {
	Table    string   // the table that it refers to
	From, To []string // columns, in pairs; To is the other table's primary key if it was left out, "" if that does not fit
	OnUpdate string
	OnDelete string
}

// Trigger is a trigger.
type Trigger struct {
	Name, Table, SQL string
}

// Table returns the table of that name, compared as SQLite compares
// identifiers (ASCII case is ignored), or nil.
func (s *Schema) Table(name string) *Table {
	for _, t := range s.Tables {
		if sqltext.EqualFold(t.Name, name) {
			return t
		}
	}
	return nil
}

// Column returns the column of that name, or nil.
func (t *Table) Column(name string) *Column {
	for i := range t.Columns {
		if sqltext.EqualFold(t.Columns[i].Name, name) {
			return &t.Columns[i]
		}
	}
	return nil
}

// UniqueKeys returns the column lists that identify one row: the primary key first,
// then every unique index that is neither partial nor over an expression, in the
// order of t.Indexes, each list once. An index does not count if it tells apart
// values that = on its columns treats as equal, such as a BINARY index on a column
// that is NOCASE.
func (t *Table) UniqueKeys() [][]string {
	var keys [][]string
	add := func(key []string) {
		for _, k := range keys {
			if equalLists(k, key) {
				return
			}
		}
		keys = append(keys, key)
	}
	if len(t.PrimaryKey) > 0 {
		add(t.PrimaryKey)
	}
	for _, ix := range t.Indexes {
		if key, ok := t.identifies(ix); ok {
			add(key)
		}
	}
	return keys
}

// Partial returns the columns of a partial unique index if no two rows that its
// condition holds for are equal in them.
func (t *Table) Partial(ix *Index) (key []string, ok bool) {
	if !ix.Partial {
		return nil, false
	}
	whole := *ix
	whole.Partial = false
	return t.identifies(whole)
}

// identifies returns the columns of an index if no two rows are equal in them.
func (t *Table) identifies(ix Index) (key []string, ok bool) {
	if !ix.Unique || ix.Partial {
		return nil, false
	}
	for _, c := range ix.Columns {
		column := t.Column(c.Name)
		if column == nil {
			return nil, false
		}
		if !column.binary() && !sqltext.EqualFold(column.Collation, c.Collation) {
			return nil, false
		}
		key = append(key, c.Name)
	}
	return key, true
}

func equalLists(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !sqltext.EqualFold(a[i], b[i]) {
			return false
		}
	}
	return true
}
