package builder

import (
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/dreysql/drey/internal/lint/dataflow"
)

// kept reports whether a statement gets no source, and does not become a part of
// another one, wherever an expression is handed on to in this package.
func (c *Chains) kept(e ast.Expr) bool {
	for {
		switch p := c.parents[e].(type) {
		case *ast.ParenExpr:
			e = p
		case *ast.SelectorExpr:
			call, ok := c.parents[p].(*ast.CallExpr)
			if !ok || call.Fun != p {
				return false
			}
			name := p.Sel.Name
			switch {
			case ends[name] != "":
				return true
			case c.step(call) == "" || slices.Contains(sourcing, name):
				return false
			}
			e = call
		case *ast.CallExpr:
			return c.takes(p, slices.Index(p.Args, e))
		case *ast.AssignStmt:
			i := slices.Index(p.Rhs, e)
			return i < 0 || i < len(p.Lhs) && len(p.Lhs) == len(p.Rhs) && c.holds(p.Lhs[i])
		case *ast.ValueSpec:
			i := slices.Index(p.Values, e)
			return i >= 0 && i < len(p.Names) && c.keeps(c.Flow.Object(p.Names[i]))
		case *ast.KeyValueExpr:
			key, ok := p.Key.(*ast.Ident)
			return ok && p.Value == e && Named(c.literal(p)) == "" && c.keeps(c.info.Uses[key])
		case *ast.BinaryExpr:
			return true // it is compared with nil
		default:
			return false
		}
	}
}

// holds reports whether what is assigned to an expression is kept.
func (c *Chains) holds(left ast.Expr) bool {
	if id, ok := left.(*ast.Ident); ok && id.Name == "_" {
		return true
	}
	return c.keeps(c.Flow.Object(left))
}

// takes reports whether a function keeps an argument.
func (c *Chains) takes(call *ast.CallExpr, arg int) bool {
	if fn := c.callee(call); fn != nil {
		return runs[fn.Name()]
	}
	fn, ok := typeutil.Callee(c.info, call).(*types.Func)
	if !ok || arg < 0 {
		return false
	}
	params := fn.Origin().Signature().Params()
	if arg >= params.Len() || fn.Signature().Variadic() && arg >= params.Len()-1 {
		return false
	}
	if decl := c.Flow.Body(fn.Origin()); decl == nil || decl.Body == nil {
		return false
	}
	return c.keeps(params.At(arg))
}

// keeps reports whether a variable or a field, to which no other package assigns,
// keeps the statements that it holds.
func (c *Chains) keeps(obj types.Object) bool {
	v, ok := obj.(*types.Var)
	if !ok || !dataflow.Local(obj) && !c.Flow.Private(obj) {
		return false
	}
	if known, ok := c.keeping[v]; ok {
		return known
	}
	if c.uses == nil {
		c.uses = map[types.Object][]*ast.Ident{}
		for id, obj := range c.info.Uses {
			if t := obj.Type(); t != nil && (Named(t) != "" || types.IsInterface(t)) {
				c.uses[obj] = append(c.uses[obj], id)
			}
		}
	}
	c.keeping[v] = true // while it is being read
	for _, id := range c.uses[v] {
		var e ast.Expr = id
		if sel, ok := c.parents[id].(*ast.SelectorExpr); ok && sel.Sel == id {
			e = sel
		}
		if kv, ok := c.parents[e].(*ast.KeyValueExpr); ok && kv.Key == e {
			continue
		}
		if !c.kept(e) {
			c.keeping[v] = false
			return false
		}
	}
	return true
}
