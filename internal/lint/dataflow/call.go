package dataflow

import (
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/dreysql/drey/internal/lint/whole"
)

// call judges one result of a call.
func (j *judge) call(v *ssa.Call, result int, p *path, f *frame) *Origin {
	c := v.Common()
	if b, ok := c.Value.(*ssa.Builtin); ok {
		switch b.Name() {
		case "append":
			o := worst(j.value(c.Args[0], p, here(v), f), j.value(c.Args[1], p, here(v), f))
			if isTextual(v.Type()) {
				o = composed(o)
			}
			return o
		case "min", "max", "ssa:wrapnilchk":
			return j.all(c.Args, v, f)
		}
		return j.origin(v, "the result of "+b.Name())
	}
	if fn, args := j.own(c, f); fn != nil {
		return j.results(fn, result, p, args, v, f)
	}
	fn := callee(c)
	if fn == nil {
		return j.tabled(v, result, p, f)
	}
	return j.library(fn, v, result, p, f)
}

// callee returns the declared function or method that is called, or nil.
func callee(c *ssa.CallCommon) *types.Func {
	if c.IsInvoke() {
		return c.Method.Origin()
	}
	if fn := c.StaticCallee(); fn != nil {
		if obj, ok := source(fn).Object().(*types.Func); ok {
			return obj.Origin()
		}
	}
	return nil
}

// target returns the function that a value is, if it is one and no other.
func (j *judge) target(v ssa.Value, f *frame) *ssa.Function {
	fn, _ := j.resolved(v, f)
	return fn
}

// resolved is target, with the receiver if the value is a method that has it.
func (j *judge) resolved(v ssa.Value, f *frame) (fn *ssa.Function, receiver ssa.Value) {
	for range deepest {
		switch x := v.(type) {
		case *ssa.Function:
			return source(x), nil
		case *ssa.MakeClosure:
			fn := x.Fn.(*ssa.Function)
			if of := source(fn); of != fn {
				return of, x.Bindings[0]
			}
			return fn, nil
		case *ssa.ChangeType:
			v = x.X
		case *ssa.Parameter:
			g := f
			for g != nil && (g.fn != x.Parent() || g.args == nil) {
				g = g.caller
			}
			if g == nil {
				return nil, nil
			}
			v, f = g.args[slices.Index(g.fn.Params, x)], g.caller
		case *ssa.FreeVar:
			bound := j.bindings(x)
			if len(bound) != 1 {
				return nil, nil
			}
			v = bound[0]
		case *ssa.UnOp:
			addr := x.X
			if fv, ok := addr.(*ssa.FreeVar); ok {
				if bound := j.bindings(fv); len(bound) == 1 {
					addr = bound[0]
				}
			}
			if !stored1(addr) {
				return nil, nil
			}
			v = nil
			for _, r := range *addr.Referrers() {
				if s, ok := r.(*ssa.Store); ok {
					v = s.Val
				}
			}
		default:
			return nil, nil
		}
	}
	return nil, nil
}

// results judges what a function of this package returns for some arguments.
func (j *judge) results(fn *ssa.Function, result int, p *path, args []ssa.Value, at ssa.Instruction, f *frame) (o *Origin) {
	inner, again := j.enter(fn, args, at, f)
	if again { // the rest is what the first call returns, with other arguments
		return j.all(args, at, f)
	}
	if inner == nil {
		return j.involved(at.(ssa.Value))
	}
	for _, ret := range returns(fn) {
		if result < len(ret.Results) {
			o = worst(o, j.value(ret.Results[result], p, here(ret), inner))
		}
	}
	return o
}

func returns(fn *ssa.Function) (list []*ssa.Return) {
	for _, b := range fn.Blocks {
		if ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return); ok {
			list = append(list, ret)
		}
	}
	return list
}

type frameKey struct {
	fn     *ssa.Function
	call   ssa.Instruction
	caller *frame
}

// enter returns the frame of a call. It returns nil for a call that lies too deep, and
// for one of a function that is being followed already.
func (j *judge) enter(fn *ssa.Function, args []ssa.Value, at ssa.Instruction, f *frame) (inner *frame, again bool) {
	depth := 0
	for g := f; g != nil; g = g.caller {
		if g.fn == fn {
			return nil, true
		}
		depth++
	}
	k := frameKey{fn, at, f}
	if j.frames[k] == nil && depth < deepest {
		j.frames[k] = &frame{fn: fn, args: args, call: at, caller: f, quotes: quoting.MatchString(fn.Name())}
	}
	return j.frames[k], false
}

// own returns the function of this package that is called, or nil, and its arguments.
func (j *judge) own(c *ssa.CallCommon, f *frame) (fn *ssa.Function, args []ssa.Value) {
	if c.IsInvoke() {
		return nil, nil
	}
	fn, receiver := j.resolved(c.Value, f)
	if fn == nil || fn.Pkg != j.ssa || fn.Blocks == nil {
		return nil, nil
	}
	if args = c.Args; receiver != nil {
		args = append([]ssa.Value{receiver}, args...)
	}
	return fn, args
}

// param judges a parameter: the argument of the call that is followed, or those of
// all calls.
func (j *judge) param(v *ssa.Parameter, p *path, f *frame) *Origin {
	fn := v.Parent()
	i := slices.Index(fn.Params, v)
	for ; f != nil; f = f.caller {
		if f.fn == fn && f.args != nil {
			if i >= len(f.args) {
				return j.origin(v, "the parameter "+v.Name())
			}
			return j.value(f.args[i], p, here(f.call), f.caller)
		}
	}
	if j.summed == fn {
		j.used[i] = true
		return nil
	}
	if _, ok := fn.Syntax().(*ast.RangeStmt); ok {
		var o *Origin
		for _, c := range j.makers[fn] {
			for _, r := range *c.Referrers() {
				if call, ok := r.(ssa.CallInstruction); ok {
					o = worst(o, j.value(call.Common().Value, j.step(path{key: i == 0 && len(fn.Params) == 2, rest: p}), here(call), nil))
				}
			}
		}
		return o
	}
	handed := func() *Origin {
		o := j.origin(v, "the parameter "+v.Name()+" of "+fn.Name())
		o.Handed, o.argument, o.receiver = true, true, i == 0 && fn.Signature.Recv() != nil
		return o.asking(whole.Parameter, fn.Object(), i, p)
	}
	calls, all := j.callers(fn)
	if j.gather != nil {
		calls, all = j.calls[fn], true
		j.registered(fn, i)
		if fn.Signature.Recv() == nil {
			j.gather.handed(fn.Object(), i, p)
		} else if i > 0 {
			j.gather.handed(fn.Object(), i-1, p)
		}
	}
	if j.deep > 100 {
		j.lowest = 0
		return handed()
	}
	var o *Origin
	if j.escapes[fn] != nil && j.gather == nil {
		o = handed()
		obj := fn.Object()
		if obj == nil || !obj.Exported() {
			o.asks = nil
			for _, q := range j.valuedAs(whole.Valued, fn, i, p) {
				o.asks = append(o.asks, ask{valued: q})
			}
		}
		o = worst(o, j.asValue(fn, i, p))
		if obj != nil && obj.Exported() {
			return o
		}
	} else if !all || len(calls) == 0 {
		return handed()
	}
	for _, call := range calls {
		args := arguments(call.Common())
		if i >= len(args) {
			return handed()
		}
		o = worst(o, j.value(args[i], p, here(call), nil))
	}
	return o
}

// callers lists the calls of a function. They are not all if others may call it.
func (j *judge) callers(fn *ssa.Function) (calls []ssa.CallInstruction, all bool) {
	calls = j.calls[fn]
	obj, declared := fn.Object().(*types.Func)
	if !declared {
		return calls, fn.Parent() != nil
	}
	if obj.Signature().Recv() != nil {
		calls = append(calls[:len(calls):len(calls)], j.invokes[obj.Name()]...)
	}
	return calls, !obj.Exported() || j.pkg.Name() == "main" && obj.Signature().Recv() == nil
}

// arguments are those of the parameters, the receiver first.
func arguments(c *ssa.CallCommon) []ssa.Value {
	if c.IsInvoke() {
		return append([]ssa.Value{c.Value}, c.Args...)
	}
	return c.Args
}

// captured judges a variable around a closure, where the closure is made.
func (j *judge) captured(v *ssa.FreeVar, p *path, f *frame) *Origin {
	fn, outer := v.Parent(), f
	for outer != nil && outer.fn != fn.Parent() {
		outer = outer.caller
	}
	var o *Origin
	for i, x := range j.bindings(v) {
		o = worst(o, j.value(x, p, here(j.makers[fn][i]), outer))
	}
	return o
}

// stringer returns the method of this package that prints a value, or nil.
func (j *judge) stringer(t types.Type) *ssa.Function {
	for _, name := range []string{"Error", "String"} {
		obj, _, _ := types.LookupFieldOrMethod(t, true, j.pkg, name)
		if m, ok := obj.(*types.Func); ok && m.Pkg() == j.pkg && m.Signature().Params().Len() == 0 {
			if fn := j.ssa.Prog.FuncValue(m.Origin()); fn != nil {
				return fn
			}
		}
	}
	return nil
}
