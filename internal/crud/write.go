package crud

import (
	"fmt"
	"slices"
	"strings"
)

// create makes one query, or two if the rowid alias would change the signature of
// the first.
func (t *table) create() []statement {
	columns, own := t.insertable(), slices.DeleteFunc(slices.Clone(t.tenant), func(c *column) bool { return c.counted })
	counted := slices.IndexFunc(columns, func(c *column) bool { return c.counted })
	name := "Create" + t.row
	if counted < 0 {
		return []statement{t.insert(name, columns, own)}
	}
	rest := slices.Delete(slices.Clone(columns), counted, counted+1)
	if insertion(rest, own).parameters > t.limit {
		return []statement{t.insert(name, columns, own)}
	}
	id := columns[counted]
	return []statement{t.insert(name, rest, own), t.insert(name+"With"+id.field, columns, append(own, id))}
}

// insert inserts a row. The columns in required must be given.
func (t *table) insert(name string, columns, required []*column) statement {
	in := insertion(columns, required)
	doc := fmt.Sprintf("%s inserts a row into %s.", name, t.label())
	if in.defaults {
		doc += "\nA column with a default that is left out gets it."
	}
	if in.counted != nil {
		doc += fmt.Sprintf("\nSQLite counts %s up where it is left out.", label(in.counted.Name))
	}
	return statement{
		Op: create, Name: name, Cmd: ":one", Doc: doc,
		SQL:      fmt.Sprintf("INSERT INTO %s%s\nRETURNING %s", t.sql, in.sql(), t.star()),
		optional: in.optional, nulls: in.nulls,
	}
}

func (t *table) update() statement {
	var assignments []string
	columns := t.settable(t.owned(t.key))
	for _, c := range columns {
		assignments = append(assignments, c.sql+" = "+c.or(t.otherwise(c)))
	}
	name := "Update" + t.row
	doc := fmt.Sprintf("%s changes the row of %s with this primary key%s.\nA column that is left out stays as it is.", name, t.label(), t.ownNote(t.key))
	if t.updated != nil {
		doc += fmt.Sprintf("\n%s is then the present time.", label(t.updated.Name))
	}
	if v := t.version; v != nil {
		doc += fmt.Sprintf("\nIt counts %s, which has to be the one that is given: a row with another is drey.ErrStale.", label(v.Name))
		assignments = append(assignments, fmt.Sprintf("%[1]s = CASE WHEN %[1]s = @%[2]s THEN %[1]s + 1 ELSE %[3]s END", v.sql, v.param, stale))
	}
	return statement{
		Op: update, Name: name, Cmd: ":one",
		Doc: doc + t.liveNote(),
		SQL: fmt.Sprintf("UPDATE %s SET\n    %s%s\nRETURNING %s",
			t.sql, strings.Join(assignments, ",\n    "), t.where(t.key), t.star()),
		optional: columns, raises: t.version != nil,
	}
}

// stale ends a statement with an error that the runtime knows as its ErrStale.
const stale = "json_extract('{}', 'drey: stale: somebody has changed it')"

// otherwise is the value of a column that an update does not give: the one that it has, or
// the present time.
func (t *table) otherwise(c *column) string {
	if c == t.updated {
		return c.now
	}
	return c.sql
}

// or is the value that is given for the column, or another one. NULL is given with
// a parameter of its own.
func (c *column) or(other string) string {
	if c.nullable {
		other = fmt.Sprintf("CASE WHEN CAST(@%s AS BOOLEAN) THEN NULL ELSE %s END", c.flag, other)
	}
	return fmt.Sprintf("COALESCE(sqlc.narg('%s'), %s)", c.param, other)
}

// upsert inserts a row or updates the one with the same key, among those that the
// condition of a partial key holds for.
//
// sqlc does not look into DO UPDATE: a named parameter there would be lost (sqlc
// 3508). Parameters that are needed there again are written by number, which is
// their place in the list of values.
func (t *table) upsert(key []*column, only, name string) statement {
	columns := t.upserted(key)
	in := insertion(columns, t.owned(key))
	var assignments []string
	for _, c := range t.settable(t.owned(slices.Concat(t.key, key))) {
		assignments = append(assignments, c.sql+" = "+in.onConflict(c, t.otherwise(c)))
	}
	if len(assignments) == 0 { // so that RETURNING gives the existing row
		c := slices.DeleteFunc(slices.Concat(key, columns), func(c *column) bool { return c.Generated != "" })[0]
		assignments = []string{c.sql + " = excluded." + c.sql}
	}
	live := t.deleted != nil && !t.kept.Live(only) // otherwise only live rows have the key
	var guards []string
	if t.version != nil {
		assignments = append(assignments, t.version.sql+" = "+t.version.sql+" + 1")
	}
	doc := fmt.Sprintf("%s inserts a row into %s, or updates the one with the same %s.",
		name, t.label(), join(key, ", ", func(c *column) string { return label(c.Name) }))
	if only != "" {
		doc += "\nOnly rows WHERE " + only + " have that key."
		only = " WHERE " + only
	}
	if in.defaults {
		doc += "\nA column with a default that is left out gets it in a new row and stays as it is in an old one."
	}
	if t.updated != nil {
		doc += fmt.Sprintf("\nAn old row that is updated without %s gets the present time there.", label(t.updated.Name))
	}
	if live {
		guards = append(guards, t.live())
		doc += "\nIf the old row is deleted, nothing is changed and the error is sql.ErrNoRows."
	}
	if len(t.owned(key)) > len(key) {
		tenant := t.tenant[0]
		guards = append(guards, fmt.Sprintf("%s = excluded.%[1]s", tenant.sql))
		doc += fmt.Sprintf("\nA row of another %s stays as it is, and none is returned.", label(tenant.Name))
	}
	guard := ""
	if guards != nil {
		guard = "\nWHERE " + strings.Join(guards, " AND ")
	}
	target := join(key, ", ", func(c *column) string { return c.sql })
	return statement{
		Op: upsert, Name: name, Cmd: ":one", Doc: doc,
		SQL: fmt.Sprintf("INSERT INTO %s%s\nON CONFLICT (%s)%s DO UPDATE SET\n    %s%s\nRETURNING %s",
			t.sql, in.upsertSQL(), target, only, strings.Join(assignments, ",\n    "), guard, t.star()),
		optional: in.optional, nulls: in.nulls,
	}
}

// insertable returns the columns that an INSERT can give values to. A new row is live,
// and counts its version from its default.
func (t *table) insertable() []*column {
	var list []*column
	for _, c := range t.columns {
		if c.Generated == "" && c != t.deleted && (c != t.version || c.def == "") {
			list = append(list, c)
		}
	}
	return list
}

// upserted returns the columns that an upsert by this key gives values to. SQLite
// counts a rowid alias up, unless it is the key.
func (t *table) upserted(key []*column) []*column {
	return slices.DeleteFunc(t.insertable(), func(c *column) bool { return c.counted && !slices.Contains(t.owned(key), c) })
}

// settable returns the columns that can be written, except those of keys, and those that
// only drey writes.
func (t *table) settable(keys []*column) []*column {
	var list []*column
	for _, c := range t.columns {
		if c.Generated == "" && c != t.deleted && c != t.version && !slices.Contains(keys, c) {
			list = append(list, c)
		}
	}
	return list
}

// insert is the part of an INSERT that gives values to columns.
type insert struct {
	columns    []string
	values     []string
	parameters int
	defaults   bool            // some column has a default and may be left out
	counted    *column         // the one that SQLite counts up if it is left out
	optional   []*column       // those that may be left out
	nulls      []*column       // those that are given, and may be NULL
	number     map[*column]int // the parameter of one with a default; the next one is its flag
}

// insertion gives each column its parameter. Columns in required, and columns
// without a default, must be given.
func insertion(columns, required []*column) *insert {
	in := &insert{number: map[*column]int{}}
	for _, c := range columns {
		in.parameters++
		value := "@" + c.param
		switch {
		case slices.Contains(required, c):
		case c.counted:
			value = fmt.Sprintf("sqlc.narg('%s')", c.param)
			in.counted = c
			in.optional = append(in.optional, c)
		case c.def != "":
			value = c.or(c.def) + " AS " + c.sql
			in.number[c] = in.parameters
			in.defaults = true
			in.optional = append(in.optional, c)
			if c.nullable {
				in.parameters++
			}
		case c.nullable:
			in.nulls = append(in.nulls, c)
		}
		in.columns = append(in.columns, c.sql)
		in.values = append(in.values, value)
	}
	return in
}

// sql returns what follows the table's name. For sqlc, a parameter inside an
// expression only has its column's type in a SELECT, if the expression has the
// column's name.
func (in *insert) sql() string {
	if len(in.columns) == 0 {
		return " DEFAULT VALUES"
	}
	columns := " (" + strings.TrimPrefix(lines(in.columns), " ")
	if strings.Contains(columns, "\n") {
		columns += "\n"
	}
	if in.defaults {
		return columns + ")\nSELECT" + lines(in.values)
	}
	values := strings.TrimPrefix(lines(in.values), " ")
	if strings.Contains(values, "\n") {
		values += "\n"
	}
	return columns + ")\nVALUES (" + values + ")"
}

// upsertSQL adds a WHERE. Without it SQLite would read the ON of ON CONFLICT as
// that of a join.
func (in *insert) upsertSQL() string {
	if in.defaults {
		return in.sql() + "\nWHERE true"
	}
	return in.sql()
}

// onConflict returns the value of a column in a row that exists already. It is other
// where none is given.
func (in *insert) onConflict(c *column, other string) string {
	n, optional := in.number[c]
	switch {
	case !optional && c.now != "" && c.nullable:
		return fmt.Sprintf("COALESCE(excluded.%s, %s)", c.sql, other)
	case !optional:
		return "excluded." + c.sql
	case c.nullable:
		return fmt.Sprintf("CASE WHEN ?%d IS NOT NULL OR ?%d THEN excluded.%s ELSE %s END", n, n+1, c.sql, other)
	}
	return fmt.Sprintf("COALESCE(?%d, %s)", n, other)
}
