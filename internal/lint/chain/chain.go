// Package chain reads the statements that a Go package builds with squirrel: the
// calls that lead to each, through local variables and through functions of the
// package that return a builder.
//
// Squirrel's builders are values, so what a statement holds is what was called on
// the way to it. Where a variable is assigned to under conditions, the statement
// has the calls of all branches: it is the most that can be built.
package chain

import (
	"go/ast"
	"go/types"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/dreysql/drey/internal/lint/flow"
	"github.com/dreysql/drey/internal/lint/policy"
)

// Analyzer gives other analyzers the [*Chains] of a package.
var Analyzer = &analysis.Analyzer{
	Name:       "chain",
	Doc:        "read the statements that are built with squirrel",
	Requires:   []*analysis.Analyzer{inspect.Analyzer, flow.Analyzer},
	ResultType: reflect.TypeFor[*Chains](),
	Run:        run,
}

// Kind is the kind of a statement, in the word of squirrel's function for it.
type Kind string

// The kinds of statement. A Replace is an Insert.
const (
	Select Kind = "Select"
	Insert Kind = "Insert"
	Update Kind = "Update"
	Delete Kind = "Delete"
)

// Call is one call on the way to a statement.
type Call struct {
	*ast.CallExpr
	Name  string // of squirrel's function or method
	Maybe bool   // it is made under a condition, or in a loop
}

// Use is what happens to a statement.
type Use string

// The uses of a statement.
const (
	Run     Use = "run"     // by a method of its own: Exec, Query, Scan
	Text    Use = "text"    // ToSql and MustSql
	Final   Use = "final"   // handed on as an interface, to which nothing can be added
	Nested  Use = "nested"  // part of another statement
	Escapes Use = "escapes" // handed on as a builder
)

// Statement is one statement that is built.
type Statement struct {
	Kind Kind
	// Calls lead to the statement, in their order, the one that begins it first.
	Calls []Call
	// Known: where the statement begins is seen, and every call after that.
	Known bool
	Use   Use
	// Node is the expression that is used.
	Node ast.Expr
	// File is the file of Node.
	File *ast.File
	// OtherDialect: it has placeholders that are not SQLite's.
	OtherDialect bool
}

// All returns the calls of a name.
func (s *Statement) All(names ...string) (list []Call) {
	for _, c := range s.Calls {
		if slices.Contains(names, c.Name) {
			list = append(list, c)
		}
	}
	return list
}

// Branches reports whether a call is made under a condition.
func (s *Statement) Branches() bool {
	return slices.ContainsFunc(s.Calls, func(c Call) bool { return c.Maybe })
}

// Chains has the statements of a package.
type Chains struct {
	// Imported: the package imports squirrel.
	Imported   bool
	Statements []*Statement
	Flow       *flow.Values
	info       *types.Info
	parents    map[ast.Node]ast.Node
}

// IsSquirrel reports whether a package is squirrel, or a fork of it.
func IsSquirrel(pkg *types.Package) bool {
	if pkg == nil {
		return false
	}
	base := path.Base(pkg.Path())
	return base == "squirrel" || base == "squirrel.v1"
}

// Named is the name of a type of squirrel's, or "".
func Named(t types.Type) string {
	if named, ok := types.Unalias(t).(*types.Named); ok && IsSquirrel(named.Obj().Pkg()) {
		return named.Obj().Name()
	}
	return ""
}

var kinds = map[string]Kind{"SelectBuilder": Select, "InsertBuilder": Insert, "UpdateBuilder": Update, "DeleteBuilder": Delete}

var begins = map[string]Kind{"Select": Select, "Insert": Insert, "Replace": Insert, "Update": Update, "Delete": Delete}

// ends are the methods that run a statement or make its text.
var ends = map[string]Use{
	"Exec": Run, "Query": Run, "QueryRow": Run, "Scan": Run,
	"ExecContext": Run, "QueryContext": Run, "QueryRowContext": Run, "ScanContext": Run,
	"ToSql": Text, "MustSql": Text,
}

func run(pass *analysis.Pass) (any, error) {
	c := &Chains{
		Flow: pass.ResultOf[flow.Analyzer].(*flow.Values), info: pass.TypesInfo,
		parents: map[ast.Node]ast.Node{},
	}
	if !slices.ContainsFunc(pass.Pkg.Imports(), IsSquirrel) {
		return c, nil
	}
	c.Imported = true
	in := pass.ResultOf[inspect.Analyzer].(*inspector.Inspector)
	var file *ast.File
	type found struct {
		ast.Expr
		*ast.File
	}
	var exprs []found
	for cursor := range in.Root().Preorder() {
		n := cursor.Node()
		if f, ok := n.(*ast.File); ok {
			file = f
		}
		if p := cursor.Parent(); p.Node() != nil {
			c.parents[n] = p.Node()
		}
		if e, ok := n.(ast.Expr); ok && c.whole(e) {
			exprs = append(exprs, found{e, file})
		}
	}
	for _, e := range exprs {
		if s := c.statement(e.Expr); s != nil {
			s.File = e.File
			c.Statements = append(c.Statements, s)
		}
	}
	return c, nil
}

// Parent is the node around n.
func (c *Chains) Parent(n ast.Node) ast.Node { return c.parents[n] }

// whole reports whether e is a builder, or what its last call made of it, and
// nothing more is called on it.
func (c *Chains) whole(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.CallExpr:
		name := c.step(e)
		if name == "" {
			return false
		}
		if ends[name] != "" {
			return true // what is called on its result is no part of the statement
		}
	case *ast.Ident:
		if _, ok := c.info.Uses[e].(*types.Var); !ok || kinds[Named(c.info.TypeOf(e))] == "" {
			return false
		}
	default:
		return false
	}
	sel, ok := c.parents[e].(*ast.SelectorExpr)
	return !ok || sel.X != e
}

// callee is the function of squirrel's that is called, or nil.
func (c *Chains) callee(call *ast.CallExpr) *types.Func {
	fn, ok := typeutil.Callee(c.info, call).(*types.Func)
	if !ok || !IsSquirrel(fn.Pkg()) {
		return nil
	}
	return fn
}

// step is the name of a call that begins a statement or adds to it, or "".
func (c *Chains) step(call *ast.CallExpr) string {
	fn := c.callee(call)
	if fn == nil {
		return ""
	}
	recv := fn.Signature().Recv()
	switch {
	case recv == nil || Named(recv.Type()) == "StatementBuilderType":
		if begins[fn.Name()] != "" {
			return fn.Name()
		}
	case kinds[Named(recv.Type())] != "":
		return fn.Name()
	}
	return ""
}

// statement reads the calls behind e, or returns nil where e is only a step to
// another statement.
func (c *Chains) statement(e ast.Expr) *Statement {
	s := &Statement{Node: e}
	use, step := c.use(e)
	if step {
		return nil
	}
	b := builder{Chains: c, open: map[types.Object]bool{}}
	s.Calls, s.Known = b.calls(e)
	s.OtherDialect = b.other
	if len(s.Calls) > 0 {
		last := s.Calls[len(s.Calls)-1]
		if u, ok := ends[last.Name]; ok && last.CallExpr == e {
			use = u
			s.Calls = s.Calls[:len(s.Calls)-1]
		}
	}
	s.Use, s.Kind = use, b.kind
	if s.Kind == "" {
		return nil
	}
	return s
}

// Read is the statement that an expression builds, or nil where it is no builder.
func (c *Chains) Read(e ast.Expr) *Statement {
	if kinds[Named(c.info.TypeOf(e))] == "" {
		return nil
	}
	b := builder{Chains: c, open: map[types.Object]bool{}}
	s := &Statement{Node: e, Use: Nested}
	s.Calls, s.Known = b.calls(e)
	s.Kind, s.OtherDialect = b.kind, b.other
	for n := c.parents[e]; n != nil; n = c.parents[n] {
		if f, ok := n.(*ast.File); ok {
			s.File = f
		}
	}
	return s
}

// use tells what is done with an expression, or that it is only assigned.
func (c *Chains) use(e ast.Expr) (use Use, step bool) {
	switch p := c.parents[e].(type) {
	case *ast.AssignStmt:
		for i, r := range p.Rhs {
			if r == e && i < len(p.Lhs) {
				if call, ok := e.(*ast.CallExpr); ok && ends[c.step(call)] != "" {
					return Escapes, false
				}
				if id, ok := p.Lhs[i].(*ast.Ident); ok && flow.Local(c.Flow.Object(id)) {
					return "", true
				}
				return Escapes, false
			}
		}
		return "", true // the left side
	case *ast.ValueSpec:
		return "", slices.Contains(p.Values, e) && c.step0(e)
	case *ast.CallExpr:
		i := slices.Index(p.Args, e)
		if i < 0 {
			break
		}
		if fn := c.callee(p); fn != nil {
			return Nested, false
		}
		if tv := c.info.Types[p.Fun]; tv.IsType() {
			return Escapes, false
		}
		sig, ok := c.info.TypeOf(p.Fun).Underlying().(*types.Signature)
		if !ok {
			break
		}
		if i >= sig.Params().Len()-1 && sig.Variadic() {
			i = sig.Params().Len() - 1
		}
		if i >= sig.Params().Len() {
			break
		}
		t := sig.Params().At(i).Type()
		if slice, ok := t.(*types.Slice); ok && sig.Variadic() {
			t = slice.Elem()
		}
		if types.IsInterface(t) {
			return Final, false
		}
	case *ast.KeyValueExpr, *ast.CompositeLit:
		if t := c.literal(p); Named(t) != "" {
			return Nested, false
		}
	case *ast.ReturnStmt:
		if i := slices.Index(p.Results, e); i >= 0 && c.returns(p, i) {
			return Final, false
		}
	}
	return Escapes, false
}

// step0 reports whether e is still a builder.
func (c *Chains) step0(e ast.Expr) bool { return kinds[Named(c.info.TypeOf(e))] != "" }

// literal is the type of the composite literal around n.
func (c *Chains) literal(n ast.Node) types.Type {
	for n != nil {
		if lit, ok := n.(*ast.CompositeLit); ok {
			return c.info.TypeOf(lit)
		}
		n = c.parents[n]
	}
	return nil
}

// returns reports whether a result of the function around is an interface.
func (c *Chains) returns(n ast.Node, i int) bool {
	for n = c.parents[n]; n != nil; n = c.parents[n] {
		var t types.Type
		switch f := n.(type) {
		case *ast.FuncLit:
			t = c.info.TypeOf(f)
		case *ast.FuncDecl:
			t = c.info.TypeOf(f.Name)
		default:
			continue
		}
		sig, ok := t.(*types.Signature)
		return ok && i < sig.Results().Len() && types.IsInterface(sig.Results().At(i).Type())
	}
	return false
}

type builder struct {
	*Chains
	kind  Kind
	other bool
	open  map[types.Object]bool
	depth int
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
		if n := b.nodeAt(a); n != nil {
			return b.blockAt(n)
		}
	}
	return nil
}

func (b *builder) nodeAt(a flow.Assignment) ast.Node {
	if a.Expr == nil {
		return nil
	}
	return a.Expr
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
		obj := b.Flow.Object(e.(ast.Expr))
		if obj == nil {
			return false
		}
		if IsSquirrel(obj.Pkg()) {
			return true // squirrel.StatementBuilder
		}
		known := false
		for _, a := range b.Flow.Assignments(obj) {
			if a.Expr != nil {
				known = b.common(a.Expr, depth+1)
			}
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

// Callee is the name of the function, method or type of squirrel's that is
// called, with its receiver before a dot, or "".
func (c *Chains) Callee(call *ast.CallExpr) string {
	fn := c.callee(call)
	if fn == nil {
		if tv := c.info.Types[call.Fun]; tv.IsType() {
			return Named(tv.Type)
		}
		return ""
	}
	if recv := fn.Signature().Recv(); recv != nil {
		return Named(recv.Type()) + "." + fn.Name()
	}
	return fn.Name()
}

// Skipped reports whether the policy leaves a file alone: generated ones, and
// tests unless the project's options have them.
func Skipped(f *ast.File, name string) bool {
	return ast.IsGenerated(f) || strings.HasSuffix(name, "_test.go") && !policy.Settings(filepath.Dir(name)).Tests
}
