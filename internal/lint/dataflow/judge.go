package dataflow

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

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

// answer is what a visit says at an instruction.
type answer struct {
	visit
	at point
}

type judge struct {
	*program
	paths      map[path]*path
	open       map[visit]int // what is being judged, and how many visits are around it
	lowest     int           // the outermost visit in open that the judgement stands on
	known      map[answer]*Origin
	frames     map[frameKey]*frame
	summed     *ssa.Function // a function that is asked which of its parameters it returns
	used       map[int]bool
	conditions map[condition]bool // what is known of them, or being found out
	gather     *gathering         // see Sources; nil to judge
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

// value judges the text that a path leads to in a value, as it is at an instruction.
func (j *judge) value(v ssa.Value, p *path, at point, f *frame) *Origin {
	if c, ok := v.(*ssa.Const); ok {
		if j.gather != nil {
			j.gather.constant(c, at)
		}
		return nil
	}
	if p == nil && harmless(v.Type()) {
		return nil
	}
	if p = j.textual(v.Type(), p); p == nil && composite(v.Type()) {
		return j.whole(v, at, f)
	}
	k := answer{visit{v, p, f, false}, at}
	if o, ok := j.known[k]; ok {
		return o
	}
	if j.steps++; j.steps > longest || j.deep > 200 {
		j.lowest = 0
		return j.involved(v)
	}
	if j.opened(k.visit) {
		return nil
	}
	around := j.lowest
	depth := j.begin(k.visit)
	j.lowest = depth
	j.deep++
	defer func() { delete(j.open, k.visit); j.deep-- }()
	var o *Origin
	if j.gather != nil || !j.checked(v, p, at, f) {
		o = j.from(v, p, at, f)
		if o == nil && p != nil && reference(v.Type()) {
			o = j.writes(v, p, f)
		}
	}
	if j.lowest == depth && j.gather == nil {
		j.known[k] = o // it does not stand on a judgement that is still open
	}
	j.lowest = min(j.lowest, around)
	return o
}

// opened reports whether a visit is on its way. It adds nothing to itself.
func (j *judge) opened(k visit) bool {
	depth, ok := j.open[k]
	if ok {
		j.lowest = min(j.lowest, depth)
	}
	return ok
}

// begin opens a visit, and returns how deep it lies.
func (j *judge) begin(k visit) int {
	j.open[k] = len(j.open) + 1
	return j.open[k]
}

func (j *judge) from(v ssa.Value, p *path, at point, f *frame) *Origin {
	if x := same(v); x != nil {
		return j.value(x, p, at, f)
	}
	switch v := v.(type) {
	case *ssa.Phi:
		var o *Origin
		for i, e := range v.Edges {
			o = worst(o, j.value(e, p, point{block: v.Block().Preds[i], to: v.Block()}, f))
		}
		return o
	case *ssa.BinOp:
		if j.gather != nil {
			return nil // put together
		}
		o := j.value(v.X, nil, at, f)
		if !j.between(ending(v.X), v.Y) {
			o = worst(o, j.value(v.Y, nil, at, f))
		}
		if isTextual(v.Type()) {
			o = composed(o)
		}
		return o
	case *ssa.MakeInterface:
		if p == nil { // printed, or taken out again
			if m := j.stringer(v.X.Type()); m != nil {
				return j.results(m, 0, nil, []ssa.Value{v.X}, v, f)
			}
		}
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
			at = here(v)
		case token.ARROW:
			p = j.step(path{rest: p})
		}
		return j.value(v.X, p, at, f)
	case *ssa.Extract:
		return j.extract(v, p, at, f)
	case *ssa.Call:
		return j.call(v, 0, p, f)
	case *ssa.Alloc:
		o, _ := j.stores(v, p, f)
		return o
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

// same returns what a value is converted from, or nil. It holds the same text.
func same(v ssa.Value) ssa.Value {
	switch v := v.(type) {
	case *ssa.Convert:
		return v.X
	case *ssa.MultiConvert:
		return v.X
	case *ssa.ChangeType:
		return v.X
	case *ssa.ChangeInterface:
		return v.X
	case *ssa.TypeAssert:
		return v.X
	case *ssa.SliceToArrayPointer:
		return v.X
	case *ssa.Slice:
		return v.X
	}
	return nil
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
	if j.gather != nil && field.Pkg() == j.pkg {
		j.gather.handed(field, 0, p)
		return j.everywhere(field, p)
	}
	var own *Origin
	if j.owned(field) {
		if own = j.everywhere(field, p); own == nil || p == nil && j.validated(field) {
			return nil
		}
	}
	o := j.value(x, j.step(path{field: field, rest: p}), here(at), f)
	switch {
	case o == nil:
		return nil
	case own == nil:
		o = j.orField(o, field, p)
	case len(own.asks) > 0:
		c := *o
		c.asks = own.asks
		o = &c
	}
	if o.Handed {
		c := *o
		c.What = "the field " + field.Name()
		c.argument, c.Handed = false, sameModule(field.Pkg(), j.pkg)
		switch {
		case field.Pkg() != j.pkg && (o.In == nil || o.In == declaration(at)): // it comes with what it is a field of
		case o.receiver:
			c.Pos, c.In = field.Pos(), nil // it has the same value in other methods
		default:
			c.Pos = at.Pos()
		}
		return &c
	}
	return o
}

func (j *judge) owned(field *types.Var) bool {
	return field.Pkg() == j.pkg && (!field.Exported() || j.private[field])
}

// whole judges a value, and whatever it holds if that is printed or put into a list.
func (j *judge) whole(x ssa.Value, at point, f *frame) *Origin {
	t := x.Type()
	switch t.Underlying().(type) {
	case *types.Slice, *types.Array:
		if !isTextual(t) {
			return j.value(x, j.step(path{}), at, f)
		}
	case *types.Map:
		return worst(j.value(x, j.step(path{}), at, f), j.value(x, j.step(path{key: true}), at, f))
	}
	return j.value(x, nil, at, f)
}

// all judges values, with their elements where they are lists.
func (j *judge) all(list []ssa.Value, at ssa.Instruction, f *frame) (o *Origin) {
	for _, x := range list {
		_, isFunc := x.Type().Underlying().(*types.Signature)
		if _, made := x.(*ssa.Call); made && isFunc {
			o = worst(o, j.value(x, j.step(path{}), here(at), f)) // an iterator
		} else if isFunc {
			o = worst(o, j.mapped(x, list, at, f))
		} else {
			o = worst(o, j.whole(x, here(at), f))
		}
	}
	return o
}

// mapped judges what a function makes of the texts that it is called with.
func (j *judge) mapped(x ssa.Value, list []ssa.Value, at ssa.Instruction, f *frame) *Origin {
	fn := j.target(x, f)
	if fn == nil {
		return j.origin(x, "the result of a function value")
	}
	if fn.Pkg == j.ssa && fn.Blocks != nil {
		i := slices.IndexFunc(list, func(v ssa.Value) bool { return isTextual(v.Type()) })
		return j.results(fn, 0, nil, slices.Repeat(list[max(i, 0):max(i, 0)+1], len(fn.Params)), at, f)
	}
	if obj, ok := fn.Object().(*types.Func); ok {
		if _, ok := through[obj.FullName()]; ok {
			return nil
		}
	}
	return j.origin(x, "the result of "+fn.Name())
}

func isTextual(t types.Type) bool {
	if t == nil {
		return false
	}
	if p, ok := types.Unalias(t).(*types.TypeParam); ok {
		return ofText(p)
	}
	if s, ok := t.Underlying().(*types.Slice); ok {
		b, ok := s.Elem().Underlying().(*types.Basic)
		return ok && (b.Kind() == types.Byte || b.Kind() == types.Rune)
	}
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsString != 0
}

// ofText reports whether all types that a type parameter stands for are listed, and texts.
func ofText(p *types.TypeParam) bool {
	listed := false
	for e := range p.Underlying().(*types.Interface).EmbeddedTypes() {
		switch e := e.(type) {
		case *types.Union:
			for t := range e.Terms() {
				if listed = true; !isTextual(t.Type()) {
					return false
				}
			}
		default:
			if i, ok := e.Underlying().(*types.Interface); ok && i.IsComparable() && i.NumEmbeddeds() == 0 {
				continue
			}
			if listed = true; !isTextual(e) {
				return false
			}
		}
	}
	return listed
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

// reference reports whether values of a type share what they hold.
func reference(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Slice, *types.Map, *types.Pointer, *types.Chan:
		return true
	}
	return false
}
