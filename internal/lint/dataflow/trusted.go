package dataflow

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"regexp"
	"strings"

	"golang.org/x/tools/go/types/typeutil"
)

// passing lists the functions and methods whose result only has text of their
// arguments and receivers.
var passing = map[string]bool{
	"fmt.Append": true, "fmt.Appendf": true, "fmt.Appendln": true,
	"strings.NewReplacer": true, "(*strings.Replacer).Replace": true, "strings.Clone": true, "strings.Map": true,
	"strings.ToTitle": true, "strings.Cut": true, "strings.CutPrefix": true, "strings.CutSuffix": true, "strings.SplitN": true,
	"bytes.Join": true, "bytes.NewBufferString": true, "bytes.NewBuffer": true, "bytes.TrimSpace": true,
	"(*bytes.Buffer).String": true, "(*bytes.Buffer).Bytes": true,
	"strconv.Quote": true, "strconv.QuoteToASCII": true, "strconv.QuoteToGraphic": true, "strconv.Unquote": true,
	"strconv.AppendQuote": true, "strconv.AppendQuoteToASCII": true, "strconv.AppendInt": true, "strconv.AppendUint": true,
	"strconv.AppendFloat": true, "strconv.AppendBool": true,
	"slices.Insert": true, "slices.Reverse": true, "slices.Concat": true,
	"fmt.Sprint": true, "fmt.Sprintf": true, "fmt.Sprintln": true,
	"strings.Join": true, "strings.Repeat": true, "strings.Replace": true, "strings.ReplaceAll": true,
	"strings.ToLower": true, "strings.ToUpper": true, "strings.Title": true,
	"strings.Trim": true, "strings.TrimLeft": true, "strings.TrimRight": true, "strings.TrimSpace": true,
	"strings.TrimPrefix": true, "strings.TrimSuffix": true, "strings.Split": true, "strings.Fields": true,
	"slices.Clone": true, "slices.Sorted": true, "slices.Compact": true,
	"(*regexp.Regexp).ReplaceAllString": true, "(*regexp.Regexp).ReplaceAllLiteralString": true,
	"slices.Collect": true, "maps.Values": true, "maps.Keys": true, "cmp.Or": true,
}

// quoting matches the names of functions that make an identifier of any text.
var quoting = regexp.MustCompile(`(?i)quote.*ident|ident.*quote|sanitize|^placeholders$|^quote$`)

// deepest limits how many functions are followed into one another. longest limits how
// many expressions are looked at for one answer. A text that takes more is not trusted.
const deepest, longest = 8, 20_000

type trust struct {
	*Values
	open  map[types.Object]bool     // being judged: a cycle does not add anything
	bound map[types.Object]ast.Expr // arguments of the calls that are followed
	depth int
	steps int
}

// Trusted reports whether the text of an expression, or of the elements of a slice,
// an array or a map, is made only of constants and numbers, is quoted as an
// identifier, or is checked against a list of constants.
func (v *Values) Trusted(e ast.Expr) bool {
	v.read()
	if known, ok := v.trusted.Load(e); ok {
		return known.(bool)
	}
	t := trust{Values: v, open: map[types.Object]bool{}, bound: map[types.Object]ast.Expr{}}
	ok := t.expr(e)
	v.trusted.Store(e, ok)
	return ok
}

func (t *trust) expr(e ast.Expr) bool {
	e = ast.Unparen(e)
	if e == constantText {
		return true
	}
	if t.steps++; t.steps > longest {
		return false
	}
	tv, ok := t.Info.Types[e]
	if ok && (tv.Value != nil || tv.IsNil()) {
		return true
	}
	if ok && harmless(tv.Type) && !t.ofText(e) {
		return true
	}
	switch e := e.(type) {
	case *ast.BinaryExpr:
		return t.expr(e.X) && t.expr(e.Y)
	case *ast.Ident, *ast.SelectorExpr:
		return t.object(t.Object(e), e.Pos())
	case *ast.IndexExpr:
		return t.expr(e.X)
	case *ast.SliceExpr:
		return t.expr(e.X)
	case *ast.StarExpr:
		return false
	case *ast.CompositeLit:
		return t.literal(e, false)
	case *ast.CallExpr:
		return t.call(e, 1)
	}
	return false
}

// ofText reports whether a number is a character of a text.
func (t *trust) ofText(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.IndexExpr:
		return isTextual(t.Info.TypeOf(e.X))
	case *ast.Ident:
		for _, a := range t.assigned[t.Object(e)] {
			if a.Each && !a.Key && isTextual(t.Info.TypeOf(a.Expr)) {
				return true
			}
		}
	}
	return false
}

// isTextual reports whether a type is a string, or bytes or runes.
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

// harmless reports whether values of a type cannot hold arbitrary text.
func harmless(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&(types.IsNumeric|types.IsBoolean) != 0
}

func (t *trust) literal(e *ast.CompositeLit, keys bool) bool {
	if _, ok := t.Info.TypeOf(e).Underlying().(*types.Struct); ok {
		return false
	}
	for _, x := range e.Elts {
		if kv, ok := x.(*ast.KeyValueExpr); ok {
			if x = kv.Value; keys {
				x = kv.Key
			}
		}
		if !t.expr(x) {
			return false
		}
	}
	return true
}

// object judges a variable where it is used.
func (t *trust) object(obj types.Object, at token.Pos) bool {
	v, ok := obj.(*types.Var)
	if !ok {
		return false
	}
	if t.open[obj] || t.isChecked(obj, at) {
		return true
	}
	if arg, ok := t.bound[obj]; ok {
		return t.expr(arg)
	}
	t.open[obj] = true
	defer delete(t.open, obj)
	if p, ok := t.params[obj]; ok {
		return t.assignments(obj) && t.arguments(p, (*trust).expr)
	}
	if v.Pkg() != t.pkg {
		return !v.IsField() // another package's variable is not a user's text
	}
	if v.IsField() && v.Exported() && !t.private[obj] {
		return false
	}
	return len(t.assigned[obj]) > 0 && t.assignments(obj)
}

func (t *trust) assignments(obj types.Object) bool {
	for _, a := range t.assigned[obj] {
		switch {
		case a.Zero:
		case a.Expr == nil:
			return false
		case a.Result > 0:
			if !t.call(a.Expr.(*ast.CallExpr), a.Result) {
				return false
			}
		case a.Key:
			if !t.keys(a.Expr) {
				return false
			}
		case !t.expr(a.Expr):
			return false
		}
	}
	return true
}

// keys reports whether the keys of a map are constants.
func (t *trust) keys(e ast.Expr) bool {
	typ := t.Info.TypeOf(e)
	if typ == nil {
		return false
	}
	if _, ok := typ.Underlying().(*types.Map); !ok {
		return true // the index of a slice
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.CompositeLit:
		return t.literal(e, true)
	case *ast.Ident, *ast.SelectorExpr:
		obj := t.Object(e)
		if obj == nil || obj.Pkg() != t.pkg {
			return false
		}
		p, isParam := t.params[obj]
		if !isParam && len(t.assigned[obj]) == 0 {
			return false
		}
		for _, a := range t.assigned[obj] {
			switch {
			case a.Zero:
			case a.Element:
				if !t.expr(a.Index) {
					return false
				}
			case a.Expr == nil || a.Each || a.Result > 0 || !t.keys(a.Expr):
				return false
			}
		}
		return !isParam || t.arguments(p, (*trust).keys)
	case *ast.CallExpr:
		id, ok := e.Fun.(*ast.Ident)
		return ok && id.Name == "make"
	}
	return false
}

// callersKnown reports whether a function is called, and only in this package.
func (v *Values) callersKnown(fn types.Object) bool {
	if len(v.calls[fn]) == 0 || v.values[fn] {
		return false
	}
	if _, closure := fn.(*types.Var); closure {
		return fn.Name() == "" || len(v.assigned[fn]) == 1
	}
	return !fn.Exported()
}

// arguments reports whether every caller in the package passes constants, and no
// other package can call.
func (t *trust) arguments(p param, judge func(*trust, ast.Expr) bool) bool {
	fn := p.fn
	if !t.callersKnown(fn) || t.depth >= deepest {
		return false
	}
	t.depth++
	defer func() { t.depth-- }()
	bound := t.bound
	t.bound = map[types.Object]ast.Expr{}
	defer func() { t.bound = bound }()
	for _, call := range t.calls[fn] {
		args := call.Args
		switch {
		case p.index > len(args) || !p.rest && p.index >= len(args):
			return false
		case p.rest:
			args = args[p.index:]
		default:
			args = args[p.index : p.index+1]
		}
		for _, a := range args {
			if !judge(t, a) {
				return false
			}
		}
	}
	return true
}

// call judges one result of a call.
func (t *trust) call(e *ast.CallExpr, result int) bool {
	if tv := t.Info.Types[e.Fun]; tv.IsType() {
		return len(e.Args) == 1 && t.expr(e.Args[0])
	}
	all := func() bool {
		for _, a := range e.Args {
			if !t.expr(a) {
				return false
			}
		}
		return true
	}
	switch callee := typeutil.Callee(t.Info, e).(type) {
	case *types.Builtin:
		return callee.Name() == "make" || all()
	case *types.Func:
		callee = callee.Origin()
		name := callee.FullName()
		if sql := callee.Name(); sql == "ToSql" || sql == "MustSql" {
			return true // judged where the statement is built
		}
		sel, _ := ast.Unparen(e.Fun).(*ast.SelectorExpr)
		if sel != nil && (callee.Name() == "String" || callee.Name() == "Bytes") {
			if obj := t.Object(sel.X); obj != nil && isBuilder(obj.Type()) {
				return t.built(obj)
			}
		}
		recv := callee.Signature().Recv()
		if passing[name] {
			return all() && (recv == nil || sel != nil && t.expr(sel.X))
		}
		if quoting.MatchString(callee.Name()) {
			return true
		}
		if path := callee.Pkg(); path != nil && path.Path() == "strconv" || path != nil && path.Path() == "reflect" && !ofValue(recv) {
			return true // numbers, and names of the program
		}
		if recv != nil && callee.Pkg() != t.pkg && (harmless(recv.Type()) || strings.HasPrefix(name, "(time.Time).")) {
			return all() // a number in words, a time in a format
		}
		return t.results(callee, callee.Signature(), e, result-1)
	case *types.Var:
		if sig, ok := callee.Type().Underlying().(*types.Signature); ok && t.Closed(callee) {
			return t.results(callee, sig, e, result-1)
		}
	case nil:
		if lit, ok := ast.Unparen(e.Fun).(*ast.FuncLit); ok {
			return t.results(t.closures[lit], t.Info.TypeOf(lit).(*types.Signature), e, result-1)
		}
	}
	return false
}

// ofValue reports whether a receiver is a reflect.Value, which may hold any text.
func ofValue(recv *types.Var) bool { return recv != nil && recv.Type().String() == "reflect.Value" }

// built reports whether only constants are written to a strings.Builder.
func (t *trust) built(obj types.Object) bool {
	if _, ok := t.params[obj]; ok || t.open[obj] || !Local(obj) {
		return t.open[obj]
	}
	t.open[obj] = true
	defer delete(t.open, obj)
	for _, w := range t.written[obj] {
		if w == nil || !t.expr(w) {
			return false
		}
	}
	return true
}

// results reports whether a function of this package returns constants, given the
// arguments of the call.
func (t *trust) results(fn types.Object, sig *types.Signature, call *ast.CallExpr, result int) bool {
	typ, body := t.source(fn)
	if typ == nil {
		// A function of another package that takes no arguments does not return a
		// user's text. One that returns arguments beside its text has bound the
		// user's values.
		return fn.Pkg() != t.pkg && (sig.Recv() == nil && sig.Params().Len() == 0 || bindsArguments(sig, result))
	}
	if body == nil || t.depth >= deepest {
		return false
	}
	if t.open[fn] {
		return true
	}
	t.open[fn] = true
	t.depth++
	before := t.bound
	defer func() { delete(t.open, fn); t.depth--; t.bound = before }()
	// The arguments are judged where they stand, with the bindings of that place.
	bound := map[types.Object]ast.Expr{}
	if _, closure := fn.(*types.Var); closure {
		maps.Copy(bound, before) // it sees the parameters around it
	}
	i := 0
	for _, field := range typ.Params.List {
		for _, name := range field.Names {
			if obj := t.Info.Defs[name]; obj != nil && i < len(call.Args) {
				if t.expr(call.Args[i]) {
					bound[obj] = constantText
				}
			}
			i++
		}
		if len(field.Names) == 0 {
			i++
		}
	}
	t.bound = bound
	ok := true
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			switch results := sig.Results(); {
			case len(n.Results) == 0:
				ok = ok && t.object(t.named(typ, result), n.Pos())
			case len(n.Results) == results.Len():
				ok = ok && t.expr(n.Results[result])
			default: // return f()
				call, is := ast.Unparen(n.Results[0]).(*ast.CallExpr)
				ok = ok && is && t.call(call, result+1)
			}
		}
		return ok
	})
	return ok
}

// source returns the type and the body of a function of the package, or nil.
func (v *Values) source(fn types.Object) (*ast.FuncType, *ast.BlockStmt) {
	if lit := v.literals[fn]; lit != nil {
		return lit.Type, lit.Body
	}
	if decl := v.bodies[fn]; decl != nil {
		return decl.Type, decl.Body
	}
	return nil, nil
}

// named returns the variable of a named result.
func (v *Values) named(typ *ast.FuncType, result int) types.Object {
	for _, field := range typ.Results.List {
		for _, name := range field.Names {
			if result == 0 {
				return v.Info.Defs[name]
			}
			result--
		}
	}
	return nil
}

// bindsArguments reports whether the result after this one is a []any.
func bindsArguments(sig *types.Signature, result int) bool {
	if result+1 >= sig.Results().Len() {
		return false
	}
	s, ok := sig.Results().At(result + 1).Type().(*types.Slice)
	return ok && types.IsInterface(s.Elem())
}

// constantText stands for an argument that turned out to be trusted.
var constantText ast.Expr = &ast.BasicLit{Kind: token.STRING, Value: `""`}
