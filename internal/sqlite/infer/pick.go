package infer

import (
	"github.com/sqlc-dev/meyer/ast"
)

// pick is a function whose result is one of its arguments.
type pick struct {
	infer   func(w *walker, c *ast.FuncCall, s *scope, want *Use) Type
	results func(args []ast.Expr) []ast.Expr // the arguments that can be the result
}

var picks map[string]pick

func init() { // not at the declaration, which would refer to itself
	all := func(args []ast.Expr) []ast.Expr { return args }
	picks = map[string]pick{
		"coalesce": {(*walker).coalesce, all},
		"ifnull":   {(*walker).coalesce, all},
		"nullif":   {(*walker).nullif, firstOf},
		"iif":      {(*walker).iif, arms},
		"if":       {(*walker).iif, arms},
	}
}

// coalesce is only NULL if all of its arguments are.
func (w *walker) coalesce(c *ast.FuncCall, s *scope, want *Use) Type {
	args := w.siblings(c.Args, s, want)
	if len(args) == 0 {
		return Type{}
	}
	t, null := args[0], args[0].null()
	for _, x := range args[1:] {
		t = eitherArm(t, x)
		null = min(null, x.null())
	}
	t = t.value()
	t.Null = null
	if null != CanBeNull {
		t.Why = ""
	}
	return t
}

// siblings infers over values of which one is the result. A parameter among them is
// used as the whole is, or like the first of the others that is a column.
func (w *walker) siblings(list []ast.Expr, s *scope, want *Use) []Type {
	types := make([]Type, len(list))
	like := want
	for i, x := range list {
		types[i] = w.expr(x, s, nil)
		if like == nil && types[i].Column != nil {
			like = compared("=", types[i])
			like.Fallback = true
		}
	}
	if like != nil {
		for _, x := range list {
			w.again(x, like)
		}
	}
	return types
}

func (w *walker) nullif(c *ast.FuncCall, s *scope, want *Use) Type {
	if len(c.Args) != 2 {
		return Type{}
	}
	l, r := w.side(c.Args[0], s), w.side(c.Args[1], s)
	w.compare("=", l, r)
	w.again(c.Args[0], want)
	return l.types[0].value().orNull("nullif() is NULL where its arguments are equal")
}

func firstOf(args []ast.Expr) []ast.Expr { return args[:min(1, len(args))] }

// iif is CASE WHEN a THEN b WHEN c THEN d … ELSE z END.
func (w *walker) iif(c *ast.FuncCall, s *scope, want *Use) Type {
	e := &ast.CaseExpr{}
	args := c.Args
	for ; len(args) >= 2; args = args[2:] {
		e.Whens = append(e.Whens, &ast.CaseWhen{When: args[0], Then: args[1]})
	}
	if len(args) == 1 {
		e.Else = args[0]
	}
	return w.caseExpr(e, s, want)
}

// arms returns the arguments of iif that can be the result.
func arms(args []ast.Expr) []ast.Expr {
	var results []ast.Expr
	for i, x := range args {
		if i%2 == 1 || i == len(args)-1 {
			results = append(results, x)
		}
	}
	return results
}
