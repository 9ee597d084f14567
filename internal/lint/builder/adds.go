package builder

import (
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/dreysql/drey/internal/lint/dataflow"
)

// adds is the fact that an exported function returns the builder that it is given, with
// conditions, orders and limits added, but no source and no column.
type adds struct {
	Arg int
}

func (*adds) AFact() {}

func (*adds) String() string { return "adds to a statement that it is given" }

// naming are the methods that may give a statement a name, besides sourcing.
var naming = []string{"Column", "Columns", "Suffix", "SuffixExpr", "RemoveColumns", "Set", "SetMap", "Values"}

// export says which functions of the package add to a builder, for the packages that
// import it.
func (c *Chains) export(pass *analysis.Pass) {
	if m := pass.Module; m == nil || m.Path == "" || m.Version != "" {
		return // it belongs to a library, which is not looked at
	}
	for _, obj := range pass.TypesInfo.Defs {
		fn, ok := obj.(*types.Func)
		if !ok || !fn.Exported() || fn.Signature().Results().Len() != 1 || kinds[Named(fn.Signature().Results().At(0).Type())] == "" {
			continue
		}
		decl := c.Flow.Body(fn)
		if decl == nil || decl.Body == nil {
			continue
		}
		for i := range fn.Signature().Params().Len() {
			results := dataflow.Returned(decl.Body)
			from := func(e ast.Expr) bool { return c.from(e, fn.Signature().Params().At(i), map[types.Object]bool{}) }
			if len(results) > 0 && !slices.ContainsFunc(results, func(e ast.Expr) bool { return !from(e) }) {
				pass.ExportObjectFact(fn, &adds{i})
			}
		}
	}
}

// from reports whether an expression is a builder that goes on from a parameter.
func (c *Chains) from(e ast.Expr, param *types.Var, open map[types.Object]bool) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.CallExpr:
		if arg, ok := c.onto(e); ok {
			return c.from(e.Args[arg], param, open)
		}
		name := c.step(e)
		sel, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr)
		return ok && name != "" && begins[name] == "" && ends[name] == "" && !slices.Contains(sourcing, name) &&
			!slices.Contains(naming, name) && c.from(sel.X, param, open)
	case *ast.Ident:
		obj := c.Flow.Object(e)
		if obj == nil || open[obj] {
			return obj != nil
		}
		open[obj] = true
		list := c.Flow.Assignments(obj)
		if fn, _ := c.Flow.Param(obj); obj != types.Object(param) && (fn != nil || !dataflow.Local(obj) || len(list) == 0) {
			return false
		}
		return !slices.ContainsFunc(list, func(a dataflow.Assignment) bool {
			return a.Expr == nil && !a.Zero || a.Each || a.Append || a.Result > 0 || a.Expr != nil && !c.from(a.Expr, param, open)
		})
	}
	return false
}

// onto returns the argument that a call of another package's function adds to.
func (c *Chains) onto(call *ast.CallExpr) (arg int, ok bool) {
	fn, ok := typeutil.Callee(c.info, call).(*types.Func)
	if !ok || fn.Pkg() == nil {
		return 0, false
	}
	fact := c.fact(fn.Origin())
	if fact == nil || fact.Arg >= len(call.Args) {
		return 0, false
	}
	return fact.Arg, true
}
