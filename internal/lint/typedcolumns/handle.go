package typedcolumns

import (
	"go/ast"
	"go/constant"
	"go/types"
	"math"
)

// where finds replacements for the conditions of a call of Where.
func (c *checker) where(call *ast.CallExpr, name string) (list []replacement) {
	t, ok := c.tables[name]
	if !ok || name == "" || call.Ellipsis.IsValid() {
		return nil
	}
	for _, cond := range c.conditions(call.Args) {
		field := t.fields[plain(cond.column, name)]
		if field == "" || methods[cond.op] == "" {
			continue
		}
		if r, ok := c.replace(cond, t.source, field); ok {
			list = append(list, r)
		}
	}
	return list
}

// replace returns the call of a handle that says the same as a condition.
func (c *checker) replace(cond condition, source, field string) (replacement, bool) {
	r := replacement{pos: cond.at[0].Pos(), end: cond.at[1].End(), handle: source + "." + field, value: cond.value}
	column := c.column(source, field)
	if column == nil {
		return r, false
	}
	r.method = methods[cond.op]
	param, ok := c.param(column.Type(), r.method)
	if cond.value == nil {
		return r, ok && param == nil
	}
	if ok && c.fits(cond.value, param) {
		return r, true
	}
	if cond.op != "=" {
		return r, false
	}
	r.method, r.list = "In", true
	param, ok = c.param(column.Type(), r.method)
	return r, ok && c.listed(cond.value, param)
}

// column returns the handle of a column, or nil.
func (c *checker) column(source, field string) types.Object {
	obj := c.db.Scope().Lookup(source)
	if obj == nil {
		return nil
	}
	column, _, _ := types.LookupFieldOrMethod(obj.Type(), true, c.db, field)
	return column
}

// has reports whether the handle of a column has a method without parameters.
func (c *checker) has(source, field, method string) bool {
	column := c.column(source, field)
	if column == nil {
		return false
	}
	param, ok := c.param(column.Type(), method)
	return ok && param == nil
}

// param returns the type of the parameter of a handle's method, nil if it has none.
func (c *checker) param(handle types.Type, method string) (types.Type, bool) {
	obj, _, _ := types.LookupFieldOrMethod(handle, true, c.db, method)
	if obj == nil {
		return nil, false
	}
	sig, ok := obj.Type().Underlying().(*types.Signature)
	if !ok {
		return nil, false
	}
	if sig.Params().Len() == 0 {
		return nil, true
	}
	return sig.Params().At(0).Type(), true
}

// fits reports whether squirrel and a handle with values of type t bind a value in
// the same way.
func (c *checker) fits(e ast.Expr, t types.Type) bool {
	tv := c.TypesInfo.Types[e]
	if t == nil || !c.simple(t) {
		return false
	}
	if tv.Value != nil && c.untyped(e) {
		return bindsAlike(tv, t)
	}
	return types.Identical(tv.Type, t)
}

// simple reports whether values of a type are bound as they are: never as NULL, as
// several values or as SQL.
func (c *checker) simple(t types.Type) bool {
	if named, ok := types.Unalias(t).(*types.Named); ok {
		pkg, name := named.Obj().Pkg(), named.Obj().Name()
		if pkg == nil || pkg.Path() == "time" && name == "Time" {
			return pkg != nil
		}
		if times[name] && pkg.Scope().Lookup("Contract2") != nil {
			return true
		}
		for _, method := range []string{"Value", "ToSql"} {
			if obj, _, _ := types.LookupFieldOrMethod(types.NewPointer(t), true, pkg, method); obj != nil {
				return false
			}
		}
	}
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&(types.IsBoolean|types.IsInteger|types.IsFloat|types.IsString) != 0
}

// times are the runtime's own types. Their Value is never nil.
var times = map[string]bool{"UnixTime": true, "UnixMilli": true, "TextTime": true}

// untyped reports whether a constant takes the type that it is used as.
func (c *checker) untyped(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.BasicLit:
		return true
	case *ast.UnaryExpr:
		return c.untyped(e.X)
	case *ast.Ident:
		obj := c.TypesInfo.Uses[e]
		if obj == nil {
			return false
		}
		b, ok := obj.Type().(*types.Basic)
		return ok && b.Info()&types.IsUntyped != 0
	}
	return false
}

// bindsAlike reports whether the driver gets the same kind of constant from a map
// of interfaces and from a t, which must have room for it.
func bindsAlike(tv types.TypeAndValue, t types.Type) bool {
	from, ok := tv.Type.Underlying().(*types.Basic)
	to, ok2 := t.Underlying().(*types.Basic)
	if !ok || !ok2 {
		return false
	}
	const kinds = types.IsBoolean | types.IsInteger | types.IsFloat | types.IsString
	if from.Info()&kinds != to.Info()&kinds || to.Kind() == types.Float32 {
		return false
	}
	if to.Info()&types.IsInteger == 0 || to.Kind() == types.Int64 {
		return true
	}
	n, exact := constant.Int64Val(constant.ToInt(tv.Value))
	return exact && 0 <= n && n <= math.MaxInt8
}

// listed reports whether a list of values of type t is also a list for squirrel,
// and can stay as it is.
func (c *checker) listed(e ast.Expr, list types.Type) bool {
	slice, ok := list.(*types.Slice)
	if !ok || !types.Identical(c.TypesInfo.TypeOf(e), list) || !c.simple(slice.Elem()) {
		return false
	}
	if b, ok := slice.Elem().Underlying().(*types.Basic); ok && b.Kind() == types.Uint8 {
		return false // a BLOB
	}
	if _, ok := ast.Unparen(e).(*ast.CompositeLit); ok {
		return true
	}
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok {
		return false
	}
	obj, ok := c.TypesInfo.Uses[id].(*types.Var)
	if !ok || obj.IsField() || obj.Parent() == c.Pkg.Scope() || c.chains.Flow.HandedOn(obj, func(*types.Func) bool { return false }) {
		return false
	}
	for _, a := range c.chains.Flow.Assignments(obj) {
		if a.Element || a.Expr == nil && !a.Zero {
			return false
		}
	}
	return true
}
