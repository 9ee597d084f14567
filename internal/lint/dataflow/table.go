package dataflow

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// tabled judges the result of a function that is taken out of a map which is made with all
// of its functions, or chosen among some.
func (j *judge) tabled(call *ssa.Call, result int, p *path, f *frame) (o *Origin) {
	c := call.Common()
	list, ok := j.among(c.Value, f, 0)
	if !ok || len(list) == 0 {
		return j.origin(call, "the result of a function value")
	}
	for _, v := range list {
		one := *c
		one.Value = v
		fn, args := j.own(&one, f)
		if fn == nil {
			return j.origin(call, "the result of a function value")
		}
		o = worst(o, j.results(fn, result, p, args, call, f))
	}
	return o
}

// among lists the functions that a value may be. They are not all if ok is false.
func (j *judge) among(v ssa.Value, f *frame, depth int) (list []ssa.Value, ok bool) {
	if depth > deepest {
		return nil, false
	}
	switch x := v.(type) {
	case *ssa.Const:
		return nil, true
	case *ssa.ChangeType:
		return j.among(x.X, f, depth+1)
	case *ssa.Extract:
		if _, lookup := x.Tuple.(*ssa.Lookup); lookup && x.Index == 0 {
			return j.among(x.Tuple, f, depth+1)
		}
	case *ssa.Phi:
		for _, e := range x.Edges {
			more, ok := j.among(e, f, depth+1)
			if !ok {
				return nil, false
			}
			list = append(list, more...)
		}
		return list, true
	case *ssa.Lookup:
		return j.table(x.X)
	}
	return []ssa.Value{v}, j.target(v, f) != nil
}

// table lists the functions of a map that is only filled where it is made.
func (j *judge) table(v ssa.Value) (list []ssa.Value, ok bool) {
	var variable ssa.Value
	var uses []ssa.Value
	if load, isLoad := v.(*ssa.UnOp); isLoad {
		if variable, v, uses = j.stored(load.X); v == nil {
			return nil, false
		}
	}
	made, ok := v.(*ssa.MakeMap)
	if !ok {
		return nil, false
	}
	for _, v := range append(uses, made) {
		for _, r := range *v.Referrers() {
			switch r := r.(type) {
			case *ssa.DebugRef, *ssa.Lookup, *ssa.Range:
			case *ssa.Store:
				if r.Addr != variable {
					return nil, false
				}
			case *ssa.MapUpdate:
				if r.Map != made || j.target(r.Value, nil) == nil {
					return nil, false
				}
				if !slices.Contains(list, r.Value) {
					list = append(list, r.Value)
				}
			case *ssa.Call:
				if _, builtin := r.Call.Value.(*ssa.Builtin); !builtin {
					return nil, false
				}
			default:
				return nil, false
			}
		}
	}
	return list, true
}

// stored returns a variable of the package or of a function, its only value, and all loads
// of it. It returns nil if there may be another value.
func (j *judge) stored(addr ssa.Value) (variable, v ssa.Value, loads []ssa.Value) {
	var uses []ssa.Instruction
	switch x := addr.(type) {
	case *ssa.Global:
		obj, ok := x.Object().(*types.Var)
		if !ok || obj.Exported() || x.Pkg != j.ssa {
			return nil, nil, nil
		}
		uses = j.globals[x]
	case *ssa.FreeVar:
		bound := j.bindings(x)
		if len(bound) != 1 {
			return nil, nil, nil
		}
		if _, local := bound[0].(*ssa.Alloc); !local {
			return nil, nil, nil
		}
		return j.stored(bound[0])
	case *ssa.Alloc:
		uses = *x.Referrers()
	default:
		return nil, nil, nil
	}
	for _, instr := range uses {
		switch r := instr.(type) {
		case *ssa.DebugRef:
		case *ssa.UnOp:
			loads = append(loads, r)
		case *ssa.Store:
			if v != nil || r.Addr != addr {
				return nil, nil, nil
			}
			v = r.Val
		case *ssa.MakeClosure:
			for i, b := range r.Bindings {
				if b != addr {
					continue
				}
				for _, inner := range *r.Fn.(*ssa.Function).FreeVars[i].Referrers() {
					load, ok := inner.(*ssa.UnOp)
					if _, ref := inner.(*ssa.DebugRef); !ok && !ref {
						return nil, nil, nil
					}
					if ok {
						loads = append(loads, load)
					}
				}
			}
		default:
			return nil, nil, nil
		}
	}
	return addr, v, loads
}
