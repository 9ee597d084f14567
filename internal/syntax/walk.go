package syntax

// Children returns the expressions directly below x, without those inside its
// subqueries.
func Children(x Expr) []Expr {
	switch x := x.(type) {
	case *Unary:
		return []Expr{x.X}
	case *Binary:
		return []Expr{x.L, x.R}
	case *Like:
		return some(x.X, x.Pattern, x.Escape)
	case *NullTest:
		return []Expr{x.X}
	case *Between:
		return []Expr{x.X, x.Lo, x.Hi}
	case *In:
		list := append([]Expr{x.X}, x.List...)
		if x.Table != nil {
			list = append(list, x.Table.Args...)
		}
		return list
	case *Row:
		return x.Items
	case *Case:
		list := some(x.Operand)
		for _, w := range x.Whens {
			list = append(list, w.Cond, w.Result)
		}
		return append(list, some(x.Else)...)
	case *Cast:
		return []Expr{x.X}
	case *Collate:
		return []Expr{x.X}
	case *Call:
		list := append(append([]Expr{}, x.Args...), x.OrderBy...)
		list = append(list, some(x.Filter)...)
		if x.Over != nil {
			list = append(list, x.Over.Exprs()...)
		}
		return list
	}
	return nil
}

// Subselect returns the select directly inside x, or nil.
func Subselect(x Expr) *Select {
	switch x := x.(type) {
	case *Subquery:
		return x.Select
	case *Exists:
		return x.Select
	case *In:
		return x.Select
	}
	return nil
}

// Exprs returns the expressions of a window.
func (w *Window) Exprs() []Expr {
	list := append(append([]Expr{}, w.Partition...), w.OrderBy...)
	return append(list, w.Frame...)
}

// Walk calls f for x and every expression below it, but does not enter
// subqueries. It does not go below an expression for which f returns false.
func Walk(x Expr, f func(Expr) bool) {
	if x == nil || !f(x) {
		return
	}
	for _, c := range Children(x) {
		Walk(c, f)
	}
}

func some(list ...Expr) []Expr {
	var present []Expr
	for _, x := range list {
		if x != nil {
			present = append(present, x)
		}
	}
	return present
}
