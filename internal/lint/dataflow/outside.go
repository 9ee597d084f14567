package dataflow

import (
	"go/ast"
	"go/types"
)

// Outside returns where the text of an expression comes from, or that of the elements
// of a slice or an array, if it is not made only of constants and numbers, quoted as an
// identifier, or checked against a list of constants. It returns nil if it is.
func (v *Values) Outside(e ast.Expr) *Origin {
	e = ast.Unparen(e)
	if tv, ok := v.Info.Types[e]; ok && (tv.Value != nil || tv.IsNil()) {
		return nil
	}
	if known, ok := v.outside.Load(e); ok {
		return known.(*Origin)
	}
	p := v.program()
	j := p.judge()
	ref := p.values[e]
	var o *Origin
	if ref == nil {
		o = &Origin{Pos: e.Pos(), What: "code that is never reached"}
	} else {
		var to *path
		switch ref.X.Type().Underlying().(type) {
		case *types.Slice, *types.Array, *types.Map:
			if !isTextual(ref.X.Type()) {
				to = j.step(path{})
			}
		}
		o = j.value(ref.X, to, here(ref), nil)
	}
	v.outside.Store(e, o)
	return o
}

func (p *program) judge() *judge {
	return &judge{program: p, paths: map[path]*path{}, open: map[visit]int{}, known: map[answer]*Origin{}, frames: map[frameKey]*frame{}, conditions: map[condition]bool{}}
}

// Trusted reports whether the text of an expression does not come from outside.
func (v *Values) Trusted(e ast.Expr) bool { return v.Outside(e) == nil }

// Built reports whether a text is put together from parts of which one is not trusted,
// or comes from outside as a whole. A text that only comes from a caller is not built.
func (v *Values) Built(e ast.Expr) bool {
	o := v.Outside(e)
	return o != nil && (o.Composed || !o.Handed)
}
