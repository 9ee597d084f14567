package flow

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/types/typeutil"
)

// composing are functions that put a text together of others.
var composing = map[string]bool{
	"fmt.Sprint": true, "fmt.Sprintf": true, "fmt.Sprintln": true,
	"strings.Join": true, "strings.Replace": true, "strings.ReplaceAll": true,
}

// Built reports whether a text is put together of parts, by +, += or a function,
// and something that is not trusted gets into it. A text that only comes from
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
	case *ast.CallExpr:
		if tv := v.Info.Types[e.Fun]; tv.IsType() {
			return len(e.Args) == 1 && v.built(e.Args[0], open)
		}
		fn, ok := typeutil.Callee(v.Info, e).(*types.Func)
		if !ok {
			return false
		}
		fn = fn.Origin()
		if fn.Name() == "String" {
			if sel, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr); ok {
				obj := v.Object(sel.X)
				return obj != nil && isBuilder(obj.Type()) && !v.Trusted(e)
			}
		}
		if composing[fn.FullName()] {
			return !v.Trusted(e)
		}
		if passing[fn.FullName()] {
			return len(e.Args) > 0 && v.built(e.Args[0], open)
		}
		decl := v.bodies[fn]
		if decl == nil || decl.Body == nil || open[fn] {
			return false
		}
		open[fn] = true
		found := false
		ast.Inspect(decl.Body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				return false
			case *ast.ReturnStmt:
				found = found || len(n.Results) > 0 && v.built(n.Results[0], open)
			}
			return !found
		})
		return found
	}
	return false
}

// Comes reports whether every value of an expression is the first result of a
// function of a kind.
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
			fn, ok := p.fn.(*types.Func)
			if !ok || fn.Exported() || v.values[fn] || len(v.calls[fn]) == 0 || len(v.assigned[obj]) > 0 {
				return false
			}
			for _, call := range v.calls[fn] {
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

// Param reports whether a variable is a parameter that nothing else is assigned
// to, and of which function.
func (v *Values) Param(obj types.Object) (fn types.Object, ok bool) {
	v.read()
	p, ok := v.params[obj]
	return p.fn, ok && len(v.assigned[obj]) == 0
}
