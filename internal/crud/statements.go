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
		// SQLite does not have DEFAULT VALUES ON CONFLICT, and does not find a key again that has
		// the rowid and other columns.
		if len(t.upserted(key)) > 0 && !slices.ContainsFunc(key, func(c *column) bool { return len(key) > 1 && c.RowIDAlias }) {
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
		Doc: fmt.Sprintf("%s returns the row of %s with this %s%s.%s%s", name, t.label(), kind, t.ownNote(key), t.liveNote(), nullNote(key)),
		SQL: fmt.Sprintf("SELECT %s FROM %s%s", t.star(), t.sql, t.where(key)),
	}
}

func (t *table) list() statement {
	name := "List" + t.rows
	return statement{
		Op: list, Name: name, Cmd: ":many",
		Doc: fmt.Sprintf("%s returns all rows of %s%s%s.%s", name, t.label(), t.ownNote(nil), t.orderNote(), t.liveNote()),
		SQL: fmt.Sprintf("SELECT %s FROM %s%s%s", t.star(), t.sql, t.where(nil), t.order()),
	}
}

func (t *table) listBy(ref reference) statement {
	name := "List" + t.rows + "By" + by(ref.columns)
	return statement{
		Op: list, Name: name, Cmd: ":many",
		Doc: fmt.Sprintf("%s returns the rows of %s%s that refer to this row of %s%s.%s%s",
			name, t.label(), t.ownNote(ref.columns), label(ref.table), t.orderNote(), t.liveNote(), nullNote(ref.columns)),
		SQL: fmt.Sprintf("SELECT %s FROM %s%s%s", t.star(), t.sql, t.where(ref.columns), t.order()),
	}
}

func (t *table) count() statement {
	name := "Count" + t.rows
	return statement{
		Op: count, Name: name, Cmd: ":one",
		Doc: fmt.Sprintf("%s counts the rows of %s%s.%s", name, t.label(), t.ownNote(nil), t.liveNote()),
		SQL: "SELECT COUNT(*) FROM " + t.sql + t.where(nil),
	}
}

func (t *table) delete() statement {
	name := "Delete" + t.row
	if t.deleted != nil {
		return statement{
			Op: remove, Name: name, Cmd: ":execrows",
			Doc: fmt.Sprintf("%s deletes the row of %s with this primary key%s, by its %s, and returns how many that were.",
				name, t.label(), t.ownNote(t.key), label(t.deleted.Name)),
			SQL: fmt.Sprintf("UPDATE %s SET%s%s", t.sql, lines(append([]string{t.deleted.sql + " = " + t.deleted.now}, t.stamps()...)), t.where(t.key)),
		}
	}
	return statement{
		Op: remove, Name: name, Cmd: ":execrows",
		Doc: fmt.Sprintf("%s deletes the row of %s with this primary key%s and returns how many that were.", name, t.label(), t.ownNote(t.key)),
		SQL: fmt.Sprintf("DELETE FROM %s%s", t.sql, t.where(t.key)),
	}
}

// stamps are the assignments to what is kept up by every change of a row.
func (t *table) stamps() (list []string) {
	if t.updated != nil {
		list = append(list, t.updated.sql+" = "+t.updated.now)
	}
	if t.version != nil {
		list = append(list, t.version.sql+" = "+t.version.sql+" + 1")
	}
	return list
}

// where is the WHERE that compares the columns of a key with their parameters, and
// whose a row is, in rows that are not deleted.
func (t *table) where(key []*column) string {
	key = t.owned(key)
	var terms []string
	for _, c := range key {
		param := c.param
		if len(key) == 1 && goLocals[param] {
			param += "_key"
		}
		terms = append(terms, c.sql+" = @"+param)
	}
	if t.deleted != nil {
		terms = append(terms, t.live())
	}
	if terms == nil {
		return ""
	}
	return "\nWHERE " + strings.Join(terms, " AND ")
}

// live is the condition that a row is not deleted.
func (t *table) live() string { return t.deleted.sql + " IS NULL" }

func (t *table) liveNote() string {
	if t.deleted == nil {
		return ""
	}
	return "\nIt leaves out rows that are deleted."
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
