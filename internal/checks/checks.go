// Package checks reads what the CHECKs of a table say of its columns: which values
// they list, and whether they rule NULL out.
//
// The values are read of IN, of = and IS, joined by OR, with IS NULL beside them; of
// conditions joined by AND, and of several CHECKs, those that list values count. A
// list with NULL in it allows everything: the CHECK is never false.
package checks

import (
	"slices"
	"strconv"
	"strings"

	"github.com/dreysql/drey/internal/schema"
	"github.com/dreysql/drey/internal/sqltext"
	"github.com/dreysql/drey/internal/syntax"
)

// Value is a string or an integer that a CHECK lists.
type Value struct {
	Text string // an integer in decimal
	Int  bool
}

// Table are the CHECKs of a table.
type Table struct {
	table *schema.Table
	list  []check
}

// Of reads the CHECKs of a table.
func Of(t *schema.Table) *Table { return &Table{t, checks(t)} }

// Values are the values that a column may have apart from NULL, in the order of its
// CHECK, and whether some CHECK lists them.
func (t *Table) Values(c *schema.Column) (values []Value, ok bool) {
	r := &reader{t.table, c}
	for _, check := range t.list {
		if list, lists := r.values(check); lists {
			if ok {
				list = both(values, list)
			}
			values, ok = list, true
		}
	}
	return values, ok
}

// NotNull reports whether a CHECK rules NULL out.
func (t *Table) NotNull(c *schema.Column) bool {
	r := &reader{t.table, c}
	return slices.ContainsFunc(t.list, func(c check) bool { return r.notNull(c.expr) })
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

// notNull reports whether a condition is false where the column is NULL.
func (r *reader) notNull(x syntax.Expr) bool {
	switch x := x.(type) {
	case *syntax.NullTest:
		return x.Not && r.is(x.X)
	case *syntax.Binary:
		switch x.Op {
		case "AND":
			return r.notNull(x.L) || r.notNull(x.R)
		case "OR":
			return r.notNull(x.L) && r.notNull(x.R)
		case "IS NOT":
			l, ok := x.R.(*syntax.Literal)
			return ok && l.Kind == syntax.NullLiteral && r.is(x.L)
		}
	}
	return false
}

// values are the values that a condition limits the column to, apart from NULL, and
// whether it does.
func (r *reader) values(c check) ([]Value, bool) {
	switch x := c.expr.(type) {
	case *syntax.In:
		if x.Not || x.Select != nil || x.Table != nil || !r.is(x.X) {
			return nil, false
		}
		var list []Value
		for _, item := range x.List {
			v, ok := r.value(check{c.sql, item})
			if !ok {
				return nil, false
			}
			list = append(list, v)
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
			v, ok := r.value(right)
			return []Value{v}, ok
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

// value is the value of a string or an integer. What stands in double quotes is a
// string, too, where the table has no such column.
func (r *reader) value(c check) (Value, bool) {
	if x, ok := c.expr.(*syntax.Column); ok {
		start, _ := x.Span()
		quoted := x.Quoted && x.Table == "" && c.sql[start] == '"' && r.table.Column(x.Name) == nil
		return Value{Text: x.Name}, quoted
	}
	return Literal(c.expr)
}

// Literal is the value of a string or an integer.
func Literal(x syntax.Expr) (v Value, ok bool) {
	l, ok := x.(*syntax.Literal)
	if !ok {
		return v, false
	}
	switch l.Kind {
	case syntax.StringLiteral:
		return Value{Text: strings.ReplaceAll(l.Text[1:len(l.Text)-1], "''", "'")}, true
	case syntax.BoolLiteral:
		return Value{Text: map[bool]string{true: "1", false: "0"}[strings.EqualFold(l.Text, "TRUE")], Int: true}, true
	case syntax.IntegerLiteral:
		n, err := strconv.ParseInt(l.Text, 0, 64)
		return Value{Text: strconv.FormatInt(n, 10), Int: true}, err == nil && !strings.HasPrefix(l.Text, "0") || l.Text == "0"
	}
	return v, false
}

// both has the values of a that b has as well.
func both(a, b []Value) []Value {
	return slices.DeleteFunc(slices.Clone(a), func(v Value) bool { return !slices.Contains(b, v) })
}

// distinct has each value once, in their order.
func distinct(list []Value) (once []Value) {
	for _, v := range list {
		if !slices.Contains(once, v) {
			once = append(once, v)
		}
	}
	return once
}
