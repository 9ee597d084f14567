package flow

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// most is how many values of one expression are listed.
const most = 32

// walk is one search through the values of variables.
type walk struct {
	open  map[types.Object]bool
	steps int
}

// Text is the only value that a string expression can have.
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
	list, ok := v.texts(e, &walk{open: map[types.Object]bool{}})
	if !ok || len(list) == 0 || len(list) > most {
		return nil, false
	}
	return list, true
}

// Occurring lists the values of a string expression if each of them occurs. Where
// several parts have several values each, not all of their combinations may.
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

// List has the elements of a slice whose number is known: a literal, or a variable
// that has nothing but one.
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

func (v *Values) texts(e ast.Expr, w *walk) ([]string, bool) {
	e = ast.Unparen(e)
	if w.steps++; w.steps > longest {
		return nil, false
	}
	if s, ok := v.text(e); ok {
		return []string{s}, true
	}
	switch e := e.(type) {
	case *ast.BinaryExpr:
		left, ok := v.texts(e.X, w)
		if e.Op != token.ADD || !ok {
			return nil, false
		}
		right, ok := v.texts(e.Y, w)
		if !ok || len(left)*len(right) > most {
			return nil, false
		}
		var list []string
		for _, l := range left {
			for _, r := range right {
				if len(l)+len(r) > longest*50 {
					return nil, false
				}
				list = append(list, l+r)
			}
		}
		return list, true
	case *ast.Ident, *ast.SelectorExpr:
		obj := v.Object(e)
		if obj == nil || w.open[obj] {
			return nil, false
		}
		if _, ok := v.params[obj]; ok {
			return nil, false
		}
		if !Local(obj) && obj.Exported() {
			return nil, false // another package may assign to it
		}
		w.open[obj] = true
		defer delete(w.open, obj)
		var list []string
		for _, a := range v.assigned[obj] {
			switch {
			case a.Zero:
			case a.Expr == nil || a.Append || a.Key || a.Result > 0:
				return nil, false
			case a.Each:
				values, ok := v.elements(a.Expr, w)
				if !ok {
					return nil, false
				}
				list = append(list, values...)
			default:
				values, ok := v.texts(a.Expr, w)
				if !ok {
					return nil, false
				}
				list = append(list, values...)
			}
		}
		slices.Sort(list)
		return slices.Compact(list), len(list) > 0 && len(list) <= most
	case *ast.CallExpr:
		if tv := v.Info.Types[e.Fun]; tv.IsType() && len(e.Args) == 1 {
			return v.texts(e.Args[0], w)
		}
	}
	return nil, false
}

// Elements lists the constant strings of a slice, in their order.
func (v *Values) Elements(e ast.Expr) ([]string, bool) {
	v.read()
	return v.elements(e, &walk{open: map[types.Object]bool{}})
}

func (v *Values) elements(e ast.Expr, w *walk) ([]string, bool) {
	switch e := ast.Unparen(e).(type) {
	case *ast.CompositeLit:
		var list []string
		for _, x := range e.Elts {
			if kv, ok := x.(*ast.KeyValueExpr); ok {
				x = kv.Value
			}
			s, ok := v.texts(x, w)
			if !ok || len(s) != 1 {
				return nil, false
			}
			list = append(list, s...)
		}
		return list, true
	case *ast.Ident:
		obj := v.Object(e)
		if obj == nil || w.open[obj] || !Local(obj) && obj.Exported() {
			return nil, false
		}
		if as := v.assigned[obj]; len(as) == 1 && as[0].Expr != nil && !as[0].Append && !as[0].Each && as[0].Result == 0 {
			w.open[obj] = true
			defer delete(w.open, obj)
			return v.elements(as[0].Expr, w)
		}
	case *ast.CallExpr:
		if id, ok := e.Fun.(*ast.Ident); ok && id.Name == "append" && !e.Ellipsis.IsValid() && len(e.Args) > 0 {
			list, ok := v.elements(e.Args[0], w)
			if !ok {
				return nil, false
			}
			list = slices.Clone(list)
			for _, a := range e.Args[1:] {
				s, ok := v.texts(a, w)
				if !ok || len(s) != 1 {
					return nil, false
				}
				list = append(list, s...)
			}
			return list, true
		}
	}
	return nil, false
}

// Keys lists the keys of a map that are seen: in a literal, or put into a variable
// of this package. There may be others.
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
