package infer

import "github.com/dreysql/drey/internal/syntax"

// rejects returns columns that are not NULL in any row for which the condition
// is true.
func rejects(x syntax.Expr, s *scope) []ref {
	switch x := x.(type) {
	case *syntax.Binary:
		switch x.Op {
		case "AND":
			return append(rejects(x.L, s), rejects(x.R, s)...)
		case "OR":
			return common(rejects(x.L, s), rejects(x.R, s))
		case "IS", "IS NOT DISTINCT FROM":
			return append(isRejects(x.L, x.R, s), isRejects(x.R, x.L, s)...)
		}
	case *syntax.NullTest:
		if x.Not {
			return needs(x.X, s)
		}
		return nil
	case *syntax.Unary:
		if x.Op == "NOT" {
			if n, ok := x.X.(*syntax.NullTest); ok && !n.Not {
				return needs(n.X, s)
			}
		}
	case *syntax.In:
		if !x.Not {
			return needs(x.X, s) // false or NULL
		}
	}
	return needs(x, s)
}

// isRejects handles "x IS literal", which is true of no NULL unless the
// literal is one.
func isRejects(x, other syntax.Expr, s *scope) []ref {
	if l, ok := other.(*syntax.Literal); ok && l.Kind != syntax.NullLiteral {
		return needs(x, s)
	}
	return nil
}

// needs returns columns such that the expression is NULL where one of them is.
func needs(x syntax.Expr, s *scope) []ref {
	var refs []ref
	switch x := x.(type) {
	case *syntax.Column:
		if r, _, ok := s.own(x); ok {
			return []ref{r}
		}
	case *syntax.Unary:
		return needs(x.X, s)
	case *syntax.Collate:
		return needs(x.X, s)
	case *syntax.Cast:
		return needs(x.X, s)
	case *syntax.Binary:
		if strictOperator(x.Op) {
			return append(needs(x.L, s), needs(x.R, s)...)
		}
	case *syntax.Like:
		return append(needs(x.X, s), needs(x.Pattern, s)...)
	case *syntax.Between:
		// "x NOT BETWEEN lo AND hi" can be true with one bound NULL.
		return needs(x.X, s)
	case *syntax.In:
		if len(x.List) > 0 { // NULL IN () is false, and so may be NULL IN (SELECT …)
			return needs(x.X, s)
		}
	case *syntax.Call:
		if f, ok := functions[fold(x.Name)]; ok && f.null == strictNull && x.Over == nil {
			for _, arg := range x.Args {
				refs = append(refs, needs(arg, s)...)
			}
		}
	}
	return refs
}

// strictOperator reports whether the operator gives NULL where an operand is
// NULL.
func strictOperator(op string) bool {
	switch op {
	case "AND", "OR", "IS", "IS NOT", "IS DISTINCT FROM", "IS NOT DISTINCT FROM", "->", "->>":
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
