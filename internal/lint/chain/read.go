package chain

import (
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/dreysql/drey/internal/lint/flow"
)

type builder struct {
	*Chains
	kind  Kind
	other bool
	open  map[types.Object]bool
	bound map[types.Object]ast.Expr // arguments of the functions that are followed
}

// calls are those that lead to e. They are all known if the statement begins in
// sight.
func (b *builder) calls(e ast.Expr) ([]Call, bool) {
	e = ast.Unparen(e)
	if k := kinds[Named(b.info.TypeOf(e))]; k != "" {
		b.kind = k
	}
	switch e := e.(type) {
	case *ast.CallExpr:
		name := b.step(e)
		if name == "" {
			return b.function(e)
		}
		call := Call{CallExpr: e, Name: name}
		sel, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr)
		fn := b.callee(e)
		if fn.Signature().Recv() == nil {
			b.kind = begins[name]
			return []Call{call}, true
		}
		if !ok {
			return nil, false
		}
		if begins[name] != "" && Named(fn.Signature().Recv().Type()) == "StatementBuilderType" {
			b.kind = begins[name]
			return []Call{call}, b.common(sel.X, 0)
		}
		if name == "PlaceholderFormat" {
			b.format(e)
		}
		before, known := b.calls(sel.X)
		return append(before, call), known
	case *ast.Ident:
		return b.variable(e)
	case *ast.CompositeLit:
		return nil, len(e.Elts) == 0 // the zero builder
	}
	return nil, false
}

// variable has the calls of all assignments to a local variable.
func (b *builder) variable(id *ast.Ident) ([]Call, bool) {
	obj := b.Flow.Object(id)
	if !flow.Local(obj) || b.open[obj] {
		return nil, false
	}
	b.open[obj] = true
	defer delete(b.open, obj)
	var calls []Call
	known, begun := true, false
	if arg := b.bound[obj]; arg != nil {
		calls, known = b.calls(arg)
		begun = true
	}
	home := b.block(obj)
	for _, a := range b.Flow.Assignments(obj) {
		if a.Zero {
			continue
		}
		if a.Expr == nil || a.Each || a.Append || a.Result > 0 {
			known = false
			continue
		}
		own, onto := b.onto(a.Expr, obj)
		if onto {
			if b.blockAt(a.Expr) != home {
				for i := range own {
					own[i].Maybe = true
				}
			}
			calls = append(calls, own...)
			continue
		}
		if begun {
			known = false // begins in several places
		}
		begun = true
		first, ok := b.calls(a.Expr)
		known = known && ok
		calls = append(slices.Clip(first), calls...)
	}
	return calls, known && begun
}

// onto has the calls of an expression that begins with a variable.
func (b *builder) onto(e ast.Expr, obj types.Object) (calls []Call, ok bool) {
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.CallExpr:
			name := b.step(x)
			sel, isSel := ast.Unparen(x.Fun).(*ast.SelectorExpr)
			if name == "" || !isSel {
				return nil, false
			}
			if name == "PlaceholderFormat" {
				b.format(x)
			}
			calls = append([]Call{{CallExpr: x, Name: name}}, calls...)
			e = sel.X
		case *ast.Ident:
			return calls, b.Flow.Object(x) == obj
		default:
			return nil, false
		}
	}
}

// block is the block in which a variable is declared.
func (b *builder) block(obj types.Object) ast.Node {
	for _, a := range b.Flow.Assignments(obj) {
		if a.Expr != nil {
			return b.blockAt(a.Expr)
		}
	}
	return nil
}

// blockAt is the block around a node.
func (b *builder) blockAt(n ast.Node) ast.Node {
	for n = b.parents[n]; n != nil; n = b.parents[n] {
		switch n.(type) {
		case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
			return n
		}
	}
	return nil
}

// function has the calls of a function of this package that returns a builder in
// one place.
func (b *builder) function(call *ast.CallExpr) ([]Call, bool) {
	fn, ok := typeutil.Callee(b.info, call).(*types.Func)
	if !ok || b.open[fn.Origin()] || fn.Signature().Results().Len() != 1 {
		return nil, false
	}
	decl := b.Flow.Body(fn.Origin())
	if decl == nil || decl.Body == nil {
		return nil, false
	}
	var returns []*ast.ReturnStmt
	ast.Inspect(decl.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			returns = append(returns, n)
		}
		return true
	})
	if len(returns) != 1 || len(returns[0].Results) != 1 {
		return nil, false
	}
	b.open[fn.Origin()] = true
	defer delete(b.open, fn.Origin())
	params := fn.Origin().Signature().Params()
	for i := range min(params.Len(), len(call.Args)) {
		if kinds[Named(params.At(i).Type())] != "" {
			b.bound[params.At(i)] = call.Args[i]
			defer delete(b.bound, params.At(i))
		}
	}
	return b.calls(returns[0].Results[0])
}

// common reads a StatementBuilder: whether it has a Where, and its placeholders.
func (b *builder) common(e ast.Expr, depth int) (known bool) {
	if depth > 8 {
		return false
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.CallExpr:
		sel, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr)
		fn := b.callee(e)
		if !ok || fn == nil || fn.Name() == "Where" {
			return false
		}
		if fn.Name() == "PlaceholderFormat" {
			b.format(e)
		}
		return b.common(sel.X, depth+1)
	case *ast.Ident, *ast.SelectorExpr:
		obj := b.Flow.Object(e)
		if obj == nil {
			return false
		}
		if IsSquirrel(obj.Pkg()) {
			return true // squirrel.StatementBuilder
		}
		known := false
		for _, a := range b.Flow.Assignments(obj) {
			if a.Expr == nil || !b.common(a.Expr, depth+1) {
				return false
			}
			known = true
		}
		return known
	}
	return false
}

// format notes placeholders that are not SQLite's.
func (b *builder) format(call *ast.CallExpr) {
	if len(call.Args) != 1 {
		return
	}
	obj := b.Flow.Object(call.Args[0])
	if obj == nil || !IsSquirrel(obj.Pkg()) || obj.Name() != "Question" {
		b.other = true
	}
}
