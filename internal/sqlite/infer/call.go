package infer

import (
	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// IsAggregate reports whether the call makes its select an aggregate.
func IsAggregate(c *ast.FuncCall) bool {
	agg, ok := aggregates[fold(c.Name.Name)]
	return ok && !agg.window && c.Over == nil && !scalarMinMax(c)
}

// scalarMinMax reports whether the call is the scalar function with two or more
// arguments.
func scalarMinMax(c *ast.FuncCall) bool {
	name := fold(c.Name.Name)
	return (name == "min" || name == "max") && len(c.Args) > 1
}

func (w *walker) call(c *ast.FuncCall, s *scope, want *Use) Type {
	name := fold(c.Name.Name)
	if picked, ok := picks[name]; ok && c.Over == nil {
		return picked.infer(w, c, s, want)
	}
	var args []Type
	for _, x := range c.Args {
		args = append(args, w.expr(x, s, nil))
	}
	w.callClauses(c, s)
	if agg, ok := aggregates[name]; ok && !scalarMinMax(c) {
		return agg.result(c, args, s)
	}
	if scalarMinMax(c) {
		t := args[0].value()
		for _, x := range args[1:] {
			t = either(t, x.value())
		}
		return t
	}
	f, ok := functions[name]
	if !ok {
		return Type{}
	}
	t := f.result(args)
	if name == "json" && len(args) == 1 {
		t.Like = args[0].Source() // the same JSON
	}
	return t
}

func (w *walker) callClauses(c *ast.FuncCall, s *scope) {
	for _, x := range syntax.Ordered(c.OrderBy) {
		w.expr(x, s, nil)
	}
	w.optional(c.Filter, s, nil)
	if c.Over != nil {
		for _, x := range syntax.WindowExprs(c.Over) {
			w.expr(x, s, nil)
		}
	}
}

func (f function) result(args []Type) Type {
	t := strict(f.class, args...)
	t.small = f.class == Integer
	if f.same && len(args) > 0 {
		t.Class, t.small = number(args[0].Class), args[0].Decimal()
	}
	if f.blobs && len(args) > 0 && (args[0].Class == Unknown || args[0].Class&Blob != 0) {
		t.Class = Unknown
		t = t.orMaybe() // it is NULL for an empty blob
	}
	t.Bool = f.yes
	switch f.null {
	case neverNull:
		t.Null, t.Why = NotNull, ""
	case someNull:
		t = t.orMaybe()
	case strictNull:
		if f.same && t.Class == Unknown {
			t = t.orMaybe()
		}
	}
	if f.why != "" {
		return t.orNull(f.why)
	}
	return t
}

// result returns the type of an aggregate or window function's value.
func (agg aggregate) result(c *ast.FuncCall, args []Type, s *scope) Type {
	t := Type{Class: agg.class, Null: NotNull, small: agg.class == Integer}
	if agg.same && len(args) > 0 {
		t = args[0].value()
	} else if len(args) > 0 {
		t.Null, t.Why = args[0].null(), args[0].Why
	}
	if fold(c.Name.Name) == "sum" {
		if t.Class&(Text|Blob) != 0 { // a text that looks like a number counts as one
			t.Class = Integer | Real
		}
		t.Bool = false
		t.small, t.mixed = t.Decimal(), true
	}
	switch {
	case agg.never:
		t.Null, t.Why = NotNull, ""
	case agg.always && len(args) == 3 && fold(c.Name.Name) != "nth_value":
		return either(args[0].value(), args[2].value())
	case agg.always:
		return t.orNull(fold(c.Name.Name) + "() is NULL where there is no such row")
	case c.Filter != nil:
		return t.orNull(fold(c.Name.Name) + "() is NULL where FILTER leaves no rows")
	case c.Over != nil:
		return agg.framed(c.Over, t, s)
	case s.lone == CanBeNull:
		t.Null, t.Why = CanBeNull, fold(c.Name.Name)+"() of no rows is NULL"
		return t
	case s.lone == MaybeNull || s.lone == 0 && s.outer != nil && len(s.sources) == 0:
		return t.unsure()
	}
	return t
}

// framed returns a window function's type: a frame other than the default one may
// be empty.
func (agg aggregate) framed(over *ast.WindowDef, t Type, s *scope) Type {
	for n := 0; over != nil && n < 10; n++ { // windows can be based on windows
		if over.Frame != ast.FrameNone {
			return t.orMaybe()
		}
		if over.Base == nil {
			break
		}
		over = s.window(over.Base.Name)
	}
	return t
}
