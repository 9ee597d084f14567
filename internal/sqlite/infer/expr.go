package infer

import (
	"errors"
	"strconv"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/syntax"
)

var truth = Type{Class: Integer, Null: NotNull, Bool: true}

// expr infers the type of an expression and notes the parameters in it. want is
// what the statement does with the value, nil if that does not say anything.
func (w *walker) expr(x ast.Expr, s *scope, want *Use) Type {
	switch x := x.(type) {
	case *ast.Literal:
		return literal(x)
	case *ast.BindParam:
		w.note(x, want)
		return Type{}
	case *ast.QualifiedRef:
		return w.column(x, s)
	case *ast.UnaryExpr:
		return w.unary(x, s, want)
	case *ast.BinaryExpr:
		return w.binary(x, s, want)
	case *ast.IsExpr:
		w.compare(isOperator(x), w.side(x.X, s), w.side(x.Y, s))
		return truth
	case *ast.LikeExpr:
		t := strict(Integer, w.expr(x.X, s, joined), w.expr(x.Y, s, joined))
		w.optional(x.Escape, s, joined)
		t.Bool = true
		return t
	case *ast.NullCheckExpr:
		w.expr(x.X, s, tested)
		return truth
	case *ast.BetweenExpr:
		return w.between(x, s)
	case *ast.InExpr:
		return w.in(x, s)
	case *ast.VectorExpr:
		for _, item := range x.List {
			w.expr(item, s, nil)
		}
		return Type{}
	case *ast.SubqueryExpr:
		return w.subquery(x, s)
	case *ast.ExistsExpr:
		w.selectStmt(x.Select, s)
		return truth
	case *ast.CaseExpr:
		return w.caseExpr(x, s, want)
	case *ast.CastExpr:
		return cast(w.expr(x.X, s, converted), syntax.Type(x.Type))
	case *ast.CollateExpr:
		return w.expr(x.X, s, want)
	case *ast.FuncCall:
		return w.call(x, s, want)
	}
	return Type{}
}

var literalClasses = map[ast.LiteralKind]Class{
	ast.LitInteger: Integer, ast.LitFloat: Real, ast.LitString: Text, ast.LitBlob: Blob,
	ast.LitCurrentDate: Text, ast.LitCurrentTime: Text, ast.LitCurrentTimestamp: Text,
}

func literal(x *ast.Literal) Type {
	if x.Kind == ast.LitNull {
		return Type{Null: CanBeNull, Why: "it is NULL", none: true}
	}
	t := Type{Class: literalClasses[x.Kind], Null: NotNull}
	if _, err := strconv.ParseInt(x.Value, 0, 64); t.Class == Integer && errors.Is(err, strconv.ErrRange) {
		t.Class = Real // more than 64 bits
	}
	t.digit = x.Value == "0" || x.Value == "1"
	t.Bool = t.digit
	t.small = exactFloat(x.Value)
	return t
}

// exactFloat reports whether an integer is exact as a float64.
func exactFloat(text string) bool {
	n, err := strconv.ParseInt(text, 0, 64)
	return err == nil && n <= 1<<53
}

// column resolves a name. A quoted name that is not a column's is a string, and
// TRUE and FALSE are integers.
func (w *walker) column(x *ast.QualifiedRef, s *scope) Type {
	c, _ := syntax.ColumnOf(x)
	for at := s; at != nil; at = at.outer {
		if _, t, ok := at.own(c); ok {
			return t
		}
		if t, ok := w.alias(c, at); ok {
			return t
		}
	}
	if _, ok := c.Bool(); ok {
		return truth
	}
	if c.Quoted {
		return Type{Class: Text, Null: NotNull}
	}
	return Type{}
}

func (w *walker) unary(x *ast.UnaryExpr, s *scope, want *Use) Type {
	switch x.Op {
	case ast.OpNot:
		t := strict(Integer, w.expr(x.X, s, nil))
		t.Bool = true
		return t
	case ast.OpBitNot:
		return strict(Integer, w.expr(x.X, s, calculated(Type{Class: Integer})))
	case ast.OpPlus:
		return w.expr(x.X, s, want).value()
	}
	if l, ok := x.X.(*ast.Literal); ok && l.Value == "9223372036854775808" {
		return Type{Class: Integer, Null: NotNull} // the smallest 64-bit integer, though without its sign it is a REAL
	}
	t := w.expr(x.X, s, calculated(Type{}))
	small := t.Decimal()
	t, class := strict(number(t.Class), t), t.Class
	t.small = small
	t.Number = t.Class == Unknown && class == Unknown
	return t
}

// number returns the class of a number that is calculated from values of one class.
func number(c Class) Class {
	if c&(Text|Blob) != 0 {
		return Unknown
	}
	return c
}

func (w *walker) binary(x *ast.BinaryExpr, s *scope, want *Use) Type {
	switch x.Op {
	case ast.OpAnd, ast.OpOr:
		t := strict(Integer, w.expr(x.X, s, nil), w.expr(x.Y, s, nil))
		t.Bool = true
		return t
	case ast.OpEq, ast.OpNe, ast.OpLt, ast.OpLe, ast.OpGt, ast.OpGe:
		t := w.compare(x.Op.String(), w.side(x.X, s), w.side(x.Y, s))
		t.Bool = true
		return t
	case ast.OpConcat:
		return strict(Text, w.expr(x.X, s, joined), w.expr(x.Y, s, joined))
	case ast.OpPtr:
		return strict(Text, w.expr(x.X, s, nil), w.expr(x.Y, s, nil)).orNull(noPath)
	case ast.OpPtr2:
		w.expr(x.X, s, nil)
		w.expr(x.Y, s, nil)
		return Type{}.orNull(noPath)
	}
	return w.arithmetic(x, s)
}

const noPath = "the JSON may have nothing at the path"

// isOperator writes the operator of an IS as SQL does.
func isOperator(x *ast.IsExpr) string {
	op := "IS"
	if x.Not {
		op += " NOT"
	}
	if x.Distinct {
		op += " DISTINCT FROM"
	}
	return op
}

// orMaybe returns the type with the possibility of NULL for unknown reasons,
// besides the known ones.
func (t Type) orMaybe() Type {
	if t.Null == NotNull {
		t.Null = MaybeNull
	}
	return t
}

func (w *walker) arithmetic(x *ast.BinaryExpr, s *scope) Type {
	l, r := w.expr(x.X, s, nil), w.expr(x.Y, s, nil)
	w.again(x.X, calculated(r))
	w.again(x.Y, calculated(l))
	t := strict(arithmeticClass(x.Op, l.Class, r.Class), l, r)
	t.Number = t.Class == Unknown
	t.small = l.Decimal() || r.Decimal()
	if x.Op == ast.OpDiv || x.Op == ast.OpMod {
		if !isPositive(x.Y, s) {
			return t.orNull("division by zero is NULL")
		}
	}
	return t
}

// isPositive reports whether the expression is a number of 1 or more: a literal, or
// the number of rows in a group or window.
func isPositive(x ast.Expr, s *scope) bool {
	if c, ok := x.(*ast.FuncCall); ok && c.Star && fold(c.Name.Name) == "count" && c.Filter == nil {
		if c.Over != nil {
			return c.Over.Base == nil && c.Over.Frame == ast.FrameNone
		}
		return s.grouped
	}
	n, ok := x.(*ast.Literal)
	if !ok || n.Kind != ast.LitInteger && n.Kind != ast.LitFloat {
		return false
	}
	f, err := strconv.ParseFloat(n.Value, 64)
	return err == nil && f >= 1
}

func arithmeticClass(op ast.Operator, l, r Class) Class {
	switch {
	case op == ast.OpBitAnd || op == ast.OpBitOr || op == ast.OpLShift || op == ast.OpRShift:
		return Integer
	case l == Real || r == Real:
		return Real
	case number(l) == Unknown || number(r) == Unknown:
		return Unknown
	}
	return l | r
}
