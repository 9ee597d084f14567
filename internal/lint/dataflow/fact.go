package dataflow

import (
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
)

// fixed is the fact that an exported function only returns constants.
type fixed struct{}

func (*fixed) AFact() {}

func (*fixed) String() string { return "returns constants" }

func exportConstants(pass *analysis.Pass) {
	for _, f := range pass.Files {
		for _, d := range f.Decls {
			d, ok := d.(*ast.FuncDecl)
			if !ok || d.Body == nil || !d.Name.IsExported() {
				continue
			}
			fn, ok := pass.TypesInfo.Defs[d.Name].(*types.Func)
			if ok && slices.ContainsFunc(slices.Collect(fn.Signature().Results().Variables()), func(v *types.Var) bool { return isTextual(v.Type()) }) && returnsConstants(pass.TypesInfo, d.Body) {
				pass.ExportObjectFact(fn, new(fixed))
			}
		}
	}
}

// returnsConstants reports whether every text that a function returns is a constant.
func returnsConstants(info *types.Info, body *ast.BlockStmt) (all bool) {
	all = true
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			all = all && len(n.Results) > 0
			for _, x := range n.Results {
				tv := info.Types[x]
				all = all && (tv.Value != nil || !isTextual(tv.Type))
			}
		}
		return all
	})
	return all
}
