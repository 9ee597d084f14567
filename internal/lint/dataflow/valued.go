package dataflow

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/dreysql/drey/internal/lint/whole"
)

// A function that becomes a value may be called wherever a value of its type is: it is not
// followed through fields, maps, channels and other packages. See [whole.Called].

// escape notes that a function becomes a value of a type.
func (p *program) escape(fn *ssa.Function, as types.Type) {
	if p.escapes[fn] == nil {
		p.escapes[fn] = map[types.Type]bool{}
	}
	p.escapes[fn][types.Unalias(as)] = true
}

// bound notes what becomes of the value of a method that has its receiver.
func (p *program) bound(fn *ssa.Function, v ssa.Value, depth int) {
	for _, r := range *v.Referrers() {
		switch r := r.(type) {
		case *ssa.DebugRef:
		case *ssa.ChangeType:
			if depth < deepest {
				p.bound(fn, r, depth+1)
				continue
			}
			p.escape(fn, v.Type())
		default:
			p.escape(fn, v.Type())
		}
	}
}

// ofValue reports whether a call is one of a value.
func ofValue(c *ssa.CallCommon) bool {
	_, builtin := c.Value.(*ssa.Builtin)
	return !builtin && c.StaticCallee() == nil && c.Signature() != nil
}

// valueCalls are the calls of values that may be functions which became values of a type.
// Those of a value that is one certain function are not among them, nor are those of tests.
func (j *judge) valueCalls(name string) (list []ssa.CallInstruction) {
	for i, of := range j.dynamicNames() {
		if call := j.dynamic[i]; whole.SameValues(name, of) && j.target(call.Common().Value, nil) == nil && !j.test(call.Parent()) {
			list = append(list, call)
		}
	}
	return list
}

// namesOf are the ValueNames of what is called.
func namesOf(calls []ssa.CallInstruction) (list []string) {
	for _, call := range calls {
		name := whole.ValueName(call.Common().Value.Type())
		if name == "" { // of a type parameter
			name = whole.ValueName(call.Common().Signature())
		}
		list = append(list, name)
	}
	return list
}

// shift is how many parameters of a function its values do not have: the receiver.
func shift(fn *ssa.Function, as types.Type) int {
	sig, ok := as.Underlying().(*types.Signature)
	if !ok {
		return 0
	}
	n := fn.Signature.Params().Len() - sig.Params().Len()
	if fn.Signature.Recv() != nil {
		n++
	}
	return n
}

// asValue judges what a function is handed in a parameter where the package calls it as a
// value.
func (j *judge) asValue(fn *ssa.Function, param int, p *path) (o *Origin) {
	for as := range j.escapes[fn] {
		for _, call := range j.valueCalls(whole.ValueName(as)) {
			if i := param - shift(fn, as); i >= 0 && i < len(call.Common().Args) {
				o = worst(o, j.value(call.Common().Args[i], p, here(call), nil))
			}
		}
	}
	return o
}

// valued are the questions about what a function is handed where it is called as a value,
// none if nobody can tell.
func (j *judge) valuedAs(kind whole.Kind, fn *ssa.Function, param int, p *path) (list []whole.Question) {
	to, ok := encode(p)
	if !ok {
		return nil
	}
	for as := range j.escapes[fn] {
		name := whole.ValueName(as)
		i := param - shift(fn, as)
		if name == "" || i < 0 {
			return nil
		}
		list = append(list, whole.Question{Kind: kind, Package: j.pkg.Path(), Name: name, Index: i, Path: to})
	}
	slices.SortFunc(list, func(a, b whole.Question) int { return strings.Compare(a.Name, b.Name) })
	return slices.Compact(list)
}

// CalledAsValue notes what is reported if text from outside is handed to a function, which
// passes it on as a query, where the function is called as a value.
func (v *Values) CalledAsValue(query ast.Expr, d analysis.Diagnostic, analyzer string) {
	var asked []whole.Question
	if fn, at := v.Parameter(query); fn != nil && fn.Exported() {
		if fn.Signature().Recv() != nil {
			at++
		}
		if q, ok := question(whole.Called, fn, at, nil); ok {
			asked = append(asked, q)
		}
	} else if param := v.parameter(query); param != nil && (fn == nil || v.values[fn.Origin()]) {
		asked = v.program().judge().valuedAs(whole.Called, param.Parent(), slices.Index(param.Parent().Params, param), nil)
	}
	v.conditions.Lock()
	defer v.conditions.Unlock()
	for _, q := range asked {
		v.conditions.list = append(v.conditions.list, whole.Condition{On: []whole.Need{{Question: q, Option: true}}, Only: &d, Analyzer: analyzer})
	}
}

// BuiltAsValue reports whether the package hands text that is built to a function in this
// parameter, where it calls the function as a value.
func (v *Values) BuiltAsValue(query ast.Expr) bool {
	fn, _ := v.Parameter(query)
	if fn == nil || !v.values[fn.Origin()] {
		return false
	}
	param := v.parameter(query)
	if param == nil {
		return false
	}
	o := v.program().judge().asValue(param.Parent(), slices.Index(param.Parent().Params, param), nil)
	return o != nil && (o.Composed || !o.Handed)
}

// parameter returns the parameter of a function that an expression is, or nil.
func (v *Values) parameter(e ast.Expr) *ssa.Parameter {
	ref := v.program().values[ast.Unparen(e)]
	if ref == nil || ref.IsAddr {
		return nil
	}
	param, _ := ref.X.(*ssa.Parameter)
	return param
}

// leaves reports whether the package hands values of a type to packages of other modules,
// which may call them, or to generic functions.
func (p *program) leaves(name string) bool {
	is := func(v ssa.Value) bool { return holdsValue(name, v.Type(), 0) }
	for _, fn := range p.functions {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				switch x := instr.(type) {
				case *ssa.MakeInterface:
					if is(x.X) {
						return true
					}
				case *ssa.ChangeType:
					if n, ok := types.Unalias(x.Type()).(*types.Named); ok && is(x.X) && n.Obj().Pkg() != nil && !p.inModule(n.Obj().Pkg()) {
						return true
					}
				case *ssa.Store:
					if g, ok := x.Addr.(*ssa.Global); ok && is(x.Val) && g.Pkg != nil && !p.inModule(g.Pkg.Pkg) {
						return true
					}
					if at, ok := x.Addr.(*ssa.FieldAddr); ok && is(x.Val) {
						if f := fieldOf(at.X.Type(), at.Field); f == nil || f.Pkg() == nil || !p.inModule(f.Pkg()) {
							return true
						}
					}
				case ssa.CallInstruction:
					if c := x.Common(); slices.ContainsFunc(c.Args, is) && !p.stays(c) {
						return true
					}
				}
			}
		}
	}
	return false
}

// holdsValue reports whether a type is one whose values a function may become, or a list or
// the like of such values.
func holdsValue(name string, t types.Type, depth int) bool {
	if whole.SameValues(name, whole.ValueName(t)) {
		return true
	}
	if depth == 3 {
		return false
	}
	switch u := t.Underlying().(type) {
	case *types.Slice:
		return holdsValue(name, u.Elem(), depth+1)
	case *types.Array:
		return holdsValue(name, u.Elem(), depth+1)
	case *types.Pointer:
		return holdsValue(name, u.Elem(), depth+1)
	case *types.Chan:
		return holdsValue(name, u.Elem(), depth+1)
	case *types.Map:
		return holdsValue(name, u.Elem(), depth+1)
	}
	return false
}

// stays reports whether a call is of a function of the module that takes the types that it is
// written with.
func (p *program) stays(c *ssa.CallCommon) bool {
	if ofValue(c) && !c.IsInvoke() {
		return true
	}
	fn := callee(c)
	return fn != nil && fn.Pkg() != nil && p.inModule(fn.Pkg()) && fn.Signature().TypeParams().Len() == 0 && fn.Signature().RecvTypeParams().Len() == 0
}
