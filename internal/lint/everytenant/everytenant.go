// Package everytenant finds code that leaves the scope of a tenant without a reason.
//
// # What it reports
//
// The method OfEveryTenant of a source of the generated package, called or taken as a
// value, also through an interface, without "// @every-tenant <why>" on the line above it
// or above its statement. In the package comment the directive holds for the whole package,
// for one that is the administrators' own.
//
// # What it does not report
//
// Generated files, and test files, unless options.drey.lint.tests is true. A query of sql/
// that leaves the tenant open: drey generate refuses it, or a comment above it says why.
// Raw SQL: nativesql wants a reason for it.
//
// # How to fix it
//
// Begin with Of and the tenant. Where the rows of all tenants are meant, say why.
package everytenant

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/dreysql/drey/internal/lint/policy"
)

// Analyzer is the analyzer.
var Analyzer = &analysis.Analyzer{
	Name:     "everytenant",
	Doc:      "find queries of every tenant's rows without a reason",
	Requires: []*analysis.Analyzer{inspect.Analyzer},
	Run:      run,
}

// method is the door that generated sources have.
const method = "OfEveryTenant"

func run(pass *analysis.Pass) (any, error) {
	in := pass.ResultOf[inspect.Analyzer].(*inspector.Inspector)
	reasons := policy.ReadPackage(pass.Fset, pass.Files)
	in.WithStack([]ast.Node{(*ast.SelectorExpr)(nil)}, func(n ast.Node, push bool, stack []ast.Node) bool {
		sel := n.(*ast.SelectorExpr)
		if !push || sel.Sel.Name != method || !opens(pass.TypesInfo.Uses[sel.Sel]) {
			return true
		}
		at := len(stack) - 1
		around := func(ast.Node) ast.Node {
			if at--; at < 0 {
				return nil
			}
			return stack[at]
		}
		if f, ok := stack[0].(*ast.File); ok && !reasons[f].Over(pass.Fset, policy.EveryTenant, sel, around) {
			pass.ReportRangef(sel.Sel, "these are the rows of every tenant; begin with Of and the tenant, or say why all are meant in // %s <why> on the line above", policy.EveryTenant)
		}
		return true
	})
	return nil, nil
}

// opens reports whether the method gives the rows of a source: a type of the data layer that
// has the source's marker and its row.
func opens(obj types.Object) bool {
	fn, ok := obj.(*types.Func)
	if !ok || fn.Signature().Recv() == nil || fn.Signature().Results().Len() != 1 {
		return false
	}
	p, ok := fn.Signature().Results().At(0).Type().(*types.Pointer)
	if !ok {
		return false
	}
	named, ok := p.Elem().(*types.Named)
	return ok && named.TypeArgs().Len() == 2
}
