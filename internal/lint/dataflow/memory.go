package dataflow

import (
	"go/types"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// everywhere judges all that is stored to a field of any value.
func (j *judge) everywhere(field *types.Var, p *path) *Origin {
	addrs := j.fields[field]
	some := false
	for _, addr := range addrs {
		o, wrote := j.stores(addr, p, nil)
		some = some || wrote
		if o != nil {
			return o
		}
	}
	if !some {
		return &Origin{Pos: field.Pos(), What: "the field " + field.Name() + ", which nothing is assigned to"}
	}
	return nil
}

func (j *judge) load(v *ssa.UnOp, p *path, f *frame) *Origin {
	return j.value(v.X, p, here(v), f)
}

// alloc judges a variable, or what a pointer points at.
func (j *judge) alloc(v ssa.Value, p *path, f *frame) *Origin {
	o, _ := j.stores(v, p, f)
	return o
}

func (j *judge) global(g *ssa.Global, p *path, f *frame) *Origin {
	obj := g.Object()
	what := "the variable " + g.Name()
	if obj == nil || obj.Pkg() != j.pkg {
		o := j.origin(g, what+" of another package")
		o.Foreign = true
		return o
	}
	if obj.Exported() && j.pkg.Name() != "main" {
		return &Origin{Pos: g.Pos(), What: what + ", which any package may set"}
	}
	o, _ := j.stores(g, p, nil)
	return o
}

// stores judges all that is written through an address, and reports whether
// anything is.
func (j *judge) stores(addr ssa.Value, p *path, f *frame) (o *Origin, some bool) {
	k := visit{addr, p, f, true}
	if j.open[k] {
		return nil, true
	}
	j.open[k] = true
	defer delete(j.open, k)
	if j.steps++; j.steps > longest {
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
			case p.field == fieldOf(r.X.Type(), r.Field):
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
		case *ssa.Phi, *ssa.ChangeType:
			w, wrote = j.stores(r.(ssa.Value), p, f)
		case *ssa.MakeInterface:
			w, wrote = j.stores(r, p, f)
		case *ssa.MakeClosure:
			for i, b := range r.Bindings {
				if b == addr {
					var also bool
					inner := f // its frame is found by its function
					w, also = j.stores(r.Fn.(*ssa.Function).FreeVars[i], p, inner)
					wrote = also
				}
			}
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
	if j.open[k] || p == nil || v.Referrers() == nil {
		return nil
	}
	j.open[k] = true
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
			if p.field == fieldOf(r.X.Type(), r.Field) {
				w, _ = j.stores(r, p.rest, f)
			}
		case *ssa.Slice:
			w = j.writes(r, p, f)
		case *ssa.Phi:
			w = j.writes(r, p, f)
		case *ssa.ChangeType:
			w = j.writes(r, p, f)
		case *ssa.MakeInterface:
			w = j.writes(r, p, f)
		case ssa.CallInstruction:
			if _, pointer := v.Type().Underlying().(*types.Pointer); pointer {
				w, _ = j.passed(r, v, p, f)
			} else {
				w = j.filled(r, v, p, f)
			}
		}
		o = worst(o, w)
	}
	return o
}

// passed judges what a call writes through an address that it is given.
func (j *judge) passed(call ssa.CallInstruction, addr ssa.Value, p *path, f *frame) (o *Origin, some bool) {
	c := call.Common()
	if _, ok := c.Value.(*ssa.Builtin); ok {
		return nil, false
	}
	args := arguments(c)
	i := slices.Index(args, addr)
	if i < 0 {
		return nil, false
	}
	if own := j.own(c, f); own != nil {
		switch inner, again := j.enter(own, args, call, f); {
		case again:
			return nil, false
		case inner == nil:
			return j.involved(addr), true
		default:
			return j.stores(own.Params[i], p, inner)
		}
	}
	fn := callee(c)
	x := addr
	if m, ok := addr.(*ssa.MakeInterface); ok {
		x = m.X
	}
	if fn != nil && isBuilder(x.Type()) && p == nil {
		name := fn.FullName()
		switch {
		case fn.Signature().Recv() != nil && !c.IsInvoke() && i == 0:
			if strings.HasPrefix(fn.Name(), "Write") && fn.Name() != "WriteTo" {
				return j.all(args[1:], call, f), true
			} else if fn.Name() == "ReadFrom" {
				return j.origin(x, "what is read into it"), true
			}
			return nil, false
		case i == 0 && name == "fmt.Fprintf":
			return j.printed(args[1], args[2], call, f), true
		case i == 0 && (strings.HasPrefix(name, "fmt.Fprint") || name == "io.WriteString"):
			return j.all(args[1:], call, f), true
		}
	}
	if p != nil && p.field != nil && !p.field.Exported() {
		return nil, false // only this package writes to it
	}
	what := "what a function value writes to it"
	if fn != nil {
		if fn.Pkg() != nil && (fn.Pkg().Path() == "sync") {
			return nil, false
		}
		what = "what " + fn.Name() + " writes to it"
	}
	o = j.origin(addr, what)
	o.Pos = call.Pos()
	return o, true
}

// filling matches the functions that write to a slice or a map which they are given.
var filling = regexp.MustCompile(`Read|Decode|Unmarshal|Scan|Copy`)

// filled judges what a call puts into a slice or a map.
func (j *judge) filled(call ssa.CallInstruction, v ssa.Value, p *path, f *frame) *Origin {
	c := call.Common()
	if b, ok := c.Value.(*ssa.Builtin); ok {
		if b.Name() == "copy" && c.Args[0] == v {
			return j.value(c.Args[1], p, here(call), f)
		}
		return nil
	}
	args := arguments(c)
	i := slices.Index(args, v)
	if i < 0 {
		return nil
	}
	if own := j.own(c, f); own != nil {
		switch inner, again := j.enter(own, args, call, f); {
		case again:
			return nil
		case inner == nil:
			return j.involved(v)
		default:
			return j.writes(own.Params[i], p, inner)
		}
	}
	if fn := callee(c); fn != nil && filling.MatchString(fn.Name()) {
		o := j.origin(v, "what "+fn.Name()+" writes to it")
		o.Pos = call.Pos()
		return o
	}
	return nil
}

func isBuilder(t types.Type) bool {
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	s := t.String()
	return s == "strings.Builder" || s == "bytes.Buffer"
}

// built judges all that is written to a strings.Builder.
func (j *judge) built(addr ssa.Value, f *frame) *Origin { return j.value(addr, nil, here2(addr), f) }

// text judges what is written through a pointer to a strings.Builder.
func (j *judge) text(v ssa.Value, f *frame) *Origin {
	o, _ := j.stores(v, nil, f)
	return o
}
