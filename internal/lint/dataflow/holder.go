package dataflow

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/types/typeutil"
)

// A type that embeds another one may set its fields: each repository sets the table
// of the repository that it embeds. held maps such a type to the fields of others
// that are set through it, and to what is assigned to them.
type held map[*types.TypeName]map[types.Object][]ast.Expr

// hold notes an assignment to a field of an embedded type.
func (v *Values) hold(left ast.Expr, value ast.Expr) {
	sel, ok := ast.Unparen(left).(*ast.SelectorExpr)
	if !ok {
		return
	}
	s := v.Info.Selections[sel]
	if s == nil || s.Kind() != types.FieldVal || len(s.Index()) < 2 {
		return
	}
	outer := typeName(s.Recv())
	if outer == nil {
		return
	}
	if v.held[outer] == nil {
		v.held[outer] = map[types.Object][]ast.Expr{}
	}
	field := v.Object(sel)
	v.held[outer][field] = append(v.held[outer][field], value)
}

// typeName returns the name of a type, or of what a pointer points to.
func typeName(t types.Type) *types.TypeName {
	if t == nil {
		return nil
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	if named, ok := types.Unalias(t).(*types.Named); ok {
		return named.Origin().Obj()
	}
	return nil
}

// inherited returns what a field of an embedded type holds in the type that a method
// is called on. The receivers on the way are bound.
func (r *reader) inherited(e ast.Expr, field types.Object) (list []Constant, ok bool) {
	sel, isSel := ast.Unparen(e).(*ast.SelectorExpr)
	if v, isVar := field.(*types.Var); !isSel || !isVar || !v.IsField() {
		return nil, false
	}
	outer := typeName(r.Info.TypeOf(r.base(sel.X, 0)))
	if outer == nil {
		return nil, false
	}
	return r.inType(outer, field, 0)
}

// base returns the value whose methods or embedded values an expression is.
func (r *reader) base(e ast.Expr, depth int) ast.Expr {
	switch x := ast.Unparen(e).(type) {
	case *ast.Ident:
		if arg := r.bound[r.Object(x)]; arg != nil && depth < 8 {
			return r.base(arg, depth+1)
		}
	case *ast.SelectorExpr:
		if v, ok := r.Object(x).(*types.Var); ok && v.Embedded() {
			return r.base(x.X, depth+1)
		}
	case *ast.StarExpr:
		return r.base(x.X, depth+1)
	case *ast.UnaryExpr:
		if x.Op == token.AND {
			return r.base(x.X, depth+1)
		}
	}
	return e
}

// inType returns what a field holds in all values of a type that embeds the field's.
func (r *reader) inType(outer *types.TypeName, field types.Object, depth int) (list []Constant, ok bool) {
	s, ok := outer.Type().Underlying().(*types.Struct)
	if !ok || depth > 4 {
		return nil, false
	}
	values := r.held[outer][field]
	for i := 0; len(values) == 0 && i < s.NumFields(); i++ {
		f := s.Field(i)
		if f == field {
			return nil, false
		}
		if !f.Embedded() {
			continue
		}
		for _, a := range r.assigned[f.Origin()] {
			if x, own := r.member(a.Expr, field, 0); x != nil {
				before := r.bound
				r.bound = own
				more, ok := r.texts(x)
				r.bound = before
				if !ok {
					return nil, false
				}
				list = append(list, more...)
			}
		}
		if len(list) == 0 {
			if inner := typeName(f.Type()); inner != nil {
				list, _ = r.inType(inner, field, depth+1)
			}
		}
	}
	for _, x := range values {
		if x == nil {
			return nil, false
		}
		more, ok := r.texts(x)
		if !ok {
			return nil, false
		}
		list = append(list, more...)
	}
	slices.SortStableFunc(list, func(a, b Constant) int { return int(a.At.Pos() - b.At.Pos()) })
	if len(list) == 0 || slices.ContainsFunc(list, func(c Constant) bool { return c.Text != list[0].Text }) {
		return nil, false
	}
	return list[:1], true
}

// member returns what a field is in a value: a literal, or one that a function of the
// package returns, with the arguments of its call.
func (r *reader) member(e ast.Expr, field types.Object, depth int) (x ast.Expr, own Bound) {
	if e == nil || depth > 4 {
		return nil, nil
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.UnaryExpr:
		return r.member(e.X, field, depth+1)
	case *ast.CompositeLit:
		for _, elt := range e.Elts {
			for _, a := range r.assigned[field] {
				if kv, ok := elt.(*ast.KeyValueExpr); a.Expr == elt || ok && a.Expr == kv.Value {
					return a.Expr, r.bound
				}
			}
		}
	case *ast.CallExpr:
		fn, ok := typeutil.Callee(r.Info, e).(*types.Func)
		if !ok {
			break
		}
		decl := r.bodies[fn.Origin()]
		if decl == nil || decl.Body == nil || len(decl.Body.List) != 1 {
			break
		}
		if ret, ok := decl.Body.List[0].(*ast.ReturnStmt); ok && len(ret.Results) == 1 {
			if x, _ := r.member(ret.Results[0], field, depth+1); x != nil {
				return x, r.Arguments(fn.Origin(), e)
			}
		}
	}
	return nil, nil
}
