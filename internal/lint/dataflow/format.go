package dataflow

import (
	"strings"

	"golang.org/x/tools/go/ssa"
)

// printed judges what a format and its arguments print.
func (j *judge) printed(format, list ssa.Value, at ssa.Instruction, f *frame) *Origin {
	o := j.value(format, nil, here(at), f)
	args, ok := variadic(list)
	s, constant := text(format)
	if !ok || !constant || strings.ContainsAny(s, "*[") {
		return worst(o, j.value(list, j.step(path{}), here(at), f))
	}
	for _, arg := range args {
		before, rest, found := strings.Cut(s, "%")
		for found && strings.HasPrefix(rest, "%") {
			before, rest, found = strings.Cut(rest[1:], "%")
		}
		verb := strings.TrimLeft(rest, "+-# 0123456789.")
		s = strings.TrimPrefix(verb, first(verb))
		typeOrHex := verb != "" && strings.Contains("TxX", first(verb))
		if !typeOrHex && !(rest == verb && j.between(before, arg)) {
			o = worst(o, j.value(arg, nil, here(at), f))
		}
	}
	return o
}

func first(s string) string {
	if s == "" {
		return ""
	}
	return s[:1]
}

// variadic lists the arguments that a call puts into a slice.
func variadic(v ssa.Value) ([]ssa.Value, bool) {
	if c, ok := v.(*ssa.Const); ok && c.IsNil() {
		return nil, true
	}
	s, ok := v.(*ssa.Slice)
	if !ok {
		return nil, false
	}
	a, ok := s.X.(*ssa.Alloc)
	if !ok || a.Comment != "varargs" {
		return nil, false
	}
	var list []ssa.Value
	for _, r := range *a.Referrers() {
		if addr, ok := r.(*ssa.IndexAddr); ok {
			for _, w := range *addr.Referrers() {
				if w, ok := w.(*ssa.Store); ok {
					list = append(list, w.Val)
				}
			}
		}
	}
	return list, true
}
