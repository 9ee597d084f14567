package builder

import (
	"go/ast"
	"go/types"
	"maps"
	"slices"

	"github.com/dreysql/drey/internal/lint/dataflow"
)

// A statement may depend on what its function is called with: the builder that it
// goes on from, a table, a condition, or the receiver that has the table. Its
// instances are what it is in the calls of this package.
const (
	mostInstances    = 64 // of one statement
	deepestInstances = 3  // functions that call one another
)

// instances returns the statements that an expression is in the calls of its
// function, or nil if it is always the same.
func (c *Chains) instances(e ast.Expr, s *Statement) (list []*Statement) {
	seen := map[*ast.FuncDecl]bool{}
	var from func(at ast.Node, bound dataflow.Bound, callers []*ast.CallExpr)
	from = func(at ast.Node, bound dataflow.Bound, callers []*ast.CallExpr) {
		decl := c.around(at)
		if decl == nil || seen[decl] || len(seen) >= deepestInstances {
			return
		}
		fn, ok := c.info.Defs[decl.Name].(*types.Func)
		if !ok {
			return
		}
		seen[decl] = true
		defer delete(seen, decl)
		for _, call := range c.Flow.Calls(fn) {
			if len(list) >= mostInstances {
				return
			}
			own := maps.Clone(bound)
			maps.Copy(own, c.Flow.Arguments(fn, call))
			callers := append(slices.Clip(callers), call)
			if instance := c.bound(e, own); instance != nil && instance.Named && c.settled(instance) {
				instance.File, instance.Callers = s.File, callers
				list = append(list, instance)
			} else {
				from(call, own, callers)
			}
		}
	}
	if c.depends(e, s) {
		from(e, dataflow.Bound{}, nil)
	}
	return list
}

// around returns the declaration of the function around a node.
func (c *Chains) around(n ast.Node) *ast.FuncDecl {
	for ; n != nil; n = c.parents[n] {
		if decl, ok := n.(*ast.FuncDecl); ok {
			return decl
		}
	}
	return nil
}

// settled reports whether the sources of a statement are constant.
func (c *Chains) settled(s *Statement) bool {
	b := c.builder()
	list, ok := b.sources(s.Calls)
	return ok && len(list) > 0
}

// depends reports whether a statement depends on the parameters or the receiver of
// its function.
func (c *Chains) depends(e ast.Expr, s *Statement) bool {
	decl := c.around(e)
	if decl == nil {
		return false
	}
	if !s.Named || !c.settled(s) {
		return true
	}
	found := false
	for _, call := range s.Calls {
		for _, a := range call.Args {
			ast.Inspect(a, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok && !found {
					fn, param := c.Flow.Param(c.info.Uses[id])
					found = param && fn == c.info.Defs[decl.Name] && namesOf(c.info.TypeOf(id))
				}
				return !found
			})
		}
	}
	return found
}

// namesOf reports whether a value of a type may have names of a statement: a text, a
// condition, or several of these.
func namesOf(t types.Type) bool {
	if t == nil {
		return false
	}
	if Named(t) != "" {
		return true
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Info()&types.IsString != 0
	case *types.Slice:
		return namesOf(u.Elem())
	case *types.Map:
		return namesOf(u.Key())
	}
	return false
}
