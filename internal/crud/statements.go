package crud

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// statements returns the queries of the table in the order of its file.
func (t *table) statements() []statement {
	list := t.all()
	if sqltext.EqualFold(t.Name, "excluded") {
		return slices.DeleteFunc(list, func(s statement) bool { return s.Op == upsert })
	}
	return list
}

// all is every query that could be made.
func (t *table) all() []statement {
	var list []statement
	if len(t.key) > 0 {
		list = append(list, t.get(t.key, "Get"+t.row, "primary key"))
	}
	for _, key := range t.uniqueKeys() {
		list = append(list, t.get(key, "Get"+t.row+"By"+by(key), "unique key"))
	}
	list = append(list, t.list())
	for _, ref := range t.references() {
		list = append(list, t.listBy(ref))
	}
	list = append(list, t.count())
	list = append(list, t.create()...)
	if len(t.key) > 0 {
		if len(t.settable(t.owned(t.key))) > 0 {
			list = append(list, t.update())
		}
		list = append(list, t.upsert(t.key, "", "Upsert"+t.row))
	}
	for _, key := range t.uniqueKeys() {
		if len(t.upserted(key)) > 0 { // SQLite does not have DEFAULT VALUES ON CONFLICT
			list = append(list, t.upsert(key, "", "Upsert"+t.row+"By"+by(key)))
		}
	}
	for _, key := range t.partialKeys() {
		if len(t.upserted(key.columns)) > 0 {
			list = append(list, t.upsert(key.columns, key.where, "Upsert"+t.row+"By"+by(key.columns)))
		}
	}
	if len(t.key) > 0 {
		list = append(list, t.delete())
	}
	return list
}

func (t *table) get(key []*column, name, kind string) statement {
	return statement{
		Op: get, Name: name, Cmd: ":one",
		Doc: fmt.Sprintf("%s returns the row of %s with this %s%s.%s", name, t.label(), kind, t.ownNote(key), nullNote(key)),
		SQL: fmt.Sprintf("SELECT %s FROM %s%s", t.star(), t.sql, t.where(key)),
	}
}

func (t *table) list() statement {
	name := "List" + t.rows
	return statement{
		Op: list, Name: name, Cmd: ":many",
		Doc: fmt.Sprintf("%s returns all rows of %s%s%s.", name, t.label(), t.ownNote(nil), t.orderNote()),
		SQL: fmt.Sprintf("SELECT %s FROM %s%s%s", t.star(), t.sql, t.where(nil), t.order()),
	}
}

func (t *table) listBy(ref reference) statement {
	name := "List" + t.rows + "By" + by(ref.columns)
	return statement{
		Op: list, Name: name, Cmd: ":many",
		Doc: fmt.Sprintf("%s returns the rows of %s%s that refer to this row of %s%s.%s",
			name, t.label(), t.ownNote(ref.columns), label(ref.table), t.orderNote(), nullNote(ref.columns)),
		SQL: fmt.Sprintf("SELECT %s FROM %s%s%s", t.star(), t.sql, t.where(ref.columns), t.order()),
	}
}

func (t *table) count() statement {
	name := "Count" + t.rows
	return statement{
		Op: count, Name: name, Cmd: ":one",
		Doc: fmt.Sprintf("%s counts the rows of %s%s.", name, t.label(), t.ownNote(nil)),
		SQL: "SELECT COUNT(*) FROM " + t.sql + t.where(nil),
	}
}

func (t *table) delete() statement {
	name := "Delete" + t.row
	return statement{
		Op: remove, Name: name, Cmd: ":execrows",
		Doc: fmt.Sprintf("%s deletes the row of %s with this primary key%s and returns how many that were.", name, t.label(), t.ownNote(t.key)),
		SQL: fmt.Sprintf("DELETE FROM %s%s", t.sql, t.where(t.key)),
	}
}

// where is the WHERE that compares the columns of a key with their parameters, and
// whose a row is.
func (t *table) where(key []*column) string {
	if key = t.owned(key); len(key) == 0 {
		return ""
	}
	return "\nWHERE " + join(key, " AND ", func(c *column) string {
		param := c.param
		if len(key) == 1 && goLocals[param] {
			param += "_key"
		}
		return c.sql + " = @" + param
	})
}

// ownNote says that rows are those of a tenant, where the key does not.
func (t *table) ownNote(key []*column) string {
	if len(t.owned(key)) == len(key) {
		return ""
	}
	return " of this " + label(t.tenant[0].Name)
}

func (t *table) label() string { return label(t.Name) }

// label returns the name of a table or column for a comment.
func label(name string) string {
	if isPlain(name) {
		return name
	}
	return fmt.Sprintf("%q", name)
}

func (t *table) orderNote() string {
	switch order := t.order(); {
	case order == "":
		return ""
	case len(t.key) == 0:
		return ", ordered by rowid"
	}
	return ", ordered by primary key"
}

func nullNote(key []*column) string {
	for _, c := range key {
		if c.nullable {
			return "\nNULL equals nothing, so it finds no row."
		}
	}
	return ""
}

// lines puts each item on a line of its own, or all on one if that is short.
func lines(items []string) string {
	const width = 80
	if line := strings.Join(items, ", "); len(line) <= width {
		return " " + line
	}
	return "\n    " + strings.Join(items, ",\n    ")
}
