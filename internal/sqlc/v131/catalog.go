package v131

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/sqltime"
)

// Object is the CREATE statement of a table or view.
type Object struct {
	Table *schema.Table
	SQL   string
	// Plain is, for a view, a CREATE TABLE of its columns as SQLite describes them,
	// for when sqlc cannot read the view. Expressions do not have a type then, and
	// every column may be NULL.
	Plain string
}

// Types gives columns of tables other declared types, or "" to keep their own.
type Types func(table, column string) string

// Objects returns the CREATE statements of a schema, every view after what it
// reads. overridden reports whether the configuration gives a column its Go type;
// nil means never. types may be nil, too.
func Objects(s *schema.Schema, overridden func(table, column, declaredType string, notNull bool) bool, types Types) []Object {
	var list []Object
	names := writer{NewSpelling(s), overridden, types}
	for _, t := range s.Tables {
		if t.Kind != schema.KindView {
			list = append(list, Object{Table: t, SQL: names.table(t)})
		}
	}
	for _, t := range viewsInOrder(s) {
		o := Object{t, view(t, names.Spelling), names.table(t)}
		if o.SQL == "" || !isBare(t.Name) { // sqlc keeps the quotes of a view's name
			o.SQL = o.Plain
		}
		list = append(list, o)
	}
	return list
}

// writer writes tables.
type writer struct {
	Spelling
	overridden func(table, column, declaredType string, notNull bool) bool
	types      Types
}

// table writes a table, or a view as a table.
func (w writer) table(t *schema.Table) string {
	d := declared(t)
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE TABLE %s (", quote(w.Of(t.Name)))
	for i, c := range t.Columns {
		if i > 0 {
			b.WriteString(",")
		}
		b.WriteString("\n\t") // sqlc cuts lines at 64 kB
		b.WriteString(quote(w.Of(c.Name)))
		typ := c.Type
		if as, ok := d.types[sqltext.Fold(c.Name)]; ok {
			typ = as
		}
		if w.types != nil && t.Kind == schema.KindTable {
			if as := w.types(t.Name, c.Name); as != "" {
				typ = as
			}
		}
		if t.FTS5() {
			b.WriteString(" text NOT NULL") // as sqlc has it
			continue
		}
		if t.Kind == schema.KindView && typ == "BLOB" {
			typ = "" // SQLite reports that for every expression without a type
		}
		notNull := c.NotNull || c.Inline
		if sqltime.IsZoned(typ) && (w.overridden == nil || !w.overridden(t.Name, c.Name, typ, notNull)) {
			typ = "timeStamp" // with capitals that no override uses
		}
		if typ != "" {
			b.WriteString(" " + typ)
		}
		if notNull {
			b.WriteString(" NOT NULL")
		}
	}
	b.WriteString("\n);")
	return b.String()
}

// quote quotes a name for sqlc, which reads what is between double quotes as a
// string of Go.
func quote(name string) string {
	s := strconv.Quote(name)
	return `"` + strings.ReplaceAll(s[1:len(s)-1], `\"`, `\x22`) + `"`
}
