package dataflow

import (
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// edge reports whether a place is checked on the way from one block to the next.
func (j *judge) edge(from, to *ssa.BasicBlock, pl place, f *frame) bool {
	branch, ok := from.Instrs[len(from.Instrs)-1].(*ssa.If)
	if !ok || from.Succs[0] == from.Succs[1] {
		return false
	}
	return j.sure(branch.Cond, from.Succs[0] == to, pl, f, 0)
}

type condition struct {
	v     ssa.Value
	truth bool
	pl    place
	f     *frame
}

// sure reports whether a place is checked if a condition has this truth, or no error. A
// condition that is made of itself does not say anything.
func (j *judge) sure(cond ssa.Value, truth bool, pl place, f *frame, depth int) bool {
	k := condition{cond, truth, pl, f}
	known, ok := j.conditions[k]
	if !ok {
		j.conditions[k] = false
		known = depth <= deepest && j.holds(cond, truth, pl, f, depth)
		j.conditions[k] = known
	}
	return known
}

func (j *judge) holds(cond ssa.Value, truth bool, pl place, f *frame, depth int) bool {
	same := func(v ssa.Value) bool { return v == pl.base && pl.p == nil || j.place(v, nil) == pl }
	is := func(v ssa.Value) bool {
		if call, ok := v.(*ssa.Call); ok && !same(v) {
			if fn := callee(call.Common()); fn != nil && slices.Contains(alike, fn.FullName()) {
				v = call.Call.Args[0]
			}
		}
		return same(v)
	}
	switch c := cond.(type) {
	case *ssa.Const:
		return c.Value != nil && c.Value.Kind() == constant.Bool && constant.BoolVal(c.Value) != truth
	case *ssa.UnOp:
		if c.Op == token.NOT {
			return j.sure(c.X, !truth, pl, f, depth+1)
		}
	case *ssa.BinOp:
		equal := c.Op == token.EQL && truth || c.Op == token.NEQ && !truth
		other := c.Op == token.NEQ && truth || c.Op == token.EQL && !truth
		x, y := c.X, c.Y
		if _, first := x.(*ssa.Const); first {
			x, y = y, x
		}
		k, isConst := y.(*ssa.Const)
		switch {
		case equal && isConst && k.IsNil():
			return j.passes(x, pl, f, depth)
		case equal && isConst && isTextual(k.Type()):
			return is(x)
		case other && isConst: // m[x] != ""
			l, ok := x.(*ssa.Lookup)
			return ok && j.listed(l, is, f)
		case equal && !isConst && isTextual(x.Type()):
			fixed := func(v ssa.Value) bool {
				o := j.anew(v, nil, c, f)
				return o == nil || element(v) && list(o)
			}
			return is(x) && fixed(y) || is(y) && fixed(x)
		}
	case *ssa.Lookup:
		return truth && j.listed(c, is, f)
	case *ssa.Extract:
		if l, ok := c.Tuple.(*ssa.Lookup); ok && c.Index == 1 {
			return truth && j.listed(l, is, f)
		}
		if truth {
			return j.passes(c, pl, f, depth)
		}
	case *ssa.Phi:
		for i, e := range c.Edges {
			pred := c.Block().Preds[i]
			if j.sure(e, truth, pl, f, depth+1) || j.ways(pl, pl.base, point{block: pred, to: c.Block()}, f) {
				continue
			}
			return false
		}
		return true
	case *ssa.Call:
		if !truth {
			return false
		}
		fn := callee(c.Common())
		args := c.Call.Args
		if fn != nil {
			switch fn.FullName() {
			case "slices.Contains":
				if !is(args[1]) {
					return false
				}
				return list(j.anew(args[0], j.step(path{}), c, f))
			case "(*regexp.Regexp).MatchString":
				return is(args[1]) && narrow(j.pattern(args[0]))
			case "strings.EqualFold":
				_, a := args[0].(*ssa.Const)
				_, b := args[1].(*ssa.Const)
				return b && is(args[0]) || a && is(args[1])
			}
		}
		return j.passes(c, pl, f, depth)
	}
	return false
}

// anew judges what a check relies on. Nothing is taken for granted, not even what is
// being judged.
func (j *judge) anew(v ssa.Value, p *path, at ssa.Instruction, f *frame) *Origin {
	open, lowest, known := j.open, j.lowest, j.known
	j.open, j.known = map[visit]int{}, map[answer]*Origin{}
	defer func() { j.open, j.lowest, j.known = open, lowest, known }()
	return j.value(v, p, here(at), f)
}

// list reports whether a list from an origin may be what texts are checked against: it
// is constant, or that of a caller or of another package.
func list(o *Origin) bool { return o == nil || o.Handed || o.Foreign }

// element reports whether a value is one of a list, as in a loop over it.
func element(v ssa.Value) bool {
	switch v := v.(type) {
	case *ssa.UnOp:
		_, ok := v.X.(*ssa.IndexAddr)
		return ok && v.Op == token.MUL
	case *ssa.Index:
		return true
	}
	return false
}

// listed reports whether a text is looked up in a map of constant keys.
func (j *judge) listed(l *ssa.Lookup, is func(ssa.Value) bool, f *frame) bool {
	if _, isMap := l.X.Type().Underlying().(*types.Map); !isMap || !is(l.Index) {
		return false
	}
	return list(j.anew(l.X, j.step(path{key: true}), l, f))
}

// alike are the functions whose result is one of a list only if their argument is, but
// for its case and the space around it.
var alike = []string{"strings.ToLower", "strings.ToUpper", "strings.TrimSpace"}

// numbers are the functions that fail unless they are given a number.
var numbers = map[string]bool{
	"strconv.Atoi": true, "strconv.ParseInt": true, "strconv.ParseUint": true, "strconv.ParseBool": true, "strconv.ParseFloat": true,
}

// passes reports whether a place is checked whenever a function returns true, or no
// error, as its last result.
func (j *judge) passes(v ssa.Value, pl place, f *frame, depth int) bool {
	if e, ok := v.(*ssa.Extract); ok {
		v = e.Tuple
	}
	call, ok := v.(*ssa.Call)
	if !ok {
		return false
	}
	if fn := callee(call.Common()); fn != nil && numbers[fn.FullName()] {
		return j.place(call.Call.Args[0], nil) == pl || call.Call.Args[0] == pl.base && pl.p == nil
	}
	if fn := callee(call.Common()); fn != nil && fn.Pkg() != j.pkg && !call.Call.IsInvoke() {
		fact := j.fact(fn)
		return fact != nil && slices.ContainsFunc(fact.Checked, func(i int) bool {
			return i < len(call.Call.Args) && (j.place(call.Call.Args[i], nil) == pl || call.Call.Args[i] == pl.base && pl.p == nil)
		})
	}
	fn, args := j.own(call.Common(), f)
	if fn == nil || depth > 3 {
		return false
	}
	for i, a := range args {
		if i >= len(fn.Params) {
			break
		}
		to := place{a, nil}
		if a != pl.base || pl.p != nil {
			to = j.place(a, nil)
		}
		if to.base == pl.base && covers(to.p, pl.p) && j.certain(fn, fn.Params[i], pathAfter(to.p, pl.p), call, f, depth) {
			return true
		}
	}
	return false
}

func (j *judge) certain(fn *ssa.Function, param *ssa.Parameter, p *path, call *ssa.Call, f *frame, depth int) bool {
	var inner *frame
	if call != nil {
		_, args := j.own(call.Common(), f)
		if inner, _ = j.enter(fn, args, call, f); inner == nil {
			return false
		}
	}
	list, results := returns(fn), fn.Signature.Results()
	if results.Len() == 0 || !verdict(results.At(results.Len()-1).Type()) {
		return false
	}
	return len(list) > 0 && !slices.ContainsFunc(list, func(ret *ssa.Return) bool {
		return !j.succeeds(ret.Results[len(ret.Results)-1], here(ret), place{param, p}, inner, depth)
	})
}

// verdict reports whether a type is bool or error.
func verdict(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Kind() == types.Bool || types.Identical(t, types.Universe.Lookup("error").Type())
}

// succeeds reports whether a place is checked unless a result is false, or an error.
func (j *judge) succeeds(v ssa.Value, at point, pl place, f *frame, depth int) bool {
	if phi, ok := v.(*ssa.Phi); ok {
		for i, e := range phi.Edges {
			if depth > deepest || !j.succeeds(e, point{block: phi.Block().Preds[i], to: phi.Block()}, pl, f, depth+1) {
				return false
			}
		}
		return true
	}
	if c, ok := v.(*ssa.Const); ok {
		if c.Value != nil && c.Value.Kind() == constant.Bool && !constant.BoolVal(c.Value) {
			return true
		}
	} else if b, ok := v.Type().Underlying().(*types.Basic); ok && b.Info()&types.IsBoolean != 0 {
		if j.sure(v, true, pl, f, depth+1) {
			return true
		}
	} else if j.passes(v, pl, f, depth+1) {
		return true
	} else if _, isErr := v.(*ssa.MakeInterface); isErr {
		return true
	} else if call, ok := v.(*ssa.Call); ok {
		if fn := callee(call.Common()); fn != nil && fn.Pkg() != nil && fn.Pkg() != j.pkg {
			return true // an error that is made
		}
	} else if u, ok := v.(*ssa.UnOp); ok {
		if _, global := u.X.(*ssa.Global); global {
			return true
		}
	}
	return j.waysIn(pl, at, f)
}

// waysIn is ways, for a parameter or a field of one. A parameter that is a struct is
// copied into a variable first.
func (j *judge) waysIn(pl place, at point, f *frame) bool {
	if pl.p != nil {
		for _, r := range *pl.base.Referrers() {
			if s, ok := r.(*ssa.Store); ok && s.Val == pl.base {
				if j.ways(place{s.Addr, pl.p}, s.Addr, at, f) {
					return true
				}
			}
		}
	}
	return j.ways(pl, pl.base, at, f)
}

// validated reports whether a method of the package that others may call, or that is
// called, fails unless a field is one of a list.
func (j *judge) validated(field *types.Var) bool {
	for fn := range j.validators[field] {
		if obj, ok := fn.Object().(*types.Func); ok && (obj.Exported() || len(j.calls[fn]) > 0) {
			recv := fn.Params[0]
			if j.certain(fn, recv, j.step(path{field: field}), nil, nil, 0) {
				return true
			}
		}
	}
	return false
}
