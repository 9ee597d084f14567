package squirrelcols

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/dreysql/drey/internal/lint/chain"
)

// predicate checks the condition of a Where or Having.
func (c *checker) predicate(call chain.Call, sc *scope, cl clause) {
	c.expression(first(call), sc, cl)
	c.nested(rest(call), sc)
}

var maps = map[string]bool{
	"Eq": true, "NotEq": true, "Like": true, "NotLike": true, "ILike": true, "NotILike": true,
	"Lt": true, "LtOrEq": true, "Gt": true, "GtOrEq": true,
}

// expression checks an argument that is a text or a Sqlizer.
func (c *checker) expression(e ast.Expr, sc *scope, cl clause) {
	c.descend(e, sc, cl, 0)
}

func (c *checker) descend(e ast.Expr, sc *scope, cl clause, depth int) {
	if depth > 8 {
		return
	}
	e = ast.Unparen(e)
	if texts, ok := c.flow.Texts(e); ok {
		for _, t := range texts {
			if t != "" {
				c.refused(e, sc, cl, t)
			}
		}
		return
	}
	switch x := e.(type) {
	case *ast.CompositeLit:
		t := c.TypesInfo.TypeOf(x)
		name := chain.Named(t)
		_, plain := t.(*types.Map)
		for _, elt := range x.Elts {
			kv, ok := elt.(*ast.KeyValueExpr)
			switch {
			case ok && (maps[name] || plain):
				if texts, ok := c.flow.Texts(kv.Key); ok {
					for _, t := range texts {
						c.refused(kv.Key, sc, key(cl), t)
					}
				}
				c.nested([]ast.Expr{kv.Value}, sc)
			case !ok && (name == "And" || name == "Or"):
				c.descend(elt, sc, cl, depth+1)
			}
		}
	case *ast.CallExpr:
		switch c.chains.Callee(x) {
		case "Expr":
			if len(x.Args) > 0 {
				c.descend(x.Args[0], sc, cl, depth+1)
				c.nested(x.Args[1:], sc)
			}
		case "Alias":
			if len(x.Args) > 0 {
				c.descend(x.Args[0], sc, cl, depth+1)
			}
		case "And", "Or", "Eq", "NotEq":
			if len(x.Args) == 1 {
				c.descend(x.Args[0], sc, cl, depth+1)
			}
		default:
			if id, ok := x.Fun.(*ast.Ident); ok && id.Name == "append" && chain.Named(c.TypesInfo.TypeOf(x)) != "" {
				for _, a := range x.Args[1:] {
					c.descend(a, sc, cl, depth+1)
				}
				return
			}
			if result := c.result(x); result != nil {
				c.descend(result, sc, cl, depth+1)
				return
			}
			c.nested([]ast.Expr{e}, sc)
		}
	case *ast.Ident:
		obj := c.flow.Object(x)
		name := chain.Named(c.TypesInfo.TypeOf(x))
		if obj == nil || name == "" {
			return
		}
		if !maps[name] && name != "And" && name != "Or" && name != "Sqlizer" {
			c.nested([]ast.Expr{e}, sc)
			return
		}
		for _, a := range c.flow.Assignments(obj) {
			if a.Element && maps[name] {
				texts, _ := c.flow.Texts(a.Index)
				for _, t := range texts {
					c.refused(a.Index, sc, key(cl), t)
				}
				if a.Expr != nil {
					c.nested([]ast.Expr{a.Expr}, sc)
				}
			} else if a.Expr != nil && !a.Each && !a.Element && a.Result == 0 {
				c.descend(a.Expr, sc, cl, depth+1)
			}
		}
	}
}

// result is the condition that a function of this package returns, nil if it is
// no such function or has several returns, of which only one may be for this
// statement.
func (c *checker) result(call *ast.CallExpr) ast.Expr {
	fn, ok := typeutil.Callee(c.TypesInfo, call).(*types.Func)
	if !ok || fn.Signature().Results().Len() != 1 {
		return nil
	}
	name := chain.Named(fn.Signature().Results().At(0).Type())
	if !maps[name] && name != "And" && name != "Or" && name != "Sqlizer" {
		return nil
	}
	decl := c.flow.Body(fn.Origin())
	if decl == nil || decl.Body == nil {
		return nil
	}
	var results []ast.Expr
	ast.Inspect(decl.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			results = append(results, n.Results...)
		}
		return true
	})
	if len(results) != 1 {
		return nil
	}
	return results[0]
}

// key is a clause for a name: its place in the statement, where only a name can
// stand.
func key(cl clause) clause {
	if cl == inResult || cl == inOrder || cl == inGroup {
		return inWhere
	}
	return cl
}

// nested checks the statements of squirrel and the expressions that are arguments
// of an expression.
func (c *checker) nested(args []ast.Expr, sc *scope) {
	for _, a := range args {
		a = ast.Unparen(a)
		if sub := c.chains.Read(a); sub != nil {
			c.statement(sub, sc)
			continue
		}
		if call, ok := a.(*ast.CallExpr); ok {
			if name := c.chains.Callee(call); name == "Expr" && len(call.Args) > 0 {
				c.descend(call, sc, clause{" WHERE (", ")", true}, 1)
			}
		}
	}
}
