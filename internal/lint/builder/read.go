package builder

import (
	"go/ast"
	"go/types"
	"maps"
	"slices"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/dreysql/drey/internal/lint/dataflow"
	"github.com/dreysql/drey/internal/lint/policy"
)

type builder struct {
	*Chains
	kind  Kind
	other bool
	open  map[types.Object]bool
	bound dataflow.Bound // parameters of the functions that are being followed
	all   dataflow.Bound // of all functions that were followed
	// again is the variable that is being read; the calls go on from it.
	again types.Object
	// partly: unseen calls may add to the statement.
	partly bool
	// common: its StatementBuilder is not known.
	common  bool
	foreign bool
	// several: a variable begins in several places.
	several bool
}

func (c *Chains) builder() *builder {
	return &builder{Chains: c, open: map[types.Object]bool{}, bound: dataflow.Bound{}, all: dataflow.Bound{}}
}

// calls returns the calls that lead to e. They are all known if the reader sees
// where the statement begins.
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
		call := Call{CallExpr: e, Name: name, Bound: b.bound}
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
			if !b.starts(sel.X, 0) { // its placeholders may be another database's
				b.partly, b.other, b.common = true, true, true
			}
			return []Call{call}, true
		}
		if name == "PlaceholderFormat" {
			b.format(e)
		}
		before, known := b.calls(sel.X)
		return append(before, call), known
	case *ast.Ident, *ast.SelectorExpr:
		return b.variable(e)
	case *ast.CompositeLit:
		return nil, len(e.Elts) == 0 // the zero builder
	}
	return nil, false
}

// variable returns the calls of all assignments to a variable, if no other package
// can assign to it.
func (b *builder) variable(e ast.Expr) ([]Call, bool) {
	obj := b.Flow.Object(e)
	if !b.Flow.Private(obj) {
		return nil, false
	}
	if b.open[obj] {
		b.again = obj
		return nil, true
	}
	b.open[obj] = true
	defer delete(b.open, obj)
	var calls []Call
	known, begun := true, false
	home := b.home(obj)
	if arg := b.bound[obj]; arg != nil {
		calls, known = b.calls(arg)
		begun = true
	}
	for _, a := range b.Flow.Assignments(obj) {
		if a.Zero {
			continue
		}
		if a.Expr == nil || a.Each || a.Append {
			known, b.partly = false, true
			continue
		}
		again := b.again
		b.again = nil
		own, ok := b.result(a)
		onto := b.again == obj
		b.again = again
		known = known && ok
		switch {
		case onto:
			if b.blockAt(a.Expr) != home {
				maybe(own)
			}
			calls = append(calls, own...)
		case begun:
			if calls, ok = b.merge(calls, own); !ok {
				b.several = true
				return nil, false
			}
		default:
			begun = true
			calls = append(slices.Clip(own), calls...)
		}
	}
	if v, ok := obj.(*types.Var); ok && v.IsField() {
		known, b.partly = false, true // it is not known of which value
	}
	return calls, known && begun
}

func maybe(calls []Call) {
	for i := range calls {
		calls[i].Maybe = true
	}
}

// result returns the calls of what is assigned, which may be one of several results.
func (b *builder) result(a dataflow.Assignment) ([]Call, bool) {
	if call, ok := a.Expr.(*ast.CallExpr); ok && a.Result > 0 {
		return b.returned(call, a.Result-1)
	}
	return b.calls(a.Expr)
}

// home returns the block in which a variable is declared, nil for a field.
func (b *builder) home(obj types.Object) ast.Node {
	if fn, ok := b.Flow.Param(obj); ok || fn != nil {
		if decl := b.Flow.Body(fn); decl != nil {
			return decl.Body
		}
	}
	if !dataflow.Local(obj) {
		return nil
	}
	for _, a := range b.Flow.Assignments(obj) {
		if a.Expr != nil {
			return b.blockAt(a.Expr)
		}
	}
	return nil
}

// blockAt returns the block around a node.
func (b *builder) blockAt(n ast.Node) ast.Node {
	for n = b.parents[n]; n != nil; n = b.parents[n] {
		switch n.(type) {
		case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
			return n
		}
	}
	return nil
}

func (b *builder) function(call *ast.CallExpr) ([]Call, bool) { return b.returned(call, 0) }

// returned returns the calls of a builder that a function of this package returns,
// as its first result or a later one.
func (b *builder) returned(call *ast.CallExpr, result int) ([]Call, bool) {
	fn, ok := typeutil.Callee(b.info, call).(*types.Func)
	if !ok {
		return b.handed(call)
	}
	fn = fn.Origin()
	results := b.returns(fn, result)
	if len(results) == 0 || b.open[fn] {
		return b.handed(call)
	}
	before := b.bound
	b.open[fn] = true
	defer func() { delete(b.open, fn); b.bound = before }()
	b.bind(b.Flow.Arguments(fn, call))
	calls, known := b.result(results[0])
	from := b.again
	for _, r := range results[1:] {
		b.again = nil
		own, ok := b.result(r)
		known = known && ok
		same := begin(own) && begin(calls) && own[0].CallExpr == calls[0].CallExpr
		if b.again == nil && from == nil && !same {
			if calls, same = b.merge(calls, own); same {
				continue
			}
		}
		if b.again != from || from == nil && !same {
			return nil, false // it begins in several places
		}
		for _, c := range own {
			if !slices.ContainsFunc(calls, func(d Call) bool { return c.CallExpr == d.CallExpr }) {
				c.Maybe = true
				calls = append(calls, c)
			}
		}
	}
	return calls, known
}

// merge returns the calls of two statements of which one is built. It does so only if
// both have the same sources, so that names mean the same in each.
func (b *builder) merge(calls, own []Call) ([]Call, bool) {
	if !begin(calls) || !begin(own) || begins[calls[0].Name] != begins[own[0].Name] {
		return nil, false
	}
	these, ok := b.sources(calls)
	those, ok2 := b.sources(own)
	if !ok || !ok2 || !slices.Equal(these, those) {
		return nil, false
	}
	for _, c := range own {
		if b.source(c) == nil {
			c.Maybe = true
			calls = append(calls, c)
		}
	}
	return calls, true
}

// sourcing are the methods whose first argument is a source.
var sourcing = []string{
	"From", "FromSelect", "Into", "Table", "Join", "LeftJoin", "RightJoin", "InnerJoin", "CrossJoin", "JoinClause", "Prefix", "PrefixExpr",
}

// source returns the argument of a call that is a source, or nil.
func (b *builder) source(c Call) ast.Expr {
	if len(c.Args) > 0 && (slices.Contains(sourcing, c.Name) || begins[c.Name] != "" && c.Name != "Select") {
		return c.Args[0]
	}
	return nil
}

// sources lists the texts of the sources of some calls, if all of them are constant.
func (b *builder) sources(calls []Call) (list []string, ok bool) {
	for _, c := range calls {
		if x := b.source(c); x != nil {
			text, ok := b.Flow.Constants(x, c.Bound)
			if !ok || len(text) != 1 {
				return nil, false
			}
			list = append(list, c.Name+" "+text[0].Text)
		}
	}
	return list, true
}

// begin reports whether the first of some calls begins a statement.
func begin(calls []Call) bool { return len(calls) > 0 && begins[calls[0].Name] != "" }

// bind notes the arguments of a call that is followed. A parameter that already has
// another argument is not known after the call.
func (b *builder) bind(args dataflow.Bound) {
	b.bound = maps.Clone(b.bound)
	for obj, arg := range args {
		b.bound[obj] = arg
		if known, ok := b.all[obj]; ok && known != arg {
			arg = nil
		}
		b.all[obj] = arg
	}
}

// handed returns the calls of a builder that goes through a function which is not
// known, and which may add to it.
func (b *builder) handed(call *ast.CallExpr) ([]Call, bool) {
	if arg, ok := b.onto(call); ok {
		return b.calls(call.Args[arg])
	}
	kind := kinds[Named(b.info.TypeOf(call))]
	var arg ast.Expr
	for _, a := range call.Args {
		if k := kinds[Named(b.info.TypeOf(a))]; k == "" {
			continue
		} else if k != kind || arg != nil {
			return nil, false
		}
		arg = a
	}
	if arg == nil {
		return nil, false
	}
	b.partly = true
	calls, _ := b.calls(arg)
	return calls, false
}

// returns lists the builders that a function of this package returns as one of its
// results. An empty builder beside an error does not count.
func (b *builder) returns(fn *types.Func, result int) (list []dataflow.Assignment) {
	decl, results := b.Flow.Body(fn), fn.Signature().Results()
	if decl == nil || decl.Body == nil || result >= results.Len() || kinds[Named(results.At(result).Type())] == "" {
		return nil
	}
	complete := true
	ast.Inspect(decl.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			switch {
			case len(n.Results) == results.Len():
				if !b.empty(n.Results[result]) {
					list = append(list, dataflow.Assignment{Expr: n.Results[result]})
				}
			case len(n.Results) == 1:
				list = append(list, dataflow.Assignment{Expr: ast.Unparen(n.Results[0]), Result: result + 1})
			default:
				complete = false
			}
		}
		return true
	})
	if !complete {
		return nil
	}
	return list
}

// empty reports whether a builder is the zero value.
func (b *builder) empty(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.CompositeLit:
		return len(e.Elts) == 0
	case *ast.Ident:
		obj := b.Flow.Object(e)
		if _, param := b.Flow.Param(obj); param || !dataflow.Local(obj) {
			return false
		}
		list := b.Flow.Assignments(obj)
		return len(list) > 0 && !slices.ContainsFunc(list, func(a dataflow.Assignment) bool { return !a.Zero })
	}
	return false
}

// starts reads a StatementBuilder: whether it has a Where, and its placeholders.
func (b *builder) starts(e ast.Expr, depth int) (known bool) {
	if depth > 8 {
		return false
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.CallExpr:
		fn := b.callee(e)
		if fn == nil {
			return b.gives(e, depth+1)
		}
		sel, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr)
		if !ok || fn.Name() == "Where" {
			return false
		}
		if fn.Name() == "PlaceholderFormat" {
			b.format(e)
		}
		return b.starts(sel.X, depth+1)
	case *ast.Ident, *ast.SelectorExpr:
		obj := b.Flow.Object(e)
		if obj == nil {
			return false
		}
		b.foreign = b.foreign || policy.OtherName(obj.Name())
		if IsSquirrel(obj.Pkg()) {
			return true // squirrel.StatementBuilder
		}
		known := false
		if arg := b.bound[obj]; arg != nil {
			return b.starts(arg, depth+1)
		}
		for _, a := range b.Flow.Assignments(obj) {
			if a.Expr == nil || !b.starts(a.Expr, depth+1) {
				return false
			}
			known = true
		}
		return known
	}
	return false
}

// gives reads the StatementBuilder that a function of this package returns.
func (b *builder) gives(call *ast.CallExpr, depth int) (known bool) {
	fn, ok := typeutil.Callee(b.info, call).(*types.Func)
	if !ok {
		return false
	}
	decl := b.Flow.Body(fn.Origin())
	if decl == nil || decl.Body == nil || len(decl.Body.List) != 1 {
		return false
	}
	ret, ok := decl.Body.List[0].(*ast.ReturnStmt)
	return ok && len(ret.Results) == 1 && b.starts(ret.Results[0], depth)
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
