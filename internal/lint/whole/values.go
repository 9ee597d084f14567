package whole

import (
	"go/ast"
	"go/types"
	"iter"
	"strings"
)

// ValueName is the name of the functions that are values of a type: their parameters and
// results, and after a bar the type's own name if it has one. It is "" of a type that is not
// a function's.
func ValueName(t types.Type) string {
	sig, ok := t.Underlying().(*types.Signature)
	if !ok {
		return ""
	}
	own := ""
	if n, ok := types.Unalias(t).(*types.Named); ok {
		own = types.TypeString(n, nil)
	}
	return SignatureName(sig) + "|" + own
}

// SignatureName is the part of a ValueName that all types of the same functions have.
func SignatureName(sig *types.Signature) string { return "func" + inAndOut(sig) }

// SameValues reports whether a function that becomes a value of one type may be called as one
// of another: unless both types have names of their own, and different ones.
func SameValues(a, b string) bool {
	x, of, _ := strings.Cut(a, "|")
	y, as, _ := strings.Cut(b, "|")
	return x == y && (of == as || of == "" || as == "")
}

// valuesIn yields the names of the functions that a package has as values, but for those that
// have nothing for a parameter.
func valuesIn(info *types.Info) iter.Seq[string] {
	return func(yield func(string) bool) {
		called, done := map[ast.Expr]bool{}, map[types.Type]bool{}
		for e := range info.Types {
			if call, ok := e.(*ast.CallExpr); ok {
				if fn := info.Types[call.Fun]; !fn.IsValue() || static(info, call) {
					called[call.Fun] = true
				}
			}
		}
		for e, tv := range info.Types {
			if called[e] || !tv.IsValue() || done[tv.Type] {
				continue
			}
			if sig, ok := tv.Type.Underlying().(*types.Signature); ok && sig.Params().Len() > 0 {
				done[tv.Type] = true
				if !yield(SignatureName(sig)) {
					return
				}
			}
		}
	}
}

// static reports whether a call names the function.
func static(info *types.Info, call *ast.CallExpr) bool {
	switch f := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		_, ok := info.Uses[f].(*types.Func)
		return ok
	case *ast.SelectorExpr:
		_, ok := info.Uses[f.Sel].(*types.Func)
		return ok
	case *ast.FuncLit:
		return true
	}
	return false
}
