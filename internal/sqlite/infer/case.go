package infer

import (
	"slices"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/checks"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

func (w *walker) caseExpr(c *ast.CaseExpr, s *scope, want *Use) Type {
	var results []ast.Expr
	guards := map[string]bool{}
	var operand side
	if c.Operand != nil {
		operand = w.side(c.Operand, s)
	}
	for _, when := range c.Whens {
		cond := w.side(when.When, s)
		if c.Operand != nil {
			w.compare("=", operand, cond)
		}
		columnsIn(when.When, guards)
		results = append(results, when.Then)
	}
	if c.Operand != nil {
		columnsIn(c.Operand, guards)
	}
	if c.Else != nil {
		results = append(results, c.Else)
	}
	var t Type
	for i, arm := range w.siblings(results, s, want) {
		arm = arm.value()
		if guarded(results[i], guards) {
			arm = arm.exceptNull()
		}
		if i == 0 {
			t = arm
		} else {
			t = eitherArm(t, arm)
		}
	}
	if c.Else == nil && !w.exhaustive(c, s) {
		return t.orNull("CASE without ELSE is NULL where no condition holds")
	}
	return t
}

// exhaustive reports whether a CASE without ELSE has a condition for every value that
// a CHECK leaves its column, as in CASE status WHEN 'draft' THEN … WHEN 'sent' THEN …
func (w *walker) exhaustive(c *ast.CaseExpr, s *scope) bool {
	var of *syntax.Column
	var have []checks.Value
	for _, when := range c.Whens {
		x, with := c.Operand, []ast.Expr{when.When}
		if x == nil {
			switch cond := when.When.(type) {
			case *ast.BinaryExpr:
				if x, with = cond.X, []ast.Expr{cond.Y}; cond.Op != ast.OpEq {
					return false
				}
			case *ast.InExpr:
				if x, with = cond.X, cond.List; cond.Not {
					return false
				}
			}
		}
		column, ok := syntax.ColumnOf(x)
		if !ok || of != nil && (!sqltext.EqualFold(of.Table, column.Table) || !sqltext.EqualFold(of.Name, column.Name)) {
			return false
		}
		of = &column
		for _, v := range with {
			if v, ok := checks.Literal(v); ok {
				have = append(have, v)
			}
		}
	}
	t, ok := s.resolve(*of)
	if !ok || t.Column == nil || t.Table == nil || t.null() != NotNull {
		return false
	}
	want, listed := w.checksOf(t.Table).Values(t.Column)
	return listed && !slices.ContainsFunc(want, func(v checks.Value) bool { return !slices.Contains(have, v) })
}

// exceptNull returns the type if a condition may have ruled out NULL.
func (t Type) exceptNull() Type {
	if t.Null == CanBeNull && t.Class != Unknown {
		return t.unsure()
	}
	return t
}

// eitherArm is like either, except for an arm that is just NULL: that does not add
// a class.
func eitherArm(a, b Type) Type {
	t := either(a, b)
	switch {
	case a.none:
		t = b
	case b.none:
		t = a
	default:
		return t
	}
	t.none = a.none && b.none
	return t.value().orNull("it is NULL")
}

// guarded reports whether an arm reads a column that the conditions look at.
func guarded(arm ast.Expr, guards map[string]bool) bool {
	read := map[string]bool{}
	columnsIn(arm, read)
	for name := range read {
		if guards[name] {
			return true
		}
	}
	return false
}

func columnsIn(x ast.Expr, into map[string]bool) {
	syntax.Walk(x, func(x ast.Expr) bool {
		if c, ok := syntax.ColumnOf(x); ok {
			into[fold(c.Name)] = true
		}
		return true
	})
}
