package dataflow

import (
	"go/types"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/dreysql/drey/internal/lint/whole"
)

// everywhere judges all that is stored to a field of any value.
func (j *judge) everywhere(field *types.Var, p *path) (all *Origin) {
	some := false
	for _, addr := range j.addresses(field) {
		o, wrote := j.stores(addr, p, nil)
		some = some || wrote
		if o != nil && len(o.asks) == 0 && j.gather == nil {
			return o
		}
		all = worst(all, o)
	}
	if !some {
		return &Origin{Pos: field.Pos(), What: "the field " + field.Name() + ", which nothing is assigned to"}
	}
	return all.optional()
}

func (j *judge) global(g *ssa.Global, p *path, f *frame) *Origin {
	obj := g.Object()
	what := "the variable " + g.Name()
	if obj == nil || obj.Pkg() != j.pkg {
		o := j.origin(g, what+" of another package")
		o.Foreign = true
		return o.asking(whole.Variable, obj, 0, p)
	}
	if j.gather == nil && obj.Exported() && j.pkg.Name() != "main" {
		o := &Origin{Pos: g.Pos(), What: what + ", which any package may set"}
		return o.asking(whole.Variable, obj, 0, p)
	}
	o, _ := j.stores(g, p, nil)
	return o
}

// stores judges all that is written through an address, and reports whether
// anything is.
func (j *judge) stores(addr ssa.Value, p *path, f *frame) (o *Origin, some bool) {
	k := visit{addr, p, f, true}
	if j.opened(k) {
		return nil, true
	}
	j.begin(k)
	defer delete(j.open, k)
	if j.steps++; j.steps > longest {
		j.lowest = 0
		return j.involved(addr), true
	}
	var escaped bool
	referrers := addr.Referrers()
	if g, ok := addr.(*ssa.Global); ok {
		list := j.globals[g]
		referrers = &list
	}
	for _, r := range *referrers {
		var w *Origin
		wrote := true
		switch r := r.(type) {
		case *ssa.DebugRef:
			continue
		case *ssa.Store:
			if r.Addr == addr {
				w = j.value(r.Val, p, here(r), f)
			} else {
				escaped, wrote = true, false
			}
		case *ssa.FieldAddr:
			switch { // a struct is printed with all its fields
			case p == nil:
				w, wrote = j.stores(r, nil, f)
			case p.is(fieldOf(r.X.Type(), r.Field)):
				w, wrote = j.stores(r, p.rest, f)
			default:
				continue
			}
		case *ssa.IndexAddr:
			if p == nil || p.field != nil || p.key {
				continue
			}
			w, wrote = j.stores(r, p.rest, f)
		case *ssa.UnOp:
			wrote = false
			if p != nil {
				w = j.writes(r, p, f)
			}
		case *ssa.Slice:
			w = j.writes(r, p, f)
		case *ssa.Phi, *ssa.ChangeType, *ssa.MakeInterface:
			w, wrote = j.stores(r.(ssa.Value), p, f)
		case *ssa.MakeClosure:
			w, wrote = j.stores(r.Fn.(*ssa.Function).FreeVars[slices.Index(r.Bindings, addr)], p, f)
		case ssa.CallInstruction:
			w, wrote = j.passed(r, addr, p, f)
		case *ssa.Return:
			wrote = false // what its callers write to it is seen there
		case *ssa.MapUpdate, *ssa.Send:
			escaped, wrote = true, false
		default:
			wrote = false
		}
		o, some = worst(o, w), some || wrote
	}
	switch {
	case !escaped:
	case p == nil || p.field == nil:
		return worst(o, j.origin(addr, "what is written through a pointer")), true
	default:
		o = worst(o, j.everywhere(p.field, p.rest))
	}
	return o, some
}

// writes judges what is put into a slice or a map through this value.
func (j *judge) writes(v ssa.Value, p *path, f *frame) (o *Origin) {
	k := visit{v, p, f, true}
	if p == nil || v.Referrers() == nil || j.opened(k) {
		return nil
	}
	j.begin(k)
	defer delete(j.open, k)
	for _, r := range *v.Referrers() {
		var w *Origin
		switch r := r.(type) {
		case *ssa.MapUpdate:
			if r.Map == v && p.field == nil {
				if p.key {
					w = j.value(r.Key, p.rest, here(r), f)
				} else {
					w = j.value(r.Value, p.rest, here(r), f)
				}
			}
		case *ssa.Send:
			if r.Chan == v && p.field == nil {
				w = j.value(r.X, p.rest, here(r), f)
			}
		case *ssa.IndexAddr:
			if p.field == nil && !p.key {
				w, _ = j.stores(r, p.rest, f)
			}
		case *ssa.FieldAddr:
			if p.is(fieldOf(r.X.Type(), r.Field)) {
				w, _ = j.stores(r, p.rest, f)
			}
		case *ssa.Slice, *ssa.Phi, *ssa.ChangeType, *ssa.MakeInterface:
			w = j.writes(r.(ssa.Value), p, f)
		case ssa.CallInstruction:
			w, _ = j.passed(r, v, p, f)
		}
		o = worst(o, w)
	}
	return o
}

// filling matches the functions that write to a slice or a map which they are given.
var filling = regexp.MustCompile(`Read|Decode|Unmarshal|Scan|Copy`)

// passed judges what a call writes through an address, a slice or a map that it is
// given, and reports whether it writes.
func (j *judge) passed(call ssa.CallInstruction, v ssa.Value, p *path, f *frame) (o *Origin, some bool) {
	c := call.Common()
	if b, ok := c.Value.(*ssa.Builtin); ok {
		if b.Name() == "copy" && c.Args[0] == v {
			return j.value(c.Args[1], p, here(call), f), true
		}
		return nil, false
	}
	args := arguments(c)
	i := slices.Index(args, v)
	if i < 0 {
		return nil, false
	}
	x := unwrapped(v)
	_, pointer := x.Type().Underlying().(*types.Pointer)
	if own, args := j.own(c, f); own != nil {
		i := slices.Index(args, v)
		switch inner, again := j.enter(own, args, call, f); {
		case again:
			return nil, false
		case inner == nil:
			return j.involved(v), true
		case pointer:
			return j.stores(own.Params[i], p, inner)
		default:
			return j.writes(own.Params[i], p, inner), true
		}
	}
	fn := callee(c)
	switch {
	case fn == nil:
	case isBuilder(x.Type()) && p == nil && fn.FullName() == "(*strings.Replacer).WriteString":
		last := before(call, x)
		if j.quotes(f) || last != "" && strings.Contains(j.replaced(args[0]), last[len(last)-1:]) {
			return nil, true
		}
		return composed(worst(j.value(args[0], nil, here(call), f), j.value(args[2], nil, here(call), f))), true
	case isBuilder(x.Type()) && p == nil && i == 0 && len(args) == 2 && j.between(before(call, x), args[1]):
		return nil, true
	case (isBuilder(x.Type()) || isWriter(x.Type())) && p == nil && i == 0:
		return j.appended(call, fn, args[1:], f)
	case !pointer && !filling.MatchString(fn.Name()), fn.Pkg() != nil && fn.Pkg().Path() == "sync":
		return nil, false
	}
	if p != nil && p.field != nil && !p.field.Exported() {
		if fn == nil || c.IsInvoke() {
			return j.everywhere(p.field, p.rest), true
		}
		return nil, false // only this package writes to it
	}
	o = j.origin(v, "what a function value writes to it")
	if o.Pos = call.Pos(); fn != nil {
		o.What = "what " + fn.Name() + " writes to it"
	}
	if p != nil && p.field != nil && (fn == nil || fn.Pkg() != nil && j.inModule(fn.Pkg())) {
		o = j.orField(o, p.field, p.rest)
	}
	return o, true
}

// appended judges what a function writes to a strings.Builder.
func (j *judge) appended(call ssa.CallInstruction, fn *types.Func, args []ssa.Value, f *frame) (o *Origin, some bool) {
	name := fn.FullName()
	switch {
	case name == "fmt.Fprintf":
		return j.printed(args[0], args[1], call, f), true
	case strings.HasPrefix(name, "fmt.Fprint"), name == "io.WriteString",
		fn.Signature().Recv() != nil && strings.HasPrefix(fn.Name(), "Write") && fn.Name() != "WriteTo":
		return j.all(args, call, f), true
	case fn.Signature().Recv() != nil && fn.Name() != "ReadFrom":
		return nil, false
	}
	o = j.origin(call.Common().Args[0], "what "+fn.Name()+" writes to it")
	o.Pos = call.Pos()
	return o, true
}

// isWriter reports whether a type is an io.Writer, in which a builder may be.
func isWriter(t types.Type) bool {
	if !types.IsInterface(t) {
		return false
	}
	m, _, _ := types.LookupFieldOrMethod(t, false, nil, "Write")
	return m != nil
}

func isBuilder(t types.Type) bool {
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	s := t.String()
	return s == "strings.Builder" || s == "bytes.Buffer"
}
