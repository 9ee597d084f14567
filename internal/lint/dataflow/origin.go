package dataflow

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// Origin is where text comes from that is not made of constants.
type Origin struct {
	Pos  token.Pos
	What string
	// Handed: the text is a parameter, or a part of one, and its callers are not all in
	// sight. They may well hand in constants.
	Handed bool
	// Foreign: it is a variable of another package.
	Foreign bool
	// Composed: the text is put together from parts.
	Composed bool
	others   []*Origin // that text comes from as well
	argument bool      // it is a parameter as a whole
	receiver bool      // it is a field of a receiver
	// In is the function that the text comes into, with those around it.
	In *ast.FuncDecl
}

// deepest limits how many functions are followed into one another, and how deep a
// value lies in others. longest limits how many values are looked at for one answer.
const deepest, longest = 8, 20_000

// path leads from a value to a text in it. Paths are interned, so that they can be
// compared.
type path struct {
	field *types.Var // nil for an element
	key   bool       // of a map
	rest  *path
}

// frame is a call that is followed, and the one around it.
type frame struct {
	fn     *ssa.Function
	args   []ssa.Value
	call   ssa.Instruction // where the arguments are
	caller *frame
	quotes bool // the function's name says that it makes text harmless
}

type visit struct {
	v     ssa.Value
	p     *path
	f     *frame
	write bool
}

type judge struct {
	*program
	paths      map[path]*path
	open       map[visit]bool
	frames     map[frameKey]*frame
	summed     *ssa.Function // a function that is asked which of its parameters it returns
	used       map[int]bool
	conditions map[condition]bool // what is known of them, or being found out
	steps      int
	deep       int
}

func (j *judge) step(p path) *path {
	if q := j.paths[p]; q != nil {
		return q
	}
	j.paths[p] = &p
	return &p
}

// worst returns the origin that says most: one that is not handed in, or one that is
// put together. It keeps the other.
func worst(a, b *Origin) *Origin {
	if a == nil || b == nil {
		return cmp.Or(a, b)
	}
	if a.Handed && !a.Composed && (!b.Handed || b.Composed) {
		a, b = b, a
	}
	if len(a.others) >= most || b.Pos == a.Pos {
		return a
	}
	c := *a
	c.others = slices.Concat(a.others, []*Origin{b}, b.others)
	return &c
}

// in returns the origin of a text that comes into the declaration itself, or else the
// first.
func (o *Origin) in(decl *ast.FuncDecl) *Origin {
	for _, other := range o.others {
		if decl != nil && o.In != decl && other.In == decl {
			return other
		}
	}
	return o
}

func composed(o *Origin) *Origin {
	if o == nil || o.Composed {
		return o
	}
	c := *o
	c.Composed = true
	return &c
}

func (j *judge) origin(at ssa.Value, what string) *Origin {
	o := &Origin{Pos: at.Pos(), What: what}
	fn := at.Parent()
	for fn != nil && fn.Parent() != nil {
		fn = fn.Parent()
	}
	if fn != nil {
		o.In, _ = fn.Syntax().(*ast.FuncDecl)
	}
	return o
}

func (j *judge) involved(v ssa.Value) *Origin {
	return j.origin(v, "a text that is too involved to be followed")
}

// value judges the text that a path leads to in a value, as it is at an instruction.
func (j *judge) value(v ssa.Value, p *path, at point, f *frame) *Origin {
	if _, ok := v.(*ssa.Const); ok {
		return nil
	}
	if p == nil && harmless(v.Type()) {
		return nil
	}
	if p = j.textual(v.Type(), p); p == nil && composite(v.Type()) {
		return j.whole(v, at, f)
	}
	if j.steps++; j.steps > longest || j.deep > 200 {
		return j.involved(v)
	}
	k := visit{v, p, f, false}
	if j.open[k] {
		return nil
	}
	j.open[k] = true
	j.deep++
	defer func() { delete(j.open, k); j.deep-- }()
	if j.checked(v, p, at, f) {
		return nil
	}
	o := j.from(v, p, at, f)
	if o == nil && p != nil && reference(v.Type()) {
		o = j.writes(v, p, f)
	}
	return o
}

// reference reports whether values of a type share what they hold.
func reference(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Slice, *types.Map, *types.Pointer, *types.Chan:
		return true
	}
	return false
}

func (j *judge) from(v ssa.Value, p *path, at point, f *frame) *Origin {
	switch v := v.(type) {
	case *ssa.Phi:
		var o *Origin
		for i, e := range v.Edges {
			o = worst(o, j.value(e, p, point{block: v.Block().Preds[i], to: v.Block()}, f))
		}
		return o
	case *ssa.BinOp:
		o := j.value(v.X, nil, at, f)
		if !j.between(ending(v.X), v.Y) {
			o = worst(o, j.value(v.Y, nil, at, f))
		}
		if isTextual(v.Type()) {
			o = composed(o)
		}
		return o
	case *ssa.Convert:
		return j.value(v.X, p, at, f)
	case *ssa.MultiConvert:
		return j.value(v.X, p, at, f)
	case *ssa.ChangeType:
		return j.value(v.X, p, at, f)
	case *ssa.ChangeInterface:
		return j.value(v.X, p, at, f)
	case *ssa.MakeInterface:
		if p == nil { // printed, or taken out again
			if m := j.stringer(v.X.Type()); m != nil {
				return j.results(m, 0, nil, []ssa.Value{v.X}, v, f)
			}
		}
		return j.value(v.X, p, at, f)
	case *ssa.TypeAssert:
		return j.value(v.X, p, at, f)
	case *ssa.SliceToArrayPointer:
		return j.value(v.X, p, at, f)
	case *ssa.Slice:
		return j.value(v.X, p, at, f)
	case *ssa.Field:
		return j.member(v.X, fieldOf(v.X.Type(), v.Field), v, p, f)
	case *ssa.FieldAddr:
		return j.member(v.X, fieldOf(v.X.Type(), v.Field), v, p, f)
	case *ssa.IndexAddr:
		return j.value(v.X, j.step(path{rest: p}), here(v), f)
	case *ssa.Index:
		return j.value(v.X, j.step(path{rest: p}), at, f)
	case *ssa.Lookup:
		if _, isMap := v.X.Type().Underlying().(*types.Map); !isMap {
			return j.value(v.X, nil, at, f)
		}
		return j.value(v.X, j.step(path{rest: p}), here(v), f)
	case *ssa.UnOp:
		switch v.Op {
		case token.MUL:
			return j.load(v, p, f)
		case token.ARROW:
			return j.value(v.X, j.step(path{rest: p}), at, f)
		}
		return j.value(v.X, p, at, f)
	case *ssa.Extract:
		return j.extract(v, p, at, f)
	case *ssa.Call:
		return j.call(v, 0, p, f)
	case *ssa.Alloc:
		return j.alloc(v, p, f)
	case *ssa.MakeSlice, *ssa.MakeMap, *ssa.MakeChan:
		return j.writes(v, p, f)
	case *ssa.Global:
		return j.global(v, p, f)
	case *ssa.Parameter:
		return j.param(v, p, f)
	case *ssa.FreeVar:
		return j.captured(v, p, f)
	}
	return j.origin(v, "a value that is not followed")
}

// textual is the path to a text in a value: of bytes, their elements.
func (j *judge) textual(t types.Type, p *path) *path {
	switch t := t.Underlying().(type) {
	case *types.Slice:
		if p == nil && isTextual(t) {
			return j.step(path{})
		}
	case *types.Basic:
		return nil
	}
	return p
}

func (j *judge) extract(v *ssa.Extract, p *path, at point, f *frame) *Origin {
	switch t := v.Tuple.(type) {
	case *ssa.Call:
		return j.call(t, v.Index, p, f)
	case *ssa.Lookup, *ssa.TypeAssert, *ssa.UnOp:
		return j.value(t, p, at, f)
	case *ssa.Next:
		x := t.Iter.(*ssa.Range).X
		if t.IsString {
			return j.value(x, nil, at, f)
		}
		return j.value(x, j.step(path{key: v.Index == 1, rest: p}), here(t), f)
	}
	return j.origin(v, "a value that is not followed")
}

// member judges a field. If it is not known which struct it belongs to, every value
// that the package gives to the field counts.
func (j *judge) member(x ssa.Value, field *types.Var, at ssa.Instruction, p *path, f *frame) *Origin {
	if field == nil {
		return j.origin(x, "a field of a type parameter")
	}
	if field.Pkg() != nil && field.Pkg().Path() == "reflect" {
		return nil // the names of the program
	}
	if j.owned(field) && (j.everywhere(field, p) == nil || p == nil && j.validated(field)) {
		return nil
	}
	o := j.value(x, j.step(path{field: field, rest: p}), here(at), f)
	if o != nil && o.Handed {
		c := *o
		c.Pos, c.What = at.Pos(), "the field "+field.Name()
		c.argument, c.Handed = false, sameModule(field.Pkg(), j.pkg)
		if o.receiver && field.Pkg() == j.pkg {
			c.Pos, c.In = field.Pos(), nil // it has the same value in other methods
		}
		return &c
	}
	return o
}

func (j *judge) owned(field *types.Var) bool {
	return field.Pkg() == j.pkg && (!field.Exported() || j.private[field])
}

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

// param judges a parameter: the argument of the call that is followed, or those of
// all calls.
func (j *judge) param(v *ssa.Parameter, p *path, f *frame) *Origin {
	fn := v.Parent()
	i := 0
	for fn.Params[i] != v {
		i++
	}
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
		return o
	}
	calls, all := j.callers(fn)
	if !all || len(calls) == 0 || j.deep > 100 {
		return handed()
	}
	var o *Origin
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
	if j.escapes[fn] {
		return nil, false
	}
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
	fn := v.Parent()
	i := 0
	for fn.FreeVars[i] != v {
		i++
	}
	var outer *frame
	for g := f; g != nil; g = g.caller {
		if g.fn == fn.Parent() {
			outer = g
			break
		}
	}
	var o *Origin
	for _, c := range j.makers[fn] {
		o = worst(o, j.value(c.Bindings[i], p, here(c), outer))
	}
	return o
}

func isTextual(t types.Type) bool {
	if t == nil {
		return false
	}
	if s, ok := t.Underlying().(*types.Slice); ok {
		b, ok := s.Elem().Underlying().(*types.Basic)
		return ok && (b.Kind() == types.Byte || b.Kind() == types.Rune)
	}
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsString != 0
}

// composite reports whether a type is a list or a map, and not a text.
func composite(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Slice, *types.Array, *types.Map:
		return !isTextual(t)
	}
	return false
}

// harmless reports whether values of a type cannot hold text, nor a character of one.
func harmless(t types.Type) bool {
	switch t := t.Underlying().(type) {
	case *types.Slice:
		return harmless(t.Elem())
	case *types.Array:
		return harmless(t.Elem())
	case *types.Map:
		return harmless(t.Key()) && harmless(t.Elem())
	}
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&(types.IsNumeric|types.IsBoolean) != 0 && b.Kind() != types.Uint8 && b.Kind() != types.Int32
}

// sameModule reports whether two packages seem to belong to one module: their paths
// begin alike.
func sameModule(a, b *types.Package) bool {
	if a == nil || b == nil || a == b {
		return a == b
	}
	x, y := strings.SplitN(a.Path(), "/", 4), strings.SplitN(b.Path(), "/", 4)
	n := min(len(x), len(y), 3)
	return strings.Contains(x[0], ".") && slices.Equal(x[:n], y[:n])
}
