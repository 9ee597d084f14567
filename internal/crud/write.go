package crud

import (
	"fmt"
	"slices"
	"strings"
)

func (t *table) create() statement {
	in := insertion(t.insertable(nil), nil)
	name := "Create" + t.row
	doc := fmt.Sprintf("%s inserts a row into %s.", name, t.label())
	if in.optional {
		doc += "\nA column with a default that is left out gets it."
	}
	return statement{
		Op: create, Name: name, Cmd: ":one", Doc: doc,
		SQL: fmt.Sprintf("INSERT INTO %s%s\nRETURNING %s", t.sql, in.sql(), t.star()),
	}
}

func (t *table) update() statement {
	var assignments []string
	for _, c := range t.settable(t.key) {
		expr := fmt.Sprintf("COALESCE(sqlc.narg('%s'), %s)", c.param, c.sql)
		if c.flagged {
			expr = fmt.Sprintf("CASE WHEN CAST(@%s AS BOOLEAN) THEN @%s ELSE %s END", c.flag, c.param, c.sql)
		}
		assignments = append(assignments, c.sql+" = "+expr)
	}
	name := "Update" + t.row
	return statement{
		Op: update, Name: name, Cmd: ":one",
		Doc: fmt.Sprintf("%s changes the row of %s with this primary key.\nA column that is left out stays as it is.", name, t.label()),
		SQL: fmt.Sprintf("UPDATE %s SET\n    %s\nWHERE %s\nRETURNING %s",
			t.sql, strings.Join(assignments, ",\n    "), where(t.key), t.star()),
	}
}

// upsert inserts a row or updates the one with the same key.
//
// sqlc does not look into DO UPDATE: a named parameter there would be lost
// (sqlc 3508). Those that are needed again have their number, which is their
// place in the list of values.
func (t *table) upsert(key []*column, name string) statement {
	columns := t.insertable(key)
	in := insertion(columns, key)
	var assignments []string
	for _, c := range t.settable(slices.Concat(t.key, key)) {
		assignments = append(assignments, c.sql+" = "+in.onConflict(c))
	}
	if len(assignments) == 0 { // so that RETURNING has the row that is there
		c := slices.DeleteFunc(slices.Concat(key, columns), func(c *column) bool { return c.Generated != "" })[0]
		assignments = []string{c.sql + " = excluded." + c.sql}
	}
	doc := fmt.Sprintf("%s inserts a row into %s, or updates the one with the same %s.",
		name, t.label(), join(key, ", ", func(c *column) string { return label(c.Name) }))
	if in.optional {
		doc += "\nA column with a default that is left out gets it in a new row and stays as it is in an old one."
	}
	target := join(key, ", ", func(c *column) string { return c.sql })
	return statement{
		Op: upsert, Name: name, Cmd: ":one", Doc: doc,
		SQL: fmt.Sprintf("INSERT INTO %s%s\nON CONFLICT (%s) DO UPDATE SET\n    %s\nRETURNING %s",
			t.sql, in.upsertSQL(), target, strings.Join(assignments, ",\n    "), t.star()),
	}
}

// insertable are the columns that an INSERT gives values to. SQLite counts a
// rowid alias up, unless it is the key.
func (t *table) insertable(key []*column) []*column {
	var list []*column
	for _, c := range t.columns {
		if c.Generated == "" && (!c.RowIDAlias || slices.Contains(key, c)) {
			list = append(list, c)
		}
	}
	return list
}

// settable are the columns that can be written, those of keys excepted.
func (t *table) settable(keys []*column) []*column {
	var list []*column
	for _, c := range t.columns {
		if c.Generated == "" && !slices.Contains(keys, c) {
			list = append(list, c)
		}
	}
	return list
}

// insert is the part of an INSERT that gives values to columns.
type insert struct {
	columns  []string
	values   []string
	optional bool            // some column may be left out
	number   map[*column]int // the parameter that tells whether a column is left out
}

// insertion gives each column its parameter. Those of required, and those
// without a default, have to be given.
func insertion(columns, required []*column) *insert {
	in := &insert{number: map[*column]int{}}
	parameters := 0
	for _, c := range columns {
		value := "@" + c.param
		parameters++
		if c.def != "" && !slices.Contains(required, c) {
			in.optional = true
			in.number[c] = parameters
			value = fmt.Sprintf("COALESCE(sqlc.narg('%s'), %s) AS %s", c.param, c.def, c.sql)
			if c.flagged {
				value = fmt.Sprintf("CASE WHEN CAST(@%s AS BOOLEAN) THEN @%s ELSE %s END AS %s", c.flag, c.param, c.def, c.sql)
				parameters++
			}
		}
		in.columns = append(in.columns, c.sql)
		in.values = append(in.values, value)
	}
	return in
}

// sql is what follows the table's name. A parameter inside an expression has
// its column's type for sqlc only in a SELECT, where the expression has the
// column's name.
func (in *insert) sql() string {
	if len(in.columns) == 0 {
		return " DEFAULT VALUES"
	}
	columns := " (" + strings.TrimPrefix(lines(in.columns), " ")
	if strings.Contains(columns, "\n") {
		columns += "\n"
	}
	if in.optional {
		return columns + ")\nSELECT" + lines(in.values)
	}
	values := strings.TrimPrefix(lines(in.values), " ")
	if strings.Contains(values, "\n") {
		values += "\n"
	}
	return columns + ")\nVALUES (" + values + ")"
}

// upsertSQL has a WHERE, without which SQLite takes the ON of ON CONFLICT for
// that of a join.
func (in *insert) upsertSQL() string {
	if in.optional {
		return in.sql() + "\nWHERE true"
	}
	return in.sql()
}

// onConflict is the value of a column in a row that is there already.
func (in *insert) onConflict(c *column) string {
	n, optional := in.number[c]
	switch {
	case !optional:
		return "excluded." + c.sql
	case c.flagged:
		return fmt.Sprintf("CASE WHEN ?%d THEN excluded.%s ELSE %s END", n, c.sql, c.sql)
	}
	return fmt.Sprintf("COALESCE(?%d, %s)", n, c.sql)
}
