package infer

import (
	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// rejects returns columns that are not NULL in any row for which the condition
// is true.
func rejects(x ast.Expr, s *scope) []ref {
	switch x := x.(type) {
	case *ast.BinaryExpr:
		switch x.Op {
		case ast.OpAnd:
			return append(rejects(x.X, s), rejects(x.Y, s)...)
		case ast.OpOr:
			return common(rejects(x.X, s), rejects(x.Y, s))
		}
	case *ast.IsExpr:
		if syntax.Same(x) {
			return append(isRejects(x.X, x.Y, s), isRejects(x.Y, x.X, s)...)
		}
	case *ast.NullCheckExpr:
		if x.Test == ast.TestNotNull {
			return needs(x.X, s)
		}
		return nil
	case *ast.UnaryExpr:
		if x.Op == ast.OpNot {
			if n, ok := x.X.(*ast.NullCheckExpr); ok && n.Test == ast.TestIsNull {
				return needs(n.X, s)
			}
		}
	case *ast.InExpr:
		if !x.Not {
			return needs(x.X, s) // false or NULL
		}
	case *ast.LikeExpr:
		if !x.Not {
			return append(needs(x.X, s), needs(x.Y, s)...) // false or NULL
		}
	}
	return needs(x, s)
}

// blobless reports whether an expression is never a blob: it is a literal, or
// calculated.
func blobless(x ast.Expr) bool {
	switch x := x.(type) {
	case *ast.Literal:
		return x.Kind != ast.LitBlob
	case *ast.BinaryExpr:
		return x.Op != ast.OpPtr2
	}
	return false
}

// isRejects handles "x IS literal", which is never true for NULL unless the literal
// is NULL.
func isRejects(x, other ast.Expr, s *scope) []ref {
	if l, ok := other.(*ast.Literal); ok && l.Kind != ast.LitNull {
		return needs(x, s)
	}
	if c, ok := syntax.ColumnOf(other); ok {
		_, isBool := c.Bool()
		if _, isColumn := s.resolve(c); isBool && !isColumn {
			return needs(x, s)
		}
	}
	return nil
}

// needs returns columns such that the expression is NULL if one of them is.
func needs(x ast.Expr, s *scope) []ref {
	var refs []ref
	switch x := x.(type) {
	case *ast.QualifiedRef:
		c, _ := syntax.ColumnOf(x)
		if r, _, ok := s.own(c); ok {
			return []ref{r}
		}
	case *ast.UnaryExpr:
		return needs(x.X, s)
	case *ast.CollateExpr:
		return needs(x.X, s)
	case *ast.CastExpr:
		return needs(x.X, s)
	case *ast.BinaryExpr:
		if strictOperator(x.Op) {
			return append(needs(x.X, s), needs(x.Y, s)...)
		}
	case *ast.LikeExpr:
		if !blobless(x.Y) { // for a blob it is false, also if the other side is NULL
			return nil
		}
		return needs(x.X, s)
	case *ast.BetweenExpr:
		// "x NOT BETWEEN lo AND hi" can be true with one bound NULL.
		return needs(x.X, s)
	case *ast.InExpr:
		if len(x.List) > 0 { // NULL IN () is false, and so may be NULL IN (SELECT …)
			return needs(x.X, s)
		}
	case *ast.FuncCall:
		if f, ok := functions[fold(x.Name.Name)]; ok && f.null == strictNull && x.Over == nil {
			for _, arg := range x.Args {
				refs = append(refs, needs(arg, s)...)
			}
		}
	}
	return refs
}

// strictOperator reports whether the operator returns NULL if an operand is NULL.
func strictOperator(op ast.Operator) bool {
	switch op {
	case ast.OpAnd, ast.OpOr, ast.OpPtr, ast.OpPtr2:
		return false
	}
	return true
}

func common(a, b []ref) []ref {
	var both []ref
	for _, x := range a {
		for _, y := range b {
			if x == y {
				both = append(both, x)
			}
		}
	}
	return both
}
