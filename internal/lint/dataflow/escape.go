package dataflow

import (
	"go/constant"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// escaped returns the quotes that do not end a text between two of them, because they
// are removed from it, or doubled.
func (j *judge) escaped(v ssa.Value, depth int) (quotes string) {
	switch x := v.(type) {
	case *ssa.MakeInterface:
		return j.escaped(x.X, depth)
	case *ssa.ChangeType:
		return j.escaped(x.X, depth)
	case *ssa.Call:
		args := x.Call.Args
		if fn := j.target(x.Call.Value, nil); fn != nil && fn.Pkg == j.ssa && len(fn.Blocks) == 1 && depth < deepest {
			if ret, ok := fn.Blocks[0].Instrs[len(fn.Blocks[0].Instrs)-1].(*ssa.Return); ok && len(ret.Results) == 1 {
				return j.escaped(ret.Results[0], depth+1)
			}
		}
		fn := callee(x.Common())
		if fn == nil {
			return ""
		}
		switch fn.FullName() {
		case "strings.Replace", "strings.ReplaceAll":
			if n, ok := args[len(args)-1].(*ssa.Const); fn.Name() == "ReplaceAll" || ok && n.Int64() < 0 {
				quotes = escape(args[1], args[2])
			}
			return quotes + j.escaped(args[0], depth)
		case "(*strings.Replacer).Replace":
			return j.replaced(args[0])
		case "(*strings.Builder).String", "(*bytes.Buffer).String":
			if b, ok := args[0].(*ssa.Alloc); ok && depth < deepest {
				return j.written(b, b, depth+1)
			}
		}
	}
	return quotes
}

// written returns the quotes that are in nothing which is written to a builder, through
// one of the values that it is.
func (j *judge) written(b, through ssa.Value, depth int) string {
	quotes := "'\"`"
	keep := func(escaped string) { quotes = without(quotes, without(quotes, escaped)) }
	for _, r := range *through.Referrers() {
		switch r := r.(type) {
		case *ssa.DebugRef:
		case *ssa.MakeInterface:
			keep(j.written(b, r, depth))
		case ssa.CallInstruction:
			fn, args := callee(r.Common()), arguments(r.Common())
			switch {
			case fn == nil:
				return ""
			case fn.FullName() == "(*strings.Replacer).WriteString" && unwrapped(args[1]) == b:
				keep(j.replaced(args[0]))
			case fn.Name() == "WriteString" && len(args) == 2 && unwrapped(args[0]) == b:
				if s, constant := text(args[1]); constant {
					quotes = without(quotes, s)
				} else {
					keep(j.escaped(args[1], depth))
				}
			case isBuilder(through.Type()) && (fn.Name() == "String" || fn.Name() == "Len" || fn.Name() == "Grow" || fn.Name() == "Reset"):
			default:
				return ""
			}
		default:
			return ""
		}
	}
	return quotes
}

// without returns a text without some characters.
func without(text, characters string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(characters, r) {
			return -1
		}
		return r
	}, text)
}

// replaced returns the quotes that a strings.Replacer removes or doubles.
func (j *judge) replaced(by ssa.Value) (quotes string) {
	if made, ok := j.once(by).(*ssa.Call); ok && len(made.Call.Args) == 1 {
		list, _ := variadic(made.Call.Args[0])
		for i := 0; i+1 < len(list); i += 2 {
			quotes += escape(list[i], list[i+1])
		}
	}
	return quotes
}

// before returns the constant that is written to a builder just before a call.
func before(call ssa.CallInstruction, to ssa.Value) string {
	instrs := call.Block().Instrs
	for _, instr := range slices.Backward(instrs[:slices.Index(instrs, ssa.Instruction(call))]) {
		earlier, ok := instr.(ssa.CallInstruction)
		if !ok || !slices.ContainsFunc(arguments(earlier.Common()), func(v ssa.Value) bool { return unwrapped(v) == to }) {
			continue
		}
		args := arguments(earlier.Common())
		fn := callee(earlier.Common())
		if fn == nil || fn.Name() != "WriteString" || len(args) != 2 {
			return ""
		}
		return ending(args[1])
	}
	return ""
}

// unwrapped returns what is in an interface.
func unwrapped(v ssa.Value) ssa.Value {
	if m, ok := v.(*ssa.MakeInterface); ok {
		return m.X
	}
	return v
}

// escape returns a quote that is replaced by nothing or by two.
func escape(old, with ssa.Value) string {
	o, ok := text(old)
	w, ok2 := text(with)
	if ok && ok2 && len(o) == 1 && strings.Contains("'\"`", o) && (w == "" || w == o+o) {
		return o
	}
	return ""
}

// between reports whether a text comes after a quote that does not occur in it.
func (j *judge) between(before string, v ssa.Value) bool {
	return before != "" && strings.Contains(j.escaped(v, 0), before[len(before)-1:])
}

// ending returns the constant that a text ends with.
func ending(v ssa.Value) string {
	if sum, ok := v.(*ssa.BinOp); ok {
		return ending(sum.Y)
	}
	s, _ := text(v)
	return s
}

func text(v ssa.Value) (string, bool) {
	c, ok := v.(*ssa.Const)
	if !ok || c.Value == nil || c.Value.Kind() != constant.String {
		return "", false
	}
	return constant.StringVal(c.Value), true
}
