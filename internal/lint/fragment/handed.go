package fragment

import (
	"cmp"
	"go/ast"
	"go/types"
	"maps"
	"slices"
	"strings"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/dreysql/drey/internal/lint/dataflow"
)

// A part of a text may come from another package: as an argument of an exported function,
// in a struct or a list that is one, or in an exported field. The package that makes SQL of
// it says so by a fact that has its places, and the packages that hand it in look at their
// constants.

// Taking is where in a text something gets that other packages hand in.
type Taking struct {
	Index         int    // of the argument
	Path          string // leads from the argument or the field to the part
	Before, After string // the text around it
	Clause        int    // of a statement, where the text is a part of one
}

// Takings are those of functions and fields.
type Takings map[types.Object][]Taking

// Add notes where a part is handed in.
func (l Takings) Add(from dataflow.Handed, before, after string, clause int) {
	at := Taking{from.Index, from.Path, before, after, clause}
	if !slices.Contains(l[from.Object], at) {
		l[from.Object] = append(l[from.Object], at)
	}
}

// Export calls f for each function and field, and for the methods of the package's
// interfaces that one of the functions may be.
func (l Takings) Export(pkg *types.Package, f func(types.Object, []Taking)) {
	all := maps.Clone(l)
	for obj, list := range l {
		if fn, ok := obj.(*types.Func); ok {
			for _, m := range interfaces(pkg, fn) {
				all[m] = slices.Concat(all[m], list)
			}
		}
	}
	for obj, list := range all {
		slices.SortFunc(list, func(a, b Taking) int {
			return cmp.Or(cmp.Compare(a.Index, b.Index), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Before, b.Before),
				cmp.Compare(a.After, b.After), cmp.Compare(a.Clause, b.Clause))
		})
		f(obj, slices.Compact(list))
	}
}

// interfaces lists the methods of the package's interfaces that a method fulfils.
func interfaces(pkg *types.Package, fn *types.Func) (list []*types.Func) {
	recv := fn.Signature().Recv()
	if recv == nil || fn.Signature().RecvTypeParams().Len() > 0 {
		return nil
	}
	for _, name := range pkg.Scope().Names() {
		obj, ok := pkg.Scope().Lookup(name).(*types.TypeName)
		if !ok {
			continue
		}
		i, ok := obj.Type().Underlying().(*types.Interface)
		if ok && types.Implements(recv.Type(), i) {
			if m, _, _ := types.LookupFieldOrMethod(i, false, pkg, fn.Name()); m != nil && m.Exported() && m.Pkg() == pkg {
				list = append(list, m.(*types.Func))
			}
		}
	}
	return list
}

// Given is an expression that is handed to another package.
type Given struct {
	ast.Expr
	Taking
}

// Texts are those that it becomes. Their constants are the part that is handed in.
func (g Given) Texts(flow *dataflow.Values, before, source string) (list []Text) {
	if g.Path == "" {
		list = Alternatives(flow, g.Expr, before+g.Before, source)
	} else {
		list = Whole(flow, g.Expr, g.Path)
	}
	for i := range list {
		list[i].SQL = g.Before + list[i].SQL + g.After
	}
	return list
}

// GivenAt lists what a node hands to the functions and the fields of other packages.
// takings says where these get it.
func GivenAt(info *types.Info, n ast.Node, takings func(types.Object) []Taking) (list []Given) {
	field := func(obj types.Object, e ast.Expr) {
		if v, ok := obj.(*types.Var); ok {
			for _, at := range takings(v.Origin()) {
				list = append(list, Given{e, at})
			}
		}
	}
	switch n := n.(type) {
	case *ast.CallExpr:
		fn, ok := typeutil.Callee(info, n).(*types.Func)
		if !ok {
			return nil
		}
		last := fn.Signature().Params().Len() - 1
		for _, at := range takings(fn.Origin()) {
			rest, listed := strings.CutPrefix(at.Path, dataflow.ElementPath)
			switch {
			case fn.Signature().Variadic() && at.Index == last && listed && !n.Ellipsis.IsValid():
				at.Path = rest
				for _, e := range n.Args[min(last, len(n.Args)):] {
					list = append(list, Given{e, at})
				}
			case at.Index < len(n.Args):
				list = append(list, Given{n.Args[at.Index], at})
			}
		}
	case *ast.CompositeLit:
		s, ok := info.TypeOf(n).Underlying().(*types.Struct)
		if !ok {
			return nil
		}
		for i, e := range n.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); !ok {
				field(s.Field(i), e)
			} else if key, ok := kv.Key.(*ast.Ident); ok {
				field(info.Uses[key], kv.Value)
			}
		}
	case *ast.AssignStmt:
		for i, left := range n.Lhs {
			if sel, ok := left.(*ast.SelectorExpr); ok && len(n.Lhs) == len(n.Rhs) {
				field(info.Uses[sel.Sel], n.Rhs[i])
			}
		}
	}
	return list
}
