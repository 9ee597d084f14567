package dataflow

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/types/typeutil"
)

// reader lists the constants that one expression can have.
type reader struct {
	*Values
	open  map[types.Object]bool
	bound Bound
	mixed bool // some belong to other values of a struct, or to other callers
	loose bool // of a slice: the elements that it has at one time or another
	steps int
}

// longText is the length in bytes from which a composed text is given up as
// unknown: variables that double one another would grow without end.
const longText = 1 << 20

func (r *reader) texts(e ast.Expr) ([]Constant, bool) {
	e = ast.Unparen(e)
	if r.steps++; r.steps > longest {
		return nil, false
	}
	if s, ok := r.text(e); ok {
		return []Constant{{s, e}}, true
	}
	switch e := e.(type) {
	case *ast.BinaryExpr:
		return r.sum(e)
	case *ast.Ident, *ast.SelectorExpr:
		return r.variable(e)
	case *ast.IndexExpr:
		return r.index(e)
	case *ast.CallExpr:
		return r.call(e)
	}
	return nil, false
}

func (r *reader) sum(e *ast.BinaryExpr) (list []Constant, ok bool) {
	left, ok := r.texts(e.X)
	if e.Op != token.ADD || !ok {
		return nil, false
	}
	right, ok := r.texts(e.Y)
	if !ok || len(left)*len(right) > most {
		return nil, false
	}
	for _, a := range left {
		for _, b := range right {
			if len(a.Text)+len(b.Text) > longText {
				return nil, false
			}
			list = append(list, Constant{a.Text + b.Text, elsewhere(e, a.At, b.At)})
		}
	}
	return list, true
}

// elsewhere returns the one part of an expression that stands in another place, or
// the expression itself.
func elsewhere(e ast.Expr, parts ...ast.Expr) ast.Expr {
	at := e
	for _, part := range parts {
		if part.Pos() < e.Pos() || part.End() > e.End() {
			if at != e {
				return e
			}
			at = part
		}
	}
	return at
}

// variable returns what is assigned to a variable or field.
func (r *reader) variable(e ast.Expr) (list []Constant, ok bool) {
	obj := r.Object(e)
	if obj == nil || r.open[obj] {
		return nil, false
	}
	r.open[obj] = true
	defer delete(r.open, obj)
	if _, ok := r.params[obj]; ok {
		if arg := r.bound[obj]; arg != nil && len(r.assigned[obj]) == 0 {
			return r.texts(arg)
		}
		return nil, false
	}
	if !Local(obj) && obj.Exported() && !r.private[obj] {
		return nil, false // another package may assign to it
	}
	if x := r.field(e, obj); x != nil {
		return r.texts(x)
	}
	if list, ok := r.inherited(e, obj); ok {
		return list, true
	}
	for _, a := range r.assigned[obj] {
		var values []Constant
		switch {
		case a.Zero:
			continue
		case a.Expr == nil || a.Append || a.Key || a.Result > 0:
			return nil, false
		case a.Each:
			values, ok = r.elements(a.Expr)
		default:
			values, ok = r.texts(a.Expr)
		}
		if !ok {
			return nil, false
		}
		list = append(list, values...)
	}
	slices.SortStableFunc(list, func(a, b Constant) int { return strings.Compare(a.Text, b.Text) })
	list = slices.CompactFunc(list, func(a, b Constant) bool { return a.Text == b.Text })
	if v, ok := obj.(*types.Var); ok && v.IsField() && len(list) > 1 {
		r.mixed = true
	}
	return list, len(list) > 0 && len(list) <= most
}

// field returns what a field holds in the one value that a variable ever has, or nil.
func (r *reader) field(e ast.Expr, obj types.Object) ast.Expr {
	sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	holder := r.assigned[r.Object(sel.X)]
	if len(holder) != 1 || slices.ContainsFunc(r.assigned[obj], func(a Assignment) bool { return !a.Field }) {
		return nil
	}
	x := holder[0].Expr
	if u, ok := x.(*ast.UnaryExpr); ok && u.Op == token.AND {
		x = u.X
	}
	lit, ok := x.(*ast.CompositeLit)
	if !ok {
		return nil
	}
	for _, elt := range lit.Elts {
		for _, a := range r.assigned[obj] {
			if kv, ok := elt.(*ast.KeyValueExpr); a.Expr == elt || ok && a.Expr == kv.Value {
				return a.Expr
			}
		}
	}
	return nil
}

// index returns the elements of a map or slice, or the one at a constant key.
func (r *reader) index(e *ast.IndexExpr) ([]Constant, bool) {
	obj := r.Object(e.X)
	if obj == nil {
		return nil, false
	}
	if key := r.Info.Types[e.Index].Value; key != nil && len(r.assigned[obj]) == 1 {
		lit, ok := r.assigned[obj][0].Expr.(*ast.CompositeLit)
		if !ok || !Local(obj) && obj.Exported() {
			return nil, false
		}
		for _, elt := range lit.Elts {
			if kv, ok := elt.(*ast.KeyValueExpr); ok && r.Info.Types[kv.Key].Value != nil && r.Info.Types[kv.Key].Value.ExactString() == key.ExactString() {
				return r.texts(kv.Value)
			}
		}
		return nil, false
	}
	if len(r.readers[obj]) > 1 {
		r.mixed = true
	}
	list, ok := r.elements(e.X)
	return list, ok && len(list) > 0
}

func (r *reader) call(e *ast.CallExpr) ([]Constant, bool) {
	if tv := r.Info.Types[e.Fun]; tv.IsType() && len(e.Args) == 1 {
		return r.texts(e.Args[0])
	}
	fn, ok := typeutil.Callee(r.Info, e).(*types.Func)
	if !ok {
		return nil, false
	}
	switch fn.FullName() {
	case "fmt.Sprintf":
		return r.format(e)
	case "strings.Join":
		list, ok := r.elements(e.Args[0])
		sep, ok2 := r.texts(e.Args[1])
		if !ok || !ok2 || len(sep) != 1 || r.loose {
			return nil, false
		}
		return []Constant{{strings.Join(texts(list), sep[0].Text), e}}, true
	}
	if rebinds(fn) {
		return r.texts(e.Args[len(e.Args)-1])
	}
	var list []Constant
	ok = r.results(fn.Origin(), e, func(result ast.Expr) bool {
		values, ok := r.texts(result)
		list = append(list, values...)
		return ok
	})
	return list, ok
}

// format evaluates fmt.Sprintf of texts.
func (r *reader) format(e *ast.CallExpr) ([]Constant, bool) {
	if len(e.Args) == 0 || e.Ellipsis.IsValid() {
		return nil, false
	}
	format, ok := r.texts(e.Args[0])
	if !ok || len(format) != 1 {
		return nil, false
	}
	list := []Constant{{"", e}}
	rest, args := format[0].Text, e.Args[1:]
	for {
		before, verb, found := strings.Cut(rest, "%")
		for i := range list {
			list[i].Text += before
		}
		if !found {
			return list, len(args) == 0
		}
		switch {
		case strings.HasPrefix(verb, "%"):
			for i := range list {
				list[i].Text += "%"
			}
		case len(args) > 0 && (strings.HasPrefix(verb, "s") || strings.HasPrefix(verb, "v")):
			values, ok := r.texts(args[0])
			if !ok || len(values)*len(list) > most {
				return nil, false
			}
			args = args[1:]
			var next []Constant
			for _, l := range list {
				for _, value := range values {
					if len(l.Text)+len(value.Text) > longText {
						return nil, false
					}
					next = append(next, Constant{l.Text + value.Text, elsewhere(e, l.At, value.At)})
				}
			}
			list = next
		default:
			return nil, false
		}
		rest = verb[1:]
	}
}

// results calls f for what a function of this package returns, if it has one
// result. Several values belong to one call only if the function has a single call.
func (r *reader) results(fn *types.Func, call *ast.CallExpr, f func(ast.Expr) bool) (ok bool) {
	decl := r.bodies[fn]
	if decl == nil || decl.Body == nil || r.open[fn] || fn.Signature().Results().Len() != 1 {
		return false
	}
	before := r.bound
	r.open[fn] = true
	r.bound = r.Arguments(fn, call)
	for obj, arg := range before {
		if r.bound[obj] == nil {
			r.bound[obj] = arg
		}
	}
	defer func() { delete(r.open, fn); r.bound = before }()
	ok = true
	returns := 0
	ast.Inspect(decl.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			returns++
			ok = ok && len(n.Results) == 1 && f(n.Results[0])
		}
		return true
	})
	if returns > 1 && (fn.Exported() || r.values[fn] || len(r.calls[fn]) != 1) {
		r.mixed = true
	}
	return ok && returns > 0
}

// Arguments maps the parameters of a function of this package to the arguments of a
// call, and its receiver to the value that it is called on. The arguments of a variadic
// parameter are a literal that does not stand in the code and has no type.
func (v *Values) Arguments(fn *types.Func, call *ast.CallExpr) Bound {
	v.read()
	bound := Bound{}
	if recv := fn.Signature().Recv(); recv != nil {
		if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && v.Info.Selections[sel] != nil && v.Info.Selections[sel].Kind() == types.MethodVal {
			bound[recv] = sel.X
		}
	}
	for i := range fn.Signature().Params().Len() {
		obj := fn.Signature().Params().At(i)
		switch p, ok := v.params[obj]; {
		case !ok:
		case p.rest && !call.Ellipsis.IsValid():
			bound[obj] = &ast.CompositeLit{Elts: call.Args[min(i, len(call.Args)):]}
		case i < len(call.Args):
			bound[obj] = call.Args[i]
		}
	}
	return bound
}

// Returned lists what the statements of a function's body return.
func Returned(body *ast.BlockStmt) (results []ast.Expr) {
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			results = append(results, n.Results...)
		}
		return true
	})
	return results
}
