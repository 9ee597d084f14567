package dataflow

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// point is a place in a function: before an instruction, or on the way from one block
// to another.
type point struct {
	block *ssa.BasicBlock
	index int             // of the instruction; with to, all of them come before
	to    *ssa.BasicBlock // nil for a point in the block
}

func here(i ssa.Instruction) point {
	b := i.Block()
	for k, x := range b.Instrs {
		if x == i {
			return point{block: b, index: k}
		}
	}
	return point{block: b}
}

// place is a variable, or a field of one.
type place struct {
	base ssa.Value
	p    *path
}

// place returns the place that a value is loaded from, or the value itself.
func (j *judge) place(v ssa.Value, p *path) place {
	for {
		switch x := v.(type) {
		case *ssa.UnOp:
			if x.Op != token.MUL {
				return place{v, p}
			}
			v = x.X
		case *ssa.FieldAddr:
			v, p = x.X, j.step(path{field: fieldOf(x.X.Type(), x.Field), rest: p})
		case *ssa.Field:
			v, p = x.X, j.step(path{field: fieldOf(x.X.Type(), x.Field), rest: p})
		case *ssa.ChangeType:
			v = x.X
		case *ssa.Convert:
			if !isTextual(x.X.Type()) {
				return place{v, p}
			}
			v = x.X
		default:
			return place{v, p}
		}
	}
}

// checked reports whether a value is known at a point to be one of a list, or was
// just set to something that is trusted: on every way to that point there is such a
// condition or assignment.
func (j *judge) checked(v ssa.Value, p *path, at point, f *frame) bool {
	if at.block == nil || v.Parent() != nil && at.block.Parent() != v.Parent() {
		return false
	}
	if p == nil && isTextual(v.Type()) && j.ways(place{v, nil}, v, at, f) {
		return true
	}
	pl := j.place(v, p)
	if pl.base == v && pl.p == nil {
		return false
	}
	if pl.p == nil {
		if _, alloc := pl.base.(*ssa.Alloc); !alloc {
			if _, free := pl.base.(*ssa.FreeVar); !free {
				return false
			}
		}
	}
	if load, ok := v.(*ssa.UnOp); ok && p == nil {
		at = here(load)
	}
	return j.ways(pl, v, at, f)
}

// ways searches backwards from a point for a way on which a place is not checked.
func (j *judge) ways(pl place, v ssa.Value, at point, f *frame) bool {
	if (pl.base != v || pl.p != nil) && aliased(pl.base, pl.p) {
		return false
	}
	seen := map[*ssa.BasicBlock]bool{}
	var back func(b *ssa.BasicBlock, from int) bool
	back = func(b *ssa.BasicBlock, from int) bool {
		for i := from - 1; i >= 0; i-- {
			instr := b.Instrs[i]
			if x, ok := instr.(ssa.Value); ok && x == pl.base {
				return false
			}
			switch x := instr.(type) {
			case *ssa.Store:
				if pl.base == v && pl.p == nil {
					continue
				}
				to := j.place(x.Addr, nil)
				if to == pl {
					return j.value(x.Val, nil, here(x), f) == nil
				}
				if to.base == pl.base && covers(to.p, pl.p) {
					return false
				}
			case ssa.CallInstruction:
				if pl.p == nil && pl.base == v {
					continue
				}
				if j.ensures(x, pl, f) {
					return true
				} else if j.touches(x, pl) {
					return false
				}
			}
		}
		if b.Index == 0 || len(b.Preds) == 0 {
			return false
		}
		for _, pred := range b.Preds {
			j.steps++
			if j.edge(pred, b, pl, f) {
				continue
			}
			if seen[pred] {
				continue
			}
			seen[pred] = true
			if !back(pred, len(pred.Instrs)) {
				return false
			}
		}
		return true
	}
	if at.to != nil {
		if j.edge(at.block, at.to, pl, f) {
			return true
		}
		return back(at.block, len(at.block.Instrs))
	}
	return back(at.block, at.index)
}

// covers reports whether a path is a beginning of another.
func covers(a, b *path) bool {
	for ; a != nil; a, b = a.rest, b.rest {
		if b == nil || !a.alike(b) {
			return false
		}
	}
	return true
}

func pathAfter(a, b *path) *path {
	for ; a != nil; a = a.rest {
		b = b.rest
	}
	return b
}

// ensures reports whether a function of the package checks a field of its argument, or
// sets it, whenever it returns.
func (j *judge) ensures(call ssa.CallInstruction, pl place, f *frame) bool {
	c, ok := call.(*ssa.Call)
	if !ok {
		return false
	}
	own, args := j.own(c.Common(), f)
	if own == nil {
		return false
	}
	for i, a := range args {
		to := j.place(a, nil)
		if to.base != pl.base || !covers(to.p, pl.p) {
			continue
		}
		inner, _ := j.enter(own, args, c, f)
		return inner != nil && !slices.ContainsFunc(returns(own), func(ret *ssa.Return) bool {
			return !j.ways(place{own.Params[i], pathAfter(to.p, pl.p)}, nil, here(ret), inner)
		})
	}
	return false
}

// touches reports whether a call may write to a place.
func (j *judge) touches(call ssa.CallInstruction, pl place) bool {
	if j.shared(pl.base, 0) {
		return true
	}
	for _, given := range arguments(call.Common()) {
		a := given
		if m, ok := a.(*ssa.MakeInterface); ok {
			a = m.X
		}
		if _, pointer := a.Type().Underlying().(*types.Pointer); !pointer {
			continue
		}
		to := place{a, nil}
		if _, ok := a.(*ssa.FieldAddr); ok {
			to = j.place(a, nil)
		}
		if to.base == pl.base && covers(to.p, pl.p) {
			if o, some := j.passed(call, given, pathAfter(to.p, pl.p), nil); some || o != nil {
				return true
			}
		}
	}
	return false
}

// shared reports whether other functions store to a variable: a package variable, or
// one around a closure that does.
func (j *judge) shared(v ssa.Value, depth int) bool {
	switch x := v.(type) {
	case *ssa.FreeVar:
		return slices.ContainsFunc(j.bindings(x), func(v ssa.Value) bool { return depth < deepest && j.shared(v, depth+1) })
	case *ssa.Alloc:
		return captures(x)
	case *ssa.Global:
		return true
	}
	return false
}

// aliased reports whether the address of a place is kept, as an argument among several
// is. What is written through that is not seen.
func aliased(v ssa.Value, p *path) bool {
	if v.Referrers() == nil {
		return false
	}
	return slices.ContainsFunc(*v.Referrers(), func(r ssa.Instruction) bool {
		switch r := r.(type) {
		case *ssa.Store:
			switch v.(type) {
			case *ssa.Alloc, *ssa.FieldAddr, *ssa.MakeInterface:
				return r.Val == v
			}
		case *ssa.MakeInterface:
			return aliased(r, p)
		case *ssa.FieldAddr:
			return p != nil && p.is(fieldOf(r.X.Type(), r.Field)) && aliased(r, p.rest)
		case *ssa.UnOp:
			return p != nil && r.Op == token.MUL && aliased(r, p)
		}
		return false
	})
}

func captures(v ssa.Value) bool {
	for _, r := range *v.Referrers() {
		switch r := r.(type) {
		case *ssa.MakeClosure:
			for i, b := range r.Bindings {
				if fv := r.Fn.(*ssa.Function).FreeVars[i]; b == v && (stored(fv) || captures(fv)) {
					return true
				}
			}
		}
	}
	return false
}

// stored reports whether something is stored through an address.
func stored(addr ssa.Value) bool {
	for _, r := range *addr.Referrers() {
		switch r := r.(type) {
		case *ssa.Store:
			return true
		case *ssa.FieldAddr:
			if stored(r) {
				return true
			}
		}
	}
	return false
}
