package dataflow

import (
	"cmp"
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/types/typeutil"
)

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

// Writes lists the calls that write to a local builder, in the order of the code. They are
// not all if ok is false.
func (v *Values) Writes(obj types.Object) (list []*ast.CallExpr, ok bool) {
	v.read()
	if !Local(obj) || !isBuilder(obj.Type()) || len(v.writes[obj]) == 0 {
		return nil, false
	}
	for _, a := range v.assigned[obj] {
		if !a.Zero {
			return nil, false
		}
	}
	for _, call := range v.methods[obj] {
		if fn, isFunc := typeutil.Callee(v.Info, call).(*types.Func); !isFunc || slices.Contains([]string{"Reset", "ReadFrom", "Truncate", "WriteTo"}, fn.Name()) {
			return nil, false
		}
	}
	for _, fn := range v.handed[obj] {
		if fn == nil || !strings.HasPrefix(fn.FullName(), "fmt.Fprint") {
			return nil, false
		}
	}
	list = slices.Clone(v.writes[obj])
	slices.SortFunc(list, func(a, b *ast.CallExpr) int { return cmp.Compare(a.Pos(), b.Pos()) })
	return list, true
}

// wrote are the arguments of a call that are written to a builder.
func (v *Values) wrote(call *ast.CallExpr) []ast.Expr {
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
		if obj := v.Object(sel.X); obj != nil && isBuilder(obj.Type()) {
			return call.Args
		}
	}
	return call.Args[1:]
}

// Calls returns the calls of a function in this package.
func (v *Values) Calls(fn types.Object) []*ast.CallExpr {
	v.read()
	return v.calls[fn]
}

// callersKnown reports whether a function is called, and only in this package.
func (v *Values) callersKnown(fn types.Object) bool {
	if len(v.calls[fn]) == 0 || v.values[fn] {
		return false
	}
	if _, closure := fn.(*types.Var); closure {
		return fn.Name() == "" || len(v.assigned[fn]) == 1
	}
	return !fn.Exported()
}
