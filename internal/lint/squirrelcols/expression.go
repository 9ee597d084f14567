package squirrelcols

import (
	"go/ast"
	"go/types"
	"maps"
	"slices"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/dreysql/drey/internal/lint/builder"
	"github.com/dreysql/drey/internal/lint/dataflow"
	"github.com/dreysql/drey/internal/lint/fragment"
	"github.com/dreysql/drey/internal/lint/policy"
)

// predicate checks the condition of a Where or Having.
func (c *checker) predicate(call builder.Call, sc *scope, cl clause) {
	c.expression(first(call), sc, cl)
	c.nested(rest(call), sc)
}

// keyed are the types whose keys are names.
var keyed = map[string]bool{
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
		c.alternatives(list, sc, cl)
		return
	}
	if c.partly(e, sc, cl) {
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
			case ok && (keyed[name] || plain):
				c.name(kv.Key, sc, cl)
				c.nested([]ast.Expr{kv.Value}, sc)
			case !ok && (name == "And" || name == "Or" || t == nil || c.conditions(t)):
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
			if results := c.results(x); results != nil {
				c.inside(x, sc, func() {
					// One of several results may be for another statement, except for what it
					// is given by this one.
					if len(results) > 1 && sc.inCall == nil {
						sc.inCall = x
						defer func() { sc.inCall = nil }()
					}
					for _, result := range results {
						c.descend(result, sc, cl, depth+1)
					}
				})
				return
			}
			c.nested([]ast.Expr{e}, sc)
		}
	case *ast.Ident:
		obj := c.flow.Object(x)
		if arg := sc.bound[obj]; obj != nil && arg != nil {
			c.descend(arg, sc, cl, depth+1)
			return
		}
		name := builder.Named(c.TypesInfo.TypeOf(x))
		list := obj != nil && c.conditions(obj.Type())
		if obj == nil || name == "" && !list {
			return
		}
		if !keyed[name] && name != "And" && name != "Or" && name != "Sqlizer" && !list {
			c.nested([]ast.Expr{e}, sc)
			return
		}
		for _, a := range c.flow.Assignments(obj) {
			if a.Element && keyed[name] {
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

// alternatives checks the texts that an expression can have. Some of those that depend
// on the arguments of a call may not occur there, so all of them have to be refused.
func (c *checker) alternatives(list []dataflow.Constant, sc *scope, cl clause) {
	if len(list) > 1 && len(sc.bound) > 0 {
		for _, t := range list {
			if c.ask(sc.probe(cl, t.Text)) == nil {
				return
			}
		}
	}
	for _, t := range list {
		if t.Text != "" {
			c.refused(t.At, sc, cl, t.Text)
		}
	}
}

// partly checks a text of which parts are constant. It returns false for anything
// but a text.
func (c *checker) partly(e ast.Expr, sc *scope, cl clause) bool {
	if b, ok := c.TypesInfo.TypeOf(e).(*types.Basic); !ok || b.Info()&types.IsString == 0 {
		return false
	}
	before := "SELECT "
	if cl != inResult {
		before += "1 FROM t" + cl.before
	}
	t, ok := fragment.Read(c.flow, e, sc.bound, before)
	if !ok {
		return true
	}
	own := *sc
	own.text, own.closed = t.SQL, sc.closed && !t.Open
	err := c.ask(own.probe(cl, t.SQL))
	var at ast.Node = e
	if err != nil {
		if x := t.Naming(policy.Named(err.Msg)); x != nil {
			at = x
		}
		if slices.ContainsFunc(t.Constants(), func(x ast.Expr) bool { return c.unsure(x, sc) }) {
			return true
		}
	}
	c.judge(at, &own, cl, err)
	return true
}

// name checks what can only be a name, such as the key of an Eq.
func (c *checker) name(e ast.Expr, sc *scope, cl clause) {
	list, _ := c.flow.Constants(e, sc.bound)
	c.alternatives(list, sc, key(cl))
}

// conditions reports whether a type is a list of conditions.
func (c *checker) conditions(t types.Type) bool {
	s, ok := t.Underlying().(*types.Slice)
	return ok && builder.Named(s.Elem()) != ""
}

// inside calls f with the parameters of a function bound to the arguments of a call.
func (c *checker) inside(call *ast.CallExpr, sc *scope, f func()) {
	before := sc.bound
	defer func() { sc.bound = before }()
	if fn, ok := typeutil.Callee(c.TypesInfo, call).(*types.Func); ok {
		sc.bound = maps.Clone(before)
		if sc.bound == nil {
			sc.bound = dataflow.Bound{}
		}
		maps.Copy(sc.bound, c.flow.Arguments(fn.Origin(), call))
	}
	f()
}

// result returns the only condition that a function of this package returns, or nil.
func (c *checker) result(call *ast.CallExpr) ast.Expr {
	if results := c.results(call); len(results) == 1 {
		return results[0]
	}
	return nil
}

// results returns the conditions that a function of this package returns, one of
// which is the result of a call.
func (c *checker) results(call *ast.CallExpr) []ast.Expr {
	if lit, ok := ast.Unparen(call.Fun).(*ast.FuncLit); ok && len(call.Args) == 0 {
		return dataflow.Returned(lit.Body)
	}
	fn, ok := typeutil.Callee(c.TypesInfo, call).(*types.Func)
	if !ok || fn.Signature().Results().Len() != 1 {
		return nil
	}
	t := fn.Signature().Results().At(0).Type()
	name := builder.Named(t)
	if _, plain := t.(*types.Map); !plain && !keyed[name] && name != "And" && name != "Or" && name != "Sqlizer" {
		return nil
	}
	decl := c.flow.Body(fn.Origin())
	if decl == nil || decl.Body == nil {
		return nil
	}
	return dataflow.Returned(decl.Body)
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
