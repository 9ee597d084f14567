// Package enum finds the columns whose CHECK lists the texts that they may have,
// and makes Go types of them:
//
//	status TEXT NOT NULL CHECK (status IN ('draft', 'sent'))
//
//	type InvoiceStatus string
//
//	const (
//		InvoiceStatusDraft InvoiceStatus = "draft"
//		InvoiceStatusSent  InvoiceStatus = "sent"
//	)
//
// The CHECK may be the column's or the table's, with a name or without (see package
// checks).
//
// These columns are left alone: numbers, which do not have names; columns without
// text affinity; columns with a collation that takes different texts for equal,
// since a row may have one that is not in the list; columns whose list has NULL,
// which allows everything; and the columns of foreign keys and those that they
// refer to, whose types have to be the same.
package enum

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/dreysql/drey/internal/sqlite/checks"
	"github.com/dreysql/drey/internal/sqlite/infer"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// Values returns the texts that a column may have, in the order of its CHECK.
// The error says why they are not known.
func Values(s *schema.Schema, t *schema.Table, c *schema.Column) ([]string, error) {
	switch {
	case t.Kind != schema.KindTable:
		return nil, fmt.Errorf("%s is a %s", t.Name, t.Kind)
	case infer.AffinityOf(c.Type) != infer.TextAffinity:
		return nil, fmt.Errorf("it is not a column of text")
	case c.Collation != "" && !sqltext.EqualFold(c.Collation, "BINARY"):
		return nil, fmt.Errorf("its collation %s takes different texts for equal", c.Collation)
	case related(s, t, c):
		return nil, fmt.Errorf("a foreign key compares it with a column that has another type")
	}
	list, found := checks.Of(t).Values(c)
	var values []string
	for _, v := range list {
		found = found && !v.Int
		values = append(values, v.Text)
	}
	switch {
	case !found:
		return nil, fmt.Errorf("no CHECK of the form CHECK (%s IN ('a', 'b')) lists its values", c.Name)
	case len(values) == 0:
		return nil, fmt.Errorf("its CHECKs leave no value")
	case slices.ContainsFunc(values, func(v string) bool { return !utf8.ValidString(v) || strings.Contains(v, "\x00") }):
		return nil, fmt.Errorf("a value in its CHECK is not text")
	}
	return values, nil
}

// related reports whether a foreign key has the column on either side.
func related(s *schema.Schema, t *schema.Table, c *schema.Column) bool {
	is := func(table, column string) bool {
		return sqltext.EqualFold(table, t.Name) && sqltext.EqualFold(column, c.Name)
	}
	for _, other := range s.Tables {
		for _, fk := range other.ForeignKeys {
			for i := range fk.From {
				if is(other.Name, fk.From[i]) || i < len(fk.To) && is(fk.Table, fk.To[i]) {
					return true
				}
			}
		}
	}
	return false
}
