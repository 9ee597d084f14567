package infer

import (
	"strconv"

	"github.com/dreysql/drey/internal/syntax"
)

var truth = Type{Class: Integer, Null: NotNull, Bool: true}

// expr infers the type of an expression and notes the parameters in it. want
// is what the statement does with the value, nil where that says nothing.
func (w *walker) expr(x syntax.Expr, s *scope, want *Use) Type {
	switch x := x.(type) {
	case *syntax.Literal:
		return literal(x)
	case *syntax.Variable:
		w.note(x, want)
		return Type{}
	case *syntax.Column:
		return w.column(x, s)
	case *syntax.Unary:
		return w.unary(x, s, want)
	case *syntax.Binary:
		return w.binary(x, s, want)
	case *syntax.Like:
		t := strict(Integer, w.expr(x.X, s, joined), w.expr(x.Pattern, s, joined))
		w.optional(x.Escape, s, joined)
		t.Bool = true
		return t
	case *syntax.NullTest:
		w.expr(x.X, s, tested)
		return truth
	case *syntax.Between:
		return w.between(x, s)
	case *syntax.In:
		return w.in(x, s)
	case *syntax.Row:
		for _, item := range x.Items {
			w.expr(item, s, nil)
		}
		return Type{}
	case *syntax.Subquery:
		return w.subquery(x, s)
	case *syntax.Exists:
		w.selectStmt(x.Select, s)
		return truth
	case *syntax.Case:
		return w.caseExpr(x, s, want)
	case *syntax.Cast:
		return cast(w.expr(x.X, s, converted), x.Type)
	case *syntax.Collate:
		return w.expr(x.X, s, want)
	case *syntax.Call:
		return w.call(x, s, want)
	}
	return Type{}
}

var literalClasses = map[syntax.LiteralKind]Class{
	syntax.IntegerLiteral: Integer, syntax.RealLiteral: Real, syntax.StringLiteral: Text,
	syntax.BlobLiteral: Blob, syntax.BoolLiteral: Integer, syntax.TimeLiteral: Text,
}

func literal(x *syntax.Literal) Type {
	if x.Kind == syntax.NullLiteral {
		return Type{Null: CanBeNull, Why: "it is NULL", none: true}
	}
	t := Type{Class: literalClasses[x.Kind], Null: NotNull}
	t.digit = x.Text == "0" || x.Text == "1"
	t.Bool = x.Kind == syntax.BoolLiteral || t.digit
	t.small = exactFloat(x.Text)
	return t
}

// exactFloat reports whether an integer is exact as a float64.
func exactFloat(text string) bool {
	n, err := strconv.ParseInt(text, 0, 64)
	return err == nil && n <= 1<<53
}

// column resolves a name; a quoted one that is no column is a string.
func (w *walker) column(x *syntax.Column, s *scope) Type {
	for at := s; at != nil; at = at.outer {
		if _, t, ok := at.own(x); ok {
			return t
		}
		if t, ok := w.alias(x, at); ok {
			return t
		}
	}
	if x.Quoted {
		return Type{Class: Text, Null: NotNull}
	}
	return Type{}
}

func (w *walker) unary(x *syntax.Unary, s *scope, want *Use) Type {
	switch x.Op {
	case "NOT":
		t := strict(Integer, w.expr(x.X, s, nil))
		t.Bool = true
		return t
	case "~":
		return strict(Integer, w.expr(x.X, s, calculated(Type{Class: Integer})))
	case "+":
		return w.expr(x.X, s, want).value()
	}
	t := w.expr(x.X, s, calculated(Type{}))
	small := t.Decimal()
	t, class := strict(number(t.Class), t), t.Class
	t.small = small
	t.Number = t.Class == Unknown && class == Unknown
	return t
}

// number is the class of a number that is calculated from a value of the class
// alone.
func number(c Class) Class {
	if c&(Text|Blob) != 0 {
		return Unknown
	}
	return c
}

func (w *walker) binary(x *syntax.Binary, s *scope, want *Use) Type {
	switch x.Op {
	case "AND", "OR":
		t := strict(Integer, w.expr(x.L, s, nil), w.expr(x.R, s, nil))
		t.Bool = true
		return t
	case "=", "<>", "<", "<=", ">", ">=":
		t := w.compare(x.Op, w.side(x.L, s), w.side(x.R, s))
		t.Bool = true
		return t
	case "IS", "IS NOT", "IS DISTINCT FROM", "IS NOT DISTINCT FROM":
		w.compare(x.Op, w.side(x.L, s), w.side(x.R, s))
		return truth
	case "||":
		return strict(Text, w.expr(x.L, s, joined), w.expr(x.R, s, joined))
	case "->":
		return strict(Text, w.expr(x.L, s, nil), w.expr(x.R, s, nil)).orNull(noPath)
	case "->>":
		w.expr(x.L, s, nil)
		w.expr(x.R, s, nil)
		return Type{}.orNull(noPath)
	}
	return w.arithmetic(x, s)
}

const noPath = "the JSON may have nothing at the path"

// orMaybe is a type that can be NULL for reasons that are not known, besides
// those that are.
func (t Type) orMaybe() Type {
	if t.Null == NotNull {
		t.Null = MaybeNull
	}
	return t
}

func (w *walker) arithmetic(x *syntax.Binary, s *scope) Type {
	l, r := w.expr(x.L, s, nil), w.expr(x.R, s, nil)
	w.again(x.L, calculated(r))
	w.again(x.R, calculated(l))
	t := strict(arithmeticClass(x.Op, l.Class, r.Class), l, r)
	t.Number = t.Class == Unknown
	t.small = l.Decimal() || r.Decimal()
	if x.Op == "/" || x.Op == "%" {
		if !isPositive(x.R, s) {
			return t.orNull("division by zero is NULL")
		}
	}
	return t
}

// isPositive reports whether the expression is a number of 1 or more: a literal,
// or the rows that a group or window has.
func isPositive(x syntax.Expr, s *scope) bool {
	if c, ok := x.(*syntax.Call); ok && c.Star && fold(c.Name) == "count" && c.Filter == nil {
		if c.Over != nil {
			return c.Over.Name == "" && !c.Over.HasFrame
		}
		return s.grouped
	}
	n, ok := x.(*syntax.Literal)
	if !ok {
		return false
	}
	if n.Kind != syntax.IntegerLiteral && n.Kind != syntax.RealLiteral {
		return false
	}
	f, err := strconv.ParseFloat(n.Text, 64)
	return err == nil && f >= 1
}

func arithmeticClass(op string, l, r Class) Class {
	switch {
	case op == "&" || op == "|" || op == "<<" || op == ">>":
		return Integer
	case l == Real || r == Real:
		return Real
	case number(l) == Unknown || number(r) == Unknown:
		return Unknown
	}
	return l | r
}
