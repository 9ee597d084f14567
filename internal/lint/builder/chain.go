// Package builder reads the statements that a Go package builds with squirrel: the
// calls that lead to each, through local variables and through functions of the
// package that return a builder.
//
// Squirrel's builders are values, so a statement holds what was called on the way
// to it. Where a variable is assigned under conditions, the statement has the calls
// of all branches: that is the most that can be built.
package builder

import (
	"go/ast"
	"go/types"
	"path"
	"reflect"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/dreysql/drey/internal/lint/dataflow"
)

// Analyzer gives other analyzers the [*Chains] of a package.
var Analyzer = &analysis.Analyzer{
	Name:       "chain",
	Doc:        "read the statements that are built with squirrel",
	Requires:   []*analysis.Analyzer{inspect.Analyzer, dataflow.Analyzer},
	ResultType: reflect.TypeFor[*Chains](),
	FactTypes:  []analysis.Fact{new(adds)},
	Run:        run,
}

// Kind is the kind of a statement, named as squirrel's function for it.
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
	// Bound are the arguments of the functions of the package that make the call.
	Bound dataflow.Bound
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
	// Known: the reader sees where the statement begins, and every call after that.
	Known bool
	// Named: the reader sees every call that can have names. A StatementBuilder that
	// is not known can only have a condition.
	Named bool
	// Partly: the reader sees where it begins, but unseen calls may add to it.
	Partly bool
	// Bound are the arguments of those functions of the package that make some of
	// the calls.
	Bound dataflow.Bound
	Use   Use
	// Closed: it gets no more sources, and does not become a part of another statement.
	Closed bool
	// Node is the expression that is used.
	Node ast.Expr
	// Callers are the calls that an instance is for.
	Callers []*ast.CallExpr
	// File is the file of Node.
	File *ast.File
	// OtherDialect: it has placeholders that are not SQLite's.
	OtherDialect bool
	// Foreign: it begins in a variable that is named after another database.
	Foreign bool
}

// All returns the calls with one of these names.
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
	// Instances are statements that depend on the calls of their functions, once for
	// each call. They are among the Statements, too, as far as they are known there.
	Instances []*Statement
	Flow      *dataflow.Values
	info      *types.Info
	parents   map[ast.Node]ast.Node
	running   map[types.Object]bool // parameters, see runs
	keeping   map[types.Object]bool // see keeps
	uses      map[types.Object][]*ast.Ident
	fact      func(*types.Func) *adds // of a function of another package, or nil
}

// IsSquirrel reports whether a package is squirrel, or a fork of it.
func IsSquirrel(pkg *types.Package) bool {
	if pkg == nil {
		return false
	}
	base := path.Base(pkg.Path())
	return base == "squirrel" || base == "squirrel.v1"
}

// Named returns the name of a type of squirrel's, or "".
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
		Flow: pass.ResultOf[dataflow.Analyzer].(*dataflow.Values), info: pass.TypesInfo,
		parents: map[ast.Node]ast.Node{}, running: map[types.Object]bool{}, keeping: map[types.Object]bool{},
	}
	if !slices.ContainsFunc(pass.Pkg.Imports(), IsSquirrel) {
		return c, nil
	}
	c.Imported = true
	c.fact = func(fn *types.Func) *adds {
		fact := new(adds)
		if !pass.ImportObjectFact(fn, fact) {
			return nil
		}
		return fact
	}
	c.export(pass)
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
			c.Instances = append(c.Instances, c.instances(e.Expr, s)...)
		}
	}
	return c, nil
}

// Parent is the node around n.
func (c *Chains) Parent(n ast.Node) ast.Node { return c.parents[n] }

// whole reports whether e is a builder, or the result of its last call, on which
// nothing more is called.
func (c *Chains) whole(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.CallExpr:
		name := c.step(e)
		if name == "" {
			return false
		}
		if ends[name] != "" {
			return true // a call on its result is not a part of the statement
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

// callee returns the function of squirrel's that is called, or nil.
func (c *Chains) callee(call *ast.CallExpr) *types.Func {
	fn, ok := typeutil.Callee(c.info, call).(*types.Func)
	if !ok && givesBuilder(c.info.TypeOf(call.Fun)) {
		fn, ok = c.Flow.Callee(call).(*types.Func)
	}
	if !ok || !IsSquirrel(fn.Pkg()) {
		return nil
	}
	return fn
}

// givesBuilder reports whether a type is a function that gives a type of squirrel's.
func givesBuilder(t types.Type) bool {
	if t == nil {
		return false
	}
	sig, ok := t.Underlying().(*types.Signature)
	return ok && sig.Results().Len() > 0 && Named(sig.Results().At(0).Type()) != ""
}

// step returns the name of a call that begins a statement or adds to it, or "".
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

// Callee returns the name of the function, method or type of squirrel's that is
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
