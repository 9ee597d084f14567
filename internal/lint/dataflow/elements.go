package dataflow

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/types/typeutil"
)

// elements lists the constants of a slice, an array or a map. They are not all
// if ok is false.
func (r *reader) elements(e ast.Expr) (list []Constant, ok bool) {
	if r.steps++; r.steps > longest {
		return nil, false
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.CompositeLit:
		ok = true
		for _, x := range e.Elts {
			if kv, is := x.(*ast.KeyValueExpr); is {
				x = kv.Value
			}
			values, known := r.texts(x)
			r.loose = r.loose || len(values) > 1
			list, ok = append(list, values...), ok && known
		}
		return list, ok
	case *ast.Ident, *ast.SelectorExpr:
		return r.slice(e)
	case *ast.SliceExpr:
		r.loose = true
		return r.elements(e.X)
	case *ast.CallExpr:
		return r.made(e)
	}
	return nil, false
}

// slice returns the elements of a variable, whenever they are put into it.
func (r *reader) slice(e ast.Expr) (list []Constant, ok bool) {
	obj := r.Object(e)
	if obj == nil || !Local(obj) && obj.Exported() && !r.private[obj] {
		return nil, false
	}
	if r.open[obj] {
		return nil, true // the variable itself, before something is appended
	}
	r.open[obj] = true
	defer delete(r.open, obj)
	if _, param := r.params[obj]; param {
		if arg := r.bound[obj]; arg != nil && len(r.assigned[obj]) == 0 {
			return r.elements(arg)
		}
		return nil, false
	}
	if x := r.field(e, obj); x != nil {
		return r.elements(x)
	}
	assigned := r.assigned[obj]
	if len(assigned) > 1 {
		r.loose = true
		if v, ok := obj.(*types.Var); ok && v.IsField() {
			r.mixed = true
		}
	}
	ok = len(assigned) > 0
	for _, a := range assigned {
		var values []Constant
		known := a.Zero
		switch {
		case a.Zero:
		case a.Expr == nil || a.Each || a.Result > 0:
		case a.Element:
			values, known = r.texts(a.Expr)
		case !a.Append:
			values, known = r.elements(a.Expr)
		}
		list, ok = append(list, values...), ok && known
	}
	return list, ok
}

// made returns the elements of a function's result.
func (r *reader) made(e *ast.CallExpr) (list []Constant, ok bool) {
	if tv := r.Info.Types[e.Fun]; tv.IsType() && len(e.Args) == 1 {
		return r.elements(e.Args[0])
	}
	switch fn := typeutil.Callee(r.Info, e).(type) {
	case *types.Builtin:
		switch fn.Name() {
		case "make":
			r.loose = true
			return nil, true
		case "append":
			return r.appended(e)
		}
	case *types.Func:
		switch fn.FullName() {
		case "slices.Concat":
			ok = true
			for _, a := range e.Args {
				values, known := r.elements(a)
				list, ok = append(list, values...), ok && known
			}
			return list, ok
		case "slices.Clone":
			return r.elements(e.Args[0])
		}
		returns := 0
		ok = r.results(fn.Origin(), e, func(result ast.Expr) bool {
			values, known := r.elements(result)
			list = append(list, values...)
			returns++
			return known
		})
		r.loose = r.loose || returns > 1
		return list, ok
	}
	return nil, false
}

func (r *reader) appended(e *ast.CallExpr) (list []Constant, ok bool) {
	list, ok = r.elements(e.Args[0])
	list = list[:len(list):len(list)]
	for i, a := range e.Args[1:] {
		var values []Constant
		var known bool
		if e.Ellipsis.IsValid() && i == len(e.Args)-2 {
			values, known = r.elements(a)
		} else {
			values, known = r.texts(a)
			r.loose = r.loose || len(values) > 1
		}
		list, ok = append(list, values...), ok && known
	}
	return list, ok
}
