package squirrelcols

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/dreysql/drey/internal/lint/builder"
)

// predicate checks the condition of a Where or Having.
func (c *checker) predicate(call builder.Call, sc *scope, cl clause) {
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
	if list, ok := c.flow.Constants(e, sc.bound); ok {
		for _, t := range list {
			if t.Text != "" {
				c.refused(t.At, sc, cl, t.Text)
			}
		}
		return
	}
	switch x := e.(type) {
	case *ast.CompositeLit:
		t := c.TypesInfo.TypeOf(x)
		name := builder.Named(t)
		_, plain := t.(*types.Map)
		for _, elt := range x.Elts {
			kv, ok := elt.(*ast.KeyValueExpr)
			switch {
			case ok && (maps[name] || plain):
				c.name(kv.Key, sc, cl)
				c.nested([]ast.Expr{kv.Value}, sc)
			case !ok && (name == "And" || name == "Or" || c.conditions(t)):
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
		case "ConcatExpr":
			for _, a := range x.Args {
				if sub := c.chains.Read(a, sc.bound); sub != nil {
					c.statement(sub, sc)
				}
			}
			if text, ok := c.rendered(x, sc, 0); ok {
				sc.text = text
				err := c.ask(sc.probe(cl, text))
				c.judge(c.blamed(x.Args, sc, err), sc, cl, err)
			}
		case "Case", "CaseBuilder.When", "CaseBuilder.Else":
			c.cases(x, sc, depth+1)
		case "And", "Or", "Eq", "NotEq":
			if len(x.Args) == 1 {
				c.descend(x.Args[0], sc, cl, depth+1)
			}
		default:
			if id, ok := x.Fun.(*ast.Ident); ok && id.Name == "append" && builder.Named(c.TypesInfo.TypeOf(x)) != "" {
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
		name := builder.Named(c.TypesInfo.TypeOf(x))
		list := obj != nil && c.conditions(obj.Type())
		if obj == nil || name == "" && !list {
			return
		}
		if !maps[name] && name != "And" && name != "Or" && name != "Sqlizer" && !list {
			c.nested([]ast.Expr{e}, sc)
			return
		}
		for _, a := range c.flow.Assignments(obj) {
			if a.Element && maps[name] {
				c.name(a.Index, sc, cl)
				if a.Expr != nil {
					c.nested([]ast.Expr{a.Expr}, sc)
				}
			} else if a.Expr != nil && !a.Key && !a.Element && a.Result == 0 {
				c.descend(a.Expr, sc, cl, depth+1)
			}
		}
	}
}

// name checks what can only be a name, such as the key of an Eq.
func (c *checker) name(e ast.Expr, sc *scope, cl clause) {
	list, _ := c.flow.Constants(e, sc.bound)
	for _, t := range list {
		c.refused(t.At, sc, key(cl), t.Text)
	}
}

// conditions reports whether a type is a list of conditions.
func (c *checker) conditions(t types.Type) bool {
	s, ok := t.Underlying().(*types.Slice)
	return ok && builder.Named(s.Elem()) != ""
}

// result returns the condition that a function of this package returns. It is nil
// for any other function, or one with several returns, of which only one may be for
// this statement.
func (c *checker) result(call *ast.CallExpr) ast.Expr {
	if lit, ok := ast.Unparen(call.Fun).(*ast.FuncLit); ok && len(call.Args) == 0 {
		return c.returned(lit.Body)
	}
	fn, ok := typeutil.Callee(c.TypesInfo, call).(*types.Func)
	if !ok || fn.Signature().Results().Len() != 1 {
		return nil
	}
	t := fn.Signature().Results().At(0).Type()
	name := builder.Named(t)
	if _, plain := t.(*types.Map); !plain && !maps[name] && name != "And" && name != "Or" && name != "Sqlizer" {
		return nil
	}
	decl := c.flow.Body(fn.Origin())
	if decl == nil || decl.Body == nil {
		return nil
	}
	return c.returned(decl.Body)
}

// returned returns what a function returns if it does so in one place, or nil.
func (c *checker) returned(body *ast.BlockStmt) ast.Expr {
	var results []ast.Expr
	ast.Inspect(body, func(n ast.Node) bool {
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

// key returns a clause for a name: its place in the statement, where only a name
// can stand.
func key(cl clause) clause {
	if cl == inResult || cl == inOrder || cl == inGroup {
		return inWhere
	}
	return cl
}

// cases checks the texts of a CASE, from its end to its beginning.
func (c *checker) cases(call *ast.CallExpr, sc *scope, depth int) {
	for _, a := range call.Args {
		c.descend(a, sc, inResult, depth)
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return
	}
	switch x := ast.Unparen(sel.X).(type) {
	case *ast.CallExpr:
		c.descend(x, sc, inResult, depth)
	case *ast.Ident:
		if builder.Named(c.TypesInfo.TypeOf(x)) == "CaseBuilder" {
			for _, a := range c.flow.Assignments(c.flow.Object(x)) {
				if call, ok := a.Expr.(*ast.CallExpr); ok {
					c.descend(call, sc, inResult, depth+1)
				}
			}
		}
	}
}

// nested checks squirrel's statements and the expressions that are arguments of an
// expression.
func (c *checker) nested(args []ast.Expr, sc *scope) {
	for _, a := range args {
		a = ast.Unparen(a)
		if sub := c.chains.Read(a, sc.bound); sub != nil {
			c.statement(sub, sc)
			continue
		}
		if call, ok := a.(*ast.CallExpr); ok {
			switch c.chains.Callee(call) {
			case "Expr", "Case", "CaseBuilder.When", "CaseBuilder.Else":
				c.descend(call, sc, clause{" WHERE (", ")", true}, 1)
			}
		}
	}
}
