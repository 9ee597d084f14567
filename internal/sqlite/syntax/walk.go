package syntax

import "github.com/sqlc-dev/meyer/ast"

// Children returns the expressions directly below x, without those inside its
// subqueries.
func Children(x ast.Expr) []ast.Expr { return below(nil, x) }

func below(list []ast.Expr, n ast.Node) []ast.Expr {
	for _, c := range n.Children() {
		switch c := c.(type) {
		case *ast.SelectStmt, *ast.Ident:
		case ast.Expr:
			list = append(list, c)
		default:
			list = below(list, c)
		}
	}
	return list
}

// Subselect returns the select directly inside x, or nil.
func Subselect(x ast.Expr) *ast.SelectStmt {
	switch x := x.(type) {
	case *ast.SubqueryExpr:
		return x.Select
	case *ast.ExistsExpr:
		return x.Select
	case *ast.InExpr:
		return x.Select
	}
	return nil
}

// Walk calls f for x and every expression below it. Unlike [ast.Walk] it does not
// enter subqueries. It does not go below an expression for which f returns false.
func Walk(x ast.Expr, f func(ast.Expr) bool) {
	if x == nil || !f(x) {
		return
	}
	for _, c := range Children(x) {
		Walk(c, f)
	}
}
