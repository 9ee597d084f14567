package drivertimes

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"
)

// qualifier returns what stands before the layer's names in a file, "" within its package.
// It reports false if the file does not import it under a name.
func (c *checker) qualifier(f *ast.File, l *layer) (string, bool) {
	if c.Pkg == l.Package {
		return "", true
	}
	for _, spec := range f.Imports {
		name := c.TypesInfo.PkgNameOf(spec)
		if name != nil && name.Imported() == l.Package && name.Name() != "_" {
			if name.Name() == "." {
				return "", true
			}
			return name.Name() + ".", true
		}
	}
	return "", false
}

func edits(message string, edits ...analysis.TextEdit) []analysis.SuggestedFix {
	return []analysis.SuggestedFix{{Message: message, TextEdits: edits}}
}

func insert(at token.Pos, text string) analysis.TextEdit {
	return analysis.TextEdit{Pos: at, End: at, NewText: []byte(text)}
}

// wrap hands a value through OnDBTX, which gives what sqlc calls a DBTX again.
func (c *checker) wrap(at place, l *layer, value ast.Expr) []analysis.SuggestedFix {
	q, ok := c.qualifier(at.file, l)
	if !ok {
		return nil
	}
	name := q + l.name("OnDBTX")
	return edits("give it to "+name, insert(value.Pos(), name+"("), insert(value.End(), ")"))
}

// fixNew makes Using(OnDBTX(x)) of New(x): the result is sqlc's Queries, as before.
func (c *checker) fixNew(l *layer, fun ast.Expr, call *ast.CallExpr) []analysis.SuggestedFix {
	if call == nil || len(call.Args) != 1 || call.Ellipsis.IsValid() {
		return nil
	}
	q := ""
	if sel, ok := fun.(*ast.SelectorExpr); ok {
		q = sel.X.(*ast.Ident).Name + "."
	}
	return edits("use "+q+l.name("Using"),
		analysis.TextEdit{Pos: fun.Pos(), End: fun.End(), NewText: []byte(q + l.name("Using"))},
		insert(call.Args[0].Pos(), q+l.name("OnDBTX")+"("), insert(call.Args[0].End(), ")"))
}

// fixWithTx makes Using(OnDBTX(tx)) of q.WithTx(tx), if q can be left out.
func (c *checker) fixWithTx(at place, l *layer, fun ast.Expr, call *ast.CallExpr) []analysis.SuggestedFix {
	q, ok := c.qualifier(at.file, l)
	sel, isSel := fun.(*ast.SelectorExpr)
	if !ok || !isSel || call == nil || len(call.Args) != 1 || c.TypesInfo.Types[sel.X].IsType() || !c.omissible(sel.X) {
		return nil
	}
	return edits("use "+q+l.name("Using"),
		analysis.TextEdit{Pos: call.Fun.Pos(), End: call.Fun.End(), NewText: []byte(q + l.name("Using"))},
		insert(call.Args[0].Pos(), q+l.name("OnDBTX")+"("), insert(call.Args[0].End(), ")"))
}

// omissible reports whether an expression does nothing, and the code still compiles
// without it.
func (c *checker) omissible(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		v, ok := c.TypesInfo.Uses[e].(*types.Var)
		if !ok {
			_, isPackage := c.TypesInfo.Uses[e].(*types.PkgName)
			return isPackage
		}
		return c.others(v) > 0
	case *ast.SelectorExpr:
		s := c.TypesInfo.Selections[e]
		return (s == nil || s.Kind() == types.FieldVal) && c.omissible(e.X)
	}
	return false
}

// others counts the uses of a variable that no fix takes away. A variable that may be
// unused, as a parameter, has one more.
func (c *checker) others(v *types.Var) int {
	if c.counts == nil {
		c.counts = map[types.Object]int{}
		taken := map[*ast.Ident]bool{}
		c.in.Preorder([]ast.Node{(*ast.SelectorExpr)(nil)}, func(n ast.Node) {
			sel := n.(*ast.SelectorExpr)
			if sel.Sel.Name != "WithTx" {
				return
			}
			x := ast.Unparen(sel.X)
			for {
				inner, ok := x.(*ast.SelectorExpr)
				if !ok {
					break
				}
				x = ast.Unparen(inner.X)
			}
			if id, ok := x.(*ast.Ident); ok {
				taken[id] = true
			}
		})
		for id, obj := range c.TypesInfo.Uses {
			if !taken[id] {
				c.counts[obj]++
			}
		}
	}
	n := c.counts[v]
	if v.Kind() != types.LocalVar {
		n++
	}
	return n
}
