package infer

import (
	"slices"

	"github.com/dreysql/drey/internal/checks"
	"github.com/dreysql/drey/internal/schema"
	"github.com/dreysql/drey/internal/syntax"
)

func (w *walker) caseExpr(c *syntax.Case, s *scope, want *Use) Type {
	var results []syntax.Expr
	guards := map[string]bool{}
	var operand side
	if c.Operand != nil {
		operand = w.side(c.Operand, s)
	}
	for _, when := range c.Whens {
		cond := w.side(when.Cond, s)
		if c.Operand != nil {
			w.compare("=", operand, cond)
		}
		columnsIn(when.Cond, guards)
		results = append(results, when.Result)
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
func (w *walker) exhaustive(c *syntax.Case, s *scope) bool {
	var of *syntax.Column
	var have []checks.Value
	for _, when := range c.Whens {
		x, with := c.Operand, []syntax.Expr{when.Cond}
		if x == nil {
			switch cond := when.Cond.(type) {
			case *syntax.Binary:
				if x, with = cond.L, []syntax.Expr{cond.R}; cond.Op != "=" {
					return false
				}
			case *syntax.In:
				if x, with = cond.X, cond.List; cond.Not {
					return false
				}
			}
		}
		column, ok := x.(*syntax.Column)
		if !ok || of != nil && (!schema.EqualFold(of.Table, column.Table) || !schema.EqualFold(of.Name, column.Name)) {
			return false
		}
		of = column
		for _, v := range with {
			if v, ok := checks.Literal(v); ok {
				have = append(have, v)
			}
		}
	}
	t, ok := s.resolve(of)
	if !ok || t.Column == nil || t.Table == nil || t.null() != NotNull {
		return false
	}
	want, listed := w.checksOf(t.Table).Values(t.Column)
	return listed && !slices.ContainsFunc(want, func(v checks.Value) bool { return !slices.Contains(have, v) })
}

// exceptNull is the type where a condition may have ruled NULL out.
func (t Type) exceptNull() Type {
	if t.Null == CanBeNull && t.Class != Unknown {
		return t.unsure()
	}
	return t
}

// eitherArm is either, but for an arm that is just NULL: it has no class to
// add.
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
func guarded(arm syntax.Expr, guards map[string]bool) bool {
	read := map[string]bool{}
	columnsIn(arm, read)
	for name := range read {
		if guards[name] {
			return true
		}
	}
	return false
}

func columnsIn(x syntax.Expr, into map[string]bool) {
	syntax.Walk(x, func(x syntax.Expr) bool {
		if c, ok := x.(*syntax.Column); ok {
			into[fold(c.Name)] = true
		}
		return true
	})
}
