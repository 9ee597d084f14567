// Package upkeep finds the columns that a data layer keeps up itself, as sqlc.yaml asks:
// since when a row is deleted, when it was changed last, and how often.
//
//	soft_delete  a time that may be NULL, as it is in a live row
//	updated_at   a time
//	version      an integer that is NOT NULL
//
// A time is written in the form that the column has for Go. If its DEFAULT is the present
// time, it is that expression. Otherwise the Go type tells: UnixTime seconds, UnixMilli
// milliseconds, time.Time, TextTime and string the text of CURRENT_TIMESTAMP, or
// CURRENT_DATE in a DATE. Integers without a name are what the DEFAULT of another time in
// the table counts, and seconds if there is none.
package upkeep

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/gotype"
	"github.com/dreysql/drey/internal/project/config"
	"github.com/dreysql/drey/internal/sqlite/infer"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/sqltime"
)

// Table are the columns of a table that are kept up. They are nil if there are none.
type Table struct {
	Deleted, Updated, Version *Stamp
}

// Stamp is a column, and the SQL of the present time in its form, which a version does
// not need.
type Stamp struct {
	*schema.Column
	Now string
}

// Live reports whether a condition holds for the live rows and no others.
func (t Table) Live(where string) bool {
	words := sqltext.Significant(where)
	if t.Deleted == nil || len(words) < 2 || !words[0].Ident() || !sqltext.EqualFold(words[0].Name(), t.Deleted.Name) {
		return false
	}
	return len(words) == 2 && words[1].Is("ISNULL") || len(words) == 3 && words[1].Is("IS") && words[2].Is("NULL")
}

// Plan are those of a schema's tables. Without options it is nil.
type Plan struct {
	tables map[string]*Table // by folded name

	// Problems are columns that are not fit for what they are to be.
	Problems diag.Problems
	// Missing are names that the schema does not have.
	Missing []config.Name
}

// Of are those of a table.
func (p *Plan) Of(table string) Table {
	if p == nil || p.tables[sqltext.Fold(table)] == nil {
		return Table{}
	}
	return *p.tables[sqltext.Fold(table)]
}

// Types says which Go type a column has.
type Types func(*schema.Table, *schema.Column) gotype.Type

// Make finds the columns. file is the configuration, for messages.
func Make(s *schema.Schema, file string, u config.Upkeep, types Types) *Plan {
	if len(u.Options()) == 0 {
		return nil
	}
	p := &Plan{tables: map[string]*Table{}}
	m := &maker{Plan: p, schema: s, file: file, types: types}
	m.each(u.SoftDelete, func(to *Table) *Stamp { return to.Deleted }, func(to *Table, s *Stamp) { to.Deleted = s }, func(t *schema.Table, c *schema.Column) string {
		switch {
		case c.NotNull:
			return "it is NOT NULL, and NULL is what says that a row is live"
		case schema.DefaultExpr(c.Default) != "":
			return "it has a DEFAULT, so new rows would be deleted"
		}
		return m.untimely(t, c)
	})
	m.each(u.UpdatedAt, func(to *Table) *Stamp { return to.Updated }, func(to *Table, s *Stamp) { to.Updated = s }, m.untimely)
	m.each(u.Version, func(to *Table) *Stamp { return to.Version }, func(to *Table, s *Stamp) { to.Version = &Stamp{Column: s.Column} }, func(t *schema.Table, c *schema.Column) string {
		_, integer := gotype.Integers[types(t, c).Base]
		switch {
		case !c.NotNull:
			return "it may be NULL, and NULL cannot be counted"
		case !integer || infer.AffinityOf(c.Affine()) != infer.IntegerAffinity:
			return fmt.Sprintf("it is %s, not an INTEGER", declared(c))
		}
		return ""
	})
	return p
}

type maker struct {
	*Plan
	schema *schema.Schema
	file   string
	types  Types
}

// each sets the columns that an option names, if they are fit for it.
func (m *maker) each(o *config.Columns, get func(*Table) *Stamp, set func(*Table, *Stamp), unfit func(*schema.Table, *schema.Column) string) {
	if o == nil {
		return
	}
	done := map[*schema.Column]bool{}
	for _, name := range o.Names {
		found := false
		table, column, dotted := cut(name.Text)
		for _, t := range m.schema.Tables {
			c := t.Column(column)
			if t.Kind != schema.KindTable || c == nil || dotted && !sqltext.EqualFold(table, t.Name) {
				continue
			}
			if found = true; done[c] {
				continue
			}
			done[c] = true
			key := sqltext.Fold(t.Name)
			if m.tables[key] == nil {
				m.tables[key] = &Table{}
			}
			fault := unfit(t, c)
			switch {
			case slices.ContainsFunc(t.PrimaryKey, func(key string) bool { return sqltext.EqualFold(key, c.Name) }):
				fault = "it is in the primary key"
			case c.Generated != schema.NotGenerated:
				fault = "it is a generated column"
			}
			problem := &diag.Problem{File: m.file, Line: name.Line}
			switch other := get(m.tables[key]); {
			case fault != "":
				problem.Msg = fmt.Sprintf("%s: %s.%s cannot be it: %s", o.Option, t.Name, c.Name, fault)
				problem.Fix = "change the column in a migration; or name the columns that are meant, as in [" + t.Name + "." + c.Name + "], and leave this one out"
			case other != nil:
				problem.Msg = fmt.Sprintf("%s: %s has two columns for it, %s and %s", o.Option, t.Name, other.Name, c.Name)
				problem.Fix = "name one of them"
			default:
				set(m.tables[key], &Stamp{c, m.now(t, c)})
				continue
			}
			m.Problems = append(m.Problems, problem)
		}
		if !found {
			m.Missing = append(m.Missing, name)
		}
	}
}

// cut splits table.column.
func cut(name string) (table, column string, ok bool) {
	i := strings.LastIndexByte(name, '.')
	if i < 0 {
		return "", name, false
	}
	return name[:i], name[i+1:], true
}

// Absent is the problem of a name that no schema has that an option is for.
func Absent(file string, o *config.Columns, name config.Name) *diag.Problem {
	p := &diag.Problem{File: file, Line: name.Line, Fix: "write the name of a column of a table, or table.column, with the names of the schema"}
	if _, _, dotted := cut(name.Text); dotted {
		p.Msg = fmt.Sprintf("%s: no table has the column %s", o.Option, name.Text)
	} else {
		p.Msg = fmt.Sprintf("%s: no table has a column %s", o.Option, name.Text)
	}
	return p
}

// untimely says why a column cannot get the present time, or "".
func (m *maker) untimely(t *schema.Table, c *schema.Column) string {
	if m.now(t, c) != "" {
		return ""
	}
	return fmt.Sprintf("it is %s, %s in Go, of which drey does not know how it keeps a time; give it a DEFAULT that is the present time, or a type by an override: UnixTime, UnixMilli or TextTime",
		declared(c), m.types(t, c).Text)
}

func declared(c *schema.Column) string {
	if c.Type == "" {
		return "without a type"
	}
	return c.Type
}

const (
	seconds = "unixepoch()"
	millis  = "CAST(round(unixepoch('now', 'subsec') * 1000) AS INTEGER)"
)

// now is the present time in the form of the column, "" if that is not known.
func (m *maker) now(t *schema.Table, c *schema.Column) string {
	if def := clock(c); def != "" {
		return def
	}
	base, affinity := m.types(t, c).Base, infer.AffinityOf(c.Affine())
	_, integer := gotype.Integers[base]
	text := affinity == infer.TextAffinity || sqltime.FormOf(c.Type) != sqltime.None
	switch {
	case base == "UnixTime":
		return seconds
	case base == "UnixMilli":
		return millis
	case integer && gotype.Integers[base].Max >= math.MaxInt32 && affinity == infer.IntegerAffinity:
		return m.counted(t)
	case (base == "time.Time" || base == "TextTime") && sqltime.FormOf(c.Type) == sqltime.Date:
		return "CURRENT_DATE"
	case (base == "time.Time" || base == "TextTime" || base == "string") && text:
		return "CURRENT_TIMESTAMP"
	}
	return ""
}

// counted is what the integers of the table count that are times.
func (m *maker) counted(t *schema.Table) string {
	for i := range t.Columns {
		c := &t.Columns[i]
		if _, integer := gotype.Integers[m.types(t, c).Base]; integer && clock(c) != "" {
			return clock(c)
		}
	}
	return seconds
}

// clock is the DEFAULT of a column that is the present time, "" for any other, such as a
// time in a month.
func clock(c *schema.Column) string {
	def, found := schema.DefaultExpr(c.Default), false
	for _, t := range sqltext.Significant(def) {
		switch {
		case t.Is("+") || t.Is("-"):
			return ""
		case t.Kind == sqltext.String && !strings.HasPrefix(t.Name(), "%") && !slices.Contains(moments, t.Name()):
			return ""
		case t.Ident():
			found = found || slices.Contains(clocks, sqltext.Fold(t.Text))
		}
	}
	if !found {
		return ""
	}
	return def
}

var (
	clocks  = []string{"current_timestamp", "current_date", "unixepoch", "datetime", "strftime", "date"}
	moments = []string{"now", "subsec", "subsecond", "utc", "localtime"} // arguments that leave the present time what it is
)
