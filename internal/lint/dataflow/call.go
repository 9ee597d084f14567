package dataflow

import (
	"go/constant"
	"go/types"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// through lists the functions and methods whose result only has text of their
// arguments and receivers, and says whether they put texts together.
var through = map[string]bool{
	"fmt.Append": true, "fmt.Appendln": true, "fmt.Sprint": true, "fmt.Sprintln": true,
	"strings.Join": true, "strings.Replace": true, "strings.ReplaceAll": true, "(*strings.Replacer).Replace": true, "bytes.Join": true,
	"strings.NewReplacer": false, "strings.Clone": false, "strings.Map": false,
	"strings.ToTitle": false, "strings.Cut": false, "strings.CutPrefix": false, "strings.CutSuffix": false, "strings.SplitN": false,
	"bytes.TrimSpace": false,
	"strconv.Quote":   false, "strconv.QuoteToASCII": false, "strconv.QuoteToGraphic": false, "strconv.Unquote": false,
	"strconv.AppendQuote": false, "strconv.AppendQuoteToASCII": false, "strconv.AppendInt": false, "strconv.AppendUint": false,
	"strconv.AppendFloat": false, "strconv.AppendBool": false,
	"slices.Insert": false, "slices.Reverse": false, "slices.Concat": false,
	"strings.Repeat": false, "strings.ToLower": false, "strings.ToUpper": false, "strings.Title": false,
	"strings.Trim": false, "strings.TrimLeft": false, "strings.TrimRight": false, "strings.TrimSpace": false,
	"strings.TrimPrefix": false, "strings.TrimSuffix": false, "strings.TrimFunc": false, "strings.Split": false, "strings.SplitSeq": false, "strings.FieldsSeq": false, "strings.SplitAfter": false,
	"strings.Fields": false,
	"slices.Clone":   false, "slices.Sorted": false, "slices.Compact": false, "slices.Values": false, "slices.All": false,
	"slices.Collect": false, "maps.Clone": false, "cmp.Or": false,
	"unicode.ToLower": false, "unicode.ToUpper": false,
}

// clean are the functions whose text is made of letters and digits.
var clean = map[string]bool{
	"encoding/hex.EncodeToString": true, "(*encoding/base64.Encoding).EncodeToString": true, "crypto/rand.Text": true,
	"(*math/big.Int).String": true, "github.com/google/uuid.NewString": true, "(github.com/google/uuid.UUID).String": true,
}

// quoting matches the names of functions that make an identifier of any text.
var quoting = regexp.MustCompile(`(?i)quote.*ident|ident.*quote|sanitize|^placeholders$|^quote$`)

// call judges one result of a call.
func (j *judge) call(v *ssa.Call, result int, p *path, f *frame) *Origin {
	c := v.Common()
	if b, ok := c.Value.(*ssa.Builtin); ok {
		switch b.Name() {
		case "append":
			o := worst(j.value(c.Args[0], p, here(v), f), j.value(c.Args[1], p, here(v), f))
			if isTextual(v.Type()) {
				o = composed(o)
			}
			return o
		case "min", "max", "ssa:wrapnilchk":
			return j.all(c.Args, v, f)
		}
		return j.origin(v, "the result of "+b.Name())
	}
	if fn := j.own(c, f); fn != nil {
		return j.results(fn, result, p, c.Args, v, f)
	}
	fn := callee(c)
	if fn == nil {
		return j.origin(v, "the result of a function value")
	}
	return j.library(fn, v, result, p, f)
}

// callee returns the declared function or method that is called, or nil.
func callee(c *ssa.CallCommon) *types.Func {
	if c.IsInvoke() {
		return c.Method.Origin()
	}
	if fn := c.StaticCallee(); fn != nil {
		if obj, ok := source(fn).Object().(*types.Func); ok {
			return obj.Origin()
		}
	}
	return nil
}

// target returns the function that a value is, if it is one and no other.
func (j *judge) target(v ssa.Value, f *frame) *ssa.Function {
	for range deepest {
		switch x := v.(type) {
		case *ssa.Function:
			return source(x)
		case *ssa.MakeClosure:
			return source(x.Fn.(*ssa.Function))
		case *ssa.ChangeType:
			v = x.X
		case *ssa.Parameter:
			g := f
			for g != nil && (g.fn != x.Parent() || g.args == nil) {
				g = g.caller
			}
			if g == nil {
				return nil
			}
			for i, param := range x.Parent().Params {
				if param == x {
					v = g.args[i]
				}
			}
			f = g.caller
		case *ssa.FreeVar:
			makers := j.makers[x.Parent()]
			if len(makers) != 1 {
				return nil
			}
			for i, fv := range x.Parent().FreeVars {
				if fv == x {
					v = makers[0].Bindings[i]
				}
			}
		case *ssa.UnOp:
			addr := x.X
			if fv, ok := addr.(*ssa.FreeVar); ok {
				if makers := j.makers[fv.Parent()]; len(makers) == 1 {
					for i, g := range fv.Parent().FreeVars {
						if g == fv {
							addr = makers[0].Bindings[i]
						}
					}
				}
			}
			if !stored1(addr) {
				return nil
			}
			v = nil
			for _, r := range *addr.Referrers() {
				if s, ok := r.(*ssa.Store); ok {
					v = s.Val
				}
			}
		default:
			return nil
		}
	}
	return nil
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

// library judges the result of a function of another package, or of an interface.
func (j *judge) library(fn *types.Func, v *ssa.Call, result int, p *path, f *frame) *Origin {
	c := v.Common()
	args := arguments(c)
	name, recv := fn.FullName(), fn.Signature().Recv()
	path := ""
	if fn.Pkg() != nil {
		path = fn.Pkg().Path()
	}
	texts := slices.DeleteFunc(slices.Clone(args), func(a ssa.Value) bool { return !holdsText(a.Type()) })
	outside := func() *Origin {
		o := j.origin(v, "the result of "+fn.Name())
		if p != nil && sameModule(fn.Pkg(), j.pkg) { // it may well hold constants
			o.Handed = true
			return worst(o, j.all(texts, v, f))
		}
		return o
	}
	switch compose, passes := through[name]; {
	case clean[name]:
		return nil
	case name == "fmt.Sprintf":
		return composed(j.printed(args[0], args[1], v, f))
	case name == "fmt.Appendf":
		return composed(worst(j.value(args[0], nil, here(v), f), j.printed(args[1], args[2], v, f)))
	case fn.Name() == "ToSql" || fn.Name() == "MustSql":
		return nil // judged where the statement is built
	case name == "maps.Keys" || name == "maps.Values":
		return j.value(args[0], j.step(mapPath(name == "maps.Keys", p)), here(v), f)
	case recv != nil && isBuilder(recv.Type()) && (fn.Name() == "String" || fn.Name() == "Bytes"):
		return composed(j.built(args[0], f))
	case name == "bytes.NewBufferString", name == "bytes.NewBuffer":
		return worst(j.whole(args[0], here(v), f), j.text(v, f))
	case strings.HasPrefix(name, "(*regexp.Regexp).Replace"):
		if j.quotes(f) || removes(j.pattern(args[0])) && j.whole(args[2], here(v), f) == nil {
			return nil
		}
		return composed(j.all(args[1:], v, f))
	case passes:
		if j.quotes(f) && (strings.Contains(name, "Replace") || name == "strings.Map") {
			return nil
		}
		o := j.all(args, v, f)
		if compose {
			o = composed(o)
		}
		return o
	}
	if fact := j.fact(fn); fact != nil {
		for _, r := range fact.Results {
			if r.Result != result {
				continue
			}
			var o *Origin
			for _, i := range r.Arguments {
				o = worst(o, j.whole(args[i], here(v), f))
			}
			return o
		}
	}
	switch {
	case quoting.MatchString(fn.Name()):
		return nil
	case path == "strconv", path == "reflect" && (recv == nil || recv.Type().String() != "reflect.Value"):
		return nil // numbers, and names of the program
	case recv != nil && (harmless(recv.Type()) || strings.HasPrefix(name, "(time.Time).")):
		return j.all(args[1:], v, f) // a number in words, a time in a format
	case path == "embed" || path == "io/fs" && embedded(args):
		return nil
	case path == "github.com/jmoiron/sqlx", bindsArguments(fn.Signature(), result) && !sameModule(fn.Pkg(), j.pkg):
		return j.all(texts, v, f)
	}
	return outside()
}

func mapPath(key bool, p *path) path {
	if p != nil {
		p = p.rest
	}
	return path{key: key, rest: p}
}

func embedded(args []ssa.Value) bool {
	if len(args) == 0 {
		return false
	}
	m, ok := args[0].(*ssa.MakeInterface)
	return ok && m.X.Type().String() == "embed.FS"
}

// bindsArguments reports whether the result after this one is a []any.
func bindsArguments(sig *types.Signature, result int) bool {
	if result+1 >= sig.Results().Len() {
		return false
	}
	s, ok := sig.Results().At(result + 1).Type().(*types.Slice)
	return ok && types.IsInterface(s.Elem())
}

func (j *judge) quotes(f *frame) bool {
	return f != nil && f.quotes || f == nil && j.summed != nil && quoting.MatchString(j.summed.Name())
}

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
			if made, ok := j.once(args[0]).(*ssa.Call); ok && len(made.Call.Args) == 1 {
				list, _ := variadic(made.Call.Args[0])
				for i := 0; i+1 < len(list); i += 2 {
					quotes += escape(list[i], list[i+1])
				}
			}
		}
	}
	return quotes
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

// stringer returns the method of this package that prints a value, or nil.
func (j *judge) stringer(t types.Type) *ssa.Function {
	for _, name := range []string{"Error", "String"} {
		obj, _, _ := types.LookupFieldOrMethod(t, true, j.pkg, name)
		if m, ok := obj.(*types.Func); ok && m.Pkg() == j.pkg && m.Signature().Params().Len() == 0 {
			if fn := j.ssa.Prog.FuncValue(m.Origin()); fn != nil {
				return fn
			}
		}
	}
	return nil
}

// results judges what a function of this package returns for some arguments.
func (j *judge) results(fn *ssa.Function, result int, p *path, args []ssa.Value, at ssa.Instruction, f *frame) (o *Origin) {
	inner, again := j.enter(fn, args, at, f)
	if again { // the rest is what the first call returns, with other arguments
		return j.all(args, at, f)
	}
	if inner == nil {
		return j.involved(at.(ssa.Value))
	}
	for _, ret := range returns(fn) {
		if result < len(ret.Results) {
			o = worst(o, j.value(ret.Results[result], p, here(ret), inner))
		}
	}
	return o
}

func returns(fn *ssa.Function) (list []*ssa.Return) {
	for _, b := range fn.Blocks {
		if ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return); ok {
			list = append(list, ret)
		}
	}
	return list
}

type frameKey struct {
	fn     *ssa.Function
	call   ssa.Instruction
	caller *frame
}

// enter returns the frame of a call. It returns nil for a call that lies too deep, and
// for one of a function that is being followed already.
func (j *judge) enter(fn *ssa.Function, args []ssa.Value, at ssa.Instruction, f *frame) (inner *frame, again bool) {
	depth := 0
	for g := f; g != nil; g = g.caller {
		if g.fn == fn {
			return nil, true
		}
		depth++
	}
	k := frameKey{fn, at, f}
	if j.frames[k] == nil && depth < deepest {
		j.frames[k] = &frame{fn: fn, args: args, call: at, caller: f, quotes: quoting.MatchString(fn.Name())}
	}
	return j.frames[k], false
}

// own returns the function of this package that is called, or nil.
func (j *judge) own(c *ssa.CallCommon, f *frame) *ssa.Function {
	if c.IsInvoke() {
		return nil
	}
	if fn := j.target(c.Value, f); fn != nil && fn.Pkg == j.ssa && fn.Blocks != nil {
		return fn
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
