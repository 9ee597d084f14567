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
// The CHECK may be the column's or the table's, with a name or without. It is read
// as IN, as = and IS, joined by OR, with IS NULL beside them; of conditions joined
// by AND, and of several CHECKs, those that list values count.
//
// Left alone are numbers, which have no names; columns without text affinity; a
// collation that takes different texts for equal, since a row may have one that is
// not in the list; a list with NULL, which allows everything; and the columns of
// foreign keys and those that they refer to, whose types have to be the same.
package enum

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/dreysql/drey/internal/infer"
	"github.com/dreysql/drey/internal/schema"
	"github.com/dreysql/drey/internal/sqltext"
	"github.com/dreysql/drey/internal/syntax"
)

// Values are the texts that a column may have, in the order of its CHECK. The
// error says why it is not known which.
func Values(s *schema.Schema, t *schema.Table, c *schema.Column) ([]string, error) {
	switch {
	case t.Kind != schema.KindTable:
		return nil, fmt.Errorf("%s is a %s", t.Name, t.Kind)
	case infer.AffinityOf(c.Type) != infer.TextAffinity:
		return nil, fmt.Errorf("it is not a column of text")
	case c.Collation != "" && !schema.EqualFold(c.Collation, "BINARY"):
		return nil, fmt.Errorf("its collation %s takes different texts for equal", c.Collation)
	case related(s, t, c):
		return nil, fmt.Errorf("a foreign key compares it with a column that has another type")
	}
	r := &reader{t, c}
	values, found := []string(nil), false
	for _, check := range checks(t) {
		if list, ok := r.values(check); ok {
			if found {
				list = both(values, list)
			}
			values, found = list, true
		}
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
		return schema.EqualFold(table, t.Name) && schema.EqualFold(column, c.Name)
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

// check is the expression of a CHECK, with its text.
type check struct {
	sql  string
	expr syntax.Expr
}

// checks are the CHECKs of a table, those of its columns included. One that cannot
// be read is left out.
func checks(t *schema.Table) (list []check) {
	tokens := sqltext.Significant(t.SQL)
	depth := 0
	for i, tok := range tokens {
		switch {
		case tok.Is("("):
			depth++
		case tok.Is(")"):
			depth--
		case depth == 1 && tok.Is("CHECK") && tok.Kind == sqltext.Word && i+1 < len(tokens) && tokens[i+1].Is("("):
			if end := closing(tokens, i+1); end > 0 {
				sql := "SELECT " + t.SQL[tokens[i+1].Start:tokens[end].End()]
				stmt, err := syntax.Parse(sql)
				sel, ok := stmt.(*syntax.Select)
				if err == nil && ok && len(sel.Cores) == 1 && len(sel.Cores[0].Columns) == 1 && sel.Cores[0].Columns[0].Expr != nil {
					list = append(list, check{sql, sel.Cores[0].Columns[0].Expr})
				}
			}
		}
	}
	return list
}

// closing is the parenthesis that closes the one at i, 0 where none does.
func closing(tokens []sqltext.Token, i int) int {
	depth := 0
	for ; i < len(tokens); i++ {
		switch {
		case tokens[i].Is("("):
			depth++
		case tokens[i].Is(")"):
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return 0
}

// reader reads what CHECKs say of a column.
type reader struct {
	table  *schema.Table
	column *schema.Column
}

// values are the texts that a condition limits the column to, apart from NULL, and
// whether it does.
func (r *reader) values(c check) ([]string, bool) {
	switch x := c.expr.(type) {
	case *syntax.In:
		if x.Not || x.Select != nil || x.Table != nil || !r.is(x.X) {
			return nil, false
		}
		var list []string
		for _, item := range x.List {
			text, ok := r.text(check{c.sql, item})
			if !ok {
				return nil, false
			}
			list = append(list, text)
		}
		return distinct(list), true
	case *syntax.NullTest:
		return nil, !x.Not && r.is(x.X)
	case *syntax.Binary:
		left, right := check{c.sql, x.L}, check{c.sql, x.R}
		switch x.Op {
		case "=", "IS":
			if r.is(x.R) {
				left, right = right, left
			}
			if !r.is(left.expr) {
				return nil, false
			}
			if l, ok := right.expr.(*syntax.Literal); ok && l.Kind == syntax.NullLiteral {
				return nil, x.Op == "IS"
			}
			text, ok := r.text(right)
			return []string{text}, ok
		case "OR":
			a, ok1 := r.values(left)
			b, ok2 := r.values(right)
			return distinct(slices.Concat(a, b)), ok1 && ok2
		case "AND":
			a, ok1 := r.values(left)
			b, ok2 := r.values(right)
			switch {
			case ok1 && ok2:
				return both(a, b), true
			case ok1:
				return a, true
			}
			return b, ok2
		}
	}
	return nil, false
}

// is reports whether an expression is the column.
func (r *reader) is(x syntax.Expr) bool {
	switch x := x.(type) {
	case *syntax.Collate:
		return schema.EqualFold(x.Name, "BINARY") && r.is(x.X)
	case *syntax.Column:
		return schema.EqualFold(x.Name, r.column.Name) && (x.Table == "" || schema.EqualFold(x.Table, r.table.Name))
	}
	return false
}

// text is the value of a string. What stands in double quotes is one, too, where
// the table has no such column.
func (r *reader) text(c check) (string, bool) {
	switch x := c.expr.(type) {
	case *syntax.Literal:
		if x.Kind == syntax.StringLiteral {
			return strings.ReplaceAll(x.Text[1:len(x.Text)-1], "''", "'"), true
		}
	case *syntax.Column:
		start, _ := x.Span()
		if x.Quoted && x.Table == "" && c.sql[start] == '"' && r.table.Column(x.Name) == nil {
			return x.Name, true
		}
	}
	return "", false
}

// both has the values of a that b has as well.
func both(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(v string) bool { return !slices.Contains(b, v) })
}

// distinct has each value once, in their order.
func distinct(list []string) (once []string) {
	for _, v := range list {
		if !slices.Contains(once, v) {
			once = append(once, v)
		}
	}
	return once
}
