// Package checks reads what the CHECKs of a table say about its columns: which
// values they list, and whether they rule out NULL.
//
// Values are read from IN, from = and IS, joined by OR, also beside IS NULL. If
// conditions are joined by AND, or if there are several CHECKs, those that list
// values count. A list with NULL in it allows everything: the CHECK is never false.
package checks

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// Value is a string or an integer that a CHECK lists.
type Value struct {
	Text string // an integer in decimal
	Int  bool
}

// Check is a CHECK of a table or of one of its columns.
type Check struct {
	Name string // "" if it does not have one
	Expr ast.Expr
}

// Table has the CHECKs of a table.
type Table struct {
	table *schema.Table
	List  []Check // those of the columns first
}

// Of reads the CHECKs of a table.
func Of(t *schema.Table) *Table { return &Table{t, checks(t)} }

// Values returns the values that a column may have apart from NULL, in the order of
// its CHECK; ok is false if no CHECK lists them.
func (t *Table) Values(c *schema.Column) (values []Value, ok bool) {
	r := &reader{t.table, c}
	for _, check := range t.List {
		if list, lists := r.values(check.Expr); lists {
			if ok {
				list = both(values, list)
			}
			values, ok = list, true
		}
	}
	return values, ok
}

// NotNull reports whether a CHECK rules out NULL.
func (t *Table) NotNull(c *schema.Column) bool {
	r := &reader{t.table, c}
	return slices.ContainsFunc(t.List, func(c Check) bool { return r.notNull(c.Expr) })
}

func checks(t *schema.Table) (list []Check) {
	create := t.Create()
	if create == nil {
		return nil
	}
	for _, column := range create.Columns {
		for _, c := range column.Constraints {
			if c.Kind == ast.ColumnCheck {
				list = append(list, Check{syntax.Name(c.Name), c.Expr})
			}
		}
	}
	for _, c := range create.Constraints {
		if c.Kind == ast.TableCheck {
			list = append(list, Check{syntax.Name(c.Name), c.Expr})
		}
	}
	return list
}

// reader reads what CHECKs say about a column.
type reader struct {
	table  *schema.Table
	column *schema.Column
}

// notNull reports whether a condition is false if the column is NULL.
func (r *reader) notNull(x ast.Expr) bool {
	switch x := x.(type) {
	case *ast.NullCheckExpr:
		return x.Test == ast.TestNotNull && r.is(x.X)
	case *ast.BinaryExpr:
		switch x.Op {
		case ast.OpAnd:
			return r.notNull(x.X) || r.notNull(x.Y)
		case ast.OpOr:
			return r.notNull(x.X) && r.notNull(x.Y)
		}
	}
	return false
}

// values returns the values that a condition limits the column to, apart from NULL,
// and whether it limits the column at all.
func (r *reader) values(x ast.Expr) ([]Value, bool) {
	switch x := x.(type) {
	case *ast.InExpr:
		if x.Not || x.Select != nil || x.Table != nil || !r.is(x.X) {
			return nil, false
		}
		var list []Value
		for _, item := range x.List {
			v, ok := r.value(item)
			if !ok {
				return nil, false
			}
			list = append(list, v)
		}
		return distinct(list), true
	case *ast.NullCheckExpr:
		return nil, x.Test == ast.TestIsNull && r.is(x.X)
	case *ast.IsExpr:
		if syntax.Same(x) {
			return r.equals(x.X, x.Y)
		}
	case *ast.BinaryExpr:
		switch x.Op {
		case ast.OpEq:
			return r.equals(x.X, x.Y)
		case ast.OpOr:
			a, ok1 := r.values(x.X)
			b, ok2 := r.values(x.Y)
			return distinct(slices.Concat(a, b)), ok1 && ok2
		case ast.OpAnd:
			a, ok1 := r.values(x.X)
			b, ok2 := r.values(x.Y)
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

// equals returns the value that the column must equal, whichever side it stands on.
func (r *reader) equals(left, right ast.Expr) ([]Value, bool) {
	if r.is(right) {
		left, right = right, left
	}
	if !r.is(left) {
		return nil, false
	}
	v, ok := r.value(right)
	return []Value{v}, ok
}

// is reports whether an expression is the column.
func (r *reader) is(x ast.Expr) bool {
	switch x := x.(type) {
	case *ast.CollateExpr:
		return sqltext.EqualFold(x.Name.Name, "BINARY") && r.is(x.X)
	case *ast.QualifiedRef:
		c, _ := syntax.ColumnOf(x)
		return sqltext.EqualFold(c.Name, r.column.Name) && (c.Table == "" || sqltext.EqualFold(c.Table, r.table.Name))
	}
	return false
}

// value returns the value of a string or an integer. A text in double quotes is
// also a string if the table does not have such a column.
func (r *reader) value(x ast.Expr) (Value, bool) {
	c, ok := syntax.ColumnOf(x)
	if !ok {
		return Literal(x)
	}
	if r.table.Column(c.Name) != nil {
		return Value{}, false
	}
	if x.(*ast.QualifiedRef).Parts[0].Quote == ast.QuoteDouble && c.Quoted {
		return Value{Text: c.Name}, true
	}
	return Literal(x)
}

// Literal returns the value of a string or an integer, also of TRUE and FALSE.
func Literal(x ast.Expr) (v Value, ok bool) {
	if b, ok := syntax.Bool(x); ok {
		return Value{Text: map[bool]string{true: "1", false: "0"}[b], Int: true}, true
	}
	l, ok := x.(*ast.Literal)
	if !ok {
		return v, false
	}
	switch l.Kind {
	case ast.LitString:
		return Value{Text: l.Value}, true
	case ast.LitInteger:
		n, err := strconv.ParseInt(l.Value, 0, 64)
		return Value{Text: strconv.FormatInt(n, 10), Int: true}, err == nil && !strings.HasPrefix(l.Value, "0") || l.Value == "0"
	}
	return v, false
}

// both returns the values that are in a and in b.
func both(a, b []Value) []Value {
	return slices.DeleteFunc(slices.Clone(a), func(v Value) bool { return !slices.Contains(b, v) })
}

// distinct returns each value once, in their order.
func distinct(list []Value) (once []Value) {
	for _, v := range list {
		if !slices.Contains(once, v) {
			once = append(once, v)
		}
	}
	return once
}
