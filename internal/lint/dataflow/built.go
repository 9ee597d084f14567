package dataflow

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/types/typeutil"
)

// composing lists the functions that make a text out of others.
var composing = map[string]bool{
	"fmt.Sprint": true, "fmt.Sprintf": true, "fmt.Sprintln": true,
	"fmt.Append": true, "fmt.Appendf": true, "fmt.Appendln": true,
	"strings.Join": true, "strings.Replace": true, "strings.ReplaceAll": true, "(*strings.Replacer).Replace": true,
}

// Built reports whether a text is put together from parts, by +, += or a function,
// and contains something that is not trusted. A text that only comes from
// elsewhere, such as a parameter, is not built.
func (v *Values) Built(e ast.Expr) bool {
	v.read()
	return v.built(e, map[types.Object]bool{}) && !v.Trusted(e)
}

func (v *Values) built(e ast.Expr, open map[types.Object]bool) bool {
	e = ast.Unparen(e)
	if _, constant := v.text(e); constant {
		return false
	}
	switch e := e.(type) {
	case *ast.BinaryExpr:
		return e.Op == token.ADD && !v.Trusted(e)
	case *ast.Ident, *ast.SelectorExpr:
		obj := v.Object(e)
		if obj == nil || open[obj] {
			return false
		}
		open[obj] = true
		for _, a := range v.assigned[obj] {
			if a.Append && !a.Element && !v.Trusted(a.Expr) || a.Expr != nil && v.built(a.Expr, open) {
				return true
			}
		}
	case *ast.IndexExpr:
		return v.built(e.X, open)
	case *ast.CompositeLit:
		return slices.ContainsFunc(e.Elts, func(x ast.Expr) bool {
			if kv, ok := x.(*ast.KeyValueExpr); ok {
				x = kv.Value
			}
			return v.built(x, open)
		})
	case *ast.CallExpr:
		return v.builtCall(e, open)
	}
	return false
}

func (v *Values) builtCall(e *ast.CallExpr, open map[types.Object]bool) bool {
	arg := func(x ast.Expr) bool { return v.built(x, open) }
	if tv := v.Info.Types[e.Fun]; tv.IsType() {
		return slices.ContainsFunc(e.Args, arg)
	}
	callee := typeutil.Callee(v.Info, e)
	if lit, ok := ast.Unparen(e.Fun).(*ast.FuncLit); ok {
		callee = v.closures[lit]
	}
	switch fn := callee.(type) {
	case nil:
		return false
	case *types.Builtin: // append to bytes puts together, append to a list does not
		return isTextual(v.Info.TypeOf(e)) && !v.Trusted(e) || slices.ContainsFunc(e.Args, arg)
	case *types.Func:
		fn = fn.Origin()
		callee = fn
		sel, _ := ast.Unparen(e.Fun).(*ast.SelectorExpr)
		if sel != nil && (fn.Name() == "String" || fn.Name() == "Bytes") {
			if obj := v.Object(sel.X); obj != nil && isBuilder(obj.Type()) {
				return !v.Trusted(e)
			}
		}
		if composing[fn.FullName()] {
			return !v.Trusted(e)
		}
		if passing[fn.FullName()] {
			return slices.ContainsFunc(e.Args, arg) || sel != nil && fn.Signature().Recv() != nil && arg(sel.X)
		}
	}
	_, body := v.source(callee)
	if body == nil || open[callee] {
		return false
	}
	open[callee] = true
	found := slices.ContainsFunc(e.Args, arg)
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			found = found || len(n.Results) > 0 && arg(n.Results[0])
		}
		return !found
	})
	return found
}

// Comes reports whether every value of an expression is the first result of a
// function of the given kind.
func (v *Values) Comes(e ast.Expr, from func(*types.Func) bool) bool {
	v.read()
	return v.comes(e, from, map[types.Object]bool{})
}

func (v *Values) comes(e ast.Expr, from func(*types.Func) bool, open map[types.Object]bool) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.CallExpr:
		fn, ok := typeutil.Callee(v.Info, e).(*types.Func)
		return ok && from(fn)
	case *ast.Ident:
		obj := v.Object(e)
		if obj == nil || open[obj] {
			return obj != nil
		}
		open[obj] = true
		if p, ok := v.params[obj]; ok {
			if !v.callersKnown(p.fn) || len(v.assigned[obj]) > 0 {
				return false
			}
			for _, call := range v.calls[p.fn] {
				if p.index >= len(call.Args) || !v.comes(call.Args[p.index], from, open) {
					return false
				}
			}
			return true
		}
		some := false
		for _, a := range v.assigned[obj] {
			switch {
			case a.Zero:
			case a.Expr == nil || a.Append || a.Each || a.Result > 1 || !v.comes(a.Expr, from, open):
				return false
			default:
				some = true
			}
		}
		return some
	}
	return false
}

// Param reports whether a variable is a parameter that nothing else is assigned to,
// and returns its function.
func (v *Values) Param(obj types.Object) (fn types.Object, ok bool) {
	v.read()
	p, ok := v.params[obj]
	return p.fn, ok && len(v.assigned[obj]) == 0
}

// Parameter returns the function that an expression is a parameter of, and the
// parameter's index. Nothing else is assigned to the parameter.
func (v *Values) Parameter(e ast.Expr) (*types.Func, int) {
	obj := v.Object(e)
	outer, ok := v.Param(obj)
	fn, isFunc := outer.(*types.Func)
	if !ok || !isFunc {
		return nil, 0
	}
	for i := range fn.Signature().Params().Len() {
		if fn.Signature().Params().At(i) == obj {
			return fn, i
		}
	}
	return nil, 0
}

// Calls returns the calls of a function in this package.
func (v *Values) Calls(fn types.Object) []*ast.CallExpr {
	v.read()
	return v.calls[fn]
}
