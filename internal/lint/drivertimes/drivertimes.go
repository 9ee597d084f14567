// Package drivertimes finds sqlc's queries on a handle that drey does not see.
//
// # What it reports
//
// sqlc's New and Prepare, and WithTx of its Queries, called or taken as a value, also
// promoted and through an interface. Their queries bind times as the driver does, whose
// form is not equal to the one that typed queries write and compare with, nor ordered as it
// is. With emit_methods_with_db_argument, the argument that a query runs on, if it is not a
// connection of drey's. In files that people wrote into a generated package, what they put
// into the field db of a Queries.
//
// # What it does not report
//
// A package whose queries take nothing that may be a time: New is as good there. What is
// given to New and is a Conn of drey's, as a Client or a Tx is. What has
// "// @driver-times <why>" on the line above it, above its statement, or in the package
// comment. Generated files, and test files, unless options.drey.lint.tests is true. A
// statement that somebody prepares by hand on a handle: nativesql wants a reason for it.
//
// # How to fix it
//
// Give the handle to OnDBTX, or once to NewClient, and use what that gives: both halves.
// Where only sqlc's half is wanted, Using is sqlc's Queries over it. The fix of a report is
// that call, where it is certain to compile.
package drivertimes

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/dreysql/drey/internal/lint/policy"
)

// Analyzer is the analyzer.
var Analyzer = &analysis.Analyzer{
	Name:      "drivertimes",
	Doc:       "find sqlc's queries that write times as the driver does",
	Requires:  []*analysis.Analyzer{inspect.Analyzer},
	Run:       run,
	FactTypes: []analysis.Fact{new(isLayer)},
}

// checker looks at one package.
type checker struct {
	*analysis.Pass
	layers  map[*types.Package]*layer
	reasons map[*ast.File]policy.Reasons
	in      *inspector.Inspector
	counts  map[types.Object]int // see [checker.others]
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		Pass:    pass,
		layers:  map[*types.Package]*layer{},
		reasons: policy.ReadPackage(pass.Fset, pass.Files),
		in:      pass.ResultOf[inspect.Analyzer].(*inspector.Inspector),
	}
	if l := c.of(pass.Pkg); l != nil {
		pass.ExportPackageFact(&isLayer{l.passed})
	}
	nodes := []ast.Node{(*ast.Ident)(nil), (*ast.CallExpr)(nil), (*ast.CompositeLit)(nil), (*ast.AssignStmt)(nil)}
	c.in.WithStack(nodes, func(n ast.Node, push bool, stack []ast.Node) bool {
		file := stack[0].(*ast.File)
		if !push || ast.IsGenerated(file) {
			return push
		}
		at := place{file, stack}
		switch n := n.(type) {
		case *ast.Ident:
			c.use(at, n)
		case *ast.CallExpr:
			c.call(at, n)
		case *ast.CompositeLit:
			c.literal(at, n)
		case *ast.AssignStmt:
			c.assign(at, n)
		}
		return true
	})
	return nil, nil
}

// place is where a node stands.
type place struct {
	file  *ast.File
	stack []ast.Node // the node itself comes last
}

// around returns the n-th node around the place's, with parentheses not counted.
func (p place) around(n int) ast.Node {
	for i := len(p.stack) - 2; i >= 0; i-- {
		if _, ok := p.stack[i].(*ast.ParenExpr); ok {
			continue
		}
		if n--; n == 0 {
			return p.stack[i]
		}
	}
	return nil
}

// use looks at a name that may be New, Prepare or WithTx.
func (c *checker) use(at place, id *ast.Ident) {
	fn, ok := c.TypesInfo.Uses[id].(*types.Func)
	if !ok {
		return
	}
	l := c.of(returned(fn))
	if l == nil {
		return
	}
	// The function, as it is written: id or x.id, and the call of it.
	var fun ast.Expr = id
	outer := 1
	if sel, ok := at.around(1).(*ast.SelectorExpr); ok && sel.Sel == id {
		fun, outer = sel, 2
	}
	call, _ := at.around(outer).(*ast.CallExpr)
	if call != nil && ast.Unparen(call.Fun) != fun {
		call = nil
	}
	switch {
	case fn == l.scope.Lookup("New"):
		if fn.Signature().Params().Len() == 0 || call != nil && len(call.Args) == 1 && l.isConn(c.TypesInfo.TypeOf(call.Args[0])) {
			return
		}
		c.report(at, id, l, l.Name()+".New", c.fixNew(l, fun, call))
	case fn == l.scope.Lookup("Prepare"):
		c.report(at, id, l, l.Name()+".Prepare", nil)
	case fn.Name() == "WithTx" && l.begins(fn):
		c.report(at, id, l, "WithTx of sqlc's Queries", c.fixWithTx(at, l, fun, call))
	}
}

// call looks at the connection that a query is handed as an argument.
func (c *checker) call(at place, call *ast.CallExpr) {
	if c.TypesInfo.Types[call.Fun].IsType() {
		return
	}
	sig, ok := c.TypesInfo.TypeOf(call.Fun).Underlying().(*types.Signature)
	if !ok {
		return
	}
	fn, known := typeutil.Callee(c.TypesInfo, call).(*types.Func)
	for i := range min(sig.Params().Len(), len(call.Args)) {
		named, ok := types.Unalias(sig.Params().At(i).Type()).(*types.Named)
		if !ok || named.Obj().Name() != "DBTX" {
			continue
		}
		l, arg := c.of(named.Obj().Pkg()), call.Args[i]
		if l != nil && l.passed && (!known || fn.Pkg() == l.Package) && !l.isConn(c.TypesInfo.TypeOf(arg)) {
			c.report(at, arg, l, "a query on a handle", c.wrap(at, l, arg))
		}
	}
}

// literal looks at the fields of a Queries that people make within its package.
func (c *checker) literal(at place, lit *ast.CompositeLit) {
	l := c.of(c.Pkg)
	if l == nil || !types.Identical(c.TypesInfo.TypeOf(lit), l.queries) {
		return
	}
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			key, _ := kv.Key.(*ast.Ident)
			c.field(at, l, c.TypesInfo.Uses[key], kv.Value)
		}
	}
}

// assign looks at a field of a Queries that is assigned.
func (c *checker) assign(at place, s *ast.AssignStmt) {
	l := c.of(c.Pkg)
	if l == nil || len(s.Lhs) != len(s.Rhs) {
		return
	}
	for i, left := range s.Lhs {
		if sel, ok := ast.Unparen(left).(*ast.SelectorExpr); ok {
			c.field(at, l, c.TypesInfo.Uses[sel.Sel], s.Rhs[i])
		}
	}
}

// field looks at what a field of Queries gets.
func (c *checker) field(at place, l *layer, field types.Object, value ast.Expr) {
	if field == nil || !l.fields[field] || l.isConn(c.TypesInfo.TypeOf(value)) {
		return
	}
	var fix []analysis.SuggestedFix
	if types.IsInterface(field.Type()) {
		fix = c.wrap(at, l, value)
	}
	if call, ok := ast.Unparen(value).(*ast.CallExpr); ok {
		if fn := typeutil.StaticCallee(c.TypesInfo, call); fn != nil && fn.Name() == "Static" && fn.Pkg() == l.runtime {
			return
		}
	}
	if sel, ok := ast.Unparen(value).(*ast.SelectorExpr); ok && l.fields[c.TypesInfo.Uses[sel.Sel]] {
		return // another Queries has it already
	}
	c.report(at, value, l, "this Queries", fix)
}

func (c *checker) report(at place, n ast.Node, l *layer, what string, fix []analysis.SuggestedFix) {
	i := len(at.stack)
	around := func(ast.Node) ast.Node {
		if i--; i < 0 {
			return nil
		}
		return at.stack[i]
	}
	if c.reasons[at.file].Over(c.Fset, policy.DriverTimes, n, around) {
		return
	}
	c.Report(analysis.Diagnostic{
		Pos: n.Pos(), End: n.End(), SuggestedFixes: fix,
		Message: what + " writes times as the driver does, in another form than typed queries; use " + l.Name() + "." + l.name("OnDBTX") +
			", for a *sql.DB " + l.Name() + "." + l.name("NewClient") + ", or say why in // " + policy.DriverTimes + " <why> on the line above",
	})
}
