package sqlc

import "go/ast"

// calls returns the calls in a node, the outer ones first.
func calls(n ast.Node) (list []*ast.CallExpr) {
	ast.Inspect(n, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			list = append(list, call)
		}
		return true
	})
	return list
}

func called(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

// appended reports whether the call is append(queryParams, …).
func appended(call *ast.CallExpr) bool {
	return called(call) == "append" && len(call.Args) > 1 && isIdent(call.Args[0], "queryParams")
}

func isIdent(x ast.Expr, name string) bool {
	id, ok := x.(*ast.Ident)
	return ok && id.Name == name
}
