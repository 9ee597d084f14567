package dataflow

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// Sources lists the constants that an expression can have as its text, or as one of the
// texts that it is joined from or split into, wherever they are taken from: maps,
// slices, fields, results and the arguments of calls. It lists those that the package
// puts there, so there may be others. A text that is put together with another one, or
// that a function changes, does not have sources.
func (v *Values) Sources(e ast.Expr) []Constant {
	list, _ := v.Reaching(e, "")
	return list
}

// Handed is text that other packages hand to this one: in an argument of an exported
// function, or in an exported field of a struct that this package declares.
type Handed struct {
	Object types.Object // the function or the field
	Index  int          // of the parameter, without the receiver
	Path   string       // leads from the argument or the field to the text, as in [whole.Question]
}

// Reaching lists the constants that [Values.Sources] lists, and where other packages hand
// such a text in. A path leads from the expression to the text, "" if it is the text, or
// all that a list has.
func (v *Values) Reaching(e ast.Expr, to string) (list []Constant, handed []Handed) {
	e = ast.Unparen(e)
	if s, ok := v.text(e); ok {
		return []Constant{{s, e}}, nil
	}
	p := v.program()
	ref := p.values[e]
	if ref == nil {
		return nil, nil // code that is never reached
	}
	j := p.judge()
	at, ok := j.decode(to)
	if !ok {
		return nil, nil
	}
	j.gather = &gathering{
		constant: func(c *ssa.Const, at point) {
			if c.Value == nil || c.Value.Kind() != constant.String {
				return
			}
			found := Constant{constant.StringVal(c.Value), v.literal(c, at)}
			if found.At != nil && !slices.Contains(list, found) {
				list = append(list, found)
			}
		},
		handed: func(obj types.Object, index int, p *path) {
			if obj == nil || !obj.Exported() || obj.Pkg() != v.pkg || v.pkg.Name() == "main" {
				return
			}
			to, ok := encode(p)
			if h := (Handed{obj, index, to}); ok && leads(declared(obj, index), p) && !slices.Contains(handed, h) {
				handed = append(handed, h)
			}
		},
	}
	x := ref.X
	if ref.IsAddr {
		j.stores(x, at, nil)
	} else {
		j.value(x, at, here(ref), nil)
	}
	return list, handed
}

// declared is the type of a field or of a parameter.
func declared(obj types.Object, index int) types.Type {
	if fn, ok := obj.(*types.Func); ok {
		if index >= fn.Signature().Params().Len() {
			return nil
		}
		return fn.Signature().Params().At(index).Type()
	}
	return obj.Type()
}

// leads reports whether a path leads to what is declared as text: a value of any type may
// become an argument of a statement.
func leads(t types.Type, p *path) bool {
	if t == nil {
		return false
	}
	if p == nil {
		return isTextual(t)
	}
	if p.field != nil {
		return leads(p.field.Type(), p.rest)
	}
	switch t := t.Underlying().(type) {
	case *types.Pointer:
		return leads(t.Elem(), p)
	case *types.Slice:
		return leads(t.Elem(), p.rest)
	case *types.Array:
		return leads(t.Elem(), p.rest)
	case *types.Map:
		if p.key {
			return leads(t.Key(), p.rest)
		}
		return leads(t.Elem(), p.rest)
	}
	return false
}

// gathering gets what a walk for sources meets.
type gathering struct {
	constant func(*ssa.Const, point)
	handed   func(obj types.Object, index int, p *path)
}

// ElementPath and KeyPath lead to the elements of a list and to the keys of a map.
const ElementPath, KeyPath = "[]\n", "[key]\n"

// entire lists the functions whose result is a text of theirs, or a list of such texts
// and their parts: of the first argument, or of all of them.
var entire = map[string]bool{
	"strings.TrimSpace": false, "strings.ToLower": false, "strings.ToUpper": false, "strings.Clone": false, "strings.Join": false,
	"strings.Split": false, "strings.SplitN": false, "strings.SplitSeq": false, "strings.Fields": false, "strings.FieldsFunc": false,
	"strings.FieldsSeq": false, "slices.Clone": false, "slices.Sorted": false, "slices.Compact": false, "slices.Values": false,
	"slices.All": false, "slices.Collect": false, "slices.Reverse": false, "maps.Clone": false,
	"slices.Concat": true, "slices.Insert": true, "cmp.Or": true,
}

// takes gathers from the arguments of a function of another package.
func (j *judge) takes(name string, args []ssa.Value, p *path, at ssa.Instruction, f *frame) {
	all, ok := entire[name]
	switch {
	case name == "maps.Keys" || name == "maps.Values":
		j.value(args[0], j.step(mapPath(name == "maps.Keys", p)), here(at), f)
	case ok && all:
		j.all(args, at, f)
	case ok:
		j.whole(args[0], here(at), f)
	}
}

// registered gathers the keys under which a function is kept in a map, if the package
// calls what it finds there with the key as this argument.
func (j *judge) registered(fn *ssa.Function, arg int) {
	for _, r := range j.kept[fn] {
		if slices.ContainsFunc(j.lookups, func(l lookup) bool { return l.arg == arg && l.sig == len(fn.Params) }) {
			j.value(r.Key, nil, here(r), nil)
		}
	}
}

// lookup is a call of a function that is taken out of a map, with the key as an
// argument.
type lookup struct{ arg, sig int }

// registers notes a function that is put into a map, and a call of one that is taken
// out by one of its arguments.
func (p *program) registers(instr ssa.Instruction) {
	switch instr := instr.(type) {
	case *ssa.MapUpdate:
		if fn := function(instr.Value); fn != nil {
			p.kept[fn] = append(p.kept[fn], instr)
		}
	case ssa.CallInstruction:
		c := instr.Common()
		v := c.Value
		if x, ok := v.(*ssa.Extract); ok {
			v = x.Tuple
		}
		l, ok := v.(*ssa.Lookup)
		if !ok || c.IsInvoke() {
			return
		}
		if i := slices.Index(c.Args, l.Index); i >= 0 {
			p.lookups = append(p.lookups, lookup{i, len(c.Args)})
		}
	}
}

// function returns the function that a value is, or nil.
func function(v ssa.Value) *ssa.Function {
	for {
		switch x := v.(type) {
		case *ssa.ChangeType:
			v = x.X
		case *ssa.MakeClosure:
			v = x.Fn
		case *ssa.Function:
			return source(x)
		default:
			return nil
		}
	}
}

// literal returns the expression of a constant that an instruction uses: the nearest of
// its value in the function, since a constant in SSA form does not have a position.
func (v *Values) literal(c *ssa.Const, at point) ast.Expr {
	if at.block == nil {
		return nil
	}
	from, before := token.NoPos, false
	if at.to == nil && at.index < len(at.block.Instrs) {
		instr := at.block.Instrs[at.index]
		from = instr.Pos()
		if m, ok := instr.(*ssa.MapUpdate); ok {
			before = m.Key == c
		}
	}
	var best ast.Expr
	syntax := at.block.Parent().Syntax()
	for _, e := range v.literals()[constant.StringVal(c.Value)] {
		if syntax != nil && (e.Pos() < syntax.Pos() || e.End() > syntax.End()) {
			continue
		}
		if before && e.Pos() > from {
			if e.Pos() == from+1 {
				best = e // after the bracket of m["key"] = …
			}
			break
		}
		best = e
		if !before && e.Pos() >= from {
			break
		}
	}
	return best
}

// constants lists the constant strings of some files by their text, in the order of the
// code. Parts of a constant are not listed.
func (v *Values) constants(files []*ast.File) map[string][]ast.Expr {
	found := map[string][]ast.Expr{}
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			e, ok := n.(ast.Expr)
			if !ok {
				_, imports := n.(*ast.ImportSpec)
				return !imports
			}
			if s, ok := v.text(e); ok {
				found[s] = append(found[s], e)
				return false
			}
			return true
		})
	}
	return found
}
