package dataflow

import (
	"regexp/syntax"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// pattern returns the pattern of a regular expression, if it is constant.
func (j *judge) pattern(v ssa.Value) *syntax.Regexp {
	v = j.once(v)
	call, ok := v.(*ssa.Call)
	if !ok {
		if e, ok := v.(*ssa.Extract); ok {
			call, _ = e.Tuple.(*ssa.Call)
		}
	}
	if call == nil || len(call.Call.Args) != 1 {
		return nil
	}
	s, ok := text(call.Call.Args[0])
	if !ok {
		return nil
	}
	re, err := syntax.Parse(s, syntax.Perl)
	if err != nil {
		return nil
	}
	return re.Simplify()
}

// once returns what a package variable is set to, if it is set once.
func (j *judge) once(v ssa.Value) ssa.Value {
	load, ok := v.(*ssa.UnOp)
	if !ok {
		return v
	}
	g, ok := load.X.(*ssa.Global)
	if !ok {
		return v
	}
	var set ssa.Value
	for _, r := range j.globals[g] {
		if s, ok := r.(*ssa.Store); ok && s.Addr == g {
			if set != nil {
				return nil
			}
			set = s.Val
		}
	}
	return set
}

// dangerous are the characters with which a text leaves a name or a value.
const dangerous = "'\"`;\\\x00\n"

// removes reports whether a pattern matches every dangerous character.
func removes(re *syntax.Regexp) bool {
	if re == nil {
		return false
	}
	for re.Op == syntax.OpPlus || re.Op == syntax.OpStar || re.Op == syntax.OpCapture {
		re = re.Sub[0]
	}
	if re.Op != syntax.OpCharClass {
		return false
	}
	for _, r := range dangerous {
		if !inClass(re.Rune, r) {
			return false
		}
	}
	return true
}

func inClass(ranges []rune, r rune) bool {
	for i := 0; i+1 < len(ranges); i += 2 {
		if ranges[i] <= r && r <= ranges[i+1] {
			return true
		}
	}
	return false
}

// narrow reports whether a pattern matches whole texts, and none with a dangerous
// character.
func narrow(re *syntax.Regexp) bool {
	if re == nil || re.Op != syntax.OpConcat || len(re.Sub) < 2 {
		return false
	}
	begin, end := re.Sub[0].Op, re.Sub[len(re.Sub)-1].Op
	return begin == syntax.OpBeginText && end == syntax.OpEndText && harmlessPattern(re)
}

func harmlessPattern(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return false
	case syntax.OpLiteral:
		return !strings.ContainsAny(string(re.Rune), dangerous)
	case syntax.OpCharClass:
		for _, r := range dangerous {
			if inClass(re.Rune, r) {
				return false
			}
		}
	}
	for _, sub := range re.Sub {
		if !harmlessPattern(sub) {
			return false
		}
	}
	return true
}
