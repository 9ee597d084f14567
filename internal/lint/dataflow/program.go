package dataflow

import (
	"go/ast"
	"go/types"
	"maps"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/go/ssa"
)

// program is a package in SSA form. It is built when it is first asked.
type program struct {
	fact       func(*types.Func) *passes
	pkg        *types.Package
	ssa        *ssa.Package
	values     map[ast.Expr]*ssa.DebugRef              // what an expression is, and where
	globals    map[*ssa.Global][]ssa.Instruction       // the instructions with a package variable
	fields     map[*types.Var][]ssa.Value              // the addresses of a field
	shared     map[*types.Var][]*types.Var             // the same field of structs that are converted
	unnamed    map[string]*types.Struct                // struct types without a name, by what they are
	invokes    map[string][]ssa.CallInstruction        // calls through interfaces, by the method's name
	calls      map[*ssa.Function][]ssa.CallInstruction // calls of a function
	escapes    map[*ssa.Function]map[types.Type]bool   // functions that become values of types, and are called as such
	functions  []*ssa.Function                         // of the package, with those in others
	dynamic    []ssa.CallInstruction                   // calls of functions that are values
	validators map[*types.Var]map[*ssa.Function]bool   // methods that may check a field
	private    map[types.Object]bool                   // exported fields that no other package can name
	makers     map[*ssa.Function][]*ssa.MakeClosure    // where a closure is made
	kept       map[*ssa.Function][]*ssa.MapUpdate      // where a function is put into a map
	lookups    []lookup                                // calls of functions that are taken out of a map
	converted  []*ssa.MakeInterface                    // values that are put into interfaces with methods
	module     string                                  // the path of the package's module
	seen       func() map[string]*types.Package        // the packages that this one can see, and itself
	foreign    func() map[string]bool                  // methods that other modules may call

	dynamicNames func() []string // of dynamic, see [whole.ValueName]
}

func (v *Values) build(files []*ast.File, mode ssa.BuilderMode) *program {
	prog := ssa.NewProgram(v.fset, mode)
	prog.SetNoReturn(noReturn)
	for _, p := range v.pkg.Imports() {
		prog.CreatePackage(p, nil, nil, true)
	}
	p := &program{
		pkg: v.pkg, fact: v.fact, ssa: prog.CreatePackage(v.pkg, files, v.Info, false),
		values: map[ast.Expr]*ssa.DebugRef{}, globals: map[*ssa.Global][]ssa.Instruction{}, fields: map[*types.Var][]ssa.Value{},
		shared: map[*types.Var][]*types.Var{}, unnamed: map[string]*types.Struct{},
		invokes: map[string][]ssa.CallInstruction{}, calls: map[*ssa.Function][]ssa.CallInstruction{},
		escapes: map[*ssa.Function]map[types.Type]bool{}, private: maps.Clone(v.private), validators: map[*types.Var]map[*ssa.Function]bool{}, makers: map[*ssa.Function][]*ssa.MakeClosure{},
		kept: map[*ssa.Function][]*ssa.MapUpdate{}, module: v.module,
	}
	p.seen = sync.OnceValue(func() map[string]*types.Package { return visible(v.pkg) })
	p.foreign = sync.OnceValue(p.methodsOf)
	p.dynamicNames = sync.OnceValue(func() []string { return namesOf(p.dynamic) })
	p.ssa.Build()
	p.index(p.ssa.Func("init"))
	for _, f := range files {
		for _, d := range f.Decls {
			if d, ok := d.(*ast.FuncDecl); ok {
				if obj, ok := v.Info.Defs[d.Name].(*types.Func); ok {
					if fn := prog.FuncValue(obj); fn != nil {
						p.index(fn)
					}
				}
			}
		}
	}
	return p
}

// noReturn reports whether a function ends the program or the goroutine.
func noReturn(fn *types.Func) bool {
	return strings.HasPrefix(fn.Name(), "Fatal") || fn.FullName() == "os.Exit" || fn.FullName() == "runtime.Goexit"
}

func (p *program) index(fn *ssa.Function) {
	p.functions = append(p.functions, fn)
	for _, anon := range fn.AnonFuncs {
		p.index(anon)
	}
	var operands []*ssa.Value
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if ref, ok := instr.(*ssa.DebugRef); ok {
				if !ref.IsAddr || p.values[ref.Expr] == nil {
					p.values[ref.Expr] = ref
				}
				continue
			}
			if m, ok := instr.(*ssa.MakeInterface); ok {
				if m.Type().Underlying().(*types.Interface).Empty() {
					p.reflected(m.X.Type(), 0)
				} else {
					p.converted = append(p.converted, m)
				}
			}
			if addr, ok := instr.(*ssa.FieldAddr); ok {
				f := fieldOf(addr.X.Type(), addr.Field)
				p.fields[f] = append(p.fields[f], addr)
				p.nameless(addr.X.Type())
				if fn.Signature.Recv() != nil && fn.Signature.Params().Len() == 0 && fn.Signature.Results().Len() == 1 {
					if p.validators[f] == nil {
						p.validators[f] = map[*ssa.Function]bool{}
					}
					p.validators[f][fn] = true
				}
			}
			if c, ok := instr.(*ssa.ChangeType); ok {
				p.share(structure(c.X.Type()), structure(c.Type()))
			}
			p.registers(instr)
			call, isCall := instr.(ssa.CallInstruction)
			if isCall && call.Common().IsInvoke() {
				name := call.Common().Method.Name()
				p.invokes[name] = append(p.invokes[name], call)
			} else if isCall && ofValue(call.Common()) {
				p.dynamic = append(p.dynamic, call)
			}
			operands = instr.Operands(operands[:0])
			for i, op := range operands {
				switch x := (*op).(type) {
				case *ssa.Global:
					p.globals[x] = append(p.globals[x], instr)
				case *ssa.Function:
					callee := source(x)
					if p.test(fn) && !p.test(callee) {
						continue // what tests do with it does not matter
					}
					if isCall && i == 0 && !call.Common().IsInvoke() {
						p.calls[callee] = append(p.calls[callee], call)
					} else if c, ok := instr.(*ssa.MakeClosure); !ok {
						p.use(callee, x, instr, 0)
					} else if callee != x {
						p.bound(callee, c, 0)
					} else {
						p.makers[x] = append(p.makers[x], c)
						p.closure(x, c, 0)
					}
				}
			}
		}
	}
}

// test reports whether a function is in the file of a test.
func (p *program) test(fn *ssa.Function) bool {
	return strings.HasSuffix(fn.Prog.Fset.Position(fn.Pos()).Filename, "_test.go")
}

// reflected notes that a function which takes any value may set the exported fields of
// a struct, as those that decode JSON and scan rows do.
func (p *program) reflected(t types.Type, depth int) {
	if depth > deepest {
		return
	}
	switch t := t.Underlying().(type) {
	case *types.Pointer:
		p.reflected(t.Elem(), depth+1)
	case *types.Slice:
		p.reflected(t.Elem(), depth+1)
	case *types.Map:
		p.reflected(t.Elem(), depth+1)
	case *types.Struct:
		for f := range t.Fields() {
			delete(p.private, f.Origin())
			p.reflected(f.Type(), depth+1)
		}
	}
}

// closure notes where the function that a value is gets called.
func (p *program) closure(fn *ssa.Function, v ssa.Value, depth int) {
	for _, r := range *v.Referrers() {
		p.use(fn, v, r, depth)
	}
}

// use notes what an instruction does with a function: it calls it, hands it to a function
// of the package, or puts it into a variable that holds nothing else. What becomes of it
// otherwise is not known.
func (p *program) use(fn *ssa.Function, v ssa.Value, r ssa.Instruction, depth int) {
	known := depth < deepest
	switch r := r.(type) {
	case *ssa.DebugRef, *ssa.BinOp:
		return
	case *ssa.ChangeType:
		if known {
			p.closure(fn, r, depth+1)
		}
	case ssa.CallInstruction:
		c := r.Common()
		if c.Value == v {
			p.calls[fn] = append(p.calls[fn], r)
		}
		to := p.declared(c)
		for i, a := range c.Args {
			if a != v {
				continue
			}
			if known = known && to != nil; known {
				p.closure(fn, to.Params[i], depth+1)
			}
		}
	case *ssa.Store:
		known = known && r.Val == v && p.only(fn, r.Addr, depth)
	default:
		known = false
	}
	if !known {
		p.escape(fn, v.Type())
	}
}

// declared returns the function of this package that a call names, or nil.
func (p *program) declared(c *ssa.CallCommon) *ssa.Function {
	fn := c.StaticCallee()
	if fn == nil {
		return nil
	}
	if fn = source(fn); fn.Pkg != p.ssa || len(fn.Blocks) == 0 || len(fn.Params) != len(c.Args) {
		return nil
	}
	return fn
}

// only follows the loads of a variable that is stored once.
func (p *program) only(fn *ssa.Function, addr ssa.Value, depth int) bool {
	if !stored1(addr) {
		return false
	}
	for _, r := range *addr.Referrers() {
		switch r := r.(type) {
		case *ssa.UnOp:
			p.closure(fn, r, depth+1)
		case *ssa.MakeClosure:
			for i, b := range r.Bindings {
				if b == addr && !p.only(fn, r.Fn.(*ssa.Function).FreeVars[i], depth+1) {
					return false
				}
			}
		}
	}
	return true
}

// bindings lists what a variable around a closure is where the closure is made.
func (p *program) bindings(v *ssa.FreeVar) (list []ssa.Value) {
	i := slices.Index(v.Parent().FreeVars, v)
	for _, c := range p.makers[v.Parent()] {
		list = append(list, c.Bindings[i])
	}
	return list
}

// stored1 reports whether an address is only loaded, captured, and stored to at most once.
func stored1(addr ssa.Value) bool {
	switch addr.(type) {
	case *ssa.Alloc, *ssa.FreeVar:
	default:
		return false
	}
	n := 0
	for _, r := range *addr.Referrers() {
		switch r := r.(type) {
		case *ssa.Store:
			if n++; r.Val == addr {
				return false
			}
		case *ssa.UnOp, *ssa.DebugRef, *ssa.MakeClosure:
		default:
			return false
		}
	}
	return n <= 1
}

// source returns the function that was written, of a generic instance or a wrapper.
func source(fn *ssa.Function) *ssa.Function {
	if o := fn.Origin(); o != nil {
		return o
	}
	if obj, ok := fn.Object().(*types.Func); ok && fn.Synthetic != "" {
		if f := fn.Prog.FuncValue(obj.Origin()); f != nil {
			return f
		}
	}
	return fn
}
