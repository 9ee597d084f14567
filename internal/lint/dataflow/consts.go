package dataflow

import (
	"go/ast"
	"go/constant"
	"go/types"
)

// most is the largest number of values of one expression that are listed.
const most = 32

// Constant is a constant string, and the expression that holds it: the literal, if
// it is one.
type Constant struct {
	Text string
	At   ast.Expr
}

// Bound maps the parameters of functions to their arguments in one call.
type Bound map[types.Object]ast.Expr

// Text returns the only value that a string expression can have.
func (v *Values) Text(e ast.Expr) (string, bool) {
	list, ok := v.Texts(e)
	if !ok || len(list) != 1 {
		return "", false
	}
	return list[0], true
}

// Texts lists the values that a string expression can have, or says that they
// are not known.
func (v *Values) Texts(e ast.Expr) ([]string, bool) {
	v.read()
	r := reader{Values: v, open: map[types.Object]bool{}}
	list, ok := r.texts(e)
	return texts(list), ok && len(list) > 0 && len(list) <= most
}

// Occurring lists the values of a string expression if each of them occurs. If
// several parts have several values each, some of their combinations may not occur.
func (v *Values) Occurring(e ast.Expr) ([]string, bool) {
	list, ok := v.Texts(e)
	if !ok || len(list) > 1 && v.combined(e, map[types.Object]bool{}) {
		return nil, false
	}
	return list, true
}

func (v *Values) combined(e ast.Expr, open map[types.Object]bool) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.BinaryExpr:
		left, _ := v.Texts(e.X)
		right, _ := v.Texts(e.Y)
		return len(left) > 1 && len(right) > 1 || v.combined(e.X, open) || v.combined(e.Y, open)
	case *ast.Ident:
		obj := v.Object(e)
		if obj == nil || open[obj] {
			return false
		}
		open[obj] = true
		for _, a := range v.assigned[obj] {
			if a.Expr != nil && !a.Each && v.combined(a.Expr, open) {
				return true
			}
		}
	}
	return false
}

// List returns the elements of a slice whose length is known: a literal, or a
// variable whose only value is a literal.
func (v *Values) List(e ast.Expr) ([]ast.Expr, bool) {
	v.read()
	if obj := v.Object(e); Local(obj) {
		var whole []Assignment
		for _, a := range v.assigned[obj] {
			if !a.Element {
				whole = append(whole, a)
			}
		}
		if len(whole) != 1 || whole[0].Expr == nil || whole[0].Append || whole[0].Each || whole[0].Result > 0 {
			return nil, false
		}
		e = whole[0].Expr
	}
	lit, ok := ast.Unparen(e).(*ast.CompositeLit)
	if !ok {
		return nil, false
	}
	if _, slice := v.Info.TypeOf(lit).Underlying().(*types.Slice); !slice {
		return nil, false
	}
	for _, x := range lit.Elts {
		if _, keyed := x.(*ast.KeyValueExpr); keyed {
			return nil, false
		}
	}
	return lit.Elts, true
}

// Elements lists the constant strings of a slice, in their order.
func (v *Values) Elements(e ast.Expr) ([]string, bool) {
	v.read()
	r := reader{Values: v, open: map[types.Object]bool{}}
	list, ok := r.elements(e)
	return texts(list), ok && !r.loose && !r.mixed
}

// Constants lists the values that a string expression has at its place, with the
// parameters bound. All of them occur there: if one may belong to another value of
// a struct, or to another caller, they are not known.
func (v *Values) Constants(e ast.Expr, bound Bound) ([]Constant, bool) {
	v.read()
	r := reader{Values: v, open: map[types.Object]bool{}, bound: bound}
	list, ok := r.texts(e)
	if !ok || r.mixed || len(list) == 0 || len(list) > most {
		return nil, false
	}
	return list, true
}

// Members lists the constant strings that a slice can have. They are not all if
// ok is false.
func (v *Values) Members(e ast.Expr, bound Bound) (list []Constant, ok bool) {
	v.read()
	r := reader{Values: v, open: map[types.Object]bool{}, bound: bound}
	list, ok = r.elements(e)
	if r.mixed {
		return nil, false
	}
	return list, ok
}

func texts(list []Constant) (texts []string) {
	for _, c := range list {
		texts = append(texts, c.Text)
	}
	return texts
}

// text returns the constant string of an expression.
func (v *Values) text(e ast.Expr) (string, bool) {
	tv, ok := v.Info.Types[e]
	if !ok || tv.Value == nil || tv.Value.Kind() != constant.String {
		return "", false
	}
	return constant.StringVal(tv.Value), true
}

// Keys lists the keys of a map that are visible: in a literal, or put into a
// variable of this package. There may be others.
func (v *Values) Keys(e ast.Expr) []ast.Expr {
	v.read()
	return v.keys(e, map[types.Object]bool{})
}

func (v *Values) keys(e ast.Expr, open map[types.Object]bool) (list []ast.Expr) {
	switch e := ast.Unparen(e).(type) {
	case *ast.CompositeLit:
		for _, x := range e.Elts {
			if kv, ok := x.(*ast.KeyValueExpr); ok {
				list = append(list, kv.Key)
			}
		}
	case *ast.Ident:
		obj := v.Object(e)
		if obj == nil || open[obj] {
			return nil
		}
		open[obj] = true
		for _, a := range v.assigned[obj] {
			if a.Element {
				list = append(list, a.Index)
			} else if a.Expr != nil && !a.Each && a.Result == 0 {
				list = append(list, v.keys(a.Expr, open)...)
			}
		}
	case *ast.CallExpr:
		if v.Info.Types[e.Fun].IsType() && len(e.Args) == 1 {
			return v.keys(e.Args[0], open)
		}
	}
	return list
}
