package dataflow

import (
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/types/objectpath"

	"github.com/dreysql/drey/internal/lint/whole"
)

// ask is what an origin depends on that only other packages know.
type ask struct {
	kind  whole.Kind
	obj   types.Object
	index int
	path  *path
	field *types.Var // whose values it may depend on instead
	rest  *path      // from that field

	option bool // see [whole.Need]

	valued whole.Question // instead of all of these, about a function that is a value
}

// both are the questions of two origins: none if one of them does not depend on others.
func both(a, b []ask) []ask {
	if len(a) == 0 || len(b) == 0 {
		return nil
	}
	list := slices.Clone(a)
	for _, x := range b {
		if !slices.Contains(list, x) {
			list = append(list, x)
		}
	}
	if len(list) > most {
		return nil
	}
	return list
}

// asking lets an origin depend on what other packages do with a function or a variable.
func (o *Origin) asking(kind whole.Kind, obj types.Object, index int, p *path) *Origin {
	if obj != nil && obj.Exported() && obj.Pkg() != nil {
		o.asks = []ask{{kind: kind, obj: obj, index: index, path: p}}
	}
	return o
}

// needs are what an origin depends on, none if it is certain.
func (o *Origin) needs() (list []whole.Need) {
	for _, a := range o.asks {
		q, ok := question(a.kind, a.obj, a.index, a.path)
		if a.valued != (whole.Question{}) {
			q, ok = a.valued, true
		}
		var or whole.Question
		if a.field != nil {
			or, _ = question(whole.Field, a.field, 0, a.rest)
		}
		if !ok {
			q, or = or, whole.Question{}
		}
		if q == or {
			return nil // out of reach of other packages
		}
		list = append(list, whole.Need{Question: q, Or: or, Option: a.option})
	}
	return list
}

// optional marks what comes from parameters of functions that set a field or a variable.
func (o *Origin) optional() *Origin {
	if o == nil {
		return nil
	}
	c := *o
	c.asks = slices.Clone(o.asks)
	for i := range c.asks {
		c.asks[i].option = c.asks[i].kind == whole.Parameter
	}
	return &c
}

// question asks about an object. It is not ok if others cannot reach it.
func question(kind whole.Kind, obj types.Object, index int, p *path) (q whole.Question, ok bool) {
	if obj == nil {
		return q, false
	}
	at, err := objectpath.For(obj)
	to, ok := encode(p)
	if err != nil || !ok {
		return whole.Question{}, false
	}
	q = whole.Question{Kind: kind, Package: obj.Pkg().Path(), Object: at, Index: index, Path: to}
	q.Name, _ = whole.Name(obj)
	return q, true
}

// orField lets an origin depend on all values of an exported field instead, if its struct
// is one that the module declares.
func (j *judge) orField(o *Origin, field *types.Var, rest *path) *Origin {
	if !field.Exported() || field.Pkg() == nil || !j.inModule(field.Pkg()) {
		return o
	}
	c := *o
	if c.asks = slices.Clone(o.asks); len(c.asks) == 0 {
		c.asks = []ask{{field: field, rest: rest}}
	}
	for i := range c.asks {
		if c.asks[i].field == nil {
			c.asks[i].field, c.asks[i].rest = field, rest
		}
	}
	return &c
}

// encode writes a path for other packages.
func encode(p *path) (string, bool) {
	var b strings.Builder
	for ; p != nil; p = p.rest {
		switch {
		case p.key:
			b.WriteString(KeyPath)
		case p.field == nil:
			b.WriteString(ElementPath)
		case p.field.Pkg() == nil:
			return "", false
		default:
			at, err := objectpath.For(p.field)
			if err != nil {
				return "", false
			}
			b.WriteString(p.field.Pkg().Path() + "\t" + string(at) + "\n")
		}
	}
	return b.String(), true
}

// decode reads a path. It is not ok if the package does not see one of the fields.
func (j *judge) decode(text string) (p *path, ok bool) {
	steps := strings.Split(text, "\n")
	for _, s := range slices.Backward(steps[:len(steps)-1]) {
		step := path{rest: p}
		if pkg, at, isField := strings.Cut(s, "\t"); isField {
			if step.field, ok = j.see(pkg, objectpath.Path(at)).(*types.Var); !ok {
				return nil, false
			}
		} else {
			step.key = s == "[key]"
		}
		p = j.step(step)
	}
	return p, true
}

// see finds an object of this package, or of one that it can see, or nil.
func (p *program) see(pkg string, at objectpath.Path) types.Object {
	of := p.seen()[pkg]
	if of == nil {
		return nil
	}
	obj, err := objectpath.Object(of, at)
	if err != nil {
		return nil
	}
	return obj
}

// visible lists a package and those that it can see by their import paths.
func visible(pkg *types.Package) map[string]*types.Package {
	found := map[string]*types.Package{}
	for list := []*types.Package{pkg}; len(list) > 0; {
		p := list[0]
		if list = list[1:]; found[p.Path()] == nil {
			found[p.Path()] = p
			list = append(list, p.Imports()...)
		}
	}
	return found
}

// depend notes that a report depends on what other packages do, and what is reported
// otherwise.
func (v *Values) depend(d analysis.Diagnostic, on []whole.Need, otherwise []analysis.Diagnostic) {
	if len(on) > 0 {
		v.conditions.Lock()
		defer v.conditions.Unlock()
		v.conditions.list = append(v.conditions.list, whole.Condition{Pos: d.Pos, Message: d.Message, On: on, Otherwise: otherwise})
	}
}

// Invoked notes what is reported if text from outside is handed to a method in an
// argument, where it is called through an interface.
func (v *Values) Invoked(fn *types.Func, arg int, d analysis.Diagnostic, analyzer string) {
	q, ok := question(whole.Invoked, fn, arg+1, nil)
	if !ok || !fn.Exported() {
		return
	}
	v.conditions.Lock()
	defer v.conditions.Unlock()
	v.conditions.list = append(v.conditions.list, whole.Condition{On: []whole.Need{{Question: q, Option: true}}, Only: &d, Analyzer: analyzer})
}

// Conditions are what reports of the package depend on.
func (v *Values) Conditions() []whole.Condition { return v.conditions.list }

// Answer says what this package has to do with a question.
func (v *Values) Answer(q whole.Question) (a whole.Answer) {
	j := v.program().judge()
	obj := j.see(q.Package, q.Object)
	to, ok := j.decode(q.Path)
	var o *Origin
	add := func(w *Origin) {
		a.Found++
		o = worst(o, w)
		a.Bad = a.Bad || w != nil && len(w.asks) == 0
	}
	handed := func(calls []ssa.CallInstruction) {
		for _, call := range calls {
			if args := arguments(call.Common()); q.Index < len(args) {
				add(j.value(args[q.Index], to, here(call), nil))
			} else {
				a.Bad = true
			}
		}
	}
	var asValues []whole.Need
	values := func(fn *types.Func, kind whole.Kind) {
		for f := range j.escapes {
			if fn == nil || f.Object() != fn {
				continue
			}
			a.Found++
			asked := j.valuedAs(kind, f, q.Index, to)
			a.Bad = a.Bad || len(asked) == 0
			for _, q := range asked {
				asValues = append(asValues, whole.Need{Question: q, Option: kind == whole.Called})
			}
		}
	}
	switch q.Kind {
	case whole.Variable:
		if g := j.variable(obj); g != nil && len(j.globals[g]) > 0 {
			w, some := j.stores(g, to, nil)
			if add(w); !some {
				a.Found--
			}
		}
	case whole.Field:
		if field, isVar := obj.(*types.Var); isVar && ok {
			a.Bad = whole.Decoded(v.Info)[q.Owner()]
			for _, addr := range j.addresses(field) {
				w, some := j.stores(addr, to, nil)
				if add(w); !some {
					a.Found--
				}
			}
		}
	case whole.Result:
		if fn, isFunc := obj.(*types.Func); isFunc && obj.Pkg() == j.pkg {
			j.returned(j.ssa.Prog.FuncValue(fn), q.Index, to, add)
		}
	case whole.Implemented:
		if slices.ContainsFunc(v.pkg.Imports(), func(p *types.Package) bool { return forTests[p.Path()] }) {
			break
		}
		for m := range whole.ForeignMethods(v.Info, v.module) {
			a.Bad = a.Bad || fits(q.Name, m)
		}
		for _, m := range v.implementing(q.Name) {
			a.Bad = a.Bad || !j.returned(j.ssa.Prog.FuncValue(m), q.Index, to, add)
		}
	case whole.Parameter:
		fn, _ := obj.(*types.Func)
		if fn != nil && j.foreignCalls(fn) || j.ofInterface(q.Name) {
			return whole.Answer{Bad: true}
		}
		values(fn, whole.Valued)
		handed(j.callsOf(q.Name, fn))
	case whole.Invoked:
		handed(j.callsOf(q.Name, nil))
	case whole.Called, whole.Valued:
		if fn, isFunc := obj.(*types.Func); isFunc {
			values(fn, q.Kind)
			break
		}
		a.Bad = q.Kind == whole.Valued && j.leaves(q.Name)
		handed(j.valueCalls(q.Name))
	}
	if a.Found > 0 && !ok {
		a.Bad = true
	}
	if !a.Bad && o != nil {
		if q.Kind == whole.Field || q.Kind == whole.Variable {
			o = o.optional()
		}
		a.Asks = o.needs()
		a.Bad = len(a.Asks) == 0
	}
	a.Asks = append(a.Asks, asValues...)
	return a
}

// returned judges a result of a function. It reports whether that can be done.
func (j *judge) returned(fn *ssa.Function, result int, to *path, add func(*Origin)) bool {
	if fn == nil || len(fn.Blocks) == 0 {
		return false
	}
	for _, ret := range returns(fn) {
		if result >= len(ret.Results) {
			return false
		}
		add(j.value(ret.Results[result], to, here(ret), nil))
	}
	return true
}

// forTests are imported by packages that are only for tests, such as mocks.
var forTests = map[string]bool{
	"testing": true, "go.uber.org/mock/gomock": true, "github.com/golang/mock/gomock": true, "github.com/stretchr/testify/mock": true,
}

// implementing lists the methods of the package's types, but not of its tests, that a
// method of an interface may be.
func (v *Values) implementing(name string) (list []*types.Func) {
	for _, obj := range v.Info.Defs {
		if fn, ok := obj.(*types.Func); ok && fn.Signature().Recv() != nil && !types.IsInterface(fn.Signature().Recv().Type()) &&
			fits(name, fn) && !strings.HasSuffix(v.fset.Position(fn.Pos()).Filename, "_test.go") {
			list = append(list, fn)
		}
	}
	return list
}

// variable returns a package variable that this package uses, or nil.
func (p *program) variable(obj types.Object) *ssa.Global {
	for g := range p.globals {
		if obj != nil && g.Object() == obj {
			return g
		}
	}
	return nil
}

// callsOf lists the calls of a function, and of interfaces that a method fits. Those of
// tests do not matter.
func (p *program) callsOf(name string, fn *types.Func) (list []ssa.CallInstruction) {
	for called, calls := range p.calls {
		if fn != nil && called.Object() == fn {
			list = append(list, calls...)
		}
	}
	for _, calls := range p.invokes {
		for _, call := range calls {
			if fits(name, call.Common().Method) {
				list = append(list, call)
			}
		}
	}
	return slices.DeleteFunc(list, func(call ssa.CallInstruction) bool { return p.test(call.Parent()) })
}

// fits reports whether a method of an interface may be one of a name.
func fits(name string, m *types.Func) bool {
	own, loose := whole.Name(m)
	method, _, _ := strings.Cut(name, "(")
	return name == own || (loose || method == name) && method == "."+m.Name()
}

// ofInterface reports whether a method value of an interface may be a method.
func (p *program) ofInterface(name string) bool {
	is := func(f *ssa.Function) bool {
		m, ok := f.Object().(*types.Func)
		return ok && m.Signature().Recv() != nil && types.IsInterface(m.Signature().Recv().Type()) && fits(name, m)
	}
	for f := range p.escapes {
		if is(f) {
			return true
		}
	}
	for f := range p.makers {
		if is(f) {
			return true
		}
	}
	for f := range p.calls {
		if is(f) {
			return true
		}
	}
	return false
}

// foreignCalls reports whether packages of other modules may call a method, through one
// of their interfaces.
func (p *program) foreignCalls(fn *types.Func) bool {
	if fn.Signature().Recv() == nil {
		return false
	}
	name, loose := whole.Name(fn)
	if fn.Pkg() == p.pkg && (p.foreign()[name] || loose && p.foreign()["."+fn.Name()]) {
		return true
	}
	return slices.ContainsFunc(p.converted, func(m *ssa.MakeInterface) bool {
		to, ok := types.Unalias(m.Type()).(*types.Named)
		if !ok || to.Obj().Pkg() == nil || p.inModule(to.Obj().Pkg()) {
			return false
		}
		if has, _, _ := types.LookupFieldOrMethod(to, false, fn.Pkg(), fn.Name()); has == nil {
			return false
		}
		own, _, _ := types.LookupFieldOrMethod(m.X.Type(), true, fn.Pkg(), fn.Name())
		is, ok := own.(*types.Func)
		return ok && is.Origin() == fn
	})
}

// methodsOf are the names of the methods of the interfaces that packages of other modules
// declare, with and without their types.
func (p *program) methodsOf() map[string]bool {
	found := map[string]bool{}
	for _, pkg := range p.seen() {
		if p.inModule(pkg) {
			continue
		}
		for _, declared := range pkg.Scope().Names() {
			obj, ok := pkg.Scope().Lookup(declared).(*types.TypeName)
			if !ok || !obj.Exported() {
				continue
			}
			if i, ok := obj.Type().Underlying().(*types.Interface); ok {
				for m := range i.Methods() {
					name, _ := whole.Name(m)
					found[name], found["."+m.Name()] = true, true
				}
			}
		}
	}
	return found
}

// inModule reports whether a package belongs to the module that is looked at.
func (p *program) inModule(pkg *types.Package) bool { return whole.InModule(pkg, p.module) }
