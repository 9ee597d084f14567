package dataflow

import (
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// fieldOf returns a field of a struct, or of what a pointer to one points at.
func fieldOf(t types.Type, i int) *types.Var {
	s := structure(t)
	if s == nil {
		return nil
	}
	return s.Field(i).Origin()
}

// structure returns the struct that a type or a pointer is about, or nil.
func structure(t types.Type) *types.Struct {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	s, _ := t.Underlying().(*types.Struct)
	return s
}

// share notes that values of one struct are converted to another: what is stored in a
// field of one may be read from the other.
func (p *program) share(a, b *types.Struct) {
	if a == nil || b == nil || a == b || a.NumFields() != b.NumFields() {
		return
	}
	for i := range a.NumFields() {
		x, y := a.Field(i).Origin(), b.Field(i).Origin()
		if x != y {
			p.shared[x] = append(p.shared[x], y)
			p.shared[y] = append(p.shared[y], x)
		}
		p.share(bare(x.Type()), bare(y.Type()))
	}
}

// bare returns the struct that a type without a name is about, or nil.
func bare(t types.Type) *types.Struct {
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	s, _ := types.Unalias(t).(*types.Struct)
	return s
}

// nameless notes a struct type without a name. Types that are written alike are the same,
// and have fields of their own.
func (p *program) nameless(t types.Type) {
	s := bare(t)
	if s == nil {
		return
	}
	as := types.TypeString(s, nil)
	if first := p.unnamed[as]; first == nil {
		p.unnamed[as] = s
	} else {
		p.share(first, s)
	}
}

// addresses lists the addresses of a field, also in structs that are converted.
func (p *program) addresses(field *types.Var) (list []ssa.Value) {
	seen := map[*types.Var]bool{}
	for open := []*types.Var{field}; len(open) > 0; {
		f := open[0]
		if open = open[1:]; !seen[f] {
			seen[f] = true
			list = append(list, p.fields[f]...)
			open = append(open, p.shared[f]...)
		}
	}
	return list
}

// is reports whether a path begins with a field. The struct may be converted, or of an
// unnamed type, so that its fields only have the same names.
func (p *path) is(field *types.Var) bool {
	return p.field == field || p.field != nil && field != nil && p.field.Name() == field.Name()
}

func (p *path) alike(q *path) bool { return p.key == q.key && p.is(q.field) }
